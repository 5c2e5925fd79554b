//! `@bullpen why`: which rule asked for what, from which file and line.

use super::{Desk, talk, words};
use crate::approval::State;
use crate::event::Said;
use crate::name::Handle;
use crate::org::Directory;
use crate::policy::{self, Ruling, Stage, Verdict};
use crate::proposal::Proposal;
use crate::record::EscalationState;
use crate::team::Action;

/// What is asked of the department with this word.
const WHY: &str = "why";

impl Desk<'_> {
    /// Whether somebody asks the department why.
    pub(super) fn asks_why(said: &Said) -> bool {
        talk::said_to_desk(&said.text).first().is_some_and(|word| word == WHY)
    }

    /// What waits here, and by which rule; where nothing does, what the rules will ask for.
    pub(super) fn why(&self) -> String {
        let open = self.s.approvals.iter().filter(|a| a.state == State::Open && !a.why.is_empty());
        let waits =
            open.map(|a| format!("**{}** waits for {}: {}.", words::plain(&a.title), a.voters().join(", "), a.why));
        let stuck = self.s.escalations.iter().filter(|e| e.state == EscalationState::Open && e.category.is_of_rules());
        let stuck = stuck.map(|e| format!("@{} is stopped, and {} can help: {}.", e.from, e.to.join(", "), e.issue));
        let now: Vec<String> = waits.chain(stuck).collect();
        if !now.is_empty() {
            return now.join("\n\n");
        }
        if let Some(p) = &self.s.proposal {
            return self.why_decided_so(p);
        }
        let Some(playbook) = self.s.root().and(self.s.playbook.as_ref()) else {
            return "Nothing is judged in this conversation. Ask me `why` in the thread of a piece of work.".to_owned();
        };
        let acts = playbook.steps.iter().filter_map(|step| {
            let action: Action = step.action.as_ref()?.parse().ok()?;
            let owner = self.s.of_step(&step.id).map_or(&step.role, |task| &task.owner);
            Some(format!("- **{}** ({action} by @{owner}) {}.", step.title, self.asked_of(owner, action)))
        });
        let acts: Vec<String> = acts.collect();
        if acts.is_empty() {
            return "Nothing that this work does reaches beyond talk, so no rule asks anybody.".to_owned();
        }
        format!("Nobody is asked just now. What the rules ask for here:\n\n{}", acts.join("\n"))
    }

    /// Whose a decision is, and by which rule.
    fn why_decided_so(&self, p: &Proposal) -> String {
        let asked = Self::asked(self.ruling_on(p), self.dir);
        let waits: Vec<String> = p.waiting.iter().map(|w| format!("@{}", w.who)).collect();
        let waits = if waits.is_empty() { String::new() } else { format!(" It waits for {}.", waits.join(", ")) };
        format!("This is {}. With @{} it {asked}.{waits}", p.state.words(), p.maker)
    }

    /// What the rules ask of an act, in the words that follow its name.
    fn asked_of(&self, owner: &Handle, action: Action) -> String {
        Self::asked(policy::judge(self.dir, owner, &action.into()), self.dir)
    }

    fn asked(ruling: Ruling, dir: &Directory) -> String {
        let why = ruling.explained(dir);
        match &ruling.verdict {
            Verdict::Do => "goes by itself, and people are told".to_owned(),
            Verdict::NeedApproval { order } => {
                let stages: Vec<String> = order.iter().map(Stage::to_string).collect();
                format!("needs the yes of {}: {why}", stages.join(", then of "))
            }
            Verdict::Escalate { to, .. } => format!("is for {} to decide: {why}", to.join(", ")),
            Verdict::Refuse => format!("is refused: {why}"),
        }
    }
}
