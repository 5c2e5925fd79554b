//! Serves a workspace of the stand-in for Slack, to try an app against in a browser.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use bullpen_slack_fake::{AppKeys, AppPlan, Fake, Limits, Settings, UserPlan};
use clap::Parser;

/// Serves a workspace of the stand-in for Slack. Nothing is kept: when it stops, the workspace is gone.
///
/// Prints what an app needs as lines for an environment file; the page for people is at the address itself.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen. It has no sign-in: keep it on loopback.
    #[arg(long, default_value = "127.0.0.1:4390", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The workspace's name.
    #[arg(long, default_value = "Acme", value_name = "NAME")]
    team: String,
    /// An app to install, with every scope; may be given several times, the shared one first.
    #[arg(long = "app", default_value = "bullpen", value_name = "NAME")]
    apps: Vec<String>,
    /// A person; may be given several times. `NAME:guest` is a guest, `NAME:stranger` somebody from another workspace.
    #[arg(long = "person", default_values = ["you", "ann", "ben"], value_name = "NAME")]
    people: Vec<String>,
    /// A public channel that everybody is in; may be given several times.
    #[arg(long = "channel", default_value = "general", value_name = "NAME")]
    channels: Vec<String>,
    /// Tell the apps over signed HTTP at `URL/slack/{app}/events` and so on, instead of Socket Mode.
    #[arg(long, value_name = "URL")]
    http: Option<String>,
    /// No rate limits, and retries after milliseconds.
    #[arg(long)]
    quick: bool,
    /// A free plan, on which there are no user groups.
    #[arg(long)]
    free: bool,
    /// Blocks may show pictures from this machine, which Slack itself could not fetch.
    #[arg(long)]
    private_pictures: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "bullpen_slack_fake=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let limits = if arguments.quick { Limits::none() } else { Limits::default() };
    let base = if arguments.quick { Settings::quick() } else { Settings::default() };
    let settings = Settings {
        address: arguments.listen,
        domain: arguments.team.to_lowercase().replace(' ', "-"),
        team: arguments.team.clone(),
        limits,
        paid: !arguments.free,
        private_pictures: arguments.private_pictures,
        ack_limit: Settings::default().ack_limit,
        ..base
    };
    let fake = match Fake::start(settings) {
        Ok(fake) => fake,
        Err(error) => {
            tracing::error!("cannot listen on {}: {error}; choose another address with --listen", arguments.listen);
            return ExitCode::FAILURE;
        }
    };
    let lines = populate(&fake, &arguments);
    // Whoever started it may have closed the pipe; the page still shows everything.
    let _ = std::io::stdout().write_all(lines.as_bytes());
    tracing::info!("the workspace {} is at {}", arguments.team, fake.url());
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!("cannot wait for the signal to stop: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Fills the workspace and returns what apps need, as lines of an environment file.
fn populate(fake: &Fake, arguments: &Arguments) -> String {
    let mut lines = format!("SLACK_API_URL={}\nSLACK_CONFIG_TOKEN={}\n", fake.api_url(), fake.configuration_token());
    let channels: Vec<String> = arguments.channels.iter().map(|name| fake.channel(name)).collect();
    for (i, name) in arguments.apps.iter().enumerate() {
        let plan = AppPlan { socket: arguments.http.is_none(), ..AppPlan::with_everything(name) };
        let keys = fake.app(plan);
        if let Some(url) = &arguments.http {
            fake.deliver_by_http(name, url);
        }
        for channel in &channels {
            fake.join(&keys.bot_user, channel);
        }
        let suffix = if i == 0 { String::new() } else { format!("_{}", name.to_uppercase().replace('-', "_")) };
        lines += &environment(&keys, &suffix, arguments.http.is_none());
    }
    for person in &arguments.people {
        let (name, kind) = person.split_once(':').unwrap_or((person, ""));
        let plan = UserPlan { guest: kind == "guest", stranger: kind == "stranger", ..UserPlan::member(name) };
        let user = fake.user(plan);
        for channel in &channels {
            fake.join(&user, channel);
        }
    }
    lines
}

fn environment(keys: &AppKeys, suffix: &str, socket: bool) -> String {
    let mut lines = format!("SLACK_BOT_TOKEN{suffix}={}\n", keys.bot_token);
    if socket {
        lines += &format!("SLACK_APP_TOKEN{suffix}={}\n", keys.app_token);
    }
    lines + &format!("SLACK_SIGNING_SECRET{suffix}={}\n", keys.signing_secret)
}
