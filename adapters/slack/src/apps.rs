//! Our apps: which one a persona speaks through, and who each of them is in the workspace.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::OnceCell;

use crate::api::{Api, Failure};
use crate::config::{self, Config, SHARED};
use crate::error::Error;

/// An app with its client.
pub(crate) struct App {
    pub(crate) config: config::App,
    pub(crate) api: Api,
    me: OnceCell<Me>,
}

/// Who an app is in the workspace, from `auth.test`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Me {
    /// The bot's user, `U…`.
    pub(crate) user_id: String,
    /// The bot, `B…`.
    pub(crate) bot_id: String,
    /// The workspace, `T…`.
    pub(crate) team_id: String,
    /// The workspace's name.
    #[serde(default)]
    pub(crate) team: String,
    /// The workspace's address.
    #[serde(default)]
    pub(crate) url: String,
}

impl App {
    /// Who it is, asked once. A failed question is asked again.
    pub(crate) async fn me(&self) -> Result<&Me, Failure> {
        self.me.get_or_try_init(|| async { self.api.get("auth.test", &[]).await }).await
    }

    /// Who it is, if that was asked already.
    pub(crate) fn known(&self) -> Option<&Me> {
        self.me.get()
    }

    /// The handle that it stands for: a persona's, or the department's own (`bullpen`) for the shared app.
    pub(crate) fn handle(&self) -> &str {
        self.config.persona.as_deref().unwrap_or(SHARED)
    }

    pub(crate) fn name(&self) -> &str {
        &self.config.name
    }
}

/// All apps; there is always a shared one.
pub(crate) struct Apps {
    all: Vec<Arc<App>>,
    by_persona: BTreeMap<String, Arc<App>>,
}

impl Apps {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let mut all: Vec<Arc<App>> = Vec::new();
        for app in &config.apps {
            if all.iter().any(|other| other.config.name == app.name) {
                return Err(Error::Config(format!("two Slack apps are called {}; rename one", app.name)));
            }
            let api = Api::new(&config.api_url, app)?;
            all.push(Arc::new(App { config: app.clone(), api, me: OnceCell::new() }));
        }
        if all.first().is_none_or(|app| app.config.persona.is_some()) {
            return Err(Error::Config("the shared Slack app is missing; set SLACK_BOT_TOKEN".into()));
        }
        let by_persona = all.iter().filter_map(|a| Some((a.config.persona.clone()?, Arc::clone(a)))).collect();
        Ok(Self { all, by_persona })
    }

    pub(crate) fn shared(&self) -> &Arc<App> {
        // `new` has refused an empty list.
        &self.all[0]
    }

    /// The app that a persona speaks through.
    pub(crate) fn of(&self, handle: &str) -> &Arc<App> {
        self.by_persona.get(handle).unwrap_or_else(|| self.shared())
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Arc<App>> {
        self.all.iter().find(|app| app.config.name == name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<App>> {
        self.all.iter()
    }
}
