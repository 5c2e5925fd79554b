//! The bits of gateway intents and of permissions, by Discord's names.

/// Gateway intents.
pub mod intents {
    /// Guilds, roles, channels, threads.
    pub const GUILDS: u64 = 1;
    /// Members joining, leaving, changing. Privileged.
    pub const GUILD_MEMBERS: u64 = 1 << 1;
    /// Emojis and stickers.
    pub const GUILD_EXPRESSIONS: u64 = 1 << 3;
    /// Webhooks of a channel.
    pub const GUILD_WEBHOOKS: u64 = 1 << 5;
    /// Presences. Privileged.
    pub const GUILD_PRESENCES: u64 = 1 << 8;
    /// Messages in guilds.
    pub const GUILD_MESSAGES: u64 = 1 << 9;
    /// Reactions in guilds.
    pub const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
    /// Who is typing in guilds.
    pub const GUILD_MESSAGE_TYPING: u64 = 1 << 11;
    /// Direct messages.
    pub const DIRECT_MESSAGES: u64 = 1 << 12;
    /// Reactions in direct messages.
    pub const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
    /// Who is typing in direct messages.
    pub const DIRECT_MESSAGE_TYPING: u64 = 1 << 14;
    /// What messages say. Privileged.
    pub const MESSAGE_CONTENT: u64 = 1 << 15;
    /// Those that need a toggle in the application's settings.
    pub const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;
    /// Every bit that has a meaning; another one closes the gateway with 4013.
    pub const ALL: u64 = ((1 << 17) - 1) | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);
}

/// Permissions.
pub mod permissions {
    /// Kick members.
    pub const KICK_MEMBERS: u64 = 1 << 1;
    /// Everything, whatever channels say.
    pub const ADMINISTRATOR: u64 = 1 << 3;
    /// Make, change and delete channels.
    pub const MANAGE_CHANNELS: u64 = 1 << 4;
    /// Change the guild.
    pub const MANAGE_GUILD: u64 = 1 << 5;
    /// Add new reactions.
    pub const ADD_REACTIONS: u64 = 1 << 6;
    /// See a channel.
    pub const VIEW_CHANNEL: u64 = 1 << 10;
    /// Post in a channel; in a new forum post.
    pub const SEND_MESSAGES: u64 = 1 << 11;
    /// Delete and pin others' messages.
    pub const MANAGE_MESSAGES: u64 = 1 << 13;
    /// Links and embeds are shown.
    pub const EMBED_LINKS: u64 = 1 << 14;
    /// Files.
    pub const ATTACH_FILES: u64 = 1 << 15;
    /// Read what was said before.
    pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
    /// Ping everyone, here, and all roles.
    pub const MENTION_EVERYONE: u64 = 1 << 17;
    /// Emojis of other guilds.
    pub const USE_EXTERNAL_EMOJIS: u64 = 1 << 18;
    /// Change one's own nick.
    pub const CHANGE_NICKNAME: u64 = 1 << 26;
    /// Change others' nicks.
    pub const MANAGE_NICKNAMES: u64 = 1 << 27;
    /// Make, change and delete roles below one's own, and channels' overwrites.
    pub const MANAGE_ROLES: u64 = 1 << 28;
    /// Make, change and delete webhooks.
    pub const MANAGE_WEBHOOKS: u64 = 1 << 29;
    /// Use commands.
    pub const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
    /// Change, archive and delete threads; post in locked ones.
    pub const MANAGE_THREADS: u64 = 1 << 34;
    /// Start threads.
    pub const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
    /// Post in threads.
    pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
    /// Pin messages.
    pub const PIN_MESSAGES: u64 = 1 << 51;
    /// Every permission.
    pub const ALL: u64 = (1 << 53) - 1;
    /// What `@everyone` has in a new guild, as far as the stand-in knows it.
    pub const EVERYONE: u64 = ADD_REACTIONS
        | VIEW_CHANNEL
        | SEND_MESSAGES
        | EMBED_LINKS
        | ATTACH_FILES
        | READ_MESSAGE_HISTORY
        | USE_EXTERNAL_EMOJIS
        | CHANGE_NICKNAME
        | USE_APPLICATION_COMMANDS
        | CREATE_PUBLIC_THREADS
        | SEND_MESSAGES_IN_THREADS;
}
