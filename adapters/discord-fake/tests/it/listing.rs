use bullpen_discord_fake::{BotPlan, intents, permissions};
use serde_json::{Value, json};

use crate::world::{RIGHTS, World, contents};

#[tokio::test]
async fn messages_are_paged_in_all_directions() {
    let world = World::new();
    let ids: Vec<u64> = (0..7).map(|n| world.fake.say(world.ann, world.channel, &n.to_string())).collect();
    let page = async |query: String| world.get(&format!("{}?{query}", world.messages())).await;
    assert_eq!(contents(&page("limit=3".into()).await), ["6", "5", "4"], "the newest first");
    assert_eq!(contents(&page(format!("before={}&limit=2", ids[4])).await), ["3", "2"]);
    assert_eq!(contents(&page(format!("after={}&limit=2", ids[1])).await), ["3", "2"], "the next ones, newest first");
    assert_eq!(contents(&page(format!("around={}&limit=3", ids[3])).await), ["4", "3", "2"]);
    assert_eq!(contents(&page("after=0&limit=2".into()).await), ["1", "0"], "from the beginning");
    assert_eq!(contents(&page(format!("after={}", ids[6])).await), Vec::<&str>::new());
    let wrong = |query: &str| format!("{}?{query}", world.messages());
    for query in ["limit=101", "limit=0", "limit=x", "before=1&after=2", "since=1", "after=abc"] {
        assert_eq!(world.refusal("GET", &wrong(query), None).await, (400, 50035), "{query}");
    }
}

#[tokio::test]
async fn who_may_not_read_what_was_said_gets_nothing_without_a_word() {
    let world = World::new();
    let said = world.fake.say(world.ann, world.channel, "hello");
    world.fake.permit(world.channel, world.bot.user, 0, permissions::READ_MESSAGE_HISTORY);
    assert_eq!(world.get(&world.messages()).await, json!([]));
    assert_eq!(world.refusal("GET", &format!("{}/{said}", world.messages()), None).await, (403, 50013));
}

#[tokio::test]
async fn without_the_content_toggle_texts_are_empty() {
    let world = World::new();
    let deaf = world.fake.bot(BotPlan::new("deaf").without_intents(intents::MESSAGE_CONTENT));
    world.fake.invite(&deaf, RIGHTS);
    world.fake.say(world.ann, world.channel, "a secret");
    world.fake.say(world.ann, world.channel, &format!("<@{}> hello", deaf.user));
    let answer = world.send(&deaf.token, reqwest::Method::GET, &world.messages(), None).await;
    let seen: Value = answer.json().await.unwrap();
    assert_eq!(contents(&seen), [&*format!("<@{}> hello", deaf.user), ""]);
    assert_eq!(contents(&world.get(&world.messages()).await)[1], "a secret");
}
