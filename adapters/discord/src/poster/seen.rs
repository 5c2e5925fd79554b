//! A message as Discord shows it, as far as ours are known again by it.

use serde::Deserialize;
use serde_json::Value;
use serenity::model::id::{MessageId, UserId, WebhookId};

use crate::render::Part;

/// A message that stands.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Seen {
    pub(super) id: MessageId,
    #[serde(default)]
    pub(super) content: String,
    #[serde(default)]
    pub(super) embeds: Vec<Value>,
    #[serde(default)]
    pub(super) nonce: Option<Value>,
    #[serde(default)]
    pub(super) webhook_id: Option<WebhookId>,
    pub(super) author: SeenAuthor,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct SeenAuthor {
    pub(super) id: UserId,
    #[serde(default)]
    pub(super) username: String,
}

impl Seen {
    /// Whether it says what a part says. Discord trims texts and adds to embeds, and neither matters here.
    pub(super) fn says(&self, part: &Part) -> bool {
        squeezed(&self.content) == squeezed(&part.content) && words(&self.embeds) == words(&part.embeds)
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What embeds say: titles, descriptions and fields.
fn words(embeds: &[Value]) -> Vec<String> {
    let mut out = Vec::new();
    for embed in embeds {
        let mut text = |value: &Value| out.push(squeezed(value.as_str().unwrap_or_default()));
        text(&embed["title"]);
        text(&embed["description"]);
        for field in embed["fields"].as_array().into_iter().flatten() {
            text(&field["name"]);
            text(&field["value"]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_is_known_by_what_it_says() {
        let seen = |content: &str, embeds: Value| -> Seen {
            serde_json::from_value(json!({ "id": "5", "content": content, "embeds": embeds, "author": { "id": "7" } }))
                .unwrap()
        };
        let text = Part { content: "said  once \n".into(), ..Part::default() };
        assert!(seen("said once", json!([])).says(&text));
        assert!(!seen("said twice", json!([])).says(&text));
        let card = Part { embeds: vec![json!({ "title": "T", "color": 5, "description": "D " })], ..Part::default() };
        assert!(seen("", json!([{ "type": "rich", "title": "T", "description": "D" }])).says(&card));
        assert!(!seen("", json!([{ "type": "rich", "title": "T", "description": "E" }])).says(&card));
        assert!(!seen("", json!([])).says(&card));
    }
}
