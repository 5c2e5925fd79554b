//! What the Web API answers when nothing is wrong.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_app_learns_who_it_is() {
    let world = World::new();
    let me = world.call("auth.test", json!({})).await;
    assert_eq!((&me["user_id"], &me["bot_id"]), (&json!(world.app.bot_user), &json!(world.app.bot_id)));
    let bot = world.get("bots.info", &[("bot", &world.app.bot_id)]).await;
    assert_eq!((&bot["bot"]["app_id"], &bot["bot"]["user_id"]), (&json!(world.app.app_id), &json!(world.app.bot_user)));
    let level = world.call_as(&world.app.app_token, "auth.test", json!({})).await;
    assert_eq!(level["app_id"], json!(world.app.app_id));
    assert_eq!(world.get("team.info", &[]).await["team"]["id"], json!(world.fake.team()));
}

#[tokio::test]
async fn posts_stand_as_they_were_sent_and_updates_keep_what_they_do_not_name() {
    let world = World::new();
    let metadata = json!({"event_type": "bullpen", "event_payload": {"key": "k1"}});
    let posted = world
        .call(
            "chat.postMessage",
            json!({"channel": world.channel, "text": "fallback", "metadata": metadata, "unfurl_links": false,
                "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Title"}}]}),
        )
        .await;
    let ts = posted["ts"].as_str().unwrap();
    assert!(posted["message"]["blocks"][0]["block_id"].is_string(), "ids are filled in");
    assert_eq!(posted["message"]["bot_id"], json!(world.app.bot_id));
    world.call("chat.update", json!({"channel": world.channel, "ts": ts, "text": "changed"})).await;
    let message = world.fake.message(&world.channel, ts).unwrap();
    assert_eq!((message.text.as_str(), message.blocks.len()), ("changed", 1), "blocks that are not given stay");
    assert_eq!(message.metadata, Some(metadata));
    world.call("chat.update", json!({"channel": world.channel, "ts": ts, "text": "bare", "blocks": []})).await;
    assert!(world.fake.message(&world.channel, ts).unwrap().blocks.is_empty(), "blocks that are given empty go");
}

#[tokio::test]
async fn a_post_under_a_name_of_its_own_is_nobodys() {
    let world = World::new();
    let posted = world
        .call(
            "chat.postMessage",
            json!({"channel": world.channel, "text": "hi", "username": "Marta Vale", "icon_emoji": ":memo:"}),
        )
        .await;
    let message = &posted["message"];
    assert_eq!((&message["subtype"], &message["username"]), (&json!("bot_message"), &json!("Marta Vale")));
    assert!(message.get("user").is_none());
    assert_eq!(message["icons"], json!({"emoji": ":memo:"}));
}

#[tokio::test]
async fn history_is_newest_first_and_threads_are_oldest_first() {
    let world = World::new();
    let root = world.fake.say(&world.ann, &world.channel, None, "root");
    for i in 0..5 {
        world.fake.say(&world.ben, &world.channel, Some(&root), &format!("reply {i}"));
    }
    world.fake.broadcast(&world.ben, &world.channel, &root, "to all");
    let texts = |answer: &serde_json::Value| {
        answer["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let history = world
        .get("conversations.history", &[("channel", &world.channel), ("oldest", &root), ("inclusive", "true")])
        .await;
    assert_eq!(texts(&history), ["to all", "root"]);
    let root_shown = &history["messages"][1];
    assert_eq!((&root_shown["reply_count"], &root_shown["thread_ts"]), (&json!(6), &json!(root)));
    let first = world.get("conversations.replies", &[("channel", &world.channel), ("ts", &root), ("limit", "4")]).await;
    assert_eq!(
        (texts(&first), &first["has_more"]),
        (["root", "reply 0", "reply 1", "reply 2"].map(String::from).to_vec(), &json!(true))
    );
    let cursor = first["response_metadata"]["next_cursor"].as_str().unwrap();
    let rest =
        world.get("conversations.replies", &[("channel", &world.channel), ("ts", &root), ("cursor", cursor)]).await;
    assert_eq!(texts(&rest), ["reply 3", "reply 4", "to all"]);
    let lost = world.get("conversations.replies", &[("channel", &world.channel), ("ts", "1.000001")]).await;
    assert_eq!(lost["error"], "thread_not_found");
}

#[tokio::test]
async fn metadata_are_shown_to_their_app_when_it_asks() {
    let world = World::new();
    let metadata = json!({"event_type": "bullpen", "event_payload": {"key": "k1"}});
    world.call("chat.postMessage", json!({"channel": world.channel, "text": "x", "metadata": metadata})).await;
    let without = world.get("conversations.history", &[("channel", &world.channel), ("limit", "1")]).await;
    assert!(without["messages"][0].get("metadata").is_none());
    let query = [("channel", world.channel.as_str()), ("limit", "1"), ("include_all_metadata", "true")];
    assert_eq!(world.get("conversations.history", &query).await["messages"][0]["metadata"], metadata);
}

#[tokio::test]
async fn lists_have_pages() {
    let world = World::new();
    for i in 0..7 {
        world.fake.channel(&format!("more-{i}"));
    }
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get("conversations.list", &[("limit", "3"), ("cursor", &cursor)]).await;
        names.extend(page["channels"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap().to_owned()));
        cursor = page["response_metadata"]["next_cursor"].as_str().unwrap().to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(names.len(), 8);
    let mine = world.get("users.conversations", &[]).await;
    assert_eq!(mine["channels"].as_array().unwrap().len(), 1, "only those that the bot is in: {mine}");
    let members = world.get("conversations.members", &[("channel", &world.channel)]).await;
    assert_eq!(members["members"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn people_are_found_and_written_to() {
    let world = World::new();
    let found = world.get("users.lookupByEmail", &[("email", "Ann@Example.com")]).await;
    assert_eq!(found["user"]["id"], json!(world.ann));
    let opened = world.call("conversations.open", json!({"users": world.ann, "return_im": true})).await;
    let direct = opened["channel"]["id"].as_str().unwrap();
    assert_eq!(opened["channel"]["user"], json!(world.ann));
    assert_eq!(world.fake.dm(&world.ann, &world.app.bot_user), direct);
    let posted = world.call("chat.postMessage", json!({"channel": world.ann, "text": "hi"})).await;
    assert_eq!(posted["channel"], json!(direct), "a person's id stands for the direct conversation with them");
}

#[tokio::test]
async fn user_groups_hold_people() {
    let world = World::new();
    let made = world.call("usergroups.create", json!({"name": "CMO", "handle": "cmo"})).await;
    let id = made["usergroup"]["id"].as_str().unwrap();
    assert_eq!(
        world.refusal("usergroups.create", json!({"name": "CMO 2", "handle": "cmo"})).await,
        "handle_already_exists"
    );
    assert_eq!(
        world.refusal("usergroups.users.update", json!({"usergroup": id, "users": "U404"})).await,
        "invalid_users"
    );
    world.call("usergroups.users.update", json!({"usergroup": id, "users": [world.ann]})).await;
    let listed = world.get("usergroups.list", &[("include_users", "true")]).await;
    assert_eq!(listed["usergroups"][0]["users"], json!([world.ann]));
}

#[tokio::test]
async fn a_permalink_leads_to_the_message() {
    let world = World::new();
    let ts = world.post("here").await;
    let answer = world.get("chat.getPermalink", &[("channel", &world.channel), ("message_ts", &ts)]).await;
    let link = answer["permalink"].as_str().unwrap();
    assert!(link.ends_with(&format!("/archives/{}/p{}", world.channel, ts.replace('.', ""))), "{link}");
}

#[tokio::test]
async fn a_status_stands_until_something_is_said() {
    let world = World::new();
    let root = world.fake.say(&world.ann, &world.channel, None, "write a post");
    let status = json!({"channel_id": world.channel, "thread_ts": root, "status": "is writing…"});
    assert_eq!(world.call("assistant.threads.setStatus", status).await["ok"], true);
    assert_eq!(world.fake.statuses().len(), 1);
    world.call("chat.postMessage", json!({"channel": world.channel, "thread_ts": root, "text": "done"})).await;
    assert!(world.fake.statuses().is_empty());
}
