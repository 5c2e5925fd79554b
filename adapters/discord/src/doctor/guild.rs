//! The guild: whether a bot is in it, and what it may do where; and what of the department stands there.

use serenity::model::permissions::Permissions;

use super::{Ask, Findings, State};
use crate::bots::{Bots, Me};
use crate::config::SHARED;
use crate::interact;
use crate::provision::hand::Hand;
use crate::provision::home::{self, Home};
use crate::provision::survey::{Standing, Survey};
use crate::provision::{self, Place};
use crate::setup::{pages, permissions};

/// What the department can do without: cards in locked threads stay as they are, and the doctor hears of no event.
const SPARED: Permissions = Permissions::MANAGE_THREADS.union(Permissions::ADD_REACTIONS);

/// A guild, and a bot's place in it.
pub(super) struct Seen {
    pub(super) survey: Survey,
    pub(super) standing: Standing,
}

/// Finds the guild; `None` where the bot is not in it.
pub(super) async fn seen(hand: &Hand<'_>, me: &Me, wanted: Option<u64>, findings: &mut Findings<'_>) -> Option<Seen> {
    let dedicated = !hand.bot.is_shared();
    let read = async {
        let id = match home::home(hand, wanted).await? {
            Home::In { id, .. } => id,
            elsewhere => return Ok(Err(elsewhere)),
        };
        let survey = Survey::of(hand, id).await?;
        let standing = survey.standing(hand, me.user).await?;
        Ok::<_, crate::api::Failure>(Ok(Seen { survey, standing }))
    };
    match read.await {
        Ok(Ok(seen)) => {
            findings.add("guild", State::Good, format!("it is in {} ({}).", seen.survey.name, seen.survey.id));
            rights(me, dedicated, &seen, findings);
            Some(seen)
        }
        Ok(Err(Home::Outside)) if dedicated => {
            findings.add(
                "guild",
                State::Bad,
                format!(
                    "It is not in the guild: open {}, “Continue”, “Authorize”.",
                    pages::invite(me.application, true, wanted)
                ),
            );
            None
        }
        Ok(Err(elsewhere)) => {
            findings.add("guild", State::Bad, elsewhere.left_to_do(me.application, wanted).unwrap_or_default());
            None
        }
        Err(failure) => {
            findings.add("guild", State::Bad, format!("It cannot be looked at: {failure}."));
            None
        }
    }
}

/// What the bot may do in the guild as a whole.
fn rights(me: &Me, dedicated: bool, seen: &Seen, findings: &mut Findings<'_>) {
    let Seen { survey, standing } = seen;
    let has = survey.rights(standing);
    let role = survey.bot_role(me.user);
    let missing: Vec<String> = permissions::needed(dedicated)
        .filter(|permission| has.bits() & permission.bit == 0)
        .map(|permission| format!("{} ({})", permission.name, permission.why))
        .collect();
    if !missing.is_empty() {
        let rest = Permissions::from_bits_truncate(permissions::bits(dedicated)) & !SPARED;
        let state = if has.contains(rest) { State::Warning } else { State::Bad };
        findings.add(
            "permissions",
            state,
            format!(
                "Missing: {}. In “Server Settings”, “Roles”, {role}, “Permissions”, turn them on; or open {} again, \
                 “Continue”, “Authorize”.",
                missing.join(", "),
                pages::invite(me.application, dedicated, Some(survey.id))
            ),
        );
    } else if has.contains(Permissions::ADMINISTRATOR) {
        findings.add(
            "permissions",
            State::Warning,
            format!(
                "It is an administrator, and need not be: in “Server Settings”, “Roles”, {role}, “Permissions”, turn \
                 “Administrator” off."
            ),
        );
    } else {
        let count = permissions::needed(dedicated).count();
        findings.add("permissions", State::Good, format!("all {count} that it needs."));
    }
}

/// Looks at the department's channels for a bot. The ids of those in which it may do what it has to.
pub(super) async fn channels(
    hand: &Hand<'_>,
    ask: &Ask<'_>,
    me: &Me,
    seen: &Seen,
    findings: &mut Findings<'_>,
) -> Vec<u64> {
    let Seen { survey, standing } = seen;
    let dedicated = !hand.bot.is_shared();
    let has = survey.rights(standing);
    let mut well = Vec::new();
    for place in provision::places(survey, standing, ask.memory, ask.config, ask.plan).await {
        let (name, channel) = match place {
            Place::Absent { name } => {
                if !dedicated {
                    let renamed = match ask.memory {
                        Some(_) => "",
                        None => {
                            " If somebody renamed it, all is well: the server knows, and this look could not ask it."
                        }
                    };
                    findings.add(
                        &format!("#{name}"),
                        State::Bad,
                        format!(
                            "There is none: `bullpen setup discord`, or a start of the server, makes it, or says why it \
                             cannot.{renamed}"
                        ),
                    );
                }
                continue;
            }
            Place::There { channel } => (format!("#{}", channel.name), channel),
        };
        let rights = survey.rights_in(standing, channel);
        let in_channels = permissions::needed(dedicated).filter(|permission| permission.in_channels);
        // What the guild as a whole does not give was told already.
        let taken = permissions::lacking(in_channels.filter(|p| has.bits() & p.bit != 0), rights);
        let role = survey.bot_role(me.user);
        if !rights.contains(Permissions::VIEW_CHANNEL) && has.contains(Permissions::VIEW_CHANNEL) {
            findings.add(
                &name,
                State::Bad,
                format!(
                    "It does not see it, so all of it is missing there: right-click {name}, “Edit Channel”, “Permissions”, \
                     “Add members or roles”, {role}, and allow {}.",
                    taken.join(", ")
                ),
            );
        } else if taken.is_empty() {
            well.push(channel.id.get());
        } else {
            findings.add(
                &name,
                State::Bad,
                format!(
                    "The channel takes from it: {}. Right-click {name}, “Edit Channel”, “Permissions”, {role}, and allow \
                     these.",
                    taken.join(", ")
                ),
            );
        }
    }
    if !well.is_empty() {
        findings.add("channels", State::Good, format!("it is in {} of {}.", well.len(), ask.plan.channels.len()));
    }
    well
}

/// Looks at the roles that stand for personas.
pub(super) async fn roles(ask: &Ask<'_>, bots: &Bots, seen: &Seen, findings: &mut Findings<'_>) {
    let Seen { survey, standing } = seen;
    let shared = ask.plan.identities.iter().map(|identity| identity.handle.as_str());
    let wanted: Vec<&str> = shared.filter(|handle| *handle != SHARED && bots.own(handle).is_none()).collect();
    let found = provision::roles_of(survey, ask.memory, &wanted).await;
    let (mut well, mut absent, mut above, mut mighty) = (0, Vec::new(), Vec::new(), Vec::new());
    for (handle, role) in &found {
        let Some(role) = role else {
            absent.push(format!("@{handle}"));
            continue;
        };
        let right = role.permissions.is_empty() && role.mentionable;
        if !survey.below(standing, role) {
            above.push(format!("@{}", role.name));
        } else if right {
            well += 1;
        }
        if !right {
            mighty.push(format!("@{}", role.name));
        }
    }
    let bot = survey.bot_role(standing.user);
    if !absent.is_empty() {
        findings.add(
            "roles",
            State::Warning,
            format!(
                "{} have none, so that people cannot pick them from the list after @ (plain text works): `bullpen setup \
                 discord` makes them, or says why it cannot.",
                absent.join(", ")
            ),
        );
    }
    if !above.is_empty() {
        findings.add(
            "role order",
            State::Warning,
            format!(
                "{} stand above {bot}, so it cannot keep them in order: in “Server Settings”, “Roles”, drag {bot} above \
                 them.",
                above.join(", ")
            ),
        );
    }
    if !mighty.is_empty() {
        findings.add(
            "roles",
            State::Warning,
            format!(
                "{} should be mentionable and have no rights: `bullpen setup discord` mends it.",
                mighty.join(", ")
            ),
        );
    }
    if well > 0 {
        findings.add("roles", State::Good, format!("{well} of {} personas can be mentioned by one.", found.len()));
    }
}

/// Looks at the webhooks of channels.
pub(super) async fn webhooks(hand: &Hand<'_>, me: &Me, seen: &Seen, channels: &[u64], findings: &mut Findings<'_>) {
    if !seen.survey.rights(&seen.standing).contains(Permissions::MANAGE_WEBHOOKS) {
        // It was told among the permissions.
        return;
    }
    let have = match provision::hooks_standing(hand, seen.survey.id, me.application).await {
        Ok(have) => have,
        Err(failure) => {
            findings.add("webhooks", State::Bad, format!("They cannot be listed: {failure}."));
            return;
        }
    };
    let name =
        |id: &u64| seen.survey.channel(*id).map_or_else(|| id.to_string(), |channel| format!("#{}", channel.name));
    let without: Vec<String> = channels.iter().filter(|id| !have.contains(*id)).map(name).collect();
    if without.is_empty() {
        findings.add("webhooks", State::Good, format!("one in each of {} channels.", channels.len()));
    } else {
        findings.add(
            "webhooks",
            State::Warning,
            format!(
                "None in {}: `bullpen setup discord` makes one, and so does the first post there. A channel holds 15; where \
                 others have them all, delete one in “Edit Channel”, “Integrations”, “Webhooks”.",
                without.join(", ")
            ),
        );
    }
}

/// Looks whether the commands are registered.
pub(super) async fn commands(hand: &Hand<'_>, ask: &Ask<'_>, me: &Me, seen: &Seen, findings: &mut Findings<'_>) {
    let wanted = interact::commands(ask.plan);
    match provision::commands_stand(hand, me.application, seen.survey.id, &wanted).await {
        Ok(true) => findings.add("commands", State::Good, "registered in the guild."),
        Ok(false) => findings.add(
            "commands",
            State::Warning,
            "They are not what this version has: `bullpen setup discord`, or a start of the server, registers them.",
        ),
        Err(failure) if failure.status() == Some(403) => findings.add(
            "commands",
            State::Bad,
            format!(
                "The bot was let in without commands: open {}, “Continue”, “Authorize”.",
                pages::invite(me.application, false, Some(seen.survey.id))
            ),
        ),
        Err(failure) => findings.add("commands", State::Bad, format!("They cannot be looked at: {failure}.")),
    }
}
