//! A department of its own for each story: a fresh database, the lobby, the shipped team, the stand-in (or another model),
//! and a clock that can be set forward.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bullpen::clock::{Clock as _, Shifted};
use bullpen::config::Config;
use bullpen::department::{Database, Department, Ports};
use bullpen::office::Office;
use bullpen::store;
use bullpen_lobby::{Emoji, Lobby, Said, View};
use bullpen_model::Model;
use bullpen_rehearsal::Rehearsal;
use serde_json::Value;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

/// How long a story waits for something before it fails and says what stood there instead.
const PATIENCE: Duration = Duration::from_secs(60);

/// A department in a story.
pub struct World {
    /// Its lobby.
    pub lobby: Arc<Lobby>,
    /// Its database.
    pub pool: PgPool,
    /// Its clock.
    pub clock: Arc<Shifted>,
    /// Its data folder.
    pub data: tempfile::TempDir,
    options: PgConnectOptions,
    config: Arc<Config>,
    office: Arc<Office>,
    model: Arc<dyn Model>,
    department: Option<Department>,
}

/// What a story may set.
#[derive(Default)]
pub struct Setting {
    /// `bullpen.yaml`.
    pub yaml: &'static str,
    /// Another model than the stand-in.
    pub model: Option<Arc<dyn Model>>,
}

impl World {
    /// With the defaults: one person, `you`, with all rights.
    pub async fn open() -> Self {
        Self::with(Setting::default()).await
    }

    /// With settings.
    pub async fn with(setting: Setting) -> Self {
        let options = bullpen_cluster::throwaway::database().await;
        let data = tempfile::tempdir().expect("a temporary folder");
        let yaml = data.path().join("bullpen.yaml");
        let personas = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("personas");
        std::fs::write(&yaml, format!("server: {{ personas: {} }}\n{}", personas.display(), setting.yaml))
            .expect("bullpen.yaml");
        let folder = data.path().join("data").display().to_string();
        let config = Config::load(
            &|name| match name {
                "BULLPEN_DATA" => Some(folder.clone()),
                "BULLPEN_CONFIG" => Some(yaml.display().to_string()),
                _ => None,
            },
            data.path(),
        )
        .expect("the configuration");
        let config = Arc::new(config);
        let pool = PgPoolOptions::new().max_connections(12).connect_lazy_with(options.clone());
        store::migrate(&pool).await.expect("migrations");
        Lobby::migrate(&pool).await.expect("the lobby's migrations");
        let office = Arc::new(Office::open(&config).expect("the office"));
        let clock = Arc::new(Shifted::default());
        let lobby = {
            let tell = Arc::clone(&clock);
            Lobby::new(pool.clone(), office.directory().org, Arc::new(move || tell.now()), Arc::new(|_| false))
        };
        let model = setting.model.unwrap_or_else(|| Arc::new(Rehearsal::new()));
        let mut world = Self { lobby, pool, clock, data, options, config, office, model, department: None };
        world.start().await;
        world
    }

    /// Starts the workers (again).
    pub async fn start(&mut self) {
        let ports = Ports {
            gateway: Box::new(self.lobby.gateway("department")),
            poster: Arc::new(self.lobby.poster()),
            model: Arc::clone(&self.model),
            clock: Arc::clone(&self.clock) as _,
        };
        let database = Database { pool: self.pool.clone(), options: self.options.clone() };
        let department = Department::start(database, Arc::clone(&self.config), Arc::clone(&self.office), ports).await;
        self.department = Some(department.expect("the department starts"));
    }

    /// Stops the workers; what is under way is finished or handed back.
    pub async fn stop(&mut self) {
        if let Some(department) = self.department.take() {
            department.stop().await;
        }
    }

    /// Somebody writes at a channel's top level.
    pub async fn say(&self, who: &str, channel: &str, text: &str) -> View {
        self.write(who, channel, None, text).await
    }

    /// Somebody replies in a thread.
    pub async fn reply(&self, who: &str, root: &View, text: &str) -> View {
        self.write(who, &root.channel, Some(root.id), text).await
    }

    async fn write(&self, who: &str, channel: &str, thread: Option<Uuid>, text: &str) -> View {
        let member = self.lobby.member(who).await.expect("a member");
        let said = Said { text: text.to_owned(), thread: thread.map(|t| t.to_string()), key: None };
        self.lobby.say(channel, &member, &said).await.expect("said")
    }

    /// Somebody sets a reaction, or takes it back.
    pub async fn react(&self, who: &str, message: Uuid, emoji: &str, set: bool) {
        let member = self.lobby.member(who).await.expect("a member");
        let emoji = Emoji::parse(emoji).expect("an emoji");
        self.lobby.react(message, &member, &emoji, set).await.expect("reacted");
    }

    /// Waits until a query gives a row, and gives it back.
    pub async fn wait<T>(&self, what: &str, sql: &'static str, bind: &str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let asked = tokio::time::Instant::now();
        loop {
            let found: Option<T> =
                sqlx::query_scalar(sql).bind(bind).fetch_optional(&self.pool).await.expect("the query is sound");
            if let Some(found) = found {
                return found;
            }
            assert!(asked.elapsed() < PATIENCE, "{what} never came; the state is:\n{}", self.state().await);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The root task of this title, once there is one.
    pub async fn task(&self, title: &str) -> Uuid {
        self.wait("the task", "select id from tasks where parent is null and title = $1", title).await
    }

    /// Waits until a root task is in a state.
    pub async fn until(&self, title: &str, state: &str) {
        let key = format!("{title}|{state}");
        let sql = "select id from tasks where parent is null and title || '|' || state = $1";
        let _: Uuid = self.wait(&format!("{title} being {state}"), sql, &key).await;
    }

    /// The message of the newest open approval of a kind, once it stands.
    pub async fn approval(&self, kind: &str) -> Uuid {
        let sql = "select m.id::uuid from approvals as a join messages as m on m.post = a.post
                   where a.kind = $1 and a.state = 'open' order by a.created_at desc limit 1";
        self.wait(&format!("an approval of {kind}"), sql, kind).await
    }

    /// A single value.
    pub async fn one<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.expect("the query is sound and has a row")
    }

    /// Waits until nothing is left to do.
    pub async fn settle(&self) {
        let sql = "select 1 where $1 = '' and not exists (select from inbox where state = 'ready')
                   and not exists (select from outbox where state in ('ready', 'running'))
                   and not exists (select from calls where state in ('ready', 'running'))";
        let _: i32 = self.wait("quiet", sql, "").await;
    }

    /// What stands where, for a story that fails.
    pub async fn state(&self) -> String {
        let rows: Vec<Value> = sqlx::query_scalar(
            "select jsonb_build_object('task', title, 'step', step, 'state', state, 'round', round, 'hold', hold, 'call', call)
             from tasks order by parent nulls first, position limit 60",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap_or_default();
        let troubles: Vec<Value> = sqlx::query_scalar(
            "select jsonb_build_object('event', id, 'state', state, 'error', error, 'attempts', attempts, 'e', event) from inbox
             where state in ('ready', 'dead', 'parked')
             union all select jsonb_build_object('post', id, 'state', state, 'error', error, 'attempts', attempts) from outbox
             where state in ('ready', 'running', 'dead')
             union all select jsonb_build_object('call', id, 'state', state, 'error', error, 'attempts', attempts) from calls
             where state in ('ready', 'running') limit 40",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap_or_default();
        rows.iter().chain(&troubles).map(|row| format!("  {row}\n")).collect()
    }
}
