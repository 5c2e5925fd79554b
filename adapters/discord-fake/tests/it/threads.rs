use bullpen_discord_fake::{Settings, permissions};
use serde_json::{Value, json};

use crate::world::{RIGHTS, World, contents, id};

async fn start(world: &World, root: u64) -> Value {
    let path = format!("{}/{root}/threads", world.messages());
    world.done("POST", &path, Some(json!({"name": "about it", "auto_archive_duration": 1440}))).await
}

#[tokio::test]
async fn a_thread_on_a_message_has_the_messages_id() {
    let world = World::new();
    let root = world.fake.say(world.ann, world.channel, "a task");
    let thread = start(&world, root).await;
    assert_eq!((id(&thread), &thread["parent_id"]), (root, &json!(world.channel.to_string())));
    let path = format!("{}/{root}/threads", world.messages());
    assert_eq!(world.refusal("POST", &path, Some(json!({"name": "again"}))).await, (400, 160_004));
    world.done("POST", &format!("/channels/{root}/messages"), Some(json!({"content": "on it"}))).await;
    world.fake.in_thread(world.ann, root, "thanks");
    assert_eq!(world.fake.messages(root).iter().map(|m| &*m.content).collect::<Vec<_>>(), ["on it", "thanks"]);
    let listed = world.get(&format!("/channels/{root}/messages")).await;
    assert_eq!(contents(&listed), ["thanks", "on it", ""], "the first is the notice of the start");
    assert_eq!((&listed[2]["type"], &listed[2]["referenced_message"]["content"]), (&json!(21), &json!("a task")));
    let rooted = world.get(&format!("{}/{root}", world.messages())).await;
    assert_eq!((&rooted["flags"], &rooted["thread"]["name"]), (&json!(32), &json!("about it")));
}

#[tokio::test]
async fn an_archived_thread_takes_no_edits_and_a_message_brings_it_back() {
    let world = World::new();
    let root = world.fake.say(world.ann, world.channel, "a task");
    start(&world, root).await;
    let posted = id(&world.done("POST", &format!("/channels/{root}/messages"), Some(json!({"content": "one"}))).await);
    world.done("PATCH", &format!("/channels/{root}"), Some(json!({"archived": true}))).await;
    let edit = format!("/channels/{root}/messages/{posted}");
    assert_eq!(world.refusal("PATCH", &edit, Some(json!({"content": "two"}))).await, (400, 50083));
    assert_eq!(world.refusal("PATCH", &format!("/channels/{root}"), Some(json!({"name": "x"}))).await, (400, 50083));
    assert_eq!(world.refusal("PUT", &format!("{edit}/reactions/%E2%9C%85/@me"), None).await, (400, 50083));
    world.done("POST", &format!("/channels/{root}/messages"), Some(json!({"content": "back"}))).await;
    assert!(!world.fake.threads(world.channel)[0].archived);
    world.done("PATCH", &edit, Some(json!({"content": "two"}))).await;
}

#[tokio::test]
async fn a_locked_thread_needs_the_right_to_manage_threads() {
    let world = World::with(Settings::quick(), RIGHTS & !permissions::MANAGE_THREADS);
    let root = world.fake.say(world.ann, world.channel, "a task");
    start(&world, root).await;
    world.fake.lock(root, true);
    let path = format!("/channels/{root}/messages");
    assert_eq!(world.refusal("POST", &path, Some(json!({"content": "x"}))).await, (400, 160_005));
    world.fake.invite(&world.bot, RIGHTS);
    world.done("POST", &path, Some(json!({"content": "x"}))).await;
}

#[tokio::test]
async fn active_and_archived_threads_are_listed_apart() {
    let world = World::new();
    let roots: Vec<u64> = (0..4).map(|n| world.fake.say(world.ann, world.channel, &n.to_string())).collect();
    for root in &roots {
        start(&world, *root).await;
    }
    world.fake.archive(roots[0], true);
    world.fake.archive(roots[1], true);
    let active = world.get(&format!("/guilds/{}/threads/active", world.fake.guild())).await;
    assert_eq!(active["threads"].as_array().unwrap().len(), 2);
    assert_eq!(active["members"].as_array().unwrap().len(), 2, "the bot is in those that it started");
    let archived = format!("/channels/{}/threads/archived/public", world.channel);
    let page = world.get(&format!("{archived}?limit=1")).await;
    assert_eq!((page["threads"][0]["id"].as_str(), &page["has_more"]), (Some(&*roots[1].to_string()), &json!(true)));
    let before = page["threads"][0]["thread_metadata"]["archive_timestamp"].as_str().unwrap().replace('+', "%2B");
    let rest = world.get(&format!("{archived}?before={before}")).await;
    assert_eq!((rest["threads"][0]["id"].as_str(), &rest["has_more"]), (Some(&*roots[0].to_string()), &json!(false)));
}

#[tokio::test]
async fn a_thread_without_a_message_is_announced_in_its_channel() {
    let world = World::new();
    let path = format!("/channels/{}/threads", world.channel);
    let thread = world.done("POST", &path, Some(json!({"name": "ideas", "type": 11}))).await;
    let notices = world.fake.history(world.channel);
    assert_eq!((notices[0].kind, &*notices[0].content), (18, "ideas"));
    assert!(world.fake.messages(world.channel).is_empty());
    assert_eq!(world.fault("POST", &path, json!({"name": "private"})).await.0, "type");
    world.done("PUT", &format!("/channels/{}/thread-members/@me", id(&thread)), None).await;
    let members = world.get(&format!("/channels/{}/thread-members", id(&thread))).await;
    assert_eq!(members[0]["user_id"], world.bot.user.to_string());
    world.done("DELETE", &format!("/channels/{}/thread-members/@me", id(&thread)), None).await;
}

#[tokio::test]
async fn threads_are_started_and_written_in_with_rights_of_their_own() {
    let world = World::new();
    let root = world.fake.say(world.ann, world.channel, "a task");
    world.fake.permit(world.channel, world.bot.user, 0, permissions::CREATE_PUBLIC_THREADS);
    let path = format!("{}/{root}/threads", world.messages());
    assert_eq!(world.refusal("POST", &path, Some(json!({"name": "x"}))).await, (403, 50013));
    world.fake.in_thread(world.ann, root, "mine");
    world.fake.permit(world.channel, world.bot.user, 0, permissions::SEND_MESSAGES_IN_THREADS);
    let path = format!("/channels/{root}/messages");
    assert_eq!(world.refusal("POST", &path, Some(json!({"content": "x"}))).await, (403, 50013));
    world.fake.hide(world.channel, world.bot.user);
    assert_eq!(
        world.refusal("GET", &path, None).await,
        (403, 50001),
        "who does not see the channel sees no thread of it"
    );
}
