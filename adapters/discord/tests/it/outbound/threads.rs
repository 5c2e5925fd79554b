//! Replies stand in the thread of what they answer, which is made with the first of them.

use bullpen_chat::{Error, Poster as _};
use bullpen_discord_fake::Faults;
use uuid::Uuid;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_reply_makes_the_thread_and_the_others_follow() {
    let world = quiet(&["cmo"]).await;
    let channel = world.fake.channel("general");
    let ann = world.member("Ann");
    let root = world.fake.say(ann, channel, "**We** need a blog post\nabout ducks");
    let place = in_thread(channel, root);
    let first = world.discord.poster().post(Uuid::new_v4(), &text(&place, "taken")).await.unwrap();
    let cora = Post { identity: identity("cmo", "Cora", "CMO"), ..text(&place, "and I agree") };
    world.discord.poster().post(Uuid::new_v4(), &cora).await.unwrap();
    assert_eq!(texts(&world, root), ["taken", "and I agree"]);
    assert_eq!(first.message.channel, channel.to_string(), "the port names the parent");
    let threads = world.fake.threads(channel);
    assert_eq!(threads.len(), 1);
    assert_eq!((threads[0].id, threads[0].name.as_str()), (root, "We need a blog post"));
    let messages = world.fake.messages(root);
    assert_eq!(messages[0].username.as_deref(), Some("Marta Vale · Content Manager"));
    assert_eq!(messages[1].author, world.keys["cmo"].user);
    assert_eq!(world.fake.webhooks(channel).len(), 1, "a thread has its parent's webhook");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_somebody_else_made_is_used() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let ann = world.member("Ann");
    let root = world.fake.say(ann, channel, "a question");
    world.fake.in_thread(ann, root, "for all of you");
    world.discord.poster().post(Uuid::new_v4(), &text(&in_thread(channel, root), "an answer")).await.unwrap();
    assert_eq!(texts(&world, root), ["for all of you", "an answer"]);
    let later = world.fake.say(ann, channel, "another");
    world.fake.in_thread(ann, later, "go on");
    world.fake.delete(channel, later);
    world.discord.poster().post(Uuid::new_v4(), &text(&in_thread(channel, later), "gone on")).await.unwrap();
    assert_eq!(texts(&world, later), ["go on", "gone on"], "a thread outlives its message");
}

#[tokio::test(flavor = "multi_thread")]
async fn below_a_deleted_message_nothing_can_be_said() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let ann = world.member("Ann");
    let root = world.fake.say(ann, channel, "never mind");
    world.fake.delete(channel, root);
    let why = refusal(world.discord.poster().post(Uuid::new_v4(), &text(&in_thread(channel, root), "what?")).await);
    assert!(why.contains("was deleted"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn archived_threads_are_opened_and_locked_ones_say_who_can() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let ann = world.member("Ann");
    let root = world.fake.say(ann, channel, "a question");
    let (poster, post) = (world.discord.poster(), text(&in_thread(channel, root), "one"));
    let receipt = poster.post(Uuid::new_v4(), &post).await.unwrap();
    world.fake.archive(root, true);
    poster.edit(&receipt.message, 1, &text(&in_thread(channel, root), "two")).await.unwrap();
    assert_eq!(texts(&world, root), ["two"]);
    world.fake.archive(root, true);
    poster.post(Uuid::new_v4(), &text(&in_thread(channel, root), "three")).await.unwrap();
    assert_eq!(texts(&world, root), ["two", "three"]);
    assert!(!world.fake.threads(channel)[0].archived);
    deny(&world, bullpen_discord_fake::permissions::MANAGE_THREADS);
    world.fake.lock(root, true);
    world.fake.archive(root, true);
    let why = refusal(poster.edit(&receipt.message, 2, &text(&in_thread(channel, root), "four")).await);
    assert!(why.contains("Manage Threads"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_whose_making_was_cut_off_is_found() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let ann = world.member("Ann");
    let root = world.fake.say(ann, channel, "a question");
    let post = text(&in_thread(channel, root), "an answer");
    let operations = vec!["create_thread_from_message".to_owned()];
    world.fake.set_faults(Faults { cut_late: 1.0, operations, ..Faults::default() });
    let key = Uuid::new_v4();
    assert!(matches!(world.discord.poster().post(key, &post).await, Err(Error::Retry { .. })), "nothing is said yet");
    world.fake.set_faults(Faults::default());
    world.discord.poster().post(key, &post).await.unwrap();
    assert_eq!(texts(&world, root), ["an answer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_is_shown_where_somebody_writes() {
    let world = quiet(&["cmo"]).await;
    let channel = world.fake.channel("general");
    let ann = world.member("Ann");
    let root = world.fake.say(ann, channel, "a question");
    let poster = world.discord.poster();
    poster.typing(&in_channel(channel), "content_manager").await.unwrap();
    poster.typing(&in_channel(channel), "cmo").await.unwrap();
    poster.typing(&in_thread(channel, root), "cmo").await.unwrap();
    assert_eq!(
        world.fake.typed(),
        [(world.keys["bullpen"].user, channel), (world.keys["cmo"].user, channel)],
        "a thread that is not there has nobody who writes in it"
    );
}
