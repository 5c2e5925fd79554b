//! What happens between the lease of a call and its being made: nothing there stays undone, and no money is booked twice.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bullpen::store::budget::Reservation;
use bullpen::store::calls::{self, Leased, Prepared};
use bullpen_model::{Answer, Error, Model, Request, Tier};
use bullpen_rehearsal::Rehearsal;
use chrono::{NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Setting, World};

/// The stand-in, which can be in a bad way. It knows what it was asked.
#[derive(Default)]
struct Moody {
    inner: Rehearsal,
    /// It panics when it is asked for its name.
    broken: AtomicBool,
    /// It cannot be reached when it is asked next.
    away: AtomicBool,
    asked: Mutex<Vec<Request>>,
}

impl Moody {
    fn asked(&self) -> Vec<Request> {
        self.asked.lock().expect("no test panics while it holds this").clone()
    }
}

#[async_trait]
impl Model for Moody {
    fn label(&self) -> String {
        self.inner.label()
    }

    fn stand_in(&self) -> bool {
        true
    }

    fn name(&self, tier: Tier) -> String {
        assert!(!self.broken.load(Ordering::SeqCst), "the story wants it so");
        self.inner.name(tier)
    }

    async fn answer(&self, request: &Request) -> Result<Answer, Error> {
        self.asked.lock().expect("no test panics while it holds this").push(request.clone());
        if self.away.swap(false, Ordering::SeqCst) {
            return Err(Error::Unavailable { why: "the story wants it so".into(), after: None, billed: false });
        }
        self.inner.answer(request).await
    }

    async fn ready(&self) -> Result<(), Error> {
        self.inner.ready().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_preparation_panics_is_told_as_failed_and_the_next_is_made() {
    let model = Arc::new(Moody { broken: AtomicBool::new(true), ..Moody::default() });
    let world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    let asked = world.say("you", "all-hands", "@copywriter what are you on?").await;
    world.hear(asked.id, "went wrong inside this server").await;
    assert_eq!(
        world.one::<i64>("select count(*) from calls where state <> 'done'").await,
        0,
        "nothing stays under way"
    );
    model.broken.store(false, Ordering::SeqCst);
    let again = world.say("you", "all-hands", "@copywriter what are you on?").await;
    world
        .wait::<Uuid>(
            "an answer",
            "select id from lobby.messages where thread::text = $1 limit 1",
            &again.id.to_string(),
        )
        .await;
    world.close().await;
}

/// Somebody asks while the model is away; what is stored of the prompt becomes what `rewritten` makes of the request, and the
/// model is asked again.
async fn asked_twice(model: &Arc<Moody>, rewritten: impl Fn(&Request) -> Option<Value>) -> World {
    let world = World::with(Setting { model: Some(model.clone()), ..Setting::default() }).await;
    let question = world.say("you", "all-hands", "@copywriter what are you on?").await;
    let root = question.id.to_string();
    world.wait::<Uuid>("a call that is put off", "select id from calls where error like $1", "%the story%").await;
    // A prompt that was written anew would show this too.
    world.reply("you", &question, "Take your time.").await;
    world.wait::<String>("the reply", "select id from messages where thread = $1", &root).await;
    sqlx::query("update calls set retry_at = null, prompt = coalesce($1, prompt)")
        .bind(rewritten(&model.asked()[0]))
        .execute(&world.pool)
        .await
        .expect("its time has come");
    let answer = "select id from lobby.messages where thread::text = $1 and author_kind = 'persona'";
    world.wait::<Uuid>("an answer", answer, &root).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_is_repeated_as_it_was_and_what_every_turn_is_told_is_kept_once() {
    let model = Arc::new(Moody { away: AtomicBool::new(true), ..Moody::default() });
    let world = asked_twice(&model, |_| None).await;
    let asked = model.asked();
    assert!(asked.len() >= 2 && asked[0] == asked[1], "{asked:#?}");
    assert!(asked[0].system.len() > 1_000 && !asked[0].acts.is_empty(), "{:#?}", asked[0]);
    let stored: Vec<Value> = sqlx::query_scalar("select prompt from calls where kind = 'turn'")
        .fetch_all(&world.pool)
        .await
        .expect("prompts");
    for prompt in &stored {
        assert_eq!(prompt["system"].as_str().map(str::len), Some(64), "a digest: {prompt:#}");
        assert_eq!(prompt.get("acts"), None);
    }
    let kept: Vec<Value> = sqlx::query_scalar("select body from definitions where kind = 'system_prompt'")
        .fetch_all(&world.pool)
        .await
        .expect("system prompts");
    assert_eq!(kept, [json!(asked[0].system)]);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_of_the_version_before_is_repeated_as_it_was() {
    let model = Arc::new(Moody { away: AtomicBool::new(true), ..Moody::default() });
    let world =
        asked_twice(&model, |request| Some(json!(Request { ask: "As it was.".into(), ..request.clone() }))).await;
    let asked = model.asked();
    assert!(asked.len() >= 2, "{asked:#?}");
    assert_eq!(asked[1], Request { ask: "As it was.".into(), ..asked[0].clone() });
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_told_that_a_reservation_was_kept_finds_it_and_an_older_attempt_finds_nothing() {
    let world = World::open().await;
    let mut conn = world.pool.acquire().await.expect("a connection");
    let call = |attempt| Leased {
        id: Uuid::from_u128(7),
        lane: "talk:all-hands".into(),
        spec: Err("of no interest here".into()),
        addressee: None,
        attempt,
        prompt: None,
        lost: None,
        taken_over: false,
    };
    let lost = Reservation { micros: 300, day: NaiveDate::from_ymd_opt(2026, 11, 1).expect("a day"), cause: None };
    // The second attempt is under way; the first was lost with its reservation.
    sqlx::query(
        "insert into calls (id, org, lane, kind, persona, spec, state, attempts, reserved_micros, reserved_on, prepared, created_at)
         values ($1, $2, 'talk:all-hands', 'turn', 'copywriter', '{}', 'running', 2, $3, $4, 1, now())",
    )
    .bind(call(2).id)
    .bind(world.org)
    .bind(lost.micros)
    .bind(lost.day)
    .execute(&mut *conn)
    .await
    .expect("a call under way");
    let found = calls::prepared_before(&mut conn, &call(2)).await.expect("an answer");
    assert_eq!(found, Some(None), "what the first attempt reserved is not the second's");

    let reserved = Reservation { micros: 700, day: NaiveDate::from_ymd_opt(2026, 11, 2).expect("a day"), ..lost };
    let prompt = Prepared {
        persona: "copywriter",
        tier: "routine",
        model: "priced",
        prompt: &json!({ "ask": "?" }),
        shown: &[],
        reserved: &reserved,
    };
    assert!(calls::prepared(&mut conn, world.org, Utc::now(), &call(2), &prompt).await.expect("kept"));
    let found = calls::prepared_before(&mut conn, &call(2)).await.expect("an answer");
    assert_eq!(found, Some(Some((json!({ "ask": "?" }), reserved.clone()))));

    assert_eq!(calls::prepared_before(&mut conn, &call(1)).await.expect("an answer"), None);
    assert!(!calls::prepared(&mut conn, world.org, Utc::now(), &call(1), &prompt).await.expect("refused"));
    // Nobody makes it: it is not waited for.
    sqlx::query("delete from calls where id = $1").bind(call(2).id).execute(&mut *conn).await.expect("deleted");
    drop(conn);
    world.close().await;
}
