//! Whatever is sent, the answer is an error in the contract's shape or a message that does no harm.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

use crate::world::{Answer, World, id, texts};

const PATH: &str = "/api/channels/management/messages";

#[tokio::test]
async fn bodies_that_cannot_be_meant_are_refused_and_named() {
    let world = World::new().await;
    for (body, word) in [
        (json!({ "as": "you", "text": "" }), "text"),
        (json!({ "as": "you", "text": " \n\t " }), "text"),
        (json!({ "as": "you", "text": "a\0b" }), "NUL"),
        (json!({ "as": "you", "text": "a", "key": "k\0" }), "NUL"),
        (json!({ "as": "you", "text": "a", "key": "" }), "key"),
        (json!({ "as": "you", "text": "a", "key": "k".repeat(201) }), "key"),
        (json!({ "as": "you" }), "text"),
        (json!({ "text": "a" }), "as"),
        (json!({ "as": "you", "text": "a", "colour": "red" }), "colour"),
        (json!({ "as": "you", "text": 5 }), "text"),
        (json!({ "as": "you", "text": ["a"] }), "text"),
        (json!({ "as": {}, "text": "a" }), "as"),
        (json!({ "as": "you", "text": "a", "thread": 7 }), "thread"),
        (json!({ "as": "you", "text": "a", "thread": "x\0" }), "NUL"),
        (json!(["as", "text"]), "object"),
        (json!("hello"), "object"),
        (Value::Null, "object"),
    ] {
        let sentence = world.post(PATH, body.clone()).await.refused(422);
        assert!(sentence.contains(word), "{body} gave {sentence}");
    }
    world
        .post(PATH, json!({ "as": "you", "text": "a", "thread": null, "key": null }))
        .await
        .expect(StatusCode::CREATED);
    assert_eq!(world.get(PATH).await.body.as_array().unwrap().len(), 1, "nothing that was refused is shown");
}

#[tokio::test]
async fn names_that_deceive_are_refused() {
    let world = World::new().await;
    let long = "x".repeat(81);
    for name in ["", "  ", "a\u{7}", "a\nb", "a\0b", "\u{200b}\u{202e}", &long] {
        world.post(PATH, json!({ "as": name, "text": "a" })).await.refused(422);
    }
    for name in [
        "content_manager",
        "Content_Manager",
        "Marta Vale",
        "marta  vale",
        "ｃｏｐｙｗｒｉｔｅｒ",
        "@copywriter",
        "copy\u{200b}writer",
        "You",
        "\u{202e}you",
        "ana lee",
    ] {
        world.post(PATH, json!({ "as": name, "text": "a" })).await.refused(403);
    }
    let guest = world.say("Guest \u{202e}O'Neil <b>", "hello").await;
    assert_eq!(
        guest["author"],
        json!({ "name": "Guest O'Neil <b>", "kind": "member" }),
        "marks of direction are left out"
    );
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let world = World::new().await;
    let send = async |media_type: Option<&str>, body: Vec<u8>| {
        let mut request = world.request(Method::POST, PATH).body(body);
        if let Some(media_type) = media_type {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        Answer::read(request.send().await.unwrap()).await
    };
    let json = Some("application/json");
    let good = br#"{"as":"you","text":"a"}"#.to_vec();
    send(json, b"{\"as\":\"you\",\"text\":\"\xff\xfe\"}".to_vec()).await.refused(400);
    send(json, b"{\"as\":\"you\",".to_vec()).await.refused(400);
    send(json, b"hello".to_vec()).await.refused(400);
    send(json, br#"{"as":"you","text":"\ud800"}"#.to_vec()).await.refused(400);
    send(json, "[".repeat(100_000).into_bytes()).await.refused(400);
    send(json, Vec::new()).await.refused(422);
    send(None, good.clone()).await.refused(415);
    send(Some("text/plain"), good.clone()).await.refused(415);
    send(Some("application/x-www-form-urlencoded"), b"as=you&text=a".to_vec()).await.refused(415);
    send(Some("Application/JSON; charset=utf-8"), good).await.expect(StatusCode::CREATED);

    let text = |length: usize| json!({ "as": "you", "text": "é".repeat(length) });
    let sentence = world.post(PATH, text(40_001)).await.refused(413);
    assert!(sentence.contains("40001") && sentence.contains("40000"), "{sentence}");
    world.post(PATH, text(40_000)).await.expect(StatusCode::CREATED);
    world.post(PATH, text(500_000)).await.refused(413);
    world.post(PATH, text(8_000_000)).await.refused(413);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_in_shape() {
    let world = World::new().await;
    let nothing = Uuid::new_v4();
    for path in [
        "/api/channels/nowhere/messages".to_owned(),
        "/api/channels/management/nothing".to_owned(),
        "/api/channels/".to_owned(),
        "/api/messages".to_owned(),
        "/api/messages/nonsense".to_owned(),
        format!("/api/messages/{nothing}"),
        format!("/api/messages/{nothing}/thread"),
        format!("/api/messages/{nothing}/nothing"),
        "/api/direct/nobody/messages?as=you".to_owned(),
        "/api/direct".to_owned(),
        "/api/stream/more".to_owned(),
    ] {
        world.get(&path).await.refused(404);
    }
    let body = json!({ "as": "you", "text": "a" });
    world.post("/api/channels/nowhere/messages", body.clone()).await.refused(404);
    world.send(Method::PATCH, &format!("/api/messages/{nothing}"), body).await.refused(404);
    world
        .send(Method::PUT, &format!("/api/messages/{nothing}/reactions/%E2%9C%85?as=you"), json!({}))
        .await
        .refused(404);
    for (method, path) in [(Method::PUT, PATH), (Method::POST, "/api/channels"), (Method::DELETE, "/api/stream")] {
        world.send(method, path, json!({})).await.refused(405);
    }
    world.get("/api/channels/a%00b/messages").await.refused(422);
    world.get("/api/channels/%ff/messages").await.refused(400);
}

#[tokio::test]
async fn bytes_that_are_no_request_do_no_harm() {
    let world = World::new().await;
    for bytes in [&b"\0\0\0\0\r\n\r\n"[..], b"GET /api/channels/\xff HTTP/1.1\r\nhost: x\r\n\r\n", b"POST"] {
        let mut socket = tokio::net::TcpStream::connect(world.address).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
    }
    world.get("/api/channels").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn text_in_any_script_is_kept_and_never_markup() {
    let world = World::new().await;
    for text in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1)) ![y](data:text/html,z)",
        "שלום \u{202e}abc",
        "@everyone @channel @here",
        "🦊👩🏽‍🚀 \u{1F3F3}\u{fe0f}\u{200d}\u{1F308}",
        "'; drop table lobby.messages; --",
    ] {
        let said = world.say("you", text).await;
        assert_eq!(said["text"], text);
        let html = said["html"].as_str().unwrap();
        assert!(
            !["<script", "<img", "href=\"j", "<svg", "class=\"mention\""].iter().any(|x| html.contains(x)),
            "{html}"
        );
        let edited = json!({ "as": "you", "text": format!("{text}!") });
        world.send(Method::PATCH, &format!("/api/messages/{}", id(&said)), edited).await.expect(StatusCode::OK);
    }
    assert_eq!(texts(&world.get(PATH).await.body).len(), 7);
}
