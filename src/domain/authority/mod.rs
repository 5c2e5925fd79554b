//! The authority matrix: which part every rank has in every kind of decision, and what single roles may beyond it.
//!
//! It is data (`authority` in `team.yaml`). [`crate::policy`] reads it; nothing else decides by it.

mod check;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::name::Handle;
use crate::persona::Persona;

/// The column of people, who stand above all ranks.
pub const HUMAN: &str = "human";

/// Who decides what in a team. Without decisions, the autonomy rules alone hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The ranks of personas, from the bottom up. People stand above them.
    #[serde(default)]
    pub ranks: Vec<Rank>,
    /// The kinds of decision, each with the part that every rank has in it.
    #[serde(default)]
    pub decisions: BTreeMap<String, Row>,
    /// What single roles may: the first line that fits goes before the rank's part.
    #[serde(default)]
    pub roles: Vec<Line>,
    /// Whose yes an act needs for where it goes, whoever does it.
    #[serde(default)]
    pub gates: Vec<Gate>,
}

/// A rank of personas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rank {
    /// What the rows name it by.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The levels of authority (1 to 5, as the persona files have them) that belong to it.
    pub levels: Vec<u8>,
}

/// One kind of decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What people call it.
    pub title: String,
    /// The part of every rank, and of [`HUMAN`]; who is not named has none.
    pub parts: BTreeMap<String, Part>,
    /// Whether such a decision may move the due date of the work in whose thread it is taken.
    #[serde(default)]
    pub dates: bool,
}

/// What somebody has to do with a kind of decision.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, strum::Display, strum::EnumIter,
)]
pub enum Part {
    /// Decides.
    D,
    /// Approves what is proposed.
    A,
    /// Proposes; those who approve or decide have the word.
    P,
    /// Recommends to those who propose.
    R,
    /// Is consulted.
    C,
    /// Is informed.
    I,
    /// Flags it to those above.
    F,
    /// Must escalate it.
    E,
}

impl Part {
    /// The part in a word that follows a name: "@x … this kind of decision".
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::D => "decides",
            Self::A => "approves",
            Self::P => "proposes",
            Self::R => "recommends",
            Self::C => "is consulted",
            Self::I => "is informed",
            Self::F => "flags",
            Self::E => "must escalate",
        }
    }

    /// Whether this part has a word that settles a proposal.
    #[must_use]
    pub fn settles(self) -> bool {
        matches!(self, Self::D | Self::A)
    }
}

/// What single roles may in one kind of decision, where its conditions hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The personas.
    pub who: Vec<Handle>,
    /// The kind of decision.
    pub decision: String,
    /// Their part in it.
    pub part: Part,
    /// Only up to this amount, in whole units of the organisation's currency. What has no known amount is beyond it.
    #[serde(default)]
    pub up_to: Option<u64>,
    /// Only for what goes there.
    #[serde(default)]
    pub audience: Option<Audience>,
    /// Only in these channels, by name; empty for everywhere.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Why, said to those whom the line concerns.
    pub why: String,
}

/// A yes that is needed for where an act goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// What goes there needs it.
    pub audience: Audience,
    /// Any one of these personas gives it.
    pub by: Vec<Handle>,
    /// Why, said to those whom the gate stops.
    pub why: String,
}

/// Who gets to see what an act does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Audience {
    /// The organisation.
    #[default]
    Internal,
    /// Anybody.
    Public,
}

/// What a matter is like, as far as rules ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Situation<'a> {
    /// How much money it is about, in whole units of the organisation's currency.
    pub amount: Option<u64>,
    /// Who gets to see it.
    pub audience: Audience,
    /// The channel that it concerns, by name.
    pub channel: Option<&'a str>,
}

impl Line {
    /// Whether the line speaks of this matter.
    #[must_use]
    pub fn fits(&self, who: &Handle, decision: &str, situation: Situation<'_>) -> bool {
        self.decision == decision
            && self.who.contains(who)
            && self.up_to.is_none_or(|most| situation.amount.is_some_and(|amount| amount <= most))
            && self.audience.is_none_or(|audience| audience == situation.audience)
            && (self.channels.is_empty() || situation.channel.is_some_and(|c| self.channels.iter().any(|own| own == c)))
    }
}

impl Authority {
    /// The rank of a persona, by its place in [`Self::ranks`].
    #[must_use]
    pub fn rank(&self, persona: &Persona) -> Option<usize> {
        self.ranks.iter().position(|rank| rank.levels.contains(&persona.authority.level))
    }

    /// A persona's part in a decision, and the field that says so: a line of its own goes before its rank's.
    #[must_use]
    pub fn part(&self, persona: &Persona, decision: &str, situation: Situation<'_>) -> (Option<Part>, String) {
        let own = self.roles.iter().position(|line| line.fits(&persona.handle, decision, situation));
        if let Some(index) = own {
            return (Some(self.roles[index].part), format!("authority.roles[{index}]"));
        }
        let rank = self.rank(persona).map(|rank| self.ranks[rank].id.as_str()).unwrap_or_default();
        let part = self.decisions.get(decision).and_then(|row| row.parts.get(rank)).copied();
        let field = match part {
            Some(_) => format!("authority.decisions.{decision}.parts.{rank}"),
            None => format!("authority.decisions.{decision}.parts"),
        };
        (part, field)
    }

    /// The part of people in a decision.
    #[must_use]
    pub fn of_people(&self, decision: &str) -> Option<Part> {
        self.decisions.get(decision)?.parts.get(HUMAN).copied()
    }
}
