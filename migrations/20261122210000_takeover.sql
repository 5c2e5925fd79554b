-- Work that a person has taken over, conversations likewise, and where escalations stand. Null where a server of the
-- version before wrote the row.
alter table tasks add column taken_over jsonb;
alter table escalations
    add column origin jsonb,
    add column place jsonb,
    add column earlier jsonb;

-- Threads that personas are silent in, by their root messages.
create table takeovers (
    org uuid not null,
    channel text not null,
    root text not null,
    "by" text not null,
    at timestamptz not null,
    primary key (org, channel, root)
);
