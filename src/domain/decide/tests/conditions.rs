//! A yes with a condition, and what a piece that goes back leaves of a yes.

use serde_json::{Value, json};

use super::lane::{Table, acts, runs, said, words};
use crate::approval::State as Approval;
use crate::decide::conditions::is_conditional_yes;
use crate::event::{Event, Outcome, Purpose};
use crate::task::State;

fn put() -> Table {
    let mut table = Table::content();
    table.until(|t| !t.s.approvals.is_empty());
    table
}

fn say(table: &mut Table, by: &str, text: &str) -> Vec<String> {
    let effects = table.tell(&Event::Said(said(by, Some("root"), text)));
    assert_eq!(runs(&effects), Vec::new());
    words(&effects)
}

#[test]
fn what_is_a_yes_with_a_condition() {
    for text in [
        "approved, if the subject is changed",
        "Approve once the typo is gone.",
        "ok but drop the second paragraph",
        "✅ if legal is fine with it",
        "✅️ provided that the date is right",
        "@content_manager yes, when the link works",
        "YES — unless it is a Monday",
    ] {
        assert!(is_conditional_yes(text), "{text}");
    }
    for text in [
        "approved",
        "✅",
        "yes, when does it go out?",
        "if you approve it, tell me",
        "I would say yes but",
        "okra is good if fried",
        "",
        "but yes",
        "yesterday, when it rained",
    ] {
        assert!(!is_conditional_yes(text), "{text}");
    }
}

#[test]
fn a_yes_with_a_condition_is_a_wish_for_changes() {
    let mut table = put();
    let said = say(&mut table, "ana", "approved, if the title is shorter");
    assert!(said.iter().any(|w| w.contains("ana asks for a change") && w.contains("if the title is shorter")));
    assert!(said.iter().all(|w| !w.contains("what should change?")), "it was said already");
    let card = &table.s.approvals[0];
    assert_eq!((card.state, card.decided_by.as_deref()), (Approval::Changes, Some("ana")));
    assert_eq!(card.reason.as_deref(), Some("approved, if the title is shorter"));
    assert_eq!(table.step("draft").notes[0].text, "approved, if the title is shorter");
    table.until(|t| t.s.approvals.len() == 2);
}

#[test]
fn it_is_anybody_s_talk_from_one_who_may_not_vote() {
    let mut table = put();
    say(&mut table, "ben", "approved, if the title is shorter");
    assert_eq!(table.s.approvals[0].state, Approval::Open);
}

#[test]
fn a_plain_yes_before_the_outcome_meant_the_condition() {
    let mut table = put();
    table.s.approvals[0].quorum = 2;
    table.react("ana", "✅", true);
    say(&mut table, "ana", "ok, but drop the joke");
    let card = &table.s.approvals[0];
    assert_eq!(card.state, Approval::Changes);
    assert!(card.votes[0].taken_back.is_some());
}

#[test]
fn after_the_outcome_it_counts_as_long_as_nothing_is_done() {
    let mut table = put();
    table.react("you", "✅", true);
    let said = say(&mut table, "you", "yes, but drop the joke");
    assert!(said[0].contains("is being carried out already, so a condition comes too late"), "{said:?}");
    assert_eq!(table.s.approvals[0].state, Approval::Approved);
    let call = table.call_of("publish");
    table.answer(&call, Outcome::Failed { why: "the disk is full".into(), later: true });
    say(&mut table, "you", "yes, but drop the joke");
    assert_eq!(table.s.approvals[0].state, Approval::Changes);
    assert_eq!(table.step("draft").state, State::InProgress);
    table.until(|t| t.s.approvals.len() == 2);
    assert_eq!(table.s.approvals[1].state, Approval::Open);
}

/// Answers with what was made before, so that the piece comes out as it was.
fn the_same_again(table: &mut Table, there: impl Fn(&Table) -> bool) {
    for _ in 0..200 {
        if there(table) {
            return;
        }
        let call = table.awaited().unwrap_or_else(|| panic!("nothing is under way: {:#?}", table.states()));
        let before = match (&call.purpose, &call.run) {
            (Purpose::Work { task }, None) => table.s.tasks.iter().find(|t| t.id == *task).and_then(|task| {
                let first = table.s.deliverables.iter().find(|d| Some(&d.step) == task.step.as_ref())?;
                Some(acts("submit", Value::Object(first.fields.clone())))
            }),
            _ => None,
        };
        let outcome = before.unwrap_or_else(|| table.good(&call));
        table.answer(&call, outcome);
    }
    panic!("it goes round and round: {:#?}", table.states());
}

#[test]
fn a_yes_that_was_used_does_not_cover_the_same_piece_when_it_comes_back() {
    let mut table = put();
    table.react("you", "✅", true);
    let input = table.s.approvals[0].input.clone();
    table.until_step("publish", State::Done);
    table.tell(&Event::Said(said("you", Some("root"), "@content_manager please look at it once more")));
    let call = table.calls.last().expect("a question").clone();
    table.answer(&call, acts("request_change", json!({ "text": "look at it once more" })));
    assert_ne!(table.step("publish").state, State::Done, "it went back");
    the_same_again(&mut table, |t| {
        let publish = t.step("publish");
        publish.state != State::Open && publish.depends_on.iter().all(|id| t.s.tasks.iter().any(|x| x.id == *id))
    });
    let article = |a: &&crate::approval::Approval| a.kind == "publish.article";
    let cards: Vec<_> = table.s.approvals.iter().filter(article).collect();
    assert_eq!(table.step("publish").state, State::Waiting, "people are asked again");
    assert_eq!((cards.len(), cards[0].state, cards[1].state), (2, Approval::Approved, Approval::Open));
    assert_eq!(cards[1].input, input, "it is the same piece");
}
