//! The App Home: what one member sees of the department, on a page of their own.

use std::time::Duration;

use bullpen_chat::{Item, MessageRef, Overview, Section};
use serde::Deserialize;
use serde_json::json;

use crate::Slack;
use crate::api::Failure;
use crate::apps::App;
use crate::error::Error;
use crate::poster::Trouble;
use crate::render::{self, Surface};

#[derive(Deserialize)]
struct Done {}

/// Puts the App Home of `user` on show, as `app` has it.
///
/// # Errors
/// When Slack does not take it. A department that cannot be asked just now is said on the page.
pub(crate) async fn publish(slack: &Slack, app: &App, user: &str) -> Result<(), Error> {
    let author = slack.members.user(app, user).await?.author();
    let overview = slack.sources.overviews.of(&author).await.unwrap_or_else(|error| {
        tracing::warn!(org = %slack.org, user, %error, "the App Home has nothing to show");
        away()
    });
    let url = app.me().await.map(|me| me.url.clone()).unwrap_or_default();
    let blocks = render::overview(&overview, Surface::Home, |message| permalink(&url, message));
    let view = json!({ "user_id": user, "view": { "type": "home", "blocks": blocks } });
    match slack.call::<Done>(app, "views.publish", "", &view).await {
        Ok(Done {}) => Ok(()),
        Err(Trouble::Slack(failure)) => Err(failure.into()),
        Err(Trouble::Database(error)) => Err(error.into()),
        Err(Trouble::Port(error)) => {
            let after = match error {
                bullpen_chat::Error::Retry { after: Some(after), .. } => after,
                _ => Duration::ZERO,
            };
            Err(Failure::Limited { app: app.name().to_owned(), method: "views.publish".to_owned(), after }.into())
        }
    }
}

fn away() -> Overview {
    let again = "The department cannot be asked just now. Open this page again in a moment.";
    let section =
        Section { key: "work".into(), title: "The department".into(), items: Vec::<Item>::new(), empty: again.into() };
    Overview { summary: String::new(), sections: vec![section] }
}

/// The address of a message in the workspace at `url` (from `auth.test`).
pub(crate) fn permalink(url: &str, message: &MessageRef) -> Option<String> {
    let (seconds, micros) = message.id.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let plain = !message.channel.is_empty() && message.channel.bytes().all(|b| b.is_ascii_alphanumeric());
    let fits = url.starts_with("http") && plain && digits(seconds) && digits(micros);
    fits.then(|| format!("{}/archives/{}/p{seconds}{micros}", url.trim_end_matches('/'), message.channel))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_addresses() {
        let message = |channel: &str, id: &str| MessageRef { channel: channel.into(), id: id.into() };
        assert_eq!(
            permalink("https://acme.slack.com/", &message("C1", "1700000000.000100")).as_deref(),
            Some("https://acme.slack.com/archives/C1/p1700000000000100")
        );
        assert_eq!(permalink("https://acme.slack.com/", &message("C1|x", "1.2")), None);
        assert_eq!(permalink("https://acme.slack.com/", &message("C1", "x")), None);
        assert_eq!(permalink("", &message("C1", "1.2")), None);
    }
}
