//! Discord's limits are obeyed, told, and never waited for without an end.

use std::time::{Duration, Instant};

use bullpen_chat::{Error, Poster as _};
use bullpen_discord_fake::{Faults, Limits, Outcome, Rate};
use uuid::Uuid;

use super::*;

fn limited(world: &World) -> usize {
    world.fake.calls().iter().filter(|call| matches!(call.outcome, Outcome::Limited { .. })).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_kept_without_being_told_off() {
    let world = quiet(&[]).await;
    let limits = Limits::generous().with("execute_webhook", Rate::new(5, Duration::from_millis(500)));
    world.fake.change_settings(|settings| settings.limits = limits);
    let channel = world.fake.channel("general");
    for number in 0..12 {
        deliver(&world, Uuid::new_v4(), &text(&in_channel(channel), &format!("number {number}"))).await;
    }
    assert_eq!(texts(&world, channel), (0..12).map(|n| format!("number {n}")).collect::<Vec<_>>());
    assert_eq!(limited(&world), 0, "nothing was sent that would have been refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_limit_is_told_and_nothing_is_sent_before_it_has_passed() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let post = text(&in_channel(channel), "later");
    let operations = vec!["execute_webhook".to_owned()];
    world.fake.set_faults(Faults {
        limited: 1.0,
        retry_after: Duration::from_secs(30),
        operations,
        ..Faults::default()
    });
    for _ in 0..5 {
        match world.discord.poster().post(Uuid::new_v4(), &post).await {
            Err(Error::Retry { after: Some(after), .. }) => assert!(after > Duration::from_secs(25)),
            other => panic!("a limit is waited for, not {other:?}"),
        }
    }
    assert_eq!(calls(&world, "execute_webhook"), 1, "the others never left");
    world.fake.set_faults(Faults::default());
    let other = world.fake.channel("elsewhere");
    world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(other), "now")).await.expect("other channels go on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_global_limit_holds_up_every_bot_and_every_channel() {
    let world = quiet(&["cmo"]).await;
    let (one, other) = (world.fake.channel("one"), world.fake.channel("other"));
    let cora = Post { identity: identity("cmo", "Cora", "CMO"), ..text(&in_channel(one), "hello") };
    world.discord.poster().post(Uuid::new_v4(), &cora).await.unwrap();
    let operations = vec!["create_message".to_owned()];
    let retry_after = Duration::from_secs(30);
    world.fake.set_faults(Faults { limited_globally: 1.0, retry_after, operations, ..Faults::default() });
    assert!(matches!(
        world.discord.poster().post(Uuid::new_v4(), &cora).await,
        Err(Error::Retry { after: Some(_), .. })
    ));
    let before = world.fake.calls().len();
    match world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(other), "hello")).await {
        Err(Error::Retry { after: Some(after), .. }) => assert!(after > Duration::from_secs(25)),
        other => panic!("everything waits: {other:?}"),
    }
    assert_eq!(world.fake.calls().len(), before, "nothing left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_told_to_come_again_and_what_is_sent_keeps_its_order() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(channel), "first")).await.unwrap();
    let limits = Limits::generous().with("execute_webhook", Rate::new(5, Duration::from_secs(2)));
    world.fake.change_settings(|settings| settings.limits = limits);
    let posts: Vec<Post> = (0..300).map(|n| text(&in_channel(channel), &format!("number {n:03}"))).collect();
    let begun = Instant::now();
    let poster = world.discord.poster();
    let sent = futures::future::join_all(posts.iter().map(|post| poster.post(Uuid::new_v4(), post))).await;
    assert!(begun.elapsed() < bullpen_chat::CALL_LIMIT);
    let later = sent.iter().filter(|sent| matches!(sent, Err(Error::Retry { .. }))).count();
    let done = sent.iter().filter(|sent| sent.is_ok()).count();
    assert!(done >= 5 && done + later == 300, "{done} done, {later} to come again");
    assert_eq!(world.fake.messages(channel).len(), done + 1, "what was refused is not there");
    assert_eq!(limited(&world), 0);
}
