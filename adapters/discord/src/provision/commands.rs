//! The commands of the shared bot: registered in the guild where they differ from what they should be.

use reqwest::Method;
use serde_json::Value;

use super::hand::Hand;
use crate::api::Failure;

/// The path of a bot's commands in a guild.
fn path(application: u64, guild: u64) -> String {
    format!("/applications/{application}/guilds/{guild}/commands")
}

/// Registers `wanted` where the guild has others. Everything is replaced in one call.
pub(super) async fn commands(
    hand: &mut Hand<'_>,
    application: u64,
    guild: u64,
    wanted: &Value,
) -> Result<(), bullpen_chat::Error> {
    let stand = stand(hand, application, guild, wanted).await;
    if hand.soften(stand, "cannot read its commands")?.is_none_or(|right| right) {
        return Ok(());
    }
    let put = hand.write::<Value>(Method::PUT, &path(application, guild), wanted).await;
    if hand.soften(put, "cannot register its commands")?.is_some() {
        hand.changed.push("The commands were registered.".to_owned());
    }
    Ok(())
}

/// Whether the guild has exactly these commands.
pub(crate) async fn stand(hand: &Hand<'_>, application: u64, guild: u64, wanted: &Value) -> Result<bool, Failure> {
    let found: Vec<Value> = hand.get(&format!("{}?with_localizations=true", path(application, guild))).await?;
    let none = Vec::new();
    let wanted = wanted.as_array().unwrap_or(&none);
    let key = |command: &Value| (command["type"].as_u64().unwrap_or(1), command["name"].to_string());
    Ok(found.len() == wanted.len()
        && wanted.iter().all(|wanted| found.iter().any(|found| key(found) == key(wanted) && covers(wanted, found))))
}

/// Whether everything that `wanted` says stands in `found`, which Discord fills up with more. What is not there counts as
/// what stands for nothing.
fn covers(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let every = |name: &String, value: &Value| covers(value, found.get(name).unwrap_or(&Value::Null));
            wanted.iter().all(|(name, value)| every(name, value))
                && ["options", "choices"].iter().all(|list| wanted.contains_key(*list) || nothing(found.get(*list)))
                && ["required", "autocomplete"]
                    .iter()
                    .all(|flag| wanted.contains_key(*flag) || nothing(found.get(*flag)))
        }
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| covers(wanted, found))
        }
        (wanted, found) => wanted == found || (nothing(Some(wanted)) && nothing(Some(found))),
    }
}

fn nothing(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Object(map)) => map.is_empty(),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ours() -> Value {
        json!({ "name": "bullpen", "type": 1, "description": "The department", "options": [
            { "type": 1, "name": "status", "description": "What is on" },
            { "type": 1, "name": "ask", "description": "Ask", "options": [
                { "type": 3, "name": "who", "description": "Whom", "required": true, "autocomplete": true },
            ] },
        ] })
    }

    /// The same as Discord hands it out.
    fn theirs() -> Value {
        let mut theirs = ours();
        theirs["id"] = json!("5");
        theirs["version"] = json!("6");
        theirs["nsfw"] = json!(false);
        theirs["default_member_permissions"] = Value::Null;
        theirs["options"][0]["options"] = json!([]);
        theirs["options"][0]["required"] = json!(false);
        theirs
    }

    #[test]
    fn what_discord_adds_is_no_difference() {
        assert!(covers(&ours(), &theirs()));
    }

    #[test]
    fn whatever_people_would_see_is_a_difference() {
        for (path, value) in [
            ("/description", json!("Another")),
            ("/options/1/options/0/required", json!(false)),
            ("/options/0/description", json!("Other words")),
            ("/options/0/options", json!([{ "type": 3, "name": "x", "description": "x" }])),
        ] {
            let mut theirs = theirs();
            *theirs.pointer_mut(path).unwrap() = value;
            assert!(!covers(&ours(), &theirs), "{path}");
        }
        let mut shorter = theirs();
        shorter["options"].as_array_mut().unwrap().pop();
        assert!(!covers(&ours(), &shorter));
    }
}
