//! Who is who: the listed people's accounts, and the user groups that are called like a persona.

use std::collections::BTreeMap;

use bullpen_chat::{Identity, Listed};
use serde::Deserialize;

use super::hand::Hand;
use crate::apps::Me;

#[derive(Deserialize)]
struct Answer {
    user: User,
}

#[derive(Deserialize)]
struct User {
    id: String,
    #[serde(default)]
    team_id: String,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    is_restricted: bool,
}

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    usergroups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    id: String,
    handle: String,
}

/// How to find a member's id, for sentences.
pub(crate) const WHERE_IDS_ARE: &str = "in Slack, click the person's picture, “⋮”, “Copy member ID”";

/// The account of each listed person who has one.
pub(super) async fn people(
    hand: &mut Hand<'_>,
    me: &Me,
    listed: &[Listed],
) -> Result<BTreeMap<String, String>, bullpen_chat::Error> {
    let mut found = BTreeMap::new();
    for person in listed {
        let id = match (&person.id, &person.email) {
            (Some(id), _) => by_id(hand, &person.name, id).await?,
            (None, Some(email)) => by_email(hand, me, &person.name, email).await?,
            (None, None) => None,
        };
        if let Some(id) = id {
            found.insert(person.name.clone(), id);
        }
    }
    Ok(found)
}

async fn by_id(hand: &mut Hand<'_>, name: &str, id: &str) -> Result<Option<String>, bullpen_chat::Error> {
    if !looks_like_id(id) {
        hand.missing.push(format!(
            "`slack: {id}` of {name} in bullpen.yaml is no member id; those look like U012ABCDEF: {WHERE_IDS_ARE}."
        ));
        return Ok(None);
    }
    let answer = hand.read::<Answer>("users.info", &[("user", Some(id))]).await;
    if let Some("user_not_found" | "user_not_visible" | "users_not_found") =
        answer.as_ref().err().and_then(|e| e.code())
    {
        hand.missing.push(format!(
            "`slack: {id}` of {name} in bullpen.yaml is nobody in this workspace: correct it ({WHERE_IDS_ARE})."
        ));
        return Ok(None);
    }
    let Some(Answer { user }) = hand.soften(answer, &format!("cannot look up {name}"))? else { return Ok(None) };
    Ok(living(hand, name, user))
}

async fn by_email(
    hand: &mut Hand<'_>,
    me: &Me,
    name: &str,
    email: &str,
) -> Result<Option<String>, bullpen_chat::Error> {
    let answer = hand.read::<Answer>("users.lookupByEmail", &[("email", Some(email))]).await;
    if answer.as_ref().err().and_then(|e| e.code()) == Some("users_not_found") {
        hand.missing.push(format!(
            "No account in this workspace has {name}'s address {email}: correct `email:` in bullpen.yaml, or set \
             `slack:` to the member id ({WHERE_IDS_ARE})."
        ));
        return Ok(None);
    }
    let Some(Answer { user }) = hand.soften(answer, &format!("cannot look up {name}"))? else { return Ok(None) };
    // An address is proof only for a full member: guests' and other organisations' addresses are not this workspace's
    // to vouch for.
    if user.is_restricted || (!user.team_id.is_empty() && user.team_id != me.team_id) {
        hand.missing.push(format!(
            "{name}'s address belongs to a guest or to somebody from elsewhere: if they are meant to count, set \
             `slack: {}` for them in bullpen.yaml.",
            user.id
        ));
        return Ok(None);
    }
    Ok(living(hand, name, user))
}

/// The id of an account that a person can use.
fn living(hand: &mut Hand<'_>, name: &str, user: User) -> Option<String> {
    let problem = match (user.deleted, user.is_bot) {
        (true, _) => "is deactivated",
        (_, true) => "is a bot's, and a bot is no person",
        _ => return Some(user.id),
    };
    hand.missing
        .push(format!("{name}'s account {} {problem}: correct it in bullpen.yaml, or take {name} out.", user.id));
    None
}

fn looks_like_id(id: &str) -> bool {
    id.len() >= 3
        && id.starts_with(['U', 'W'])
        && id.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}

/// The persona's handle by the id of the user group that is called like it.
pub(super) async fn groups(
    hand: &mut Hand<'_>,
    identities: &[Identity],
) -> Result<BTreeMap<String, String>, bullpen_chat::Error> {
    let answer = hand.read::<Groups>("usergroups.list", &[]).await;
    // A plan without user groups is no fault: personas are addressed in other ways.
    if let Some("paid_teams_only" | "plan_upgrade_required" | "not_allowed" | "no_permission" | "user_is_bot") =
        answer.as_ref().err().and_then(|e| e.code())
    {
        return Ok(BTreeMap::new());
    }
    let Some(groups) = hand.soften(answer, "cannot list user groups")? else { return Ok(BTreeMap::new()) };
    let of = |group: &Group| {
        identities
            .iter()
            .find(|identity| alike(&identity.handle, &group.handle))
            .map(|identity| identity.handle.clone())
    };
    Ok(groups.usergroups.iter().filter_map(|group| Some((group.id.clone(), of(group)?))).collect())
}

/// Slack's handles have hyphens where ours have underscores, and none has capitals.
fn alike(ours: &str, theirs: &str) -> bool {
    let fold = |handle: &str| handle.to_lowercase().replace('_', "-");
    fold(ours) == fold(theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_from_a_name() {
        assert!(looks_like_id("U012ABCDEF") && looks_like_id("W9"[..].repeat(2).as_str()));
        assert!(!looks_like_id("@ana") && !looks_like_id("ana.lee") && !looks_like_id("Ulla") && !looks_like_id("U"));
    }

    #[test]
    fn handles_are_alike_whatever_joins_their_words() {
        assert!(alike("content_manager", "content-manager") && alike("cmo", "CMO"));
        assert!(!alike("cmo", "cto"));
    }
}
