//! Apps from manifests.

use serde_json::{Value, json};

use crate::world::World;

fn manifest() -> Value {
    json!({
        "display_information": {"name": "Bullpen", "description": "A department of agents", "background_color": "#11694f"},
        "features": {
            "app_home": {"home_tab_enabled": true, "messages_tab_enabled": true},
            "bot_user": {"display_name": "bullpen", "always_online": true},
            "slash_commands": [{"command": "/bullpen", "description": "Ask the department"}],
        },
        "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "channels:history", "channels:read"]}},
        "settings": {
            "event_subscriptions": {"bot_events": ["message.channels", "app_home_opened"]},
            "interactivity": {"is_enabled": true},
            "socket_mode_enabled": true,
        },
    })
}

#[tokio::test]
async fn an_app_is_created_installed_changed_and_exported() {
    let world = World::new();
    let token = world.fake.configuration_token();
    let create = json!({"manifest": manifest().to_string()});
    let made = world.call_as(&token, "apps.manifest.create", create).await;
    assert_eq!(made["ok"], true, "{made}");
    let id = made["app_id"].as_str().unwrap();
    assert!(made["credentials"]["signing_secret"].is_string() && made["oauth_authorize_url"].is_string());
    let keys = world.fake.install(id);
    assert_eq!(json!(keys.signing_secret), made["credentials"]["signing_secret"]);
    assert_eq!(world.call_as(&keys.bot_token, "auth.test", json!({})).await["user_id"], json!(keys.bot_user));
    let mut more = manifest();
    more["oauth_config"]["scopes"]["bot"] =
        json!(["chat:write", "commands", "channels:history", "channels:read", "users:read"]);
    let update = json!({"app_id": id, "manifest": more.to_string()});
    let updated = world.call_as(&token, "apps.manifest.update", update).await;
    assert_eq!(updated["permissions_updated"], true);
    let url = format!("{}/users.list", world.fake.api_url());
    let listed: Value = world.client.get(url).bearer_auth(&keys.bot_token).send().await.unwrap().json().await.unwrap();
    assert_eq!(listed["error"], "missing_scope", "new scopes hold after it is installed again");
    world.fake.install(id);
    let exported = world.call_as(&token, "apps.manifest.export", json!({"app_id": id})).await;
    assert_eq!(exported["manifest"], more);
}

#[tokio::test]
async fn faults_of_a_manifest_are_pointed_at() {
    let world = World::new();
    let token = world.fake.configuration_token();
    let faults = async |change: &dyn Fn(&mut Value)| {
        let mut manifest = manifest();
        change(&mut manifest);
        let answer = world.call_as(&token, "apps.manifest.validate", json!({"manifest": manifest.to_string()})).await;
        assert_eq!(answer["error"], "invalid_manifest");
        answer["errors"][0]["pointer"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        faults(&|m| m["display_information"]["name"] = json!("x".repeat(36))).await,
        "/display_information/name"
    );
    assert_eq!(faults(&|m| m["display_information"]["colour"] = json!("red")).await, "/display_information");
    assert_eq!(
        faults(&|m| m["oauth_config"]["scopes"]["bot"][0] = json!("chat:shout")).await,
        "/oauth_config/scopes/bot/0"
    );
    let events = "/settings/event_subscriptions/bot_events/0";
    assert_eq!(faults(&|m| m["settings"]["event_subscriptions"]["bot_events"][0] = json!("message.all")).await, events);
    assert_eq!(faults(&|m| m["settings"]["event_subscriptions"]["bot_events"][0] = json!("message.im")).await, events);
    assert_eq!(faults(&|m| m["settings"]["socket_mode_enabled"] = json!(false)).await, "/settings/event_subscriptions");
    assert_eq!(
        faults(&|m| m["features"]["slash_commands"][0]["command"] = json!("bullpen")).await,
        "/features/slash_commands/0/command"
    );
    let object = world.call_as(&token, "apps.manifest.create", json!({"manifest": manifest()})).await;
    assert_eq!(object["error"], "invalid_arguments", "a manifest is JSON written as text");
    let expired = world.call_as("xoxe.xoxp-old", "apps.manifest.create", json!({})).await;
    assert_eq!(expired["error"], "invalid_auth");
}
