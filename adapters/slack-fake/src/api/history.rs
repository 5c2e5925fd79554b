//! What was said: `conversations.history` and `conversations.replies`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Called;
use super::arguments::{flag, number};
use crate::seen::Message;
use crate::state::Refusal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    channel: String,
    ts: Option<String>,
    cursor: Option<String>,
    latest: Option<String>,
    oldest: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    inclusive: bool,
    #[serde(default, deserialize_with = "number")]
    limit: Option<usize>,
    #[serde(default, deserialize_with = "flag")]
    include_all_metadata: bool,
}

/// A `ts` that can be compared: seconds and six digits.
fn parsed(ts: &str) -> Option<(u64, u64)> {
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    let micros = format!("{micros:0<6}");
    Some((seconds.parse().ok()?, micros.get(..6)?.parse().ok()?))
}

impl Asked {
    /// Whether a message lies in the time that was asked for.
    fn covers(&self, ts: &str) -> Result<bool, Refusal> {
        let at = parsed(ts);
        let bound = |given: Option<&String>, code| match given.map(|g| parsed(g)) {
            Some(None) => Err(Refusal::new(code)),
            Some(found) => Ok(found),
            None => Ok(None),
        };
        let oldest = bound(self.oldest.as_ref(), "invalid_ts_oldest")?;
        let latest = bound(self.latest.as_ref(), "invalid_ts_latest")?;
        let after = oldest.is_none() || at > oldest || (self.inclusive && at == oldest);
        let before = latest.is_none() || at < latest || (self.inclusive && at == latest);
        Ok(after && before)
    }

    /// The `ts` before (or after) which this page begins.
    fn cursor(&self) -> Result<Option<String>, Refusal> {
        let Some(cursor) = self.cursor.as_deref().filter(|c| !c.is_empty()) else { return Ok(None) };
        let plain = STANDARD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let ts = plain.as_deref().and_then(|c| c.strip_prefix("next_ts:")).map(str::to_owned);
        ts.map(Some).ok_or(Refusal::new("invalid_cursor"))
    }
}

impl Called<'_> {
    /// A message as history shows it: its metadata only where they are asked for and the app may see them.
    fn recalled(&self, message: &Message, with_metadata: bool) -> Value {
        let own = message.app_id.as_deref() == Some(self.app());
        let mut shown = self.state.message_json(message);
        if !(with_metadata && (own || self.has("metadata.message:read")))
            && let Some(shown) = shown.as_object_mut()
        {
            shown.remove("metadata");
        }
        shown
    }

    fn readable(&self, asked: &Asked) -> Result<Vec<&Message>, Refusal> {
        let channel = self.channel(&asked.channel, "history")?;
        if !channel.members.contains(&self.bot_user) {
            return Err(Refusal::new("not_in_channel"));
        }
        let limit = asked.limit.unwrap_or(100);
        if !(1..=1000).contains(&limit) {
            return Err(Refusal::new("invalid_limit"));
        }
        Ok(channel.messages.values().collect())
    }

    fn recall(&self, asked: &Asked, list: &[&Message]) -> Value {
        let limit = asked.limit.unwrap_or(100);
        let messages: Vec<Value> =
            list.iter().take(limit).map(|m| self.recalled(m, asked.include_all_metadata)).collect();
        let more = list.len() > limit;
        let mut body = json!({"messages": messages, "has_more": more});
        if more {
            let last = list.get(limit - 1).map(|m| m.ts.as_str()).unwrap_or_default();
            body["response_metadata"] = json!({"next_cursor": STANDARD.encode(format!("next_ts:{last}"))});
        }
        body
    }
}

/// The newest first; replies only where they were sent to the channel as well.
pub(super) fn history(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Asked = called.parse()?;
    if asked.ts.is_some() {
        return Err(Refusal::because("invalid_arguments", "no such argument: ts"));
    }
    let before = asked.cursor()?;
    let mut list = Vec::new();
    for message in called.readable(&asked)?.into_iter().rev() {
        let on_page = before.as_ref().is_none_or(|before| parsed(&message.ts) < parsed(before));
        if on_page && (!message.is_reply() || message.broadcast) && asked.covers(&message.ts)? {
            list.push(message);
        }
    }
    let mut body = called.recall(&asked, &list);
    body["pin_count"] = json!(0);
    Ok(body)
}

/// The root, then its replies, the oldest first.
pub(super) fn replies(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Asked = called.parse()?;
    let root = asked.ts.as_deref().ok_or(Refusal::because("invalid_arguments", "missing required field: ts"))?;
    let after = asked.cursor()?;
    let all = called.readable(&asked)?;
    if !all.iter().any(|m| m.ts == root) {
        return Err(Refusal::new("thread_not_found"));
    }
    let mut list = Vec::new();
    for message in all {
        let in_thread = message.ts == root || (message.is_reply() && message.thread_ts.as_deref() == Some(root));
        let on_page = after.as_ref().is_none_or(|after| parsed(&message.ts) > parsed(after));
        // The root is always shown on the first page.
        let shown = (message.ts == root && after.is_none()) || asked.covers(&message.ts)?;
        if in_thread && on_page && shown {
            list.push(message);
        }
    }
    Ok(called.recall(&asked, &list))
}
