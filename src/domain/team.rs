//! A team: the folder of personas, the layers and channels they work in, and how far each kind of act goes by itself.

mod brand;
mod check;
mod load;
mod pace;
mod reporting;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator as _;

use crate::authority::{self, Authority};
use crate::name::Handle;
use crate::noise::Noise;
use crate::playbook::Span;
use crate::record::Category;

pub use brand::{Audience, Banned, Brand, Colour, Colours, Link, Pillar};
pub use load::{Loaded, Places};
pub use pace::{Answers, Deadlines, Due, Floor};

/// A department's layout, as `team.yaml` says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Short name: the folder's.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it is there for, in a sentence or two.
    pub purpose: String,
    /// The file, in the same folder, that says how the organisation speaks and looks.
    pub brand: String,
    /// From the top down.
    pub layers: Vec<Layer>,
    /// Where it works.
    pub channels: Vec<Channel>,
    /// How far each kind of act goes by itself.
    pub autonomy: BTreeMap<Action, Rule>,
    /// Who decides what.
    #[serde(default)]
    pub authority: Authority,
    /// How decisions are discussed.
    #[serde(default)]
    pub discussion: Discussion,
    /// How pressing what climbs is, and how long those asked have.
    #[serde(default)]
    pub escalation: crate::escalation::Rules,
    /// When somebody is reminded and chased.
    #[serde(default)]
    pub deadlines: Deadlines,
    /// Who speaks, and how long.
    #[serde(default)]
    pub floor: Floor,
}

/// How decisions of the matrix are discussed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Discussion {
    /// Rounds until whoever is above those who disagree decides: 1 to 5.
    pub rounds: u8,
    /// How long those asked have to answer.
    pub within: Span,
    /// When the outcome of a decision is looked at, where nobody sets another day.
    pub look_back: Span,
}

impl Default for Discussion {
    fn default() -> Self {
        Self { rounds: 2, within: Span::of_minutes(4 * 60), look_back: Span::of_minutes(14 * 24 * 60) }
    }
}

/// One layer of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// What personas name it by.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What it does.
    pub about: String,
}

/// A channel of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Name without `#`: lower-case letters, digits and hyphens.
    pub name: String,
    /// What it is for, in one line.
    pub topic: String,
    /// The layer that meets there; none for a channel of the whole team.
    #[serde(default)]
    pub layer: Option<String>,
    /// A noise budget of its own.
    #[serde(default)]
    pub noise: Option<Noise>,
}

/// The kinds of act that reach beyond talk, each with an autonomy rule of its own.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[serde(try_from = "String", into = "String")]
pub enum Action {
    /// Put an article on the site.
    #[strum(serialize = "publish.article")]
    PublishArticle,
    /// Post on a social platform.
    #[strum(serialize = "post.social")]
    PostSocial,
    /// Send an item by mail.
    #[strum(serialize = "mail.newsletter")]
    MailNewsletter,
    /// Send a mail that says nothing new, such as a confirmation or a reminder.
    #[strum(serialize = "mail.routine")]
    MailRoutine,
    /// Let a campaign begin.
    #[strum(serialize = "campaign.launch")]
    CampaignLaunch,
    /// Say what the brand stands for.
    #[strum(serialize = "brand.message")]
    BrandMessage,
    /// Speak for the organisation in a crisis.
    #[strum(serialize = "crisis.statement")]
    CrisisStatement,
    /// Say something with legal effect.
    #[strum(serialize = "legal.notice")]
    LegalNotice,
    /// Begin a piece of work that costs others time.
    #[strum(serialize = "task.start")]
    TaskStart,
    /// Report figures to the team.
    #[strum(serialize = "report.figures")]
    ReportFigures,
}

// Read from a text, and not as a variant, so that a fault inside a rule can name the action.
impl TryFrom<String> for Action {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let known: Vec<&'static str> = Self::iter().map(Into::into).collect();
        text.parse().map_err(|_| match crate::source::nearest(&text, &known) {
            Some(near) => format!("there is no such kind of act; did you mean {near}?"),
            None => format!("there is no such kind of act; use some of: {}", known.join(", ")),
        })
    }
}

impl From<Action> for String {
    fn from(action: Action) -> Self {
        action.to_string()
    }
}

/// How far an act goes by itself.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
pub enum Autonomy {
    /// People decide, before work on it begins and before it is done; personas carry out.
    L1,
    /// Done together with a person, who agrees to each step before the next rests on it.
    L2,
    /// Proposed; done once somebody who may approves it.
    L3,
    /// Done, and people are told.
    L4,
}

/// The rule for one kind of act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// How far it goes by itself.
    pub level: Autonomy,
    /// Whose act it may be: anybody else's is refused. Empty for everybody.
    #[serde(default)]
    pub by: Vec<Handle>,
    /// The kind of decision of the matrix that the act is; none where the matrix has no word in it.
    #[serde(default)]
    pub decision: Option<String>,
    /// Which people are asked, by name, where people are; empty for all who may approve.
    #[serde(default)]
    pub ask: Vec<String>,
    /// How many people must agree, where people are asked.
    #[serde(default = "one")]
    pub quorum: u32,
    /// Whether several that wait may be approved with one tap. Only what is proposed (L3) may be that.
    #[serde(default)]
    pub low_risk: bool,
    /// Why, said to those whom the rule stops.
    pub why: String,
}

fn one() -> u32 {
    1
}

impl Action {
    /// Who gets to see what the act does.
    #[must_use]
    pub fn audience(self) -> authority::Audience {
        match self {
            Self::PublishArticle
            | Self::PostSocial
            | Self::MailNewsletter
            | Self::MailRoutine
            | Self::CampaignLaunch
            | Self::BrandMessage
            | Self::CrisisStatement
            | Self::LegalNotice => authority::Audience::Public,
            Self::TaskStart | Self::ReportFigures => authority::Audience::Internal,
        }
    }

    /// What an escalation of the act is about, where it is a person's to decide.
    #[must_use]
    pub fn category(self) -> Category {
        match self {
            Self::LegalNotice => Category::Legal,
            _ => Category::OutsideAuthority,
        }
    }
}

impl Team {
    /// The rule for a kind of act. Without one, a person decides.
    #[must_use]
    pub fn rule(&self, action: Action) -> Option<&Rule> {
        self.autonomy.get(&action)
    }

    /// The channel where a layer meets.
    #[must_use]
    pub fn channel_of(&self, layer: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.layer.as_deref() == Some(layer))
    }

    /// How many layers stand above this one; none when it is unknown.
    #[must_use]
    pub fn rank(&self, layer: &str) -> Option<usize> {
        self.layers.iter().position(|known| known.id == layer)
    }
}

#[cfg(test)]
mod tests;
