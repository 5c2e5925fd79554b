use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::lane::{Table, acts, said, source_message, words};
use crate::effect::Effect;
use crate::event::{Event, Requested, Timer};
use crate::lane::Lane;
use crate::record::{Category, EscalationState};
use crate::snapshot::Snapshot;
use crate::task::{Priority, State};
use uuid::Uuid;

fn due(table: &Table) -> DateTime<Utc> {
    table.root().due.expect("a due date")
}

/// The newest word about the due date comes.
fn word(table: &mut Table) -> Vec<String> {
    let (at, timer) = table.dates.last().cloned().expect("a timer");
    table.now = table.now.max(at);
    words(&table.tell(&Event::Due(timer)))
}

/// Until the owner's hours have begun, a word about the due date is put off.
fn word_in_hours(table: &mut Table) -> Vec<String> {
    for _ in 0..2 {
        let said = word(table);
        if !said.is_empty() {
            return said;
        }
    }
    panic!("nothing is said in the owner's hours");
}

/// A content piece that is due in a week.
fn in_a_week() -> Table {
    let mut table = Table::talk();
    let task = Uuid::from_u128(7);
    table.s = Snapshot::empty(table.dir.org, Lane::task(task));
    let due = Some(table.now + TimeDelta::days(7));
    table.tell(&Event::Requested(Requested { due, ..Table::request(task) }));
    table
}

#[test]
fn a_due_date_is_reminded_of_chased_and_escalated_each_once_and_in_hours() {
    let mut table = in_a_week();
    let first = table.dates[0].clone();
    assert_eq!(first.0, due(&table) - TimeDelta::days(1));
    let said = word_in_hours(&mut table);
    assert!(said[0].contains("a reminder") && said[0].contains("Still out"), "{said:?}");
    assert!(words(&table.tell(&Event::Due(first.1.clone()))).is_empty(), "a repeat says nothing");
    let said = word_in_hours(&mut table);
    assert!(said[0].contains("was due") && said[0].starts_with("@content_manager"), "{said:?}");
    assert!(table.now >= due(&table) && table.s.escalations.is_empty());
    let said = word_in_hours(&mut table);
    assert!(said[0].starts_with("This needs somebody"), "{said:?}");
    let late = table.s.escalations[0].clone();
    assert_eq!((late.category, late.to.as_slice()), (Category::DeadlineMissed, ["vp_marketing".to_owned()].as_slice()));
    let owner = &table.dir.personas[&table.root().owner];
    assert!(owner.availability.covers(table.now, table.dir.zone), "in the owner's hours");
    assert!(words(&table.tell(&Event::Due(first.1))).is_empty(), "and nothing more");
    assert!(table.timers.iter().any(|(_, t)| matches!(t, Timer::Climb { escalation, .. } if *escalation == late.id)));
    let over = table.tell(&Event::Deleted { message: source_message(), by: "you".into() });
    assert_eq!(table.s.escalations[0].state, EscalationState::Answered, "{:?}", words(&over));
}

#[test]
fn what_is_urgent_is_reminded_of_and_climbs_sooner() {
    let mut table = Table::talk();
    let task = Uuid::from_u128(7);
    table.s = Snapshot::empty(table.dir.org, Lane::task(task));
    let due = Some(table.now + TimeDelta::days(7));
    let asked = Requested { due, priority: Some(Priority::Urgent), ..Table::request(task) };
    let effects = table.tell(&Event::Requested(asked));
    assert!(table.s.tasks.iter().all(|t| t.priority == Priority::Urgent), "and so is each step of it");
    let card = effects.iter().find_map(|e| match e {
        Effect::Post(crate::effect::Post { body: crate::effect::Body::Card(card), .. }) => Some(card.fields.clone()),
        _ => None,
    });
    assert!(card.expect("a card").contains(&("Priority".to_owned(), "urgent".to_owned())));
    let reminders = |table: &Table| table.dates.last().expect("a timer").0;
    assert_eq!(reminders(&table), table.root().due.expect("a date") - TimeDelta::days(1));
    word_in_hours(&mut table);
    let second = table.root().due.expect("a date") - TimeDelta::hours(1);
    assert!(reminders(&table) >= second && reminders(&table) < table.root().due.expect("a date"));
}

#[test]
fn a_persons_word_in_the_thread_ends_the_climbing_and_is_answered_as_any_other() {
    let mut table = in_a_week();
    table.now = due(&table) + TimeDelta::days(2);
    word_in_hours(&mut table);
    table.tell(&Event::Said(said("gus", Some("root"), "oh")));
    assert_eq!(table.s.escalations[0].state, EscalationState::Open, "a guest's does not");
    let effects = table.tell(&Event::Said(said("ben", Some("root"), "@content_manager a sharper opening please")));
    assert_eq!(table.s.escalations[0].state, EscalationState::Answered);
    assert_eq!(super::lane::asked(&effects), ["content_manager"]);
}

#[test]
fn what_is_with_people_already_climbs_no_second_time() {
    let mut table = in_a_week();
    table.until(|t| t.s.approvals.iter().any(|a| a.is_undecided()));
    table.now = due(&table) + TimeDelta::days(2);
    for _ in 0..3 {
        assert!(word(&mut table).is_empty(), "people are asked to approve, and chased for that");
    }
    assert!(table.s.escalations.is_empty());
    let (at, _) = table.dates.last().cloned().expect("a timer");
    assert!(at > table.now - TimeDelta::days(1), "it is looked at again");
    table.react("ana", "🔁", true);
    table.tell(&Event::Said(said("ana", Some("root"), "a sharper opening")));
    assert!(word_in_hours(&mut table)[0].starts_with("This needs somebody"), "now it is with nobody");
}

#[test]
fn work_that_waits_for_its_date_is_not_late_when_it_comes() {
    let mut table = Table::talk();
    let task = Uuid::from_u128(7);
    table.s = Snapshot::empty(table.dir.org, Lane::task(task));
    let due = table.now + TimeDelta::days(7);
    table.tell(&Event::Requested(Requested { due: Some(due), playbook: "follow_up".into(), ..Table::request(task) }));
    assert_eq!(table.dates[0].0, due + TimeDelta::days(1));
}

#[test]
fn after_a_long_stop_only_the_last_word_is_said() {
    let mut table = in_a_week();
    table.now = due(&table) + TimeDelta::days(9);
    let said = word_in_hours(&mut table);
    // The card, and the line that leads to it.
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("This needs somebody"), "{said:?}");
    assert_eq!(table.s.escalations.len(), 1);
}

#[test]
fn another_date_starts_anew_and_the_old_one_is_forgotten() {
    let mut table = in_a_week();
    let old = table.dates[0].1.clone();
    let call = {
        let mut edit = said("you", None, "a week later please");
        edit.message = source_message();
        table.tell(&Event::Edited { said: edit });
        table.calls.last().cloned().expect("a call")
    };
    let later = (due(&table) + TimeDelta::days(7)).to_rfc3339();
    let changed = json!({ "playbook": "content", "title": "Tea For Teams", "due": later });
    table.answer(&call, acts("start_work", changed));
    assert_eq!(table.dates.len(), 2);
    table.now = table.dates[0].0;
    assert!(table.tell(&Event::Due(old)).is_empty(), "it was about another date");
    assert!(word_in_hours(&mut table)[0].contains("a reminder"));
}

#[test]
fn a_date_that_was_rounded_when_it_was_stored_is_the_same_date() {
    let mut table = in_a_week();
    let rounded = due(&table) + TimeDelta::nanoseconds(400);
    let root = table.s.tasks.iter_mut().find(|t| t.is_root()).expect("a root task");
    root.due = Some(rounded);
    assert!(word_in_hours(&mut table)[0].contains("a reminder"));
}

#[test]
fn what_is_done_is_not_chased() {
    let mut table = in_a_week();
    table.tell(&Event::Deleted { message: source_message(), by: "you".into() });
    assert_eq!(table.root().state, State::Cancelled);
    table.now = due(&table) + TimeDelta::days(3);
    let timer = table.dates[0].1.clone();
    let effects: Vec<Effect> = table.tell(&Event::Due(timer));
    assert!(effects.is_empty(), "{effects:?}");
}
