//! `bullpen setup`: connects a chat platform.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use bullpen_slack::setup::{self, EnvFile, Known, Variables, Wanted, Way, Wish};

use super::{Ending, out};
use crate::config::{Config, SlackAppGiven};
use crate::office::Office;
use crate::{platforms, translate};

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
        Platform::Discord => bail!(
            "Discord cannot be connected in this version: meet the department in Slack (`bullpen setup slack`), or in the \
             lobby, which `bullpen up` opens."
        ),
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
    let mut failed = None;
    let mut say = |line: &str| {
        if let Err(error) = out::line(line) {
            failed.get_or_insert(error);
        }
    };
    let ending = setup::run(&wish, &env, &mut say).await?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    Ok(match ending {
        setup::Ending::Ready => Ending::Done,
        setup::Ending::Waiting => Ending::Failed,
    })
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
