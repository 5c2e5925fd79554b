//! What the composition root must say about the endpoint.

use std::time::Duration;

use bullpen_model::{Error, Tier};
use secrecy::SecretString;

/// Where the models are and how to reach them. `Debug` never shows the key.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address that `/chat/completions` is appended to, e.g. `https://api.openai.com/v1`; a slash at its end is
    /// ignored. Plain http is for this machine, or for endpoints that want no key.
    pub base_url: String,
    /// Sent as a bearer token. None, or empty, for local servers that want none.
    pub key: Option<SecretString>,
    /// The model of each tier.
    pub models: Models,
    /// Most time that one answer may take, retries included; see [`Config::DEFAULT_TIMEOUT`]. Connecting has 5 s of it.
    pub timeout: Duration,
}

impl Config {
    /// Enough for a long piece from a thinking model; a person still notices when it is used up.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
}

/// The endpoint's name for the model of each [`Tier`]. They may be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Models {
    /// For [`Tier::Strategic`].
    pub strategic: String,
    /// For [`Tier::Standard`].
    pub standard: String,
    /// For [`Tier::Routine`].
    pub routine: String,
}

impl Models {
    pub(crate) fn of(&self, tier: Tier) -> &str {
        match tier {
            Tier::Strategic => &self.strategic,
            Tier::Standard => &self.standard,
            Tier::Routine => &self.routine,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        for tier in [Tier::Strategic, Tier::Standard, Tier::Routine] {
            if self.of(tier).trim().is_empty() {
                return Err(Error::Misconfigured(format!(
                    "No model is named for the {tier:?} tier: set {}.",
                    variable(tier)
                )));
            }
        }
        Ok(())
    }
}

/// The variable that a person sets to choose the model of a tier.
pub(crate) fn variable(tier: Tier) -> &'static str {
    match tier {
        Tier::Strategic => "BULLPEN_MODEL_STRATEGIC",
        Tier::Standard => "BULLPEN_MODEL_STANDARD",
        Tier::Routine => "BULLPEN_MODEL_ROUTINE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nameless_model_is_told_by_its_variable() {
        let models = Models { strategic: "a".into(), standard: "b".into(), routine: " ".into() };
        let error = models.check().expect_err("the routine tier has no model");
        assert!(error.to_string().contains("BULLPEN_MODEL_ROUTINE"), "{error}");
    }
}
