//! Which guild the department is in.

use serde::Deserialize;
use serenity::model::id::GuildId;

use super::hand::Hand;
use crate::api::Failure;
use crate::setup::pages;

/// A guild that a bot is in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Listed {
    pub(crate) id: GuildId,
    pub(crate) name: String,
}

/// Where the department's guild is, as far as the shared bot can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Home {
    /// The bot is in it.
    In {
        /// The guild.
        id: u64,
        /// Its name.
        name: String,
    },
    /// The bot is not in the guild that was named, or in none at all.
    Outside,
    /// It is in several, and none was named.
    Several(Vec<Listed>),
}

/// Looks which guild it is: the one that is `wanted`, else the only one.
pub(crate) async fn home(hand: &Hand<'_>, wanted: Option<u64>) -> Result<Home, Failure> {
    // A bot in more than 200 guilds has one named.
    let mut listed: Vec<Listed> = hand.get("/users/@me/guilds?limit=200").await?;
    listed.sort_by_key(|guild| guild.id);
    let found = match wanted {
        Some(wanted) => listed.into_iter().find(|guild| guild.id.get() == wanted),
        None if listed.len() > 1 => return Ok(Home::Several(listed)),
        None => listed.pop(),
    };
    Ok(found.map_or(Home::Outside, |Listed { id, name }| Home::In { id: id.get(), name }))
}

impl Home {
    /// What a person has to do before the department has a guild; nothing where it has.
    pub(crate) fn left_to_do(&self, application: u64, wanted: Option<u64>) -> Option<String> {
        match self {
            Self::In { .. } => None,
            Self::Outside => {
                let whose = wanted.map_or_else(|| "any guild".to_owned(), |id| format!("the guild {id}"));
                Some(format!(
                    "The bot is not in {whose}: open {}, choose the server, “Continue”, “Authorize” (whoever does that \
                     needs the permission “Manage Server” there).",
                    pages::invite(application, false, wanted)
                ))
            }
            Self::Several(guilds) => {
                let names: Vec<String> = guilds.iter().map(|g| format!("{} ({})", g.id, g.name)).collect();
                Some(format!(
                    "The bot is in several guilds: set `guild` below `discord` in bullpen.yaml to the one that the \
                     department is in, out of {}.",
                    names.join(", ")
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_in_several_guilds_is_told_to_choose() {
        let guild = |id: u64, name: &str| Listed { id: GuildId::new(id), name: name.into() };
        let several = Home::Several(vec![guild(7, "Shop"), guild(9, "Club")]);
        let says = several.left_to_do(1, None).unwrap();
        assert!(says.contains("7 (Shop), 9 (Club)") && says.contains("bullpen.yaml"), "{says}");
        let outside = Home::Outside.left_to_do(1, Some(9)).unwrap();
        assert!(outside.contains("guild_id=9") && outside.contains("client_id=1"), "{outside}");
        assert_eq!(Home::In { id: 9, name: "Club".into() }.left_to_do(1, None), None);
    }
}
