//! The webhooks that personas without a bot of their own speak through: one of the shared bot's for each channel.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use serenity::model::id::{ApplicationId, ChannelId};
use serenity::model::permissions::Permissions;

use super::Scene;
use super::channels::Found;
use super::hand::Hand;
use super::survey::{Standing, Survey};
use crate::api::Failure;
use crate::webhooks::NAME;

/// A webhook as far as it matters here; its token is not read.
#[derive(Deserialize)]
struct Webhook {
    #[serde(default)]
    application_id: Option<ApplicationId>,
    #[serde(default)]
    channel_id: Option<ChannelId>,
}

/// The channels that have a webhook of this application.
pub(crate) async fn standing(hand: &Hand<'_>, guild: u64, application: u64) -> Result<Vec<u64>, Failure> {
    let all: Vec<Webhook> = hand.get(&format!("/guilds/{guild}/webhooks")).await?;
    let ours = all.into_iter().filter(|hook| hook.application_id.is_some_and(|id| id.get() == application));
    Ok(ours.filter_map(|hook| Some(hook.channel_id?.get())).collect())
}

/// Makes the webhooks exist.
pub(super) async fn hooks(
    hand: &mut Hand<'_>,
    scene: &Scene<'_>,
    survey: &Survey,
    standing: &Standing,
    have: &[u64],
    found: &[Found],
) -> Result<(), bullpen_chat::Error> {
    if let Some(discord) = scene.discord {
        // Permissions may have been mended meanwhile.
        discord.webhooks.forgive();
    }
    let mut forbidden = Vec::new();
    for channel in found.iter().filter(|channel| !have.contains(&channel.id)) {
        let rights = survey.channel(channel.id).map(|there| survey.rights_in(standing, there));
        if !rights.is_some_and(|rights| rights.contains(Permissions::MANAGE_WEBHOOKS)) {
            forbidden.push(format!("#{}", channel.name));
            continue;
        }
        let made = match scene.discord {
            // The adapter's own way: nobody else in this process makes another meanwhile.
            Some(discord) => discord.webhooks.of(discord, channel.id).await.map(drop),
            None => {
                let path = format!("/channels/{}/webhooks", channel.id);
                hand.write::<Value>(Method::POST, &path, &json!({ "name": NAME })).await.map(drop)
            }
        };
        if hand.soften(made, &format!("cannot make a webhook in #{}", channel.name))?.is_some() {
            hand.changed.push(format!("A webhook was made in #{}.", channel.name));
        }
    }
    if !forbidden.is_empty() {
        hand.missing.push(format!(
            "The bot may not manage webhooks in {}, so personas cannot speak there under their own names: in “Server \
             Settings”, “Roles”, {}, “Permissions”, turn “Manage Webhooks” on, and see that the channel's own permissions \
             do not take it away.",
            forbidden.join(", "),
            survey.bot_role(standing.user)
        ));
    }
    Ok(())
}
