//! Who is who: the listed people's accounts.

use std::collections::BTreeMap;

use bullpen_chat::Listed;
use serde::Deserialize;
use serenity::model::id::UserId;

use super::hand::Hand;
use crate::setup::pages::WHERE_IDS_ARE;

/// Discord's code for somebody who is not in the guild.
const UNKNOWN_MEMBER: u64 = 10_007;
/// Discord's code for an id that is nobody's.
const UNKNOWN_USER: u64 = 10_013;
/// The shortest and longest id that Discord has given out, in digits.
const DIGITS: std::ops::RangeInclusive<usize> = 15..=20;

#[derive(Deserialize)]
struct Member {
    user: User,
}

#[derive(Deserialize)]
struct User {
    id: UserId,
    #[serde(default)]
    bot: bool,
}

/// The account of each person who is listed with one. Who is listed by a role is known when they speak.
pub(crate) async fn people(
    hand: &mut Hand<'_>,
    guild: u64,
    listed: &[Listed],
) -> Result<BTreeMap<String, u64>, bullpen_chat::Error> {
    let mut found = BTreeMap::new();
    for person in listed {
        let Some(id) = &person.id else { continue };
        if let Some(user) = one(hand, guild, &person.name, id).await? {
            found.insert(person.name.clone(), user);
        }
    }
    Ok(found)
}

async fn one(hand: &mut Hand<'_>, guild: u64, name: &str, id: &str) -> Result<Option<u64>, bullpen_chat::Error> {
    let number: Option<u64> = id.parse().ok().filter(|id| *id > 0);
    let Some(user) = number.filter(|_| DIGITS.contains(&id.len())) else {
        hand.missing.push(format!(
            "`discord: {id}` of {name} in bullpen.yaml is no user id; those are numbers of 17 to 20 digits, in quotes: \
             {WHERE_IDS_ARE}."
        ));
        return Ok(None);
    };
    let answer = hand.get::<Member>(&format!("/guilds/{guild}/members/{user}")).await;
    match answer.as_ref().err().and_then(crate::api::Failure::code) {
        Some(UNKNOWN_MEMBER) => {
            hand.missing.push(format!(
                "{name} (`discord: {id}` in bullpen.yaml) is not in the guild: invite them, or correct the id \
                 ({WHERE_IDS_ARE})."
            ));
            return Ok(None);
        }
        Some(UNKNOWN_USER) => {
            hand.missing.push(format!(
                "`discord: {id}` of {name} in bullpen.yaml is nobody's id: correct it ({WHERE_IDS_ARE})."
            ));
            return Ok(None);
        }
        _ => {}
    }
    let Some(Member { user }) = hand.soften(answer, &format!("cannot look up {name}"))? else { return Ok(None) };
    if user.bot {
        hand.missing.push(format!(
            "`discord: {id}` of {name} in bullpen.yaml is a bot's, and a bot is no person: correct it ({WHERE_IDS_ARE})."
        ));
        return Ok(None);
    }
    Ok(Some(user.id.get()))
}
