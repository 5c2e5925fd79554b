//! Payloads in Slack's shape, from the envelope to the event of the port.

use std::collections::BTreeMap;

use bullpen_chat::{Author, Event, Message, MessageRef, Place};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Ours, Scene, at, stamp};
use crate::members::{Members, User};
use crate::payload::{self, Reading};
use crate::received;

fn payload(name: &str) -> Value {
    let path = format!("{}/tests/payloads/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn ours() -> Ours {
    Ours {
        users: [("U0CMO", "cmo"), ("U0SHARED", "bullpen")].map(|(user, handle)| (user.into(), handle.into())).into(),
        bots: ["B0CMO", "B0SHARED"].map(str::to_owned).into(),
    }
}

fn ana() -> Author {
    Author::Member {
        id: "U0ANA".into(),
        name: "Ana Lee".into(),
        email: Some("ana@example.org".into()),
        groups: Vec::new(),
    }
}

/// The key and the event of a payload, as the gateway tells it.
fn told(name: &str) -> Option<(String, Event)> {
    let row = received::event("cmo", payload(name), None)?;
    let Reading::Fact(fact) = payload::Event::parse(&row.payload["event"]).read() else { return None };
    let user = |id: &str, name: &str, email: Option<&str>| {
        let user = User { name: name.into(), email: email.map(str::to_owned), guest: false, ..User::unknown(id) };
        (id.to_owned(), user)
    };
    let users = BTreeMap::from([user("U0ANA", "Ana Lee", Some("ana@example.org")), user("U0BEN", "Ben Ode", None)]);
    let (ours, members) = (ours(), Members::new());
    let scene = Scene { ours: &ours, users: &users, channels: &BTreeMap::new(), members: &members, heard_by: "cmo" };
    scene.tell(fact).map(|event| (row.key, event))
}

fn posted(name: &str) -> Message {
    match told(name) {
        Some((_, Event::Posted(message))) => message,
        other => panic!("{name} is a message, and was told as {other:?}"),
    }
}

#[test]
fn a_message_is_told_in_markdown_and_by_name() {
    let (key, event) = told("message").unwrap();
    assert_eq!(key, "m:C0MANAGE:1763710000.000100");
    let Event::Posted(message) = event else { panic!("{event:?}") };
    assert_eq!(message.place, Place { channel: "C0MANAGE".into(), thread: None });
    assert_eq!(message.id, "1763710000.000100");
    assert_eq!(message.author, ana());
    assert_eq!(message.text, "@cmo we need **a blog post** about [heat pumps](https://example.org/heat?a=1&b=2) 🎉");
    assert_eq!(message.mentions, ["cmo"]);
    assert_eq!(message.direct, None);
}

#[test]
fn a_mention_is_the_same_fact_as_its_message() {
    assert_eq!(told("app_mention"), told("message"));
    let message = posted("app_mention_without_user");
    assert!(matches!(message.author, Author::Bot { .. }), "nobody's word counts as nobody's: {:?}", message.author);
    assert_eq!((message.text.as_str(), message.mentions), ("@bullpen what is new?", vec!["bullpen".to_owned()]));
}

#[test]
fn replies_stand_in_their_thread_wherever_they_are_shown_too() {
    for (name, text) in [("reply", "in a thread"), ("thread_broadcast", "for everybody")] {
        let message = posted(name);
        assert_eq!(message.place.thread.as_deref(), Some("1763710000.000100"), "{name}");
        assert_eq!(message.text, text);
    }
}

#[test]
fn an_edit_has_its_version_and_a_deletion_its_message() {
    let (key, event) = told("edited").unwrap();
    assert_eq!(key, "e:C0MANAGE:1763710000.000100:1763710010.000000");
    let Event::Edited { message, version } = event else { panic!("{event:?}") };
    assert_eq!((message.text.as_str(), version.as_str()), ("we need **two** blog posts", "1763710010.000000"));
    assert_eq!((message.id.as_str(), message.author), ("1763710000.000100", ana()));
    for (name, id) in [("deleted", "1763710002.000100"), ("root_deleted", "1763710000.000100")] {
        let message = MessageRef { channel: "C0MANAGE".into(), id: id.into() };
        assert_eq!(told(name), Some((format!("d:C0MANAGE:{id}"), Event::Deleted { message })), "{name}");
    }
}

#[test]
fn what_nobody_said_is_nothing() {
    let noise = [
        "unfurled",
        "message_replied",
        "message_replied_without_subtype",
        "joined",
        "topic",
        "renamed",
        "reaction_on_file",
    ];
    for name in noise {
        assert_eq!(received::event("bullpen", payload(name), None), None, "{name} is not kept");
    }
    for name in ["ours_posted", "ours_updated", "reaction_ours"] {
        assert_eq!(told(name), None, "{name} is our own doing");
    }
    for name in ["ours_posted", "ours_updated"] {
        assert_eq!(
            received::event("bullpen", payload(name), Some(&ours())),
            None,
            "{name} is not kept when we are known"
        );
    }
}

#[test]
fn files_are_named() {
    assert_eq!(posted("file_share").text, "the brief\n\n📎 brief.pdf, logo.png");
}

#[test]
fn another_bot_is_a_bot_and_its_attachments_are_its_words() {
    let message = posted("other_bot");
    assert_eq!(message.author, Author::Bot { id: "B0CI".into(), name: "CI".into() });
    assert_eq!(message.text, "Build **7** failed");
}

#[test]
fn a_direct_conversation_is_held_with_the_app_that_heard_it() {
    assert_eq!(posted("direct").direct.as_deref(), Some("cmo"));
    assert_eq!(posted("group_direct").direct, None, "one of several people is a channel");
}

#[test]
fn reactions_are_changes_of_one_emoji() {
    for (name, at, set) in
        [("reaction_added", "1763710015.000100:+", true), ("reaction_removed", "1763710016.000100:-", false)]
    {
        let message = MessageRef { channel: "C0MANAGE".into(), id: "1763710005.000100".into() };
        let event = Event::Reacted { message, author: ana(), emoji: "👍".into(), set, button: false };
        assert_eq!(told(name), Some((format!("r:C0MANAGE:1763710005.000100:U0ANA:👍:{at}"), event)));
    }
}

#[test]
fn what_cannot_be_understood_is_kept_to_be_counted() {
    let row = received::event("bullpen", payload("broken"), None).unwrap();
    assert!(row.key.starts_with("x:"), "{}", row.key);
    assert_eq!(payload::Event::parse(&row.payload["event"]).read(), Reading::Broken);
}

#[test]
fn a_button_is_the_reaction_it_stands_for() {
    let rows = received::interaction("bullpen", &payload("button"));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].key, "i:C0MANAGE:1763710005.000100:U0ANA:react:✅:1763710019.000100");
    assert_eq!(rows[0].payload, json!({ "click": { "user": "U0ANA", "emoji": "✅" } }));
    assert_eq!((rows[0].message.as_str(), rows[0].ts.as_str()), ("1763710005.000100", "1763710019.000100"));
    assert_eq!(received::interaction("bullpen", &payload("button_at_home")), []);
}

#[test]
fn secrets_are_not_kept() {
    let folder = std::fs::read_dir(format!("{}/tests/payloads", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut kept = 0;
    for file in folder {
        let body: Value = serde_json::from_str(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap();
        let rows = received::interaction("bullpen", &body).into_iter().chain(received::event("bullpen", body, None));
        for row in rows {
            let text = row.payload.to_string();
            kept += 1;
            for secret in ["token", "secret", "authorizations", "response_url", "trigger_id"] {
                assert!(!text.contains(secret), "{secret} is in {text}");
            }
        }
    }
    assert!(kept > 15, "{kept}");
    let row = received::command("bullpen", "111.222.secret", "C1", chrono::Utc::now(), json!({}));
    assert!(!format!("{row:?}").contains("111.222"), "a trigger's id is kept as a digest only");
}

#[test]
fn time_stamps_are_times() {
    let time = at("1763710000.000100").unwrap();
    assert_eq!(stamp(time), "1763710000.000100");
    assert_eq!(time.timestamp_micros(), 1_763_710_000_000_100);
    for nonsense in ["", "now", "1763710000", ".", "9".repeat(40).as_str()] {
        assert_eq!(at(nonsense), None, "{nonsense}");
    }
}

/// JSON of any shape, often with the names that Slack uses.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just("message".to_owned()),
        Just("message_changed".to_owned()),
        Just("reaction_added".to_owned()),
        Just("block_actions".to_owned()),
        Just("1763710000.000100".to_owned()),
        Just("<@U0CMO|x> <http://a|b> *b* ```c <!here> :+1::skin-tone-2: &lt;".to_owned()),
        Just("react:✅".to_owned()),
        "[<>&`*~:@#!|^a-z0-9 \n\u{e9}\0]{0,24}",
        ".{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "type",
        "subtype",
        "event",
        "message",
        "previous_message",
        "channel",
        "channel_type",
        "user",
        "bot_id",
        "text",
        "ts",
        "thread_ts",
        "event_ts",
        "deleted_ts",
        "edited",
        "files",
        "name",
        "attachments",
        "fallback",
        "item",
        "reaction",
        "reactions",
        "users",
        "count",
        "actions",
        "action_id",
        "action_ts",
        "container",
        "message_ts",
        "channel_id",
        "id",
        "bot_profile",
        "metadata",
        "token",
        "reply_users",
        "latest_reply",
        "event_id",
    ]);
    leaf.prop_recursive(5, 96, 12, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.clone().prop_map(str::to_owned), inner, 0..12)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_payload_breaks_us(body in any_json()) {
        let rows = received::interaction("bullpen", &body);
        let event = received::event("bullpen", json!({ "type": "event_callback", "event": body }), Some(&ours()));
        for row in rows.into_iter().chain(event) {
            prop_assert!(!row.payload.to_string().contains("\\u0000"), "Postgres takes no NUL");
            let read = payload::Event::parse(row.payload.get("event").unwrap_or(&Value::Null)).read();
            if let Reading::Fact(fact) = read {
                let (ours, members) = (ours(), Members::new());
                let users = BTreeMap::new();
                let scene =
                    Scene { ours: &ours, users: &users, channels: &BTreeMap::new(), members: &members, heard_by: "bullpen" };
                prop_assert_eq!(row.key, fact.key());
                scene.tell(fact);
            }
        }
    }

    #[test]
    fn no_text_breaks_us(text in "[<>&`*~_:@#!|^+a-z0-9 \n\u{e9}🎉•-]{0,80}") {
        let (ours, members) = (ours(), Members::new());
        let users = BTreeMap::new();
        let scene = Scene { ours: &ours, users: &users, channels: &BTreeMap::new(), members: &members, heard_by: "bullpen" };
        let said = super::mrkdwn::markdown(&text, &scene);
        prop_assert!(said.mentions.is_empty(), "a mention is native only by an id of ours");
        super::mrkdwn::plain(&text, &scene);
    }
}
