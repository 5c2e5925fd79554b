//! What the doctor says of a guild that is right, and of each thing that can be wrong.

use bullpen_discord::doctor::{self, Ask, Finding, State};
use bullpen_discord::{Bot, CATEGORY, Config, SHARED, setup};
use bullpen_discord_fake::{BotPlan, intents, permissions};
use serde_json::json;
use url::Url;

use super::Scene;

impl Scene {
    fn config(&self) -> Config {
        let bot = |wanted: &setup::Wanted| Bot {
            name: wanted.name.clone(),
            persona: wanted.persona.clone(),
            token: wanted.token.clone().unwrap(),
            variable: wanted.variable.clone(),
        };
        Config {
            api_url: self.fake.api_url(),
            public_url: None,
            guild: self.wish.guild,
            category: CATEGORY.into(),
            bots: self.wish.bots.iter().map(bot).collect(),
        }
    }

    async fn check_as(&self, config: &Config, approvers: &[&str]) -> Findings {
        let approvers: Vec<String> = approvers.iter().map(|name| (*name).to_owned()).collect();
        let memory = self.wish.memory.as_ref().map(|(pool, org)| (pool, *org));
        let ask = Ask { config, plan: &self.wish.plan, approvers: &approvers, roles: &self.wish.roles, memory };
        Findings(doctor::check(&ask).await)
    }

    async fn check(&self) -> Findings {
        self.check_as(&self.config(), &["ann"]).await
    }

    /// The same with everything in place, and a word of the department's in a channel.
    async fn running() -> Self {
        let scene = Self::within().await;
        scene.ready().await;
        let channel = scene.channel("decisions").id;
        let request = reqwest::Client::new().post(format!("{}/channels/{channel}/messages", scene.fake.api_url()));
        let request = request.header("authorization", format!("Bot {}", scene.keys.token));
        let request = request.header("user-agent", "DiscordBot (https://example.com, 1)");
        let body = json!({ "content": "Good morning.", "allowed_mentions": { "parse": [] } });
        request.json(&body).send().await.unwrap().error_for_status().unwrap();
        scene
    }
}

struct Findings(Vec<Finding>);

impl Findings {
    /// The findings on a subject.
    fn all(&self, what: &str) -> Vec<&Finding> {
        let found: Vec<&Finding> = self.0.iter().filter(|finding| finding.what == what).collect();
        assert!(!found.is_empty(), "something is said of {what}: {:#?}", self.0);
        found
    }

    /// The worst of them has this state, and says each of these words.
    fn says(&self, what: &str, state: State, words: &[&str]) {
        let found = self.all(what);
        let worst = found.iter().max_by_key(|finding| finding.state).unwrap();
        assert_eq!(worst.state, state, "{what}: {}", worst.say);
        for word in words {
            assert!(worst.say.contains(word), "{what} says {word}: {}", worst.say);
        }
    }
}

#[tokio::test]
async fn a_guild_that_is_right_is_good_all_over() {
    let scene = Scene::running().await;
    let before = scene.fake.messages(scene.channel("decisions").id);
    let findings = scene.check().await;
    let bad: Vec<&Finding> = findings.0.iter().filter(|finding| finding.state != State::Good).collect();
    assert_eq!(bad, Vec::<&Finding>::new());
    findings.says("bullpen: token", State::Good, &["Bullpen"]);
    findings.says("bullpen: channels", State::Good, &["2 of 2"]);
    findings.says("bullpen: roles", State::Good, &["2 of 2"]);
    findings.says("bullpen: webhooks", State::Good, &[]);
    findings.says("bullpen: commands", State::Good, &[]);
    findings.says("bullpen: gateway", State::Good, &["an event came"]);
    findings.says("discord: approvals", State::Good, &["ann"]);
    assert_eq!(scene.fake.messages(scene.channel("decisions").id), before, "the reaction is taken back");
    assert_eq!(scene.fake.pings().len(), 0);
    assert!(scene.fake.until(super::doctor::PATIENCE, |fake| fake.connections(scene.keys.user) == 0).await);
}

/// How long a test waits for what must come.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

#[tokio::test]
async fn before_the_first_words_the_line_is_tried_as_far_as_it_goes() {
    let scene = Scene::within().await;
    scene.ready().await;
    let findings = scene.check().await;
    findings.says("bullpen: gateway", State::Good, &["lets it in", "no message"]);
}

#[tokio::test]
async fn tokens_are_told_by_what_is_wrong_with_them() {
    let scene = Scene::running().await;
    let mut config = scene.config();
    config.bots[0].token = "1090123456789012345".to_owned().into();
    scene.check_as(&config, &[]).await.says("bullpen: token", State::Bad, &["holds an id", "DISCORD_TOKEN"]);
    scene.fake.reset_token(&scene.keys);
    scene.check().await.says("bullpen: token", State::Bad, &["does not know", "Reset Token", "DISCORD_TOKEN"]);
}

#[tokio::test]
async fn switches_that_are_off_are_named_with_their_page() {
    let scene = Scene::running().await;
    scene.fake.set_intents(&scene.keys, intents::GUILD_MEMBERS);
    let findings = scene.check().await;
    let page = format!("{}/bot", scene.keys.application);
    findings.says("bullpen: intents", State::Bad, &[&page, "Message Content Intent"]);
    findings.says("bullpen: gateway", State::Bad, &["Privileged Gateway Intents"]);
}

#[tokio::test]
async fn a_bot_outside_gets_its_link() {
    let scene = Scene::new();
    let findings = scene.check().await;
    let link = format!("client_id={}", scene.keys.application);
    findings.says("bullpen: guild", State::Bad, &[&link, "Authorize"]);
}

#[tokio::test]
async fn permissions_are_looked_at_in_the_guild_and_in_each_channel() {
    let scene = Scene::running().await;
    scene.fake.invite(&scene.keys, setup::bits(false) & !permissions::MANAGE_ROLES);
    let bot = scene.fake.roles().into_iter().find(|role| role.bot == Some(scene.keys.user)).unwrap().id;
    let (hands, decisions) = (scene.channel("all-hands").id, scene.channel("decisions").id);
    scene.fake.permit(hands, bot, 0, permissions::EMBED_LINKS | permissions::SEND_MESSAGES);
    scene.fake.permit(decisions, scene.fake.guild(), 0, permissions::VIEW_CHANNEL);
    let findings = scene.check().await;
    findings.says("bullpen: permissions", State::Bad, &["Manage Roles", "Server Settings", "the role “Bullpen”"]);
    findings.says("bullpen: #all-hands", State::Bad, &["Send Messages", "Embed Links", "Edit Channel"]);
    findings.says("bullpen: #decisions", State::Bad, &["does not see it", "View Channels"]);
}

#[tokio::test]
async fn what_the_department_can_do_without_is_a_warning() {
    let scene = Scene::running().await;
    scene.fake.invite(&scene.keys, setup::bits(false) & !permissions::MANAGE_THREADS);
    scene.check().await.says("bullpen: permissions", State::Warning, &["Manage Threads"]);
}

#[tokio::test]
async fn an_administrator_is_more_than_is_needed() {
    let scene = Scene::running().await;
    scene.fake.invite(&scene.keys, permissions::ADMINISTRATOR);
    scene.check().await.says("bullpen: permissions", State::Warning, &["need not be"]);
}

#[tokio::test]
async fn what_is_missing_in_the_guild_is_told() {
    let scene = Scene::running().await;
    scene.fake.delete_channel(scene.channel("all-hands").id);
    scene.fake.delete_webhook(scene.fake.webhooks(scene.channel("decisions").id)[0].id);
    scene.fake.delete_role(scene.role("cmo").id);
    let other = scene.role("content_manager").id;
    scene.fake.change_role(other, permissions::SEND_MESSAGES, true);
    scene.fake.move_role(other, 30);
    let path = format!("/applications/{}/guilds/{}/commands", scene.keys.application, scene.fake.guild());
    let request = reqwest::Client::new().put(format!("{}{path}", scene.fake.api_url()));
    let request = request.header("authorization", format!("Bot {}", scene.keys.token));
    let request = request.header("user-agent", "DiscordBot (https://example.com, 1)");
    request.json(&json!([])).send().await.unwrap().error_for_status().unwrap();
    let findings = scene.check().await;
    findings.says("bullpen: #all-hands", State::Bad, &["bullpen setup discord"]);
    findings.says("bullpen: webhooks", State::Warning, &["#decisions"]);
    findings.says("bullpen: commands", State::Warning, &["bullpen setup discord"]);
    findings.says("bullpen: role order", State::Warning, &["@content_manager", "drag the role “Bullpen”"]);
    let roles: Vec<&str> = findings.all("bullpen: roles").iter().map(|finding| finding.say.as_str()).collect();
    assert!(roles[0].contains("@cmo have none") && roles[1].contains("@content_manager should be"), "{roles:?}");
}

#[tokio::test]
async fn sessions_that_are_used_up_are_not_used_up_further() {
    let scene = Scene::running().await;
    scene.fake.change_settings(|settings| settings.session_starts = 10);
    let before = scene.fake.identified(scene.keys.user);
    scene.check().await.says("bullpen: sessions", State::Bad, &["Only 10 of 10", "second server"]);
    assert_eq!(scene.fake.identified(scene.keys.user), before);
}

#[tokio::test]
async fn people_and_roles_of_people_are_looked_up() {
    let mut scene = Scene::running().await;
    let editors = scene.fake.role("editors", 0);
    scene.wish.roles.insert("ben".into(), editors.to_string());
    scene.wish.roles.insert("cleo".into(), "nobody's".into());
    scene.wish.roles.insert("dan".into(), scene.fake.guild().to_string());
    let findings = scene.check_as(&scene.config(), &["ben"]).await;
    findings.says("discord: approvals", State::Good, &["ben"]);
    let people: Vec<&str> = findings.all("discord: people").iter().map(|finding| finding.say.as_str()).collect();
    assert!(people[0].contains("`discord_role: nobody's` of cleo"), "{people:?}");
    assert!(people[1].contains("of dan") && people[1].contains("everybody's role"), "{people:?}");
    assert!(people[2].contains("ann, ben (the role editors)"), "{people:?}");
    scene.check_as(&scene.config(), &["zoe"]).await.says("discord: approvals", State::Bad, &["Nobody in this guild"]);
}

#[tokio::test]
async fn personas_of_their_own_are_looked_at_too() {
    let mut scene = Scene::running().await;
    let cmo = scene.fake.bot(BotPlan::new("cmo").without_intents(intents::PRIVILEGED));
    scene.wish.bots.push(super::wanted("cmo", Some(&cmo)));
    scene.check().await.says("cmo: guild", State::Bad, &["scope=bot&", "guild_id="]);
    scene.fake.invite(&cmo, setup::bits(true));
    let findings = scene.check().await;
    findings.says("cmo: permissions", State::Good, &[]);
    findings.says("cmo: channels", State::Good, &["2 of 2"]);
    findings.says("cmo: gateway", State::Good, &["lets it in"]);
    assert!(findings.0.iter().all(|finding| finding.what != "cmo: intents"), "it needs none");
    assert_eq!(scene.wish.bots[0].name, SHARED);
}

#[tokio::test]
async fn an_address_that_discord_cannot_reach_is_told() {
    let scene = Scene::running().await;
    let mut config = scene.config();
    scene.check_as(&config, &["ann"]).await.says("discord: public address", State::Good, &["BULLPEN_PUBLIC_URL"]);
    config.public_url = Some(Url::parse("http://127.0.0.1:3710").unwrap());
    scene.check_as(&config, &["ann"]).await.says("discord: public address", State::Warning, &["https"]);
}

#[tokio::test]
async fn a_discord_that_is_not_there_is_one_finding() {
    let scene = Scene::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut config = scene.config();
    config.api_url = format!("http://{free}/api/v10");
    scene.check_as(&config, &[]).await.says("bullpen: token", State::Bad, &["may call http://127.0.0.1"]);
}
