//! Of several servers on one database, the one that has the lines reads.

use std::sync::Arc;

use bullpen_chat::{Author, Gateway as _};
use bullpen_discord::SHARED;
use tokio_util::sync::CancellationToken;

use crate::world::{Ear, World, posted};

fn groups(author: Author) -> Vec<String> {
    match author {
        Author::Member { groups, .. } => groups,
        other => panic!("a member spoke, not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_the_lines_reads_nothing_and_knows_nothing_old_when_they_come_back() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let editors = world.fake.role("Editors", 0);
    world.fake.give(ann, editors);
    let mut ear = world.ear();
    world.fake.say(ann, channel, "one");
    assert!(groups(posted(ear.one().await).author).contains(&"Editors".to_owned()));

    world.stop().await;
    let other = world.beside().await;
    let stop = CancellationToken::new();
    let job = tokio::spawn(Arc::clone(&other).listen(stop.clone()));
    world.until("the other goes on with the session", || async { world.fake.resumed(bot) > 0 }).await;
    world.fake.take(ann, editors);
    let two = world.fake.say(ann, channel, "two");
    world.has(&format!("m:{channel}:{two}")).await;
    ear.nothing().await;
    let mut others = Ear(other.gateway());
    let heard = others.batch().await;
    assert_eq!(heard.len(), 1);
    // The lines change hands while this is in work.
    stop.cancel();
    job.await.unwrap();
    let three = world.fake.say(ann, channel, "three");
    world.begin();
    world.has(&format!("m:{channel}:{three}")).await;
    others.0.ack(&heard).await.unwrap();
    others.nothing().await;
    let said = posted(ear.one().await);
    assert_eq!((said.text.as_str(), groups(said.author)), ("three", Vec::new()), "what was known is asked anew");
    // Nothing is told any more of it, and the role is gone all the same.
    world.fake.react(ann, channel, two, "✅", true);
    let bullpen_chat::Event::Reacted { author: by, .. } = ear.one().await else { panic!("a reaction is heard") };
    assert_eq!(groups(by), Vec::<String>::new());
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_and_not_acknowledged_is_read_by_who_gets_the_lines() {
    let mut world = World::open().await;
    let (ann, channel) = (world.member("ann"), world.ours());
    let mut ear = world.ear();
    world.fake.say(ann, channel, "again");
    let batch = ear.batch().await;
    world.kill();
    world.another();
    world.provision().await;
    let mut next = world.ear();
    world.listen().await;
    drop(ear);
    assert_eq!(next.batch().await, batch);
    next.0.ack(&batch).await.unwrap();
    next.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_ends_when_another_has_begun() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let mut ear = world.ear();
    world.fake.say(ann, channel, "one");
    ear.hear(1).await;
    // As another server does that got the lock meanwhile.
    sqlx::query("update discord.turns set number = number + 1 where org = $1")
        .bind(world.org)
        .execute(&world.pool)
        .await
        .unwrap();
    let before = world.fake.resumed(bot);
    world.until("a new turn begins", || async { world.fake.resumed(bot) > before }).await;
    world.fake.say(ann, channel, "two");
    assert_eq!(posted(ear.one().await).text, "two");
    assert_eq!(world.count("select number from discord.turns where org = $1").await, 3);
}
