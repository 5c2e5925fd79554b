//! The chain of decision records: a later change of any of them shows, and a text can still be erased.
//!
//! A record's *digest* covers its texts under a random salt; its *link* covers the digest, everything else that the record
//! says, and the link before it. Erasing takes texts and salt away. The link stays and still verifies, and without the salt
//! nobody can try texts until one fits the digest. Each erasure is a decision record of its own, with who, when and why.
//!
//! A chain shows what was changed in its middle. That its end was cut off, or all of it made anew, shows only against a
//! head that was written down elsewhere.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::effect::{Body, Card};
use crate::record::Record;

mod verify;

pub use verify::{Fault, Outcome, Verifier};

/// The form that records are sealed in. What is hashed, and how, never changes for a form: a record with more fields than
/// now is sealed in the next one, and those before it stay as they are.
pub const FORM: i16 = 2;

/// The kind of a record that tells of an erasure.
pub const ERASURE: &str = "decision.erased";

/// Where a chain stands: what the next link follows from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the newest record; 0 before the first.
    pub number: i64,
    /// Its link, SHA-256 in hex.
    pub link: String,
}

impl Head {
    /// Before the first record of an organisation.
    #[must_use]
    pub fn before_all(org: Uuid) -> Self {
        let mut parts = Parts::new("bullpen decisions, form 1, beginning");
        parts.add(org.as_bytes());
        Self { number: 0, link: parts.sum() }
    }
}

/// A record's place in its organisation's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Its number, from 1, without holes.
    pub number: i64,
    /// The form that it is sealed in: [`FORM`] or an older one.
    pub form: i16,
    /// What was hashed with the texts, so that they cannot be guessed; none when they are erased.
    pub salt: Option<String>,
    /// SHA-256 over salt and texts, in hex.
    pub digest: String,
    /// SHA-256 over the link before, the digest and what else the record says, in hex.
    pub link: String,
}

impl Seal {
    /// Seals a record behind `head`. `salt` is random, at least 128 bits, and used once.
    #[must_use]
    pub fn new(head: &Head, salt: String, record: &Record) -> Self {
        Self::in_form(FORM, head, salt, record)
    }

    fn in_form(form: i16, head: &Head, salt: String, record: &Record) -> Self {
        let number = head.number + 1;
        let digest = digest(form, &salt, record);
        let link = link(&head.link, number, &digest, record);
        Self { number, form, salt: Some(salt), digest, link }
    }

    /// What the next link follows from.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { number: self.number, link: self.link.clone() }
    }
}

/// A decision record as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The record.
    #[serde(flatten)]
    pub record: Record,
    /// Its place in the chain; none where somebody else than this program added it.
    #[serde(flatten)]
    pub seal: Option<Seal>,
    /// The number of the record that tells of its erasure, if it was erased.
    pub erased_in: Option<i64>,
}

/// Why a record is not erased.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nothing left.
    #[error("the texts of this decision record are erased already")]
    Erased,
    /// Otherwise nobody could tell who erased what.
    #[error("this record tells of an erasure, and is kept for good")]
    Erasure,
    /// It was put there by something else.
    #[error("this decision record is not in the chain; `bullpen audit verify` says more")]
    Unsealed,
}

/// Erases the texts of a record. Gives the record that tells of it, which is to be sealed at the chain's end: its number is
/// then the erased one's `erased_in`. `id` is that record's; it stands in the erased one's place in chat.
///
/// # Errors
/// When it cannot be erased; then it is as it was.
pub fn erase(kept: &mut Kept, id: Uuid, by: &str, why: &str, now: DateTime<Utc>) -> Result<Record, Refusal> {
    let Kept { record, seal, erased_in } = kept;
    let Some(seal) = seal else { return Err(Refusal::Unsealed) };
    if erased_in.is_some() {
        return Err(Refusal::Erased);
    }
    if record.kind == ERASURE {
        return Err(Refusal::Erasure);
    }
    let erasure = Record {
        id,
        org: record.org,
        lane: record.lane.clone(),
        task: record.task,
        maker: by.to_owned(),
        kind: ERASURE.to_owned(),
        context: names(seal.number, record.id),
        decision: format!("The texts of decision record {} were erased", seal.number),
        reasoning: why.to_owned(),
        alternatives: json!([]),
        actions: json!([]),
        chain: json!([]),
        dissent: json!([]),
        escalated: false,
        post: record.post,
        at: now,
    };
    seal.salt = None;
    record.context.clear();
    record.decision.clear();
    record.reasoning.clear();
    if !record.alternatives.is_null() {
        record.alternatives = json!([]);
    }
    (record.actions, record.chain, record.dissent) = (json!([]), json!([]), json!([]));
    Ok(erasure)
}

/// What stands in chat in the place of an erased record.
#[must_use]
pub fn erased_body(erasure: &Record) -> Body {
    Body::Card(Card {
        title: erasure.decision.clone(),
        fields: vec![("Erased by".to_owned(), erasure.maker.clone())],
        text: erasure.reasoning.clone(),
        picture: None,
        actions: Vec::new(),
    })
}

/// How an erasure names the record that it erased.
fn names(number: i64, id: Uuid) -> String {
    format!("Decision record {number} ({id})")
}

/// What can be erased. Form 1 knows no alternatives.
fn digest(form: i16, salt: &str, record: &Record) -> String {
    let Record { context, decision, reasoning, alternatives, actions, chain, dissent, .. } = record;
    let mut parts = Parts::new(match form {
        1 => "bullpen decisions, form 1, texts",
        _ => "bullpen decisions, form 2, texts",
    });
    for text in [salt, context, decision, reasoning] {
        parts.add(text.as_bytes());
    }
    for value in [actions, chain, dissent] {
        parts.add(&canonical(value));
    }
    if form > 1 {
        parts.add(&canonical(alternatives));
    }
    parts.sum()
}

/// What stays, in all forms. Every field of a record is either here or in the digest, so this names them all: a new one is for
/// the next form.
fn link(before: &str, number: i64, digest: &str, record: &Record) -> String {
    let Record {
        id,
        org,
        lane,
        task,
        maker,
        kind,
        context: _,
        decision: _,
        reasoning: _,
        alternatives: _,
        actions: _,
        chain: _,
        dissent: _,
        escalated,
        post,
        at,
    } = record;
    let mut parts = Parts::new("bullpen decisions, form 1, link");
    parts.add(before.as_bytes());
    parts.add(number.to_string().as_bytes());
    parts.add(id.as_bytes());
    parts.add(at.timestamp_micros().to_string().as_bytes());
    parts.add(digest.as_bytes());
    parts.add(org.as_bytes());
    parts.add(lane.as_str().as_bytes());
    parts.add(task.as_bytes());
    parts.add(maker.as_bytes());
    parts.add(kind.as_bytes());
    parts.add(if *escalated { b"1" } else { b"0" });
    parts.add(post.as_bytes());
    parts.sum()
}

/// JSON as bytes that two programs agree on: no spaces, keys sorted by their bytes, numbers and strings as `serde_json`
/// writes them.
fn canonical(value: &Value) -> Vec<u8> {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| name.as_bytes());
            let field = |(name, value): (&String, &Value)| {
                [json!(name).to_string().as_bytes(), b":", &canonical(value)].concat()
            };
            bracketed(b"{", sorted.into_iter().map(field), b"}")
        }
        Value::Array(items) => bracketed(b"[", items.iter().map(canonical), b"]"),
        plain => plain.to_string().into_bytes(),
    }
}

fn bracketed(open: &[u8], items: impl Iterator<Item = Vec<u8>>, close: &[u8]) -> Vec<u8> {
    [open, &items.collect::<Vec<_>>().join(&b','), close].concat()
}

/// A hash over parts, each after its length in bytes (eight bytes, the highest first), so that nothing can move from one
/// into the next. The first names what is hashed.
struct Parts(Sha256);

impl Parts {
    fn new(what: &str) -> Self {
        let mut parts = Self(Sha256::new());
        parts.add(what.as_bytes());
        parts
    }

    fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
    }

    fn sum(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A record's name in a sentence, behind the word "decision".
fn called(number: i64, id: Uuid) -> String {
    format!("record {number} ({id})")
}

#[cfg(test)]
mod tests;
