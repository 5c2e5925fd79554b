//! What Slack refuses, and its words for it.

use bullpen_slack_fake::{AppPlan, Settings, UserPlan};
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn tokens_must_be_there_known_valid_and_of_the_right_kind() {
    let world = World::new();
    let url = format!("{}/chat.postMessage", world.fake.api_url());
    let bare: Value = world.client.post(url).json(&json!({})).send().await.unwrap().json().await.unwrap();
    assert_eq!(bare, json!({"ok": false, "error": "not_authed"}));
    let as_token = |token: &str, method: &str| {
        let (token, method) = (token.to_owned(), method.to_owned());
        let world = &world;
        async move { world.call_as(&token, &method, json!({})).await["error"].as_str().unwrap_or("none").to_owned() }
    };
    assert_eq!(as_token("xoxb-wrong", "auth.test").await, "invalid_auth");
    assert_eq!(as_token(&world.app.app_token, "chat.postMessage").await, "not_allowed_token_type");
    assert_eq!(as_token(&world.app.bot_token, "apps.connections.open").await, "not_allowed_token_type");
    assert_eq!(as_token(&world.app.bot_token, "apps.manifest.create").await, "not_allowed_token_type");
    assert_eq!(as_token(&world.app.bot_token, "chat.shout").await, "unknown_method");
    world.fake.revoke("bullpen");
    assert_eq!(as_token(&world.app.bot_token, "auth.test").await, "token_revoked");
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let plan = AppPlan::with_everything("bullpen").without_scopes(&["chat:write", "users:read.email", "im:write"]);
    let world = World::with(Settings::quick(), plan);
    let answer = world.call("chat.postMessage", json!({"channel": world.channel, "text": "hi"})).await;
    assert_eq!((&answer["error"], &answer["needed"]), (&json!("missing_scope"), &json!("chat:write")));
    assert!(answer["provided"].as_str().unwrap().contains("channels:read"));
    let found = world.get("users.lookupByEmail", &[("email", "ann@example.com")]).await;
    assert_eq!(found["needed"], "users:read.email");
    let shown = world.get("users.info", &[("user", &world.ann)]).await;
    assert!(shown["user"]["profile"].get("email").is_none(), "the mail address needs its own scope: {shown}");
}

#[tokio::test]
async fn the_scopes_of_a_token_are_told_with_every_answer() {
    let world = World::with(
        Settings::quick(),
        AppPlan { name: "small".into(), scopes: vec!["chat:write".into(), "users:read".into()], ..AppPlan::default() },
    );
    let url = format!("{}/auth.test", world.fake.api_url());
    let answer = world.client.post(url).bearer_auth(&world.app.bot_token).send().await.unwrap();
    assert_eq!(answer.headers()["x-oauth-scopes"], "chat:write,users:read");
}

#[tokio::test]
async fn places_must_exist_be_open_and_be_joined() {
    let world = World::new();
    let post = |channel: String| json!({"channel": channel, "text": "hi"});
    let elsewhere = world.fake.channel("elsewhere");
    let hidden = world.fake.private_channel("hidden");
    assert_eq!(world.refusal("chat.postMessage", post("C404".into())).await, "channel_not_found");
    assert_eq!(world.refusal("chat.postMessage", post(hidden)).await, "channel_not_found");
    let plain = AppPlan::with_everything("plain").without_scopes(&["chat:write.public"]);
    let plain = world.fake.app(plain);
    let answer = world.call_as(&plain.bot_token, "chat.postMessage", post(elsewhere.clone())).await;
    assert_eq!(answer["error"], "not_in_channel");
    assert_eq!(
        world.call("chat.postMessage", post(elsewhere.clone())).await["ok"],
        true,
        "chat:write.public allows it"
    );
    assert_eq!(world.get("conversations.history", &[("channel", &elsewhere)]).await["error"], "not_in_channel");
    world.fake.archive(&world.channel);
    assert_eq!(world.refusal("chat.postMessage", post(world.channel.clone())).await, "is_archived");
    assert_eq!(world.refusal("conversations.join", json!({"channel": world.channel})).await, "is_archived");
}

#[tokio::test]
async fn messages_are_checked() {
    let world = World::new();
    let root = world.post("root").await;
    let reply = world.fake.say(&world.ann, &world.channel, Some(&root), "a reply");
    let cases = [
        (json!({}), "no_text"),
        (json!({"text": ""}), "no_text"),
        (json!({"text": "x".repeat(40_001)}), "msg_too_long"),
        (json!({"text": "hi", "thread_ts": "1.000001"}), "thread_not_found"),
        (json!({"text": "hi", "thread_ts": reply}), "thread_not_found"),
        (json!({"text": "hi", "blocks": [{"type": "section"}]}), "invalid_blocks"),
        (json!({"text": "hi", "blocks": {"type": "section"}}), "invalid_blocks_format"),
        (json!({"text": "hi", "markdown_text": "*hi*"}), "markdown_text_conflict"),
        (json!({"text": "hi", "metadata": {"event_type": "t", "event_payload": {"n": 1}}}), "invalid_metadata_format"),
        (json!({"text": "hi", "metadata": {"event_type": "t"}}), "invalid_metadata_format"),
        (json!({"text": "hi", "colour": "red"}), "invalid_arguments"),
        (json!({"text": "hi", "thread_ts": 1.5}), "invalid_arguments"),
        (json!({"attachments": vec![json!({"text": "a"}); 101]}), "too_many_attachments"),
    ];
    for (arguments, wanted) in cases {
        let mut arguments = arguments;
        arguments["channel"] = json!(world.channel);
        assert_eq!(world.refusal("chat.postMessage", arguments.clone()).await, wanted, "{arguments}");
    }
    let answer = world.call("chat.postMessage", json!({"text": "hi"})).await;
    assert_eq!(answer["response_metadata"]["messages"], json!(["[ERROR] missing required field: channel"]));
}

#[tokio::test]
async fn a_name_of_its_own_needs_a_scope() {
    let plan = AppPlan::with_everything("bullpen").without_scopes(&["chat:write.customize"]);
    let world = World::with(Settings::quick(), plan);
    for field in ["username", "icon_emoji", "icon_url"] {
        let mut arguments = json!({"channel": world.channel, "text": "hi"});
        arguments[field] = json!("x");
        let answer = world.call("chat.postMessage", arguments).await;
        assert_eq!(answer["needed"], "chat:write.customize");
    }
}

#[tokio::test]
async fn only_own_messages_can_be_changed() {
    let world = World::new();
    let other = world.fake.app(AppPlan::with_everything("other"));
    world.fake.join(&other.bot_user, &world.channel);
    let theirs = world.fake.say(&world.ann, &world.channel, None, "mine");
    let own = world.post("ours").await;
    let update = |ts: &str| json!({"channel": world.channel, "ts": ts, "text": "changed"});
    assert_eq!(world.refusal("chat.update", update(&theirs)).await, "cant_update_message");
    assert_eq!(world.refusal("chat.update", update("1.000001")).await, "message_not_found");
    assert_eq!(world.call_as(&other.bot_token, "chat.update", update(&own)).await["error"], "cant_update_message");
    let delete = |ts: &str| json!({"channel": world.channel, "ts": ts});
    assert_eq!(world.refusal("chat.delete", delete(&theirs)).await, "cant_delete_message");
    assert_eq!(world.refusal("chat.update", json!({"channel": world.channel, "ts": own})).await, "no_text");
    assert_eq!(world.call("chat.update", update(&own)).await["text"], "changed");
    assert_eq!(world.call("chat.delete", delete(&own)).await["ok"], true);
    assert_eq!(world.refusal("chat.delete", delete(&own)).await, "message_not_found");
}

#[tokio::test]
async fn reactions_are_a_state_with_slacks_names() {
    let world = World::new();
    let ts = world.post("decide").await;
    let react = |name: &str| json!({"channel": world.channel, "timestamp": ts, "name": name});
    assert_eq!(world.call("reactions.add", react("thumbsup")).await["ok"], true);
    assert_eq!(world.refusal("reactions.add", react("+1")).await, "already_reacted", "an alias is the same emoji");
    assert_eq!(world.call("reactions.add", react("+1::skin-tone-2")).await["ok"], true);
    assert_eq!(world.refusal("reactions.add", react("thinking")).await, "invalid_name", "Slack says thinking_face");
    assert_eq!(world.refusal("reactions.add", react("✅")).await, "invalid_name");
    assert_eq!(world.refusal("reactions.remove", react("eyes")).await, "no_reaction");
    let missing = json!({"channel": world.channel, "timestamp": "1.000001", "name": "eyes"});
    assert_eq!(world.refusal("reactions.add", missing).await, "message_not_found");
}

#[tokio::test]
async fn methods_that_read_no_json_pass_over_it() {
    let world = World::new();
    let answer = world.call("users.info", json!({"user": world.ann})).await;
    assert_eq!(answer["error"], "invalid_arguments");
    assert_eq!(answer["response_metadata"]["messages"], json!(["[ERROR] missing required field: user"]));
    assert_eq!(world.get("users.info", &[("user", &world.ann)]).await["user"]["id"], json!(world.ann));
    let url = format!("{}/chat.postMessage", world.fake.api_url());
    let typed = |kind: &'static str, body: &'static str| {
        let request = world.client.post(&url).bearer_auth(&world.app.bot_token).header("content-type", kind).body(body);
        async move { request.send().await.unwrap().json::<Value>().await.unwrap()["error"].clone() }
    };
    assert_eq!(typed("application/json", "{").await, "invalid_json");
    assert_eq!(typed("application/json", "[]").await, "json_not_object");
    assert_eq!(typed("text/plain", "x").await, "invalid_post_type");
}

#[tokio::test]
async fn channels_have_rules() {
    let world = World::new();
    let create = |name: &str| json!({"name": name});
    assert_eq!(world.refusal("conversations.create", create("Big Words")).await, "invalid_name_specials");
    assert_eq!(world.refusal("conversations.create", create("management")).await, "name_taken");
    assert_eq!(world.refusal("conversations.create", create("")).await, "invalid_name_required");
    assert_eq!(world.refusal("conversations.create", create(&"x".repeat(81))).await, "invalid_name_maxlength");
    let made = world.call("conversations.create", create("new-one")).await;
    let new = made["channel"]["id"].as_str().unwrap();
    let invite = |users: &str| json!({"channel": new, "users": users});
    assert_eq!(world.refusal("conversations.invite", invite("U404")).await, "user_not_found");
    assert_eq!(world.refusal("conversations.invite", invite(&world.app.bot_user)).await, "cant_invite_self");
    assert_eq!(world.call("conversations.invite", invite(&world.ann)).await["ok"], true);
    assert_eq!(world.refusal("conversations.invite", invite(&world.ann)).await, "already_in_channel");
    let elsewhere = world.fake.channel("elsewhere");
    assert_eq!(
        world.refusal("conversations.setTopic", json!({"channel": elsewhere, "topic": "t"})).await,
        "not_in_channel"
    );
    let long = json!({"channel": new, "topic": "x".repeat(251)});
    assert_eq!(world.refusal("conversations.setTopic", long).await, "too_long");
    let joined = world.call("conversations.join", json!({"channel": new})).await;
    assert_eq!(joined["warning"], "already_in_channel");
    assert_eq!(world.call("conversations.archive", json!({"channel": new})).await["ok"], true);
    assert_eq!(world.refusal("conversations.archive", json!({"channel": new})).await, "already_archived");
}

#[tokio::test]
async fn groups_need_a_paid_plan_and_strangers_have_no_address() {
    let world = World::with(Settings { paid: false, ..Settings::quick() }, AppPlan::with_everything("bullpen"));
    let group = json!({"name": "CMO", "handle": "cmo"});
    assert_eq!(world.refusal("usergroups.create", group).await, "paid_teams_only");
    let plan = UserPlan { stranger: true, ..UserPlan::member("zoe") };
    let zoe = world.fake.user(plan);
    let shown = world.get("users.info", &[("user", &zoe)]).await;
    assert_eq!(shown["user"]["is_stranger"], true);
    assert!(shown["user"]["profile"].get("email").is_none());
    assert_eq!(world.get("users.lookupByEmail", &[("email", "zoe@example.com")]).await["error"], "users_not_found");
}
