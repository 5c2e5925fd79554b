//! What apps are told, and which of them.

use bullpen_slack_fake::{AppPlan, Settings};
use serde_json::{Value, json};

use crate::world::World;

/// Everything that was told since `before` was counted, of one type.
fn of(events: &[Value], kind: &str) -> Vec<Value> {
    events.iter().filter(|e| e["type"] == kind).cloned().collect()
}

#[tokio::test]
async fn every_app_in_a_channel_gets_a_copy_and_the_one_mentioned_is_told_beside_it() {
    let world = World::new();
    let [cmo, absent] = ["cmo", "absent"].map(|name| world.fake.app(AppPlan::with_everything(name)));
    world.fake.join(&cmo.bot_user, &world.channel);
    let before = world.fake.deliveries().len();
    let text = format!("<@{}> and <@{}>, please", cmo.bot_user, absent.bot_user);
    let ts = world.fake.say(&world.ann, &world.channel, None, &text);
    let told = world.fake.deliveries().split_off(before);
    let names: Vec<(&str, &str)> = told.iter().map(|d| (d.app.as_str(), d.name.as_str())).collect();
    assert_eq!(names, [("bullpen", "message"), ("cmo", "message"), ("cmo", "app_mention")]);
    let mut ids: Vec<&str> = told.iter().map(|d| d.id.as_str()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3, "each copy has an id of its own");
    assert!(
        told.iter()
            .all(|d| d.payload["event"]["ts"] == json!(ts) && d.payload["event"]["channel"] == json!(world.channel))
    );
    let event = &told[0].payload["event"];
    assert_eq!((&event["channel_type"], &event["user"]), (&json!("channel"), &json!(world.ann)));
    assert!(event["client_msg_id"].is_string() && event["blocks"][0]["type"] == "rich_text");
}

#[tokio::test]
async fn an_app_hears_its_own_posts_as_a_bots() {
    let world = World::new();
    let before = world.fake.deliveries().len();
    world.post("I am here").await;
    let told = world.told(before);
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["bot_id"], &told[0]["app_id"]), (&json!(world.app.bot_id), &json!(world.app.app_id)));
    let before = world.fake.deliveries().len();
    world.call("chat.postMessage", json!({"channel": world.channel, "text": "I too", "username": "Marta"})).await;
    let told = world.told(before);
    assert_eq!(told[0]["subtype"], "bot_message");
    assert!(told[0].get("user").is_none(), "a name of its own leaves nobody as author");
}

#[tokio::test]
async fn edits_deletions_and_unfurls_are_changes_of_old_messages() {
    let world = World::new();
    let ts = world.fake.say(&world.ann, &world.channel, None, "first");
    let before = world.fake.deliveries().len();
    world.fake.edit(&world.channel, &ts, "second");
    world.fake.unfurl(&world.channel, &ts);
    world.fake.delete(&world.channel, &ts);
    let told = world.told(before);
    let subtypes: Vec<&str> = told.iter().map(|e| e["subtype"].as_str().unwrap()).collect();
    assert_eq!(subtypes, ["message_changed", "message_changed", "message_deleted"]);
    assert_eq!(
        (&told[0]["message"]["text"], &told[0]["previous_message"]["text"]),
        (&json!("second"), &json!("first"))
    );
    assert!(told[0]["message"]["edited"]["ts"].is_string());
    assert_eq!(told[1]["message"]["edited"], told[0]["message"]["edited"], "an unfurl is no edit");
    assert_eq!(told[1]["message"]["attachments"].as_array().unwrap().len(), 1);
    assert_eq!(told[2]["deleted_ts"], json!(ts));
    assert!(told.iter().all(|e| e["hidden"] == true && e["ts"] != json!(ts)));
}

#[tokio::test]
async fn a_deleted_root_leaves_a_tombstone() {
    let world = World::new();
    let root = world.fake.say(&world.ann, &world.channel, None, "root");
    world.fake.say(&world.ben, &world.channel, Some(&root), "reply");
    let before = world.fake.deliveries().len();
    world.fake.delete(&world.channel, &root);
    let told = world.told(before);
    assert_eq!((&told[0]["subtype"], &told[0]["message"]["subtype"]), (&json!("message_changed"), &json!("tombstone")));
    assert_eq!(world.fake.messages(&world.channel).len(), 2);
}

#[tokio::test]
async fn an_edit_that_adds_a_mention_tells_the_one_mentioned() {
    let world = World::new();
    let ts = world.fake.say(&world.ann, &world.channel, None, "please");
    let before = world.fake.deliveries().len();
    world.fake.edit(&world.channel, &ts, &format!("<@{}> please", world.app.bot_user));
    assert_eq!(of(&world.told(before), "app_mention").len(), 1);
    let before = world.fake.deliveries().len();
    world.fake.edit(&world.channel, &ts, &format!("<@{}> please!", world.app.bot_user));
    assert_eq!(of(&world.told(before), "app_mention").len(), 0, "it was mentioned already");
}

#[tokio::test]
async fn threads_make_noise() {
    let world = World::new();
    let root = world.fake.say(&world.ann, &world.channel, None, "root");
    let before = world.fake.deliveries().len();
    let reply = world.fake.broadcast(&world.ben, &world.channel, &root, "to all");
    let told = world.told(before);
    assert_eq!((&told[0]["subtype"], &told[0]["thread_ts"]), (&json!("thread_broadcast"), &json!(root)));
    assert_eq!((&told[0]["root"]["ts"], &told[0]["ts"]), (&json!(root), &json!(reply)));
    assert_eq!(told[0]["parent_user_id"], json!(world.ann));
    // The noise about the root: no subtype, no text and no user of its own.
    assert_eq!((&told[1]["hidden"], &told[1]["message"]["ts"]), (&json!(true), &json!(root)));
    assert!(told[1].get("subtype").is_none() && told[1].get("text").is_none());
}

#[tokio::test]
async fn reactions_name_the_author_where_there_is_one() {
    let world = World::new();
    let theirs = world.fake.say(&world.ann, &world.channel, None, "mine");
    let answer =
        world.call("chat.postMessage", json!({"channel": world.channel, "text": "x", "username": "Marta"})).await;
    let before = world.fake.deliveries().len();
    world.fake.react(&world.ben, &world.channel, &theirs, "thumbsup", true);
    world.fake.react(&world.ben, &world.channel, &theirs, "+1", true);
    world.fake.react(&world.ben, &world.channel, answer["ts"].as_str().unwrap(), "+1::skin-tone-4", true);
    world.fake.react(&world.ben, &world.channel, &theirs, "+1", false);
    let told = world.told(before);
    assert_eq!(told.len(), 3, "setting what is set tells nothing");
    assert_eq!(
        (&told[0]["type"], &told[0]["reaction"], &told[0]["item_user"]),
        (&json!("reaction_added"), &json!("+1"), &json!(world.ann))
    );
    assert_eq!(told[1]["reaction"], "+1::skin-tone-4");
    assert!(told[1].get("item_user").is_none(), "a post under a name of its own has no author");
    assert_eq!(told[2]["type"], "reaction_removed");
}

#[tokio::test]
async fn direct_conversations_are_the_apps_own() {
    let world = World::new();
    let cmo = world.fake.app(AppPlan::with_everything("cmo"));
    let direct = world.fake.dm(&world.ann, &cmo.bot_user);
    let before = world.fake.deliveries().len();
    world.fake.say(&world.ann, &direct, None, &format!("<@{}> between us", cmo.bot_user));
    let told = world.fake.deliveries().split_off(before);
    assert_eq!(told.len(), 1, "no mention beside it, and nothing for the other app");
    assert_eq!((told[0].app.as_str(), &told[0].payload["event"]["channel_type"]), ("cmo", &json!("im")));
}

#[tokio::test]
async fn apps_hear_what_they_subscribe_to_and_may() {
    let deaf = AppPlan::with_everything("bullpen").without_events(&["message.channels"]);
    let world = World::with(Settings::quick(), deaf);
    let barred = world.fake.app(AppPlan::with_everything("barred").without_scopes(&["channels:history"]));
    world.fake.join(&barred.bot_user, &world.channel);
    let before = world.fake.deliveries().len();
    world.fake.say(&world.ann, &world.channel, None, "nobody hears");
    assert_eq!(world.fake.deliveries().len(), before);
}

#[tokio::test]
async fn channels_tell_of_themselves() {
    let world = World::new();
    let other = world.fake.channel("other");
    let before = world.fake.deliveries().len();
    world.fake.rename(&other, "another");
    world.fake.archive(&other);
    world.fake.leave(&world.ben, &world.channel);
    world.fake.join(&world.ben, &world.channel);
    let told = world.told(before);
    let kinds: Vec<&str> = told.iter().map(|e| e["subtype"].as_str().or(e["type"].as_str()).unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "channel_rename",
            "channel_archive",
            "channel_leave",
            "member_left_channel",
            "member_joined_channel",
            "channel_join"
        ]
    );
    assert_eq!(told[0]["channel"]["name"], "another");
    assert!(world.fake.messages(&world.channel).is_empty(), "notices are no messages");
    assert!(!world.fake.history(&world.channel).is_empty());
}

#[tokio::test]
async fn opening_home_tells_the_app_with_what_is_published() {
    let world = World::new();
    let before = world.fake.deliveries().len();
    world.fake.open_home(&world.ann, "bullpen");
    let view = json!({"type": "home", "blocks": [{"type": "divider"}]});
    let published = world.call("views.publish", json!({"user_id": world.ann, "view": view})).await;
    assert_eq!(published["ok"], true, "{published}");
    world.fake.open_home(&world.ann, "bullpen");
    let told = of(&world.told(before), "app_home_opened");
    assert!(told[0].get("view").is_none());
    assert_eq!(told[1]["view"]["hash"], published["view"]["hash"]);
    assert_eq!(world.fake.home(&world.ann, "bullpen").unwrap()["blocks"][0]["type"], "divider");
    let stale = json!({"user_id": world.ann, "view": view, "hash": "old"});
    assert_eq!(world.refusal("views.publish", stale).await, "hash_conflict");
}
