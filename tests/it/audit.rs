//! What was decided stays as it was decided: a later change shows, whoever makes it, and a text can still be erased.

use std::net::SocketAddr;
use std::process::Output;

use bullpen::store::lanes::Changes;
use bullpen::store::{self, audit};
use bullpen_domain::audit::{Outcome, Verifier};
use bullpen_domain::lane::Lane;
use bullpen_domain::record::Record;
use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt as _, pin_mut};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::cli::{bullpen, said};
use crate::world::World;

const REQUEST: &str = "@content_manager we need a blog post \"What Lifts Teach About Queues\" for architects";
const TITLE: &str = "What Lifts Teach About Queues";

fn record(org: Uuid, decision: &str) -> Record {
    Record {
        id: Uuid::now_v7(),
        org,
        lane: Lane::stored("task:x".into()),
        task: Uuid::from_u128(1),
        maker: "you".into(),
        kind: "publish.article".into(),
        context: "Lifts".into(),
        decision: decision.into(),
        reasoning: "Because of “it”.\n\u{1f6d7}".into(),
        alternatives: json!(["Stairs"]),
        // Numbers that Postgres writes in its own way.
        actions: json!([{ "what": "publish", "owner": "copywriter", "due": null, "cost": [1e15, -0.0, 1.50, 1e-7] }]),
        chain: Value::Null,
        dissent: json!([{ "what": "no", "by": "ana" }]),
        escalated: false,
        post: Uuid::now_v7(),
        // Finer than Postgres keeps it.
        at: DateTime::from_timestamp_nanos(1_700_000_000_123_456_789),
    }
}

async fn keep(conn: &mut PgConnection, org: Uuid, records: &[Record]) {
    let mut changes = Changes::default();
    changes.add(&[], records).expect("JSON");
    changes.save(conn, org).await.expect("saved");
}

async fn verified(world: &World) -> Outcome {
    let mut verifier = Verifier::new(world.org, None);
    let mut conn = world.pool.acquire().await.expect("a connection");
    let records = audit::read(&mut conn, world.org);
    pin_mut!(records);
    while let Some(read) = records.next().await {
        let (kept, erasure) = read.expect("a record");
        verifier.take(&kept, erasure.as_ref());
    }
    verifier.finish()
}

/// `bullpen audit verify` against this server.
async fn verify(server: SocketAddr, more: &[&str]) -> (Option<i32>, String) {
    let arguments: Vec<String> = ["audit", "verify"].iter().chain(more).map(ToString::to_string).collect();
    let run = move || {
        let dir = tempfile::tempdir().expect("a directory");
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        bullpen(dir.path(), &arguments, &[("BULLPEN_LISTEN", &server.to_string())])
    };
    let Output { status, stdout, stderr } = tokio::task::spawn_blocking(run).await.expect("it ran");
    assert_eq!(said(&stderr), "");
    (status.code(), said(&stdout))
}

async fn sql(world: &World, statement: &'static str) {
    let done = sqlx::query(statement).execute(&world.pool).await.expect("the statement is sound");
    assert_eq!(done.rows_affected(), 1, "{statement}");
}

async fn erase(server: SocketAddr, id: Uuid, body: Value) -> (u16, Value) {
    let url = format!("http://{server}/api/decisions/{id}/erase");
    let answer = reqwest::Client::new().post(url).json(&body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_side_by_side_leave_no_hole_and_no_fork() {
    let world = World::open().await;
    let org = world.org;
    let writers = (0..8).map(|writer| {
        let pool = world.pool.clone();
        tokio::spawn(async move {
            for i in 0..20 {
                let mut tx = pool.begin().await.expect("a transaction");
                let records: Vec<Record> =
                    (0..=i % 3).map(|part| record(org, &format!("{writer} {i} {part}"))).collect();
                keep(&mut tx, org, &records).await;
                // Some of them fail after all: their numbers are the next one's.
                if i % 4 == 3 { tx.rollback().await } else { tx.commit().await }.expect("ended");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("it wrote");
    }
    let outcome = verified(&world).await;
    assert_eq!(outcome.faults, []);
    let committed = (0..20).filter(|i| i % 4 != 3).map(|i| i % 3 + 1).sum::<i64>() * 8;
    assert_eq!((outcome.head.number, outcome.records), (committed, committed as u64));
    let numbers: Vec<i64> = world.all("select number from decisions order by number").await;
    assert!(numbers.into_iter().eq(1..=committed));
    let salts: i64 = world.one("select count(distinct salt) from decisions where length(salt) = 64").await;
    assert_eq!(salts, committed);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_from_before_the_chain_are_sealed_once_in_their_order() {
    let world = World::open().await;
    let mut old: Vec<Record> = (0..1_203).map(|i| record(world.org, &format!("old {i}"))).collect();
    for (i, record) in old.iter_mut().enumerate() {
        record.at += TimeDelta::seconds(i64::try_from(i).expect("small") / 2);
    }
    old.reverse();
    let unsealed = |records: Vec<Record>| {
        let insert = sqlx::query("insert into decisions select * from jsonb_populate_recordset(null::decisions, $1)");
        insert.bind(sqlx::types::Json(records)).execute(&world.pool)
    };
    unsealed(old).await.expect("inserted");
    assert_eq!(verified(&world).await.fault_count, 1_203);
    // Two servers that start at once.
    let (one, other) = tokio::join!(store::migrate(&world.pool), store::migrate(&world.pool));
    one.and(other).expect("migrated");
    let begun = verified(&world).await;
    assert_eq!((begun.faults, begun.head.number), (Vec::new(), 1_203));
    let in_order: bool = world
        .one("select bool_and(number = place) from (select number, row_number() over (order by at, id) as place from decisions) as d")
        .await;
    assert!(in_order);

    // What comes without a link later is nobody's of ours, and no start makes it so.
    unsealed(vec![record(world.org, "smuggled in")]).await.expect("inserted");
    store::migrate(&world.pool).await.expect("migrated");
    let smuggled = verified(&world).await;
    assert_eq!((smuggled.fault_count, &smuggled.head), (1, &begun.head));
    assert!(smuggled.faults[0].says.contains("has no link"), "{smuggled:?}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_behind_our_back_is_named_and_an_erasure_is_none() {
    let mut world = World::open().await;
    world.say("you", "management", REQUEST).await;
    world.approve("publish.article").await;
    world.until(TITLE, "done").await;
    world.settle().await;
    let (server, _serving) = world.serve().await;
    let (code, whole) = verify(server, &[]).await;
    assert_eq!(code, Some(0), "{whole}");
    let count: i64 = world.one("select count(*) from decisions").await;
    assert!(count >= 2, "{count}");
    let head: String = world.one("select link from decisions order by number desc limit 1").await;
    assert_eq!(whole, format!("{count} decision records, 0 of them erased: each fits.\nHead: {count} {head}\n"));

    // Somebody edits history.
    sql(&world, "update decisions set decision = decision || '!' where number = 1").await;
    let first: Uuid = world.one("select id from decisions where number = 1").await;
    let (code, told) = verify(server, &[]).await;
    assert_eq!(code, Some(1));
    let changed = format!("The text of decision record 1 ({first}) was changed: it does not fit its digest.\n{count} ");
    assert!(told.starts_with(&changed), "{told}");
    let (code, told) = verify(server, &["--json"]).await;
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!((code, &told["fits"], &told["faults"][0]["record"]), (Some(1), &json!(false), &json!(first)));
    sql(&world, "update decisions set decision = rtrim(decision, '!') where number = 1").await;
    assert_eq!(verify(server, &[]).await.0, Some(0));

    // A text goes for good: from the record, from the chat, from what is kept to be posted.
    let said: String = world.one("select decision from decisions where number = 1").await;
    let post: Uuid = world.one("select post from decisions where number = 1").await;
    assert!(world.message(post).await.text.contains(&said));
    let (status, _) = erase(server, first, json!({ "as": "you", "reason": "Names a customer." })).await;
    assert_eq!(status, 200);
    world.settle().await;
    let shown = world.message(post).await.text;
    assert!(!shown.contains(&said) && shown.contains("were erased") && shown.contains("Names a customer."), "{shown}");
    let left: i64 = world
        .one(
            "select count(*) from decisions as d join outbox as o on o.id = d.post or o.target = d.post
             join messages as m on m.post = d.post
             where d.number = 1 and (d.salt is not null or d.decision <> '' or d.context <> '' or d.reasoning <> ''
                                     or o.post::text not like '%were erased%' or m.text not like '%were erased%')",
        )
        .await;
    assert_eq!(left, 0);
    let (code, told) = verify(server, &["--head", &head]).await;
    assert_eq!(code, Some(0), "{told}");
    let erased = format!(
        "The given head is in the chain: it is record {count}'s.\n{} decision records, 1 of them erased: each fits.\n",
        count + 1
    );
    assert!(told.starts_with(&erased), "{told}");

    // After a restart the chain goes on where it ended.
    let asked = world.say("you", "management", &REQUEST.replace("Lifts", "Stairs")).await;
    world.hear(asked.id, "").await;
    world.stop().await;
    world.start().await;
    let card = world.approval("publish.article").await;
    world.react("you", card, "❌", true).await;
    world.decided(card, "rejected").await;
    world.settle().await;
    let (code, told) = verify(server, &["--head", &head]).await;
    assert_eq!(code, Some(0), "{told}");
    let end: String = world.one("select link from decisions order by number desc limit 1").await;
    assert_ne!(end, head);
    assert!(told.ends_with(&format!(" {end}\n")), "{told}");

    // A tail that is cut off shows against the head that was written down.
    sql(&world, "delete from decisions where number = (select max(number) from decisions)").await;
    assert_eq!(verify(server, &[]).await.0, Some(0));
    let (code, told) = verify(server, &["--head", &end]).await;
    assert_eq!(code, Some(1));
    assert!(told.starts_with(&format!("The given head {end} is not in the chain")), "{told}");
    // And one in the middle without that.
    sql(&world, "delete from decisions where number = 2").await;
    let (code, told) = verify(server, &[]).await;
    assert_eq!(code, Some(1));
    assert!(told.contains("number 2 is missing"), "{told}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_without_a_record_of_it_is_a_fault() {
    let world = World::open().await;
    let records = [record(world.org, "one"), record(world.org, "two")];
    let mut tx = world.pool.begin().await.expect("a transaction");
    keep(&mut tx, world.org, &records).await;
    audit::erase(&mut tx, &world.office.directory(), records[0].id, "you", "asked to", Utc::now())
        .await
        .expect("erased");
    tx.commit().await.expect("committed");
    assert_eq!(verified(&world).await.faults, []);
    sql(
        &world,
        "update decisions set context = '', decision = '', reasoning = '', actions = '[]', chain = '[]', dissent = '[]',
                alternatives = '[]', salt = null, erased_in = 3 where number = 2",
    )
    .await;
    let outcome = verified(&world).await;
    assert_eq!(outcome.fault_count, 1);
    assert!(outcome.faults[0].says.contains("is marked as erased, but record 3 does not tell of that"), "{outcome:?}");
    world.close().await;
}
