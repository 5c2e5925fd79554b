//! `bullpen doctor`: looks whether everything is there that the server needs.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bullpen_cluster::Cluster;
use bullpen_domain::org::Right;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::client::Client;
use super::{Ending, out, setup};
use crate::clock::{self, Clock as _};
use crate::config::{self, Config};
use crate::office::Office;
use crate::{platforms, translate};

/// The oldest Postgres that will do, as Postgres counts.
const OLDEST: i32 = 140_000;
/// Less free space than this, in megabytes, is soon used up.
const LITTLE_SPACE: u64 = 1_024;
/// How long a database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How to tell.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// What was looked at, and what was found.
#[derive(Debug, Serialize)]
struct Finding {
    check: String,
    state: State,
    says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    Warn,
    Fail,
}

/// What to say of one thing.
type Found = (State, String);

pub(super) async fn run(args: Args, config: Result<Config, config::Error>) -> anyhow::Result<Ending> {
    let mut findings = Vec::new();
    let mut add = |check: &str, (state, says): Found| findings.push(Finding { check: check.to_owned(), state, says });
    match config {
        Err(error) => add("configuration", (State::Fail, error.to_string())),
        Ok(config) => {
            add("configuration", configuration(&config));
            add("data", data(&config.data));
            let (server, running) = server(&config).await;
            add("database", database(&config, running).await);
            add("personas", personas(&config));
            add("model", model(&config).await);
            add("server", server);
            for (check, found) in slack(&config).await.into_iter().chain(discord(&config).await) {
                add(&check, found);
            }
        }
    }
    if args.json {
        out::line(serde_json::to_string(&findings)?)?;
    } else {
        for Finding { check, state, says } in &findings {
            let state = match state {
                State::Ok => "ok",
                State::Warn => "warn",
                State::Fail => "FAIL",
            };
            out::line(format_args!("{state:<5} {check:<22} {says}"))?;
        }
    }
    let failed = findings.iter().any(|finding| finding.state == State::Fail);
    Ok(if failed { Ending::Failed } else { Ending::Done })
}

fn configuration(config: &Config) -> Found {
    if config.warnings.is_empty() {
        let people: Vec<&str> = config.people.iter().map(|person| person.name.as_str()).collect();
        (State::Ok, format!("{}, people: {}", config.organisation.name, people.join(", ")))
    } else {
        (State::Warn, config.warnings.join("; "))
    }
}

/// Whether the server could write where it wants to, and how much.
fn data(folder: &Path) -> Found {
    let shown = folder.display();
    // What is not there yet is made in the nearest folder that is.
    let Some(nearest) = folder.ancestors().find(|part| part.is_dir() || part.as_os_str().is_empty()) else {
        return (State::Fail, format!("{shown} cannot be made: set BULLPEN_DATA to a folder that can"));
    };
    let nearest = if nearest.as_os_str().is_empty() { Path::new(".") } else { nearest };
    let trial = nearest.join(format!(".bullpen-doctor-{}", Uuid::new_v4()));
    if let Err(error) = std::fs::write(&trial, b"trial").and_then(|()| std::fs::remove_file(&trial)) {
        return (State::Fail, format!("{shown} cannot be written to ({error}): set BULLPEN_DATA to a folder that can"));
    }
    match free_megabytes(nearest) {
        Some(free) if free < LITTLE_SPACE => (State::Warn, format!("{shown} has only {free} MB left: make room")),
        Some(free) => (State::Ok, format!("{shown}, {} GB free", free / 1_024)),
        None => (State::Ok, format!("{shown} can be written to")),
    }
}

/// As `df` tells it; none where there is no such program.
fn free_megabytes(folder: &Path) -> Option<u64> {
    let output = std::process::Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kilobytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes / 1_024)
}

async fn database(config: &Config, running: bool) -> Found {
    if let Some(url) = &config.database_url {
        let options = match url.expose_secret().parse::<PgConnectOptions>() {
            Ok(options) => options,
            Err(error) => return (State::Fail, format!("DATABASE_URL cannot be read ({error}): correct it")),
        };
        return match tokio::time::timeout(PATIENCE, version(&options)).await {
            Ok(Ok(version)) if version < OLDEST => {
                (State::Fail, format!("the database is Postgres {}; 14 or newer is needed", version / 10_000))
            }
            Ok(Ok(version)) => (State::Ok, format!("Postgres {} at DATABASE_URL", version / 10_000)),
            Ok(Err(error)) => (State::Fail, format!("the database cannot be used ({error}): check DATABASE_URL")),
            Err(_) => (State::Fail, "the database does not answer: check DATABASE_URL, and that it runs".to_owned()),
        };
    }
    if running {
        return (State::Ok, "a Postgres of its own, run by the server".to_owned());
    }
    own_postgres(config).await
}

async fn version(options: &PgConnectOptions) -> Result<i32, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let version = crate::store::probe::version(&mut connection).await?;
    connection.close().await?;
    Ok(version)
}

/// Tries the private Postgres out: on its own data where there are some, else in a place that is thrown away.
async fn own_postgres(config: &Config) -> Found {
    let home = config.data.join("postgres");
    let trial = (!home.exists()).then(|| std::env::temp_dir().join(format!("bullpen-doctor-{}", Uuid::new_v4())));
    let data = trial.clone().unwrap_or(home);
    let binaries = config.postgres.binaries.clone();
    let outcome = match Cluster::start(bullpen_cluster::Options { data, binaries }).await {
        Ok(cluster) => {
            let version = version(&cluster.connect_options()).await;
            cluster.stop().await.map(|()| version)
        }
        Err(error) => Err(error),
    };
    if let Some(trial) = trial {
        // It is in the place for what may be thrown away.
        let _ = std::fs::remove_dir_all(trial);
    }
    match outcome {
        Ok(Ok(version)) => (State::Ok, format!("a Postgres {} of its own can be started", version / 10_000)),
        Ok(Err(error)) => (State::Fail, format!("a Postgres of its own starts and does not answer ({error})")),
        Err(error @ bullpen_cluster::Error::InUse { .. }) => (State::Warn, error.to_string()),
        Err(error) => (State::Fail, error.to_string()),
    }
}

fn personas(config: &Config) -> Found {
    match Office::open(config) {
        Ok(office) => {
            let (directory, faults) = (office.directory(), office.faults());
            let all = format!("{} personas, {} playbooks", directory.personas.len(), directory.playbooks.len());
            match faults.first() {
                None => (State::Ok, all),
                Some(first) => {
                    let more = if faults.len() > 1 { ", and more: see `bullpen personas check`" } else { "" };
                    (State::Fail, format!("{first}{more}"))
                }
            }
        }
        Err(error) => (State::Fail, error.to_string()),
    }
}

/// Everything that the department needs in Slack; nothing where Slack is not configured.
async fn slack(config: &Config) -> Vec<(String, Found)> {
    let (Some(told), Ok(office)) = (platforms::slack_config(config), Office::open(config)) else { return Vec::new() };
    let directory = office.directory();
    let given = &config.slack_given;
    let apps = given.personas.iter().map(|(handle, app)| (handle.clone(), setup::variables(app)));
    let shared = (bullpen_slack::SHARED.to_owned(), setup::variables(&given.shared));
    let clock: bullpen_slack::Clock = Arc::new(|| clock::System.now());
    let (variables, approvers) = (apps.chain([shared]).collect(), directory.holders(Right::Approve));
    let plan = translate::plan(&directory, platforms::SLACK);
    let ask = bullpen_slack::doctor::Ask {
        config: &told,
        variables: &variables,
        plan: &plan,
        approvers: &approvers,
        clock: &clock,
    };
    let state = |state| match state {
        bullpen_slack::doctor::State::Good => State::Ok,
        bullpen_slack::doctor::State::Warning => State::Warn,
        bullpen_slack::doctor::State::Bad => State::Fail,
    };
    bullpen_slack::doctor::check(&ask)
        .await
        .into_iter()
        .map(|finding| (finding.what, (state(finding.state), finding.say)))
        .collect()
}

/// Everything that the department needs in Discord; nothing where Discord is not configured.
async fn discord(config: &Config) -> Vec<(String, Found)> {
    let (Some(told), Ok(office)) = (platforms::discord_config(config), Office::open(config)) else { return Vec::new() };
    let directory = office.directory();
    let plan = translate::plan(&directory, platforms::DISCORD);
    let roles = config.people.iter().filter_map(|p| Some((p.name.clone(), p.discord_role.clone()?))).collect();
    let (pool, cluster) = setup::memory(config).await;
    let ask = bullpen_discord::doctor::Ask {
        config: &told,
        plan: &plan,
        approvers: &directory.holders(Right::Approve),
        roles: &roles,
        memory: pool.as_ref().map(|pool| (pool, directory.org)),
    };
    let state = |state| match state {
        bullpen_discord::doctor::State::Good => State::Ok,
        bullpen_discord::doctor::State::Warning => State::Warn,
        bullpen_discord::doctor::State::Bad => State::Fail,
    };
    let found = bullpen_discord::doctor::check(&ask).await;
    if let Some(cluster) = cluster
        && let Err(error) = cluster.stop().await
    {
        tracing::warn!(%error, "the private Postgres did not stop");
    }
    found.into_iter().map(|finding| (finding.what, (state(finding.state), finding.say))).collect()
}

async fn model(config: &Config) -> Found {
    let model = match crate::up::model(config) {
        Ok(model) => model,
        Err(error) => return (State::Fail, format!("{error:#}")),
    };
    match model.ready().await {
        Ok(()) if config.hostile.is_some() => (State::Warn, format!("a {} speaks", model.label())),
        Ok(()) if model.stand_in() => {
            (State::Warn, "a stand-in speaks: set OPENAI_API_KEY, or OPENAI_BASE_URL, for a real model".to_owned())
        }
        Ok(()) => (State::Ok, model.label()),
        Err(error) => (State::Fail, error.to_string()),
    }
}

/// What is found where the server listens, and whether it is ours.
async fn server(config: &Config) -> (Found, bool) {
    let free = match tokio::net::TcpListener::bind(config.listen).await {
        Ok(_) => return ((State::Ok, format!("not running; {} is free", config.listen)), false),
        Err(error) => error,
    };
    let ready = async {
        let client = Client::new(config, None)?;
        let prepare = |request: reqwest::RequestBuilder| request.timeout(PATIENCE);
        let response = client.call(reqwest::Method::GET, &["readyz"], prepare).await?;
        let well = response.status().is_success();
        let says: Value = response.json().await?;
        anyhow::Ok((well, says))
    };
    match ready.await {
        Ok((true, _)) => ((State::Ok, format!("running and ready at {}", config.shown_url())), true),
        Ok((false, says)) => {
            let why = says["error"]["message"].as_str().map_or_else(|| says.to_string(), out::plain);
            ((State::Fail, format!("running at {} and not ready: {why}", config.shown_url())), true)
        }
        Err(_) if free.kind() == std::io::ErrorKind::AddrInUse => {
            let problem = "is used by another program: stop it, or set BULLPEN_LISTEN to another address";
            ((State::Fail, format!("{} {problem}", config.listen)), false)
        }
        Err(_) => {
            let problem = format!("cannot be listened on ({free}): set BULLPEN_LISTEN to another address");
            ((State::Fail, format!("{} {problem}", config.listen)), false)
        }
    }
}
