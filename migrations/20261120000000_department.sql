-- The department's state. Business times are given by the server's clock; lease and retry times are the database's own.
-- Every row belongs to an organisation. Stored JSON is of the format that `format` names.

create table organisations (
    id uuid primary key,
    name text not null,
    zone text not null
);

-- Versions of playbooks and personas that work is or was pinned to.
create table definitions (
    org uuid not null,
    kind text not null,
    name text not null,
    digest text not null,
    body jsonb not null,
    first_seen timestamptz not null,
    primary key (org, kind, name, digest)
);

-- A process that holds leases proves that it lives by a session lock on its number.
create sequence holders as integer;

-- Everything that happens enters here, once per source key, and is processed in order of `seq` within its lane.
create table inbox (
    seq bigint generated always as identity,
    id uuid primary key,
    org uuid not null,
    lane text not null,
    source text not null,
    event jsonb not null,
    format smallint not null default 1,
    state text not null constraint inbox_state check (state in ('ready', 'parked', 'done', 'dead')),
    waits_for text,
    attempts integer not null default 0,
    retry_at timestamptz,
    error text,
    received_at timestamptz not null,
    done_at timestamptz,
    constraint inbox_source unique (org, source)
);
create index inbox_ready on inbox (org, seq) where state = 'ready';
create index inbox_ready_lane on inbox (org, lane, seq) where state = 'ready';
create index inbox_parked on inbox (org, waits_for) where state = 'parked';
create index inbox_dead on inbox (org, seq) where state = 'dead';

-- Messages on the platforms, heard or posted, as they stand now.
create table messages (
    seq bigint generated always as identity,
    org uuid not null,
    channel text not null,
    id text not null,
    thread text,
    lane text not null,
    author text not null,
    author_kind text not null constraint messages_author_kind check (author_kind in ('member', 'persona', 'bot')),
    post uuid,
    text text not null,
    version bigint not null default 0,
    said_at timestamptz not null,
    edited_at timestamptz,
    deleted_at timestamptz,
    primary key (org, channel, id),
    constraint messages_post unique (post)
);
create index messages_thread on messages (org, channel, thread, seq);
create index messages_lane on messages (lane, seq);

create table message_versions (
    org uuid not null,
    channel text not null,
    id text not null,
    version bigint not null,
    text text not null,
    at timestamptz not null,
    primary key (org, channel, id, version)
);

-- What is to be put on show, in order of `seq` within its conversation.
create table outbox (
    seq bigint generated always as identity,
    id uuid primary key,
    org uuid not null,
    lane text not null,
    conversation text not null,
    kind text not null constraint outbox_kind check (kind in ('post', 'revise')),
    post jsonb not null,
    format smallint not null default 1,
    target uuid,
    revision bigint not null default 0,
    state text not null default 'ready'
        constraint outbox_state check (state in ('ready', 'running', 'sent', 'superseded', 'dead')),
    holder integer,
    attempts integer not null default 0,
    unsure boolean not null default false,
    retry_at timestamptz,
    error text,
    channel text,
    message text,
    created_at timestamptz not null,
    sent_at timestamptz
);
create index outbox_ready on outbox (org, seq) where state = 'ready';
create index outbox_running on outbox (org, conversation) where state = 'running';
create index outbox_conversation on outbox (org, conversation, seq) where state = 'ready';
create index outbox_revisions on outbox (target) where kind = 'revise' and state = 'ready';
create index outbox_dead on outbox (org, seq) where state = 'dead';

-- Calls of models and skills.
create table calls (
    seq bigint generated always as identity,
    id uuid primary key,
    org uuid not null,
    lane text not null,
    kind text not null constraint calls_kind check (kind in ('turn', 'skill')),
    persona text not null,
    task uuid,
    spec jsonb not null,
    format smallint not null default 1,
    state text not null default 'ready' constraint calls_state check (state in ('ready', 'running', 'done')),
    holder integer,
    attempts integer not null default 0,
    retry_at timestamptz,
    error text,
    tier text,
    prompt jsonb,
    answer jsonb,
    model text,
    input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    reserved_micros bigint not null default 0,
    reserved_on date,
    cost_micros bigint not null default 0,
    created_at timestamptz not null,
    finished_at timestamptz
);
create index calls_ready on calls (org, seq) where state = 'ready';
create index calls_running on calls (org) where state = 'running';
create index calls_finished on calls (org, finished_at) where state = 'done';
create index calls_task on calls (task);

-- Money in millionths of a US dollar.
create table budgets (
    org uuid not null,
    day date not null,
    reserved_micros bigint not null default 0 constraint budgets_reserved check (reserved_micros >= 0),
    spent_micros bigint not null default 0,
    primary key (org, day)
);

create table timers (
    id uuid primary key,
    org uuid not null,
    lane text not null,
    at timestamptz not null,
    timer jsonb not null,
    format smallint not null default 1,
    fired_at timestamptz
);
create index timers_due on timers (org, at) where fired_at is null;

create table tasks (
    id uuid primary key,
    org uuid not null,
    lane text not null,
    parent uuid,
    step text,
    position integer not null,
    title text not null,
    state text not null,
    owner text not null,
    creator text not null,
    priority text not null,
    due timestamptz,
    depends_on jsonb not null,
    playbook text,
    pins jsonb not null,
    request jsonb not null,
    round integer not null,
    notes jsonb not null,
    call uuid,
    retries integer not null,
    hold text,
    source jsonb,
    channel text,
    post uuid,
    revision bigint not null,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz
);
create index tasks_lane on tasks (lane);
create index tasks_roots on tasks (org, created_at, id) where parent is null;
create index tasks_live on tasks (org, owner) where state not in ('done', 'cancelled', 'failed', 'open');

create table deliverables (
    id uuid primary key,
    org uuid not null,
    lane text not null,
    task uuid not null,
    step text not null,
    name text not null,
    version integer not null,
    fields jsonb not null,
    picture jsonb,
    "by" text not null,
    digest text not null,
    at timestamptz not null,
    constraint deliverables_version unique (task, name, version)
);
create index deliverables_lane on deliverables (lane);
create index deliverables_by on deliverables (org, "by", at desc);

create table reviews (
    id uuid primary key,
    org uuid not null,
    lane text not null,
    task uuid not null,
    step text not null,
    version integer not null,
    round integer not null,
    "by" text not null,
    verdict text not null,
    score integer,
    summary text not null,
    notes jsonb not null,
    "check" jsonb,
    at timestamptz not null
);
create index reviews_lane on reviews (lane);
create index reviews_by on reviews (org, "by", at desc);

create table approvals (
    id uuid primary key,
    org uuid not null,
    lane text not null,
    task uuid not null,
    step_task uuid not null,
    kind text not null,
    title text not null,
    state text not null,
    asked_by text not null,
    asked_of jsonb not null,
    quorum integer not null,
    digest text not null,
    input jsonb,
    votes jsonb not null,
    post uuid not null,
    revision bigint not null,
    words_from text,
    reason text,
    turned_away jsonb not null,
    spent boolean not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    decided_at timestamptz,
    decided_by text,
    constraint approvals_quorum check (quorum > 0)
);
create index approvals_lane on approvals (lane);
create index approvals_list on approvals (org, created_at, id);
create unique index approvals_one_open on approvals (step_task) where state = 'open';

create table escalations (
    id uuid primary key,
    org uuid not null,
    lane text not null,
    task uuid,
    step_task uuid,
    level integer not null,
    category text not null,
    "from" text not null,
    "to" jsonb not null,
    issue text not null,
    urgency text not null,
    recommendation text not null,
    state text not null,
    post uuid not null,
    at timestamptz not null,
    closed_at timestamptz
);
create index escalations_lane on escalations (lane);
create index escalations_list on escalations (org, at, id);

create table envelopes (
    id uuid primary key,
    org uuid not null,
    lane text not null,
    task uuid not null,
    step text,
    "from" text not null,
    "to" jsonb not null,
    kind text not null,
    priority text not null,
    context jsonb not null,
    subject text not null,
    body text not null,
    requirements jsonb,
    attachments jsonb,
    response_required boolean not null,
    respond_by timestamptz,
    post uuid,
    at timestamptz not null
);
create index envelopes_task on envelopes (task, at);

create table decisions (
    id uuid primary key,
    org uuid not null,
    lane text not null,
    task uuid not null,
    maker text not null,
    kind text not null,
    context text not null,
    decision text not null,
    reasoning text not null,
    actions jsonb not null,
    chain jsonb,
    dissent jsonb not null,
    escalated boolean not null,
    post uuid not null,
    at timestamptz not null
);
create index decisions_list on decisions (org, at, id);

-- Pictures, addressed by what they contain.
create table files (
    org uuid not null,
    digest text not null,
    media_type text not null,
    bytes bytea not null,
    added_at timestamptz not null,
    primary key (org, digest)
);

-- What went out. The folder of published files is a projection of this.
create table publications (
    id uuid primary key,
    org uuid not null,
    task uuid,
    place text not null,
    slug text not null,
    version integer not null,
    title text not null,
    body jsonb not null,
    grant_id uuid,
    published_at timestamptz not null,
    updated_at timestamptz not null,
    constraint publications_slug unique (org, place, slug)
);
create index publications_task on publications (task, place);
