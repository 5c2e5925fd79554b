//! Faults as sentences for people: what happened, and which variable mends it.

use bullpen_model::{Error, Tier};
use reqwest::StatusCode;

use crate::complaint::Complaint;
use crate::config::variable;
use crate::endpoint::Endpoint;
use crate::fault::{Fault, is_used_up};
use crate::reply::Unusable;

/// The call that went wrong.
#[derive(Clone, Copy)]
pub(crate) struct Explain<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) tier: Tier,
    pub(crate) model: &'a str,
}

impl Explain<'_> {
    pub(crate) fn fault(&self, fault: &Fault) -> Error {
        match fault {
            Fault::Complaint(complaint) => self.complaint(complaint),
            other => of_endpoint(self.endpoint, other),
        }
    }

    pub(crate) fn unusable(&self, unusable: Unusable) -> Error {
        let Explain { endpoint, model, tier } = self;
        let base = endpoint.base();
        match unusable {
            Unusable::Foreign => Error::Misconfigured(format!(
                "{base} answers, but not with chat completions: set OPENAI_BASE_URL to an OpenAI-compatible address."
            )),
            Unusable::Failed => lost(format!("The model {model} at {base} failed in the middle of its answer.")),
            Unusable::Filtered => Error::Refused(format!("The content filter of {base} held the answer back.")),
            Unusable::Declined(words) => Error::Refused(format!("The model {model} declines: {words}")),
            Unusable::CutShort => Error::Refused(format!(
                "The model {model} used up all tokens of its answer before it called a function: allow it more, or \
                 choose another in {}.",
                variable(*tier)
            )),
        }
    }

    fn complaint(&self, complaint: &Complaint) -> Error {
        let Explain { endpoint, tier, model } = self;
        let (base, variable) = (endpoint.base(), variable(*tier));
        if cannot_call_functions(complaint) {
            return Error::Misconfigured(format!(
                "The model {model} at {base} cannot call functions ({complaint}): choose another in {variable}, or let \
                 the endpoint serve it with tool calls."
            ));
        }
        if is_about_the_model(complaint, model) {
            return Error::Misconfigured(format!(
                "The model endpoint {base} has no model {model} ({complaint}): set {variable} to one that it has."
            ));
        }
        match complaint.status {
            StatusCode::BAD_REQUEST if complaint.says("api key") => refused_key(endpoint),
            StatusCode::BAD_REQUEST
            | StatusCode::CONFLICT
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNPROCESSABLE_ENTITY => {
                Error::Refused(format!("The model endpoint {base} refuses this request ({complaint})."))
            }
            _ => of_endpoint(endpoint, &Fault::Complaint(complaint.clone())),
        }
    }
}

/// What a fault says about the endpoint, whatever was asked.
pub(crate) fn of_endpoint(endpoint: &Endpoint, fault: &Fault) -> Error {
    let base = endpoint.base();
    match fault {
        Fault::Unreachable(cause) => unavailable(format!(
            "The model endpoint {base} cannot be reached ({cause}): check OPENAI_BASE_URL, and that the endpoint is up."
        )),
        Fault::Slow(_) | Fault::Broken(_) | Fault::TooLarge(_) | Fault::NotJson => {
            lost(format!("The model endpoint {base} gave no usable answer: {fault}."))
        }
        Fault::Page | Fault::Unbuilt(_) => wrong_address(base, fault),
        Fault::Complaint(complaint) => match complaint.status {
            StatusCode::UNAUTHORIZED => refused_key(endpoint),
            StatusCode::FORBIDDEN => Error::Misconfigured(format!(
                "The model endpoint {base} refused the key ({complaint}): set OPENAI_API_KEY to one that may do this."
            )),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::PAYMENT_REQUIRED
                if is_used_up(complaint) || complaint.status == StatusCode::PAYMENT_REQUIRED =>
            {
                unavailable(format!(
                    "The account at the model endpoint {base} has nothing left to spend ({complaint}): top it up there."
                ))
            }
            status
                if status == StatusCode::TOO_MANY_REQUESTS
                    || status == StatusCode::REQUEST_TIMEOUT
                    || status.is_server_error() =>
            {
                Error::Unavailable {
                    why: format!("The model endpoint {base} is busy or in trouble ({complaint})."),
                    after: complaint.retry_after,
                    billed: false,
                }
            }
            _ => wrong_address(base, fault),
        },
    }
}

fn unavailable(why: String) -> Error {
    Error::Unavailable { why, after: None, billed: false }
}

/// The endpoint was asked, and its answer was lost: it may be billed.
fn lost(why: String) -> Error {
    Error::Unavailable { why, after: None, billed: true }
}

fn wrong_address(base: &str, fault: &Fault) -> Error {
    Error::Misconfigured(format!(
        "{base} is no OpenAI-compatible endpoint ({fault}): set OPENAI_BASE_URL to the address that \
         /chat/completions is appended to; it often ends in /v1."
    ))
}

/// Without the endpoint's words, which often hold parts of the key.
fn refused_key(endpoint: &Endpoint) -> Error {
    let (base, key) = (endpoint.base(), if endpoint.has_key() { "refused the key" } else { "wants a key" });
    Error::Misconfigured(format!("The model endpoint {base} {key}: set OPENAI_API_KEY to a key that is valid there."))
}

fn cannot_call_functions(complaint: &Complaint) -> bool {
    matches!(complaint.status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND)
        && ["support tool", "tool use", "enable-auto-tool-choice"].iter().any(|words| complaint.says(words))
}

fn is_about_the_model(complaint: &Complaint, model: &str) -> bool {
    match complaint.status {
        StatusCode::NOT_FOUND => complaint.says("model") || complaint.says(&model.to_lowercase()),
        StatusCode::BAD_REQUEST => {
            complaint.code == "model_not_found"
                || complaint.param.as_deref() == Some("model")
                || complaint.says("not a valid model")
        }
        _ => false,
    }
}
