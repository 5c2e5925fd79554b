//! `bullpen setup`: connects a chat platform.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use bullpen_cluster::Cluster;
use bullpen_discord::setup as guild;
use bullpen_slack::setup::{self, EnvFile, Known, Variables, Wanted, Way, Wish};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use super::{Ending, out};
use crate::config::{Config, DiscordBot, SlackAppGiven};
use crate::office::Office;
use crate::{platforms, translate, up};

/// Which platform.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    platform: Platform,
    /// Slack only: events come as signed HTTP requests to BULLPEN_PUBLIC_URL, instead of through Socket Mode
    #[arg(long)]
    http: bool,
    /// Slack only: the folder that the app manifests are written to
    #[arg(long, value_name = "FOLDER", default_value = "slack")]
    manifests: PathBuf,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Platform {
    Slack,
    Discord,
}

pub(super) async fn run(args: Args, config: &Config) -> anyhow::Result<Ending> {
    match args.platform {
        Platform::Slack => slack(&args, config).await,
        Platform::Discord => discord(config).await,
    }
}

async fn slack(args: &Args, config: &Config) -> anyhow::Result<Ending> {
    let office = Office::open(config)?;
    let directory = office.directory();
    let way = if args.http {
        let url = config.public_url.as_ref().context(
            "Slack has to reach the server for HTTP events: set BULLPEN_PUBLIC_URL to its https address, or leave out --http",
        )?;
        Way::Http { public_url: url.as_str().parse().context("BULLPEN_PUBLIC_URL cannot be used")? }
    } else {
        Way::Socket
    };
    let given = &config.slack_given;
    let wanted =
        |name: &str, persona: Option<&str>, display: String, description: String, app: &SlackAppGiven| Wanted {
            name: name.to_owned(),
            persona: persona.map(str::to_owned),
            display,
            description,
            way: way.clone(),
            variables: variables(app),
            known: Known {
                bot_token: app.bot_token.clone(),
                app_token: app.app_token.clone(),
                signing_secret: app.signing_secret.clone(),
                app_id: app.app_id.clone(),
            },
        };
    let about = format!("The department of {}: agents who work where you can see them.", directory.name);
    let mut apps = vec![wanted(bullpen_slack::SHARED, None, "Bullpen".to_owned(), about, &given.shared)];
    for (handle, app) in &given.personas {
        let persona = directory.personas.values().find(|p| p.handle.as_str() == handle).with_context(|| {
            format!("slack.personas in bullpen.yaml names {handle}, and no persona is called so; correct or remove it")
        })?;
        let display = format!("{} ({})", persona.name, persona.title);
        apps.push(wanted(handle, Some(handle), display, persona.title.clone(), app));
    }
    let wish = Wish {
        api_url: given.api_url.clone(),
        channel_prefix: given.channel_prefix.clone(),
        apps,
        configuration_token: given.configuration_token.clone(),
        folder: args.manifests.clone(),
        plan: translate::plan(&directory, platforms::SLACK),
    };
    let env = EnvFile::new(Path::new(".env").to_owned());
    let mut said = Said::default();
    let ending = setup::run(&wish, &env, &mut said.say()).await?;
    said.all()?;
    Ok(match ending {
        setup::Ending::Ready => Ending::Done,
        setup::Ending::Waiting => Ending::Failed,
    })
}

/// Lines that are printed as they come.
#[derive(Default)]
struct Said(Option<std::io::Error>);

impl Said {
    fn say(&mut self) -> impl FnMut(&str) + Send {
        |line| {
            if let Err(error) = out::line(line) {
                self.0.get_or_insert(error);
            }
        }
    }

    /// Whether all of them could be.
    fn all(self) -> std::io::Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

async fn discord(config: &Config) -> anyhow::Result<Ending> {
    let office = Office::open(config)?;
    let directory = office.directory();
    let given = &config.discord;
    let wanted = |name: &str, persona: Option<&str>, display: String, bot: &DiscordBot| guild::Wanted {
        name: name.to_owned(),
        persona: persona.map(str::to_owned),
        display,
        variable: bot.variable.clone(),
        token: bot.token.clone(),
    };
    let mut bots = vec![wanted(bullpen_discord::SHARED, None, "Bullpen".to_owned(), &given.shared)];
    for (handle, bot) in &given.personas {
        let persona = directory.personas.values().find(|p| p.handle.as_str() == handle).with_context(|| {
            format!(
                "discord.personas in bullpen.yaml names {handle}, and no persona is called so; correct or remove it"
            )
        })?;
        bots.push(wanted(handle, Some(handle), format!("{} ({})", persona.name, persona.title), bot));
    }
    let (pool, cluster) = memory(config).await;
    let roles = config.people.iter().filter_map(|p| Some((p.name.clone(), p.discord_role.clone()?)));
    let wish = guild::Wish {
        api_url: given.api_url.clone(),
        public_url: config.public_url.as_ref().and_then(|url| url.as_str().parse().ok()),
        guild: given.guild,
        category: given.category.clone(),
        bots,
        roles: roles.collect(),
        plan: translate::plan(&directory, platforms::DISCORD),
        memory: pool.map(|pool| (pool, directory.org)),
    };
    let mut said = Said::default();
    let ending = guild::run(&wish, &mut said.say()).await;
    if let Some(cluster) = cluster {
        cluster.stop().await?;
    }
    said.all()?;
    Ok(match ending? {
        guild::Ending::Ready => Ending::Done,
        guild::Ending::Waiting => Ending::Failed,
    })
}

/// The department's database, where it can be had without making one: what was found in a guild before is known there. While
/// a server runs on its own Postgres, the server knows it, and setup does without.
pub(super) async fn memory(config: &Config) -> (Option<PgPool>, Option<Cluster>) {
    if config.database_url.is_none() && !config.data.join("postgres").exists() {
        return (None, None);
    }
    let Ok((options, cluster)) = up::database(config).await else { return (None, None) };
    let pool = PgPoolOptions::new().acquire_timeout(Duration::from_secs(5)).connect_with(options).await.ok();
    (pool, cluster)
}

/// The names of the variables of an app.
pub(super) fn variables(app: &SlackAppGiven) -> Variables {
    Variables {
        bot_token: app.bot_token_variable.clone(),
        app_token: app.app_token_variable.clone(),
        signing_secret: app.signing_secret_variable.clone(),
        app_id: app.app_id_variable.clone(),
    }
}
