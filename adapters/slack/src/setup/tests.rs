use std::sync::Mutex;

use secrecy::SecretString;
use url::Url;

use super::*;

fn secret(text: &str) -> Option<SecretString> {
    Some(SecretString::from(text.to_owned()))
}

fn wanted(name: &str, way: Way) -> Wanted {
    Wanted {
        name: name.into(),
        persona: (name != SHARED).then(|| name.into()),
        display: name.to_uppercase(),
        description: "What it is".into(),
        way,
        variables: Variables::of(name),
        known: Known::default(),
    }
}

fn wish(folder: &Path, apps: Vec<Wanted>) -> Wish {
    Wish {
        // Nobody listens there, and nobody is called in these tests.
        api_url: "http://127.0.0.1:9/api".into(),
        channel_prefix: String::new(),
        apps,
        configuration_token: None,
        folder: folder.join("slack"),
        plan: Plan::default(),
    }
}

async fn said(wish: &Wish, folder: &Path) -> (Result<Ending, Error>, Vec<String>) {
    let lines = Mutex::new(Vec::new());
    let mut say = |line: &str| lines.lock().unwrap().push(line.to_owned());
    let ending = run(wish, &EnvFile::new(folder.join(".env")), &mut say).await;
    (ending, lines.into_inner().unwrap())
}

#[test]
fn variables_are_named_after_the_app() {
    assert_eq!(Variables::of(SHARED).bot_token, "SLACK_BOT_TOKEN");
    assert_eq!(Variables::of("content_manager").app_id, "SLACK_CONTENT_MANAGER_APP_ID");
}

#[tokio::test]
async fn without_a_configuration_token_a_person_is_told_every_click() {
    let dir = tempfile::tempdir().unwrap();
    let wish = wish(dir.path(), vec![wanted(SHARED, Way::Socket)]);
    let (ending, lines) = said(&wish, dir.path()).await;
    assert_eq!(ending.unwrap(), Ending::Waiting);
    let folder = dir.path().display().to_string();
    insta::assert_snapshot!(lines.join("\n").replace(&folder, "."));
    let manifest = std::fs::read_to_string(dir.path().join("slack/bullpen.json")).unwrap();
    assert!(manifest.contains("\"socket_mode_enabled\": true"));
}

#[tokio::test]
async fn a_second_run_writes_no_manifest_again() {
    let dir = tempfile::tempdir().unwrap();
    let wish = wish(dir.path(), vec![wanted(SHARED, Way::Socket)]);
    let first = said(&wish, dir.path()).await.1;
    assert!(first[0].starts_with("Written: "), "{first:?}");
    let second = said(&wish, dir.path()).await.1;
    assert_eq!(second, first[1..]);
}

#[tokio::test]
async fn http_needs_a_signing_secret_and_no_app_level_token() {
    let dir = tempfile::tempdir().unwrap();
    let way = Way::Http { public_url: Url::parse("https://bullpen.example").unwrap() };
    let mut cmo = wanted("cmo", way);
    cmo.known = Known { bot_token: secret("xoxb-1"), app_id: Some("A2".into()), ..Known::default() };
    let mut shared = wanted(SHARED, Way::Socket);
    shared.known = Known { bot_token: secret("xoxb-1"), app_token: secret("xapp-1"), ..Known::default() };
    let (_, lines) = said(&wish(dir.path(), vec![shared, cmo]), dir.path()).await;
    let all = lines.join("\n");
    assert!(
        all.contains("SLACK_CMO_SIGNING_SECRET=…") && all.contains("https://api.slack.com/apps/A2/general"),
        "{all}"
    );
    assert!(!all.contains("xapp-") && !all.contains("for the app BULLPEN"), "{all}");
}

async fn refused(change: impl FnOnce(&mut Wish)) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut wish = wish(dir.path(), vec![wanted(SHARED, Way::Socket)]);
    change(&mut wish);
    let (ending, lines) = said(&wish, dir.path()).await;
    assert_eq!(lines, Vec::<String>::new(), "nothing is begun");
    assert!(!dir.path().join("slack").exists(), "nothing is written");
    ending.unwrap_err().to_string()
}

#[tokio::test]
async fn bad_input_is_answered_with_what_to_mend() {
    let says =
        refused(|w| w.apps[0].way = Way::Http { public_url: Url::parse("http://bullpen.example").unwrap() }).await;
    assert!(says.contains("BULLPEN_PUBLIC_URL"), "{says}");
    let says = refused(|w| w.apps[0].known.bot_token = secret("xapp-1")).await;
    assert!(says.contains("SLACK_BOT_TOKEN holds an app-level token"), "{says}");
    let says = refused(|w| w.configuration_token = secret("xoxe-1-refresh")).await;
    assert!(says.contains("SLACK_CONFIG_TOKEN"), "{says}");
    let says = refused(|w| w.apps.push(wanted(SHARED, Way::Socket))).await;
    assert!(says.contains("two Slack apps"), "{says}");
    let says = refused(|w| w.apps.push(wanted("../x", Way::Socket))).await;
    assert!(says.contains("cannot name an app"), "{says}");
    let says = refused(|w| w.apps.clear()).await;
    assert!(says.contains("shared Slack app"), "{says}");
}
