//! What goes wrong on the gateway on purpose, and floods.

use std::time::Duration;

use bullpen_discord_fake::{Faults, Flood, How};
use futures::StreamExt as _;

use crate::live::{EAR, Live};

#[tokio::test]
async fn events_come_twice_late_and_out_of_order_and_none_is_lost() {
    let live = Live::new();
    let (mut line, _) = live.ready(EAR).await;
    live.fake.set_faults(Faults {
        repeated: 0.5,
        shuffled: 0.7,
        delay: Duration::from_millis(80),
        ..Faults::default()
    });
    let ids: Vec<u64> = (0..40).map(|i| live.fake.say(live.ann, live.channel, &format!("{i}"))).collect();
    live.fake.settled().await;
    live.fake.set_faults(Faults::default());
    let last = live.fake.say(live.ann, live.channel, "last");
    let (mut heard, mut seqs) = (Vec::new(), Vec::new());
    loop {
        let message = line.event("MESSAGE_CREATE").await;
        let id: u64 = message["id"].as_str().unwrap().parse().unwrap();
        if id == last {
            break;
        }
        heard.push(id);
        seqs.push(line.seq);
    }
    assert!(heard.len() > ids.len(), "some come twice");
    assert!(!heard.is_sorted(), "some overtake others");
    assert!(seqs.is_sorted(), "but their numbers do not");
    heard.sort_unstable();
    heard.dedup();
    assert_eq!(heard, ids);
}

#[tokio::test]
async fn what_is_dropped_with_the_line_comes_after_the_resume() {
    let live = Live::new();
    let (mut line, ready) = live.ready(EAR).await;
    live.fake.set_faults(Faults { dropped: 0.4, ..Faults::default() });
    for i in 0..10 {
        live.fake.say(live.ann, live.channel, &format!("{i}"));
    }
    live.fake.set_faults(Faults::default());
    let mut heard = Vec::new();
    while heard.len() < 10 {
        match line.next().await {
            Some(frame) if frame["t"] == "MESSAGE_CREATE" => {
                heard.push(frame["d"]["content"].as_str().unwrap().to_owned())
            }
            Some(_) => {}
            None => line = live.resume(&ready, line.seq).await,
        }
    }
    assert_eq!(heard, (0..10).map(|i| i.to_string()).collect::<Vec<_>>());
    assert!(live.fake.resumed(live.bot.user) > 0);
}

#[tokio::test]
async fn a_flood_is_told_in_order_and_resumed_from_its_recipe() {
    // More than the buffers of a connection take, so that it is cut in the middle.
    const MANY: u64 = 50_000;
    let live = Live::new();
    let other = live.fake.channel("other");
    let (mut line, ready) = live.ready(EAR).await;
    let flood = Flood { kept: 10, ..Flood::new(MANY, &[live.channel, other]) };
    let reading = async {
        let mut ids = Vec::new();
        while (ids.len() as u64) < MANY {
            match line.next().await {
                Some(frame) if frame["t"] == "MESSAGE_CREATE" => {
                    ids.push(frame["d"]["id"].as_str().unwrap().parse::<u64>().unwrap());
                    assert_eq!(frame["d"]["author"]["username"], "ann");
                    if ids.len() == 1_000 {
                        live.fake.disconnect(live.bot.user, How::Cut);
                    }
                }
                Some(_) => {}
                None => line = live.resume(&ready, line.seq).await,
            }
        }
        ids
    };
    let flooding = live.fake.flood(Flood { users: vec![live.ann], ..flood });
    let (flooded, ids) = tokio::join!(flooding, reading);
    assert_eq!((flooded.sessions, flooded.frames), (1, MANY));
    assert_eq!(ids, (flooded.first..flooded.first + MANY).collect::<Vec<_>>());
    assert_eq!(live.fake.resumed(live.bot.user), 1);
    assert_eq!(live.fake.messages(live.channel).len() + live.fake.messages(other).len(), 10);
    // What happens afterwards has the next number.
    let seq = line.seq;
    live.fake.say(live.ann, live.channel, "after it");
    assert_eq!(line.contents(1).await, ["after it"]);
    assert!(line.seq > seq);
}

/// `cargo test --release -- --ignored --nocapture a_flood_is_fast`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, for release builds"]
#[expect(clippy::print_stderr, reason = "a measurement is there to be read")]
async fn a_flood_is_fast() {
    let live = Live::new();
    let (mut line, _) = live.ready(EAR).await;
    let messages = 1_000_000;
    let reading = tokio::spawn(async move {
        let mut bytes = 0;
        for _ in 0..messages {
            bytes += line.stream.next().await.unwrap().unwrap().len();
        }
        bytes
    });
    let flooded = live.fake.flood(Flood::new(messages, &[live.channel])).await;
    let bytes = reading.await.unwrap();
    let rate = messages as f64 / flooded.took.as_secs_f64();
    eprintln!("{rate:.0} frames a second, {} bytes each", bytes / messages as usize);
    assert!(rate > 100_000.0, "{rate:.0} frames a second");
}
