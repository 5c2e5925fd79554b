//! What a model is asked: the persona's own prompt, and what bears on the answer, in this lane and in others.

use std::borrow::Cow;
use std::sync::Arc;

use bullpen_domain::act;
use bullpen_domain::effect::Ask;
use bullpen_domain::event::{Purpose, Talk};
use bullpen_domain::legible;
use bullpen_domain::persona::{self, Persona};
use bullpen_model as model;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Turns;
use crate::store::calls::Leased;
use crate::store::talk::{self, Shown};
use crate::store::{definitions, messages, workload};

/// Most messages of a thread that a model is shown.
const THREAD: i64 = 20;
/// Most tokens of an answer in conversation.
const TALK_TOKENS: u32 = 1_000;
/// Most tokens of anything else.
const WORK_TOKENS: u32 = 6_000;

/// What a model is asked, and what is to be stored of it.
pub(super) struct Prompt {
    /// What the model is asked.
    pub(super) request: model::Request,
    /// The digest of the system prompt.
    system: String,
    /// The messages that it shows; none of those that an earlier attempt has shown already.
    pub(super) shown: Vec<Shown>,
}

impl Prompt {
    /// As it is stored.
    pub(super) fn to_store(&self) -> Stored<'_> {
        let request = &self.request;
        Stored {
            turn: request.turn,
            tier: request.tier,
            temperature: request.temperature,
            system: Cow::Borrowed(&self.system),
            ask: Cow::Borrowed(&request.ask),
            material: Cow::Borrowed(&request.material),
            max_tokens: request.max_tokens,
        }
    }
}

/// A prompt as it is stored, to be repeated unchanged. The system prompt is kept elsewhere, under its digest; the acts stand
/// in the call itself.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored<'a> {
    turn: Uuid,
    tier: model::Tier,
    temperature: f32,
    system: Cow<'a, str>,
    ask: Cow<'a, str>,
    material: Cow<'a, Value>,
    max_tokens: u32,
}

impl Turns {
    /// The whole prompt of a call: the one that is stored, where it can be read; else a new one.
    pub(super) async fn prompt(
        &self,
        conn: &mut PgConnection,
        call: &Leased,
        ask: &Ask,
        stored: Option<&Value>,
    ) -> sqlx::Result<Result<Prompt, persona::Error>> {
        if let Some(stored) = stored
            && let Some(prompt) = self.stored(conn, ask, stored).await?
        {
            return Ok(Ok(prompt));
        }
        self.written(conn, call.id, &call.lane, ask).await
    }

    /// A new prompt: the persona's own, and what other lanes know that bears on the answer; and which messages it shows.
    async fn written(
        &self,
        conn: &mut PgConnection,
        id: Uuid,
        lane: &str,
        ask: &Ask,
    ) -> sqlx::Result<Result<Prompt, persona::Error>> {
        let persona = self.persona(conn, ask).await?;
        let system = match self.system(conn, &ask.persona, persona.as_ref()).await? {
            Ok(system) => system,
            Err(error) => return Ok(Err(error)),
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
            system: system.text.clone(),
            ask: ask.ask.clone(),
            material,
            acts: acts(ask),
            max_tokens: if talk { TALK_TOKENS } else { WORK_TOKENS },
        };
        Ok(Ok(Prompt { request, system: system.digest.clone(), shown }))
    }

    /// A prompt as it was stored; nothing where it cannot be read, or what it names is not there.
    async fn stored(&self, conn: &mut PgConnection, ask: &Ask, stored: &Value) -> sqlx::Result<Option<Prompt>> {
        // As servers of the version before store it: whole.
        if let Ok(request) = model::Request::deserialize(stored) {
            let system = self.keep_system(conn, &ask.persona, request.system.clone()).await?.digest;
            return Ok(Some(Prompt { request, system, shown: Vec::new() }));
        }
        let Ok(stored) = Stored::deserialize(stored) else { return Ok(None) };
        let Some(system) = self.kept_system(conn, &ask.persona, &stored.system).await? else { return Ok(None) };
        let request = model::Request {
            turn: stored.turn,
            tier: stored.tier,
            temperature: stored.temperature,
            system: system.text,
            ask: stored.ask.into_owned(),
            material: stored.material.into_owned(),
            acts: acts(ask),
            max_tokens: stored.max_tokens,
        };
        Ok(Some(Prompt { request, system: system.digest, shown: Vec::new() }))
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

fn acts(ask: &Ask) -> Vec<model::ActSpec> {
    let spec = |a: &act::Spec| model::ActSpec {
        name: a.name.clone(),
        description: a.description.clone(),
        schema: a.schema.clone(),
    };
    ask.acts.iter().map(spec).collect()
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
