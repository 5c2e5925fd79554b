use bullpen_discord_fake::{Ping, Settings, permissions};
use serde_json::{Value, json};

use crate::world::{RIGHTS, World, id};

/// What the bot pings with a text and `allowed_mentions`: people, roles, everyone.
async fn pinged(world: &World, text: &str, allowed: Value) -> (Vec<u64>, Vec<u64>, bool) {
    let mut body = json!({"content": text});
    if !allowed.is_null() {
        body["allowed_mentions"] = allowed;
    }
    let message = id(&world.done("POST", &world.messages(), Some(body)).await);
    let ping = world.fake.pings().into_iter().find(|ping| ping.message == message);
    ping.map(|ping| (ping.users, ping.roles, ping.everyone)).unwrap_or_default()
}

#[tokio::test]
async fn without_allowed_mentions_a_text_pings_all_that_it_may() {
    let world = World::with(Settings::quick(), RIGHTS | permissions::MENTION_EVERYONE);
    let role = world.fake.role("writers", 0);
    let (ann, ben) = (world.ann, world.ben);
    let text = format!("@everyone <@{ann}> <@!{ben}> <@&{role}> `<@{ann}>`");
    assert_eq!(pinged(&world, &text, Value::Null).await, (vec![ann, ben], vec![role], true));
    let none = json!({"parse": []});
    assert_eq!(pinged(&world, &text, none).await, (vec![], vec![], false));
    let some = json!({"parse": ["roles"], "users": [ben.to_string()]});
    assert_eq!(pinged(&world, &text, some).await, (vec![ben], vec![role], false));
    assert_eq!(pinged(&world, &text, json!({})).await, (vec![], vec![], false), "an empty one allows nothing");
}

#[tokio::test]
async fn who_may_not_mention_everyone_pings_mentionable_roles_only() {
    let world = World::new();
    let (quiet, loud) = (world.fake.role("quiet", 0), world.fake.role("loud", 0));
    world.fake.change_role(loud, 0, true);
    world.fake.give(world.ann, loud);
    let text = format!("@everyone @here <@&{quiet}> <@&{loud}>");
    assert_eq!(pinged(&world, &text, Value::Null).await, (vec![], vec![loud], false));
    assert_eq!(world.fake.pings()[0].notified, [world.ann]);
    let message = &world.fake.messages(world.channel)[0];
    assert_eq!((&message.mention_roles, message.mention_everyone), (&vec![loud], false));
}

#[tokio::test]
async fn a_reply_pings_its_author_unless_it_is_told_not_to() {
    let world = World::new();
    let root = world.fake.say(world.ann, world.channel, "a question");
    for (allowed, pings) in [
        (Value::Null, 1),
        (json!({"parse": []}), 0),
        (json!({"parse": [], "replied_user": false}), 0),
        (json!({"parse": [], "replied_user": true}), 1),
    ] {
        let before = world.fake.pings().len();
        let mut body = json!({"content": "an answer", "message_reference": {"message_id": root.to_string()}});
        if !allowed.is_null() {
            body["allowed_mentions"] = allowed.clone();
        }
        world.done("POST", &world.messages(), Some(body)).await;
        assert_eq!(world.fake.pings().len() - before, pings, "{allowed}");
    }
}

#[tokio::test]
async fn an_edit_pings_those_who_are_new_in_it() {
    let world = World::new();
    let path = format!("{}/{}", world.messages(), world.post(&format!("<@{}>", world.ann)).await);
    assert_eq!(world.fake.pings(), []);
    let text = json!({"content": format!("<@{}> and <@{}>", world.ann, world.ben)});
    world.done("PATCH", &path, Some(text)).await;
    let pings = world.fake.pings();
    assert!(matches!(&pings[..], [Ping { edit: true, users, .. }] if *users == [world.ann, world.ben]), "{pings:?}");
}

#[tokio::test]
async fn only_those_who_see_the_channel_are_notified() {
    let world = World::with(Settings::quick(), RIGHTS | permissions::MENTION_EVERYONE);
    world.fake.hide(world.channel, world.ben);
    pinged(&world, &format!("@everyone <@{}>", world.ben), Value::Null).await;
    let pings = world.fake.pings();
    assert!(pings[0].everyone && !pings[0].notified.contains(&world.ben) && pings[0].notified.contains(&world.ann));
}

#[tokio::test]
async fn contradictions_in_allowed_mentions_are_refused() {
    let world = World::new();
    let body = |allowed: Value| json!({"content": "x", "allowed_mentions": allowed});
    for (allowed, at) in [
        (json!({"parse": ["users"], "users": ["1"]}), "allowed_mentions"),
        (json!({"users": ["1", "1"]}), "allowed_mentions.users"),
        (json!({"users": [1]}), "allowed_mentions.users.0"),
        (json!({"parse": ["channels"]}), "allowed_mentions.parse.0"),
        (json!({"parse": [], "everyone": false}), "allowed_mentions.everyone"),
        (json!({"roles": (0..101).map(|n| n.to_string()).collect::<Vec<_>>()}), "allowed_mentions.roles"),
    ] {
        assert_eq!(world.fault("POST", &world.messages(), body(allowed.clone())).await.0, at, "{allowed}");
    }
}
