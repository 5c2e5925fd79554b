//! Lines that break in every way, and what they say about it.

use std::time::Duration;

use bullpen_discord::SHARED;
use bullpen_discord_fake::{Faults, How, Settings, intents};

use crate::world::{PATIENCE, World, adapter, posted, texts};

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_goes_on_where_it_was() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let mut ear = world.ear();
    for how in [How::Reconnect, How::Close(4000), How::Cut, How::Bare, How::Invalid { resumable: true }] {
        let before = world.fake.resumed(bot);
        assert_eq!(world.fake.disconnect(bot, how), 1, "{how:?}");
        world.fake.say(ann, channel, &format!("meanwhile {how:?}"));
        assert_eq!(posted(ear.one().await).text, format!("meanwhile {how:?}"));
        world.until("the session goes on", || async { world.fake.resumed(bot) > before }).await;
        world.connected(SHARED).await;
    }
    assert_eq!(world.fake.identified(bot), 1, "each time the session went on");
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_went_deaf_is_noticed() {
    let settings = Settings { heartbeat: Duration::from_millis(200), ..Settings::quick() };
    let world = World::with(&[], settings).await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    world.fake.disconnect(bot, How::Deaf);
    let id = world.fake.say(ann, channel, "does anybody hear me?");
    world.has(&format!("m:{channel}:{id}")).await;
    assert_eq!(world.fake.identified(bot), 1, "the session went on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_resume_is_a_new_session_and_loses_nothing() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let mut ear = world.ear();
    world.fake.refuse_resumes(true);
    world.fake.disconnect(bot, How::Cut);
    let said: Vec<String> = (0..150).map(|number| format!("number {number}")).collect();
    for text in &said {
        world.fake.say(ann, channel, text);
    }
    assert_eq!(texts(ear.hear(150).await), said, "what was missed is read in order");
    assert!(world.fake.identified(bot) >= 2);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_goes_on_with_the_session() {
    let mut world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let first = world.fake.say(ann, channel, "before");
    world.has(&format!("m:{channel}:{first}")).await;
    for killed in [true, false] {
        if killed {
            world.kill();
        } else {
            world.stop().await;
        }
        let id = world.fake.say(ann, channel, "meanwhile");
        let before = world.fake.resumed(bot);
        world.another();
        world.begin();
        world.has(&format!("m:{channel}:{id}")).await;
        assert_eq!((world.fake.identified(bot), world.fake.resumed(bot)), (1, before + 1), "killed: {killed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_one_holds_the_lines() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let other = adapter(&world.pool, world.org, &world.config, &world.department);
    other.begin_sessions_every(Duration::from_millis(20));
    let stop = tokio_util::sync::CancellationToken::new();
    let job = tokio::spawn(std::sync::Arc::clone(&other).listen(stop.clone()));
    world.until("the other says that it waits", || async { other.health().values().all(Result::is_ok) }).await;
    assert_eq!((world.fake.connections(bot), world.fake.identified(bot)), (1, 1));
    world.kill();
    world.until("the other goes on with the session", || async { world.fake.resumed(bot) > 0 }).await;
    let before = other.received();
    let id = world.fake.say(ann, channel, "who hears me now?");
    world.has(&format!("m:{channel}:{id}")).await;
    tokio::time::timeout(PATIENCE, other.received_at_least(before + 1)).await.expect("it is the other that stored it");
    assert_eq!(world.fake.identified(bot), 1);
    stop.cancel();
    job.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_person_can_mend_is_said() {
    let world = World::quiet(&[], Settings::quick()).await;
    world.fake.set_intents(&world.keys[SHARED], intents::PRIVILEGED & !intents::MESSAGE_CONTENT);
    world.begin();
    let says = |what: &'static str| {
        let world = &world;
        world.until(what, move || async move {
            matches!(world.discord.health().get(SHARED), Some(Err(why)) if why.contains(what))
        })
    };
    says("Message Content Intent").await;
    world.stop().await;
    world.fake.set_intents(&world.keys[SHARED], intents::PRIVILEGED);
    world.fake.reset_token(&world.keys[SHARED]);
    world.begin();
    says("DISCORD_TOKEN").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_shards_hear_together() {
    let settings = Settings { shards: 3, ..Settings::quick() };
    let world = World::quiet(&[], settings).await;
    world.provision().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    world.begin();
    world.until("three lines stand", || async { world.fake.connections(bot) == 3 }).await;
    world.caught_up().await;
    let mut ear = world.ear();
    let direct = world.fake.dm(ann, bot);
    world.fake.say(ann, channel, "to all");
    assert_eq!(posted(ear.one().await).text, "to all");
    world.fake.say(ann, direct, "to you");
    assert_eq!(posted(ear.one().await).direct.as_deref(), Some(SHARED));
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_goes_away_and_nothing_is_lost() {
    let world = World::open().await;
    let (ann, channel) = (world.member("ann"), world.ours());
    let mut locked = world.pool.begin().await.unwrap();
    // Whoever writes waits, as for a database that is away.
    sqlx::query("lock table discord.received in exclusive mode").execute(&mut *locked).await.unwrap();
    let mut ids = Vec::new();
    for number in 0..6_000 {
        ids.push(world.fake.say(ann, channel, &format!("number {number}")));
    }
    let stored = world.discord.received();
    assert!(stored < 100, "nothing is counted as heard that is not stored");
    locked.rollback().await.unwrap();
    world.has(&format!("m:{channel}:{}", ids[5_999])).await;
    let received = world.received().await;
    let said: Vec<String> = ids.iter().map(|id| format!("m:{channel}:{id}")).collect();
    let heard: Vec<String> = received.into_iter().filter(|key| key.starts_with("m:")).collect();
    assert_eq!(heard, said, "in order, and each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_and_cuts_double_nothing() {
    let world = World::open().await;
    let (ann, channel) = (world.member("ann"), world.ours());
    let mut ear = world.ear();
    world.fake.set_faults(Faults { repeated: 0.3, dropped: 0.05, ..Faults::default() });
    let said: Vec<String> = (0..100).map(|number| format!("number {number}")).collect();
    for text in &said {
        world.fake.say(ann, channel, text);
    }
    assert_eq!(texts(ear.hear(100).await), said);
    ear.nothing().await;
}
