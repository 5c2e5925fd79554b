//! A form: what a button asks for, and what the member answers.

use serde_json::{Value, json};

use super::reply::{Reply, whisper};
use super::{Interaction, closed, store};
use crate::Discord;
use crate::bots::Bot;
use crate::render::button;

/// Before the emoji in the form's `custom_id`.
const FORM: &str = "bpf:";
/// The `custom_id` of the field.
const WORDS: &str = "words";
/// Longest title of a form and longest label of a field, as Discord takes them.
const TITLE: usize = 45;
/// Longest line below the label.
const HINT: usize = 100;
/// Longest answer: it is shown with the member's name before it, in one message.
const LONGEST: usize = 1_500;

/// The form that a button opens.
pub(super) fn ask(emoji: &str, question: &str) -> Reply {
    let question = question.trim();
    let mut field = json!({
        "type": 18,
        "label": "Your answer",
        "component": {
            "type": 4,
            "custom_id": WORDS,
            "style": 2,
            "min_length": 1,
            "max_length": LONGEST,
            "required": true,
        },
    });
    if question.chars().count() > TITLE {
        field["description"] = shortened(question, HINT).into();
    }
    Reply::Form(json!({
        "custom_id": format!("{FORM}{emoji}"),
        "title": shortened(question, TITLE),
        "components": [field],
    }))
}

/// What a member wrote into a form: their reaction, and their words below the card.
pub(super) async fn submitted(discord: &Discord, bot: &Bot, interaction: &Interaction) -> Reply {
    let Some((emoji, words)) = read(interaction.custom_id(), &interaction.data) else {
        return whisper("This form means nothing any more. Please answer below the card instead.");
    };
    if let Some(why) = closed(discord, interaction) {
        return whisper(&why);
    }
    let title = interaction.message.as_ref().and_then(|message| message.pointer("/embeds/0/title"));
    let form = json!({ "emoji": emoji, "words": words, "title": title.and_then(Value::as_str) });
    match interaction.fact(bot, "form", form).filter(|_| interaction.message_id().is_some()) {
        Some(fact) => store(discord, fact, Reply::Seen).await,
        None => whisper("The card of this form is gone. Please say it in the channel."),
    }
}

/// The emoji and the words in what was submitted; `None` where the form is none of ours.
fn read(custom_id: &str, data: &Value) -> Option<(String, String)> {
    let emoji = custom_id.strip_prefix(FORM)?;
    // Read as strictly as a button's.
    let emoji = button::parse(&format!("bp:{emoji}"))?.emoji;
    let rows = data.get("components").and_then(Value::as_array)?;
    let fields = rows.iter().flat_map(|row| {
        let inner = row.get("components").and_then(Value::as_array).into_iter().flatten();
        inner.chain(row.get("component"))
    });
    let mut fields = fields.filter(|field| field.get("custom_id").and_then(Value::as_str) == Some(WORDS));
    let words = fields.next()?.get("value").and_then(Value::as_str)?.trim();
    // Discord keeps to the limit; whoever does not is no client of Discord's.
    Some((emoji, shortened(words, LONGEST)))
}

/// The text in so many characters, as Discord counts them.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.encode_utf16().count() <= most {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut length = 0;
    for c in text.chars() {
        length += c.len_utf16();
        if length >= most {
            break;
        }
        short.push(c);
    }
    format!("{}…", short.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_asks_what_the_button_asks() {
        let Reply::Form(form) = ask("❌", "What should change?") else { panic!("a form") };
        assert_eq!(form["custom_id"], "bpf:❌");
        assert_eq!(form["title"], "What should change?");
        assert_eq!(form.pointer("/components/0/description"), None, "it is not asked twice");
        let long = "What should change, ".repeat(10);
        let Reply::Form(form) = ask("❌", &long) else { panic!("a form") };
        let title = form["title"].as_str().unwrap();
        assert!(title.encode_utf16().count() <= TITLE && title.ends_with('…'), "{title}");
        assert!(form.pointer("/components/0/description").unwrap().as_str().unwrap().encode_utf16().count() <= HINT);
    }

    #[test]
    fn an_answer_is_read_in_both_shapes_of_discords() {
        let field = json!({ "type": 4, "id": 2, "custom_id": "words", "value": "  Shorter.\n" });
        for data in [
            json!({ "components": [{ "type": 18, "id": 1, "component": field }] }),
            json!({ "components": [{ "type": 1, "components": [field] }] }),
        ] {
            assert_eq!(read("bpf:✔\u{fe0f}", &data), Some(("✔".into(), "Shorter.".into())), "{data}");
            for other in ["", "bpf:", "bpf", "bp:❌", "bpf:a b", "bpf:a|b", &format!("bpf:{}", "x".repeat(99))] {
                assert_eq!(read(other, &data), None, "{other}");
            }
        }
        for data in [json!({}), json!({ "components": [{}] }), json!({ "components": "x" }), json!(null)] {
            assert_eq!(read("bpf:❌", &data), None, "{data}");
        }
    }

    #[test]
    fn words_are_cut_as_discord_counts_them() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "ab…");
        assert_eq!(shortened("🦊🦊", 3), "🦊…");
    }
}
