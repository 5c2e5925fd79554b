//! Answers that are no refusal.

use serde_json::Value;

/// What a call is answered with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    /// 200.
    Json(Value),
    /// 201.
    Created(Value),
    /// 204.
    Empty,
}

impl Reply {
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::Json(_) => 200,
            Self::Created(_) => 201,
            Self::Empty => 204,
        }
    }

    pub(crate) fn body(self) -> Value {
        match self {
            Self::Json(body) | Self::Created(body) => body,
            Self::Empty => Value::Null,
        }
    }
}
