use std::sync::Mutex;

use super::*;

fn wanted(name: &str) -> Wanted {
    let shared = name == config::SHARED;
    Wanted {
        name: name.into(),
        persona: (!shared).then(|| name.into()),
        display: if shared { "Bullpen".into() } else { name.to_uppercase() },
        variable: if shared { TOKEN.into() } else { variable(name) },
        token: None,
    }
}

fn wish(bots: Vec<Wanted>) -> Wish {
    Wish {
        // Nobody listens there, and nobody is called in these tests.
        api_url: "http://127.0.0.1:9/api/v10".into(),
        public_url: None,
        guild: None,
        category: config::CATEGORY.into(),
        bots,
        roles: BTreeMap::new(),
        plan: Plan::default(),
        memory: None,
    }
}

async fn said(wish: &Wish) -> (Result<Ending, Error>, Vec<String>) {
    // Another test may have done it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let lines = Mutex::new(Vec::new());
    let mut say = |line: &str| lines.lock().unwrap().push(line.to_owned());
    let ending = run(wish, &mut say).await;
    (ending, lines.into_inner().unwrap())
}

#[test]
fn variables_are_named_after_the_persona() {
    assert_eq!(variable("content_manager"), "DISCORD_CONTENT_MANAGER_TOKEN");
}

#[test]
fn an_application_has_a_name_that_discord_takes() {
    assert_eq!(application_name("Ada (CMO)"), "Ada (CMO)");
    assert_eq!(application_name("Marta Vale (Director of Communications)"), "Marta Vale");
    assert_eq!(application_name(&"x".repeat(40)).len(), 32);
}

#[tokio::test]
async fn without_a_token_a_person_is_told_every_click() {
    let (ending, lines) = said(&wish(vec![wanted(config::SHARED), wanted("cmo")])).await;
    assert_eq!(ending.unwrap(), Ending::Waiting);
    insta::assert_snapshot!(lines.join("\n"));
}

async fn refused(change: impl FnOnce(&mut Wish)) -> String {
    let mut wish = wish(vec![wanted(config::SHARED)]);
    change(&mut wish);
    let (ending, lines) = said(&wish).await;
    assert_eq!(lines, Vec::<String>::new(), "nothing is begun");
    ending.unwrap_err().to_string()
}

#[tokio::test]
async fn bad_input_is_answered_with_what_to_mend() {
    let says = refused(|wish| wish.bots[0].token = Some("1090123456789012345".to_owned().into())).await;
    assert!(says.contains("DISCORD_TOKEN holds an id") && !says.contains("1090123456789012345"), "{says}");
    let says = refused(|wish| wish.bots.push(wanted(config::SHARED))).await;
    assert!(says.contains("two Discord bots are called bullpen"), "{says}");
    let says = refused(|wish| wish.bots.clear()).await;
    assert!(says.contains("shared Discord bot"), "{says}");
    let says = refused(|wish| wish.bots[0].persona = Some("cmo".into())).await;
    assert!(says.contains("shared Discord bot"), "{says}");
}

#[tokio::test]
async fn a_discord_that_is_not_there_is_an_error() {
    let says = refused(|wish| wish.bots[0].token = Some("a.b.c".to_owned().into())).await;
    assert!(says.contains("cannot be reached"), "{says}");
}
