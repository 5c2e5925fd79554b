//! A guild in Discord for stories: the strict stand-in for Discord, with people in it, and a department that lives there and
//! in its lobby at once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bullpen_discord_fake::{BotKeys, BotPlan, Call, Fake, Message, Outcome, Settings, UserPlan};
use serde_json::Value;

use crate::world::{Setting, World};

/// How long a story waits for something in Discord before it fails and says what stood there instead.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(15);

/// A department in Discord.
pub(crate) struct Guild {
    /// Discord.
    pub fake: Fake,
    /// The department.
    pub world: World,
    /// Ann, who may do everything and is known by her account.
    pub ann: u64,
    /// Ben, who asks and approves, and is known by a role.
    pub ben: u64,
    /// Gus, a member whom nobody has listed.
    pub gus: u64,
    /// The role that stands for Ben.
    pub editors: u64,
    /// A channel where people talk among themselves, which is none of the department's.
    pub lounge: u64,
    /// The shared bot.
    pub shared: BotKeys,
    /// The bots of single personas, by handle.
    pub own: BTreeMap<&'static str, BotKeys>,
}

impl Guild {
    /// A guild where the personas `dedicated` have a bot of their own and all others share one.
    pub(crate) async fn open(settings: Settings, dedicated: &[&'static str]) -> Self {
        Self::with(settings, dedicated, Setting::default()).await
    }

    /// The same with more settings, people and another model.
    pub(crate) async fn with(settings: Settings, dedicated: &[&'static str], more: Setting) -> Self {
        let fake = Fake::start(settings).expect("a stand-in for Discord");
        let lounge = fake.channel("lounge");
        let shared = fake.bot(BotPlan::new("Bullpen"));
        fake.invite(&shared, bullpen_discord::setup::bits(false));
        let own: BTreeMap<&'static str, BotKeys> =
            dedicated.iter().map(|handle| (*handle, fake.bot(BotPlan::new(handle)))).collect();
        for keys in own.values() {
            fake.invite(keys, bullpen_discord::setup::bits(true));
        }
        let editors = fake.role("Editors", 0);
        let ann = fake.user(UserPlan::member("ann"));
        let ben = fake.user(UserPlan::member("ben").role(editors));
        let gus = fake.user(UserPlan::member("gus"));
        let mut env = vec![("DISCORD_API_URL", fake.api_url()), ("DISCORD_TOKEN", shared.token.clone())];
        let mut bots = String::new();
        for (handle, keys) in &own {
            // A story is short, and names of variables are few.
            let variable: &'static str = Box::leak(format!("DISCORD_{}_TOKEN", handle.to_uppercase()).into_boxed_str());
            env.push((variable, keys.token.clone()));
            bots.push_str(&format!("    {handle}: {{ token: {variable} }}\n"));
        }
        let bots = if bots.is_empty() { "  personas: {}\n".to_owned() } else { format!("  personas:\n{bots}") };
        let yaml = format!(
            "{}people:\n  - {{ name: Ann, rights: [command, approve, spend, take_over, operate], discord: {ann} }}\n  - {{ name: \
             Ben, rights: [command, approve], discord_role: Editors }}\n{}discord:\n{bots}",
            more.yaml, more.people
        );
        let setting = Setting { yaml: Box::leak(yaml.into_boxed_str()), env, ..more };
        let world = World::with(setting).await;
        let guild = Self { fake, world, ann, ben, gus, editors, lounge, shared, own };
        guild.read("all-hands", |m| text_of(m).contains("Welcome to")).await;
        guild
    }

    /// The id of a channel by its name.
    pub(crate) fn channel(&self, name: &str) -> u64 {
        self.found(name).unwrap_or_else(|| panic!("there is no channel {name}"))
    }

    fn found(&self, name: &str) -> Option<u64> {
        self.fake.channels().into_iter().find(|channel| channel.name == name).map(|channel| channel.id)
    }

    /// Somebody writes at a channel's top level.
    pub(crate) fn say(&self, who: u64, channel: &str, text: &str) -> u64 {
        self.fake.say(who, self.channel(channel), text)
    }

    /// What stands in a channel and in its threads, in the order in which it was posted.
    pub(crate) fn said(&self, channel: u64) -> Vec<Message> {
        let threads = self.fake.threads(channel).into_iter().flat_map(|thread| self.fake.messages(thread.id));
        let mut said: Vec<Message> =
            self.fake.messages(channel).into_iter().chain(threads).filter(Message::is_said).collect();
        said.sort_by_key(|m| m.id);
        said
    }

    /// Waits for a message in a channel, its threads included, and gives the first that fits.
    pub(crate) async fn read(&self, channel: &str, fits: impl Fn(&Message) -> bool) -> Message {
        let asked = tokio::time::Instant::now();
        loop {
            let said = self.found(channel).map(|channel| self.said(channel)).unwrap_or_default();
            if let Some(found) = said.iter().find(|m| fits(m)) {
                return found.clone();
            }
            if asked.elapsed() > PATIENCE {
                let said: Vec<String> = said.iter().map(text_of).collect();
                panic!("it never stood there, but {said:#?}\n{}", self.world.state().await);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Whether the department posted this: through a webhook, or as one of its bots.
    pub(crate) fn is_ours(&self, message: &Message) -> bool {
        let bots = || self.own.values().chain([&self.shared]).any(|keys| keys.user == message.author);
        message.webhook.is_some() && message.application.is_some() || bots()
    }

    /// Waits until something holds.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let asked = tokio::time::Instant::now();
        while !holds() {
            assert!(asked.elapsed() < PATIENCE, "{what} never came; the state is:\n{}", self.world.state().await);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until a message has these words.
    pub(crate) async fn hear(&self, channel: &str, words: &str) -> Message {
        self.read(channel, |m| text_of(m).contains(words)).await
    }

    /// Waits for an answer of ours in the thread below a message.
    pub(crate) async fn answer(&self, channel: &str, below: u64) -> Message {
        self.read(channel, |m| m.channel == below && self.is_ours(m)).await
    }

    /// The message of the newest open approval of a kind, as Discord has it.
    pub(crate) async fn approval(&self, kind: &str) -> Message {
        let sql = "select m.id from approvals as a join messages as m on m.post = a.post
                   where a.kind = $1 and a.state = 'open' and m.channel like 'discord:%' order by a.created_at desc limit 1";
        let found: String = self.world.wait(&format!("an approval of {kind}"), sql, kind).await;
        self.message(found.parse().expect("a snowflake"))
    }

    /// A message by its id, wherever it stands.
    pub(crate) fn message(&self, id: u64) -> Message {
        let found = self.channels().into_iter().flat_map(|channel| self.said(channel)).find(|m| m.id == id);
        found.expect("it stands somewhere")
    }

    /// The department's channels.
    fn channels(&self) -> Vec<u64> {
        let names = ["all-hands", "management", "executive", "specialists", "decisions", "published"];
        names.iter().map(|name| self.channel(name)).collect()
    }

    /// Ends the story: what must hold in Discord holds, and then what must hold everywhere.
    pub(crate) async fn close(self) {
        self.quiet().await;
        let lost: i64 = self
            .world
            .one(
                "select count(*) from outbox as o where o.kind = 'post' and o.state = 'sent' and o.channel like 'discord:%'
                 and not exists (select from discord.posts as p where p.key = o.id)",
            )
            .await;
        assert_eq!(lost, 0, "posts without a message");
        self.each_post_stands_once().await;
        // The shared bot may ask about a conversation with another bot, and is told that it is none of its own.
        let asked = |call: &Call| call.operation == "get_channel";
        let refused = |call: &Call| matches!(call.outcome, Outcome::Refused { .. });
        let refused: Vec<Call> = self.fake.calls().into_iter().filter(|call| refused(call) && !asked(call)).collect();
        assert!(refused.is_empty(), "Discord refused {refused:#?}");
        self.world.close().await;
    }

    /// Waits until everything that was heard is read and worked off.
    pub(crate) async fn quiet(&self) {
        let unread =
            "select 1 where $1 = '' and not exists (select from discord.received where ours and done_at is null)";
        let _: i32 = self.world.wait("everything received being read", unread, "").await;
        self.world.settle().await;
    }

    /// Each message of ours that stands is one of a post's, and each of a post's messages stands once.
    async fn each_post_stands_once(&self) {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select key::text, message::text from discord.posts order by key, part")
                .fetch_all(&self.world.pool)
                .await
                .expect("the query is sound");
        let recorded: BTreeSet<u64> = rows.iter().filter_map(|(_, id)| id.parse().ok()).collect();
        assert_eq!(recorded.len(), rows.len(), "a message belongs to one post");
        // The shared bot itself speaks only for people: what they wrote into a form, or asked with a command.
        let ours = |m: &Message| self.is_ours(m) && m.author != self.shared.user;
        let stands: Vec<Message> = self.channels().into_iter().flat_map(|c| self.said(c)).filter(ours).collect();
        for message in &stands {
            assert!(recorded.contains(&message.id), "nobody knows of {}: {}", message.id, text_of(message));
        }
    }
}

/// All words of a message: its text, and those of its embeds.
pub(crate) fn text_of(message: &Message) -> String {
    fn words(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Object(fields) => fields.values().for_each(|value| words(value, found)),
            Value::Array(values) => values.iter().for_each(|value| words(value, found)),
            _ => {}
        }
    }
    let mut found = vec![message.content.clone()];
    message.embeds.iter().for_each(|embed| words(embed, &mut found));
    found.join("\n")
}

/// The buttons of a message: id by label.
pub(crate) fn buttons(message: &Message) -> BTreeMap<String, String> {
    let elements = message.components.iter().filter_map(|row| row["components"].as_array());
    let told = |button: &Value| {
        let emoji = button["emoji"]["name"].as_str().unwrap_or_default();
        let label = format!("{emoji} {}", button["label"].as_str().unwrap_or_default());
        Some((label.trim().to_owned(), button["custom_id"].as_str()?.to_owned()))
    };
    elements.flatten().filter_map(told).collect()
}

/// The button whose label has this word.
pub(crate) fn button(message: &Message, word: &str) -> String {
    let buttons = buttons(message);
    buttons
        .iter()
        .find(|(label, _)| label.contains(word))
        .unwrap_or_else(|| panic!("no {word} in {buttons:?}"))
        .1
        .clone()
}
