//! What the adapter is told before it starts.

use secrecy::SecretString;
use url::Url;

/// The address of Slack's Web API.
pub const SLACK_API_URL: &str = "https://slack.com/api";

/// A workspace and the apps that we have in it.
#[derive(Debug, Clone)]
pub struct Config {
    /// The base of the Web API, without a slash at its end. Plain `http` only on loopback.
    pub api_url: String,
    /// Where Slack can fetch avatars and pictures from; without it personas have emoji icons and pictures are uploaded.
    pub public_url: Option<Url>,
    /// What the department's channels begin with in this workspace, e.g. `bp-` where `#decisions` is somebody else's; usually
    /// empty. The rest of the server knows channels without it.
    pub channel_prefix: String,
    /// Posts a minute in one channel; Slack allows about [`POSTS_A_MINUTE`].
    pub posts_a_minute: u32,
    /// The apps, the shared one first.
    pub apps: Vec<App>,
}

/// An app of ours: the shared one, or one that a single persona speaks through.
#[derive(Debug, Clone)]
pub struct App {
    /// What it is called in `/slack/{app}/events` and in the log: `bullpen` for the shared one, else the persona's handle.
    pub name: String,
    /// The persona that it belongs to; `None` for the shared app.
    pub persona: Option<String>,
    /// `xoxb-…`: what it speaks with.
    pub bot_token: SecretString,
    /// `xapp-…`: what it opens Socket Mode connections with.
    pub app_token: Option<SecretString>,
    /// What Slack signs HTTP requests with.
    pub signing_secret: Option<SecretString>,
}

/// What Slack allows in one channel: about one a second, of each app.
pub const POSTS_A_MINUTE: u32 = 60;

/// The name of the shared app.
pub const SHARED: &str = "bullpen";
