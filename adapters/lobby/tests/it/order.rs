//! Order of commits, several servers on one database, several organisations in it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bullpen_chat::{Body, Event, Gateway, Place, Post, Poster};
use bullpen_lobby::{Item, Lobby, Said};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::world::{World, identity, lobby, plan, texts};

async fn say(lobby: &Lobby, name: &str, text: String) {
    let member = lobby.member(name).await.unwrap();
    lobby.say("management", &member, &Said { text, ..Said::default() }).await.unwrap();
}

#[tokio::test]
async fn a_reader_never_overlooks_a_late_commit() {
    let world = World::new().await;
    let mut feed = world.lobby.feed(None, None).await.unwrap();
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let lobby = Arc::clone(&world.lobby);
            tokio::spawn(async move {
                for number in 0..40 {
                    say(&lobby, &format!("guest {writer}"), format!("{writer}/{number}")).await;
                }
            })
        })
        .collect();
    let (mut told, mut last) = (0, 0);
    while told < 320 {
        let items = tokio::time::timeout(Duration::from_secs(20), feed.next()).await.expect("all are told");
        for item in items.unwrap().unwrap() {
            let Item::Entry(entry) = item else { continue };
            assert!(entry.seq > last, "{} after {last}", entry.seq);
            last = entry.seq;
            told += 1;
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn what_another_server_wrote_is_heard_and_told() {
    let world = World::new().await;
    let other = lobby(&world.pool, world.org);
    let mut feed = world.lobby.feed(None, None).await.unwrap();
    let mut gateway = world.lobby.gateway("test");
    let writer = tokio::spawn(async move { say(&other, "you", "from elsewhere".into()).await });
    let heard = gateway.next().await.unwrap();
    assert!(matches!(&heard[0].event, Event::Posted(message) if message.text == "from elsewhere"));
    let items = feed.next().await.unwrap().unwrap();
    assert!(matches!(&items[0], Item::Entry(entry) if entry.data["text"] == "from elsewhere"));
    writer.await.unwrap();
}

#[tokio::test]
async fn organisations_do_not_meet() {
    let world = World::new().await;
    world.say("you", "ours").await;
    let (other, org) = (Uuid::new_v4(), Uuid::new_v4());
    let theirs = lobby(&world.pool, org);
    assert!(theirs.channels().await.unwrap().is_empty());
    theirs.poster().provision(&plan()).await.unwrap();
    assert!(theirs.log_after(0, 10).await.unwrap().is_empty());
    say(&theirs, "you", "theirs".into()).await;
    let list = world.get("/api/channels/management/messages").await.expect(StatusCode::OK);
    assert_eq!(texts(&list), ["ours"]);
    assert!(lobby(&world.pool, other).channels().await.unwrap().is_empty());
}

#[tokio::test]
async fn servers_that_start_together_prepare_one_lobby() {
    let options = bullpen_cluster::throwaway::database().await;
    let pool = sqlx::PgPool::connect_with(options).await.unwrap();
    let (one, two, three) = tokio::join!(Lobby::migrate(&pool), Lobby::migrate(&pool), Lobby::migrate(&pool));
    one.and(two).and(three).unwrap();
    let org = Uuid::new_v4();
    let posters = [lobby(&pool, org).poster(), lobby(&pool, org).poster()];
    let (plan, mut reversed) = (plan(), plan());
    reversed.identities.reverse();
    reversed.channels.reverse();
    for _ in 0..10 {
        let (one, two) = tokio::join!(posters[0].provision(&plan), posters[1].provision(&reversed));
        assert_eq!(one.unwrap(), two.unwrap());
    }
}

#[tokio::test]
async fn who_left_the_plan_is_gone_but_not_forgotten() {
    let world = World::new().await;
    let said = world.persona_says("still here", None).await;
    let mut smaller = plan();
    smaller.identities.retain(|identity| identity.handle != "content_manager");
    smaller.channels.remove(0);
    smaller.channels[0].name = "dm:not:allowed".into();
    let provisioned = world.lobby.poster().provision(&smaller).await.unwrap();
    assert_eq!(provisioned.missing.len(), 1);
    assert!(provisioned.channels.is_empty());
    let shown = world.get(&format!("/api/messages/{said}")).await.expect(StatusCode::OK);
    assert_eq!(shown["author"]["name"], "Marta Vale");
    assert_eq!(world.get("/api/channels").await.body.as_array().unwrap().len(), 2, "no channel is removed");
    world.get("/api/direct/content_manager/messages?as=you").await.refused(404);
    let posing = serde_json::json!({ "as": "Marta Vale", "text": "I am back" });
    world.post("/api/channels/management/messages", posing).await.refused(403);
    world.lobby.poster().provision(&plan()).await.unwrap();
    world.get("/api/direct/content_manager/messages?as=you").await.expect(StatusCode::OK);
}

/// Prints what it measures; fails only where the lobby is slower by far than it has to be.
#[tokio::test]
async fn posts_are_written_fast_enough() {
    const POSTS: usize = 1_000;
    const AT_ONCE: usize = 8;
    let world = World::new().await;
    let poster = world.lobby.poster();
    let post = Post {
        identity: identity("copywriter", "Cole Wright"),
        place: Place { channel: "management".into(), thread: None },
        body: Body::Markdown { text: "a few words".into() },
        notify: Vec::new(),
    };
    let started = Instant::now();
    let writers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (poster, post) = (poster.clone(), post.clone());
            tokio::spawn(async move {
                for _ in 0..POSTS / AT_ONCE {
                    poster.post(Uuid::new_v4(), &post).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let rate = POSTS as f64 / started.elapsed().as_secs_f64();
    let started = Instant::now();
    poster.post(Uuid::new_v4(), &post).await.unwrap();
    let alone = started.elapsed();
    assert!(rate > 100.0, "{rate:.0} posts a second, {alone:?} for one alone");
}

#[tokio::test]
async fn what_was_acknowledged_is_known_to_the_next_connection_and_soon_to_the_next_process() {
    let world = World::new().await;
    say(&world.lobby, "you", "one".into()).await;
    let mut first = world.lobby.gateway("test");
    let heard = first.next().await.unwrap();
    first.ack(&heard).await.unwrap();
    // It ends before it has told the database.
    drop(first);
    let mut second = world.lobby.gateway("test");
    let again = tokio::time::timeout(Duration::from_millis(100), second.next()).await;
    assert!(again.is_err(), "nothing is heard twice: {again:?}");
    let mut elsewhere = lobby(&world.pool, world.org).gateway("test");
    let again = tokio::time::timeout(Duration::from_millis(100), elsewhere.next()).await;
    assert!(again.is_err(), "the second connection has told the database: {again:?}");
}
