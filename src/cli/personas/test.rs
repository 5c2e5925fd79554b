//! `bullpen personas test`: a person's question to each persona, as its file has them, and what the answer holds.

use anyhow::bail;
use bullpen_domain::act::{Act, Calendar, Offer, Proposed, parse};
use bullpen_domain::name::Handle;
use bullpen_domain::org::Directory;
use bullpen_domain::persona::{self, Case, Persona};
use bullpen_domain::policy::{self, Verdict};
use bullpen_domain::team::Action;
use bullpen_model::{ActSpec, Error, Model, Request, Tier};
use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use serde_json::json;
use uuid::Uuid;

use crate::cli::{Ending, out};
use crate::clock::{Clock as _, System};
use crate::config::Config;
use crate::office::Office;

/// How many questions are asked at once.
const AT_ONCE: usize = 4;
/// Most tokens of an answer: the same as in a conversation.
const TOKENS: u32 = 1_000;

/// Whom to try out.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only the persona with this handle
    #[arg(long)]
    handle: Option<String>,
}

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<Ending> {
    let office = Office::open(config)?;
    let directory = office.directory();
    let only = args.handle.as_deref().map(Handle::parse).transpose()?;
    if let Some(handle) = only.as_ref().filter(|handle| !directory.personas.contains_key(*handle)) {
        let known: Vec<String> = directory.personas.keys().map(|known| format!("@{known}")).collect();
        bail!("There is no persona @{handle}; there are {}.", known.join(", "));
    }
    let model = crate::up::model(config)?;
    let now = System.now();
    let personas =
        directory.personas.values().filter(|persona| only.as_ref().is_none_or(|only| *only == persona.handle));
    let cases = personas.flat_map(|persona| persona.tests.iter().map(|case| (persona.as_ref(), case)));
    let (directory, model) = (directory.as_ref(), model.as_ref());
    let mut answers = futures::stream::iter(cases)
        .map(|(persona, case)| async move { (persona, case, ask(model, directory, persona, case, now).await) })
        .buffered(AT_ONCE);
    let (mut passed, mut failed) = (0, 0);
    while let Some((persona, case, answer)) = answers.next().await {
        let misses = match answer {
            Ok(answer) => case.misses(&answer),
            Err(Error::Misconfigured(why)) => bail!("{why}"),
            Err(error) => vec![error.to_string()],
        };
        let name = format!("@{:<22} {}", persona.handle.as_str(), case.name);
        if misses.is_empty() {
            passed += 1;
            out::line(format_args!("passed  {name}"))?;
        } else {
            failed += 1;
            out::line(format_args!("FAILED  {name}: the answer {}", misses.join(", ")))?;
        }
    }
    drop(answers);
    out::line(format_args!("\n{passed} passed, {failed} failed, answered by {}.", model.label()))?;
    if model.stand_in() {
        out::line("These answers are the stand-in's: set OPENAI_API_KEY or OPENAI_BASE_URL to try out a real model.")?;
    }
    Ok(if failed == 0 { Ending::Done } else { Ending::Failed })
}

/// Asks as a conversation does, and gives what would be said.
async fn ask(
    model: &dyn Model,
    directory: &Directory,
    persona: &Persona,
    case: &Case,
    now: DateTime<Utc>,
) -> Result<String, Error> {
    let offers = offers(directory, &persona.handle);
    let request = request(directory, persona, case, &offers, now)?;
    let answer = model.answer(&request).await?;
    let proposed: Vec<Proposed> =
        answer.acts.into_iter().map(|act| Proposed { name: act.name, arguments: act.arguments }).collect();
    let calendar = Calendar { now, zone: directory.zone };
    let acts = parse(&proposed, answer.text.as_deref(), &offers, calendar);
    let acts = acts.map_err(|invalid| Error::Refused(format!("cannot be used ({invalid})")))?;
    Ok(acts.iter().filter_map(said).collect::<Vec<_>>().join("\n"))
}

/// What people would read.
fn said(act: &Act) -> Option<String> {
    match act {
        Act::Say(text) => Some(text.clone()),
        Act::StartWork(work) => {
            let title = work.fields.get("title").and_then(|title| title.as_str()).unwrap_or(&work.playbook);
            Some(format!("Taken: {title}"))
        }
        Act::RequestChange(_)
        | Act::Submit(_)
        | Act::Review(_)
        | Act::Escalate(_)
        | Act::Settle(_)
        | Act::Discuss(_) => None,
    }
}

fn offers(directory: &Directory, handle: &Handle) -> Vec<Offer> {
    let mut offers = vec![Offer::Say];
    let led = directory.led_by(handle);
    if !led.is_empty() && policy::judge(directory, handle, &Action::TaskStart.into()).verdict == Verdict::Do {
        offers.push(Offer::StartWork(led));
    }
    offers
}

fn request(
    directory: &Directory,
    persona: &Persona,
    case: &Case,
    offers: &[Offer],
    now: DateTime<Utc>,
) -> Result<Request, Error> {
    let today = now.with_timezone(&directory.zone).date_naive();
    let context = persona::Context { organisation: &directory.name, today, brand: &directory.brand };
    let system =
        persona.system_prompt(&context).map_err(|error| Error::Refused(format!("cannot be asked for: {error}")))?;
    let asker = directory.people.first().map_or("you", |person| person.name.as_str());
    let playbooks: Vec<_> = offers
        .iter()
        .filter_map(|offer| match offer {
            Offer::StartWork(playbooks) => Some(playbooks),
            _ => None,
        })
        .flatten()
        .map(|p| json!({ "name": p.name, "title": p.title, "purpose": p.purpose, "takes": p.takes, "request": p.request }))
        .collect();
    let specs = offers.iter().map(Offer::spec);
    Ok(Request {
        turn: Uuid::new_v5(&directory.org, format!("{}/{}", persona.handle, case.name).as_bytes()),
        tier: Tier::Routine,
        temperature: persona.model.temperature as f32,
        system,
        ask: "A person of the organisation speaks to you. Answer them as yourself, briefly, from the material, and begin \
              work only where they ask for it."
            .to_owned(),
        material: json!({
            "kind": "talk", "now": now, "zone": directory.zone.name(),
            "self": { "handle": persona.handle, "name": persona.name, "role": persona.title },
            "message": {
                "from": asker, "kind": "member", "text": case.says,
                "channel": directory.channel_of(&persona.handle), "direct": false,
            },
            "thread": [], "workload": [], "recent": [], "task": null, "playbooks": playbooks,
        }),
        acts: specs.map(|s| ActSpec { name: s.name, description: s.description, schema: s.schema }).collect(),
        max_tokens: TOKENS,
    })
}
