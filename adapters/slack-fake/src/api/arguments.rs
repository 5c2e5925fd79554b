//! Arguments: from the query, a form, or a JSON object, to a type that has each one by name.

use axum::http::{HeaderMap, Method as Verb};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::state::Refusal;

/// The token and the other arguments of a call.
pub(super) fn read(
    verb: &Verb,
    headers: &HeaderMap,
    query: Option<&str>,
    body: &[u8],
    reads_json: bool,
) -> Result<(Option<String>, Map<String, Value>), Refusal> {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut arguments = form(query.unwrap_or_default().as_bytes());
    if *verb == Verb::POST {
        let media_type = header("content-type").split(';').next().unwrap_or_default().trim().to_lowercase();
        match media_type.as_str() {
            "application/x-www-form-urlencoded" => arguments.extend(form(body)),
            "application/json" if reads_json => {
                let parsed = serde_json::from_slice(body).map_err(|_| Refusal::new("invalid_json"))?;
                let Value::Object(mut parsed) = parsed else { return Err(Refusal::new("json_not_object")) };
                // With JSON, the token goes into the header.
                parsed.remove("token");
                arguments.extend(parsed);
            }
            // Slack passes over the body here, and then misses the arguments.
            "application/json" => {}
            "" if body.is_empty() => {}
            "" => return Err(Refusal::new("missing_post_type")),
            _ => return Err(Refusal::new("invalid_post_type")),
        }
    } else if *verb != Verb::GET {
        return Err(Refusal::new("invalid_post_type"));
    }
    let given = arguments.remove("token").and_then(|t| t.as_str().map(str::to_owned));
    // Bolt says with every call which workspace it means; there is one.
    arguments.remove("team_id");
    let bearer = header("authorization").strip_prefix("Bearer ").map(|t| t.trim().to_owned());
    Ok((bearer.or(given), arguments))
}

fn form(text: &[u8]) -> Map<String, Value> {
    url::form_urlencoded::parse(text).map(|(k, v)| (k.into_owned(), Value::from(v.into_owned()))).collect()
}

/// Reads arguments into a type that refuses those that it does not have. When not `strict`, those are passed over.
pub(super) fn parse<T: DeserializeOwned>(arguments: &Map<String, Value>, strict: bool) -> Result<T, Refusal> {
    let mut arguments = arguments.clone();
    // To leave an argument out and to say null is the same.
    arguments.retain(|_, value| !value.is_null());
    loop {
        let error = match serde_json::from_value(Value::Object(arguments.clone())) {
            Ok(parsed) => return Ok(parsed),
            Err(error) => error.to_string(),
        };
        let quoted = error.split('`').nth(1).unwrap_or_default();
        if error.starts_with("unknown field") {
            if strict {
                return Err(Refusal::because("invalid_arguments", format!("no such argument: {quoted}")));
            }
            arguments.remove(quoted);
        } else if error.starts_with("missing field") {
            return Err(Refusal::because("invalid_arguments", format!("missing required field: {quoted}")));
        } else {
            return Err(Refusal::because("invalid_arguments", error));
        }
    }
}

/// A yes or no, as JSON has it or as forms write it.
pub(super) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    match Value::deserialize(from)? {
        Value::Bool(flag) => Ok(flag),
        Value::String(text) if matches!(text.as_str(), "true" | "1") => Ok(true),
        Value::String(text) if matches!(text.as_str(), "false" | "0" | "") => Ok(false),
        Value::Number(number) => Ok(number.as_i64() == Some(1)),
        other => Err(D::Error::custom(format!("must provide a boolean, not {other}"))),
    }
}

/// The same, where it makes a difference whether it is there.
pub(super) fn some_flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    flag(from).map(Some)
}

/// A count, as JSON has it or as forms write it.
pub(super) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<usize>, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(|_| D::Error::custom("must provide an integer")),
        Value::Number(number) => match number.as_u64().and_then(|n| usize::try_from(n).ok()) {
            Some(number) => Ok(Some(number)),
            None => Err(D::Error::custom("must provide an integer")),
        },
        _ => Err(D::Error::custom("must provide an integer")),
    }
}

/// Ids with commas between them, or a JSON list of them.
pub(super) fn ids<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(text.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()),
        Value::Array(list) => {
            let text =
                |v: Value| v.as_str().map(str::to_owned).ok_or_else(|| D::Error::custom("must provide a string"));
            list.into_iter().map(text).collect()
        }
        _ => Err(D::Error::custom("must provide a string")),
    }
}

/// JSON, or JSON written as text, which forms need.
pub(super) fn nested<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(parsed) => Ok(Some(parsed)),
            // What it is for decides how to refuse it.
            Err(_) => Ok(Some(Value::String(text))),
        },
        other => Ok(Some(other)),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::{flag, number, parse};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Arguments {
        ts: String,
        #[serde(default, deserialize_with = "flag")]
        inclusive: bool,
        #[serde(default, deserialize_with = "number")]
        limit: Option<usize>,
    }

    fn read(arguments: Value, strict: bool) -> Result<Arguments, String> {
        parse(arguments.as_object().unwrap(), strict).map_err(|refusal| refusal.messages[0].clone())
    }

    #[test]
    fn arguments_are_typed_and_named() {
        let read_well = read(json!({"ts": "1.2", "inclusive": "true", "limit": "5"}), true).unwrap();
        assert!(read_well.ts == "1.2" && read_well.inclusive && read_well.limit == Some(5));
        assert_eq!(read(json!({}), true).unwrap_err(), "[ERROR] missing required field: ts");
        assert_eq!(read(json!({"ts": "1.2", "tz": 1}), true).unwrap_err(), "[ERROR] no such argument: tz");
        assert!(read(json!({"ts": "1.2", "tz": 1}), false).is_ok());
        assert!(read(json!({"ts": 1.2}), true).unwrap_err().contains("expected a string"));
    }
}
