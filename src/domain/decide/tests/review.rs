use serde_json::json;

use super::lane::{Table, acts, asked, words};
use crate::act::Verdict;
use crate::event::Outcome;
use crate::record::Category;
use crate::task::State;

/// A first draft that is being reviewed.
fn reviewing() -> Table {
    let mut table = Table::content();
    table.until_step("draft", State::Done);
    table
}

fn changes(note: &str) -> Outcome {
    acts("review", json!({ "verdict": "changes", "summary": "Not yet.", "notes": [note] }))
}

/// Answers one step's calls until it waits for none: its check first where it has one.
fn judge(table: &mut Table, step: &str, outcome: Outcome) {
    let call = table.call_of(step);
    if matches!(call.purpose, crate::event::Purpose::Check { .. }) {
        table.answer(&call, Outcome::Result { output: json!({ "notes": [] }) });
    }
    let call = table.call_of(step);
    table.answer(&call, outcome);
}

#[test]
fn one_revision_answers_all_reviews_of_a_version() {
    let mut table = reviewing();
    judge(&mut table, "editing", changes("open with a story"));
    assert_eq!(table.step("draft").state, State::Done, "the others are still reading");
    judge(&mut table, "voice", changes("no superlatives"));
    assert_eq!(table.step("draft").state, State::Done);
    let seo = table.call_of("seo");
    table.answer(&seo, Outcome::Result { output: json!({ "score": 70, "notes": ["say the keyword in the title"] }) });
    let draft = table.step("draft");
    assert_eq!((draft.state, draft.round), (State::InProgress, 2));
    let notes: Vec<&str> = draft.notes.iter().map(|n| n.text.as_str()).collect();
    assert_eq!(notes, ["open with a story", "no superlatives", "say the keyword in the title"]);
    for review in ["editing", "voice", "seo"] {
        assert_eq!((table.step(review).state, table.step(review).round), (State::Open, 2), "{review}");
    }
    assert_eq!(table.step("design").round, 1, "what does not rest on the draft stays");
}

#[test]
fn an_answer_to_an_older_question_is_dropped() {
    let mut table = reviewing();
    let old = table.call_of("editing");
    judge(&mut table, "editing", changes("open with a story"));
    judge(&mut table, "voice", changes("no superlatives"));
    let seo = table.call_of("seo");
    table.answer(&seo, Outcome::Result { output: json!({ "score": 95, "notes": [] }) });
    assert_eq!(table.step("editing").state, State::Open);
    let before = format!("{:?}", table.s);
    assert!(table.answer(&old, changes("too late")).is_empty());
    assert_eq!(format!("{:?}", table.s), before);
}

#[test]
fn what_a_check_found_stands_whatever_the_model_makes_of_it() {
    let mut table = reviewing();
    let check = table.call_of("voice");
    table.answer(&check, Outcome::Result { output: json!({ "notes": ["\"world-class\" is banned"] }) });
    let call = table.call_of("voice");
    table.answer(&call, acts("review", json!({ "verdict": "approve", "summary": "Fine.", "notes": [] })));
    let review = table.s.reviews.last().expect("a review");
    assert_eq!(
        (review.verdict, review.notes.as_slice()),
        (Verdict::Changes, ["\"world-class\" is banned".to_owned()].as_slice())
    );
}

#[test]
fn a_score_below_the_mark_never_passes_and_the_mark_itself_does() {
    for (score, verdict) in [(84, Verdict::Changes), (85, Verdict::Approve)] {
        let mut table = reviewing();
        let call = table.call_of("seo");
        table.answer(&call, Outcome::Result { output: json!({ "score": score, "notes": [] }) });
        let review = table.s.reviews.last().expect("a review");
        assert_eq!((review.verdict, review.score), (verdict, Some(score)));
    }
}

/// Drives the loop with an editor who never agrees, until the piece is put before people.
fn with_a_stubborn_editor(table: &mut Table) {
    for _ in 0..100 {
        if table.s.approvals.last().is_some_and(|a| a.state == crate::approval::State::Open) {
            return;
        }
        let call = table.awaited().expect("something is under way");
        let outcome = if table.step("editing").call == Some(call.id) { changes("never") } else { table.good(&call) };
        table.answer(&call, outcome);
    }
    panic!("it goes round for ever: {:#?}", table.states());
}

#[test]
fn a_loop_has_an_end_and_people_hear_of_it() {
    let mut table = Table::content();
    with_a_stubborn_editor(&mut table);
    let rounds = table.s.reviews.iter().filter(|r| r.step == "editing").count();
    assert_eq!((rounds, table.step("draft").round), (4, 4));
    assert_eq!(table.s.escalations.len(), 1);
    assert_eq!(table.s.escalations[0].category, Category::NoAgreement);
    assert!(table.s.escalations[0].issue.contains("never"));
}

#[test]
fn a_persons_wish_gives_the_reviews_all_their_rounds_again() {
    let mut table = Table::content();
    table.until(|t| !t.s.approvals.is_empty());
    for _ in 0..4 {
        table.react("you", "🔁", true);
        table.tell(&crate::event::Event::Said(super::lane::said("you", Some("root"), "again")));
        let put = table.s.approvals.len();
        table.until(|t| t.s.approvals.len() > put);
    }
    table.react("you", "🔁", true);
    table.tell(&crate::event::Event::Said(super::lane::said("you", Some("root"), "again")));
    table.until_step("draft", State::Done);
    judge(&mut table, "editing", changes("this is worse"));
    judge(&mut table, "voice", acts("review", json!({ "verdict": "approve", "summary": "Fine.", "notes": [] })));
    let seo = table.call_of("seo");
    table.answer(&seo, Outcome::Result { output: json!({ "score": 95, "notes": [] }) });
    assert_eq!(table.s.escalations.len(), 0, "the editor has not sent it back once since");
    assert_eq!(table.step("draft").state, State::InProgress, "so it goes back");
}

#[test]
fn an_answer_that_does_not_fit_is_asked_for_once_more_then_escalated() {
    let mut table = reviewing();
    let first = table.call_of("editing");
    let effects = table.answer(&first, acts("review", json!({ "verdict": "changes", "summary": "No.", "notes": [] })));
    assert_eq!(asked(&effects), ["content_manager"]);
    let again = table.call_of("editing");
    assert!(again.ask.contains("needs at least one note"), "{}", again.ask);
    let effects = table.answer(&again, acts("submit", json!({})));
    assert!(asked(&effects).is_empty());
    assert_eq!(table.step("editing").state, State::Blocked);
    assert!(words(&effects).iter().any(|w| w.contains("\"submit\" was not offered")));
    let post = table.s.escalations[0].post;
    let again = crate::event::Event::Reacted { post, by: "ben".into(), emoji: "🔁".into(), set: true, button: false };
    assert_eq!(asked(&table.tell(&again)), ["content_manager"]);
    let guest = crate::event::Event::Reacted { post, by: "gus".into(), emoji: "🔁".into(), set: true, button: false };
    assert!(table.tell(&guest).is_empty());
}

#[test]
fn trouble_with_the_model_does_not_use_up_rounds() {
    let mut table = reviewing();
    for _ in 0..5 {
        let call = table.call_of("editing");
        table.answer(&call, Outcome::Failed { why: "the endpoint does not answer".into(), later: true });
        let resume = table.timers.iter().rfind(|(_, t)| matches!(t, crate::event::Timer::Resume { .. }));
        let (at, timer) = resume.expect("it is tried again later").clone();
        table.now = at;
        table.tell(&crate::event::Event::Due(timer));
    }
    judge(&mut table, "editing", changes("open with a story"));
    assert_eq!(table.step("editing").state, State::Waiting, "it is sent back, and not waved through");
    let trouble = table.s.escalations.iter().filter(|e| e.category == Category::NoAgreement).count();
    assert_eq!(trouble, 0);
}
