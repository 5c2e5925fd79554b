//! `bullpen doctor` for Slack: looks at everything that the department needs there, and names what to click for each
//! fault.
//!
//! It changes nothing that lasts. To see whether events arrive it sets a reaction on a message of the app's own and
//! takes it back at once; nobody is notified of that.

mod app;
mod delivery;
mod http;
mod socket;
mod workspace;

use std::collections::BTreeMap;

use bullpen_chat::Plan;
use serde::Serialize;

use crate::Clock;
use crate::apps::{Apps, Me};
use crate::config::{self, Config};
use crate::setup::Variables;
use crate::setup::web::Web;

/// What was looked at, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, e.g. `bullpen: scopes`.
    pub what: String,
    /// How it stands.
    pub state: State,
    /// What was found; where something is wrong, what to click or set.
    pub say: String,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Good,
    /// Not as it should be, and the department works all the same.
    Warning,
    /// Something does not work.
    Bad,
}

/// What to look at.
#[derive(Clone)]
pub struct Ask<'a> {
    /// The workspace and the apps.
    pub config: &'a Config,
    /// Where each app's secrets belong, by the app's name; [`Variables::of`] where one is not named.
    pub variables: &'a BTreeMap<String, Variables>,
    /// What the workspace shall hold.
    pub plan: &'a Plan,
    /// The names of the people who may approve.
    pub approvers: &'a [String],
    /// Our own clock.
    pub clock: &'a Clock,
}

impl Ask<'_> {
    fn variables(&self, app: &config::App) -> Variables {
        self.variables.get(&app.name).cloned().unwrap_or_else(|| Variables::of(&app.name))
    }
}

/// Collects findings about one subject.
struct Findings<'a> {
    all: &'a mut Vec<Finding>,
    subject: String,
}

impl Findings<'_> {
    fn add(&mut self, what: &str, state: State, say: impl Into<String>) {
        let what = format!("{}: {what}", self.subject);
        self.all.push(Finding { what, state, say: say.into() });
    }
}

/// Looks at everything, in the order in which it is put right. Takes at most about half a minute for each app.
pub async fn check(ask: &Ask<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    let (apps, web) = match (Apps::new(ask.config), Web::new(&ask.config.api_url)) {
        (Ok(apps), Ok(web)) => (apps, web),
        (Err(error), _) | (_, Err(error)) => {
            all.push(Finding { what: "slack: configuration".into(), state: State::Bad, say: error.to_string() });
            return all;
        }
    };
    let mut shared: Option<Me> = None;
    for app in apps.iter() {
        let mut findings = Findings { all: &mut all, subject: app.name().to_owned() };
        let variables = ask.variables(&app.config);
        let Some(standing) = app::check(&web, ask, app, &variables, &mut findings).await else { continue };
        match &shared {
            None if app.config.persona.is_none() => shared = Some(standing.me.clone()),
            Some(first) if first.team_id != standing.me.team_id => findings.add(
                "workspace",
                State::Bad,
                format!(
                    "It is in the workspace {}, and the department is in {}: install it there and set {} to the new \
                     token.",
                    standing.me.team, first.team, variables.bot_token
                ),
            ),
            _ => {}
        }
        let channels = workspace::channels(ask, app, &mut findings).await;
        delivery::check(&web, ask, app, &variables, &standing, &channels, &mut findings).await;
    }
    let mut findings = Findings { all: &mut all, subject: "slack".to_owned() };
    if let Some(me) = &shared {
        workspace::members(ask, apps.shared(), me, &mut findings).await;
    }
    workspace::public_url(&web, ask, &mut findings).await;
    all
}
