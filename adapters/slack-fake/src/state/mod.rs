//! The workspace: who and what is in it, and Slack's rules about them. All of it is behind one lock.

mod app;
mod channel;
mod events;
mod file;
mod group;
mod interact;
mod json;
mod manifest;
mod message;
mod notices;
mod react;
mod refusal;
mod text;
mod tokens;
mod user;
mod view;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use fastrand::Rng;

pub(crate) use app::{App, Request};
pub(crate) use channel::{Channel, Sort};
pub(crate) use file::Upload;
pub(crate) use group::Group;
pub(crate) use interact::{Clicked, ResponseUrl, Trigger};
pub(crate) use message::{Draft, Poster};
pub(crate) use notices::is_notice;
pub(crate) use refusal::Refusal;
pub(crate) use text::escape;
pub(crate) use tokens::{Token, TokenKind};
pub(crate) use user::User;
pub(crate) use view::{Home, Modal};

use crate::deliver::Post;
use crate::faults::{Dice, Faults};
use crate::limits::Buckets;
use crate::seen::{Call, Ephemeral, File, Message};
use crate::settings::Settings;

/// What is in the workspace.
pub(crate) struct State {
    pub(crate) settings: Settings,
    /// Where it is served, without a slash at the end.
    pub(crate) base: String,
    pub(crate) team: String,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) apps: BTreeMap<String, App>,
    pub(crate) channels: BTreeMap<String, Channel>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) files: BTreeMap<String, File>,
    pub(crate) uploads: BTreeMap<String, Upload>,
    /// Published Homes by person and app.
    pub(crate) homes: BTreeMap<(String, String), Home>,
    pub(crate) modals: Vec<Modal>,
    pub(crate) ephemerals: Vec<Ephemeral>,
    /// Status lines by channel and thread.
    pub(crate) statuses: BTreeMap<(String, String), String>,
    pub(crate) tokens: BTreeMap<String, Token>,
    tickets: BTreeMap<String, String>,
    pub(crate) triggers: BTreeMap<String, Trigger>,
    pub(crate) response_urls: BTreeMap<String, ResponseUrl>,
    pub(crate) calls: Vec<Call>,
    pub(crate) post: Post,
    pub(crate) buckets: Buckets,
    pub(crate) dice: Dice,
    rng: Rng,
    last_id: u64,
    last_ts: i64,
}

impl State {
    pub(crate) fn new(settings: Settings, base: String) -> Self {
        let mut state = Self {
            settings,
            base,
            team: String::new(),
            users: BTreeMap::new(),
            apps: BTreeMap::new(),
            channels: BTreeMap::new(),
            groups: BTreeMap::new(),
            files: BTreeMap::new(),
            uploads: BTreeMap::new(),
            homes: BTreeMap::new(),
            modals: Vec::new(),
            ephemerals: Vec::new(),
            statuses: BTreeMap::new(),
            tokens: BTreeMap::new(),
            tickets: BTreeMap::new(),
            triggers: BTreeMap::new(),
            response_urls: BTreeMap::new(),
            calls: Vec::new(),
            post: Post::default(),
            buckets: Buckets::default(),
            dice: Dice::new(Faults::default()),
            rng: Rng::new(),
            last_id: 0,
            last_ts: 0,
        };
        state.team = state.id("T");
        state.add_slackbot();
        state
    }

    /// The time by the clock of the settings.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.settings.clock)()
    }

    /// Where people see the workspace.
    pub(crate) fn workspace_url(&self) -> String {
        format!("{}/", self.base)
    }

    /// Where people see a message.
    pub(crate) fn permalink(&self, message: &Message) -> String {
        let place = format!("{}/archives/{}/p{}", self.base, message.channel, message.ts.replace('.', ""));
        match &message.thread_ts {
            Some(root) if message.is_reply() => format!("{place}?thread_ts={root}&cid={}", message.channel),
            _ => place,
        }
    }

    /// A new id, e.g. `C0B3K0000A7`.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        self.last_id += 1;
        // Spread, so that ids do not look like numbers that one could count on; still in order, so that lists are.
        let mut left = 1_000_003 * self.last_id + self.rng.u64(..1_000_000);
        let mut digits = [b'0'; 8];
        for digit in digits.iter_mut().rev() {
            *digit = DIGITS[(left % 36) as usize];
            left /= 36;
        }
        format!("{prefix}0B{}", String::from_utf8_lossy(&digits))
    }

    /// A new `ts`: later than all before it, whatever the clock says.
    pub(crate) fn ts(&mut self) -> String {
        self.last_ts = self.now().timestamp_micros().max(self.last_ts + 1);
        format!("{}.{:06}", self.last_ts / 1_000_000, self.last_ts % 1_000_000)
    }

    /// Letters and digits that nobody guesses.
    pub(crate) fn secret(&mut self, length: usize) -> String {
        std::iter::repeat_with(|| self.rng.alphanumeric()).take(length).collect()
    }

    pub(crate) fn message(&self, channel: &str, ts: &str) -> Result<&Message, Refusal> {
        let channel = self.channels.get(channel).ok_or(Refusal::new("channel_not_found"))?;
        channel.messages.get(ts).ok_or(Refusal::new("message_not_found"))
    }

    pub(crate) fn message_mut(&mut self, channel: &str, ts: &str) -> Result<&mut Message, Refusal> {
        let channel = self.channels.get_mut(channel).ok_or(Refusal::new("channel_not_found"))?;
        channel.messages.get_mut(ts).ok_or(Refusal::new("message_not_found"))
    }
}
