//! The composition root of the server: the one place that names concrete adapters.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bullpen_cluster::Cluster;
use bullpen_domain::org::Right;
use bullpen_lobby::Lobby;
use bullpen_model::Model;
use bullpen_openai::OpenAi;
use bullpen_rehearsal::{Hostile, Rehearsal};
use secrecy::ExposeSecret as _;
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::Config;
use crate::console::{self, Console};
use crate::department::{Database, Department, Platform, Ports};
use crate::office::Office;
use crate::platforms::{self, Workspace};
use crate::store;
use crate::translate;

/// Connections of the workers, at least; more workers have more, up to [`MOST_CONNECTIONS`].
///
/// Each plans every statement for itself, anew whenever a table was analysed, and then everybody waits: with twice as many, the
/// slowest hundredth of answers took twice as long (`bullpen bench`: 78 instead of 37 ms).
pub const CONNECTIONS: u32 = 6;
/// Most connections of the workers. Our own Postgres takes 60 in all.
pub const MOST_CONNECTIONS: u32 = 40;
/// Connections of the lobby, the console and what the platforms send: people are served while the workers are busy.
pub const FRONT_CONNECTIONS: u32 = 6;

/// Serves until the process is told to stop.
///
/// # Errors
/// When something is missing at the start; the sentence says what to do.
pub async fn up(config: Config) -> anyhow::Result<()> {
    let begun = std::time::Instant::now();
    let config = Arc::new(config);
    // The database first: who starts twice on the same data is told so, rather than that the address is taken.
    let (options, mut cluster) = database(&config).await?;
    let served = serve(Arc::clone(&config), options, &mut cluster, begun).await;
    if let Some(cluster) = cluster {
        cluster.stop().await?;
    }
    served
}

/// The database of the configuration, or a private one.
///
/// # Errors
/// When neither can be had.
pub async fn database(config: &Config) -> anyhow::Result<(PgConnectOptions, Option<Cluster>)> {
    match &config.database_url {
        Some(url) => {
            let options: PgConnectOptions = url
                .expose_secret()
                .parse()
                .context("DATABASE_URL is not a Postgres address (postgres://user@host/name)")?;
            Ok((options, None))
        }
        None => {
            let options = bullpen_cluster::Options {
                data: config.data.join("postgres"),
                binaries: config.postgres.binaries.clone(),
            };
            let cluster = Cluster::start(options).await?;
            Ok((cluster.connect_options(), Some(cluster)))
        }
    }
}

/// The model of the configuration, or a stand-in.
///
/// # Errors
/// When the configuration cannot be used.
pub fn model(config: &Config) -> anyhow::Result<Arc<dyn Model>> {
    Ok(match (&config.openai, config.hostile) {
        (Some(openai), _) => Arc::new(OpenAi::new(bullpen_openai::Config {
            base_url: openai.base_url.clone(),
            key: openai.key.clone(),
            models: bullpen_openai::Models {
                strategic: openai.models.strategic.clone(),
                standard: openai.models.standard.clone(),
                routine: openai.models.routine.clone(),
            },
            timeout: openai.timeout,
        })?),
        (None, Some(seed)) => Arc::new(Hostile::new(seed)),
        (None, None) => Arc::new(Rehearsal::new()),
    })
}

async fn serve(
    config: Arc<Config>,
    options: PgConnectOptions,
    cluster: &mut Option<Cluster>,
    begun: std::time::Instant,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "{} cannot be listened on; is another server running there? Set BULLPEN_LISTEN to another address",
            config.listen
        )
    })?;
    // One for each engine and deliverer, and two for all others.
    let workers = u32::try_from(config.workers.engine + config.workers.delivery).unwrap_or(MOST_CONNECTIONS);
    let pool = store::connections(options.clone(), workers.saturating_add(2).clamp(CONNECTIONS, MOST_CONNECTIONS));
    let front = store::connections(options.clone(), FRONT_CONNECTIONS);
    probe(&options).await?;
    store::migrate(&pool).await.context("the database could not be brought up to date")?;
    Lobby::migrate(&pool).await?;
    let office = Arc::new(Office::open(&config)?);
    let model = model(&config)?;
    let clock: clock::Shared = Arc::new(clock::System);
    let org = office.directory().org;
    let lobby = {
        let (clock, people) = (Arc::clone(&clock), Arc::clone(&office));
        let tell = Arc::new(move || clock.now());
        let sees_all = Arc::new(move |name: &str| people.directory().may(name, Right::Operate));
        Lobby::new(front.clone(), org, tell, sees_all)
    };
    let workspaces = platforms::connected(&config, &front, &office, &clock).await?;
    let mut platforms = vec![Platform {
        name: translate::LOBBY,
        gateway: Box::new(lobby.gateway("department")),
        poster: Arc::new(lobby.poster()),
    }];
    platforms.extend(workspaces.iter().map(Workspace::platform));
    let ports = Ports { platforms, model: Arc::clone(&model), clock: Arc::clone(&clock) };
    let database = Database { pool: pool.clone(), options };
    let mut department = Department::start(database, Arc::clone(&config), Arc::clone(&office), ports).await?;
    let projected = department.catalogue.project().await?;
    let stop = CancellationToken::new();
    let console = Arc::new(Console {
        pool: front.clone(),
        org,
        office: Arc::clone(&office),
        lobby,
        clock,
        wakes: Arc::clone(&department.wakes),
        health: Arc::clone(&department.health),
        config: Arc::clone(&config),
        model: Arc::clone(&model),
        published: config.data.join("published"),
        mounted: workspaces.iter().filter_map(Workspace::mounted).collect(),
    });
    for workspace in workspaces {
        tokio::spawn(workspace.listen(Arc::clone(&department.health), stop.clone()));
    }
    let watching = {
        let (office, stop) = (Arc::clone(&office), stop.clone());
        tokio::spawn(async move { office.run(stop).await })
    };
    let served = tokio::spawn(console::serve(console, listener, stop.clone()));
    greet(&config, &office, model.as_ref(), cluster.as_ref(), projected, begun);
    let ended = tokio::select! {
        () = told_to_stop() => Ok(()),
        died = department.worker_died() => Err(anyhow::anyhow!("{died}; this server stops so that it can be started afresh")),
        () = watch_cluster(cluster) => Ok(()),
    };
    tracing::info!("stopping: what is under way is finished first");
    stop.cancel();
    department.stop().await;
    let _ = tokio::time::timeout(Duration::from_secs(5), async {
        let _ = served.await;
        let _ = watching.await;
    })
    .await;
    let closed = async { tokio::join!(pool.close(), front.close()) };
    let _ = tokio::time::timeout(Duration::from_secs(3), closed).await;
    ended
}

/// One plain connection first: a pool would only say that it timed out.
async fn probe(options: &PgConnectOptions) -> anyhow::Result<()> {
    use sqlx::Connection as _;
    let connect = sqlx::PgConnection::connect_with(options);
    let mut conn = tokio::time::timeout(Duration::from_secs(10), connect)
        .await
        .context("the database does not answer within 10 s; check DATABASE_URL")?
        .context("the database cannot be reached; check DATABASE_URL")?;
    let version = store::probe::version(&mut conn).await?;
    anyhow::ensure!(
        version >= store::probe::OLDEST,
        "Postgres 14 or newer is needed; this one is {}",
        version / 10_000
    );
    conn.close().await?;
    Ok(())
}

/// Says what was done, in a few lines.
fn greet(
    config: &Config,
    office: &Office,
    model: &dyn Model,
    cluster: Option<&Cluster>,
    projected: usize,
    begun: std::time::Instant,
) {
    let directory = office.directory();
    match cluster {
        Some(_) => tracing::info!("Postgres: a private one under {}", config.data.join("postgres").display()),
        None => tracing::info!("Postgres: the one that DATABASE_URL names"),
    }
    tracing::info!("Department: {} personas, {} playbooks", directory.personas.len(), directory.playbooks.len());
    if config.hostile.is_some() {
        tracing::warn!("Model: {}", model.label());
    } else if model.stand_in() {
        tracing::info!("Model: a stand-in is speaking. Set OPENAI_API_KEY (or OPENAI_BASE_URL) to connect a real one");
    } else {
        tracing::info!("Model: {}", model.label());
    }
    if let Some(slack) = &config.slack {
        let way = if slack.shared.app_token.is_some() { "Socket Mode" } else { "signed HTTP events at /slack/" };
        let apps = match slack.personas.len() {
            0 => "the shared app".to_owned(),
            own => format!("the shared app and {own} of single personas"),
        };
        tracing::info!("Slack: {apps}, by {way}");
    }
    if let Some(discord) = platforms::discord_config(config) {
        match discord.bots.len() - 1 {
            0 => tracing::info!("Discord: the shared bot"),
            own => tracing::info!("Discord: the shared bot and {own} of single personas"),
        }
    }
    if projected > 0 {
        tracing::info!("Published: {projected} missing files were written anew");
    }
    tracing::info!("Ready in {} ms. Open {}", begun.elapsed().as_millis(), config.shown_url());
}

/// Starts a private Postgres again when it died under us. Never resolves.
async fn watch_cluster(cluster: &mut Option<Cluster>) {
    let Some(cluster) = cluster else { return std::future::pending().await };
    loop {
        tokio::time::sleep(Duration::from_millis(250)).await;
        if !cluster.running() {
            tracing::warn!("Postgres is gone; starting it again");
            match cluster.restart().await {
                Ok(()) => tracing::info!("Postgres is back"),
                Err(error) => {
                    tracing::error!(%error, "Postgres does not start; trying again");
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
            }
        }
    }
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => {
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
