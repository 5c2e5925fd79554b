//! Every post stands once, whatever Discord answers.

use std::time::Duration;

use bullpen_chat::{Error, Poster as _, Wanted};
use bullpen_discord_fake::Faults;
use uuid::Uuid;

use super::*;

const SENDS: [&str; 2] = ["execute_webhook", "create_message"];

fn of(operations: &[&str]) -> Vec<String> {
    operations.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_looked_for_before_anything_is_sent_again() {
    let world = quiet(&["cmo"]).await;
    let channel = world.fake.channel("general");
    let poster = world.discord.poster();
    let through_webhook = text(&in_channel(channel), "said once");
    let by_own_bot =
        Post { identity: identity("cmo", "Cora", "CMO"), ..text(&in_channel(channel), "said once by a bot") };
    for post in [&through_webhook, &by_own_bot] {
        poster.post(Uuid::new_v4(), post).await.unwrap();
        for fault in [Faults { failed_late: 1.0, ..Faults::default() }, Faults { cut_late: 1.0, ..Faults::default() }] {
            let (key, before) = (Uuid::new_v4(), world.fake.messages(channel).len());
            world.fake.set_faults(Faults { operations: of(&SENDS), ..fault });
            assert!(matches!(poster.post(key, post).await, Err(Error::Ambiguous { .. })));
            world.fake.set_faults(Faults::default());
            let found = poster.find(key, post).await.unwrap().expect("it stands");
            let messages = world.fake.messages(channel);
            assert_eq!(messages.last().unwrap().id, id(&found), "not one of the same words that stood before");
            assert_eq!(poster.post(key, post).await.unwrap(), found, "what was found is not posted again");
            assert_eq!(world.fake.messages(channel).len(), before + 1);
        }
    }
    assert_eq!(poster.find(Uuid::new_v4(), &through_webhook).await.unwrap(), None, "what was never sent is not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_done_is_not_found_and_sent_again() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let (poster, key) = (world.discord.poster(), Uuid::new_v4());
    let post = text(&in_channel(channel), "the same words");
    poster.post(Uuid::new_v4(), &post).await.unwrap();
    world.fake.set_faults(Faults { failed: 1.0, operations: of(&SENDS), ..Faults::default() });
    assert!(matches!(poster.post(key, &post).await, Err(Error::Ambiguous { .. })));
    world.fake.set_faults(Faults::default());
    assert_eq!(poster.find(key, &post).await.unwrap(), None, "another post's message is not this one's");
    poster.post(key, &post).await.unwrap();
    assert_eq!(texts(&world, channel), ["the same words", "the same words"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_hangs_is_given_up_and_looked_for() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let user = world.member("Ann");
    let root = world.fake.say(user, channel, "root");
    let (key, post) = (Uuid::new_v4(), text(&in_thread(channel, root), "said once in a thread"));
    world.fake.set_faults(Faults {
        timed_out: 1.0,
        hang: Duration::from_secs(60),
        operations: of(&SENDS),
        ..Faults::default()
    });
    let begun = std::time::Instant::now();
    assert!(matches!(world.discord.poster().post(key, &post).await, Err(Error::Ambiguous { .. })));
    assert!(begun.elapsed() < bullpen_chat::CALL_LIMIT, "a call is bounded by the adapter itself");
    world.fake.set_faults(Faults::default());
    let found = world.discord.poster().find(key, &post).await.unwrap().expect("it stands");
    assert_eq!(only(&world, root).id, id(&found));
    assert_eq!(found.message.channel, channel.to_string(), "the port names the parent");
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_that_fail_once_are_simply_read_again() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let receipt = world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(channel), "hello")).await.unwrap();
    let wanted = Wanted::default();
    for seed in 0..20 {
        world.fake.set_faults(Faults { seed, failed: 0.4, operations: of(&["get_message"]), ..Faults::default() });
        match world.discord.poster().reactions(&receipt.message, &wanted).await {
            Ok(reactions) => assert!(reactions.by.is_empty() && reactions.whole),
            Err(Error::Retry { .. }) => {}
            Err(other) => panic!("a read changes nothing: {other}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_goes_wrong_at_once_loses_nothing_and_repeats_nothing() {
    let world = quiet(&["cmo"]).await;
    let channels: Vec<u64> = (0..6).map(|n| world.fake.channel(&format!("room-{n}"))).collect();
    world.fake.set_faults(Faults {
        seed: 7,
        operations: of(&[
            "execute_webhook",
            "create_message",
            "list_messages",
            "create_webhook",
            "list_channel_webhooks",
        ]),
        limited: 0.05,
        limited_globally: 0.02,
        retry_after: Duration::from_millis(400),
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
                let mut post = text(&in_channel(*channel), &format!("number {number}"));
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
        assert_eq!(texts(&world, *channel), wanted, "each once, in order");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_stopped_half_way_goes_on_there() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let post = text(&in_channel(channel), &long(3));
    let parts = {
        world.discord.poster().post(Uuid::new_v4(), &post).await.unwrap();
        world.fake.messages(channel).len()
    };
    assert!(parts >= 3);
    // By this seed the first call is done, and a later one is cut off after it was done.
    for seed in 0.. {
        world.fake.set_faults(Faults { seed, cut_late: 0.4, operations: of(&SENDS), ..Faults::default() });
        let (before, key) = (world.fake.messages(channel).len(), Uuid::new_v4());
        let sent = world.discord.poster().post(key, &post).await;
        let stands = world.fake.messages(channel).len() - before;
        if matches!(sent, Err(Error::Ambiguous { .. })) && stands == 2 {
            world.fake.set_faults(Faults::default());
            assert_eq!(world.discord.poster().find(key, &post).await.unwrap(), None, "not all of it stands");
            let receipt = world.discord.poster().post(key, &post).await.unwrap();
            let messages = world.fake.messages(channel).split_off(before);
            assert_eq!(messages[0].id, id(&receipt), "the first message is the post");
            assert_eq!(messages.len(), parts);
            let whole: Vec<String> =
                messages.iter().flat_map(|m| m.content.split("\n\n").map(str::to_owned).collect::<Vec<_>>()).collect();
            let wanted: Vec<String> = long(3).trim_end().split("\n\n").map(str::to_owned).collect();
            assert_eq!(whole, wanted, "all of it, each once, in order");
            break;
        }
        assert!(seed < 40, "a seed is found soon");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_knows_what_this_one_posted() {
    let mut world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let (key, post) = (Uuid::new_v4(), text(&in_channel(channel), "said once"));
    let receipt = world.discord.poster().post(key, &post).await.unwrap();
    world.discord = crate::world::adapter(&world.pool, world.org, &world.config, &world.department);
    assert_eq!(world.discord.poster().post(key, &post).await.unwrap(), receipt);
    assert_eq!(world.discord.poster().find(key, &post).await.unwrap(), Some(receipt));
    assert_eq!(calls(&world, "list_messages"), 0, "what is known is not looked for");
    only(&world, channel);
    world.discord.poster().post(Uuid::new_v4(), &post).await.unwrap();
    assert_eq!(world.fake.webhooks(channel).len(), 1, "it speaks through the webhook that is there");
}
