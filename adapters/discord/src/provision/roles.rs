//! A mentionable role without rights for each persona that has no bot of its own: so that people can mention it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use bullpen_chat::Plan;
use reqwest::Method;
use serde_json::{Value, json};
use serenity::model::permissions::Permissions;

use super::hand::Hand;
use super::memory::{Kind, Known, Memory};
use super::survey::{Role, Standing, Survey};
use crate::bots::Bots;
use crate::config::SHARED;

/// Discord allows 250 roles in a guild; the last ones are left to people.
const MOST_ROLES: usize = 230;

/// Makes the roles exist. The handle by the id of its role: a persona's, and each of our bots' own.
pub(super) async fn roles(
    hand: &mut Hand<'_>,
    survey: &mut Survey,
    standing: &Standing,
    memory: &mut Memory,
    bots: &Bots,
    plan: &Plan,
) -> Result<BTreeMap<u64, String>, bullpen_chat::Error> {
    let mut handles = BTreeMap::new();
    let (mut full, mut forbidden) = (Vec::new(), Vec::new());
    let may = survey.rights(standing).contains(Permissions::MANAGE_ROLES);
    for handle in plan.identities.iter().map(|identity| identity.handle.as_str()).filter(|handle| *handle != SHARED) {
        let remembered = memory.get(Kind::Role, handle).and_then(|known| survey.role(known.id));
        if bots.own(handle).is_some() {
            // It was made before the persona had a bot of its own, and people may still mention it.
            handles.extend(remembered.map(|role| (role.id.get(), handle.to_owned())));
            continue;
        }
        let role = match remembered.or_else(|| free(survey, memory, handle)).cloned() {
            Some(role) => role,
            None if !may => {
                forbidden.push(format!("@{handle}"));
                continue;
            }
            None if survey.roles.len() >= MOST_ROLES => {
                full.push(format!("@{handle}"));
                continue;
            }
            None => match make(hand, survey, handle).await? {
                Some(role) => role,
                None => continue,
            },
        };
        memory.keep(Kind::Role, handle, Known { id: role.id.get(), topic: None }).await?;
        if alike(survey, memory, handle).any(|other| other.id != role.id) {
            hand.missing.push(another(handle));
        }
        mend(hand, survey, standing, &role).await?;
        handles.insert(role.id.get(), handle.to_owned());
    }
    if !forbidden.is_empty() {
        hand.missing.push(format!(
            "The bot may not make roles, so {} cannot be mentioned natively (plain text works): in “Server Settings”, \
             “Roles”, {}, “Permissions”, turn “Manage Roles” on.",
            forbidden.join(", "),
            survey.bot_role(standing.user)
        ));
    }
    if !full.is_empty() {
        hand.missing.push(format!(
            "The guild has {} roles, and Discord allows 250: {} have none and cannot be mentioned natively (plain text \
             works). Delete roles in “Server Settings”, “Roles”, or give these personas bots of their own.",
            survey.roles.len(),
            full.join(", ")
        ));
    }
    for bot in bots.iter() {
        let Some(me) = bot.known() else { continue };
        let own = survey.roles.iter().filter(|role| role.tags.bot_id.is_some_and(|id| id.get() == me.user));
        handles.extend(own.map(|role| (role.id.get(), bot.handle().to_owned())));
    }
    Ok(handles)
}

/// The role that stands for a persona: the remembered one, else one that may be taken.
pub(super) fn of<'a>(survey: &'a Survey, memory: &Memory, handle: &str) -> Option<&'a Role> {
    let remembered = memory.get(Kind::Role, handle).and_then(|known| survey.role(known.id));
    remembered.or_else(|| free(survey, memory, handle))
}

/// A role that looks as we make them, and that nobody holds: whoever holds a persona's role is notified with it.
fn free<'a>(survey: &'a Survey, memory: &Memory, handle: &str) -> Option<&'a Role> {
    alike(survey, memory, handle).filter(|role| is_plain(role) && survey.is_free(role)).min_by_key(|role| role.id)
}

/// The roles that are called like a persona, without those of other personas and of bots.
fn alike<'a>(survey: &'a Survey, memory: &Memory, handle: &str) -> impl Iterator<Item = &'a Role> {
    let taken = |role: &Role| memory.all(Kind::Role).any(|(name, known)| name != handle && known.id == role.id.get());
    let called = |role: &&Role| role.name.to_lowercase() == handle.to_lowercase() && !role.managed && !taken(role);
    survey.roles.iter().filter(called).collect::<Vec<_>>().into_iter()
}

/// Whether a role looks as we make them. People's own roles have rights, or stand apart, or are not to be mentioned.
fn is_plain(role: &Role) -> bool {
    role.permissions.is_empty() && role.mentionable && !role.hoist
}

fn another(handle: &str) -> String {
    format!(
        "There is a role @{handle} that people have a use for beside the department's own, so that the wrong one may be \
         mentioned: rename people's in “Server Settings”, “Roles”. The department's has no rights, and no members."
    )
}

async fn make(hand: &mut Hand<'_>, survey: &mut Survey, handle: &str) -> Result<Option<Role>, bullpen_chat::Error> {
    let body = json!({ "name": handle, "permissions": "0", "mentionable": true, "hoist": false });
    let made = hand.write::<Role>(Method::POST, &format!("/guilds/{}/roles", survey.id), &body).await;
    let Some(made) = hand.soften(made, &format!("cannot make the role @{handle}"))? else { return Ok(None) };
    hand.changed.push(format!("The role @{handle} was made."));
    survey.roles.push(made.clone());
    Ok(Some(made))
}

/// Keeps a role without rights and mentionable. Its name, colour and place are people's to change.
async fn mend(
    hand: &mut Hand<'_>,
    survey: &Survey,
    standing: &Standing,
    role: &Role,
) -> Result<(), bullpen_chat::Error> {
    if role.permissions.is_empty() && role.mentionable {
        return Ok(());
    }
    if !survey.below(standing, role) || !survey.rights(standing).contains(Permissions::MANAGE_ROLES) {
        hand.missing.push(format!(
            "The role @{0} should have no rights and be mentionable, and the bot may not change it: in “Server Settings”, \
             “Roles”, drag {1} above @{0}; or mend @{0} by hand.",
            role.name,
            survey.bot_role(standing.user)
        ));
        return Ok(());
    }
    let path = format!("/guilds/{}/roles/{}", survey.id, role.id);
    let mended = hand.write::<Value>(Method::PATCH, &path, &json!({ "permissions": "0", "mentionable": true })).await;
    if hand.soften(mended, &format!("cannot change the role @{}", role.name))?.is_some() {
        hand.changed.push(format!("The role @{} has no rights and is mentionable again.", role.name));
    }
    Ok(())
}

impl Survey {
    /// Whether a role is lower than the highest of a member's: then they may manage it. Of roles in the same place, the older
    /// one is higher.
    pub(crate) fn below(&self, standing: &Standing, role: &Role) -> bool {
        if standing.user == self.owner {
            return true;
        }
        let place = |role: &Role| (role.position, Reverse(role.id));
        let theirs = self.roles.iter().filter(|own| standing.roles.contains(&own.id));
        theirs.map(place).max().is_some_and(|highest| place(role) < highest)
    }

    /// What people see a bot's own role as, e.g. `the role “Bullpen”`.
    pub(crate) fn bot_role(&self, user: u64) -> String {
        let own = self.roles.iter().find(|role| role.tags.bot_id.is_some_and(|id| id.get() == user));
        own.map_or_else(|| "the bot".to_owned(), |role| format!("the role “{}”", role.name))
    }
}
