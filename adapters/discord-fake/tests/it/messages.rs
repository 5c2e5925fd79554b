use serde_json::json;

use bullpen_discord_fake::{Settings, permissions};

use crate::world::{RIGHTS, World, id};

#[tokio::test]
async fn a_message_is_posted_edited_and_deleted() {
    let world = World::new();
    let posted = world.post("good morning").await;
    let path = format!("{}/{posted}", world.messages());
    let edited = world.done("PATCH", &path, Some(json!({"content": "good evening"}))).await;
    assert_eq!((&edited["content"], edited["edited_timestamp"].is_string()), (&json!("good evening"), true));
    assert_eq!(world.get(&path).await["content"], "good evening");
    world.done("DELETE", &path, None).await;
    assert_eq!(world.refusal("GET", &path, None).await, (404, 10008));
    assert_eq!(world.refusal("DELETE", &path, None).await, (404, 10008));
    assert!(world.fake.messages(world.channel).is_empty());
}

#[tokio::test]
async fn others_messages_are_not_edited_and_deleted_with_the_right_only() {
    let world = World::with(Settings::quick(), RIGHTS & !permissions::MANAGE_MESSAGES);
    let said = world.fake.say(world.ann, world.channel, "hello");
    let path = format!("{}/{said}", world.messages());
    assert_eq!(world.refusal("PATCH", &path, Some(json!({"content": "bye"}))).await, (403, 50005));
    assert_eq!(world.refusal("DELETE", &path, None).await, (403, 50013));
    world.fake.invite(&world.bot, RIGHTS);
    world.done("DELETE", &path, None).await;
}

#[tokio::test]
async fn an_enforced_nonce_posts_once() {
    let world = World::new();
    let body = |nonce: &str| json!({"content": "once", "nonce": nonce, "enforce_nonce": true});
    let first = world.done("POST", &world.messages(), Some(body("a"))).await;
    let again = world.done("POST", &world.messages(), Some(body("a"))).await;
    assert_eq!((&first["id"], &first["nonce"]), (&again["id"], &again["nonce"]));
    let other = world.done("POST", &world.messages(), Some(body("b"))).await;
    assert_ne!(first["id"], other["id"]);
    let loose = json!({"content": "once", "nonce": "a"});
    assert_ne!(id(&world.done("POST", &world.messages(), Some(loose)).await), id(&first), "it was not enforced");
    assert_eq!(world.fake.messages(world.channel).len(), 3);
    let long = json!({"content": "x", "nonce": "x".repeat(26), "enforce_nonce": true});
    assert_eq!(world.fault("POST", &world.messages(), long).await.0, "nonce");
}

#[tokio::test]
async fn snowflakes_ascend_and_tell_the_time() {
    let at = chrono::DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
    let world = World::with(Settings { clock: std::sync::Arc::new(move || at), ..Settings::quick() }, RIGHTS);
    let ids: Vec<u64> = (0..5).map(|n| world.fake.say(world.ann, world.channel, &n.to_string())).collect();
    assert!(ids.is_sorted_by(|one, other| one < other), "the clock stands still: {ids:?}");
    assert!(ids.iter().all(|id| (id >> 22) + 1_420_070_400_000 == 1_800_000_000_000));
}

#[tokio::test]
async fn a_reply_knows_what_it_replies_to() {
    let world = World::new();
    let root = world.fake.say(world.ann, world.channel, "a question");
    let body = json!({"content": "an answer", "message_reference": {"message_id": root.to_string()}});
    let reply = world.done("POST", &world.messages(), Some(body)).await;
    assert_eq!((&reply["type"], &reply["referenced_message"]["content"]), (&json!(19), &json!("a question")));
    world.fake.delete(world.channel, root);
    let kept = world.get(&format!("{}/{}", world.messages(), id(&reply))).await;
    assert_eq!(
        (&kept["referenced_message"], &kept["message_reference"]["message_id"]),
        (&json!(null), &json!(root.to_string()))
    );
    let lost = json!({"content": "x", "message_reference": {"message_id": root.to_string()}});
    assert_eq!(world.fault("POST", &world.messages(), lost).await.1, "REPLIES_UNKNOWN_MESSAGE");
    let kind =
        json!({"content": "x", "message_reference": {"message_id": root.to_string(), "fail_if_not_exists": false}});
    assert_eq!(world.done("POST", &world.messages(), Some(kind)).await["type"], 0);
}

#[tokio::test]
async fn many_messages_are_deleted_at_one_go() {
    let world = World::new();
    let ids: Vec<String> =
        (0..3).map(|n| world.fake.say(world.ann, world.channel, &n.to_string()).to_string()).collect();
    let path = format!("{}/bulk-delete", world.messages());
    assert_eq!(world.refusal("POST", &path, Some(json!({"messages": [ids[0]]}))).await, (400, 50016));
    world.done("POST", &path, Some(json!({"messages": [ids[0], ids[2]]}))).await;
    assert_eq!(world.fake.messages(world.channel).iter().map(|m| &*m.content).collect::<Vec<_>>(), ["1"]);
    let old = ["4194304", "8388608"];
    assert_eq!(world.refusal("POST", &path, Some(json!({"messages": old}))).await, (400, 50034));
}

#[tokio::test]
async fn a_direct_conversation_is_opened_once() {
    let world = World::new();
    let open = json!({"recipient_id": world.ann.to_string()});
    let first = world.done("POST", "/users/@me/channels", Some(open.clone())).await;
    let again = world.done("POST", "/users/@me/channels", Some(open)).await;
    assert_eq!((&first["id"], &first["type"]), (&again["id"], &json!(1)));
    assert_eq!(first["recipients"][0]["username"], "ann");
    assert_eq!(id(&first), world.fake.dm(world.ann, world.bot.user));
    world.done("POST", &format!("/channels/{}/messages", id(&first)), Some(json!({"content": "psst"}))).await;
    let closed = world
        .fake
        .user(bullpen_discord_fake::UserPlan { closed: true, ..bullpen_discord_fake::UserPlan::member("cat") });
    let dm = world.fake.dm(closed, world.bot.user);
    let refused = world.refusal("POST", &format!("/channels/{dm}/messages"), Some(json!({"content": "psst"}))).await;
    assert_eq!(refused, (403, 50007));
}

#[tokio::test]
async fn typing_and_pins_are_seen() {
    let world = World::new();
    world.done("POST", &format!("/channels/{}/typing", world.channel), None).await;
    assert_eq!(world.fake.typed(), [(world.bot.user, world.channel)]);
    let said = world.fake.say(world.ann, world.channel, "remember this");
    let pins = format!("{}/pins", world.messages());
    world.done("PUT", &format!("{pins}/{said}"), None).await;
    assert_eq!(world.get(&pins).await["items"][0]["message"]["content"], "remember this");
    world.done("DELETE", &format!("{pins}/{said}"), None).await;
    assert_eq!(world.get(&pins).await["items"], json!([]));
}
