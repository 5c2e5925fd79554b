//! Who votes in whose place, and what counts when people are away, change their mind or lose the right.

use chrono::{DateTime, Datelike as _, Days, NaiveTime, TimeDelta, Utc, Weekday};
use serde_json::Value;
use uuid::Uuid;

use bullpen::clock::Clock as _;

use crate::world::{Setting, World};

const REQUEST: &str =
    "@content_manager we need a blog post \"A Shed Of One's Own\" for people who tinker, due tomorrow";
const TITLE: &str = "A Shed Of One's Own";

const PEOPLE: &str = "people:
  - { name: you, rights: [command, approve, spend, take_over, operate], stand_ins: [ana] }
  - { name: ana, rights: [command, approve] }
  - { name: ben, rights: [command, approve] }
";

const OFFICE: &str = "organisation:
  availability: { days: [mon, tue, wed, thu, fri], hours: \"09:00-18:00\" }
people:
  - { name: you, rights: [command, approve, spend, take_over, operate], stand_ins: [ana] }
  - { name: ana, rights: [command, approve] }
  - { name: ben, rights: [command, approve] }
";

/// A department whose articles are asked for as this line of the rule says.
async fn with(yaml: &'static str, rule: &str) -> World {
    let world = World::with(Setting { yaml, own_personas: true, ..Setting::default() }).await;
    let file = world.team_file("team.yaml");
    let text = std::fs::read_to_string(&file).expect("the team");
    let changed = text.replacen("  publish.article:\n", &format!("  publish.article:\n    {rule}\n"), 1);
    assert_ne!(changed, text);
    std::fs::write(&file, changed).expect("the team is changed");
    world.office.look();
    assert_eq!(world.office.faults(), Vec::new());
    world
}

async fn published(world: &World) -> i64 {
    world.one("select count(*) from publications where place = 'page'").await
}

/// Sets the clock forward to the next such day and time.
fn forward(world: &World, day: Weekday, time: &str) {
    let (now, time): (_, NaiveTime) = (world.clock.now(), time.parse().expect("a time"));
    let days = (0..8).map(|days| (now.date_naive() + Days::new(days)).and_time(time).and_utc());
    let then = days.into_iter().find(|then| then.weekday() == day && *then > now).expect("within a week");
    world.clock.advance(then - now);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_out_on_a_friday_evening_is_decided_by_the_stand_in_on_monday() {
    let mut world = with(OFFICE, "ask: [you]").await;
    forward(&world, Weekday::Tue, "17:00:00");
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    let root = world.root_post(TITLE).await;
    world.settle().await;
    world.react("ana", card, "✅", true).await;
    world.hear(root.id, "Thank you, ana. This one is for you to decide").await;
    let expires = "select expires_at from approvals where kind = 'publish.article'";
    let at: DateTime<Utc> = world.one(expires).await;
    assert_eq!((at.weekday(), at.format("%H").to_string().as_str()), (Weekday::Fri, "17"));

    forward(&world, Weekday::Wed, "17:50:00");
    assert_eq!(world.hear(root.id, "A reminder for you").await.notify, ["you"]);
    forward(&world, Weekday::Fri, "17:59:00");
    let passed_on = world.hear(root.id, "The card above is yours to decide on").await;
    assert!(passed_on.text.starts_with("ana for you (no answer)") && passed_on.notify == ["ana"], "{}", passed_on.text);
    world.settle().await;
    assert!(world.message(card).await.text.contains("you, ana for you (no answer)"), "the card says so");
    let at: DateTime<Utc> = world.one(expires).await;
    assert_eq!(at.weekday(), Weekday::Mon, "the weekend does not count");

    world.stop().await;
    world.clock.advance(TimeDelta::days(2));
    world.start().await;
    forward(&world, Weekday::Mon, "09:30:00");
    world.settle().await;
    world.decided(card, "open").await;
    // She had reacted when it was not hers to decide.
    world.react("ana", card, "✅", false).await;
    world.react("ana", card, "✅", true).await;
    world.decided(card, "approved").await;
    world.settle().await;
    assert_eq!(published(&world).await, 1);
    let votes: Value = world.one("select votes from approvals where kind = 'publish.article'").await;
    assert_eq!((&votes[0]["by"], &votes[0]["for"][0]), (&"ana".into(), &"you".into()), "{votes}");
    assert!(world.message(card).await.text.contains("approved by ana for you"));
    let record: String = world.one("select reasoning from decisions where kind = 'publish.article'").await;
    assert_eq!(record, "Approved as shown, by ana for you.");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_answer_from_the_stand_in_either_it_is_escalated_and_never_approved() {
    let world = with(PEOPLE, "ask: [you]").await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    let root = world.root_post(TITLE).await;
    world.clock.advance(TimeDelta::days(3));
    world.hear(root.id, "ana for you (no answer)").await;
    world.clock.advance(TimeDelta::hours(25));
    world.decided(card, "expired").await;
    world.hear(root.id, "Nobody decided on").await;
    world.settle().await;
    assert_eq!(published(&world).await, 0);
    assert_eq!(world.one::<String>("select category from escalations where state = 'open'").await, "deadline_missed");
    // The stand-in comes late: it is put anew, and to whom it was put first.
    world.react("ana", card, "✅", true).await;
    let again = world.approval("publish.article").await;
    assert_ne!(card, again);
    world.settle().await;
    assert_eq!(published(&world).await, 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_to_the_text_before_an_edit_is_no_yes_to_the_text_after_it() {
    let world = with(PEOPLE, "quorum: 2").await;
    let request = world.say("you", "management", REQUEST).await;
    let old = world.approval("publish.article").await;
    world.react("you", old, "✅", true).await;
    world.settle().await;
    world.edit("you", &request, &REQUEST.replace("A Shed", "A Room")).await;
    world.decided(old, "void").await;
    world.react("ana", old, "✅", true).await;
    let new = world.approval("publish.article").await;
    world.react("ana", new, "✅", true).await;
    world.settle().await;
    world.decided(new, "open").await;
    assert_eq!(published(&world).await, 0);
    world.react("you", new, "✅", true).await;
    world.decided(new, "approved").await;
    world.settle().await;
    assert_eq!(
        world.one::<String>("select title from publications where place = 'page'").await,
        "A Room Of One's Own: A Practical Guide"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_yes_of_one_who_may_no_longer_approve_is_asked_for_anew() {
    let mut world = with(PEOPLE, "quorum: 2").await;
    world.say("you", "management", REQUEST).await;
    let first = world.approval("publish.article").await;
    world.react("ana", first, "✅", true).await;
    world.settle().await;
    world
        .restart_with(
            &PEOPLE
                .replace("ana, rights: [command, approve]", "ana, rights: [command]")
                .replace(", stand_ins: [ana]", ""),
        )
        .await;
    world.react("you", first, "✅", true).await;
    let second: Uuid = loop {
        let card = world.approval("publish.article").await;
        if card != first {
            break card;
        }
        world.settle().await;
    };
    world.settle().await;
    assert_eq!(published(&world).await, 0, "ana's yes covers nothing any more");
    let asked: Value = world.one("select asked_of from approvals where state = 'open'").await;
    assert_eq!(asked, serde_json::json!(["you", "ben"]));
    world.react("ana", second, "✅", true).await;
    world.react("you", second, "✅", true).await;
    world.settle().await;
    assert_eq!(published(&world).await, 0);
    world.react("ben", second, "✅", true).await;
    world.decided(second, "approved").await;
    world.settle().await;
    assert_eq!(published(&world).await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_between_two_votes_forgets_neither() {
    let mut world = with(PEOPLE, "quorum: 2").await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    world.react("you", card, "✅", true).await;
    world.settle().await;
    world.stop().await;
    world.react("ana", card, "✅", true).await;
    world.start().await;
    world.decided(card, "approved").await;
    world.settle().await;
    assert_eq!(published(&world).await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_that_hear_one_vote_each_at_once_act_once() {
    let mut world = with(PEOPLE, "quorum: 2").await;
    world.start().await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    world.settle().await;
    tokio::join!(world.react("you", card, "✅", true), world.react("ana", card, "✅", true));
    world.decided(card, "approved").await;
    world.settle().await;
    assert_eq!(published(&world).await, 1);
    let decided: i64 = world.one("select count(*) from decisions where kind = 'publish.article'").await;
    let runs: i64 = world.one("select count(*) from calls where spec ->> 'skill' = 'publish_page'").await;
    let votes: Value = world.one("select votes from approvals where kind = 'publish.article'").await;
    assert_eq!((decided, runs, votes.as_array().map(Vec::len)), (1, 1, Some(2)), "{votes}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn approvals_are_handed_over_for_a_time_in_chat() {
    let mut world = with(PEOPLE, "ask: [you]").await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    let root = world.root_post(TITLE).await;
    world.settle().await;
    let asked = world.one::<i64>("select count(*) from calls where kind = 'turn'").await;
    let until = (world.clock.now() + TimeDelta::days(2)).date_naive();
    let hand_over = format!("@bullpen delegate my approvals to ben until {until}");
    let said = world.say("you", "all-hands", &hand_over).await;
    world.hear(said.id, "ben may vote in your place wherever you are asked, you").await;
    let called = world.hear(root.id, "The card above is yours to decide on").await;
    assert_eq!(
        (called.notify.as_slice(), called.text.starts_with("ben for you (handed over)")),
        (["ben".to_owned()].as_slice(), true)
    );
    let refused = world.say("ana", "all-hands", "@bullpen delegate my approvals to you until 2020-01-01").await;
    world.hear(refused.id, "you has handed their own approvals to ben").await;
    world.settle().await;

    assert_eq!(world.one::<i64>("select count(*) from calls where kind = 'turn'").await, asked, "no model is asked");

    // It is shown.
    let (server, _serving) = world.serve().await;
    let shown: Value =
        reqwest::get(format!("http://{server}/api/delegations")).await.expect("an answer").json().await.expect("JSON");
    assert_eq!(
        (&shown[0]["from"], &shown[0]["to"], shown.as_array().map(Vec::len)),
        (&"you".into(), &"ben".into(), Some(1))
    );

    // Taken back, it is nobody else's any more; given again, it is, over a restart too.
    let back = world.say("you", "all-hands", "@bullpen take my approvals back").await;
    world.hear(back.id, "yours alone again").await;
    world.settle().await;
    world.react("ben", card, "✅", true).await;
    world.hear(root.id, "Thank you, ben. This one is for you to decide").await;
    world.say("you", "all-hands", &hand_over).await;
    world.settle().await;
    world.stop().await;
    world.start().await;
    world.react("ben", card, "✅", false).await;
    world.react("ben", card, "✅", true).await;
    world.decided(card, "approved").await;
    world.settle().await;
    assert_eq!(published(&world).await, 1);
    assert!(world.message(card).await.text.contains("approved by ben for you"));
    assert_eq!(world.one::<i64>("select count(*) from delegations where ended_at is not null").await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_with_a_condition_goes_round_and_is_put_anew() {
    let world = with(PEOPLE, "ask: [you, ana]").await;
    world.say("you", "management", REQUEST).await;
    let first = world.approval("publish.article").await;
    let root = world.root_post(TITLE).await;
    world.settle().await;
    world.reply("ana", &root, "approved, if there is a section about tools").await;
    world.hear(root.id, "ana asks for a change").await;
    world.decided(first, "changes").await;
    let second = world.approval("publish.article").await;
    assert_ne!(first, second);
    world.settle().await;
    assert_eq!(published(&world).await, 0);
    world.react("ana", second, "✅", true).await;
    world.decided(second, "approved").await;
    world.settle().await;
    assert_eq!(published(&world).await, 1);
    world.close().await;
}
