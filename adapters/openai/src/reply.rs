//! A completion as an answer of ours. Read field by field: servers differ in all that is not the answer itself.

use bullpen_model::{Act, Answer, Request, Usage};
use serde_json::{Map, Value};

use crate::inline;
use crate::question::Question;

/// Why a completion is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// JSON, but no completion.
    Foreign,
    /// A completion without a choice, or one that failed half-way.
    Failed,
    /// Held back by a content filter.
    Filtered,
    /// The model declines, in its own words.
    Declined(String),
    /// Every token that the request allows went by without an act or a word.
    CutShort,
}

/// Reads the first choice. Usage that the endpoint does not tell is estimated at four characters a token.
pub(crate) fn read(completion: Value, request: &Request, question: &Question<'_>) -> Result<Answer, Unusable> {
    let choices = completion["choices"].as_array().ok_or(Unusable::Foreign)?;
    let choice = choices.first().ok_or(Unusable::Failed)?;
    let message = &choice["message"];
    let finish = choice["finish_reason"].as_str().unwrap_or_default();
    match finish {
        "content_filter" => return Err(Unusable::Filtered),
        "error" => return Err(Unusable::Failed),
        _ => {}
    }

    let mut acts: Vec<Act> = message["tool_calls"].as_array().into_iter().flatten().filter_map(called).collect();
    let mut said = text(&message["content"]);
    let length = |text: &str| text.chars().count();
    let written =
        length(&said) + acts.iter().map(|act| length(&act.name) + length(&act.arguments.to_string())).sum::<usize>();
    if acts.is_empty()
        && let Some(inline) = inline::acts(&said, &request.acts)
    {
        acts = inline;
        said.clear();
    }

    if acts.is_empty() {
        if let Some(refusal) = message["refusal"].as_str().filter(|refusal| !refusal.trim().is_empty()) {
            return Err(Unusable::Declined(refusal.trim().to_owned()));
        }
        if said.is_empty() && finish == "length" {
            return Err(Unusable::CutShort);
        }
    }

    let told = |field: &str| completion["usage"][field].as_u64().filter(|tokens| *tokens > 0).map(tokens);
    let usage = Usage {
        input: told("prompt_tokens").unwrap_or_else(|| estimated(question.characters())),
        output: told("completion_tokens").unwrap_or_else(|| estimated(written)),
    };
    let model = completion["model"].as_str().filter(|name| !name.is_empty()).unwrap_or(question.model()).to_owned();
    Ok(Answer { acts, text: (!said.is_empty()).then_some(said), usage, model })
}

/// A function call; calls of any other kind of tool are not acts.
fn called(call: &Value) -> Option<Act> {
    let function = call.get("function")?;
    Some(Act { name: function.get("name")?.as_str()?.to_owned(), arguments: arguments(&function["arguments"]) })
}

/// Arguments come as JSON within a string, or (from some local servers) as JSON. What does not parse stays the string
/// that it was, which no schema of an act accepts.
pub(crate) fn arguments(answered: &Value) -> Value {
    match answered {
        Value::Null => Value::Object(Map::new()),
        Value::String(raw) if raw.trim().is_empty() => Value::Object(Map::new()),
        Value::String(raw) => serde_json::from_str(raw).unwrap_or_else(|_| answered.clone()),
        other => other.clone(),
    }
}

/// The text of a message, whether told whole or in parts, without the thoughts that some local models begin with.
fn text(content: &Value) -> String {
    let whole = match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    };
    let said = whole.trim();
    match said.strip_prefix("<think>") {
        Some(thoughts) => thoughts.split_once("</think>").map_or("", |(_, said)| said.trim()).to_owned(),
        None => said.to_owned(),
    }
}

fn estimated(characters: usize) -> u32 {
    tokens(characters.div_ceil(4) as u64)
}

fn tokens(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn arguments_that_are_no_json_stay_a_string() {
        assert_eq!(arguments(&json!("{\"a\":1}")), json!({"a": 1}));
        assert_eq!(arguments(&json!({"a": 1})), json!({"a": 1}));
        assert_eq!(arguments(&json!("")), json!({}));
        assert_eq!(arguments(&json!("{\"a\":")), json!("{\"a\":"));
    }

    #[test]
    fn thoughts_are_not_text() {
        assert_eq!(text(&json!("<think>hm</think>\nYes.")), "Yes.");
        assert_eq!(text(&json!("<think>still at it")), "");
        assert_eq!(text(&json!([{"type": "text", "text": "Yes"}, {"type": "text", "text": "."}])), "Yes.");
        assert_eq!(text(&json!(null)), "");
    }
}
