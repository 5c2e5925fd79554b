//! Nothing is lost, nothing is doubled, everything keeps its order: whatever the platform, the network or a bad event do.

use bullpen::intake;
use bullpen::store::dead;
use bullpen_chat as chat;
use bullpen_model::Answer;
use chrono::Utc;
use uuid::Uuid;

use crate::posters::{Flaky, Late, Tardy};
use crate::script::Scripted;
use crate::world::{Setting, World};

const REQUEST: &str = "@content_manager we need a blog post \"Why Ferries Are Back\" for commuters";
const TITLE: &str = "Why Ferries Are Back";

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_becomes_a_dead_letter_and_its_lane_goes_on() {
    let world = World::open().await;
    let id = Uuid::now_v7();
    sqlx::query(
        "insert into inbox (id, org, lane, source, event, state, received_at)
         values ($1, $2, 'talk:all-hands', 'a strange event', '{\"type\": \"sung\"}', 'ready', now())",
    )
    .bind(id)
    .bind(world.org)
    .execute(&world.pool)
    .await
    .expect("stored");
    let asked = world.say("you", "all-hands", "@copywriter what are you on?").await;
    world.hear(asked.id, "").await;
    world.hear_in("all-hands", "could not be processed and was put aside").await;
    let (state, attempts): (String, i32) = sqlx::query_as("select state, attempts from inbox where id = $1")
        .bind(id)
        .fetch_one(&world.pool)
        .await
        .expect("the event");
    assert_eq!((state.as_str(), attempts), ("dead", 5));

    // Somebody mends it, and has it tried again.
    let question = world.say("you", "executive", "@cmo what are you on?").await;
    world.settle().await;
    sqlx::query(
        "update inbox set event = (select event || jsonb_build_object('text', '@designer what are you on?')
                                   from inbox where event -> 'message' ->> 'id' = $2) where id = $1",
    )
    .bind(id)
    .bind(question.id.to_string())
    .execute(&world.pool)
    .await
    .expect("mended");
    let mut conn = world.pool.acquire().await.expect("a connection");
    assert_eq!(dead::retry(&mut conn, world.org, id).await.expect("retried"), Some(dead::Kind::Event));
    assert_eq!(dead::retry(&mut conn, world.org, id).await.expect("asked"), None, "it is no dead letter any more");
    drop(conn);
    world.settle().await;
    let answers = world.thread(question.id).await;
    assert!(answers.iter().any(|m| m.author.handle.as_deref() == Some("designer")));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_decided_is_told_in_its_thread_and_retried_by_a_person() {
    let world = World::open().await;
    world.say("you", "management", REQUEST).await;
    world.approval("publish.article").await;
    world.settle().await;
    // The playbook version that this work is pinned to is not to be found.
    let pins: serde_json::Value = world.one("select pins from tasks where playbook = 'content'").await;
    sqlx::query("update tasks set pins = pins || '{\"playbook:content\": \"gone\"}' where playbook = 'content'")
        .execute(&world.pool)
        .await
        .expect("unpinned");
    let root = world.root_post(TITLE).await;
    world.reply("you", &root, "@content_manager how far is it?").await;
    world.hear(root.id, "could not be processed and was put aside").await;
    let letters: Vec<Uuid> = world.all("select id from inbox where state = 'dead'").await;
    assert_eq!(letters.len(), 1);
    sqlx::query("update tasks set pins = $1 where playbook = 'content'")
        .bind(pins)
        .execute(&world.pool)
        .await
        .expect("pinned");
    let mut conn = world.pool.acquire().await.expect("a connection");
    dead::retry(&mut conn, world.org, letters[0]).await.expect("retried");
    drop(conn);
    world.hear(root.id, "Done:").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_that_overtakes_the_receipt_counts() {
    let (tell, told) = std::sync::mpsc::channel();
    let wrap = Box::new(move |inner| {
        let late = Late::before(inner);
        tell.send(std::sync::Arc::clone(&late)).expect("the story listens");
        late as std::sync::Arc<dyn chat::Poster>
    });
    let world = World::with(Setting { poster: Some(wrap), ..Setting::default() }).await;
    let late = told.recv().expect("the poster");
    world.say("you", "management", REQUEST).await;
    // The card stands in the lobby, but its receipt is under way.
    let sql = "select id from lobby.messages where text like $1 || '%'";
    let card: Uuid = world.wait("the card", sql, "**For approval: Publication").await;
    world.react("you", card, "✅", true).await;
    let parked = "select id from inbox where state = 'parked' and waits_for like '%' || $1";
    let _: Uuid = world.wait("the parked reaction", parked, &card.to_string()).await;
    late.release();
    world.decided(card, "approved").await;
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from publications where place = 'page'").await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_platform_tells_twice_happens_once() {
    let world = World::open().await;
    let message = world.say("you", "all-hands", "@copywriter what are you on?").await;
    world.settle().await;
    let again = chat::Heard {
        key: format!("lobby:m:{}", message.id),
        at: Utc::now(),
        event: chat::Event::Posted(chat::Message {
            place: chat::Place { channel: "all-hands".into(), thread: None },
            id: message.id.to_string(),
            author: chat::Author::Member { id: "you".into(), name: "you".into(), email: None, groups: Vec::new() },
            text: message.text.clone(),
            mentions: Vec::new(),
            direct: None,
        }),
        token: String::new(),
    };
    for _ in 0..2 {
        let mut conn = world.pool.acquire().await.expect("a connection");
        let twice = [again.clone(), again.clone()];
        assert_eq!(intake::store(&mut conn, world.inward(), Utc::now(), &twice).await.expect("stored"), [""; 0]);
    }
    world.settle().await;
    assert_eq!(world.thread(message.id).await.len(), 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_is_heard_again_after_a_newer_one_changes_nothing() {
    let world = World::open().await;
    let message = world.say("you", "all-hands", "one").await;
    world.settle().await;
    let edit = |text: &str, version: &str| chat::Heard {
        key: format!("lobby:m:{}:{version}", message.id),
        at: Utc::now(),
        event: chat::Event::Edited {
            message: chat::Message {
                place: chat::Place { channel: "all-hands".into(), thread: None },
                id: message.id.to_string(),
                author: chat::Author::Member { id: "you".into(), name: "you".into(), email: None, groups: Vec::new() },
                text: text.into(),
                mentions: Vec::new(),
                direct: None,
            },
            version: version.into(),
        },
        token: String::new(),
    };
    let (older, newer) = (edit("two", "v2"), edit("three", "v3"));
    let hear = async |heard: &[chat::Heard]| {
        let mut conn = world.pool.acquire().await.expect("a connection");
        intake::store(&mut conn, world.inward(), Utc::now(), heard).await.expect("stored").len()
    };
    assert_eq!(hear(&[older.clone(), newer.clone()]).await, 2);
    assert_eq!(hear(&[older, newer]).await, 0, "as after a stop that left the cursor behind");
    let (text, version): (String, i64) = sqlx::query_as("select text, version from messages where id = $1")
        .bind(message.id.to_string())
        .fetch_one(&world.pool)
        .await
        .expect("the message");
    assert_eq!((text.as_str(), version), ("three", 2));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_platform_that_fails_in_every_way_each_post_stands_once_and_in_order() {
    let (tell, told) = std::sync::mpsc::channel();
    let wrap = Box::new(move |inner| {
        let flaky = Flaky::before(inner);
        tell.send(std::sync::Arc::clone(&flaky)).expect("the story listens");
        flaky as std::sync::Arc<dyn chat::Poster>
    });
    let world = World::with(Setting { poster: Some(wrap), ..Setting::default() }).await;
    let flaky = told.recv().expect("the poster");
    let mut roots = Vec::new();
    for _ in 0..12 {
        roots.push(world.say("you", "all-hands", "@copywriter @designer what are you on?").await);
    }
    for root in &roots {
        for who in ["@cmo", "@copywriter", "@seo_specialist"] {
            world.reply("you", root, &format!("{who} and you?")).await;
        }
    }
    world.settle().await;
    for root in &roots {
        let answers = world.thread(root.id).await.iter().filter(|m| m.author.kind == "persona").count();
        assert_eq!(answers, 5);
    }
    let made = flaky.made();
    assert!(
        made.iter().all(|times| *times == 1),
        "a platform without idempotency keys would show some twice: {made:?}"
    );
    assert!(flaky.calls() > 70, "it failed often enough to mean something: {} calls", flaky.calls());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_database_share_the_work_and_double_nothing() {
    let model = Scripted::new(|_, usual: Answer| Ok(usual));
    let mut world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    world.start().await;
    world.say("you", "management", REQUEST).await;
    let mut asked = Vec::new();
    for _ in 0..20 {
        asked.push(world.say("you", "all-hands", "@copywriter what are you on?").await);
    }
    world.approve("publish.article").await;
    world.approve("mail.newsletter").await;
    world.until(TITLE, "done").await;
    world.settle().await;
    for question in &asked {
        assert_eq!(world.thread(question.id).await.len(), 1);
    }
    let turns: i64 = world.one("select count(*) from calls where kind = 'turn'").await;
    assert_eq!(model.asked().len(), usize::try_from(turns).expect("a count"), "no question was put twice");
    assert_eq!(world.one::<i32>("select max(attempts) from calls").await, 1);
    let welcomes = world.channel("all-hands").await.iter().filter(|m| m.text.starts_with("Welcome to")).count();
    assert_eq!(welcomes, 1);
    assert_eq!(world.one::<i64>("select count(*) from publications where place = 'page'").await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_server_leaves_another_finishes() {
    let mut world = World::open().await;
    for _ in 0..3 {
        world.say("you", "management", &REQUEST.replace("Ferries", "Trams")).await;
        world.stop().await;
        world.start().await;
    }
    while world.one::<i64>("select count(*) from approvals where state = 'open'").await < 3 {
        world.stop().await;
        world.start().await;
        world.settle().await;
    }
    assert_eq!(world.one::<i64>("select count(*) from tasks where parent is null").await, 3);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_carried_out_after_it_was_given_up_is_found_and_not_made_again() {
    let (tell, told) = std::sync::mpsc::channel();
    let wrap = Box::new(move |inner| {
        let tardy = Tardy::before(inner);
        tell.send(std::sync::Arc::clone(&tardy)).expect("the story listens");
        tardy as std::sync::Arc<dyn chat::Poster>
    });
    let world = World::with(Setting { poster: Some(wrap), ..Setting::default() }).await;
    let tardy = told.recv().expect("the poster");
    let asked = world.say("you", "all-hands", "@copywriter @designer what are you on?").await;
    world.settle().await;
    let answers = world.thread(asked.id).await.iter().filter(|m| m.author.kind == "persona").count();
    assert_eq!(answers, 2);
    assert!(tardy.made().iter().all(|times| *times == 1), "somebody looked too early: {:?}", tardy.made());
    world.close().await;
}
