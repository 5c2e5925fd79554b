//! One app: its tokens, its scopes, and the clock that signatures depend on.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{Ask, Findings, State};
use crate::apps::{App, Me};
use crate::setup::pages::{self, Page};
use crate::setup::tokens::{self, Kind};
use crate::setup::web::{Caller, Reply, Web};
use crate::setup::{self, Variables};

/// Slack refuses to be answered, and we refuse what is signed, at five minutes; one is a clock that nobody sets.
const MOST_SKEW_SECONDS: i64 = 60;

/// Who an app is.
pub(super) struct Standing {
    pub(super) me: Me,
    /// `A…`, for the addresses of its settings.
    pub(super) app_id: Option<String>,
    /// Whether its app-level token can be its own.
    pub(super) app_token: bool,
}

#[derive(Deserialize)]
struct BotAnswer {
    bot: Bot,
}

#[derive(Deserialize)]
struct Bot {
    app_id: Option<String>,
}

/// Looks at an app; `None` where it is not let in, so that nothing more can be seen.
pub(super) async fn check(
    web: &Web,
    ask: &Ask<'_>,
    app: &App,
    variables: &Variables,
    findings: &mut Findings<'_>,
) -> Option<Standing> {
    let kinds = [
        (Kind::Bot, &variables.bot_token, Some(&app.config.bot_token)),
        (Kind::AppLevel, &variables.app_token, app.config.app_token.as_ref()),
        (Kind::Signing, &variables.signing_secret, app.config.signing_secret.as_ref()),
    ];
    let mut looks = true;
    for (kind, variable, secret) in kinds {
        if let Some(says) = secret.and_then(|secret| tokens::fault(kind, variable, secret)) {
            looks = false;
            findings.add("tokens", State::Bad, says);
        }
    }
    let caller = Caller { app: app.name(), token: &app.config.bot_token };
    let answer = web.post(&caller, "auth.test", &serde_json::json!({})).await;
    let reply = match answer {
        Ok(reply) => reply,
        Err(failure) => {
            findings.add(
                "bot token",
                State::Bad,
                format!("{failure}: see whether this server may call {}.", ask.config.api_url),
            );
            return None;
        }
    };
    clock(ask, &reply, findings);
    let me: Me = match reply.read() {
        Ok(me) => me,
        Err(failure) => {
            let code = failure.code().unwrap_or_default();
            let says = pages::about_token(code, &variables.bot_token, None);
            // A token of another kind was told already.
            if looks || says.is_none() {
                findings.add("bot token", State::Bad, says.unwrap_or_else(|| format!("{failure}.")));
            }
            return None;
        }
    };
    findings.add("bot token", State::Good, format!("speaks in the workspace {}.", me.team));
    let app_id =
        match web.get(&caller, "bots.info", &[("bot", me.bot_id.as_str())]).await.and_then(|r| r.read::<BotAnswer>()) {
            Ok(BotAnswer { bot }) => bot.app_id,
            // Without users:read, which the scopes will tell; the addresses of pages are less exact then.
            Err(_) => None,
        };
    scopes(app, &reply, app_id.as_deref(), findings);
    let app_token =
        app.config.app_token.as_ref().is_none_or(|token| own(token, variables, app_id.as_deref(), findings));
    Some(Standing { me, app_id, app_token })
}

fn clock(ask: &Ask<'_>, reply: &Reply, findings: &mut Findings<'_>) {
    let Some(theirs) = reply.date else { return };
    let skew = ((ask.clock)() - theirs).num_seconds();
    if skew.abs() > MOST_SKEW_SECONDS {
        findings.add(
            "clock",
            State::Bad,
            format!(
                "This server's clock is {} s {} Slack's. From five minutes on, every signed request is refused: set \
                 the clock by the network (`timedatectl set-ntp true`).",
                skew.abs(),
                if skew > 0 { "before" } else { "behind" }
            ),
        );
    } else {
        findings.add("clock", State::Good, "agrees with Slack's.");
    }
}

fn scopes(app: &App, reply: &Reply, app_id: Option<&str>, findings: &mut Findings<'_>) {
    let Some(has) = &reply.scopes else {
        findings.add("scopes", State::Warning, "Slack does not say which it has, so they could not be looked at.");
        return;
    };
    let missing: Vec<String> = setup::needed(app.config.persona.is_some())
        .filter(|scope| !has.contains(scope.name))
        .map(|scope| format!("{} ({})", scope.name, scope.why))
        .collect();
    if missing.is_empty() {
        findings.add(
            "scopes",
            State::Good,
            format!("all {} that it needs.", setup::needed(app.config.persona.is_some()).count()),
        );
        return;
    }
    findings.add(
        "scopes",
        State::Bad,
        format!(
            "Missing: {}. Open {}, “Bot Token Scopes”, “Add an OAuth Scope” for each, then “Reinstall to Workspace” at \
             the top. With {} set, `bullpen setup slack` adds them for you.",
            missing.join(", "),
            Page::Permissions.of(app_id),
            setup::CONFIGURATION_TOKEN
        ),
    );
}

/// Whether an app-level token is this app's: it names the app (`xapp-1-A…-…`).
fn own(token: &SecretString, variables: &Variables, app_id: Option<&str>, findings: &mut Findings<'_>) -> bool {
    let named = token.expose_secret().split('-').nth(2).filter(|id| id.starts_with('A'));
    match (named, app_id) {
        (Some(named), Some(app_id)) if named != app_id => {
            findings.add(
                "app token",
                State::Bad,
                format!(
                    "{} belongs to another app ({named}) than {} ({app_id}): open {}, “App-Level Tokens”, and copy the \
                     one there, or generate one with {}.",
                    variables.app_token,
                    variables.bot_token,
                    Page::Basic.of(Some(app_id)),
                    setup::APP_LEVEL_SCOPE
                ),
            );
            false
        }
        _ => true,
    }
}
