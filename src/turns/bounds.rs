//! What is taken of a model's answer: no more than anything useful has, so that nothing that it sends can be too much to store,
//! to read back, or to say.

use bullpen_domain::act::Proposed;
use bullpen_model::{Act, Answer};
use serde_json::Value;

/// Most acts: many times those that one answer may have.
const ACTS: usize = 20;
/// Most characters of an act's name.
const NAME: usize = 100;
/// Most bytes of an act's arguments: several times the longest piece.
const ARGUMENTS: usize = 400_000;
/// Deepest nesting of arguments.
const DEPTH: usize = 16;
/// Most characters of what is said beside the acts.
const TEXT: usize = 8_000;

/// The acts and the text of an answer. What stands in place of arguments that are too much fits no schema.
pub(super) fn taken(answer: Answer) -> (Vec<Proposed>, Option<String>) {
    let acts = answer.acts.into_iter().take(ACTS).map(taken_of);
    (acts.collect(), answer.text.map(|text| clipped(text, TEXT)))
}

fn taken_of(act: Act) -> Proposed {
    let mut room = ARGUMENTS;
    let arguments = if fits(&act.arguments, DEPTH, &mut room) {
        act.arguments
    } else {
        Value::from(format!("left out: more than {ARGUMENTS} bytes, or nested deeper than {DEPTH}"))
    };
    Proposed { name: clipped(act.name, NAME), arguments }
}

fn fits(value: &Value, depth: usize, room: &mut usize) -> bool {
    let mut take = |bytes: usize| match room.checked_sub(bytes + 1) {
        Some(left) => {
            *room = left;
            true
        }
        None => false,
    };
    match value {
        Value::String(text) => take(text.len()),
        Value::Array(entries) => take(1) && depth > 0 && entries.iter().all(|entry| fits(entry, depth - 1, room)),
        Value::Object(fields) => {
            take(1)
                && depth > 0
                && fields.iter().all(|(name, field)| {
                    *room >= name.len() && {
                        *room -= name.len();
                        fits(field, depth - 1, room)
                    }
                })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => take(8),
    }
}

fn clipped(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use bullpen_model::Usage;
    use serde_json::json;

    use super::*;

    fn of(arguments: Value) -> Value {
        let acts = vec![Act { name: "say".into(), arguments }];
        let answer = Answer { acts, text: None, usage: Usage::default(), model: "m".into() };
        taken(answer).0.remove(0).arguments
    }

    #[test]
    fn what_is_useful_is_taken_whole() {
        let piece = json!({ "title": "T", "body": "ü".repeat(60_000), "keywords": ["a", "b"], "words": 900 });
        assert_eq!(of(piece.clone()), piece);
    }

    #[test]
    fn what_is_too_much_is_left_out() {
        let deep = (0..100).fold(json!({}), |inner, _| json!([inner]));
        let long_key = Value::Object([("k".repeat(ARGUMENTS), json!(1))].into_iter().collect());
        for arguments in
            [json!({ "text": "x".repeat(ARGUMENTS) }), json!({ "notes": vec![1; ARGUMENTS] }), deep, long_key]
        {
            let taken = of(arguments);
            assert!(taken.as_str().is_some_and(|text| text.starts_with("left out")), "{taken}");
        }
    }

    #[test]
    fn a_flood_of_acts_and_words_is_cut() {
        let acts = (0..500).map(|_| Act { name: "é".repeat(500), arguments: json!({}) }).collect();
        let answer = Answer { acts, text: Some("é".repeat(100_000)), usage: Usage::default(), model: "m".into() };
        let (acts, text) = taken(answer);
        assert_eq!((acts.len(), acts[0].name.chars().count()), (ACTS, NAME));
        assert_eq!(text.map(|text| text.chars().count()), Some(TEXT));
    }
}
