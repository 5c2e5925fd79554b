//! Why the adapter could not do its own work. What Discord answers is [`crate::api::Failure`].

/// Why something failed on our side.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration cannot be used; the sentence says what to mend.
    #[error("{0}")]
    Config(String),
    /// The schema could not be brought up to date.
    #[error("the Discord tables could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database did not do what was asked.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// Discord did not do what was asked.
    #[error("{0}")]
    Discord(#[from] crate::api::Failure),
}

impl From<Error> for bullpen_chat::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Discord(failure) => failure.into(),
            Error::Config(why) => Self::Refused { why },
            Error::Database(_) | Error::Migrate(_) => Self::Retry { why: error.to_string(), after: None },
        }
    }
}
