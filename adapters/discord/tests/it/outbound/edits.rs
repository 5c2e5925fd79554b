//! What was said is changed in place, all messages of it.

use bullpen_chat::{Error, MessageRef, Poster as _};
use uuid::Uuid;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_edited_by_what_posted_it() {
    let world = quiet(&["cmo"]).await;
    let channel = world.fake.channel("general");
    let place = in_channel(channel);
    let poster = world.discord.poster();
    for identity in [marta(), identity("cmo", "Cora", "CMO")] {
        let post = |words: &str| Post { identity: identity.clone(), ..text(&place, words) };
        let receipt = poster.post(Uuid::new_v4(), &post("one")).await.unwrap();
        let edited = poster.edit(&receipt.message, 2, &post("two, @everyone")).await.unwrap();
        assert_eq!(edited, receipt);
        assert_eq!(poster.edit(&receipt.message, 1, &post("old")).await.unwrap(), receipt, "an older one is ignored");
        assert_eq!(poster.edit(&receipt.message, 2, &post("again")).await.unwrap(), receipt);
        let message = world.fake.message(channel, id(&receipt)).unwrap();
        assert_eq!(message.content.replace('\u{200b}', ""), "two, @everyone");
        assert!(!message.mention_everyone);
    }
    assert!(world.fake.pings().iter().all(|ping| ping.notified.is_empty()), "{:?}", world.fake.pings());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_may_have_more_messages_or_fewer() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let place = in_channel(channel);
    let poster = world.discord.poster();
    let receipt = poster.post(Uuid::new_v4(), &text(&place, &long(2))).await.unwrap();
    let before = world.fake.messages(channel).len();
    poster.edit(&receipt.message, 1, &text(&place, &long(4))).await.unwrap();
    let more = world.fake.messages(channel);
    assert!(more.len() > before);
    let whole: Vec<String> =
        more.iter().flat_map(|m| m.content.split("\n\n").map(str::to_owned).collect::<Vec<_>>()).collect();
    assert_eq!(whole, long(4).trim_end().split("\n\n").map(str::to_owned).collect::<Vec<_>>());
    poster.edit(&receipt.message, 2, &text(&place, "short")).await.unwrap();
    assert_eq!(texts(&world, channel), ["short"]);
    assert_eq!(only(&world, channel).id, id(&receipt));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_deleted_is_gone() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let post = text(&in_channel(channel), "one");
    let poster = world.discord.poster();
    let receipt = poster.post(Uuid::new_v4(), &post).await.unwrap();
    world.fake.delete(channel, id(&receipt));
    assert!(matches!(poster.edit(&receipt.message, 1, &post).await, Err(Error::Gone { .. })));
    let foreign = MessageRef { channel: channel.to_string(), id: "123456789".into() };
    assert!(matches!(poster.edit(&foreign, 1, &post).await, Err(Error::Gone { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_through_a_webhook_that_is_gone_cannot_be_changed() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let post = text(&in_channel(channel), "one");
    let poster = world.discord.poster();
    let receipt = poster.post(Uuid::new_v4(), &post).await.unwrap();
    world.fake.delete_webhook(world.fake.webhooks(channel)[0].id);
    assert!(matches!(
        poster.edit(&receipt.message, 1, &text(&in_channel(channel), "two")).await,
        Err(Error::Gone { .. })
    ));
    poster.post(Uuid::new_v4(), &post).await.expect("new words go through a new one");
    assert_eq!(world.fake.webhooks(channel).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_edits_what_this_one_posted() {
    let mut world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let receipt = world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(channel), "one")).await.unwrap();
    world.discord = crate::world::adapter(&world.pool, world.org, &world.config, &world.department);
    world.discord.poster().edit(&receipt.message, 1, &text(&in_channel(channel), "two")).await.unwrap();
    assert_eq!(texts(&world, channel), ["two"]);
}
