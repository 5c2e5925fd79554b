//! A test whose data decides, and the look at what came of a decision.

use chrono::TimeDelta;
use serde_json::json;

use super::show;
use crate::act::discussion::{Aftermath, Trial};
use crate::decide::Desk;
use crate::event::Said;
use crate::name::Handle;
use crate::org::Right;
use crate::proposal::{Plan, Proposal, State, Test, Voice};
use crate::record::{Category, EscalationState};

/// How often the figure of a test is asked for.
const ASKED: i32 = 3;
/// How long the figure of a test that is missing is waited for before it is asked for again.
const ASK_AGAIN: TimeDelta = TimeDelta::days(1);

impl Desk<'_> {
    /// Whoever decides lets a test decide.
    pub(super) fn test_ordered(&mut self, who: &Handle, trial: Trial) {
        let Trial { measure, at_least, otherwise, until, measured_by, reasoning } = trial;
        let test = Test { measure, at_least, otherwise, until, measured_by, asked: 0, value: None, source: None };
        let text = show::test(self.dir, &test, &reasoning);
        self.in_thread(who, text, vec![test.measured_by.to_string()]);
        self.agree(who.as_str(), "orders a test", reasoning.clone());
        let Some(p) = self.s.proposal.as_mut() else { return };
        (p.state, p.test) = (State::Testing, Some(test.clone()));
        let p = p.clone();
        let what = format!("A test decides: {}", show::test_rule(&test));
        self.record_of(&p, who.as_str(), format!("{}.test", p.kind), what, reasoning, &[]);
        self.open_turn(until);
        self.show_discussion();
    }

    /// The test is over.
    pub(super) fn test_over(&mut self) {
        if let Some(test) = self.s.proposal.as_mut().and_then(|p| p.test.as_mut()) {
            test.asked += 1;
        }
        self.ask_measure();
    }

    /// Whoever measures is asked for the figure.
    pub(super) fn ask_measure(&mut self) {
        let Some(test) = self.proposal().and_then(|p| p.test.clone()) else { return };
        let until = self.answer_by();
        self.open_turn(until);
        let by = self.owner();
        let text = format!("@{}, the test is over. What did it give? {}", test.measured_by, test.measure);
        self.in_thread(&by, text, vec![test.measured_by.to_string()]);
        self.ask_voice(&test.measured_by, Voice::Measure, None);
        self.show_discussion();
    }

    /// The figure decides, as the test said it would: the plan stands, or what was to be done otherwise does.
    pub(super) fn measured(&mut self, who: &Handle, value: f64, source: String) {
        let Some(p) = self.s.proposal.as_mut() else { return };
        let Some(test) = p.test.as_mut() else { return };
        (test.value, test.source) = (Some(value), Some(source.clone()));
        let (test, plan, maker) = (test.clone(), p.plan.clone(), p.maker.clone());
        self.in_thread(who, show::figure(&test), Vec::new());
        if let Some(p) = self.proposal().cloned() {
            self.settle_own(&p);
        }
        let stands = value >= test.at_least;
        let reasoning = show::verdict_of(&test);
        if !stands {
            let mut alternatives = plan.alternatives;
            alternatives.push(plan.text);
            let otherwise = Plan {
                text: test.otherwise.clone(),
                reasoning: reasoning.clone(),
                alternatives,
                audience: plan.audience,
                ..Plan::default()
            };
            self.next_version(&maker, otherwise);
        }
        self.agree(maker.as_str(), super::settle::DECIDES, reasoning);
        self.rule();
    }

    /// The figure is not there: people hear of it, and it is asked for again so often and no more.
    pub(super) fn no_measure(&mut self, who: &Handle, why: &str) {
        let Some(at) = self.thread() else { return };
        let told =
            self.s.escalations.iter().any(|e| e.category == Category::Blocked && e.state == EscalationState::Open);
        if !told {
            let issue =
                format!("The test is over, and its figure is missing: {why}. Say it in this thread, by @{who}'s name.");
            self.escalate_at(at, who.clone(), Category::Blocked, issue, None);
        }
        if self.proposal().and_then(|p| p.test.as_ref()).is_some_and(|test| test.asked >= ASKED) {
            // Without data, whoever ordered the test decides.
            self.rule();
            return;
        }
        self.open_turn(self.now + ASK_AGAIN);
        self.show_discussion();
    }

    /// A person says the figure, in the thread of a test that is over and by the name of whoever measures: asks again.
    pub(in crate::decide) fn took_figure(&mut self, said: &Said) -> bool {
        let theirs = said.thread.is_some() && self.dir.may(&said.by, Right::Command);
        let named = self.named(said);
        let asked = self.proposal().and_then(|p| p.test.as_ref()).is_some_and(|test| named.contains(&test.measured_by));
        // A question back is no figure.
        theirs && asked && !said.text.trim().ends_with('?') && self.measure_again()
    }

    /// Asks for the figure of a test that is over once more. False where none is awaited.
    pub(in crate::decide) fn measure_again(&mut self) -> bool {
        let open = |p: &&Proposal| p.state == State::Testing && p.waiting.is_empty();
        let over =
            self.proposal().filter(open).and_then(|p| p.test.as_ref()).is_some_and(|test| test.until <= self.now);
        if over {
            self.ask_measure();
        }
        over
    }

    /// What came of a decision is looked at on the day that was set for it.
    pub(super) fn ask_outcome(&mut self) {
        let Some(p) = self.proposal().cloned() else { return };
        let until = self.answer_by();
        self.open_turn(until);
        let by = self.looker(&p);
        self.ask_voice(&by, Voice::LookBack, None);
    }

    /// Who looks: the persona that decided, or else the one who proposed.
    fn looker(&self, p: &Proposal) -> Handle {
        if self.dir.personas.contains_key(&p.maker) { p.maker.clone() } else { p.by.clone() }
    }

    pub(super) fn looked_back(&mut self, who: &Handle, aftermath: Aftermath) {
        let Aftermath { went, note, lesson } = aftermath;
        let what = format!("What came of it ({}): {note}", went.replace('_', " "));
        self.note_outcome(who, &went, what, lesson.unwrap_or_default());
    }

    pub(super) fn nobody_looked(&mut self, who: &Handle, why: &str) {
        let what = format!("What came of it is not known: @{who} {why}");
        let people = self.dir.holders(Right::Command);
        self.in_thread(
            who,
            format!("{}: {what}. A word here is kept with the thread.", people.join(", ")),
            people.clone(),
        );
        self.note_outcome(who, "unknown", what, String::new());
    }

    fn note_outcome(&mut self, who: &Handle, went: &str, what: String, lesson: String) {
        let Some(p) = self.s.proposal.as_mut() else { return };
        p.look_at = None;
        // Nothing is asked any more.
        p.turn += 1;
        let p = p.clone();
        let learned = if lesson.is_empty() { String::new() } else { format!("\nLearned: {lesson}") };
        self.in_thread(who, format!("**Looking back at “{}”.** {what}{learned}", p.plan.text), Vec::new());
        let of = json!({ "of": p.record, "went": went });
        self.record_outcome(&p, who, what, lesson, of);
    }
}
