//! `bullpen setup discord`: from nothing to the department in a guild, with channels, roles and people in place.
//!
//! [`run`] does what can be done and says what a person has to click; run again, it goes on from there, and changes
//! nothing that is right. It posts nothing: the department says its own welcome when it starts. It writes no file, and
//! shows no secret.

pub(crate) mod intents;
pub(crate) mod pages;
pub(crate) mod permissions;
pub(crate) mod tokens;

use std::collections::BTreeMap;

use bullpen_chat::Plan;
use secrecy::SecretString;
use sqlx::PgPool;
use url::Url;
use uuid::Uuid;

pub use pages::invite;
pub use permissions::{PERMISSIONS, Permission, bits, needed};

use crate::Discord;
use crate::api::Failure;
use crate::bots::{Bot, Bots, Me};
use crate::config::{self, Config};
use crate::error::Error;
use crate::provision::hand::Hand;
use crate::provision::home::{self, Home};
use crate::provision::{self, Scene};
use pages::{PORTAL, WHERE_IDS_ARE, bot_page};

/// The variable that the shared bot's token comes from.
pub const TOKEN: &str = "DISCORD_TOKEN";

/// The variable that a persona's own token usually comes from: `DISCORD_CMO_TOKEN` for `cmo`.
#[must_use]
pub fn variable(handle: &str) -> String {
    format!("DISCORD_{}_TOKEN", handle.to_uppercase().replace('-', "_"))
}

/// A bot that is wanted, and what of it is known.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// `bullpen` for the shared bot, else the persona's handle.
    pub name: String,
    /// The persona that it belongs to; `None` for the shared bot.
    pub persona: Option<String>,
    /// The name that people shall see.
    pub display: String,
    /// The variable that its token belongs in.
    pub variable: String,
    /// Its token, where it is set already.
    pub token: Option<SecretString>,
}

/// What setup is asked for.
#[derive(Clone)]
pub struct Wish {
    /// The base of the REST routes.
    pub api_url: String,
    /// Where this server can be reached, for pictures.
    pub public_url: Option<Url>,
    /// The guild, where it is named.
    pub guild: Option<u64>,
    /// The category that the department's channels are made in.
    pub category: String,
    /// The bots, the shared one first.
    pub bots: Vec<Wanted>,
    /// The role in Discord of each person who is listed by one: an id or a name, by the person's name.
    pub roles: BTreeMap<String, String>,
    /// What the guild shall hold.
    pub plan: Plan,
    /// The department's database and organisation, where there is one to reach. Without it, setup knows what is whose by
    /// names alone, and makes nothing where a channel seems to have been renamed.
    pub memory: Option<(PgPool, Uuid)>,
}

/// How setup ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything is in place.
    Ready,
    /// A person has to do what was said; then it is run again.
    Waiting,
}

/// Says a line to whoever runs it.
pub type Say<'a> = &'a mut (dyn FnMut(&str) + Send);

/// Does what can be done of a wish, and says what is left.
///
/// # Errors
/// When the wish cannot be carried out: a sentence that says what to mend.
pub async fn run(wish: &Wish, say: Say<'_>) -> Result<Ending, Error> {
    check(wish)?;
    let mut waiting = false;
    for wanted in wish.bots.iter().filter(|wanted| wanted.token.is_none()) {
        list(say, &format!("What is left to do for the bot {}:", wanted.display), &making(wanted));
        waiting = true;
    }
    if wish.bots.first().is_some_and(|shared| shared.token.is_none()) {
        again(say, true);
        return Ok(Ending::Waiting);
    }
    let config = wish.config();
    let bots = Bots::new(&config)?;
    let mut home = None;
    for bot in bots.iter() {
        let me = bot.me().await.map_err(|failure| refused(bot, failure))?;
        let steps = intents::steps(bot, me);
        waiting |= !steps.is_empty();
        if !steps.is_empty() {
            list(say, &format!("What is left to do for the bot {}:", me.name), &steps);
        }
        let hand = Hand::new(bot);
        match &home {
            None => {
                let found = home::home(&hand, wish.guild).await?;
                if !lets_in(&found, bot, me, wish, say) {
                    again(say, false);
                    return Ok(Ending::Waiting);
                }
                home = Some(found);
            }
            Some(Home::In { id, .. }) => {
                if home::home(&hand, Some(*id)).await? == Home::Outside {
                    waiting = true;
                    explained(say, me, true, Some(*id));
                }
            }
            Some(_) => {}
        }
    }
    let ready = arrange(wish, &config, &bots, say).await?;
    if waiting || !ready {
        again(say, false);
        return Ok(Ending::Waiting);
    }
    say("Done. `bullpen up` starts the department, and `bullpen doctor` looks whether all is well.");
    Ok(Ending::Ready)
}

/// Channels, roles, webhooks, commands, people. Whether nothing is left to do.
async fn arrange(wish: &Wish, config: &Config, bots: &Bots, say: Say<'_>) -> Result<bool, Error> {
    if let Some((pool, _)) = &wish.memory {
        Discord::migrate(pool).await?;
    }
    let memory = wish.memory.as_ref().map(|(pool, org)| (pool, *org));
    let scene = Scene { config, bots, memory, discord: None };
    let arranged = provision::arrange(&scene, &wish.plan).await.map_err(|error| {
        Error::Config(format!("the guild could not be set up ({error}); run `bullpen doctor`, then this again"))
    })?;
    say("");
    say(&format!("In the guild {} ({}):", arranged.name, arranged.guild));
    for changed in &arranged.changed {
        say(&format!("  {changed}"));
    }
    if arranged.changed.is_empty() {
        say("  Channels, topics, roles, webhooks and commands are as they should be; nothing was changed.");
    }
    for says in &arranged.provisioned.missing {
        say(&format!("Left to do: {says}"));
    }
    let mut linked: Vec<String> = arranged.people.keys().cloned().collect();
    linked.extend(wish.roles.iter().map(|(person, role)| format!("{person} (the role {role})")));
    if linked.is_empty() {
        say(&format!(
            "Left to do: Nobody in bullpen.yaml is linked to an account in Discord, so nobody there can ask for work or \
             approve it: set `discord:` to the user id of each person, in quotes ({WHERE_IDS_ARE}), or `discord_role:` \
             to a role that stands for them."
        ));
    } else {
        say(&format!("Linked to accounts: {}.", linked.join(", ")));
    }
    // Which bots are outside was told already, with their links.
    Ok(arranged.provisioned.missing.is_empty() && !linked.is_empty())
}

impl Wish {
    /// The configuration of the bots that have a token.
    fn config(&self) -> Config {
        let bot = |wanted: &Wanted| {
            Some(config::Bot {
                name: wanted.name.clone(),
                persona: wanted.persona.clone(),
                token: wanted.token.clone()?,
                variable: wanted.variable.clone(),
            })
        };
        Config {
            api_url: self.api_url.clone(),
            public_url: self.public_url.clone(),
            guild: self.guild,
            category: self.category.clone(),
            bots: self.bots.iter().filter_map(bot).collect(),
        }
    }
}

/// Refuses a wish that cannot be meant.
fn check(wish: &Wish) -> Result<(), Error> {
    let refuse = |says: String| Err(Error::Config(says));
    if wish.bots.first().is_none_or(|first| first.persona.is_some()) {
        return refuse("the shared Discord bot is missing from what is to be set up".into());
    }
    for (index, wanted) in wish.bots.iter().enumerate() {
        if wish.bots[..index].iter().any(|other| other.name == wanted.name) {
            return refuse(format!("two Discord bots are called {}; remove one", wanted.name));
        }
        if let Some(says) = wanted.token.as_ref().and_then(|token| tokens::fault(&wanted.variable, token)) {
            return refuse(says);
        }
    }
    Ok(())
}

/// The longest name of an application, in characters.
const LONGEST_NAME: usize = 32;

/// What the application of a bot is to be called: its name, without what stands in brackets where that is too long.
fn application_name(display: &str) -> String {
    let name =
        if display.chars().count() > LONGEST_NAME { display.split(" (").next().unwrap_or(display) } else { display };
    name.chars().take(LONGEST_NAME).collect()
}

/// How a bot is made, click by click.
fn making(wanted: &Wanted) -> Vec<String> {
    let intents = if wanted.persona.is_some() {
        "In the menu at the left, click “Bot”. It needs none of the “Privileged Gateway Intents”.".to_owned()
    } else {
        "In the menu at the left, click “Bot”. Below “Privileged Gateway Intents”, turn “Server Members Intent” and \
         “Message Content Intent” on, then “Save Changes”. (“Presence Intent” stays off.)"
            .to_owned()
    };
    vec![
        format!(
            "Open {PORTAL}, click “New Application”, name it {} (a name with “discord” or “clyde” in it is refused), \
             agree to the terms, “Create”.",
            application_name(&wanted.display)
        ),
        intents,
        format!(
            "On the same page, click “Reset Token”, “Yes, do it!”, “Copy”; Discord shows it this once: {}=…",
            wanted.variable
        ),
    ]
}

/// Whether the shared bot is in the guild; where it is not, says how it gets there.
fn lets_in(found: &Home, bot: &Bot, me: &Me, wish: &Wish, say: Say<'_>) -> bool {
    match found {
        Home::In { .. } => true,
        Home::Outside => {
            explained(say, me, !bot.is_shared(), wish.guild);
            false
        }
        several @ Home::Several(_) => {
            if let Some(says) = several.left_to_do(me.application, wish.guild) {
                list(say, "What is left to do:", &[says]);
            }
            false
        }
    }
}

/// The invite link of a bot, with the reason for each permission in it.
fn explained(say: Say<'_>, me: &Me, dedicated: bool, guild: Option<u64>) {
    let how = "Open the address below, choose the server, “Continue”, “Authorize”. Whoever does that needs “Manage Server” \
               there.";
    list(say, &format!("Let the bot {} in:", me.name), &[how.to_owned()]);
    say(&format!("     {}", pages::invite(me.application, dedicated, guild)));
    say(&format!("  The link asks for these permissions, {} in Discord's count, and no others:", bits(dedicated)));
    for permission in needed(dedicated) {
        say(&format!("    {:<24} {}", permission.name, permission.why));
    }
}

/// Says a list of steps.
fn list(say: Say<'_>, heading: &str, steps: &[String]) {
    say("");
    say(heading);
    for (number, step) in (1..).zip(steps) {
        say(&format!("  {number}. {step}"));
    }
}

fn again(say: Say<'_>, copied: bool) {
    say("");
    say(if copied {
        "What you copy goes into .env, one line each. Then run `bullpen setup discord` again."
    } else {
        "Then run `bullpen setup discord` again."
    });
}

/// What it means that Discord does not let a bot sign in.
fn refused(bot: &Bot, failure: Failure) -> Error {
    match failure.status() {
        Some(401) => Error::Config(unknown_token(&bot.config.variable, None)),
        _ => Error::Discord(failure),
    }
}

/// Discord does not know a token.
pub(crate) fn unknown_token(variable: &str, application: Option<u64>) -> String {
    format!(
        "Discord does not know the token in {variable}: open {}, “Reset Token”, “Yes, do it!”, “Copy”, and set {variable} \
         to it.",
        bot_page(application)
    )
}

#[cfg(test)]
mod tests;
