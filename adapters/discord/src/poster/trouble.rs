//! Why a post or an edit was not done, and what a person can do about it.

use crate::api::Failure;

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Discord's word.
    Discord(Failure),
    /// The database's.
    Database(sqlx::Error),
    /// Already in the words of the port.
    Port(bullpen_chat::Error),
    /// Somebody moved a webhook to another channel. What it has posted there is deleted again.
    Moved,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Discord(failure)
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

/// Discord's codes of refusals that something is done about.
pub(super) mod code {
    pub(crate) const UNKNOWN_CHANNEL: u64 = 10_003;
    pub(crate) const UNKNOWN_MESSAGE: u64 = 10_008;
    pub(crate) const UNKNOWN_WEBHOOK: u64 = crate::webhooks::LOST;
    pub(crate) const TOO_LARGE: u64 = 40_005;
    pub(crate) const NO_ACCESS: u64 = 50_001;
    pub(crate) const NO_PERMISSION: u64 = 50_013;
    pub(crate) const BAD_WEBHOOK_TOKEN: u64 = 50_027;
    pub(crate) const BAD_FILE: u64 = 50_046;
    pub(crate) const ARCHIVED: u64 = 50_083;
    pub(crate) const HAS_THREAD: u64 = 160_004;
    pub(crate) const LOCKED: u64 = 160_005;
}

impl Trouble {
    /// Discord's code of a refusal.
    pub(crate) fn code(&self) -> Option<u64> {
        match self {
            Self::Discord(failure) => failure.code(),
            _ => None,
        }
    }

    /// The HTTP status of a refusal.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Discord(failure) => failure.status(),
            _ => None,
        }
    }

    /// Whether a webhook is not there any more, or not as we know it.
    pub(super) fn is_lost_webhook(&self) -> bool {
        matches!(self, Self::Moved) || matches!(self.code(), Some(code::UNKNOWN_WEBHOOK | code::BAD_WEBHOOK_TOKEN))
    }
}

/// A failure in the words of the port; a refusal says what to click. `bot` is who tried.
pub(super) fn explain(trouble: Trouble, bot: &str, channel: u64) -> bullpen_chat::Error {
    match trouble {
        Trouble::Port(error) => error,
        Trouble::Moved => {
            let why = format!("somebody moved the webhook of the channel {channel} elsewhere while this was posted");
            bullpen_chat::Error::Retry { why, after: None }
        }
        Trouble::Database(error) => {
            bullpen_chat::Error::Retry { why: format!("the database failed: {error}"), after: None }
        }
        Trouble::Discord(failure) => match advice(&failure, bot, channel) {
            Some(Advice::Gone(what)) => bullpen_chat::Error::Gone { why: format!("{what} ({failure})") },
            Some(Advice::Mend(what)) => bullpen_chat::Error::Refused { why: format!("{failure}: {what}") },
            None => failure.into(),
        },
    }
}

enum Advice {
    Gone(String),
    Mend(String),
}

fn advice(failure: &Failure, bot: &str, channel: u64) -> Option<Advice> {
    if failure.status() == Some(401) && failure.code() != Some(code::BAD_WEBHOOK_TOKEN) {
        return Some(Advice::Mend(format!(
            "the token of the bot {bot} is no good any more; open its application at https://discord.com/developers/applications, “Bot”, \
             “Reset Token”, and set the new one (`bullpen doctor` looks at each)"
        )));
    }
    let mend = match failure.code()? {
        code::UNKNOWN_MESSAGE => return Some(Advice::Gone(format!("somebody deleted the message in {channel}"))),
        code::UNKNOWN_WEBHOOK | code::BAD_WEBHOOK_TOKEN => {
            return Some(Advice::Gone(format!("somebody deleted the webhook in {channel} that this was said through")));
        }
        code::UNKNOWN_CHANNEL => format!(
            "there is no channel or thread {channel}; if it was deleted, run `bullpen setup discord` to make it anew"
        ),
        code::NO_ACCESS => format!(
            "the bot {bot} cannot see the channel {channel}; open the channel's settings in Discord, “Permissions”, add the bot and allow \
             “View Channel”"
        ),
        code::NO_PERMISSION => format!(
            "the bot {bot} lacks a permission in the channel {channel}; `bullpen doctor` names which, and the server's settings, “Roles”, \
             are where to give it"
        ),
        code::ARCHIVED | code::LOCKED => format!(
            "the thread is locked; open it in Discord and unlock it, or give the role of the bot {bot} “Manage Threads”"
        ),
        _ => return None,
    };
    Some(Advice::Mend(mend))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bullpen_chat::Error;

    use super::*;

    fn refused(status: u16, code: u64) -> Trouble {
        let (bot, route) = ("bullpen".into(), "POST /channels/1/messages".into());
        Trouble::Discord(Failure::Refused { bot, route, status, code, message: "No".into() })
    }

    #[test]
    fn refusals_say_what_to_click() {
        let says = |status: u16, code: u64| match explain(refused(status, code), "bullpen", 1) {
            Error::Refused { why } => why,
            other => panic!("{code} is a refusal, not {other:?}"),
        };
        assert!(says(403, code::NO_ACCESS).contains("View Channel"));
        assert!(says(403, code::NO_PERMISSION).contains("bullpen doctor"));
        assert!(says(400, code::ARCHIVED).contains("unlock"));
        assert!(says(401, 0).contains("Reset Token"));
        assert!(says(400, 50_035).contains("50035"), "what is not known is told as Discord told it");
    }

    #[test]
    fn the_rest_says_what_the_caller_may_do() {
        assert!(matches!(explain(refused(404, code::UNKNOWN_MESSAGE), "a", 1), Error::Gone { .. }));
        assert!(matches!(explain(refused(404, code::UNKNOWN_WEBHOOK), "a", 1), Error::Gone { .. }));
        let limited = Failure::Limited { bot: "a".into(), route: "r".into(), after: Duration::from_secs(7) };
        match explain(Trouble::Discord(limited), "a", 1) {
            Error::Retry { after, .. } => assert_eq!(after, Some(Duration::from_secs(7))),
            other => panic!("a limit is waited for, not {other:?}"),
        }
    }
}
