//! A department of its own for each story: a fresh database, the lobby, the shipped team, the stand-in (or another model),
//! and a clock that can be set forward. A story ends with [`World::close`], which looks at what must hold after every one
//! of them: nothing is left to do, nothing was given up, every post stands exactly once and in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bullpen::clock::{Clock as _, Shifted};
use bullpen::config::Config;
use bullpen::console::{self, Console};
use bullpen::department::{Database, Department, Platform, Ports};
use bullpen::health::Health;
use bullpen::office::Office;
use bullpen::platforms::{self, Workspace};
use bullpen::store;
use bullpen::translate::{self, Inward};
use bullpen_chat::Poster;
use bullpen_domain::org::Right;
use bullpen_lobby::{Emoji, Lobby, Member, Page, Said, Start, View};
use bullpen_model::Model;
use bullpen_rehearsal::Rehearsal;
use bullpen_slack::Slack;
use serde_json::Value;
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

/// How long a story waits for something before it fails and says what stood there instead. Generous: it is only waited
/// for in full by a story that fails.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(15);
/// Connections of a department and of the people beside it, who have some of their own in a server.
const CONNECTIONS: u32 = bullpen::up::CONNECTIONS;
/// All that hangs in a thread or channel of a story.
const ALL: Page = Page { start: Start::Newest, limit: 1_000 };

/// Turns the lobby's own poster into another one.
pub(crate) type Wrap = Box<dyn FnOnce(Arc<dyn Poster>) -> Arc<dyn Poster>>;

/// A department in a story.
pub(crate) struct World {
    /// Its lobby.
    pub lobby: Arc<Lobby>,
    /// Its database.
    pub pool: PgPool,
    /// Its organisation.
    pub org: Uuid,
    /// Its clock.
    pub clock: Arc<Shifted>,
    /// Its files.
    pub office: Arc<Office>,
    /// Its data folder, among other things.
    folder: tempfile::TempDir,
    options: PgConnectOptions,
    config: Arc<Config>,
    model: Arc<dyn Model>,
    poster: Arc<dyn Poster>,
    /// Its workspace in Slack, when the story has one: that of the department that was started last.
    pub slack: Option<Arc<Slack>>,
    departments: Vec<Department>,
    listening: CancellationToken,
    closed: bool,
}

/// What a story may set.
#[derive(Default)]
pub(crate) struct Setting {
    /// `bullpen.yaml`.
    pub yaml: &'static str,
    /// Another model than the stand-in.
    pub model: Option<Arc<dyn Model>>,
    /// Something between the department and the lobby.
    pub poster: Option<Wrap>,
    /// A folder of teams of its own, which the story may change.
    pub own_personas: bool,
    /// More people of a workspace or guild, as lines of `people`.
    pub people: &'static str,
    /// Variables of the environment, e.g. the tokens of apps in Slack.
    pub env: Vec<(&'static str, String)>,
}

impl World {
    /// With the defaults: one person, `you`, with all rights.
    pub(crate) async fn open() -> Self {
        Self::with(Setting::default()).await
    }

    /// With settings.
    pub(crate) async fn with(setting: Setting) -> Self {
        // As the program does first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = bullpen_cluster::throwaway::database().await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut personas = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("personas");
        if setting.own_personas {
            let own = folder.path().join("personas");
            copy(&personas, &own);
            personas = own;
        }
        let config = configured(folder.path(), &personas, setting.yaml, &setting.env);
        let pool = store::connections(options.clone(), CONNECTIONS);
        store::migrate(&pool).await.expect("migrations");
        Lobby::migrate(&pool).await.expect("the lobby's migrations");
        let office = Arc::new(Office::open(&config).expect("the office"));
        let clock = Arc::new(Shifted::default());
        let org = office.directory().org;
        let tell = Arc::clone(&clock);
        let people = Arc::clone(&office);
        let sees_all = move |name: &str| people.directory().may(name, Right::Operate);
        let lobby = Lobby::new(pool.clone(), org, Arc::new(move || tell.now()), Arc::new(sees_all));
        let poster: Arc<dyn Poster> = Arc::new(lobby.poster());
        let mut world = Self {
            lobby,
            pool,
            org,
            clock,
            office,
            folder,
            options,
            config: Arc::new(config),
            model: setting.model.unwrap_or_else(|| Arc::new(Rehearsal::new())),
            poster: match setting.poster {
                Some(wrap) => wrap(poster),
                None => poster,
            },
            slack: None,
            departments: Vec::new(),
            listening: CancellationToken::new(),
            closed: false,
        };
        world.start().await;
        world
    }

    /// Starts a department on this database: the first, one more beside it, or again after [`World::stop`].
    pub(crate) async fn start(&mut self) {
        let mut platforms = vec![Platform {
            name: translate::LOBBY,
            gateway: Box::new(self.lobby.gateway("department")),
            poster: Arc::clone(&self.poster),
        }];
        let clock = Arc::clone(&self.clock) as _;
        let workspaces = platforms::connected(&self.config, &self.pool, &self.office, &clock).await;
        let workspaces = workspaces.expect("the workspaces");
        platforms.extend(workspaces.iter().map(Workspace::platform));
        let ports = Ports { platforms, model: Arc::clone(&self.model), clock: Arc::clone(&self.clock) as _ };
        // Its own connections beside those of the people, as in the server.
        let database =
            Database { pool: store::connections(self.options.clone(), CONNECTIONS), options: self.options.clone() };
        let department = Department::start(database, Arc::clone(&self.config), Arc::clone(&self.office), ports).await;
        let department = department.expect("the department starts");
        for workspace in workspaces {
            match &workspace {
                Workspace::Slack(slack) => self.slack = Some(Arc::clone(slack)),
                // The stand-in lets sessions begin at any time.
                Workspace::Discord(discord) => discord.begin_sessions_every(Duration::ZERO),
            }
            tokio::spawn(workspace.listen(Arc::clone(&department.health), self.listening.clone()));
        }
        self.departments.push(department);
    }

    /// What intake translates with.
    pub(crate) fn inward(&self) -> Inward<'static> {
        // A story is short, and its directory may outlive it.
        Inward::new(translate::LOBBY, Box::leak(Box::new((*self.office.directory()).clone())))
    }

    /// Serves the department's state over HTTP until the guard is dropped.
    pub(crate) async fn serve(&self) -> (SocketAddr, DropGuard) {
        let console = Arc::new(Console {
            pool: self.pool.clone(),
            org: self.org,
            office: Arc::clone(&self.office),
            lobby: Arc::clone(&self.lobby),
            clock: Arc::clone(&self.clock) as _,
            wakes: Arc::default(),
            health: Arc::new(Health::new()),
            config: Arc::clone(&self.config),
            model: Arc::clone(&self.model),
            published: self.data().join("published"),
            mounted: Vec::new(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        tokio::spawn(console::serve(console, listener, stop.clone()));
        (address, stop.drop_guard())
    }

    /// Stops all departments; what is under way is finished or handed back.
    pub(crate) async fn stop(&mut self) {
        std::mem::take(&mut self.listening).cancel();
        for department in self.departments.drain(..) {
            department.stop().await;
        }
    }

    /// Stops all departments and starts one with another `bullpen.yaml`, as somebody does who edits it.
    pub(crate) async fn restart_with(&mut self, yaml: &str) {
        self.stop().await;
        self.config = Arc::new(configured(self.folder.path(), &self.config.personas, yaml, &[]));
        self.office = Arc::new(Office::open(&self.config).expect("the office"));
        self.start().await;
    }

    /// Ends the story: everything was done, and everything that was said stands once and in order.
    pub(crate) async fn close(mut self) {
        self.settle().await;
        self.closed = true;
        let given_up: Vec<Value> = sqlx::query_scalar(
            "select jsonb_build_object('event', event, 'error', error) from inbox where state in ('dead', 'parked')
             union all select jsonb_build_object('post', post, 'error', error) from outbox where state = 'dead'",
        )
        .fetch_all(&self.pool)
        .await
        .expect("the query is sound");
        assert!(given_up.is_empty(), "given up: {given_up:#?}");
        let lost: i64 = self
            .one(
                "select count(*) from outbox as o where o.kind = 'post' and o.channel not like 'slack:%' and o.channel not like 'discord:%'
                 and not exists (select from lobby.messages as m where m.id = o.id)",
            )
            .await;
        let unasked: i64 = self
            .one(
                "select count(*) from lobby.messages as m where m.author_kind = 'persona'
                 and not exists (select from outbox as o where o.id = m.id)",
            )
            .await;
        let out_of_order: i64 = self
            .one(
                "select count(*) from (
                     select m.seq, lag(m.seq) over (partition by o.conversation order by o.seq) as before
                     from outbox as o join lobby.messages as m on m.id = o.id where o.kind = 'post'
                 ) as shown where seq < before",
            )
            .await;
        assert_eq!((lost, unasked, out_of_order), (0, 0, 0), "posts lost, posts nobody asked for, posts out of order");
        self.stop().await;
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file of the story's own team.
    pub(crate) fn team_file(&self, name: &str) -> PathBuf {
        self.folder.path().join("personas/marketing").join(name)
    }

    /// A member of the lobby.
    pub(crate) async fn member(&self, who: &str) -> Member {
        self.lobby.member(who).await.expect("a member")
    }

    /// Somebody writes at a channel's top level.
    pub(crate) async fn say(&self, who: &str, channel: &str, text: &str) -> View {
        self.write(who, channel, None, text).await
    }

    /// Somebody replies in the thread of a message.
    pub(crate) async fn reply(&self, who: &str, root: &View, text: &str) -> View {
        self.write(who, &root.channel, Some(root.id), text).await
    }

    async fn write(&self, who: &str, channel: &str, thread: Option<Uuid>, text: &str) -> View {
        let member = self.member(who).await;
        let said = Said { text: text.to_owned(), thread: thread.map(|t| t.to_string()), key: None };
        self.lobby.say(channel, &member, &said).await.expect("said")
    }

    /// Somebody writes to a persona directly.
    pub(crate) async fn say_directly(&self, who: &str, persona: &str, text: &str) -> View {
        let member = self.member(who).await;
        let said = Said { text: text.to_owned(), thread: None, key: None };
        self.lobby.say_directly(persona, &member, &said).await.expect("said")
    }

    /// Somebody edits what they wrote.
    pub(crate) async fn edit(&self, who: &str, message: &View, text: &str) {
        let member = self.member(who).await;
        self.lobby.edit(message.id, &member, text).await.expect("edited");
    }

    /// Somebody deletes what they wrote.
    pub(crate) async fn delete(&self, who: &str, message: &View) {
        let member = self.member(who).await;
        self.lobby.delete(message.id, &member).await.expect("deleted");
    }

    /// Somebody sets a reaction, or takes it back.
    pub(crate) async fn react(&self, who: &str, message: Uuid, emoji: &str, set: bool) {
        let member = self.member(who).await;
        let emoji = Emoji::parse(emoji).expect("an emoji");
        self.lobby.react(message, &member, &emoji, set).await.expect("reacted");
    }

    /// A message as it reads now.
    pub(crate) async fn message(&self, id: Uuid) -> View {
        self.lobby.message(id, None).await.expect("a message")
    }

    /// The replies below a message.
    pub(crate) async fn thread(&self, root: Uuid) -> Vec<View> {
        self.lobby.thread(root, None, ALL).await.expect("a thread")
    }

    /// All messages of a channel.
    pub(crate) async fn channel(&self, channel: &str) -> Vec<View> {
        self.lobby.messages(channel, None, ALL).await.expect("a channel")
    }

    /// Waits until a persona says something in a thread, and gives the message.
    pub(crate) async fn hear(&self, root: Uuid, words: &str) -> View {
        let asked = tokio::time::Instant::now();
        loop {
            let thread = self.thread(root).await;
            if let Some(found) = said_by_a_persona(&thread, words) {
                return found;
            }
            let texts: Vec<&str> = thread.iter().map(|m| m.text.as_str()).collect();
            assert!(asked.elapsed() < PATIENCE, "nobody said {words:?}, but {texts:#?}\n{}", self.state().await);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until a persona says something in a channel, and gives the message.
    pub(crate) async fn hear_in(&self, channel: &str, words: &str) -> View {
        let asked = tokio::time::Instant::now();
        loop {
            if let Some(found) = said_by_a_persona(&self.channel(channel).await, words) {
                return found;
            }
            assert!(asked.elapsed() < PATIENCE, "nobody said {words:?} in #{channel}; {}", self.state().await);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until a query gives a row, and gives it back.
    pub(crate) async fn wait<T>(&self, what: &str, sql: &'static str, bind: &str) -> T
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
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// The root task of this title, once there is one.
    pub(crate) async fn task(&self, title: &str) -> Uuid {
        self.wait("the task", "select id from tasks where parent is null and title = $1", title).await
    }

    /// The root post of the task of this title, once it stands: its thread is the project's.
    pub(crate) async fn root_post(&self, title: &str) -> View {
        let sql = "select m.id from tasks as t join lobby.messages as m on m.id = t.post
                   where t.title = $1 order by t.created_at limit 1";
        let id = self.wait(&format!("the root post of {title}"), sql, title).await;
        self.message(id).await
    }

    /// Waits until the root task of this title is in a state.
    pub(crate) async fn until(&self, title: &str, state: &str) {
        let key = format!("{title}|{state}");
        let sql = "select id from tasks where parent is null and title || '|' || state = $1";
        let _: Uuid = self.wait(&format!("{title} being {state}"), sql, &key).await;
    }

    /// The message of the newest open approval of a kind, once it stands.
    pub(crate) async fn approval(&self, kind: &str) -> Uuid {
        let sql = "select m.id::uuid from approvals as a join messages as m on m.post = a.post
                   where a.kind = $1 and a.state = 'open' order by a.created_at desc limit 1";
        self.wait(&format!("an approval of {kind}"), sql, kind).await
    }

    /// Waits until the approval shown by a card is in a state.
    pub(crate) async fn decided(&self, card: Uuid, state: &str) {
        let key = format!("{card}|{state}");
        let sql = "select id from approvals where post::text || '|' || state = $1";
        let _: Uuid = self.wait(&format!("the approval being {state}"), sql, &key).await;
    }

    /// `you` approves the newest open approval of a kind.
    pub(crate) async fn approve(&self, kind: &str) -> Uuid {
        let card = self.approval(kind).await;
        self.react("you", card, "✅", true).await;
        self.decided(card, "approved").await;
        card
    }

    /// A single value.
    pub(crate) async fn one<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.expect("the query is sound and has a row")
    }

    /// All values of a column.
    pub(crate) async fn all<T>(&self, sql: &'static str) -> Vec<T>
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::query_scalar(sql).fetch_all(&self.pool).await.expect("the query is sound")
    }

    /// Waits until everything said is heard and nothing is left to do.
    pub(crate) async fn settle(&self) {
        let sql = "select 1 where $1 = '' and not exists (select from inbox where state = 'ready')
                   and not exists (select from outbox where state in ('ready', 'running'))
                   and not exists (select from calls where state in ('ready', 'running'))
                   and coalesce((select max(seq) from lobby.log where heard), 0)
                       <= coalesce((select max(seq) from lobby.cursors), 0)";
        let _: i32 = self.wait("quiet", sql, "").await;
    }

    /// What stands where, for a story that fails.
    pub(crate) async fn state(&self) -> String {
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
        // Only where the story is in Discord is there such a table.
        let unread: Vec<Value> = sqlx::query_scalar(
            "select jsonb_build_object('heard', kind, 'channel', channel::text, 'message', message::text, 'ours', ours, 'read', done_at is not null,
                                       'gap', exists (select from discord.gaps g where g.channel in (r.channel, r.guild)))
             from discord.received r where kind like any ('{MESSAGE%,INTERACTION%}') order by seq desc limit 20",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap_or_default();
        rows.iter().chain(&troubles).chain(&unread).map(|row| format!("  {row}\n")).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !self.closed && !std::thread::panicking() {
            panic!("a story ends with `world.close().await`");
        }
    }
}

/// The configuration that this text makes, written to the folder's `bullpen.yaml`.
fn configured(folder: &Path, personas: &Path, yaml: &str, env: &[(&'static str, String)]) -> Config {
    let file = folder.join("bullpen.yaml");
    std::fs::write(&file, format!("server: {{ personas: {} }}\n{yaml}", personas.display())).expect("bullpen.yaml");
    let data = folder.join("data").display().to_string();
    Config::load(
        &|name| match name {
            "BULLPEN_DATA" => Some(data.clone()),
            "BULLPEN_CONFIG" => Some(file.display().to_string()),
            _ => env.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()),
        },
        folder,
    )
    .expect("the configuration")
}

fn said_by_a_persona(messages: &[View], words: &str) -> Option<View> {
    messages.iter().find(|m| m.author.kind == "persona" && m.text.contains(words)).cloned()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the personas").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}
