//! On an address that others reach, each person signs in with a token of their own.

use reqwest::{Method, StatusCode, header};
use serde_json::json;

use super::world::{Reply, World};

const ANA: &str = "ana's own token, 1234567890";
const BEN: &str = "ben's own token, 1234567890";

async fn world() -> World {
    let yaml = "people:\n  - {name: Ána, rights: [operate, command], token: T_ANA}\n  - {name: Ben, rights: [], token: T_BEN}\n";
    World::with(yaml, &[("BULLPEN_LISTEN", "0.0.0.0:3710"), ("T_ANA", ANA), ("T_BEN", BEN)]).await
}

impl World {
    async fn as_bearer(&self, path: &str, token: &str) -> Reply {
        Reply::read(self.request(Method::GET, path).bearer_auth(token).send().await.unwrap()).await
    }
}

#[tokio::test]
async fn nothing_is_told_to_strangers() {
    let world = world().await;
    for path in ["/api/tasks", "/api/channels", "/api/stream", "/api/live?as=Ben", "/readyz", "/metrics"] {
        assert_eq!(world.get(path).await.refused(401), "not_signed_in", "{path}");
    }
    assert_eq!(world.as_bearer("/api/tasks", "nobody's").await.refused(401), "wrong_token");
    world.get("/healthz").await.ok();
    let page = world.fetch("/").await;
    assert_eq!(page.status(), StatusCode::UNAUTHORIZED);
    let page = page.text().await.unwrap();
    assert!(page.contains("action=\"/api/sign-in\""));
    assert_eq!(world.fetch("/assets/sign-in.css").await.status(), StatusCode::OK);
    // What Slack signs needs no token, whatever host it was sent to; nothing beside it is open.
    let slack =
        world.request(Method::POST, "/slack/app/events").header("host", "bullpen.example").send().await.unwrap();
    assert_eq!((slack.status(), slack.text().await.unwrap().as_str()), (StatusCode::OK, "heard"));
    assert_eq!(world.get("/slackish").await.refused(401), "not_signed_in");
}

#[tokio::test]
async fn a_token_speaks_for_its_person_only() {
    let world = world().await;
    let session = world.as_bearer("/api/session", ANA).await.ok();
    assert_eq!(session["me"]["name"], "Ána");
    assert_eq!(world.as_bearer("/api/session?as=Ben", ANA).await.refused(403), "forbidden");
    let say = |name: &str| {
        let request = world.request(Method::POST, "/api/channels/management/messages").bearer_auth(BEN);
        request.json(&json!({ "as": name, "text": "hello" })).send()
    };
    assert_eq!(Reply::read(say("Ána").await.unwrap()).await.refused(403), "forbidden");
    assert_eq!(say("Ben").await.unwrap().status(), StatusCode::CREATED);
    let retry = world.request(Method::POST, &format!("/api/dead-letters/{}/retry", uuid::Uuid::nil()));
    assert_eq!(Reply::read(retry.bearer_auth(BEN).send().await.unwrap()).await.refused(403), "forbidden");
}

#[tokio::test]
async fn a_browser_signs_in_once_and_keeps_a_cookie() {
    let world = world().await;
    let sign_in = |body: String, kind: &str| {
        let request = world.request(Method::POST, "/api/sign-in").header("content-type", kind);
        request.body(body).send()
    };
    let answer = sign_in(json!({ "token": ANA }).to_string(), "application/json").await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(Reply::read(answer).await.ok()["name"], "Ána");
    let pair = cookie.split(';').next().unwrap().to_owned();
    let with = |cookie: String| world.request(Method::GET, "/api/session").header("cookie", cookie).send();
    let session = Reply::read(with(format!("other=1; {pair}")).await.unwrap()).await.ok();
    assert_eq!(session["me"]["name"], "Ána");
    let forged = pair.replace("c3816e61", "42656e");
    assert_ne!(forged, pair);
    assert_eq!(Reply::read(with(forged).await.unwrap()).await.refused(401), "not_signed_in");

    let form = format!("token={}", ANA.replace('\'', "%27").replace(' ', "+").replace(',', "%2C"));
    let form = sign_in(form, "application/x-www-form-urlencoded").await.unwrap();
    assert_eq!((form.status(), &form.headers()["location"]), (StatusCode::SEE_OTHER, &"/".parse().unwrap()));
    assert!(form.headers().contains_key(header::SET_COOKIE));
    for nonsense in ["", "{}", "[]", r#"{"token":1}"#, r#"{"token":"x","more":1}"#] {
        let answer = sign_in(nonsense.to_owned(), "application/json").await.unwrap();
        assert_eq!(Reply::read(answer).await.refused(400), "malformed", "{nonsense}");
    }
}

#[tokio::test]
async fn guessing_is_stopped() {
    let world = world().await;
    for guess in 0..10 {
        assert_eq!(world.as_bearer("/api/tasks", &format!("guess {guess}")).await.refused(401), "wrong_token");
    }
    assert_eq!(world.as_bearer("/api/tasks", "guess 11").await.refused(429), "too_many_tries");
}
