//! A message as Discord shows it, as far as ours are known again by it.

use bullpen_chat::fold_emoji;
use serde::Deserialize;
use serde_json::Value;
use serenity::model::id::{MessageId, UserId, WebhookId};
use sha2::{Digest as _, Sha256};

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
    /// The digest of what it says: that of what was sent, if it is ours.
    pub(super) fn digest(&self) -> Vec<u8> {
        digest(self.webhook_id.map(|_| self.author.username.as_str()), &self.content, &self.embeds)
    }
}

/// The digest of a message as it is sent; `username` is the name that a webhook's stands under.
///
/// Discord trims texts and names, drops characters that nobody sees, adds to embeds, and shows what links lead to as
/// further ones. None of that is in it.
pub(super) fn digest(username: Option<&str>, content: &str, embeds: &[Value]) -> Vec<u8> {
    let mut digest = Sha256::new();
    // No text holds a control character, so that each ends where it ends.
    let mut text = |text: &str, end: u8| {
        digest.update(folded(text));
        digest.update([end]);
    };
    text(username.unwrap_or_default(), 0);
    text(content, 0);
    for embed in embeds.iter().filter(|embed| embed.get("type").is_none_or(|kind| kind == "rich")) {
        text(embed["title"].as_str().unwrap_or_default(), 1);
        text(embed["description"].as_str().unwrap_or_default(), 0);
        for field in embed["fields"].as_array().into_iter().flatten() {
            text(field["name"].as_str().unwrap_or_default(), 0);
            text(field["value"].as_str().unwrap_or_default(), 0);
        }
    }
    digest.finalize().to_vec()
}

/// A text without what has no width, its words one space apart.
fn folded(text: &str) -> String {
    let seen: String = fold_emoji(text).chars().filter(|c| c.is_whitespace() || !is_unseen(*c)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(content: &str, embeds: Value, webhook: Option<&str>) -> Vec<u8> {
        let message = json!({
            "id": "5", "content": content, "embeds": embeds, "webhook_id": webhook.map(|_| "9"),
            "author": { "id": "7", "username": webhook.unwrap_or("bullpen") },
        });
        serde_json::from_value::<Seen>(message).unwrap().digest()
    }

    #[test]
    fn a_message_is_known_by_what_it_says() {
        let text = digest(None, "said  once\u{200b} \r\n✔\u{fe0f} ", &[]);
        assert_eq!(seen("said once\n✔", json!([]), None), text);
        assert_ne!(seen("said twice\n✔", json!([]), None), text);
        let link = json!([{ "type": "link", "title": "Where a link leads" }]);
        assert_eq!(seen("said once ✔", link, None), text);
        let card = digest(None, "", &[json!({ "title": "T", "color": 5, "description": "D " })]);
        assert_eq!(seen("", json!([{ "type": "rich", "title": "T", "description": "D" }]), None), card);
        assert_ne!(seen("", json!([{ "type": "rich", "title": "T", "description": "E" }]), None), card);
        assert_ne!(seen("", json!([{ "type": "rich", "title": "TD" }]), None), card);
        assert_ne!(seen("", json!([]), None), card);
    }

    #[test]
    fn a_webhook_s_message_is_known_by_its_name_as_well() {
        let text = digest(Some("Marta · Editor"), "yes", &[]);
        assert_eq!(seen("yes", json!([]), Some("Marta · Editor")), text);
        assert_ne!(seen("yes", json!([]), Some("Sol · Lead")), text);
        assert_ne!(seen("yes", json!([]), None), text);
    }
}
