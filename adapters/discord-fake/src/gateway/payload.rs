//! What a client may say on the gateway, and how it is refused.

use serde::Deserialize;
use serde_json::{Value, json};

/// Most bytes that a client's payload may have.
const LARGEST: usize = 4096;

/// A close code with the words that Discord sends along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) u16, pub(crate) &'static str);

pub(crate) const UNKNOWN_OPCODE: Refused = Refused(4001, "Unknown opcode.");
pub(crate) const DECODE_ERROR: Refused = Refused(4002, "Error while decoding payload.");
pub(crate) const NOT_AUTHENTICATED: Refused = Refused(4003, "Not authenticated.");
pub(crate) const AUTHENTICATION_FAILED: Refused = Refused(4004, "Authentication failed.");
pub(crate) const ALREADY_AUTHENTICATED: Refused = Refused(4005, "Already authenticated.");
pub(crate) const INVALID_SEQ: Refused = Refused(4007, "Invalid seq.");
pub(crate) const RATE_LIMITED: Refused = Refused(4008, "Rate limited.");
pub(crate) const TIMED_OUT: Refused = Refused(4009, "Session timed out.");
pub(crate) const INVALID_SHARD: Refused = Refused(4010, "Invalid shard.");
pub(crate) const INVALID_VERSION: Refused = Refused(4012, "Invalid API version.");
pub(crate) const INVALID_INTENTS: Refused = Refused(4013, "Invalid intent(s).");
pub(crate) const DISALLOWED_INTENTS: Refused = Refused(4014, "Disallowed intent(s).");

/// Something that a client said.
#[derive(Debug)]
pub(crate) enum Said {
    Heartbeat,
    Identify(Identify),
    Presence(Value),
    /// Voice and soundboards: taken, and nothing comes of it.
    Passed,
    Resume(Resume),
    Members(Members),
}

/// What is common to all. `s` and `t` are the server's, but many clients send them as null.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame {
    op: u8,
    #[serde(default)]
    d: Value,
    #[serde(default, rename = "s")]
    _s: Option<()>,
    #[serde(default, rename = "t")]
    _t: Option<()>,
}

/// Op 2.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identify {
    pub(crate) token: String,
    #[serde(rename = "properties")]
    _properties: Properties,
    #[serde(default)]
    pub(crate) compress: bool,
    #[serde(default)]
    pub(crate) large_threshold: Option<u16>,
    #[serde(default)]
    pub(crate) shard: Option<(u32, u32)>,
    #[serde(default)]
    pub(crate) presence: Option<Presence>,
    pub(crate) intents: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Properties {
    #[serde(rename = "os")]
    _os: String,
    #[serde(rename = "browser")]
    _browser: String,
    #[serde(rename = "device")]
    _device: String,
}

/// Op 3.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Presence {
    since: Option<u64>,
    activities: Vec<Activity>,
    status: Status,
    afk: bool,
}

#[derive(Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
struct Activity {
    name: String,
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
}

#[derive(Debug, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Online,
    Dnd,
    Idle,
    Invisible,
    Offline,
}

impl Presence {
    pub(crate) fn json(&self) -> Value {
        json!({"since": self.since, "activities": self.activities, "status": self.status, "afk": self.afk})
    }
}

/// Op 6.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resume {
    pub(crate) token: String,
    pub(crate) session_id: String,
    pub(crate) seq: u64,
}

/// Op 8.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Members {
    pub(crate) guild_id: String,
    #[serde(default)]
    pub(crate) query: Option<String>,
    #[serde(default)]
    pub(crate) limit: Option<usize>,
    #[serde(default, rename = "presences")]
    _presences: Option<bool>,
    #[serde(default)]
    pub(crate) user_ids: Option<Value>,
    #[serde(default)]
    pub(crate) nonce: Option<String>,
}

fn typed<T: serde::de::DeserializeOwned>(d: Value) -> Result<T, Refused> {
    serde_json::from_value(d).map_err(|why| {
        tracing::warn!("a payload on the gateway is not what Discord takes: {why}");
        DECODE_ERROR
    })
}

/// Reads a frame.
pub(crate) fn read(text: &str) -> Result<Said, Refused> {
    if text.len() > LARGEST {
        tracing::warn!("a payload on the gateway has {} bytes; Discord takes {LARGEST}", text.len());
        return Err(DECODE_ERROR);
    }
    let frame: Frame = serde_json::from_str(text).map_err(|why| {
        tracing::warn!("what was sent on the gateway cannot be read: {why}");
        DECODE_ERROR
    })?;
    match frame.op {
        1 => typed::<Option<u64>>(frame.d).map(|_| Said::Heartbeat),
        2 => typed(frame.d).map(Said::Identify),
        3 => typed::<Presence>(frame.d).map(|p| Said::Presence(p.json())),
        4 | 31 => Ok(Said::Passed),
        6 => typed(frame.d).map(Said::Resume),
        8 => typed(frame.d).map(Said::Members),
        _ => Err(UNKNOWN_OPCODE),
    }
}

#[cfg(test)]
mod tests {
    use super::{DECODE_ERROR, Said, UNKNOWN_OPCODE, read};

    #[test]
    fn what_is_misspelt_is_refused() {
        let good = r#"{"op":2,"d":{"token":"t","properties":{"os":"linux","browser":"b","device":"b"},"intents":1}}"#;
        assert!(matches!(read(good), Ok(Said::Identify(_))));
        for bad in
            [good.replace("intents", "intent"), good.replace("\"os\"", "\"$os\""), good.replace(":1}", ":\"1\"}")]
        {
            assert_eq!(read(&bad).unwrap_err(), DECODE_ERROR, "{bad}");
        }
        assert_eq!(read(r#"{"op":12,"d":null}"#).unwrap_err(), UNKNOWN_OPCODE);
        assert!(matches!(read(r#"{"op":1,"d":null}"#), Ok(Said::Heartbeat)));
    }
}
