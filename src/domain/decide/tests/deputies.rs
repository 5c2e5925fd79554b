//! Who votes in whose place, and what their word does.

use chrono::{NaiveDate, TimeDelta};

use super::lane::{Table, runs, said, words};
use crate::approval::{Because, State as Approval};
use crate::attendance::Away;
use crate::effect::Effect;
use crate::event::{Event, Timer};
use crate::org::{Person, Right};
use crate::persona::{Availability, Hours};
use crate::record::Category;
use crate::task::State;
use crate::team::Action;

fn person<'a>(table: &'a mut Table, name: &str) -> &'a mut Person {
    table.dir.people.iter_mut().find(|p| p.name == name).expect("a person")
}

/// A piece that is put before `you` alone; `ana` may approve too.
fn put(set: impl FnOnce(&mut Table)) -> Table {
    let mut table = Table::content();
    let team = std::sync::Arc::make_mut(&mut table.dir.team);
    team.autonomy.get_mut(&Action::PublishArticle).expect("it is shipped").ask = vec!["you".into()];
    set(&mut table);
    table.until(|t| !t.s.approvals.is_empty());
    table
}

fn stands_in(table: &mut Table) {
    person(table, "you").stand_ins = vec!["ana".into()];
}

fn newest(table: &Table) -> Approval {
    table.s.approvals.last().expect("an approval").state
}

fn expire(table: &mut Table) -> Vec<Effect> {
    let timer = |t: &Timer| matches!(t, Timer::Expire { .. });
    let (at, timer) = table.timers.iter().rfind(|(_, t)| timer(t)).expect("its expiry").clone();
    table.now = at;
    table.tell(&Event::Due(timer))
}

/// Says it to the department; what another lane would be told is told here, as the store does.
fn tells(table: &mut Table, by: &str, text: &str) -> Vec<String> {
    let effects = table.tell(&Event::Said(said(by, Some("root"), text)));
    for effect in &effects {
        if let Effect::Delegate { from, given } = effect {
            let kept = table.s.delegations.iter().filter(|d| d.from != *from).cloned();
            table.s.delegations = kept.chain(given.clone()).collect();
            table.tell(&Event::Delegated { of: from.clone() });
        }
    }
    words(&effects)
}

fn day(table: &Table, days: i64) -> NaiveDate {
    (table.now + TimeDelta::days(days)).date_naive()
}

#[test]
fn only_those_are_asked_whom_the_rule_names() {
    let mut table = put(|_| {});
    assert_eq!(table.s.approvals[0].asked_of, ["you"]);
    assert!(words(&table.react("ana", "✅", true))[0].contains("This one is for you to decide"));
    assert_eq!(runs(&table.react("you", "✅", true)).len(), 1);
}

#[test]
fn silence_goes_on_to_who_stands_in_and_then_to_those_who_can_help() {
    let mut table = put(stands_in);
    let said = words(&expire(&mut table)).join("\n");
    assert!(said.contains("ana for you (no answer)"), "{said}");
    assert_eq!((newest(&table), table.step("publish").state), (Approval::Open, State::Waiting));
    assert!(words(&table.react("ben", "✅", true))[0].contains("for you, ana to decide"));
    let mut other = put(stands_in);
    expire(&mut other);
    assert_eq!(runs(&table.react("ana", "✅", true)).len(), 1);
    let vote = &table.s.approvals[0].votes[0];
    assert_eq!((vote.by.as_str(), vote.in_place_of.as_slice()), ("ana", ["you".to_owned()].as_slice()));
    let record = table.records.iter().find(|r| r.kind == "publish.article").expect("the decision is kept");
    assert!(record.maker == "ana" && record.reasoning.contains("by ana for you"), "{record:?}");
    // No answer again.
    let id = other.s.approvals[0].id;
    other.tell(&Event::Due(Timer::Expire { approval: id }));
    assert_eq!((newest(&other), other.step("publish").state), (Approval::Expired, State::Blocked));
    assert_eq!(other.s.escalations[0].category, Category::DeadlineMissed);
}

#[test]
fn who_is_away_is_stood_in_for_at_once() {
    let mut table = put(|t| {
        stands_in(t);
        let (from, until) = (day(t, -1), day(t, 5));
        person(t, "you").attendance.away = vec![Away { from, until }];
    });
    assert_eq!(table.s.approvals[0].deputies[0].because, Because::Away);
    assert_eq!(runs(&table.react("ana", "✅", true)).len(), 1);

    // Whoever stands in must be there, and hold the right.
    for unfit in [
        (|t: &mut Table| person(t, "ana").rights.clear()) as fn(&mut Table),
        |t| person(t, "ana").attendance.away = person(t, "you").attendance.away.clone(),
        |t| person(t, "you").stand_ins = vec!["ben".into(), "gus".into()],
    ] {
        let table = put(|t| {
            stands_in(t);
            let (from, until) = (day(t, -1), day(t, 5));
            person(t, "you").attendance.away = vec![Away { from, until }];
            unfit(t);
        });
        assert_eq!(table.s.approvals[0].deputies, []);
    }
}

#[test]
fn nobody_stands_in_for_one_who_lost_the_right() {
    let mut table = put(stands_in);
    expire(&mut table);
    person(&mut table, "you").rights.remove(&Right::Approve);
    assert_eq!(runs(&table.react("ana", "✅", true)), Vec::new());
    assert_eq!(newest(&table), Approval::Open);
}

#[test]
fn reminder_and_expiry_count_the_days_of_those_who_are_asked() {
    // The story begins on a Sunday at midnight.
    let table = put(|t| {
        let hours = Hours::try_from("09:00-18:00".to_owned()).expect("hours");
        person(t, "you").attendance.availability = Some(Availability { hours, ..Availability::default() });
        t.dir.workdays.holidays.insert(day(t, 1));
    });
    let of_approval = |timer: &Timer| matches!(timer, Timer::Remind { .. } | Timer::Expire { .. });
    let timers = table.timers.iter().filter(|(_, timer)| of_approval(timer));
    let at: Vec<i64> = timers.map(|(at, _)| (*at - table.now).num_hours()).collect();
    assert_eq!(at, [57, 105], "the night and the holiday do not count");
}

#[test]
fn approvals_are_handed_over_for_a_time_and_taken_back() {
    let mut table = put(|_| {});
    let until = day(&table, 3);
    let text = format!("@bullpen delegate my approvals to ana until {until}");
    assert!(tells(&mut table, "you", &text)[0].contains("ana may vote in your place wherever you are asked, you"));
    assert_eq!(table.s.approvals[0].deputies[0].because, Because::Delegated);
    assert!(table.calls.iter().all(|c| c.purpose != crate::event::Purpose::Talk(talk_of(&text))), "no model is asked");
    table.s.approvals[0].quorum = 2;
    table.react("ana", "✅", true);
    assert!(table.s.approvals[0].votes[0].taken_back.is_none());
    assert!(tells(&mut table, "you", "@bullpen take my approvals back")[0].contains("yours alone again"));
    assert!(table.s.approvals[0].votes[0].taken_back.is_some(), "what was said in their place counts no more");
    assert!(words(&table.react("ana", "✅", true))[0].contains("is not counted"));
    // It ends by itself.
    tells(&mut table, "you", &text);
    table.now += TimeDelta::days(4);
    table.react("ana", "✅", true);
    assert_eq!(table.s.approvals[0].votes.iter().filter(|v| v.taken_back.is_none()).count(), 0);
}

fn talk_of(text: &str) -> crate::event::Talk {
    crate::event::Talk { said: said("you", Some("root"), text), version: 0, chain: Vec::new(), again: 0, letter: None }
}

#[test]
fn nothing_is_handed_over_that_is_not_theirs_nor_to_one_who_may_not_have_it() {
    let mut table = put(|_| {});
    let (until, gone, far) = (day(&table, 3), day(&table, -1), day(&table, 100));
    for (by, to, until, why) in [
        ("ben", "ana", until, "you have no approvals to hand over"),
        ("you", "ben", until, "ben has no right to approve"),
        ("you", "gus", until, "There is no person \"gus\" here"),
        ("you", "YOU", until, "Those are yours already"),
        ("you", "cmo", until, "There is no person \"cmo\" here"),
        ("you", "ana", gone, "The last day must be today or one of the next 92 days"),
        ("you", "ana", far, "The last day must be today"),
    ] {
        let said = tells(&mut table, by, &format!("@bullpen delegate my approvals to {to} until {until}"));
        assert!(said[0].contains(why), "{by} to {to}: {said:?}");
    }
    assert!(tells(&mut table, "you", "@bullpen delegate my approvals")[0].starts_with("Write `@bullpen delegate"));
    assert!(tells(&mut table, "you", "@bullpen take my approvals back")[0].contains("with nobody else"));
    assert!(table.s.delegations.is_empty() && table.s.approvals[0].deputies.is_empty());
    // A guest is a guest.
    tells(&mut table, "gus", &format!("@bullpen delegate my approvals to ana until {until}"));
    assert!(table.s.delegations.is_empty());
}

#[test]
fn what_was_handed_to_somebody_goes_no_further() {
    let mut table = put(|t| {
        let cem = Person { name: "cem".into(), ..t.dir.people[1].clone() };
        t.dir.people.push(cem);
    });
    let until = day(&table, 3);
    tells(&mut table, "you", &format!("@bullpen delegate my approvals to ana until {until}"));
    tells(&mut table, "ana", &format!("@bullpen delegate my approvals to cem until {until}"));
    let deputies: Vec<_> = table.s.approvals[0].deputies.iter().map(|d| (d.by.as_str(), d.of.as_str())).collect();
    assert_eq!(deputies, [("ana", "you")]);
    assert!(words(&table.react("cem", "✅", true))[0].contains("is not counted"));
    let said = tells(&mut table, "cem", &format!("@bullpen delegate my approvals to you until {until}"));
    assert!(said[0].contains("you has handed their own approvals to ana"), "{said:?}");
}

#[test]
fn a_yes_in_anothers_place_covers_the_act_for_as_long_as_both_may_approve() {
    let mut table = put(stands_in);
    expire(&mut table);
    table.react("ana", "✅", true);
    let call = table.call_of("publish");
    let round = table.step("publish").round;
    let task = table.step("publish").id;
    let later = |table: &mut Table| {
        let why = "the disk is full".to_owned();
        let call = table.call_of("publish");
        table.answer(&call, crate::event::Outcome::Failed { why, later: true });
        runs(&table.tell(&Event::Due(Timer::Resume { task, round: table.step("publish").round })))
    };
    assert!(call.run.is_some() && round > 0);
    assert_eq!(later(&mut table).len(), 1);
    person(&mut table, "ana").rights.remove(&Right::Approve);
    assert_eq!(later(&mut table), Vec::new());
    assert_eq!((table.s.approvals.len(), newest(&table)), (2, Approval::Open), "it is put anew");
}

#[test]
fn an_edit_between_two_votes_makes_both_votes_of_the_new_text() {
    let mut table = put(|t| {
        let rule = std::sync::Arc::make_mut(&mut t.dir.team).autonomy.get_mut(&Action::PublishArticle).expect("a rule");
        (rule.ask, rule.quorum) = (vec!["you".into(), "ana".into()], 2);
    });
    table.react("you", "✅", true);
    let old = table.s.approvals[0].post;
    let mut edit = said("you", None, "Coffee instead");
    edit.message = super::lane::source_message();
    table.tell(&Event::Edited { said: edit });
    table.until(|t| t.s.approvals.len() == 2);
    let late = Event::Reacted { post: old, by: "ana".into(), emoji: "✅".into(), set: true, button: false };
    assert_eq!(runs(&table.tell(&late)), Vec::new());
    assert_eq!((table.s.approvals[0].state, newest(&table)), (Approval::Void, Approval::Open));
    assert_eq!(runs(&table.react("ana", "✅", true)), Vec::new(), "the first yes was for another text");
    assert_eq!(runs(&table.react("you", "✅", true)).len(), 1);
}
