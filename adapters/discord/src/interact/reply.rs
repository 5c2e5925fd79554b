//! The answers to interactions.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::Discord;
use crate::api::Failure;
use crate::bots::Bot;

/// For the member's eyes only.
const EPHEMERAL: u32 = 1 << 6;
/// Most channels that are named.
const CHANNELS: usize = 8;

/// The answer to an interaction.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reply {
    /// A message for the member's eyes only.
    Whisper(Value),
    /// It was seen; the message stays as it is.
    Seen,
    /// What a member may choose while they type.
    Choices(Vec<Value>),
    /// A form.
    Form(Value),
}

/// A sentence for the member's eyes only.
pub(super) fn whisper(text: &str) -> Reply {
    Reply::Whisper(json!({ "content": text }))
}

/// A longer text for the member's eyes only.
pub(super) fn page(embed: Value) -> Reply {
    Reply::Whisper(json!({ "embeds": [embed] }))
}

impl Reply {
    /// As Discord takes it.
    pub(super) fn body(&self) -> Value {
        match self {
            Self::Whisper(data) => {
                let mut data = data.clone();
                data["flags"] = EPHEMERAL.into();
                data["allowed_mentions"] = json!({ "parse": [] });
                json!({ "type": 4, "data": data })
            }
            Self::Seen => json!({ "type": 6 }),
            Self::Choices(choices) => json!({ "type": 8, "data": { "choices": choices } }),
            Self::Form(form) => json!({ "type": 9, "data": form }),
        }
    }
}

/// Answers an interaction. Its token is a secret.
pub(super) async fn send(bot: &Bot, id: u64, token: &SecretString, reply: &Reply) -> Result<(), Failure> {
    let path = format!("/interactions/{id}/{}/callback", token.expose_secret());
    bot.api.post::<Value>(&path, &reply.body()).await.map(drop)
}

/// A kind word where the department only listens.
pub(super) fn elsewhere(discord: &Discord) -> String {
    let channels: Vec<String> =
        discord.guild.ours().values().take(CHANNELS).map(|channel| format!("<#{channel}>")).collect();
    if channels.is_empty() {
        return "The department takes nothing up here. Please ask in one of its own channels.".to_owned();
    }
    format!("The department takes nothing up here. Please ask in one of its own channels: {}.", channels.join(", "))
}
