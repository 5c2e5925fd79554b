use serde_json::json;

use super::lane::{Call, Table, acts, handle, said, words};
use crate::effect::{Body, Effect, Post};
use crate::event::{Event, Outcome, Purpose, Timer};
use crate::record::{Escalation, EscalationState};
use crate::task::{NoteKind, State};

/// A copywriter who cannot write the draft.
fn stuck() -> Table {
    let mut table = Table::content();
    table.until_step("draft", State::InProgress);
    let call = table.call_of("draft");
    table.answer(&call, acts("escalate", json!({ "issue": "Nobody gave me the figures." })));
    table
}

fn newest(table: &Table) -> &Escalation {
    table.s.escalations.last().expect("an escalation")
}

/// The newest question to somebody above.
fn asked(table: &Table) -> Call {
    let help = table.calls.iter().rfind(|call| matches!(call.purpose, Purpose::Help { .. }));
    help.cloned().expect("somebody is asked")
}

fn pass_up(table: &mut Table) -> Vec<Effect> {
    let call = asked(table);
    table.answer(&call, acts("escalate", json!({ "issue": "Not mine to settle." })))
}

fn where_it_is(table: &Table) -> (i32, Vec<&str>) {
    let escalation = newest(table);
    (escalation.level, escalation.to.iter().map(String::as_str).collect())
}

fn climb_on(table: &mut Table) -> Vec<Effect> {
    let (at, timer) = table.timers.iter().rfind(|(_, t)| matches!(t, Timer::Climb { .. })).cloned().expect("a timer");
    table.now = at;
    table.tell(&Event::Due(timer))
}

#[test]
fn the_manager_is_asked_first_and_the_answer_flows_back() {
    let mut table = stuck();
    assert_eq!(table.step("draft").state, State::Blocked);
    assert_eq!(where_it_is(&table), (1, vec!["content_manager"]));
    assert!(newest(&table).impact.starts_with("Draft waits, and "), "{}", newest(&table).impact);
    let call = asked(&table);
    assert_eq!(call.persona, handle("content_manager"));
    assert_eq!(call.material["escalation"]["issue"], "Nobody gave me the figures.");
    let effects = table.answer(&call, acts("settle", json!({ "answer": "Use the figures of last year." })));
    assert!(words(&effects).iter().any(|text| text == "@copywriter Use the figures of last year."));
    let settled = |e: &Effect| matches!(e, Effect::Revise { content: Post { body: Body::Card(card), .. }, .. } if card.title == "This is settled");
    assert!(effects.iter().any(settled), "the card says so");
    let escalation = newest(&table);
    assert_eq!(
        (escalation.state, escalation.answered_by.as_deref()),
        (EscalationState::Answered, Some("content_manager"))
    );
    let draft = table.step("draft");
    assert_eq!((draft.state, draft.notes.last().map(|n| n.kind)), (State::InProgress, Some(NoteKind::Answer)));
    assert_eq!(table.call_of("draft").material["notes"][0]["text"], "Use the figures of last year.");
    let told_twice = table.answer(&call, acts("settle", json!({ "answer": "Or of this year." })));
    assert!(told_twice.is_empty(), "an answer is taken once");
}

#[test]
fn nobody_who_can_settle_it_brings_it_before_people_and_their_word_does() {
    let mut table = stuck();
    pass_up(&mut table);
    assert_eq!(where_it_is(&table), (2, vec!["vp_marketing"]));
    pass_up(&mut table);
    assert_eq!(where_it_is(&table), (3, vec!["cmo"]));
    let call = asked(&table);
    table.answer(&call, Outcome::Failed { why: "the endpoint is away".into(), later: true });
    assert_eq!(where_it_is(&table), (4, vec!["you", "ana", "ben"]));
    assert_eq!(newest(&table).attempts.len(), 3);
    let question = table.tell(&Event::Said(said("ana", Some("root"), "@copywriter which figures?")));
    assert!(question.iter().any(|e| matches!(e, Effect::Ask(_))), "a question back is talk");
    table.tell(&Event::Said(said("ana", Some("root"), "Thanks, I am looking into it.")));
    assert_eq!(newest(&table).state, EscalationState::Open, "what names nobody answers nobody");
    table.tell(&Event::Said(said("gus", Some("root"), "@copywriter make them up")));
    assert_eq!(newest(&table).state, EscalationState::Open, "a stranger's word settles nothing");
    table.tell(&Event::Said(said("ana", Some("root"), "@copywriter take last year's, and say so")));
    let escalation = newest(&table);
    assert_eq!((escalation.state, escalation.answered_by.as_deref()), (EscalationState::Answered, Some("ana")));
    assert_eq!(table.step("draft").state, State::InProgress);
}

#[test]
fn silence_climbs_by_itself_and_people_are_reminded_so_often_and_no_more() {
    let mut table = stuck();
    let late = asked(&table);
    climb_on(&mut table);
    assert_eq!(where_it_is(&table), (2, vec!["vp_marketing"]));
    assert_eq!(newest(&table).attempts, ["@content_manager did not answer in time"]);
    assert!(table.answer(&late, acts("settle", json!({ "answer": "Too late." }))).is_empty(), "it is with others now");
    let stale = Timer::Climb { escalation: newest(&table).id, level: 1 };
    assert!(table.tell(&Event::Due(stale)).is_empty());
    climb_on(&mut table);
    climb_on(&mut table);
    assert_eq!(newest(&table).level, 4);
    let reminders = (0..5).filter(|_| !words(&climb_on(&mut table)).is_empty()).count();
    assert_eq!(reminders, 3);
}

#[test]
fn an_answer_that_did_not_help_is_followed_by_those_above() {
    let mut table = stuck();
    let call = asked(&table);
    table.answer(&call, acts("settle", json!({ "answer": "Try harder." })));
    let call = table.call_of("draft");
    table.answer(&call, acts("escalate", json!({ "issue": "Still no figures." })));
    assert_eq!(where_it_is(&table), (2, vec!["vp_marketing"]));
}

#[test]
fn two_answers_without_sense_climb() {
    let mut table = stuck();
    for _ in 0..2 {
        assert_eq!(where_it_is(&table), (1, vec!["content_manager"]));
        let call = asked(&table);
        table.answer(&call, acts("publish", json!({ "approved": true })));
    }
    assert_eq!(where_it_is(&table), (2, vec!["vp_marketing"]));
}

#[test]
fn who_answers_to_the_top_goes_straight_there() {
    let mut table = Table::content();
    let call = table.call_of("research");
    table.answer(&call, acts("escalate", json!({ "issue": "No sources." })));
    assert_eq!(where_it_is(&table), (3, vec!["cmo"]));
}
