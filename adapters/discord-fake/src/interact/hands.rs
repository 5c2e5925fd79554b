//! What people do that an application must answer within three seconds.

use serde_json::Value;
use tokio::sync::oneshot;

use super::ask::No;
use super::{Answer, Ephemeral, Modal, Unanswered};
use crate::Fake;
use crate::server::Shared;
use crate::state::State;

impl Fake {
    /// A person clicks a button of a message (one that only they see as well). Returns what they see then.
    ///
    /// # Errors
    /// When there is no such button, it is disabled, they do not see the channel, or the application does not answer in time.
    pub async fn click(&self, user: u64, channel: u64, message: u64, custom_id: &str) -> Result<Answer, Unanswered> {
        self.shared.click(user, channel, message, custom_id, None).await
    }

    /// The application is told that a person clicked a button which its message does not have: Discord lets nobody do that,
    /// and no application may rely on it.
    ///
    /// # Errors
    /// As [`Fake::click`].
    pub async fn forge_click(
        &self,
        user: u64,
        channel: u64,
        message: u64,
        custom_id: &str,
    ) -> Result<Answer, Unanswered> {
        let asked = self.shared.asked(|state| state.ask_click((user, channel, message), custom_id, None, true));
        asked.await
    }

    /// A person chooses in a menu of a message: the values of its options, or ids.
    ///
    /// # Errors
    /// As [`Fake::click`].
    pub async fn choose(
        &self,
        user: u64,
        channel: u64,
        message: u64,
        custom_id: &str,
        values: &[&str],
    ) -> Result<Answer, Unanswered> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        self.shared.click(user, channel, message, custom_id, Some(&values)).await
    }

    /// A person fills in a form that is open before them and sends it. `values` are texts by `custom_id`; an input that is
    /// not named keeps what it was opened with.
    ///
    /// # Errors
    /// When the form is not open, does not take that, or the application does not answer in time.
    pub async fn submit(&self, user: u64, modal: &Modal, values: &[(&str, &str)]) -> Result<Answer, Unanswered> {
        let values: Vec<(String, String)> = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        self.shared.submit(user, modal, &values).await
    }

    /// A person sends a command of an application: `line` is its name with subcommands, e.g. `bullpen approvals`, `options`
    /// are its options by name.
    ///
    /// # Errors
    /// When the command is not registered like that, they may not use it there, or the application does not answer in time.
    pub async fn command(
        &self,
        user: u64,
        bot: u64,
        channel: u64,
        line: &str,
        options: &[(&str, Value)],
    ) -> Result<Answer, Unanswered> {
        let options: Vec<(String, Value)> = options.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        self.shared.command(user, bot, channel, line, &options).await
    }

    /// A person has half-typed a command, with the cursor in the option `focused`. Returns the suggestions.
    ///
    /// # Errors
    /// As [`Fake::command`], and when the option is not one that is completed.
    pub async fn complete(
        &self,
        user: u64,
        bot: u64,
        channel: u64,
        line: &str,
        options: &[(&str, Value)],
        focused: &str,
    ) -> Result<Vec<(String, Value)>, Unanswered> {
        let options: Vec<(String, Value)> = options.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        self.shared.complete((user, bot, channel), line, &options, focused).await
    }

    /// The messages that single people see, in order.
    #[must_use]
    pub fn ephemerals(&self) -> Vec<Ephemeral> {
        self.shared.read(|state| state.live.ephemerals().to_vec())
    }

    /// The form that is open before a person.
    #[must_use]
    pub fn modal(&self, user: u64) -> Option<Modal> {
        self.shared.read(|state| state.live.modals().iter().find(|modal| modal.user == user).cloned())
    }
}

impl Shared {
    pub(crate) async fn click(
        &self,
        user: u64,
        channel: u64,
        message: u64,
        custom_id: &str,
        values: Option<&[String]>,
    ) -> Result<Answer, Unanswered> {
        self.asked(|state| state.ask_click((user, channel, message), custom_id, values, false)).await
    }

    pub(crate) async fn submit(
        &self,
        user: u64,
        modal: &Modal,
        values: &[(String, String)],
    ) -> Result<Answer, Unanswered> {
        self.asked(|state| state.ask_submit(user, modal, values)).await
    }

    pub(crate) async fn command(
        &self,
        user: u64,
        bot: u64,
        channel: u64,
        line: &str,
        options: &[(String, Value)],
    ) -> Result<Answer, Unanswered> {
        self.asked(|state| state.ask_command((user, bot, channel), line, options, None)).await
    }

    pub(crate) async fn complete(
        &self,
        who: (u64, u64, u64),
        line: &str,
        options: &[(String, Value)],
        focused: &str,
    ) -> Result<Vec<(String, Value)>, Unanswered> {
        match self.asked(|state| state.ask_command(who, line, options, Some(focused))).await? {
            Answer::Choices(choices) => Ok(choices),
            // A completion is answered with nothing else: the callback is refused.
            other => Err(Unanswered::Nothing(format!("that is no completion: {other:?}"))),
        }
    }

    /// Asks, and waits for the answer as long as a person does.
    async fn asked(
        &self,
        ask: impl FnOnce(&mut State) -> Result<(u64, oneshot::Receiver<Answer>), No>,
    ) -> Result<Answer, Unanswered> {
        let (answer, limit) = self.change(|state| {
            let (_, answer) = ask(state).map_err(Unanswered::Nothing)?;
            Ok((answer, state.settings.interaction_limit))
        })?;
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            // The receiver is gone with this: an answer that comes now is refused with 10062.
            Ok(Err(_)) | Err(_) => Err(Unanswered::TimedOut),
        }
    }
}
