//! What the matrix escalates waits for those whose decision it is.

use std::sync::Arc;

use super::lane::{Table, runs};
use crate::approval;
use crate::authority::Part;
use crate::effect::Effect;
use crate::event::Event;
use crate::record::{Category, EscalationState};
use crate::task::State;

/// A department in which publishing an article is a question of law.
fn escalating() -> Table {
    let mut table = Table::content();
    let mut team = (*table.dir.team).clone();
    let rule = team.autonomy.get_mut(&crate::team::Action::PublishArticle).expect("a rule");
    rule.decision = Some("legal_compliance".into());
    let row = team.authority.decisions.get_mut("legal_compliance").expect("a row");
    row.parts.insert("manager".into(), Part::E);
    table.dir.team = Arc::new(team);
    table.until(|t| !t.s.approvals.is_empty());
    table
}

fn publishes(effects: &[Effect]) -> usize {
    runs(effects).iter().filter(|run| run.skill == "publish_page").count()
}

#[test]
fn a_yes_releases_it_once_for_what_was_shown() {
    let mut table = escalating();
    let card = table.s.approvals[0].clone();
    assert_eq!((card.state, table.step("publish").state), (approval::State::Open, State::Waiting));
    let raised = table.s.escalations.last().expect("an escalation").clone();
    assert_eq!((raised.category, raised.state), (Category::Legal, EscalationState::Open));
    assert!(card.why.contains("must escalate (E)"), "{}", card.why);
    assert_eq!(publishes(&table.react("ben", "✅", true)), 0, "ben may not approve");
    let effects = table.react("ana", "✅", true);
    assert_eq!(publishes(&effects), 1);
    assert_eq!(runs(&effects)[0].grant, Some(card.id));
    assert_eq!(table.s.escalations.last().map(|e| e.state), Some(EscalationState::Answered));
    assert_eq!(publishes(&table.react("you", "✅", true)), 0, "once");
}

#[test]
fn another_version_needs_another_yes_and_a_no_ends_it() {
    let mut table = escalating();
    table.tell(&Event::Said(super::lane::said("you", Some("root"), "@content_manager make it shorter")));
    let call = table.calls.last().expect("a question").clone();
    table.answer(&call, super::lane::acts("request_change", serde_json::json!({ "text": "shorter" })));
    assert_eq!(table.s.approvals[0].state, approval::State::Void);
    assert_eq!(table.s.escalations.last().map(|e| e.state), Some(EscalationState::Answered));
    table.until(|t| t.s.approvals.len() == 2);
    assert_eq!(table.s.escalations.last().map(|e| e.state), Some(EscalationState::Open), "it is raised anew");
    table.react("ana", "❌", true);
    assert_eq!(table.step("publish").state, State::Cancelled);
    assert_eq!(table.s.escalations.last().map(|e| e.state), Some(EscalationState::Answered));
}

#[test]
fn who_lost_the_right_meanwhile_releases_nothing() {
    let mut table = escalating();
    table.dir.people[1].rights.clear();
    assert_eq!(publishes(&table.react("ana", "✅", true)), 0);
}
