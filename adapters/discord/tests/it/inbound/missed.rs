//! What was missed, in channels and in threads, and what is no work.

use bullpen_discord::SHARED;
use bullpen_discord_fake::{How, Settings};

use crate::world::{World, posted, texts};

#[tokio::test(flavor = "multi_thread")]
async fn threads_are_caught_up_with() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let mut ear = world.ear();
    let root = world.fake.say(ann, channel, "the root");
    ear.hear(1).await;
    world.fake.in_thread(ann, root, "first");
    assert_eq!(posted(ear.one().await).place.thread, Some(root.to_string()));
    world.fake.refuse_resumes(true);
    world.fake.disconnect(bot, How::Cut);
    world.fake.in_thread(ann, root, "second");
    let other = world.fake.say(ann, channel, "another root");
    world.fake.in_thread(ann, other, "third");
    let mut heard = texts(ear.hear(3).await);
    heard.sort();
    assert_eq!(heard, ["another root", "second", "third"]);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_thread_is_looked_into() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let mut ear = world.ear();
    let root = world.fake.say(ann, channel, "the root");
    ear.hear(1).await;
    world.fake.refuse_resumes(true);
    world.fake.disconnect(bot, How::Cut);
    world.fake.in_thread(ann, root, "and closed");
    world.fake.archive(root, true);
    assert_eq!(texts(ear.hear(1).await), ["and closed"]);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_that_were_missed_are_told() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let mut ear = world.ear();
    let id = world.fake.say(ann, channel, "befor");
    ear.hear(1).await;
    world.fake.refuse_resumes(true);
    world.fake.disconnect(bot, How::Cut);
    world.fake.edit(channel, id, "before");
    let bullpen_chat::Event::Edited { message, .. } = ear.one().await else { panic!("an edit is heard") };
    assert_eq!((message.id, message.text.as_str()), (id.to_string(), "before"));
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_before_we_came_is_no_work() {
    let world = World::quiet(&[], Settings::quick()).await;
    let (ann, watched) = (world.member("ann"), world.fake.channel("lounge"));
    world.fake.say(ann, watched, "a moment ago");
    world.provision().await;
    world.listen().await;
    let mut ear = world.ear();
    world.fake.say(ann, world.ours(), "now");
    assert_eq!(texts(ear.hear(1).await), ["now"]);
    let seen = world.fake.say(ann, watched, "@desk do something");
    world.has(&format!("m:{watched}:{seen}")).await;
    ear.nothing().await;
    let watched: Vec<String> =
        world.received().await.into_iter().filter(|k| k.starts_with(&format!("m:{watched}"))).collect();
    assert_eq!(watched.len(), 2, "a watched channel is stored from a little before we came, and read by nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_are_caught_up_with() {
    let world = World::with(&["cmo"], Settings::quick()).await;
    let ann = world.member("ann");
    let mut ear = world.ear();
    let direct = world.fake.dm(ann, world.bot("cmo"));
    world.fake.say(ann, direct, "hello");
    assert_eq!(texts(ear.hear(1).await), ["hello"]);
    world.fake.refuse_resumes(true);
    world.fake.disconnect(world.bot("cmo"), How::Cut);
    world.fake.say(ann, direct, "are you there?");
    let heard = posted(ear.one().await);
    assert_eq!((heard.text.as_str(), heard.direct.as_deref()), ("are you there?", Some("cmo")));
    ear.nothing().await;
}
