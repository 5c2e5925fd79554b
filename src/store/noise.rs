//! Noise budgets: of what nobody asked for, how much stands at a channel's top level, and the folds that list the rest.
//!
//! Everything here is done under the channel's enqueue lock, which posts for its top level need anyway: so several servers
//! count together, and a fold's revisions are numbered in the order of commits.

use std::collections::{BTreeMap, BTreeSet};

use bullpen_domain::effect::{Body, Place, Post};
use bullpen_domain::lane::Lane;
use bullpen_domain::name::Handle;
use bullpen_domain::noise::{self, Noise, Window};
use bullpen_domain::org::{DESK, Directory};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::outbox::{self, New};
use super::{lock_queues, messages};

/// Takes what goes beyond its channel's noise budget out of these posts, and puts the folds that list it in. Takes the enqueue
/// locks of all their conversations where there is any noise among them.
pub async fn fold(
    conn: &mut PgConnection,
    directory: &Directory,
    now: DateTime<Utc>,
    posts: Vec<New>,
) -> sqlx::Result<Vec<New>> {
    let is_noise = |new: &New| new.revises.is_none() && new.post.is_noise();
    let channels: BTreeSet<String> =
        posts.iter().filter(|new| is_noise(new)).map(|new| new.post.at.channel().to_owned()).collect();
    if channels.is_empty() {
        return Ok(posts);
    }
    lock_queues(conn, &posts.iter().map(New::conversation).collect::<Vec<_>>()).await?;
    let org = directory.org;
    let ids: Vec<Uuid> = posts.iter().filter(|new| is_noise(new)).map(|new| new.id).collect();
    let known: Vec<Uuid> =
        sqlx::query_scalar("select post from statuses where post = any($1)").bind(ids).fetch_all(&mut *conn).await?;
    let mut windows = windows(conn, org, &channels).await?;
    let (mut out, mut beyond) = (Vec::with_capacity(posts.len()), BTreeMap::<String, (Window, Vec<New>)>::new());
    let mut standing = Vec::new();
    for new in posts {
        if !is_noise(&new) {
            out.push(new);
            continue;
        }
        // A repeat was counted, and is on its way or listed.
        if known.contains(&new.id) {
            continue;
        }
        let channel = new.post.at.channel().to_owned();
        let (noise, _) = Noise::of(directory, &channel);
        let mut window = Window::at(now, windows.get(&channel).copied(), noise);
        if window.takes(noise) {
            standing.push((new.id, channel.clone(), window.since));
            out.push(new);
        } else {
            beyond.entry(channel.clone()).or_insert_with(|| (window, Vec::new())).1.push(new);
        }
        windows.insert(channel, window);
    }
    count(conn, org, now, &standing).await?;
    for (channel, (window, listed)) in beyond {
        let fold = open_fold(conn, org, now, &channel, window.since, listed[0].id).await?;
        keep(conn, org, now, &fold, &listed).await?;
        out.push(fold.post(conn, directory).await?);
    }
    Ok(out)
}

/// Lists anew what was to be shown by revisions that came to nothing, because somebody deleted the fold: what they have not
/// seen yet. The caller holds no enqueue lock and takes none after it.
pub async fn refold(
    conn: &mut PgConnection,
    directory: &Directory,
    now: DateTime<Utc>,
    moot: &[Uuid],
) -> sqlx::Result<()> {
    let gone: Vec<(Uuid, String, DateTime<Utc>)> = sqlx::query_as(
        "select post, channel, since from folds
         where org = $1 and post in (select target from outbox where id = any($2) and kind = 'revise')",
    )
    .bind(directory.org)
    .bind(moot)
    .fetch_all(&mut *conn)
    .await?;
    let channels: Vec<String> = gone.iter().map(|(_, channel, _)| channel.clone()).collect();
    lock_queues(conn, &channels).await?;
    for (gone, channel, since) in gone {
        sqlx::query("update folds set gone = true where post = $1").bind(gone).execute(&mut *conn).await?;
        let unseen: Vec<Uuid> = sqlx::query_scalar(
            "select post from statuses where fold = $1 and revision > (
                 select coalesce(max(revision), -1) from outbox where (id = $1 or target = $1) and state = 'sent')
             order by seq",
        )
        .bind(gone)
        .fetch_all(&mut *conn)
        .await?;
        let Some(first) = unseen.first() else { continue };
        let fold = open_fold(conn, directory.org, now, &channel, since, *first).await?;
        sqlx::query("update statuses set fold = $2, revision = $3 where post = any($1)")
            .bind(&unseen)
            .bind(fold.id)
            .bind(fold.revision)
            .execute(&mut *conn)
            .await?;
        let new = fold.post(conn, directory).await?;
        outbox::insert(conn, directory.org, now, &[new]).await?;
    }
    Ok(())
}

/// Has a fold list something else in place of a post, wherever its words are kept. Gives whether the post is in a fold.
pub async fn erase(
    conn: &mut PgConnection,
    directory: &Directory,
    now: DateTime<Utc>,
    post: Uuid,
    line: &str,
) -> sqlx::Result<bool> {
    let org = directory.org;
    let folded = "select channel from statuses where org = $1 and post = $2 and fold is not null";
    let Some(channel) = sqlx::query_scalar::<_, String>(folded).bind(org).bind(post).fetch_optional(&mut *conn).await?
    else {
        return Ok(false);
    };
    lock_queues(conn, std::slice::from_ref(&channel)).await?;
    let (id, since): (Uuid, DateTime<Utc>) = sqlx::query_as(
        "update statuses set content = jsonb_build_object('status', $2::text) where post = $1 returning fold, since",
    )
    .bind(post)
    .bind(line)
    .fetch_one(&mut *conn)
    .await?;
    let revision = sqlx::query_scalar("update folds set revision = revision + 1 where post = $1 returning revision")
        .bind(id)
        .fetch_one(&mut *conn)
        .await?;
    let new = Fold { id, channel, since, revision }.post(conn, directory).await?;
    let text = match &new.post.body {
        Body::Text { text } => text.clone(),
        Body::Card(card) => format!("{}\n{}", card.title, card.text),
    };
    let stands = outbox::rewrite(conn, org, id, &new.post).await?;
    messages::forget(conn, org, id, &text).await?;
    if stands {
        outbox::insert(conn, org, now, &[new]).await?;
    }
    Ok(true)
}

/// The times that run in these channels, or ran last.
async fn windows(
    conn: &mut PgConnection,
    org: Uuid,
    channels: &BTreeSet<String>,
) -> sqlx::Result<BTreeMap<String, Window>> {
    let rows: Vec<(String, DateTime<Utc>, i64)> = sqlx::query_as(
        "select s.channel, s.since, count(*) filter (where s.fold is null)
         from unnest($2::text[]) as wanted (channel)
         cross join lateral (
             select since from statuses where org = $1 and channel = wanted.channel order by seq desc limit 1
         ) as last
         join statuses as s on s.org = $1 and s.channel = wanted.channel and s.since = last.since
         group by s.channel, s.since",
    )
    .bind(org)
    .bind(channels.iter().map(String::as_str).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let window = |(channel, since, stand): (String, DateTime<Utc>, i64)| {
        (channel, Window { since, stand: u32::try_from(stand).unwrap_or(u32::MAX) })
    };
    Ok(rows.into_iter().map(window).collect())
}

/// Counts what stands by itself.
async fn count(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    standing: &[(Uuid, String, DateTime<Utc>)],
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into statuses (post, org, channel, since, at)
         select post, $1, channel, since, $2 from unnest($3::uuid[], $4::text[], $5::timestamptz[]) as n (post, channel, since)
         on conflict (post) do nothing",
    )
    .bind(org)
    .bind(now)
    .bind(standing.iter().map(|(post, _, _)| *post).collect::<Vec<_>>())
    .bind(standing.iter().map(|(_, channel, _)| channel.as_str()).collect::<Vec<_>>())
    .bind(standing.iter().map(|(_, _, since)| *since).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps whole what a fold lists.
async fn keep(conn: &mut PgConnection, org: Uuid, now: DateTime<Utc>, fold: &Fold, listed: &[New]) -> sqlx::Result<()> {
    sqlx::query(
        "insert into statuses (post, org, channel, since, fold, revision, content, at)
         select post, $1, $2, $3, $4, $5, content, $6
         from unnest($7::uuid[], $8::jsonb[]) with ordinality as n (post, content, position) order by position
         on conflict (post) do nothing",
    )
    .bind(org)
    .bind(&fold.channel)
    .bind(fold.since)
    .bind(fold.id)
    .bind(fold.revision)
    .bind(now)
    .bind(listed.iter().map(|new| new.id).collect::<Vec<_>>())
    .bind(listed.iter().map(|new| Json(&new.post)).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// A fold as it is to read next.
struct Fold {
    id: Uuid,
    channel: String,
    since: DateTime<Utc>,
    revision: i64,
}

/// The fold of a time in a channel, with its next revision: a new one where there is none, or none that people can see.
async fn open_fold(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    channel: &str,
    since: DateTime<Utc>,
    first: Uuid,
) -> sqlx::Result<Fold> {
    let found: Option<(Uuid, i64)> = sqlx::query_as(
        "update folds set revision = revision + 1 where post = (
             select f.post from folds as f
             where f.org = $1 and f.channel = $2 and f.since = $3 and not f.gone
               and not exists (select from messages as m where m.post = f.post and m.deleted_at is not null)
               and not exists (select from outbox as o where o.id = f.post and o.state = 'dead')
             order by f.seq desc limit 1)
         returning post, revision",
    )
    .bind(org)
    .bind(channel)
    .bind(since)
    .fetch_optional(&mut *conn)
    .await?;
    let fold = |(id, revision)| Fold { id, channel: channel.to_owned(), since, revision };
    if let Some(found) = found {
        return Ok(fold(found));
    }
    // What a deleted fold did not show yet begins another one: each has its number.
    let folds: i64 = sqlx::query_scalar("select count(*) from folds where org = $1 and channel = $2 and since = $3")
        .bind(org)
        .bind(channel)
        .bind(since)
        .fetch_one(&mut *conn)
        .await?;
    let id = Uuid::new_v5(&first, format!("fold {folds}").as_bytes());
    sqlx::query("insert into folds (post, org, channel, since, at) values ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(org)
        .bind(channel)
        .bind(since)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(fold((id, 0)))
}

impl Fold {
    /// The post, or its next revision.
    async fn post(&self, conn: &mut PgConnection, directory: &Directory) -> sqlx::Result<New> {
        let rows: Vec<(Option<String>, i64)> = sqlx::query_as(
            "select content ->> 'status', count(*) over () from statuses where fold = $1 order by seq desc limit $2",
        )
        .bind(self.id)
        .bind(i64::try_from(noise::LINES).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
        let all = rows.first().map_or(0, |(_, all)| u64::try_from(*all).unwrap_or_default());
        let newest: Vec<String> = rows.into_iter().filter_map(|(line, _)| line).collect();
        let (budget, field) = Noise::of(directory, &self.channel);
        let place = directory.place(None, &field);
        let rule = place.map(|place| format!("`{field}` in {place}"));
        let card = noise::fold(budget, rule.as_deref(), (directory.zone, self.since), all, &newest);
        let from = Handle::parse(DESK).unwrap_or_else(|_| unreachable!("the desk's handle is a handle"));
        let at = Place::Channel { channel: self.channel.clone() };
        let id = match self.revision {
            0 => self.id,
            revision => Uuid::new_v5(&self.id, &revision.to_be_bytes()),
        };
        Ok(New {
            id,
            lane: Lane::talk(&self.channel, None).as_str().to_owned(),
            post: Post { from, at, body: Body::Card(card), notify: Vec::new(), status: None },
            revises: (self.revision > 0).then_some((self.id, self.revision)),
        })
    }
}
