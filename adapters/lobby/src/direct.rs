//! Direct conversations: a channel between one persona and one member, named after both.

use crate::name::Member;

const PREFIX: &str = "dm:";

/// A conversation between a persona and a member. Its channel's id is `dm:{persona}:{member}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Direct {
    /// The persona's handle.
    pub persona: String,
    /// The member's name.
    pub member: String,
}

impl Direct {
    /// The conversation of `member` with the persona of this handle.
    #[must_use]
    pub fn new(persona: &str, member: &Member) -> Self {
        Self { persona: persona.to_owned(), member: member.as_str().to_owned() }
    }

    /// Reads a channel's id; `None` for a channel that is open to all.
    #[must_use]
    pub fn parse(channel: &str) -> Option<Self> {
        // Handles hold no colon, names may.
        let (persona, member) = channel.strip_prefix(PREFIX)?.split_once(':')?;
        (!persona.is_empty() && !member.is_empty())
            .then(|| Self { persona: persona.to_owned(), member: member.to_owned() })
    }

    /// The channel's id.
    #[must_use]
    pub fn channel(&self) -> String {
        format!("{PREFIX}{}:{}", self.persona, self.member)
    }

    /// Whether a plain channel may not have this name.
    pub(crate) fn reserves(channel: &str) -> bool {
        channel.starts_with(PREFIX)
    }
}

#[cfg(test)]
mod tests {
    use super::Direct;

    #[test]
    fn a_direct_channel_names_its_two() {
        let direct = Direct::parse("dm:cmo:Ana: the second").unwrap();
        assert_eq!((direct.persona.as_str(), direct.member.as_str()), ("cmo", "Ana: the second"));
        assert_eq!(direct.channel(), "dm:cmo:Ana: the second");
        for open in ["management", "dm", "dm:", "dm:cmo", "dm::ana", "dm:cmo:"] {
            assert_eq!(Direct::parse(open), None, "{open}");
        }
    }
}
