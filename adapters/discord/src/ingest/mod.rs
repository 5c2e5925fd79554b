//! Writes what arrives into `discord.received`, many facts in one commit.
//!
//! The lines hand over in the order in which Discord sends, through a channel that is bounded: while the database is away
//! they wait, and Discord keeps what we have not counted as heard. Of a session only that counts as heard which is stored.

mod books;
mod fact;
mod heard;
mod ours;
mod writer;

pub(crate) use books::{Stored, session};
pub(crate) use fact::{Fact, Guilded, backfilled};
#[cfg(test)]
pub(crate) use fact::{deleted, edited, posted};
pub(crate) use heard::Session;
pub(crate) use ours::Ours;
pub(crate) use writer::{Item, write};

use crate::Discord;
use crate::error::Error;

/// Writes facts down at once, each once, in one commit, and rings for the reader. Answers how many of them were new.
///
/// # Errors
/// When the database fails; nothing is stored then.
pub(crate) async fn store(discord: &Discord, mut facts: Vec<Fact>) -> Result<u64, Error> {
    for fact in &mut facts {
        fact.ours = discord.lines.ours.counts(discord, fact);
    }
    books::insert(discord, &facts, &[]).await
}

impl Discord {
    /// How many facts this process has stored so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.lines.stored.now()
    }

    /// Waits until this process has stored that many facts.
    pub async fn received_at_least(&self, count: u64) {
        self.lines.stored.reach(count).await;
    }
}
