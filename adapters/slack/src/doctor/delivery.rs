//! Whether events arrive, in the way that the app is set up for.

use super::app::Standing;
use super::{Ask, Findings, State, http, socket};
use crate::apps::App;
use crate::setup::Variables;
use crate::setup::web::Web;

pub(super) async fn check(
    web: &Web,
    ask: &Ask<'_>,
    app: &App,
    variables: &Variables,
    standing: &Standing,
    channels: &[String],
    findings: &mut Findings<'_>,
) {
    match (&app.config.app_token, &app.config.signing_secret) {
        (Some(token), _) if standing.app_token => {
            socket::check(web, app, token, variables, standing, channels, findings).await;
        }
        // It was told that the token is another app's.
        (Some(_), _) => {}
        (None, Some(secret)) => http::check(web, ask, app, secret, variables, standing, findings).await,
        (None, None) if app.config.persona.is_some() => findings.add(
            "events",
            State::Warning,
            format!(
                "It speaks and does not hear: what is said in channels, the shared app hears for it, but not what is \
                 said to it directly. Set {} for Socket Mode, or {} for signed HTTP.",
                variables.app_token, variables.signing_secret
            ),
        ),
        (None, None) => findings.add(
            "events",
            State::Bad,
            format!(
                "Nothing can come in: set {} for Socket Mode, or {} for signed HTTP (docs/slack.md says where both \
                 are).",
                variables.app_token, variables.signing_secret
            ),
        ),
    }
}
