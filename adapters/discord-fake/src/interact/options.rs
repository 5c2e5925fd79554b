//! A command as a person types it, checked against the command as it is registered.

use serde_json::{Value, json};

/// The options of a command as the application is told them. `words` are subcommand groups and subcommands; of a half-typed
/// command `focused` names the option under the cursor, and what is required may be missing yet.
///
/// # Errors
/// A sentence for whoever typed it, where the command does not take that.
pub(super) fn fill(
    command: &Value,
    words: &[&str],
    given: &[(String, Value)],
    focused: Option<&str>,
) -> Result<Vec<Value>, String> {
    let known: &[Value] = command["options"].as_array().map_or(&[], Vec::as_slice);
    let name = command["name"].as_str().unwrap_or_default();
    let parts = |kind: &Value| matches!(kind.as_u64(), Some(1 | 2));
    if let Some((word, rest)) = words.split_first() {
        let inner = known.iter().find(|option| parts(&option["type"]) && option["name"] == **word);
        let inner = inner.ok_or_else(|| format!("`{name}` has no subcommand `{word}`"))?;
        let options = fill(inner, rest, given, focused)?;
        return Ok(vec![json!({"name": word, "type": inner["type"], "options": options})]);
    }
    if known.iter().any(|option| parts(&option["type"])) {
        return Err(format!("`{name}` takes a subcommand"));
    }
    for (option, _) in given {
        if !known.iter().any(|k| k["name"] == **option) {
            return Err(format!("`{name}` has no option `{option}`"));
        }
    }
    let mut options = Vec::new();
    for option in known {
        let called = option["name"].as_str().unwrap_or_default();
        let is_focused = focused == Some(called);
        match given.iter().find(|(name, _)| name == called) {
            Some((_, value)) => {
                let mut filled = json!({"name": called, "type": option["type"], "value": value});
                if is_focused {
                    if option["autocomplete"] != true {
                        return Err(format!("`{called}` is not completed"));
                    }
                    filled["focused"] = json!(true);
                } else {
                    check(option, value).map_err(|why| format!("`{called}` {why}"))?;
                }
                options.push(filled);
            }
            None if option["required"] == true && focused.is_none() => return Err(format!("`{called}` is required")),
            None => {}
        }
    }
    if let Some(focused) = focused
        && !options.iter().any(|option| option["name"] == *focused)
    {
        return Err(format!("`{name}` has no option `{focused}`"));
    }
    Ok(options)
}

fn check(option: &Value, value: &Value) -> Result<(), String> {
    let right = match option["type"].as_u64() {
        Some(3) => value.is_string(),
        Some(4) => value.is_i64(),
        Some(5) => value.is_boolean(),
        // Users, channels, roles: snowflakes.
        Some(6..=9) => value.as_str().is_some_and(|id| id.parse::<u64>().is_ok()),
        Some(10) => value.is_number(),
        _ => false,
    };
    if !right {
        return Err(format!("does not take {value}"));
    }
    let choices = option["choices"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    if !choices.is_empty() && !choices.iter().any(|choice| choice["value"] == *value) {
        return Err(format!("has no choice {value}"));
    }
    let size = value.as_str().map(|text| text.chars().count() as f64).or_else(|| value.as_f64()).unwrap_or_default();
    let (least, most) = if value.is_string() { ("min_length", "max_length") } else { ("min_value", "max_value") };
    let too_small = option[least].as_f64().is_some_and(|least| size < least);
    let too_large = option[most].as_f64().is_some_and(|most| size > most).max(value.is_string() && size > 6000.0);
    if too_small || too_large { Err("is too small or too large".into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::fill;

    fn command() -> Value {
        json!({"name": "bullpen", "options": [
            {"type": 1, "name": "status"},
            {"type": 1, "name": "show", "options": [
                {"type": 3, "name": "task", "required": true, "autocomplete": true, "max_length": 8},
                {"type": 4, "name": "many", "min_value": 1, "max_value": 9},
            ]},
        ]})
    }

    #[test]
    fn what_is_typed_is_checked() {
        let command = command();
        let run = |words: &[&str], given: &[(&str, Value)], focused| {
            let given: Vec<(String, Value)> = given.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
            fill(&command, words, &given, focused)
        };
        assert_eq!(run(&["status"], &[], None).unwrap(), [json!({"name": "status", "type": 1, "options": []})]);
        let shown = run(&["show"], &[("task", json!("T-1")), ("many", json!(3))], None).unwrap();
        assert_eq!(shown[0]["options"][1], json!({"name": "many", "type": 4, "value": 3}));
        for (words, given) in [
            (&[][..], vec![]),
            (&["nothing"][..], vec![]),
            (&["show"][..], vec![]),
            (&["show"][..], vec![("task", json!(7))]),
            (&["show"][..], vec![("task", json!("much too long"))]),
            (&["show"][..], vec![("task", json!("T-1")), ("many", json!(10))]),
            (&["show"][..], vec![("task", json!("T-1")), ("other", json!(1))]),
        ] {
            assert!(run(words, &given, None).is_err(), "{words:?} {given:?}");
        }
        let half = run(&["show"], &[("task", json!("T"))], Some("task")).unwrap();
        assert_eq!(half[0]["options"][0]["focused"], true);
        assert!(run(&["show"], &[("many", json!(1))], Some("many")).is_err(), "it is not completed");
    }
}
