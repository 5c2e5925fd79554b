//! Several low-risk approvals on one card: one ✅ on it is a yes to each of them, as it was when it was listed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lane::Lane;

/// A card that lists approvals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// The effect that posted it.
    pub post: Uuid,
    /// The channel that it stands in.
    pub channel: String,
    /// What it lists.
    pub items: Vec<Item>,
}

impl Bundle {
    /// The lane that reactions on it are events of.
    #[must_use]
    pub fn lane(&self) -> Lane {
        Lane::talk("bundle", Some(&self.post.to_string()))
    }
}

/// An approval on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The approval.
    pub approval: Uuid,
    /// Its lane.
    pub lane: Lane,
    /// The digest of what it showed: a yes is for nothing else.
    pub digest: String,
    /// What is asked, in a line.
    pub title: String,
}

/// A reaction on a bundle, as it concerns one approval on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tap {
    /// The approval.
    pub item: Item,
    /// The card that lists it, and its channel.
    pub post: Uuid,
    /// The channel.
    pub channel: String,
    /// Who reacted.
    pub by: String,
    /// Whether the reaction is set now.
    pub set: bool,
    /// Whether a button stood for it.
    pub button: bool,
}
