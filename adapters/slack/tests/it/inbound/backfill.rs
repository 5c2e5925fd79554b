//! What was missed while nobody listened.

use bullpen_chat::{Event, Heard};
use serde_json::json;
use tokio::time::timeout;

use crate::world::{PATIENCE, World, posted, texts};

/// A world in which Slack soon gives up on what nobody takes.
async fn forgetful(personas: &[&str]) -> World {
    let world = World::quiet(personas).await;
    world.fake.change_settings(|settings| {
        settings.keep_while_away = false;
        settings.event_retries = Vec::new();
    });
    world
}

/// Waits until Slack has given up what nobody took: told late, it would be heard live and show nothing here.
async fn given_up(world: &World) {
    timeout(PATIENCE, world.fake.settled()).await.expect("Slack gives up soon");
}

/// Waits until everything that was missed is fetched: a cursor stands.
async fn caught_up(world: &World, channel: &str, newest: &str) {
    let reached = async {
        loop {
            let ts: Option<String> = sqlx::query_scalar("select ts from slack.cursors where org = $1 and channel = $2")
                .bind(world.org)
                .bind(channel)
                .fetch_optional(&world.pool)
                .await
                .unwrap();
            if ts.is_some_and(|ts| ts.as_str() >= newest) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, reached).await.expect("the cursor gets there");
}

fn reactions(heard: Vec<Heard>) -> Vec<(String, bool)> {
    let mut reactions: Vec<(String, bool)> = heard
        .into_iter()
        .map(|heard| match heard.event {
            Event::Reacted { emoji, set, .. } => (emoji, set),
            other => panic!("a reaction is heard, not {other:?}"),
        })
        .collect();
    reactions.sort();
    reactions
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_before_we_listened_is_no_work() {
    let world = forgetful(&[]).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let old = world.fake.say(&ann, &channel, None, "long before");
    given_up(&world).await;
    world.listen().await;
    caught_up(&world, &channel, &old).await;
    world.fake.say(&ann, &channel, None, "now");
    let mut ear = world.ear();
    assert_eq!(texts(ear.hear(1).await), ["now"]);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_during_an_outage_is_heard_once() {
    let mut world = forgetful(&["cmo"]).await;
    let (ann, ben) = (world.member("ann"), world.member("ben"));
    let channel = world.channel("management", &[&ann, &ben]);
    let direct = world.fake.dm(&ann, world.bot("cmo"));
    let root = world.fake.say(&ann, &channel, None, "an old root");
    world.fake.say(&ann, &direct, None, "old words");
    given_up(&world).await;
    world.listen().await;
    caught_up(&world, &channel, &root).await;
    let mut ear = world.ear();
    let known = world.fake.say(&ann, &channel, None, "heard live");
    assert_eq!(texts(ear.hear(1).await), ["heard live"]);
    world.stop().await;

    world.fake.say(&ann, &channel, None, "one");
    world.fake.say(&ben, &channel, Some(&root), "two, in an old thread");
    world.fake.broadcast(&ben, &channel, &root, "three, for all");
    world.fake.say(&ann, &direct, None, "four, between us");
    world.fake.edit(&channel, &known, "heard live, and edited");
    let changed = world.fake.say(&ben, &channel, None, "five");
    world.fake.edit(&channel, &changed, "five, edited at once");
    given_up(&world).await;
    drop(ear);
    world.restart().await;
    let mut ear = world.ear();
    let heard = ear.hear(6).await;
    let mut said = Vec::new();
    let mut edits = Vec::new();
    for heard in heard {
        match heard.event {
            Event::Posted(message) => said.push((message.text, message.place.thread.is_some(), message.direct)),
            Event::Edited { message, .. } => edits.push(message.text),
            other => panic!("messages were said, not {other:?}"),
        }
    }
    said.sort();
    let wanted = [
        ("five, edited at once", false, None),
        ("four, between us", false, Some("cmo")),
        ("one", false, None),
        ("three, for all", true, None),
        ("two, in an old thread", true, None),
    ];
    assert_eq!(said, wanted.map(|(text, thread, direct)| (text.to_owned(), thread, direct.map(str::to_owned))));
    assert_eq!(edits, ["heard live, and edited"]);
    // Looking again finds nothing new.
    drop(ear);
    world.restart().await;
    world.fake.say(&ann, &channel, None, "after all");
    let mut ear = world.ear();
    assert_eq!(texts(ear.hear(1).await), ["after all"]);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_on_our_posts_are_found_as_they_stand() {
    let mut world = forgetful(&[]).await;
    let (ann, ben) = (world.member("ann"), world.member("ben"));
    let channel = world.channel("management", &[&ann, &ben]);
    world.listen().await;
    let root = world.fake.say(&ann, &channel, None, "a request");
    let card = json!({ "channel": channel, "thread_ts": root, "text": "Approve?" });
    let card = world.call("bullpen", "chat.postMessage", &card).await["ts"].as_str().unwrap().to_owned();
    let mut ear = world.ear();
    world.fake.react(&ann, &channel, &card, "eyes", true);
    ear.hear(2).await;
    world.stop().await;

    world.fake.react(&ann, &channel, &card, "eyes", false);
    world.fake.react(&ann, &channel, &card, "white_check_mark", true);
    world.fake.react(&ben, &channel, &card, "x", true);
    world.fake.react(&ben, &channel, &card, "x", false);
    world.fake.react(&ann, &channel, &root, "tada", true);
    given_up(&world).await;
    drop(ear);
    world.restart().await;
    let mut ear = world.ear();
    let found = reactions(ear.hear(2).await);
    assert_eq!(found, [("✅".to_owned(), true), ("👀".to_owned(), false)]);
    drop(ear);
    world.restart().await;
    let mut ear = world.ear();
    world.fake.react(&ann, &channel, &card, "white_check_mark", false);
    assert_eq!(reactions(ear.hear(1).await), [("✅".to_owned(), false)]);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slack_limits_and_breaks_is_fetched_all_the_same() {
    let mut world = forgetful(&[]).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let old = world.fake.say(&ann, &channel, None, "before");
    given_up(&world).await;
    world.listen().await;
    caught_up(&world, &channel, &old).await;
    world.stop().await;
    for number in 0..230 {
        world.fake.say(&ann, &channel, None, &format!("number {number:03}"));
    }
    given_up(&world).await;
    world.fake.set_faults(bullpen_slack_fake::Faults {
        methods: ["conversations.history", "users.conversations"].map(str::to_owned).to_vec(),
        limited: 0.3,
        failed: 0.3,
        ..Default::default()
    });
    world.restart().await;
    let mut ear = world.ear();
    let heard: Vec<String> = ear.hear(230).await.into_iter().map(|heard| posted(heard.event).text).collect();
    assert_eq!(heard, (0..230).map(|number| format!("number {number:03}")).collect::<Vec<_>>());
}
