//! What people do that an app must answer within three seconds: clicks, commands, forms.

use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::Fake;
use crate::deliver::Answer;
use crate::seen::{Response, Unanswered};
use crate::server::Shared;
use crate::state::{Clicked, Refusal};

impl From<Refusal> for Unanswered {
    fn from(refusal: Refusal) -> Self {
        Self::Nothing(refusal.to_string())
    }
}

impl Fake {
    /// A person clicks the element `action_id` of a message (an ephemeral one of theirs as well). Returns when the app has
    /// acknowledged it.
    ///
    /// # Errors
    /// When there is no such element, or the app does not acknowledge the click in time.
    pub async fn click(&self, user: &str, channel: &str, ts: &str, action_id: &str) -> Result<(), Unanswered> {
        self.shared.click(user, &Clicked::Message { channel, ts }, action_id, None).await
    }

    /// An app is told that a person clicked a button which its message does not have: Slack lets nobody do that, and no app
    /// may rely on it.
    ///
    /// # Errors
    /// As [`Fake::click`].
    pub async fn forge_click(
        &self,
        user: &str,
        channel: &str,
        ts: &str,
        action_id: &str,
        value: &str,
    ) -> Result<(), Unanswered> {
        let answer = self.shared.change(|state| state.forge(user, (channel, ts), action_id, value))?;
        self.shared.answer(answer).await.map(|_| ())
    }

    /// A person chooses `value` in the element `action_id` of a message: the value of an option, a user, a channel, a date.
    ///
    /// # Errors
    /// As [`Fake::click`].
    pub async fn choose(
        &self,
        user: &str,
        channel: &str,
        ts: &str,
        action_id: &str,
        value: &str,
    ) -> Result<(), Unanswered> {
        self.shared.click(user, &Clicked::Message { channel, ts }, action_id, Some(value)).await
    }

    /// A person clicks on an app's Home. `app` is its name or id.
    ///
    /// # Errors
    /// As [`Fake::click`].
    pub async fn click_home(&self, user: &str, app: &str, action_id: &str) -> Result<(), Unanswered> {
        self.shared.click(user, &Clicked::Home { app }, action_id, None).await
    }

    /// A person sends an app's slash command from a channel. Returns what they see at once.
    ///
    /// # Errors
    /// When the app does not answer in time.
    pub async fn command(&self, user: &str, app: &str, channel: &str, text: &str) -> Result<Response, Unanswered> {
        self.shared.command(user, app, channel, text).await
    }

    /// A person submits the view (modal) that is topmost before them. `values` gives the text of inputs by `action_id`.
    ///
    /// # Errors
    /// When no view is open, or the app does not answer in time.
    pub async fn submit(&self, user: &str, values: &[(&str, &str)]) -> Result<Value, Unanswered> {
        self.shared.submit(user, values).await
    }

    /// Has Slack check an app's address for events with `url_verification`, as it does when the address is entered.
    ///
    /// # Errors
    /// When the app does not answer with the challenge.
    pub async fn verify_url(&self, app: &str) -> Result<(), Unanswered> {
        let challenge = uuid::Uuid::new_v4().simple().to_string();
        let (request, limit) = self.shared.change(|state| {
            let app = state.app_id(app)?;
            let body =
                json!({"type": "url_verification", "challenge": challenge, "token": state.apps[&app].verification});
            Ok::<_, Refusal>((state.signed(&app, "events", &body, None), state.settings.ack_limit))
        })?;
        let Some(request) = request else { return Err(Unanswered::Failed("it has no address for events".into())) };
        let answer = crate::deliver::http::send(&self.shared.client, request, limit).await;
        match answer {
            Ok(body) if String::from_utf8_lossy(&body).contains(&challenge) => Ok(()),
            Ok(_) => Err(Unanswered::Failed("the challenge did not come back".into())),
            Err(why) => Err(Unanswered::Failed(why.reason.into())),
        }
    }
}

impl Shared {
    pub(crate) async fn click(
        &self,
        user: &str,
        on: &Clicked<'_>,
        action_id: &str,
        value: Option<&str>,
    ) -> Result<(), Unanswered> {
        let answer = self.change(|state| state.click(user, on, action_id, value))?;
        self.answer(answer).await.map(|_| ())
    }

    pub(crate) async fn command(
        &self,
        user: &str,
        app: &str,
        channel: &str,
        text: &str,
    ) -> Result<Response, Unanswered> {
        let (app, answer) = self.change(|state| {
            let app = state.app_id(app)?;
            Ok::<_, Refusal>((app.clone(), state.command(user, &app, channel, text)?))
        })?;
        let body = self.answer(answer).await?;
        self.change(|state| state.answered_command(user, &app, channel, &body))
            .map_err(|refusal| Unanswered::Failed(format!("its answer cannot be shown: {refusal}")))
    }

    pub(crate) async fn submit(&self, user: &str, values: &[(&str, &str)]) -> Result<Value, Unanswered> {
        let (view, answer) = self.change(|state| state.submit(user, values))?;
        let body = self.answer(answer).await?;
        self.change(|state| state.answered_view(&view, &body))
            .map_err(|refusal| Unanswered::Failed(format!("its answer cannot be shown: {refusal}")))?;
        Ok(body)
    }

    /// Waits for an app's answer; the postman sends one in any case.
    async fn answer(&self, answer: oneshot::Receiver<Answer>) -> Result<Value, Unanswered> {
        answer.await.unwrap_or_else(|_| Err(Unanswered::Failed("the workspace is gone".into())))
    }
}
