//! Pages of lists, by cursor.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::state::Refusal;

/// Cuts the page that `cursor` and `limit` ask for out of a list, and puts it into `body` as `field`.
pub(super) fn page(
    body: &mut Value,
    field: &str,
    list: Vec<Value>,
    cursor: Option<&str>,
    limit: Option<usize>,
    usual: usize,
) -> Result<(), Refusal> {
    let limit = limit.unwrap_or(usual);
    if !(1..=1000).contains(&limit) {
        return Err(Refusal::new("invalid_limit"));
    }
    let start = match cursor.filter(|c| !c.is_empty()) {
        None => 0,
        Some(cursor) => {
            let plain = STANDARD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            plain
                .as_deref()
                .and_then(|c| c.strip_prefix("next:")?.parse().ok())
                .ok_or(Refusal::new("invalid_cursor"))?
        }
    };
    let more = list.len() > start + limit;
    let next = if more { STANDARD.encode(format!("next:{}", start + limit)) } else { String::new() };
    body[field] = list.into_iter().skip(start).take(limit).collect();
    body["response_metadata"] = json!({"next_cursor": next});
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::page;

    #[test]
    fn cursors_lead_through_a_list() {
        let list: Vec<Value> = (0..5).map(Value::from).collect();
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let mut body = json!({});
            page(&mut body, "items", list.clone(), Some(&cursor), Some(2), 100).unwrap();
            seen.extend(body["items"].as_array().unwrap().clone());
            cursor = body["response_metadata"]["next_cursor"].as_str().unwrap().to_owned();
            if cursor.is_empty() {
                break;
            }
        }
        assert_eq!(seen, list);
        let refused = |cursor, limit| page(&mut json!({}), "x", Vec::new(), cursor, limit, 100).unwrap_err().code;
        assert_eq!(refused(Some("nonsense"), None), "invalid_cursor");
        assert_eq!(refused(None, Some(0)), "invalid_limit");
    }
}
