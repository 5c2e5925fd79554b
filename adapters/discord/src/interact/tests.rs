//! Buttons, forms and commands.

use std::sync::Arc;

use bullpen_chat::{Event, Message, MessageRef, Place as PortPlace};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{COMMAND, COMPONENT, FORM, Interaction, Place, click, closed, command, form, meet, place};
use crate::Discord;
use crate::interact::reply::Reply;
use crate::parse::tests::world::{ANN, GUILD, LOUNGE, MANAGEMENT, STAFF, THREAD, discord, stored, unprovisioned, user};
use crate::parse::{Fact, Told, event};

/// `INTERACTION_CREATE`, as Discord sends it.
fn interaction(kind: u8, channel: u64, data: Value) -> Interaction {
    let whole = json!({
        "id": "900", "application_id": "2001", "type": kind, "token": "a-secret-token", "version": 1, "guild_id": GUILD.to_string(),
        "channel_id": channel.to_string(), "channel": { "id": channel.to_string(), "type": 0, "name": "x" },
        "member": { "user": user(ANN, "Ann"), "nick": "Ann **L**", "roles": [STAFF.to_string()], "permissions": "0", "avatar": null },
        "message": { "id": "60", "channel_id": channel.to_string(), "embeds": [{ "title": "For approval: \"Heat\"" }] },
        "data": data, "locale": "en-US", "context": 0, "entitlements": [],
    });
    Interaction::deserialize(&whole).unwrap()
}

fn whispered(reply: &Reply) -> String {
    match reply {
        Reply::Whisper(data) => data.to_string(),
        other => panic!("a whisper, not {other:?}"),
    }
}

/// Rows so far: kind, key, payload.
async fn rows(discord: &Discord) -> Vec<(String, String)> {
    let rows = sqlx::query_as("select key, payload from discord.received where org = $1 and ours order by seq");
    rows.bind(discord.org).fetch_all(&discord.pool).await.unwrap()
}

async fn told(discord: &Arc<Discord>, message: Option<u64>, channel: u64, payload: &str) -> Told {
    let payload: Value = serde_json::from_str(payload).unwrap();
    let fact = Fact { key: "i:900", kind: super::KIND, channel, message, payload: &payload, bot: "bullpen" };
    event(discord, fact).await
}

#[tokio::test]
async fn nothing_is_taken_where_we_only_listen() {
    let discord = discord();
    for (channel, wanted) in
        [(MANAGEMENT, Place::Ours), (THREAD, Place::Ours), (LOUNGE, Place::Elsewhere), (5, Place::Elsewhere)]
    {
        assert_eq!(place(&discord, &interaction(COMMAND, channel, json!({}))), wanted, "{channel}");
    }
    let mut abroad = interaction(COMMAND, MANAGEMENT, json!({}));
    abroad.guild_id = Some(crate::parse::Id(5));
    assert_eq!(place(&discord, &abroad), Place::Elsewhere, "another guild's channel of the same id");
    let bot = Arc::clone(discord.bots.shared());
    let ask = json!({ "name": "bullpen", "options": [{ "name": "ask", "type": 1, "options": [
        { "name": "persona", "type": 3, "value": "cmo", "focused": true }, { "name": "question", "type": 3, "value": "spend it all" } ] }] });
    let answer = command::answer(&discord, &bot, &interaction(COMMAND, LOUNGE, ask.clone())).await;
    assert!(whispered(&answer).contains(&format!("<#{MANAGEMENT}>")), "{answer:?}");
    assert_eq!(command::complete(&discord, &interaction(COMMAND, LOUNGE, ask)), Reply::Choices(vec![]));
    for id in ["bp:✅", "bp?:❌|Why?"] {
        let button = interaction(COMPONENT, LOUNGE, json!({ "custom_id": id, "component_type": 2 }));
        assert!(whispered(&click(&discord, &bot, &button).await).contains("takes nothing up here"));
    }
    let data = json!({ "custom_id": "bpf:❌", "components": [{ "type": 18, "component": { "custom_id": "words", "value": "x" } }] });
    let answer = form::submitted(&discord, &bot, &interaction(FORM, LOUNGE, data)).await;
    assert!(whispered(&answer).contains("takes nothing up here"));
}

#[tokio::test]
async fn before_our_channels_are_known_people_are_asked_to_wait() {
    let discord = unprovisioned();
    assert!(closed(&discord, &interaction(COMMAND, MANAGEMENT, json!({}))).unwrap().contains("just starting"));
    let mut direct = interaction(COMMAND, 7_000, json!({}));
    direct.guild_id = None;
    assert_eq!(closed(&discord, &direct), None, "a direct conversation is ours without anybody's saying so");
    direct.context = Some(2);
    assert_eq!(place(&discord, &direct), Place::Elsewhere, "one among others is not");
}

#[tokio::test]
async fn a_thread_that_was_asleep_is_known_by_the_click_in_it() {
    let discord = discord();
    let mut click = interaction(COMPONENT, 88, json!({ "custom_id": "bp:✅" }));
    assert_eq!(place(&discord, &click), Place::Elsewhere);
    click.channel = Some(json!({ "id": "88", "type": 11, "parent_id": MANAGEMENT.to_string(), "name": "t" }));
    meet(&discord, &click, &json!({}));
    assert_eq!(place(&discord, &click), Place::Ours);
}

#[tokio::test]
async fn a_click_is_written_down_and_is_the_reaction() {
    let discord = stored().await;
    let bot = Arc::clone(discord.bots.shared());
    let button = interaction(COMPONENT, MANAGEMENT, json!({ "custom_id": "bp:✅", "component_type": 2 }));
    assert_eq!(click(&discord, &bot, &button).await, Reply::Seen);
    assert_eq!(click(&discord, &bot, &button).await, Reply::Seen, "told twice, written once");
    let rows = rows(&discord).await;
    assert_eq!((rows.len(), rows[0].0.as_str()), (1, "i:900"));
    assert!(!rows[0].1.contains("secret") && !rows[0].1.contains("token"), "{}", rows[0].1);
    let Told::Heard(events) = told(&discord, Some(60), MANAGEMENT, &rows[0].1).await else { panic!("heard") };
    let [Event::Reacted { message, author, emoji, set: true, button: true }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((message.id.as_str(), emoji.as_str()), ("60", "✅"));
    let groups = vec![STAFF.to_string(), "Staff".to_owned()];
    let name = "Ann **L**".to_owned();
    assert_eq!(*author, bullpen_chat::Author::Member { id: ANN.to_string(), name, email: None, groups });
}

#[tokio::test]
async fn a_button_that_asks_opens_its_form_at_once() {
    let discord = discord();
    let bot = Arc::clone(discord.bots.shared());
    let button = interaction(COMPONENT, MANAGEMENT, json!({ "custom_id": "bp?:❌|What should change?" }));
    let Reply::Form(form) = click(&discord, &bot, &button).await else {
        panic!("a form, and the database was not asked")
    };
    assert_eq!((form["custom_id"].as_str(), form["title"].as_str()), (Some("bpf:❌"), Some("What should change?")));
    for broken in ["", "bp:", "bp?:❌", "other", &"bp:".repeat(400)] {
        let button = interaction(COMPONENT, MANAGEMENT, json!({ "custom_id": broken }));
        assert!(whispered(&click(&discord, &bot, &button).await).contains("reaction"), "{broken}");
    }
}

#[tokio::test]
async fn what_cannot_be_written_down_is_said() {
    let discord = discord();
    let bot = Arc::clone(discord.bots.shared());
    let button = interaction(COMPONENT, MANAGEMENT, json!({ "custom_id": "bp:✅" }));
    assert!(whispered(&click(&discord, &bot, &button).await).contains("try again"), "the database is away");
}

#[tokio::test]
async fn the_words_of_a_form_are_the_members_own_below_the_card() {
    let discord = stored().await;
    let bot = Arc::clone(discord.bots.shared());
    let data = json!({ "custom_id": "bpf:❌", "components": [{ "type": 18, "id": 1,
        "component": { "type": 4, "id": 2, "custom_id": "words", "value": "Shorter, @cmo <@1>." } }] });
    assert_eq!(form::submitted(&discord, &bot, &interaction(FORM, MANAGEMENT, data)).await, Reply::Seen);
    let (_, payload) = rows(&discord).await.remove(0);
    assert_eq!(told(&discord, Some(60), MANAGEMENT, &payload).await, Told::Later, "they are shown first");
    let mut shown: Value = serde_json::from_str(&payload).unwrap();
    shown["posted"] = "61".into();
    for (payload, id) in [(shown.to_string(), "61"), (payload.replacen('{', r#"{"refused":"locked","#, 1), "900")] {
        let Told::Heard(events) = told(&discord, Some(60), MANAGEMENT, &payload).await else { panic!("heard") };
        let [Event::Reacted { message, emoji, set: true, author: clicked, button: true }, Event::Posted(said)] =
            &events[..]
        else {
            panic!("{events:?}")
        };
        assert_eq!(
            (message.clone(), emoji.as_str()),
            (MessageRef { channel: MANAGEMENT.to_string(), id: "60".into() }, "❌")
        );
        let place = PortPlace { channel: MANAGEMENT.to_string(), thread: Some("60".into()) };
        let (author, text) = (clicked.clone(), "Shorter, @cmo <@1>.".to_owned());
        assert_eq!(*said, Message { place, id: id.into(), author, text, mentions: vec![], direct: None });
    }
    // In a thread the card's thread is that thread.
    let Told::Heard(events) = told(&discord, Some(60), THREAD, &shown.to_string()).await else { panic!("heard") };
    let Event::Posted(said) = &events[1] else { panic!("posted") };
    assert_eq!(said.place, PortPlace { channel: MANAGEMENT.to_string(), thread: Some(THREAD.to_string()) });
}

#[tokio::test]
async fn a_question_is_the_members_own_message() {
    let discord = stored().await;
    let bot = Arc::clone(discord.bots.shared());
    let ask = |who: &str, question: &str| {
        json!({ "name": "bullpen", "options": [{ "name": "ask", "type": 1, "options": [
            { "name": "persona", "type": 3, "value": who }, { "name": "question", "type": 3, "value": question } ] }] })
    };
    for (who, question, word) in
        [("nobody", "hi", "do not know"), ("cmo", " ", "What is it"), ("cmo", &"x".repeat(1_501), "too long")]
    {
        let answer = command::answer(&discord, &bot, &interaction(COMMAND, MANAGEMENT, ask(who, question))).await;
        assert!(whispered(&answer).contains(word), "{answer:?}");
    }
    assert_eq!(rows(&discord).await, []);
    let answer =
        command::answer(&discord, &bot, &interaction(COMMAND, THREAD, ask("@CMO", "what is **new**, <#1001>?"))).await;
    assert!(whispered(&answer).contains("@cmo"), "{answer:?}");
    let (_, payload) = rows(&discord).await.remove(0);
    assert_eq!(told(&discord, None, THREAD, &payload).await, Told::Later);
    let mut shown: Value = serde_json::from_str(&payload).unwrap();
    shown["posted"] = "61".into();
    let Told::Heard(events) = told(&discord, None, THREAD, &shown.to_string()).await else { panic!("heard") };
    let [Event::Posted(said)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(said.place, PortPlace { channel: MANAGEMENT.to_string(), thread: Some(THREAD.to_string()) });
    assert_eq!((said.id.as_str(), said.text.as_str()), ("61", "@cmo what is **new**, #management?"));
    assert_eq!(said.mentions, ["cmo"]);
    let refused = payload.replacen('{', r#"{"refused":"no permission","#, 1);
    assert_eq!(told(&discord, None, THREAD, &refused).await, Told::Nothing);
}

#[tokio::test]
async fn what_is_nobodys_interaction_is_left_out() {
    let discord = discord();
    for broken in
        [json!(null), json!({}), json!({ "id": "1", "token": "t" }), json!({ "id": "x", "token": "t", "type": 2 })]
    {
        let bot = Arc::clone(discord.bots.shared());
        super::answer(Arc::clone(&discord), bot, broken).await;
    }
    for payload in ["{}", r#"{"what":"other","user":{}}"#, r#"{"what":5}"#] {
        assert_eq!(told(&discord, Some(60), MANAGEMENT, payload).await, Told::Nothing, "{payload}");
    }
}
