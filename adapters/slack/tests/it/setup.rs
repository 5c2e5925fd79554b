//! From nothing to a workspace that is ready, run twice; and what people have done to it meanwhile.

mod doctor;

use std::path::Path;

use bullpen_chat::{ChannelPlan, Identity, Listed, Plan, Poster as _};
use bullpen_slack::setup::{self, Ending, EnvFile, Known, Variables, Wanted, Way, Wish};
use bullpen_slack_fake::{AppKeys, AppPlan, Fake, Outcome, Settings, UserPlan};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::world::World;

/// Methods that change nothing.
const READS: [&str; 11] = [
    "apps.connections.open",
    "apps.manifest.export",
    "auth.test",
    "bots.info",
    "conversations.history",
    "conversations.list",
    "usergroups.list",
    "users.conversations",
    "users.info",
    "users.lookupByEmail",
    "users.list",
];

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn identity(handle: &str) -> Identity {
    Identity {
        handle: handle.into(),
        name: handle.to_uppercase(),
        role: "A role".into(),
        avatar: format!("/avatars/{handle}.svg"),
        emoji: None,
    }
}

fn plan() -> Plan {
    let channel = |name: &str, topic: &str| ChannelPlan { name: name.into(), layer: None, topic: topic.into() };
    let person = |name: &str| Listed { name: name.into(), id: None, email: Some(format!("{name}@example.com")) };
    Plan {
        channels: vec![channel("all-hands", "Everybody & more."), channel("decisions", "What was decided.")],
        identities: vec![identity("cmo"), identity("content_manager")],
        people: vec![person("ann"), person("ben")],
    }
}

/// A workspace with two people in it.
fn workspace() -> (Fake, String, String) {
    // Another test may have done it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fake = Fake::start(Settings::quick()).unwrap();
    let ann = fake.user(UserPlan::member("ann"));
    let ben = fake.user(UserPlan::member("ben"));
    (fake, ann, ben)
}

fn wanted(name: &str, display: &str, way: Way) -> Wanted {
    Wanted {
        name: name.into(),
        persona: (name != "bullpen").then(|| name.into()),
        display: display.into(),
        description: "Works in your chat".into(),
        way,
        variables: Variables::of(name),
        known: Known::default(),
    }
}

fn known(keys: &AppKeys) -> Known {
    Known {
        bot_token: Some(secret(&keys.bot_token)),
        app_token: Some(secret(&keys.app_token)),
        signing_secret: Some(secret(&keys.signing_secret)),
        app_id: Some(keys.app_id.clone()),
    }
}

fn wish(fake: &Fake, folder: &Path, apps: Vec<Wanted>) -> Wish {
    Wish {
        api_url: fake.api_url(),
        channel_prefix: String::new(),
        apps,
        configuration_token: None,
        folder: folder.join("slack"),
        plan: plan(),
    }
}

/// A wish for the apps that stand already, by name and keys.
fn standing(fake: &Fake, folder: &Path, apps: &[(&str, &AppKeys)]) -> Wish {
    let wanted = |(name, keys): &(&str, &AppKeys)| Wanted {
        known: known(keys),
        ..wanted(name, &name.to_uppercase(), Way::Socket)
    };
    wish(fake, folder, apps.iter().map(wanted).collect())
}

async fn run(wish: &Wish, folder: &Path) -> (Result<Ending, String>, String) {
    let mut said = Vec::new();
    let ending = setup::run(wish, &EnvFile::new(folder.join(".env")), &mut |line| said.push(line.to_owned())).await;
    (ending.map_err(|error| error.to_string()), said.join("\n"))
}

fn writes(fake: &Fake) -> Vec<String> {
    let calls = fake.calls();
    let done = calls.iter().filter(|call| call.outcome == Outcome::Done && !READS.contains(&call.method.as_str()));
    done.map(|call| format!("{} {}", call.app, call.method)).collect()
}

fn dir() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test]
async fn from_nothing_to_a_workspace_that_is_ready_and_again_without_a_change() {
    let (fake, ann, ben) = workspace();
    let dir = dir();
    let mut wish = wish(&fake, dir.path(), vec![wanted("bullpen", "Bullpen", Way::Socket)]);
    wish.configuration_token = Some(secret(&fake.configuration_token()));

    let (ending, said) = run(&wish, dir.path()).await;
    assert_eq!(ending, Ok(Ending::Waiting), "{said}");
    assert!(said.contains("Made: the app Bullpen") && said.contains("/oauth/v2/authorize"), "{said}");
    assert!(said.contains("SLACK_BOT_TOKEN=…") && said.contains("SLACK_APP_TOKEN=…"), "{said}");
    assert!(!said.contains("SLACK_SIGNING_SECRET=…"), "what Slack gave is not asked for: {said}");
    let env = EnvFile::new(dir.path().join(".env"));
    let app_id = env.get("SLACK_APP_ID").unwrap().unwrap().expose_secret().to_owned();
    assert!(env.get("SLACK_SIGNING_SECRET").unwrap().is_some());

    // The person clicks, and copies two tokens.
    let keys = fake.install(&app_id);
    wish.apps[0].known = known(&keys);
    let (ending, said) = run(&wish, dir.path()).await;
    assert_eq!(ending, Ok(Ending::Ready), "{said}");
    let all_hands = fake.channel("all-hands");
    for who in [&ann, &ben, &keys.bot_user] {
        assert!(fake.members(&all_hands).contains(who), "{who} is in #all-hands");
    }
    assert_eq!(fake.topic(&fake.channel("decisions")).unwrap().0, "What was decided.");
    let posted = fake.calls().iter().any(|call| call.method.starts_with("chat."));
    assert!(!posted, "setup posts nothing");

    let before = writes(&fake);
    let (ending, said) = run(&wish, dir.path()).await;
    assert_eq!(ending, Ok(Ending::Ready), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(writes(&fake), before, "the next run writes nothing");
}

#[tokio::test]
async fn an_app_is_made_once_and_brought_up_to_date_where_it_differs() {
    let (fake, ..) = workspace();
    let dir = dir();
    let mut wish = wish(&fake, dir.path(), vec![wanted("bullpen", "Bullpen", Way::Socket)]);
    wish.configuration_token = Some(secret(&fake.configuration_token()));
    run(&wish, dir.path()).await.0.unwrap();
    let env = EnvFile::new(dir.path().join(".env"));
    let app_id = env.get("SLACK_APP_ID").unwrap().unwrap().expose_secret().to_owned();
    wish.apps[0].known.app_id = Some(app_id.clone());
    wish.apps[0].known.signing_secret = env.get("SLACK_SIGNING_SECRET").unwrap();
    run(&wish, dir.path()).await.0.unwrap();
    assert_eq!(writes(&fake).len(), 1, "made once, and right as it is: {:?}", writes(&fake));

    let public_url = Url::parse("https://bullpen.example").unwrap();
    wish.apps[0].way = Way::Http { public_url };
    let (_, said) = run(&wish, dir.path()).await;
    assert!(said.contains("Updated: the settings of the app Bullpen"), "{said}");
    let manifest = fake.manifest(&app_id).unwrap();
    assert_eq!(manifest["settings"]["socket_mode_enabled"], false);
    let url = &manifest["settings"]["event_subscriptions"]["request_url"];
    assert_eq!(url, "https://bullpen.example/slack/bullpen/events");

    // Run without --http by mistake, it does not take the events away.
    wish.apps[0].way = Way::Socket;
    let (_, said) = run(&wish, dir.path()).await;
    assert!(said.contains("hears over HTTP, and stays so"), "{said}");
    assert_eq!(fake.manifest(&app_id).unwrap(), manifest);
}

#[tokio::test]
async fn a_configuration_token_that_has_expired_is_told_as_such() {
    let (fake, ..) = workspace();
    let dir = dir();
    let mut wish = wish(&fake, dir.path(), vec![wanted("bullpen", "Bullpen", Way::Socket)]);
    wish.configuration_token = Some(secret("xoxe.xoxp-1-of-yesterday"));
    let says = run(&wish, dir.path()).await.0.unwrap_err();
    assert!(says.contains("SLACK_CONFIG_TOKEN") && says.contains("12 hours"), "{says}");
    assert!(!says.contains("of-yesterday"), "a token is never shown: {says}");
}

#[tokio::test]
async fn personas_with_apps_of_their_own_join_too() {
    let (fake, ..) = workspace();
    let dir = dir();
    let shared = fake.app(AppPlan::with_everything("bullpen"));
    let cmo = fake.app(AppPlan::with_everything("cmo"));
    let wish = standing(&fake, dir.path(), &[("bullpen", &shared), ("cmo", &cmo)]);
    let (ending, said) = run(&wish, dir.path()).await;
    assert_eq!(ending, Ok(Ending::Ready), "{said}");
    for channel in ["all-hands", "decisions"] {
        assert!(fake.members(&fake.channel(channel)).contains(&cmo.bot_user), "cmo is in #{channel}");
    }
    let before = writes(&fake);
    run(&wish, dir.path()).await.0.unwrap();
    assert_eq!(writes(&fake), before);
}

#[tokio::test]
async fn what_people_did_stays() {
    let (fake, ann, ben) = workspace();
    let dir = dir();
    let shared = fake.app(AppPlan::with_everything("bullpen"));
    let wish = standing(&fake, dir.path(), &[("bullpen", &shared)]);
    run(&wish, dir.path()).await.0.unwrap();
    let (all_hands, decisions) = (fake.channel("all-hands"), fake.channel("decisions"));
    fake.leave(&ann, &all_hands);
    fake.leave(&ben, &all_hands);
    fake.rename(&decisions, "rulings");
    let before = writes(&fake);
    let (ending, said) = run(&wish, dir.path()).await;
    assert_eq!(ending, Ok(Ending::Ready), "{said}");
    assert_eq!(writes(&fake), before, "nobody is asked back, and no second channel is made");
}

#[tokio::test]
async fn people_who_are_linked_later_are_invited_then() {
    let (fake, ann, _) = workspace();
    let dir = dir();
    let shared = fake.app(AppPlan::with_everything("bullpen"));
    let mut wish = standing(&fake, dir.path(), &[("bullpen", &shared)]);
    let people = std::mem::take(&mut wish.plan.people);
    let (ending, said) = run(&wish, dir.path()).await;
    assert_eq!(ending, Ok(Ending::Waiting));
    assert!(said.contains("Nobody in bullpen.yaml is linked"), "{said}");
    wish.plan.people = people;
    run(&wish, dir.path()).await.0.unwrap();
    assert!(fake.members(&fake.channel("all-hands")).contains(&ann));
}

#[tokio::test]
async fn names_that_are_taken_are_told_with_what_to_click() {
    let (fake, ..) = workspace();
    let dir = dir();
    let shared = fake.app(AppPlan::with_everything("bullpen"));
    fake.private_channel("decisions");
    let all_hands = fake.channel("all-hands");
    fake.archive(&all_hands);
    let mut wish = standing(&fake, dir.path(), &[("bullpen", &shared)]);
    let (ending, said) = run(&wish, dir.path()).await;
    assert_eq!(ending, Ok(Ending::Waiting));
    assert!(said.contains("#decisions is taken by a private"), "{said}");
    assert!(said.contains("#all-hands is archived") && said.contains("Unarchive"), "{said}");

    wish.channel_prefix = "bp-".into();
    let (ending, said) = run(&wish, dir.path()).await;
    assert_eq!(ending, Ok(Ending::Ready), "{said}");
    assert_eq!(fake.topic(&fake.channel("bp-decisions")).unwrap().0, "What was decided.");
}

#[tokio::test]
async fn a_channel_that_is_there_is_joined_and_nobody_is_invited_to_it() {
    let (fake, ann, _) = workspace();
    let dir = dir();
    let shared = fake.app(AppPlan::with_everything("bullpen"));
    let all_hands = fake.channel("all-hands");
    let wish = standing(&fake, dir.path(), &[("bullpen", &shared)]);
    run(&wish, dir.path()).await.0.unwrap();
    assert!(fake.members(&all_hands).contains(&shared.bot_user));
    assert!(!fake.members(&all_hands).contains(&ann), "it is other people's channel");
}

#[tokio::test]
async fn missing_scopes_and_unknown_people_are_sentences_and_no_errors() {
    let (fake, ..) = workspace();
    let dir = dir();
    let poor = AppPlan::with_everything("bullpen").without_scopes(&["channels:manage", "usergroups:read"]);
    let shared = fake.app(poor);
    let mut wish = standing(&fake, dir.path(), &[("bullpen", &shared)]);
    wish.plan.people.push(Listed { name: "cleo".into(), id: None, email: Some("cleo@example.com".into()) });
    wish.plan.people.push(Listed { name: "dan".into(), id: Some("@dan".into()), email: None });
    wish.plan.people.push(Listed { name: "eve".into(), id: Some("U0NOBODY".into()), email: None });
    let (ending, said) = run(&wish, dir.path()).await;
    assert_eq!(ending, Ok(Ending::Waiting));
    assert!(said.contains("cannot make the channel #all-hands") && said.contains("missing_scope"), "{said}");
    assert!(said.contains("cannot list user groups"), "{said}");
    assert!(said.contains("cleo's address cleo@example.com"), "{said}");
    assert!(said.contains("`slack: @dan` of dan") && said.contains("Copy member ID"), "{said}");
    assert!(said.contains("`slack: U0NOBODY` of eve"), "{said}");
}

#[tokio::test]
async fn a_slack_that_is_not_there_is_an_error() {
    let (fake, ..) = workspace();
    let dir = dir();
    let shared = fake.app(AppPlan::with_everything("bullpen"));
    let mut wish = standing(&fake, dir.path(), &[("bullpen", &shared)]);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    wish.api_url = format!("http://{free}/api");
    let says = run(&wish, dir.path()).await.0.unwrap_err();
    assert!(says.contains("cannot be reached"), "{says}");
}

#[tokio::test]
async fn the_poster_provisions_and_changes_nothing_the_next_time() {
    let world = World::quiet(&["cmo"]).await;
    let ann = world.member("ann");
    world.member("ben");
    world.fake.group("content-manager", &[]);
    let poster = world.slack.poster();
    let provisioned = poster.provision(&plan()).await.unwrap();
    assert_eq!(provisioned.missing, Vec::<String>::new());
    let decisions = world.fake.channel("decisions");
    assert_eq!(provisioned.channels["decisions"], decisions);
    assert!(world.fake.members(&decisions).contains(&ann));
    assert!(world.fake.members(&decisions).contains(&world.keys["cmo"].bot_user));
    let before = writes(&world.fake);
    assert_eq!(poster.provision(&plan()).await.unwrap(), provisioned);
    assert_eq!(writes(&world.fake), before);
}
