//! Makes a guild what the department wants it to be: category, channels, topics, roles, webhooks, commands, and who is who.
//!
//! It looks first and changes only what is not right, so running it again calls nothing that writes. What people have
//! done stays: a topic that somebody set, a channel or a role that somebody renamed, a colour, an order.

mod channels;
mod commands;
pub(crate) mod hand;
pub(crate) mod home;
mod hooks;
mod memory;
pub(crate) mod people;
mod roles;
pub(crate) mod survey;

use std::collections::{BTreeMap, BTreeSet};

use bullpen_chat::{ChannelPlan, Identity, Listed, Plan, Provisioned};
use serenity::model::permissions::Permissions;
use sqlx::PgPool;
use uuid::Uuid;

use crate::Discord;
use crate::bots::Bots;
use crate::config::{Config, SHARED};
use crate::error::Error;
use crate::interact;
use crate::setup::pages;
pub(crate) use commands::stand as commands_stand;
use hand::Hand;
use home::Home;
pub(crate) use hooks::standing as hooks_standing;
use memory::{Kind, Memory};
use survey::{Channel, Role, Standing, Survey};

/// Whose guild is provisioned, and with what.
pub(crate) struct Scene<'a> {
    pub(crate) config: &'a Config,
    pub(crate) bots: &'a Bots,
    /// Where ids are remembered, for whom.
    pub(crate) memory: Option<(&'a PgPool, Uuid)>,
    /// The running adapter, where there is one.
    pub(crate) discord: Option<&'a Discord>,
}

/// What provisioning found and did.
#[derive(Debug, Default)]
pub(crate) struct Arranged {
    /// What the port is told.
    pub(crate) provisioned: Provisioned,
    /// The guild's id.
    pub(crate) guild: u64,
    /// The guild's name.
    pub(crate) name: String,
    /// The ids of the department's channels, by the plan's names.
    pub(crate) channels: BTreeMap<String, u64>,
    /// All channels that are the department's, also those that cannot be used just now.
    pub(crate) kept: BTreeSet<u64>,
    /// Discord's id of each listed person who is in the guild.
    pub(crate) people: BTreeMap<String, u64>,
    /// The handle by the role that stands for it.
    pub(crate) handles: BTreeMap<u64, String>,
    /// What was changed, a sentence each.
    pub(crate) changed: Vec<String>,
    /// Which bots of single personas are not in the guild, a sentence each.
    pub(crate) outside: Vec<String>,
}

/// Provisions the guild and lets the rest of the adapter know who and what is who.
pub(crate) async fn provision(discord: &Discord, plan: &Plan) -> Result<Provisioned, bullpen_chat::Error> {
    // Whatever Discord says: who our personas are is known here, and which channels are ours since the last time.
    let personas = plan.identities.iter().filter(|identity| identity.handle != SHARED);
    let about = |identity: &Identity| (identity.handle.clone(), format!("{}, {}", identity.name, identity.role));
    discord.guild.set_personas(personas.map(about).collect());
    let listed = |person: &Listed| Some((person.name.clone(), person.id.as_ref()?.parse().ok()?));
    let people: BTreeMap<String, u64> = plan.people.iter().filter_map(listed).collect();
    if !discord.guild.knows_people() {
        discord.guild.set_people(people);
    }
    remember(discord, plan).await?;
    let scene = Scene {
        config: &discord.config,
        bots: &discord.bots,
        memory: Some((&discord.pool, discord.org)),
        discord: Some(discord),
    };
    let mut arranged = arrange(&scene, plan).await?;
    arranged.provisioned.missing.append(&mut arranged.outside);
    for changed in &arranged.changed {
        tracing::info!(org = %discord.org, "{changed}");
    }
    discord.guild.set_id(arranged.guild);
    discord.guild.set_handles(arranged.handles);
    discord.guild.set_people(arranged.people);
    discord.guild.set_ours(arranged.channels);
    discord.keep_ours(&arranged.kept).await?;
    Ok(arranged.provisioned)
}

/// Says which channels and roles were ours the last time, so that people are heard while Discord does not answer us.
async fn remember(discord: &Discord, plan: &Plan) -> Result<(), Error> {
    if discord.guild.knows_ours() {
        return Ok(());
    }
    let Some(guild) = memory::guild(&discord.pool, discord.org, discord.config.guild).await? else { return Ok(()) };
    let known = Memory::read(&discord.pool, discord.org, guild).await?;
    let ids = |kind| known.all(kind).map(|(name, known)| (name.to_owned(), known.id)).collect::<BTreeMap<_, _>>();
    let mut channels = ids(Kind::Channel);
    channels.retain(|name, _| is_planned(plan, name));
    if channels.is_empty() {
        return Ok(());
    }
    discord.guild.set_id(guild);
    discord.guild.set_handles(ids(Kind::Role).into_iter().map(|(handle, role)| (role, handle)).collect());
    discord.guild.set_ours(channels);
    Ok(())
}

fn is_planned(plan: &Plan, name: &str) -> bool {
    plan.channels.iter().any(|channel| channel.name == name)
}

/// Provisions the guild, with or without a running adapter.
///
/// # Errors
/// When Discord cannot be reached, is out of order, or does not let the shared bot in. Whatever else it refuses becomes a
/// sentence in [`Provisioned::missing`].
pub(crate) async fn arrange(scene: &Scene<'_>, plan: &Plan) -> Result<Arranged, bullpen_chat::Error> {
    let mut hand = Hand::new(scene.bots.shared());
    let me = hand.bot.me().await?.clone();
    // A guild that we have settled in stays ours, whoever invites the bot elsewhere.
    let wanted = match scene.memory {
        Some((pool, org)) => memory::guild(pool, org, scene.config.guild).await?,
        None => scene.config.guild,
    };
    let home = home::home(&hand, wanted).await?;
    if let Some(why) = home.left_to_do(me.application, wanted) {
        return Err(bullpen_chat::Error::Refused { why });
    }
    let Home::In { id: guild, name } = home else {
        // `left_to_do` has said something of every other case.
        return Err(bullpen_chat::Error::Refused { why: "the bot is in no guild".into() });
    };
    let mut memory = match scene.memory {
        Some((pool, org)) => Memory::open(pool, org, guild).await?,
        None => Memory::none(),
    };
    let done = settle(&mut hand, scene, guild, &mut memory, plan).await;
    memory.close().await?;
    let mut arranged = done?;
    arranged.name = name;
    arranged.changed.append(&mut hand.changed);
    arranged.provisioned.missing.append(&mut hand.missing);
    for bot in scene.bots.iter().skip(1) {
        let mut own = Hand::new(bot);
        invited(&mut own, guild).await?;
        arranged.outside.append(&mut own.missing);
    }
    Ok(arranged)
}

/// What the shared bot does, while nobody else does it.
async fn settle(
    hand: &mut Hand<'_>,
    scene: &Scene<'_>,
    guild: u64,
    memory: &mut Memory,
    plan: &Plan,
) -> Result<Arranged, bullpen_chat::Error> {
    let me = hand.bot.me().await?.clone();
    for bot in scene.bots.iter().skip(1) {
        // Who is refused here is told so later.
        let _ = bot.me().await;
    }
    let mut survey = Survey::of(hand, guild).await?;
    let standing = survey.standing(hand, me.user).await?;
    let sees_hooks = survey.rights(&standing).contains(Permissions::MANAGE_WEBHOOKS);
    let have = if sees_hooks { Some(hooks::standing(hand, guild, me.application).await) } else { None };
    let have = match have {
        Some(have) => hand.soften(have, "cannot list webhooks")?.unwrap_or_default(),
        None => Vec::new(),
    };
    let strays = if memory.lasts() { Vec::new() } else { strays(&survey, plan, &have) };
    let found = channels::channels(hand, scene, &mut survey, &standing, memory, plan, &strays).await?;
    let handles = roles::roles(hand, &mut survey, &standing, memory, scene.bots, plan).await?;
    hooks::hooks(hand, scene, &survey, &standing, &have, &found).await?;
    commands::commands(hand, me.application, guild, &interact::commands(plan)).await?;
    let people = people::people(hand, guild, &plan.people).await?;
    let channels: BTreeMap<String, u64> = found.into_iter().map(|channel| (channel.planned, channel.id)).collect();
    let remembered = memory.all(Kind::Channel).filter(|(name, _)| is_planned(plan, name)).map(|(_, known)| known.id);
    let kept = channels.values().copied().chain(remembered).collect();
    let told = channels.iter().map(|(name, id)| (name.clone(), id.to_string())).collect();
    Ok(Arranged {
        provisioned: Provisioned { channels: told, missing: Vec::new() },
        guild,
        channels,
        kept,
        people,
        handles,
        ..Arranged::default()
    })
}

/// Channels with a webhook of ours that have no name of the plan: somebody may have renamed them.
fn strays(survey: &Survey, plan: &Plan, have: &[u64]) -> Vec<String> {
    let planned = |name: &str| plan.channels.iter().any(|channel| channel.name.eq_ignore_ascii_case(name));
    let ours = survey.channels.iter().filter(|channel| have.contains(&channel.id.get()) && !planned(&channel.name));
    ours.map(|channel| format!("#{}", channel.name)).collect()
}

/// Whether the bot of a single persona is in the guild.
async fn invited(hand: &mut Hand<'_>, guild: u64) -> Result<(), bullpen_chat::Error> {
    let me = hand.bot.me().await.cloned();
    let Some(me) = hand.soften(me, "is not let in")? else { return Ok(()) };
    let home = home::home(hand, Some(guild)).await;
    let Some(home) = hand.soften(home, "cannot see which guilds it is in")? else { return Ok(()) };
    if !matches!(home, Home::In { .. }) {
        hand.missing.push(format!(
            "The bot {} is not in the guild: open {}, “Continue”, “Authorize”.",
            hand.bot.name(),
            pages::invite(me.application, true, Some(guild))
        ));
    }
    Ok(())
}

/// How a channel of the plan stands.
pub(crate) enum Place<'a> {
    /// It is there.
    There {
        /// The channel, whatever it is called now.
        channel: &'a Channel,
    },
    /// There is none.
    Absent {
        /// What the plan calls it.
        name: String,
    },
}

/// Where the plan's channels are, as [`arrange`] would find them; nothing is changed.
pub(crate) async fn places<'a>(
    survey: &'a Survey,
    standing: &Standing,
    memory: Option<(&PgPool, Uuid)>,
    config: &Config,
    plan: &Plan,
) -> Vec<Place<'a>> {
    let memory = remembered(memory, survey.id).await;
    let category = channels::category(survey, &memory, &config.category);
    let place = |planned: &ChannelPlan| match channels::pick(survey, &memory, planned, category, standing) {
        Some(channel) => Place::There { channel },
        None => Place::Absent { name: planned.name.clone() },
    };
    plan.channels.iter().map(place).collect()
}

/// The roles of personas, as [`arrange`] would find them; nothing is changed.
pub(crate) async fn roles_of<'a>(
    survey: &'a Survey,
    memory: Option<(&PgPool, Uuid)>,
    handles: &[&str],
) -> Vec<(String, Option<&'a Role>)> {
    let memory = remembered(memory, survey.id).await;
    handles.iter().map(|handle| ((*handle).to_owned(), roles::of(survey, &memory, handle))).collect()
}

/// What is remembered of a guild; nothing where the server never ran.
async fn remembered(memory: Option<(&PgPool, Uuid)>, guild: u64) -> Memory {
    match memory {
        Some((pool, org)) => Memory::read(pool, org, guild).await.unwrap_or_else(|_| Memory::none()),
        None => Memory::none(),
    }
}
