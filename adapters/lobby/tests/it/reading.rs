//! Direct conversations, and what a member has not read.

use bullpen_chat::{Body, Event, Gateway, Place, Post, Poster};
use bullpen_lobby::SignedIn;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{OPERATOR, World, id, identity, texts};

const DIRECT: &str = "/api/direct/copywriter/messages";

#[tokio::test]
async fn a_direct_conversation_is_between_two() {
    let world = World::new().await;
    assert_eq!(world.get(&format!("{DIRECT}?as=you")).await.expect(StatusCode::OK), json!([]));
    let said = world.post(DIRECT, json!({ "as": "you", "text": "just us" })).await.expect(StatusCode::CREATED);
    assert_eq!((&said["channel"], &said["direct"]), (&json!("dm:copywriter:you"), &json!("copywriter")));
    let answer = Post {
        identity: identity("copywriter", "Cole Wright"),
        place: Place { channel: "dm:copywriter:you".into(), thread: None },
        body: Body::Markdown { text: "yes".into() },
        notify: vec!["you".into()],
    };
    world.lobby.poster().post(Uuid::new_v4(), &answer).await.unwrap();

    let list = world.get(&format!("{DIRECT}?as=you")).await.expect(StatusCode::OK);
    assert_eq!(texts(&list), ["just us", "yes"]);
    assert_eq!(world.get(&format!("{DIRECT}?as=Ana%20Lee")).await.expect(StatusCode::OK), json!([]), "hers is another");
    world.get(DIRECT).await.refused(422);
    world.get(&format!("{DIRECT}?as=copywriter")).await.refused(403);

    let channel = "/api/channels/dm:copywriter:you/messages";
    for (viewer, status) in [("you", 200), (OPERATOR, 200), ("Ana%20Lee", 403), ("guest", 403)] {
        for path in
            [channel.to_owned(), format!("/api/messages/{}", id(&said)), format!("/api/messages/{}/thread", id(&said))]
        {
            let seen = world.get(&format!("{path}?as={viewer}")).await;
            assert_eq!(seen.status.as_u16(), status, "{viewer} at {path}");
        }
    }
    for other in ["Ana Lee", OPERATOR] {
        world.post(channel, json!({ "as": other, "text": "me too" })).await.refused(403);
    }
    world.react(Method::PUT, &said, "✅", "Ana Lee").await.refused(403);
    world.react(Method::PUT, &said, "✅", "you").await.expect(StatusCode::OK);

    let names = |list: &Value| list.as_array().unwrap().iter().map(|c| c["id"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&world.get("/api/channels").await.body), ["all-hands", "management"]);
    let mine = world.get("/api/channels?as=you").await.expect(StatusCode::OK);
    assert_eq!(names(&mine), ["all-hands", "management", "dm:copywriter:you"]);
    assert_eq!(
        mine[2],
        json!({
            "id": "dm:copywriter:you", "name": "Cole Wright", "layer": null, "topic": "", "direct": "copywriter",
            "unread": 1, "mentions": 1,
        })
    );
    assert_eq!(names(&world.get("/api/channels?as=op").await.body), ["all-hands", "management"]);

    let heard = world.lobby.gateway("test").next().await.unwrap();
    match &heard[0].event {
        Event::Posted(message) => assert_eq!(message.direct.as_deref(), Some("copywriter")),
        other => panic!("{other:?}"),
    }
    assert_eq!(heard[0].key, format!("lobby:m:{}", id(&said)));
}

#[tokio::test]
async fn a_persona_may_begin_a_direct_conversation_with_listed_people() {
    let world = World::new().await;
    let post = |channel: &str| Post {
        identity: identity("copywriter", "Cole Wright"),
        place: Place { channel: channel.into(), thread: None },
        body: Body::Markdown { text: "hello".into() },
        notify: Vec::new(),
    };
    let poster = world.lobby.poster();
    poster.post(Uuid::new_v4(), &post("dm:copywriter:Ana Lee")).await.unwrap();
    assert_eq!(texts(&world.get(&format!("{DIRECT}?as=Ana%20Lee")).await.body), ["hello"]);
    for nobody in ["dm:copywriter:stranger", "dm:nobody:you"] {
        assert!(matches!(poster.post(Uuid::new_v4(), &post(nobody)).await, Err(bullpen_chat::Error::Refused { .. })));
    }
}

#[tokio::test]
async fn unread_marks_count_what_others_said() {
    let world = World::new().await;
    let unread = async |who: &str| {
        let list = world.get(&format!("/api/channels?as={who}")).await.expect(StatusCode::OK);
        (list[1]["unread"].as_i64().unwrap(), list[1]["mentions"].as_i64().unwrap())
    };
    assert_eq!(unread("you").await, (0, 0));
    world.say("you", "my own words").await;
    let first = world.say("Ana Lee", "one").await;
    let second = world.say("Ana Lee", "@you two").await;
    world.persona_says("three", None).await;
    assert_eq!(unread("you").await, (3, 1));
    assert_eq!(unread("guest").await, (4, 0));

    let read = async |message: &Value| {
        let body = json!({ "message": id(message) });
        world.send(Method::PUT, "/api/channels/management/read?as=you", body).await.expect(StatusCode::OK)
    };
    assert_eq!(read(&second).await, json!({ "unread": 1, "mentions": 0 }));
    assert_eq!(read(&first).await, json!({ "unread": 1, "mentions": 0 }), "reading does not go backwards");
    assert_eq!(unread("you").await, (1, 0));
    let nothing = json!({ "message": Uuid::new_v4() });
    world.send(Method::PUT, "/api/channels/management/read?as=you", nothing).await.refused(404);
    let elsewhere = json!({ "message": id(&first) });
    world.send(Method::PUT, "/api/channels/all-hands/read?as=you", elsewhere).await.refused(404);
}

#[tokio::test]
async fn who_is_signed_in_speaks_for_nobody_else() {
    let world = World::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let signed = bullpen_lobby::router(world.lobby.clone()).layer(axum::Extension(SignedIn("you".into())));
    tokio::spawn(async move { axum::serve(listener, signed).await });
    let signed = World { address, ..world };

    let path = "/api/channels/management/messages";
    let said = signed.post(path, json!({ "text": "as myself" })).await.expect(StatusCode::CREATED);
    assert_eq!(said["author"]["name"], "you");
    signed.post(path, json!({ "as": "you", "text": "by name" })).await.expect(StatusCode::CREATED);
    signed.post(path, json!({ "as": "Ana Lee", "text": "as her" })).await.refused(403);
    signed.react(Method::PUT, &said, "✅", "Ana Lee").await.refused(403);
    signed.get("/api/stream?as=op").await.refused(403);
    let member = signed.lobby.member("Ana Lee").await.unwrap();
    let said = bullpen_lobby::Said { text: "private".into(), ..Default::default() };
    let private = signed.lobby.say_directly("copywriter", &member, &said).await.unwrap();
    signed.get(&format!("/api/messages/{}", private.id)).await.refused(403);
}
