//! A step that a skill carries out, as policy allows; and what its arguments refer to.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::Desk;
use crate::approval::State;
use crate::effect::{Effect, Run};
use crate::event::Purpose;
use crate::playbook::Step;
use crate::policy::{self, Verdict};
use crate::record::Category;

impl Desk<'_> {
    /// A skill runs at once, or after people agreed, as policy says of its action.
    pub(super) fn start_skill(&mut self, id: Uuid, step: &Step) {
        let input = self.resolve(&step.with);
        let Some(action) = &step.action else {
            self.run_skill(id, step, input, None);
            return;
        };
        let Some(owner) = self.task(id).map(|t| t.owner.clone()) else { return };
        let verdict = match action.parse() {
            Ok(action) => policy::judge(self.dir, &owner, action),
            Err(_) => Verdict::Refuse { reason: format!("policy knows no action \"{action}\"") },
        };
        match verdict {
            Verdict::Do => self.run_skill(id, step, input, None),
            // The act was approved and failed on its way: this is the same act, once more.
            Verdict::NeedApproval { .. } if self.granted(id, &input).is_some() => {
                let grant = self.granted(id, &input);
                self.run_skill(id, step, input, grant);
            }
            Verdict::NeedApproval { from, quorum, .. } => self.put(id, step, action, input, from, quorum),
            Verdict::Refuse { reason } => self.block(id, Category::Blocked, reason, None),
        }
    }

    /// The newest approval of a step, if it was given for this very act.
    fn granted(&self, step_task: Uuid, input: &Value) -> Option<Uuid> {
        let newest = self.s.approvals.iter().rfind(|a| a.step_task == step_task)?;
        (newest.state == State::Approved && newest.spent && newest.input == *input).then_some(newest.id)
    }

    pub(super) fn run_skill(&mut self, id: Uuid, step: &Step, input: Value, grant: Option<Uuid>) {
        let (Some(task), Some(skill)) = (self.task(id).cloned(), step.skill.clone()) else { return };
        let run = Run {
            persona: task.owner,
            purpose: Purpose::Work { task: id },
            task: self.s.root().map(|r| r.id),
            skill,
            input,
            action: step.action.clone(),
            grant,
        };
        let call = self.effect(Effect::Run(Box::new(run)));
        if let Some(task) = self.task_mut(id) {
            task.call = Some(call);
        }
    }

    /// Replaces references by what they refer to; what is not there becomes null.
    pub(super) fn resolve(&self, with: &BTreeMap<String, Value>) -> Value {
        let resolved = with.iter().map(|(name, value)| {
            let value = match value.as_str().and_then(|v| v.strip_prefix('$')) {
                Some(path) => self.lookup(path),
                None => value.clone(),
            };
            (name.clone(), value)
        });
        Value::Object(resolved.collect())
    }

    fn lookup(&self, path: &str) -> Value {
        let (name, field) = path.split_once('.').map_or((path, None), |(n, f)| (n, Some(f)));
        let whole = match name {
            "request" => self.s.root().map(|r| Value::Object(r.request.clone())),
            "brand" => serde_json::to_value(self.dir.brand.as_ref()).ok(),
            _ => self.s.newest(name).map(|d| match &d.picture {
                Some(picture) => serde_json::json!(picture),
                None => Value::Object(d.fields.clone()),
            }),
        }
        .unwrap_or(Value::Null);
        match field {
            None => whole,
            Some(field) => whole.get(field).cloned().unwrap_or(Value::Null),
        }
    }
}
