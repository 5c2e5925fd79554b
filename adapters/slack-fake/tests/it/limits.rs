//! Rate limits.

use bullpen_slack_fake::{AppPlan, Limits, Settings};
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_channel_takes_about_one_post_a_second() {
    let settings = Settings { limits: Limits { burst: 3.0, ..Limits::default() }, ..Settings::quick() };
    let world = World::with(settings, AppPlan::with_everything("bullpen"));
    let url = format!("{}/chat.postMessage", world.fake.api_url());
    let post = |channel: String| {
        let request = world.client.post(&url).bearer_auth(&world.app.bot_token);
        request.json(&json!({"channel": channel, "text": "hi"})).send()
    };
    for _ in 0..3 {
        assert_eq!(post(world.channel.clone()).await.unwrap().status(), 200);
    }
    let limited = post(world.channel.clone()).await.unwrap();
    assert_eq!(limited.status(), 429);
    assert_eq!(limited.headers()["retry-after"], "1");
    let other = world.fake.channel("other");
    assert_eq!(post(other).await.unwrap().status(), 200, "each channel has its own");
    assert_eq!(world.fake.messages(&world.channel).len(), 3);
}

#[tokio::test]
async fn methods_have_tiers() {
    let settings = Settings { limits: Limits::default(), ..Settings::quick() };
    let world = World::with(settings, AppPlan::with_everything("bullpen"));
    let mut limited = 0;
    for _ in 0..25 {
        limited += usize::from(world.get("users.list", &[]).await["error"] == "ratelimited");
    }
    assert!((4..=5).contains(&limited), "20 a minute for tier 2: {limited}");
}
