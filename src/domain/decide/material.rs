//! What a model's answer rests on, as the lane knows it. Structured, and data: others wrote it. The turn adds what other
//! lanes know: the thread, the persona's workload, its newest work.

use serde_json::{Map, Value, json};

use super::{Desk, talk};
use crate::act::Offer;
use crate::event::{Said, Talk};
use crate::name::Handle;
use crate::playbook::Step;
use crate::task::{State, Task};

impl Desk<'_> {
    pub(super) fn base(&self, kind: &str, persona: &Handle) -> Map<String, Value> {
        let this = self.dir.personas.get(persona);
        let mut material = Map::new();
        material.insert("kind".into(), kind.into());
        material.insert("now".into(), json!(self.now));
        material.insert("zone".into(), self.dir.zone.name().into());
        material.insert(
            "self".into(),
            json!({ "handle": persona, "name": this.map(|p| &p.name), "role": this.map(|p| &p.title) }),
        );
        material
    }

    fn brand(&self) -> Value {
        let brand = &self.dir.brand;
        json!({
            "name": brand.name, "tagline": brand.tagline, "site_url": brand.site_url, "voice": brand.voice,
            "banned": brand.banned, "pillars": brand.pillars, "internal_links": brand.internal_links,
        })
    }

    pub(super) fn task_facts(root: &Task) -> Value {
        json!({ "id": root.id, "title": root.title, "due": root.due, "asked_by": root.creator, "state": root.state })
    }

    /// What the steps that stand have made. What is being made anew is left out: it may be about another request.
    pub(super) fn inputs(&self) -> Value {
        let mut inputs = Map::new();
        let stands = |step: &str| self.s.of_step(step).is_some_and(|t| t.state == State::Done);
        for deliverable in self.s.deliverables.iter().filter(|d| stands(&d.step)) {
            let value = match &deliverable.picture {
                Some(picture) => json!(picture),
                None => Value::Object(deliverable.fields.clone()),
            };
            // Later versions come later and replace the earlier ones.
            inputs.insert(deliverable.name.clone(), value);
        }
        Value::Object(inputs)
    }

    fn step_material(&self, kind: &str, task: &Task, step: &Step) -> Map<String, Value> {
        let mut material = self.base(kind, &task.owner);
        // Who writes or reviews counts words and sets links; to everybody else the system prompt says enough of the brand.
        material.insert("brand".into(), self.brand());
        if let Some(root) = self.s.root() {
            material.insert("task".into(), Self::task_facts(root));
            material.insert("request".into(), Value::Object(root.request.clone()));
        }
        material.insert("step".into(), json!({ "id": step.id, "title": step.title, "round": task.round }));
        material.insert("inputs".into(), self.inputs());
        material
    }

    pub(super) fn work_material(&self, task: &Task, step: &Step) -> Value {
        let mut material = self.step_material("work", task, step);
        let previous = step.gives.as_ref().and_then(|g| self.s.newest(&g.name)).map(|d| &d.fields);
        material.insert("gives".into(), json!(step.gives));
        material.insert("previous".into(), json!(previous));
        material.insert("notes".into(), json!(task.notes));
        Value::Object(material)
    }

    pub(super) fn review_material(&self, task: &Task, step: &Step, check: &Value) -> Value {
        let mut material = self.step_material("review", task, step);
        let reviewed: Map<String, Value> = step
            .of
            .iter()
            .filter_map(|name| self.s.newest(name))
            .map(|d| (d.name.clone(), d.picture.as_ref().map_or_else(|| Value::Object(d.fields.clone()), |p| json!(p))))
            .collect();
        let version = step.of.first().and_then(|name| self.s.newest(name)).map_or(0, |d| d.version);
        let reviews: Vec<Value> = self
            .s
            .reviews
            .iter()
            .filter(|r| r.version == version)
            .map(|r| {
                json!({ "by": r.by, "step": r.step, "verdict": r.verdict, "score": r.score, "summary": r.summary,
                        "notes": r.notes })
            })
            .collect();
        let left = (step.rounds as usize).saturating_sub(self.sent_back(step));
        material.insert("reviewing".into(), Value::Object(reviewed));
        material.insert("check".into(), check.clone());
        material.insert("reviews".into(), Value::Array(reviews));
        material.insert("rounds_left".into(), json!(left));
        Value::Object(material)
    }

    pub(super) fn talk_material(&self, persona: &Handle, talk: &Talk, offers: &[Offer]) -> Value {
        let mut material = self.base("talk", persona);
        material.insert("message".into(), talk::shown(self.dir, &talk.said, &talk.chain));
        if let Some(root) = self.s.root() {
            let steps = self.s.tasks.iter().filter(|t| !t.is_root());
            let progress: Vec<Value> =
                steps.map(|t| json!({ "step": t.title, "state": t.state, "owner": t.owner })).collect();
            let mut task = Self::task_facts(root);
            task["progress"] = Value::Array(progress);
            material.insert("task".into(), task);
        }
        for offer in offers {
            if let Offer::StartWork(playbooks) = offer {
                let listed = playbooks.iter().map(|p| {
                    json!({ "name": p.name, "title": p.title, "purpose": p.purpose, "takes": p.takes, "request": p.request })
                });
                material.insert("playbooks".into(), listed.collect());
            }
        }
        Value::Object(material)
    }

    pub(super) fn reread_material(&self, root: &Task, said: &Said) -> Value {
        let mut material = self.base("reread", &root.owner);
        material.insert("message".into(), talk::shown(self.dir, said, &[]));
        material.insert("before".into(), Value::Object(root.request.clone()));
        material.insert("task".into(), Self::task_facts(root));
        if let Some(p) = &self.s.playbook {
            let listed = json!([{ "name": p.name, "title": p.title, "purpose": p.purpose, "takes": p.takes,
                                  "request": p.request }]);
            material.insert("playbooks".into(), listed);
        }
        Value::Object(material)
    }
}
