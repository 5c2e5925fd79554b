//! A workspace in Slack for stories: the strict stand-in for Slack, with people in it, and a department that lives there and
//! in its lobby at once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bullpen_slack_fake::{AppKeys, AppPlan, Call, Fake, Message, Outcome, Settings, UserPlan};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::world::{Setting, World};

/// How long a story waits for something in Slack before it fails and says what stood there instead.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(15);

/// How events reach the department.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Socket Mode.
    Socket,
    /// Signed HTTP requests.
    Http,
}

/// A department in Slack.
pub(crate) struct Workspace {
    /// Slack.
    pub fake: Fake,
    /// The department.
    pub world: World,
    /// Ann, who may do everything and is known by her account.
    pub ann: String,
    /// Ben, who asks and approves, and is known by his address.
    pub ben: String,
    /// Gus, a full member whom nobody has listed.
    pub gus: String,
    /// The shared app.
    pub shared: AppKeys,
    /// The apps of single personas, by handle.
    pub own: BTreeMap<&'static str, AppKeys>,
}

impl Workspace {
    /// A workspace where the personas `dedicated` have an app of their own and all others share one.
    pub(crate) async fn open(settings: Settings, way: Way, dedicated: &[&'static str]) -> Self {
        Self::with(settings, way, dedicated, Setting::default()).await
    }

    /// The same with more settings, people and another model.
    pub(crate) async fn with(settings: Settings, way: Way, dedicated: &[&'static str], more: Setting) -> Self {
        let fake = Fake::start(settings).expect("a stand-in for Slack");
        let shared = fake.app(AppPlan { socket: way == Way::Socket, ..AppPlan::with_everything("bullpen") });
        let own: BTreeMap<&'static str, AppKeys> = dedicated
            .iter()
            .map(|handle| {
                (*handle, fake.app(AppPlan { socket: way == Way::Socket, ..AppPlan::with_everything(handle) }))
            })
            .collect();
        let (ann, ben, gus) = (
            // A guest of the workspace, whom the organisation lists by her account.
            fake.user(UserPlan { guest: true, ..UserPlan::member("ann") }),
            fake.user(UserPlan::member("ben")),
            fake.user(UserPlan::member("gus")),
        );
        let mut env = vec![("SLACK_API_URL", fake.api_url()), ("SLACK_BOT_TOKEN", shared.bot_token.clone())];
        let hears = |app: &'static str, signing: &'static str, keys: &AppKeys| match way {
            Way::Socket => (app, keys.app_token.clone()),
            Way::Http => (signing, keys.signing_secret.clone()),
        };
        env.push(hears("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", &shared));
        let mut apps = String::new();
        for (handle, keys) in &own {
            let name = |what: &str| -> &'static str {
                // A story is short, and names of variables are few.
                Box::leak(format!("SLACK_{}_{what}", handle.to_uppercase()).into_boxed_str())
            };
            let (bot, app, signing) = (name("BOT_TOKEN"), name("APP_TOKEN"), name("SIGNING_SECRET"));
            env.push((bot, keys.bot_token.clone()));
            env.push(hears(app, signing, keys));
            apps.push_str(&format!(
                "    {handle}: {{ bot_token: {bot}, app_token: {app}, signing_secret: {signing} }}\n"
            ));
        }
        let apps = if apps.is_empty() { "  personas: {}\n".to_owned() } else { format!("  personas:\n{apps}") };
        let yaml = format!(
            "{}people:\n  - {{ name: Ann, rights: [command, approve, spend, take_over, operate], slack: {ann} }}\n  - {{ name: \
             Ben, rights: [command, approve], email: ben@example.com }}\n{}slack:\n  posts_a_minute: 6000\n{apps}",
            more.yaml, more.people
        );
        let setting = Setting { yaml: Box::leak(yaml.into_boxed_str()), env, ..more };
        let world = World::with(setting).await;
        let workspace = Self { fake, world, ann, ben, gus, shared, own };
        if way == Way::Http {
            workspace.serve().await;
        }
        workspace.settled_in().await;
        workspace
    }

    /// Serves the adapter's routes, as the console does, and has Slack call them.
    async fn serve(&self) {
        let slack = self.world.slack.clone().expect("a workspace");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let routes = axum::Router::new().nest("/slack", slack.router());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        for app in self.own.keys().copied().chain(["bullpen"]) {
            self.fake.deliver_by_http(app, &base);
        }
    }

    /// The address that Slack calls in [`Way::Http`] has no use in stories but for forgeries; here is the secret instead.
    pub(crate) async fn settled_in(&self) {
        self.read("all-hands", |m| m.text.contains("Welcome to") || text_of(m).contains("Welcome to")).await;
        for user in [&self.ann, &self.ben, &self.gus] {
            for channel in ["all-hands", "management", "specialists"] {
                self.fake.join(user, &self.fake.channel(channel));
            }
        }
    }

    /// The id of a channel by its name.
    pub(crate) fn channel(&self, name: &str) -> String {
        self.fake.channel(name)
    }

    /// Somebody writes at a channel's top level.
    pub(crate) fn say(&self, who: &str, channel: &str, text: &str) -> String {
        self.fake.say(who, &self.channel(channel), None, text)
    }

    /// Waits for a message in a channel, replies included, and gives the first that fits.
    pub(crate) async fn read(&self, channel: &str, fits: impl Fn(&Message) -> bool) -> Message {
        let channel = self.channel(channel);
        let asked = tokio::time::Instant::now();
        loop {
            if let Some(found) = self.fake.messages(&channel).into_iter().find(|m| fits(m)) {
                return found;
            }
            if asked.elapsed() > PATIENCE {
                let said: Vec<String> = self.fake.messages(&channel).iter().map(text_of).collect();
                panic!("it never stood there, but {said:#?}\n{}", self.world.state().await);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until a message has these words.
    pub(crate) async fn hear(&self, channel: &str, words: &str) -> Message {
        self.read(channel, |m| text_of(m).contains(words)).await
    }

    /// The message of the newest open approval of a kind, as Slack has it.
    pub(crate) async fn approval(&self, kind: &str) -> Message {
        let sql = "select m.channel || ' ' || m.id from approvals as a join messages as m on m.post = a.post
                   where a.kind = $1 and a.state = 'open' order by a.created_at desc limit 1";
        let found: String = self.world.wait(&format!("an approval of {kind}"), sql, kind).await;
        let (channel, ts) = found.split_once(' ').expect("a channel and a message");
        let channel = channel.strip_prefix("slack:").expect("it stands in Slack");
        self.fake.message(channel, ts).expect("it stands there")
    }

    /// Ends the story: what must hold in Slack holds, and then what must hold everywhere.
    pub(crate) async fn close(self) {
        self.quiet().await;
        let lost: i64 = self
            .world
            .one(
                "select count(*) from outbox as o where o.kind = 'post' and o.state = 'sent' and o.channel like 'slack:%'
                 and not exists (select from slack.posts as p where p.key = o.id and p.part = 0
                                 and 'slack:' || p.channel = o.channel and p.ts = o.message)",
            )
            .await;
        assert_eq!(lost, 0, "posts without a message");
        self.each_post_stands_once().await;
        self.refusals();
        self.world.close().await;
    }

    /// Waits until everything that was heard is read and worked off.
    pub(crate) async fn quiet(&self) {
        tokio::time::timeout(PATIENCE, self.fake.settled()).await.expect("Slack's events are acknowledged");
        let unread = "select 1 where $1 = '' and not exists (select from slack.received where done_at is null)";
        let _: i32 = self.world.wait("everything received being read", unread, "").await;
        self.world.settle().await;
    }

    /// Each post has one message for each of its parts, in the order in which they were to be posted.
    async fn each_post_stands_once(&self) {
        let order: Vec<(String, String)> = sqlx::query_as(
            "select o.id::text, o.conversation from outbox as o where o.kind = 'post' and o.channel like 'slack:%' order by o.seq",
        )
        .fetch_all(&self.world.pool)
        .await
        .expect("the query is sound");
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        let mut first: BTreeMap<String, (String, String)> = BTreeMap::new();
        for channel in ["all-hands", "management", "executive", "specialists", "decisions", "published"] {
            let channel = self.channel(channel);
            for message in self.fake.messages(&channel) {
                let Some(payload) = message.metadata.as_ref().map(|m| &m["event_payload"]) else { continue };
                let key = payload["key"].as_str().unwrap_or_default().to_owned();
                let part = payload["part"].as_str().unwrap_or_default().to_owned();
                assert!(seen.insert((key.clone(), part.clone())), "{key} stands twice: {}", text_of(&message));
                first.entry(key).or_insert((channel.clone(), message.ts));
            }
        }
        let mut last: BTreeMap<&str, (String, String)> = BTreeMap::new();
        for (key, conversation) in &order {
            // Somebody may have deleted it.
            let Some(stands) = first.get(key) else { continue };
            if let Some(before) = last.insert(conversation.as_str(), stands.clone()) {
                assert!(before.0 != stands.0 || before.1 < stands.1, "{key} stands before what was said earlier");
            }
        }
    }

    /// What Slack refused, other than what is asked to be refused.
    fn refusals(&self) {
        let told = |call: &Call| match &call.outcome {
            Outcome::Refused(word) => !matches!(word.as_str(), "already_reacted" | "users_not_found" | "name_taken"),
            _ => false,
        };
        let refused: Vec<Call> = self.fake.calls().into_iter().filter(told).collect();
        assert!(refused.is_empty(), "Slack refused {refused:#?}");
    }
}

/// All words of a message: its text, and those of its blocks.
pub(crate) fn text_of(message: &Message) -> String {
    fn words(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("text").and_then(Value::as_str).map(str::to_owned));
                found.extend(fields.get("alt_text").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| words(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| words(value, found)),
            _ => {}
        }
    }
    let mut found = vec![message.text.clone()];
    message.blocks.iter().for_each(|block| words(block, &mut found));
    found.join("\n")
}

/// The ids of a message's buttons.
pub(crate) fn buttons(message: &Message) -> Vec<String> {
    let elements =
        message.blocks.iter().filter(|b| b["type"] == "actions").flat_map(|b| b["elements"].as_array().cloned());
    elements.flatten().filter_map(|e| e["action_id"].as_str().map(str::to_owned)).collect()
}
