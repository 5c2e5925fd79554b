//! What a bot may do in the guild, each with the reason. The invite link asks for exactly this, the doctor looks for it, and
//! `docs/discord.md` explains it.

use serenity::model::permissions::Permissions;

/// A permission of a bot in a guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// What the settings of Discord call it.
    pub name: &'static str,
    /// Its bit in Discord's numbers of permissions.
    pub bit: u64,
    /// What the department uses it for.
    pub why: &'static str,
    /// Whether the bot of a single persona needs it too, or the shared bot alone.
    pub dedicated: bool,
    /// Whether it is needed in each of the department's channels; what is not is used in the guild as a whole.
    pub in_channels: bool,
}

const fn talk(name: &'static str, bit: Permissions, why: &'static str) -> Permission {
    Permission { name, bit: bit.bits(), why, dedicated: true, in_channels: true }
}

/// The permissions, in the order of Discord's own settings.
pub const PERMISSIONS: &[Permission] = &[
    talk("View Channels", Permissions::VIEW_CHANNEL, "hears what is said in channels"),
    Permission {
        name: "Manage Channels",
        bit: Permissions::MANAGE_CHANNELS.bits(),
        why: "makes the department's category and channels, and sets their topics",
        dedicated: false,
        in_channels: false,
    },
    Permission {
        name: "Manage Roles",
        bit: Permissions::MANAGE_ROLES.bits(),
        why: "makes a role without rights for each persona, so that people can mention it",
        dedicated: false,
        in_channels: false,
    },
    Permission {
        name: "Manage Webhooks",
        bit: Permissions::MANAGE_WEBHOOKS.bits(),
        why: "speaks with each persona's name and picture",
        dedicated: false,
        in_channels: true,
    },
    talk("Send Messages", Permissions::SEND_MESSAGES, "posts"),
    talk("Send Messages in Threads", Permissions::SEND_MESSAGES_IN_THREADS, "answers in threads"),
    talk(
        "Create Public Threads",
        Permissions::CREATE_PUBLIC_THREADS,
        "keeps each piece of work in a thread of its own",
    ),
    talk("Embed Links", Permissions::EMBED_LINKS, "shows cards"),
    talk("Attach Files", Permissions::ATTACH_FILES, "shows pictures where Discord cannot fetch them from this server"),
    talk(
        "Add Reactions",
        Permissions::ADD_REACTIONS,
        "lets the doctor set a reaction and take it back, to see whether events arrive",
    ),
    Permission {
        name: "Manage Threads",
        bit: Permissions::MANAGE_THREADS.bits(),
        why: "brings cards up to date in threads that were closed or locked meanwhile",
        dedicated: false,
        in_channels: true,
    },
    talk("Read Message History", Permissions::READ_MESSAGE_HISTORY, "fetches what was missed while it was away"),
];

/// The permissions that a bot needs: the shared one, or one of a single persona.
pub fn needed(dedicated: bool) -> impl Iterator<Item = &'static Permission> {
    PERMISSIONS.iter().filter(move |permission| permission.dedicated || !dedicated)
}

/// The sum of what a bot needs, as invite links name it.
#[must_use]
pub fn bits(dedicated: bool) -> u64 {
    needed(dedicated).fold(0, |sum, permission| sum | permission.bit)
}

/// The names of those of `wanted` that are not in `has`, as people read them.
pub(crate) fn lacking(wanted: impl Iterator<Item = &'static Permission>, has: Permissions) -> Vec<&'static str> {
    wanted.filter(|permission| has.bits() & permission.bit == 0).map(|permission| permission.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_what_discord_counts() {
        // Bits 4, 6, 10, 11, 14, 15, 16, 28, 29, 34, 35, 38 of Discord's list.
        assert_eq!(bits(false), 327_222_938_704);
        assert_eq!(bits(true), 309_237_763_136);
        assert_eq!(bits(true) & !bits(false), 0, "a single persona's bot may do nothing that the shared one may not");
    }

    #[test]
    fn nothing_is_asked_for_that_could_hurt() {
        for (name, bit) in [
            ("Administrator", Permissions::ADMINISTRATOR),
            ("Manage Server", Permissions::MANAGE_GUILD),
            ("Mention Everyone", Permissions::MENTION_EVERYONE),
            ("Manage Messages", Permissions::MANAGE_MESSAGES),
            ("Kick Members", Permissions::KICK_MEMBERS),
            ("Ban Members", Permissions::BAN_MEMBERS),
        ] {
            assert_eq!(bits(false) & bit.bits(), 0, "{name}");
        }
    }

    #[test]
    fn every_permission_is_explained_in_the_guide() {
        let guide = include_str!("../../../../docs/discord.md");
        for Permission { name, .. } in PERMISSIONS {
            assert!(guide.contains(&format!("| {name} |")), "{name} stands in the table of docs/discord.md");
        }
    }
}
