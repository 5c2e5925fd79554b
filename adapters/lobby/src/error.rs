//! Why the lobby did not do what was asked: each a sentence for the one who asked.

/// Why the lobby did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No channel has this id.
    #[error("there is no channel “{0}”; GET /api/channels lists them")]
    UnknownChannel(String),
    /// The channel has no such root message.
    #[error("there is no thread “{0}” in this channel")]
    UnknownThread(String),
    /// No message has this id.
    #[error("there is no message “{0}”")]
    UnknownMessage(String),
    /// No present identity has this handle.
    #[error("there is no persona “{0}” here")]
    UnknownPersona(String),
    /// The name is not fit to be shown beside a message.
    #[error("this name cannot be used: {0}")]
    Name(&'static str),
    /// The name is one of our identities'.
    #[error("“{0}” is a persona of the department; nobody else may speak or look as one")]
    IsPersona(String),
    /// The name could be taken for a listed person's.
    #[error("“{name}” could be taken for “{listed}”; write a listed name exactly as it is listed")]
    LooksLike {
        /// What was given.
        name: String,
        /// The person's name.
        listed: String,
    },
    /// A direct conversation between others.
    #[error("this is a direct conversation between others")]
    NotForYou,
    /// Only who wrote it may.
    #[error("only its author may edit or delete a message")]
    NotAuthor,
    /// The message is gone.
    #[error("this message was deleted")]
    Deleted,
    /// There is nothing to say.
    #[error("`text` is empty; a message needs something to say")]
    Empty,
    /// The text is longer than [`crate::TEXT_LIMIT`].
    #[error("`text` has {0} characters; a message may have at most {limit}", limit = crate::TEXT_LIMIT)]
    TooLong(usize),
    /// A NUL character, which the database cannot keep.
    #[error("`{0}` contains a NUL character (U+0000), which cannot be stored; leave it out")]
    Nul(&'static str),
    /// The idempotency key is not usable.
    #[error("`key` must have 1 to 200 characters")]
    Key,
    /// The idempotency key belongs to another message.
    #[error("this key was already used for a message that says something else; take a new key")]
    KeyReused,
    /// Not an emoji.
    #[error("“{0}” is not an emoji: use one emoji, or a custom one's :name:")]
    Emoji(String),
    /// The message holds as many different emoji as it may.
    #[error("a message may carry at most {limit} different reactions", limit = crate::emoji::DISTINCT_LIMIT)]
    TooManyEmoji,
    /// What a persona says cannot be shown as it is.
    #[error("{0}")]
    Unfit(String),
    /// The database did not answer, or not as it should.
    #[error("the database could not do it")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the lobby's tables could not be prepared")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl Error {
    /// Whether the same call may succeed later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            // Classes 22 and 23 (data exception, integrity violation) say that what was asked cannot be stored.
            Self::Database(sqlx::Error::Database(e)) => {
                !e.code().is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
            }
            Self::Database(_) | Self::Migrate(_) => true,
            _ => false,
        }
    }
}

impl From<Error> for bullpen_chat::Error {
    /// Every call of the lobby's poster may be repeated without harm, so what may pass is simply tried again.
    fn from(error: Error) -> Self {
        if error.is_passing() {
            Self::Retry { why: with_sources(&error), after: None }
        } else if matches!(error, Error::Deleted | Error::UnknownMessage(_)) {
            Self::Gone { why: error.to_string() }
        } else {
            Self::Refused { why: with_sources(&error) }
        }
    }
}

fn with_sources(error: &dyn std::error::Error) -> String {
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        why.push_str(": ");
        why.push_str(&cause.to_string());
        source = cause.source();
    }
    why
}
