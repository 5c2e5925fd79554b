//! Where people have a hand in work before its act is put to them. What is theirs to decide (L1) begins with their word; what is
//! done together with them (L2) goes on step by step, each with a yes.

use serde_json::{Value, json};
use uuid::Uuid;

use super::gate::Question;
use super::{Desk, deputies, words};
use crate::approval::{self, Approval, State as Vote};
use crate::effect::Card;
use crate::name::Handle;
use crate::org::Right;
use crate::playbook::{Does, Playbook, Step};
use crate::policy::{self, Ruling, Stage, Verdict};
use crate::record::Category;
use crate::task::{Note, NoteKind, State, Task};
use crate::team::{Action, Autonomy};

/// What people are asked: that work begins. As the act is called.
pub(super) const START: &str = "task.start";
/// That work goes on with what one step made.
pub(super) const STEP: &str = "task.step";

/// Who of the people is asked, how many must agree, and why.
type Asked = (Vec<String>, u32, String);

impl Desk<'_> {
    /// Puts the beginning of this work before people, where the rules want their word first.
    pub(super) fn ask_to_begin(&mut self) {
        let (Some(root), Some((from, quorum, why))) = (self.s.root().cloned(), self.beginning()) else { return };
        let (kind, input) = (START.to_owned(), subject(&root));
        let nobody = from.is_empty();
        self.ask_people(Question {
            of: root.id,
            digest: approval::digest(&kind, &[], &input),
            kind,
            title: root.title.clone(),
            asked_by: root.owner.clone(),
            input,
            from,
            quorum,
            why: why.clone(),
        });
        let hold = self.s.approvals.last().filter(|a| a.step_task == root.id).map(deputies::hold);
        if let Some(root) = self.root_mut() {
            root.hold = hold;
        }
        if nobody {
            self.block(root.id, Category::OutsideAuthority, why, None);
        }
    }

    /// Whose word this work begins with: of all that the rules want, the strictest.
    fn beginning(&self) -> Option<Asked> {
        let (playbook, root) = (self.s.playbook.as_ref()?, self.s.root()?);
        let theirs = playbook.steps.iter().filter_map(|step| {
            let action = self.at_level(step, Autonomy::L1)?;
            let rule = self.dir.team.rule(action)?;
            let ruling = policy::judge(self.dir, &self.standing(&step.role), &action.into());
            Some((policy::asked(self.dir, &rule.ask), rule.quorum.max(1), ruling.explained(self.dir)))
        });
        let mut wanted: Vec<Asked> = theirs.collect();
        // What other work set off was begun by its playbook, and not by a persona.
        if root.source.is_some() {
            wanted.extend(self.asked_to_start(&root.owner, &root.creator));
        }
        wanted.into_iter().reduce(|(from, quorum, why), (others, more, also)| {
            let both: Vec<String> = from.iter().filter(|name| others.contains(name)).cloned().collect();
            let from = if both.is_empty() { from.into_iter().chain(others).collect() } else { both };
            (from, quorum.max(more), format!("{why}; {also}"))
        })
    }

    /// Whom the rule of beginning work asks, unless whoever asks for the work is all it takes.
    fn asked_to_start(&self, owner: &Handle, asker: &str) -> Option<Asked> {
        let ruling = policy::judge(self.dir, owner, &Action::TaskStart.into());
        let (from, quorum, why) = self.people_of(&ruling)?;
        let asker = self.dir.person(asker).map(|person| person.name.as_str());
        let enough = quorum == 1 && asker.is_some_and(|asker| from.iter().any(|name| name == asker));
        (!enough).then_some((from, quorum, why))
    }

    /// The people that a ruling leaves something to.
    fn people_of(&self, ruling: &Ruling) -> Option<Asked> {
        let why = ruling.explained(self.dir);
        let all = || (self.dir.holders(Right::Approve), 1);
        let (from, quorum) = match &ruling.verdict {
            Verdict::Do => return None,
            Verdict::Escalate { to, quorum, .. } => (policy::deciders(self.dir, to), *quorum),
            Verdict::NeedApproval { order } => order
                .iter()
                .find_map(|stage| match stage {
                    Stage::People { from, quorum } => Some((from.clone(), *quorum)),
                    Stage::Personas(_) => None,
                })
                .unwrap_or_else(all),
            Verdict::Refuse => all(),
        };
        Some((from, quorum, why))
    }

    /// The act of a step, where its rule is of this level.
    fn at_level(&self, step: &Step, level: Autonomy) -> Option<Action> {
        let action = step.action.as_ref()?.parse::<Action>().ok()?;
        self.dir.team.rule(action).filter(|rule| rule.level == level).map(|_| action)
    }

    /// Whether people have not agreed yet that this work begins.
    pub(super) fn is_undecided(&self) -> bool {
        self.of_beginning().is_some_and(|a| a.is_undecided() || a.state == Vote::Expired)
    }

    /// Whether nobody decided in time whether this work begins.
    pub(super) fn is_left_undecided(&self) -> bool {
        self.of_beginning().is_some_and(has_run_out)
    }

    /// The newest approval of this work's beginning.
    fn of_beginning(&self) -> Option<&Approval> {
        let root = self.s.root().filter(|_| self.s.proposal.is_none())?;
        self.s.approvals.iter().rfind(|a| a.step_task == root.id)
    }

    fn is_of_beginning(&self, i: usize) -> bool {
        self.of_beginning().is_some_and(|a| a.id == self.s.approvals[i].id)
    }

    /// What a step made is put before people, where it leads to an act that is done together with them. Gives whether it is.
    pub(super) fn puts_before_partner(&mut self, id: Uuid, step: &Step) -> bool {
        let (Some(playbook), Some(task)) = (self.s.playbook.clone(), self.task(id).cloned()) else { return false };
        let Some((action, by)) = self.leads_to(&playbook, step) else { return false };
        let (Some(made), Some(root)) = (self.made_by(step), self.s.root().cloned()) else { return false };
        let ask = self.dir.team.rule(action).map(|rule| rule.ask.clone()).unwrap_or_default();
        let from = policy::asked(self.dir, &ask);
        let why = policy::judge(self.dir, &by, &action.into()).explained(self.dir);
        self.step_answered(id, None, None);
        if from.is_empty() {
            self.block(id, Category::OutsideAuthority, why, None);
            return true;
        }
        let digest = made["digest"].as_str().unwrap_or_default().to_owned();
        let name = step.gives.as_ref().map(|gives| gives.name.clone()).unwrap_or_default();
        self.ask_people(Question {
            of: id,
            kind: STEP.to_owned(),
            title: format!("{}: {}", step.title, root.title),
            asked_by: task.owner,
            digest: approval::digest(STEP, &[(&name, &digest)], &made),
            input: made,
            from,
            quorum: 1,
            why,
        });
        let hold = self.s.approvals.last().map(deputies::hold);
        if let Some(task) = self.task_mut(id) {
            task.state = State::Waiting;
            task.call = None;
            task.hold = hold;
        }
        true
    }

    /// The act together with people that a step leads to, and by whom; what comes after another act is not looked at.
    fn leads_to(&self, playbook: &Playbook, step: &Step) -> Option<(Action, Handle)> {
        let (mut open, mut seen) = (vec![step.id.as_str()], Vec::new());
        while let Some(before) = open.pop() {
            for next in playbook.steps.iter().filter(|s| s.needs.iter().any(|need| need == before)) {
                if let Some(action) = self.at_level(next, Autonomy::L2) {
                    return Some((action, self.standing(&next.role)));
                }
                if next.action.is_none() && !seen.contains(&next.id.as_str()) {
                    seen.push(next.id.as_str());
                    open.push(next.id.as_str());
                }
            }
        }
        None
    }

    /// What people say yes to: the newest version of what a step makes.
    fn made_by(&self, step: &Step) -> Option<Value> {
        let made = self.s.newest(&step.gives.as_ref()?.name)?;
        Some(json!({ "name": made.name, "version": made.version, "digest": made.digest }))
    }

    /// The card of an approval that is not of an act: of the beginning, or of what one step made.
    pub(super) fn joint_card(&self, approval: &Approval) -> Option<Card> {
        let root = self.s.root().filter(|_| self.s.proposal.is_none())?;
        if approval.step_task == root.id {
            let mut card = words::approval_card(self.dir, approval, &[], &[]);
            card.text = words::request(root, &self.directions());
            return Some(card);
        }
        let step = self.step_of(approval.step_task).filter(|step| step.does == Does::Work)?;
        let shown: Vec<_> = step.gives.iter().filter_map(|gives| self.s.newest(&gives.name)).collect();
        Some(words::approval_card(self.dir, approval, &shown, &[]))
    }

    /// What people said on how it is to be done.
    fn directions(&self) -> Vec<Note> {
        let mut said: Vec<Note> = Vec::new();
        for note in self.s.tasks.iter().flat_map(|t| &t.notes).filter(|n| n.kind == NoteKind::Change) {
            if !said.contains(note) {
                said.push(note.clone());
            }
        }
        said
    }

    /// People agreed to begin, or to go on. True where the approval was of that.
    pub(super) fn joint_approved(&mut self, i: usize, by: &str) -> bool {
        let of = self.s.approvals[i].step_task;
        if self.is_of_beginning(i) {
            let Some(now) = self.s.root().map(subject) else { return true };
            if self.s.approvals[i].spend(&now) {
                let (what, votes) = (self.s.approvals[i].title.clone(), json!(self.s.approvals[i].votes));
                let kind = self.s.approvals[i].kind.clone();
                self.record(by, &kind, format!("\"{what}\" is to be done"), "Decided as asked for.".into(), votes);
                if let Some(root) = self.root_mut() {
                    root.hold = None;
                }
            } else {
                self.begin_anew("what was asked for has changed");
            }
            return true;
        }
        let Some(step) = self.step_of(of).filter(|step| step.does == Does::Work) else { return false };
        let made = self.made_by(&step).unwrap_or_default();
        if self.s.approvals[i].spend(&made) {
            self.finish(of);
        } else {
            self.put_made_again(of, &step, "it is no longer what was shown");
        }
        true
    }

    /// A person decided against beginning. True where the approval was of that.
    pub(super) fn begin_rejected(&mut self, i: usize, by: &str) -> bool {
        if !self.is_of_beginning(i) {
            return false;
        }
        self.s.approvals[i].words_from = Some(by.to_owned());
        let (asker, what) = (self.s.approvals[i].asked_by.clone(), self.s.approvals[i].title.clone());
        let (kind, votes) = (self.s.approvals[i].kind.clone(), json!(self.s.approvals[i].votes));
        self.stop(&format!("{by} decided against it"));
        let text = format!("{by}, understood. What was the reason? A reply here is kept with the decision.");
        self.in_thread(&asker, text, vec![by.to_owned()]);
        let why = "The reason was asked for.".to_owned();
        self.record(by, &kind, format!("\"{what}\" is not to be done"), why, votes);
        true
    }

    /// A person says how it is to be done before it begins: everybody who works on it is told, and it is put anew.
    pub(super) fn begin_changes(&mut self, by: &str, text: &str) {
        let works: Vec<Uuid> =
            self.s.tasks.iter().filter(|t| !t.is_root() && !t.state.is_over()).map(|t| t.id).collect();
        let note = Note { from: by.to_owned(), kind: NoteKind::Change, step: None, text: text.trim().to_owned() };
        for id in works {
            if self.step_of(id).is_some_and(|step| step.does == Does::Work)
                && let Some(task) = self.task_mut(id)
            {
                task.notes.push(note.clone());
            }
        }
        self.begin_anew("it is put anew, with what was said");
        self.advance();
    }

    /// Puts the beginning anew, where it was put before. What is under way waits for the new word, and cards that rest on the
    /// old one are taken back.
    pub(super) fn begin_anew(&mut self, why: &str) {
        let Some(root) = self.s.root().map(|root| root.id) else { return };
        if self.of_beginning().is_none() {
            return;
        }
        self.void_approvals(root, why);
        self.settle_escalations(Some(root));
        self.withdraw_turns();
        let asked: Vec<Uuid> = self.s.approvals.iter().filter(|a| a.is_undecided()).map(|a| a.step_task).collect();
        for id in asked {
            self.void_approvals(id, why);
            if let Some(task) = self.task_mut(id) {
                (task.state, task.hold) = (State::Open, None);
                task.round += 1;
            }
        }
        if let Some(root) = self.root_mut() {
            root.hold = None;
        }
        self.ask_to_begin();
    }

    /// What nobody decided in time, or nobody could, is put anew as it is. True where that was a beginning or what a step made.
    pub(super) fn joint_again(&mut self, of: Uuid) -> bool {
        let newest = self.s.approvals.iter().rfind(|a| a.step_task == of);
        if newest.filter(|a| has_run_out(a)).is_none() {
            return false;
        }
        if self.s.root().is_some_and(|root| root.id == of) && self.s.proposal.is_none() {
            self.begin_anew("it is put anew");
        } else if let Some(step) = self.step_of(of).filter(|step| step.does == Does::Work) {
            self.settle_escalations(Some(of));
            self.put_made_again(of, &step, "it is put anew");
        } else {
            return false;
        }
        self.advance();
        true
    }

    /// Puts what a step made before people once more, as it is now; where the rules ask for it no longer, it goes on.
    pub(super) fn put_made_again(&mut self, id: Uuid, step: &Step, why: &str) {
        self.void_approvals(id, why);
        if !self.puts_before_partner(id, step) {
            self.finish(id);
        }
    }

    /// Whatever only served what was cancelled is not gone on with.
    pub(super) fn cancel_what_served(&mut self, why: &str) {
        let Some(playbook) = self.s.playbook.clone() else { return };
        loop {
            let cancelled = |id: &str| self.s.of_step(id).is_some_and(|t| t.state == State::Cancelled);
            let idle = playbook.steps.iter().find(|step| {
                let mut rest = playbook.steps.iter().filter(|s| s.needs.contains(&step.id)).peekable();
                let open = self.s.of_step(&step.id).is_some_and(|t| !t.state.is_over());
                open && rest.peek().is_some() && rest.all(|s| cancelled(&s.id))
            });
            let Some(id) = idle.and_then(|step| self.s.of_step(&step.id)).map(|t| t.id) else { return };
            self.cancel_step(id, why);
        }
    }
}

/// Whether nobody will decide this any more as it stands: its time is over, or nobody may.
fn has_run_out(approval: &Approval) -> bool {
    approval.state == Vote::Expired || (approval.state == Vote::Open && approval.voters().is_empty())
}

/// Whether an approval is of the way to an act, and not of one.
pub(super) fn is_of_the_way(approval: &Approval) -> bool {
    approval.kind == START || approval.kind == STEP
}

/// What people say yes to when work begins.
fn subject(root: &Task) -> Value {
    json!({ "playbook": root.playbook, "request": root.request })
}
