//! People and bots.

use serde_json::{Value, json};

use super::{Refusal, State};
use crate::plan::UserPlan;

/// A person, a bot's user, or Slackbot.
#[derive(Debug, Clone, Default)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) real_name: String,
    pub(crate) email: Option<String>,
    pub(crate) guest: bool,
    pub(crate) stranger: bool,
    pub(crate) bot: bool,
    pub(crate) deleted: bool,
    /// `B…` of a bot's user.
    pub(crate) bot_id: Option<String>,
    /// The app whose bot it is, where it is one of ours.
    pub(crate) app: Option<String>,
    pub(crate) updated: i64,
}

/// Slack's own bot, which every workspace has.
pub(crate) const SLACKBOT: &str = "USLACKBOT";

impl State {
    pub(crate) fn add_slackbot(&mut self) {
        let slackbot =
            User { id: SLACKBOT.into(), name: "slackbot".into(), real_name: "Slackbot".into(), ..User::default() };
        self.users.insert(SLACKBOT.into(), slackbot);
    }

    pub(crate) fn create_user(&mut self, plan: UserPlan) -> String {
        let id = self.id("U");
        let real_name = if plan.real_name.is_empty() { plan.name.clone() } else { plan.real_name };
        let bot_id = plan.bot.then(|| self.id("B"));
        let user = User {
            id: id.clone(),
            name: plan.name,
            real_name,
            email: plan.email,
            guest: plan.guest,
            stranger: plan.stranger,
            bot: plan.bot,
            bot_id,
            updated: self.now().timestamp(),
            ..User::default()
        };
        self.users.insert(id.clone(), user);
        self.tell_of_user("team_join", &id);
        id
    }

    pub(crate) fn user(&self, id: &str) -> Result<&User, Refusal> {
        self.users.get(id).ok_or(Refusal::new("user_not_found"))
    }

    pub(crate) fn deactivate(&mut self, id: &str) -> Result<(), Refusal> {
        let now = self.now().timestamp();
        let user = self.users.get_mut(id).ok_or(Refusal::new("user_not_found"))?;
        user.deleted = true;
        user.updated = now;
        self.tell_of_user("user_change", id);
        Ok(())
    }

    pub(crate) fn rename_user(&mut self, id: &str, name: &str) -> Result<(), Refusal> {
        let now = self.now().timestamp();
        let user = self.users.get_mut(id).ok_or(Refusal::new("user_not_found"))?;
        user.name = name.to_owned();
        user.updated = now;
        self.tell_of_user("user_change", id);
        Ok(())
    }

    fn tell_of_user(&mut self, event: &str, id: &str) {
        for app in self.subscribers(event) {
            let email = self.has_scope(&app, "users:read.email");
            let user = self.user_json(&self.users[id], email);
            let ts = self.ts();
            let cache = ts.split('.').next().unwrap_or_default().parse::<i64>().unwrap_or_default();
            self.tell(&app, json!({"type": event, "user": user, "cache_ts": cache, "event_ts": ts}));
        }
    }

    /// A user as `users.info` gives it; the mail address only with `users:read.email`.
    pub(crate) fn user_json(&self, user: &User, with_email: bool) -> Value {
        let team = if user.stranger { "T0B0STRANGE" } else { &self.team };
        let mut profile = json!({
            "title": "",
            "phone": "",
            "skype": "",
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": if user.bot { "" } else { &user.name },
            "display_name_normalized": if user.bot { "" } else { &user.name },
            "fields": null,
            "status_text": "",
            "status_emoji": "",
            "status_expiration": 0,
            "avatar_hash": "g0",
            "image_24": format!("{}/avatars/{}.svg", self.base, user.id),
            "image_48": format!("{}/avatars/{}.svg", self.base, user.id),
            "image_72": format!("{}/avatars/{}.svg", self.base, user.id),
            "team": team,
        });
        if with_email
            && !user.stranger
            && let Some(email) = &user.email
        {
            profile["email"] = json!(email);
        }
        if let Some(bot_id) = &user.bot_id {
            profile["bot_id"] = json!(bot_id);
            profile["api_app_id"] = json!(user.app.clone().unwrap_or_default());
            profile["always_active"] = json!(false);
        }
        if user.deleted {
            return json!({
                "id": user.id, "team_id": team, "name": user.name, "deleted": true, "profile": profile,
                "is_bot": user.bot, "is_app_user": false, "updated": user.updated,
            });
        }
        let mut shown = json!({
            "id": user.id,
            "team_id": team,
            "name": user.name,
            "deleted": false,
            "color": "9f69e7",
            "real_name": user.real_name,
            "tz": "Europe/Berlin",
            "tz_label": "Central European Time",
            "tz_offset": 3600,
            "profile": profile,
            "is_admin": false,
            "is_owner": false,
            "is_primary_owner": false,
            "is_restricted": user.guest,
            "is_ultra_restricted": false,
            "is_bot": user.bot,
            "is_app_user": false,
            "updated": user.updated,
            "is_email_confirmed": user.email.is_some(),
            "who_can_share_contact_card": "EVERYONE",
        });
        if user.stranger {
            shown["is_stranger"] = json!(true);
        }
        shown
    }
}
