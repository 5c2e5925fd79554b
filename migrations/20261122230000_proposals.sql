-- Decisions of the authority matrix in the making: one for each lane that discusses one.
create table proposals (
    id uuid primary key,
    org uuid not null,
    lane text not null unique,
    task uuid not null,
    kind text not null,
    "by" text not null,
    about uuid,
    stakeholders jsonb not null,
    plan jsonb not null,
    version integer not null,
    maker text not null,
    round integer not null,
    turn integer not null,
    positions jsonb not null,
    evidence jsonb not null,
    waiting jsonb not null,
    agreed jsonb not null,
    test jsonb,
    state text not null,
    respond_by timestamptz,
    look_at timestamptz,
    escalated boolean not null,
    record uuid,
    created_at timestamptz not null,
    decided_at timestamptz
);
create index proposals_list on proposals (org, created_at, id);

-- What else was thought of. Null in records from before there were any, and where a server of the version before wrote the row.
alter table decisions add column alternatives jsonb;

create function decision_words(maker text, kind text, context text, decision text, reasoning text,
                               actions jsonb, chain jsonb, dissent jsonb, alternatives jsonb)
    returns tsvector
    language sql immutable parallel safe
as
$$
    select decision_words(maker, kind, context, decision, reasoning, actions, chain, dissent)
           || jsonb_to_tsvector('simple'::regconfig, coalesce(alternatives, '[]'), '["string"]')
$$;

drop index decisions_words;
create index decisions_words on decisions
    using gin (decision_words(maker, kind, context, decision, reasoning, actions, chain, dissent, alternatives))
    where erased_in is null;
