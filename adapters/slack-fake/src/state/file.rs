//! Files and their uploads.

use serde_json::{Map, Value, json};

use super::{Refusal, Sort, State};
use crate::seen::File;

/// An upload between `files.getUploadURLExternal` and `files.completeUploadExternal`.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// The file's future id.
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) alt: Option<String>,
    pub(crate) app: String,
    /// How many bytes were announced.
    pub(crate) length: usize,
    pub(crate) bytes: Option<Vec<u8>>,
}

impl State {
    /// Keeps an uploaded file under its id.
    pub(crate) fn complete(&mut self, key: &str, title: Option<&str>) -> Result<String, Refusal> {
        let upload = self.uploads.remove(key).ok_or(Refusal::new("file_not_found"))?;
        let bytes = upload.bytes.ok_or(Refusal::new("file_not_found"))?;
        let user = self.apps.get(&upload.app).map(|a| a.bot_user.clone()).unwrap_or_default();
        let file = File {
            id: upload.file.clone(),
            title: title.map_or_else(|| upload.name.clone(), str::to_owned),
            mimetype: media_type(&bytes, &upload.name).to_owned(),
            name: upload.name,
            alt: upload.alt,
            user,
            channels: Vec::new(),
            bytes,
        };
        self.files.insert(upload.file.clone(), file);
        Ok(upload.file)
    }

    /// Keeps a text file that a person has put into a channel. Returns its id.
    pub(crate) fn uploaded_by(&mut self, user: &str, channel: &str, name: &str, title: &str) -> String {
        let id = self.id("F");
        let file = File {
            id: id.clone(),
            name: name.to_owned(),
            title: title.to_owned(),
            alt: None,
            mimetype: "text/plain".to_owned(),
            user: user.to_owned(),
            channels: vec![channel.to_owned()],
            bytes: b"text".to_vec(),
        };
        self.files.insert(id.clone(), file);
        id
    }

    /// A file as `files.info` gives it.
    pub(crate) fn file_json(&self, file: &File) -> Value {
        let kind = file.mimetype.rsplit('/').next().unwrap_or_default();
        let url = format!("{}/files/{}/{}", self.base, file.id, file.name);
        let mut shares: [Map<String, Value>; 2] = [Map::new(), Map::new()];
        for channel in file.channels.iter().filter_map(|c| self.channels.get(c)) {
            let in_it: Vec<Value> = channel
                .messages
                .values()
                .filter(|m| m.files.contains(&file.id))
                .map(|m| json!({"ts": m.ts, "thread_ts": m.thread_ts, "channel_name": channel.name}))
                .collect();
            shares[usize::from(channel.sort != Sort::Public)].insert(channel.id.clone(), json!(in_it));
        }
        let [public, private] = shares;
        let picture = file.mimetype.starts_with("image/");
        let mut shown = json!({
            "id": file.id,
            "created": 0,
            "timestamp": 0,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "filetype": kind,
            "pretty_type": kind.to_uppercase(),
            "user": file.user,
            "user_team": self.team,
            "editable": false,
            "size": file.bytes.len(),
            "mode": "hosted",
            "is_external": false,
            "is_public": !public.is_empty(),
            "public_url_shared": false,
            "url_private": url,
            "url_private_download": url,
            "permalink": url,
            "file_access": "visible",
            "shares": {"public": public, "private": private},
            "channels": file.channels.iter().filter(|c| c.starts_with('C')).collect::<Vec<_>>(),
            "groups": [],
            "ims": file.channels.iter().filter(|c| c.starts_with('D')).collect::<Vec<_>>(),
        });
        if picture {
            shown["thumb_360"] = json!(url);
            shown["alt_txt"] = json!(file.alt);
        }
        shown
    }
}

/// Slack looks into a file rather than believing its name.
fn media_type(bytes: &[u8], name: &str) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        _ => match name.rsplit('.').next() {
            Some("md") => "text/markdown",
            Some("svg") => "image/svg+xml",
            Some("json") => "application/json",
            Some("html") => "text/html",
            Some("csv") => "text/csv",
            _ if std::str::from_utf8(bytes).is_ok() => "text/plain",
            _ => "application/octet-stream",
        },
    }
}
