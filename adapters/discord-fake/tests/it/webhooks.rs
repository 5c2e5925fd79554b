use bullpen_discord_fake::BotPlan;
use serde_json::{Value, json};

use crate::world::{RIGHTS, World, id};

#[tokio::test]
async fn a_webhook_speaks_under_names_of_its_own() {
    let world = World::new();
    let hook = world.webhook().await;
    let body = json!({
        "content": "hello", "username": "Mira", "avatar_url": "https://example.com/mira.png",
        "allowed_mentions": {"parse": []},
    });
    let said = world.done("POST", &format!("{hook}?wait=true"), Some(body)).await;
    assert_eq!((&said["author"]["username"], &said["author"]["bot"]), (&json!("Mira"), &json!(true)));
    assert_eq!(said["webhook_id"], said["author"]["id"]);
    let path = format!("{hook}/messages/{}", id(&said));
    let edited = world.done("PATCH", &path, Some(json!({"content": "good day"}))).await;
    assert_eq!((&edited["content"], &edited["author"]["username"]), (&json!("good day"), &json!("Mira")));
    assert_eq!(world.get(&path).await["content"], "good day");
    world.done("DELETE", &path, None).await;
    assert!(world.fake.messages(world.channel).is_empty());
    let (status, answer) = world.call("POST", &hook, Some(json!({"content": "no wait"}))).await;
    assert_eq!((status, answer), (204, Value::Null));
}

#[tokio::test]
async fn a_webhook_posts_in_threads_of_its_channel() {
    let world = World::new();
    let (hook, root) = (world.webhook().await, world.fake.say(world.ann, world.channel, "a task"));
    let path = format!("{hook}?wait=true&thread_id={root}");
    assert_eq!(world.refusal("POST", &path, Some(json!({"content": "x"}))).await, (404, 10003), "there is none yet");
    world.fake.in_thread(world.ann, root, "start");
    world.fake.archive(root, true);
    let said = world.done("POST", &path, Some(json!({"content": "on it"}))).await;
    assert_eq!(said["channel_id"], root.to_string());
    assert!(!world.fake.threads(world.channel)[0].archived, "a post brings the thread back");
    let message = format!("{hook}/messages/{}", id(&said));
    assert_eq!(world.refusal("GET", &message, None).await, (404, 10008), "without its thread it is not found");
    world.done("PATCH", &format!("{message}?thread_id={root}"), Some(json!({"content": "done"}))).await;
    assert_eq!(world.fake.messages(root).last().unwrap().content, "done");
}

#[tokio::test]
async fn tokens_are_shown_to_their_own_application_only() {
    let world = World::new();
    world.webhook().await;
    let path = format!("/channels/{}/webhooks", world.channel);
    assert!(world.get(&path).await[0]["token"].is_string());
    let other = world.fake.bot(BotPlan::new("other"));
    world.fake.invite(&other, RIGHTS);
    let answer = world.send(&other.token, reqwest::Method::GET, &path, None).await;
    let seen: Value = answer.json().await.unwrap();
    assert!(seen[0]["id"].is_string() && seen[0]["token"].is_null(), "{seen}");
    assert_eq!(world.fake.webhooks(world.channel)[0].application, Some(world.bot.application));
}

#[tokio::test]
async fn a_lost_webhook_and_a_wrong_token_are_told_apart() {
    let world = World::new();
    let hook = world.webhook().await;
    let wrong = format!("{hook}x");
    assert_eq!(world.refusal("POST", &wrong, Some(json!({"content": "x"}))).await, (401, 50027));
    let id = world.fake.webhooks(world.channel)[0].id;
    world.fake.delete_webhook(id);
    assert_eq!(world.refusal("POST", &hook, Some(json!({"content": "x"}))).await, (404, 10015));
    assert_eq!(world.refusal("GET", &format!("/webhooks/{id}"), None).await, (404, 10015));
}

#[tokio::test]
async fn a_channel_holds_fifteen_webhooks() {
    let world = World::new();
    for _ in 0..15 {
        world.webhook().await;
    }
    let path = format!("/channels/{}/webhooks", world.channel);
    assert_eq!(world.refusal("POST", &path, Some(json!({"name": "one more"}))).await, (400, 30007));
    let all = world.get(&format!("/guilds/{}/webhooks", world.fake.guild())).await;
    assert_eq!(all.as_array().unwrap().len(), 15);
    world.done("DELETE", &format!("/webhooks/{}", id(&all[0])), None).await;
    let renamed = world.done("PATCH", &format!("/webhooks/{}", id(&all[1])), Some(json!({"name": "Renamed"}))).await;
    assert_eq!(renamed["name"], "Renamed");
    assert_eq!(world.fake.webhooks(world.channel).len(), 14);
}

#[tokio::test]
async fn names_that_webhooks_may_not_have_are_refused() {
    let world = World::new();
    let hook = world.webhook().await;
    for name in ["", "Discord Mira", "clyde", "everyone", &"x".repeat(81)] {
        let (at, _) = world.fault("POST", &hook, json!({"content": "x", "username": name})).await;
        assert_eq!(at, "username", "{name}");
    }
    let body = json!({"content": "x", "avatar_url": "/avatars/mira.png"});
    assert_eq!(world.fault("POST", &hook, body).await.0, "avatar_url");
    for (field, value) in [("nonce", json!("a")), ("message_reference", json!({"message_id": "1"}))] {
        let (at, why) = world.fault("POST", &hook, json!({"content": "x", field: value})).await;
        assert_eq!((&*at, &*why), (field, "UNKNOWN_FIELD"), "webhooks have no {field}");
    }
}

#[tokio::test]
async fn a_strangers_webhook_looks_like_one() {
    let world = World::new();
    world.fake.webhook_says("Mira", world.channel, "trust me");
    let heard = world.get(&world.messages()).await;
    assert_eq!((&heard[0]["author"]["username"], &heard[0]["author"]["bot"]), (&json!("Mira"), &json!(true)));
    assert!(heard[0]["webhook_id"].is_string() && heard[0]["application_id"].is_null());
}
