//! Writing, changing, deleting, reacting, and what lists show of it.

use bullpen_chat::{Action, Body, Card, Field, Picture, Place, Post, Poster};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{OPERATOR, World, id, identity, texts};

#[tokio::test]
async fn a_message_is_shown_as_the_contract_says() {
    let world = World::new().await;
    let said = world.say("you", "@content_manager **hello**\n<b>there</b>").await;
    let channels = world.get("/api/channels").await.expect(StatusCode::OK);
    assert_eq!(
        channels,
        json!([
            { "id": "all-hands", "name": "all-hands", "layer": null, "topic": "What all-hands is for." },
            { "id": "management", "name": "management", "layer": "management", "topic": "What management is for." },
        ])
    );
    assert_eq!(said["author"], json!({ "name": "you", "kind": "member" }));
    assert_eq!(said["channel"], "management");
    assert_eq!(said["thread"], Value::Null);
    assert_eq!(said["reactions"], json!({}));
    assert_eq!(said["edited_at"], Value::Null);
    assert_eq!(
        said["html"],
        "<p dir=\"auto\"><span class=\"mention\">@content_manager</span> <strong>hello</strong><br />\n\
         &lt;b&gt;there&lt;/b&gt;</p>\n"
    );
    assert!(said.get("deleted").is_none());
    assert_eq!(world.get(&format!("/api/messages/{}", id(&said))).await.expect(StatusCode::OK), said);
    let list = world.get("/api/channels/management/messages").await.expect(StatusCode::OK);
    assert_eq!(list, json!([said]));
    let hash = world.get("/api/channels/%23management/messages").await.expect(StatusCode::OK);
    assert_eq!(hash, list, "a channel may be written with #");
}

#[tokio::test]
async fn a_card_can_be_read_by_programs_and_pages() {
    let world = World::new().await;
    let digest = "0f".repeat(32);
    let post = Post {
        identity: identity("content_manager", "Marta Vale"),
        place: Place { channel: "management".into(), thread: None },
        body: Body::Card(Card {
            title: "<i>A post</i>".into(),
            fields: vec![Field { name: "Owner".into(), value: "<script>".into() }],
            text: "The **draft** \0 <script>alert(1)</script>".into(),
            picture: Some(Picture { digest: digest.clone(), media_type: "image/png".into(), alt: "A header".into() }),
            actions: vec![Action { emoji: "✅".into(), label: "Approve".into(), asks: None }],
        }),
        notify: vec!["you".into()],
    };
    let key = Uuid::new_v4();
    world.lobby.poster().post(key, &post).await.unwrap();
    let shown = world.get(&format!("/api/messages/{key}")).await.expect(StatusCode::OK);
    assert_eq!(shown["author"], json!({ "name": "Marta Vale", "kind": "persona", "handle": "content_manager" }));
    assert_eq!(shown["notify"], json!(["you"]));
    assert_eq!(
        shown["card"],
        json!({
            "title": "<i>A post</i>",
            "fields": [{ "name": "Owner", "value": "<script>" }],
            "html": "<p dir=\"auto\">The <strong>draft</strong> \u{fffd} &lt;script&gt;alert(1)&lt;/script&gt;</p>\n",
            "picture": {
                "url": format!("/pictures/{digest}"), "digest": digest, "media_type": "image/png", "alt": "A header",
            },
            "actions": [{ "emoji": "✅", "label": "Approve" }],
        })
    );
    for part in ["A post", "Owner", "draft", "A header", "✅ Approve"] {
        assert!(shown["text"].as_str().unwrap().contains(part), "{part}");
    }
    assert!(!shown["html"].as_str().unwrap().contains("<script"));
}

#[tokio::test]
async fn a_key_gives_the_same_message_again() {
    let world = World::new().await;
    let path = "/api/channels/management/messages";
    let body = json!({ "as": "you", "text": "once", "key": "k1" });
    let first = world.post(path, body.clone()).await.expect(StatusCode::CREATED);
    assert_eq!(world.post(path, body.clone()).await.expect(StatusCode::CREATED), first);

    let attempts = (0..8).map(|_| world.post(path, json!({ "as": "you", "text": "at once", "key": "k2" })));
    let all = futures::future::join_all(attempts).await;
    let ids: std::collections::BTreeSet<String> =
        all.into_iter().map(|answer| id(&answer.expect(StatusCode::CREATED))).collect();
    assert_eq!(ids.len(), 1, "eight attempts at once are one message");

    world.post(path, json!({ "as": "you", "text": "else", "key": "k1" })).await.refused(409);
    world.post("/api/channels/all-hands/messages", body.clone()).await.refused(409);
    let other = json!({ "as": "Ana Lee", "text": "else", "key": "k1" });
    world.post(path, other).await.expect(StatusCode::CREATED);

    let edited = json!({ "as": "you", "text": "changed" });
    world.send(Method::PATCH, &format!("/api/messages/{}", id(&first)), edited).await.expect(StatusCode::OK);
    let again = world.post(path, body).await.expect(StatusCode::CREATED);
    assert_eq!((id(&again), again["text"].as_str()), (id(&first), Some("changed")), "a late repeat is no new message");
    let list = world.get("/api/channels/management/messages").await.expect(StatusCode::OK);
    assert_eq!(texts(&list), ["changed", "at once", "else"]);
}

#[tokio::test]
async fn lists_are_read_in_parts() {
    let world = World::new().await;
    let mut said = Vec::new();
    for number in 0..7 {
        said.push(world.say("you", &number.to_string()).await);
    }
    let page = async |query: &str| {
        let path = format!("/api/channels/management/messages?{query}");
        texts(&world.get(&path).await.expect(StatusCode::OK)).join("")
    };
    assert_eq!(page("").await, "0123456");
    assert_eq!(page("limit=3").await, "012", "without a mark the list begins at its beginning");
    assert_eq!(page("limit=3&order=newest").await, "456");
    assert_eq!(page(&format!("after={}&limit=3", id(&said[1]))).await, "234");
    assert_eq!(page(&format!("before={}&limit=3", id(&said[5]))).await, "234");
    assert_eq!(page(&format!("after={}", said[5]["seq"])).await, "6");
    assert_eq!(page(&format!("after={}", id(&said[6]))).await, "");
    assert_eq!(page("limit=1000").await, "0123456");
    for bad in ["limit=0", "limit=1001", "limit=-1", "limit=ten", "limit=", "after=x", "after=1&before=2", "order=x"] {
        world.get(&format!("/api/channels/management/messages?{bad}")).await.refused(400);
    }
    let nowhere = Uuid::new_v4();
    world.get(&format!("/api/channels/management/messages?after={nowhere}")).await.refused(404);
}

#[tokio::test]
async fn threads_hold_replies_and_replies_to_replies() {
    let world = World::new().await;
    let root = world.say("you", "root").await;
    let reply = world.reply("Ana Lee", &root, "reply").await;
    let deeper = world.reply("you", &reply, "deeper").await;
    world.say("you", "beside").await;
    assert_eq!((&reply["thread"], &deeper["thread"]), (&root["id"], &root["id"]), "threads are one level deep");

    let thread = world.get(&format!("/api/messages/{}/thread", id(&root))).await.expect(StatusCode::OK);
    assert_eq!(texts(&thread), ["reply", "deeper"]);
    let same = world.get(&format!("/api/messages/{}/thread", id(&deeper))).await.expect(StatusCode::OK);
    assert_eq!(same, thread, "a reply's thread is the one it stands in");
    let list = world.get("/api/channels/management/messages").await.expect(StatusCode::OK);
    assert_eq!(texts(&list), ["root", "reply", "deeper", "beside"]);
    assert_eq!((&list[0]["replies"], &list[0]["last_reply_at"]), (&json!(2), &deeper["created_at"]));

    let astray = json!({ "as": "you", "text": "astray", "thread": id(&root) });
    world.post("/api/channels/all-hands/messages", astray).await.refused(404);
    let lost = json!({ "as": "you", "text": "lost", "thread": "nonsense" });
    world.post("/api/channels/management/messages", lost).await.refused(404);
}

#[tokio::test]
async fn only_its_author_changes_or_deletes_a_message() {
    let world = World::new().await;
    let root = world.say("you", "first words").await;
    let path = format!("/api/messages/{}", id(&root));
    world.send(Method::PATCH, &path, json!({ "as": "Ana Lee", "text": "mine" })).await.refused(403);
    world.send(Method::DELETE, &path, json!({ "as": OPERATOR })).await.refused(403);
    let edited =
        world.send(Method::PATCH, &path, json!({ "as": "you", "text": "@Ana Lee see" })).await.expect(StatusCode::OK);
    assert_eq!((&edited["revision"], &edited["notify"]), (&json!(1), &json!(["Ana Lee"])));
    assert!(edited["edited_at"].is_string());
    let kept: Vec<(i64, String)> = sqlx::query_as("select revision, text from lobby.versions where org = $1")
        .bind(world.org)
        .fetch_all(&world.pool)
        .await
        .unwrap();
    assert_eq!(kept, [(0, "first words".to_owned())], "what it said before is kept");

    let reply = world.reply("Ana Lee", &root, "a reply").await;
    let gone = world.send(Method::DELETE, &path, json!({ "as": "you" })).await.expect(StatusCode::OK);
    assert_eq!((&gone["deleted"], &gone["text"], &gone["html"]), (&json!(true), &json!(""), &json!("")));
    world.send(Method::DELETE, &path, json!({ "as": "you" })).await.expect(StatusCode::OK);
    world.send(Method::PATCH, &path, json!({ "as": "you", "text": "back" })).await.refused(409);
    world.react(Method::PUT, &root, "✅", "you").await.refused(409);
    let list = world.get("/api/channels/management/messages").await.expect(StatusCode::OK);
    assert_eq!(list, json!([world.get(&path).await.body, reply]), "its place is kept where a thread hangs below");

    let path = format!("/api/messages/{}", id(&reply));
    world.send(Method::DELETE, &format!("{path}?as=Ana%20Lee"), json!({})).await.expect(StatusCode::OK);
    let list = world.get("/api/channels/management/messages").await.expect(StatusCode::OK);
    assert_eq!(list, json!([]), "nothing is left of it where nothing hangs below");
}

#[tokio::test]
async fn a_post_is_deleted_by_those_who_may_mend_everything_only() {
    let world = World::new().await;
    let post = world.persona_says("a post", None).await;
    let path = format!("/api/messages/{post}");
    world.send(Method::PATCH, &path, json!({ "as": OPERATOR, "text": "mine" })).await.refused(403);
    world.send(Method::DELETE, &path, json!({ "as": "you" })).await.refused(403);
    world.send(Method::DELETE, &path, json!({ "as": "content_manager" })).await.refused(403);
    world.send(Method::DELETE, &path, json!({ "as": OPERATOR })).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn reactions_are_a_state() {
    let world = World::new().await;
    let message = world.say("you", "well?").await;
    for emoji in ["✅", "white_check_mark", ":white_check_mark:"] {
        let after = world.react(Method::PUT, &message, emoji, "Ana Lee").await.expect(StatusCode::OK);
        assert_eq!(after["reactions"], json!({ "✅": ["Ana Lee"] }), "{emoji}");
    }
    let after = world.react(Method::PUT, &message, "👍🏽", "you").await.expect(StatusCode::OK);
    assert_eq!(after["reactions"], json!({ "✅": ["Ana Lee"], "👍": ["you"] }));
    world.react(Method::PUT, &message, "✅", "you").await.expect(StatusCode::OK);
    let after = world.react(Method::DELETE, &message, "👍", "you").await.expect(StatusCode::OK);
    assert_eq!(after["reactions"], json!({ "✅": ["Ana Lee", "you"] }), "in the order in which they came");
    world.react(Method::DELETE, &message, "❌", "you").await.expect(StatusCode::OK);

    for bad in ["yes", "a", ":two words:", "✅".repeat(20).as_str()] {
        world.react(Method::PUT, &message, bad, "you").await.refused(422);
    }
    for number in 0..19 {
        world.react(Method::PUT, &message, &format!(":custom_{number}:"), "you").await.expect(StatusCode::OK);
    }
    world.react(Method::PUT, &message, ":one_too_many:", "you").await.refused(422);
    world.react(Method::PUT, &message, ":custom_3:", "Ana Lee").await.expect(StatusCode::OK);
    world.react(Method::PUT, &message, "✅", "copywriter").await.refused(403);
}
