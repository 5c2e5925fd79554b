//! Who has set which emoji on a message now.

use std::collections::BTreeMap;

use bullpen_chat::{Author, Error, MessageRef, fold_emoji};
use serde::Deserialize;
use serde_json::Value;

use super::{Trouble, explain};
use crate::Discord;
use crate::guild::{Guild, Member, Seen, user_name};

/// Users on one page.
const PAGE: usize = 100;
/// Most pages of one emoji: nobody votes with 5,000 others.
const PAGES: usize = 50;

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

impl Discord {
    /// By emoji, who of the people and the bots of others has set it. Our own bots are left out.
    pub(super) async fn reactions(&self, message: &MessageRef) -> Result<BTreeMap<String, Vec<Author>>, Error> {
        let channel = super::place::id(&message.channel)?;
        let id = super::place::id(&message.id)?;
        let told = |trouble: Trouble| explain(trouble, self.bots.shared().name(), channel);
        self.reactions_of(message, id).await.map_err(told)
    }

    async fn reactions_of(&self, message: &MessageRef, id: u64) -> Result<BTreeMap<String, Vec<Author>>, Trouble> {
        let place = self.place_of(message).await?.unwrap_or_default();
        for bot in self.bots.iter() {
            // Who ours are. One that cannot say so is not in the guild either.
            if let Err(failure) = bot.me().await
                && failure.code().is_none()
            {
                return Err(failure.into());
            }
        }
        let api = &self.bots.shared().api;
        let reacted: Reacted = api.get(&format!("/channels/{place}/messages/{id}")).await?;
        let mut by: BTreeMap<String, Vec<Author>> = BTreeMap::new();
        for Reaction { emoji } in reacted.reactions {
            let (Some(name), Some(path)) = (emoji.told(), emoji.path()) else { continue };
            let mut after = 0;
            for _ in 0..PAGES {
                let path = format!("/channels/{place}/messages/{id}/reactions/{path}?limit={PAGE}&after={after}");
                let page: Vec<Value> = api.get(&path).await?;
                for user in &page {
                    let Some(user_id) = crate::guild::id(user, "id") else { continue };
                    after = after.max(user_id);
                    if self.bots.by_user(user_id).is_some() {
                        continue;
                    }
                    let author = self.who(user_id, user).await?;
                    let authors = by.entry(name.clone()).or_default();
                    // Several tones of skin are one emoji.
                    if !authors.contains(&author) {
                        authors.push(author);
                    }
                }
                if page.len() < PAGE {
                    break;
                }
            }
        }
        Ok(by)
    }

    /// A user in the words of the port, with the roles that they have in the guild now.
    async fn who(&self, id: u64, user: &Value) -> Result<Author, Trouble> {
        let bot = user["bot"].as_bool().unwrap_or_default();
        let stranger = || Guild::stranger(id, user_name(user), bot);
        if bot {
            return Ok(stranger());
        }
        match self.guild.members.seen(id) {
            Some(Seen::Member(member)) => return Ok(self.guild.author(&member)),
            Some(Seen::Gone) => return Ok(stranger()),
            None => {}
        }
        let Some(guild) = self.guild.id() else { return Ok(stranger()) };
        match self.bots.shared().api.get::<Value>(&format!("/guilds/{guild}/members/{id}")).await {
            Ok(told) => match Member::read(&told, Some(user)) {
                Some(member) => {
                    let author = self.guild.author(&member);
                    self.guild.members.put(member);
                    Ok(author)
                }
                None => Ok(stranger()),
            },
            Err(failure) if failure.status() == Some(404) => {
                self.guild.members.gone(id);
                Ok(stranger())
            }
            Err(failure) => Err(failure.into()),
        }
    }
}
