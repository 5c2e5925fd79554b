//! Who may do what, and why; and what becomes of what somebody cannot settle.

use bullpen_domain::record::EscalationState;
use bullpen_model::Request;
use serde_json::json;

use crate::script::{Scripted, act, step, who};
use crate::world::{Setting, World};

const REQUEST: &str = "@content_manager we need a blog post \"Shade For Small Balconies\" for people who rent";
const TITLE: &str = "Shade For Small Balconies";

#[tokio::test(flavor = "multi_thread")]
async fn the_department_says_which_rule_asks_in_which_file_and_line() {
    let world = World::open().await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    let root = world.root_post(TITLE).await;
    let asked = world.one::<i64>("select count(*) from calls where kind = 'turn'").await;
    world.reply("you", &root, "@bullpen why?").await;
    let answer = world.hear(root.id, "waits for you").await;
    for part in ["publish.article is proposed, and a person approves it (L3)", "autonomy.publish.article", "team.yaml:"]
    {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
    let shown = world.message(card).await.text;
    assert!(shown.contains("a person approves it (L3)") && !shown.contains("team.yaml:"), "in short: {shown}");
    assert_eq!(world.one::<i64>("select count(*) from calls where kind = 'turn'").await, asked, "no model is asked");
    world.react("you", card, "✅", true).await;
    world.decided(card, "approved").await;
    world.settle().await;
    world.close().await;
}

/// Whom a request for help is put to; nobody for any other request.
fn helper(request: &Request) -> Option<&str> {
    (request.material["kind"] == "help").then(|| who(request))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_persona_cannot_settle_climbs_and_the_answer_comes_back_to_the_work() {
    let model = Scripted::new(|request, usual| {
        Ok(match helper(request) {
            Some("content_manager") => act("escalate", json!({ "issue": "The figures are not mine to give." })),
            Some(_) => act("settle", json!({ "answer": "Write it without figures, and say that they are missing." })),
            None if step(request) == "draft" && request.material["notes"] == json!([]) => {
                act("escalate", json!({ "issue": "Nobody gave me the figures." }))
            }
            None => usual,
        })
    });
    let world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    let root = world.root_post(TITLE).await;
    world.hear(root.id, "Write it without figures").await;
    let asked: Vec<String> = model.asked().iter().filter_map(|r| helper(r).map(str::to_owned)).collect();
    assert_eq!(asked, ["content_manager", "vp_marketing"], "one after the other, and nobody else");
    let (state, level, by): (String, i32, String) =
        sqlx::query_as("select state, level, answered_by from escalations").fetch_one(&world.pool).await.expect("one");
    assert_eq!((state.as_str(), level, by.as_str()), ("answered", 2, "vp_marketing"));
    assert_eq!(serde_json::to_value(EscalationState::Answered).expect("a word"), state);
    world.react("you", card, "✅", true).await;
    world.decided(card, "approved").await;
    world.settle().await;
    world.close().await;
}
