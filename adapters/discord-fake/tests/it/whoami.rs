use bullpen_discord_fake::{BotPlan, Outcome, intents};
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_bot_learns_who_it_is_and_where_the_gateway_is() {
    let world = World::new();
    let me = world.get("/users/@me").await;
    assert_eq!(
        (&me["username"], &me["bot"], &me["id"]),
        (&json!("bullpen"), &json!(true), &json!(world.bot.user.to_string()))
    );
    let gateway = world.get("/gateway/bot").await;
    assert!(gateway["url"].as_str().unwrap().starts_with("ws://127.0.0.1:"));
    assert_eq!((&gateway["shards"], &gateway["session_start_limit"]["total"]), (&json!(1), &json!(1000)));
    let bare = reqwest::get(format!("{}/gateway", world.fake.api_url())).await.unwrap();
    assert_eq!(bare.status(), 403, "without its name a client is not let in");
    let named = world.client.get(format!("{}/gateway", world.fake.api_url())).send().await.unwrap();
    assert!(named.status().is_success(), "with its name it needs no token for this");
    let guilds = world.get("/users/@me/guilds").await;
    assert_eq!(guilds[0]["id"], world.fake.guild().to_string());
    let renamed = world.done("PATCH", "/users/@me", Some(json!({"username": "bullpen two"}))).await;
    assert_eq!(renamed["username"], "bullpen two");
}

#[tokio::test]
async fn the_toggles_of_intents_are_flags_of_the_application() {
    let world = World::new();
    let flags = world.get("/applications/@me").await["flags"].as_u64().unwrap();
    assert_eq!(flags, 1 << 13 | 1 << 15 | 1 << 19);
    let other = world.fake.bot(BotPlan::new("deaf").without_intents(intents::MESSAGE_CONTENT));
    let answer = world.send(&other.token, reqwest::Method::GET, "/applications/@me", None).await;
    let application: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(application["flags"], 1 << 13 | 1 << 15);
}

#[tokio::test]
async fn a_bad_token_an_unknown_route_and_a_wrong_verb_are_refused() {
    let world = World::new();
    let bad = world.send("nonsense", reqwest::Method::GET, "/users/@me", None).await;
    assert_eq!(bad.status(), 401);
    assert_eq!(world.refusal("GET", "/users/@me/settings", None).await, (404, 0));
    assert_eq!(world.refusal("PUT", "/users/@me", Some(json!({}))).await, (405, 0));
    assert_eq!(world.refusal("GET", "/channels/abc", None).await, (400, 50035));
    let outcomes: Vec<Outcome> = world.fake.calls().into_iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes[0], Outcome::Refused { status: 401, code: 0 });
    assert_eq!(outcomes[1], Outcome::Refused { status: 404, code: 0 });
}

#[tokio::test]
async fn a_bot_that_is_not_in_the_guild_sees_none_of_it() {
    let world = World::new();
    world.fake.leave(world.bot.user);
    assert_eq!(world.get("/users/@me/guilds").await, json!([]));
    let guild = world.fake.guild();
    assert_eq!(world.refusal("GET", &format!("/guilds/{guild}/channels"), None).await, (403, 50001));
    assert_eq!(world.refusal("GET", &world.messages(), None).await, (403, 50001));
    assert_eq!(world.refusal("GET", "/guilds/1", None).await, (404, 10004));
    assert!(world.fake.roles().iter().all(|role| role.bot.is_none()), "its managed role went with it");
}

#[tokio::test]
async fn a_reset_token_is_worth_nothing() {
    let world = World::new();
    let keys = world.fake.reset_token(&world.bot);
    assert_eq!(world.refusal("GET", "/users/@me", None).await, (401, 0));
    assert!(world.send(&keys.token, reqwest::Method::GET, "/users/@me", None).await.status().is_success());
}

#[tokio::test]
async fn requests_are_written_down_for_the_check_against_the_description() {
    let log = std::env::temp_dir().join(format!("bullpen-discord-fake-{}.jsonl", std::process::id()));
    let settings = bullpen_discord_fake::Settings { log: Some(log.clone()), ..bullpen_discord_fake::Settings::quick() };
    let fake = bullpen_discord_fake::Fake::start(settings).unwrap();
    let (world, bot) = (World::new(), fake.bot(BotPlan::new("logged")));
    let request = world.client.post(format!("{}/users/@me/channels", fake.api_url()));
    let token = format!("Bot {}", bot.token);
    request.header("authorization", token).json(&json!({"recipient_id": "1"})).send().await.unwrap();
    let lines = std::fs::read_to_string(&log).unwrap();
    std::fs::remove_file(log).unwrap();
    let line: serde_json::Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!((&line["operation"], &line["status"]), (&json!("create_dm"), &json!(400)));
    assert_eq!(line["body"], json!({"recipient_id": "1"}));
    assert!(!lines.contains(&bot.token), "tokens are not written down");
}
