-- What the Slack adapter keeps for itself. It knows channels, messages and apps; it knows nothing of tasks.
-- Every row belongs to an organisation. Times of the business are given by the caller: no default now().

-- What Slack told us, stored before it is acknowledged; read in order of `seq`, once per key whatever Slack repeats and
-- however many of our apps heard it. `payload` holds no secret: tokens, response URLs and trigger ids are taken out first.
create table slack.received
(
    seq         bigint             not null generated always as identity,
    org         uuid               not null,
    key         text collate "C"   not null,
    -- The app that heard it first.
    app         text               not null,
    kind        text               not null constraint received_kind check (kind in ('event', 'interaction', 'command')),
    -- Null once it is done and old; the key stays, so that a late repeat is still known.
    payload     jsonb,
    channel     text               not null,
    -- The message that it is about, by Slack's time stamp; empty where it is about none.
    message     text collate "C"   not null,
    -- What the payload is sorted by within its channel: Slack's own time stamp.
    ts          text collate "C"   not null,
    received_at timestamptz        not null,
    done_at     timestamptz,
    constraint received_pkey primary key (org, key)
);
create index received_unread on slack.received (org, seq) where done_at is null;
create index received_message on slack.received (org, channel, message);
create index received_done on slack.received (org, done_at) where done_at is not null and payload is not null;

-- What we posted: one row for each message that a post was cut into.
create table slack.posts
(
    org      uuid    not null,
    -- The idempotency key of the post.
    key      uuid    not null,
    part     integer not null,
    app      text    not null,
    channel  text    not null,
    ts       text    not null,
    revision bigint  not null,
    constraint posts_pkey primary key (org, key, part),
    constraint posts_message unique (org, channel, ts)
);

-- Pictures that Slack holds already, by what they contain.
create table slack.files
(
    org    uuid not null,
    app    text not null,
    digest text not null,
    file   text not null,
    constraint files_pkey primary key (org, app, digest)
);

-- How far each conversation was heard, so that what was missed can be fetched.
create table slack.cursors
(
    org     uuid             not null,
    channel text             not null,
    -- Everything up to here was heard.
    ts      text collate "C" not null,
    -- What was said up to here was said before we listened, and is no work.
    began   text collate "C" not null,
    constraint cursors_pkey primary key (org, channel)
);
