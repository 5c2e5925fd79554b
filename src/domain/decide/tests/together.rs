//! Work that people have a hand in before its act: at L1 it begins with their word, at L2 each step needs their yes.

use std::sync::Arc;

use serde_json::json;

use super::lane::{Table, asked, runs, said, words};
use crate::approval::State as Vote;
use crate::effect::Effect;
use crate::event::{Event, Timer};
use crate::record::{Category, EscalationState};
use crate::task::State;
use crate::team::{Action, Autonomy};

/// A piece of work that somebody just asked for.
fn asked_for(playbook: &str, by: &str) -> (Table, Vec<Effect>) {
    with(playbook, by, |_| ())
}

fn with(playbook: &str, by: &str, change: impl FnOnce(&mut Table)) -> (Table, Vec<Effect>) {
    let mut table = Table::talk();
    change(&mut table);
    let effects = table.ask_for(playbook, by);
    (table, effects)
}

fn level(table: &mut Table, action: Action, level: Autonomy, quorum: u32) {
    let rule = Arc::make_mut(&mut table.dir.team).autonomy.get_mut(&action).expect("it is shipped");
    (rule.level, rule.quorum) = (level, quorum);
}

fn newest(table: &Table) -> (&str, Vote) {
    let approval = table.s.approvals.last().expect("an approval");
    (&approval.kind, approval.state)
}

#[test]
fn nobody_works_on_what_is_a_persons_to_decide_before_they_did() {
    let (mut table, effects) = asked_for("statement", "ben");
    assert_eq!(asked(&effects), Vec::<String>::new(), "ben may ask, and not decide");
    assert_eq!((newest(&table), table.root().state), (("task.start", Vote::Open), State::Waiting));
    let card = words(&effects).join("\n");
    assert!(card.contains("For approval: Tea For Teams\n**Title:** Tea For Teams"), "{card}");
    let why = &table.s.approvals[0].why;
    assert!(why.starts_with("crisis.statement is a person's to decide (L1): ") && why.contains("team.yaml:"), "{why}");
    assert_eq!(asked(&table.react("ben", "✅", true)), Vec::<String>::new());
    assert_eq!(newest(&table).1, Vote::Open);
    let effects = table.react("ana", "✅", true);
    assert_eq!(asked(&effects), ["market_research"]);
    let record = table.records.last().expect("a decision");
    assert_eq!((record.maker.as_str(), record.kind.as_str()), ("ana", "task.start"));
    assert_eq!(record.decision, "\"Tea For Teams\" is to be done");
    assert_eq!(table.root().state, State::InProgress);
    assert_eq!(asked(&table.react("ana", "✅", true)), Vec::<String>::new(), "told twice, it begins once");
}

#[test]
fn who_asks_for_what_is_theirs_has_decided_it_and_still_has_the_last_word() {
    let (mut table, effects) = asked_for("statement", "ana");
    assert_eq!(asked(&effects), ["market_research"]);
    assert!(table.s.approvals.is_empty());
    let record = table.records.last().expect("a decision");
    assert_eq!((record.maker.as_str(), record.kind.as_str()), ("ana", "task.start"));
    assert!(record.reasoning.starts_with("Decided by asking for it; crisis.statement is"), "{}", record.reasoning);
    table.until_step("release", State::Waiting);
    assert_eq!(newest(&table), ("crisis.statement", Vote::Open));
    let escalation = table.s.escalations.last().expect("an escalation");
    assert_eq!((escalation.category, escalation.state), (Category::Crisis, EscalationState::Open));
    assert!(!table.calls.iter().any(|c| c.run.as_ref().is_some_and(|r| r.skill == "publish_page")));
    let effects = table.react("you", "✅", true);
    assert_eq!(runs(&effects).len(), 1);
    assert_eq!(table.s.escalations.last().expect("it").state, EscalationState::Answered);
}

#[test]
fn one_of_two_words_is_not_enough_to_begin() {
    let (mut table, effects) = with("statement", "ana", |t| level(t, Action::CrisisStatement, Autonomy::L1, 2));
    assert_eq!(asked(&effects), Vec::<String>::new());
    assert_eq!(newest(&table), ("task.start", Vote::Open));
    assert_eq!(table.s.approvals[0].votes.len(), 1, "hers counts as one");
    assert_eq!(asked(&table.react("you", "✅", true)), ["market_research"]);
    table.until_step("release", State::Waiting);
    table.react("you", "✅", true);
    assert_eq!(table.step("release").state, State::Waiting, "and neither to put it out");
    assert_eq!(runs(&table.react("ana", "✅", true)).len(), 1);
}

#[test]
fn a_person_says_how_or_says_no() {
    let (mut table, _) = asked_for("statement", "ben");
    table.react("ana", "🔁", true);
    let effects = table.tell(&Event::Said(said("ana", Some("root"), "Only to customers in Norway.")));
    assert_eq!(asked(&effects), Vec::<String>::new());
    assert_eq!((newest(&table).1, table.s.approvals.len()), (Vote::Open, 2));
    assert!(words(&effects).join("\n").contains("ana says:\n> Only to customers in Norway."), "{:?}", words(&effects));
    assert_eq!(asked(&table.react("you", "✅", true)), ["market_research"]);
    let call = table.call_of("facts");
    assert!(call.material.to_string().contains("Only to customers in Norway."), "{}", call.material);
    assert_eq!(table.step("wording").notes.len(), 1);

    let (mut table, _) = asked_for("statement", "ben");
    let effects = table.react("you", "❌", true);
    assert!(words(&effects).iter().any(|text| text == "Stopped: you decided against it."), "{:?}", words(&effects));
    assert_eq!(table.root().state, State::Cancelled);
    assert_eq!(asked(&table.react("ana", "✅", true)), Vec::<String>::new());
    table.tell(&Event::Said(said("you", Some("root"), "It never happened.")));
    assert_eq!(table.records.last().map(|r| r.reasoning.as_str()), Some("It never happened."));
}

#[test]
fn what_nobody_decides_climbs_and_is_put_anew() {
    let (mut table, _) = asked_for("statement", "ben");
    let waits = table.s.approvals[0].expires_at - table.now;
    assert_eq!(waits, chrono::TimeDelta::hours(4), "a statement is urgent, and so is this");
    table.now += waits;
    table.tell(&Event::Due(Timer::Expire { approval: table.s.approvals[0].id }));
    assert_eq!((newest(&table).1, table.root().state), (Vote::Expired, State::Blocked));
    let post = table.s.escalations.last().expect("an escalation").post;
    let effects =
        table.tell(&Event::Reacted { post, by: "ben".into(), emoji: "🔁".into(), set: true, button: false });
    assert_eq!(asked(&effects), Vec::<String>::new(), "it is put anew, and not begun");
    assert_eq!((newest(&table).1, table.root().state), (Vote::Open, State::Waiting));
    assert_eq!(asked(&table.react("ana", "✅", true)), ["market_research"]);
}

#[test]
fn work_together_with_a_person_goes_on_step_by_step() {
    let (mut table, effects) = asked_for("campaign", "ben");
    assert_eq!(asked(&effects), ["market_research"], "only its launch is theirs to agree to, and what leads to it");
    for (step, next) in [("research", "campaign_manager"), ("strategy", "copywriter")] {
        let call = table.call_of(step);
        let outcome = table.good(&call);
        let effects = table.answer(&call, outcome.clone());
        assert_eq!(asked(&effects), Vec::<String>::new());
        assert_eq!((newest(&table), table.step(step).state), (("task.step", Vote::Open), State::Waiting));
        assert_eq!(asked(&table.answer(&call, outcome)), Vec::<String>::new(), "an answer that comes twice is one");
        assert_eq!(asked(&table.react("ben", "✅", true)), Vec::<String>::new());
        assert_eq!(asked(&table.react("ana", "✅", true)), [next]);
        assert_eq!(table.step(step).state, State::Done);
    }
    table.until_step("messages", State::Waiting);
    table.react("you", "🔁", true);
    let effects = table.tell(&Event::Said(said("you", Some("root"), "Shorter, please.")));
    assert_eq!(asked(&effects), ["copywriter"], "what they look at is made anew, and nothing before it");
    table.until_step("messages", State::Waiting);
    table.react("you", "✅", true);
    assert_eq!(table.step("voice").state, State::InProgress, "colleagues review it as ever");
    table.until_step("launch", State::Waiting);
    assert_eq!(newest(&table), ("campaign.launch", Vote::Open));
    assert_eq!(runs(&table.react("you", "✅", true)).len(), 1);
    assert!(table.records.iter().all(|r| r.kind != "task.step"), "what goes on is no decision of weight");
}

#[test]
fn a_yes_to_a_step_holds_for_what_was_shown() {
    let (mut table, _) = asked_for("campaign", "ben");
    table.until_step("research", State::Waiting);
    let first = table.s.approvals[0].clone();
    let edit = crate::event::Outcome::Acts {
        acts: vec![crate::act::Proposed {
            name: "start_work".into(),
            arguments: json!({ "playbook": "campaign", "title": "Tea For Others" }),
        }],
        text: None,
    };
    let mut request = said("ben", None, "@campaign_manager another campaign");
    request.message = super::lane::source_message();
    table.tell(&Event::Edited { said: request });
    let call = table.calls.iter().rfind(|c| table.root().call == Some(c.id)).cloned().expect("it is read anew");
    table.answer(&call, edit);
    assert_eq!(table.s.approvals[0].state, Vote::Void);
    assert_eq!(table.step("research").state, State::InProgress);
    let late = Event::Reacted { post: first.post, by: "ana".into(), emoji: "✅".into(), set: true, button: false };
    table.tell(&late);
    assert_eq!(table.step("research").state, State::InProgress, "a late yes is to what is gone");
    table.until_step("research", State::Waiting);
    assert_ne!(table.s.approvals.last().map(|a| a.digest.clone()), Some(first.digest));
}

#[test]
fn a_persona_whose_acts_are_approved_does_not_begin_by_itself() {
    let assisted = |t: &mut Table| level(t, Action::TaskStart, Autonomy::L3, 1);
    let (mut table, effects) = with("content", "ben", assisted);
    assert_eq!(asked(&effects), Vec::<String>::new());
    assert_eq!(newest(&table), ("task.start", Vote::Open));
    assert_eq!(asked(&table.react("ana", "✅", true)).len(), 3);
    let (_, effects) = with("content", "you", assisted);
    assert_eq!(asked(&effects).len(), 3, "who may approve and asks has said yes");
}
