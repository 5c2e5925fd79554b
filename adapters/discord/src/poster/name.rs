//! The name and the picture that a post through a webhook stands under.

use bullpen_chat::Identity;
use unicode_normalization::UnicodeNormalization as _;
use url::{Host, Url};

/// Longest name that a post may have.
const USERNAME: usize = 80;
/// What no name may contain, and what none may be.
const WITHIN: [&str; 2] = ["discord", "clyde"];
const WHOLE: [&str; 2] = ["everyone", "here"];
/// What stands for a persona none of whose names Discord takes.
const NOBODY: &str = "A colleague";

/// The name that a post stands under: whom one speaks with, and what they are there for. Discord takes any of 1 to 80
/// characters but those that look like its own.
pub(super) fn username(identity: &Identity) -> String {
    let [name, role, handle] = [&identity.name, &identity.role, &identity.handle].map(|text| clean(text));
    let both = if role.is_empty() { name.clone() } else { format!("{name} · {role}") };
    [both, name, handle]
        .into_iter()
        .map(|name| shortened(&name))
        .zip([false, true, true])
        .find(|(name, cut)| {
            !name.trim().is_empty() && !name.starts_with('·') && is_free(name) && (*cut || !name.ends_with('…'))
        })
        .map_or_else(|| NOBODY.to_owned(), |(name, _)| name)
}

/// A name without what Discord takes for something else.
fn clean(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !matches!(c, '@' | '#' | ':' | '`') && !c.is_control()).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(name: &str) -> String {
    if name.encode_utf16().count() <= USERNAME {
        return name.to_owned();
    }
    let mut short = String::new();
    for c in name.chars() {
        if short.encode_utf16().count() + c.len_utf16() >= USERNAME {
            break;
        }
        short.push(c);
    }
    format!("{}…", short.trim_end())
}

/// Whether a name is none of Discord's own, nor looks like one.
fn is_free(name: &str) -> bool {
    let seen: String = name.nfkd().flat_map(char::to_lowercase).filter_map(looks_like).collect();
    !WITHIN.iter().any(|word| seen.contains(word)) && !WHOLE.contains(&seen.as_str())
}

/// The Latin letter that a character looks like; `None` where it is no letter or digit.
fn looks_like(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'с' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'ɗ' | 'đ' => 'd',
        'е' | 'ε' | '3' => 'e',
        'һ' => 'h',
        'і' | 'ι' | 'ı' | '1' | '!' => 'i',
        'ӏ' | 'ł' | '|' => 'l',
        'о' | 'ο' | '0' | 'σ' => 'o',
        'г' | 'ʀ' => 'r',
        'ѕ' | '5' | '$' => 's',
        'у' | 'γ' | 'ʏ' => 'y',
        c if c.is_alphanumeric() => c,
        _ => return None,
    })
}

/// Where the avatar is as a picture: Discord draws no SVG.
pub(super) fn avatar(base: &Url, identity: &Identity) -> Option<Url> {
    let path =
        identity.avatar.strip_suffix(".svg").map_or_else(|| identity.avatar.clone(), |stem| format!("{stem}.png"));
    (path.starts_with('/') && !path.starts_with("//")).then(|| base.join(&path).ok())?
}

/// Whether Discord, out on the internet, could fetch something from there.
pub(super) fn is_public(url: &Url) -> bool {
    let web = matches!(url.scheme(), "http" | "https");
    web && match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && !name.ends_with(".local") && !name.ends_with(".internal"),
        Some(Host::Ipv4(ip)) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()),
        Some(Host::Ipv6(ip)) => !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(handle: &str, name: &str, role: &str) -> Identity {
        let (name, role, handle) = (name.into(), role.into(), handle.into());
        Identity { handle, name, role, avatar: "/avatars/cmo.svg".into(), emoji: None }
    }

    #[test]
    fn a_name_says_who_it_is_and_what_for() {
        assert_eq!(username(&identity("cmo", "Marta Vale", "Content Manager")), "Marta Vale · Content Manager");
        assert_eq!(username(&identity("cmo", "Marta Vale", "")), "Marta Vale");
        assert_eq!(username(&identity("cmo", "Marta Vale", &"x".repeat(80))), "Marta Vale");
        assert_eq!(username(&identity("cmo", &"🦊".repeat(60), "")), format!("{}…", "🦊".repeat(39)));
        assert_eq!(username(&identity("cmo", " ", "")), "cmo");
        assert_eq!(username(&identity("cmo", "Ann @ #office:", "")), "Ann office");
    }

    #[test]
    fn no_name_looks_like_discord_s_own() {
        assert_eq!(username(&identity("cmo", "Ann", "Discord Lead")), "Ann");
        for name in [
            "Discord",
            "DISC0RD Team",
            "Dіѕсоrd",
            "ｄｉｓｃｏｒｄ",
            "D i s c o r d",
            "Clyde",
            "C1yde's сlуde",
            "Everyone",
            " here ",
            "hеrе",
        ] {
            assert_eq!(username(&identity("cmo", name, "")), "cmo", "{name}");
        }
        assert_eq!(username(&identity("clyde", "Clyde", "")), NOBODY);
        assert_eq!(username(&identity("cmo", "Here to help", "")), "Here to help");
    }

    #[test]
    fn avatars_are_pictures_on_a_server_that_discord_can_reach() {
        let base: Url = "https://bullpen.example".parse().unwrap();
        assert_eq!(avatar(&base, &identity("a", "b", "")).unwrap().as_str(), "https://bullpen.example/avatars/cmo.png");
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
