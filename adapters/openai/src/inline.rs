//! Function calls that a local server leaves in the text, since it does not know its model's way of calling.

use bullpen_model::{Act, ActSpec};
use serde_json::Value;

use crate::reply::arguments;

/// The acts, when the whole text is one call, or a list of calls, of acts that were offered; anything else is text.
pub(crate) fn acts(text: &str, offered: &[ActSpec]) -> Option<Vec<Act>> {
    let calls = match serde_json::from_str(unfenced(text)).ok()? {
        Value::Array(calls) if !calls.is_empty() => calls,
        call => vec![call],
    };
    calls.iter().map(|call| act(call, offered)).collect()
}

fn act(call: &Value, offered: &[ActSpec]) -> Option<Act> {
    let name = call.get("name")?.as_str()?;
    let answered = call.get("arguments").or_else(|| call.get("parameters"))?;
    offered.iter().any(|act| act.name == name).then(|| Act { name: name.to_owned(), arguments: arguments(answered) })
}

/// The inside of a fence, when the text is nothing but a fence.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inside = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    inside.map_or(text, |inside| inside.trim_start_matches(|c: char| c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Option<Vec<Act>> {
        let submit = ActSpec { name: "submit".into(), description: String::new(), schema: json!({"type": "object"}) };
        acts(text, &[submit])
    }

    #[test]
    fn a_call_in_the_text_is_an_act() {
        let submit = Some(vec![Act { name: "submit".into(), arguments: json!({"text": "```x```"}) }]);
        let call = r#"{"name":"submit","arguments":{"text":"```x```"}}"#;
        assert_eq!(read(call), submit);
        assert_eq!(read(&format!("```json\n{call}\n```")), submit);
        assert_eq!(read(&format!("[{call}]")), submit);
        assert_eq!(read(r#"{"name":"submit","parameters":"{\"text\":\"```x```\"}"}"#), submit);
    }

    #[test]
    fn anything_else_is_text() {
        for text in [
            "Hello.",
            "",
            "[]",
            r#"{"name":"publish","arguments":{}}"#,
            r#"{"name":"submit"}"#,
            r#"I would call {"name":"submit","arguments":{}}"#,
            r#"[{"name":"submit","arguments":{}}, {"name":"publish","arguments":{}}]"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
