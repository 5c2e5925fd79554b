//! What members ask for with `/bullpen`.

use std::collections::BTreeMap;

use bullpen_chat::{Identity, Plan};
use serde_json::{Value, json};

use super::{Wish, choices, commands, help, persona};
use crate::parse::tests::world::{CMO, COPYWRITER, LOOKALIKE, discord};

fn personas() -> BTreeMap<String, String> {
    let all = [("cmo", "Carla Moss, CMO <b>"), ("content_manager", "Marta Vale, Content"), ("copywriter", "")];
    all.map(|(handle, line)| (handle.into(), line.into())).into()
}

/// The data of a command, as Discord sends it.
fn data(sub: &str, options: Value) -> Value {
    json!({ "id": "5", "name": "bullpen", "type": 1, "guild_id": "1", "options": [{ "name": sub, "type": 1, "options": options }] })
}

#[test]
fn a_wish_is_a_subcommand_and_its_options() {
    let ask = data(
        "ask",
        json!([{ "name": "persona", "type": 3, "value": "cm", "focused": true }, { "name": "question", "type": 3, "value": "hi" }]),
    );
    let wish = Wish::read(&ask).unwrap();
    assert_eq!((wish.name, wish.focused), ("ask", Some("persona")));
    assert_eq!(wish.options, [("persona", "cm"), ("question", "hi")].into());
    assert_eq!(Wish::read(&json!({ "name": "bullpen" })).unwrap().name, "help");
    assert_eq!(Wish::read(&data("tasks", json!([]))).unwrap().name, "tasks");
    for other in [json!(null), json!({}), json!({ "name": "other" }), json!({ "name": "bullpen", "options": [5] })] {
        assert_eq!(Wish::read(&other), None, "{other}");
    }
    let odd = data("ask", json!([{ "name": "persona", "value": 5 }, 6]));
    assert_eq!(Wish::read(&odd).unwrap().options, [("persona", "")].into(), "what is no text is empty");
}

#[tokio::test]
async fn a_persona_is_found_by_handle_and_by_native_mention() {
    let discord = discord();
    for (who, handle) in [
        ("cmo", Some("cmo")),
        ("@CMO,", Some("cmo")),
        ("content-manager", Some("content_manager")),
        ("Content Manager", Some("content_manager")),
        (&format!("<@{CMO}>"), Some("cmo")),
        (&format!("<@&{COPYWRITER}>"), Some("copywriter")),
        (&format!("<@&{LOOKALIKE}>"), None),
        ("bullpen", Some("bullpen")),
        ("nobody", None),
        ("", None),
        ("cmo; drop", None),
    ] {
        assert_eq!(persona(&discord, who, &personas()).as_deref(), handle, "{who}");
    }
    let none = BTreeMap::new();
    assert_eq!(persona(&discord, "cfo", &none).as_deref(), Some("cfo"), "the department says if there is none");
    assert_eq!(persona(&discord, "c f/o", &none), None);
}

#[test]
fn completion_begins_with_what_was_typed() {
    let values = |typed: &str| {
        let choices = choices(&personas(), typed);
        choices.iter().map(|choice| choice["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(values(""), ["cmo", "content_manager", "copywriter"]);
    assert_eq!(values("@CO"), ["content_manager", "copywriter"]);
    assert_eq!(values("marta"), ["content_manager"]);
    assert_eq!(values("m"), ["cmo", "content_manager"]);
    assert_eq!(values("zz"), [""; 0]);
    assert_eq!(choices(&personas(), "cmo")[0]["name"], "@cmo · Carla Moss, CMO <b>");
    let many: BTreeMap<String, String> = (0..60).map(|n| (format!("p{n:02}"), "x".repeat(300))).collect();
    let many = choices(&many, "");
    assert_eq!(many.len(), 25);
    assert!(many.iter().all(|choice| choice["name"].as_str().unwrap().encode_utf16().count() <= 100));
}

#[test]
fn help_names_everybody_and_fits() {
    let text = help(&personas());
    assert!(text.contains("• `@cmo` Carla Moss, CMO ‹b›") && text.contains("/bullpen approvals"), "{text}");
    let many: BTreeMap<String, String> = (0..200).map(|n| (format!("p{n}"), "x".repeat(60))).collect();
    assert!(help(&many).encode_utf16().count() <= 4_096);
}

#[test]
fn the_commands_are_as_discord_takes_them() {
    let identity = |handle: &str| Identity {
        handle: handle.into(),
        name: "N".into(),
        role: "R".into(),
        avatar: String::new(),
        emoji: None,
    };
    let plan = Plan { identities: vec![identity("bullpen"), identity("cfo")], ..Plan::default() };
    let all = commands(&plan);
    let subs = all[0]["options"].as_array().unwrap();
    let names: Vec<&str> = subs.iter().map(|sub| sub["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ask", "approvals", "tasks", "status", "help"]);
    assert_eq!(subs[0]["options"][0]["description"], "Who is asked, e.g. cfo");
    // Discord: 1 to 32 letters of a name, 1 to 100 of a description, everywhere.
    fn within(command: &Value) {
        let (name, description) = (command["name"].as_str().unwrap(), command["description"].as_str().unwrap());
        assert!((1..=32).contains(&name.len()) && (1..=100).contains(&description.chars().count()), "{command}");
        for option in command["options"].as_array().into_iter().flatten() {
            within(option);
        }
    }
    within(&all[0]);
}
