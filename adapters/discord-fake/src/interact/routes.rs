//! The routes of interactions; most of them share paths with webhooks.

use serde_json::Value;

use crate::api::shape::message::{Body, By};
use crate::api::{Called, File, Reply, Route};
use crate::seen::Attachment;
use crate::state::{Draft, Edit, Refusal, State};

/// Flags that an answer may set: no embeds, for one person alone, no notification.
const FLAGS: u64 = 1 << 2 | super::answer::EPHEMERAL | 1 << 12;

/// The routes, for the table of all.
pub(crate) fn routes() -> Vec<Route> {
    let of_application = |route: Route| Route {
        applies: |state, parameters| {
            let id = parameters.iter().find(|(name, _)| *name == "webhook_id").map(|(_, id)| id.parse());
            matches!(id, Some(Ok(id)) if state.is_application(id))
        },
        ..route
    };
    let mut routes = vec![Route::secret(
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        "create_interaction_response",
        callback,
    )];
    let hook = "/webhooks/{webhook_id}/{webhook_token}";
    let original = "/webhooks/{webhook_id}/{webhook_token}/messages/@original";
    let message = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}";
    routes.extend(
        [
            Route::secret("POST", hook, "execute_webhook", follow_up),
            Route::secret("GET", original, "get_original_webhook_message", get),
            Route::secret("PATCH", original, "update_original_webhook_message", edit),
            Route::secret("DELETE", original, "delete_original_webhook_message", delete),
            Route::secret("GET", message, "get_webhook_message", get),
            Route::secret("PATCH", message, "update_webhook_message", edit),
            Route::secret("DELETE", message, "delete_webhook_message", delete),
        ]
        .map(of_application),
    );
    routes
}

fn callback(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["with_response"])?;
    let with_response = called.flag("with_response")?;
    let (id, token) = (called.id("interaction_id")?, called.text("interaction_token").to_owned());
    let (body, files) = (std::mem::take(&mut called.body), std::mem::take(&mut called.files));
    let response = called.state.answer_interaction(id, &token, body, &files)?;
    Ok(if with_response { Reply::Json(response) } else { Reply::Empty })
}

fn who(called: &Called<'_>) -> Result<(u64, String), Refusal> {
    Ok((called.id("webhook_id")?, called.text("webhook_token").to_owned()))
}

fn which(called: &Called<'_>) -> String {
    let id = called.text("message_id");
    if id.is_empty() { "@original".to_owned() } else { id.to_owned() }
}

fn follow_up(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    // Every follow-up is waited for.
    called.only(&["wait", "thread_id", "with_components"])?;
    let (app, token) = who(called)?;
    let files = std::mem::take(&mut called.files);
    let draft = called.state.answer_draft(&called.body, &files)?;
    called.state.follow_up(app, &token, draft).map(Reply::Json)
}

fn get(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["thread_id"])?;
    let (app, token) = who(called)?;
    called.state.shown(app, &token, &which(called)).map(Reply::Json)
}

fn edit(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["thread_id", "with_components"])?;
    let (app, token) = who(called)?;
    let which = which(called);
    let files = std::mem::take(&mut called.files);
    let attached = called.state.attached_to(app, &token, &which)?;
    let edit = called.state.answer_edit(&called.body, &files, &attached, By::WebhookEdit)?;
    called.state.edit_shown(app, &token, &which, edit).map(Reply::Json)
}

fn delete(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["thread_id"])?;
    let (app, token) = who(called)?;
    called.state.delete_shown(app, &token, &which(called))?;
    Ok(Reply::Empty)
}

impl State {
    /// A message that answers an interaction.
    pub(super) fn answer_draft(&mut self, body: &Value, files: &[File]) -> Result<Draft, Refusal> {
        let flags = body["flags"].as_u64().unwrap_or_default();
        if flags & !FLAGS != 0 {
            let why = "An answer sets SUPPRESS_EMBEDS (4), EPHEMERAL (64) and SUPPRESS_NOTIFICATIONS (4096) only.";
            return Err(Refusal::form("flags", "BASE_TYPE_CHOICES", why));
        }
        let draft = Body::read(body, By::Interaction)?.draft(self, 0, files)?;
        Ok(Draft { flags, ..draft })
    }

    /// A change of a message that answers an interaction, or that was clicked on.
    pub(super) fn answer_edit(
        &mut self,
        body: &Value,
        files: &[File],
        attached: &[Attachment],
        by: By,
    ) -> Result<Edit, Refusal> {
        Body::read(body, by)?.edit(self, files, attached)
    }
}
