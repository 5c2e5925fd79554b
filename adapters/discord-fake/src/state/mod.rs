//! The guild: who and what is in it, and Discord's rules about them. All of it is behind one lock.

mod bot;
mod bus;
mod channel;
mod command;
mod edit;
mod json;
mod mention;
mod message;
mod neighbour;
mod permission;
mod react;
mod refusal;
mod role;
mod thread;
mod user;
mod webhook;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use fastrand::Rng;

pub(crate) use bot::Bot;
pub(crate) use bus::{Bus, Dispatch};
pub(crate) use channel::{Channel, Kind, Overwrite, ThreadPart, channel_name};
pub(crate) use edit::Edit;
pub(crate) use mention::{Allowed, Mentioned};
pub(crate) use message::{Draft, Speaker};
pub(crate) use neighbour::Neighbour;
pub(crate) use react::same_emoji;
pub(crate) use refusal::Refusal;
pub(crate) use role::Role;
pub(crate) use user::{Member, User};
pub(crate) use webhook::Webhook;

use crate::api::Buckets;
use crate::faults::{Dice, Faults};
use crate::seen::{Call, Ping};
use crate::settings::Settings;

/// 2015-01-01, where snowflakes begin, in milliseconds since 1970.
pub(crate) const EPOCH: i64 = 1_420_070_400_000;

/// The whole guild.
pub(crate) struct State {
    pub(crate) settings: Settings,
    /// E.g. `http://127.0.0.1:40123`.
    pub(crate) base: String,
    pub(crate) guild: u64,
    pub(crate) owner: u64,
    pub(crate) users: BTreeMap<u64, User>,
    /// Applications by the user of their bot, which has the same number.
    pub(crate) bots: BTreeMap<u64, Bot>,
    pub(crate) members: BTreeMap<u64, Member>,
    pub(crate) roles: BTreeMap<u64, Role>,
    /// Channels, categories, threads and direct conversations.
    pub(crate) channels: BTreeMap<u64, Channel>,
    pub(crate) webhooks: BTreeMap<u64, Webhook>,
    /// The guild's own emojis: their names.
    pub(crate) emojis: BTreeMap<u64, String>,
    /// Commands by application and guild (`None` is everywhere).
    pub(crate) commands: BTreeMap<(u64, Option<u64>), Vec<serde_json::Value>>,
    /// Other guilds that the bots are in.
    pub(crate) neighbours: Vec<Neighbour>,
    pub(crate) bus: Bus,
    /// The sessions of the gateway.
    pub(crate) hub: crate::gateway::Hub,
    pub(crate) calls: Vec<Call>,
    pub(crate) pings: Vec<Ping>,
    /// Who has shown that they are typing, and where.
    pub(crate) typed: Vec<(u64, u64)>,
    pub(crate) buckets: Buckets,
    pub(crate) dice: Dice,
    /// Interactions under way.
    pub(crate) live: crate::interact::Interactions,
    /// Messages by author and nonce, with the time of the sending.
    nonces: HashMap<(u64, String), (u64, u64, DateTime<Utc>)>,
    pub(crate) rng: Rng,
    last_id: u64,
}

impl State {
    pub(crate) fn new(settings: Settings, base: String) -> Self {
        let mut state = Self {
            settings,
            base,
            guild: 0,
            owner: 0,
            users: BTreeMap::new(),
            bots: BTreeMap::new(),
            members: BTreeMap::new(),
            roles: BTreeMap::new(),
            channels: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            emojis: BTreeMap::new(),
            commands: BTreeMap::new(),
            neighbours: Vec::new(),
            bus: Bus::default(),
            calls: Vec::new(),
            pings: Vec::new(),
            typed: Vec::new(),
            buckets: Buckets::default(),
            dice: Dice::new(Faults::default()),
            hub: crate::gateway::Hub::default(),
            live: crate::interact::Interactions::default(),
            nonces: HashMap::new(),
            rng: Rng::new(),
            last_id: 0,
        };
        state.guild = state.id();
        state.add_everyone();
        state.owner = state.create_user(crate::plan::UserPlan::member("owner"));
        state
    }

    /// The time by the clock of the settings.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.settings.clock)()
    }

    /// A new snowflake: greater than all before it, whatever the clock says.
    pub(crate) fn id(&mut self) -> u64 {
        let at = u64::try_from(self.now().timestamp_millis() - EPOCH).unwrap_or_default() << 22;
        self.last_id = at.max(self.last_id + 1);
        self.last_id
    }

    /// So many snowflakes in a row. Returns the first.
    pub(crate) fn ids(&mut self, many: u64) -> u64 {
        let first = self.id();
        self.last_id += many.saturating_sub(1);
        first
    }

    /// Letters and digits that nobody guesses.
    pub(crate) fn secret(&mut self, length: usize) -> String {
        std::iter::repeat_with(|| self.rng.alphanumeric()).take(length).collect()
    }

    pub(crate) fn channel(&self, id: u64) -> Result<&Channel, Refusal> {
        self.channels.get(&id).ok_or_else(|| Refusal::unknown("Channel"))
    }

    pub(crate) fn channel_mut(&mut self, id: u64) -> Result<&mut Channel, Refusal> {
        self.channels.get_mut(&id).ok_or_else(|| Refusal::unknown("Channel"))
    }

    pub(crate) fn message(&self, channel: u64, id: u64) -> Result<&crate::seen::Message, Refusal> {
        self.channel(channel)?.messages.get(&id).ok_or_else(|| Refusal::unknown("Message"))
    }

    pub(crate) fn message_mut(&mut self, channel: u64, id: u64) -> Result<&mut crate::seen::Message, Refusal> {
        self.channel_mut(channel)?.messages.get_mut(&id).ok_or_else(|| Refusal::unknown("Message"))
    }

    /// Tells something about a channel to the bots that see it.
    pub(crate) fn tell_channel(&mut self, channel: u64, name: &'static str, intent: u64, data: serde_json::Value) {
        let to = self.bots.keys().copied().filter(|bot| self.sees(*bot, channel)).collect();
        self.bus.send(Dispatch { name, data, intent, channel: Some(channel), to });
    }

    /// Tells something about the guild to the bots in it.
    pub(crate) fn tell_guild(&mut self, name: &'static str, intent: u64, data: serde_json::Value) {
        let to = self.bots.keys().copied().filter(|bot| self.members.contains_key(bot)).collect();
        self.bus.send(Dispatch { name, data, intent, channel: None, to });
    }

    /// Tells something to one bot alone.
    pub(crate) fn tell_bot(&mut self, bot: u64, name: &'static str, data: serde_json::Value) {
        self.bus.send(Dispatch { name, data, intent: 0, channel: None, to: vec![bot] });
    }
}

/// When a snowflake was made, in milliseconds since 1970.
pub(crate) fn made_at(id: u64) -> i64 {
    i64::try_from(id >> 22).unwrap_or_default() + EPOCH
}
