//! Bots and their applications.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};

use super::{Refusal, State};
use crate::bits::intents;
use crate::plan::{BotKeys, BotPlan};

/// An application with its bot, as its owner sees it.
#[derive(Debug, Clone)]
pub(crate) struct Bot {
    pub(crate) user: u64,
    pub(crate) name: String,
    pub(crate) token: String,
    /// Privileged intents whose toggles are on.
    pub(crate) intents: u64,
    pub(crate) public: bool,
}

impl Bot {
    /// The application's flags: the "limited" ones of applications that no one has reviewed.
    pub(crate) fn flags(&self) -> u64 {
        [(intents::GUILD_PRESENCES, 1 << 13), (intents::GUILD_MEMBERS, 1 << 15), (intents::MESSAGE_CONTENT, 1 << 19)]
            .into_iter()
            .filter(|(intent, _)| self.intents & intent != 0)
            .map(|(_, flag)| flag)
            .sum()
    }
}

impl State {
    pub(crate) fn create_bot(&mut self, plan: BotPlan) -> BotKeys {
        let user = self.add_user(&plan.name, None, true);
        let token = format!("{}.{}.{}", STANDARD_NO_PAD.encode(user.to_string()), self.secret(6), self.secret(38));
        let bot = Bot {
            user,
            name: plan.name,
            token: token.clone(),
            intents: plan.intents & intents::PRIVILEGED,
            public: plan.public,
        };
        self.bots.insert(user, bot);
        BotKeys { token, user, application: user }
    }

    /// The bot of a token, as it stands behind `Bot `.
    pub(crate) fn bot_of(&self, token: &str) -> Option<&Bot> {
        self.bots.values().find(|bot| bot.token == token)
    }

    /// The bot comes into the guild with a role of its own that has these permissions.
    pub(crate) fn invite(&mut self, bot: u64, permissions: u64) -> Result<u64, Refusal> {
        let name = self.bots.get(&bot).ok_or_else(|| Refusal::unknown("Application"))?.name.clone();
        let known = self.roles.values().find(|role| role.bot == Some(bot)).map(|role| role.id);
        let role = match known {
            Some(role) => {
                self.change_role(role, |r| r.permissions = permissions)?;
                role
            }
            None => self.create_role_with(&name, |role| (role.permissions, role.bot) = (permissions, Some(bot))),
        };
        if !self.members.contains_key(&bot) {
            self.join(bot, None, [role].into());
            let data = self.guild_create(bot);
            self.bus.send(super::Dispatch {
                name: "GUILD_CREATE",
                data,
                intent: intents::GUILDS,
                channel: None,
                to: vec![bot],
            });
        }
        Ok(role)
    }

    /// The application as its bot sees it.
    pub(crate) fn application_json(&self, bot: u64) -> Value {
        let Some(bot) = self.bots.get(&bot) else { return Value::Null };
        let guilds = u32::from(self.members.contains_key(&bot.user));
        json!({
            "id": bot.user.to_string(),
            "name": bot.name,
            "icon": null,
            "description": "",
            "type": null,
            "verify_key": "0".repeat(64),
            "flags": bot.flags(),
            "flags_new": bot.flags().to_string(),
            "redirect_uris": [],
            "interactions_endpoint_url": null,
            "role_connections_verification_url": null,
            "owner": self.user_json(self.owner),
            "approximate_guild_count": guilds,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": null,
            "eligible_oauth2_scopes": [],
            "bot": self.user_json(bot.user),
            "bot_public": bot.public,
            "bot_require_code_grant": false,
        })
    }
}
