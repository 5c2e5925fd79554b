//! What the adapter is told before it starts.

use secrecy::SecretString;
use url::Url;

/// The base of Discord's REST routes.
pub const DISCORD_API_URL: &str = "https://discord.com/api/v10";

/// The name of the shared bot, and the handle of the department's desk.
pub const SHARED: &str = "bullpen";

/// The category that the department's channels are made in.
pub const CATEGORY: &str = "Bullpen";

/// A guild and the bots that we have in it.
#[derive(Debug, Clone)]
pub struct Config {
    /// The base of the REST routes, without a slash at its end. The gateway's address comes from `GET /gateway/bot` below
    /// it. Plain `http` and `ws` only on loopback.
    pub api_url: String,
    /// Where Discord can fetch avatars and pictures from; without it personas have no portraits and pictures are uploaded.
    pub public_url: Option<Url>,
    /// The guild; without it the only one that the shared bot is in.
    pub guild: Option<u64>,
    /// The category that the department's channels are made in, usually [`CATEGORY`].
    pub category: String,
    /// The bots, the shared one first.
    pub bots: Vec<Bot>,
}

/// A bot of ours: the shared one, or one that a single persona speaks through.
#[derive(Debug, Clone)]
pub struct Bot {
    /// What it is called in the log: `bullpen` for the shared bot, else the persona's handle.
    pub name: String,
    /// The persona that it belongs to; `None` for the shared bot.
    pub persona: Option<String>,
    /// What it signs in with.
    pub token: SecretString,
    /// The variable that the token came from, for messages to people.
    pub variable: String,
}
