use serde_json::json;
use uuid::Uuid;

use super::lane::{Table, acts, asked, runs, said, source_message, words};
use crate::event::{Event, Outcome};
use crate::record::Category;
use crate::task::{Priority, State};

fn edit(table: &mut Table, by: &str, text: &str) -> Vec<crate::effect::Effect> {
    let mut said = said(by, None, text);
    said.message = source_message();
    table.tell(&Event::Edited { said })
}

/// The answer to the question how the edited request reads.
fn reread(table: &mut Table, title: &str) {
    let call = table.calls.iter().find(|c| Some(c.id) == table.root().call).cloned().expect("a reread");
    table.answer(&call, acts("start_work", json!({ "playbook": "content", "title": title })));
}

#[test]
fn a_request_told_twice_begins_once() {
    let mut table = Table::content();
    let before = format!("{:?}", table.s);
    assert!(table.tell(&Event::Requested(Table::request(Uuid::from_u128(7)))).is_empty());
    assert_eq!(format!("{:?}", table.s), before);
}

#[test]
fn what_needs_nothing_begins_side_by_side() {
    let table = Table::content();
    let begun: Vec<String> =
        table.states().into_iter().filter(|(_, s)| *s == State::InProgress).map(|(n, _)| n).collect();
    assert_eq!(begun, ["keywords", "numbers", "research"]);
}

#[test]
fn an_edit_sends_the_work_back_and_answers_to_what_it_said_before_are_dropped() {
    let mut table = Table::content();
    table.until_step("brief", State::InProgress);
    let old = table.call_of("brief");
    assert_eq!(asked(&edit(&mut table, "you", "Coffee instead")), ["content_manager"]);
    reread(&mut table, "Coffee For Teams");
    assert_eq!(table.root().title, "Coffee For Teams");
    assert_eq!((table.step("research").state, table.step("research").round), (State::InProgress, 2));
    assert_eq!(table.step("numbers").round, 1, "what earlier pieces did is as true as before");
    let good = table.good(&old);
    assert!(table.answer(&old, good).is_empty());
    table.until(|t| !t.s.approvals.is_empty());
    assert!(table.s.approvals[0].title.contains("Coffee"));
}

#[test]
fn an_edit_that_only_makes_it_urgent_sends_nothing_back() {
    let mut table = Table::content();
    edit(&mut table, "you", "urgent, please");
    let call = table.calls.iter().find(|c| Some(c.id) == table.root().call).cloned().expect("a reread");
    let same = json!({ "playbook": "content", "title": "Tea For Teams", "priority": "urgent" });
    let effects = table.answer(&call, acts("start_work", same));
    assert_eq!(words(&effects), ["The priority changed, at you's word."]);
    assert!(table.s.tasks.iter().all(|t| t.priority == Priority::Urgent && t.round == 1));
    edit(&mut table, "you", "as it was");
    let call = table.calls.iter().find(|c| Some(c.id) == table.root().call).cloned().expect("a reread");
    let nonsense = json!({ "playbook": "content", "title": "Tea For Teams", "priority": "yesterday" });
    assert_eq!(asked(&table.answer(&call, acts("start_work", nonsense))), ["content_manager"], "asked once more");
    assert_eq!(table.root().priority, Priority::Urgent);
}

#[test]
fn an_edit_is_told_to_all_who_make_something_of_it_and_no_wish_is_lost_over_it() {
    let mut table = Table::content();
    table.until(|t| !t.s.approvals.is_empty());
    table.react("you", "🔁", true);
    table.tell(&Event::Said(said("you", Some("root"), "a sharper opening")));
    edit(&mut table, "you", "Coffee instead");
    reread(&mut table, "Coffee For Teams");
    let told =
        |table: &Table, step: &str| -> Vec<String> { table.step(step).notes.iter().map(|n| n.text.clone()).collect() };
    assert_eq!(told(&table, "research"), ["Coffee instead"]);
    assert_eq!(told(&table, "brief"), ["Coffee instead"]);
    assert_eq!(told(&table, "draft"), ["a sharper opening", "Coffee instead"], "the wish was not answered yet");
    assert!(told(&table, "editing").is_empty());
    assert_eq!(table.step("keywords").round, 2, "another title is searched for in other words");
    let call = table.call_of("keywords");
    let inputs: Vec<&str> = call.material["inputs"].as_object().expect("inputs").keys().map(String::as_str).collect();
    assert_eq!(inputs, ["numbers"], "the old brief was about something else");
    // What is answered is not asked for again.
    table.until(|t| t.s.approvals.len() == 2);
    table.react("you", "🔁", true);
    table.tell(&Event::Said(said("you", Some("root"), "shorter")));
    assert_eq!(told(&table, "draft"), ["shorter"]);
}

#[test]
fn an_edit_that_says_the_same_changes_nothing() {
    let mut table = Table::content();
    table.until_step("brief", State::InProgress);
    edit(&mut table, "you", "Tea For Teams, please");
    let states = table.states();
    reread(&mut table, "Tea For Teams");
    assert_eq!(table.states(), states);
}

#[test]
fn a_second_edit_overtakes_the_first() {
    let mut table = Table::content();
    edit(&mut table, "you", "Coffee");
    let first = table.calls.last().cloned().expect("a reread");
    edit(&mut table, "you", "Cocoa");
    let late = acts("start_work", json!({ "playbook": "content", "title": "Coffee" }));
    assert!(table.answer(&first, late).is_empty());
    reread(&mut table, "Cocoa For Teams");
    assert_eq!(table.root().title, "Cocoa For Teams");
}

#[test]
fn an_edit_that_nobody_can_read_leaves_the_work_as_it_was_and_says_so() {
    let mut table = Table::content();
    edit(&mut table, "you", "???");
    for _ in 0..2 {
        let call = table.calls.iter().find(|c| Some(c.id) == table.root().call).cloned().expect("a reread");
        table.answer(&call, acts("say", json!({ "text": "what?" })));
    }
    assert_eq!((table.root().title.as_str(), table.root().call), ("Tea For Teams", None));
    // The next edit has both its tries again.
    edit(&mut table, "you", "Coffee");
    let call = table.calls.last().cloned().expect("a reread");
    assert_eq!(asked(&table.answer(&call, acts("say", json!({ "text": "what?" })))), ["content_manager"]);
    reread(&mut table, "Coffee For Teams");
    assert_eq!(table.root().title, "Coffee For Teams");
}

#[test]
fn what_went_out_by_itself_is_not_repeated_by_a_correction() {
    let mut table = Table::content();
    table.until(|t| !t.s.approvals.is_empty());
    table.react("you", "✅", true);
    table.until(|t| t.s.approvals.len() == 2);
    while let Some(call) = table.awaited() {
        let good = table.good(&call);
        table.answer(&call, good);
    }
    table.react("you", "✅", true);
    table.until(|t| t.root().state == State::Done);
    let begun = table.calls.len();
    edit(&mut table, "you", "Coffee");
    reread(&mut table, "Coffee For Teams");
    table.until(|t| t.s.approvals.len() == 3);
    assert_eq!(table.step("linkedin_out").state, State::Done);
    assert_eq!(runs(&table.react("you", "✅", true)).len(), 1);
    table.until(|t| t.root().state == State::Done);
    let acted: Vec<String> = table.calls[begun..].iter().filter_map(|c| c.run.as_ref()?.action.clone()).collect();
    assert_eq!(acted, ["publish.article"]);
}

#[test]
fn an_empty_budget_is_said_once_and_the_next_day_everything_goes_on() {
    let mut table = Table::content();
    let until = table.now + chrono::TimeDelta::hours(9);
    let mut cards = 0;
    for step in ["research", "numbers", "keywords"] {
        let call = table.call_of(step);
        let why = "today's budget of 1 USD does not cover another call".to_owned();
        let effects = table.answer(&call, Outcome::Unfunded { why, until: Some(until) });
        cards += words(&effects).iter().filter(|w| w.contains("does not cover")).count();
    }
    assert_eq!((cards, table.s.escalations.len()), (1, 1), "once, and not for each who waits");
    assert_eq!((table.root().state, table.s.escalations[0].category), (State::Blocked, Category::Budget));
    table.now = until;
    for (_, timer) in table.timers.clone() {
        table.tell(&Event::Due(timer));
    }
    assert_eq!(table.root().state, State::InProgress);
    table.until(|t| !t.s.approvals.is_empty());
}

#[test]
fn money_that_comes_early_is_used_for_all_who_wait() {
    let mut table = Table::content();
    let until = table.now + chrono::TimeDelta::hours(9);
    for step in ["research", "numbers", "keywords"] {
        let call = table.call_of(step);
        table.answer(&call, Outcome::Unfunded { why: "nothing is left".into(), until: Some(until) });
    }
    let post = table.s.escalations[0].post;
    let effects =
        table.tell(&Event::Reacted { post, by: "you".into(), emoji: "🔁".into(), set: true, button: false });
    assert_eq!(asked(&effects).len(), 3);
}
