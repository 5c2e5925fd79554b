//! Cards, their pictures, and the App Home.

use bullpen_chat::{Action, Field, Item, MessageRef, Overview, Picture, Poster as _, Section};
use bullpen_slack_fake::{AppPlan, Faults};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::*;

/// A picture of one white point.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff\xff\xff\x7f\0\t\xfb\x03\xfd\x05CE\xca\0\0\0\0IEND\xaeB`\x82";

fn piece() -> Card {
    Card {
        title: "For approval: a piece".into(),
        fields: vec![Field { name: "For".into(), value: "Ann Lee".into() }],
        text: "# Heading\n\nAll of **it**.".into(),
        picture: Some(Picture {
            digest: "ab12cd34".into(),
            media_type: "image/png".into(),
            alt: "A white point".into(),
        }),
        actions: [("✅", "Approve"), ("❌", "Reject")]
            .map(|(e, l)| Action { emoji: e.into(), label: l.into(), asks: None })
            .to_vec(),
    }
}

fn image(message: &Message) -> Option<Value> {
    message.blocks.iter().find(|block| block["type"] == "image").cloned()
}

async fn with_picture(personas: &[&str]) -> World {
    let world = World::quiet(personas).await;
    world.department.pictures.lock().unwrap().insert("ab12cd34".into(), PNG.to_vec());
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_uploaded_once_for_each_app() {
    let world = with_picture(&["cmo"]).await;
    let channel = world.channel("general", &[]);
    let place = in_channel(&channel);
    let poster = world.slack.poster();
    let own = Post { identity: identity("cmo", "Cora", "CMO"), ..card(&place, piece()) };
    for post in [card(&place, piece()), own.clone(), card(&place, piece()), own] {
        poster.post(Uuid::new_v4(), &post).await.unwrap();
    }
    let files = world.fake.files();
    assert_eq!(files.len(), 2, "each app shows its own");
    assert!(files.iter().all(|file| file.bytes == PNG && file.alt.as_deref() == Some("A white point")));
    let shown: Vec<Value> = world.fake.messages(&channel).iter().filter_map(image).collect();
    assert_eq!(shown.len(), 4);
    assert!(shown.iter().all(|image| image["alt_text"] == "A white point"));
    assert_eq!(shown[0]["slack_file"]["id"], shown[2]["slack_file"]["id"]);
    assert_ne!(shown[0]["slack_file"]["id"], shown[1]["slack_file"]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_cut_off_is_begun_again() {
    let world = with_picture(&[]).await;
    let channel = world.channel("general", &[]);
    let post = card(&in_channel(&channel), piece());
    let methods = vec!["files.completeUploadExternal".into()];
    world.fake.set_faults(Faults { failed_late: 1.0, methods, ..Faults::default() });
    let cut = world.slack.poster().post(Uuid::new_v4(), &post).await;
    assert!(matches!(cut, Err(Error::Retry { .. })), "nothing that anybody sees has happened: {cut:?}");
    world.fake.set_faults(Faults::default());
    world.slack.poster().post(Uuid::new_v4(), &post).await.unwrap();
    assert!(image(&only(&world, &channel)).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_fetched_from_a_public_server() {
    let mut world = with_picture(&[]).await;
    world.config.public_url = Some(Url::parse("https://bullpen.example").unwrap());
    world.slack = crate::world::adapter(&world.pool, world.org, &world.config, &world.department);
    let channel = world.channel("general", &[]);
    world.slack.poster().post(Uuid::new_v4(), &card(&in_channel(&channel), piece())).await.unwrap();
    assert_eq!(image(&only(&world, &channel)).unwrap()["image_url"], "https://bullpen.example/pictures/ab12cd34");
    assert!(world.fake.files().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_whose_picture_cannot_be_shown_is_posted_all_the_same() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let post = card(&in_channel(&channel), piece());
    world.slack.poster().post(Uuid::new_v4(), &post).await.unwrap();
    let message = only(&world, &channel);
    assert_eq!(image(&message), None, "the department has no such picture");
    assert!(
        message.blocks.iter().any(|block| block["elements"][0]["text"] == "🖼 _A white point_"),
        "{:?}",
        message.blocks
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_may_not_upload_posts_its_cards_all_the_same() {
    let mut world = with_picture(&[]).await;
    let poor = world.fake.app(AppPlan::with_everything("poor").without_scopes(&["files:write"]));
    world.config.apps[0].bot_token = poor.bot_token.clone().into();
    world.slack = crate::world::adapter(&world.pool, world.org, &world.config, &world.department);
    let channel = world.channel("general", &[]);
    world.fake.join(&poor.bot_user, &channel);
    world.slack.poster().post(Uuid::new_v4(), &card(&in_channel(&channel), piece())).await.unwrap();
    assert!(image(&only(&world, &channel)).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_in_parts_has_its_buttons_on_the_message_that_the_receipt_names() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let sent = world
        .slack
        .poster()
        .post(Uuid::new_v4(), &card(&in_channel(&channel), Card { text: long(6), picture: None, ..piece() }))
        .await
        .unwrap();
    let messages = world.fake.messages(&channel);
    assert!(messages.len() > 1);
    for message in &messages {
        let buttons = message.blocks.iter().any(|block| block["type"] == "actions");
        assert_eq!(buttons, message.ts == sent.message.id);
    }
    let whole = serde_json::to_string(&messages.iter().map(|m| &m.blocks).collect::<Vec<_>>()).unwrap();
    assert!((0..240).all(|n| whole.contains(&format!("Paragraph {n} has"))), "no word is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_home_shows_what_the_department_says() {
    let world = World::open().await;
    let ann = world.member("ann");
    let item = Item {
        title: "A piece".into(),
        detail: "publish a page, until Monday".into(),
        message: Some(MessageRef { channel: "C123".into(), id: "1700000000.000100".into() }),
    };
    let approvals =
        Section { key: "approvals".into(), title: "Waiting for you".into(), items: vec![item], empty: "-".into() };
    *world.department.overview.lock().unwrap() = Overview { summary: "One waits.".into(), sections: vec![approvals] };
    world.fake.open_home(&ann, "bullpen");
    let shown = world.fake.until(|fake| fake.home(&ann, "bullpen").is_some());
    tokio::time::timeout(crate::world::PATIENCE, shown).await.expect("the App Home is published");
    let home = serde_json::to_string(&world.fake.home(&ann, "bullpen").unwrap()).unwrap();
    for words in ["One waits.", "Waiting for you", "/archives/C123/p1700000000000100|A piece>", "until Monday"] {
        assert!(home.contains(words), "{words} in {home}");
    }
}
