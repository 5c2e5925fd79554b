//! The outbox: what is to be put on show, in order within its conversation, each exactly once.

use std::time::Duration;

use bullpen_domain::effect::{Place, Post};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use uuid::Uuid;

use super::messages;

/// Attempts after which a post that is merely put off becomes a dead letter (about a day, with the back-off below).
pub const MAX_ATTEMPTS: i32 = 300;

/// A post, or a revision of one, to enqueue.
#[derive(Debug, Clone)]
pub struct New {
    /// The effect's id: the idempotency key.
    pub id: Uuid,
    /// The lane it comes from.
    pub lane: String,
    /// What to say.
    pub post: Post,
    /// For a revision: the post that it replaces, and its number.
    pub revises: Option<(Uuid, i64)>,
}

impl New {
    /// The unit of order: posts of one conversation go out one after the other.
    #[must_use]
    pub fn conversation(&self) -> String {
        match (&self.revises, &self.post.at) {
            (Some((post, _)), _) => format!("edit:{post}"),
            (None, Place::Channel { channel }) => channel.clone(),
            (None, Place::Thread { channel, root }) => format!("{channel}/{root}"),
            (None, Place::Below { channel, post }) => format!("{channel}/^{post}"),
        }
    }

    /// Whose holder has to look again because of it: its conversation's, and its target's.
    pub fn keys(&self) -> impl Iterator<Item = String> + use<> {
        std::iter::once(self.conversation()).chain(self.target().map(|target| target.to_string()))
    }

    /// The post whose receipt it needs.
    fn target(&self) -> Option<Uuid> {
        match (&self.revises, &self.post.at) {
            (Some((post, _)), _) | (None, Place::Below { post, .. }) => Some(*post),
            _ => None,
        }
    }
}

/// Enqueues in order. A revision that was not sent yet is superseded by a newer one. Takes the enqueue locks of the
/// conversations before it numbers them.
pub async fn insert(conn: &mut PgConnection, org: Uuid, now: DateTime<Utc>, new: &[New]) -> sqlx::Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "with locked as materialized (
             select count(pg_advisory_xact_lock(k)) from (
                 select distinct hashtextextended('queue:' || conversation, 0) as k from unnest($5::text[]) as conversation
                 order by 1
             ) as sorted
         )
         insert into outbox (id, org, lane, conversation, kind, post, target, revision, created_at)
         select id, $1, lane, conversation, kind, post, target, revision, $2
         from locked
         cross join unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::uuid[], $9::bigint[])
              with ordinality as n (id, lane, conversation, kind, post, target, revision, position)
         order by position
         on conflict (id) do nothing",
    )
    .bind(org)
    .bind(now)
    .bind(new.iter().map(|n| n.id).collect::<Vec<_>>())
    .bind(new.iter().map(|n| n.lane.as_str()).collect::<Vec<_>>())
    .bind(new.iter().map(New::conversation).collect::<Vec<_>>())
    .bind(new.iter().map(|n| if n.revises.is_some() { "revise" } else { "post" }).collect::<Vec<_>>())
    .bind(new.iter().map(|n| Json(&n.post)).collect::<Vec<_>>())
    .bind(new.iter().map(New::target).collect::<Vec<_>>())
    .bind(new.iter().map(|n| n.revises.map_or(0, |(_, r)| r)).collect::<Vec<_>>())
    .execute(&mut *conn)
    .await?;
    let revisions = new.iter().filter_map(|n| Some((n.id, n.revises?.0)));
    let (newest, revised): (Vec<Uuid>, Vec<Uuid>) = revisions.unzip();
    if revised.is_empty() {
        return Ok(());
    }
    // Under the locks: what another writer has enqueued before is seen.
    sqlx::query(
        "update outbox set state = 'superseded'
         where target = any($1) and kind = 'revise' and state = 'ready' and id <> all($2)",
    )
    .bind(revised)
    .bind(newest)
    .execute(conn)
    .await?;
    Ok(())
}

/// Replaces what a post says, and all revisions of it say, so that nothing is kept of that. Gives whether the post is not
/// given up, so that a revision of it can be sent.
pub async fn rewrite(conn: &mut PgConnection, org: Uuid, post: Uuid, content: &Post) -> sqlx::Result<bool> {
    let stands: Vec<bool> = sqlx::query_scalar(
        "update outbox set post = $3 where org = $1 and (id = $2 or target = $2 and kind = 'revise')
         returning id = $2 and state <> 'dead'",
    )
    .bind(org)
    .bind(post)
    .bind(Json(content))
    .fetch_all(conn)
    .await?;
    Ok(stands.contains(&true))
}

/// A post under a lease.
#[derive(Debug, Clone)]
pub struct Leased {
    /// The effect's id.
    pub id: Uuid,
    /// The lane it comes from.
    pub lane: String,
    /// The unit of order.
    pub conversation: String,
    /// What to say, or why that cannot be read.
    pub post: Result<Post, String>,
    /// For a revision: its number.
    pub revision: Option<i64>,
    /// Where the message that it targets stands.
    pub target: Option<(String, String)>,
    /// This attempt's number.
    pub attempt: i32,
    /// Whether an earlier attempt may have done it.
    pub unsure: bool,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
}

impl Leased {
    /// What it holds while it is under way: its conversation, and itself, since others may wait for its receipt.
    pub fn keys(&self) -> impl Iterator<Item = String> + use<> {
        [self.conversation.clone(), self.id.to_string()].into_iter()
    }
}

/// Most posts of one conversation in a lease.
const EACH: i64 = 64;

/// Leases up to `limit` posts: of each conversation that nobody works on, what is ready, in order; of those that target
/// another post, only once that one stands.
///
/// One statement, although others lease at the same time: whoever leases a conversation locks its first post. If somebody
/// else had it meanwhile, that post is not ready any more as it stands now, and its conversation is left alone.
pub async fn lease(conn: &mut PgConnection, org: Uuid, holder: i32, limit: i64) -> sqlx::Result<Vec<Leased>> {
    // Twice as many rows are looked at, so that a worker finds some behind those that another is just leasing.
    let rows = sqlx::query(
        "with candidate as materialized (
             select conversation from (
                 select conversation from (
                     select o.conversation, o.seq from outbox as o left join outbox as t on t.id = o.target
                     where o.org = $1 and o.state = 'ready' and (o.retry_at is null or o.retry_at <= now())
                       and (o.target is null or t.state in ('sent', 'dead'))
                       and o.conversation not in (select conversation from outbox where org = $1 and state = 'running')
                     order by o.seq limit 2 * $2
                 ) as ready
                 group by conversation offset 0
             ) as free
             -- For servers of the version before, which know no other lock.
             where pg_try_advisory_xact_lock(hashtextextended('conversation:' || conversation, 0))
         ), held as materialized (
             select o.conversation from outbox as o
             where o.id = any(array(
                       select first.id from candidate as c
                       cross join lateral (
                           select id from outbox where org = $1 and conversation = c.conversation and state = 'ready'
                           order by seq limit 1
                       ) as first))
               and o.state = 'ready' and (o.retry_at is null or o.retry_at <= now())
             order by o.seq limit $2 for update skip locked
         ), head as (
             select e.id, e.seq, e.attempts, e.unsure, e.target_channel, e.target_message,
                    bool_or(e.later) over (partition by h.conversation order by e.seq) as behind
             from held as h
             cross join lateral (
                 select o.id, o.seq, o.attempts, o.unsure, t.channel as target_channel, t.message as target_message,
                        coalesce(o.retry_at > now(), false)
                        or (o.target is not null and coalesce(t.state, '') not in ('sent', 'dead')) as later
                 from outbox as o left join outbox as t on t.id = o.target
                 where o.org = $1 and o.conversation = h.conversation and o.state = 'ready'
                 order by o.seq limit $4
             ) as e
         ), chosen as (
             select id, attempts, unsure, target_channel, target_message from head where not behind order by seq limit $2
         )
         update outbox as o set state = 'running', holder = $3, attempts = o.attempts + 1, unsure = true
         from chosen where o.id = chosen.id and o.state = 'ready'
         returning o.seq, o.id, o.lane, o.conversation, o.post, o.kind, o.revision, o.attempts, o.created_at,
                   -- Who had it since this statement began may have done it.
                   chosen.unsure or o.attempts <> chosen.attempts + 1 as unsure,
                   chosen.target_channel, chosen.target_message",
    )
    .bind(org)
    .bind(limit)
    .bind(holder)
    .bind(EACH)
    .fetch_all(conn)
    .await?;
    let mut leased: Vec<(i64, Leased)> = rows
        .into_iter()
        .map(|row| {
            let kind: String = row.try_get("kind")?;
            let channel: Option<String> = row.try_get("target_channel")?;
            let message: Option<String> = row.try_get("target_message")?;
            let post = row.try_get("post").map(|Json(post)| post);
            let leased = Leased {
                id: row.try_get("id")?,
                lane: row.try_get("lane")?,
                conversation: row.try_get("conversation")?,
                post: post.map_err(|e| format!("the stored post cannot be read: {e}")),
                revision: if kind == "revise" { Some(row.try_get("revision")?) } else { None },
                target: channel.zip(message),
                attempt: row.try_get("attempts")?,
                unsure: row.try_get("unsure")?,
                created_at: row.try_get("created_at")?,
            };
            Ok((row.try_get("seq")?, leased))
        })
        .collect::<sqlx::Result<_>>()?;
    leased.sort_by_key(|(seq, _)| *seq);
    Ok(leased.into_iter().map(|(_, post)| post).collect())
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub enum Ended {
    /// It stands as this message.
    Sent {
        /// The channel's id.
        channel: String,
        /// The message's id.
        message: String,
    },
    /// Nothing happened, or perhaps something did; try again later.
    Later {
        /// What the platform said.
        why: String,
        /// Whether it may have been done.
        unsure: bool,
        /// Whether the platform said when: then that is when, and it is no failure, however often.
        told: bool,
        /// How long to wait at least.
        after: Duration,
    },
    /// A revision of a message that somebody deleted.
    Moot {
        /// What the platform said.
        why: String,
    },
    /// It will never work.
    Never {
        /// What to mend.
        why: String,
    },
    /// It was not tried, because something before it in the conversation was put off.
    Untouched {
        /// Whether an earlier attempt may have done it.
        unsure: bool,
    },
}

/// What may go on now that attempts have ended.
#[derive(Debug)]
pub struct Finished {
    /// The lanes of events that waited for a message.
    pub freed: Vec<String>,
    /// Whether there are posts, perhaps such as waited for these.
    pub more: bool,
}

/// Records how attempts ended, and the messages that they made. An attempt that somebody else has taken over meanwhile changes
/// nothing. What waited to know one of these messages is free with them, so that nothing that is told later overtakes it.
///
/// Where all was sent, this is one statement, and the caller needs no transaction.
pub async fn finish(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    ended: &[(Uuid, i32, Ended)],
    posted: &[messages::New],
) -> sqlx::Result<Finished> {
    let mut sent: (Vec<Uuid>, Vec<i32>, Vec<&str>, Vec<&str>) = Default::default();
    for (id, attempt, how) in ended {
        match how {
            Ended::Sent { channel, message } => {
                sent.0.push(*id);
                sent.1.push(*attempt);
                sent.2.push(channel);
                sent.3.push(message);
            }
            Ended::Later { why, unsure, told, after } => {
                sqlx::query(
                    "update outbox set holder = null, error = $3, unsure = $4,
                            retry_at = now() + make_interval(secs =>
                                case when $7 then $5 else greatest($5, least(300, 0.1 * power(2, least(attempts, 14)))) end),
                            state = case when attempts >= $6 and not $7 then 'dead' else 'ready' end
                     where id = $1 and attempts = $2 and state = 'running'",
                )
                .bind(id)
                .bind(attempt)
                .bind(why)
                .bind(unsure)
                .bind(after.as_secs_f64())
                .bind(MAX_ATTEMPTS)
                .bind(told)
                .execute(&mut *conn)
                .await?;
            }
            Ended::Never { why } | Ended::Moot { why } => {
                sqlx::query(
                    "update outbox set state = $4, holder = null, error = $3
                     where id = $1 and attempts = $2 and state = 'running'",
                )
                .bind(id)
                .bind(attempt)
                .bind(why)
                .bind(if matches!(how, Ended::Moot { .. }) { "superseded" } else { "dead" })
                .execute(&mut *conn)
                .await?;
            }
            Ended::Untouched { unsure } => {
                sqlx::query(
                    "update outbox set state = 'ready', holder = null, attempts = attempts - 1, unsure = $3
                     where id = $1 and attempts = $2 and state = 'running'",
                )
                .bind(id)
                .bind(attempt)
                .bind(unsure)
                .execute(&mut *conn)
                .await?;
            }
        }
    }
    if sent.0.is_empty() {
        return Ok(Finished { freed: Vec::new(), more: true });
    }
    // Row by row in one order: posts, messages, events.
    let sql = format!(
        "with soon as materialized (select set_config('synchronous_commit', 'off', true)),
         sent as (
             update outbox as o set state = 'sent', holder = null, error = null, unsure = false,
                    channel = s.channel, message = s.message, sent_at = $12
             from soon cross join unnest($13::uuid[], $14::integer[], $15::text[], $16::text[])
                  as s (id, attempt, channel, message)
             where o.id = s.id and o.attempts = s.attempt and o.state = 'running'
             returning 1
         ), said as ({} returning 1), freed as (
             update inbox set state = 'ready', waits_for = null, lane = m.lane,
                    event = jsonb_set(event, '{{post}}', to_jsonb(m.post))
             from (select count(*) from said) as before
             cross join unnest($2::text[], $3::text[], $5::text[], $8::uuid[]) as m (channel, id, lane, post)
             where inbox.org = $1 and inbox.state = 'parked' and inbox.waits_for = m.channel || '/' || m.id
             returning inbox.lane
         )
         select array(select lane from freed) as freed,
                exists (select from outbox where org = $1 and state = 'ready' and (retry_at is null or retry_at <= now())) as more",
        messages::insertion("(select count(*) from sent) as before")
    );
    let row = messages::bind(sqlx::query(AssertSqlSafe(sql)), org, posted)
        .bind(now)
        .bind(sent.0)
        .bind(sent.1)
        .bind(sent.2)
        .bind(sent.3)
        .fetch_one(conn)
        .await?;
    Ok(Finished { freed: row.try_get("freed")?, more: row.try_get("more")? })
}
