-- Platforms beside the lobby. The id of a channel there is written `<platform>:<the platform's own id>`, in every column that
-- names a channel.

-- Our channels in a platform's workspace, as they were found last: the department knows them before the platform answers.
create table rooms (
    org uuid not null,
    platform text not null,
    name text not null,
    channel text not null,
    primary key (org, platform, name)
);

-- Whether a message stands in a direct conversation, which feeds no other context.
alter table messages add column direct boolean not null default false;
update messages set direct = true where channel like 'dm:%';
create index messages_direct on messages (org, channel) where direct;
