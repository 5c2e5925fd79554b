use std::time::Duration;

use bullpen_discord_fake::{Limits, Outcome, Rate, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{RIGHTS, World};

#[tokio::test]
async fn a_bucket_is_said_in_headers_and_refused_when_it_is_empty() {
    let limits = Limits::generous().with("create_message", Rate::new(2, Duration::from_mins(1)));
    let world = World::with(Settings { limits, ..Settings::quick() }, RIGHTS);
    let body = json!({"content": "x"});
    let post = async |path: &str| world.send(&world.bot.token, Method::POST, path, Some(&body)).await;
    let first = post(&world.messages()).await;
    let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((&*header("x-ratelimit-limit"), &*header("x-ratelimit-remaining")), ("2", "1"));
    assert!(header("x-ratelimit-reset-after").parse::<f64>().unwrap() > 50.0);
    assert!(!header("x-ratelimit-bucket").is_empty());
    post(&world.messages()).await;
    let limited = post(&world.messages()).await;
    assert_eq!((limited.status().as_u16(), &limited.headers()["x-ratelimit-scope"]), (429, &"user".parse().unwrap()));
    assert!(limited.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 59);
    let answer: Value = limited.json().await.unwrap();
    assert!(answer["retry_after"].as_f64().unwrap() > 50.0 && answer["global"] == false);
    let other = world.fake.channel("elsewhere");
    assert!(
        post(&format!("/channels/{other}/messages")).await.status().is_success(),
        "another channel is another bucket"
    );
    assert_eq!(world.fake.messages(world.channel).len(), 2);
    assert_eq!(world.fake.calls()[2].outcome, Outcome::Limited { global: false });
}

#[tokio::test]
async fn the_global_limit_holds_all_routes_of_a_bot_but_no_webhook() {
    let limits = Limits { global: Rate::new(2, Duration::from_mins(1)), ..Limits::generous() };
    let world = World::with(Settings { limits, ..Settings::quick() }, RIGHTS);
    let hook = world.webhook().await;
    let get = async |path: &str| world.send(&world.bot.token, Method::GET, path, None).await;
    assert!(get("/users/@me").await.status().is_success());
    let limited = get(&world.messages()).await;
    assert_eq!(limited.status(), 429);
    assert_eq!(
        (&limited.headers()["x-ratelimit-scope"], &limited.headers()["x-ratelimit-global"]),
        (&"global".parse().unwrap(), &"true".parse().unwrap())
    );
    assert_eq!(limited.json::<Value>().await.unwrap()["global"], true);
    assert_eq!(world.call("POST", &hook, Some(json!({"content": "still here"}))).await.0, 204);
}
