//! A webhook that somebody moves to another channel takes nothing with it.

use bullpen_chat::{Error, Poster as _};
use bullpen_discord_fake::Faults;
use uuid::Uuid;

use super::*;

/// A channel with a webhook that is in another channel now, and that one.
async fn moved(world: &World) -> (u64, u64) {
    let (channel, other) = (world.fake.channel("general"), world.fake.channel("elsewhere"));
    world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(channel), "before")).await.unwrap();
    world.fake.move_webhook(world.fake.webhooks(channel)[0].id, other);
    (channel, other)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_moved_webhook_posts_elsewhere_is_taken_back_and_said_in_its_place() {
    let world = quiet(&[]).await;
    let (channel, other) = moved(&world).await;
    let poster = world.discord.poster();
    let (key, post) = (Uuid::new_v4(), text(&in_channel(channel), "for this room alone"));
    let receipt = poster.post(key, &post).await.unwrap();
    assert_eq!(texts(&world, channel), ["before", "for this room alone"]);
    assert_eq!(texts(&world, other), [""; 0]);
    assert_eq!(poster.post(key, &post).await.unwrap(), receipt);
    poster.post(Uuid::new_v4(), &text(&in_channel(channel), "after")).await.unwrap();
    poster.post(Uuid::new_v4(), &text(&in_channel(other), "there")).await.unwrap();
    assert_eq!(texts(&world, channel), ["before", "for this room alone", "after"]);
    assert_eq!(texts(&world, other), ["there"], "the webhook is the one of its new channel");
    assert_eq!((world.fake.webhooks(channel).len(), world.fake.webhooks(other).len()), (1, 1));
    assert_eq!(calls(&world, "execute_webhook"), 5, "one was sent in vain");
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_of_its_old_channel_are_spoken_in_by_another() {
    let world = quiet(&[]).await;
    let (channel, other) = moved(&world).await;
    let root = world.fake.messages(channel)[0].id;
    world.discord.poster().post(Uuid::new_v4(), &text(&in_thread(channel, root), "an answer")).await.unwrap();
    assert_eq!(texts(&world, root), ["an answer"]);
    assert_eq!(texts(&world, other), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_posted_elsewhere_without_an_answer_is_looked_for_and_taken_back() {
    for fault in ["execute_webhook", "delete_webhook_message"] {
        let mut world = quiet(&[]).await;
        let (channel, other) = moved(&world).await;
        let (key, post) = (Uuid::new_v4(), text(&in_channel(channel), "for this room alone"));
        let (failed, cut_late) = if fault == "execute_webhook" { (0.0, 1.0) } else { (1.0, 0.0) };
        world.fake.set_faults(Faults { failed, cut_late, operations: vec![fault.to_owned()], ..Faults::default() });
        assert!(matches!(world.discord.poster().post(key, &post).await, Err(Error::Ambiguous { .. })));
        assert_eq!(texts(&world, other), ["for this room alone"]);
        world.fake.set_faults(Faults::default());
        world.another();
        assert_eq!(world.discord.poster().find(key, &post).await.unwrap(), None, "it is not where it belongs");
        assert_eq!(texts(&world, other), [""; 0], "{fault}");
        world.discord.poster().post(key, &post).await.unwrap();
        assert_eq!(texts(&world, channel), ["before", "for this room alone"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_known_to_be_moved_is_not_spoken_through() {
    let world = World::open().await;
    let (channel, other) = moved(&world).await;
    world
        .until("the change is heard", || async {
            let heard =
                "select count(*) from discord.received where org = $1 and kind = 'WEBHOOKS_UPDATE' and channel = $2";
            let heard: i64 = sqlx::query_scalar(heard)
                .bind(world.org)
                .bind(other.cast_signed())
                .fetch_one(&world.pool)
                .await
                .unwrap();
            heard > 0
        })
        .await;
    let before = calls(&world, "execute_webhook");
    world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(channel), "after")).await.unwrap();
    assert_eq!(calls(&world, "execute_webhook"), before + 1, "nothing was sent in vain");
    assert_eq!(texts(&world, channel), ["before", "after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_before_it_was_moved_cannot_be_changed() {
    let mut world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let post = text(&in_channel(channel), "one");
    let receipt = world.discord.poster().post(Uuid::new_v4(), &post).await.unwrap();
    world.fake.move_webhook(world.fake.webhooks(channel)[0].id, world.fake.channel("elsewhere"));
    world.another();
    let edited = world.discord.poster().edit(&receipt.message, 1, &text(&in_channel(channel), "two")).await;
    assert!(matches!(edited, Err(Error::Gone { .. })), "{edited:?}");
}
