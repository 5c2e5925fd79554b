//! Ten thousand messages in fifty channels, shuffled and repeated, over lines that break twenty times.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bullpen_chat::{Event, Gateway as _};
use bullpen_discord::SHARED;
use bullpen_discord_fake::{Faults, Flood, How, Settings};

use crate::world::{PATIENCE, World};

const MESSAGES: usize = 10_000;
const CHANNELS: usize = 50;
const DISCONNECTS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_is_stored_and_read_in_order() {
    let world = World::open().await;
    let (ann, bot) = (world.member("ann"), world.bot(SHARED));
    // Every fifth is the department's own; of those, the reader tells.
    let channels: Vec<u64> =
        (1..CHANNELS).map(|n| world.fake.channel(&format!("room-{n}"))).chain([world.ours()]).collect();
    let shuffled = Faults {
        seed: 4,
        shuffled: 0.4,
        repeated: 0.2,
        delayed: 0.1,
        delay: Duration::from_millis(20),
        ..Faults::default()
    };
    world.fake.set_faults(shuffled);
    let hows = [How::Cut, How::Reconnect, How::Close(4000), How::Bare, How::Close(4009)];
    let mut sent: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for part in 0..DISCONNECTS {
        let refused = part % 2 == 1;
        let before = world.fake.identified(bot) + world.fake.resumed(bot);
        for number in 0..MESSAGES / DISCONNECTS {
            if number == MESSAGES / DISCONNECTS / 2 {
                world.fake.refuse_resumes(refused);
                let how = hows[part / 2 % if refused { hows.len() } else { hows.len() - 1 }];
                assert_eq!(world.fake.disconnect(bot, how), 1, "there is a line to break");
            }
            // The department's channel is busier than the others.
            let channel = channels[if number % 4 == 0 { CHANNELS - 1 } else { number % CHANNELS }];
            let id = world.fake.say(ann, channel, &format!("{part} {number}"));
            sent.entry(channel).or_default().insert(id);
        }
        world.fake.settled().await;
        world
            .until("the line stands again", || async {
                world.fake.identified(bot) + world.fake.resumed(bot) > before && world.fake.connections(bot) == 1
            })
            .await;
    }
    world.connected(SHARED).await;
    assert!(world.fake.identified(bot) > DISCONNECTS as u32 / 2, "half of the sessions were refused");
    assert!(world.fake.resumed(bot) > 0, "and others went on");
    let count = sent.values().map(BTreeSet::len).sum::<usize>();
    assert_eq!(count, MESSAGES);

    world
        .until("all is stored", || async {
            let stored = world.count("select count(*) from discord.received where org = $1 and key like 'm:%'").await;
            stored >= i64::try_from(MESSAGES).unwrap()
        })
        .await;
    world.caught_up().await;
    let stored: BTreeSet<String> = world.received().await.into_iter().filter(|key| key.starts_with("m:")).collect();
    let said: BTreeSet<String> =
        sent.iter().flat_map(|(channel, ids)| ids.iter().map(move |id| format!("m:{channel}:{id}"))).collect();
    assert!(stored == said, "what is stored is what was sent: {} and {}", stored.len(), said.len());

    let ours: Vec<String> = sent[&world.ours()].iter().map(u64::to_string).collect();
    let mut ear = world.ear();
    let mut told = Vec::new();
    while told.len() < ours.len() {
        let batch = tokio::time::timeout(PATIENCE, ear.0.next()).await.expect("there is more to read").unwrap();
        ear.0.ack(&batch).await.unwrap();
        told.extend(batch.into_iter().map(|heard| match heard.event {
            Event::Posted(message) => message.id,
            other => panic!("only messages were sent, not {other:?}"),
        }));
    }
    assert!(told == ours, "each once, in the order of their ids");
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_stored_to_the_last_drop() {
    let world = World::with(&[], Settings::quick()).await;
    world.member("ann");
    let channels: Vec<u64> = (0..20).map(|number| world.fake.channel(&format!("room-{number}"))).collect();
    let messages = 20_000;
    let flooded = world.fake.flood(Flood::new(messages, &channels)).await;
    assert_eq!(flooded.frames, messages);
    world
        .until("all of it is stored", || async {
            let stored = world.count("select count(*) from discord.received where org = $1 and key like 'm:%'").await;
            stored == i64::try_from(messages).unwrap()
        })
        .await;
}
