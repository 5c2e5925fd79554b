//! A step that a persona carries out: handed over in the open, asked of a model, checked, kept, and shown.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Desk, words};
use crate::act::{Act, Offer};
use crate::effect::{Ask, Effect, Picture};
use crate::event::{Outcome, Purpose};
use crate::name::Handle;
use crate::org::PUBLISHED;
use crate::playbook::{Does, Step};
use crate::record::{Category, Deliverable, Envelope, EnvelopeKind};
use crate::task::Task;

impl Desk<'_> {
    /// The lead asks a colleague in the open: an envelope, shown as a post.
    pub(super) fn hand_over(&mut self, id: Uuid, step: &Step) {
        let (Some(task), Some(root)) = (self.task(id).cloned(), self.s.root().cloned()) else { return };
        if task.owner == root.owner {
            return;
        }
        let ask = step.ask.as_deref().unwrap_or_default();
        self.withdraw_letters(id);
        let text = words::handover(&task, &root, ask);
        let kind = EnvelopeKind::Handoff;
        let post = self.in_thread(&root.owner, text, vec![task.owner.to_string()]);
        let attachments = self.attachments(step);
        self.envelope(&root.owner, vec![task.owner.to_string()], kind, &task, ask.to_owned(), post, |e| {
            e.response_required = true;
            e.respond_by = root.due;
            e.requirements = serde_json::json!({ "gives": step.gives, "notes": task.notes, "request": root.request });
            e.attachments = attachments;
        });
    }

    fn attachments(&self, step: &Step) -> Value {
        let Some(playbook) = &self.s.playbook else { return Value::Null };
        let given = step.needs.iter().filter_map(|n| playbook.step(n)?.gives.as_ref()).map(|g| g.name.as_str());
        given
            .chain(step.of.iter().map(String::as_str))
            .filter_map(|name| self.s.newest(name))
            .map(|d| serde_json::json!({ "name": d.name, "version": d.version, "digest": d.digest }))
            .collect()
    }

    #[allow(clippy::too_many_arguments)] // an envelope has that many parts
    pub(super) fn envelope(
        &mut self,
        from: &Handle,
        to: Vec<String>,
        kind: EnvelopeKind,
        task: &Task,
        body: String,
        post: Option<Uuid>,
        shape: impl FnOnce(&mut Envelope),
    ) {
        let Some(root) = self.s.root() else { return };
        let mut envelope = Envelope {
            id: Uuid::nil(),
            org: self.s.org,
            lane: self.s.lane.clone(),
            task: root.id,
            step: task.step.clone(),
            from: from.clone(),
            to,
            kind,
            priority: root.priority,
            context: serde_json::json!({ "project": root.title, "deadline": root.due, "related": [task.id] }),
            subject: format!("{}: {}", task.title, root.title),
            body,
            requirements: Value::Null,
            attachments: Value::Array(Vec::new()),
            response_required: false,
            respond_by: None,
            post,
            at: self.now,
        };
        envelope.id = self.ids.give();
        shape(&mut envelope);
        self.write_letters(&envelope, task);
        self.envelopes.push(envelope);
    }

    pub(super) fn ask_work(&mut self, id: Uuid, step: &Step, hint: Option<&str>) {
        let (Some(task), Some(gives)) = (self.task(id).cloned(), step.gives.clone()) else { return };
        let offers = [Offer::Submit(gives.fields), Offer::Escalate];
        let mut ask = step.ask.clone().unwrap_or_default();
        if !task.notes.is_empty() {
            ask.push_str(" Answer every note in the material.");
        }
        if let Some(hint) = hint {
            ask.push_str(&format!(" Your previous answer could not be used: {hint}."));
        }
        let material = self.work_material(&task, step);
        let call = self.ask_model(&task, Purpose::Work { task: id }, ask, material, &offers);
        if let Some(task) = self.task_mut(id) {
            task.call = Some(call);
        }
    }

    pub(super) fn ask_model(
        &mut self,
        task: &Task,
        purpose: Purpose,
        ask: String,
        material: Value,
        offers: &[Offer],
    ) -> Uuid {
        let ask = Ask {
            persona: task.owner.clone(),
            purpose,
            task: self.s.root().map(|r| r.id),
            cause: self.allowance(),
            ask,
            material,
            acts: offers.iter().map(Offer::spec).collect(),
        };
        let call = self.effect(Effect::Ask(Box::new(ask)));
        self.step_asked(task, call);
        call
    }

    /// What a persona or a skill made, or why it did not.
    pub(super) fn work_answered(&mut self, id: Uuid, outcome: &Outcome) {
        let Some(step) = self.step_of(id) else { return };
        match outcome {
            Outcome::Result { output } => {
                let (fields, picture) = result_parts(output);
                self.made(id, &step, fields, picture);
            }
            Outcome::Acts { acts, text } => {
                let Some(gives) = &step.gives else { return };
                let offers = [Offer::Submit(gives.fields.clone()), Offer::Escalate];
                match self.parsed(acts, text.as_deref(), &offers) {
                    Ok(acts) => match acts.into_iter().next() {
                        Some(act) if self.is_for_people(id, &act) => {}
                        Some(Act::Submit(fields)) => self.made(id, &step, fields, None),
                        Some(Act::Escalate(issue)) => self.raise(id, issue),
                        _ => {}
                    },
                    Err(invalid) => self.once_more(id, &invalid.0, |desk, hint| desk.ask_work(id, &step, Some(hint))),
                }
            }
            Outcome::Withheld => {}
            Outcome::Failed { why, later } => self.failed(id, why, *later),
            Outcome::Unfunded { why, until } => self.unfunded(id, why, *until),
        }
    }

    /// Whether what a step would hand in is for people first. Then it is put before them.
    fn is_for_people(&mut self, id: Uuid, act: &Act) -> bool {
        let met = self.task(id).and_then(|task| self.act_met(&task.owner, act));
        let Some(met) = met.filter(|met| !self.is_released(&met.why)) else { return false };
        self.block(id, met.category, met.why, None);
        true
    }

    /// An answer that does not validate is asked for once more, then escalated.
    pub(super) fn once_more(&mut self, id: Uuid, why: &str, again: impl FnOnce(&mut Self, &str)) {
        let Some(task) = self.task_mut(id) else { return };
        if task.retries == 0 {
            task.retries = 1;
            again(self, why);
        } else {
            let issue = format!("The model answered twice in a way that could not be used: {why}");
            self.block(id, Category::Model, issue, None);
        }
    }

    pub(super) fn made(&mut self, id: Uuid, step: &Step, fields: Map<String, Value>, picture: Option<Picture>) {
        let Some(task) = self.task(id).cloned() else { return };
        let Some(root) = self.s.root().cloned() else { return };
        let mut post = None;
        if let Some(gives) = &step.gives {
            let version = self.s.newest(&gives.name).map_or(1, |d| d.version + 1);
            let deliverable = Deliverable {
                id: self.ids.give(),
                org: self.s.org,
                lane: self.s.lane.clone(),
                task: root.id,
                step: step.id.clone(),
                name: gives.name.clone(),
                version,
                digest: Deliverable::digest_of(&fields, picture.as_ref()),
                fields,
                picture,
                by: task.owner.clone(),
                at: self.now,
            };
            let body = words::made(step, &deliverable);
            self.s.deliverables.push(deliverable);
            // Put before people, its card shows it whole.
            if step.does == Does::Work && self.puts_before_partner(id, step) {
                self.advance();
                return;
            }
            post = self.thread().map(|at| self.post(&task.owner, at, body, Vec::new()));
        }
        if let Some(action) = &step.action {
            self.tell_people(&task, step, action);
        } else if task.owner != root.owner {
            let (to, body) = (vec![root.owner.to_string()], format!("{} is done.", step.title));
            let attachments = step.gives.as_ref().and_then(|g| self.s.newest(&g.name)).map_or(
                Value::Null,
                |d| serde_json::json!([{ "name": d.name, "version": d.version, "digest": d.digest }]),
            );
            self.envelope(&task.owner, to, EnvelopeKind::Answer, &task, body, post, |e| e.attachments = attachments);
        }
        self.finish(id);
        self.advance();
    }

    /// An act on the world is done: people are told where everybody reads what went out.
    fn tell_people(&mut self, task: &Task, step: &Step, action: &str) {
        let Some((title, near)) = self.s.root().map(|r| (r.title.clone(), r.channel.clone())) else { return };
        let given = step.gives.as_ref().and_then(|g| self.s.newest(&g.name)).cloned();
        let link = given.as_ref().map(|d| d.text("path").to_owned()).unwrap_or_default();
        let picture = step.shows.iter().filter_map(|n| self.s.newest(n)).find_map(|d| d.picture.clone());
        let input = self.resolve(&step.with);
        let card = words::published(&title, &step.title, action, &link, &input, picture);
        if given.is_none() {
            self.in_thread(&task.owner, words::out(&step.title, &input), Vec::new());
        }
        let channel = self.dir.room(near.as_deref(), PUBLISHED);
        self.announce(&task.owner, channel, card, &link);
    }
}

/// A skill's output: fields, and under `picture` a picture.
fn result_parts(output: &Value) -> (Map<String, Value>, Option<Picture>) {
    let mut fields = output.as_object().cloned().unwrap_or_default();
    let picture = fields.remove("picture").and_then(|p| serde_json::from_value(p).ok());
    (fields, picture)
}
