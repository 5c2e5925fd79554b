//! The program: the affairs of the process, around the command line.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use bullpen::cli::{self, Cli, Ending};
use bullpen::config::{Config, Log, LogFormat};
use clap::Parser as _;
use tokio::runtime::{Builder, Runtime};
use tracing_subscriber::EnvFilter;

/// Most threads that run jobs: the department waits more than it computes.
const THREADS: usize = 4;
/// Most threads for what blocks (files, drawing): each idle one costs memory.
const BLOCKING_THREADS: usize = 8;

fn main() -> ExitCode {
    // An error says that there is a provider already, which does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    let config = Config::load(&|name| std::env::var(name).ok(), Path::new("."));
    if let Ok(config) = &config {
        start_log(&config.log, &cli);
        if cli.serves() {
            for warning in &config.warnings {
                tracing::warn!("{warning}");
            }
        }
    }
    let runtime = match runtime(&cli) {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("The program cannot start its threads ({error}): free some memory.")),
    };
    let ended = runtime.block_on(cli::run(cli, config));
    // Whatever still blocks has been given its time to end.
    runtime.shutdown_timeout(Duration::from_secs(1));
    match ended {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Failed) => ExitCode::FAILURE,
        Err(error) if closed_early(&error) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("{error:#}")),
    }
}

fn runtime(cli: &Cli) -> io::Result<Runtime> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let mut builder = if cli.works_hard() { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    builder.worker_threads(threads).max_blocking_threads(BLOCKING_THREADS).enable_all().build()
}

/// The log goes to standard error. Commands that are soon over say what matters themselves.
fn start_log(log: &Log, cli: &Cli) {
    let usual = if cli.works_hard() { "warn,sqlx=error,bullpen=info" } else { "off" };
    let filter = EnvFilter::builder().parse_lossy(log.filter.as_deref().unwrap_or(usual));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match log.format {
        LogFormat::Text => subscriber.with_target(false).with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => subscriber.json().flatten_event(true).init(),
    }
}

/// Whether the reader of our output went away, having seen enough.
fn closed_early(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn failed(why: &str) -> ExitCode {
    use io::Write as _;
    // Where standard error is gone, the exit code is what is left to say.
    let _ = writeln!(io::stderr(), "{why}");
    ExitCode::FAILURE
}
