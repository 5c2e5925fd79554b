-- Who votes in whose place. Null where a server of the version before wrote the row.
alter table approvals
    -- Who else may vote, in whose place, and why: `[{by, for, because}]`.
    add column deputies jsonb,
    -- Whether time ran out once, and it went on to those who stand in.
    add column passed_on boolean,
    -- Whether the piece went back after the act was handed out, so that it covers nothing any more.
    add column lapsed boolean,
    -- Whether it may be listed with others on one card.
    add column low_risk boolean;

-- A person's approvals in another's hands, until a time or until taken back. The newest of a person is the one that counts.
create table delegations (
    id uuid primary key,
    org uuid not null,
    "from" text not null,
    "to" text not null,
    until timestamptz not null,
    given_at timestamptz not null,
    ended_at timestamptz
);
create index delegations_list on delegations (org, until) where ended_at is null;

-- Cards that list several low-risk approvals, each as it was: `[{approval, lane, digest, title}]`.
create table bundles (
    post uuid primary key,
    org uuid not null,
    channel text not null,
    items jsonb not null,
    at timestamptz not null
);
create index bundles_items on bundles using gin (items jsonb_path_ops);
create index approvals_low_risk on approvals (org) where state = 'open' and low_risk;
