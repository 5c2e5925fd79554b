//! How many messages of a community's a second become durable: from the frame of Discord's gateway to the committed row,
//! beside bare single-row commits of the same Postgres. Discord is the stand-in, in this very process: what it costs to write
//! the frames, and its memory, count against the figures.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bullpen_cluster::Cluster;
use bullpen_discord::Discord;
use bullpen_discord_fake::{BotPlan, Fake, Flood, Settings, UserPlan};
use serde::Serialize;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::commits;
use super::process::{self, Cpu};
use crate::clock::Clock as _;
use crate::office::Office;
use crate::platforms::DISCORD;
use crate::sources::Sources;
use crate::up::CONNECTIONS;
use crate::{clock, store};

/// Channels that the messages are spread over.
const CHANNELS: u64 = 50;
/// People who say them.
const PEOPLE: usize = 20;
/// Messages before the measured ones, so that what is prepared once is prepared.
const WARM_UP: u64 = 2_000;
/// How long bare commits are measured.
const COMMITS_FOR: Duration = Duration::from_secs(5);
/// How often it is looked whether the line is up.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Longest that all messages may take.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Messages that were told.
    pub messages: u64,
    /// Channels that they were spread over.
    pub channels: u64,
    /// From the first frame to the last commit, in seconds.
    pub seconds: f64,
    /// Messages per second.
    pub per_second: f64,
    /// Bare single-row commits.
    pub commits: commits::Report,
    /// Messages per second by bare commits per second.
    pub ratio: f64,
    /// Processor time of this process for the messages.
    pub cpu: Cpu,
    /// Processor time of Postgres for the messages.
    pub postgres_cpu: Cpu,
    /// Resident memory of this process in bytes after a tenth of the messages.
    pub resident_at_tenth: Option<u64>,
    /// The same after all of them.
    pub resident_at_end: Option<u64>,
    /// How much more or less that is, in percent.
    pub growth_percent: Option<f64>,
    /// What was wrong afterwards; empty when every message is stored once.
    pub faults: Vec<String>,
}

/// Measures on a cluster of its own below `folder`.
///
/// # Errors
/// When Postgres or the stand-in do not start, or the messages do not come through.
pub async fn run(folder: &Path, messages: u64) -> anyhow::Result<Report> {
    let config = super::config_in(folder)?;
    let office = Arc::new(Office::open(&config)?);
    let cluster =
        bullpen_cluster::Options { data: config.data.join("postgres"), binaries: config.postgres.binaries.clone() };
    let cluster = Cluster::start(cluster).await?;
    let measured = measure(office, &cluster, messages).await;
    cluster.stop().await?;
    measured
}

async fn measure(office: Arc<Office>, cluster: &Cluster, messages: u64) -> anyhow::Result<Report> {
    let pool = store::connections(cluster.connect_options(), CONNECTIONS);
    store::migrate(&pool).await?;
    Discord::migrate(&pool).await?;
    let fake = Fake::start(Settings::quick()).context("the stand-in for Discord does not start")?;
    let keys = fake.bot(BotPlan::new("Bullpen"));
    fake.invite(&keys, bullpen_discord::setup::bits(false));
    let channels: Vec<u64> = (0..CHANNELS).map(|n| fake.channel(&format!("community-{n}"))).collect();
    let users: Vec<u64> = (0..PEOPLE).map(|n| fake.user(UserPlan::member(&format!("member-{n}")))).collect();
    let discord = connect(&pool, office, &fake, keys.token)?;
    let stop = CancellationToken::new();
    let listening = tokio::spawn(Arc::clone(&discord).listen(stop.clone()));
    tokio::time::timeout(Duration::from_secs(60), heard(&discord)).await.context("the line was never up")?;
    let flood = |messages| Flood { users: users.clone(), text: TEXT.to_owned(), ..Flood::new(messages, &channels) };

    let before = discord.received();
    let told = fake.flood(flood(WARM_UP)).await;
    anyhow::ensure!(told.sessions == 1, "{} lines are open, not one", told.sessions);
    stored(&discord, before + WARM_UP).await?;
    let (cpu, postgres_cpu) = (process::cpu(std::process::id()), process::family_cpu(cluster.postmaster_pid()));
    let started = Instant::now();
    let tenth = async {
        stored(&discord, before + WARM_UP + messages / 10).await?;
        Ok::<_, anyhow::Error>(process::resident_bytes(std::process::id()))
    };
    let all = async {
        stored(&discord, before + WARM_UP + messages).await?;
        Ok::<_, anyhow::Error>(started.elapsed().as_secs_f64())
    };
    let (told, resident_at_tenth, seconds) = tokio::join!(fake.flood(flood(messages)), tenth, all);
    let (resident_at_tenth, seconds) = (resident_at_tenth?, seconds?);
    let cpu = process::cpu(std::process::id()).since(cpu);
    let postgres_cpu = process::family_cpu(cluster.postmaster_pid()).since(postgres_cpu);
    let resident_at_end = process::resident_bytes(std::process::id());
    let mut faults = Vec::new();
    if told.frames != messages {
        faults.push(format!("{} frames were told, not {messages}", told.frames));
    }
    let kept = kept(&pool).await?;
    if kept != WARM_UP + messages {
        faults.push(format!("{kept} messages are stored, not {}", WARM_UP + messages));
    }
    stop.cancel();
    listening.await?;
    let commits = commits::run(&pool, CONNECTIONS, COMMITS_FOR).await?;
    pool.close().await;
    let per_second = messages as f64 / seconds;
    Ok(Report {
        messages,
        channels: CHANNELS,
        seconds,
        per_second,
        ratio: per_second / commits.per_second,
        commits,
        cpu,
        postgres_cpu,
        resident_at_tenth,
        resident_at_end,
        growth_percent: resident_at_tenth.zip(resident_at_end).map(|(a, b)| (b as f64 / a as f64 - 1.0) * 100.0),
        faults,
    })
}

/// What each message says, before its number: about as long as what people write.
const TEXT: &str =
    "Has anybody tried the new release with a large team? We moved ours on Tuesday, and so far it holds. Message";

fn connect(pool: &PgPool, office: Arc<Office>, fake: &Fake, token: String) -> anyhow::Result<Arc<Discord>> {
    let org = office.directory().org;
    let sources = Arc::new(Sources { pool: pool.clone(), office, platform: DISCORD });
    let config = bullpen_discord::Config {
        api_url: fake.api_url(),
        public_url: None,
        guild: None,
        category: bullpen_discord::CATEGORY.to_owned(),
        bots: vec![bullpen_discord::Bot {
            name: bullpen_discord::SHARED.to_owned(),
            persona: None,
            token: token.into(),
            variable: "DISCORD_TOKEN".to_owned(),
        }],
    };
    let sources = bullpen_discord::Sources { pictures: Arc::clone(&sources) as _, overviews: sources };
    Ok(Discord::new(pool.clone(), org, Arc::new(|| clock::System.now()), config, sources)?)
}

/// Waits until the line is up.
async fn heard(discord: &Discord) {
    loop {
        let health = discord.health();
        if !health.is_empty() && health.values().all(Result::is_ok) {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Waits until so many facts are committed.
async fn stored(discord: &Discord, facts: u64) -> anyhow::Result<()> {
    let waited = tokio::time::timeout(PATIENCE, discord.received_at_least(facts)).await;
    waited.with_context(|| format!("{} of {facts} facts were stored within {PATIENCE:?}", discord.received()))
}

async fn kept(pool: &PgPool) -> anyhow::Result<u64> {
    let kept: i64 = sqlx::query_scalar("select count(*) from discord.received where kind = 'MESSAGE_CREATE'")
        .fetch_one(pool)
        .await?;
    Ok(kept as u64)
}
