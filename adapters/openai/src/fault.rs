//! Everything that can keep us from a completion, before it is put into words for people.

use std::time::Duration;

use async_openai::error::OpenAIError;
use reqwest::StatusCode;

use crate::complaint::Complaint;

/// Why a call gave no completion.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// No connection: name, port, certificate, or five seconds without an answer.
    #[error("no connection ({0})")]
    Unreachable(String),
    /// The connection broke, before or within the answer.
    #[error("the connection broke ({0})")]
    Broken(String),
    /// The time is up.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Slow(Duration),
    /// An answer larger than we read; the number is the limit in bytes.
    #[error("an answer of more than {0} bytes")]
    TooLarge(usize),
    /// A success that holds a page.
    #[error("a web page instead of JSON")]
    Page,
    /// A success that holds something else.
    #[error("broken JSON")]
    NotJson,
    /// The endpoint says no.
    #[error("{0}")]
    Complaint(Complaint),
    /// The request could not be built.
    #[error("no request could be made ({0})")]
    Unbuilt(String),
}

impl Fault {
    /// What reqwest says, with the innermost cause, since the outer ones only say that sending failed.
    pub(crate) fn of_http(error: &reqwest::Error) -> Fault {
        let mut cause: &dyn std::error::Error = error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        let cause = cause.to_string();
        if error.is_connect() { Fault::Unreachable(cause) } else { Fault::Broken(cause) }
    }

    pub(crate) fn complaint(&self) -> Option<&Complaint> {
        match self {
            Fault::Complaint(complaint) => Some(complaint),
            _ => None,
        }
    }

    /// Whether the same request may work in a moment, at no cost: nothing was computed for it.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Fault::Unreachable(_) => true,
            Fault::Complaint(complaint) => match complaint.status {
                StatusCode::TOO_MANY_REQUESTS => !is_used_up(complaint),
                status => status.is_server_error(),
            },
            _ => false,
        }
    }

    /// How long the endpoint wants us to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.complaint()?.retry_after
    }
}

/// Whether a 429 speaks of money rather than of the moment.
pub(crate) fn is_used_up(complaint: &Complaint) -> bool {
    complaint.code == "insufficient_quota"
}

impl From<Fault> for OpenAIError {
    fn from(fault: Fault) -> OpenAIError {
        OpenAIError::Boxed(Box::new(fault))
    }
}

/// The way back out of the crate's error.
impl From<OpenAIError> for Fault {
    fn from(error: OpenAIError) -> Fault {
        match error {
            OpenAIError::Boxed(boxed) => match boxed.downcast::<Fault>() {
                Ok(fault) => *fault,
                Err(other) => Fault::Broken(other.to_string()),
            },
            OpenAIError::Reqwest(error) => Fault::of_http(&error),
            // The service checks status and JSON first; what is left is building the request.
            other => Fault::Unbuilt(other.to_string()),
        }
    }
}
