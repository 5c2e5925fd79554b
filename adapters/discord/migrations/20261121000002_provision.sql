-- What of a guild is the department's: the category (named ''), the channels by the plan's names, and the personas' roles by
-- their handles. What people rename is found again by its id.
create table discord.arranged
(
    org   uuid             not null,
    guild bigint           not null,
    kind  text             not null constraint arranged_kind check (kind in ('category', 'channel', 'role')),
    name  text collate "C" not null,
    id    bigint           not null,
    -- The topic that we set last: another one is somebody's own.
    topic text,
    constraint arranged_pkey primary key (org, guild, kind, name)
);
