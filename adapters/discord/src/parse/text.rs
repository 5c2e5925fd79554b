//! Discord's text to the Markdown of the chat port: mentions of ours become `@handle`, everybody and everything else is named.
//!
//! What was no mention never becomes one: what Discord does not list as mentioned is left as it stands, and names that
//! people give themselves, their channels and their emoji cannot be read as a handle of ours.

use std::collections::BTreeSet;

use chrono::DateTime;

/// Longest mark between `<` and `>` that is looked at, in bytes.
const LONGEST: usize = 120;
/// Keeps an `@` from being read together with what follows it, and shows nothing (word joiner).
const JOINER: char = '\u{2060}';

/// Who and what ids stand for.
pub(crate) trait Names {
    /// The handle of a user that is one of our bots.
    fn our_user(&self, user: u64) -> Option<String>;
    /// The handle of a role of a persona, or of the role that one of our bots has for itself.
    fn our_role(&self, role: u64) -> Option<String>;
    /// The name of somebody else.
    fn user(&self, user: u64) -> Option<String>;
    /// The name of another role.
    fn role(&self, role: u64) -> Option<String>;
    /// The name of a channel or thread.
    fn channel(&self, channel: u64) -> Option<String>;
    /// Whether a reader could take `@` and this name for somebody of ours.
    fn sounds_like_ours(&self, name: &str) -> bool;
}

/// Whom Discord itself marks as mentioned by a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mentioned {
    pub(crate) users: BTreeSet<u64>,
    pub(crate) roles: BTreeSet<u64>,
}

/// Text in the words of the port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) text: String,
    /// Our handles that are mentioned, in order, each once.
    pub(crate) mentions: Vec<String>,
}

/// A text of Discord's as Markdown. Without `mentioned` (where Discord says nothing of it: in what is typed into a command or
/// a form), every mark counts.
pub(crate) fn markdown(content: &str, names: &impl Names, mentioned: Option<&Mentioned>) -> Words {
    let mut words = Words { text: String::with_capacity(content.len()), ..Words::default() };
    let mut rest = content;
    while let Some(at) = rest.find('<') {
        words.text.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some((mark, length)) = Mark::read(rest) else {
            words.text.push('<');
            rest = &rest[1..];
            continue;
        };
        let (raw, after) = rest.split_at(length);
        match shown(&mark, names, mentioned) {
            Shown::Ours(handle) => {
                if words.text.chars().next_back().is_some_and(joins) {
                    words.text.push(' ');
                }
                words.text.push('@');
                words.text.push_str(&handle);
                part(&mut words.text, after);
                if !words.mentions.contains(&handle) {
                    words.mentions.push(handle);
                }
            }
            Shown::Named(name) => {
                words.text.push_str(&name);
                part(&mut words.text, after);
            }
            Shown::AsItStands => words.text.push_str(raw),
        }
        rest = after;
    }
    words.text.push_str(rest);
    words
}

/// A space before what would otherwise grow together with a name.
fn part(text: &mut String, after: &str) {
    if after.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_')
        || after.starts_with('<') && Mark::read(after).is_some()
    {
        text.push(' ');
    }
}

/// Characters after which an `@` would be read as part of an address or a word.
fn joins(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '/')
}

/// What stands between `<` and `>`.
#[derive(Debug, PartialEq, Eq)]
enum Mark<'a> {
    User(u64),
    Role(u64),
    Channel(u64),
    Emoji(&'a str),
    Command(&'a str),
    Time(i64),
}

impl<'a> Mark<'a> {
    /// The mark that `text` begins with, and its length in bytes.
    fn read(text: &'a str) -> Option<(Self, usize)> {
        let end = text.bytes().take(LONGEST).position(|b| b == b'>')?;
        let inner = text.get(1..end)?;
        let mark = if let Some(role) = inner.strip_prefix("@&") {
            Self::Role(snowflake(role)?)
        } else if let Some(user) = inner.strip_prefix('@') {
            Self::User(snowflake(user.strip_prefix('!').unwrap_or(user))?)
        } else if let Some(channel) = inner.strip_prefix('#') {
            Self::Channel(snowflake(channel)?)
        } else if let Some(time) = inner.strip_prefix("t:") {
            let (seconds, style) = time.split_once(':').unwrap_or((time, "f"));
            (style.len() == 1).then(|| seconds.parse().ok()).flatten().map(Self::Time)?
        } else if let Some(command) = inner.strip_prefix('/') {
            let (name, id) = command.rsplit_once(':')?;
            snowflake(id)?;
            let fits = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
            (!name.is_empty() && name.chars().all(fits)).then_some(Self::Command(name))?
        } else {
            let (name, id) = inner.strip_prefix('a').unwrap_or(inner).strip_prefix(':')?.split_once(':')?;
            snowflake(id)?;
            let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
            (!name.is_empty() && name.bytes().all(fits)).then_some(Self::Emoji(name))?
        };
        Some((mark, end + 1))
    }
}

fn snowflake(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|id| *id != 0)
}

enum Shown {
    Ours(String),
    Named(String),
    AsItStands,
}

fn shown(mark: &Mark<'_>, names: &impl Names, mentioned: Option<&Mentioned>) -> Shown {
    match mark {
        Mark::User(user) => match names.our_user(*user) {
            Some(handle) if mentioned.is_none_or(|m| m.users.contains(user)) => Shown::Ours(handle),
            Some(_) => Shown::AsItStands,
            None => names.user(*user).map_or(Shown::AsItStands, |name| Shown::Named(called(&name, names))),
        },
        Mark::Role(role) => match names.our_role(*role) {
            Some(handle) if mentioned.is_none_or(|m| m.roles.contains(role)) => Shown::Ours(handle),
            Some(_) => Shown::AsItStands,
            None => names.role(*role).map_or(Shown::AsItStands, |name| Shown::Named(called(&name, names))),
        },
        Mark::Channel(channel) => {
            names.channel(*channel).map_or(Shown::AsItStands, |name| Shown::Named(format!("#{}", plain(&name))))
        }
        Mark::Emoji(name) => Shown::Named(format!(":{name}:")),
        Mark::Command(name) => Shown::Named(format!("/{name}")),
        Mark::Time(seconds) => DateTime::from_timestamp(*seconds, 0)
            .map_or(Shown::AsItStands, |time| Shown::Named(time.format("%Y-%m-%d %H:%M UTC").to_string())),
    }
}

/// `@` and a name that is nobody's of ours.
fn called(name: &str, names: &impl Names) -> String {
    let name = plain(name);
    if names.sounds_like_ours(&name) { format!("@{JOINER}{name}") } else { format!("@{name}") }
}

/// A name that somebody chose, on one line, without what would be read as a mention, a mark or code.
pub(crate) fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in crate::guild::clean(name).chars() {
        match c {
            '`' => out.push('\''),
            '<' => out.push('‹'),
            '>' => out.push('›'),
            '@' => out.extend(['@', JOINER]),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
