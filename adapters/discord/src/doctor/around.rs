//! What is around the bots: people, and the address that pictures are fetched from.

use std::time::Duration;

use super::{Ask, Findings, State};
use crate::provision::hand::Hand;
use crate::provision::people;
use crate::provision::survey::Survey;
use crate::setup::pages::WHERE_IDS_ARE;

/// How long our own address may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks whether the listed people are in the guild, above all those who may approve.
pub(super) async fn people(hand: &mut Hand<'_>, ask: &Ask<'_>, survey: &Survey, findings: &mut Findings<'_>) {
    let found = match people::people(hand, survey.id, &ask.plan.people).await {
        Ok(found) => found,
        Err(error) => {
            findings.add("people", State::Bad, format!("They cannot be looked up: {error}."));
            return;
        }
    };
    for says in hand.missing.drain(..) {
        findings.add("people", State::Warning, says);
    }
    let mut linked: Vec<String> = found.keys().cloned().collect();
    let mut able: Vec<&str> = ask.approvers.iter().filter(|n| found.contains_key(*n)).map(String::as_str).collect();
    for (person, wanted) in ask.roles {
        let role = survey.roles.iter().find(|role| role.id.to_string() == *wanted || role.name == *wanted);
        match role {
            Some(role) if role.id.get() == survey.id => findings.add(
                "people",
                State::Warning,
                format!(
                    "`discord_role: {wanted}` of {person} in bullpen.yaml is everybody's role, which stands for nobody: \
                     name another one."
                ),
            ),
            Some(role) => {
                linked.push(format!("{person} (the role {})", role.name));
                if ask.approvers.contains(person) {
                    able.push(person);
                }
            }
            None => findings.add(
                "people",
                State::Warning,
                format!(
                    "`discord_role: {wanted}` of {person} in bullpen.yaml is no role of the guild: in “Server Settings”, \
                     “Roles”, right-click the role, “Copy Role ID” (“Developer Mode” in “User Settings”, “Advanced” shows \
                     that)."
                ),
            ),
        }
    }
    let nowhere: Vec<&str> = ask
        .plan
        .people
        .iter()
        .filter(|person| person.id.is_none() && !ask.roles.contains_key(&person.name))
        .map(|person| person.name.as_str())
        .collect();
    if !nowhere.is_empty() && !linked.is_empty() {
        let says = format!(
            "Not linked to an account: {}. Set `discord:` (the user id) or `discord_role:` for them in bullpen.yaml, if \
             they are to count here.",
            nowhere.join(", ")
        );
        findings.add("people", State::Warning, says);
    }
    if !linked.is_empty() {
        findings.add("people", State::Good, format!("linked: {}.", linked.join(", ")));
    }
    if able.is_empty() {
        findings.add(
            "approvals",
            State::Bad,
            format!(
                "Nobody in this guild may approve: in bullpen.yaml, give somebody the right `approve`, and `discord:` or \
                 `discord_role:` ({WHERE_IDS_ARE})."
            ),
        );
    } else {
        findings.add("approvals", State::Good, format!("may approve here: {}.", able.join(", ")));
    }
}

/// Looks whether Discord could fetch pictures.
pub(super) async fn public_url(ask: &Ask<'_>, findings: &mut Findings<'_>) {
    let Some(url) = &ask.config.public_url else {
        let says = "none is set (BULLPEN_PUBLIC_URL), so personas have no portraits, and pictures are uploaded.";
        findings.add("public address", State::Good, says);
        return;
    };
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() != "https" || loopback {
        let says = format!(
            "Discord fetches portraits from https addresses that it can reach, and {url} is none: set BULLPEN_PUBLIC_URL \
             to one, or do without portraits."
        );
        findings.add("public address", State::Warning, says);
        return;
    }
    let (state, says) = answers(url).await;
    findings.add("public address", state, says);
}

async fn answers(url: &url::Url) -> (State, String) {
    let mut alive = url.clone();
    if let Ok(mut segments) = alive.path_segments_mut() {
        segments.pop_if_empty().push("healthz");
    }
    let client = reqwest::Client::builder().timeout(PATIENCE).build();
    let answer = match client {
        Ok(client) => client.get(alive).send().await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(response) if response.status().is_success() => (State::Good, format!("{url} answers.")),
        Ok(response) => (
            State::Warning,
            format!(
                "{url} answers with status {}: let your proxy pass everything on to this server, or Discord finds no \
                 portraits.",
                response.status().as_u16()
            ),
        ),
        Err(error) => (
            State::Warning,
            format!(
                "{url} cannot be reached from here ({}): start the server, or see to the name and the proxy.",
                error.without_url()
            ),
        ),
    }
}
