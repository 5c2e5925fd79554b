//! What a model is asked: the persona's own prompt, and what bears on the answer, in this lane and in others.

use std::borrow::Cow;
use std::sync::Arc;

use bullpen_domain::effect::Ask;
use bullpen_domain::event::{Purpose, Talk};
use bullpen_domain::legible;
use bullpen_domain::persona::{self, Persona};
use bullpen_model as model;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Turns;
use crate::store::talk::{self, Shown};
use crate::store::{definitions, messages, workload};

/// Most messages of a thread that a model is shown.
const THREAD: i64 = 20;
/// Most tokens of an answer in conversation.
const TALK_TOKENS: u32 = 1_000;
/// Most tokens of anything else.
const WORK_TOKENS: u32 = 6_000;

impl Turns {
    /// The whole prompt: the persona's own, and what other lanes know that bears on the answer; and which messages it shows.
    pub(super) async fn request(
        &self,
        conn: &mut PgConnection,
        id: Uuid,
        lane: &str,
        ask: &Ask,
    ) -> sqlx::Result<Result<(model::Request, Vec<Shown>), persona::Error>> {
        let directory = self.office.directory();
        let persona = self.persona(conn, ask).await?;
        let today = self.clock.now().with_timezone(&directory.zone).date_naive();
        let context = persona::Context { organisation: &directory.name, today, brand: &directory.brand };
        let system = match &persona {
            Some(persona) => match persona.system_prompt(&context) {
                Ok(prompt) => prompt,
                Err(error) => return Ok(Err(error)),
            },
            None => format!("You are @{} of {}.", ask.persona, directory.name),
        };
        let mut material = ask.material.clone();
        let mut shown = Vec::new();
        if let Value::Object(material) = &mut material {
            let thread = match &ask.purpose {
                Purpose::Talk(talk) => {
                    let known = talk::known(conn, self.org, &conversation(talk, ask)).await?;
                    material.insert("workload".into(), known.workload.into());
                    material.insert("recent".into(), known.recent.into());
                    known.thread
                }
                _ => messages::of_lane(conn, self.org, lane, THREAD).await?,
            };
            let (thread, of_thread): (Vec<Value>, Vec<Shown>) = thread.into_iter().unzip();
            shown = of_thread;
            material.insert("thread".into(), Value::Array(thread));
            if matches!(ask.purpose, Purpose::Discuss { .. }) {
                let kind = material
                    .get("proposal")
                    .and_then(|proposal| proposal["kind"].as_str())
                    .unwrap_or_default()
                    .to_owned();
                material.insert("precedents".into(), workload::precedents(conn, self.org, &kind).await?.into());
            }
        }
        // What a model reads is what people see.
        legible_within(&mut material);
        let talk = matches!(ask.purpose, Purpose::Talk(_) | Purpose::Reread { .. });
        let tier = persona.as_ref().map_or(model::Tier::Standard, |p| tier(p.model.tier));
        let request = model::Request {
            turn: id,
            // Talk is short and frequent, whoever talks.
            tier: if talk { model::Tier::Routine } else { tier },
            temperature: persona.as_ref().map_or(0.5, |p| p.model.temperature as f32),
            system,
            ask: ask.ask.clone(),
            material,
            acts: ask
                .acts
                .iter()
                .map(|a| model::ActSpec {
                    name: a.name.clone(),
                    description: a.description.clone(),
                    schema: a.schema.clone(),
                })
                .collect(),
            max_tokens: if talk { TALK_TOKENS } else { WORK_TOKENS },
        };
        Ok(Ok((request, shown)))
    }

    /// The version of the persona that the task is pinned to; today's where it is not.
    async fn persona(&self, conn: &mut PgConnection, ask: &Ask) -> sqlx::Result<Option<Arc<Persona>>> {
        let today = self.office.directory().personas.get(&ask.persona).cloned();
        let Some(task) = ask.task else { return Ok(today) };
        let pinned = definitions::pin(conn, task, "persona", ask.persona.as_str()).await?;
        match pinned {
            Some(digest) if today.as_ref().is_none_or(|p| p.digest() != digest) => {
                let found = definitions::find(conn, self.org, "persona", ask.persona.as_str(), &digest).await?;
                Ok(found.map(Arc::new).or(today))
            }
            _ => Ok(today),
        }
    }
}

/// The conversation that an answer belongs to.
fn conversation<'a>(talk: &'a Talk, ask: &'a Ask) -> talk::Of<'a> {
    let said = &talk.said;
    let root = said.thread.as_deref().or_else(|| said.direct.is_none().then_some(said.message.id.as_str()));
    let (channel, persona) = (said.message.channel.as_str(), ask.persona.as_str());
    talk::Of { channel, root, persona, task: ask.task, limit: THREAD }
}

/// Leaves out of all texts what nobody sees. Names of fields are ours.
fn legible_within(material: &mut Value) {
    match material {
        Value::String(text) => {
            if let Cow::Owned(shown) = legible::text(text) {
                *text = shown;
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(legible_within),
        Value::Object(fields) => fields.values_mut().for_each(legible_within),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn tier(tier: persona::Tier) -> model::Tier {
    match tier {
        persona::Tier::Strategic => model::Tier::Strategic,
        persona::Tier::Standard => model::Tier::Standard,
        persona::Tier::Routine => model::Tier::Routine,
    }
}
