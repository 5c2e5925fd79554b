//! What the console shows: read-only questions over the department's state, one file per aggregate. Rows are read as the
//! domain's own types and shown in the shapes of the HTTP contract, whose fields are only ever added to.
//!
//! **Architecture invariant:** nothing here writes, and nothing here is asked by the workers.

pub mod approvals;
pub mod costs;
pub mod decisions;
pub mod depths;
pub mod desks;
pub mod escalations;
pub mod letters;
mod list;
pub mod overview;
mod posted;
pub mod proposals;
pub mod refusals;
pub mod task;
pub mod tasks;

pub use list::{Order, Page};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The list has no such entry to go on after.
    #[error("`after` is “{0}”, which is not in this list; give the `id` of the last entry that you have")]
    UnknownMark(uuid::Uuid),
    /// The database did not answer, or holds something that this version cannot read.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
}

/// A result of a view.
pub type Result<T> = std::result::Result<T, Error>;
