//! Why the adapter could not do its own work. What Slack answers is [`crate::api::Failure`].

/// Why something failed on our side.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration cannot be used; the sentence says what to mend.
    #[error("{0}")]
    Config(String),
    /// The schema could not be brought up to date.
    #[error("the Slack tables could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database did not do what was asked.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// Slack did not do what was asked.
    #[error("{0}")]
    Slack(#[from] crate::api::Failure),
}
