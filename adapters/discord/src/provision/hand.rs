//! One bot's calls while it provisions: patient with limits, and turning refusals into sentences.

use std::time::Duration;

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::api::Failure;
use crate::bots::Bot;

/// The longest that a call waits when Discord asks it to; a longer wait is the caller's.
const PATIENCE: Duration = Duration::from_secs(35);
/// How often it waits for the same call.
const TRIES: u32 = 3;
/// What the guild's audit log says of our changes.
const REASON: &str = "Bullpen prepares the department's place";

/// A bot that provisions, and what it has to say about it.
pub(crate) struct Hand<'a> {
    pub(crate) bot: &'a Bot,
    pub(crate) missing: Vec<String>,
    pub(crate) changed: Vec<String>,
}

impl<'a> Hand<'a> {
    pub(crate) fn new(bot: &'a Bot) -> Self {
        Self { bot, missing: Vec::new(), changed: Vec::new() }
    }

    pub(crate) async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, Failure> {
        self.patiently(Method::GET, path, None).await
    }

    pub(crate) async fn write<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<A, Failure> {
        self.patiently(method, path, Some(body)).await
    }

    /// A call without a body that leaves no trace in the audit log.
    pub(crate) async fn bare(&self, method: Method, path: &str) -> Result<(), Failure> {
        self.patiently::<Value>(method, path, None).await.map(drop)
    }

    async fn patiently<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<A, Failure> {
        let reason = body.is_some().then_some(REASON);
        let mut tries = 0;
        loop {
            match self.bot.api.call(method.clone(), path, body, &[], reason).await {
                Err(Failure::Limited { after, .. }) if tries < TRIES && after <= PATIENCE => {
                    tokio::time::sleep(after).await;
                }
                other => return other,
            }
            tries += 1;
        }
    }

    /// Lets a refusal be a sentence of what is missing. `what` says what does not work, e.g. `cannot make #decisions`.
    ///
    /// # Errors
    /// Whatever is not a refusal: it may be over soon, and then everything is tried again.
    pub(crate) fn soften<T>(
        &mut self,
        result: Result<T, Failure>,
        what: &str,
    ) -> Result<Option<T>, bullpen_chat::Error> {
        match result {
            Ok(answer) => Ok(Some(answer)),
            Err(failure) => {
                let says = sentence(self.bot.name(), what, &failure);
                match bullpen_chat::Error::from(failure) {
                    bullpen_chat::Error::Refused { .. } => {
                        self.missing.push(says);
                        Ok(None)
                    }
                    passing => Err(passing),
                }
            }
        }
    }
}

/// What does not work, why, and what to do about it.
fn sentence(bot: &str, what: &str, failure: &Failure) -> String {
    let Failure::Refused { status, code, message, .. } = failure else {
        return format!("The bot {bot} {what}: {failure}.");
    };
    let advice = match code {
        30_005 => "the guild has as many roles as Discord allows (250): delete some in “Server Settings”, “Roles”",
        30_007 => {
            "the channel has as many webhooks as Discord allows (15): delete some in “Edit Channel”, “Integrations”, \
             “Webhooks”"
        }
        30_013 => "the guild has as many channels as Discord allows (500): delete some",
        50_001 | 50_013 => "run `bullpen doctor`, which names the permissions to give it, and where",
        50_035 => "Discord does not take a name or a text as it stands: change it in the team's file",
        60_003 => {
            "the guild wants two-factor authentication for this: its owner turns that on for the account that owns the \
             bot, or off in “Server Settings”, “Safety Setup”"
        }
        _ if *status == 401 => "run `bullpen doctor`, which says where to get a valid token",
        _ => "run `bullpen doctor`",
    };
    format!("The bot {bot} {what} (Discord says “{message}”, code {code}): {advice}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do() {
        let refused = |code| Failure::Refused {
            bot: "bullpen".into(),
            route: "POST /guilds/1/roles".into(),
            status: 400,
            code,
            message: "No".into(),
        };
        let says = sentence("bullpen", "cannot make the role @cmo", &refused(30_005));
        assert!(says.contains("250") && says.contains("“Roles”") && says.contains("@cmo"), "{says}");
        assert!(sentence("bullpen", "cannot", &refused(50_013)).contains("bullpen doctor"));
    }
}
