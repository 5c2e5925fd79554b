mod generated;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::lane::{Call, Table, acts, asked, handle, said, source_message, words};
use crate::act::discussion::Draft;
use crate::effect::Effect;
use crate::event::{Event, Proposed, Purpose, Timer};
use crate::lane::Lane;
use crate::name::Handle;
use crate::policy::{self, Matter, Stage, Verdict};
use crate::proposal::{Action, Plan, Proposal, Stance, State};
use crate::snapshot::Snapshot;
use crate::task;

const WORK: u128 = 77;

/// A proposal that `by` makes, with these asked.
fn proposed(by: &str, kind: &str, ask: &[&str], plan: Plan) -> Table {
    let mut table = Table::talk();
    let task = Uuid::from_u128(9);
    table.s = Snapshot::empty(table.dir.org, Lane::task(task));
    let draft = Draft { kind: kind.into(), stakeholders: ask.iter().map(|h| handle(h)).collect(), plan };
    let event = Proposed {
        task,
        by: handle(by),
        asked_by: "you".into(),
        source: Some(source_message()),
        channel: Some("management".into()),
        about: Some(Uuid::from_u128(WORK)),
        draft,
    };
    let event = Event::Proposed(Box::new(event));
    table.tell(&event);
    let again = table.tell(&event);
    assert!(again.is_empty(), "a repeat opens nothing: {again:?}");
    table
}

fn launch() -> Plan {
    Plan {
        text: "The campaign launches on Monday.".into(),
        reasoning: "The trade fair begins that day.".into(),
        alternatives: vec!["A week later".into()],
        actions: vec![Action { what: "Book the slots".into(), owner: handle("twitter_manager"), due: None }],
        due: Some(day(3)),
        ..Plan::default()
    }
}

fn day(days: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + days)
}

/// The launch that two managers do not agree on.
fn disagreement() -> Table {
    proposed("campaign_manager", "campaign_timeline", &["social_media_manager"], launch())
}

fn p(table: &Table) -> &Proposal {
    table.s.proposal.as_ref().expect("a proposal")
}

/// The call by which somebody is asked for something now.
fn call(table: &Table, who: &str, voice: &str) -> Call {
    let waits = p(table).waiting.iter().find(|w| w.who == handle(who) && json!(w.voice)["voice"] == voice);
    let waits = waits.unwrap_or_else(|| panic!("@{who} is not asked for {voice}: {:?}", p(table).waiting)).call;
    table.calls.iter().find(|c| c.id == waits).cloned().expect("a call that was made")
}

fn answer(table: &mut Table, who: &str, voice: &str, act: &str, arguments: Value) -> Vec<Effect> {
    let call = call(table, who, voice);
    table.answer(&call, acts(act, arguments))
}

fn object(table: &mut Table, who: &str, text: &str) -> Vec<Effect> {
    answer(table, who, "position", "take_position", json!({ "stance": "object", "text": text }))
}

fn agree(table: &mut Table, who: &str) -> Vec<Effect> {
    answer(table, who, "position", "take_position", json!({ "stance": "agree", "text": "Fine with me." }))
}

fn review(table: &mut Table, who: &str, verdict: &str) -> Vec<Effect> {
    let notes = if verdict == "changes" { json!(["Say who pays."]) } else { json!([]) };
    answer(table, who, "agree", "review", json!({ "verdict": verdict, "summary": "Seen.", "notes": notes }))
}

/// Both rounds, and nobody moves.
fn deadlock() -> Table {
    let mut table = disagreement();
    object(&mut table, "social_media_manager", "Monday is a holiday.");
    answer(&mut table, "campaign_manager", "answer", "stand_by", json!({ "text": "The fair does not move." }));
    object(&mut table, "social_media_manager", "Nobody reads posts that day.");
    table
}

fn told(effects: &[Effect]) -> Vec<&Event> {
    let told = effects.iter().filter_map(|e| match e {
        Effect::Tell { event, .. } => Some(event),
        _ => None,
    });
    told.collect()
}

fn kinds(table: &Table) -> Vec<&str> {
    table.records.iter().map(|r| r.kind.as_str()).collect()
}

/// Whether the rules leave it to whoever decided, alone or with the personas that approved this very version.
pub(super) fn decided_by_the_rules(table: &Table) -> bool {
    let p = p(table);
    let approved = |who: &Vec<Handle>| who.iter().any(|h| p.word_of(h).is_some_and(|a| a.what == "approves"));
    match policy::judge(&table.dir, &p.maker, &Matter::decision(&p.kind, p.situation())).verdict {
        Verdict::Do => true,
        Verdict::NeedApproval { order } => {
            order.iter().all(|stage| matches!(stage, Stage::Personas(who) if approved(who)))
        }
        _ => false,
    }
}

/// The newest timer of the discussion comes due.
fn time_is_up(table: &mut Table) -> Vec<Effect> {
    let (at, timer) = table.timers.iter().rfind(|(_, t)| matches!(t, Timer::Discuss { .. })).cloned().expect("a timer");
    table.now = at;
    table.tell(&Event::Due(timer))
}

#[test]
fn the_launch_that_two_disagree_on_is_decided_by_their_shared_lead_with_reasons_and_the_tasks_move() {
    let mut table = disagreement();
    let effects = answer(
        &mut table,
        "social_media_manager",
        "position",
        "take_position",
        json!({ "stance": "object", "text": "Monday is a holiday, and that cuts engagement.",
                "evidence": ["Last year's holiday posts"],
                "ask": { "of": "analytics_specialist", "question": "How did posts on holidays do?" } }),
    );
    assert!(words(&effects).iter().any(|t| t == "@analytics_specialist How did posts on holidays do?"));
    let facts = call(&table, "analytics_specialist", "evidence");
    assert_eq!(facts.material["question"], "How did posts on holidays do?");
    table.answer(&facts, acts("give_evidence", json!({ "finding": "40 % less engagement than on working days." })));
    let asked = call(&table, "campaign_manager", "answer");
    assert_eq!(asked.material["objections"][0]["by"], "social_media_manager");
    assert_eq!(asked.material["evidence"][0]["finding"], "40 % less engagement than on working days.");
    answer(&mut table, "campaign_manager", "answer", "stand_by", json!({ "text": "The fair does not move." }));
    let effects = object(&mut table, "social_media_manager", "Nobody reads posts that day.");
    assert!(words(&effects).iter().any(|t| t.contains("@vp_marketing, please decide")));
    let why = words(&table.tell(&Event::Said(said("ana", Some("root"), "@bullpen why?"))));
    assert!(why[0].starts_with("This is before who decides. With @vp_marketing it goes by itself"), "{why:?}");
    assert!(why[0].ends_with("It waits for @vp_marketing."), "{why:?}");

    let decision = json!({ "text": "The campaign launches on Tuesday.", "reasoning": "The figures speak for a day later.",
                           "alternatives": ["Monday"], "due": "1970-01-01" });
    let nonsense = answer(&mut table, "vp_marketing", "decide", "decide", decision);
    assert!(words(&nonsense).is_empty(), "a date in the past is asked for once more");
    let due = day(4).to_rfc3339();
    let effects = answer(
        &mut table,
        "vp_marketing",
        "decide",
        "decide",
        json!({ "text": "The campaign launches on Tuesday.", "reasoning": "The figures speak for a day later.",
                "alternatives": ["Monday"], "due": due,
                "actions": [{ "what": "Move the posts", "owner": "twitter_manager", "due": due }] }),
    );
    assert_eq!(p(&table).state, State::Decided);
    let record = table.records.last().expect("a record");
    assert_eq!((record.maker.as_str(), record.kind.as_str()), ("vp_marketing", "campaign_timeline"));
    assert!(record.escalated);
    assert_eq!(record.alternatives, json!(["Monday"]));
    let dissent: Vec<&str> =
        record.dissent.as_array().expect("dissent").iter().filter_map(|d| d["by"].as_str()).collect();
    assert_eq!(dissent, ["social_media_manager", "campaign_manager"]);
    assert_eq!(record.actions[0]["owner"], "twitter_manager");
    let posts = words(&effects);
    assert!(posts.iter().any(|t| t.contains("For your information: @cmo")), "{posts:#?}");
    let moved = told(&effects);
    assert!(
        matches!(moved.as_slice(), [Event::Rescheduled { due, by, .. }] if *due == day(4) && by == "vp_marketing"),
        "{moved:?}"
    );
    let action = table.s.tasks.iter().find(|t| !t.is_root()).expect("an action").clone();
    assert_eq!(
        (action.state, action.owner.as_str(), action.due),
        (task::State::InProgress, "twitter_manager", Some(day(4)))
    );
    let carried =
        table.calls.iter().find(|c| c.purpose == Purpose::Carry { task: action.id }).cloned().expect("a call");
    table.answer(&carried, acts("report", json!({ "text": "Moved all four posts." })));
    assert_eq!(table.root().state, task::State::Done);
}

#[test]
fn its_variant_is_closed_by_the_data_of_a_test() {
    for (value, stands) in [(3.4, true), (2.9, false)] {
        let mut table = deadlock();
        let until = day(2);
        answer(
            &mut table,
            "vp_marketing",
            "decide",
            "order_test",
            json!({ "measure": "Engagement in % of a post on the holiday before", "at_least": 3.0,
                    "otherwise": "The campaign launches on Tuesday.", "until": until.to_rfc3339(),
                    "measured_by": "analytics_specialist", "reasoning": "We have opinions and no figure." }),
        );
        assert_eq!(p(&table).state, State::Testing);
        time_is_up(&mut table);
        assert_eq!(table.now, until);
        answer(
            &mut table,
            "analytics_specialist",
            "measure",
            "report_measure",
            json!({ "value": value, "source": "Platform statistics" }),
        );
        assert_eq!(p(&table).state, State::Decided);
        let text = if stands { "The campaign launches on Monday." } else { "The campaign launches on Tuesday." };
        let record = table.records.last().expect("a record");
        assert_eq!((record.decision.as_str(), record.maker.as_str()), (text, "vp_marketing"));
        assert!(record.reasoning.contains(&value.to_string()) || stands, "{}", record.reasoning);
        assert_eq!(kinds(&table), ["campaign_timeline.test", "campaign_timeline"]);
    }
}

#[test]
fn a_figure_that_is_missing_is_asked_of_people_and_in_the_end_decided_without() {
    let mut table = deadlock();
    let until = day(2);
    let order = json!({ "measure": "Clicks", "at_least": 10, "otherwise": "Tuesday.", "until": until.to_rfc3339(),
                        "measured_by": "analytics_specialist", "reasoning": "Let us see." });
    answer(&mut table, "vp_marketing", "decide", "order_test", order);
    time_is_up(&mut table);
    answer(&mut table, "analytics_specialist", "measure", "escalate", json!({ "issue": "I have no access." }));
    assert_eq!(table.s.escalations.len(), 1);
    let effects = table.tell(&Event::Said(said("ana", Some("root"), "@analytics_specialist it was 12")));
    assert_eq!(asked(&effects), ["analytics_specialist"]);
    answer(&mut table, "analytics_specialist", "measure", "escalate", json!({ "issue": "That is no figure of ours." }));
    time_is_up(&mut table);
    answer(&mut table, "analytics_specialist", "measure", "escalate", json!({ "issue": "Still none." }));
    time_is_up(&mut table);
    answer(&mut table, "analytics_specialist", "measure", "escalate", json!({ "issue": "Nothing." }));
    let call = call(&table, "vp_marketing", "decide");
    assert!(!call.ask.is_empty());
    answer(&mut table, "vp_marketing", "decide", "decide", json!({ "text": "Tuesday.", "reasoning": "It is safer." }));
    assert_eq!(p(&table).state, State::Decided);
    assert_eq!(table.s.escalations.len(), 1, "people are told once");
}

#[test]
fn where_all_agree_the_one_who_may_decides_and_the_others_are_not_asked() {
    let mut table = proposed("content_manager", "content_calendar", &["social_media_manager"], launch());
    agree(&mut table, "social_media_manager");
    assert_eq!((p(&table).state, p(&table).maker.as_str()), (State::Decided, "content_manager"));
    let record = table.records.last().expect("a record");
    assert!(!record.escalated);
    assert_eq!(record.chain[0]["by"], "social_media_manager");
}

#[test]
fn a_proposal_goes_the_stages_that_the_matrix_names() {
    let mut table = proposed("vp_marketing", "major_initiative", &["director_comms"], launch());
    agree(&mut table, "director_comms");
    review(&mut table, "cmo", "approve");
    let approval = table.s.approvals.last().expect("people have the last word").clone();
    assert_eq!((approval.kind.as_str(), p(&table).state), ("decide.major_initiative", State::Deciding));
    table.react("ben", "✅", true);
    assert_eq!(p(&table).state, State::Deciding, "ben may not approve");
    table.react("ana", "✅", true);
    assert_eq!(p(&table).state, State::Decided);
    let record = table.records.last().expect("a record");
    assert_eq!(record.maker, "ana");
    let chain: Vec<&str> = record.chain.as_array().expect("a chain").iter().filter_map(|c| c["by"].as_str()).collect();
    assert_eq!(chain, ["director_comms", "cmo", "ana", "ana"]);
}

#[test]
fn who_has_to_agree_may_send_it_back_and_then_sees_the_next_version() {
    let mut table = proposed("vp_marketing", "brand_positioning", &["director_comms"], launch());
    agree(&mut table, "director_comms");
    review(&mut table, "cmo", "changes");
    let revised = json!({ "text": "The campaign launches on Wednesday; marketing pays.", "reasoning": "As asked." });
    answer(&mut table, "vp_marketing", "answer", "revise_proposal", revised);
    assert_eq!(p(&table).version, 2);
    agree(&mut table, "director_comms");
    assert_eq!(p(&table).state, State::Deciding, "the yes of the CMO is wanted for this version too");
    review(&mut table, "cmo", "changes");
    assert_eq!(p(&table).state, State::Rejected, "the rounds are over");
    assert_eq!(table.root().state, task::State::Cancelled);
    assert_eq!(kinds(&table), ["brand_positioning.rejected"]);
}

#[test]
fn a_person_may_reject_it_or_want_it_otherwise_and_an_edited_plan_voids_the_votes() {
    let mut table = proposed("cmo", "legal_compliance", &["vp_marketing"], launch());
    agree(&mut table, "vp_marketing");
    let first = table.s.approvals.last().expect("people decide on law").clone();
    table.react("ana", "🔁", true);
    table.tell(&Event::Said(said("ana", Some("root"), "Ask a lawyer first.")));
    answer(
        &mut table,
        "cmo",
        "answer",
        "revise_proposal",
        json!({ "text": "We ask a lawyer.", "reasoning": "ana is right." }),
    );
    agree(&mut table, "vp_marketing");
    let second = table.s.approvals.last().expect("put anew").clone();
    assert_ne!(first.digest, second.digest);
    table.react("you", "❌", true);
    assert_eq!(p(&table).state, State::Rejected);
    table.tell(&Event::Said(said("you", Some("root"), "Not now.")));
    assert_eq!(table.records.last().expect("a record").reasoning, "Not now.");
    assert!(table.s.proposal.as_ref().expect("kept").waiting.is_empty());
}

#[test]
fn who_may_not_decide_hands_it_to_who_may() {
    // Managers only flag what concerns the law; it climbs to people, who decide.
    let mut table = proposed("content_manager", "legal_compliance", &["social_media_manager"], launch());
    agree(&mut table, "social_media_manager");
    assert_eq!(p(&table).maker.as_str(), "vp_marketing", "the nearest above who has to escalate it");
    answer(
        &mut table,
        "vp_marketing",
        "decide",
        "decide",
        json!({ "text": "Let people decide.", "reasoning": "It is law." }),
    );
    assert_eq!(p(&table).maker.as_str(), "cmo");
    answer(&mut table, "cmo", "decide", "decide", json!({ "text": "Let people decide.", "reasoning": "It is law." }));
    assert_eq!(p(&table).state, State::Deciding);
    table.react("ana", "✅", true);
    assert_eq!((p(&table).state, table.records.last().map(|r| r.maker.as_str())), (State::Decided, Some("ana")));
}

#[test]
fn silence_and_nonsense_keep_nothing_from_going_on() {
    let mut table = disagreement();
    for _ in 0..2 {
        let call = call(&table, "social_media_manager", "position");
        table.answer(&call, acts("publish", json!({ "approved": true })));
    }
    assert_eq!(p(&table).positions[0].stance, Stance::Silent);
    // The VP decides campaign timelines; silence brings it before people.
    let late = call(&table, "vp_marketing", "agree");
    time_is_up(&mut table);
    assert!(
        table.answer(&late, acts("review", json!({ "verdict": "approve", "summary": "", "notes": [] }))).is_empty()
    );
    assert!(table.s.approvals.last().expect("people are asked").why.contains("did not answer in time"));
    table.react("ana", "✅", true);
    assert_eq!(p(&table).state, State::Decided);
}

#[test]
fn what_ran_out_is_put_anew_when_somebody_asks_for_it() {
    let mut table = proposed("cmo", "legal_compliance", &["vp_marketing"], launch());
    agree(&mut table, "vp_marketing");
    let (at, expire) =
        table.timers.iter().rfind(|(_, t)| matches!(t, Timer::Expire { .. })).cloned().expect("it runs out");
    table.now = at;
    table.tell(&Event::Due(expire));
    assert_eq!(table.root().state, task::State::Blocked);
    table.react("ana", "🔁", true);
    assert_eq!(table.s.approvals.len(), 2);
    table.react("ana", "✅", true);
    assert_eq!(p(&table).state, State::Decided);
}

/// The CMO, who decides where the brand stands, wants what the VP objects to: nobody is above both but people.
fn before_people() -> Table {
    let mut table = proposed("cmo", "brand_positioning", &["vp_marketing"], launch());
    object(&mut table, "vp_marketing", "That is not us.");
    answer(&mut table, "cmo", "answer", "stand_by", json!({ "text": "It will be." }));
    object(&mut table, "vp_marketing", "Still not us.");
    assert_eq!(table.s.approvals.len(), 1);
    table
}

#[test]
fn what_was_put_before_people_is_decided_by_people() {
    let mut table = before_people();
    let (at, expire) =
        table.timers.iter().rfind(|(_, t)| matches!(t, Timer::Expire { .. })).cloned().expect("it runs out");
    table.now = at;
    table.tell(&Event::Due(expire));
    table.react("ana", "✅", true);
    assert_eq!(
        (p(&table).state, table.s.approvals.len()),
        (State::Deciding, 2),
        "put anew, and not decided by the CMO"
    );

    let mut table = before_people();
    table.react("ana", "🔁", true);
    table.tell(&Event::Said(said("ana", Some("root"), "Ask our customers first.")));
    answer(
        &mut table,
        "cmo",
        "answer",
        "revise_proposal",
        json!({ "text": "Just as before.", "reasoning": "I know better." }),
    );
    agree(&mut table, "vp_marketing");
    assert_eq!((p(&table).state, table.s.approvals.len()), (State::Deciding, 2), "ana sees the new version");
    table.react("ana", "✅", true);
    let record = table.records.last().expect("a record");
    assert_eq!((record.maker.as_str(), record.escalated), ("ana", true));
    assert_eq!(record.dissent, json!([]), "who said yes in the end is not of another mind: {}", record.dissent);
}

#[test]
fn an_objection_outlasts_the_silence_of_who_made_it() {
    let mut table =
        proposed("content_manager", "content_calendar", &["social_media_manager", "campaign_manager"], launch());
    object(&mut table, "social_media_manager", "Too soon.");
    agree(&mut table, "campaign_manager");
    answer(&mut table, "content_manager", "answer", "stand_by", json!({ "text": "It has to be." }));
    time_is_up(&mut table);
    // The VP is only informed of calendars, so nobody above both but people may decide it.
    assert_eq!((p(&table).state, table.s.approvals.len()), (State::Deciding, 1));
    assert_eq!(p(&table).latest().count(), 3);
}

#[test]
fn all_who_are_silent_are_noted_before_anything_is_decided() {
    let mut table =
        proposed("content_manager", "content_calendar", &["social_media_manager", "campaign_manager"], launch());
    time_is_up(&mut table);
    assert_eq!(p(&table).state, State::Decided);
    let silent = table.records[0].chain.as_array().expect("a chain").iter().filter(|c| c["what"] == "silent").count();
    assert_eq!(silent, 2);
}

#[test]
fn another_amount_is_judged_anew() {
    let plan = Plan { amount: Some(4_000), ..launch() };
    let mut table = proposed("vp_marketing", "budget_allocation", &["director_comms"], plan);
    object(&mut table, "director_comms", "Not enough.");
    let more = json!({ "text": "Twenty thousand.", "reasoning": "More is needed.", "amount": 20_000 });
    answer(&mut table, "vp_marketing", "answer", "revise_proposal", more);
    agree(&mut table, "director_comms");
    call(&table, "cmo", "agree");
    assert_eq!(p(&table).state, State::Deciding, "beyond what the VP may decide");
}

#[test]
fn only_what_sets_dates_moves_work_and_only_to_a_day_to_come() {
    let moved = |kind: &str, by: &str, days: i64| {
        let mut table = proposed(by, kind, &["social_media_manager"], Plan { due: Some(day(days)), ..launch() });
        let effects = agree(&mut table, "social_media_manager");
        assert_eq!(p(&table).state, State::Decided);
        told(&effects).len()
    };
    assert_eq!(moved("content_calendar", "content_manager", 3), 1);
    assert_eq!(moved("blog_post_topic", "content_manager", 3), 0);
    assert_eq!(moved("content_calendar", "content_manager", -3), 0);
}

#[test]
fn a_person_who_asked_for_it_may_change_it_while_it_is_discussed() {
    let mut table = disagreement();
    let effects = table.tell(&Event::Said(said("you", Some("root"), "@campaign_manager not on a Monday")));
    let [Effect::Ask(ask)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(ask.acts.iter().any(|a| a.name == "request_change"));
    let call = table.calls.last().cloned().expect("a call");
    table.answer(&call, acts("request_change", json!({ "text": "Not on a Monday." })));
    answer(
        &mut table,
        "campaign_manager",
        "answer",
        "revise_proposal",
        json!({ "text": "On Tuesday.", "reasoning": "As asked." }),
    );
    assert_eq!((p(&table).version, p(&table).state), (2, State::Discussing));
}

#[test]
fn what_came_of_it_is_looked_at_once_and_kept() {
    let mut table = proposed("content_manager", "content_calendar", &["social_media_manager"], launch());
    agree(&mut table, "social_media_manager");
    let decided = table.now;
    time_is_up(&mut table);
    assert_eq!(table.now, decided + TimeDelta::days(14));
    answer(
        &mut table,
        "content_manager",
        "look_back",
        "note_outcome",
        json!({ "went": "worse", "note": "Half the visits.", "lesson": "Not on a Monday." }),
    );
    let record = table.records.last().expect("a record");
    assert_eq!((record.kind.as_str(), record.reasoning.as_str()), ("content_calendar.outcome", "Not on a Monday."));
    assert_eq!(record.chain[0]["of"], json!(p(&table).record));
    let records = table.records.len();
    let (_, timer) = table.timers.iter().rfind(|(_, t)| matches!(t, Timer::Discuss { .. })).cloned().expect("a timer");
    table.tell(&Event::Due(timer));
    assert_eq!((table.records.len(), p(&table).waiting.len()), (records, 0));
}

#[test]
fn whoever_asked_can_stop_it_and_late_answers_are_nothing() {
    let mut table = disagreement();
    let late = call(&table, "social_media_manager", "position");
    table.tell(&Event::Deleted { message: source_message(), by: "you".into() });
    assert_eq!((p(&table).state, table.root().state), (State::Withdrawn, task::State::Cancelled));
    assert!(table.answer(&late, acts("take_position", json!({ "stance": "agree", "text": "Yes." }))).is_empty());
    assert!(time_is_up(&mut table).is_empty());
}

#[test]
fn work_that_is_rescheduled_waits_for_the_new_date() {
    let mut table = Table::content();
    let before = table.root().due.expect("a date");
    let due = before + TimeDelta::days(1);
    let event = Event::Rescheduled { due, by: "vp_marketing".into(), decision: "A day later.".into() };
    let effects = table.tell(&event);
    assert_eq!(table.root().due, Some(due));
    assert!(words(&effects).iter().any(|t| t.contains("@vp_marketing decided")), "{effects:?}");
    assert!(words(&table.tell(&event)).is_empty(), "told once");
}

#[test]
fn a_persona_proposes_when_a_person_asks_for_it_and_only_what_it_has_a_part_in() {
    let mut table = Table::talk();
    let effects = table.tell(&Event::Said(said("you", None, "@linkedin_manager propose a budget of 500 for boosts")));
    let [Effect::Ask(ask)] = effects.as_slice() else { panic!("{effects:?}") };
    let offer = ask.acts.iter().find(|a| a.name == "propose").expect("offered");
    let kinds = offer.schema["properties"]["kind"]["enum"].as_array().expect("kinds");
    assert!(kinds.contains(&json!("budget_allocation")), "consulted, so it is put before who decides: {kinds:?}");
    assert!(!kinds.contains(&json!("legal_compliance")), "specialists have no part in it");
    let call = table.calls[0].clone();
    let effects = table.answer(
        &call,
        acts(
            "propose",
            json!({ "kind": "budget_allocation", "amount": 500, "text": "500 for boosts.", "reasoning": "Reach." }),
        ),
    );
    assert!(
        matches!(told(&effects).as_slice(), [Event::Proposed(p)] if p.draft.plan.amount == Some(500)),
        "{effects:?}"
    );
    let both = "@linkedin_manager propose a budget; ask @vp_marketing";
    let effects = table.tell(&Event::Said(said("you", None, both)));
    let proposes = |e: &Effect| match e {
        Effect::Ask(ask) if ask.acts.iter().any(|a| a.name == "propose") => Some(ask.persona.to_string()),
        _ => None,
    };
    assert_eq!(
        effects.iter().filter_map(proposes).collect::<Vec<_>>(),
        ["linkedin_manager"],
        "who is to be asked does not"
    );
    let effects = table.tell(&Event::Said(said("gus", None, "@linkedin_manager propose a budget")));
    assert!(asked(&effects).is_empty(), "guests move nothing");
}

#[test]
fn a_discussion_that_is_taken_over_asks_anew_once_it_is_handed_back() {
    let mut table = disagreement();
    let asked_first = call(&table, "social_media_manager", "position");
    table.tell(&Event::Said(said("you", Some("root"), "@bullpen take over")));
    let late = acts("take_position", json!({ "stance": "object", "text": "Too late." }));
    assert!(table.answer(&asked_first, late).is_empty(), "an answer in flight is left out");
    assert!(time_is_up(&mut table).is_empty(), "nobody is chased");
    let effects = table.tell(&Event::Said(said("you", Some("root"), "@bullpen hand back")));
    assert_eq!(asked(&effects), ["social_media_manager"], "once, and with new time");
    assert!(p(&table).positions.is_empty(), "nobody counts as silent: {:?}", p(&table).positions);
    object(&mut table, "social_media_manager", "It is a holiday.");
    assert_eq!(p(&table).positions.len(), 1);
}
