//! Every post stands once, whatever Slack answers.

use std::time::Duration;

use bullpen_chat::{Error, Place, Poster as _};
use bullpen_slack_fake::Faults;
use uuid::Uuid;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_looked_for_before_anything_is_sent_again() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let (poster, key, post) = (world.slack.poster(), Uuid::new_v4(), text(&in_channel(&channel), "said once"));
    for fault in [Faults { failed_late: 1.0, ..Faults::default() }, Faults { cut_late: 1.0, ..Faults::default() }] {
        let (key, before) = (Uuid::new_v4(), world.fake.messages(&channel).len());
        world.fake.set_faults(Faults { methods: vec!["chat.postMessage".into()], ..fault });
        assert!(matches!(poster.post(key, &post).await, Err(Error::Ambiguous { .. })));
        world.fake.set_faults(Faults::default());
        let found = poster.find(key, &post).await.unwrap().expect("it stands");
        let again = poster.post(key, &post).await.unwrap();
        assert_eq!(again, found, "what was found is not posted again");
        assert_eq!(world.fake.messages(&channel).len(), before + 1);
    }
    assert_eq!(poster.find(key, &post).await.unwrap(), None, "what was never sent is not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_hangs_is_given_up_and_looked_for() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let root =
        world.call("bullpen", "chat.postMessage", &serde_json::json!({ "channel": channel, "text": "root" })).await;
    let place = Place { thread: root["ts"].as_str().map(str::to_owned), ..in_channel(&channel) };
    let (key, post) = (Uuid::new_v4(), text(&place, "said once in a thread"));
    let methods = vec!["chat.postMessage".into()];
    world.fake.set_faults(Faults { timed_out: 1.0, hang: Duration::from_secs(60), methods, ..Faults::default() });
    let begun = std::time::Instant::now();
    assert!(matches!(world.slack.poster().post(key, &post).await, Err(Error::Ambiguous { .. })));
    assert!(begun.elapsed() < bullpen_chat::CALL_LIMIT, "a call is bounded by the adapter itself");
    world.fake.set_faults(Faults::default());
    let found = world.slack.poster().find(key, &post).await.unwrap().expect("it stands");
    assert_eq!(world.fake.messages(&channel).last().unwrap().ts, found.message.id);
    assert_eq!(world.fake.messages(&channel).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_told_and_obeyed() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let post = text(&in_channel(&channel), "later");
    let methods = vec!["chat.postMessage".into()];
    world.fake.set_faults(Faults { limited: 1.0, retry_after: Duration::from_secs(30), methods, ..Faults::default() });
    for _ in 0..5 {
        match world.slack.poster().post(Uuid::new_v4(), &post).await {
            Err(Error::Retry { after: Some(after), .. }) => assert!(after > Duration::from_secs(25)),
            other => panic!("a limit is waited for, not {other:?}"),
        }
    }
    assert_eq!(
        world.fake.calls().iter().filter(|call| call.method == "chat.postMessage").count(),
        1,
        "the others never left"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_goes_wrong_at_once_loses_nothing_and_repeats_nothing() {
    let world = World::quiet(&["content_manager"]).await;
    let channels: Vec<String> = (0..6).map(|n| world.channel(&format!("room-{n}"), &[])).collect();
    let methods = ["chat.postMessage", "conversations.history", "conversations.replies"].map(str::to_owned).to_vec();
    world.fake.set_faults(Faults {
        seed: 7,
        methods,
        limited: 0.05,
        retry_after: Duration::from_secs(1),
        failed: 0.1,
        failed_late: 0.1,
        cut: 0.1,
        cut_late: 0.1,
        ..Faults::default()
    });
    let conversations = channels.iter().map(|channel| {
        let world = &world;
        async move {
            for number in 0..5 {
                let mut post = text(&in_channel(channel), &format!("number {number}"));
                if number % 2 == 1 {
                    post.identity = identity("cmo", "Cora", "CMO");
                }
                deliver(world, Uuid::new_v4(), &post).await;
            }
        }
    });
    futures::future::join_all(conversations).await;
    world.fake.set_faults(Faults::default());
    let wanted: Vec<String> = (0..5).map(|number| format!("number {number}")).collect();
    for channel in &channels {
        assert_eq!(texts(&world, channel), wanted, "each once, in order");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_stopped_half_way_goes_on_there() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let (key, post) = (Uuid::new_v4(), text(&in_channel(&channel), &long(3)));
    let methods = vec!["chat.postMessage".into()];
    // By this seed the first call is done, and a later one is cut off after it was done.
    for seed in 0.. {
        world.fake.set_faults(Faults { seed, cut_late: 0.4, methods: methods.clone(), ..Faults::default() });
        let (before, key) = (world.fake.messages(&channel).len(), Uuid::new_v4());
        let sent = world.slack.poster().post(key, &post).await;
        let stands = world.fake.messages(&channel).len() - before;
        if matches!(sent, Err(Error::Ambiguous { .. })) && stands == 2 {
            world.fake.set_faults(Faults::default());
            assert_eq!(world.slack.poster().find(key, &post).await.unwrap(), None, "not all of it stands");
            let receipt = world.slack.poster().post(key, &post).await.unwrap();
            let messages = world.fake.messages(&channel).split_off(before);
            assert_eq!(messages[0].ts, receipt.message.id, "the first part is the post");
            assert_eq!(messages.len(), 3);
            let whole: Vec<String> =
                messages.iter().flat_map(|m| m.text.split("\n\n").map(str::to_owned).collect::<Vec<_>>()).collect();
            let wanted: Vec<String> = long(3).trim_end().split("\n\n").map(str::to_owned).collect();
            assert_eq!(whole, wanted, "all parts, each once, in order");
            break;
        }
        assert!(seed < 40, "a seed is found soon");
    }
    assert_eq!(world.slack.poster().find(key, &post).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_knows_what_this_one_posted() {
    let mut world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let (key, post) = (Uuid::new_v4(), text(&in_channel(&channel), "said once"));
    let receipt = world.slack.poster().post(key, &post).await.unwrap();
    world.slack = crate::world::adapter(&world.pool, world.org, &world.config, &world.department);
    assert_eq!(world.slack.poster().post(key, &post).await.unwrap(), receipt);
    assert_eq!(world.slack.poster().find(key, &post).await.unwrap(), Some(receipt));
    assert_eq!(done(&world, "conversations.history"), 0, "what is known is not looked for");
    only(&world, &channel);
}
