//! The way in by HTTP: calls our own public address as Slack would, signed.

use reqwest::StatusCode;
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::app::Standing;
use super::{Ask, Findings, State};
use crate::apps::App;
use crate::setup::pages::Page;
use crate::setup::web::Web;
use crate::setup::{Variables, address};

pub(super) async fn check(
    web: &Web,
    ask: &Ask<'_>,
    app: &App,
    secret: &SecretString,
    variables: &Variables,
    standing: &Standing,
    findings: &mut Findings<'_>,
) {
    let id = standing.app_id.as_deref();
    let Some(url) = ask.config.public_url.as_ref().and_then(|public| address(public, app.name(), "events")) else {
        let says = format!(
            "Slack has no address to send events to: set BULLPEN_PUBLIC_URL to the https address of this server, or {} \
             for Socket Mode, which needs none.",
            variables.app_token
        );
        findings.add("events", State::Bad, says);
        return;
    };
    let challenge = Uuid::new_v4().to_string();
    let body = json!({ "type": "url_verification", "challenge": challenge, "token": "" }).to_string();
    let timestamp = (ask.clock)().timestamp().to_string();
    let request = web
        .http()
        .post(url.clone())
        .header("content-type", "application/json")
        .header("x-slack-signature", signature(secret, &timestamp, &body))
        .header("x-slack-request-timestamp", timestamp)
        .body(body);
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) => {
            let why = crate::api::causes(&error.without_url());
            let says = format!(
                "{url} cannot be reached from here ({why}): start the server (`bullpen up`), and let your proxy pass \
                 /slack/ on to it."
            );
            findings.add("events", State::Bad, says);
            return;
        }
    };
    let status = response.status();
    // An answer that cannot be read is not ours.
    let text = response.text().await.unwrap_or_default();
    let (state, says) = match status {
        StatusCode::OK if echoes(&text, &challenge) => (
            State::Good,
            format!(
                "{url} answers to signed requests. Whether Slack sends there: {} shows it as “Request URL” with \
                 “Verified” beside it.",
                Page::Events.of(id)
            ),
        ),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => (
            State::Bad,
            format!(
                "{url} refuses what is signed with {}: the server that runs has another one (start it again after a \
                 change), or a proxy changes what it passes on. The right one: {}, “App Credentials”, “Signing \
                 Secret”, “Show”.",
                variables.signing_secret,
                Page::Basic.of(id)
            ),
        ),
        _ => (
            State::Bad,
            format!(
                "{url} answers with status {}, as something else than the department: let your proxy pass /slack/ on \
                 to this server, and start it with {} set.",
                status.as_u16(),
                variables.signing_secret
            ),
        ),
    };
    findings.add("events", state, says);
}

/// Slack takes the challenge as plain text or in JSON.
fn echoes(text: &str, challenge: &str) -> bool {
    let json = serde_json::from_str::<Value>(text).ok();
    text.trim() == challenge || json.is_some_and(|json| json["challenge"] == challenge)
}

/// Slack's signature of a request, version 0: HMAC-SHA256 of `v0:{timestamp}:{body}`, in hex.
fn signature(secret: &SecretString, timestamp: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let tag = hmac::sign(&key, format!("v0:{timestamp}:{body}").as_bytes());
    tag.as_ref().iter().fold("v0=".to_owned(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in Slack's documentation of signatures.
    #[test]
    fn a_request_is_signed_as_slack_signs() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                    channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                    response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
                    trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let secret = SecretString::from("8f742231b10e8888abcd99yyyzzz85a5".to_owned());
        assert_eq!(
            signature(&secret, "1531420618", body),
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
    }

    #[test]
    fn a_challenge_may_come_back_in_two_forms() {
        assert!(echoes("abc", "abc") && echoes(r#"{"challenge":"abc"}"#, "abc"));
        assert!(!echoes("<html>abc</html>", "abc") && !echoes("", "abc"));
    }
}
