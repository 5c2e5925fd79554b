//! What the doctor says of a workspace that is right, and of each thing that can be wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::post;
use bullpen_slack::doctor::{self, Ask, Finding, State};
use bullpen_slack::{App, Clock, Config, POSTS_A_MINUTE};
use bullpen_slack_fake::{AppKeys, AppPlan, Fake};
use chrono::{TimeDelta, Utc};
use serde_json::Value;
use url::Url;

use super::{dir, plan, run, secret, standing, workspace};
use crate::world::{World, texts};

fn config(fake: &Fake, apps: &[(&str, &AppKeys)]) -> Config {
    let app = |(name, keys): &(&str, &AppKeys)| App {
        name: (*name).into(),
        persona: (*name != "bullpen").then(|| (*name).into()),
        bot_token: secret(&keys.bot_token),
        app_token: Some(secret(&keys.app_token)),
        signing_secret: None,
    };
    Config {
        api_url: fake.api_url(),
        public_url: None,
        channel_prefix: String::new(),
        posts_a_minute: POSTS_A_MINUTE,
        apps: apps.iter().map(app).collect(),
    }
}

async fn check_at(config: &Config, approvers: &[String], clock: Clock) -> Vec<Finding> {
    let (plan, variables) = (plan(), BTreeMap::new());
    doctor::check(&Ask { config, variables: &variables, plan: &plan, approvers, clock: &clock }).await
}

async fn check(config: &Config) -> Vec<Finding> {
    check_at(config, &["ann".into()], Arc::new(Utc::now)).await
}

fn bad(findings: &[Finding]) -> Vec<String> {
    let bad = findings.iter().filter(|finding| finding.state == State::Bad);
    bad.map(|finding| format!("{}: {}", finding.what, finding.say)).collect()
}

fn say<'a>(findings: &'a [Finding], what: &str) -> &'a Finding {
    findings.iter().find(|finding| finding.what == what).unwrap_or_else(|| panic!("nothing on {what} in {findings:#?}"))
}

/// A workspace that setup has been through, with a word of the app's own in it.
async fn ready() -> (Fake, AppKeys) {
    let (fake, ..) = workspace();
    let dir = dir();
    let shared = fake.app(AppPlan::with_everything("bullpen"));
    run(&standing(&fake, dir.path(), &[("bullpen", &shared)]), dir.path()).await.0.unwrap();
    let post = reqwest::Client::new()
        .post(format!("{}/chat.postMessage", fake.api_url()))
        .bearer_auth(&shared.bot_token)
        .json(&serde_json::json!({ "channel": fake.channel("decisions"), "text": "Good morning." }));
    let answer: Value = post.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["ok"], true, "{answer}");
    (fake, shared)
}

#[tokio::test]
async fn a_workspace_that_is_right_is_found_so_and_nothing_of_the_trial_stays() {
    let (fake, shared) = ready().await;
    let findings = check(&config(&fake, &[("bullpen", &shared)])).await;
    assert_eq!(findings.iter().map(|f| f.state).max(), Some(State::Good), "{findings:#?}");
    let events = say(&findings, "bullpen: events");
    assert!(events.say.contains("an event came"), "{}", events.say);
    assert!(fake.messages(&fake.channel("decisions")).iter().all(|message| message.reactions.is_empty()));
    assert_eq!(say(&findings, "slack: approvals").say, "may approve here: ann.");
}

#[tokio::test]
async fn before_the_first_word_the_connection_alone_is_tried() {
    let (fake, ..) = workspace();
    let dir = dir();
    let shared = fake.app(AppPlan::with_everything("bullpen"));
    run(&standing(&fake, dir.path(), &[("bullpen", &shared)]), dir.path()).await.0.unwrap();
    let findings = check(&config(&fake, &[("bullpen", &shared)])).await;
    let events = say(&findings, "bullpen: events");
    assert_eq!(events.state, State::Good);
    assert!(events.say.contains("no message of the app's own yet"), "{}", events.say);
}

#[tokio::test]
async fn swapped_tokens_are_told_from_unknown_ones() {
    let (fake, shared) = ready().await;
    let swapped =
        AppKeys { bot_token: shared.app_token.clone(), app_token: shared.bot_token.clone(), ..shared.clone() };
    let found = bad(&check(&config(&fake, &[("bullpen", &swapped)])).await);
    assert!(found[0].contains("SLACK_BOT_TOKEN holds an app-level token"), "{found:?}");
    assert!(found[1].contains("SLACK_APP_TOKEN holds a bot token"), "{found:?}");

    let unknown = AppKeys { bot_token: "xoxb-0-0-unknown".into(), ..shared.clone() };
    let found = bad(&check(&config(&fake, &[("bullpen", &unknown)])).await);
    assert!(found[0].contains("does not know the token in SLACK_BOT_TOKEN"), "{found:?}");

    fake.revoke("bullpen");
    let found = bad(&check(&config(&fake, &[("bullpen", &shared)])).await);
    assert!(found[0].contains("Install to Workspace"), "{found:?}");
}

#[tokio::test]
async fn an_app_level_token_of_another_app_is_found_out() {
    let (fake, shared) = ready().await;
    let other = fake.app(AppPlan::with_everything("other"));
    let mixed = AppKeys { app_token: other.app_token, ..shared };
    let findings = check(&config(&fake, &[("bullpen", &mixed)])).await;
    let token = say(&findings, "bullpen: app token");
    assert!(token.say.contains("belongs to another app") && token.say.contains(&other.app_id), "{}", token.say);
}

#[tokio::test]
async fn each_missing_scope_is_named_with_its_page() {
    let (fake, ..) = workspace();
    let shared = fake.app(AppPlan::with_everything("bullpen").without_scopes(&["files:write", "reactions:read"]));
    let findings = check(&config(&fake, &[("bullpen", &shared)])).await;
    let scopes = say(&findings, "bullpen: scopes");
    assert_eq!(scopes.state, State::Bad);
    assert!(scopes.say.contains("files:write") && scopes.say.contains("reactions:read"), "{}", scopes.say);
    assert!(!scopes.say.contains("chat:write"), "{}", scopes.say);
    assert!(scopes.say.contains(&format!("https://api.slack.com/apps/{}/oauth", shared.app_id)), "{}", scopes.say);
}

#[tokio::test]
async fn a_clock_that_is_off_is_told() {
    let (fake, shared) = ready().await;
    let clock: Clock = Arc::new(|| Utc::now() - TimeDelta::seconds(150));
    let findings = check_at(&config(&fake, &[("bullpen", &shared)]), &["ann".into()], clock).await;
    let clock = say(&findings, "bullpen: clock");
    assert_eq!(clock.state, State::Bad);
    assert!(clock.say.contains("behind Slack's"), "{}", clock.say);
}

#[tokio::test]
async fn channels_that_are_archived_gone_or_not_joined_are_told_one_by_one() {
    let (fake, shared) = ready().await;
    let all_hands = fake.channel("all-hands");
    fake.archive(&all_hands);
    fake.leave(&shared.bot_user, &fake.channel("decisions"));
    let findings = check(&config(&fake, &[("bullpen", &shared)])).await;
    assert!(say(&findings, "bullpen: #all-hands").say.contains("Unarchive"));
    assert!(say(&findings, "bullpen: #decisions").say.contains("not in it"));
}

#[tokio::test]
async fn a_workspace_where_nobody_may_approve_is_bad() {
    let (fake, shared) = ready().await;
    let findings = check_at(&config(&fake, &[("bullpen", &shared)]), &["zoe".into()], Arc::new(Utc::now)).await;
    assert_eq!(say(&findings, "slack: approvals").state, State::Bad);
}

#[tokio::test]
async fn events_that_are_not_subscribed_are_missed() {
    let (fake, ..) = workspace();
    let dir = dir();
    let plan = AppPlan::with_everything("bullpen").without_events(&["reaction_added", "reaction_removed"]);
    let shared = fake.app(plan);
    run(&standing(&fake, dir.path(), &[("bullpen", &shared)]), dir.path()).await.0.unwrap();
    let channel = fake.channel("decisions");
    let client = reqwest::Client::new();
    let body = serde_json::json!({ "channel": channel, "text": "Good morning." });
    let request =
        client.post(format!("{}/chat.postMessage", fake.api_url())).bearer_auth(&shared.bot_token).json(&body);
    request.send().await.unwrap().error_for_status().unwrap();
    let findings = check(&config(&fake, &[("bullpen", &shared)])).await;
    let events = say(&findings, "bullpen: events");
    assert_eq!(events.state, State::Bad, "{}", events.say);
    assert!(events.say.contains("Event Subscriptions") && events.say.contains("reaction_added"), "{}", events.say);
}

#[tokio::test]
async fn an_app_that_cannot_hear_is_told_both_ways() {
    let (fake, shared) = ready().await;
    let mut config = config(&fake, &[("bullpen", &shared)]);
    config.apps[0].app_token = None;
    let findings = check(&config).await;
    let events = &say(&findings, "bullpen: events").say;
    assert!(events.contains("SLACK_APP_TOKEN") && events.contains("SLACK_SIGNING_SECRET"), "{events}");
}

/// Serves one answer to whatever Slack would send, and gives its address.
async fn served(answer: fn(&Value) -> (StatusCode, Value)) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let handler = move |Json(body): Json<Value>| async move {
        let (status, body) = answer(&body);
        (status, Json(body)).into_response()
    };
    let router = axum::Router::new().route("/slack/{app}/events", post(handler));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn by_http_our_own_address_is_called_as_slack_would() {
    let (fake, shared) = ready().await;
    let mut config = config(&fake, &[("bullpen", &shared)]);
    config.apps[0].app_token = None;
    config.apps[0].signing_secret = Some(secret(&shared.signing_secret));
    let findings = check(&config).await;
    assert!(say(&findings, "bullpen: events").say.contains("BULLPEN_PUBLIC_URL"));

    config.public_url = Some(served(|body| (StatusCode::OK, body.clone())).await);
    let findings = check(&config).await;
    let events = say(&findings, "bullpen: events");
    assert_eq!(events.state, State::Good, "{}", events.say);
    assert!(events.say.contains("/slack/bullpen/events"), "{}", events.say);

    config.public_url = Some(served(|_| (StatusCode::UNAUTHORIZED, Value::Null)).await);
    let findings = check(&config).await;
    let events = say(&findings, "bullpen: events");
    assert_eq!(events.state, State::Bad);
    assert!(events.say.contains("SLACK_SIGNING_SECRET"), "{}", events.say);
}

#[tokio::test]
async fn personas_of_their_own_are_looked_at_too() {
    let (fake, shared) = ready().await;
    let cmo = fake.app(AppPlan::with_everything("cmo"));
    let findings = check(&config(&fake, &[("bullpen", &shared), ("cmo", &cmo)])).await;
    assert_eq!(say(&findings, "cmo: bot token").state, State::Good);
    let outside = say(&findings, "cmo: #all-hands");
    assert!(outside.say.contains("bullpen setup slack"), "{}", outside.say);
}

#[tokio::test]
async fn the_adapter_answers_the_doctor_by_http() {
    let world = World::quiet(&[]).await;
    let mut config = world.config.clone();
    config.apps[0].app_token = None;
    config.public_url = Some(Url::parse(&world.serve().await).unwrap());
    let findings = check(&config).await;
    let events = say(&findings, "bullpen: events");
    assert_eq!(events.state, State::Good, "{}", events.say);

    config.apps[0].signing_secret = Some(secret("0123456789abcdef0123456789abcdef"));
    let findings = check(&config).await;
    let events = say(&findings, "bullpen: events");
    assert!(events.say.contains("refuses what is signed with SLACK_SIGNING_SECRET"), "{}", events.say);
}

#[tokio::test]
async fn a_server_that_listens_misses_nothing_while_the_doctor_looks() {
    let world = World::open().await;
    let ann = world.member("ann");
    let channel = world.channel("decisions", &[&ann]);
    world
        .call("bullpen", "chat.postMessage", &serde_json::json!({ "channel": channel, "text": "Good morning." }))
        .await;
    let talk = async {
        for number in 0..10 {
            world.fake.say(&ann, &channel, None, &format!("wish {number}"));
            tokio::task::yield_now().await;
        }
    };
    let (findings, ()) = tokio::join!(check(&world.config), talk);
    let events = say(&findings, "bullpen: events");
    assert!(events.state == State::Good && events.say.contains("a server is connected already"), "{}", events.say);
    let mut said = texts(world.ear().hear(10).await);
    said.sort();
    assert_eq!(said, (0..10).map(|number| format!("wish {number}")).collect::<Vec<_>>());
}
