//! Files: an address to upload to, the upload, and its completion.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Called;
use super::arguments::{nested, number};
use crate::blocks;
use crate::server::Shared;
use crate::state::{Draft, Poster, Refusal, Upload};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UploadUrl {
    filename: String,
    #[serde(deserialize_with = "number")]
    length: Option<usize>,
    alt_txt: Option<String>,
    #[serde(rename = "snippet_type")]
    _snippet_type: Option<String>,
}

pub(super) fn upload_url(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: UploadUrl = called.parse()?;
    let length = asked.length.filter(|l| *l > 0);
    let length =
        length.ok_or(Refusal::because("invalid_arguments", "must be greater than 0 [json-pointer:/length]"))?;
    if asked.filename.is_empty() {
        return Err(Refusal::because("invalid_arguments", "must be more than 0 characters [json-pointer:/filename]"));
    }
    let app = called.app().to_owned();
    let (file, key) = (called.state.id("F"), called.state.secret(32));
    let upload = Upload { file: file.clone(), name: asked.filename, alt: asked.alt_txt, app, length, bytes: None };
    let url = format!("{}/upload/{key}", called.state.base);
    called.state.uploads.insert(key, upload);
    Ok(json!({"upload_url": url, "file_id": file}))
}

/// `POST /upload/{key}`: the bytes, bare or as the first part of a form.
pub(crate) async fn upload(
    State(shared): State<Arc<Shared>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let media_type = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let bytes = part(media_type, &body).unwrap_or(&body).to_vec();
    shared.change(|state| {
        let Some(upload) = state.uploads.get_mut(&key) else {
            return (StatusCode::NOT_FOUND, "there is no such upload".into());
        };
        if bytes.len() != upload.length {
            let why = format!("{} bytes were announced and {} came", upload.length, bytes.len());
            return (StatusCode::BAD_REQUEST, why);
        }
        let answer = format!("OK - {}", bytes.len());
        upload.bytes = Some(bytes);
        (StatusCode::OK, answer)
    })
}

/// The content of the first part of a form.
fn part<'a>(media_type: &str, body: &'a [u8]) -> Option<&'a [u8]> {
    let boundary = media_type.strip_prefix("multipart/form-data")?.split("boundary=").nth(1)?;
    let boundary = boundary.split(';').next()?.trim_matches('"');
    let find = |needle: &[u8], from: usize| {
        body.get(from..)?.windows(needle.len()).position(|w| w == needle).map(|i| from + i)
    };
    let start = find(b"\r\n\r\n", 0)? + 4;
    let end = find(format!("\r\n--{boundary}").as_bytes(), start)?;
    body.get(start..end)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Complete {
    #[serde(default, deserialize_with = "nested")]
    files: Option<Value>,
    channel_id: Option<String>,
    channels: Option<String>,
    thread_ts: Option<String>,
    initial_comment: Option<String>,
    #[serde(default, deserialize_with = "nested")]
    blocks: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    id: String,
    title: Option<String>,
    #[serde(rename = "highlight_type")]
    _highlight_type: Option<String>,
}

pub(super) fn complete(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Complete = called.parse()?;
    let bad = |why: String| Refusal::because("invalid_arguments", why);
    let files = asked.files.ok_or_else(|| bad("missing required field: files".into()))?;
    let files: Vec<Named> = serde_json::from_value(files).map_err(|e| bad(format!("{e} [json-pointer:/files]")))?;
    if files.is_empty() {
        return Err(bad("no fewer than 1 items allowed [json-pointer:/files]".into()));
    }
    let channels: Vec<String> = asked
        .channel_id
        .into_iter()
        .chain(asked.channels.iter().flat_map(|c| c.split(',')).map(str::to_owned))
        .collect();
    for id in &channels {
        let channel = called.state.visible(&called.bot_user, id)?;
        if channel.archived {
            return Err(Refusal::new("is_archived"));
        }
        if !channel.members.contains(&called.bot_user) {
            return Err(Refusal::new("not_in_channel"));
        }
        if asked
            .thread_ts
            .as_ref()
            .is_some_and(|ts| channel.messages.get(ts).is_none_or(crate::seen::Message::is_reply))
        {
            return Err(Refusal::new("thread_not_found"));
        }
    }
    let mut list = asked.blocks.as_ref().map_or(Ok(Vec::new()), blocks::list)?;
    blocks::message(&list, &called.state.context())?;
    called.state.fill_ids(&mut list);
    let app = called.app().to_owned();
    let mut keys = Vec::new();
    for file in &files {
        let own = called.state.uploads.iter().find(|(_, u)| u.file == file.id && u.app == app && u.bytes.is_some());
        keys.push(own.map(|(key, _)| key.clone()).ok_or(Refusal::new("file_not_found"))?);
    }
    let mut done = Vec::new();
    for (key, file) in keys.iter().zip(&files) {
        let id = called.state.complete(key, file.title.as_deref())?;
        if let Some(file) = called.state.files.get_mut(&id) {
            file.channels.clone_from(&channels);
        }
        done.push(id);
    }
    for channel in &channels {
        let draft = Draft {
            thread: asked.thread_ts.clone(),
            text: asked.initial_comment.clone().unwrap_or_default(),
            blocks: list.clone(),
            files: done.clone(),
            ..Draft::default()
        };
        called.state.put(channel, Poster::App(&app), draft)?;
    }
    let shown: Vec<Value> =
        done.iter().filter_map(|id| called.state.files.get(id)).map(|f| called.state.file_json(f)).collect();
    Ok(json!({"files": shown}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Info {
    file: String,
    #[serde(rename = "cursor")]
    _cursor: Option<String>,
    #[serde(default, rename = "limit", deserialize_with = "number")]
    _limit: Option<usize>,
    #[serde(default, rename = "count", deserialize_with = "number")]
    _count: Option<usize>,
    #[serde(default, rename = "page", deserialize_with = "number")]
    _page: Option<usize>,
}

pub(super) fn info(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Info = called.parse()?;
    let file = called.state.files.get(&asked.file).ok_or(Refusal::new("file_not_found"))?;
    Ok(json!({"file": called.state.file_json(file), "comments": [], "response_metadata": {"next_cursor": ""}}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delete {
    file: String,
}

pub(super) fn delete(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let Delete { file } = called.parse()?;
    let found = called.state.files.get(&file).ok_or(Refusal::new("file_not_found"))?;
    if found.user != called.bot_user {
        return Err(Refusal::new("cant_delete_file"));
    }
    called.state.files.remove(&file);
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_file_is_found_in_a_form() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhello\r\n--x--\r\n";
        assert_eq!(part("multipart/form-data; boundary=x", body), Some(b"hello".as_slice()));
        assert_eq!(part("application/octet-stream", body), None);
    }
}
