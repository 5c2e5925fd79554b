use bullpen_discord_fake::permissions;
use serde_json::json;

use crate::world::{World, id};

#[tokio::test]
async fn channels_are_made_in_a_category_changed_and_deleted() {
    let world = World::new();
    let path = format!("/guilds/{}/channels", world.fake.guild());
    let category = id(&world.done("POST", &path, Some(json!({"name": "Bullpen", "type": 4}))).await);
    let body = json!({"name": "All Hands", "type": 0, "topic": "for all", "parent_id": category.to_string()});
    let channel = world.done("POST", &path, Some(body)).await;
    assert_eq!((&channel["name"], &channel["parent_id"]), (&json!("all-hands"), &json!(category.to_string())));
    let one = format!("/channels/{}", id(&channel));
    let changed = world.done("PATCH", &one, Some(json!({"topic": null, "name": "everybody"}))).await;
    assert_eq!((&changed["name"], &changed["topic"]), (&json!("everybody"), &json!(null)));
    let moves = json!([{"id": world.channel.to_string(), "position": 3, "parent_id": category.to_string()}]);
    world.done("PATCH", &path, Some(moves)).await;
    let all = world.fake.channels();
    let moved = all.iter().find(|c| c.id == world.channel).unwrap();
    assert_eq!((moved.position, moved.parent), (3, Some(category)));
    assert_eq!(world.get(&path).await.as_array().unwrap().len(), 3);
    world.done("DELETE", &one, None).await;
    assert_eq!(world.refusal("GET", &one, None).await, (404, 10003));
}

#[tokio::test]
async fn what_a_channel_may_not_be_is_refused() {
    let world = World::new();
    let path = format!("/guilds/{}/channels", world.fake.guild());
    for (body, at) in [
        (json!({"name": ""}), "name"),
        (json!({"name": "x".repeat(101)}), "name"),
        (json!({"type": 0}), "name"),
        (json!({"name": "x", "topic": "x".repeat(1025)}), "topic"),
        (json!({"name": "x", "parent_id": world.channel.to_string()}), "parent_id"),
        (json!({"name": "x", "type": 2}), "type"),
        (json!({"name": "x", "colour": 1}), "colour"),
        (json!({"name": "x", "permission_overwrites": [{"id": "1", "type": 0}]}), "permission_overwrites.0.id"),
    ] {
        assert_eq!(world.fault("POST", &path, body.clone()).await.0, at, "{body}");
    }
}

#[tokio::test]
async fn overwrites_are_set_and_taken_away() {
    let world = World::new();
    let (guild, channel) = (world.fake.guild(), world.channel);
    let path = format!("/channels/{channel}/permissions/{guild}");
    let deny = permissions::SEND_MESSAGES.to_string();
    world.done("PUT", &path, Some(json!({"type": 0, "allow": "0", "deny": deny}))).await;
    assert_eq!(world.fake.permissions(world.ann, channel) & permissions::SEND_MESSAGES, 0);
    assert_eq!(world.get(&format!("/channels/{channel}")).await["permission_overwrites"][0]["deny"], deny);
    world.done("DELETE", &path, None).await;
    assert_ne!(world.fake.permissions(world.ann, channel) & permissions::SEND_MESSAGES, 0);
    assert_eq!(world.refusal("DELETE", &path, None).await, (404, 10009));
    let more = json!({"type": 0, "allow": permissions::MANAGE_GUILD.to_string()});
    assert_eq!(world.refusal("PUT", &path, Some(more)).await, (403, 50013), "nobody gives what they have not");
}

#[tokio::test]
async fn the_guild_counts_its_members_where_it_is_asked() {
    let world = World::new();
    let path = format!("/guilds/{}", world.fake.guild());
    assert!(world.get(&path).await["approximate_member_count"].is_null());
    let guild = world.get(&format!("{path}?with_counts=true")).await;
    assert_eq!((&guild["approximate_member_count"], &guild["name"]), (&json!(4), &json!("Acme")));
}
