//! What a line asks to be told.

/// Discord's gateway intents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Intents(u64);

const GUILDS: u64 = 1;
const GUILD_MEMBERS: u64 = 1 << 1;
const GUILD_WEBHOOKS: u64 = 1 << 5;
const GUILD_MESSAGES: u64 = 1 << 9;
const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
const DIRECT_MESSAGES: u64 = 1 << 12;
const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
const MESSAGE_CONTENT: u64 = 1 << 15;

impl Intents {
    /// The shared bot's: it is the ear of the department.
    pub(super) const SHARED: Self = Self(
        GUILDS
            | GUILD_MEMBERS
            | GUILD_WEBHOOKS
            | GUILD_MESSAGES
            | GUILD_MESSAGE_REACTIONS
            | DIRECT_MESSAGES
            | DIRECT_MESSAGE_REACTIONS
            | MESSAGE_CONTENT,
    );
    /// Those of a bot of a single persona: it is present, and hears what is said to it alone.
    pub(super) const DEDICATED: Self = Self(DIRECT_MESSAGES | DIRECT_MESSAGE_REACTIONS);

    pub(super) const fn bits(self) -> u64 {
        self.0
    }
}
