-- Letters: a message as one addressee has it. Read by which turn, answered by what, chased until when.
create table letters (
    id uuid primary key,
    org uuid not null,
    lane text not null,
    task uuid,
    step_task uuid,
    envelope uuid,
    message jsonb,
    post uuid,
    "from" text not null,
    by_person boolean not null,
    "to" text not null,
    to_person boolean not null,
    subject text not null,
    place jsonb,
    talk jsonb,
    held boolean,
    dropped integer,
    call uuid,
    respond_by timestamptz,
    chased_at timestamptz,
    escalation uuid,
    read_at timestamptz,
    read_call uuid,
    answered_at timestamptz,
    answer_post uuid,
    answer_message jsonb,
    answer_emoji text,
    closed_at timestamptz,
    at timestamptz not null
);
create index letters_open on letters (lane) where closed_at is null;
create index letters_unread on letters (org, "to") where read_at is null and not to_person;
create index letters_post on letters (post) where closed_at is null;
create index letters_task on letters (task, at);
create index letters_list on letters (org, at, id);

-- What one cause may cost: reserved before a call and settled after it, beside the day's budget. Millionths of a US dollar.
create table allowances (
    org uuid not null,
    cause text not null,
    reserved_micros bigint not null default 0,
    spent_micros bigint not null default 0,
    primary key (org, cause)
);
alter table calls add column reserved_cause text;

-- What set a piece of work off, and what was last said about its due date. Null where a server of the version before wrote
-- the row.
alter table tasks
    add column cause jsonb,
    add column chased jsonb;
