//! `bullpen doctor` for Discord: looks at everything that the department needs there, and names what to click for each
//! fault.
//!
//! It changes nothing that lasts. To see whether events arrive it opens a short session of its own, sets a reaction on a
//! message of the department's and takes it back at once; nobody is notified of that, and a running server misses nothing,
//! because Discord tells every session everything.

mod around;
mod bot;
mod gateway;
mod guild;

use std::collections::BTreeMap;

use bullpen_chat::Plan;
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use crate::bots::Bots;
use crate::config::Config;
use crate::provision::hand::Hand;

/// What was looked at, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, e.g. `bullpen: intents`.
    pub what: String,
    /// How it stands.
    pub state: State,
    /// What was found; where something is wrong, what to click or set.
    pub say: String,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Good,
    /// Not as it should be, and the department works all the same.
    Warning,
    /// Something does not work.
    Bad,
}

/// What to look at.
#[derive(Clone)]
pub struct Ask<'a> {
    /// The guild and the bots.
    pub config: &'a Config,
    /// What the guild shall hold.
    pub plan: &'a Plan,
    /// The names of the people who may approve.
    pub approvers: &'a [String],
    /// The role in Discord of each person who is listed by one: an id or a name, by the person's name.
    pub roles: &'a BTreeMap<String, String>,
    /// The department's database and organisation, where there is one to reach; without it, channels and roles are known by
    /// their names alone.
    pub memory: Option<(&'a PgPool, Uuid)>,
}

/// Collects findings about one subject.
struct Findings<'a> {
    all: &'a mut Vec<Finding>,
    subject: String,
}

impl Findings<'_> {
    fn add(&mut self, what: &str, state: State, say: impl Into<String>) {
        let what = format!("{}: {what}", self.subject);
        self.all.push(Finding { what, state, say: say.into() });
    }
}

/// Looks at everything, in the order in which it is put right. Takes at most about half a minute for each bot.
pub async fn check(ask: &Ask<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    let bots = match Bots::new(ask.config) {
        Ok(bots) => bots,
        Err(error) => {
            all.push(Finding { what: "discord: configuration".into(), state: State::Bad, say: error.to_string() });
            return all;
        }
    };
    let mut home: Option<guild::Seen> = None;
    for bot in bots.iter() {
        let mut findings = Findings { all: &mut all, subject: bot.name().to_owned() };
        let hand = Hand::new(bot);
        let Some(me) = bot::check(&hand, ask, &mut findings).await else { continue };
        let wanted = home.as_ref().map(|seen| seen.survey.id).or(ask.config.guild);
        let Some(seen) = guild::seen(&hand, &me, wanted, &mut findings).await else {
            gateway::check(&hand, &me, None, &[], &mut findings).await;
            continue;
        };
        let channels = guild::channels(&hand, ask, &me, &seen, &mut findings).await;
        if bot.is_shared() {
            guild::roles(ask, &bots, &seen, &mut findings).await;
            guild::webhooks(&hand, &me, &seen, &channels, &mut findings).await;
            guild::commands(&hand, ask, &me, &seen, &mut findings).await;
        }
        gateway::check(&hand, &me, Some(seen.survey.id), &channels, &mut findings).await;
        if bot.is_shared() {
            home = Some(seen);
        }
    }
    let mut findings = Findings { all: &mut all, subject: "discord".to_owned() };
    if let Some(seen) = &home {
        around::people(&mut Hand::new(bots.shared()), ask, &seen.survey, &mut findings).await;
    }
    around::public_url(ask, &mut findings).await;
    all
}
