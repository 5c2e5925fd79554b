//! Discord's "no": a status, a code, a sentence, and where a form is wrong.

use std::fmt;

use serde_json::{Value, json};

/// An answer that is no success.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// Discord's code, e.g. 50013; 0 where the status says it all.
    pub(crate) code: u32,
    pub(crate) message: String,
    /// Of 50035, what is wrong where.
    errors: Option<Value>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), errors: None }
    }

    /// Something that is not there: code 10003 for channels and so on.
    pub(crate) fn unknown(what: &str) -> Self {
        let code = match what {
            "Application" => 10002,
            "Channel" => 10003,
            "Guild" => 10004,
            "Member" => 10007,
            "Message" => 10008,
            "Permission Overwrite" => 10009,
            "Role" => 10011,
            "User" => 10013,
            "Emoji" => 10014,
            "Webhook" => 10015,
            "Interaction" => 10062,
            "Application Command" => 10063,
            _ => 0,
        };
        Self::new(404, code, format!("Unknown {what}"))
    }

    /// No such route.
    pub(crate) fn not_found() -> Self {
        Self::new(404, 0, "404: Not Found")
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(401, 0, "401: Unauthorized")
    }

    /// The channel or guild cannot be seen.
    pub(crate) fn missing_access() -> Self {
        Self::new(403, 50001, "Missing Access")
    }

    pub(crate) fn missing_permissions() -> Self {
        Self::new(403, 50013, "Missing Permissions")
    }

    pub(crate) fn empty_message() -> Self {
        Self::new(400, 50006, "Cannot send an empty message")
    }

    pub(crate) fn archived() -> Self {
        Self::new(400, 50083, "Thread is archived")
    }

    /// A form that is wrong at `path` (names with dots between), e.g. `embeds.0.title`.
    pub(crate) fn form(path: &str, code: &str, message: impl fmt::Display) -> Self {
        let mut errors = json!({"_errors": [{"code": code, "message": message.to_string()}]});
        for name in path.rsplit('.').filter(|name| !name.is_empty()) {
            errors = json!({ name: errors });
        }
        Self { errors: Some(errors), ..Self::new(400, 50035, "Invalid Form Body") }
    }

    /// The same with what is wrong in the form further down.
    pub(crate) fn below(mut self, path: &str) -> Self {
        if let Some(errors) = self.errors.take() {
            self.errors = Some(path.rsplit('.').fold(errors, |errors, name| json!({ name: errors })));
        }
        self
    }

    /// A text or list that is too long.
    pub(crate) fn too_long(path: &str, most: usize) -> Self {
        Self::form(path, "BASE_TYPE_MAX_LENGTH", format!("Must be {most} or fewer in length."))
    }

    pub(crate) fn required(path: &str) -> Self {
        Self::form(path, "BASE_TYPE_REQUIRED", "This field is required")
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        body
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.message)?;
        if let Some(errors) = &self.errors {
            write!(f, " {errors}")?;
        }
        Ok(())
    }
}
