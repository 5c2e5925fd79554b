use serde_json::json;

use super::lane::{Table, acts, asked, runs, said, words};
use crate::effect::{Body, Effect, Post};
use crate::event::{Event, MessageId, Outcome, Timer};
use crate::task::{NoteKind, State};

fn in_thread(by: &str, text: &str) -> Event {
    Event::Said(said(by, Some("root"), text))
}

fn hand(table: &mut Table, by: &str, set: bool) -> Vec<Effect> {
    let post = table.root().post.expect("a root post");
    table.tell(&Event::Reacted { post, by: by.into(), emoji: "🙋".into(), set, button: false })
}

/// Whether somebody other than the department's own voice says something new.
fn personas_speak(effects: &[Effect]) -> bool {
    effects.iter().any(|e| matches!(e, Effect::Post(Post { from, .. }) if from.as_str() != "bullpen"))
}

#[test]
fn a_raised_hand_silences_the_work_until_it_is_taken_back() {
    let mut table = Table::content();
    table.until_step("draft", State::InProgress);
    let draft = table.call_of("draft");
    let effects = hand(&mut table, "you", true);
    assert!(words(&effects)[0].starts_with("you has this thread now."), "{:?}", words(&effects));
    let card = |e: &Effect| match e {
        Effect::Revise { content: Post { body: Body::Card(card), .. }, .. } => {
            card.fields.iter().any(|(name, value)| name == "Taken over by" && value.starts_with("you"))
        }
        _ => false,
    };
    assert!(effects.iter().any(card), "the root card says who has it");
    let late = table.answer(&draft, acts("submit", json!({ "title": "Too late", "body": "Too late" })));
    assert!(late.is_empty(), "what a model in flight answers is left out: {late:?}");
    for text in ["@copywriter are you there?", "The figures are wrong, use those of March."] {
        assert!(table.tell(&in_thread("ana", text)).is_empty(), "nobody answers {text:?}");
    }
    assert!(table.tell(&in_thread("gus", "@copywriter make it up")).is_empty(), "a guest neither");
    let effects = hand(&mut table, "you", false);
    assert!(asked(&effects).contains(&"copywriter".to_owned()), "{:?}", asked(&effects));
    let told: Vec<_> = table.step("draft").notes.iter().map(|n| (n.kind, n.from.as_str(), n.text.as_str())).collect();
    assert_eq!(told.len(), 2, "a guest's words do not go with it: {told:?}");
    assert_eq!(told[1], (NoteKind::Meanwhile, "ana", "The figures are wrong, use those of March."));
    assert!(table.root().taken_over.is_none());
    table.until_step("publish", State::Waiting);
}

#[test]
fn what_a_skill_did_meanwhile_is_kept_and_nobody_is_chased() {
    let mut table = Table::content();
    table.until_step("publish", State::Waiting);
    let publish = table.react("you", "✅", true);
    assert_eq!(runs(&publish).len(), 1);
    let call = table.call_of("publish");
    table.tell(&in_thread("you", "@bullpen take over"));
    let published = table.good(&call);
    assert!(table.answer(&call, published.clone()).is_empty(), "nothing is said now");
    assert!(table.answer(&call, published).is_empty());
    let reminders: Vec<Timer> =
        table.timers.iter().map(|(_, t)| t.clone()).filter(|t| matches!(t, Timer::Remind { .. })).collect();
    for timer in reminders {
        assert!(table.tell(&Event::Due(timer)).is_empty());
    }
    let effects = table.tell(&in_thread("you", "@bullpen hand back"));
    assert_eq!(table.step("publish").state, State::Done, "it is not published twice");
    assert_eq!(runs(&effects).iter().filter(|run| run.skill == "publish_page").count(), 0);
}

#[test]
fn votes_and_edits_count_once_it_is_handed_back() {
    let mut table = Table::content();
    table.until_step("publish", State::Waiting);
    table.tell(&in_thread("you", "@bullpen take over"));
    assert!(table.react("ana", "✅", true).is_empty());
    assert!(table.react("ana", "✅", true).is_empty(), "a repeat neither");
    let effects = table.tell(&in_thread("you", "@bullpen hand back"));
    assert_eq!(runs(&effects).iter().filter(|run| run.skill == "publish_page").count(), 1, "once");
}

#[test]
fn the_first_has_it_and_who_may_not_is_answered_kindly() {
    let mut table = Table::content();
    table.dir.people[1].rights.insert(crate::org::Right::TakeOver);
    table.until_step("draft", State::InProgress);
    let effects = hand(&mut table, "ben", true);
    assert!(words(&effects)[0].starts_with("Thank you, ben."), "{:?}", words(&effects));
    assert!(table.root().taken_over.is_none());
    hand(&mut table, "you", true);
    assert!(!personas_speak(&hand(&mut table, "you", true)), "a repeat changes nothing");
    let effects = hand(&mut table, "ana", true);
    assert!(words(&effects)[0].starts_with("ana, you has this thread"), "{:?}", words(&effects));
    hand(&mut table, "ana", false);
    assert_eq!(table.root().taken_over.as_ref().map(|t| t.by.as_str()), Some("you"), "only who has it takes it back");
    table.tell(&in_thread("ben", "@bullpen hand back"));
    assert!(table.root().taken_over.is_some());
    table.tell(&in_thread("ana", "@bullpen hand back"));
    assert!(table.root().taken_over.is_none(), "somebody else with the right says it");
    let effects = table.tell(&in_thread("you", "@bullpen hand back"));
    assert!(words(&effects)[0].contains("nobody has taken"), "{:?}", words(&effects));
}

#[test]
fn a_conversation_is_taken_over_by_its_thread() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("ben", None, "@copywriter what are you on?")));
    let call = table.calls[0].clone();
    // The message of ben is the thread's root.
    let reply = |by: &str, text: &str| Event::Said(said(by, Some("message of ben"), text));
    let effects = table.tell(&reply("you", "@bullpen take over"));
    let thread = MessageId { channel: "management".into(), id: "message of ben".into() };
    let held = Effect::Hold { thread: thread.clone(), by: Some("you".into()) };
    assert!(effects.contains(&held), "{effects:?}");
    assert!(table.answer(&call, acts("say", json!({ "text": "On tea." }))).is_empty(), "the answer in flight");
    assert!(table.tell(&reply("ben", "@copywriter hello?")).is_empty());
    assert_eq!(asked(&table.tell(&Event::Said(said("ana", None, "@designer and you?")))), ["designer"], "elsewhere");
    table.tell(&reply("you", "@bullpen hand back"));
    assert_eq!(asked(&table.tell(&reply("ben", "@copywriter hello?"))), ["copywriter"]);
}

#[test]
fn what_is_stopped_is_no_longer_taken_over() {
    let mut table = Table::content();
    hand(&mut table, "you", true);
    table.tell(&Event::Deleted { message: super::lane::source_message(), by: "you".into() });
    assert_eq!(table.root().state, State::Cancelled);
    assert!(table.root().taken_over.is_none());
    let effects = hand(&mut table, "you", true);
    assert!(words(&effects)[0].contains("is over"), "{:?}", words(&effects));
}

#[test]
fn a_call_that_was_withheld_and_still_counts_is_asked_anew() {
    let mut table = Table::content();
    table.until_step("draft", State::InProgress);
    let call = table.call_of("draft");
    let effects = table.answer(&call, Outcome::Withheld);
    assert_eq!(asked(&effects), ["copywriter"]);
}

#[test]
fn a_hand_on_a_conversations_card_takes_its_thread_and_gives_it_back() {
    let mut table = Table::talk();
    let mut message = said("ben", None, "@director_comms there was a data breach last night");
    message.thread = Some("root".into());
    table.s.lane = crate::lane::Lane::talk("management", Some("root"));
    table.tell(&Event::Said(message));
    let post = table.s.escalations[0].post;
    let hand = |by: &str, set| Event::Reacted { post, by: by.into(), emoji: "🙋‍♀".into(), set, button: false };
    assert!(words(&table.tell(&hand("ana", true)))[0].starts_with("Thank you, ana."), "without the right");
    assert!(words(&table.tell(&hand("you", true)))[0].starts_with("you has this thread now."));
    assert!(table.tell(&hand("ana", false)).is_empty(), "only who has it gives it back");
    assert!(table.tell(&hand("you", true)).is_empty(), "a repeat");
    assert!(words(&table.tell(&hand("you", false)))[0].starts_with("Handed back by you"));
    assert!(table.tell(&hand("you", false)).is_empty());
}

#[test]
fn of_one_hand_on_a_card_only_its_last_move_counts_and_no_goes_before_yes() {
    for (first, then, runs_it) in [
        (("ana", "✅", true), ("ana", "✅", false), false),
        (("ana", "✅", true), ("you", "❌", true), false),
        (("ana", "✅", false), ("ana", "✅", true), true),
    ] {
        let mut table = put_before_people();
        take(&mut table);
        for (by, emoji, set) in [first, then] {
            table.react(by, emoji, set);
        }
        let effects = give_back(&mut table);
        assert_eq!(!runs(&effects).is_empty(), runs_it, "{first:?}, then {then:?}");
    }
}

#[test]
fn a_condition_said_meanwhile_is_one_and_approvals_are_taken_back_at_once() {
    let mut table = put_before_people();
    take(&mut table);
    table.react("ana", "✅", true);
    table.tell(&Event::Said(said("ana", Some("root"), "ok, but drop the price")));
    let taken_back = table.tell(&Event::Said(said("ana", Some("root"), "@bullpen take my approvals back")));
    assert!(!words(&taken_back).is_empty(), "it is answered, and not kept");
    let effects = give_back(&mut table);
    assert!(runs(&effects).is_empty(), "what was agreed to with a condition does not go out");
    assert!(table.step("draft").notes.iter().any(|note| note.text.contains("drop the price")));
}

/// A piece before people.
fn put_before_people() -> Table {
    let mut table = Table::content();
    table.until(|t| t.s.approvals.iter().any(crate::approval::Approval::is_undecided));
    table
}

fn take(table: &mut Table) {
    table.tell(&Event::Said(said("you", Some("root"), "@bullpen take over")));
    assert!(table.root().taken_over.is_some());
}

fn give_back(table: &mut Table) -> Vec<Effect> {
    table.tell(&Event::Said(said("you", Some("root"), "@bullpen hand back")))
}
