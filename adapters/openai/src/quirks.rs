//! What an endpoint refuses although others want it, learnt from its own complaints.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::complaint::Complaint;
use crate::endpoint::Endpoint;

/// What to leave out or say differently, for one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Quirks {
    /// Functions are offered (`auto`) rather than demanded.
    pub(crate) choice: Choice,
    /// Whether the temperature is left to the model.
    pub(crate) no_temperature: bool,
    /// The name of the limit.
    pub(crate) limit: Limit,
    /// Whether the other name of the limit was refused before, so that the two are not tried in turn forever.
    limit_settled: bool,
}

/// How functions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Choice {
    /// One must be called.
    #[default]
    Demanded,
    /// One may be called.
    Offered,
}

/// The parameter that bounds an answer's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Limit {
    /// The older name, which compatible servers know.
    #[default]
    MaxTokens,
    /// The name at OpenAI, where newer models refuse the older one.
    MaxCompletionTokens,
}

impl Limit {
    fn name(self) -> &'static str {
        match self {
            Limit::MaxTokens => "max_tokens",
            Limit::MaxCompletionTokens => "max_completion_tokens",
        }
    }

    fn other(self) -> Limit {
        match self {
            Limit::MaxTokens => Limit::MaxCompletionTokens,
            Limit::MaxCompletionTokens => Limit::MaxTokens,
        }
    }
}

impl Quirks {
    /// What to begin with before the endpoint said anything.
    pub(crate) fn expected_of(endpoint: &Endpoint) -> Quirks {
        let limit = if endpoint.is_openai() { Limit::MaxCompletionTokens } else { Limit::MaxTokens };
        Quirks { limit, ..Quirks::default() }
    }

    /// What to change so that this complaint does not come again; None when there is nothing (more) to change.
    pub(crate) fn learn(self, complaint: &Complaint) -> Option<Quirks> {
        if !complaint.is_about_the_request() {
            return None;
        }
        let learnt = if complaint.is_about(self.limit.name()) && complaint.says_unsupported() && !self.limit_settled {
            Quirks { limit: self.limit.other(), limit_settled: true, ..self }
        } else if complaint.is_about("temperature") {
            Quirks { no_temperature: true, ..self }
        } else if complaint.is_about("tool_choice") {
            Quirks { choice: Choice::Offered, ..self }
        } else {
            self
        };
        (learnt != self).then_some(learnt)
    }
}

/// What was learnt, by model. In memory only: another process learns it again from one refused call.
#[derive(Default)]
pub(crate) struct QuirksByModel(Mutex<HashMap<String, Quirks>>);

impl QuirksByModel {
    pub(crate) fn of(&self, model: &str) -> Option<Quirks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(model).copied()
    }

    /// Keeps what made a call work.
    pub(crate) fn remember(&self, model: &str, quirks: Quirks) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(model.to_owned(), quirks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;

    fn complaint(message: &str) -> Complaint {
        Complaint::new(StatusCode::BAD_REQUEST, message.to_owned())
    }

    #[test]
    fn a_limit_that_is_too_large_is_not_a_limit_of_another_name() {
        let too_large = complaint("max_tokens is too large: 9000. This model supports at most 4096 completion tokens.");
        assert_eq!(Quirks::default().learn(&too_large), None);
    }

    #[test]
    fn the_two_names_of_the_limit_are_tried_once_each() {
        let learnt = Quirks::default()
            .learn(&complaint("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."))
            .expect("the other name is tried");
        assert_eq!(learnt.limit, Limit::MaxCompletionTokens);
        assert_eq!(learnt.learn(&complaint("Unrecognized request argument supplied: max_completion_tokens")), None);
    }

    #[test]
    fn the_named_parameter_counts_more_than_words_in_the_sentence() {
        let mut named = complaint("'tool_choice' cannot be combined with this temperature");
        named.param = Some("tool_choice".to_owned());
        let learnt = Quirks::default().learn(&named).expect("tool_choice is refused");
        assert_eq!((learnt.choice, learnt.no_temperature), (Choice::Offered, false));
    }
}
