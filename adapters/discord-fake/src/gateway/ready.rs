//! The beginning of a session: IDENTIFY, READY, what the guild is; and what else a client may ask for.

use std::time::Instant;

use serde_json::{Value, json};

use super::Presence;
use super::hub::Not;
use super::payload::{
    AUTHENTICATION_FAILED, DECODE_ERROR, DISALLOWED_INTENTS, INVALID_INTENTS, INVALID_SHARD, Identify, Members,
    Refused, Resume,
};
use super::session::{Line, Session};
use crate::bits::intents;
use crate::state::State;

impl State {
    /// IDENTIFY: a new session, or why there is none. Returns its id.
    pub(super) fn identify(&mut self, identify: &Identify, line: Line) -> Result<String, Not> {
        let (bot, on) = self.bot_of(&identify.token).map(|bot| (bot.user, bot.intents)).ok_or_else(|| {
            tracing::warn!("a client identifies with a token that no bot has (the token stands alone, without `Bot `)");
            Not::Open(AUTHENTICATION_FAILED)
        })?;
        if identify.compress {
            tracing::warn!("a client asks for compression, which the stand-in does not offer");
            return Err(Not::Open(DECODE_ERROR));
        }
        if identify.large_threshold.is_some_and(|many| !(50..=250).contains(&many)) {
            tracing::warn!("`large_threshold` is from 50 to 250");
            return Err(Not::Open(DECODE_ERROR));
        }
        let shard = identify.shard.unwrap_or((0, 1));
        if shard.1 == 0 || shard.0 >= shard.1 {
            return Err(Not::Open(INVALID_SHARD));
        }
        if identify.intents & !intents::ALL != 0 {
            return Err(Not::Open(INVALID_INTENTS));
        }
        let missing = identify.intents & intents::PRIVILEGED & !on;
        if missing != 0 {
            tracing::warn!("a client asks for privileged intents ({missing:#x}) whose toggles are off in its settings");
            return Err(Not::Open(DISALLOWED_INTENTS));
        }
        self.hub.starting(bot, shard.0, &self.settings, Instant::now())?;
        if let Some(presence) = &identify.presence {
            self.hub.presences.push(Presence { bot, presence: presence.json() });
        }
        let id = self.secret(32).to_lowercase();
        let ready = self.ready(bot, &id, identify.shard);
        self.hub.begin(Session::new(id.clone(), bot, identify.intents, shard, line));
        self.hub.tell(&id, "READY", &ready.to_string(), &self.settings);
        if identify.intents & intents::GUILDS != 0 && self.has_guild(shard) && self.members.contains_key(&bot) {
            let guild = self.guild_create(bot);
            self.hub.tell(&id, "GUILD_CREATE", &guild.to_string(), &self.settings);
            for neighbour in &self.neighbours {
                let guild = self.neighbour_create(neighbour);
                self.hub.tell(&id, "GUILD_CREATE", &guild.to_string(), &self.settings);
            }
        }
        Ok(id)
    }

    fn ready(&self, bot: u64, session: &str, shard: Option<(u32, u32)>) -> Value {
        let user = self.me_json(bot);
        let in_guild = self.members.contains_key(&bot) && self.has_guild(shard.unwrap_or((0, 1)));
        let guilds = in_guild.then_some(self.guild).into_iter().chain(self.neighbours.iter().map(|n| n.id));
        let guilds: Vec<Value> = guilds.map(|id| json!({"id": id.to_string(), "unavailable": true})).collect();
        let mut ready = json!({
            "v": 10, "user": user, "guilds": guilds, "session_id": session, "session_type": "normal",
            "resume_gateway_url": format!("{}/resume/{session}", self.base.replacen("http", "ws", 1)),
            "application": {"id": bot.to_string(), "flags": self.bots.get(&bot).map(crate::state::Bot::flags)},
            "private_channels": [], "relationships": [], "presences": [], "user_settings": {}, "user_settings_proto": "",
            "geo_ordered_rtc_regions": [], "guild_join_requests": [], "auth": {}, "_trace": ["stand-in"],
        });
        if let Some((shard, of)) = shard {
            ready["shard"] = json!([shard, of]);
        }
        ready
    }

    /// RESUME.
    pub(super) fn resume(&mut self, resume: &Resume, line: Line) -> Result<(), Not> {
        let bot = self.bot_of(&resume.token).map(|bot| bot.user).ok_or(Not::Open(AUTHENTICATION_FAILED))?;
        self.hub.resume(&resume.session_id, bot, resume.seq, line, &self.settings)
    }

    /// A presence, by op 3.
    pub(super) fn present(&mut self, line: u64, presence: Value) {
        let bot = self.hub.of_line(line).map(|session| session.bot);
        if let Some(bot) = bot {
            self.hub.presences.push(Presence { bot, presence });
        }
    }

    /// Op 8: members by a part of their name, or by ids; all of them only with the intent.
    pub(super) fn members_chunk(&mut self, line: u64, asked: &Members) -> Result<(), Refused> {
        let Some((id, sessions_intents)) = self.hub.of_line(line).map(|s| (s.id.clone(), s.intents)) else {
            return Ok(());
        };
        if asked.guild_id != self.guild.to_string() {
            return Ok(());
        }
        let ids: Option<Vec<String>> = asked.user_ids.as_ref().map(|given| match given {
            Value::String(id) => vec![id.clone()],
            other => other.as_array().into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect(),
        });
        let everybody = asked.query.as_deref() == Some("") && asked.limit == Some(0);
        let named = asked.query.is_some() && asked.limit.is_some();
        if everybody && sessions_intents & intents::GUILD_MEMBERS == 0 {
            tracing::warn!("a client asks for all members without the intent GUILD_MEMBERS");
            return Err(DISALLOWED_INTENTS);
        }
        if ids.is_none() && !named {
            tracing::warn!("asking for members takes `query` and `limit`, or `user_ids`");
            return Err(DECODE_ERROR);
        }
        let query = asked.query.clone().unwrap_or_default().to_lowercase();
        let wanted = |user: &u64| match &ids {
            Some(ids) => ids.iter().any(|id| *id == user.to_string()),
            None => self.shown_name(*user).to_lowercase().starts_with(&query),
        };
        let most = if everybody || ids.is_some() { usize::MAX } else { asked.limit.unwrap_or_default().min(100) };
        let members: Vec<u64> = self.members.keys().copied().filter(wanted).take(most).collect();
        let missing: Vec<&String> =
            ids.iter().flatten().filter(|id| !members.iter().any(|member| member.to_string() == **id)).collect();
        let chunks = members.chunks(1000).count().max(1);
        let chunked: Vec<Vec<Value>> = if members.is_empty() {
            vec![Vec::new()]
        } else {
            members.chunks(1000).map(|chunk| chunk.iter().map(|user| self.member_json(*user)).collect()).collect()
        };
        let missing = json!(missing);
        for (index, members) in chunked.into_iter().enumerate() {
            let mut chunk = json!({
                "guild_id": asked.guild_id, "members": members, "chunk_index": index, "chunk_count": chunks,
                "not_found": missing,
            });
            if let Some(nonce) = &asked.nonce {
                chunk["nonce"] = json!(nonce);
            }
            self.hub.tell(&id, "GUILD_MEMBERS_CHUNK", &chunk.to_string(), &self.settings);
        }
        Ok(())
    }
}
