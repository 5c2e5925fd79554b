//! Messages per second through intake, engine, outbox and delivery, every one of them durable and in order, beside what
//! bare single-row commits reach on the same Postgres over the same number of connections.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bullpen_cluster::Cluster;
use bullpen_rehearsal::Rehearsal;
use serde::Serialize;
use sqlx::PgPool;
use tokio::sync::watch;

use super::commits;
use super::process::{self, Cpu};
use super::source::{Answers, Crowd, Script, Shared, Silence};
use crate::clock;
use crate::config::Config;
use crate::department::{Database, Department, Platform, Ports};
use crate::office::Office;
use crate::up::CONNECTIONS;
use crate::{delivery, engine, store, translate};

/// How long bare commits are measured.
const COMMITS_FOR: Duration = Duration::from_secs(5);
/// Messages that go through before the measured ones, so that what is prepared once is prepared.
const WARM_UP: usize = 2_000;
/// Messages that intake is handed at once: as many as the lobby hands over.
const HEARD: usize = 500;
/// How often it is looked whether everything is through.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Longest that all messages may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// How much goes through.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Messages measured.
    pub messages: usize,
    /// Conversations that they are spread over.
    pub conversations: usize,
}

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Messages that went through.
    pub messages: usize,
    /// Conversations that they were spread over.
    pub conversations: usize,
    /// From the first message heard to the last receipt committed, in seconds.
    pub seconds: f64,
    /// Messages per second.
    pub per_second: f64,
    /// Bare single-row commits.
    pub commits: commits::Report,
    /// Messages per second by bare commits per second.
    pub ratio: f64,
    /// Connections of the pipeline's pool.
    pub connections: u32,
    /// Processors of the machine.
    pub processors: usize,
    /// Processor time of this process for the messages.
    pub cpu: Cpu,
    /// Processor time of Postgres for the messages.
    pub postgres_cpu: Cpu,
    /// Most that each stage takes up in one transaction.
    pub batches: Batches,
    /// What was wrong afterwards; empty when everything was processed once and in order.
    pub faults: Vec<String>,
}

/// Most that each stage takes up in one transaction.
#[derive(Debug, Clone, Serialize)]
pub struct Batches {
    /// Messages that intake is handed at once.
    pub intake: usize,
    /// Lanes of the engine.
    pub engine_lanes: i64,
    /// Events of one lane.
    pub engine_events_of_a_lane: i64,
    /// Posts leased.
    pub delivery: i64,
    /// Receipts recorded.
    pub receipts: usize,
}

/// Measures on a cluster of its own below `folder`.
///
/// # Errors
/// When Postgres or the department do not start, or the messages do not come through.
pub async fn run(folder: &Path, options: Options) -> anyhow::Result<Report> {
    let config = super::config_in(folder)?;
    let cluster =
        bullpen_cluster::Options { data: config.data.join("postgres"), binaries: config.postgres.binaries.clone() };
    let cluster = Cluster::start(cluster).await?;
    let measured = measure(config, &cluster, options).await;
    cluster.stop().await?;
    measured
}

async fn measure(config: Config, cluster: &Cluster, options: Options) -> anyhow::Result<Report> {
    let office = Arc::new(Office::open(&config)?);
    let directory = office.directory();
    let persona = directory.personas.keys().next().context("there is no persona to talk to")?.to_string();
    let channel = directory.team.channels.first().context("the team has no channel")?.name.clone();
    let script = Script {
        channel,
        persona,
        conversations: options.conversations,
        messages: WARM_UP + options.messages,
        batch: HEARD,
    };
    let pool = store::connections(cluster.connect_options(), CONNECTIONS);
    store::migrate(&pool).await?;
    sqlx::query("create table bench_ends (at timestamptz not null default clock_timestamp())").execute(&pool).await?;
    let silence = Shared::default();
    let (begin, begun) = watch::channel(0);
    let ports = Ports {
        platforms: vec![Platform {
            name: translate::LOBBY,
            gateway: Box::new(Crowd::new(script.clone(), begun)),
            poster: Arc::clone(&silence) as _,
        }],
        model: Arc::new(Rehearsal::new()),
        clock: Arc::new(clock::System),
    };
    let database = Database { pool: pool.clone(), options: cluster.connect_options() };
    let department = Department::start(database, Arc::new(config), office, ports).await?;
    begin.send_replace(WARM_UP);
    through(&pool, &silence, WARM_UP).await?;

    let (cpu, postgres_cpu) = (process::cpu(std::process::id()), process::family_cpu(cluster.postmaster_pid()));
    let started = Instant::now();
    begin.send_replace(script.messages);
    through(&pool, &silence, script.messages).await?;
    let seconds = started.elapsed().as_secs_f64();
    let cpu = process::cpu(std::process::id()).since(cpu);
    let postgres_cpu = process::family_cpu(cluster.postmaster_pid()).since(postgres_cpu);

    department.stop().await;
    let faults = verify(&pool, &script, &silence.answers()).await?;
    let commits = commits::run(&pool, CONNECTIONS, COMMITS_FOR).await?;
    pool.close().await;
    let per_second = options.messages as f64 / seconds;
    Ok(Report {
        messages: options.messages,
        conversations: options.conversations,
        seconds,
        per_second,
        ratio: per_second / commits.per_second,
        commits,
        connections: CONNECTIONS,
        processors: process::processors(),
        cpu,
        postgres_cpu,
        batches: Batches {
            intake: script.batch,
            engine_lanes: engine::LANES,
            engine_events_of_a_lane: engine::EACH,
            delivery: delivery::BATCH,
            receipts: delivery::RECEIPTS,
        },
        faults,
    })
}

/// Waits until so many messages were answered and every receipt is committed.
async fn through(pool: &PgPool, silence: &Silence, messages: usize) -> anyhow::Result<()> {
    let all = async {
        while silence.count() < messages {
            silence.posted.notified().await;
        }
        loop {
            let open: bool =
                sqlx::query_scalar("select exists (select from outbox where state in ('ready', 'running'))")
                    .fetch_one(pool)
                    .await?;
            if !open {
                // A commit that waits for the disk: all that came before it is there too.
                sqlx::query("insert into bench_ends default values").execute(pool).await?;
                return Ok::<_, sqlx::Error>(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, all).await;
    waited
        .with_context(|| format!("{} of {messages} messages came through within {PATIENCE:?}", silence.count()))??;
    Ok(())
}

/// What is not as it should be: lost, twice, or out of order.
async fn verify(pool: &PgPool, script: &Script, answers: &Answers) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for conversation in 0..script.conversations {
        let wanted: Vec<usize> = (conversation..script.messages).step_by(script.conversations).collect();
        let given = answers.get(&format!("thread-{conversation}")).map_or(&[][..], Vec::as_slice);
        if given != wanted {
            faults.push(format!(
                "thread-{conversation}: {} answers to {} messages, or not in order",
                given.len(),
                wanted.len()
            ));
        }
    }
    let left: i64 = sqlx::query_scalar("select count(*) from inbox where state <> 'done'").fetch_one(pool).await?;
    if left > 0 {
        faults.push(format!("{left} events were not processed"));
    }
    let unsent: i64 = sqlx::query_scalar("select count(*) from outbox where state <> 'sent'").fetch_one(pool).await?;
    if unsent > 0 {
        faults.push(format!("{unsent} posts were not sent"));
    }
    Ok(faults)
}
