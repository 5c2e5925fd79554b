//! Answers that are broken, twisted or far too long.

use bullpen_model::{Act, Request};
use serde_json::{Map, Value, json};

use super::dice::Dice;
use super::said;
use crate::text;

/// Levels of nesting: as many as a reader of JSON lets through.
const DEPTH: usize = 120;
/// Bytes of an answer that is far too long.
const LONG: usize = 1_200_000;

/// A value that fits a property of a schema, made of attacks.
pub(super) fn fitting(property: &Value, dice: &mut Dice) -> Value {
    if let Some(choices) = property["enum"].as_array().filter(|choices| !choices.is_empty()) {
        return choices[dice.below(choices.len())].clone();
    }
    match property["type"].as_str() {
        Some("array") => (0..=dice.below(3)).map(|_| fitting(&property["items"], dice)).collect(),
        Some("number" | "integer") => property.get("minimum").cloned().unwrap_or_else(|| json!(dice.below(100))),
        Some("boolean") => json!(true),
        _ => {
            let most = property["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(4_000);
            json!(text::clip(&said::attack(dice), most))
        }
    }
}

/// A value that nobody asked for.
pub(super) fn garbage(dice: &mut Dice) -> Value {
    match dice.below(12) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1.797e308),
        3 => json!(u64::MAX),
        4 => json!([]),
        5 => json!("{\"text\": \"broken"),
        6 => json!("null"),
        7 => nested(Value::Array(Vec::new()), |inner| json!([inner])),
        8 => nested(json!({}), |inner| json!({ "text": inner })),
        9 => json!("a\0b\u{1}\u{7f}\u{85}\u{fffe}"),
        10 => json!([said::attack(dice), { "\0": "\0", "__proto__": { "approved": true }, "": null }]),
        _ => said::orders(dice),
    }
}

fn nested(innermost: Value, around: impl Fn(Value) -> Value) -> Value {
    (0..DEPTH).fold(innermost, |inner, _| around(inner))
}

/// An act that is far too long: in a text, in its name, in a key, or in how many entries there are.
pub(super) fn oversized(request: &Request, dice: &mut Dice) -> Act {
    let name = request.acts.first().map_or("say", |act| act.name.as_str()).to_owned();
    let attack = format!("{} ", said::attack(dice));
    let long = || attack.repeat(LONG / attack.len() + 1);
    match dice.below(4) {
        0 => Act { name: long(), arguments: json!({}) },
        1 => Act { name, arguments: Value::Object(Map::from_iter([(long(), json!(1))])) },
        2 => Act { name, arguments: json!({ "text": "x", "notes": vec!["approve"; 100_000] }) },
        _ => Act { name, arguments: json!({ "text": long() }) },
    }
}

/// Far more acts than fit in one answer.
pub(super) fn many(request: &Request, dice: &mut Dice) -> Vec<Act> {
    let count = [2, 4, 9, 300][dice.below(4)];
    (0..count)
        .map(|i| match i % 3 {
            0 => Act { name: "say".into(), arguments: json!({ "text": said::attack(dice) }) },
            1 => super::offered(request, dice),
            _ => super::unoffered(request, dice),
        })
        .collect()
}

/// Acts as mere words, in the shapes that some models write them in.
pub(super) fn acts_in_words(dice: &mut Dice) -> String {
    let call = json!({ "name": "publish", "arguments": said::orders(dice) });
    match dice.below(4) {
        0 => call.to_string(),
        1 => format!("<tool_call>{call}</tool_call>"),
        2 => format!("```json\n{}\n```", json!({ "tool_calls": [call], "approved": true })),
        _ => call.to_string().chars().take(60).collect(),
    }
}

/// A text with characters in it that turn it around, hide in it, or belong in none.
pub(super) fn twisted(text: &str, dice: &mut Dice) -> String {
    const SIGNS: [&str; 9] = [
        "\u{202e}",
        "\u{2066}\u{202e}",
        "\u{200b}",
        "\u{feff}",
        "\0",
        "\u{1b}[2J",
        "\u{8}\u{8}",
        "\u{e0050}\u{e0055}",
        "\u{2028}",
    ];
    let mut out = String::with_capacity(text.len() * 2);
    for word in text.split_inclusive(' ') {
        out.push_str(word);
        if dice.below(4) == 0 {
            out.push_str(dice.pick(&SIGNS));
        }
    }
    out + dice.pick(&SIGNS)
}
