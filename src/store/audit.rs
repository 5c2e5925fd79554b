//! The chain of decision records: sealing, erasing, and reading it from one end to the other.

use bullpen_domain::audit::{self, Head, Kept, Refusal, Seal};
use bullpen_domain::effect::Post;
use bullpen_domain::org::Directory;
use bullpen_domain::record::Record;
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt as _};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::outbox::{self, New};
use super::{messages, noise, wait_for_disk};

/// How many records are sealed at once when the chain begins.
const EACH: i64 = 500;

/// Takes the organisation's turn to add to its chain, held until commit, and gives where the chain ends: so numbers have
/// no holes, and no two records follow from the same one.
///
/// The order of locks: lanes (only tried, never waited for), rows of the lane, **chain**, enqueue locks. Nobody who holds
/// an enqueue lock asks for the chain, and nobody who holds the chain waits for a lane, so there is no ring.
async fn lock(conn: &mut PgConnection, org: Uuid) -> sqlx::Result<Head> {
    // A head may be written down as soon as it can be read: it must not be lost with a crash of Postgres.
    wait_for_disk(conn).await?;
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('decisions:' || $1::text, 0))")
        .bind(org)
        .execute(&mut *conn)
        .await?;
    // A statement of its own: it sees what the last holder left.
    let head: Option<(i64, String)> = sqlx::query_as(
        "select number, link from decisions where org = $1 and number is not null order by number desc limit 1",
    )
    .bind(org)
    .fetch_optional(conn)
    .await?;
    Ok(head.map_or_else(|| Head::before_all(org), |(number, link)| Head { number, link }))
}

/// As random as the machine can make it: 244 bits.
fn salt() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// Seals a record behind `head`, and moves that on.
fn seal(head: &mut Head, record: Record) -> Kept {
    let seal = Seal::new(head, salt(), &record);
    *head = seal.head();
    Kept { record, seal: Some(seal), erased_in: None }
}

/// Adds records to the end of the organisation's chain, in this order.
pub(super) async fn add(conn: &mut PgConnection, org: Uuid, records: &[Record]) -> sqlx::Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    // As they will be read: the database rounds times, and writes numbers in its own way.
    let stored: Vec<Json<Record>> =
        sqlx::query_scalar("select to_jsonb(d) from jsonb_populate_recordset(null::decisions, $1) as d")
            .bind(Json(records))
            .fetch_all(&mut *conn)
            .await?;
    let mut head = lock(conn, org).await?;
    let kept: Vec<Kept> = stored.into_iter().map(|Json(record)| seal(&mut head, record)).collect();
    sqlx::query("insert into decisions select * from jsonb_populate_recordset(null::decisions, $1)")
        .bind(Json(kept))
        .execute(conn)
        .await?;
    Ok(())
}

/// Begins the chain of each organisation that has records but no chain yet: those from before there were chains, in the
/// order in which they were made. Once; what comes to have no link later was not added by this program.
pub(super) async fn begin(pool: &PgPool) -> sqlx::Result<()> {
    let orgs: Vec<Uuid> =
        sqlx::query_scalar("select distinct org from decisions where number is null").fetch_all(pool).await?;
    for org in orgs {
        let mut tx = pool.begin().await?;
        let mut head = lock(&mut tx, org).await?;
        if head.number > 0 {
            continue;
        }
        loop {
            let old: Vec<Json<Record>> = sqlx::query_scalar(
                "select to_jsonb(d) from decisions as d where org = $1 and number is null order by at, id limit $2",
            )
            .bind(org)
            .bind(EACH)
            .fetch_all(&mut *tx)
            .await?;
            if old.is_empty() {
                break;
            }
            let kept: Vec<Kept> = old.into_iter().map(|Json(record)| seal(&mut head, record)).collect();
            sqlx::query(
                "update decisions as d
                 set number = k.number, form = k.form, salt = k.salt, digest = k.digest, link = k.link
                 from jsonb_populate_recordset(null::decisions, $1) as k where d.id = k.id",
            )
            .bind(Json(kept))
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        tracing::info!(%org, number = head.number, link = %head.link, "the chain of decision records begins");
    }
    Ok(())
}

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such record.
    #[error("there is no such decision record")]
    Unknown,
    /// It cannot be.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
}

/// Erases the texts of a record, here and where it was posted; the post on the platform is edited by delivery. Gives the
/// record that tells of it.
///
/// # Errors
/// When there is no such record or it cannot be erased.
pub async fn erase(
    conn: &mut PgConnection,
    directory: &Directory,
    id: Uuid,
    by: &str,
    why: &str,
    now: DateTime<Utc>,
) -> Result<Record, Error> {
    let org = directory.org;
    let mut head = lock(conn, org).await?;
    let found: Option<Json<Kept>> =
        sqlx::query_scalar("select to_jsonb(d) from decisions as d where org = $1 and id = $2 for update")
            .bind(org)
            .bind(id)
            .fetch_optional(&mut *conn)
            .await?;
    let Json(mut kept) = found.ok_or(Error::Unknown)?;
    // Rounded as the database rounds, as it is hashed.
    let now: DateTime<Utc> = sqlx::query_scalar("select $1::timestamptz").bind(now).fetch_one(&mut *conn).await?;
    let erasure = seal(&mut head, audit::erase(&mut kept, Uuid::now_v7(), by, why, now)?);
    kept.erased_in = Some(head.number);
    sqlx::query("insert into decisions select * from jsonb_populate_recordset(null::decisions, $1)")
        .bind(Json([&erasure]))
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "update decisions as d
         set context = k.context, decision = k.decision, reasoning = k.reasoning, alternatives = k.alternatives, actions = k.actions,
             chain = k.chain, dissent = k.dissent, salt = k.salt, erased_in = k.erased_in
         from jsonb_populate_recordset(null::decisions, $1) as k where d.id = k.id",
    )
    .bind(Json([&kept]))
    .execute(&mut *conn)
    .await?;
    show(conn, directory, &erasure.record, now).await?;
    Ok(erasure.record)
}

/// Has the post of an erased record say that it is erased, wherever its text is kept.
async fn show(
    conn: &mut PgConnection,
    directory: &Directory,
    erasure: &Record,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let org = directory.org;
    if noise::erase(conn, directory, now, erasure.post, &erasure.decision).await? {
        return Ok(());
    }
    let Some(Json(post)) = sqlx::query_scalar::<_, Json<Post>>("select post from outbox where org = $1 and id = $2")
        .bind(org)
        .bind(erasure.post)
        .fetch_optional(&mut *conn)
        .await?
    else {
        return Ok(());
    };
    let content = Post { body: audit::erased_body(erasure), notify: Vec::new(), status: None, ..post };
    let stands = outbox::rewrite(conn, org, erasure.post, &content).await?;
    messages::forget(conn, org, erasure.post, &erasure.decision).await?;
    if stands {
        let revision = New {
            id: Uuid::new_v5(&erasure.id, b"post"),
            lane: erasure.lane.as_str().to_owned(),
            post: content,
            revises: Some((erasure.post, 1)),
        };
        outbox::insert(conn, org, now, &[revision]).await?;
    }
    Ok(())
}

/// A record of the chain, and the one that tells of its erasure.
pub type Linked = (Kept, Option<Kept>);

/// All records of an organisation by number, those without one last, as they come from the database.
pub fn read<'c>(conn: &'c mut PgConnection, org: Uuid) -> impl Stream<Item = sqlx::Result<Linked>> + 'c {
    let rows = sqlx::query_as::<_, (Json<Kept>, Option<Json<Kept>>)>(
        "select to_jsonb(d), to_jsonb(e) from decisions as d
         left join decisions as e on e.org = d.org and e.number = d.erased_in
         where d.org = $1 order by d.number, d.at, d.id",
    );
    rows.bind(org).fetch(conn).map(|row| row.map(|(kept, erasure)| (kept.0, erasure.map(|Json(erasure)| erasure))))
}
