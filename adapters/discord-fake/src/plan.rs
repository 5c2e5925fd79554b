//! What a test or a person wants to exist: bots and people.

/// A bot and its application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotPlan {
    /// Its name.
    pub name: String,
    /// The privileged intents whose toggles are on in its settings, as gateway bits ([`crate::intents`]).
    pub intents: u64,
    /// The application is public: anybody may invite it.
    pub public: bool,
}

impl BotPlan {
    /// A bot with all privileged intents on.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), intents: crate::intents::PRIVILEGED, public: true }
    }

    /// The same without some privileged intents.
    #[must_use]
    pub const fn without_intents(mut self, intents: u64) -> Self {
        self.intents &= !intents;
        self
    }
}

/// What a bot's owner gets to see.
#[derive(Clone, PartialEq, Eq)]
pub struct BotKeys {
    /// The bot token.
    pub token: String,
    /// The bot's user.
    pub user: u64,
    /// The application; the same number as its user's.
    pub application: u64,
}

impl std::fmt::Debug for BotKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BotKeys").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A person (or somebody else's bot) in the guild.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserPlan {
    /// The user name, e.g. `ann`.
    pub name: String,
    /// The display name that the person has everywhere.
    pub global_name: Option<String>,
    /// The name in this guild.
    pub nick: Option<String>,
    /// A bot that is none of ours.
    pub bot: bool,
    /// Roles in the guild.
    pub roles: Vec<u64>,
    /// Takes no direct messages: they are refused with 50007.
    pub closed: bool,
}

impl UserPlan {
    /// A person.
    #[must_use]
    pub fn member(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Somebody else's bot.
    #[must_use]
    pub fn bot(name: &str) -> Self {
        Self { name: name.into(), bot: true, ..Self::default() }
    }

    /// The same with a name of its own in this guild.
    #[must_use]
    pub fn nick(mut self, nick: &str) -> Self {
        self.nick = Some(nick.into());
        self
    }

    /// The same with a role.
    #[must_use]
    pub fn role(mut self, role: u64) -> Self {
        self.roles.push(role);
        self
    }
}
