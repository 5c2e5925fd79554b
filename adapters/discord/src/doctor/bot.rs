//! One bot: its token, who it is, and the switches of its application.

use super::{Ask, Findings, State};
use crate::bots::Me;
use crate::provision::hand::Hand;
use crate::setup::{intents, tokens, unknown_token};

/// Looks at a bot; `None` where it is not let in, so that nothing more can be seen.
pub(super) async fn check(hand: &Hand<'_>, ask: &Ask<'_>, findings: &mut Findings<'_>) -> Option<Me> {
    let config = &hand.bot.config;
    if let Some(says) = tokens::fault(&config.variable, &config.token) {
        findings.add("token", State::Bad, says);
        return None;
    }
    let me = match hand.bot.me().await {
        Ok(me) => me.clone(),
        Err(failure) if failure.status() == Some(401) => {
            findings.add("token", State::Bad, unknown_token(&config.variable, None));
            return None;
        }
        Err(failure) => {
            findings.add(
                "token",
                State::Bad,
                format!("{failure}: see whether this server may call {}.", ask.config.api_url),
            );
            return None;
        }
    };
    findings.add("token", State::Good, format!("it is {} (application {}).", me.name, me.application));
    if hand.bot.is_shared() {
        let steps = intents::steps(hand.bot, &me);
        if steps.is_empty() {
            let names: Vec<&str> = intents::INTENTS.iter().map(|intent| intent.name).collect();
            findings.add("intents", State::Good, format!("on: {}.", names.join(", ")));
        }
        for step in steps {
            findings.add("intents", State::Bad, step);
        }
    }
    Some(me)
}
