//! Who hears what, once, in order.

use bullpen_chat::{Event, Gateway as _, MessageRef};
use bullpen_discord::SHARED;
use bullpen_discord_fake::Settings;

use crate::world::{World, posted};

#[tokio::test(flavor = "multi_thread")]
async fn edits_deletions_and_noise() {
    let world = World::open().await;
    let (ann, channel) = (world.member("ann"), world.ours());
    let mut ear = world.ear();
    let first = world.fake.say(ann, channel, "see https://example.com");
    let heard = ear.hear(1).await.remove(0);
    assert_eq!(heard.key, format!("discord:m:{channel}:{first}"));
    world.fake.embed_arrives(channel, first);
    world.fake.edit(channel, first, "see this");
    let Event::Edited { message, .. } = ear.one().await else { panic!("an edit is heard") };
    assert_eq!((message.id.as_str(), message.text.as_str()), (first.to_string().as_str(), "see this"));
    world.fake.embed_arrives(channel, first);
    let others: Vec<u64> = (0..3).map(|number| world.fake.say(ann, channel, &format!("number {number}"))).collect();
    ear.hear(3).await;
    world.fake.delete_many(channel, &others);
    world.fake.delete(channel, first);
    let gone: Vec<String> = ear
        .hear(4)
        .await
        .into_iter()
        .map(|heard| match heard.event {
            Event::Deleted { message: MessageRef { id, .. } } => id,
            other => panic!("a deletion is heard, not {other:?}"),
        })
        .collect();
    let expected: Vec<String> = others.iter().chain([&first]).map(u64::to_string).collect();
    assert_eq!(gone, expected);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cleared_reactions_are_taken_back_one_by_one() {
    let world = World::open().await;
    let (ann, ben, channel) = (world.member("ann"), world.member("ben"), world.ours());
    let mut ear = world.ear();
    let id = world.fake.say(ann, channel, "what do you think?");
    ear.hear(1).await;
    world.fake.react(ann, channel, id, "✅", true);
    world.fake.react(ben, channel, id, "✅", true);
    world.fake.react(ben, channel, id, "❌", true);
    world.fake.react(ben, channel, id, "❌", false);
    ear.hear(4).await;
    world.fake.clear_reactions(channel, id);
    let cleared = ear.hear(2).await;
    assert!(
        cleared.iter().all(|heard| matches!(&heard.event, Event::Reacted { emoji, set: false, .. } if emoji == "✅"))
    );
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_conversations_are_held_with_one_bot() {
    let world = World::with(&["cmo"], Settings::quick()).await;
    let ann = world.member("ann");
    let mut ear = world.ear();
    for bot in ["cmo", SHARED] {
        let direct = world.fake.dm(ann, world.bot(bot));
        world.fake.say(ann, direct, "between us");
        let message = posted(ear.one().await);
        assert_eq!((message.place.channel, message.direct.as_deref()), (direct.to_string(), Some(bot)));
    }
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_acknowledged_comes_again_and_one_reader_reads() {
    let world = World::open().await;
    let (ann, channel) = (world.member("ann"), world.ours());
    let (mut ear, mut other) = (world.ear(), world.ear());
    world.fake.say(ann, channel, "again and again");
    let batch = ear.batch().await;
    assert_eq!(ear.batch().await, batch);
    other.nothing().await;
    drop(ear);
    assert_eq!(other.batch().await, batch, "the next reader goes on");
    other.0.ack(&batch).await.unwrap();
    other.nothing().await;
}
