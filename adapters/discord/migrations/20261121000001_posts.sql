-- What we posted: one row for each message that a post was cut into. A row is written before the message is sent, so that it
-- is known from when on and where to look for one whose fate is unknown, and gets the message's id as soon as it stands.
create table discord.posts
(
    org      uuid        not null,
    -- The idempotency key of the post.
    key      uuid        not null,
    -- The number of the message within the post, from 0.
    part     integer     not null,
    -- The bot that posted it, by its name with us.
    bot      text        not null,
    -- The webhook that it went through, if it did.
    webhook  bigint,
    -- The channel as the port names it: of a thread, its parent.
    channel  bigint      not null,
    -- The channel that it stands in: of a thread, the thread's own.
    place    bigint      not null,
    -- The message; null while it is not known whether it stands.
    message  bigint,
    -- The newest revision that all messages of the post show.
    revision bigint      not null,
    -- When it was first sent, by the database's clock.
    begun_at timestamptz not null default clock_timestamp(),
    constraint posts_pkey primary key (org, key, part),
    constraint posts_message unique (org, message)
);
