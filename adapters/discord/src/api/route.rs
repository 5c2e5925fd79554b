//! Which calls share a limit: Discord counts by method, path and its main parameter (a channel, a guild, a webhook).

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use reqwest::Method;

/// What a call is counted under until Discord names a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Route {
    /// The method and the path, with ids replaced; the main parameter is kept apart.
    pub(super) shape: String,
    /// The channel, guild or webhook that the call is about, if any. Of a webhook's token only a hash is kept.
    pub(super) main: String,
}

impl Route {
    /// The route of a call; `None` where Discord does not count it (the first answer to an interaction).
    pub(super) fn of(method: &Method, path: &str) -> Option<Self> {
        let path = path.split('?').next().unwrap_or(path);
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (main, from) = match parts.as_slice() {
            ["interactions", ..] => return None,
            [kind @ ("channels" | "guilds"), id, ..] => (format!("{kind}/{id}"), 2),
            ["webhooks", id, token, ..] => {
                let mut hasher = DefaultHasher::new();
                token.hash(&mut hasher);
                (format!("webhooks/{id}/{:x}", hasher.finish()), 3)
            }
            ["webhooks", id] => (format!("webhooks/{id}"), 2),
            _ => (String::new(), 0),
        };
        let mut shape = method.to_string();
        for part in &parts[from..] {
            shape.push('/');
            if *part == "reactions" {
                // Whatever the emoji is.
                shape.push_str("reactions");
                break;
            }
            let is_id = part.len() > 10 && part.bytes().all(|b| b.is_ascii_digit());
            shape.push_str(if is_id { "id" } else { part });
        }
        Some(Self { shape, main })
    }
}

/// The path without tokens and query, as it may be told.
pub(super) fn told(path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["", kind @ ("webhooks" | "interactions"), id, _, rest @ ..] => {
            ["", kind, id, "…"].iter().chain(rest).copied().collect::<Vec<_>>().join("/")
        }
        _ => path.to_owned(),
    }
}

/// Whether what stands in the path is all that the call needs: then the bot's token is not sent.
pub(super) fn has_token(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or(path);
    matches!(path.split('/').collect::<Vec<_>>().as_slice(), ["", "webhooks" | "interactions", _, _, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: Method, path: &str) -> (String, String) {
        let route = Route::of(&method, path).unwrap();
        (route.shape, route.main)
    }

    #[test]
    fn calls_are_counted_by_their_main_parameter() {
        let (shape, main) = of(Method::PATCH, "/channels/123456789012/messages/123456789013");
        assert_eq!((shape.as_str(), main.as_str()), ("PATCH/messages/id", "channels/123456789012"));
        assert_eq!(
            of(Method::GET, "/channels/1/messages?after=5"),
            of(Method::GET, "/channels/1/messages?after=9&limit=100")
        );
        assert_ne!(of(Method::GET, "/channels/1/messages"), of(Method::GET, "/channels/2/messages"));
        assert_eq!(
            of(Method::GET, "/channels/1/messages/123456789012/reactions/%E2%9C%85"),
            of(Method::GET, "/channels/1/messages/123456789012/reactions/%E2%9D%8C?limit=100"),
        );
        let (_, main) = of(Method::POST, "/webhooks/77/secret?wait=true");
        assert!(main.starts_with("webhooks/77/") && !main.contains("secret"));
        assert_eq!(Route::of(&Method::POST, "/interactions/1/secret/callback"), None);
    }

    #[test]
    fn no_secret_is_told() {
        assert_eq!(told("/webhooks/77/secret/messages/5?thread_id=1"), "/webhooks/77/…/messages/5");
        assert_eq!(told("/interactions/1/secret/callback"), "/interactions/1/…/callback");
        assert_eq!(told("/channels/1/messages?limit=5"), "/channels/1/messages");
        assert!(has_token("/webhooks/77/secret?wait=true") && !has_token("/webhooks/77") && !has_token("/users/@me"));
    }
}
