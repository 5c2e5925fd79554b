//! A guild as its line describes it, without a line.

use std::sync::Arc;

use async_trait::async_trait;
use bullpen_chat::{Author, Error, Overview, Overviews, Pictures};
use chrono::Utc;
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use crate::bots::Me;
use crate::{Bot, CATEGORY, Config, Discord, SHARED, Sources};

pub(crate) const GUILD: u64 = 1_000;
pub(crate) const MANAGEMENT: u64 = 1_001;
pub(crate) const LOUNGE: u64 = 1_002;
pub(crate) const THREAD: u64 = 1_003;
/// The shared bot's user and application, and those of the bot of `cmo`.
pub(crate) const BULLPEN: u64 = 2_000;
pub(crate) const APPLICATION: u64 = 2_001;
pub(crate) const CMO: u64 = 2_010;
/// The role of `copywriter`, the own role of the bot of `cmo`, and a role that calls itself `copywriter`.
pub(crate) const COPYWRITER: u64 = 3_000;
pub(crate) const CMO_OWN: u64 = 3_001;
pub(crate) const LOOKALIKE: u64 = 3_002;
pub(crate) const STAFF: u64 = 3_003;
pub(crate) const ANN: u64 = 4_000;

pub(crate) struct Nobody;

#[async_trait]
impl Pictures for Nobody {
    async fn bytes(&self, _: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(None)
    }
}

#[async_trait]
impl Overviews for Nobody {
    async fn of(&self, _: &Author) -> Result<Overview, Error> {
        Ok(Overview::default())
    }
}

/// A database that nobody may ask anything.
fn nothing() -> PgPool {
    PgPoolOptions::new().connect_lazy("postgres://127.0.0.1:1/nothing").unwrap()
}

/// An adapter that knows the guild.
pub(crate) fn discord() -> Arc<Discord> {
    with(nothing())
}

/// The same before anybody has said which channels are the department's.
pub(crate) fn unprovisioned() -> Arc<Discord> {
    bare(nothing())
}

/// The same on a database of the test's own.
pub(crate) async fn stored() -> Arc<Discord> {
    let options = bullpen_cluster::throwaway::database().await;
    let pool = PgPoolOptions::new().max_connections(2).connect_with(options).await.unwrap();
    Discord::migrate(&pool).await.unwrap();
    with(pool)
}

fn bare(pool: PgPool) -> Arc<Discord> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bot = |name: &str, persona: Option<&str>| Bot {
        name: name.into(),
        persona: persona.map(str::to_owned),
        token: "token".into(),
        variable: "DISCORD_TOKEN".into(),
    };
    let config = Config {
        api_url: "http://127.0.0.1:1/api/v10".into(),
        public_url: None,
        guild: None,
        category: CATEGORY.into(),
        bots: vec![bot(SHARED, None), bot("cmo", Some("cmo"))],
    };
    let sources = Sources { pictures: Arc::new(Nobody), overviews: Arc::new(Nobody) };
    let discord = Discord::new(pool, Uuid::new_v4(), Arc::new(Utc::now), config, sources).unwrap();
    let me = |user, application| Me { user, name: "bot".into(), application, flags: 0 };
    discord.bots.shared().introduce(me(BULLPEN, APPLICATION));
    discord.bots.own("cmo").unwrap().introduce(me(CMO, CMO + 1));
    discord.guild.apply("READY", &json!({ "guilds": [{ "id": GUILD.to_string(), "unavailable": true }] }));
    discord.guild.apply("GUILD_CREATE", &guild());
    discord
}

/// The same, and told what is the department's.
fn with(pool: PgPool) -> Arc<Discord> {
    let discord = bare(pool);
    discord.guild.set_ours([("management".to_owned(), MANAGEMENT)].into());
    discord.guild.set_handles([(COPYWRITER, "copywriter".to_owned())].into());
    let personas = [("cmo", "Carla Moss, Chief Marketing Officer"), ("copywriter", "Cody West, Copywriter")];
    discord.guild.set_personas(personas.map(|(handle, line)| (handle.into(), line.into())).into());
    discord
}

/// `GUILD_CREATE`, as Discord sends it.
pub(crate) fn guild() -> Value {
    let role = |id: u64, name: &str, tags: Value| {
        json!({ "id": id.to_string(), "name": name, "permissions": "0", "position": 1, "mentionable": true, "managed": false,
            "color": 0, "hoist": false, "flags": 0, "tags": tags })
    };
    json!({
        "id": GUILD.to_string(), "name": "Lantern Field", "owner_id": ANN.to_string(), "unavailable": false,
        "channels": [
            { "id": MANAGEMENT.to_string(), "type": 0, "name": "management", "parent_id": null, "last_message_id": "99" },
            { "id": LOUNGE.to_string(), "type": 0, "name": "cmo-lounge", "parent_id": null },
        ],
        "threads": [
            { "id": THREAD.to_string(), "type": 11, "name": "A question", "parent_id": MANAGEMENT.to_string(),
              "thread_metadata": { "archived": false, "locked": false, "auto_archive_duration": 10080 } },
        ],
        "roles": [
            role(GUILD, "@everyone", json!({})),
            role(COPYWRITER, "copywriter", json!({})),
            role(CMO_OWN, "Carla", json!({ "bot_id": CMO.to_string() })),
            role(LOOKALIKE, "copywriter", json!({})),
            role(STAFF, "Staff", json!({})),
            role(STAFF + 1, &STAFF.to_string(), json!({})),
        ],
        "members": [
            { "user": { "id": BULLPEN.to_string(), "username": "Bullpen", "bot": true }, "roles": [] },
        ],
    })
}

/// Somebody's user object.
pub(crate) fn user(id: u64, name: &str) -> Value {
    json!({ "id": id.to_string(), "username": name.to_lowercase(), "global_name": name, "discriminator": "0", "avatar": null })
}

/// `MESSAGE_CREATE` of Ann's, as Discord sends it.
pub(crate) fn message(id: u64, channel: u64, content: &str) -> Value {
    json!({
        "id": id.to_string(), "channel_id": channel.to_string(), "guild_id": GUILD.to_string(), "type": 0,
        "author": user(ANN, "Ann"),
        "member": { "nick": null, "roles": [STAFF.to_string()], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": false,
            "mute": false, "flags": 0 },
        "content": content, "timestamp": "2026-01-02T03:04:05.678000+00:00", "edited_timestamp": null, "tts": false,
        "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": false,
        "nonce": "7", "flags": 0, "components": [],
    })
}
