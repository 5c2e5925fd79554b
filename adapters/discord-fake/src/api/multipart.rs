//! Requests with files: `payload_json` and `files[n]`.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Multipart, Request};
use serde_json::Value;

use crate::state::Refusal;

/// A file as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// The `n` of `files[n]`.
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) bytes: Bytes,
}

/// Most files of a message.
const FILES: usize = 10;

pub(super) async fn read(request: Request) -> Result<(Value, Vec<File>), Refusal> {
    let wrong = |why: String| Refusal::new(400, 50035, format!("Invalid Form Body: {why}"));
    let mut form = Multipart::from_request(request, &()).await.map_err(|e| wrong(e.to_string()))?;
    let (mut body, mut files) = (Value::Null, Vec::new());
    while let Some(part) = form.next_field().await.map_err(|e| wrong(e.to_string()))? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "payload_json" {
            let text = part.bytes().await.map_err(|e| wrong(e.to_string()))?;
            body = serde_json::from_slice(&text)
                .map_err(|_| Refusal::new(400, 50109, "The request body contains invalid JSON."))?;
            continue;
        }
        let number = name.strip_prefix("files[").and_then(|n| n.strip_suffix(']')).and_then(|n| n.parse().ok());
        let Some(number) = number else { return Err(Refusal::form(&name, "UNKNOWN_FIELD", "There is no such part.")) };
        let Some(file_name) = part.file_name().map(str::to_owned) else {
            return Err(Refusal::form(&name, "BASE_TYPE_REQUIRED", "A file needs a file name."));
        };
        let media_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = part.bytes().await.map_err(|e| wrong(e.to_string()))?;
        files.push(File { number, name: file_name, media_type, bytes });
    }
    if files.len() > FILES {
        return Err(Refusal::form("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length."));
    }
    Ok((body, files))
}
