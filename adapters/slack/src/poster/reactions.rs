//! Who has set which emoji on a message now.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bullpen_chat::{Author, Error, MessageRef, Reactions, Wanted, fold_emoji};
use futures::StreamExt as _;
use serde::Deserialize;

use super::{Trouble, explain};
use crate::Slack;
use crate::apps::App;
use crate::members::User;
use crate::parse::emoji;
use crate::payload;

/// Most users that are looked up for one message, one call each: half of what Slack lets an app ask in a minute. They are
/// remembered, and a later look gets further.
const LOOKUPS: usize = 50;
/// How long is looked for them, within a call's time.
const LOOKING: Duration = Duration::from_secs(4);
/// Calls at a time.
const AT_ONCE: usize = 4;

#[derive(Deserialize)]
struct Reacted {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    reactions: Vec<payload::Reactions>,
}

impl Slack {
    /// By emoji, who of those that are wanted has set it. Bots are left out.
    pub(super) async fn reactions(&self, message: &MessageRef, wanted: &Wanted) -> Result<Reactions, Error> {
        let app = self.poster_of(message).await.map_err(|t| explain(t, "of the post", &message.channel))?;
        let query = [
            ("channel", Some(message.channel.as_str())),
            ("timestamp", Some(message.id.as_str())),
            ("full", Some("true")),
        ];
        let reacted: Result<Reacted, Trouble> = self.get(&app, "reactions.get", &message.channel, &query).await;
        let reacted = reacted.map_err(|trouble| explain(trouble, app.name(), &message.channel))?;
        let (mut set, mut whole) = (BTreeMap::<String, BTreeSet<String>>::new(), true);
        for reaction in reacted.message.reactions {
            let name = fold_emoji(&emoji::unicode(&reaction.name));
            if wanted.emoji.contains(&name) {
                whole &= reaction.users.len() as u64 == reaction.count;
                // Several tones of skin are one emoji.
                set.entry(name).or_default().extend(reaction.users);
            }
        }
        whole &= !wanted.by_address || self.know(&app, set.values().flatten(), wanted).await;
        let mut by = BTreeMap::new();
        for (name, users) in set {
            let mut authors = Vec::new();
            for id in users {
                authors.extend(self.who(&id, wanted).await);
            }
            by.insert(name, authors);
        }
        Ok(Reactions { by, whole })
    }

    /// Finds out the addresses of users, at most of [`LOOKUPS`] of them. Answers whether all are known.
    async fn know(&self, app: &App, users: impl Iterator<Item = &String>, wanted: &Wanted) -> bool {
        let mut unknown = BTreeSet::new();
        for id in users.filter(|id| !wanted.ids.contains(id)) {
            if self.members.known_user(id).await.is_none() {
                unknown.insert(id);
            }
        }
        let asked = futures::stream::iter(unknown.iter().take(LOOKUPS)).for_each_concurrent(AT_ONCE, async |id| {
            if let Err(failure) = self.members.user(app, id).await {
                tracing::debug!(id, %failure, "who has reacted is not known");
            }
        });
        // What is not answered in time is asked with the next look.
        let _ = tokio::time::timeout(LOOKING, asked).await;
        for id in unknown {
            if self.members.known_user(id).await.is_none() {
                return false;
            }
        }
        true
    }

    /// A user in the words of the port, as far as known; `None` where nobody wants to know of them.
    async fn who(&self, id: &str, wanted: &Wanted) -> Option<Author> {
        let listed = wanted.ids.iter().any(|known| known == id);
        let author = match self.members.known_user(id).await {
            Some(user) if listed || wanted.by_address => user.author(),
            None if listed => User::unknown(id).author(),
            _ => return None,
        };
        matches!(author, Author::Member { .. }).then_some(author)
    }
}
