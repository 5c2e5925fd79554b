use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::json;

use super::lane::{Table, handle, runs, said, words};
use crate::approval::State as Approval;
use crate::event::{Event, Outcome, Purpose};
use crate::org::Right;
use crate::persona::RunMode;
use crate::record::{Category, EscalationState};
use crate::task::State;
use crate::team::Action;

/// A piece that is put before people.
fn put() -> Table {
    let mut table = Table::content();
    table.until(|t| !t.s.approvals.is_empty());
    table
}

fn newest(table: &Table) -> Approval {
    table.s.approvals.last().expect("an approval").state
}

#[test]
fn nothing_is_published_without_a_yes_and_a_yes_publishes_once() {
    let mut table = put();
    assert_eq!((table.step("publish").state, table.root().state), (State::Waiting, State::Waiting));
    let effects = table.react("ana", "✅", true);
    let published = runs(&effects);
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].grant, Some(table.s.approvals[0].id));
    assert_eq!(published[0].input, table.s.approvals[0].input);
    assert!(runs(&table.react("you", "✅", true)).is_empty());
    assert!(runs(&table.react("ana", "✅", false)).is_empty());
    assert!(runs(&table.react("ana", "✅", true)).is_empty());
    assert_eq!(newest(&table), Approval::Approved);
}

#[test]
fn with_a_quorum_of_two_a_vote_taken_back_is_no_vote() {
    let mut table = put();
    table.s.approvals[0].quorum = 2;
    assert!(runs(&table.react("you", "✅", true)).is_empty());
    table.react("you", "✅", false);
    assert!(runs(&table.react("ana", "✅", true)).is_empty());
    assert_eq!(newest(&table), Approval::Open);
    assert_eq!(runs(&table.react("you", "✅", true)).len(), 1);
}

#[test]
fn a_name_is_a_person_whatever_its_case_and_counts_once() {
    let mut table = put();
    table.s.approvals[0].quorum = 2;
    table.react("YOU", "✅", true);
    assert!(runs(&table.react("You", "✅", true)).is_empty(), "one person is one vote");
    assert_eq!(table.s.approvals[0].votes.len(), 1);
    assert_eq!(table.s.approvals[0].votes[0].by, "you");
}

#[test]
fn what_would_be_done_must_be_what_was_shown() {
    let mut table = put();
    table.s.approvals[0].input["title"] = json!("Another title");
    let effects = table.react("you", "✅", true);
    assert!(runs(&effects).is_empty());
    assert_eq!(table.s.approvals[0].state, Approval::Void);
    assert_eq!((table.s.approvals.len(), newest(&table)), (2, Approval::Open), "it is put anew as it is");
}

#[test]
fn a_no_to_the_whole_cancels_it_and_a_no_to_what_is_optional_does_not() {
    let mut table = put();
    let effects = table.react("you", "❌", true);
    assert!(words(&effects).iter().any(|w| w.contains("What was the reason?")));
    assert_eq!((table.step("linkedin").state, table.root().state), (State::Cancelled, State::Cancelled));

    let mut table = only_the_newsletter_waits();
    table.react("you", "❌", true);
    assert_eq!((table.step("newsletter_out").state, table.root().state), (State::Cancelled, State::Done));
}

#[test]
fn an_edit_that_is_still_being_read_does_not_revive_what_was_rejected() {
    let mut table = put();
    let mut edit = said("you", None, "Coffee instead");
    edit.message = super::lane::source_message();
    table.tell(&Event::Edited { said: edit });
    let reading = table.calls.last().cloned().expect("a reread");
    table.react("you", "❌", true);
    let good = table.good(&reading);
    assert!(table.answer(&reading, good).is_empty());
    assert_eq!(table.root().state, State::Cancelled);
}

/// A published piece whose newsletter item is put before people.
fn only_the_newsletter_waits() -> Table {
    let mut table = put();
    table.react("you", "✅", true);
    table.until(|t| t.s.approvals.len() == 2);
    while let Some(call) = table.awaited() {
        let good = table.good(&call);
        table.answer(&call, good);
    }
    table
}

#[test]
fn what_is_optional_may_come_after_the_whole_is_done() {
    let mut table = only_the_newsletter_waits();
    assert_eq!(table.root().state, State::Done);
    let expire = table.timers.last().expect("its expiry").clone();
    table.now = expire.0;
    table.tell(&Event::Due(expire.1));
    assert_eq!(newest(&table), Approval::Expired);
    table.react("you", "✅", true);
    assert_eq!((table.s.approvals.len(), newest(&table)), (3, Approval::Open), "it is put anew");
    assert_eq!(runs(&table.react("you", "✅", true)).len(), 1);
    let call = table.call_of("newsletter_out");
    let good = table.good(&call);
    table.answer(&call, good);
    assert_eq!((table.step("newsletter_out").state, table.root().state), (State::Done, State::Done));
}

#[test]
fn the_reply_after_a_wish_for_changes_is_the_wish_and_only_theirs() {
    let mut table = put();
    table.react("you", "🔁", true);
    let draft = table.step("draft").round;
    table.tell(&Event::Said(said("ben", Some("root"), "I would add a joke")));
    assert_eq!(table.step("draft").state, State::Done, "ben was not asked");
    table.tell(&Event::Said(said("you", Some("root"), "a sharper opening")));
    assert_eq!((table.step("draft").state, table.step("draft").round), (State::InProgress, draft + 1));
    assert_eq!(table.step("draft").notes[0].text, "a sharper opening");
    assert_eq!(table.step("picture").state, State::Done, "the picture stays");
    table.until(|t| t.s.approvals.len() == 2);
    assert_eq!((table.s.approvals[0].state, newest(&table)), (Approval::Changes, Approval::Open));
    assert_ne!(table.s.approvals[0].digest, table.s.approvals[1].digest);
}

#[test]
fn words_that_an_edit_made_needless_are_not_waited_for() {
    let mut table = put();
    table.react("you", "🔁", true);
    let mut edit = said("you", None, "Coffee instead");
    edit.message = super::lane::source_message();
    table.tell(&Event::Edited { said: edit });
    table.until(|t| t.s.approvals.len() == 2);
    table.tell(&Event::Said(said("you", Some("root"), "thank you all")));
    assert_eq!(newest(&table), Approval::Open, "thanks are no wish for changes");
}

#[test]
fn after_as_many_rounds_as_the_playbook_says_it_is_put_as_it_is() {
    let mut table = put();
    for _ in 0..5 {
        table.react("you", "🔁", true);
        table.tell(&Event::Said(said("you", Some("root"), "again")));
        let asked = table.s.approvals.len();
        table.until(|t| t.s.approvals.len() > asked);
    }
    let drafts = table.step("draft").round;
    table.react("you", "🔁", true);
    let effects = table.tell(&Event::Said(said("you", Some("root"), "and again")));
    assert!(words(&effects).iter().any(|w| w.contains("went round 5 times")));
    assert_eq!((table.step("draft").round, newest(&table)), (drafts, Approval::Open));
}

#[test]
fn silence_is_reminded_of_once_then_escalated_and_a_vote_has_it_put_anew() {
    let mut table = put();

    let timers = table.timers.clone();
    table.now += TimeDelta::days(1);
    let effects = table.tell(&Event::Due(timers[0].1.clone()));
    assert!(words(&effects)[0].contains("A reminder for you, ana"));
    table.now += TimeDelta::days(2);
    table.tell(&Event::Due(timers[1].1.clone()));
    assert_eq!((newest(&table), table.root().state), (Approval::Expired, State::Blocked));
    assert_eq!(table.s.escalations[0].category, Category::DeadlineMissed);
    assert!(runs(&table.react("ben", "✅", true)).is_empty());
    assert_eq!(newest(&table), Approval::Expired, "ben has no vote");
    assert!(runs(&table.react("ana", "✅", true)).is_empty(), "what was shown days ago is shown again first");
    assert_eq!((newest(&table), table.s.escalations[0].state), (Approval::Open, EscalationState::Answered));
    // The timers of the first card mean nothing to the second.
    table.tell(&Event::Due(timers[1].1.clone()));
    assert_eq!(newest(&table), Approval::Open);
}

#[test]
fn an_expired_card_of_work_that_was_stopped_stays_what_it_is() {
    let mut table = put();
    let expire = table.timers[1].clone();
    table.now = expire.0;
    table.tell(&Event::Due(expire.1));
    table.tell(&Event::Deleted { message: super::lane::source_message(), by: "you".into() });
    assert!(table.react("you", "✅", true).is_empty());
    assert_eq!((table.s.approvals.len(), table.step("publish").state), (1, State::Cancelled));
}

#[test]
fn a_deleted_request_leaves_nothing_that_could_still_happen() {
    let mut table = put();
    let message = super::lane::source_message();
    table.tell(&Event::Deleted { message, by: "you".into() });
    assert_eq!((newest(&table), table.root().state), (Approval::Void, State::Cancelled));
    assert!(runs(&table.react("you", "✅", true)).is_empty());
    assert!(table.awaited().is_none());
    for call in table.calls.clone() {
        let good = table.good(&call);
        assert!(table.answer(&call, good).is_empty(), "late answers are dropped");
    }
}

#[test]
fn changes_wanted_without_a_word_run_out_too() {
    let mut table = put();
    let id = table.s.approvals[0].id;
    table.react("you", "🔁", true);
    assert_eq!(newest(&table), Approval::Changes);
    let reminded = table.tell(&Event::Due(crate::event::Timer::Remind { approval: id }));
    assert!(words(&reminded)[0].contains("reminder for you"), "{reminded:?}");
    table.tell(&Event::Due(crate::event::Timer::Expire { approval: id }));
    assert_eq!((newest(&table), table.step("publish").state), (Approval::Expired, State::Blocked));
    table.react("ana", "✅", true);
    assert_eq!((table.s.approvals.len(), newest(&table)), (2, Approval::Open), "it is put anew");
}

#[test]
fn anothers_wish_overrides_nothing_and_is_put_before_the_one_who_asked() {
    let mut table = Table::content();
    table.tell(&Event::Said(said("ben", Some("root"), "@content_manager make it about coffee")));
    let call = table.calls.last().expect("a question").clone();
    let rounds: Vec<i32> = table.s.tasks.iter().map(|t| t.round).collect();
    table.answer(&call, super::lane::acts("request_change", json!({ "text": "make it about coffee" })));
    assert_eq!(table.s.tasks.iter().map(|t| t.round).collect::<Vec<_>>(), rounds);
    let raised = table.s.escalations.last().expect("an escalation");
    assert_eq!((raised.category, raised.state), (Category::Conflict, EscalationState::Open));
    assert!(raised.issue.contains("ben") && raised.issue.contains("you") && raised.issue.contains("coffee"));
}

#[test]
fn what_was_approved_and_failed_on_its_way_needs_no_second_yes() {
    let mut table = put();
    table.react("you", "✅", true);
    let call = table.call_of("publish");
    let round = table.step("publish").round;
    let why = "the disk is full".to_owned();
    table.answer(&call, crate::event::Outcome::Failed { why, later: true });
    assert_eq!(table.step("publish").state, State::Blocked);
    let task = table.step("publish").id;
    let again = table.tell(&Event::Due(crate::event::Timer::Resume { task, round }));
    let runs = runs(&again);
    assert_eq!((runs.len(), table.s.approvals.len()), (1, 1));
    assert_eq!(runs[0].grant, Some(table.s.approvals[0].id));
}

#[test]
fn the_department_says_why_it_asks() {
    let mut table = Table::content();
    let why = |table: &mut Table| words(&table.tell(&Event::Said(said("ben", Some("root"), "@bullpen why?")))).join("");
    let before = why(&mut table);
    assert!(
        before.contains(
            "**Publication** (publish.article by @content_manager) needs the yes of @director_comms, then of you or ana"
        ),
        "{before}"
    );
    assert!(
        before.contains("**LinkedIn** (post.social by @linkedin_manager) needs the yes of @director_comms"),
        "{before}"
    );
    table.until_step("publish", State::Waiting);
    let asked = why(&mut table);
    assert!(asked.starts_with("**Publication: Tea For Teams** waits for you, ana: publish.article is proposed, and a person approves it (L3)"), "{asked}");
    assert!(asked.contains("(`autonomy.publish.article` in team.yaml:"), "{asked}");
    assert!(table.calls.iter().all(|call| !matches!(call.purpose, Purpose::Talk(_))), "no model is asked for it");
}

#[test]
fn what_the_guard_of_the_voice_has_not_seen_is_a_person_s_to_decide() {
    let mut table = Table::content();
    let playbook = table.s.playbook.as_mut().map(Arc::make_mut).expect("a playbook");
    let voice = playbook.steps.iter_mut().find(|s| s.id == "voice").expect("a step");
    voice.role = handle("copywriter");
    // The step is pinned to its new owner from now on.
    let task = table.s.tasks.iter_mut().find(|t| t.step.as_deref() == Some("voice")).expect("its task");
    task.owner = handle("copywriter");
    table.until_step("publish", State::Waiting);
    let card = table.s.approvals.last().expect("people are asked");
    assert!(
        card.why.ends_with("@director_comms has not seen this version, so a person has the last word"),
        "{}",
        card.why
    );
    assert!(card.why.contains("`authority.gates[0]` in team.yaml:"), "{}", card.why);
}

#[test]
fn what_the_guard_of_the_voice_still_has_notes_on_is_a_person_s_to_decide() {
    let mut table = Table::content();
    table.until_step("publish", State::Waiting);
    table.react("you", "✅", true);
    // A post at L4 that goes round until nobody waits for an agreement any more.
    for _ in 0..60 {
        if table.step("linkedin_out").state == State::Waiting {
            break;
        }
        let call = table.awaited().expect("something is under way");
        let of_voice =
            table.s.tasks.iter().any(|t| t.call == Some(call.id) && t.step.as_deref() == Some("linkedin_voice"));
        let outcome = if of_voice {
            Outcome::Result { output: json!({ "score": 40, "notes": ["softer"] }) }
        } else {
            table.good(&call)
        };
        table.now += TimeDelta::minutes(1);
        let effects = table.answer(&call, outcome);
        assert!(runs(&effects).iter().all(|run| run.input["folder"] != "linkedin"), "nothing goes out unasked");
    }
    let card = table.s.approvals.iter().rfind(|a| a.kind == "post.social");
    let card = card.unwrap_or_else(|| panic!("people are asked: {:#?}", table.states()));
    assert!(card.why.contains("@director_comms still has notes on it"), "{}", card.why);
    let post = card.post;
    let voted = Event::Reacted { post, by: "ana".into(), emoji: "✅".into(), set: true, button: false };
    let effects = table.tell(&voted);
    assert!(runs(&effects).iter().any(|run| run.input["folder"] == "linkedin" && run.grant.is_some()));
}

#[test]
fn who_may_no_longer_act_does_not_although_people_agreed() {
    let mut table = Table::content();
    table.until_step("publish", State::Waiting);
    let persona = table.dir.personas.get_mut(&handle("content_manager")).expect("it is shipped");
    Arc::make_mut(persona).mode = RunMode::ReviewOnly;
    let effects = table.react("you", "✅", true);
    assert_eq!(runs(&effects), Vec::new());
    assert_eq!(table.step("publish").state, State::Blocked);
}

#[test]
fn a_yes_counts_as_long_as_who_gave_it_may_give_it_and_as_many_as_the_rules_want_now() {
    let mut table = Table::content();
    table.until_step("publish", State::Waiting);
    let quorum = |table: &mut Table, quorum| {
        let team = Arc::make_mut(&mut table.dir.team);
        team.autonomy.get_mut(&Action::PublishArticle).expect("it is shipped").quorum = quorum;
    };
    quorum(&mut table, 2);
    assert_eq!(runs(&table.react("you", "✅", true)), Vec::new(), "one yes was enough when it was asked for");
    assert_eq!((table.s.approvals.len(), newest(&table)), (2, Approval::Open), "so it is put anew");
    table.react("ana", "✅", true);
    let ana = table.dir.people.iter_mut().find(|person| person.name == "ana").expect("she is listed");
    ana.rights.remove(&Right::Approve);
    let ben = table.dir.people.iter_mut().find(|person| person.name == "ben").expect("he is listed");
    ben.rights.insert(Right::Approve);
    assert_eq!(runs(&table.react("you", "✅", true)), Vec::new(), "ana's yes counts no more");
    assert_eq!(table.s.approvals.len(), 3);
    table.react("you", "✅", true);
    let out = runs(&table.react("ben", "✅", true));
    assert_eq!(out.iter().map(|run| run.action.as_deref()).collect::<Vec<_>>(), [Some("publish.article")]);
}

#[test]
fn a_vote_can_be_taken_back_without_the_right_to_give_one() {
    let mut table = put();
    table.s.approvals[0].quorum = 2;
    table.react("ana", "✅", true);
    let ana = table.dir.people.iter_mut().find(|person| person.name == "ana").expect("she is listed");
    ana.rights.clear();
    table.react("ana", "✅", false);
    assert!(table.s.approvals[0].votes[0].taken_back.is_some());
}
