//! Looks at a workspace without changing anything, for the doctor.

use std::collections::BTreeMap;

use bullpen_chat::Plan;

use super::hand::Hand;
use super::{channels, people};
use crate::api::Failure;
use crate::apps::{App, Me};

/// How a channel of the plan stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is there and the app is in it.
    Well {
        /// Its id.
        id: String,
    },
    /// There is none that the app can see.
    Absent,
    /// Nothing can be said in it.
    Archived,
    /// The app is not in it.
    Outside,
}

/// Each channel of the plan by its name in Slack, and how it stands for an app.
pub(crate) async fn channels(app: &App, prefix: &str, plan: &Plan) -> Result<Vec<(String, Standing)>, Failure> {
    channels::survey(&Hand::new(app), prefix, plan).await
}

/// The listed people's accounts, and a sentence for each account that cannot be found.
pub(crate) async fn people(
    app: &App,
    me: &Me,
    plan: &Plan,
) -> Result<(BTreeMap<String, String>, Vec<String>), bullpen_chat::Error> {
    let mut hand = Hand::new(app);
    let found = people::people(&mut hand, me, &plan.people).await?;
    Ok((found, hand.missing))
}
