//! The gateway: sessions, intents, resuming, and how lines end.

use std::time::Duration;

use bullpen_discord_fake::{BotPlan, How, Settings, intents};
use serde_json::{Value, json};

use crate::live::{EAR, Line, Live, PATIENCE};

#[tokio::test]
async fn a_session_begins_with_ready_and_the_guild() {
    let live = Live::new();
    let mut line = live.open().await;
    assert_eq!(line.hello["heartbeat_interval"], 41_250);
    line.identify(&live.bot.token, json!({"shard": [0, 1]})).await;
    let ready = line.event("READY").await;
    assert_eq!((&ready["v"], &ready["user"]["id"]), (&json!(10), &json!(live.bot.user.to_string())));
    assert_eq!((&ready["guilds"][0]["unavailable"], &ready["shard"]), (&json!(true), &json!([0, 1])));
    assert!(ready["resume_gateway_url"].as_str().unwrap().starts_with("ws://"));
    let guild = line.event("GUILD_CREATE").await;
    assert_eq!(guild["id"], live.fake.guild().to_string());
    assert!(guild["channels"].as_array().unwrap().iter().any(|c| c["id"] == *live.channel.to_string()));
    assert_eq!(line.seq, 2);
    line.send(1, json!(line.seq)).await;
    line.op(11).await;
    live.fake.say(live.ann, live.channel, "hello");
    let message = line.event("MESSAGE_CREATE").await;
    assert_eq!((&message["content"], &message["guild_id"]), (&json!("hello"), &json!(live.fake.guild().to_string())));
    assert_eq!((line.seq, live.fake.connections(live.bot.user)), (3, 1));
}

#[tokio::test]
async fn what_discord_would_close_is_closed() {
    let plan = BotPlan::new("bullpen").without_intents(intents::MESSAGE_CONTENT);
    let live = Live::with(Settings::quick(), plan);
    let token = live.bot.token.clone();
    let identify = |other: Value| {
        let mut d = json!({"token": token, "intents": 1, "properties": {"os": "o", "browser": "b", "device": "d"}});
        for (name, value) in other.as_object().unwrap() {
            d[name] = value.clone();
        }
        json!({"op": 2, "d": d}).to_string()
    };
    for (said, code) in [
        (json!({"op": 12, "d": null}).to_string(), 4001),
        ("{".to_owned(), 4002),
        (identify(json!({"intent": 1})), 4002),
        (identify(json!({"compress": true})), 4002),
        (format!("{{\"op\":1,\"d\":null}}{}", " ".repeat(5000)), 4002),
        (json!({"op": 3, "d": {"since": null, "activities": [], "status": "online", "afk": false}}).to_string(), 4003),
        (identify(json!({"token": "nobody's"})), 4004),
        (identify(json!({"token": format!("Bot {token}")})), 4004),
        (identify(json!({"shard": [1, 1]})), 4010),
        (identify(json!({"intents": 1 << 30})), 4013),
        (identify(json!({"intents": intents::MESSAGE_CONTENT})), 4014),
    ] {
        let mut line = live.open().await;
        line.say(said.clone()).await;
        assert_eq!(line.end().await, Some(code), "{said}");
    }
    let (mut line, _) = live.ready(intents::GUILDS).await;
    line.identify(&live.bot.token, json!({"intents": 1})).await;
    assert_eq!(line.end().await, Some(4005));
    let mut line = live.open().await;
    for _ in 0..121 {
        line.send(1, Value::Null).await;
    }
    assert_eq!(line.end().await, Some(4008));
}

#[tokio::test]
async fn other_versions_and_encodings_are_refused() {
    let live = Live::new();
    let gateway = live.gateway().await;
    for (query, code) in [("v=9&encoding=json", 4012), ("encoding=json", 4012), ("v=10&encoding=etf", 4002)] {
        let line = Line::at(&format!("{gateway}/?{query}")).await;
        assert_eq!(line.closed, Some(code), "{query}");
    }
}

#[tokio::test]
async fn intents_decide_what_is_heard_and_read() {
    let live = Live::new();
    let (mut whole, _) = live.ready(EAR).await;
    let (mut blind, _) = live.ready(EAR & !intents::MESSAGE_CONTENT).await;
    let (mut deaf, _) = live.ready(intents::GUILDS | intents::DIRECT_MESSAGES).await;
    live.fake.say(live.ann, live.channel, "nothing for you");
    let called = format!("<@{}> this is", live.bot.user);
    live.fake.say(live.ann, live.channel, &called);
    let direct = live.fake.dm(live.ann, live.bot.user);
    live.fake.say(live.ann, direct, "between us");
    assert_eq!(whole.contents(3).await, ["nothing for you", &*called, "between us"]);
    assert_eq!(blind.contents(3).await, ["", &*called, "between us"]);
    assert_eq!(deaf.contents(1).await, ["between us"]);
}

#[tokio::test]
async fn a_hidden_channel_is_not_heard() {
    let live = Live::new();
    let hidden = live.fake.channel("secret");
    live.fake.hide(hidden, live.bot.user);
    let mut line = live.open().await;
    line.identify(&live.bot.token, json!({})).await;
    let guild = line.event("GUILD_CREATE").await;
    assert!(!guild["channels"].as_array().unwrap().iter().any(|c| c["id"] == *hidden.to_string()));
    live.fake.say(live.ann, hidden, "psst");
    live.fake.say(live.ann, live.channel, "aloud");
    assert_eq!(line.contents(1).await, ["aloud"]);
}

#[tokio::test]
async fn a_session_is_resumed_after_every_end_that_allows_it() {
    let live = Live::new();
    let (mut line, ready) = live.ready(EAR).await;
    for (round, how) in
        [How::Close(4000), How::Bare, How::Cut, How::Deaf, How::Invalid { resumable: true }, How::Reconnect]
            .into_iter()
            .enumerate()
    {
        let seq = line.seq;
        assert_eq!(live.fake.disconnect(live.bot.user, how), 1, "{how:?}");
        match how {
            How::Close(code) => assert_eq!(line.end().await, Some(code)),
            How::Bare => assert_eq!(line.end().await, Some(1005)),
            How::Cut => assert_eq!(line.end().await, None),
            How::Deaf => {
                let gone = live.fake.until(PATIENCE, |fake| fake.connections(live.bot.user) == 0).await;
                assert!(gone);
            }
            How::Invalid { .. } => assert_eq!(line.op(9).await, true),
            How::Reconnect => assert_eq!(line.op(7).await, Value::Null),
            How::Beat => unreachable!(),
        }
        live.fake.say(live.ann, live.channel, &format!("missed {round}"));
        line = live.resume(&ready, seq).await;
        assert_eq!(line.contents(1).await, [format!("missed {round}")], "{how:?}");
        line.event("RESUMED").await;
        assert_eq!(live.fake.sessions(live.bot.user), 1);
    }
    assert_eq!((live.fake.identified(live.bot.user), live.fake.resumed(live.bot.user)), (1, 6));
}

#[tokio::test]
async fn a_session_that_is_gone_is_not_resumed() {
    let settings = Settings { session_frames: 3, session_life: Duration::from_millis(200), ..Settings::quick() };
    let live = Live::with(settings, BotPlan::new("bullpen"));
    // More was missed than is kept.
    let (line, ready) = live.ready(EAR).await;
    let seq = line.seq;
    live.fake.disconnect(live.bot.user, How::Cut);
    for i in 0..5 {
        live.fake.say(live.ann, live.channel, &format!("{i}"));
    }
    let mut line = live.resume(&ready, seq).await;
    assert_eq!(line.op(9).await, false);
    // On the same line a new session can begin.
    line.identify(&live.bot.token, json!({})).await;
    let ready = line.event("READY").await;
    // The client said that it would not come back.
    line.stream.close(None).await.unwrap();
    live.fake.until(PATIENCE, |fake| fake.sessions(live.bot.user) == 0).await;
    assert_eq!(live.resume(&ready, 1).await.op(9).await, false);
    // Too late.
    let (line, ready) = live.ready(EAR).await;
    live.fake.disconnect(live.bot.user, How::Cut);
    live.fake.until(PATIENCE, |fake| fake.sessions(live.bot.user) == 0).await;
    assert_eq!(live.resume(&ready, line.seq).await.op(9).await, false);
    // A number that was never sent.
    let (_line, ready) = live.ready(EAR).await;
    assert_eq!(live.resume(&ready, 1000).await.end().await, Some(4007));
    // Somebody else's address, and when all are refused.
    let (mut line, ready) = live.ready(EAR).await;
    let mut other = live.open().await;
    other.send(6, json!({"token": live.bot.token, "session_id": ready["session_id"], "seq": 1})).await;
    assert_eq!(other.op(9).await, false);
    live.fake.refuse_resumes(true);
    live.fake.disconnect(live.bot.user, How::Cut);
    line.end().await;
    assert_eq!(live.resume(&ready, line.seq).await.op(9).await, false);
}

#[tokio::test]
async fn heartbeats_are_asked_for_and_missed() {
    let settings = Settings { heartbeat: Duration::from_millis(300), ..Settings::quick() };
    let live = Live::with(settings, BotPlan::new("bullpen"));
    let (mut line, _) = live.ready(EAR).await;
    live.fake.disconnect(live.bot.user, How::Beat);
    line.op(1).await;
    line.send(1, json!(line.seq)).await;
    line.op(11).await;
    assert_eq!(line.end().await, Some(4009), "no more of them");
    assert_eq!(live.fake.sessions(live.bot.user), 0);
}

#[tokio::test]
async fn identifies_have_limits() {
    let settings = Settings { session_starts: 3, identify_every: Duration::from_mins(1), ..Settings::quick() };
    let live = Live::with(settings, BotPlan::new("bullpen"));
    let (_line, _) = live.ready(EAR).await;
    let (_, answer) = live.call("GET", "/gateway/bot", Value::Null).await;
    assert_eq!(answer["session_start_limit"]["remaining"], 2, "{answer}");
    assert_eq!(answer["session_start_limit"]["max_concurrency"], 1);
    let mut soon = live.open().await;
    soon.identify(&live.bot.token, json!({})).await;
    assert_eq!(soon.op(9).await, false, "too soon");
    soon.identify(&live.bot.token, json!({})).await;
    assert_eq!(soon.op(9).await, false);
    soon.identify(&live.bot.token, json!({})).await;
    assert_eq!(soon.end().await, Some(4004), "too often");
}

#[tokio::test]
async fn a_shard_hears_its_guild_and_the_first_one_direct_messages() {
    let live = Live::with(Settings { shards: 2, ..Settings::quick() }, BotPlan::new("bullpen"));
    let (_, answer) = live.call("GET", "/gateway/bot", Value::Null).await;
    assert_eq!(answer["shards"], 2);
    let mut lines = Vec::new();
    for shard in [0, 1] {
        let mut line = live.open().await;
        line.identify(&live.bot.token, json!({"shard": [shard, 2]})).await;
        let ready = line.event("READY").await;
        lines.push((line, ready));
    }
    let own = usize::try_from((live.fake.guild() >> 22) % 2).unwrap();
    assert_eq!(lines[own].1["guilds"].as_array().unwrap().len(), 1);
    assert_eq!(lines[1 - own].1["guilds"], json!([]));
    live.fake.say(live.ann, live.channel, "in the guild");
    let direct = live.fake.dm(live.ann, live.bot.user);
    live.fake.say(live.ann, direct, "between us");
    if own == 0 {
        assert_eq!(lines[0].0.contents(2).await, ["in the guild", "between us"]);
    } else {
        assert_eq!(lines[0].0.contents(1).await, ["between us"]);
        assert_eq!(lines[1].0.contents(1).await, ["in the guild"]);
    }
}

#[tokio::test]
async fn presences_are_written_down_and_members_asked_for() {
    let live = Live::new();
    let (mut line, _) = live.ready(EAR).await;
    let activity = json!({"name": "Custom Status", "type": 4, "state": "2 open approvals"});
    line.send(3, json!({"since": null, "activities": [activity], "status": "idle", "afk": false})).await;
    let seen = live.fake.until(PATIENCE, |fake| !fake.presences().is_empty()).await;
    assert!(seen);
    let presence = live.fake.presences().pop().unwrap();
    assert_eq!((presence.bot, &presence.presence["status"]), (live.bot.user, &json!("idle")));
    let guild = live.fake.guild().to_string();
    line.send(8, json!({"guild_id": guild, "query": "an", "limit": 5, "nonce": "n"})).await;
    let chunk = line.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!((&chunk["members"][0]["user"]["username"], &chunk["nonce"]), (&json!("ann"), &json!("n")));
    line.send(8, json!({"guild_id": guild, "query": "", "limit": 0})).await;
    assert_eq!(line.end().await, Some(4014), "all of them need GUILD_MEMBERS");
}
