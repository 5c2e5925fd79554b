//! One app's calls while it provisions: patient with limits, and turning refusals into sentences.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::api::Failure;
use crate::apps::App;

/// The longest that a call waits when Slack asks it to; a longer wait is the caller's.
const PATIENCE: Duration = Duration::from_secs(35);
/// How often it waits for the same call.
const TRIES: u32 = 3;
/// How many entries a page of a list may have; Slack takes fewer than 1,000.
const PAGE: &str = "500";
/// More pages than any workspace has; a cursor that runs in a ring ends here.
const MOST_PAGES: u32 = 400;

/// An app that provisions, and what it has to say about it.
pub(super) struct Hand<'a> {
    pub(super) app: &'a App,
    pub(super) missing: Vec<String>,
    pub(super) changed: Vec<String>,
}

/// Where the next page of a list begins.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next_cursor: String,
}

/// A page of a list.
pub(super) trait Page {
    type Entry;

    fn split(self) -> (Vec<Self::Entry>, Next);
}

impl<'a> Hand<'a> {
    pub(super) fn new(app: &'a App) -> Self {
        Self { app, missing: Vec::new(), changed: Vec::new() }
    }

    pub(super) async fn read<Answer>(&self, method: &str, query: &[(&str, Option<&str>)]) -> Result<Answer, Failure>
    where
        Answer: DeserializeOwned + Send,
    {
        let mut tries = 0;
        loop {
            match self.app.api.get(method, query).await {
                Err(Failure::Limited { after, .. }) if tries < TRIES && after <= PATIENCE => {
                    tokio::time::sleep(after).await
                }
                other => return other,
            }
            tries += 1;
        }
    }

    pub(super) async fn write<Answer>(
        &self,
        method: &str,
        body: &(impl Serialize + Send + Sync),
    ) -> Result<Answer, Failure>
    where
        Answer: DeserializeOwned + Send,
    {
        let mut tries = 0;
        loop {
            match self.app.api.post(method, body).await {
                Err(Failure::Limited { after, .. }) if tries < TRIES && after <= PATIENCE => {
                    tokio::time::sleep(after).await
                }
                other => return other,
            }
            tries += 1;
        }
    }

    /// All pages of a list, until `enough` says that no more is needed.
    pub(super) async fn list<P>(
        &self,
        method: &str,
        query: &[(&str, Option<&str>)],
        mut enough: impl FnMut(&[P::Entry]) -> bool,
    ) -> Result<Vec<P::Entry>, Failure>
    where
        P: Page + DeserializeOwned + Send,
    {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = query.to_vec();
            query.push(("limit", Some(PAGE)));
            if let Some(cursor) = &cursor {
                query.push(("cursor", Some(cursor)));
            }
            let (mut entries, next) = self.read::<P>(method, &query).await?.split();
            all.append(&mut entries);
            if next.next_cursor.is_empty() || enough(&all) {
                break;
            }
            cursor = Some(next.next_cursor);
        }
        Ok(all)
    }

    /// Lets a refusal be a sentence of what is missing. `what` says what does not work, e.g. `cannot join #decisions`.
    ///
    /// # Errors
    /// Whatever is not a refusal: it may be over soon, and then everything is tried again.
    pub(super) fn soften<T>(
        &mut self,
        result: Result<T, Failure>,
        what: &str,
    ) -> Result<Option<T>, bullpen_chat::Error> {
        match result {
            Ok(answer) => Ok(Some(answer)),
            Err(failure) => {
                let says = sentence(self.app.name(), what, &failure);
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
fn sentence(app: &str, what: &str, failure: &Failure) -> String {
    let (code, detail) = match failure {
        Failure::Refused { code, detail, .. } => (code.as_str(), detail.as_str()),
        _ => return format!("The app {app} {what}: {failure}."),
    };
    let advice = match code {
        "missing_scope" => "run `bullpen doctor`, which names the scopes to add",
        "invalid_auth"
        | "not_authed"
        | "account_inactive"
        | "token_revoked"
        | "token_expired"
        | "not_allowed_token_type" => "run `bullpen doctor`, which says where to get a valid token",
        "restricted_action" | "not_authorized" | "no_permission" => {
            "the workspace's settings forbid it; ask an administrator, or do it by hand"
        }
        _ => "run `bullpen doctor`",
    };
    let detail = if detail.is_empty() { String::new() } else { format!(" {detail}") };
    format!("The app {app} {what} (Slack says {code}{detail}): {advice}.")
}
