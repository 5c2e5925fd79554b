-- Which server has the lines: a number that grows with each that gets them. Only who has the newest reads what was received.
create table discord.turns
(
    org    uuid   not null,
    number bigint not null,
    constraint turns_pkey primary key (org)
);
-- A channel that is the department's no more, and its threads: they are only watched, until the channel comes back.
alter table discord.ours add column ended boolean not null default false;
