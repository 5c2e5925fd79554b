//! What readers are told while they listen: the event stream and the browsers' socket.

use std::time::Duration;

use bullpen_chat::{Place, Poster};
use futures::{SinkExt, StreamExt};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::world::{OPERATOR, World, id};

const PATIENCE: Duration = Duration::from_secs(20);

/// A reader of server-sent events.
struct Events {
    response: Response,
    read: String,
}

#[derive(Debug)]
struct Event {
    id: Option<i64>,
    name: String,
    data: Value,
}

impl Events {
    async fn open(world: &World, query: &str, last: Option<i64>) -> Self {
        let mut request = world.request(Method::GET, &format!("/api/stream{query}"));
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
        Self { response, read: String::new() }
    }

    async fn next(&mut self) -> Event {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("an event is told soon").expect("the stream goes on")
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
                };
                let event = field("event").map(|name| Event {
                    id: field("id").map(|id| id.parse().unwrap()),
                    name,
                    data: serde_json::from_str(&field("data").unwrap()).unwrap(),
                });
                self.read = rest.to_owned();
                match event {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            self.read.push_str(std::str::from_utf8(&self.response.chunk().await.unwrap()?).unwrap());
        }
    }
}

#[tokio::test]
async fn the_stream_tells_everything_and_goes_on_where_it_was() {
    let world = World::new().await;
    world.say("you", "before").await;
    let mut events = Events::open(&world, "", None).await;
    let root = world.say("you", "first").await;
    world.persona_says("an answer", Some(&root)).await;
    let edited = json!({ "as": "you", "text": "second" });
    world.send(Method::PATCH, &format!("/api/messages/{}", id(&root)), edited).await.expect(StatusCode::OK);
    world.react(Method::PUT, &root, "👍🏽", "Ana Lee").await.expect(StatusCode::OK);
    let mut told = Vec::new();
    for name in ["message", "message", "message_edited", "reaction"] {
        let event = events.next().await;
        assert_eq!(event.name, name);
        told.push(event);
    }
    assert_eq!(told[0].data["id"], root["id"]);
    assert_eq!(told[1].data["author"]["kind"], "persona");
    assert_eq!(told[2].data["text"], "second");
    assert_eq!(
        told[3].data,
        json!({
            "id": root["id"], "channel": "management", "thread": null, "reactions": { "👍": ["Ana Lee"] },
            "emoji": "👍", "by": "Ana Lee", "set": true,
        })
    );
    assert!(told.windows(2).all(|pair| pair[0].id < pair[1].id), "numbers grow");

    let place = Place { channel: "management".into(), thread: Some(id(&root)) };
    world.lobby.poster().typing(&place, "copywriter").await.unwrap();
    let typing = events.next().await;
    assert_eq!((typing.id, typing.name.as_str()), (None, "typing"));
    assert_eq!(
        typing.data,
        json!({ "channel": "management", "thread": root["id"], "handle": "copywriter", "name": "Cole Wright" })
    );
    drop(events);

    world
        .send(Method::DELETE, &format!("/api/messages/{}", id(&root)), json!({ "as": "you" }))
        .await
        .expect(StatusCode::OK);
    let mut resumed = Events::open(&world, "", told[1].id).await;
    for name in ["message_edited", "reaction", "message_deleted"] {
        assert_eq!(resumed.next().await.name, name);
    }
    let mut whole = Events::open(&world, "?after=0", None).await;
    let texts = [whole.next().await.data["text"].clone(), whole.next().await.data["text"].clone()];
    assert_eq!(texts, ["before", ""], "what was deleted is not told again");

    let bad = world.request(Method::GET, "/api/stream").header("Last-Event-ID", "x").send().await.unwrap();
    assert_eq!(bad.status(), StatusCode::BAD_REQUEST);
    world.lobby.close();
    while resumed.read().await.is_some() {}
}

#[tokio::test]
async fn direct_messages_are_told_to_those_who_may_see_them() {
    let world = World::new().await;
    let mut all = Events::open(&world, "", None).await;
    let mut own = Events::open(&world, "?as=you", None).await;
    let mut hers = Events::open(&world, "?as=Ana%20Lee", None).await;
    let mut operator = Events::open(&world, &format!("?as={OPERATOR}"), None).await;
    let body = json!({ "as": "you", "text": "just us" });
    world.post("/api/direct/copywriter/messages", body).await.expect(StatusCode::CREATED);
    let place = Place { channel: "dm:copywriter:you".into(), thread: None };
    world.lobby.poster().typing(&place, "copywriter").await.unwrap();
    world.say("you", "for all").await;
    for events in [&mut all, &mut own, &mut operator] {
        assert_eq!(events.next().await.data["text"], "just us");
    }
    let event = hers.next().await;
    assert_eq!((event.name.as_str(), &event.data["text"]), ("message", &json!("for all")));
}

#[tokio::test]
async fn a_stream_misses_nothing_of_a_crowd() {
    let world = World::new().await;
    let mut events = Events::open(&world, "", None).await;
    let crowd = (0..10).map(|member| {
        let world = &world;
        async move {
            for number in 0..30 {
                world.say(&format!("guest {member}"), &format!("{member}/{number}")).await;
            }
        }
    });
    futures::future::join_all(crowd).await;
    let mut told = Vec::new();
    for _ in 0..300 {
        told.push(events.next().await.data["text"].as_str().unwrap().to_owned());
    }
    let listed = world.get("/api/channels/management/messages?limit=1000").await.expect(StatusCode::OK);
    assert_eq!(told, crate::world::texts(&listed), "all, once, in the order of lists");
}

type Socket = WebSocketStream<TcpStream>;

async fn socket(world: &World, query: &str) -> Socket {
    let stream = TcpStream::connect(world.address).await.unwrap();
    let url = format!("ws://{}/api/live{query}", world.address);
    tokio_tungstenite::client_async(url, stream).await.unwrap().0
}

async fn told(socket: &mut Socket) -> Value {
    loop {
        let message = tokio::time::timeout(PATIENCE, socket.next()).await.expect("something is told soon");
        if let Message::Text(text) = message.expect("the socket is open").unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

#[tokio::test]
async fn a_browser_is_told_what_happens_and_what_passes() {
    let world = World::new().await;
    let early = world.say("you", "early").await;
    let mut you = socket(&world, "?as=you").await;
    let hello = told(&mut you).await;
    assert_eq!(hello, json!({ "type": "hello", "seq": early["seq"] }));
    let said = world.say("you", "hello").await;
    assert_eq!(told(&mut you).await, json!({ "type": "message", "seq": said["seq"], "message": said }));
    world.react(Method::PUT, &said, "✅", "you").await.expect(StatusCode::OK);
    let reaction = told(&mut you).await;
    assert_eq!((&reaction["type"], &reaction["id"]), (&json!("reaction"), &said["id"]));
    assert_eq!(reaction["reactions"], json!({ "✅": ["you"] }));
    let gone = world.send(Method::DELETE, &format!("/api/messages/{}", id(&said)), json!({ "as": "you" })).await;
    gone.expect(StatusCode::OK);
    let deleted = told(&mut you).await;
    assert!(deleted["seq"].as_i64() > reaction["seq"].as_i64());
    assert_eq!(
        (&deleted["type"], &deleted["id"], &deleted["thread"]),
        (&json!("message_deleted"), &said["id"], &Value::Null)
    );
    world.lobby.announce(json!({ "type": "changed", "what": ["tasks"] }));
    assert_eq!(told(&mut you).await, json!({ "type": "changed", "what": ["tasks"] }));

    let mut ana = socket(&world, "?as=Ana%20Lee&after=0").await;
    assert_eq!(told(&mut ana).await["seq"], 0);
    assert_eq!(told(&mut ana).await["message"]["text"], "early");
    for nonsense in ["{", "[]", "{\"type\":\"typing\"}", "{\"type\":\"typing\",\"channel\":\"nowhere\"}"] {
        you.send(Message::text(nonsense)).await.unwrap();
    }
    you.send(Message::text(r#"{"type":"typing","channel":"management","thread":null}"#)).await.unwrap();
    let typing = loop {
        let next = told(&mut ana).await;
        if next["type"] == "typing" {
            break next;
        }
    };
    assert_eq!(
        typing,
        json!({ "type": "typing", "channel": "management", "thread": null, "handle": null, "name": "you" })
    );

    world.get("/api/live?as=you").await.refused(400);
    world.get("/api/live").await.refused(422);
    world.get("/api/live?as=copywriter").await.refused(403);
    world.lobby.close();
    while let Some(Ok(_)) = ana.next().await {}
}
