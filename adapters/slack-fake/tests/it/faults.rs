//! What goes wrong on purpose.

use std::time::Duration;

use bullpen_slack_fake::{Faults, Outcome};
use serde_json::json;

use crate::world::World;

async fn post(world: &World, text: &str) -> reqwest::Result<reqwest::Response> {
    let url = format!("{}/chat.postMessage", world.fake.api_url());
    let arguments = json!({"channel": world.channel, "text": text});
    world.client.post(url).bearer_auth(&world.app.bot_token).json(&arguments).send().await
}

#[tokio::test]
async fn calls_go_wrong_before_or_after_the_work() {
    let world = World::new();
    let all = Faults { methods: vec!["chat.postMessage".into()], ..Faults::default() };
    let stands = |text: &str| world.fake.messages(&world.channel).iter().any(|m| m.text == text);

    world.fake.set_faults(Faults { limited: 1.0, retry_after: Duration::from_secs(7), ..all.clone() });
    let answer = post(&world, "limited").await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    assert!(!stands("limited"));

    world.fake.set_faults(Faults { failed: 1.0, ..all.clone() });
    assert_eq!(post(&world, "failed").await.unwrap().status(), 500);
    assert!(!stands("failed"));

    world.fake.set_faults(Faults { failed_late: 1.0, ..all.clone() });
    assert_eq!(post(&world, "failed late").await.unwrap().status(), 500);
    assert!(stands("failed late"));

    world.fake.set_faults(Faults { cut: 1.0, ..all.clone() });
    assert!(post(&world, "cut").await.is_err());
    assert!(!stands("cut"));

    world.fake.set_faults(Faults { cut_late: 1.0, ..all.clone() });
    assert!(post(&world, "cut late").await.is_err());
    assert!(stands("cut late"));

    world.fake.set_faults(Faults { timed_out: 1.0, hang: Duration::from_millis(20), ..all });
    assert!(post(&world, "hung").await.is_err());
    assert!(stands("hung"));

    world.fake.set_faults(Faults::default());
    assert!(post(&world, "well").await.unwrap().status().is_success());
    let outcomes: Vec<Outcome> = world.fake.calls().into_iter().map(|c| c.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::Limited,
            Outcome::Failed { done: false },
            Outcome::Failed { done: true },
            Outcome::Cut { done: false },
            Outcome::Cut { done: true },
            Outcome::TimedOut,
            Outcome::Done,
        ]
    );
}

#[tokio::test]
async fn events_are_repeated_held_back_and_dropped_but_never_lost() {
    let world = World::new();
    let mut socket = world.connect().await;
    socket.drain(&world.fake).await;
    let delay = Duration::from_millis(30);
    world.fake.set_faults(Faults {
        repeated: 0.3,
        delayed: 0.2,
        shuffled: 0.5,
        dropped: 0.2,
        delay,
        ..Faults::default()
    });
    for i in 0..100 {
        world.fake.say(&world.ann, &world.channel, None, &format!("{i:03}"));
    }
    let heard = socket.drain(&world.fake).await;
    assert!(heard.len() > 110, "some come twice: {}", heard.len());
    assert!(!heard.is_sorted(), "some overtake others");
    let mut once = heard.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), 100, "none is lost");
    assert!(world.fake.deliveries().iter().all(|d| d.acked));
}
