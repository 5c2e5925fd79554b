//! Serves a guild of the stand-in for Discord, to try a bot against in a browser.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use bullpen_discord_fake::{BotPlan, Fake, Limits, Settings, UserPlan, permissions};
use clap::Parser;

/// Serves a guild of the stand-in for Discord. Nothing is kept: when it stops, the guild is gone.
///
/// Prints what a bot needs as lines for an environment file; the page for people is at the address itself.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen. It has no sign-in: keep it on loopback.
    #[arg(long, default_value = "127.0.0.1:4391", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The guild's name.
    #[arg(long, default_value = "Acme", value_name = "NAME")]
    guild: String,
    /// A bot in the guild, with every intent and as administrator; may be given several times, the shared one first.
    /// `NAME:outside` is not invited yet.
    #[arg(long = "bot", default_value = "bullpen", value_name = "NAME")]
    bots: Vec<String>,
    /// A person; may be given several times. `NAME:ROLE` has a role of that name.
    #[arg(long = "person", default_values = ["you", "ann", "ben"], value_name = "NAME")]
    people: Vec<String>,
    /// A text channel; may be given several times.
    #[arg(long = "channel", default_value = "general", value_name = "NAME")]
    channels: Vec<String>,
    /// How many shards the gateway asks for.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    shards: u32,
    /// No rate limits that a person would meet.
    #[arg(long)]
    quick: bool,
    /// Bots may ask for the privileged intents only that are named here: MESSAGE_CONTENT, GUILD_MEMBERS, GUILD_PRESENCES.
    #[arg(long = "intent", value_name = "NAME")]
    intents: Option<Vec<String>>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "bullpen_discord_fake=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let settings = Settings {
        address: arguments.listen,
        guild: arguments.guild.clone(),
        limits: if arguments.quick { Limits::generous() } else { Limits::default() },
        shards: arguments.shards,
        ..Settings::default()
    };
    let fake = match Fake::start(settings) {
        Ok(fake) => fake,
        Err(error) => {
            tracing::error!("cannot listen on {}: {error}; choose another address with --listen", arguments.listen);
            return ExitCode::FAILURE;
        }
    };
    let lines = match populate(&fake, &arguments) {
        Ok(lines) => lines,
        Err(why) => {
            tracing::error!("{why}");
            return ExitCode::FAILURE;
        }
    };
    // Whoever started it may have closed the pipe; the page still shows everything.
    let _ = std::io::stdout().write_all(lines.as_bytes());
    tracing::info!("the guild {} is at {}", arguments.guild, fake.url());
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!("cannot wait for the signal to stop: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The privileged intents whose toggles are on.
fn toggles(names: Option<&[String]>) -> Result<u64, String> {
    let Some(names) = names else { return Ok(bullpen_discord_fake::intents::PRIVILEGED) };
    names.iter().try_fold(0, |sum, name| match name.as_str() {
        "MESSAGE_CONTENT" => Ok(sum | bullpen_discord_fake::intents::MESSAGE_CONTENT),
        "GUILD_MEMBERS" => Ok(sum | bullpen_discord_fake::intents::GUILD_MEMBERS),
        "GUILD_PRESENCES" => Ok(sum | bullpen_discord_fake::intents::GUILD_PRESENCES),
        other => {
            Err(format!("{other} is no privileged intent; MESSAGE_CONTENT, GUILD_MEMBERS and GUILD_PRESENCES are"))
        }
    })
}

/// Fills the guild and returns what bots need, as lines of an environment file.
fn populate(fake: &Fake, arguments: &Arguments) -> Result<String, String> {
    let intents = toggles(arguments.intents.as_deref())?;
    let mut lines = format!("DISCORD_API_URL={}\n", fake.api_url());
    for channel in &arguments.channels {
        fake.channel(channel);
    }
    let mut roles = std::collections::BTreeMap::new();
    for person in &arguments.people {
        let (name, role) = person.split_once(':').unwrap_or((person, ""));
        let mut plan = UserPlan::member(name);
        if !role.is_empty() {
            let role = *roles.entry(role.to_owned()).or_insert_with(|| fake.role(role, permissions::EVERYONE));
            plan = plan.role(role);
        }
        fake.user(plan);
    }
    for (i, bot) in arguments.bots.iter().enumerate() {
        let (name, outside) = bot.split_once(':').unwrap_or((bot, ""));
        let keys = fake.bot(BotPlan { intents, ..BotPlan::new(name) });
        if outside != "outside" {
            let role = fake.invite(&keys, permissions::ADMINISTRATOR);
            // Above all other roles, so that it may give them.
            fake.move_role(role, u32::MAX);
        }
        let suffix = if i == 0 { String::new() } else { format!("_{}", name.to_uppercase().replace('-', "_")) };
        lines += &format!("DISCORD_TOKEN{suffix}={}\n", keys.token);
    }
    Ok(lines)
}
