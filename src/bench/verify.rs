//! What the database and the published folder of a stopped server say: whether everything that was decided is there,
//! once, and in order.

use std::collections::BTreeMap;
use std::path::Path;

use bullpen_cluster::{Cluster, Options};
use serde::Serialize;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// What there is.
#[derive(Debug, Clone, Serialize)]
pub struct Counts {
    /// Pieces that were asked for.
    pub asked: u32,
    /// Pieces that are done.
    pub done: i64,
    /// Posts that were decided.
    pub posts: i64,
    /// Messages that personas have in the lobby.
    pub messages: i64,
    /// Threads that were compared with the order of their posts.
    pub threads: usize,
    /// Approvals that were given.
    pub approvals: i64,
    /// Pieces that were published.
    pub published: i64,
}

/// Looks at the data of a server that is stopped. Returns what there is, and what is wrong with it.
///
/// # Errors
/// When the data cannot be read.
pub async fn run(data: &Path, asked: u32) -> anyhow::Result<(Counts, Vec<String>)> {
    let cluster = Cluster::start(Options { data: data.join("postgres"), binaries: None }).await?;
    let looked = async {
        let mut conn = PgConnection::connect_with(&cluster.connect_options()).await?;
        let found = look(&mut conn, data, asked).await?;
        conn.close().await?;
        Ok::<_, anyhow::Error>(found)
    };
    let found = looked.await;
    cluster.stop().await?;
    found
}

/// What must be none, each with a query that counts it.
const NONE: &[(&str, &str)] = &[
    (
        "pieces are not done",
        "select count(*) from tasks where parent is null and playbook = 'content' and state <> 'done'",
    ),
    ("events are not processed", "select count(*) from inbox where state <> 'done'"),
    ("calls are not made", "select count(*) from calls where state <> 'done'"),
    ("posts are not on show", "select count(*) from outbox where state not in ('sent', 'superseded')"),
    ("approvals are still open", "select count(*) from approvals where state = 'open'"),
    (
        "steps were approved more than once",
        "select count(*) from (select from approvals where state = 'approved' group by step_task having count(*) > 1) as twice",
    ),
    (
        "posts have no message of their own",
        "select count(*) from outbox as o
         where o.kind = 'post' and not exists (
             select from lobby.messages as m where m.org = o.org and m.id = o.id and m.author_kind = 'persona')",
    ),
    (
        "messages belong to no post",
        "select count(*) from lobby.messages as m
         where m.author_kind = 'persona' and not exists (select from outbox as o where o.id = m.id and o.kind = 'post')",
    ),
    (
        "pieces were published twice",
        "select count(*) from (select from publications group by task, place having count(*) > 1) as twice",
    ),
];

async fn look(conn: &mut PgConnection, data: &Path, asked: u32) -> anyhow::Result<(Counts, Vec<String>)> {
    let mut faults = Vec::new();
    for (wrong, sql) in NONE {
        let count = number(conn, sql).await?;
        if count > 0 {
            faults.push(format!("{count} {wrong}"));
        }
    }
    let done = "select count(*) from tasks where parent is null and playbook = 'content' and state = 'done'";
    let done = number(conn, done).await?;
    if done != i64::from(asked) {
        faults.push(format!("{asked} pieces were asked for and {done} are done"));
    }
    let threads = in_order(conn, &mut faults).await?;
    let published = published(conn, data, &mut faults).await?;
    if published != i64::from(asked) {
        faults.push(format!("{asked} pieces were asked for and {published} are published"));
    }
    let counts = Counts {
        asked,
        done,
        posts: number(conn, "select count(*) from outbox where kind = 'post'").await?,
        messages: number(conn, "select count(*) from lobby.messages where author_kind = 'persona'").await?,
        threads,
        approvals: number(conn, "select count(*) from approvals where state = 'approved'").await?,
        published,
    };
    Ok((counts, faults))
}

async fn number(conn: &mut PgConnection, sql: &'static str) -> sqlx::Result<i64> {
    sqlx::query_scalar(sql).fetch_one(conn).await
}

/// Compares, thread by thread, the order of messages with the order in which their posts were decided.
async fn in_order(conn: &mut PgConnection, faults: &mut Vec<String>) -> sqlx::Result<usize> {
    let rows: Vec<(String, Option<Uuid>, i64)> = sqlx::query_as(
        "select m.channel, m.thread, o.seq from lobby.messages as m join outbox as o on o.id = m.id order by m.seq",
    )
    .fetch_all(conn)
    .await?;
    let mut threads: BTreeMap<(String, Option<Uuid>), Vec<i64>> = BTreeMap::new();
    for (channel, thread, seq) in rows {
        threads.entry((channel, thread)).or_default().push(seq);
    }
    for ((channel, thread), posts) in &threads {
        if !posts.is_sorted() {
            let thread = thread.map_or_else(|| "its top level".to_owned(), |thread| format!("thread {thread}"));
            faults.push(format!("in #{channel}, {thread}: messages are not in the order of their posts"));
        }
    }
    Ok(threads.len())
}

/// Counts pieces that were published, and looks whether each has its files.
async fn published(conn: &mut PgConnection, data: &Path, faults: &mut Vec<String>) -> anyhow::Result<i64> {
    let slugs: Vec<String> =
        sqlx::query_scalar("select slug from publications where place = 'page' order by slug").fetch_all(conn).await?;
    for slug in &slugs {
        for file in ["index.md", "index.html"] {
            let path = data.join("published").join(slug).join(file);
            if !path.is_file() {
                faults.push(format!("{} is not there", path.display()));
            }
        }
    }
    Ok(i64::try_from(slugs.len())?)
}
