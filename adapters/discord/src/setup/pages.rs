//! Where in Discord something is clicked.

use super::permissions::bits;

/// The list of one's applications in the developer portal.
pub(crate) const PORTAL: &str = "https://discord.com/developers/applications";

/// How to find an account's id, for sentences.
pub(crate) const WHERE_IDS_ARE: &str = "in Discord, “User Settings”, “Advanced”, turn “Developer Mode” on; then right-click \
                                        the person, “Copy User ID”";

/// The page “Bot” of an application: its token and its intents.
pub(crate) fn bot_page(application: Option<u64>) -> String {
    match application {
        Some(id) => format!("{PORTAL}/{id}/bot"),
        None => format!("{PORTAL}, your application, “Bot”"),
    }
}

/// The address at which somebody lets a bot into a guild, with exactly what it needs.
#[must_use]
pub fn invite(application: u64, dedicated: bool, guild: Option<u64>) -> String {
    let scopes = if dedicated { "bot" } else { "bot+applications.commands" };
    let mut link = format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope={scopes}&permissions={}",
        bits(dedicated)
    );
    if let Some(guild) = guild {
        link.push_str(&format!("&guild_id={guild}&disable_guild_select=true"));
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invite_names_what_is_needed_and_no_more() {
        let link = invite(123, false, None);
        assert!(link.contains("client_id=123&scope=bot+applications.commands&permissions="), "{link}");
        assert!(link.ends_with(&bits(false).to_string()));
        let own = invite(5, true, Some(9));
        assert!(own.contains("&scope=bot&") && own.ends_with("&guild_id=9&disable_guild_select=true"), "{own}");
    }
}
