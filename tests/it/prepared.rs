//! What happens between the lease of a call and its being made: nothing there stays undone, and no money is booked twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bullpen::store::budget::Reservation;
use bullpen::store::calls::{self, Leased, Prepared};
use bullpen_model::{Answer, Error, Model, Request, Tier};
use bullpen_rehearsal::Rehearsal;
use chrono::{NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::world::{Setting, World};

/// The stand-in, which panics for as long as `broken` when it is asked for its name.
struct Fragile {
    inner: Rehearsal,
    broken: AtomicBool,
}

#[async_trait]
impl Model for Fragile {
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
        self.inner.answer(request).await
    }

    async fn ready(&self) -> Result<(), Error> {
        self.inner.ready().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_preparation_panics_is_told_as_failed_and_the_next_is_made() {
    let model = Arc::new(Fragile { inner: Rehearsal::new(), broken: AtomicBool::new(true) });
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
        prompt: json!({ "ask": "?" }),
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
