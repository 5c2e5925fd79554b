//! Discord passes the suite that every chat adapter passes, through the stand-in.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bullpen_chat::contract::{self, Shown};
use bullpen_chat::{
    Error, Gateway, Key, MessageRef, Place, Plan, Post, Poster, Provisioned, Reactions, Receipt, Wanted,
};
use bullpen_discord::DiscordPoster;
use bullpen_discord_fake::{Message, Settings, UserPlan};

use crate::world::World;

struct Guild {
    world: World,
    poster: Introduced,
    /// Name and id.
    members: [(&'static str, u64); 2],
}

/// The suite knows people by name; what their ids are here stands in the configuration.
struct Introduced {
    poster: DiscordPoster,
    people: BTreeMap<String, u64>,
}

#[async_trait]
impl Poster for Introduced {
    fn platform(&self) -> &'static str {
        self.poster.platform()
    }

    async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error> {
        let mut plan = plan.clone();
        for listed in &mut plan.people {
            listed.id = self.people.get(&listed.name).map(u64::to_string);
        }
        self.poster.provision(&plan).await
    }

    async fn post(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        self.poster.post(key, post).await
    }

    async fn edit(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error> {
        self.poster.edit(message, revision, post).await
    }

    async fn find(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Error> {
        self.poster.find(key, post).await
    }

    async fn reactions(&self, message: &MessageRef, wanted: &Wanted) -> Result<Reactions, Error> {
        self.poster.reactions(message, wanted).await
    }

    async fn typing(&self, place: &Place, handle: &str) -> Result<(), Error> {
        self.poster.typing(place, handle).await
    }
}

impl Guild {
    fn id(&self, member: &str) -> u64 {
        self.members.iter().find(|(name, _)| *name == member).expect("the suite names its own members").1
    }

    fn name(&self, id: u64) -> Option<&'static str> {
        self.members.iter().find(|(_, of)| *of == id).map(|(name, _)| *name)
    }

    /// Where a message stands: in its channel or in one of its threads.
    fn stands(&self, message: &MessageRef) -> (u64, u64) {
        let (channel, id) = (number(&message.channel), number(&message.id));
        let threads = self.world.fake.threads(channel).into_iter().map(|thread| thread.id);
        let place = std::iter::once(channel).chain(threads).find(|place| self.world.fake.message(*place, id).is_some());
        (place.expect("the message stands"), id)
    }

    fn shown(&self, message: Message, thread: Option<u64>) -> Shown {
        let pings = self.world.fake.pings().into_iter().filter(|ping| ping.message == message.id);
        let pings = pings.flat_map(|ping| ping.notified).map(|id| self.name(id).unwrap_or("somebody").to_owned());
        // A post through the webhook stands under the persona's name and role.
        let named = message.username.as_ref().map(|name| name.split(" · ").next().unwrap_or(name).to_owned());
        let author = named.or_else(|| self.name(message.author).map(str::to_owned)).unwrap_or_default();
        let mut text = vec![message.content];
        for embed in &message.embeds {
            text.extend(["title", "description"].iter().filter_map(|name| embed[*name].as_str().map(str::to_owned)));
            for field in embed["fields"].as_array().into_iter().flatten() {
                text.extend(["name", "value"].iter().filter_map(|name| field[*name].as_str().map(str::to_owned)));
            }
        }
        for row in &message.components {
            let buttons = row["components"].as_array().into_iter().flatten();
            text.extend(buttons.filter_map(|button| button["label"].as_str().map(str::to_owned)));
        }
        text.retain(|text| !text.is_empty());
        Shown {
            id: message.id.to_string(),
            thread: thread.map(|thread| thread.to_string()),
            author,
            text: readable(&text.join("\n")),
            pings: pings.collect(),
        }
    }
}

/// What a reader sees of Discord's Markdown: no backslashes before marks, and nothing that has no width.
fn readable(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().filter(|c| !matches!(c, '\u{200b}' | '\u{2060}')).peekable();
    while let Some(c) = chars.next() {
        let escaped = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        out.push(if escaped { chars.next().unwrap_or(c) } else { c });
    }
    out
}

fn number(id: &str) -> u64 {
    id.parse().expect("Discord's ids are numbers")
}

#[async_trait]
impl contract::World for Guild {
    fn poster(&self) -> &dyn Poster {
        &self.poster
    }

    async fn connect(&self) -> Box<dyn Gateway> {
        Box::new(self.world.discord.gateway())
    }

    fn members(&self) -> [&str; 2] {
        [self.members[0].0, self.members[1].0]
    }

    fn has_keys(&self) -> bool {
        false
    }

    async fn say(&self, member: &str, place: &Place, text: &str) -> MessageRef {
        let (user, fake) = (self.id(member), &self.world.fake);
        let id = match &place.thread {
            Some(root) => fake.in_thread(user, number(root), text),
            None => fake.say(user, number(&place.channel), text),
        };
        MessageRef { channel: place.channel.clone(), id: id.to_string() }
    }

    async fn edit(&self, _: &str, message: &MessageRef, text: &str) {
        let (place, id) = self.stands(message);
        self.world.fake.edit(place, id, text);
    }

    async fn delete(&self, _: &str, message: &MessageRef) {
        self.remove(message).await;
    }

    async fn remove(&self, message: &MessageRef) {
        let (place, id) = self.stands(message);
        self.world.fake.delete(place, id);
    }

    async fn react(&self, member: &str, message: &MessageRef, emoji: &str, set: bool) {
        // Discord has one reaction for each tone: who takes back the plain one has set a tone before.
        let emoji = if emoji == "👍" && !set { "👍🏽" } else { emoji };
        let (place, id) = self.stands(message);
        self.world.fake.react(self.id(member), place, id, emoji, set);
    }

    async fn shown(&self, channel: &str) -> Vec<Shown> {
        let channel = number(channel);
        let mut all: Vec<(Message, Option<u64>)> =
            self.world.fake.messages(channel).into_iter().map(|message| (message, None)).collect();
        for thread in self.world.fake.threads(channel) {
            all.extend(self.world.fake.messages(thread.id).into_iter().map(|message| (message, Some(thread.id))));
        }
        all.sort_by_key(|(message, _)| message.id);
        all.into_iter().map(|(message, thread)| self.shown(message, thread)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_keeps_the_promises_of_the_port() {
    let world = World::quiet(&[], Settings::quick()).await;
    let members = ["Ann Lee", "Ben Ode"].map(|name| {
        let plan = UserPlan::member(&name.to_lowercase().replace(' ', "_")).nick(name);
        (name, world.fake.user(plan))
    });
    world.listen().await;
    let people = members.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect();
    let poster = Introduced { poster: world.discord.poster(), people };
    contract::run(&Guild { world, poster, members }).await;
}
