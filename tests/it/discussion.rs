//! Decisions of the matrix, taken in the open: discussed, settled between those who disagree, tested, looked at again.

use bullpen::store::views::{Page, proposals};
use bullpen_domain::proposal::State;
use bullpen_model::Request;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::script::{Scripted, act, who};
use crate::world::{Setting, World};

const REQUEST: &str = "@campaign_manager propose to launch the campaign on Monday because the trade fair begins";

fn kind(request: &Request) -> &str {
    request.material["kind"].as_str().unwrap_or_default()
}

/// The launch: the Campaign Manager wants Monday, the Social Media Manager shows what the holiday does.
fn launch(request: &Request, usual: bullpen_model::Answer, settlement: &Value) -> bullpen_model::Answer {
    match (kind(request), who(request)) {
        ("talk", "campaign_manager") if offers(request, "propose") => act(
            "propose",
            json!({ "kind": "campaign_timeline", "text": "The campaign launches on Monday.",
                    "reasoning": "The trade fair begins that day.", "ask": ["social_media_manager"] }),
        ),
        ("position", "social_media_manager") => {
            let mut opinion = json!({ "stance": "object", "text": "Monday is a holiday, and that cuts engagement.",
                                      "evidence": ["Last year's holiday posts"] });
            if request.material["evidence"] == json!([]) {
                opinion["ask"] = json!({ "of": "analytics_specialist", "question": "How did posts on holidays do?" });
            }
            act("take_position", opinion)
        }
        ("evidence", "analytics_specialist") => {
            act("give_evidence", json!({ "finding": "40 % less engagement than on working days." }))
        }
        ("answer", "campaign_manager") => act("stand_by", json!({ "text": "The fair does not move." })),
        ("decide", "vp_marketing") => {
            let name = if settlement.get("measure").is_some() { "order_test" } else { "decide" };
            let mut settlement = settlement.clone();
            if name == "order_test" {
                settlement["until"] = later(request, 2);
            }
            act(name, settlement)
        }
        ("measure", "analytics_specialist") => {
            act("report_measure", json!({ "value": 2.9, "source": "Platform statistics" }))
        }
        ("carry", _) => act("report", json!({ "text": "The posts are moved." })),
        ("look_back", _) => act(
            "note_outcome",
            json!({ "went": "better", "note": "Twice the clicks of the last launch.", "lesson": "No launches on holidays." }),
        ),
        _ => usual,
    }
}

fn offers(request: &Request, name: &str) -> bool {
    request.acts.iter().any(|offer| offer.name == name)
}

async fn open(settlement: Value) -> World {
    let model = Scripted::new(move |request, usual| Ok(launch(request, usual, &settlement)));
    World::with(Setting { model: Some(model), ..Setting::default() }).await
}

async fn state(world: &World) -> String {
    world.one::<String>("select state from proposals").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_launch_disagreement_is_decided_with_reasons_and_its_outcome_is_noted() {
    let settlement = json!({ "text": "The campaign launches on Tuesday.", "reasoning": "The figures speak for a day later.",
        "alternatives": ["Monday"], "actions": [{ "what": "Move the posts", "owner": "twitter_manager" }] });
    let world = open(settlement).await;
    world.say("you", "management", REQUEST).await;
    let root = world.root_post("The campaign launches on Monday").await;
    for said in [
        "Monday is a holiday",
        "40 % less engagement",
        "I stand by it",
        "@vp_marketing, please decide",
        "Decided by @vp_marketing",
        "For your information: @cmo",
        "The posts are moved.",
    ] {
        world.hear(root.id, said).await;
    }
    world.settle().await;
    assert_eq!(state(&world).await, "decided");
    let (maker, escalated, alternatives, dissent): (String, bool, Value, Value) = sqlx::query_as(
        "select maker, escalated, alternatives, dissent from decisions where kind = 'campaign_timeline'",
    )
    .fetch_one(&world.pool)
    .await
    .expect("one record");
    assert_eq!((maker.as_str(), escalated, alternatives), ("vp_marketing", true, json!(["Monday"])));
    assert_eq!(dissent[0]["by"], "social_media_manager");
    assert_eq!(dissent[1]["by"], "campaign_manager");
    let listed = proposals::list(&world.pool, world.org, &[State::Decided], Page::default()).await.expect("a list");
    let [listed] = listed.as_slice() else { panic!("one proposal: {listed:#?}") };
    assert_eq!(listed.evidence[0].finding.as_deref(), Some("40 % less engagement than on working days."));
    assert_eq!(listed.thread, Some(root.id.to_string()));
    let told: i64 = world.one("select count(*) from envelopes where kind = 'inform' and \"to\" ? 'cmo'").await;
    assert_eq!(told, 1);

    world.clock.advance(TimeDelta::days(14) + TimeDelta::minutes(1));
    world.hear(root.id, "Twice the clicks of the last launch.").await;
    world.settle().await;
    let lesson: String = world.one("select reasoning from decisions where kind = 'campaign_timeline.outcome'").await;
    assert_eq!(lesson, "No launches on holidays.");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_variant_is_closed_by_the_data_of_a_test_that_outlives_a_restart() {
    let settlement = json!({ "measure": "Engagement in % of a post on the holiday before", "at_least": 3,
        "otherwise": "The campaign launches on Tuesday.", "measured_by": "analytics_specialist",
        "reasoning": "We have opinions and no figure." });
    let mut world = open(settlement).await;
    world.say("you", "management", REQUEST).await;
    let root = world.root_post("The campaign launches on Monday").await;
    world.hear(root.id, "A test decides").await;
    world.settle().await;
    assert_eq!(state(&world).await, "testing");
    world.stop().await;
    world.clock.advance(TimeDelta::days(2) + TimeDelta::minutes(1));
    world.start().await;
    world.hear(root.id, "The test gave **2.9**").await;
    world.hear(root.id, "Decided by @vp_marketing").await;
    world.settle().await;
    let decision: String = world.one("select decision from decisions where kind = 'campaign_timeline'").await;
    assert_eq!(decision, "The campaign launches on Tuesday.");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_in_the_thread_of_a_piece_of_work_moves_its_date() {
    let model = Scripted::new(|request, usual| {
        Ok(match (kind(request), who(request)) {
            ("talk", "vp_marketing") if offers(request, "propose") => act(
                "propose",
                json!({ "kind": "campaign_timeline", "text": "The piece comes a week later.", "reasoning": "The fair moved.",
                        "due": later(request, 9), "ask": ["content_manager"] }),
            ),
            _ => usual,
        })
    });
    let world = World::with(Setting { model: Some(model), ..Setting::default() }).await;
    world
        .say("you", "management", "@content_manager we need a blog post \"Lamps For Long Nights\" for people who read")
        .await;
    world.approval("publish.article").await;
    let root = world.root_post("Lamps For Long Nights").await;
    world.reply("you", &root, "@vp_marketing propose a week later, please").await;
    world.hear(root.id, "I put this up for discussion").await;
    world.hear(root.id, "@vp_marketing decided.").await;
    world.settle().await;
    let due: Vec<bool> = world
        .all("select due > $$2000-01-01$$ and due = max(due) over () from tasks where title = 'Lamps For Long Nights'")
        .await;
    assert_eq!(due, [true]);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_stand_in_a_day_off_is_objected_to_and_the_next_working_day_decided() {
    let world = World::open().await;
    let wish = "@campaign_manager propose to launch the summer campaign on Saturday because we have time; ask @social_media_manager";
    world.say("you", "management", wish).await;
    let root = world.root_post("Launch the summer campaign on Saturday").await;
    world.hear(root.id, "It falls on").await;
    world.hear(root.id, "I have no figures on that").await;
    let decided = world.hear(root.id, "Decided by @vp_marketing").await;
    assert!(decided.text.contains("On the next working day instead (Monday"), "{}", decided.text);
    world.settle().await;
    assert_eq!(state(&world).await, "decided");
    world.close().await;
}

/// So many days from now, as the material knows it.
fn later(request: &Request, days: i64) -> Value {
    let now: DateTime<Utc> = request.material["now"].as_str().and_then(|now| now.parse().ok()).expect("a time");
    json!((now + TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true))
}
