//! A step that a skill carries out, as policy allows; and what its arguments refer to.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::Desk;
use crate::act;
use crate::approval::{self, State};
use crate::effect::{Effect, Run};
use crate::event::Purpose;
use crate::name::Handle;
use crate::org::Right;
use crate::playbook::{Does, Step};
use crate::policy::{self, Stage, Verdict};
use crate::record::{Category, Escalation, EscalationState, Review};
use crate::team::Action;

/// How the reason ends where people decide on what a persona has not agreed to.
pub(super) const LAST_WORD: &str = "so a person has the last word";

impl Desk<'_> {
    /// A skill runs at once, or after people agreed, as policy says of its action.
    pub(super) fn start_skill(&mut self, id: Uuid, step: &Step) {
        let input = self.resolve(&step.with);
        let Some(action) = &step.action else {
            self.run_skill(id, step, input, None, Vec::new());
            return;
        };
        let Some(owner) = self.task(id).map(|t| t.owner.clone()) else { return };
        let Ok(action) = action.parse::<Action>() else {
            self.block(id, Category::OutsideAuthority, format!("policy knows no action \"{action}\""), None);
            return;
        };
        let ruling = policy::judge(self.dir, &owner, &action.into());
        let why = ruling.explained(self.dir);
        match ruling.verdict.clone() {
            Verdict::Do => self.run_skill(id, step, input, None, Vec::new()),
            Verdict::NeedApproval { order } => {
                self.seek_approval(id, step, input, order, why);
                self.mark_low_risk(id, action, &ruling.because);
            }
            Verdict::Escalate { to, category, quorum } => {
                self.before_deciders(id, step, input, (to, quorum), category, why);
            }
            Verdict::Refuse => self.block(id, Category::OutsideAuthority, why, None),
        }
    }

    /// What is others' to decide is put before them: the yes of so many people who may releases it once, for this very
    /// content.
    fn before_deciders(
        &mut self,
        id: Uuid,
        step: &Step,
        input: Value,
        (to, quorum): (Vec<String>, u32),
        category: Category,
        why: String,
    ) {
        let from = policy::deciders(self.dir, &to);
        if let Some(grant) = self.granted(id, &input, &from, quorum) {
            self.settle_escalations(Some(id));
            self.run_skill(id, step, input, Some(grant), Vec::new());
        } else if from.is_empty() {
            self.block_before(id, to, category, why);
        } else {
            let owner = self.task(id).map(|t| t.owner.clone()).unwrap_or_else(|| step.role.clone());
            let standing = |e: &Escalation| e.step_task == Some(id) && e.state == EscalationState::Open;
            if !self.s.escalations.iter().any(standing)
                && let Some(at) = self.thread()
            {
                self.raise_before_people(to, at, owner, category, why.clone(), Some(id));
            }
            self.put(id, step, input, from, quorum, why);
        }
    }

    /// Personas agree by their reviews of what goes out, people by their votes, in that order. People stand above: what a
    /// persona still has open notes on is theirs to decide.
    fn seek_approval(&mut self, id: Uuid, step: &Step, input: Value, order: Vec<Stage>, mut why: String) {
        let mut agreed = Vec::new();
        let mut people = None;
        for stage in order {
            match stage {
                Stage::Personas(who) => match self.review_by(step, &who) {
                    Some(review) if review.verdict == act::Verdict::Approve => agreed.push(review.id),
                    open => {
                        let open = match open {
                            Some(review) => format!("@{} still has notes on it", review.by),
                            None => format!("{} has not seen this version", Stage::Personas(who)),
                        };
                        why = format!("{why}; {open}, {LAST_WORD}");
                        people = people.or_else(|| Some((self.dir.holders(Right::Approve), 1)));
                    }
                },
                Stage::People { from, quorum } => people = Some((from, quorum)),
            }
        }
        let Some((from, quorum)) = people else {
            self.run_skill(id, step, input, None, agreed);
            return;
        };
        match self.granted(id, &input, &from, quorum) {
            // People have agreed to this very act, now or before it failed on its way.
            Some(grant) => self.run_skill(id, step, input, Some(grant), agreed),
            None => self.put(id, step, input, from, quorum, why),
        }
    }

    /// What one of these personas said last of the newest version of what the step puts out: of several things, what still
    /// has notes on it.
    fn review_by(&self, step: &Step, who: &[Handle]) -> Option<&Review> {
        let playbook = self.s.playbook.as_ref()?;
        let goes_out = step.puts_out();
        let newest = |review_step: &Step| {
            let subject = review_step.of.first().filter(|name| goes_out.contains(name.as_str()))?;
            let version = self.s.newest(subject)?.version;
            let newest = self.s.reviews.iter().rfind(|review| review.step == review_step.id)?;
            (newest.version == version && who.contains(&newest.by)).then_some(newest)
        };
        let reviews = playbook.steps.iter().filter(|s| s.does == Does::Review).filter_map(newest);
        reviews.min_by_key(|review| review.verdict == act::Verdict::Approve)
    }

    /// The newest approval of a step, if it was given for this very act, and by as many of those who may as the rules want
    /// now.
    fn granted(&self, step_task: Uuid, input: &Value, from: &[String], quorum: u32) -> Option<Uuid> {
        let newest = self.s.approvals.iter().rfind(|a| a.step_task == step_task)?;
        let good = newest.state == State::Approved && newest.spent && !newest.lapsed && newest.input == *input;
        let yes = || approval::agreed(&newest.votes, from, |by| self.dir.may(by, Right::Approve));
        (good && yes() >= quorum as usize).then_some(newest.id)
    }

    pub(super) fn run_skill(&mut self, id: Uuid, step: &Step, input: Value, grant: Option<Uuid>, agreed: Vec<Uuid>) {
        let (Some(task), Some(skill)) = (self.task(id).cloned(), step.skill.clone()) else { return };
        let run = Run {
            persona: task.owner,
            purpose: Purpose::Work { task: id },
            task: self.s.root().map(|r| r.id),
            skill,
            input,
            action: step.action.clone(),
            grant,
            agreed,
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
