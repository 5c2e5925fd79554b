//! Our bots: which one a persona speaks through, and who each of them is.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::OnceCell;

use crate::api::{Api, Failure, Gate};
use crate::config::{self, Config, SHARED};
use crate::error::Error;

/// A bot with its access to the REST routes.
pub(crate) struct Bot {
    pub(crate) config: config::Bot,
    pub(crate) api: Api,
    me: OnceCell<Me>,
}

/// Who a bot is, from `GET /users/@me`, and its application, from `GET /applications/@me`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Me {
    /// The bot's user.
    pub(crate) user: u64,
    /// Its name.
    pub(crate) name: String,
    /// Its application.
    pub(crate) application: u64,
    /// The application's flags: which privileged intents are switched on.
    pub(crate) flags: u64,
}

#[derive(Deserialize)]
struct User {
    id: serenity::model::id::UserId,
    username: String,
}

#[derive(Deserialize)]
struct Application {
    id: serenity::model::id::ApplicationId,
    #[serde(default)]
    flags: u64,
}

impl Bot {
    /// Who it is, asked once. A failed question is asked again.
    pub(crate) async fn me(&self) -> Result<&Me, Failure> {
        self.me
            .get_or_try_init(|| async {
                let user: User = self.api.get("/users/@me").await?;
                let application: Application = self.api.get("/applications/@me").await?;
                Ok(Me {
                    user: user.id.get(),
                    name: user.username,
                    application: application.id.get(),
                    flags: application.flags,
                })
            })
            .await
    }

    /// Who it is, if that was asked already.
    pub(crate) fn known(&self) -> Option<&Me> {
        self.me.get()
    }

    /// Says who it is, where a test knows.
    #[cfg(test)]
    pub(crate) fn introduce(&self, me: Me) {
        let _ = self.me.set(me);
    }

    /// The handle that it stands for: a persona's, or the department's own (`bullpen`) for the shared bot.
    pub(crate) fn handle(&self) -> &str {
        self.config.persona.as_deref().unwrap_or(SHARED)
    }

    pub(crate) fn name(&self) -> &str {
        &self.config.name
    }

    /// Whether it is the one that personas share.
    pub(crate) fn is_shared(&self) -> bool {
        self.config.persona.is_none()
    }
}

/// All bots; there is always a shared one.
pub(crate) struct Bots {
    all: Vec<Arc<Bot>>,
    by_persona: BTreeMap<String, Arc<Bot>>,
}

impl Bots {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        // A limit that Discord calls global is the address's or the bot's: we let everything of this process wait.
        let gate = Gate::new();
        let mut all: Vec<Arc<Bot>> = Vec::new();
        for bot in &config.bots {
            if all.iter().any(|other| other.config.name == bot.name) {
                return Err(Error::Config(format!("two Discord bots are called {}; rename one", bot.name)));
            }
            let api = Api::new(&config.api_url, &bot.name, &bot.token, Arc::clone(&gate))?;
            all.push(Arc::new(Bot { config: bot.clone(), api, me: OnceCell::new() }));
        }
        if all.first().is_none_or(|bot| bot.config.persona.is_some()) {
            return Err(Error::Config("the shared Discord bot is missing; set DISCORD_TOKEN".into()));
        }
        let by_persona = all.iter().filter_map(|b| Some((b.config.persona.clone()?, Arc::clone(b)))).collect();
        Ok(Self { all, by_persona })
    }

    pub(crate) fn shared(&self) -> &Arc<Bot> {
        // `new` has refused an empty list.
        &self.all[0]
    }

    /// The bot that a persona speaks through: its own, or the shared one.
    pub(crate) fn of(&self, handle: &str) -> &Arc<Bot> {
        self.by_persona.get(handle).unwrap_or_else(|| self.shared())
    }

    /// The persona's own bot, where it has one.
    pub(crate) fn own(&self, handle: &str) -> Option<&Arc<Bot>> {
        self.by_persona.get(handle)
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Bot>> {
        self.all.iter().find(|bot| bot.config.name == name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Bot>> {
        self.all.iter()
    }

    /// Which of our bots this user is, as far as they are known.
    pub(crate) fn by_user(&self, user: u64) -> Option<&Arc<Bot>> {
        self.all.iter().find(|bot| bot.known().is_some_and(|me| me.user == user))
    }
}
