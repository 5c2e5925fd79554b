//! What is around the apps: channels, people, and the address that pictures are fetched from.

use super::{Ask, Findings, State};
use crate::apps::{App, Me};
use crate::provision::survey::{self, Standing};
use crate::setup::web::Web;

/// Looks at the channels for an app. The ids of those it is in.
pub(super) async fn channels(ask: &Ask<'_>, app: &App, findings: &mut Findings<'_>) -> Vec<String> {
    let standing = match survey::channels(app, &ask.config.channel_prefix, ask.plan).await {
        Ok(standing) => standing,
        Err(failure) => {
            findings.add("channels", State::Bad, format!("They cannot be listed: {failure}."));
            return Vec::new();
        }
    };
    let mut well = Vec::new();
    for (name, standing) in standing {
        let name = format!("#{name}");
        match standing {
            Standing::Well { id } => well.push(id),
            Standing::Absent => findings.add(
                &name,
                State::Bad,
                "There is none that the app can see: `bullpen setup slack` makes it, or says why it cannot. If it is \
                 private, open it and type “/invite” with the app's name.",
            ),
            Standing::Archived => findings.add(
                &name,
                State::Bad,
                "It is archived: open it in Slack, click its name, “Settings”, “Unarchive channel”.",
            ),
            Standing::Outside => findings.add(
                &name,
                State::Bad,
                format!(
                    "The app {} is not in it: `bullpen setup slack`, or a start of the server, lets it join.",
                    app.name()
                ),
            ),
        }
    }
    if !well.is_empty() {
        findings.add("channels", State::Good, format!("it is in {} of {}.", well.len(), ask.plan.channels.len()));
    }
    well
}

/// Looks whether the listed people have accounts, above all those who may approve.
pub(super) async fn members(ask: &Ask<'_>, app: &App, me: &Me, findings: &mut Findings<'_>) {
    let (found, missing) = match survey::people(app, me, ask.plan).await {
        Ok(found) => found,
        Err(error) => {
            findings.add("people", State::Bad, format!("They cannot be looked up: {error}."));
            return;
        }
    };
    for says in missing {
        findings.add("people", State::Warning, says);
    }
    let nowhere: Vec<&str> = ask
        .plan
        .people
        .iter()
        .filter(|person| person.id.is_none() && person.email.is_none())
        .map(|person| person.name.as_str())
        .collect();
    if !nowhere.is_empty() && !found.is_empty() {
        let says = format!(
            "Not linked to an account: {}. Set `slack:` (the member id) or `email:` for them in bullpen.yaml, if they \
             are to count here.",
            nowhere.join(", ")
        );
        findings.add("people", State::Warning, says);
    }
    if !found.is_empty() {
        findings.add(
            "people",
            State::Good,
            format!("linked: {}.", found.keys().cloned().collect::<Vec<_>>().join(", ")),
        );
    }
    let able: Vec<&str> = ask.approvers.iter().filter(|name| found.contains_key(*name)).map(String::as_str).collect();
    if able.is_empty() {
        findings.add(
            "approvals",
            State::Bad,
            "Nobody in this workspace may approve: in bullpen.yaml, give somebody the right `approve`, and `slack:` or \
             `email:`. In Slack, click the person's picture, “⋮”, “Copy member ID”.",
        );
    } else {
        findings.add("approvals", State::Good, format!("may approve here: {}.", able.join(", ")));
    }
}

/// Looks whether Slack could fetch pictures.
pub(super) async fn public_url(web: &Web, ask: &Ask<'_>, findings: &mut Findings<'_>) {
    let Some(url) = &ask.config.public_url else {
        let says = "none is set (BULLPEN_PUBLIC_URL), so personas have emoji for pictures, and pictures are uploaded.";
        findings.add("public address", State::Good, says);
        return;
    };
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() != "https" || loopback {
        let says = format!(
            "Slack fetches pictures from https addresses that it can reach, and {url} is none: set BULLPEN_PUBLIC_URL \
             to one, or take it away and have emoji."
        );
        findings.add("public address", State::Warning, says);
        return;
    }
    let mut alive = url.clone();
    if let Ok(mut segments) = alive.path_segments_mut() {
        segments.pop_if_empty().push("healthz");
    }
    match web.http().get(alive).send().await {
        Ok(response) if response.status().is_success() => findings.add(
            "public address",
            State::Good,
            format!(
                "{url} \
                                                                        answers."
            ),
        ),
        Ok(response) => findings.add(
            "public address",
            State::Warning,
            format!(
                "{url} answers with status {}: let your proxy pass everything on to this server, or Slack finds no \
                 pictures.",
                response.status().as_u16()
            ),
        ),
        Err(error) => findings.add(
            "public address",
            State::Warning,
            format!(
                "{url} cannot be reached from here ({}): start the server, or see to the name and the proxy.",
                crate::api::causes(&error.without_url())
            ),
        ),
    }
}
