//! The model port: one question to a language model, one answer made of typed acts.
//!
//! What a model answers is data. It is handed back as [`Act`]s with JSON arguments; the department parses, validates and
//! judges them. Text inside [`Request::material`] is what others wrote: adapters must present it as data, never as
//! instructions.
//!
//! **Architecture invariant:** this crate imports nothing of ours; adapters of it know neither chat nor the domain.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// How much thinking a role needs; mapped to real models by configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Strategy and long-form writing.
    Strategic,
    /// Most specialist work.
    Standard,
    /// Short, frequent work.
    Routine,
}

/// One question. It is stored before the call and repeated unchanged on a retry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The turn this belongs to; a stable id for logs and for seeding anything that must be repeatable.
    pub turn: Uuid,
    /// The tier to answer with.
    pub tier: Tier,
    /// Sampling temperature, 0.0 to 2.0.
    pub temperature: f32,
    /// Who speaks and by which rules: the persona's prompt. Ours, trusted.
    pub system: String,
    /// What is wanted now, in one paragraph. Ours, trusted.
    pub ask: String,
    /// What the answer rests on: brief, drafts, reviews, thread. Written by others, untrusted, structured.
    pub material: Value,
    /// What the model may answer with. At least one.
    pub acts: Vec<ActSpec>,
    /// Most tokens the answer may have.
    pub max_tokens: u32,
}

/// An act the model may choose, described for function calling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActSpec {
    /// E.g. `submit`.
    pub name: String,
    /// When to use it.
    pub description: String,
    /// JSON Schema of the arguments (an object).
    pub schema: Value,
}

/// One thing the model wants done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// The act's name as answered; it may be unknown.
    pub name: String,
    /// The arguments as answered; they may not fit the schema.
    pub arguments: Value,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The acts, in the order answered; may be empty when the model only talked.
    pub acts: Vec<Act>,
    /// Text outside of acts, if any.
    pub text: Option<String>,
    /// What it took.
    pub usage: Usage,
    /// The model that answered, as it names itself.
    pub model: String,
}

/// Tokens of one call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the question.
    pub input: u32,
    /// Tokens of the answer.
    pub output: u32,
}

/// A language model.
#[async_trait]
pub trait Model: Send + Sync {
    /// What people are told about who speaks, e.g. `gpt-5 at api.example.com` or `rehearsal (stand-in)`.
    fn label(&self) -> String;

    /// Whether this is a stand-in that no one should mistake for a model.
    fn stand_in(&self) -> bool;

    /// The model's name for a tier, for prices and reports.
    fn name(&self, tier: Tier) -> String;

    /// Answers once; bounded in time by the adapter; retries within itself only what is surely harmless and cheap.
    async fn answer(&self, request: &Request) -> Result<Answer, Error>;

    /// Whether calls can be expected to work; the sentence says what to mend. Cheap; costs no tokens.
    async fn ready(&self) -> Result<(), Error>;
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Busy, unreachable or slow; the same request may work later.
    #[error("{why}")]
    Unavailable {
        /// What happened.
        why: String,
        /// How long the endpoint wants us to wait.
        after: Option<Duration>,
        /// Whether the endpoint may have billed the call all the same: it was asked, and its answer was lost.
        billed: bool,
    },
    /// The configuration is wrong (key, url, model); the sentence names the variable to mend. No retry helps.
    #[error("{0}")]
    Misconfigured(String),
    /// The endpoint refuses this very request (too long, content policy).
    #[error("{0}")]
    Refused(String),
}
