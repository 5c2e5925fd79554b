//! Who has set which emoji on a message now.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bullpen_chat::{Author, Error, MessageRef, Reactions, Wanted, fold_emoji};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::Deserialize;
use serde_json::Value;

use super::{Trouble, explain};
use crate::Discord;
use crate::guild::{Guild, Member, Seen, lookup, user_name};

/// Users on one page.
const PAGE: usize = 100;
/// Most pages of one message: 3,000 reactions, which at Discord's pace are a few seconds.
const PAGES: usize = 30;
/// Most members that are looked up for one message, one call each. They are remembered for some minutes, and a later look gets
/// further; more at once would hold up the calls that somebody waits for.
const LOOKUPS: usize = 50;
/// How long is looked for members: what is left of a call's time after the pages.
const LOOKING: Duration = Duration::from_secs(4);
/// Calls at a time, as many reads as one route lets through.
const AT_ONCE: usize = 4;

#[derive(Deserialize)]
struct Reacted {
    #[serde(default)]
    reactions: Vec<Reaction>,
}

#[derive(Deserialize)]
struct Reaction {
    emoji: Emoji,
}

#[derive(Deserialize)]
struct Emoji {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

impl Emoji {
    /// As the port names it.
    fn told(&self) -> Option<String> {
        let name = self.name.as_deref().filter(|name| !name.is_empty())?;
        Some(if self.id.is_some() { format!(":{name}:") } else { fold_emoji(name) })
    }

    /// As a path names it.
    fn path(&self) -> Option<String> {
        let name = self.name.as_deref()?;
        let whole = match &self.id {
            Some(id) => format!("{name}:{id}"),
            None => name.to_owned(),
        };
        Some(whole.bytes().map(|byte| format!("%{byte:02X}")).collect())
    }
}

/// The pages that are still to be read of one emoji on one message.
struct Unread {
    name: String,
    path: String,
    after: u64,
}

/// Users, as Discord writes them, by id.
type Users = BTreeMap<u64, Value>;

impl Discord {
    /// By emoji, who of those that are wanted has set it, on any part of a post. Bots are left out.
    pub(super) async fn reactions(self: &Arc<Self>, message: &MessageRef, wanted: &Wanted) -> Result<Reactions, Error> {
        let channel = super::place::id(&message.channel)?;
        let id = super::place::id(&message.id)?;
        let told = |trouble: Trouble| explain(trouble, self.bots.shared().name(), channel);
        let (set, all_read) = self.set_on(message, id, wanted).await.map_err(told)?;
        // Roles are known by name only when it is known what the guild holds.
        let all_known = !wanted.by_group || lookup::filled(self) && self.know(set.values().flatten(), wanted).await;
        let author = |(id, user): (&u64, &Value)| self.who(*id, user, wanted);
        let by = set.iter().map(|(name, users)| (name.clone(), users.iter().filter_map(author).collect())).collect();
        Ok(Reactions { by, whole: all_read && all_known })
    }

    /// Who has set the wanted emoji, by emoji, and whether that is everybody. Several tones of skin are one emoji.
    async fn set_on(
        &self,
        message: &MessageRef,
        id: u64,
        wanted: &Wanted,
    ) -> Result<(BTreeMap<String, Users>, bool), Trouble> {
        let api = &self.bots.shared().api;
        let mut unread = Vec::new();
        for (place, part) in self.parts(message, id).await? {
            let path = format!("/channels/{place}/messages/{part}");
            let reacted: Reacted = match api.get(&path).await {
                // Somebody deleted a further message of a long card, and the reactions on it.
                Err(failure) if part != id && failure.status() == Some(404) => continue,
                answer => answer?,
            };
            for Reaction { emoji } in reacted.reactions {
                let (Some(name), Some(emoji)) = (emoji.told(), emoji.path()) else { continue };
                if wanted.emoji.contains(&name) {
                    unread.push(Unread { name, path: format!("{path}/reactions/{emoji}?limit={PAGE}"), after: 0 });
                }
            }
        }
        let (mut set, mut left) = (BTreeMap::<String, Users>::new(), PAGES);
        // A page of each emoji at a time, so that a crowd at one does not hide who set another.
        while !unread.is_empty() && left > 0 {
            let later = unread.split_off(unread.len().min(left));
            left -= unread.len();
            let pages: Vec<(Unread, Vec<Value>)> = futures::stream::iter(unread)
                .map(async |of| {
                    let page: Vec<Value> = api.get(&format!("{}&after={}", of.path, of.after)).await?;
                    Ok::<_, Trouble>((of, page))
                })
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
            unread = later;
            for (mut of, page) in pages {
                let full = page.len() >= PAGE;
                let users = set.entry(of.name.clone()).or_default();
                for user in page {
                    let Some(id) = crate::guild::id(&user, "id") else { continue };
                    of.after = of.after.max(id);
                    users.insert(id, user);
                }
                if full {
                    unread.push(of);
                }
            }
        }
        Ok((set, unread.is_empty()))
    }

    /// The messages of a post, each with the channel that it stands in.
    async fn parts(&self, message: &MessageRef, id: u64) -> Result<Vec<(u64, u64)>, Trouble> {
        if let Some((key, _)) = self.posted(id).await? {
            let rows = self.rows(key).await?;
            return Ok(rows.into_values().filter_map(|row| Some((row.place, row.message?))).collect());
        }
        Ok(vec![(self.place_of(message).await?.unwrap_or_default(), id)])
    }

    /// Finds out the roles of those whom nobody has told of, at most [`LOOKUPS`] of them. Answers whether all are known.
    async fn know(&self, users: impl Iterator<Item = (&u64, &Value)>, wanted: &Wanted) -> bool {
        let Some(guild) = self.guild.id() else { return false };
        let unknown = |(id, user): &(&u64, &Value)| {
            !is_bot(user) && !is_wanted(**id, wanted) && self.guild.members.seen(**id).is_none()
        };
        let unknown: BTreeMap<u64, &Value> = users.filter(unknown).map(|(id, user)| (*id, user)).collect();
        let asked =
            futures::stream::iter(unknown.iter().take(LOOKUPS)).for_each_concurrent(AT_ONCE, async |(id, user)| {
                match self.bots.shared().api.get::<Value>(&format!("/guilds/{guild}/members/{id}")).await {
                    Ok(told) => match Member::read(&told, Some(user)) {
                        Some(member) => self.guild.members.put(member),
                        None => self.guild.members.gone(*id),
                    },
                    Err(failure) if failure.status() == Some(404) => self.guild.members.gone(*id),
                    Err(failure) => tracing::debug!(id, %failure, "who has reacted is not known"),
                }
            });
        // What is not answered in time is asked with the next look.
        let _ = tokio::time::timeout(LOOKING, asked).await;
        unknown.keys().all(|id| self.guild.members.seen(*id).is_some())
    }

    /// A user in the words of the port, with the roles that they have in the guild as far as known; `None` where nobody wants
    /// to know of them.
    fn who(&self, id: u64, user: &Value, wanted: &Wanted) -> Option<Author> {
        if is_bot(user) || self.bots.by_user(id).is_some() {
            return None;
        }
        match self.guild.members.seen(id) {
            Some(Seen::Member(member)) if wanted.by_group || is_wanted(id, wanted) => Some(self.guild.author(&member)),
            _ => is_wanted(id, wanted).then(|| Guild::stranger(id, user_name(user), false)),
        }
    }
}

fn is_bot(user: &Value) -> bool {
    user["bot"].as_bool().unwrap_or_default()
}

fn is_wanted(id: u64, wanted: &Wanted) -> bool {
    wanted.ids.iter().any(|known| known.parse() == Ok(id))
}
