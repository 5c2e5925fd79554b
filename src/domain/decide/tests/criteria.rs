use serde_json::json;

use super::lane::{Table, acts, asked, said, words};
use crate::effect::Effect;
use crate::event::Event;
use crate::record::{Category, EscalationState, Urgency};
use crate::task::State;

/// What the thread's own lane does with what is handed to it.
fn handed(table: &mut Table, effects: &[Effect]) -> Vec<Effect> {
    let told = effects.iter().find_map(|e| match e {
        Effect::Tell { lane, event: event @ Event::ForPeople(_) } => Some((lane.clone(), event.clone())),
        _ => None,
    });
    let (lane, event) = told.unwrap_or_else(|| panic!("nothing is handed on: {effects:?}"));
    table.s.lane = lane;
    table.tell(&event)
}

#[test]
fn what_is_for_people_goes_to_them_and_no_model_is_asked() {
    let mut table = Table::talk();
    let text = "@cmo a customer's lawyer wrote: there will be a lawsuit";
    let effects = table.tell(&Event::Said(said("ben", None, text)));
    assert_eq!(asked(&effects), Vec::<String>::new());
    let effects = handed(&mut table, &effects);
    assert!(words(&effects)[0].starts_with("This is a legal question, so a person takes it."), "{:?}", words(&effects));
    let escalation = table.s.escalations.last().expect("an escalation");
    assert_eq!((escalation.category, escalation.level), (Category::Legal, 4));
    assert!(escalation.issue.contains("(“lawsuit”; `for_people[0]` in cmo.yaml:"), "{}", escalation.issue);
    assert!(escalation.issue.contains("> @cmo a customer's lawyer wrote"), "{}", escalation.issue);
    let again = table.tell(&Event::Said(said("ben", None, text)));
    assert!(words(&again)[0].contains("has it already"), "{:?}", words(&again));
    assert_eq!(table.s.escalations.len(), 1);
    table.tell(&Event::Said(said("you", Some("message of ben"), "@cmo I have called them.")));
    assert_eq!(table.s.escalations[0].state, EscalationState::Answered);
}

#[test]
fn a_crisis_calls_all_hands() {
    let mut table = Table::talk();
    let effects = table.tell(&Event::Said(said("ben", None, "@director_comms there was a data breach last night")));
    handed(&mut table, &effects);
    let escalation = table.s.escalations.last().expect("an escalation");
    assert_eq!((escalation.category, escalation.urgency), (Category::Crisis, Urgency::Critical));
    assert_eq!(escalation.to, ["you"], "who may take over is on call");
}

#[test]
fn amounts_are_looked_for_in_what_a_persona_wants_to_do() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("ben", None, "@content_manager a piece about costs, please")));
    let call = table.calls[0].clone();
    let fields = json!({ "playbook": "content", "title": "Our plagiarism case" });
    let effects = table.answer(&call, acts("start_work", fields));
    let begins = |e: &Effect| matches!(e, Effect::Tell { event: Event::Requested(_), .. });
    assert!(!effects.iter().any(begins), "nothing is begun");
    handed(&mut table, &effects);
    assert_eq!(table.s.escalations.last().map(|e| e.category), Some(Category::Legal));
    let effects = table.tell(&Event::Said(said("ben", None, "@vp_marketing the contract comes to 75k")));
    assert_eq!(asked(&effects), Vec::<String>::new());
    let effects = table.tell(&Event::Said(said("ben", None, "@vp_marketing the contract comes to 7k")));
    assert_eq!(asked(&effects), ["vp_marketing"]);
}

#[test]
fn what_a_step_would_hand_in_waits_for_a_persons_word() {
    let mut table = Table::content();
    table.until(|t| t.step("brief").call.is_some());
    let call = table.call_of("brief");
    let crate::event::Outcome::Acts { mut acts, text } = table.good(&call) else { panic!("acts") };
    for value in acts[0].arguments.as_object_mut().expect("fields").values_mut() {
        if value.is_string() {
            *value = json!("a lawsuit");
        }
    }
    let outcome = crate::event::Outcome::Acts { acts, text };
    table.answer(&call, outcome.clone());
    assert_eq!(table.step("brief").state, State::Blocked);
    assert_eq!(table.s.escalations.last().map(|e| e.category), Some(Category::Legal));
    table.tell(&Event::Said(said("ana", Some("root"), "@content_manager it was settled in public, write about it")));
    let call = table.call_of("brief");
    table.answer(&call, outcome);
    assert_eq!(table.step("brief").state, State::Done, "the person's word releases it");
}

#[test]
fn a_guests_words_set_nothing_off() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("gus", None, "@cmo a lawsuit!")));
    assert!(table.s.escalations.is_empty());
}
