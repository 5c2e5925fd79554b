//! Cards with their pictures and buttons, and who has reacted to them.

use bullpen_chat::{Action, Author, Card, Field, MessageRef, Picture, Poster as _, Wanted};
use bullpen_discord_fake::permissions;
use uuid::Uuid;

use super::*;

/// A picture of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

fn approval(picture: Option<Picture>) -> Card {
    Card {
        title: "For approval: Why small teams ship more".into(),
        fields: vec![Field { name: "Until".into(), value: "Monday".into() }],
        text: "What would be published.".into(),
        picture,
        actions: vec![
            Action { emoji: "✅".into(), label: "Approve".into(), asks: None },
            Action { emoji: "❌".into(), label: "Reject".into(), asks: Some("Why not?".into()) },
        ],
    }
}

fn picture(world: &World) -> Picture {
    let digest = "ab12cd34ef56ab12cd34ef56".to_owned();
    world.department.pictures.lock().unwrap().insert(digest.clone(), PIXEL.to_vec());
    Picture { digest, media_type: "image/png".into(), alt: "Hands at a typewriter".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_shows_its_picture_and_loses_its_buttons_with_the_decision() {
    let world = quiet(&["cmo"]).await;
    let channel = world.fake.channel("general");
    let picture = picture(&world);
    let poster = world.discord.poster();
    for identity in [marta(), identity("cmo", "Cora", "CMO")] {
        let post = |of: Card| Post { identity: identity.clone(), ..card(&in_channel(channel), of) };
        let open = post(approval(Some(picture.clone())));
        let receipt = poster.post(Uuid::new_v4(), &open).await.unwrap();
        let message = world.fake.message(channel, id(&receipt)).unwrap();
        assert_eq!(message.embeds[0]["title"], "For approval: Why small teams ship more");
        assert_eq!(message.attachments.len(), 1);
        assert_eq!(message.attachments[0].bytes, PIXEL);
        assert_eq!(message.attachments[0].description.as_deref(), Some("Hands at a typewriter"));
        let ids: Vec<&str> = message.components[0]["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|button| button["custom_id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["bp:✅", "bp?:❌|Why not?"]);
        let decided = post(Card { actions: Vec::new(), ..approval(Some(picture.clone())) });
        poster.edit(&receipt.message, 1, &decided).await.unwrap();
        let message = world.fake.message(channel, id(&receipt)).unwrap();
        assert!(message.components.is_empty(), "no stale button stays");
        assert_eq!(message.attachments.len(), 1, "one picture, not two");
        let plain = post(Card { actions: Vec::new(), ..approval(None) });
        poster.edit(&receipt.message, 2, &plain).await.unwrap();
        assert!(world.fake.message(channel, id(&receipt)).unwrap().attachments.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_cannot_be_shown_is_described() {
    let world = quiet(&["cmo"]).await;
    let channel = world.fake.channel("general");
    let poster = world.discord.poster();
    let shown = |receipt: &Receipt| {
        let message = world.fake.message(channel, id(receipt)).unwrap();
        (message.attachments.len(), message.embeds[0]["description"].as_str().unwrap().to_owned())
    };
    let lost = Picture { digest: "00".into(), ..picture(&world) };
    let drawn = Picture { media_type: "image/svg+xml".into(), ..picture(&world) };
    for unseen in [lost, drawn] {
        let receipt = poster.post(Uuid::new_v4(), &card(&in_channel(channel), approval(Some(unseen)))).await.unwrap();
        let (files, words) = shown(&receipt);
        assert!(files == 0 && words.contains("Hands at a typewriter"), "{words}");
    }
    deny(&world, permissions::ATTACH_FILES | permissions::MANAGE_WEBHOOKS);
    let everybody = world.fake.roles().remove(0);
    world.fake.change_role(everybody.id, everybody.permissions & !permissions::ATTACH_FILES, false);
    let elsewhere = world.fake.channel("elsewhere");
    let post = card(&in_channel(elsewhere), approval(Some(picture(&world))));
    poster.post(Uuid::new_v4(), &post).await.unwrap();
    let message = only(&world, elsewhere);
    assert!(message.attachments.is_empty());
    assert!(message.embeds[0]["description"].as_str().unwrap().contains("Hands at a typewriter"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_card_goes_on_in_further_messages() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let long = Card { text: long(5), ..approval(None) };
    let receipt = world.discord.poster().post(Uuid::new_v4(), &card(&in_channel(channel), long)).await.unwrap();
    let messages = world.fake.messages(channel);
    assert!(messages.len() > 1);
    assert_eq!(messages[0].id, id(&receipt));
    let whole: String = messages.iter().map(|m| m.embeds[0]["description"].as_str().unwrap().to_owned()).collect();
    assert!((0..100).all(|n| whole.contains(&format!("Paragraph {n} has"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_are_read_with_who_set_them() {
    let world = quiet(&["cmo"]).await;
    world.provision().await;
    let channel = world.fake.channel("general");
    let role = world.fake.role("Editors", 0);
    let ann = world.fake.user(bullpen_discord_fake::UserPlan::member("ann").nick("Ann Lee").role(role));
    let bot = world.fake.user(bullpen_discord_fake::UserPlan::bot("helper"));
    let poster = world.discord.poster();
    let root = world.fake.say(ann, channel, "a question");
    let post = card(&in_thread(channel, root), approval(None));
    let receipt = poster.post(Uuid::new_v4(), &post).await.unwrap();
    let crowd: Vec<u64> = (0..130).map(|n| world.member(&format!("member {n}"))).collect();
    for user in &crowd {
        world.fake.react(*user, root, id(&receipt), "🎉", true);
    }
    world.fake.react(ann, root, id(&receipt), "✅", true);
    world.fake.react(ann, root, id(&receipt), "👍🏽", true);
    world.fake.react(ann, root, id(&receipt), "👍", true);
    world.fake.react(bot, root, id(&receipt), "✅", true);
    world.fake.react(world.keys["cmo"].user, root, id(&receipt), "✅", true);
    let emoji = ["✅", "👍", "🎉"].map(str::to_owned).to_vec();
    let wanted = Wanted { emoji, by_group: true, ..Wanted::default() };
    // So many are not looked up at once: each look gets further, and says whether somebody may be missing.
    let mut looks = 1;
    let mut reactions = poster.reactions(&receipt.message, &wanted).await.unwrap();
    while !reactions.whole {
        assert!(looks < 10, "it gets further");
        looks += 1;
        reactions = poster.reactions(&receipt.message, &wanted).await.unwrap();
    }
    let reactions = reactions.by;
    let name = |author: &Author| match author {
        Author::Member { name, .. } | Author::Bot { name, .. } => name.clone(),
    };
    assert_eq!(reactions["✅"].iter().map(name).collect::<Vec<_>>(), ["Ann Lee"], "bots do not count");
    assert_eq!(reactions["👍"].len(), 1, "tones of skin are one emoji");
    assert_eq!(reactions["🎉"].len(), 130, "all pages are read");
    match &reactions["✅"][0] {
        Author::Member { id, groups, .. } => {
            assert_eq!(*id, ann.to_string());
            assert!(groups.contains(&role.to_string()), "{groups:?}");
        }
        other => panic!("Ann is a person: {other:?}"),
    }
    let gone = MessageRef { channel: channel.to_string(), id: "1".into() };
    assert!(matches!(poster.reactions(&gone, &wanted).await, Err(Error::Gone { .. })));
}
