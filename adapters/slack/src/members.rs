//! Who is who in the workspace: its members, channels and user groups, asked of Slack and kept for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bullpen_chat::Author;
use moka::future::Cache;
use serde::Deserialize;

use crate::Slack;
use crate::api::Failure;
use crate::apps::App;

/// How long what Slack said of a member or a channel is believed. Rights hang on it (guests, mail addresses), and events
/// such as `user_change` may be missed, so it is minutes, not hours.
const BELIEVED: Duration = Duration::from_secs(10 * 60);
/// Most members and most channels that are kept.
const KEPT: u64 = 20_000;
/// Slack's own bot: `users.info` does not call it one.
const SLACKBOT: &str = "USLACKBOT";

/// A user of Slack, as far as we need to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    /// `U…` or `W…`.
    pub(crate) id: String,
    /// The name that people see.
    pub(crate) name: String,
    /// Their mail address, only of a full member of this workspace.
    pub(crate) email: Option<String>,
    /// Whether it is a bot.
    pub(crate) bot: bool,
    /// Whether they are a guest (of one channel or several).
    pub(crate) guest: bool,
    /// Whether they belong to another workspace, and are here through a shared channel.
    pub(crate) stranger: bool,
    /// Whether their account is closed.
    pub(crate) deleted: bool,
}

impl User {
    /// Somebody of whom no more than the id is known: without rights.
    pub(crate) fn unknown(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: id.to_owned(),
            email: None,
            bot: id == SLACKBOT,
            guest: true,
            stranger: false,
            deleted: false,
        }
    }

    /// The same in the words of the port.
    pub(crate) fn author(&self) -> Author {
        let (id, name) = (self.id.clone(), self.name.clone());
        if self.bot {
            Author::Bot { id, name }
        } else {
            Author::Member { id, name, email: self.email.clone(), groups: Vec::new() }
        }
    }
}

/// A channel, as far as we need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Channel {
    /// `C…`, `G…` or `D…`.
    pub(crate) id: String,
    /// Its name, without `#`; empty for a direct conversation.
    pub(crate) name: String,
    /// Whether it is a direct conversation between two.
    pub(crate) direct: bool,
    /// Whether it is archived.
    pub(crate) archived: bool,
    /// Whether it is shared with another workspace (Slack Connect).
    pub(crate) shared: bool,
    /// Whether the app that asked is in it.
    pub(crate) joined: bool,
}

/// What is known of the workspace. Nothing in it outlives the process.
pub(crate) struct Members {
    users: Cache<String, Arc<User>>,
    /// By app and id: whether one is in it differs from app to app.
    channels: Cache<(String, String), Arc<Channel>>,
    /// Listed people: name to user.
    people: RwLock<BTreeMap<String, String>>,
    /// User groups: id to handle.
    groups: RwLock<BTreeMap<String, String>>,
    /// Our personas: handle to a line about them.
    personas: RwLock<BTreeMap<String, String>>,
}

impl Members {
    pub(crate) fn new() -> Self {
        Self {
            users: Cache::builder().max_capacity(KEPT).time_to_live(BELIEVED).build(),
            channels: Cache::builder().max_capacity(KEPT).time_to_live(BELIEVED).build(),
            people: RwLock::default(),
            groups: RwLock::default(),
            personas: RwLock::default(),
        }
    }

    /// A user, asked of Slack where not known. Several who ask at once are one call.
    pub(crate) async fn user(&self, app: &App, id: &str) -> Result<Arc<User>, Failure> {
        self.users.try_get_with_by_ref(id, ask_user(app, id)).await.map_err(|failure| (*failure).clone())
    }

    /// A user if known already.
    pub(crate) async fn known_user(&self, id: &str) -> Option<Arc<User>> {
        self.users.get(id).await
    }

    /// A channel, asked of Slack where not known.
    pub(crate) async fn channel(&self, app: &App, id: &str) -> Result<Arc<Channel>, Failure> {
        let key = (app.name().to_owned(), id.to_owned());
        self.channels.try_get_with(key, ask_channel(app, id)).await.map_err(|failure| (*failure).clone())
    }

    /// A channel if known already to that app.
    pub(crate) async fn known_channel(&self, app: &App, id: &str) -> Option<Arc<Channel>> {
        self.channels.get(&(app.name().to_owned(), id.to_owned())).await
    }

    /// A user changed: the next question is asked anew.
    pub(crate) async fn forget_user(&self, id: &str) {
        self.users.invalidate(id).await;
    }

    /// A channel changed.
    pub(crate) async fn forget_channel(&self, slack: &Slack, id: &str) {
        for app in slack.apps.iter() {
            self.channels.invalidate(&(app.name().to_owned(), id.to_owned())).await;
        }
    }

    /// Says which user each listed person is.
    pub(crate) fn set_people(&self, people: BTreeMap<String, String>) {
        *self.people.write().unwrap_or_else(PoisonError::into_inner) = people;
    }

    /// The user of a listed person.
    pub(crate) fn person(&self, name: &str) -> Option<String> {
        self.people.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Says which user group stands for which handle.
    /// Whether this account belongs to a listed person.
    pub(crate) fn lists(&self, id: &str) -> bool {
        self.people.read().unwrap_or_else(PoisonError::into_inner).values().any(|known| known == id)
    }

    pub(crate) fn set_groups(&self, groups: BTreeMap<String, String>) {
        *self.groups.write().unwrap_or_else(PoisonError::into_inner) = groups;
    }

    /// The handle of a user group of ours.
    pub(crate) fn group(&self, id: &str) -> Option<String> {
        self.groups.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// The user group of a handle.
    pub(crate) fn group_of(&self, handle: &str) -> Option<String> {
        let groups = self.groups.read().unwrap_or_else(PoisonError::into_inner);
        groups.iter().find(|(_, of)| *of == handle).map(|(id, _)| id.clone())
    }

    /// Says who our personas are: handle, and a line about them. Help shows it.
    pub(crate) fn set_personas(&self, personas: BTreeMap<String, String>) {
        *self.personas.write().unwrap_or_else(PoisonError::into_inner) = personas;
    }

    /// Our personas, as far as told.
    pub(crate) fn personas(&self) -> BTreeMap<String, String> {
        self.personas.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Deserialize)]
struct UserAnswer {
    user: RawUser,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawUser {
    id: String,
    team_id: Option<String>,
    name: String,
    real_name: Option<String>,
    deleted: bool,
    is_bot: bool,
    is_restricted: bool,
    is_ultra_restricted: bool,
    is_stranger: bool,
    is_email_confirmed: Option<bool>,
    profile: Profile,
    enterprise_user: Option<Enterprise>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Profile {
    display_name: Option<String>,
    real_name: Option<String>,
    email: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Enterprise {
    teams: Vec<String>,
}

impl RawUser {
    fn read(self, team: &str) -> User {
        let Profile { display_name, real_name, email } = self.profile;
        let filled = |text: &String| !text.trim().is_empty();
        let name = [display_name, real_name, self.real_name, Some(self.name)].into_iter().flatten().find(filled);
        let home = self.team_id.as_deref().is_none_or(|own| own == team)
            || self.enterprise_user.is_some_and(|enterprise| enterprise.teams.iter().any(|of| of == team));
        let bot = self.is_bot || self.id == SLACKBOT;
        let guest = self.is_restricted || self.is_ultra_restricted;
        let stranger = self.is_stranger || !home;
        let vouched = !(bot || guest || stranger || self.deleted) && self.is_email_confirmed != Some(false);
        User {
            name: name.unwrap_or_else(|| self.id.clone()),
            id: self.id,
            email: email.filter(|email| vouched && filled(email)),
            bot,
            guest,
            stranger,
            deleted: self.deleted,
        }
    }
}

async fn ask_user(app: &App, id: &str) -> Result<Arc<User>, Failure> {
    let team = &app.me().await?.team_id;
    let answer: UserAnswer = app.api.get("users.info", &[("user", Some(id))]).await?;
    Ok(Arc::new(answer.user.read(team)))
}

#[derive(Deserialize)]
struct ChannelAnswer {
    channel: RawChannel,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawChannel {
    id: String,
    name: Option<String>,
    is_im: bool,
    is_archived: bool,
    is_ext_shared: bool,
    is_member: Option<bool>,
}

async fn ask_channel(app: &App, id: &str) -> Result<Arc<Channel>, Failure> {
    let answer: ChannelAnswer = app.api.get("conversations.info", &[("channel", Some(id))]).await?;
    let RawChannel { id, name, is_im, is_archived, is_ext_shared, is_member } = answer.channel;
    Ok(Arc::new(Channel {
        id,
        name: name.unwrap_or_default(),
        direct: is_im,
        archived: is_archived,
        shared: is_ext_shared,
        // A direct conversation that an app can see is its own; Slack leaves the word out there.
        joined: is_member.unwrap_or(is_im),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{RawUser, User};

    fn read(of: serde_json::Value) -> User {
        let mut user = json!({ "id": "U1", "team_id": "T1", "name": "ana", "profile": { "email": "ana@example.org" } });
        user.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
        serde_json::from_value::<RawUser>(user).unwrap().read("T1")
    }

    #[test]
    fn a_full_member_has_a_mail_address() {
        let user = read(json!({}));
        assert_eq!((user.name.as_str(), user.email.as_deref()), ("ana", Some("ana@example.org")));
        assert!(!user.bot && !user.guest && !user.stranger);
    }

    #[test]
    fn nobody_else_has_one() {
        for of in [
            json!({ "is_restricted": true }),
            json!({ "is_ultra_restricted": true }),
            json!({ "is_stranger": true }),
            json!({ "team_id": "T2" }),
            json!({ "is_bot": true }),
            json!({ "id": "USLACKBOT" }),
            json!({ "deleted": true }),
            json!({ "is_email_confirmed": false }),
        ] {
            assert_eq!(read(of.clone()).email, None, "{of}");
        }
    }

    #[test]
    fn a_member_of_an_enterprise_belongs_to_each_of_its_workspaces() {
        let user = read(json!({ "team_id": "T2", "enterprise_user": { "teams": ["T3", "T1"] } }));
        assert!(!user.stranger);
        assert!(user.email.is_some());
    }

    #[test]
    fn the_name_is_the_one_that_people_see() {
        let profile = json!({ "profile": { "display_name": "Ana", "real_name": "Ana Lee" } });
        assert_eq!(read(profile).name, "Ana");
        let profile = json!({ "profile": { "display_name": " ", "real_name": "Ana Lee" } });
        assert_eq!(read(profile).name, "Ana Lee");
    }
}
