use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Context, fill_ids, home, message, modal};

fn faults(blocks: &Value) -> Vec<String> {
    let blocks = blocks.as_array().unwrap();
    message(blocks, &Context::default()).err().map(|refusal| refusal.messages).unwrap_or_default()
}

fn first(blocks: &Value) -> String {
    faults(blocks).into_iter().find(|m| !m.contains("failed to match")).unwrap_or_default()
}

fn mrkdwn(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text})
}

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

fn button(id: &str) -> Value {
    json!({"type": "button", "action_id": id, "text": plain("Go")})
}

#[test]
fn what_slack_takes_is_taken() {
    let blocks = json!([
        {"type": "header", "text": plain("Title")},
        {"type": "section", "text": mrkdwn("*bold*"), "accessory": button("a")},
        {"type": "section", "fields": [mrkdwn("a"), plain("b")]},
        {"type": "divider"},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"},
        {"type": "actions", "elements": [button("a"), {"type": "button", "text": plain("b"), "style": "danger",
            "value": "v", "confirm": {"title": plain("t"), "text": mrkdwn("x"), "confirm": plain("y"), "deny": plain("n")}},
            {"type": "static_select", "options": [{"text": plain("o"), "value": "o"}]}]},
        {"type": "context", "elements": [mrkdwn("small"), {"type": "image", "image_url": "https://example.com/a.png",
            "alt_text": "A"}]},
        {"type": "markdown", "text": "# Title"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]},
    ]);
    assert_eq!(faults(&blocks), Vec::<String>::new());
}

#[test]
fn too_much_is_refused_with_slacks_words() {
    let long = |n: usize| "x".repeat(n);
    let cases = [
        (json!(vec![json!({"type": "divider"}); 51]), "no more than 50 items allowed [json-pointer:/blocks]"),
        (
            json!([{"type": "section", "text": mrkdwn(&long(3001))}]),
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            json!([{"type": "header", "text": plain(&long(151))}]),
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            json!([{"type": "section", "fields": vec![plain("f"); 11]}]),
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        ),
        (
            json!([{"type": "section", "fields": [plain(&long(2001))]}]),
            "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
        ),
        (
            json!([{"type": "actions", "elements": (0..26).map(|i| button(&i.to_string())).collect::<Vec<_>>()}]),
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            json!([{"type": "actions", "elements": [{"type": "button", "text": plain(&long(76))}]}]),
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        ),
        (
            json!([{"type": "context", "elements": vec![mrkdwn("c"); 11]}]),
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            json!([{"type": "divider", "block_id": long(256)}]),
            "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
        ),
        (
            json!([{"type": "actions", "elements": [button(&long(256))]}]),
            "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
        ),
    ];
    for (blocks, wanted) in cases {
        assert_eq!(first(&blocks), format!("[ERROR] {wanted}"));
    }
}

#[test]
fn wrong_shapes_are_refused_with_slacks_words() {
    let cases = [
        (json!([{"type": "section"}]), "missing required field: fields [json-pointer:/blocks/0]"),
        (
            json!([{"type": "section", "text": mrkdwn("")}]),
            "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            json!([{"type": "header", "text": mrkdwn("no")}]),
            "value must be one of: plain_text (it is mrkdwn) [json-pointer:/blocks/0/text/type]",
        ),
        (json!([{"type": "section", "text": "no"}]), "must provide an object [json-pointer:/blocks/0/text]"),
        (json!([{"type": "nonsense"}]), "unsupported type: nonsense [json-pointer:/blocks/0/type]"),
        (json!([{"type": "divider", "colour": "red"}]), "invalid additional property: colour [json-pointer:/blocks/0]"),
        (
            json!([{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": true}}]),
            "invalid additional property: emoji [json-pointer:/blocks/0/text]",
        ),
        (
            json!([{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]),
            "`block_id` `a` already exists [json-pointer:/blocks/1/block_id]",
        ),
        (
            json!([{"type": "actions", "elements": [button("a"), button("a")]}]),
            "`action_id` `a` already exists in this block [json-pointer:/blocks/0/elements/1/action_id]",
        ),
        (json!([{"type": "image", "alt_text": "A"}]), "missing required field: image_url [json-pointer:/blocks/0]"),
        (
            json!([{"type": "image", "image_url": "https://example.com/a.png"}]),
            "missing required field: alt_text [json-pointer:/blocks/0]",
        ),
        (
            json!([{"type": "image", "alt_text": "A", "image_url": "https://e.com/a.png", "slack_file": {"id": "F1"}}]),
            "only one of image_url and slack_file is allowed [json-pointer:/blocks/0]",
        ),
        (
            json!([{"type": "image", "alt_text": "A", "image_url": "http://127.0.0.1:3710/a.png"}]),
            "downloading image failed [json-pointer:/blocks/0/image_url]",
        ),
        (
            json!([{"type": "image", "alt_text": "A", "slack_file": {"id": "F1"}}]),
            "invalid slack file [json-pointer:/blocks/0/slack_file]",
        ),
        (
            json!([{"type": "actions", "elements": []}]),
            "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            json!([{"type": "context", "elements": [button("a")]}]),
            "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
        ),
    ];
    for (blocks, wanted) in cases {
        assert_eq!(first(&blocks), format!("[ERROR] {wanted}"));
    }
}

#[test]
fn an_uploaded_picture_may_be_shown() {
    let context = Context { pictures: BTreeSet::from(["F1".to_owned()]), ..Context::default() };
    let blocks = json!([{"type": "image", "alt_text": "A", "slack_file": {"id": "F1"}}]);
    assert!(message(blocks.as_array().unwrap(), &context).is_ok());
}

#[test]
fn views_have_limits_of_their_own() {
    let context = Context::default();
    let blocks = vec![json!({"type": "divider"}); 100];
    assert!(home(&json!({"type": "home", "blocks": blocks}), &context).is_ok());
    let blocks = vec![json!({"type": "divider"}); 101];
    let refusal = home(&json!({"type": "home", "blocks": blocks}), &context).unwrap_err();
    assert_eq!(refusal.messages, ["[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]"]);
    let titled = json!({"type": "modal", "title": plain(&"x".repeat(25)), "blocks": []});
    assert!(modal(&titled, &context).is_err());
}

#[test]
fn ids_are_filled_in() {
    let mut blocks = vec![json!({"type": "actions", "elements": [{"type": "button", "text": plain("b")}]})];
    fill_ids(&mut blocks, &mut fastrand::Rng::new());
    assert!(blocks[0]["block_id"].is_string() && blocks[0]["elements"][0]["action_id"].is_string());
}
