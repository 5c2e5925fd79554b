//! Another guild that the bots are in as well: it can be looked at and says things, and nothing can be changed there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::State;
use crate::bits::intents;

/// Another guild.
#[derive(Debug, Clone)]
pub(crate) struct Neighbour {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// Channels by id: their names and messages.
    pub(crate) channels: BTreeMap<u64, (String, Vec<Value>)>,
    /// Roles by id: their names. Each of its people has all of them.
    pub(crate) roles: BTreeMap<u64, String>,
}

impl State {
    /// A neighbour with channels and roles of these names. Every bot is in it.
    pub(crate) fn add_neighbour(&mut self, name: &str, channels: &[&str], roles: &[&str]) -> u64 {
        let id = self.id();
        let channels = channels.iter().map(|name| (self.id(), ((*name).to_owned(), Vec::new()))).collect();
        let roles = roles.iter().map(|name| (self.id(), (*name).to_owned())).collect();
        let neighbour = Neighbour { id, name: name.into(), channels, roles };
        for bot in self.bots.keys().copied().collect::<Vec<_>>() {
            let data = self.neighbour_create(&neighbour);
            self.tell_bot(bot, "GUILD_CREATE", data);
        }
        self.neighbours.push(neighbour);
        id
    }

    /// A neighbour as `GUILD_CREATE` tells it.
    pub(crate) fn neighbour_create(&self, neighbour: &Neighbour) -> Value {
        let mut data = self.guild_json();
        data["id"] = json!(neighbour.id.to_string());
        data["name"] = json!(neighbour.name);
        data["roles"] = neighbour.roles_json();
        data["channels"] = neighbour.channels_json();
        data["joined_at"] = json!(self.now().to_rfc3339());
        data["unavailable"] = json!(false);
        for field in ["threads", "members", "presences", "voice_states", "stage_instances", "emojis"] {
            data[field] = json!([]);
        }
        data
    }

    /// Somebody says something in a channel of a neighbour's. `None` where there is no such channel.
    pub(crate) fn say_next_door(&mut self, user: u64, channel: u64, text: &str) -> Option<u64> {
        let (id, now, author) = (self.id(), self.now().to_rfc3339(), self.user_json(user));
        let neighbour = self.neighbours.iter_mut().find(|n| n.channels.contains_key(&channel))?;
        let message = json!({
            "id": id.to_string(), "channel_id": channel.to_string(), "author": author, "content": text, "timestamp": now,
            "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [],
            "attachments": [], "embeds": [], "components": [], "pinned": false, "type": 0, "flags": 0,
        });
        let mut data = message.clone();
        data["guild_id"] = json!(neighbour.id.to_string());
        data["channel_type"] = json!(0);
        data["member"] = json!({
            "roles": neighbour.roles.keys().map(u64::to_string).collect::<Vec<_>>(), "nick": null, "avatar": null,
            "joined_at": now, "deaf": false, "mute": false, "flags": 0, "pending": false,
        });
        neighbour.channels.get_mut(&channel)?.1.push(message);
        for bot in self.bots.keys().copied().collect::<Vec<_>>() {
            self.bus.send(super::Dispatch {
                name: "MESSAGE_CREATE",
                data: data.clone(),
                intent: intents::GUILD_MESSAGES,
                channel: None,
                to: vec![bot],
            });
        }
        Some(id)
    }

    /// What a call that reads of a neighbour is answered; `None` where it is about none.
    pub(crate) fn next_door(&self, operation: &str, id: u64) -> Option<Value> {
        let guild = self.neighbours.iter().find(|n| n.id == id);
        let channel = self.neighbours.iter().find_map(|n| n.channels.get(&id));
        Some(match operation {
            "list_guild_channels" => guild?.channels_json(),
            "list_guild_roles" => guild?.roles_json(),
            "get_active_guild_threads" => guild.map(|_| json!({ "threads": [], "members": [] }))?,
            "list_public_archived_threads" => {
                channel.map(|_| json!({ "threads": [], "members": [], "has_more": false }))?
            }
            // The newest first, as Discord has them; a test says less there than fits on a page.
            "list_messages" => channel?.1.iter().rev().cloned().collect(),
            _ => return None,
        })
    }
}

impl Neighbour {
    fn roles_json(&self) -> Value {
        let role = |(id, name): (&u64, &String)| {
            json!({
                "id": id.to_string(), "name": name, "permissions": "0", "position": 1, "hoist": false,
                "managed": false, "mentionable": true, "color": 0, "flags": 0,
            })
        };
        self.roles.iter().map(role).collect()
    }

    fn channels_json(&self) -> Value {
        let channel = |(id, (name, messages)): (&u64, &(String, Vec<Value>))| {
            json!({
                "id": id.to_string(), "type": 0, "guild_id": self.id.to_string(), "name": name, "position": 0,
                "parent_id": null, "topic": null, "nsfw": false, "permission_overwrites": [], "flags": 0,
                "last_message_id": messages.last().map(|message| message["id"].clone()),
            })
        };
        self.channels.iter().map(channel).collect()
    }
}
