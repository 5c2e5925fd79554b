//! The acts of a discussion as a model writes them: shapes only, nothing of them is believed yet.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    #[serde(default)]
    pub(super) amount: Option<u64>,
    #[serde(default)]
    pub(super) public: bool,
    pub(super) text: String,
    pub(super) reasoning: String,
    #[serde(default)]
    pub(super) alternatives: Vec<String>,
    #[serde(default)]
    pub(super) actions: Vec<Action>,
    #[serde(default)]
    pub(super) due: Option<String>,
    #[serde(default)]
    pub(super) look_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    pub(super) what: String,
    pub(super) owner: String,
    #[serde(default)]
    pub(super) due: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Opinion {
    pub(super) stance: Stance,
    pub(super) text: String,
    #[serde(default)]
    pub(super) evidence: Vec<String>,
    #[serde(default)]
    pub(super) ask: Option<Ask>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stance {
    Agree,
    Object,
    Abstain,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    pub(super) of: String,
    pub(super) question: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Finding {
    pub(super) finding: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    pub(super) why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trial {
    pub(super) measure: String,
    pub(super) at_least: f64,
    pub(super) otherwise: String,
    pub(super) until: String,
    pub(super) measured_by: String,
    pub(super) reasoning: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measure {
    pub(super) value: f64,
    pub(super) source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Aftermath {
    pub(super) went: String,
    pub(super) note: String,
    #[serde(default)]
    pub(super) lesson: Option<String>,
}
