//! Bodies of requests: a JSON object of known text fields, read so that every mistake is named.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use futures::StreamExt;
use serde_json::{Map, Value};

use super::problem::Problem;

/// The most bytes of a body: four for each character that a message may have, and room for the rest.
const LIMIT: usize = 256 * 1024;

/// How much of a longer body is read and dropped, so that the sender gets to read the answer.
const DRAIN: usize = 8 * 1024 * 1024;

/// A body's fields.
pub(super) struct Fields(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read(body).await?;
        if bytes.is_empty() {
            return Ok(Self(Map::new()));
        }
        if !is_json(&parts.headers) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "send JSON, with the header “Content-Type: application/json”",
            ));
        }
        Self::parse(&bytes)
    }
}

impl Fields {
    fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let text = std::str::from_utf8(bytes).map_err(|_| Problem::malformed("the body is not valid UTF-8"))?;
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(Problem::invalid("the body must be a JSON object")),
            Err(error) => Err(Problem::malformed(format!("the body is not valid JSON: {error}"))),
        }
    }

    /// Refuses fields that this call does not know.
    pub(super) fn only(self, known: &[&str]) -> Result<Self, Problem> {
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(self),
            Some(unknown) => {
                let unknown: String = unknown.chars().take(80).collect();
                Err(Problem::invalid(format!("unknown field `{unknown}`; known here: {}", known.join(", "))))
            }
        }
    }

    /// A field that may be left out or null.
    pub(super) fn optional(&self, name: &'static str) -> Result<Option<&str>, Problem> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.contains('\0') => Err(crate::Error::Nul(name).into()),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::invalid(format!("`{name}` must be a string"))),
        }
    }

    /// A field that must be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, Problem> {
        self.optional(name)?.ok_or_else(|| Problem::invalid(format!("`{name}` is missing")))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json" || media_type.strip_prefix("application/").is_some_and(|t| t.ends_with("+json"))
}

async fn read(body: Body) -> Result<Vec<u8>, Problem> {
    let (mut bytes, mut seen) = (Vec::new(), 0);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::malformed("the body broke off"))?;
        seen += chunk.len();
        if seen > DRAIN {
            break;
        }
        if seen <= LIMIT {
            bytes.extend_from_slice(&chunk);
        }
    }
    if seen > LIMIT {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("the body is larger than {LIMIT} bytes; say it in several messages"),
        ));
    }
    Ok(bytes)
}
