//! Threads: started on a message or by themselves, archived, locked.

use serde_json::{Value, json};

use super::{Channel, Draft, Kind, Refusal, Speaker, State, ThreadPart};
use crate::bits::intents;

/// The flag of a message that a thread was started on.
const HAS_THREAD: u64 = 1 << 5;

impl State {
    /// Starts a thread on a message; its id is the message's.
    pub(crate) fn start_thread(
        &mut self,
        user: u64,
        channel: u64,
        message: u64,
        name: &str,
        auto_archive: u32,
    ) -> Result<u64, Refusal> {
        let kind = self.channel(channel)?.kind;
        if !matches!(kind, Kind::Text | Kind::Announcement) {
            return Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"));
        }
        if !self.message(channel, message)?.is_said() {
            return Err(Refusal::new(400, 50068, "Invalid message type"));
        }
        if self.channels.contains_key(&message) {
            return Err(Refusal::new(400, 160_004, "A thread has already been created for this message"));
        }
        self.open_thread(message, user, channel, name, auto_archive);
        self.message_mut(channel, message)?.flags |= HAS_THREAD;
        self.tell_update(channel, message);
        let draft = Draft { kind: 21, reference: Some((channel, message)), ..Draft::default() };
        self.post(message, Speaker::User(user), draft)?;
        Ok(message)
    }

    /// Starts a thread on no message; a notice in the channel says so.
    pub(crate) fn start_bare_thread(
        &mut self,
        user: u64,
        channel: u64,
        name: &str,
        auto_archive: u32,
    ) -> Result<u64, Refusal> {
        let id = self.id();
        self.open_thread(id, user, channel, name, auto_archive);
        let draft = Draft { kind: 18, content: name.into(), reference: Some((id, id)), ..Draft::default() };
        self.post(channel, Speaker::User(user), draft)?;
        Ok(id)
    }

    fn open_thread(&mut self, id: u64, user: u64, channel: u64, name: &str, auto_archive: u32) {
        let now = self.now();
        let mut thread = Channel::new(id, Kind::PublicThread, name);
        thread.parent = Some(channel);
        thread.thread = Some(ThreadPart {
            owner: user,
            archived: false,
            locked: false,
            auto_archive,
            archived_at: now,
            created_at: now,
            members: [user].into(),
            sent: 0,
        });
        self.channels.insert(id, thread);
        let mut data = self.thread_json(id, None);
        data["newly_created"] = json!(true);
        self.tell_channel(id, "THREAD_CREATE", intents::GUILDS, data);
    }

    /// Changes a thread and says so.
    pub(crate) fn change_thread(
        &mut self,
        id: u64,
        change: impl FnOnce(&mut Channel, &mut ThreadPart),
    ) -> Result<(), Refusal> {
        let now = self.now();
        let channel = self.channel_mut(id)?;
        let Some(mut part) = channel.thread.take() else { return Err(Refusal::unknown("Channel")) };
        let was = part.archived;
        change(channel, &mut part);
        if part.archived != was {
            part.archived_at = now;
        }
        channel.thread = Some(part);
        let data = self.thread_json(id, None);
        self.tell_channel(id, "THREAD_UPDATE", intents::GUILDS, data);
        Ok(())
    }

    /// Somebody comes into a thread; nothing happens where they are in it.
    pub(crate) fn join_thread(&mut self, user: u64, id: u64) -> Result<(), Refusal> {
        let channel = self.channel_mut(id)?;
        let Some(part) = channel.thread.as_mut() else {
            return Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"));
        };
        if part.archived {
            return Err(Refusal::archived());
        }
        if part.members.insert(user) {
            self.tell_thread_members(id, vec![self.thread_member_json(id, user)], &[]);
        }
        Ok(())
    }

    /// Somebody leaves a thread.
    pub(crate) fn leave_thread(&mut self, user: u64, id: u64) -> Result<(), Refusal> {
        let channel = self.channel_mut(id)?;
        let Some(part) = channel.thread.as_mut() else {
            return Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"));
        };
        if part.members.remove(&user) {
            self.tell_thread_members(id, Vec::new(), &[user.to_string()]);
        }
        Ok(())
    }

    fn tell_thread_members(&mut self, id: u64, added: Vec<Value>, removed: &[String]) {
        let count = self.channels.get(&id).and_then(|c| c.thread.as_ref()).map_or(0, |t| t.members.len().min(50));
        let mut data = json!({"id": id.to_string(), "guild_id": self.guild.to_string(), "member_count": count});
        if !added.is_empty() {
            data["added_members"] = json!(added);
        }
        if !removed.is_empty() {
            data["removed_member_ids"] = json!(removed);
        }
        self.tell_channel(id, "THREAD_MEMBERS_UPDATE", intents::GUILDS, data);
    }

    pub(crate) fn thread_member_json(&self, id: u64, user: u64) -> Value {
        let joined = self.channels.get(&id).and_then(|c| c.thread.as_ref()).map(|t| t.created_at);
        json!({
            "id": id.to_string(), "user_id": user.to_string(), "flags": 0,
            "join_timestamp": joined.map(|at| at.to_rfc3339()),
        })
    }

    /// Threads that a bot sees, archived or not, the newest first.
    pub(crate) fn threads_for(&self, viewer: u64, archived: bool) -> Vec<u64> {
        let threads = self.channels.values().filter(|c| c.thread.as_ref().is_some_and(|t| t.archived == archived));
        threads.map(|c| c.id).filter(|id| self.sees(viewer, *id)).rev().collect()
    }

    pub(crate) fn thread_json(&self, id: u64, viewer: Option<u64>) -> Value {
        let Some((channel, part)) = self.channels.get(&id).and_then(|c| Some((c, c.thread.as_ref()?))) else {
            return Value::Null;
        };
        let said = channel.messages.values().filter(|m| m.is_said()).count();
        let mut data = json!({
            "id": id.to_string(), "type": channel.kind.number(), "flags": 0, "guild_id": self.guild.to_string(),
            "name": channel.name, "parent_id": channel.parent.map(|p| p.to_string()),
            "owner_id": part.owner.to_string(), "last_message_id": channel.last_message.map(|m| m.to_string()),
            "message_count": said, "member_count": part.members.len().min(50), "total_message_sent": part.sent,
            "rate_limit_per_user": channel.slow,
            "thread_metadata": {
                "archived": part.archived, "locked": part.locked, "auto_archive_duration": part.auto_archive,
                "archive_timestamp": part.archived_at.to_rfc3339(), "create_timestamp": part.created_at.to_rfc3339(),
            },
        });
        if let Some(viewer) = viewer.filter(|viewer| part.members.contains(viewer)) {
            data["member"] = self.thread_member_json(id, viewer);
        }
        data
    }
}
