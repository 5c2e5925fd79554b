//! What a test looks at.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Fake;
use crate::seen::{Call, Delivery, Ephemeral, File, Kind, Message};

impl Fake {
    /// The messages of a channel in the order of their `ts`, replies included. The channel's own notices (joins, topics) are
    /// left out; [`Fake::history`] has them.
    #[must_use]
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.history(channel)
            .into_iter()
            .filter(|m| !m.subtype.as_deref().is_some_and(crate::state::is_notice))
            .collect()
    }

    /// Everything that stands in a channel, its own notices included.
    #[must_use]
    pub fn history(&self, channel: &str) -> Vec<Message> {
        self.shared.read(|state| {
            state.channels.get(channel).map(|c| c.messages.values().cloned().collect()).unwrap_or_default()
        })
    }

    /// One message.
    #[must_use]
    pub fn message(&self, channel: &str, ts: &str) -> Option<Message> {
        self.shared.read(|state| state.message(channel, ts).ok().cloned())
    }

    /// The view that an app has published on its Home for a person. `app` is its name or id.
    #[must_use]
    pub fn home(&self, user: &str, app: &str) -> Option<Value> {
        self.shared.read(|state| {
            let app = state.app_id(app).ok()?;
            state.homes.get(&(user.to_owned(), app)).map(|home| home.view.clone())
        })
    }

    /// The views (modals) that are open before a person, the topmost last: id and view.
    #[must_use]
    pub fn views(&self, user: &str) -> Vec<(String, Value)> {
        self.shared.read(|state| {
            let mine = state.modals.iter().filter(|m| m.user == user);
            mine.map(|m| (m.id.clone(), m.view.clone())).collect()
        })
    }

    /// Messages that only one person saw, in order.
    #[must_use]
    pub fn ephemerals(&self) -> Vec<Ephemeral> {
        self.shared.read(|state| state.ephemerals.clone())
    }

    /// All files whose upload was completed.
    #[must_use]
    pub fn files(&self) -> Vec<File> {
        self.shared.read(|state| state.files.values().cloned().collect())
    }

    /// All calls of the Web API, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.read(|state| state.calls.clone())
    }

    /// Everything that apps were told, in the order in which it arose.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.read(|state| state.post.parcels().map(|p| p.seen(&state.app_name(&p.app))).collect())
    }

    /// How many events no app has acknowledged yet and Slack has not given up on.
    #[must_use]
    pub fn undelivered(&self) -> usize {
        self.shared.read(|state| {
            state.post.parcels().filter(|p| p.kind == Kind::Event && !p.is_acked() && !p.has_given_up()).count()
        })
    }

    /// Waits until every event is acknowledged (or given up), and none is due to be repeated.
    pub async fn settled(&self) {
        let mut changes = self.shared.version.subscribe();
        while self.shared.read(|state| !state.post.is_settled()) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Waits for `wanted` to hold; looks after every change. For tests, with a time-out of their own around it.
    pub async fn until(&self, mut wanted: impl FnMut(&Self) -> bool) {
        let mut changes = self.shared.version.subscribe();
        while !wanted(self) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// How many Socket Mode connections an app has. `app` is its name or id.
    #[must_use]
    pub fn connections(&self, app: &str) -> usize {
        self.shared.read(|state| state.app_id(app).map_or(0, |app| state.post.connections(&app)))
    }

    /// The status lines (`assistant.threads.setStatus`) that stand now, by channel and thread.
    #[must_use]
    pub fn statuses(&self) -> BTreeMap<(String, String), String> {
        self.shared.read(|state| state.statuses.clone())
    }

    /// The members of a channel.
    #[must_use]
    pub fn members(&self, channel: &str) -> Vec<String> {
        self.shared
            .read(|state| state.channels.get(channel).map(|c| c.members.iter().cloned().collect()).unwrap_or_default())
    }

    /// A channel's topic and purpose.
    #[must_use]
    pub fn topic(&self, channel: &str) -> Option<(String, String)> {
        self.shared.read(|state| state.channels.get(channel).map(|c| (c.topic.clone(), c.purpose.clone())))
    }

    /// The manifest of an app that the manifest API created. `app` is its name or id.
    #[must_use]
    pub fn manifest(&self, app: &str) -> Option<Value> {
        self.shared.read(|state| {
            let app = state.app_id(app).ok()?;
            state.apps.get(&app).and_then(|a| a.manifest.clone())
        })
    }

    /// User groups: handle, and who is in it.
    #[must_use]
    pub fn groups(&self) -> BTreeMap<String, Vec<String>> {
        self.shared.read(|state| state.groups.values().map(|g| (g.handle.clone(), g.users.clone())).collect())
    }

    /// The workspace's id, `T…`.
    #[must_use]
    pub fn team(&self) -> String {
        self.shared.read(|state| state.team.clone())
    }
}
