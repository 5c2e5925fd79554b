//! The server is killed again and again while questions come from Discord, which never stops talking meanwhile.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bullpen_cluster::{Cluster, Options};
use bullpen_discord_fake::{BotPlan, Fake, Message, Settings, UserPlan};
use sqlx::{Connection as _, PgConnection};

/// Kills in this story.
const KILLS: u64 = 6;
/// Threads that are asked in.
const THREADS: usize = 4;
/// Questions in each life of the server, and as many while it is down.
const QUESTIONS: usize = 20;
/// How long a start, and the last answer, may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where the server lives: its files, and what it was told.
struct Place {
    folder: PathBuf,
    port: u16,
    env: Vec<(&'static str, String)>,
}

impl Place {
    fn start(&self) -> Server {
        let log = File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        let server = Command::new(env!("CARGO_BIN_EXE_bullpen"))
            .arg("up")
            .current_dir(&self.folder)
            .env_clear()
            .envs(["PATH", "HOME", "TMPDIR"].iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .env("BULLPEN_DATA", self.data())
            .env("BULLPEN_CONFIG", self.folder.join("bullpen.yaml"))
            .env("BULLPEN_LISTEN", format!("127.0.0.1:{}", self.port))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        Server(server.unwrap())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> String {
        let text = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    async fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !holds() {
            assert!(begun.elapsed() < PATIENCE, "{what} never came; the server says:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A server that is killed at the latest when the story ends.
struct Server(Child);

impl Server {
    /// As `kill -9` does.
    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The answers in a thread, in their order.
fn answers(fake: &Fake, thread: u64) -> Vec<Message> {
    let mut answers: Vec<Message> =
        fake.messages(thread).into_iter().filter(|m| m.is_said() && m.application.is_some()).collect();
    answers.sort_by_key(|message| message.id);
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_kills_the_server_in_discord_gets_each_question_answered_once_and_in_order() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fake = Fake::start(Settings::quick()).expect("a stand-in for Discord");
    let bot = fake.bot(BotPlan::new("Bullpen"));
    fake.invite(&bot, bullpen_discord::setup::bits(false));
    let ann = fake.user(UserPlan::member("ann"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let people = format!("people:\n  - {{ name: Ann, rights: [command, approve], discord: {ann} }}\n");
    std::fs::write(folder.path().join("bullpen.yaml"), people).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let env = vec![("DISCORD_API_URL", fake.api_url()), ("DISCORD_TOKEN", bot.token.clone())];
    let place = Place { folder: folder.path().to_owned(), port, env };

    let found = || fake.channels().into_iter().find(|channel| channel.name == "all-hands").map(|channel| channel.id);
    let mut server = place.start();
    place.until("the welcome", || found().is_some_and(|channel| !answers(&fake, channel).is_empty())).await;
    let channel = found().unwrap();
    let roots: Vec<u64> = (0..THREADS).map(|n| fake.say(ann, channel, &format!("A thread {n}"))).collect();
    let mut asked: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    let mut ask = |count: usize| {
        for n in 0..count {
            let thread = roots[n % THREADS];
            let asks = asked.entry(thread).or_default();
            asks.push(fake.in_thread(ann, thread, &format!("@copywriter what are you on? ({})", asks.len())));
        }
        asked.values().map(Vec::len).sum::<usize>()
    };
    let said = || roots.iter().map(|thread| answers(&fake, *thread).len()).sum::<usize>();
    for kill in 0..KILLS {
        let before = said();
        let all = ask(QUESTIONS);
        // Each at another point of the work: before the first answer, between any two, and when nearly all are given.
        let until =
            (before + (all - before) * usize::try_from(kill).unwrap() / usize::try_from(KILLS).unwrap()).min(all);
        place.until("an answer", || said() >= until).await;
        server.kill();
        ask(QUESTIONS);
        server = place.start();
    }
    let all = ask(QUESTIONS);
    place.until("the last answer", || said() >= all).await;

    // Whatever was still to be said a second time is said when all is worked off, and then the server is stopped.
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let ready = http.get(format!("http://127.0.0.1:{port}/readyz")).send().await.expect("the server answers");
    assert!(ready.status().is_success(), "{}", place.log());
    let pid = server.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    place.until("the end", || server.0.try_wait().unwrap().is_some()).await;
    assert!(server.0.wait().unwrap().success(), "{}", place.log());
    for (thread, questions) in &asked {
        let answers = answers(&fake, *thread);
        assert_eq!(answers.len(), questions.len(), "each question was answered once");
        for (question, answer) in questions.iter().zip(&answers) {
            assert!(answer.id > *question, "the answers are in the order of the questions");
        }
    }
    look(&place.data(), ann, all).await;
}

/// What the database of the stopped server says.
async fn look(data: &Path, ann: u64, asked: usize) {
    let cluster = Cluster::start(Options { data: data.join("postgres"), binaries: None }).await.unwrap();
    let mut conn = PgConnection::connect_with(&cluster.connect_options()).await.unwrap();
    for (what, sql) in [
        ("events are not processed", "select count(*) from inbox where state <> 'done'"),
        ("posts are not on show", "select count(*) from outbox where state not in ('sent', 'superseded')"),
        ("messages stand for nothing", "select count(*) from discord.posts where message is null"),
    ] {
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        assert_eq!(count, 0, "{what}");
    }
    // What Discord tells of our own last posts may come as late as it likes.
    let unread = "select count(*) from discord.received
                  where ours and done_at is null and payload::jsonb -> 'author' ->> 'id' = $1";
    let unread: i64 = sqlx::query_scalar(unread).bind(ann.to_string()).fetch_one(&mut conn).await.unwrap();
    assert_eq!(unread, 0, "questions are unread");
    let heard = "select count(*) from messages where author_kind = 'member' and text like '%what are you on?%'";
    let heard: i64 = sqlx::query_scalar(heard).fetch_one(&mut conn).await.unwrap();
    assert_eq!(usize::try_from(heard).unwrap(), asked, "each question was heard once");
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "select p.place, o.seq from discord.posts as p join outbox as o on o.id = p.key order by p.message",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let mut places: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (place, seq) in rows {
        places.entry(place).or_default().push(seq);
    }
    for (place, posts) in places {
        assert!(posts.is_sorted(), "in {place} what stands is in the order in which it was decided");
    }
    conn.close().await.unwrap();
    cluster.stop().await.unwrap();
}
