//! Errors as the HTTP contract wants them.

use axum::Json;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::Error;

/// An answer that says what is wrong.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// The request cannot be read at all.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", message)
    }

    /// The request can be read, and what it says cannot be done.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": { "code": self.code, "message": self.message } }))).into_response()
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        use Error as E;
        let (status, code) = match &error {
            E::UnknownChannel(_) | E::UnknownThread(_) | E::UnknownMessage(_) | E::UnknownPersona(_) => {
                (StatusCode::NOT_FOUND, "not_found")
            }
            E::IsPersona(_) | E::LooksLike { .. } | E::NotForYou | E::NotAuthor => (StatusCode::FORBIDDEN, "forbidden"),
            E::Deleted => (StatusCode::CONFLICT, "deleted"),
            E::KeyReused => (StatusCode::CONFLICT, "key_reused"),
            E::TooLong(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too_long"),
            E::Name(_) | E::Empty | E::Nul(_) | E::Key | E::Emoji(_) | E::TooManyEmoji | E::Unfit(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid")
            }
            E::Database(_) | E::Migrate(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the lobby could not answer");
                return Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "the database cannot be reached now; try again in a moment",
                );
            }
        };
        Self::new(status, code, error.to_string())
    }
}

pub(super) async fn no_such_route(method: Method, uri: Uri) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", format!("there is no {method} {}", uri.path()))
}

pub(super) async fn no_such_method(method: Method) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", format!("{method} is not possible here"))
}
