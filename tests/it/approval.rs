//! Nothing goes out that a person has not agreed to; whose word counts, and for what.

use bullpen::intake;
use bullpen_chat as chat;
use chrono::{TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::world::{Setting, World};

const REQUEST: &str =
    "@content_manager we need a blog post \"Ten Rules For Calm Meetings\" for team leads, due tomorrow";
const TITLE: &str = "Ten Rules For Calm Meetings";

const PEOPLE: &str = "people:
  - { name: you, rights: [command, approve, spend, take_over, operate] }
  - { name: ana, rights: [command, approve] }
  - { name: ben, rights: [command] }
";

async fn with_people() -> World {
    World::with(Setting { yaml: PEOPLE, ..Setting::default() }).await
}

async fn published(world: &World) -> i64 {
    world.one("select count(*) from publications where place = 'page'").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_ends_it_and_its_reason_is_asked_for_and_kept() {
    let world = World::open().await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    world.react("you", card, "❌", true).await;
    let root = world.root_post(TITLE).await;
    let asked = world.hear(root.id, "What was the reason?").await;
    assert_eq!(asked.notify, ["you"]);
    world.reply("you", &root, "We said the same thing last month.").await;
    world.hear(root.id, "Thank you; that is kept").await;
    world.settle().await;
    world.decided(card, "rejected").await;
    assert_eq!(world.one::<String>("select state from tasks where parent is null").await, "cancelled");
    let reason: String = world.one("select reason from approvals").await;
    assert_eq!(reason, "We said the same thing last month.");
    let kept: String = world.one("select reasoning from decisions where kind = 'reason' and maker = 'you'").await;
    assert_eq!(kept, reason);
    assert!(world.message(card).await.text.contains(&reason), "the card says why");
    // Nobody changes their mind about what is over.
    world.react("you", card, "✅", true).await;
    world.settle().await;
    assert_eq!(published(&world).await, 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wanted_changes_go_round_again_and_are_put_anew() {
    let world = World::open().await;
    world.say("you", "management", REQUEST).await;
    let first = world.approval("publish.article").await;
    world.react("you", first, "🔁", true).await;
    let root = world.root_post(TITLE).await;
    world.hear(root.id, "Your next reply here is the change request").await;
    world.reply("you", &root, "Please add a section about remote meetings.").await;
    world.hear(root.id, "asks for a change").await;
    let second = world.approval("publish.article").await;
    assert_ne!(first, second);
    world.decided(first, "changes").await;
    let digests: Vec<String> = world.all("select digest from approvals order by created_at").await;
    assert_eq!(digests.len(), 2);
    assert_ne!(digests[0], digests[1], "what is put before people is another piece");
    let bodies: Vec<String> =
        world.all("select fields ->> 'body' from deliverables where name = 'piece' order by version").await;
    assert!(bodies.last().expect("a piece").to_lowercase().contains("remote meetings"), "the wish is carried out");
    let why: String = world.one("select reason from approvals where state = 'changes'").await;
    assert_eq!(why, "Please add a section about remote meetings.");
    // A vote on the old card is a vote on nothing.
    world.react("you", first, "✅", true).await;
    world.settle().await;
    assert_eq!(published(&world).await, 0);
    world.react("you", second, "✅", true).await;
    world.approve("mail.newsletter").await;
    world.until(TITLE, "done").await;
    assert_eq!(published(&world).await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_without_the_right_are_answered_once_and_not_counted() {
    let world = with_people().await;
    world.say("ben", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    let root = world.root_post(TITLE).await;
    world.react("ben", card, "✅", true).await;
    world.react("gus", card, "✅", true).await;
    world.react("ben", card, "❌", true).await;
    world.react("gus", card, "🔁", true).await;
    world.hear(root.id, "Thank you, ben. This one is for you, ana to decide").await;
    world.hear(root.id, "Thank you, gus.").await;
    world.react("ben", card, "✅", false).await;
    world.settle().await;
    let kindly = world.thread(root.id).await.iter().filter(|m| m.text.contains("is not counted")).count();
    assert_eq!(kindly, 2, "once each");
    let (state, votes): (String, Value) =
        sqlx::query_as("select state, votes from approvals").fetch_one(&world.pool).await.expect("an approval");
    assert_eq!((state.as_str(), votes), ("open", Value::Array(Vec::new())));
    world.react("ana", card, "✅", true).await;
    world.decided(card, "approved").await;
    assert_eq!(world.one::<String>("select decided_by from approvals where state = 'approved'").await, "ana");
    world.settle().await;
    assert_eq!(published(&world).await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bots_reaction_is_nobodys_vote() {
    let world = World::open().await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    world.settle().await;
    let bots = ["content_manager", "you", "some_other_bot"].map(|name| chat::Heard {
        key: format!("a reaction of {name}"),
        at: Utc::now(),
        event: chat::Event::Reacted {
            message: chat::MessageRef { channel: "management".into(), id: card.to_string() },
            author: chat::Author::Bot { id: name.into(), name: name.into() },
            emoji: "✅".into(),
            set: true,
            button: false,
        },
        token: String::new(),
    });
    let mut conn = world.pool.acquire().await.expect("a connection");
    assert_eq!(intake::store(&mut conn, world.inward(), Utc::now(), &bots).await.expect("stored"), [""; 0]);
    drop(conn);
    world.settle().await;
    world.decided(card, "open").await;
    assert_eq!(published(&world).await, 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_votes_at_once_give_one_outcome() {
    let world = with_people().await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    tokio::join!(world.react("you", card, "✅", true), world.react("ana", card, "❌", true));
    world.settle().await;
    let (state, by): (String, String) =
        sqlx::query_as("select state, decided_by from approvals where kind = 'publish.article'")
            .fetch_one(&world.pool)
            .await
            .expect("one approval");
    match state.as_str() {
        "approved" => assert_eq!((by.as_str(), published(&world).await), ("you", 1)),
        "rejected" => assert_eq!((by.as_str(), published(&world).await), ("ana", 0)),
        other => panic!("{other} is no outcome"),
    }
    let decided: i64 = world.one("select count(*) from decisions where kind in ('publish.article', 'rejection')").await;
    assert_eq!(decided, 1, "one decision is recorded");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_request_voids_what_was_put_before_people() {
    let world = World::open().await;
    let request = world.say("you", "management", REQUEST).await;
    let old = world.approval("publish.article").await;
    world.edit("you", &request, &REQUEST.replace("Ten Rules", "Twelve Rules")).await;
    world.decided(old, "void").await;
    let new = world.approval("publish.article").await;
    assert_ne!(old, new);
    let digests: Vec<String> = world.all("select distinct digest from approvals").await;
    assert_eq!(digests.len(), 2);
    assert!(world.message(old).await.text.contains("void"), "the old card says that it counts no more");
    assert_eq!(world.message(old).await.card.expect("a card").actions.len(), 0);
    world.react("you", old, "✅", true).await;
    world.settle().await;
    world.decided(new, "open").await;
    assert_eq!(published(&world).await, 0, "a vote on what was shown before is no vote on this");
    world.react("you", new, "✅", true).await;
    world.settle().await;
    assert!(world.one::<String>("select title from publications where place = 'page'").await.contains("Twelve Rules"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgets_neither_card_nor_vote_nor_wish() {
    let mut world = World::open().await;
    world.say("you", "management", REQUEST).await;
    let first = world.approval("publish.article").await;
    world.stop().await;
    world.react("you", first, "🔁", true).await;
    world.start().await;
    let root = world.root_post(TITLE).await;
    world.hear(root.id, "Your next reply here is the change request").await;
    world.stop().await;
    world.reply("you", &root, "Make the opening sharper.").await;
    world.start().await;
    world.decided(first, "changes").await;
    let second = world.approval("publish.article").await;
    world.stop().await;
    world.start().await;
    world.react("you", second, "✅", true).await;
    world.decided(second, "approved").await;
    world.settle().await;
    assert_eq!(published(&world).await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_waited_for_in_silence_or_forever() {
    let world = World::open().await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    let root = world.root_post(TITLE).await;
    world.clock.advance(TimeDelta::hours(25));
    let reminder = world.hear(root.id, "A reminder for you").await;
    assert_eq!(reminder.notify, ["you"]);
    world.clock.advance(TimeDelta::days(2));
    world.decided(card, "expired").await;
    world.hear(root.id, "Nobody decided on").await;
    assert_eq!(world.one::<String>("select category from escalations").await, "deadline_missed");
    world.until(TITLE, "blocked").await;
    // A vote on it has it put anew: times have changed, so it is looked at again.
    world.react("you", card, "✅", true).await;
    world.hear(root.id, "here it is anew").await;
    let again = world.approval("publish.article").await;
    assert_ne!(card, again);
    world.settle().await;
    assert_eq!(published(&world).await, 0);
    let open: i64 = world.one("select count(*) from escalations where state = 'open'").await;
    assert_eq!(open, 0, "the escalation is answered by it");
    world.react("you", again, "✅", true).await;
    world.settle().await;
    assert_eq!(published(&world).await, 1);
    let reminders = world.thread(root.id).await.iter().filter(|m| m.text.contains("A reminder for")).count();
    assert_eq!(reminders, 1, "one reminder for one card");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_card_can_be_had_anew_from_its_escalation() {
    let world = World::open().await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    world.clock.advance(TimeDelta::days(4));
    world.decided(card, "expired").await;
    let escalation: Uuid = world
        .wait(
            "the escalation",
            "select m.id from escalations as e join lobby.messages as m on m.id = e.post where e.state = $1",
            "open",
        )
        .await;
    world.react("you", escalation, "🔁", true).await;
    let again = world.approval("publish.article").await;
    assert_ne!(card, again);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_card_that_waits_for_people_comes_back_and_one_that_waits_for_nobody_does_not() {
    let world = World::open().await;
    world.say("you", "management", REQUEST).await;
    let first = world.approval("publish.article").await;
    world.settle().await;
    let root = world.root_post(TITLE).await;
    world.delete("you", &world.message(first).await).await;
    world.hear(root.id, "so here it is again").await;
    let second = world.approval("publish.article").await;
    assert_ne!(first, second);
    // The project's own card goes too: the work goes on, and what cannot be shown there any more is nobody's trouble.
    world.delete("you", &root).await;
    world.react("you", second, "✅", true).await;
    world.decided(second, "approved").await;
    world.approve("mail.newsletter").await;
    world.until(TITLE, "done").await;
    assert_eq!(published(&world).await, 1);
    world.close().await;
}
