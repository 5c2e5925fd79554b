//! The playbook goes on: what is ready begins, side by side; what is done lets its dependents begin.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Desk, words};
use crate::act::{self, Act, Offer};
use crate::effect::{Ask, Body, Card, Effect, Picture, Place, Run};
use crate::event::{Event, Outcome, Purpose, Requested, Timer};
use crate::lane::Lane;
use crate::name::Handle;
use crate::org::PUBLISHED;
use crate::playbook::{Does, Step, Until};
use crate::policy::{self, Verdict};
use crate::record::{Category, Deliverable, Envelope, EnvelopeKind};
use crate::task::{Note, State, Task};

impl Desk<'_> {
    /// Begins every step that is ready, then brings the root up to date.
    pub(super) fn advance(&mut self) {
        while let Some(id) = self.next_ready() {
            self.start(id);
        }
        self.settle_root();
        self.refresh_card();
    }

    fn next_ready(&self) -> Option<Uuid> {
        let done = |id: &Uuid| self.task(*id).is_some_and(|t| t.state == State::Done);
        self.s.root().filter(|r| !r.state.is_over())?;
        let mut ready = self.s.tasks.iter().filter(|t| !t.is_root() && t.state == State::Open);
        ready.find(|t| t.depends_on.iter().all(done)).map(|t| t.id)
    }

    pub(super) fn step_of(&self, task: Uuid) -> Option<Step> {
        let step = self.task(task)?.step.clone()?;
        self.s.playbook.as_ref()?.step(&step).cloned()
    }

    fn start(&mut self, id: Uuid) {
        let (Some(step), now) = (self.step_of(id), self.now) else { return };
        let owner = self.standing(&step.role);
        if owner != step.role {
            let text = format!("@{} is no longer here; @{owner} takes over \"{}\".", step.role, step.title);
            self.in_thread(&owner, text, Vec::new());
        }
        if let Some(task) = self.task_mut(id) {
            task.state = State::InProgress;
            task.owner = owner;
            task.started_at = Some(now);
            task.hold = None;
            task.retries = 0;
        }
        match step.does {
            Does::Work => {
                self.hand_over(id, &step);
                self.ask_work(id, &step, None);
            }
            Does::Review => {
                self.hand_over(id, &step);
                self.start_review(id, &step);
            }
            Does::Skill => self.start_skill(id, &step),
            Does::Wait => self.start_wait(id, &step),
            Does::Open => self.open_other(id, &step),
        }
    }

    /// The lead asks a colleague in the open: an envelope, shown as a post.
    fn hand_over(&mut self, id: Uuid, step: &Step) {
        let (Some(task), Some(root)) = (self.task(id).cloned(), self.s.root().cloned()) else { return };
        if task.owner == root.owner {
            return;
        }
        let ask = step.ask.as_deref().unwrap_or_default();
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
        self.envelopes.push(envelope);
    }

    fn ask_work(&mut self, id: Uuid, step: &Step, hint: Option<&str>) {
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
            ask,
            material,
            acts: offers.iter().map(Offer::spec).collect(),
        };
        self.effect(Effect::Ask(Box::new(ask)))
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
                match act::parse(acts, text.as_deref(), &offers, self.dir.calendar(self.now)) {
                    Ok(acts) => match acts.into_iter().next() {
                        Some(Act::Submit(fields)) => self.made(id, &step, fields, None),
                        Some(Act::Escalate(issue)) => self.block(id, Category::Blocked, issue, None),
                        _ => {}
                    },
                    Err(invalid) => self.once_more(id, &invalid.0, |desk, hint| desk.ask_work(id, &step, Some(hint))),
                }
            }
            Outcome::Failed { why, later } => self.failed(id, why, *later),
            Outcome::Unfunded { why, until } => self.block(id, Category::Budget, why.clone(), Some(*until)),
        }
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

    fn made(&mut self, id: Uuid, step: &Step, fields: Map<String, Value>, picture: Option<Picture>) {
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
            post = self.thread().map(|at| self.post(&task.owner, at, body, Vec::new()));
            self.s.deliverables.push(deliverable);
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
        let Some(title) = self.s.root().map(|r| r.title.clone()) else { return };
        let given = step.gives.as_ref().and_then(|g| self.s.newest(&g.name)).cloned();
        let link = given.as_ref().map(|d| d.text("path").to_owned()).unwrap_or_default();
        let picture = step.shows.iter().filter_map(|n| self.s.newest(n)).find_map(|d| d.picture.clone());
        let input = self.resolve(&step.with);
        let card = words::published(&title, &step.title, action, &link, &input, picture);
        if given.is_none() {
            self.in_thread(&task.owner, words::out(&step.title, &input), Vec::new());
        }
        self.post(&task.owner, Place::Channel { channel: PUBLISHED.into() }, Body::Card(card), Vec::new());
    }

    pub(super) fn finish(&mut self, id: Uuid) {
        let now = self.now;
        if let Some(task) = self.task_mut(id) {
            task.state = State::Done;
            task.hold = None;
            task.finished_at = Some(now);
        }
    }

    /// A skill runs at once, or after people agreed, as policy says of its action.
    fn start_skill(&mut self, id: Uuid, step: &Step) {
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
            Verdict::NeedApproval { from, quorum, .. } => self.put(id, step, action, input, from, quorum),
            Verdict::Refuse { reason } => self.block(id, Category::Blocked, reason, None),
        }
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

    fn start_wait(&mut self, id: Uuid, step: &Step) {
        let due = self.s.root().and_then(|r| r.due);
        let at = match (step.until, step.after) {
            (Some(Until::Due), _) => due.unwrap_or(self.now),
            (None, after) => self.now + after.map(|a| a.delta()).unwrap_or_default(),
        };
        let Some(task) = self.task_mut(id) else { return };
        task.state = State::Waiting;
        task.hold = Some(format!("until {}", at.format("%Y-%m-%d %H:%M UTC")));
        let round = task.round;
        self.effect(Effect::Wake { at, timer: Timer::Resume { task: id, round } });
    }

    /// Opens another playbook as a root task in a lane of its own.
    fn open_other(&mut self, id: Uuid, step: &Step) {
        let (Some(playbook), Some(after), Some(root)) = (step.playbook.clone(), step.after, self.s.root().cloned())
        else {
            return;
        };
        let Some(owner) = self.task(id).map(|t| t.owner.clone()) else { return };
        let task = Uuid::new_v5(&id, b"opened");
        let fields = match self.resolve(&step.with) {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let due = self.now + after.delta();
        let requested = Requested {
            task,
            playbook,
            fields,
            due: Some(due),
            by: root.owner.to_string(),
            source: None,
            channel: Some(self.dir.channel_of(&owner)),
        };
        self.effect(Effect::Tell { lane: Lane::task(task), event: Event::Requested(requested) });
        let text = format!("I have opened \"{}\" for {}.", step.title, words::day(self.dir, due));
        self.in_thread(&owner, text, Vec::new());
        self.finish(id);
    }

    /// Sets a step and everything that rests on it back, with what the next round has to answer. What an act on the
    /// world set off already is not set off again: the walk stops at acts that are done.
    pub(super) fn send_back(&mut self, target: &str, notes: Vec<Note>) {
        let Some(playbook) = self.s.playbook.clone() else { return };
        let acted = |s: &Step| s.action.is_some() && self.s.of_step(&s.id).is_some_and(|t| t.state == State::Done);
        let beyond: std::collections::BTreeSet<String> = playbook
            .steps
            .iter()
            .filter(|s| acted(s) && playbook.downstream(target).contains(s.id.as_str()))
            .flat_map(|s| {
                playbook.downstream(&s.id).into_iter().filter(|d| *d != s.id).map(str::to_owned).collect::<Vec<_>>()
            })
            .collect();
        let reset: Vec<Uuid> = playbook
            .downstream(target)
            .into_iter()
            .filter(|s| !beyond.contains(*s))
            .filter_map(|s| self.s.of_step(s).map(|t| t.id))
            .collect();
        for id in reset {
            self.void_approvals(id, "a new version is being made");
            self.settle_escalations(Some(id));
            let Some(task) = self.task_mut(id) else { continue };
            if task.state != State::Open {
                task.round += 1;
            }
            task.state = State::Open;
            task.call = None;
            task.hold = None;
            task.finished_at = None;
        }
        if let Some(id) = self.s.of_step(target).map(|t| t.id)
            && let Some(task) = self.task_mut(id)
        {
            task.notes = notes;
        }
        if let Some(root) = self.root_mut() {
            root.state = State::InProgress;
            root.finished_at = None;
        }
        self.advance();
    }

    /// Cancels a step and everything that needs it.
    pub(super) fn cancel_step(&mut self, id: Uuid, why: &str) {
        let (Some(step), Some(playbook)) = (self.step_of(id), self.s.playbook.clone()) else { return };
        let now = self.now;
        for id in playbook
            .downstream(&step.id)
            .into_iter()
            .filter_map(|s| self.s.of_step(s).map(|t| t.id))
            .collect::<Vec<_>>()
        {
            if let Some(task) = self.task_mut(id)
                && !task.state.is_over()
            {
                task.state = State::Cancelled;
                task.call = None;
                task.hold = Some(why.to_owned());
                task.finished_at = Some(now);
            }
        }
    }

    /// The root's state follows from its steps.
    fn settle_root(&mut self) {
        let Some(playbook) = self.s.playbook.clone() else { return };
        let steps: Vec<&Task> = self.s.tasks.iter().filter(|t| !t.is_root()).collect();
        let any = |state| steps.iter().any(|t| t.state == state);
        let optional = |t: &Task| t.step.as_ref().and_then(|s| playbook.step(s)).is_some_and(|s| s.optional);
        let reviewing = steps.iter().any(|t| {
            t.state == State::InProgress
                && t.step.as_ref().and_then(|s| playbook.step(s)).is_some_and(|s| s.does == Does::Review)
        });
        // What is optional and waits for people does not keep the whole from being done.
        let settled = |t: &Task| t.state.is_over() || (optional(t) && t.state == State::Waiting);
        let state = if steps.iter().all(|t| settled(t)) {
            let done = steps.iter().all(|t| t.state == State::Done || optional(t));
            if done { State::Done } else { State::Cancelled }
        } else if any(State::Blocked) {
            State::Blocked
        } else if reviewing {
            State::InReview
        } else if any(State::InProgress) {
            State::InProgress
        } else if any(State::Waiting) {
            State::Waiting
        } else {
            State::InProgress
        };
        let now = self.now;
        let Some(root) = self.root_mut() else { return };
        if root.state.is_over() || root.state == state {
            return;
        }
        root.state = state;
        if state.is_over() {
            root.finished_at = Some(now);
            let (owner, text) = (root.owner.clone(), words::over(root));
            let notify = vec![root.creator.clone()];
            self.in_thread(&owner, text, notify);
        }
    }

    /// Sends the root post anew if it reads differently by now.
    pub(super) fn refresh_card(&mut self) {
        let Some(post) = self.s.root().and_then(|r| r.post) else { return };
        let Some(channel) = self.s.root().and_then(|r| r.channel.clone()) else { return };
        let card = words::root_card(self.dir, &self.s);
        let owner = self.owner();
        if let Some(root) = self.root_mut() {
            root.revision += 1;
            let revision = root.revision;
            self.effects.retain(|(_, e)| !matches!(e, Effect::Revise { post: p, .. } if *p == post));
            self.revise(post, revision, &owner, Place::Channel { channel }, card);
        }
    }

    /// Replaces references by what they refer to; what is not there becomes null.
    pub(super) fn resolve(&self, with: &std::collections::BTreeMap<String, Value>) -> Value {
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

/// A skill's output: fields, and under `picture` a picture.
fn result_parts(output: &Value) -> (Map<String, Value>, Option<Picture>) {
    let mut fields = output.as_object().cloned().unwrap_or_default();
    let picture = fields.remove("picture").and_then(|p| serde_json::from_value(p).ok());
    (fields, picture)
}

/// What is drawn of a card without a picture.
pub(super) fn plain_card(title: String, text: String) -> Card {
    Card { title, text, ..Card::default() }
}
