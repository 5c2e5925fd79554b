//! Slack passes the suite that every chat adapter passes, through the stand-in.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bullpen_chat::contract::{self, Shown};
use bullpen_chat::{
    Error, Gateway, Key, MessageRef, Place, Plan, Post, Poster, Provisioned, Reactions, Receipt, Wanted,
};
use bullpen_slack::SlackPoster;
use bullpen_slack_fake::Message;
use serde_json::Value;

use crate::world::World;

struct Workspace {
    world: World,
    poster: Introduced,
    /// Name and id.
    members: [(&'static str, String); 2],
}

/// The suite knows people by name; what their ids are here stands in the configuration.
struct Introduced {
    poster: SlackPoster,
    people: BTreeMap<String, String>,
}

#[async_trait]
impl Poster for Introduced {
    fn platform(&self) -> &'static str {
        self.poster.platform()
    }

    async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error> {
        let mut plan = plan.clone();
        for listed in &mut plan.people {
            listed.id = self.people.get(&listed.name).cloned();
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

impl Workspace {
    fn id(&self, member: &str) -> &str {
        let found = self.members.iter().find(|(name, _)| *name == member);
        &found.expect("the suite names its own members").1
    }

    /// A member is in every channel that they act in.
    fn enter(&self, member: &str, channel: &str) {
        if channel.starts_with('C') {
            self.world.fake.join(self.id(member), channel);
        }
    }

    fn shown(&self, message: Message) -> Shown {
        let text = words(&message);
        let pings = self
            .members
            .iter()
            .filter(|(_, id)| text.contains(&format!("<@{id}>")))
            .map(|(name, _)| (*name).to_owned());
        let mut pings: Vec<String> = pings.collect();
        pings.extend(
            ["<!channel", "<!here", "<!everyone", "<!subteam"]
                .iter()
                .filter(|ping| text.contains(**ping))
                .map(|p| (*p).to_owned()),
        );
        // A post of the shared app stands under the persona's name and role.
        let named = message.username.as_ref().map(|name| name.split(" · ").next().unwrap_or(name).to_owned());
        let author = named.or_else(|| {
            self.members.iter().find(|(_, id)| message.user.as_deref() == Some(id)).map(|(name, _)| (*name).to_owned())
        });
        Shown {
            thread: message.is_reply().then(|| message.thread_ts.clone()).flatten(),
            id: message.ts,
            author: author.unwrap_or_default(),
            text: self.readable(&text),
            pings,
        }
    }

    /// What a reader sees of Slack's own writing.
    fn readable(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, id) in &self.members {
            text = text.replace(&format!("<@{id}>"), &format!("@{name}"));
        }
        // Without width, between what would otherwise be a mention.
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace(['\u{200b}', '\u{2060}'], "")
    }
}

/// All words of a message: its blocks', and its text where it has none.
fn words(message: &Message) -> String {
    let mut words = Vec::new();
    for block in &message.blocks {
        collect(block, &mut words);
    }
    if words.is_empty() { message.text.clone() } else { words.join("\n") }
}

fn collect(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get("text") {
                words.push(text.clone());
            }
            fields.values().for_each(|value| collect(value, words));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        _ => {}
    }
}

/// What a member types, as Slack's clients send it.
fn typed(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn name_of(emoji: &str) -> &'static str {
    match emoji {
        "👍" => "+1",
        "👍🏽" => "thumbsup::skin-tone-4",
        "✅" => "white_check_mark",
        "❌" => "x",
        other => panic!("the suite reacts with {other}"),
    }
}

#[async_trait]
impl contract::World for Workspace {
    fn poster(&self) -> &dyn Poster {
        &self.poster
    }

    async fn connect(&self) -> Box<dyn Gateway> {
        Box::new(self.world.slack.gateway())
    }

    fn members(&self) -> [&str; 2] {
        [self.members[0].0, self.members[1].0]
    }

    fn has_keys(&self) -> bool {
        false
    }

    async fn say(&self, member: &str, place: &Place, text: &str) -> MessageRef {
        self.enter(member, &place.channel);
        let id = self.world.fake.say(self.id(member), &place.channel, place.thread.as_deref(), &typed(text));
        MessageRef { channel: place.channel.clone(), id }
    }

    async fn edit(&self, _: &str, message: &MessageRef, text: &str) {
        self.world.fake.edit(&message.channel, &message.id, &typed(text));
    }

    async fn delete(&self, _: &str, message: &MessageRef) {
        self.world.fake.delete(&message.channel, &message.id);
    }

    async fn remove(&self, message: &MessageRef) {
        self.world.fake.delete(&message.channel, &message.id);
    }

    async fn react(&self, member: &str, message: &MessageRef, emoji: &str, set: bool) {
        self.enter(member, &message.channel);
        // Slack has one reaction for each tone: who takes back the plain one has set a tone before.
        let name = match (emoji, set) {
            ("👍", false) => "thumbsup::skin-tone-4",
            _ => name_of(emoji),
        };
        self.world.fake.react(self.id(member), &message.channel, &message.id, name, set);
    }

    async fn shown(&self, channel: &str) -> Vec<Shown> {
        self.world.fake.messages(channel).into_iter().map(|message| self.shown(message)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_keeps_the_promises_of_the_port() {
    let world = World::open().await;
    let members = ["Ann Lee", "Ben Ode"].map(|name| (name, world.member(name)));
    let people = members.iter().map(|(name, id)| ((*name).to_owned(), id.clone())).collect();
    let poster = Introduced { poster: world.slack.poster(), people };
    contract::run(&Workspace { world, poster, members }).await;
}
