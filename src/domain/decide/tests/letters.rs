use chrono::TimeDelta;
use serde_json::json;

use super::lane::{Table, acts, handle, said, words};
use crate::decide::decide;
use crate::effect::{Effect, Place, Post};
use crate::event::{Event, MessageId, Outcome, Timer};
use crate::lane::Lane;
use crate::letter::Letter;
use crate::record::{Category, EscalationState};
use crate::task::State;

fn say(text: &str) -> Outcome {
    acts("say", json!({ "text": text }))
}

/// The copywriter has asked ana something in a thread.
fn asked_ana() -> (Table, Letter) {
    let mut table = Table::talk();
    table.s.lane = Lane::talk("management", Some("root"));
    table.tell(&Event::Said(said("you", Some("root"), "@copywriter may we name the price?")));
    let call = table.calls[0].clone();
    let effects = table.answer(&call, say("I do not know.\n@ana, may we name the price?"));
    let notified = effects.iter().any(|e| matches!(e, Effect::Post(Post { notify, .. }) if notify == &["ana"]));
    assert!(notified, "she is told");
    let letter = table.s.letters.iter().find(|l| l.to == "ana").cloned().expect("a letter");
    (table, letter)
}

/// The newest timer for an answer fires.
fn wait(table: &mut Table) -> Vec<String> {
    let newest = table.timers.iter().rfind(|(_, t)| matches!(t, Timer::Respond { .. }));
    let (at, timer) = newest.cloned().expect("a timer");
    table.now = table.now.max(at);
    words(&table.tell(&Event::Due(timer)))
}

fn letter(table: &Table, id: uuid::Uuid) -> &Letter {
    table.s.letters.iter().find(|l| l.id == id).expect("the letter")
}

#[test]
fn in_a_conversation_that_a_person_has_nobody_is_chased_and_nothing_climbs() {
    let (mut table, asked) = asked_ana();
    table.tell(&Event::Said(said("you", Some("root"), "@bullpen take over")));
    assert!(!table.s.held.is_empty());
    for _ in 0..3 {
        assert_eq!(wait(&mut table), Vec::<String>::new());
    }
    assert!(letter(&table, asked.id).chased_at.is_none() && table.s.escalations.is_empty());
    table.tell(&Event::Said(said("you", Some("root"), "@bullpen hand back")));
    assert!(wait(&mut table)[0].starts_with("@ana, @copywriter still waits"));
    wait(&mut table);
    table.tell(&Event::Said(said("you", Some("root"), "@bullpen take over")));
    let climb = |table: &Table| table.timers.iter().rfind(|(_, t)| matches!(t, Timer::Climb { .. })).cloned();
    for _ in 0..3 {
        let (at, timer) = climb(&table).expect("a timer");
        table.now = table.now.max(at);
        assert_eq!(words(&table.tell(&Event::Due(timer))), Vec::<String>::new());
    }
    assert_eq!(table.s.escalations[0].level, 1, "it stays with whom it was");
}

#[test]
fn a_question_to_a_person_is_chased_once_then_escalated_and_settled_by_the_answer() {
    let (mut table, asked) = asked_ana();
    assert!(asked.to_person && !asked.by_person && asked.respond_by.is_some());
    let early = table.timers.last().cloned().expect("a timer").1;
    assert!(table.tell(&Event::Due(early.clone())).is_empty(), "it is not time yet");
    let chased = wait(&mut table);
    assert!(chased[0].starts_with("@ana, @copywriter still waits"), "{chased:?}");
    assert!(table.tell(&Event::Due(early)).is_empty(), "a repeat says nothing");
    let raised = wait(&mut table);
    assert!(raised[0].starts_with("This needs somebody"), "{raised:?}");
    let escalation = table.s.escalations[0].clone();
    assert_eq!(
        (escalation.category, escalation.to.as_slice()),
        (Category::DeadlineMissed, ["content_manager".to_owned()].as_slice())
    );
    assert_eq!(escalation.origin, Some(Place::Thread { channel: "management".into(), root: "root".into() }));
    assert_eq!(escalation.place, Some(Place::Channel { channel: "management".into() }), "where who is asked meets");
    assert!(wait(&mut table).is_empty(), "and nothing more");
    let mut ana = said("ana", Some("root"), "yes, we may");
    ana.message.id = "of ana".into();
    table.tell(&Event::Said(ana.clone()));
    let answered = letter(&table, asked.id);
    assert_eq!(answered.answer_message.as_ref(), Some(&ana.message));
    assert_eq!((answered.read_at, answered.answered_at), (Some(table.now), Some(table.now)), "who answers has read it");
    assert_eq!(table.s.escalations[0].state, EscalationState::Answered);
    // What climbed meanwhile comes to nothing.
    let climb = table.timers.iter().rfind(|(_, t)| matches!(t, Timer::Climb { .. })).cloned().expect("a timer");
    table.now = climb.0;
    assert!(table.tell(&Event::Due(climb.1)).is_empty());
}

#[test]
fn a_question_asked_from_a_channel_waits_in_the_lane_of_its_thread() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("you", None, "@copywriter may we name the price?")));
    let call = table.calls[0].clone();
    table.answer(&call, say("@ana, may we?"));
    let letter = table.s.letters.iter().find(|l| l.to == "ana").cloned().expect("a letter");
    assert_eq!(letter.lane, Lane::talk("management", Some("message of you")));
    // The reaction comes to the lane that posted the question; the letter is with the other.
    let reacted = Event::Reacted {
        post: letter.post.expect("a post"),
        by: "ana".into(),
        emoji: "👍".into(),
        set: true,
        button: false,
    };
    let effects = table.tell(&reacted);
    assert!(matches!(&effects[..], [Effect::Tell { lane, event }] if *lane == letter.lane && *event == reacted));
}

#[test]
fn a_letter_follows_its_thread_into_a_task() {
    let (table, letter) = asked_ana();
    let mut s = crate::snapshot::Snapshot::empty(table.dir.org, letter.lane.clone());
    let lane = Lane::task(uuid::Uuid::from_u128(7));
    let root = MessageId { channel: "management".into(), id: "root".into() };
    let heard = crate::snapshot::Heard { lane: lane.clone(), version: 0, text: "write".into(), deleted: false };
    s.heard.insert(root, heard);
    let event = Event::Handed(Box::new(letter.clone()));
    let decided = decide(&table.dir, table.now, s, uuid::Uuid::from_u128(9), &event).expect("a sound lane");
    assert!(decided.snapshot.letters.is_empty());
    let moved = Event::Handed(Box::new(Letter { lane: lane.clone(), ..letter }));
    let effects: Vec<Effect> = decided.effects.into_iter().map(|(_, effect)| effect).collect();
    assert_eq!(effects, [Effect::Tell { lane, event: moved }]);
}

#[test]
fn who_is_asked_back_is_not_chased() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("you", Some("root"), "@copywriter write something")));
    let call = table.calls[0].clone();
    table.answer(&call, say("@you what about?"));
    let letter = table.s.letters.iter().find(|l| l.to == "you").expect("it is tracked");
    assert_eq!((letter.is_open(), letter.respond_by), (true, None));
    assert!(!table.timers.iter().any(|(_, t)| matches!(t, Timer::Respond { .. })));
}

#[test]
fn nobody_else_answers_for_the_one_asked_and_a_reaction_of_theirs_does() {
    let (mut table, asked) = asked_ana();
    table.tell(&Event::Said(said("ben", Some("root"), "I think so")));
    assert!(letter(&table, asked.id).is_open());
    let post = asked.post.expect("a post");
    let react = |by: &str, set| Event::Reacted { post, by: by.into(), emoji: "👍".into(), set, button: false };
    table.tell(&react("ben", true));
    table.tell(&react("ana", false));
    assert!(letter(&table, asked.id).is_open());
    table.tell(&react("ana", true));
    assert_eq!(letter(&table, asked.id).answer_emoji.as_deref(), Some("👍"));
    assert!(wait(&mut table).is_empty(), "nobody is chased who has answered");
}

#[test]
fn a_colleague_who_is_silent_is_chased_in_their_hours_and_their_lead_hears_of_it() {
    let mut table = Table::talk();
    // 2024-10-04 is a Friday.
    table.now += TimeDelta::hours(16);
    table.tell(&Event::Said(said("you", Some("root"), "@copywriter which picture?")));
    let call = table.calls[0].clone();
    table.answer(&call, say("@designer, which picture?"));
    let asked = table.s.letters.iter().find(|l| l.to == "designer").cloned().expect("a letter");
    let designer = table.dir.personas[&handle("designer")].clone();
    let by = asked.respond_by.expect("a deadline");
    assert!(designer.availability.covers(by, table.dir.zone), "{by} is in their hours");
    assert!(wait(&mut table)[0].starts_with("@designer, @copywriter still waits"));
    let mut raised = wait(&mut table);
    if raised.is_empty() {
        raised = wait(&mut table);
    }
    assert!(raised[0].starts_with("This needs somebody"), "{raised:?}");
    assert!(designer.availability.covers(table.now, table.dir.zone), "in their hours");
    assert_eq!(table.s.escalations[0].to, [designer.reports_to[0].to_string()]);
    // The answer comes after all.
    let late = table.calls.iter().find(|c| c.persona.as_str() == "designer").cloned().expect("a call");
    table.answer(&late, say("The green one."));
    assert_eq!(table.s.escalations[0].state, EscalationState::Answered);
    assert!(!letter(&table, asked.id).is_open());
}

#[test]
fn what_people_say_is_tracked_until_it_is_answered_and_one_that_is_gone_is_not_waited_for() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("you", None, "@copywriter @designer hello")));
    let letters: Vec<(bool, &str)> = table.s.letters.iter().map(|l| (l.by_person, l.to.as_str())).collect();
    assert_eq!(letters, [(true, "copywriter"), (true, "designer")]);
    let calls = table.calls.clone();
    assert_eq!(table.s.letters[0].call, Some(calls[0].id));
    table.answer(&calls[0], say("Hello."));
    assert!(table.s.letters[0].answer_post.is_some() && table.s.letters[1].is_open());
    let message = table.s.letters[1].message.clone().expect("a message");
    let gone = crate::snapshot::Heard { lane: table.s.lane.clone(), version: 1, text: String::new(), deleted: true };
    table.s.heard.insert(message, gone);
    table.answer(&calls[1], say("Hello."));
    assert!(!table.s.letters[1].is_open() && table.s.letters[1].answered_at.is_none());
}

#[test]
fn a_handoff_is_answered_by_what_the_step_makes_and_withdrawn_when_it_is_stopped() {
    let mut table = Table::content();
    table.until_step("draft", State::InProgress);
    let draft = table.step("draft").id;
    let of_draft = |t: &Table| t.s.letters.iter().filter(|l| l.step_task == Some(draft)).cloned().collect::<Vec<_>>();
    let open = of_draft(&table);
    assert_eq!((open.len(), open[0].to.as_str(), open[0].call), (1, "copywriter", table.step("draft").call));
    let call = table.call_of("draft");
    let good = table.good(&call);
    table.answer(&call, good);
    let all = of_draft(&table);
    assert!(all[0].answered_at.is_some() && all[0].answer_post.is_some());
    let back = all.iter().find(|l| l.to == "content_manager").expect("what it made goes back");
    assert_eq!((back.is_open(), back.post), (false, all[0].answer_post), "nobody waits for an answer to it");
    table.tell(&Event::Deleted { message: super::lane::source_message(), by: "you".into() });
    assert!(table.s.letters.iter().all(|l| !l.is_open()));
}
