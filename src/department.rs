//! The department at work: its workers on one database, given the ports to the outside.

use std::sync::Arc;
use std::time::Duration;

use bullpen_chat::{Gateway, Poster};
use bullpen_model::Model;
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::bundles::Bundles;
use crate::catalogue::Catalogue;
use crate::clock;
use crate::config::Config;
use crate::delivery::{Delivery, Posters, Speakers};
use crate::engine::Engine;
use crate::health::Health;
use crate::intake::Intake;
use crate::lease::{Holder, Life};
use crate::office::Office;
use crate::reread::Reread;
use crate::settling::Settling;
use crate::store::{calls, organisations};
use crate::timers::Timers;
use crate::translate;
use crate::turns::{Systems, Turns};
use crate::wake::Wakes;

/// How long a graceful stop may take before what is under way is handed back.
pub const STOP_WITHIN: Duration = Duration::from_secs(10);

/// What the department is given.
pub struct Ports {
    /// Where people are; the lobby is always one of them.
    pub platforms: Vec<Platform>,
    /// Thinks.
    pub model: Arc<dyn Model>,
    /// Tells the time.
    pub clock: clock::Shared,
}

/// A chat platform.
pub struct Platform {
    /// Its name, e.g. `lobby`.
    pub name: &'static str,
    /// Hears it.
    pub gateway: Box<dyn Gateway>,
    /// Speaks on it.
    pub poster: Arc<dyn Poster>,
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
    /// Ends the proof that this process lives, which is the last to end.
    over: CancellationToken,
    jobs: JoinSet<&'static str>,
    holder: Holder,
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
        let (stop, health) = (CancellationToken::new(), Arc::new(Health::new()));
        let speakers: Speakers = ports.platforms.iter().map(|p| (p.name, Arc::clone(&p.poster))).collect();
        let settling = Arc::new(Settling::new(pool.clone(), Arc::clone(&office), Arc::clone(&clock)));
        settling.remember(&speakers).await?;
        // Without the lobby there is nothing. Other platforms may be slow, or away: they are not waited for.
        if let Some(lobby) = speakers.get(translate::LOBBY) {
            settling.settle(translate::LOBBY, lobby.as_ref()).await?;
        }
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
                posters: Posters::new(&speakers),
                base: config.shown_url(),
                holder: holder.clone(),
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
            systems: Systems::default(),
            speakers: speakers.clone(),
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
        for Platform { name, mut gateway, .. } in ports.platforms {
            let intake = Intake {
                pool: pool.clone(),
                org,
                platform: name,
                office: Arc::clone(&office),
                clock: Arc::clone(&clock),
                wakes: Arc::clone(&wakes),
                health: Arc::clone(&health),
            };
            let (token, settling) = (stop.clone(), Arc::clone(&settling));
            jobs.spawn(async move {
                // What is said refers to channels that have to be known.
                if token.run_until_cancelled(settling.settled(name)).await.is_some() {
                    intake.run(gateway.as_mut(), &token).await;
                }
                "intake"
            });
        }
        let over = CancellationToken::new();
        let token = over.clone();
        jobs.spawn(async move {
            life.keep(&token).await;
            "life"
        });
        let bundles = Bundles {
            pool: pool.clone(),
            office: Arc::clone(&office),
            clock: Arc::clone(&clock),
            wakes: Arc::clone(&wakes),
        };
        let token = stop.clone();
        jobs.spawn(async move {
            bundles.run(&token).await;
            "bundles"
        });
        let reread = Reread {
            pool: pool.clone(),
            office: Arc::clone(&office),
            clock,
            wakes: Arc::clone(&wakes),
            speakers: speakers.clone(),
        };
        let token = stop.clone();
        jobs.spawn(async move {
            reread.run(&token).await;
            "reread"
        });
        let (token, bell) = (stop.clone(), Arc::clone(&wakes));
        jobs.spawn(async move {
            settling.follow(&speakers, &bell, &token).await;
            "office"
        });
        Ok(Self { stop, over, jobs, holder, pool, wakes, health, catalogue })
    }

    /// Stops: nothing new is begun, what is under way is finished, or handed back after [`STOP_WITHIN`].
    pub async fn stop(mut self) {
        self.stop.cancel();
        let finished = tokio::time::timeout(STOP_WITHIN, async {
            // All but the proof of life: without it another server would take what is under way.
            while self.jobs.len() > 1 {
                if let Some(Err(error)) = self.jobs.join_next().await {
                    tracing::error!(%error, "a worker panicked");
                }
            }
        });
        if finished.await.is_err() {
            tracing::warn!("some work did not finish in time; it is handed back");
            self.jobs.abort_all();
        }
        let holder = self.holder.number();
        if let Ok(mut conn) = self.pool.acquire().await
            && let Err(error) = calls::hand_back(&mut conn, holder).await
        {
            tracing::warn!(%error, "leases could not be handed back; they are freed when this process ends");
        }
        self.over.cancel();
        while self.jobs.join_next().await.is_some() {}
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
