//! Approvals, beyond what lanes load and save: the last look before an act, and what is on show.

use bullpen_domain::approval::{self, Deputy, Vote};
use bullpen_domain::event::MessageId;
use bullpen_domain::lane::Lane;
use bullpen_domain::name::Handle;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

/// An approval, as an act names it.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    /// The organisation.
    pub org: Uuid,
    /// The approval; none where the act names none.
    pub id: Option<Uuid>,
    /// The arguments of the act.
    pub input: &'a Value,
}

/// Whether this approval was given, its one act handed out and not sent back since, these are the very arguments that it was
/// given for, and the yes of `quorum` of these people stands, or in their place of others who `may` approve.
pub async fn granted(
    conn: &mut PgConnection,
    grant: Grant<'_>,
    from: &[String],
    quorum: u32,
    may: &[String],
) -> sqlx::Result<bool> {
    let votes: Option<Json<Vec<Vote>>> = sqlx::query_scalar(
        "select votes from approvals
         where id = $1 and org = $2 and state = 'approved' and spent and lapsed is not true and input = $3",
    )
    .bind(grant.id)
    .bind(grant.org)
    .bind(grant.input)
    .fetch_optional(conn)
    .await?;
    let yes = |votes: Vec<Vote>| approval::agreed(&votes, from, |by| may.iter().any(|name| name == by));
    Ok(votes.is_some_and(|Json(votes)| yes(votes) >= quorum as usize))
}

/// Whether one of these personas approved something of this task by one of the reviews named.
pub async fn agreed(
    conn: &mut PgConnection,
    org: Uuid,
    task: Option<Uuid>,
    reviews: &[Uuid],
    who: &[Handle],
) -> sqlx::Result<bool> {
    let who: Vec<&str> = who.iter().map(Handle::as_str).collect();
    sqlx::query_scalar(
        "select exists (select from reviews
                        where org = $1 and task = $2 and id = any($3) and \"by\" = any($4) and verdict = 'approve')",
    )
    .bind(org)
    .bind(task)
    .bind(reviews)
    .bind(who)
    .fetch_one(conn)
    .await
}

/// An open approval whose card stands on a platform.
#[derive(Debug, Clone)]
pub struct OnShow {
    /// The approval.
    pub id: Uuid,
    /// Its lane.
    pub lane: Lane,
    /// The effect that posted its card.
    pub post: Uuid,
    /// The message that shows it.
    pub message: MessageId,
    /// Who may vote.
    pub voters: Vec<String>,
    /// The votes so far.
    pub votes: Vec<Vote>,
    /// How many reactions were told in its lane so far.
    pub told: i64,
}

/// The open approvals whose cards stand, the oldest first.
pub async fn on_show(conn: &mut PgConnection, org: Uuid) -> sqlx::Result<Vec<OnShow>> {
    let rows = sqlx::query(
        "select a.id, a.lane, a.post, a.asked_of, coalesce(a.deputies, '[]') as deputies, a.votes, m.channel, m.id as message,
             (select count(*) from inbox where org = a.org and lane = a.lane and event ->> 'type' = 'reacted') as told
         from approvals as a join messages as m on m.post = a.post
         where a.org = $1 and m.org = $1 and a.state = 'open' and m.deleted_at is null order by a.created_at",
    )
    .bind(org)
    .fetch_all(conn)
    .await?;
    let read = |row: &PgRow| {
        let (Json(asked_of), Json(votes)) = (row.try_get("asked_of")?, row.try_get("votes")?);
        let Json(deputies): Json<Vec<Deputy>> = row.try_get("deputies")?;
        let mut voters: Vec<String> = asked_of;
        voters.extend(deputies.into_iter().map(|deputy| deputy.by));
        voters.sort();
        voters.dedup();
        Ok(OnShow {
            id: row.try_get("id")?,
            lane: Lane::stored(row.try_get("lane")?),
            post: row.try_get("post")?,
            message: MessageId { channel: row.try_get("channel")?, id: row.try_get("message")? },
            voters,
            votes,
            told: row.try_get("told")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Whether an approval still stands as it was read, and no reaction was told in its lane meanwhile or waits there: also one that
/// changed no vote is newer than what was seen. The caller holds the enqueue lock of the lane, so that none comes before this
/// transaction's end.
pub async fn unmoved(conn: &mut PgConnection, org: Uuid, read: &OnShow) -> sqlx::Result<bool> {
    let now: Option<Json<Vec<Vote>>> = sqlx::query_scalar(
        "select votes from approvals where id = $1 and org = $2 and state = 'open' and post = $3 and $5 = (
             select count(*) filter (where state <> 'ready') from inbox
             where org = $2 and lane = $4 and event ->> 'type' = 'reacted')",
    )
    .bind(read.id)
    .bind(org)
    .bind(read.post)
    .bind(read.lane.as_str())
    .bind(read.told)
    .fetch_optional(conn)
    .await?;
    Ok(now.is_some_and(|Json(votes)| votes == read.votes))
}
