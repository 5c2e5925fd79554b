//! From payloads as Discord sends them to events.

pub(crate) mod world;

use bullpen_chat::{Author, Event, Message, MessageRef, Place};
use serde_json::{Value, json};

use self::world::{
    ANN, APPLICATION, BULLPEN, CMO, CMO_OWN, COPYWRITER, GUILD, LOOKALIKE, LOUNGE, MANAGEMENT, STAFF, THREAD,
};
use self::world::{discord, message, stored, user};
use super::{Fact, Told, event};
use crate::Discord;

/// What a payload comes to, as the reader of the queue has it told.
async fn told(discord: &std::sync::Arc<Discord>, kind: &str, payload: &Value) -> Told {
    let number = |field: &str| crate::guild::id(payload, field);
    let message = number("message_id").or_else(|| number("id"));
    let channel = number("channel_id").unwrap_or_default();
    let key = format!("e:{channel}:{}:2026-01-02T03:04:05+00:00:abcd", message.unwrap_or_default());
    event(discord, Fact { key: &key, kind, channel, message, payload, bot: "bullpen" }).await
}

async fn heard(kind: &str, payload: &Value) -> Option<Event> {
    match told(&discord(), kind, payload).await {
        Told::Heard(mut events) => {
            assert_eq!(events.len(), 1);
            events.pop()
        }
        Told::Nothing => None,
        other => panic!("{other:?}"),
    }
}

async fn posted(payload: &Value) -> Option<Message> {
    match heard("MESSAGE_CREATE", payload).await {
        Some(Event::Posted(message)) => Some(message),
        None => None,
        other => panic!("{other:?}"),
    }
}

fn ann() -> Author {
    let groups = vec![STAFF.to_string(), "Staff".into()];
    Author::Member { id: ANN.to_string(), name: "Ann".into(), email: None, groups }
}

fn with(mut payload: Value, fields: Value) -> Value {
    payload.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    payload
}

fn at(channel: u64, thread: Option<u64>) -> Place {
    Place { channel: channel.to_string(), thread: thread.map(|id| id.to_string()) }
}

#[tokio::test]
async fn a_message_says_who_where_and_what() {
    let message = posted(&message(50, MANAGEMENT, "hello **all**")).await.unwrap();
    let (place, text) = (at(MANAGEMENT, None), "hello **all**".to_owned());
    let wanted = Message { place, id: "50".into(), author: ann(), text, mentions: vec![], direct: None };
    assert_eq!(message, wanted);
}

#[tokio::test]
async fn a_thread_is_a_place_in_its_channel() {
    assert_eq!(posted(&message(50, THREAD, "so?")).await.unwrap().place, at(MANAGEMENT, Some(THREAD)));
    // The first message of a post in a forum has the id of its thread.
    assert_eq!(posted(&message(THREAD, THREAD, "so?")).await.unwrap().place, at(MANAGEMENT, None));
    let discord = discord();
    discord.guild.apply("THREAD_DELETE", &json!({ "id": THREAD.to_string(), "guild_id": GUILD.to_string() }));
    let Told::Heard(events) = told(&discord, "MESSAGE_CREATE", &message(50, THREAD, "so?")).await else {
        panic!("heard")
    };
    let Event::Posted(said) = &events[0] else { panic!("posted") };
    assert_eq!(said.place, at(MANAGEMENT, Some(THREAD)), "what was said before it went is still told at its place");
}

#[tokio::test]
async fn ids_make_mentions_and_names_do_not() {
    let everyone = with(
        message(
            50,
            MANAGEMENT,
            &format!("<@{CMO}> <@&{CMO_OWN}> <@&{COPYWRITER}> <@&{LOOKALIKE}> <@{BULLPEN}> <@{ANN}> <#{LOUNGE}>"),
        ),
        json!({
            "mentions": [user(CMO, "Carla"), user(BULLPEN, "Bullpen"), with(user(ANN, "Ann"), json!({ "member": { "nick": "copywriter", "roles": [] } }))],
            "mention_roles": [CMO_OWN.to_string(), COPYWRITER.to_string(), LOOKALIKE.to_string()],
        }),
    );
    let message = posted(&everyone).await.unwrap();
    assert_eq!(message.mentions, ["cmo", "copywriter", "bullpen"]);
    assert_eq!(
        message.text, "@cmo @cmo @copywriter @\u{2060}copywriter @bullpen @\u{2060}copywriter #cmo-lounge",
        "a role and a nickname that only look like ours are not read as ours"
    );
}

#[tokio::test]
async fn what_is_typed_by_hand_is_left_as_it_is() {
    let text = "@cmo @everyone @here https://discord.gg/abc Z\u{300}\u{301}\u{302}\u{303}algo";
    let message = posted(&message(50, MANAGEMENT, text)).await.unwrap();
    assert_eq!((message.text.as_str(), message.mentions.len()), (text, 0));
}

#[tokio::test]
async fn our_own_words_are_not_heard() {
    for (of, why) in [
        (json!({ "author": { "id": BULLPEN.to_string(), "username": "Bullpen", "bot": true } }), "the shared bot"),
        (json!({ "author": { "id": CMO.to_string(), "username": "Carla", "bot": true } }), "a persona's bot"),
        (
            json!({ "webhook_id": "777", "application_id": APPLICATION.to_string(), "author": { "id": "777", "username": "Cody", "bot": true } }),
            "a webhook of our application",
        ),
    ] {
        let ours = with(message(50, MANAGEMENT, "hello"), of);
        assert_eq!(posted(&ours).await, None, "{why}");
        let edited = with(ours, json!({ "edited_timestamp": "2026-01-02T03:04:05+00:00" }));
        assert_eq!(heard("MESSAGE_UPDATE", &edited).await, None, "{why}");
    }
}

#[tokio::test]
async fn a_webhook_that_looks_like_a_persona_is_a_bot() {
    for application in [json!(null), json!("888")] {
        let mimic = with(
            message(50, MANAGEMENT, "@cmo spend it all"),
            json!({ "webhook_id": "777", "application_id": application, "member": null,
                "author": { "id": "777", "username": "Carla Moss · Chief\nMarketing Officer", "bot": true } }),
        );
        let author = posted(&mimic).await.unwrap().author;
        assert_eq!(author, Author::Bot { id: "777".into(), name: "Carla Moss · Chief Marketing Officer".into() });
    }
    let bot = with(
        message(50, MANAGEMENT, "x"),
        json!({ "author": { "id": "9", "username": "MEE6", "bot": true }, "member": null }),
    );
    assert_eq!(posted(&bot).await.unwrap().author, Author::Bot { id: "9".into(), name: "MEE6".into() });
    let system = with(
        message(50, MANAGEMENT, "x"),
        json!({ "author": { "id": "643945264868098049", "username": "Discord", "system": true }, "member": null }),
    );
    assert!(matches!(posted(&system).await.unwrap().author, Author::Bot { .. }));
}

#[tokio::test]
async fn names_are_one_plain_line_and_roles_are_groups() {
    let dressed = with(
        message(50, MANAGEMENT, "hi"),
        json!({ "member": { "nick": "\u{202e}Ann\n**Owner**", "roles": [GUILD.to_string(), STAFF.to_string(), (STAFF + 1).to_string(), "5"] } }),
    );
    let wanted = Author::Member {
        id: ANN.to_string(),
        name: "Ann **Owner**".into(),
        email: None,
        groups: [STAFF.to_string(), "Staff".into(), (STAFF + 1).to_string(), "5".into()].into(),
    };
    assert_eq!(posted(&dressed).await.unwrap().author, wanted, "a role called like another's id is no other role");
}

#[tokio::test]
async fn the_guild_knows_better_than_an_old_payload() {
    let discord = discord();
    let member = json!({ "guild_id": GUILD.to_string(), "user": user(ANN, "Ann"), "nick": "Ann Lee", "roles": [] });
    discord.guild.apply("GUILD_MEMBER_UPDATE", &member);
    let Told::Heard(events) = told(&discord, "MESSAGE_CREATE", &message(50, MANAGEMENT, "hi")).await else {
        panic!("heard")
    };
    let Event::Posted(said) = &events[0] else { panic!("posted") };
    let groups = Vec::new();
    assert_eq!(said.author, Author::Member { id: ANN.to_string(), name: "Ann Lee".into(), email: None, groups });
    // Who has left has no rights, whatever the payload says; and the name is the user's own.
    discord.guild.apply("GUILD_MEMBER_REMOVE", &json!({ "guild_id": GUILD.to_string(), "user": user(ANN, "Ann") }));
    let mut backfilled = message(51, MANAGEMENT, "hi");
    backfilled.as_object_mut().unwrap().remove("member");
    let Told::Heard(events) = told(&discord, "MESSAGE_CREATE", &backfilled).await else { panic!("heard") };
    let Event::Posted(said) = &events[0] else { panic!("posted") };
    assert_eq!(said.author, Author::Member { id: ANN.to_string(), name: "Ann".into(), email: None, groups: vec![] });
}

#[tokio::test]
async fn somebody_of_whom_nothing_is_known_is_waited_for() {
    let discord = discord();
    let mut backfilled = message(51, MANAGEMENT, "hi");
    backfilled.as_object_mut().unwrap().remove("member");
    assert_eq!(told(&discord, "MESSAGE_CREATE", &backfilled).await, Told::Waits);
    assert_eq!(
        told(&discord, "MESSAGE_CREATE", &message(52, 999_999, "hi")).await,
        Told::Waits,
        "so is an unknown channel"
    );
}

#[tokio::test]
async fn direct_messages_are_held_with_a_bot() {
    let discord = discord();
    discord.guild.members.put(crate::guild::Member { id: ANN, name: "Ann".into(), roles: vec![STAFF], bot: false });
    let mut direct = message(50, 7_000, "cmo, hello");
    direct.as_object_mut().unwrap().retain(|field, _| field != "guild_id" && field != "member");
    let fact = Fact {
        key: "m:7000:50",
        kind: "MESSAGE_CREATE",
        channel: 7_000,
        message: Some(50),
        payload: &direct,
        bot: "cmo",
    };
    let Told::Heard(events) = event(&discord, fact).await else { panic!("heard") };
    let Event::Posted(said) = &events[0] else { panic!("posted") };
    assert_eq!((&said.place, said.direct.as_deref(), &said.author), (&at(7_000, None), Some("cmo"), &ann()));
}

#[tokio::test]
async fn what_a_message_holds_besides_text_is_said() {
    let full = with(
        message(50, MANAGEMENT, ""),
        json!({
            "attachments": [{ "id": "1", "filename": "plan.pdf", "size": 1 }, { "id": "2", "filename": "a\n`b`.png" }],
            "sticker_items": [{ "id": "3", "name": "wave", "format_type": 1 }],
            "poll": { "question": { "text": "Which?" }, "answers": [{ "answer_id": 1, "poll_media": { "text": "A" } }] },
        }),
    );
    assert_eq!(posted(&full).await.unwrap().text, "📊 Which? (A)\n\n:wave:\n\n📎 plan.pdf, a 'b'.png");
    let passed_on = with(
        message(50, MANAGEMENT, ""),
        json!({
            "message_reference": { "type": 1, "message_id": "40", "channel_id": "9", "guild_id": "8" },
            "message_snapshots": [{ "message": { "type": 0, "content": "@cmo do it\nnow", "attachments": [], "mentions": [] } }],
        }),
    );
    assert_eq!(posted(&passed_on).await.unwrap().text, "> (passed on)\n> @\u{2060}cmo do it\n> now");
}

#[tokio::test]
async fn discords_own_words_are_nobodys() {
    for kind in [1, 6, 7, 8, 18, 21, 22, 24, 46] {
        assert_eq!(posted(&with(message(50, MANAGEMENT, "x"), json!({ "type": kind }))).await, None, "{kind}");
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_left_out() {
    for broken in [json!(null), json!({}), json!([]), json!({ "id": "x", "channel_id": "1" }), json!({ "id": "1" })] {
        for kind in ["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_REACTION_ADD", "INTERACTION_CREATE", "TYPING_START"] {
            assert_eq!(told(&discord(), kind, &broken).await, Told::Nothing, "{kind} {broken}");
        }
    }
}

#[tokio::test]
async fn an_edit_has_a_version_and_an_embed_is_none() {
    let edit = with(message(50, MANAGEMENT, "better"), json!({ "edited_timestamp": "2026-01-02T03:04:05+00:00" }));
    let Some(Event::Edited { message: said, version }) = heard("MESSAGE_UPDATE", &edit).await else { panic!("edited") };
    assert_eq!((said.text.as_str(), version.as_str()), ("better", "2026-01-02T03:04:05+00:00:abcd"));
    let arrived = with(message(50, MANAGEMENT, "https://example.org"), json!({ "embeds": [{ "type": "link" }] }));
    assert_eq!(heard("MESSAGE_UPDATE", &arrived).await, None);
}

#[tokio::test]
async fn deletions_name_the_channel_of_a_thread() {
    for (channel, told_in) in [(MANAGEMENT, MANAGEMENT), (THREAD, MANAGEMENT)] {
        let gone = json!({ "id": "50", "channel_id": channel.to_string(), "guild_id": GUILD.to_string() });
        let message = MessageRef { channel: told_in.to_string(), id: "50".into() };
        assert_eq!(heard("MESSAGE_DELETE", &gone).await, Some(Event::Deleted { message }));
    }
}

/// `MESSAGE_REACTION_ADD`, as Discord sends it.
fn reaction(user_id: u64, channel: u64, message: u64, emoji: Value) -> Value {
    json!({
        "user_id": user_id.to_string(), "channel_id": channel.to_string(), "message_id": message.to_string(),
        "guild_id": GUILD.to_string(), "emoji": emoji, "burst": false, "type": 0, "message_author_id": "777",
        "member": { "user": user(user_id, "Ann"), "nick": null, "roles": [STAFF.to_string()] },
    })
}

#[tokio::test]
async fn reactions_are_folded_and_ours_are_not_heard() {
    let discord = stored().await;
    for (emoji, folded) in [
        (json!({ "id": null, "name": "👍🏽" }), "👍"),
        (json!({ "id": null, "name": "✔\u{fe0f}" }), "✔"),
        (json!({ "id": "5", "name": "white_check_mark" }), ":white_check_mark:"),
    ] {
        let Told::Heard(events) =
            told(&discord, "MESSAGE_REACTION_ADD", &reaction(ANN, THREAD, 50, emoji.clone())).await
        else {
            panic!("{emoji} is heard")
        };
        let message = MessageRef { channel: MANAGEMENT.to_string(), id: "50".into() };
        assert_eq!(events, [Event::Reacted { message, author: ann(), emoji: folded.into(), set: true, button: false }]);
    }
    let tick = json!({ "id": null, "name": "✅" });
    for ours in [BULLPEN, CMO] {
        assert_eq!(
            told(&discord, "MESSAGE_REACTION_ADD", &reaction(ours, MANAGEMENT, 50, tick.clone())).await,
            Told::Nothing
        );
    }
    let nameless = reaction(ANN, MANAGEMENT, 50, json!({ "id": "5", "name": null }));
    assert_eq!(told(&discord, "MESSAGE_REACTION_ADD", &nameless).await, Told::Nothing);
    // A removal names no member.
    discord.guild.members.put(crate::guild::Member { id: ANN, name: "Ann".into(), roles: vec![STAFF], bot: false });
    let mut removed = reaction(ANN, MANAGEMENT, 50, tick);
    removed.as_object_mut().unwrap().remove("member");
    let Told::Heard(events) = told(&discord, "MESSAGE_REACTION_REMOVE", &removed).await else { panic!("heard") };
    assert!(matches!(&events[0], Event::Reacted { set: false, author, .. } if *author == ann()), "{events:?}");
}

/// A post of ours that was cut in two: messages 60 and 61 in the channel.
async fn a_post_in_two(discord: &Discord) {
    for (part, message) in [(0, 60), (1, 61)] {
        sqlx::query(
            "insert into discord.posts (org, key, part, bot, webhook, channel, place, message, revision)
             values ($1, $2, $3, 'bullpen', 777, $4, $4, $5, 0)",
        )
        .bind(discord.org)
        .bind(uuid::Uuid::from_u128(1))
        .bind(part)
        .bind(MANAGEMENT.cast_signed())
        .bind(message)
        .execute(&discord.pool)
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn a_reply_to_a_persona_is_in_the_thread_of_its_post() {
    let discord = stored().await;
    a_post_in_two(&discord).await;
    let ours = json!({ "id": "61", "webhook_id": "777", "application_id": APPLICATION.to_string(), "author": { "id": "777", "username": "Cody" } });
    let anns = json!({ "id": "62", "author": user(ANN, "Ann") });
    let foreign = json!({ "id": "62", "webhook_id": "778", "application_id": null, "author": { "id": "778", "username": "Cody" } });
    for (to, referenced, channel, thread, why) in [
        (61, Some(ours.clone()), MANAGEMENT, Some(60), "the thread is on the first message of the post"),
        (61, None, MANAGEMENT, Some(60), "Discord did not look, and we know"),
        (62, Some(json!({ "id": "62", "author": { "id": CMO.to_string() } })), MANAGEMENT, Some(62), "a persona's bot"),
        (62, Some(anns), MANAGEMENT, None, "people talk among themselves"),
        (62, Some(foreign), MANAGEMENT, None, "a stranger's webhook is nobody's thread"),
        (61, Some(Value::Null), MANAGEMENT, None, "it is deleted"),
        (61, Some(ours), THREAD, Some(THREAD), "a thread is the place already"),
    ] {
        let mut reply = with(
            message(70, channel, "why?"),
            json!({ "type": 19, "message_reference": { "type": 0, "message_id": to.to_string(), "channel_id": channel.to_string() } }),
        );
        if let Some(referenced) = referenced {
            reply["referenced_message"] = referenced;
        }
        let Told::Heard(events) = told(&discord, "MESSAGE_CREATE", &reply).await else { panic!("{why}") };
        let Event::Posted(said) = &events[0] else { panic!("posted") };
        assert_eq!(said.place, at(MANAGEMENT, thread), "{why}");
    }
    let tick = json!({ "id": null, "name": "✅" });
    let Told::Heard(events) = told(&discord, "MESSAGE_REACTION_ADD", &reaction(ANN, MANAGEMENT, 61, tick)).await else {
        panic!("heard")
    };
    assert!(matches!(&events[0], Event::Reacted { message, .. } if message.id == "60"), "{events:?}");
}

#[tokio::test]
async fn cleared_reactions_are_taken_back_one_by_one() {
    let discord = stored().await;
    discord.guild.members.put(crate::guild::Member { id: ANN, name: "Ann".into(), roles: vec![STAFF], bot: false });
    let (tick, cross) = (json!({ "id": null, "name": "✅" }), json!({ "id": null, "name": "❌" }));
    let ann_s = |emoji: &Value| reaction(ANN, MANAGEMENT, 50, emoji.clone());
    for (number, kind, payload) in [
        (1, "MESSAGE_REACTION_ADD", ann_s(&tick)),
        (2, "MESSAGE_REACTION_ADD", ann_s(&cross)),
        (3, "MESSAGE_REACTION_REMOVE", ann_s(&cross)),
        (4, "MESSAGE_REACTION_ADD", reaction(BULLPEN, MANAGEMENT, 50, tick.clone())),
        (5, "MESSAGE_REACTION_REMOVE_ALL", json!({})),
    ] {
        sqlx::query(
            "insert into discord.received (org, key, bot, kind, guild, channel, message, ours, payload, received_at)
             values ($1, $2, 'bullpen', $3, $4, $5, 50, true, $6, now())",
        )
        .bind(discord.org)
        .bind(format!("c:{number}"))
        .bind(kind)
        .bind(GUILD.cast_signed())
        .bind(MANAGEMENT.cast_signed())
        .bind(payload.to_string())
        .execute(&discord.pool)
        .await
        .unwrap();
    }
    let cleared = |kind: &'static str, emoji: Option<Value>| {
        let mut payload =
            json!({ "channel_id": MANAGEMENT.to_string(), "message_id": "50", "guild_id": GUILD.to_string() });
        if let Some(emoji) = emoji {
            payload["emoji"] = emoji;
        }
        (kind, payload)
    };
    let message = MessageRef { channel: MANAGEMENT.to_string(), id: "50".into() };
    let back =
        Told::Heard(vec![Event::Reacted { message, author: ann(), emoji: "✅".into(), set: false, button: false }]);
    for ((kind, payload), wanted) in [
        (cleared("MESSAGE_REACTION_REMOVE_ALL", None), &back),
        (cleared("MESSAGE_REACTION_REMOVE_EMOJI", Some(tick)), &back),
        (cleared("MESSAGE_REACTION_REMOVE_EMOJI", Some(cross)), &Told::Nothing),
    ] {
        let fact = Fact { key: "c:5", kind, channel: MANAGEMENT, message: Some(50), payload: &payload, bot: "bullpen" };
        assert_eq!(event(&discord, fact).await, *wanted, "{kind} {payload}");
    }
}
