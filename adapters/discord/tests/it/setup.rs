//! From nothing to a guild that is ready, run twice; and what people have done to it meanwhile.

mod doctor;
mod poster;
mod roles;

use std::collections::BTreeMap;

use bullpen_chat::{ChannelPlan, Identity, Listed, Plan};
use bullpen_discord::setup::{self, Ending, Wanted, Wish};
use bullpen_discord::{CATEGORY, SHARED};
use bullpen_discord_fake::{BotKeys, BotPlan, Fake, Faults, Outcome, Settings, UserPlan, intents, permissions};
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

const TEXT: u8 = 0;
const CATEGORIES: u8 = 4;

fn identity(handle: &str) -> Identity {
    Identity {
        handle: handle.into(),
        name: handle.to_uppercase(),
        role: "A role".into(),
        avatar: format!("/avatars/{handle}.svg"),
        emoji: None,
    }
}

/// Two channels, two personas and the desk; the person `ann`, by this id.
fn plan(ann: u64) -> Plan {
    let channel = |name: &str, topic: &str| ChannelPlan { name: name.into(), layer: None, topic: topic.into() };
    Plan {
        channels: vec![channel("all-hands", "Everybody & more."), channel("decisions", "What was decided.")],
        identities: vec![identity("cmo"), identity("content_manager"), identity(SHARED)],
        people: vec![Listed { name: "ann".into(), id: Some(ann.to_string()), email: None }],
    }
}

/// A guild with a person in it, and a bot that nobody has let in yet.
struct Scene {
    fake: Fake,
    ann: u64,
    keys: BotKeys,
    wish: Wish,
}

impl Scene {
    fn new() -> Self {
        // Another test may have done it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let fake = Fake::start(Settings::quick()).unwrap();
        let ann = fake.user(UserPlan::member("ann"));
        let keys = fake.bot(BotPlan::new("Bullpen"));
        let wish = Wish {
            api_url: fake.api_url(),
            public_url: None,
            guild: None,
            category: CATEGORY.into(),
            bots: vec![wanted(SHARED, Some(&keys))],
            roles: BTreeMap::new(),
            plan: plan(ann),
            memory: None,
        };
        Self { fake, ann, keys, wish }
    }

    /// The same with the bot in the guild, and a database to remember in.
    async fn within() -> Self {
        let mut scene = Self::new();
        scene.fake.invite(&scene.keys, setup::bits(false));
        scene.wish.memory = Some((pool().await, Uuid::new_v4()));
        scene
    }

    async fn run(&self) -> (Result<Ending, String>, String) {
        let mut said = Vec::new();
        let ending = setup::run(&self.wish, &mut |line| said.push(line.to_owned())).await;
        (ending.map_err(|error| error.to_string()), said.join("\n"))
    }

    /// Runs it, and it is ready.
    async fn ready(&self) -> String {
        let (ending, said) = self.run().await;
        assert_eq!(ending, Ok(Ending::Ready), "{said}");
        said
    }

    /// Runs it, and something is left to do.
    async fn waiting(&self) -> String {
        let (ending, said) = self.run().await;
        assert_eq!(ending, Ok(Ending::Waiting), "{said}");
        said
    }

    /// What was changed so far.
    fn writes(&self) -> Vec<String> {
        let calls = self.fake.calls();
        let done = calls.iter().filter(|call| call.method != "GET" && call.outcome == Outcome::Done);
        done.map(|call| format!("{} {} {}", call.bot, call.method, call.path)).collect()
    }

    fn named(&self, kind: u8, name: &str) -> Vec<bullpen_discord_fake::Place> {
        self.fake.channels().into_iter().filter(|place| place.kind == kind && place.name == name).collect()
    }

    /// The only channel of a name.
    fn channel(&self, name: &str) -> bullpen_discord_fake::Place {
        let mut found = self.named(TEXT, name);
        assert_eq!(found.len(), 1, "there is one #{name}: {found:?}");
        found.remove(0)
    }

    fn role(&self, name: &str) -> bullpen_discord_fake::Role {
        let mut found: Vec<_> = self.fake.roles().into_iter().filter(|role| role.name == name).collect();
        assert_eq!(found.len(), 1, "there is one role @{name}: {found:?}");
        found.remove(0)
    }

    /// Calls Discord as a bot does, without the adapter: what people do by hand.
    async fn by_hand(&self, method: reqwest::Method, path: &str, body: &Value) -> Value {
        let admin = self.fake.bot(BotPlan::new("somebody"));
        self.fake.invite(&admin, permissions::ADMINISTRATOR);
        let role = self.fake.roles().into_iter().find(|role| role.bot == Some(admin.user)).unwrap();
        self.fake.move_role(role.id, 40);
        let request = reqwest::Client::new().request(method, format!("{}{path}", self.fake.api_url()));
        let request = request.header("authorization", format!("Bot {}", admin.token));
        let request = request.header("user-agent", "DiscordBot (https://example.com, 1)").json(body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let answer = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }
}

fn wanted(name: &str, keys: Option<&BotKeys>) -> Wanted {
    Wanted {
        name: name.into(),
        persona: (name != SHARED).then(|| name.into()),
        display: name.to_uppercase(),
        variable: if name == SHARED { setup::TOKEN.into() } else { setup::variable(name) },
        token: keys.map(|keys| keys.token.clone().into()),
    }
}

async fn pool() -> PgPool {
    let options = bullpen_cluster::throwaway::database().await;
    PgPoolOptions::new().max_connections(4).connect_with(options).await.unwrap()
}

#[tokio::test]
async fn from_nothing_to_a_guild_that_is_ready_and_again_without_a_change() {
    let mut scene = Scene::new();
    scene.wish.bots[0].token = None;
    let said = scene.waiting().await;
    assert!(said.contains("New Application") && said.contains("Message Content Intent"), "{said}");
    assert!(said.contains("DISCORD_TOKEN=…"), "{said}");
    assert_eq!(scene.fake.calls().len(), 0, "nobody is called without a token");

    // The person makes the bot, and copies the token.
    scene.wish.bots = vec![wanted(SHARED, Some(&scene.keys))];
    let said = scene.waiting().await;
    let link = format!("client_id={}&scope=bot+applications.commands&permissions=", scene.keys.application);
    assert!(said.contains(&link), "{said}");
    let number: u64 = said.split("permissions=").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    assert!(said.contains("Manage Webhooks") && said.contains("speaks with each persona's name"), "{said}");
    assert!(!said.contains(&scene.keys.token), "a token is never shown");
    assert_eq!(scene.writes(), Vec::<String>::new());

    // The person opens the link.
    scene.fake.invite(&scene.keys, number);
    let said = scene.ready().await;
    assert!(said.contains("The category Bullpen was made") && said.contains("The role @cmo was made"), "{said}");
    assert!(said.contains("The commands were registered") && said.contains("Linked to accounts: ann"), "{said}");
    let category = scene.named(CATEGORIES, CATEGORY);
    assert_eq!(category.len(), 1);
    for (name, topic) in [("all-hands", "Everybody & more."), ("decisions", "What was decided.")] {
        let channel = scene.channel(name);
        assert_eq!(channel.topic.as_deref(), Some(topic));
        assert_eq!(channel.parent, Some(category[0].id));
        let hooks = scene.fake.webhooks(channel.id);
        assert_eq!(hooks.len(), 1);
        assert_eq!(hooks[0].application, Some(scene.keys.application));
    }
    for handle in ["cmo", "content_manager"] {
        let role = scene.role(handle);
        assert_eq!((role.permissions, role.mentionable, role.members), (0, true, Vec::new()), "@{handle}");
    }
    assert!(scene.fake.roles().iter().all(|role| role.name != SHARED), "the desk is the bot itself");
    assert!(!scene.fake.commands(&scene.keys).is_empty());
    let posted = scene.fake.calls().iter().any(|call| call.path.ends_with("/messages"));
    assert!(!posted, "setup posts nothing");

    let before = scene.writes();
    let said = scene.ready().await;
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(scene.writes(), before, "the next run writes nothing");
}

#[tokio::test]
async fn what_people_did_stays() {
    let scene = Scene::within().await;
    scene.ready().await;
    let guild = scene.fake.guild();
    let (decisions, hands) = (scene.channel("decisions").id, scene.channel("all-hands").id);
    let category = scene.named(CATEGORIES, CATEGORY)[0].id;
    scene.fake.rename_channel(decisions, "rulings");
    scene.fake.rename_channel(category, "The office");
    let patch = reqwest::Method::PATCH;
    scene.by_hand(patch.clone(), &format!("/channels/{hands}"), &json!({ "topic": "Ours now." })).await;
    let cmo = scene.role("cmo").id;
    let look = json!({ "name": "chief", "color": 255, "hoist": true });
    scene.by_hand(patch, &format!("/guilds/{guild}/roles/{cmo}"), &look).await;
    let before = scene.writes();
    let said = scene.ready().await;
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(scene.writes(), before, "no second channel, role or category is made");
    assert_eq!(scene.channel("all-hands").topic.as_deref(), Some("Ours now."));
}

#[tokio::test]
async fn a_new_topic_of_the_plan_takes_the_place_of_our_own() {
    let mut scene = Scene::within().await;
    scene.ready().await;
    scene.wish.plan.channels[1].topic = "What holds.".into();
    let said = scene.ready().await;
    assert!(said.contains("The topic of #decisions was set"), "{said}");
    assert_eq!(scene.channel("decisions").topic.as_deref(), Some("What holds."));
}

#[tokio::test]
async fn what_is_gone_is_made_again() {
    let scene = Scene::within().await;
    scene.ready().await;
    scene.fake.delete_channel(scene.channel("decisions").id);
    scene.fake.delete_role(scene.role("cmo").id);
    let hands = scene.channel("all-hands").id;
    scene.fake.delete_webhook(scene.fake.webhooks(hands)[0].id);
    let said = scene.ready().await;
    assert!(said.contains("The channel #decisions was made") && said.contains("The role @cmo was made"), "{said}");
    assert!(said.contains("A webhook was made in #all-hands"), "{said}");
    assert_eq!(scene.fake.webhooks(hands).len(), 1);
}

#[tokio::test]
async fn without_a_memory_nothing_is_made_where_a_channel_may_have_been_renamed() {
    let mut scene = Scene::within().await;
    scene.ready().await;
    scene.fake.rename_channel(scene.channel("decisions").id, "rulings");
    scene.wish.memory = None;
    let before = scene.writes();
    let said = scene.waiting().await;
    assert!(said.contains("#rulings may be what somebody renamed"), "{said}");
    assert_eq!(scene.writes(), before);
}

#[tokio::test]
async fn two_servers_at_once_make_nothing_twice() {
    let scene = Scene::within().await;
    let (first, second, third) = tokio::join!(scene.run(), scene.run(), scene.run());
    for (ending, said) in [first, second, third] {
        assert_eq!(ending, Ok(Ending::Ready), "{said}");
    }
    assert_eq!(scene.named(CATEGORIES, CATEGORY).len(), 1);
    for name in ["all-hands", "decisions"] {
        assert_eq!(scene.fake.webhooks(scene.channel(name).id).len(), 1, "#{name}");
    }
    scene.role("cmo");
    scene.role("content_manager");
}

#[tokio::test]
async fn a_discord_that_breaks_off_now_and_then_gets_nothing_twice() {
    let scene = Scene::within().await;
    let shares = Faults { seed: 7, failed: 0.05, failed_late: 0.1, cut: 0.05, cut_late: 0.1, ..Faults::default() };
    scene.fake.set_faults(shares);
    let mut broken = 0;
    // Each try breaks off somewhere and the next goes on; a run has about twenty calls.
    while scene.run().await.0 != Ok(Ending::Ready) {
        broken += 1;
        assert!(broken < 200, "it comes to an end");
    }
    scene.fake.set_faults(Faults::default());
    assert!(broken > 0, "something did go wrong");
    assert_eq!(scene.named(CATEGORIES, CATEGORY).len(), 1);
    for name in ["all-hands", "decisions"] {
        assert_eq!(scene.fake.webhooks(scene.channel(name).id).len(), 1, "#{name}");
    }
    scene.role("cmo");
    scene.role("content_manager");
    assert!(scene.ready().await.contains("nothing was changed"));
}

#[tokio::test]
async fn channels_that_are_there_are_used() {
    let scene = Scene::within().await;
    let (hands, category) = (scene.fake.channel("all-hands"), scene.fake.category("Bullpen"));
    scene.fake.move_into(hands, category);
    let said = scene.ready().await;
    assert!(!said.contains("The channel #all-hands was made"), "{said}");
    let channel = scene.channel("all-hands");
    assert_eq!((channel.id, channel.parent), (hands, Some(category)));
    assert_eq!(channel.topic.as_deref(), Some("Everybody & more."), "it had none");
}

#[tokio::test]
async fn a_channel_that_the_bot_may_not_see_is_told_and_not_made_again() {
    let scene = Scene::within().await;
    let hidden = scene.fake.channel("decisions");
    scene.fake.move_into(hidden, scene.fake.category("Bullpen"));
    scene.fake.hide(hidden, scene.fake.guild());
    let said = scene.waiting().await;
    assert!(said.contains("may not see #decisions") && said.contains("View Channel"), "{said}");
    assert_eq!(scene.channel("decisions").id, hidden);
    scene.channel("all-hands");
}

#[tokio::test]
async fn missing_permissions_are_sentences_and_the_rest_goes_on() {
    let scene = Scene::within().await;
    let poor = setup::bits(false) & !permissions::MANAGE_ROLES & !permissions::MANAGE_WEBHOOKS;
    scene.fake.invite(&scene.keys, poor);
    let said = scene.waiting().await;
    assert!(said.contains("may not make roles") && said.contains("“Manage Roles”"), "{said}");
    assert!(said.contains("may not manage webhooks in #all-hands, #decisions"), "{said}");
    scene.channel("decisions");
    let refused = scene.fake.calls().into_iter().filter(|call| matches!(call.outcome, Outcome::Refused { .. }));
    assert_eq!(refused.count(), 0, "what is known to be refused is not tried");

    scene.fake.invite(&scene.keys, setup::bits(false) & !permissions::MANAGE_CHANNELS);
    scene.fake.delete_channel(scene.channel("decisions").id);
    let said = scene.waiting().await;
    assert!(said.contains("may not make channels, and #decisions are missing"), "{said}");
    scene.role("cmo");
}

#[tokio::test]
async fn people_who_cannot_be_found_are_told_one_by_one() {
    let mut scene = Scene::within().await;
    let robot = scene.fake.user(UserPlan::bot("robot"));
    let listed = |name: &str, id: &str| Listed { name: name.into(), id: Some(id.into()), email: None };
    let more = [listed("ben", "@ben"), listed("cleo", "80351110224678912"), listed("dan", &robot.to_string())];
    scene.wish.plan.people.extend(more);
    scene.wish.plan.people.push(Listed { name: "eve".into(), id: None, email: Some("eve@example.com".into()) });
    scene.wish.roles.insert("eve".into(), "editors".into());
    let said = scene.waiting().await;
    assert!(said.contains("`discord: @ben` of ben") && said.contains("Copy User ID"), "{said}");
    assert!(said.contains("80351110224678912"), "{said}");
    assert!(said.contains("of dan in bullpen.yaml is a bot's"), "{said}");
    assert!(said.contains("Linked to accounts: ann, eve (the role editors)"), "{said}");
}

#[tokio::test]
async fn switches_that_are_off_are_named() {
    let scene = Scene::within().await;
    scene.fake.set_intents(&scene.keys, intents::GUILD_MEMBERS);
    let said = scene.waiting().await;
    let page = format!("https://discord.com/developers/applications/{}/bot", scene.keys.application);
    assert!(said.contains(&page) && said.contains("“Message Content Intent”"), "{said}");
    assert!(!said.contains("“Server Members Intent”"), "that one is on: {said}");
    scene.channel("decisions");
}

#[tokio::test]
async fn a_token_that_was_reset_is_told_with_where_to_get_another() {
    let scene = Scene::within().await;
    scene.fake.reset_token(&scene.keys);
    let says = scene.run().await.0.unwrap_err();
    assert!(says.contains("does not know the token in DISCORD_TOKEN") && says.contains("Reset Token"), "{says}");
    assert!(!says.contains(&scene.keys.token), "{says}");
}

#[tokio::test]
async fn personas_with_bots_of_their_own_get_links_of_their_own_and_no_role() {
    let mut scene = Scene::within().await;
    let cmo = scene.fake.bot(BotPlan::new("cmo").without_intents(intents::PRIVILEGED));
    scene.wish.bots.push(wanted("cmo", Some(&cmo)));
    let said = scene.waiting().await;
    let link = format!("client_id={}&scope=bot&permissions={}", cmo.application, setup::bits(true));
    assert!(said.contains(&link), "{said}");
    assert!(said.contains(&format!("guild_id={}", scene.fake.guild())), "{said}");
    assert!(scene.fake.roles().iter().all(|role| role.name != "cmo"), "it is mentioned natively");

    scene.fake.invite(&cmo, setup::bits(true));
    scene.ready().await;
    let before = scene.writes();
    scene.ready().await;
    assert_eq!(scene.writes(), before);
}

#[tokio::test]
async fn a_guild_that_the_bot_is_not_in_is_asked_for_by_its_id() {
    let mut scene = Scene::within().await;
    scene.wish.guild = Some(81_384_788_765_712_384);
    let said = scene.waiting().await;
    assert!(said.contains("guild_id=81384788765712384&disable_guild_select=true"), "{said}");
    assert_eq!(scene.writes(), Vec::<String>::new());
}
