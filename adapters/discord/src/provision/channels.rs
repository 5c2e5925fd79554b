//! The category and its channels: found by id, else by name, made where there are none, with a topic.

use bullpen_chat::{ChannelPlan, Plan};
use reqwest::Method;
use serde_json::{Value, json};
use serenity::model::permissions::Permissions;

use super::Scene;
use super::hand::Hand;
use super::memory::{Kind, Known, Memory};
use super::survey::{Channel, Standing, Survey};

/// The longest topic that Discord keeps, in characters.
const LONGEST_TOPIC: usize = 1_024;

/// A channel of the plan that stands in the guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// What the plan calls it.
    pub(super) planned: String,
    /// What the guild calls it.
    pub(super) name: String,
    pub(super) id: u64,
}

/// Makes the plan's channels exist. `strays` are channels of ours that have another name than any in the plan, where
/// nothing else tells which they were: then nothing is made.
pub(super) async fn channels(
    hand: &mut Hand<'_>,
    scene: &Scene<'_>,
    survey: &mut Survey,
    standing: &Standing,
    memory: &mut Memory,
    plan: &Plan,
    strays: &[String],
) -> Result<Vec<Found>, bullpen_chat::Error> {
    let mut found = Vec::new();
    let mut forbidden = Vec::new();
    for planned in &plan.channels {
        let category = category(survey, memory, &scene.config.category);
        let channel = match pick(survey, memory, planned, category, standing) {
            Some(channel) => channel.clone(),
            None if !strays.is_empty() => {
                hand.missing.push(format!(
                    "There is no #{}, and {} may be what somebody renamed it to: start the server, which remembers \
                     which channel is which, or give the channel its name back.",
                    planned.name,
                    strays.join(", ")
                ));
                continue;
            }
            None if !may_make(survey, standing, category) => {
                forbidden.push(format!("#{}", planned.name));
                continue;
            }
            None => match make(hand, scene, survey, memory, planned).await? {
                Some(channel) => channel,
                None => continue,
            },
        };
        let rights = survey.rights_in(standing, &channel);
        if !rights.contains(Permissions::VIEW_CHANNEL) {
            hand.missing.push(format!(
                "The bot may not see #{0}: right-click #{0}, “Edit Channel”, “Permissions”, “Add members or roles”, add \
                 {1}, and allow it “View Channel” and what `bullpen doctor` names.",
                channel.name,
                survey.bot_role(standing.user)
            ));
            continue;
        }
        let known = memory.get(Kind::Channel, &planned.name).filter(|known| known.id == channel.id.get());
        let topic = topic(hand, planned, &channel, known, rights).await?;
        memory.keep(Kind::Channel, &planned.name, Known { id: channel.id.get(), topic }).await?;
        found.push(Found { planned: planned.name.clone(), name: channel.name, id: channel.id.get() });
    }
    if !forbidden.is_empty() {
        hand.missing.push(format!(
            "The bot may not make channels, and {} are missing: in “Server Settings”, “Roles”, {}, “Permissions”, turn \
             “Manage Channels” on; or make them by hand.",
            forbidden.join(", "),
            survey.bot_role(standing.user)
        ));
    }
    Ok(found)
}

/// The category: the remembered one, whatever it is called now, else the one of the name.
pub(super) fn category(survey: &Survey, memory: &Memory, name: &str) -> Option<u64> {
    let remembered = memory.get(Kind::Category, "").and_then(|known| survey.channel(known.id));
    remembered.or_else(|| survey.category(name)).map(|category| category.id.get())
}

/// The channel that is meant by a planned one.
pub(super) fn pick<'a>(
    survey: &'a Survey,
    memory: &Memory,
    planned: &ChannelPlan,
    category: Option<u64>,
    standing: &Standing,
) -> Option<&'a Channel> {
    let remembered = memory.get(Kind::Channel, &planned.name).and_then(|known| survey.channel(known.id));
    // Not one that stands for another name already.
    let taken = |channel: &&Channel| {
        !memory.all(Kind::Channel).any(|(name, known)| name != planned.name && known.id == channel.id.get())
    };
    remembered.or_else(|| survey.named(&planned.name, category, standing).filter(taken))
}

/// Whether the bot may make channels where ours belong.
fn may_make(survey: &Survey, standing: &Standing, category: Option<u64>) -> bool {
    let rights = match category.and_then(|id| survey.channel(id)) {
        Some(category) => survey.rights_in(standing, category),
        None => survey.rights(standing),
    };
    rights.contains(Permissions::MANAGE_CHANNELS)
}

/// Makes a channel in the category, and the category too where there is none.
async fn make(
    hand: &mut Hand<'_>,
    scene: &Scene<'_>,
    survey: &mut Survey,
    memory: &mut Memory,
    planned: &ChannelPlan,
) -> Result<Option<Channel>, bullpen_chat::Error> {
    let path = format!("/guilds/{}/channels", survey.id);
    let name = &scene.config.category;
    let parent = match category(survey, memory, name) {
        Some(id) => id,
        None => {
            let made = hand.write::<Channel>(Method::POST, &path, &json!({ "name": name, "type": 4 })).await;
            let Some(made) = hand.soften(made, &format!("cannot make the category {name}"))? else { return Ok(None) };
            hand.changed.push(format!("The category {name} was made."));
            let id = made.id.get();
            survey.channels.push(made);
            id
        }
    };
    memory.keep(Kind::Category, "", Known { id: parent, topic: None }).await?;
    let name = &planned.name;
    let body = json!({ "name": name, "type": 0, "topic": wanted(planned), "parent_id": parent.to_string() });
    let made = hand.write::<Channel>(Method::POST, &path, &body).await;
    let Some(made) = hand.soften(made, &format!("cannot make the channel #{name}"))? else { return Ok(None) };
    hand.changed.push(format!("The channel #{name} was made."));
    // At once: what is made and not remembered could be made a second time.
    memory.keep(Kind::Channel, name, Known { id: made.id.get(), topic: Some(wanted(planned)) }).await?;
    survey.channels.push(made.clone());
    Ok(Some(made))
}

/// Sets the topic where it is ours to set. The topic that we set last.
async fn topic(
    hand: &mut Hand<'_>,
    planned: &ChannelPlan,
    channel: &Channel,
    known: Option<&Known>,
    rights: Permissions,
) -> Result<Option<String>, bullpen_chat::Error> {
    let wanted = wanted(planned);
    let stands = channel.topic.clone().unwrap_or_default();
    if stands == wanted {
        return Ok(Some(wanted));
    }
    let last = known.and_then(|known| known.topic.clone());
    // A topic that somebody else set is theirs, and so is an empty one where ours was.
    let ours = match &last {
        None => stands.is_empty(),
        Some(last) => *last == stands,
    };
    if !ours || wanted.is_empty() {
        return Ok(last);
    }
    if !rights.contains(Permissions::MANAGE_CHANNELS) {
        hand.missing.push(format!(
            "The bot may not set the topic of #{0}: right-click #{0}, “Edit Channel”, “Permissions”, and allow the bot \
             “Manage Channel”; or set a topic by hand.",
            channel.name
        ));
        return Ok(last);
    }
    let path = format!("/channels/{}", channel.id);
    let set = hand.write::<Value>(Method::PATCH, &path, &json!({ "topic": wanted })).await;
    if hand.soften(set, &format!("cannot set the topic of #{}", channel.name))?.is_none() {
        return Ok(last);
    }
    hand.changed.push(format!("The topic of #{} was set.", channel.name));
    Ok(Some(wanted))
}

fn wanted(planned: &ChannelPlan) -> String {
    planned.topic.trim().chars().take(LONGEST_TOPIC).collect()
}
