//! Response URLs: where an app can answer a click or a command a little later.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::server::Shared;
use crate::state::{self, Poster, Refusal, ResponseUrl};

/// `POST /respond/{team}/{key}`.
pub(crate) async fn respond(
    State(shared): State<Arc<Shared>>,
    Path((_, key)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    match shared.change(|state| state.respond(&key, &body)) {
        Ok(()) => Json(json!({"ok": true})).into_response(),
        Err(refusal) => {
            let gone = matches!(refusal.code, "used_url" | "expired_url");
            let status = if gone { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
            (status, Json(refusal.body())).into_response()
        }
    }
}

impl state::State {
    fn respond(&mut self, key: &str, body: &[u8]) -> Result<(), Refusal> {
        let now = self.now();
        let url = self.response_urls.get_mut(key).ok_or(Refusal::new("expired_url"))?;
        if url.expires < now {
            return Err(Refusal::new("expired_url"));
        }
        let Some(left) = url.left.checked_sub(1) else { return Err(Refusal::new("used_url")) };
        let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::new("invalid_payload"))?;
        url.left = left;
        let url = url.clone();
        let known = [
            "text",
            "blocks",
            "attachments",
            "replace_original",
            "delete_original",
            "response_type",
            "thread_ts",
            "mrkdwn",
            "unfurl_links",
            "unfurl_media",
            "metadata",
            "channel",
        ];
        let odd = body.as_object().into_iter().flat_map(|b| b.keys()).find(|k| !known.contains(&k.as_str()));
        if let (Some(odd), true) = (odd, self.settings.strict_arguments) {
            return Err(Refusal::because("invalid_payload", format!("no such field: {odd}")));
        }
        if body["delete_original"] == true {
            return self.drop_original(&url);
        }
        if body["replace_original"] == true && url.message.is_some() {
            return self.replace_original(&url, &body);
        }
        let mut draft = self.answer_draft(&body)?;
        draft.thread = body["thread_ts"].as_str().map(str::to_owned);
        if body["response_type"] == "in_channel" {
            self.put(&url.channel, Poster::App(&url.app), draft)?;
        } else {
            self.show_alone(&url.user, &url.channel, &url.app, draft)?;
        }
        Ok(())
    }

    fn drop_original(&mut self, url: &ResponseUrl) -> Result<(), Refusal> {
        let Some(ts) = &url.message else { return Ok(()) };
        if url.ephemeral {
            self.ephemerals.retain(|e| e.message.ts != *ts);
            return Ok(());
        }
        self.delete(&url.channel, ts)
    }

    fn replace_original(&mut self, url: &ResponseUrl, body: &Value) -> Result<(), Refusal> {
        let Some(ts) = url.message.clone() else { return Ok(()) };
        let draft = self.answer_draft(body)?;
        let change = |message: &mut crate::seen::Message| {
            message.text = draft.text;
            message.blocks = draft.blocks;
            message.attachments = draft.attachments;
        };
        if url.ephemeral {
            let shown = self.ephemerals.iter_mut().find(|e| e.message.ts == ts);
            change(&mut shown.ok_or(Refusal::new("message_not_found"))?.message);
            return Ok(());
        }
        let by = self.apps.get(&url.app).map(|a| a.bot_user.clone()).unwrap_or_default();
        self.revise(&url.channel, &ts, &by, change)
    }
}
