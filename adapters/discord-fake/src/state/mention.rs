//! Who is mentioned by a text, who may be, and who is notified in the end.

use std::collections::BTreeSet;

use super::{Kind, Speaker, State};
use crate::bits::permissions;
use crate::seen::Ping;

/// What a message may mention, as it was asked for. Without one, everything that its text mentions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Allowed {
    pub(crate) all_users: bool,
    pub(crate) all_roles: bool,
    pub(crate) everyone: bool,
    pub(crate) users: BTreeSet<u64>,
    pub(crate) roles: BTreeSet<u64>,
    pub(crate) replied_user: bool,
}

impl Allowed {
    fn everything() -> Self {
        Self { all_users: true, all_roles: true, everyone: true, replied_user: true, ..Self::default() }
    }
}

/// Who is mentioned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mentioned {
    pub(crate) users: Vec<u64>,
    pub(crate) roles: Vec<u64>,
    pub(crate) everyone: bool,
}

impl Mentioned {
    /// Everything that a text mentions outside of code.
    pub(crate) fn by(text: &str) -> Self {
        let (mut mentioned, text) = (Self::default(), without_code(text));
        mentioned.everyone = text.contains("@everyone") || text.contains("@here");
        for piece in text.split("<@").skip(1) {
            let Some((inside, _)) = piece.split_once('>') else { continue };
            let (list, digits) = match inside.strip_prefix('&') {
                Some(digits) => (&mut mentioned.roles, digits),
                None => (&mut mentioned.users, inside.strip_prefix('!').unwrap_or(inside)),
            };
            match digits.parse() {
                Ok(id) if digits.bytes().all(|b| b.is_ascii_digit()) && !list.contains(&id) => list.push(id),
                _ => {}
            }
        }
        mentioned
    }
}

/// The text without what is set as code, where nothing is a mention. A backslash hinders no mention.
fn without_code(text: &str) -> String {
    let (mut left, mut plain) = (text, String::with_capacity(text.len()));
    while let Some(at) = left.find('`') {
        plain.push_str(&left[..at]);
        let ticks = left[at..].bytes().take_while(|b| *b == b'`').count();
        let (fence, rest) = left[at..].split_at(ticks);
        match rest.find(fence) {
            Some(end) => {
                plain.push(' ');
                left = &rest[end + ticks..];
            }
            None => {
                plain.push_str(fence);
                left = rest;
            }
        }
    }
    plain.push_str(left);
    plain
}

impl State {
    /// Who a message mentions, as far as it was allowed to and its author may.
    pub(crate) fn mentioned(
        &self,
        author: &Speaker,
        channel: u64,
        text: &str,
        allowed: Option<&Allowed>,
        replied: Option<u64>,
    ) -> Mentioned {
        let (mut mentioned, everything) = (Mentioned::by(text), Allowed::everything());
        let allowed = allowed.unwrap_or(&everything);
        // A webhook may ping whom it likes.
        let mighty = match author {
            Speaker::Webhook { .. } => true,
            Speaker::User(user) => self.permissions(*user, channel) & permissions::MENTION_EVERYONE != 0,
        };
        let users = |id: &u64| self.users.contains_key(id) && (allowed.all_users || allowed.users.contains(id));
        mentioned.users.retain(users);
        if let Some(replied) = replied.filter(|id| allowed.replied_user && !mentioned.users.contains(id)) {
            mentioned.users.push(replied);
        }
        let is_direct = self.channels.get(&channel).is_some_and(|c| c.kind == Kind::Direct);
        mentioned.roles.retain(|id| {
            let role = self.roles.get(id).filter(|_| !is_direct);
            role.is_some_and(|r| (mighty || r.mentionable) && (allowed.all_roles || allowed.roles.contains(id)))
        });
        mentioned.everyone &= mighty && allowed.everyone && !is_direct;
        mentioned
    }

    /// Writes down who is notified by a message; nothing where nobody is.
    pub(super) fn ping(&mut self, channel: u64, message: u64, author: u64, mentioned: Mentioned, edit: bool) {
        let Mentioned { users, roles, everyone } = mentioned;
        let is_meant = |id: &u64| {
            let member = self.members.get(id);
            users.contains(id) || everyone || member.is_some_and(|m| m.roles.iter().any(|role| roles.contains(role)))
        };
        let all = self.members.keys().copied();
        let notified: Vec<u64> = all.filter(|id| *id != author && is_meant(id) && self.sees(*id, channel)).collect();
        let users: Vec<u64> = users.into_iter().filter(|id| *id != author).collect();
        if users.is_empty() && roles.is_empty() && !everyone {
            return;
        }
        self.pings.push(Ping { channel, message, edit, author, users, roles, everyone, notified });
    }
}

#[cfg(test)]
mod tests {
    use super::Mentioned;

    #[test]
    fn mentions_are_found_outside_of_code_only() {
        let found = Mentioned::by("<@1> `<@2>` <@!3> <@&4> <@1> ```\n@everyone <@5>\n``` <@six> <@7");
        assert_eq!(found, Mentioned { users: vec![1, 3], roles: vec![4], everyone: false });
        assert!(Mentioned::by("hey \\@everyone").everyone, "a backslash hinders no mention");
        assert!(Mentioned::by("a lone ` tick @here").everyone);
    }
}
