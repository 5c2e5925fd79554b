-- The lobby: a chat platform of our own. It knows channels, messages and reactions; it knows nothing of tasks.
-- Every row belongs to an organisation. Times of the business are given by the caller: no default now().

create sequence lobby.seq as bigint;

-- The organisation's turn to write: held until commit, so that numbers are in the order of commits and a reader that has
-- seen number n has seen all below it. Every write begins with it, so that writers never wait for each other in a ring.
create function lobby.turn(org uuid) returns bigint
    language plpgsql volatile
as
$$
begin
    perform pg_advisory_xact_lock(hashtextextended('lobby.turn ' || org::text, 0));
    return nextval('lobby.seq');
end
$$;

create table lobby.channels
(
    org      uuid    not null,
    id       text    not null,
    name     text    not null,
    layer    text,
    topic    text    not null,
    position integer not null,
    -- Of a direct conversation: the identity's handle and the member's name.
    persona  text,
    member   text,
    constraint channels_pkey primary key (org, id),
    constraint channels_direct_names_both check ((persona is null) = (member is null))
);
create index channels_member on lobby.channels (org, member) where member is not null;

create table lobby.identities
(
    org      uuid    not null,
    handle   text    not null,
    name     text    not null,
    role     text    not null,
    avatar   text    not null,
    position integer not null,
    gone     boolean not null,
    constraint identities_pkey primary key (org, handle)
);

create table lobby.people
(
    org      uuid    not null,
    name     text    not null,
    position integer not null,
    gone     boolean not null,
    constraint people_pkey primary key (org, name)
);

create table lobby.messages
(
    org         uuid        not null,
    id          uuid        not null,
    seq         bigint      not null,
    channel     text        not null,
    thread      uuid,
    author_kind text        not null,
    -- A persona's handle, a member's name.
    author      text        not null,
    author_name text        not null,
    text        text        not null,
    card        jsonb,
    notify      text[]      not null,
    revision    bigint      not null,
    -- The writer's own idempotency key; a post's is its id.
    key         text,
    created_at  timestamptz not null,
    edited_at   timestamptz,
    deleted_at  timestamptz,
    constraint messages_pkey primary key (org, id),
    constraint messages_channel_fkey foreign key (org, channel) references lobby.channels (org, id),
    constraint messages_thread_fkey foreign key (org, thread) references lobby.messages (org, id),
    constraint messages_author_kind_known check (author_kind in ('member', 'persona'))
);
create unique index messages_key on lobby.messages (org, author_kind, author, key) where key is not null;
create unique index messages_in_channel on lobby.messages (org, channel, seq);
create index messages_in_thread on lobby.messages (org, thread, seq) where thread is not null;

-- What a message said before it was edited.
create table lobby.versions
(
    org      uuid        not null,
    message  uuid        not null,
    revision bigint      not null,
    text     text        not null,
    card     jsonb,
    until    timestamptz not null,
    constraint versions_pkey primary key (org, message, revision),
    constraint versions_message_fkey foreign key (org, message) references lobby.messages (org, id)
);

create table lobby.reactions
(
    org     uuid        not null,
    message uuid        not null,
    emoji   text        not null,
    name    text        not null,
    at      timestamptz not null,
    constraint reactions_pkey primary key (org, message, emoji, name),
    constraint reactions_message_fkey foreign key (org, message) references lobby.messages (org, id)
);

-- Everything that happens, in the order of commits.
create table lobby.log
(
    org     uuid        not null,
    seq     bigint      not null,
    kind    text        not null,
    channel text        not null,
    message uuid        not null,
    body    jsonb       not null,
    -- Whether the gateway hands it over: what members do, not what we said ourselves.
    heard   boolean     not null,
    at      timestamptz not null,
    constraint log_pkey primary key (org, seq),
    constraint log_kind_known check (kind in ('message', 'message_edited', 'message_deleted', 'reaction'))
);
create index log_heard on lobby.log (org, seq) where heard;

-- Up to where a member has read a channel.
create table lobby.reads
(
    org     uuid   not null,
    member  text   not null,
    channel text   not null,
    seq     bigint not null,
    constraint reads_pkey primary key (org, member, channel),
    constraint reads_channel_fkey foreign key (org, channel) references lobby.channels (org, id)
);

-- Up to where a gateway's events are stored by their reader.
create table lobby.cursors
(
    org  uuid   not null,
    name text   not null,
    seq  bigint not null,
    constraint cursors_pkey primary key (org, name)
);

-- A message with what hangs on it.
create view lobby.shown as
select m.org,
       m.id,
       m.seq,
       m.channel,
       m.thread,
       m.author_kind,
       m.author,
       m.author_name,
       m.text,
       m.card,
       m.notify,
       m.revision,
       m.created_at,
       m.edited_at,
       m.deleted_at,
       coalesce(r.reactions, '{}'::jsonb) as reactions,
       t.replies,
       t.last_reply_at
from lobby.messages m
         left join lateral (
    select jsonb_object_agg(e.emoji, e.names) as reactions
    from (select x.emoji, jsonb_agg(x.name order by x.at, x.name) as names
          from lobby.reactions x
          where x.org = m.org
            and x.message = m.id
          group by x.emoji) e
    ) r on true
         left join lateral (
    select count(*) as replies, max(y.created_at) as last_reply_at
    from lobby.messages y
    where y.org = m.org
      and y.thread = m.id
      and y.deleted_at is null
    ) t on true;
