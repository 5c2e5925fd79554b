//! Why a line ended, and what is to be done about it.

/// How to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// The session can be resumed.
    Resume,
    /// A new session is needed.
    Identify,
    /// A new session, after asking again how many shards there are.
    Reshard,
}

/// The end of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Over {
    /// A sentence.
    pub(super) why: String,
    pub(super) again: Again,
    /// Whether only a person can mend it; it is tried again, slowly.
    pub(super) hopeless: bool,
    /// Whether Discord wants a pause before the next attempt.
    pub(super) slowly: bool,
}

impl Over {
    /// It passes by itself.
    pub(super) fn passing(why: impl Into<String>, again: Again) -> Self {
        Self { why: why.into(), again, hopeless: false, slowly: false }
    }

    fn hopeless(why: String) -> Self {
        Self { why, again: Again::Identify, hopeless: true, slowly: true }
    }

    /// Discord closed it, with its code if it gave one. `variable` is what holds the token.
    pub(super) fn closed(code: Option<u16>, bot: &str, variable: &str) -> Self {
        let page = "under Bot, at discord.com/developers/applications";
        match code {
            None => Self::passing("Discord closed the line", Again::Resume),
            Some(4004) => Self::hopeless(format!(
                "Discord refuses the token of the bot {bot} (4004): reset it {page}, and put the new one into {variable}"
            )),
            Some(4014) => Self::hopeless(format!(
                "Discord does not let the bot {bot} hear (4014): switch on Server Members Intent and Message Content Intent {page}, \
                 in the section Privileged Gateway Intents"
            )),
            Some(4013) => Self::hopeless(format!(
                "Discord does not know an intent that the bot {bot} asks for (4013): a newer version of this program is needed"
            )),
            Some(4012) => Self::hopeless(format!(
                "Discord does not speak this version of its gateway any more to the bot {bot} (4012): a newer version of this program \
                 is needed"
            )),
            Some(code @ (4010 | 4011)) => Self {
                slowly: true,
                ..Self::passing(
                    format!("Discord wants the bot {bot} on another number of shards ({code})"),
                    Again::Reshard,
                )
            },
            // Not authenticated, a wrong sequence number, a session that timed out.
            Some(code @ (4003 | 4007 | 4009)) => {
                Self::passing(format!("Discord does not go on with the session ({code})"), Again::Identify)
            }
            Some(4008) => {
                Self { slowly: true, ..Self::passing("Discord was sent too much at a time (4008)", Again::Resume) }
            }
            Some(code) => Self::passing(format!("Discord closed the line ({code})"), Again::Resume),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Again, Over};

    #[test]
    fn each_code_says_what_to_do() {
        let over = |code| Over::closed(code, "bullpen", "DISCORD_TOKEN");
        for code in
            [None, Some(1000), Some(1001), Some(1006), Some(4000), Some(4001), Some(4002), Some(4005), Some(4008)]
        {
            assert_eq!((over(code).again, over(code).hopeless), (Again::Resume, false), "{code:?}");
        }
        for code in [4003, 4007, 4009] {
            assert_eq!((over(Some(code)).again, over(Some(code)).hopeless), (Again::Identify, false), "{code}");
        }
        for code in [4010, 4011] {
            assert_eq!(over(Some(code)).again, Again::Reshard);
        }
        for code in [4004, 4012, 4013, 4014] {
            assert!(over(Some(code)).hopeless, "{code}");
        }
        assert!(over(Some(4004)).why.contains("DISCORD_TOKEN"));
        assert!(over(Some(4014)).why.contains("Message Content Intent"));
    }
}
