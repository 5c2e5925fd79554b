-- What nobody asked for, by the channel whose top level it was for. Where the channel's noise budget was used up, the post is
-- kept here instead of being put on show, and a fold lists it.
create table statuses (
    seq bigint generated always as identity,
    post uuid primary key,
    org uuid not null,
    channel text not null,
    -- When the time began that it counts in.
    since timestamptz not null,
    -- The fold that lists it, and the revision of that one that lists it first.
    fold uuid,
    revision bigint not null default 0,
    -- The whole post, where a fold lists it.
    content jsonb,
    at timestamptz not null
);
create index statuses_channel on statuses (org, channel, seq);
create index statuses_since on statuses (org, channel, since);
create index statuses_fold on statuses (fold, seq) where fold is not null;

create table folds (
    seq bigint generated always as identity,
    post uuid primary key,
    org uuid not null,
    channel text not null,
    since timestamptz not null,
    revision bigint not null default 0,
    -- Whether a platform said that somebody deleted it.
    gone boolean not null default false,
    at timestamptz not null
);
create index folds_since on folds (org, channel, since);
