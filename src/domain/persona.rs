//! A persona: one member of the department that is not a person, as its YAML file describes it.
//!
//! The file is the whole truth about a persona. What it may do is data here and enforced elsewhere (policy); nothing in a
//! prompt, a message or a model's answer can widen it.

mod availability;
mod check;
mod criteria;
mod prompt;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::name::Handle;
use crate::team::Colour;

pub use availability::{Availability, Day, Hours};
pub use check::Problem;
pub use criteria::{Criterion, Kind};
pub use prompt::{Context, Error};

/// Handles that no persona may take: they name everybody, a place, or the application itself.
pub const RESERVED: [&str; 4] = ["everyone", "channel", "here", "bullpen"];

/// One member of the department that is not a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// How it is mentioned.
    pub handle: Handle,
    /// The name it posts under, such as "Ada Example"; 1 to 60 characters.
    pub name: String,
    /// Its role, such as "Content Manager"; 1 to 80 characters.
    pub title: String,
    /// The layer of its team that it works in, by id.
    pub layer: String,
    /// The colour of its picture, dark enough for white initials; one made from its handle where this is absent.
    #[serde(default)]
    pub avatar: Option<Colour>,
    /// An emoji that stands for it where its picture cannot be shown.
    #[serde(default)]
    pub emoji: Option<String>,
    /// What it is there for, one duty an entry.
    pub responsibilities: Vec<String>,
    /// The personas it answers to. The first is its manager; a second one leads part of its work.
    #[serde(default)]
    pub reports_to: Vec<Handle>,
    /// Whether it answers to people directly.
    #[serde(default)]
    pub reports_to_people: bool,
    /// How far its word goes.
    pub authority: Authority,
    /// The subjects it is asked about.
    #[serde(default)]
    pub decision_domains: Vec<String>,
    /// What it is good at.
    #[serde(default)]
    pub skills: Vec<String>,
    /// How it speaks.
    pub voice: Voice,
    /// How it comes to a decision.
    pub decision_approach: String,
    /// How it likes to work with others.
    pub preferences: Preferences,
    /// When it takes up work that nobody asked for just now; a direct request is answered at any time.
    #[serde(default)]
    pub availability: Availability,
    /// Which kind of model speaks for it.
    pub model: Model,
    /// What it can do beyond talking, by the names of the skills and acts it is offered.
    #[serde(default)]
    pub tools: Vec<String>,
    /// What work can be given to it, in plain words; used when a task looks for an owner.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// How much of its work waits for a person.
    #[serde(default)]
    pub mode: RunMode,
    /// What it hands to people at once, whatever its model would say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub for_people: Vec<Criterion>,
    /// Its own words to the model, a template; see [`Persona::system_prompt`].
    pub prompt: String,
    /// Values for the template (`settings.name`), and for tools that look for one of their own.
    #[serde(default)]
    pub settings: BTreeMap<String, serde_json::Value>,
    /// Questions whose answers show that the persona is set up well.
    pub tests: Vec<Case>,
}

/// How far a persona's word goes. The entries are read by its model and by people; the autonomy rules of the team and the
/// policy decide what is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Rank from 1 (carries out) to 5 (leads the department).
    pub level: u8,
    /// What it decides alone.
    #[serde(default)]
    pub decides: Vec<String>,
    /// The work of others that needs its yes.
    #[serde(default)]
    pub approves: Vec<String>,
    /// What it decides only after asking, and whom.
    #[serde(default)]
    pub consults: Vec<String>,
    /// What it never decides, but hands up.
    #[serde(default)]
    pub never: Vec<String>,
}

/// How a persona speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// The sound of it, in a few words.
    pub tone: String,
    /// The build of it: length, form, order.
    pub style: String,
    /// What it always does.
    #[serde(default)]
    pub always: Vec<String>,
    /// What it never does.
    #[serde(default)]
    pub never: Vec<String>,
}

/// How a persona likes to work with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// What it wants to be told when work is handed to it.
    pub briefing: String,
    /// How it gives and takes notes on work.
    pub feedback: String,
    /// How often, and in what form, it tells where it stands.
    pub updates: String,
}

/// Which kind of model speaks for a persona.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The class of model; the configuration names the real one.
    pub tier: Tier,
    /// Sampling temperature, 0 to 2.
    pub temperature: f64,
}

/// A class of models by what a call is worth.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Tier {
    /// Direction, long writing, judgement.
    Strategic,
    /// Most work.
    Standard,
    /// Short, frequent, well-described work.
    Routine,
}

/// How much of a persona's work waits for a person.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RunMode {
    /// Acts as far as the autonomy rules let it.
    #[default]
    FullAuto,
    /// Suggests; a person approves each act.
    Assisted,
    /// Reads and comments, and never acts.
    ReviewOnly,
}

/// A question to a persona, and what its answer must and must not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case is about; unique within the persona.
    pub name: String,
    /// What a person says to it.
    pub says: String,
    /// What the answer must contain, upper and lower case alike.
    #[serde(default)]
    pub answer_contains: Vec<String>,
    /// What the answer must not contain.
    #[serde(default)]
    pub answer_lacks: Vec<String>,
}

impl Case {
    /// What is wrong with an answer; empty when it passes.
    #[must_use]
    pub fn misses(&self, answer: &str) -> Vec<String> {
        let answer = answer.to_lowercase();
        let holds = |text: &&String| answer.contains(&text.to_lowercase());
        let absent = self.answer_contains.iter().filter(|t| !holds(t)).map(|t| format!("does not say \"{t}\""));
        let present = self.answer_lacks.iter().filter(holds).map(|t| format!("says \"{t}\""));
        absent.chain(present).collect()
    }
}

impl Persona {
    /// The version of this persona: SHA-256, in lower-case hex, of its canonical JSON. Equal personas have equal digests
    /// however their files are written, and running work is pinned to it.
    #[must_use]
    pub fn digest(&self) -> String {
        // Fields are written in the order of their declaration and maps in the order of their keys; only values nested in
        // settings may keep an order of their own, so they are sorted first. Nothing in a persona can fail to serialise:
        // its map keys are strings.
        let mut json = serde_json::to_value(self).unwrap_or_default();
        json.sort_all_objects();
        Sha256::digest(json.to_string().as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

#[cfg(test)]
mod tests;
