//! Through which app a persona speaks, under which name and picture, and whom it can mention natively.

use std::sync::Arc;

use bullpen_chat::Identity;
use serde_json::{Map, Value};
use url::{Host, Url};

use crate::Slack;
use crate::apps::App;
use crate::render::{Mentions, emoji};

/// Longest name that a post may have.
const USERNAME: usize = 80;

/// An app that speaks for a persona.
#[derive(Clone)]
pub(super) struct Voice {
    pub(super) app: Arc<App>,
}

impl Voice {
    /// The persona's own app, else the shared one.
    pub(super) fn of(slack: &Slack, handle: &str) -> Self {
        Self { app: Arc::clone(slack.apps.of(handle)) }
    }

    pub(super) fn shared(slack: &Slack) -> Self {
        Self { app: Arc::clone(slack.apps.shared()) }
    }

    /// Whether the app is the persona's own, so that Slack knows its name and picture.
    pub(super) fn is_own(&self) -> bool {
        self.app.config.persona.is_some()
    }

    /// The fields that give a post of the shared app the persona's name and picture.
    pub(super) fn looks(&self, slack: &Slack, identity: &Identity) -> Map<String, Value> {
        let mut fields = Map::new();
        if self.is_own() {
            return fields;
        }
        fields.insert("username".into(), username(identity).into());
        match slack.fetchable().and_then(|base| avatar(base, identity)) {
            Some(url) => fields.insert("icon_url".into(), String::from(url).into()),
            None => fields.insert("icon_emoji".into(), emoji::icon(identity.emoji.as_deref()).into()),
        };
        fields
    }
}

/// The name that a post stands under: whom one speaks with, and what they are there for.
fn username(identity: &Identity) -> String {
    let name = identity.name.split_whitespace().collect::<Vec<_>>().join(" ");
    let role = identity.role.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = if name.is_empty() { identity.handle.clone() } else { name };
    let both = format!("{name} · {role}");
    let chosen = if role.is_empty() || both.encode_utf16().count() > USERNAME { name } else { both };
    let mut short = String::new();
    for c in chosen.chars() {
        if short.encode_utf16().count() + c.len_utf16() > USERNAME {
            break;
        }
        short.push(c);
    }
    short
}

/// Where the avatar is as a picture: Slack draws no SVG.
fn avatar(base: &Url, identity: &Identity) -> Option<Url> {
    let path =
        identity.avatar.strip_suffix(".svg").map_or_else(|| identity.avatar.clone(), |stem| format!("{stem}.png"));
    (path.starts_with('/') && !path.starts_with("//")).then(|| base.join(&path).ok())?
}

/// Whether Slack, out on the internet, could fetch something from there.
fn is_public(url: &Url) -> bool {
    let web = matches!(url.scheme(), "http" | "https");
    web && match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && !name.ends_with(".local") && !name.ends_with(".internal"),
        Some(Host::Ipv4(ip)) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()),
        Some(Host::Ipv6(ip)) => !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local()),
        None => false,
    }
}

impl Slack {
    /// The server's public address, if Slack can fetch pictures from it.
    pub(super) fn fetchable(&self) -> Option<&Url> {
        self.config.public_url.as_ref().filter(|url| is_public(url))
    }

    /// Whom a post notifies, as far as Slack knows them: people by their account, personas by their own app's user or by the
    /// user group that is called like them.
    pub(super) async fn mentions(&self, notify: &[String]) -> Mentions {
        let mut resolved = Vec::new();
        for name in notify {
            let name = name.trim().trim_start_matches('@');
            if let Some(native) = self.native(name).await {
                resolved.push((name.to_owned(), native));
            }
        }
        Mentions::new(resolved)
    }

    async fn native(&self, name: &str) -> Option<String> {
        if let Some(user) = self.members.person(name) {
            return Some(format!("<@{user}>"));
        }
        let app = self.apps.of(name);
        if app.config.persona.is_some()
            && let Ok(me) = app.me().await
        {
            return Some(format!("<@{}>", me.user_id));
        }
        self.members.group_of(name).map(|group| format!("<!subteam^{group}>"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(name: &str, role: &str) -> Identity {
        Identity {
            handle: "cmo".into(),
            name: name.into(),
            role: role.into(),
            avatar: "/avatars/cmo.svg".into(),
            emoji: None,
        }
    }

    #[test]
    fn a_name_says_who_it_is_and_what_for() {
        assert_eq!(username(&identity("Marta Vale", "Content Manager")), "Marta Vale · Content Manager");
        assert_eq!(username(&identity("Marta Vale", "")), "Marta Vale");
        assert_eq!(username(&identity("Marta Vale", &"x".repeat(80))), "Marta Vale");
        assert_eq!(username(&identity(&"🦊".repeat(60), "")), "🦊".repeat(40));
        assert_eq!(username(&identity(" ", "")), "cmo");
    }

    #[test]
    fn avatars_are_pictures_on_a_server_that_slack_can_reach() {
        let base: Url = "https://bullpen.example".parse().unwrap();
        assert_eq!(avatar(&base, &identity("a", "b")).unwrap().as_str(), "https://bullpen.example/avatars/cmo.png");
        for (url, public) in [
            ("https://bullpen.example", true),
            ("http://203.0.113.7:3710", true),
            ("http://localhost:3710", false),
            ("http://127.0.0.1:3710", false),
            ("http://192.168.1.4", false),
            ("http://[::1]:3710", false),
            ("https://server.local", false),
        ] {
            assert_eq!(is_public(&url.parse().unwrap()), public, "{url}");
        }
    }
}
