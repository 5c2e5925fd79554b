//! What people and administrators do in the workspace. Places and people are named by their ids.
//!
//! These are for tests: what cannot be done panics with a sentence that says why.

use crate::Fake;
use crate::plan::{AppKeys, AppPlan, UserPlan};
use crate::seen::How;
use crate::state::{Draft, Refusal};

/// A test that asks for the impossible is wrong: it stops here.
fn done<T>(what: Result<T, Refusal>) -> T {
    what.unwrap_or_else(|refusal| panic!("the stand-in for Slack cannot do that: {refusal}"))
}

impl Fake {
    /// Creates an app and installs it.
    pub fn app(&self, plan: AppPlan) -> AppKeys {
        self.shared.change(|state| state.create_app(plan))
    }

    /// Adds a person and returns their id, `U…`.
    pub fn user(&self, plan: UserPlan) -> String {
        self.shared.change(|state| state.create_user(plan))
    }

    /// The public channel of this name, which is created where there is none. Returns `C…`.
    pub fn channel(&self, name: &str) -> String {
        self.shared.change(|state| {
            state.channel_by_name(name).unwrap_or_else(|| done(state.create_channel(name, false, None)))
        })
    }

    /// Creates a private channel and returns its id, `C…`.
    ///
    /// # Panics
    /// When the name is taken or not one that Slack allows.
    pub fn private_channel(&self, name: &str) -> String {
        self.shared.change(|state| done(state.create_channel(name, true, None)))
    }

    /// A person or bot joins a channel; nothing happens where they are in it.
    ///
    /// # Panics
    /// When there is no such person or channel.
    pub fn join(&self, user: &str, channel: &str) {
        self.shared.change(|state| done(state.join(user, channel, None)));
    }

    /// A person or bot leaves a channel.
    ///
    /// # Panics
    /// When they are not in it.
    pub fn leave(&self, user: &str, channel: &str) {
        self.shared.change(|state| done(state.leave(user, channel)));
    }

    /// Archives a channel.
    ///
    /// # Panics
    /// When there is none, or it is archived.
    pub fn archive(&self, channel: &str) {
        self.shared.change(|state| done(state.archive(channel, true, None)));
    }

    /// Brings an archived channel back.
    ///
    /// # Panics
    /// When there is none, or it is not archived.
    pub fn unarchive(&self, channel: &str) {
        self.shared.change(|state| done(state.archive(channel, false, None)));
    }

    /// Renames a channel.
    ///
    /// # Panics
    /// When the name is taken or not one that Slack allows.
    pub fn rename(&self, channel: &str, name: &str) {
        self.shared.change(|state| done(state.rename(channel, name, None)));
    }

    /// A person sets a channel's topic.
    pub fn set_topic(&self, user: &str, channel: &str, topic: &str) {
        self.shared.change(|state| state.set_topic(channel, user, topic));
    }

    /// Makes a channel one that is shared with another workspace (Slack Connect).
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn share(&self, channel: &str) {
        self.shared.change(|state| done(state.share(channel)));
    }

    /// Deactivates a person.
    ///
    /// # Panics
    /// When there is no such person.
    pub fn deactivate(&self, user: &str) {
        self.shared.change(|state| done(state.deactivate(user)));
    }

    /// Gives a person another display name.
    ///
    /// # Panics
    /// When there is no such person.
    pub fn rename_user(&self, user: &str, name: &str) {
        self.shared.change(|state| done(state.rename_user(user, name)));
    }

    /// The direct conversation of a person with a bot's user (or another person). Returns `D…`.
    ///
    /// # Panics
    /// When one of them does not exist.
    pub fn dm(&self, user: &str, with: &str) -> String {
        self.shared.change(|state| done(state.open_direct(user, with)))
    }

    /// A person posts. `text` is in Slack's own writing: a mention is `<@U…>`. Returns the message's `ts`.
    ///
    /// # Panics
    /// When the person is not in the channel, or there is no such thread.
    pub fn say(&self, user: &str, channel: &str, thread: Option<&str>, text: &str) -> String {
        let draft = Draft { thread: thread.map(str::to_owned), text: text.to_owned(), ..Draft::default() };
        self.shared.change(|state| done(state.say(user, channel, draft)))
    }

    /// A person posts a file, with or without words. Returns the message's `ts`.
    ///
    /// # Panics
    /// When the person is not in the channel.
    pub fn upload(&self, user: &str, channel: &str, name: &str, title: &str, text: &str) -> String {
        self.shared.change(|state| {
            let file = state.uploaded_by(user, channel, name, title);
            let draft = Draft { text: text.to_owned(), files: vec![file], ..Draft::default() };
            done(state.say(user, channel, draft))
        })
    }

    /// A person replies in a thread and sends it to the channel as well.
    ///
    /// # Panics
    /// As [`Fake::say`].
    pub fn broadcast(&self, user: &str, channel: &str, thread: &str, text: &str) -> String {
        let draft = Draft { thread: Some(thread.into()), broadcast: true, text: text.into(), ..Draft::default() };
        self.shared.change(|state| done(state.say(user, channel, draft)))
    }

    /// The author edits a message.
    ///
    /// # Panics
    /// When there is none.
    pub fn edit(&self, channel: &str, ts: &str, text: &str) {
        self.shared.change(|state| done(state.edit(channel, ts, text)));
    }

    /// A message is deleted. A root with replies leaves a tombstone.
    ///
    /// # Panics
    /// When there is none.
    pub fn delete(&self, channel: &str, ts: &str) {
        self.shared.change(|state| done(state.delete(channel, ts)));
    }

    /// Slack unfurls a link in a message: it is changed without being edited.
    ///
    /// # Panics
    /// When there is no such message.
    pub fn unfurl(&self, channel: &str, ts: &str) {
        self.unfurl_as(channel, ts, "Example", "What is found behind the link.");
    }

    /// The same where the link leads to a page of this title and text.
    ///
    /// # Panics
    /// As [`Fake::unfurl`].
    pub fn unfurl_as(&self, channel: &str, ts: &str, title: &str, text: &str) {
        self.shared.change(|state| done(state.unfurl(channel, ts, title, text)));
    }

    /// Sets or takes back a reaction; nothing happens where it is so already. `name` as in Slack, without colons.
    ///
    /// # Panics
    /// When there is no such message, or no such emoji.
    pub fn react(&self, user: &str, channel: &str, ts: &str, name: &str, set: bool) {
        self.shared.change(|state| match state.react(user, channel, ts, name, set) {
            Err(refusal) if matches!(refusal.code, "already_reacted" | "no_reaction") => {}
            other => done(other),
        });
    }

    /// A person opens an app's Home.
    ///
    /// # Panics
    /// When there is no such person or app.
    pub fn open_home(&self, user: &str, app: &str) {
        self.shared.change(|state| done(state.open_home(user, app)));
    }

    /// Events, clicks and commands go to `{base_url}/slack/{app's name}/events`, `…/interactions` and `…/commands` from
    /// now on, signed, instead of Socket Mode. `app` is its name or id.
    ///
    /// # Panics
    /// When there is no such app.
    pub fn deliver_by_http(&self, app: &str, base_url: &str) {
        self.shared.change(|state| done(state.deliver_by_http(app, base_url)));
    }

    /// Does something to all Socket Mode connections of an app. Returns how many there were.
    ///
    /// # Panics
    /// When there is no such app.
    pub fn disconnect(&self, app: &str, how: How) -> usize {
        self.shared.change(|state| {
            let app = done(state.app_id(app));
            state.post.disconnect(&app, how)
        })
    }

    /// Revokes an app's bot token, as its removal from the workspace does.
    ///
    /// # Panics
    /// When there is no such app.
    pub fn revoke(&self, app: &str) {
        self.shared.change(|state| done(state.revoke(app)));
    }

    /// A configuration token, `xoxe.xoxp-…`, for the manifest API.
    pub fn configuration_token(&self) -> String {
        self.shared.change(crate::state::State::configuration_token)
    }

    /// A person clicks "install" for an app that the manifest API created.
    ///
    /// # Panics
    /// When there is no such app.
    pub fn install(&self, app: &str) -> AppKeys {
        self.shared.change(|state| {
            let app = done(state.app_id(app));
            done(state.install(&app))
        })
    }

    /// Creates a user group and returns its id, `S…`.
    ///
    /// # Panics
    /// When the handle is taken.
    pub fn group(&self, handle: &str, users: &[&str]) -> String {
        self.shared.change(|state| {
            let id = done(state.create_group(handle, handle, ""));
            done(state.set_group_users(&id, users.iter().map(|u| (*u).to_owned()).collect()));
            id
        })
    }
}
