//! Work begins; its request is edited or deleted.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Desk, Error, words};
use crate::act::{self, Act, Offer};
use crate::effect::{Ask, Body, Effect, Place};
use crate::event::{MessageId, Outcome, Purpose, Requested, Said};
use crate::lane::Lane;
use crate::org::Right;
use crate::playbook::{Playbook, Step};
use crate::task::{Note, NoteKind, Priority, State, Task};

impl Desk<'_> {
    /// Opens the root task with a task for each step. A repeat finds it there and does nothing.
    pub(super) fn requested(&mut self, r: &Requested) -> Result<(), Error> {
        if self.s.root().is_some() {
            return Ok(());
        }
        let playbook = self.dir.playbooks.get(&r.playbook).ok_or_else(|| Error::UnknownPlaybook(r.playbook.clone()))?;
        let playbook = Arc::clone(playbook);
        let owner = self.standing(&playbook.owner);
        let channel = r.channel.clone().unwrap_or_else(|| self.dir.room(None, &self.dir.channel_of(&owner)));
        let title = r.fields.get("title").and_then(Value::as_str).unwrap_or(&playbook.title).to_owned();
        let root = Task {
            state: State::InProgress,
            pins: self.pins(&playbook),
            playbook: Some(playbook.name.clone()),
            request: r.fields.clone(),
            source: r.source.clone(),
            channel: Some(channel.clone()),
            due: r.due.or(Some(self.now + playbook.due_after.delta())),
            priority: r.priority.unwrap_or(playbook.priority),
            started_at: Some(self.now),
            cause: Some(self.cause_of(r)),
            ..self.blank(r.task, title, owner.clone(), r.by.clone())
        };
        let ids: BTreeMap<&str, Uuid> =
            playbook.steps.iter().map(|s| (s.id.as_str(), Uuid::new_v5(&r.task, s.id.as_bytes()))).collect();
        let steps: Vec<Task> =
            playbook.steps.iter().enumerate().map(|(i, step)| self.step_task(&root, i, step, &ids)).collect();
        self.s.tasks.push(root);
        self.s.tasks.extend(steps);
        self.s.playbook = Some(playbook);
        let card = words::root_card(self.dir, &self.s);
        let post = self.post(&owner, Place::Channel { channel }, Body::Card(card), Vec::new());
        if let Some(root) = self.root_mut() {
            root.post = Some(post);
        }
        self.watch_due();
        self.ask_to_begin();
        self.advance();
        Ok(())
    }

    /// A task of this lane that nothing has happened to yet.
    pub(super) fn blank(&self, id: Uuid, title: String, owner: crate::name::Handle, creator: String) -> Task {
        Task {
            id,
            org: self.s.org,
            lane: self.s.lane.clone(),
            parent: None,
            step: None,
            position: 0,
            title,
            state: State::Open,
            owner,
            creator,
            priority: Priority::Normal,
            due: None,
            depends_on: Vec::new(),
            playbook: None,
            pins: BTreeMap::new(),
            request: Map::new(),
            round: 1,
            notes: Vec::new(),
            call: None,
            retries: 0,
            hold: None,
            source: None,
            channel: None,
            post: None,
            revision: 0,
            taken_over: None,
            created_at: self.now,
            started_at: None,
            finished_at: None,
            cause: None,
            chased: None,
        }
    }

    fn step_task(&self, root: &Task, position: usize, step: &Step, ids: &BTreeMap<&str, Uuid>) -> Task {
        Task {
            parent: Some(root.id),
            step: Some(step.id.clone()),
            position: i32::try_from(position).unwrap_or(i32::MAX),
            due: root.due,
            priority: root.priority,
            depends_on: step.needs.iter().filter_map(|n| ids.get(n.as_str()).copied()).collect(),
            ..self.blank(ids[step.id.as_str()], step.title.clone(), step.role.clone(), root.owner.to_string())
        }
    }

    /// The versions that this work stays with.
    fn pins(&self, playbook: &Playbook) -> BTreeMap<String, String> {
        let mut pins = BTreeMap::from([(format!("playbook:{}", playbook.name), playbook.digest())]);
        let roles = playbook.steps.iter().map(|s| &s.role).chain([&playbook.owner]);
        for role in roles {
            if let Some(persona) = self.dir.personas.get(role) {
                pins.insert(format!("persona:{role}"), persona.digest());
            }
        }
        pins
    }

    /// The persona itself, or who stands in for one that was removed: the one whom it reported to is not known any
    /// more, so the playbook's owner, else the first of the team.
    pub(super) fn standing(&self, role: &crate::name::Handle) -> crate::name::Handle {
        let there = |h: &crate::name::Handle| self.dir.personas.contains_key(h);
        if there(role) {
            return role.clone();
        }
        let owner = self.s.playbook.as_ref().map(|p| p.owner.clone()).filter(there);
        owner.or_else(|| self.dir.personas.keys().next().cloned()).unwrap_or_else(|| role.clone())
    }

    pub(super) fn edited(&mut self, said: &Said) {
        if let Some(lane) = self.elsewhere(&said.message) {
            self.effect(Effect::Tell { lane, event: crate::event::Event::Edited { said: said.clone() } });
            return;
        }
        let Some(root) = self.s.root().filter(|r| r.source.as_ref() == Some(&said.message)).cloned() else { return };
        if !self.dir.may(&said.by, Right::Command) {
            return;
        }
        self.renew(&said.by);
        if self.proposal_edited(said) {
            return;
        }
        if root.state == State::Cancelled || root.state == State::Failed {
            self.in_thread(&root.owner, "That request was stopped; please ask anew.", Vec::new());
            return;
        }
        if let Some(root) = self.root_mut() {
            root.retries = 0;
        }
        self.ask_reread(&root, said, None);
    }

    fn ask_reread(&mut self, root: &Task, said: &Said, hint: Option<&str>) {
        let Some(playbook) = self.s.playbook.clone() else { return };
        let offers = [Offer::StartWork(vec![playbook])];
        let mut ask = "The person edited the request that you are working on. Read it again, whole.".to_owned();
        if let Some(hint) = hint {
            ask.push_str(&format!(" Your previous answer could not be used: {hint}."));
        }
        let ask = Ask {
            persona: root.owner.clone(),
            purpose: Purpose::Reread { task: root.id, said: said.clone() },
            task: Some(root.id),
            cause: self.allowance(),
            ask,
            material: self.reread_material(root, said),
            acts: offers.iter().map(Offer::spec).collect(),
        };
        let call = self.effect(Effect::Ask(Box::new(ask)));
        if let Some(root) = self.root_mut() {
            root.call = Some(call);
        }
    }

    pub(super) fn reread(&mut self, said: &Said, outcome: &Outcome) {
        let (Some(root), Some(playbook)) = (self.s.root().cloned(), self.s.playbook.clone()) else { return };
        let offers = [Offer::StartWork(vec![playbook])];
        let parsed = match outcome {
            Outcome::Acts { acts, text } => self.parsed(acts, text.as_deref(), &offers),
            Outcome::Failed { why, .. } | Outcome::Unfunded { why, .. } => Err(act::Invalid(why.clone())),
            Outcome::Result { .. } | Outcome::Withheld => return,
        };
        match parsed {
            Ok(acts) => {
                if let Some(Act::StartWork(work)) = acts.into_iter().next() {
                    self.request_changed(&root, said, work);
                }
            }
            Err(invalid) if root.retries == 0 => {
                if let Some(root) = self.root_mut() {
                    root.retries = 1;
                }
                self.ask_reread(&root, said, Some(&invalid.0));
            }
            Err(invalid) => {
                let text = format!(
                    "I could not read the edited request ({}), so I go on with what was asked before. A reply here with \
                     the wish in a sentence helps.",
                    invalid.0
                );
                self.in_thread(&root.owner, text, vec![said.by.clone()]);
            }
        }
    }

    fn request_changed(&mut self, before: &Task, said: &Said, work: act::StartWork) {
        let due = work.due.or(before.due);
        let priority = work.priority.unwrap_or(before.priority);
        if before.request == work.fields && before.due == due && before.priority == priority {
            return;
        }
        let title = work.fields.get("title").and_then(Value::as_str).unwrap_or(&before.title).to_owned();
        if let Some(root) = self.root_mut() {
            root.request = work.fields.clone();
            root.title = title;
            root.due = due;
            root.retries = 0;
        }
        for task in &mut self.s.tasks {
            task.priority = priority;
        }
        if before.due != due || before.priority != priority {
            self.settle_due();
            self.watch_due();
        }
        if before.request == work.fields {
            let what = match (before.due != due, before.priority != priority) {
                (true, true) => "due date and the priority",
                (true, false) => "due date",
                (false, _) => "priority",
            };
            self.in_thread(&before.owner, format!("The {what} changed, at {}'s word.", said.by), Vec::new());
            self.refresh_card();
            return;
        }
        self.begin_anew("the request was edited");
        let Some(playbook) = &self.s.playbook else { return };
        let targets = if playbook.on_edit.is_empty() {
            playbook.on_changes.iter().cloned().collect()
        } else {
            playbook.on_edit.clone()
        };
        let text = format!("{} edited the request; the work follows it.", said.by);
        self.in_thread(&before.owner, text, Vec::new());
        let note = Note { from: said.by.clone(), kind: NoteKind::Edit, step: None, text: self.edit_in_words(said) };
        self.send_back(&targets, &[note]);
    }

    /// What an edit says, for the thread. What was said in a direct conversation stays there: its fields speak for it.
    fn edit_in_words(&self, said: &Said) -> String {
        if said.direct.is_none() {
            return said.text.clone();
        }
        let fields = self.s.root().map(|r| r.request.clone()).unwrap_or_default();
        let parts = fields.iter().filter_map(|(name, value)| Some(format!("{name}: {}", value.as_str()?)));
        parts.collect::<Vec<_>>().join("; ")
    }

    pub(super) fn deleted(&mut self, message: &MessageId, by: &str) {
        if let Some(lane) = self.elsewhere(message) {
            let event = crate::event::Event::Deleted { message: message.clone(), by: by.to_owned() };
            self.effect(Effect::Tell { lane, event });
            return;
        }
        let Some(root) = self.s.root().filter(|r| r.source.as_ref() == Some(message)).cloned() else { return };
        if root.state.is_over() {
            if root.state == State::Done {
                self.withdraw(&format!("{by} deleted the request"));
                let text = format!("{by} deleted the request. The work is done, and what is published stays.");
                self.in_thread(&root.owner, text, Vec::new());
            }
            return;
        }
        self.stop(&format!("{by} deleted the request"));
    }

    /// Stops the whole: nothing that is under way counts any more.
    pub(super) fn stop(&mut self, why: &str) {
        self.withdraw(why);
        self.settle_escalations(None);
        let owner = self.owner();
        self.in_thread(&owner, format!("Stopped: {why}."), Vec::new());
        self.refresh_card();
    }

    /// Cancels whatever is not over, and voids what people were asked.
    fn withdraw(&mut self, why: &str) {
        self.drop_proposal();
        let open: Vec<Uuid> = self.s.tasks.iter().filter(|t| !t.state.is_over()).map(|t| t.id).collect();
        let now = self.now;
        self.release();
        for id in &open {
            self.void_approvals(*id, why);
            self.withdraw_letters(*id);
            if let Some(task) = self.task_mut(*id) {
                task.state = State::Cancelled;
                task.call = None;
                task.hold = Some(why.to_owned());
                task.finished_at = Some(now);
            }
        }
    }

    /// The lane that a message belongs to by now, if it is another one.
    fn elsewhere(&self, message: &MessageId) -> Option<Lane> {
        let lane = &self.s.heard.get(message)?.lane;
        (lane.is_task() && *lane != self.s.lane).then(|| lane.clone())
    }
}
