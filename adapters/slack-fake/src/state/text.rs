//! Slack's way of writing text: `&`, `<` and `>` escaped, mentions and links in angle brackets.

use serde_json::{Value, json};

/// Escapes what people type.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The `rich_text` block that Slack makes of a message's text. Styles are left to the text itself.
pub(crate) fn rich(text: &str, ts: &str) -> Value {
    let mut elements = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>').map(|i| start + i) else { break };
        plain(&rest[..start], &mut elements);
        elements.push(entity(&rest[start + 1..end]));
        rest = &rest[end + 1..];
    }
    plain(rest, &mut elements);
    let id: String = ts.chars().rev().filter(char::is_ascii_digit).take(5).collect();
    json!({"type": "rich_text", "block_id": id, "elements": [{"type": "rich_text_section", "elements": elements}]})
}

fn plain(text: &str, elements: &mut Vec<Value>) {
    if !text.is_empty() {
        elements.push(json!({"type": "text", "text": unescape(text)}));
    }
}

/// What stands in angle brackets.
fn entity(inside: &str) -> Value {
    let (target, label) = inside.split_once('|').map_or((inside, None), |(target, label)| (target, Some(label)));
    if let Some(user) = target.strip_prefix('@') {
        return json!({"type": "user", "user_id": user});
    }
    if let Some(channel) = target.strip_prefix('#') {
        return json!({"type": "channel", "channel_id": channel});
    }
    if let Some(group) = target.strip_prefix("!subteam^") {
        return json!({"type": "usergroup", "usergroup_id": group});
    }
    if let Some(range) = target.strip_prefix('!') {
        return json!({"type": "broadcast", "range": range});
    }
    let mut link = json!({"type": "link", "url": unescape(target)});
    if let Some(label) = label {
        link["text"] = json!(unescape(label));
    }
    link
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::rich;

    #[test]
    fn text_becomes_rich_text_with_mentions_and_links() {
        let block = rich("<@U1> see <https://a.example/?x=1&amp;y=2|this> &lt;now&gt;", "1.000002");
        let elements = &block["elements"][0]["elements"];
        assert_eq!(elements[0], json!({"type": "user", "user_id": "U1"}));
        assert_eq!(elements[2], json!({"type": "link", "url": "https://a.example/?x=1&y=2", "text": "this"}));
        assert_eq!(elements[3], json!({"type": "text", "text": " <now>"}));
    }

    #[test]
    fn a_bracket_that_is_not_closed_is_text() {
        assert_eq!(rich("a < b", "1.0")["elements"][0]["elements"], json!([{"type": "text", "text": "a < b"}]));
    }
}
