//! Commands, completions, clicks and forms, and what applications may answer.

use std::sync::Arc;
use std::time::Duration;

use bullpen_discord_fake::{Answer, BotPlan, Settings, Unanswered};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::live::{EAR, Line, Live};

/// What the bot is told, and where it answers.
struct Told {
    id: String,
    token: String,
    payload: Value,
}

async fn told(line: &mut Line) -> Told {
    let payload = line.event("INTERACTION_CREATE").await;
    let text = |name: &str| payload[name].as_str().unwrap().to_owned();
    Told { id: text("id"), token: text("token"), payload: payload.clone() }
}

impl Live {
    async fn callback(&self, told: &Told, body: Value) -> (u16, Value) {
        self.call("POST", &format!("/interactions/{}/{}/callback", told.id, told.token), body).await
    }

    /// A message of the bot with a button. Returns it.
    async fn card(&self) -> u64 {
        let button = json!({"type": 2, "style": 3, "custom_id": "approve", "label": "Approve"});
        let off = json!({"type": 2, "style": 4, "custom_id": "reject", "label": "Reject", "disabled": true});
        let body = json!({"content": "Well?", "components": [{"type": 1, "components": [button, off]}]});
        let (status, answer) = self.call("POST", &format!("/channels/{}/messages", self.channel), body).await;
        assert_eq!(status, 200, "{answer}");
        answer["id"].as_str().unwrap().parse().unwrap()
    }

    async fn register(&self) {
        let task = json!({"type": 3, "name": "task", "description": "Which", "required": true, "autocomplete": true});
        let command = json!([{
            "name": "bullpen", "description": "The department", "options": [
                {"type": 1, "name": "status", "description": "How it stands"},
                {"type": 1, "name": "show", "description": "A task", "options": [task]},
            ],
        }]);
        let path = format!("/applications/{}/guilds/{}/commands", self.bot.application, self.fake.guild());
        let (status, answer) = self.call("PUT", &path, command).await;
        assert_eq!(status, 200, "{answer}");
    }
}

#[tokio::test]
async fn a_click_is_taken_and_the_card_changed() {
    let live = Live::new();
    let (mut line, _) = live.ready(EAR).await;
    let card = live.card().await;
    let app = async {
        let told = told(&mut line).await;
        assert_eq!((&told.payload["type"], &told.payload["data"]["custom_id"]), (&json!(3), &json!("approve")));
        assert_eq!(told.payload["member"]["user"]["id"], live.ann.to_string());
        assert_eq!(told.payload["message"]["id"], card.to_string());
        assert_eq!(live.callback(&told, json!({"type": 6})).await.0, 204);
        let (status, again) = live.callback(&told, json!({"type": 6})).await;
        assert_eq!((status, &again["code"]), (400, &json!(40060)), "{again}");
        told
    };
    let (answer, told) = tokio::join!(live.fake.click(live.ann, live.channel, card, "approve"), app);
    assert_eq!(answer, Ok(Answer::Taken));
    let path = format!("/webhooks/{}/{}/messages/@original", live.bot.application, told.token);
    let (status, edited) = live.call("PATCH", &path, json!({"content": "Approved by ann", "components": []})).await;
    assert_eq!((status, &edited["id"]), (200, &json!(card.to_string())), "{edited}");
    let card = live.fake.message(live.channel, card).unwrap();
    assert_eq!((card.content.as_str(), card.components.len()), ("Approved by ann", 0));
    let gone = live.fake.click(live.ann, live.channel, card.id, "approve").await;
    assert!(matches!(gone, Err(Unanswered::Nothing(_))), "the button is gone: {gone:?}");
}

#[tokio::test]
async fn what_is_disabled_or_not_there_is_not_clicked() {
    let live = Live::new();
    let card = live.card().await;
    for (message, custom_id) in [(card, "reject"), (card, "other"), (1, "approve")] {
        let answer = live.fake.click(live.ann, live.channel, message, custom_id).await;
        assert!(matches!(answer, Err(Unanswered::Nothing(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn nobody_answers_in_time() {
    let live = Live::with(
        Settings { interaction_limit: Duration::from_millis(100), ..Settings::quick() },
        BotPlan::new("bullpen"),
    );
    let (mut line, _) = live.ready(EAR).await;
    let card = live.card().await;
    assert_eq!(live.fake.click(live.ann, live.channel, card, "approve").await, Err(Unanswered::TimedOut));
    let told = told(&mut line).await;
    let (status, late) = live.callback(&told, json!({"type": 6})).await;
    assert_eq!((status, &late["code"]), (404, &json!(10062)), "{late}");
}

#[tokio::test]
async fn a_form_is_opened_filled_in_and_sent() {
    let live = Live::new();
    let (mut line, _) = live.ready(EAR).await;
    let card = live.card().await;
    let input = json!({"type": 4, "custom_id": "words", "style": 2, "label": "What should change?", "min_length": 2});
    let form = json!({"custom_id": "ask", "title": "Changes", "components": [{"type": 1, "components": [input]}]});
    let app = async {
        let told = told(&mut line).await;
        let mut long = form.clone();
        long["title"] = json!("t".repeat(46));
        let (status, refused) = live.callback(&told, json!({"type": 9, "data": long})).await;
        assert_eq!((status, &refused["code"]), (400, &json!(50035)), "{refused}");
        assert_eq!(live.callback(&told, json!({"type": 9, "data": form})).await.0, 204);
    };
    let (answer, ()) = tokio::join!(live.fake.click(live.ann, live.channel, card, "approve"), app);
    let Ok(Answer::Modal(modal)) = answer else { panic!("no form: {answer:?}") };
    assert_eq!(live.fake.modal(live.ann).as_ref(), Some(&modal));
    let short = live.fake.submit(live.ann, &modal, &[("words", "x")]).await;
    assert!(matches!(short, Err(Unanswered::Nothing(_))), "{short:?}");
    let app = async {
        let told = told(&mut line).await;
        assert_eq!((&told.payload["type"], &told.payload["message"]["id"]), (&json!(5), &json!(card.to_string())));
        let typed = &told.payload["data"]["components"][0]["components"][0];
        assert_eq!((&typed["custom_id"], &typed["value"]), (&json!("words"), &json!("Shorter, please")));
        let update = json!({"type": 7, "data": {"content": "Will be changed", "components": []}});
        let path = format!("/interactions/{}/{}/callback?with_response=true", told.id, told.token);
        let (status, response) = live.call("POST", &path, update).await;
        assert_eq!((status, &response["resource"]["message"]["id"]), (200, &json!(card.to_string())), "{response}");
    };
    let (answer, ()) = tokio::join!(live.fake.submit(live.ann, &modal, &[("words", "Shorter, please")]), app);
    assert!(matches!(answer, Ok(Answer::Changed(message)) if message.content == "Will be changed"));
    assert_eq!(live.fake.modal(live.ann), None);
}

#[tokio::test]
async fn a_command_is_answered_to_one_person_and_followed_up() {
    let clock = Arc::new(std::sync::Mutex::new(Utc::now()));
    let told_time = Arc::clone(&clock);
    let settings = Settings { clock: Arc::new(move || *told_time.lock().unwrap()), ..Settings::quick() };
    let live = Live::with(settings, BotPlan::new("bullpen"));
    live.register().await;
    let (mut line, _) = live.ready(EAR).await;
    let app = async {
        let told = told(&mut line).await;
        assert_eq!((&told.payload["type"], &told.payload["data"]["name"]), (&json!(2), &json!("bullpen")));
        assert_eq!(told.payload["data"]["options"][0]["name"], "status");
        assert_eq!(live.callback(&told, json!({"type": 5, "data": {"flags": 64}})).await.0, 204);
        told
    };
    let command = live.fake.command(live.ann, live.bot.user, live.channel, "bullpen status", &[]);
    let (answer, told) = tokio::join!(command, app);
    assert_eq!(answer, Ok(Answer::Thinking { ephemeral: true }));
    let hook = format!("/webhooks/{}/{}", live.bot.application, told.token);
    let (status, said) =
        live.call("PATCH", &format!("{hook}/messages/@original"), json!({"content": "All is well."})).await;
    assert_eq!(status, 200, "{said}");
    let whispered = live.fake.ephemerals();
    assert_eq!((whispered[0].user, whispered[0].message.content.as_str()), (live.ann, "All is well."));
    assert!(live.fake.messages(live.channel).is_empty(), "nobody else sees it");
    let (status, _) = live.call("POST", &hook, json!({"content": "And one for all.", "flags": 0})).await;
    assert_eq!((status, live.fake.messages(live.channel).len()), (200, 1));
    let (status, refused) = live.call("POST", &hook, json!({"content": "x", "flags": 1 << 8})).await;
    assert_eq!((status, &refused["code"]), (400, &json!(50035)));
    *clock.lock().unwrap() += TimeDelta::minutes(16);
    let (status, late) = live.call("POST", &hook, json!({"content": "too late"})).await;
    assert_eq!((status, &late["code"]), (401, &json!(50027)), "{late}");
}

#[tokio::test]
async fn commands_are_typed_as_they_are_registered() {
    let live = Live::new();
    live.register().await;
    let (mut line, _) = live.ready(EAR).await;
    for (name, options) in
        [("other", vec![]), ("bullpen", vec![]), ("bullpen show", vec![]), ("bullpen show", vec![("task", json!(1))])]
    {
        let answer = live.fake.command(live.ann, live.bot.user, live.channel, name, &options).await;
        assert!(matches!(answer, Err(Unanswered::Nothing(_))), "{name}: {answer:?}");
    }
    let app = async {
        let told = told(&mut line).await;
        let option = &told.payload["data"]["options"][0]["options"][0];
        assert_eq!(
            (&told.payload["type"], &option["focused"], &option["value"]),
            (&json!(4), &json!(true), &json!("T"))
        );
        let (status, _) = live.callback(&told, json!({"type": 4, "data": {"content": "no"}})).await;
        assert_eq!(status, 400, "a completion is answered with choices");
        let choices = json!([{"name": "T-1: a post", "value": "T-1"}]);
        assert_eq!(live.callback(&told, json!({"type": 8, "data": {"choices": choices}})).await.0, 204);
    };
    let typed = [("task", json!("T"))];
    let complete = live.fake.complete(live.ann, live.bot.user, live.channel, "bullpen show", &typed, "task");
    let (choices, ()) = tokio::join!(complete, app);
    assert_eq!(choices, Ok(vec![("T-1: a post".to_owned(), json!("T-1"))]));
}
