//! Why a post or an edit was not done, and what a person can do about it.

use crate::api::Failure;

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Slack's word.
    Slack(Failure),
    /// The database's.
    Database(sqlx::Error),
    /// Already in the words of the port.
    Port(bullpen_chat::Error),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Slack(failure)
    }
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<bullpen_chat::Error> for Trouble {
    fn from(error: bullpen_chat::Error) -> Self {
        Self::Port(error)
    }
}

impl Trouble {
    /// Slack's word of a refusal.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Slack(failure) => failure.code(),
            _ => None,
        }
    }
}

/// A failure in the words of the port; a refusal says what to click. `app` is who tried.
pub(super) fn explain(trouble: Trouble, app: &str, channel: &str) -> bullpen_chat::Error {
    match trouble {
        Trouble::Port(error) => error,
        Trouble::Database(error) => {
            bullpen_chat::Error::Retry { why: format!("the database failed: {error}"), after: None }
        }
        Trouble::Slack(failure) => match failure.code().and_then(|code| advice(code, app, channel)) {
            Some(Advice::Gone) => {
                bullpen_chat::Error::Gone { why: format!("somebody deleted the message in {channel} ({failure})") }
            }
            Some(Advice::Mend(what)) => bullpen_chat::Error::Refused { why: format!("{failure}: {what}") },
            None => failure.into(),
        },
    }
}

enum Advice {
    Gone,
    Mend(String),
}

fn advice(code: &str, app: &str, channel: &str) -> Option<Advice> {
    let mend = match code {
        "message_not_found" => return Some(Advice::Gone),
        "not_in_channel" => {
            format!(
                "the app {app} is not in the channel {channel}; write `/invite @{app}` there (the app's name in Slack)"
            )
        }
        "channel_not_found" => format!(
            "there is no channel {channel} that the app {app} can see; if it is private, write `/invite @{app}` there, and if it was \
             deleted, run `bullpen setup slack` to make it anew"
        ),
        "is_archived" | "is_inactive" => {
            format!("the channel {channel} is archived; open its settings in Slack and choose “Unarchive channel”")
        }
        "thread_not_found" => "the thread's first message was deleted, so nothing can be said below it".into(),
        "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired" => format!(
            "the token of the app {app} is no good any more; open the app at https://api.slack.com/apps, choose “OAuth & \
             Permissions”, install it again, and set its new Bot User OAuth Token (`bullpen doctor` looks at each)"
        ),
        "missing_scope" => format!(
            "open the app {app} at https://api.slack.com/apps, add the scope under “OAuth & Permissions” and install it again \
             (`bullpen doctor` names all that are missing)"
        ),
        "restricted_action"
        | "restricted_action_read_only_channel"
        | "restricted_action_thread_only_channel"
        | "restricted_action_non_threadable_channel"
        | "restricted_action_thread_locked" => format!(
            "the channel {channel} lets only some post; open its settings in Slack, “Posting permissions”, and allow the app {app}"
        ),
        "cant_update_message" | "edit_window_closed" => {
            format!(
                "the app {app} may not change this message any more; allow editing in the workspace's “Message Editing” settings"
            )
        }
        _ => return None,
    };
    Some(Advice::Mend(mend))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bullpen_chat::Error;

    use super::*;

    fn refused(code: &str) -> Trouble {
        let (app, method) = ("bullpen".into(), "chat.postMessage".into());
        Trouble::Slack(Failure::Refused { app, method, code: code.into(), detail: String::new() })
    }

    #[test]
    fn refusals_say_what_to_click() {
        let says = |code: &str| match explain(refused(code), "bullpen", "C1") {
            Error::Refused { why } => why,
            other => panic!("{code} is a refusal, not {other:?}"),
        };
        assert!(says("not_in_channel").contains("/invite @bullpen"));
        assert!(says("is_archived").contains("Unarchive channel"));
        assert!(says("invalid_auth").contains("OAuth & Permissions"));
        assert!(says("no_text").contains("no_text"), "what is not known is told as Slack told it");
    }

    #[test]
    fn the_rest_says_what_the_caller_may_do() {
        assert!(matches!(explain(refused("message_not_found"), "a", "C1"), Error::Gone { .. }));
        assert!(matches!(explain(refused("internal_error"), "a", "C1"), Error::Ambiguous { .. }));
        let limited = Failure::Limited { app: "a".into(), method: "m".into(), after: Duration::from_secs(7) };
        match explain(Trouble::Slack(limited), "a", "C1") {
            Error::Retry { after, .. } => assert_eq!(after, Some(Duration::from_secs(7))),
            other => panic!("a limit is waited for, not {other:?}"),
        }
    }
}
