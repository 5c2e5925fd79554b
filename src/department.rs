//! The department at work: its workers on one database, given the ports to the outside.

use std::sync::Arc;
use std::time::Duration;

use bullpen_chat::{Gateway, Poster};
use bullpen_domain::effect::{Body, Place, Post};
use bullpen_domain::name::Handle;
use bullpen_domain::org::{ALL_HANDS, DESK};
use bullpen_model::Model;
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::catalogue::Catalogue;
use crate::clock;
use crate::config::Config;
use crate::delivery::Delivery;
use crate::engine::Engine;
use crate::health::Health;
use crate::intake::Intake;
use crate::lease::Life;
use crate::office::Office;
use crate::store::{calls, organisations, outbox};
use crate::timers::Timers;
use crate::translate;
use crate::turns::Turns;
use crate::wake::Wakes;

/// How long a graceful stop may take before what is under way is handed back.
pub const STOP_WITHIN: Duration = Duration::from_secs(10);

/// What the department is given.
pub struct Ports {
    /// Hears the platform.
    pub gateway: Box<dyn Gateway>,
    /// Speaks on it.
    pub poster: Arc<dyn Poster>,
    /// Thinks.
    pub model: Arc<dyn Model>,
    /// Tells the time.
    pub clock: clock::Shared,
}

/// Where the department's state is.
#[derive(Clone)]
pub struct Database {
    /// Connections for work.
    pub pool: PgPool,
    /// How to open one more, for the connection that proves this process lives.
    pub options: PgConnectOptions,
}

/// A running department.
pub struct Department {
    stop: CancellationToken,
    jobs: JoinSet<&'static str>,
    holder: watch::Receiver<i32>,
    pool: PgPool,
    /// Rings for its workers.
    pub wakes: Arc<Wakes>,
    /// How its workers stand.
    pub health: Arc<Health>,
    /// Its skills.
    pub catalogue: Arc<Catalogue>,
}

impl Department {
    /// Starts the workers.
    ///
    /// # Errors
    /// When the database or the platform does not answer.
    pub async fn start(
        database: Database,
        config: Arc<Config>,
        office: Arc<Office>,
        ports: Ports,
    ) -> anyhow::Result<Self> {
        let Database { pool, options } = database;
        let directory = office.directory();
        let (org, clock, wakes) = (directory.org, ports.clock, Arc::new(Wakes::default()));
        organisations::enrol(&mut *pool.acquire().await?, &directory).await?;
        provision(ports.poster.as_ref(), &office).await?;
        welcome(&pool, &office, clock.now()).await?;
        let (stop, health) = (CancellationToken::new(), Arc::new(Health::new()));
        let (life, holder) = Life::begin(options).await?;
        let catalogue =
            Arc::new(Catalogue::new(pool.clone(), org, Arc::clone(&office), Arc::clone(&clock), config.data.clone()));
        let mut jobs = JoinSet::new();
        for _ in 0..config.workers.engine.max(1) {
            let (pool, office, clock, wakes) =
                (pool.clone(), Arc::clone(&office), Arc::clone(&clock), Arc::clone(&wakes));
            let engine = Engine::new(pool, org, office, clock, wakes, Arc::clone(&health));
            let stop = stop.clone();
            jobs.spawn(async move {
                engine.run(&stop).await;
                "engine"
            });
        }
        for _ in 0..config.workers.delivery.max(1) {
            let delivery = Delivery {
                pool: pool.clone(),
                org,
                office: Arc::clone(&office),
                clock: Arc::clone(&clock),
                wakes: Arc::clone(&wakes),
                health: Arc::clone(&health),
                poster: Arc::clone(&ports.poster),
                holder: holder.clone(),
                calls: Delivery::permits(),
            };
            let stop = stop.clone();
            jobs.spawn(async move {
                delivery.run(&stop).await;
                "delivery"
            });
        }
        let turns = Arc::new(Turns {
            pool: pool.clone(),
            org,
            config: Arc::clone(&config),
            office: Arc::clone(&office),
            clock: Arc::clone(&clock),
            wakes: Arc::clone(&wakes),
            health: Arc::clone(&health),
            model: ports.model,
            catalogue: Arc::clone(&catalogue),
            poster: Arc::clone(&ports.poster),
            holder: holder.clone(),
        });
        let (at_once, token) = (config.workers.calls.max(1), stop.clone());
        jobs.spawn(async move {
            turns.run(at_once, &token).await;
            "turns"
        });
        let timers = Timers {
            pool: pool.clone(),
            org,
            clock: Arc::clone(&clock),
            wakes: Arc::clone(&wakes),
            health: Arc::clone(&health),
        };
        let token = stop.clone();
        jobs.spawn(async move {
            timers.run(&token).await;
            "timers"
        });
        let intake = Intake { pool: pool.clone(), org, clock, wakes: Arc::clone(&wakes), health: Arc::clone(&health) };
        let (token, mut gateway) = (stop.clone(), ports.gateway);
        jobs.spawn(async move {
            intake.run(gateway.as_mut(), &token).await;
            "intake"
        });
        let token = stop.clone();
        jobs.spawn(async move {
            life.keep(&token).await;
            "life"
        });
        let (token, poster) = (stop.clone(), ports.poster);
        let bell = Arc::clone(&wakes);
        jobs.spawn(async move {
            follow_files(&office, poster.as_ref(), &bell, &token).await;
            "office"
        });
        Ok(Self { stop, jobs, holder, pool, wakes, health, catalogue })
    }

    /// Stops: nothing new is begun, what is under way is finished, or handed back after [`STOP_WITHIN`].
    pub async fn stop(mut self) {
        self.stop.cancel();
        let finished = tokio::time::timeout(STOP_WITHIN, async {
            while let Some(job) = self.jobs.join_next().await {
                if let Err(error) = job {
                    tracing::error!(%error, "a worker panicked");
                }
            }
        });
        if finished.await.is_err() {
            tracing::warn!("some work did not finish in time; it is handed back");
            self.jobs.abort_all();
        }
        let holder = *self.holder.borrow();
        if let Ok(mut conn) = self.pool.acquire().await
            && let Err(error) = calls::hand_back(&mut conn, holder).await
        {
            tracing::warn!(%error, "leases could not be handed back; they are freed when this process ends");
        }
    }

    /// Resolves when a worker has died, which it never should.
    pub async fn worker_died(&mut self) -> String {
        loop {
            match self.jobs.join_next().await {
                Some(Ok(name)) if !self.stop.is_cancelled() => return format!("the {name} worker ended"),
                Some(Err(error)) => return format!("a worker panicked: {error}"),
                _ => std::future::pending::<()>().await,
            }
        }
    }
}

async fn provision(poster: &dyn Poster, office: &Office) -> anyhow::Result<()> {
    let provisioned = poster.provision(&translate::plan(&office.directory())).await?;
    for missing in provisioned.missing {
        tracing::warn!("{missing}");
    }
    Ok(())
}

/// Keeps identities and channels in step with the files.
async fn follow_files(office: &Office, poster: &dyn Poster, wakes: &Wakes, stop: &CancellationToken) {
    let mut versions = office.subscribe();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            changed = versions.changed() => if changed.is_err() { return },
        }
        if let Err(error) = provision(poster, office).await {
            tracing::warn!(%error, "the platform could not be brought up to date with the files; at the next change again");
        }
        wakes.changed.notify_one();
    }
}

/// Says once what to type.
async fn welcome(pool: &PgPool, office: &Office, now: chrono::DateTime<chrono::Utc>) -> anyhow::Result<()> {
    let directory = office.directory();
    let lead = directory.playbooks.values().find(|p| !p.takes.is_empty());
    let example = lead.map_or_else(String::new, |p| {
        format!(
            "\n\nTry it in **#{}**:\n\n> @{} we need a blog post \"5 Ways AI Reduces Marketing Costs\" for marketing \
             directors, due tomorrow\n\nThen watch the thread. When the piece is ready it is put before you there: react ✅ \
             to approve, ❌ to reject, 🔁 to ask for changes.",
            directory.channel_of(&p.owner),
            p.owner
        )
    });
    let text = format!(
        "Welcome to {}. This is a department of {} agents; each has a desk, a role and a voice, and they work where you can \
         see them.{example}\n\nYou can also ask anybody anything, here or in a direct message: `@copywriter what are you \
         on?`",
        directory.name,
        directory.personas.len()
    );
    let from = Handle::parse(DESK)?;
    let at = Place::Channel { channel: ALL_HANDS.into() };
    let post = Post { from, at, body: Body::Text { text }, notify: Vec::new() };
    let new = outbox::New {
        id: Uuid::new_v5(&directory.org, b"welcome"),
        lane: format!("talk:{ALL_HANDS}"),
        post,
        revises: None,
    };
    let mut conn = pool.acquire().await?;
    outbox::insert(&mut conn, directory.org, now, &[new]).await?;
    Ok(())
}
