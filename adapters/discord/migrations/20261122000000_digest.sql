-- What a message of ours is known again by, and of how many it is one: a post may read differently after a restart.
alter table discord.posts
    -- SHA-256 of what was sent: the name that it stands under, its text and its embeds, without what Discord may change.
    -- Null of what an older version sent.
    add column digest bytea,
    -- How many messages the post had when this one was sent.
    add column parts  integer;
