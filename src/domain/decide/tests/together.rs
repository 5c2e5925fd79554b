//! Work that people have a hand in before its act: at L1 it begins with their word, at L2 each step needs their yes.

use std::sync::Arc;

use serde_json::json;

use super::lane::{Table, asked, runs, said, words};
use crate::approval::State as Vote;
use crate::effect::Effect;
use crate::event::{Event, Purpose, Timer};
use crate::org::Right;
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
fn what_a_person_decided_goes_out_with_their_word_alone() {
    let (mut table, effects) = asked_for("statement", "ana");
    assert_eq!(asked(&effects), Vec::<String>::new(), "that she asked for this is what a model read");
    assert_eq!(asked(&table.react("ana", "✅", true)), ["market_research"]);
    table.until_step("release", State::Waiting);
    assert_eq!(newest(&table), ("crisis.statement", Vote::Open));
    let escalation = table.s.escalations.last().expect("an escalation");
    assert_eq!((escalation.category, escalation.state), (Category::OutsideAuthority, EscalationState::Open));
    assert!(!table.calls.iter().any(|c| c.run.as_ref().is_some_and(|r| r.skill == "publish_page")));
    let effects = table.react("you", "✅", true);
    assert_eq!(runs(&effects).len(), 1);
    assert_eq!(table.s.escalations.last().expect("it").state, EscalationState::Answered);
}

#[test]
fn one_of_two_words_is_not_enough_to_begin() {
    let strict = |t: &mut Table| {
        level(t, Action::CrisisStatement, Autonomy::L1, 2);
        level(t, Action::TaskStart, Autonomy::L3, 1);
    };
    let (mut table, effects) = with("statement", "ana", strict);
    assert_eq!(asked(&effects), Vec::<String>::new());
    let why = &table.s.approvals[0].why;
    assert!(why.contains("(L1)"), "the strictest of what the rules want: {why}");
    assert_eq!(asked(&table.react("ana", "✅", true)), Vec::<String>::new());
    assert_eq!(asked(&table.react("you", "✅", true)), ["market_research"]);
    table.until_step("release", State::Waiting);
    table.react("you", "✅", true);
    assert_eq!(table.step("release").state, State::Waiting, "and neither to put it out");
    assert_eq!(runs(&table.react("ana", "✅", true)).len(), 1);
}

#[test]
fn a_rule_that_is_relaxed_meanwhile_lets_go() {
    let (mut table, _) = asked_for("statement", "ben");
    level(&mut table, Action::CrisisStatement, Autonomy::L3, 1);
    table.react("ana", "🔁", true);
    let effects = table.tell(&Event::Said(said("ana", Some("root"), "Only to customers.")));
    assert_eq!(asked(&effects), ["market_research"], "nobody's word is wanted any more");
    let (mut table, _) = asked_for("campaign", "ben");
    table.until_step("research", State::Waiting);
    level(&mut table, Action::CampaignLaunch, Autonomy::L3, 1);
    table.now += chrono::TimeDelta::days(9);
    table.tell(&Event::Due(Timer::Expire { approval: table.s.approvals[0].id }));
    assert_eq!(table.step("research").state, State::Blocked);
    assert_eq!(asked(&table.react("ana", "🔁", true)), ["campaign_manager"]);
}

#[test]
fn what_nobody_may_decide_is_put_anew_once_somebody_may() {
    let nobody =
        |t: &mut Table| t.dir.people.iter_mut().for_each(|p| p.rights.retain(|right| *right != Right::Approve));
    let (mut table, effects) = with("statement", "ben", nobody);
    assert_eq!((asked(&effects), table.root().state), (Vec::new(), State::Blocked));
    let post = table.s.escalations.last().expect("people hear of it").post;
    let again = Event::Reacted { post, by: "ben".into(), emoji: "🔁".into(), set: true, button: false };
    table.tell(&again);
    let open = |table: &Table| table.s.escalations.iter().filter(|e| e.state == EscalationState::Open).count();
    assert_eq!((open(&table), table.root().state), (1, State::Blocked), "still nobody");
    table.dir.people[1].rights.insert(Right::Approve);
    let post = table.s.escalations.last().expect("people hear of it").post;
    table.tell(&Event::Reacted { post, by: "ben".into(), emoji: "🔁".into(), set: true, button: false });
    assert_eq!((open(&table), table.root().state), (0, State::Waiting));
    assert_eq!(asked(&table.react("ana", "✅", true)), ["market_research"]);
}

#[test]
fn a_review_at_l2_ends_its_rounds_like_any_other() {
    let (mut table, _) = asked_for("messaging", "you");
    for _ in 0..100 {
        if table.step("release").state == State::Waiting {
            break;
        }
        if table.step("wording").state == State::Waiting {
            table.react("you", "✅", true);
            continue;
        }
        let call = table.awaited().expect("something is under way");
        let notes = json!({ "verdict": "changes", "summary": "No.", "notes": ["again"] });
        let outcome = match call.purpose {
            Purpose::Review { .. } => super::lane::acts("review", notes),
            _ => table.good(&call),
        };
        table.answer(&call, outcome);
    }
    assert_eq!(table.step("release").state, State::Waiting, "{:?}", table.states());
    assert!(table.s.escalations.iter().any(|e| e.category == Category::NoAgreement));
}

/// A content piece whose publication is done together with people: three steps wait for them side by side.
fn side_by_side() -> Table {
    let (mut table, _) = with("content", "ben", |t| level(t, Action::PublishArticle, Autonomy::L2, 1));
    for step in ["research", "numbers", "keywords"] {
        let call = table.call_of(step);
        let outcome = table.good(&call);
        table.answer(&call, outcome);
    }
    table
}

fn react_on(table: &mut Table, step: &str, emoji: &str) -> Vec<Effect> {
    let task = table.step(step).id;
    let post = table.s.approvals.iter().rfind(|a| a.step_task == task).expect("a card").post;
    table.tell(&Event::Reacted { post, by: "ana".into(), emoji: emoji.into(), set: true, button: false })
}

#[test]
fn a_wish_belongs_to_the_card_that_it_was_said_of() {
    let mut table = side_by_side();
    react_on(&mut table, "research", "🔁");
    let effects = table.tell(&Event::Said(said("ana", Some("root"), "Ask those who lead.")));
    assert_eq!(asked(&effects), ["market_research"]);
    let states = ["numbers", "keywords"].map(|step| table.step(step).state);
    assert_eq!(states, [State::Waiting, State::Waiting], "the other cards stand");
    table.until_step("research", State::Waiting);
    for step in ["research", "numbers"] {
        assert_eq!(asked(&react_on(&mut table, step, "✅")), Vec::<String>::new());
    }
    assert_eq!(asked(&react_on(&mut table, "keywords", "✅")), ["content_manager"]);
    assert_eq!(table.s.root().map(|root| root.state), Some(State::InProgress));
    let effects = table.tell(&Event::Said(said("ana", Some("root"), "ok, but I am away until noon")));
    assert_eq!(table.step("research").state, State::Done, "what has gone on is talked about: {:?}", words(&effects));
}

#[test]
fn a_no_to_a_step_ends_what_only_served_it() {
    let mut table = side_by_side();
    react_on(&mut table, "keywords", "❌");
    let left: Vec<_> = table.states().into_iter().filter(|(_, state)| *state != State::Cancelled).collect();
    assert_eq!(left, Vec::new());
    assert!(table.s.approvals.iter().all(|a| a.state != Vote::Open));
}

#[test]
fn an_edit_before_the_end_waits_for_a_new_word_and_asks_nobody_meanwhile() {
    let (mut table, _) = asked_for("statement", "ben");
    table.react("ana", "✅", true);
    let old = table.call_of("facts");
    let mut request = said("ben", None, "@director_comms say something else");
    request.message = super::lane::source_message();
    table.tell(&Event::Edited { said: request });
    let call = table.calls.iter().rfind(|c| table.root().call == Some(c.id)).cloned().expect("it is read anew");
    let outcome = table.good(&call);
    assert_eq!(asked(&table.answer(&call, outcome)), Vec::<String>::new());
    assert_eq!((newest(&table).1, table.root().state), (Vote::Open, State::Waiting));
    let outcome = table.good(&old);
    assert_eq!(asked(&table.answer(&old, outcome)), Vec::<String>::new(), "an answer to what was asked before is none");
    assert_eq!(asked(&table.react("you", "✅", true)), ["market_research"]);
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
