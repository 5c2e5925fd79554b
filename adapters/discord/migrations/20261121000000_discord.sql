-- What the Discord adapter keeps for itself of what it hears. It knows guilds, channels and messages; it knows nothing of
-- tasks. Every row belongs to an organisation. Ids are snowflakes; 0 stands for none. Times of the business are given by the
-- caller: no default now().

-- What Discord told us, stored before it counts as heard, once per key whatever Discord repeats: every channel that our bots
-- see. It is also the queue of the department's channels, which is read in order.
create table discord.received
(
    seq         bigint           not null generated always as identity,
    org         uuid             not null,
    key         text collate "C" not null,
    -- The bot that heard it first.
    bot         text             not null,
    -- Discord's name of the event, e.g. MESSAGE_CREATE.
    kind        text             not null,
    -- 0 in a direct conversation.
    guild       bigint           not null,
    -- The channel, or the thread, that it happened in.
    channel     bigint           not null,
    message     bigint           not null,
    -- Whether it is in a channel of the department's, or a direct conversation with one of our bots, and not from before.
    ours        boolean          not null,
    -- The JSON as it came: text, since Discord's may hold what jsonb refuses, and nothing here looks into it. Null once it is
    -- done and old; the key stays, so that a late repeat is still known.
    payload     text,
    received_at timestamptz      not null,
    done_at     timestamptz,
    constraint received_pkey primary key (org, key)
);
create index received_unread on discord.received (org, seq) where ours and done_at is null;
create index received_waiting on discord.received (org, channel, message) where ours and done_at is null;
create index received_message on discord.received (org, channel, message);
create index received_done on discord.received (org, done_at) where ours and done_at is not null and payload is not null;

-- Sessions that can be resumed, also by the next process: one for each bot and shard.
create table discord.sessions
(
    org        uuid    not null,
    bot        text    not null,
    shard      integer not null,
    shards     integer not null,
    session    text    not null,
    resume_url text    not null,
    -- Everything up to this sequence number is stored.
    seq        bigint  not null,
    constraint sessions_pkey primary key (org, bot, shard)
);

-- Guilds that are heard. What was said before is history.
create table discord.guilds
(
    org   uuid   not null,
    guild bigint not null,
    began bigint not null,
    constraint guilds_pkey primary key (org, guild)
);

-- The department's channels, their threads, and direct conversations with our bots.
create table discord.ours
(
    org     uuid   not null,
    channel bigint not null,
    -- Of a thread, its channel; else itself.
    parent  bigint not null,
    -- 0 of a direct conversation.
    guild   bigint not null,
    -- The bot that hears it, or holds the conversation.
    bot     text   not null,
    -- What was said up to this message was said before the channel was the department's, and is no work.
    since   bigint not null,
    constraint ours_pkey primary key (org, channel)
);

-- Where something may have been missed that is not fetched yet. What is heard there is stored, and read when the gap is closed.
create table discord.gaps
(
    org        uuid    not null,
    -- A channel or thread; of a whole guild, the guild.
    channel    bigint  not null,
    guild      bigint  not null,
    bot        text    not null,
    -- A whole guild: nobody has looked yet which of its channels have a gap.
    whole      boolean not null,
    -- Whether it may have archived threads, which are looked for with it.
    parent     boolean not null,
    -- What was stored before the gap has a smaller seq.
    mark       bigint  not null,
    -- Up to this message everything is stored.
    after      bigint  not null,
    -- Grows with every gap, so that what is fetched now does not close a later one.
    generation bigint  not null,
    constraint gaps_pkey primary key (org, channel)
);
