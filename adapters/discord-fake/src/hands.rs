//! What people and administrators do in the guild. Places and people are named by their snowflakes.
//!
//! These are for tests: what cannot be done panics with a sentence that says why.

use crate::Fake;
use crate::bits::permissions;
use crate::plan::{BotKeys, BotPlan, UserPlan};
use crate::state::{Channel, Draft, Edit, Kind, Refusal, Speaker, State};

/// A test that asks for the impossible is wrong: it stops here.
pub(crate) fn done<T>(what: Result<T, Refusal>) -> T {
    what.unwrap_or_else(|refusal| panic!("the stand-in for Discord cannot do that: {refusal}"))
}

impl State {
    fn say_as(&mut self, user: u64, channel: u64, draft: Draft) -> Result<u64, Refusal> {
        self.may_post(user, channel, &draft)?;
        self.post(channel, Speaker::User(user), draft)
    }
}

impl Fake {
    /// Creates a bot with its application. It is not in the guild until it is invited.
    pub fn bot(&self, plan: BotPlan) -> BotKeys {
        self.shared.change(|state| state.create_bot(plan))
    }

    /// A bot comes into the guild, with a managed role that has these permissions. A bot that is in it gets the
    /// permissions. Returns the role.
    ///
    /// # Panics
    /// When there is no such bot.
    pub fn invite(&self, bot: &BotKeys, permissions: u64) -> u64 {
        self.shared.change(|state| done(state.invite(bot.user, permissions)))
    }

    /// Sets the toggles of the privileged intents in a bot's settings.
    ///
    /// # Panics
    /// When there is no such bot.
    pub fn set_intents(&self, bot: &BotKeys, intents: u64) {
        self.shared.change(|state| {
            let bot = done(state.bots.get_mut(&bot.user).ok_or_else(|| Refusal::unknown("Application")));
            bot.intents = intents & crate::intents::PRIVILEGED;
        });
    }

    /// Gives a bot a new token; the old one is worth nothing any more.
    ///
    /// # Panics
    /// When there is no such bot.
    pub fn reset_token(&self, bot: &BotKeys) -> BotKeys {
        self.shared.change(|state| {
            let token = format!("{}.{}", bot.token.split('.').next().unwrap_or_default(), state.secret(45));
            let found = done(state.bots.get_mut(&bot.user).ok_or_else(|| Refusal::unknown("Application")));
            found.token.clone_from(&token);
            BotKeys { token, ..bot.clone() }
        })
    }

    /// Adds a person (or somebody else's bot) and returns their id.
    pub fn user(&self, plan: UserPlan) -> u64 {
        self.shared.change(|state| state.create_user(plan))
    }

    /// Creates a role just above `@everyone`.
    pub fn role(&self, name: &str, permissions: u64) -> u64 {
        self.shared.change(|state| state.create_role(name, permissions))
    }

    /// Changes a role's permissions and whether everybody may ping it.
    ///
    /// # Panics
    /// When there is no such role.
    pub fn change_role(&self, role: u64, permissions: u64, mentionable: bool) {
        self.shared.change(|state| {
            done(state.change_role(role, |r| (r.permissions, r.mentionable) = (permissions, mentionable)));
        });
    }

    /// Puts a role at a position; 1 is just above `@everyone`.
    ///
    /// # Panics
    /// When there is no such role.
    pub fn move_role(&self, role: u64, position: u32) {
        self.shared.change(|state| done(state.move_role(role, position)));
    }

    /// Deletes a role.
    pub fn delete_role(&self, role: u64) {
        self.shared.change(|state| state.remove_role(role));
    }

    /// Gives a member a role.
    ///
    /// # Panics
    /// When they are not in the guild.
    pub fn give(&self, user: u64, role: u64) {
        self.shared.change(|state| {
            done(state.change_member(user, |member| {
                member.roles.insert(role);
            }));
        });
    }

    /// Takes a role from a member.
    ///
    /// # Panics
    /// When they are not in the guild.
    pub fn take(&self, user: u64, role: u64) {
        self.shared.change(|state| {
            done(state.change_member(user, |member| {
                member.roles.remove(&role);
            }));
        });
    }

    /// Gives a member another name in this guild.
    ///
    /// # Panics
    /// When they are not in the guild.
    pub fn rename(&self, user: u64, nick: &str) {
        self.shared.change(|state| done(state.change_member(user, |member| member.nick = Some(nick.into()))));
    }

    /// Somebody who left comes back into the guild.
    pub fn join(&self, user: u64) {
        self.shared.change(|state| state.join(user, None, [].into()));
    }

    /// Somebody (also one of our bots) leaves the guild, or is thrown out.
    ///
    /// # Panics
    /// When they are not in it.
    pub fn leave(&self, user: u64) {
        self.shared.change(|state| done(state.leave(user)));
    }

    /// The text channel of this name, which is created where there is none.
    ///
    /// # Panics
    /// When the guild is full.
    pub fn channel(&self, name: &str) -> u64 {
        self.shared.change(|state| {
            let known = state.channel_by_name(name);
            known.unwrap_or_else(|| done(state.create_channel(Channel::new(0, Kind::Text, name))))
        })
    }

    /// Creates a category.
    ///
    /// # Panics
    /// When the guild is full.
    pub fn category(&self, name: &str) -> u64 {
        self.shared.change(|state| done(state.create_channel(Channel::new(0, Kind::Category, name))))
    }

    /// Moves a channel into a category.
    ///
    /// # Panics
    /// When there is none.
    pub fn move_into(&self, channel: u64, category: u64) {
        self.shared.change(|state| done(state.change_channel(channel, |c| c.parent = Some(category))));
    }

    /// Renames a channel or thread.
    ///
    /// # Panics
    /// When there is none.
    pub fn rename_channel(&self, channel: u64, name: &str) {
        self.shared.change(|state| done(state.change_channel(channel, |c| c.name = name.into())));
    }

    /// Deletes a channel or thread.
    ///
    /// # Panics
    /// When there is none.
    pub fn delete_channel(&self, channel: u64) {
        self.shared.change(|state| done(state.delete_channel(channel)));
    }

    /// Takes the sight of a channel from a role or member; from everybody with the guild's id.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn hide(&self, channel: u64, from: u64) {
        self.shared.change(|state| done(state.hide(channel, from)));
    }

    /// Sets what a channel allows and denies a role or member.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn permit(&self, channel: u64, target: u64, allow: u64, deny: u64) {
        self.shared.change(|state| done(state.overwrite(channel, target, allow, deny)));
    }

    /// Adds an emoji of the guild's own and returns its id; in reactions it is `name:id`.
    pub fn emoji(&self, name: &str) -> u64 {
        self.shared.change(|state| {
            let id = state.id();
            state.emojis.insert(id, name.into());
            id
        })
    }

    /// A person posts. `text` is in Discord's own writing: a mention is `<@1>`. Returns the message.
    ///
    /// # Panics
    /// When the person may not.
    pub fn say(&self, user: u64, channel: u64, text: &str) -> u64 {
        let draft = Draft { content: text.into(), ..Draft::default() };
        self.shared.change(|state| done(state.say_as(user, channel, draft)))
    }

    /// A person passes on what somebody wrote elsewhere (a forwarded message). Returns the message.
    ///
    /// # Panics
    /// When the person may not.
    pub fn forward(&self, user: u64, channel: u64, text: &str) -> u64 {
        let draft = Draft { forwarded: Some(text.into()), ..Draft::default() };
        self.shared.change(|state| done(state.say_as(user, channel, draft)))
    }

    /// A person posts with a file. Returns the message.
    ///
    /// # Panics
    /// When the person may not.
    pub fn upload(&self, user: u64, channel: u64, name: &str, text: &str) -> u64 {
        self.shared.change(|state| {
            let file = crate::seen::Attachment {
                id: state.id(),
                name: name.into(),
                description: None,
                media_type: "text/plain".into(),
                bytes: b"text".to_vec(),
            };
            let draft = Draft { content: text.into(), attachments: vec![file], ..Draft::default() };
            done(state.say_as(user, channel, draft))
        })
    }

    /// Somebody says what a channel is for.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn set_topic(&self, channel: u64, topic: &str) {
        self.shared.change(|state| done(state.change_channel(channel, |c| c.topic = Some(topic.into()))));
    }

    /// Another guild that all bots are in, with channels and roles of these names. It can be looked at, not changed. Returns
    /// its id.
    pub fn neighbour(&self, name: &str, channels: &[&str], roles: &[&str]) -> u64 {
        self.shared.change(|state| state.add_neighbour(name, channels, roles))
    }

    /// The channels of another guild, by their names.
    pub fn next_door(&self, guild: u64) -> std::collections::BTreeMap<String, u64> {
        self.shared.read(|state| {
            let found = state.neighbours.iter().filter(|neighbour| neighbour.id == guild);
            found.flat_map(|n| &n.channels).map(|(id, (name, _))| (name.clone(), *id)).collect()
        })
    }

    /// Somebody, who has all roles there, posts in a channel of another guild. Returns the message.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn say_next_door(&self, user: u64, channel: u64, text: &str) -> u64 {
        self.shared.change(|state| state.say_next_door(user, channel, text)).expect("a channel of another guild")
    }

    /// A person replies to a message, which pings its author.
    ///
    /// # Panics
    /// When the person may not, or there is no such message.
    pub fn reply(&self, user: u64, channel: u64, to: u64, text: &str) -> u64 {
        self.shared.change(|state| {
            done(state.message(channel, to).map(|_| ()));
            let draft = Draft { content: text.into(), reference: Some((channel, to)), ..Draft::default() };
            done(state.say_as(user, channel, draft))
        })
    }

    /// A person posts in the thread on `root`, a message of any channel; the thread is started where there is none.
    ///
    /// # Panics
    /// When the person may not, or there is no such message.
    pub fn in_thread(&self, user: u64, root: u64, text: &str) -> u64 {
        self.shared.change(|state| {
            if !state.channels.contains_key(&root) {
                let place = state.channels.values().find(|c| c.messages.contains_key(&root)).map(|c| c.id);
                let place = done(place.ok_or_else(|| Refusal::unknown("Message")));
                done(state.need(user, place, permissions::CREATE_PUBLIC_THREADS));
                done(state.start_thread(user, place, root, "thread", 4320));
            }
            done(state.say_as(user, root, Draft { content: text.into(), ..Draft::default() }))
        })
    }

    /// A person starts a thread on no message.
    ///
    /// # Panics
    /// When the person may not.
    pub fn bare_thread(&self, user: u64, channel: u64, name: &str) -> u64 {
        self.shared.change(|state| {
            done(state.need(user, channel, permissions::CREATE_PUBLIC_THREADS));
            done(state.start_bare_thread(user, channel, name, 4320))
        })
    }

    /// The direct conversation of two, e.g. of a person and a bot's user.
    pub fn dm(&self, user: u64, with: u64) -> u64 {
        self.shared.change(|state| state.direct(user, with))
    }

    /// The author edits a message.
    ///
    /// # Panics
    /// When there is none, or its thread is archived.
    pub fn edit(&self, channel: u64, message: u64, text: &str) {
        let edit = Edit { content: Some(text.into()), ..Edit::default() };
        self.shared.change(|state| done(state.edit(channel, message, edit)));
    }

    /// A message is deleted. A thread on it stays.
    ///
    /// # Panics
    /// When there is none.
    pub fn delete(&self, channel: u64, message: u64) {
        self.shared.change(|state| done(state.delete(channel, message)));
    }

    /// Messages are deleted at one go.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn delete_many(&self, channel: u64, messages: &[u64]) {
        self.shared.change(|state| done(state.delete_many(channel, messages)));
    }

    /// A person sets or takes back a reaction; nothing happens where it is so already. `emoji` is the character itself, or
    /// `name:id` of one of the guild's.
    ///
    /// # Panics
    /// When the person may not, or there is no such message or emoji.
    pub fn react(&self, user: u64, channel: u64, message: u64, emoji: &str, set: bool) {
        self.shared.change(|state| done(state.react(user, channel, message, emoji, set)));
    }

    /// Somebody who may takes all reactions from a message.
    ///
    /// # Panics
    /// When there is no such message.
    pub fn clear_reactions(&self, channel: u64, message: u64) {
        self.shared.change(|state| done(state.clear_reactions(channel, message, None)));
    }

    /// Discord shows what a link in a message leads to: the message is changed without being edited.
    ///
    /// # Panics
    /// When there is no such message.
    pub fn embed_arrives(&self, channel: u64, message: u64) {
        self.embed_arrives_as(channel, message, "Example", "");
    }

    /// The same where the link leads to a page of this title and text.
    ///
    /// # Panics
    /// As [`Fake::embed_arrives`].
    pub fn embed_arrives_as(&self, channel: u64, message: u64, title: &str, text: &str) {
        let embed = serde_json::json!({
            "type": "link", "url": "https://example.com/", "title": title, "description": text,
        });
        self.shared.change(|state| done(state.embed_arrives(channel, message, embed)));
    }

    /// A webhook that a person made posts under a name. Webhooks of one name in a channel are one.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn webhook_says(&self, name: &str, channel: u64, text: &str) -> u64 {
        self.shared.change(|state| {
            let known =
                state.webhooks.values().find(|w| w.channel == channel && w.name == name && w.application.is_none());
            let id = match known.map(|w| w.id) {
                Some(id) => id,
                None => done(state.create_webhook(state.owner, channel, name, None)),
            };
            let speaker = Speaker::Webhook { id, username: None, avatar: None };
            done(state.post(channel, speaker, Draft { content: text.into(), ..Draft::default() }))
        })
    }

    /// Somebody deletes a webhook.
    ///
    /// # Panics
    /// When there is none.
    pub fn delete_webhook(&self, webhook: u64) {
        self.shared.change(|state| done(state.delete_webhook(webhook)));
    }

    /// Somebody moves a webhook to another channel.
    ///
    /// # Panics
    /// When there is none.
    pub fn move_webhook(&self, webhook: u64, channel: u64) {
        self.shared.change(|state| done(state.move_webhook(webhook, channel)));
    }

    /// A thread is archived, or brought back.
    ///
    /// # Panics
    /// When there is none.
    pub fn archive(&self, thread: u64, archived: bool) {
        self.shared.change(|state| done(state.change_thread(thread, |_, part| part.archived = archived)));
    }

    /// A thread is locked, or opened.
    ///
    /// # Panics
    /// When there is none.
    pub fn lock(&self, thread: u64, locked: bool) {
        self.shared.change(|state| done(state.change_thread(thread, |_, part| part.locked = locked)));
    }
}
