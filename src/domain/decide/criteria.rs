//! What is for people by a persona's own criteria: it goes before them at once, and the persona says no more than that.

use serde_json::{Map, Value};

use super::{Desk, talk, words};
use crate::act::{Act, discussion};
use crate::effect::Effect;
use crate::event::{Event, ForPeople, Talk};
use crate::lane::Lane;
use crate::name::Handle;
use crate::record::{Category, EscalationState};

/// A criterion that is met.
pub(super) struct Met {
    pub(super) category: Category,
    /// What it is about.
    about: String,
    /// The criterion, with its file and line and what met it.
    pub(super) why: String,
}

impl Desk<'_> {
    /// The first of a persona's criteria that a text meets.
    pub(super) fn criterion_met(&self, persona: &Handle, text: &str) -> Option<Met> {
        let criteria = self.dir.personas.get(persona)?.for_people.iter().enumerate();
        let (index, criterion, what) = criteria.filter_map(|(i, c)| Some((i, c, c.met_by(text)?))).next()?;
        let field = format!("for_people[{index}]");
        let place = self.dir.place(Some(persona), &field).map(|place| format!(" in {place}")).unwrap_or_default();
        let why = format!("this is {}, which @{persona} hands to people (“{what}”; `{field}`{place})", criterion.about);
        Some(Met { category: criterion.category(), about: criterion.about.clone(), why })
    }

    /// The same for the arguments of an act. Mere words bind nobody.
    pub(super) fn act_met(&self, persona: &Handle, act: &Act) -> Option<Met> {
        match act {
            Act::StartWork(work) => self.fields_met(persona, &work.fields),
            Act::Submit(fields) => self.fields_met(persona, fields),
            Act::Settle(text) | Act::RequestChange(text) => self.criterion_met(persona, text),
            Act::Discuss(discussion::Act::Propose(draft)) => {
                let texts = [&draft.plan.text, &draft.plan.reasoning];
                texts.into_iter().find_map(|text| self.criterion_met(persona, text))
            }
            Act::Say(_) | Act::Review(_) | Act::Escalate(_) | Act::Discuss(_) => None,
        }
    }

    fn fields_met(&self, persona: &Handle, fields: &Map<String, Value>) -> Option<Met> {
        fn texts<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
            match value {
                Value::String(text) => out.push(text),
                Value::Array(entries) => entries.iter().for_each(|entry| texts(entry, out)),
                Value::Object(fields) => fields.values().for_each(|field| texts(field, out)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        fields.values().for_each(|value| texts(value, &mut found));
        found.into_iter().find_map(|text| self.criterion_met(persona, text))
    }

    /// A conversation goes before people. Its thread's own lane does that, since replies are heard there.
    pub(super) fn hand_to_people(&mut self, persona: &Handle, talk: &Talk, met: Met) {
        let Met { category, about, why } = met;
        let said = talk.said.clone();
        let thread = talk::thread_of(&said);
        let lane = Lane::talk(&thread.channel, Some(&thread.id));
        let elsewhere = !self.s.lane.is_task() && said.direct.is_none() && self.s.lane != lane;
        let handed = ForPeople { persona: persona.clone(), said, category, about, why };
        if elsewhere {
            self.effect(Effect::Tell { lane, event: Event::ForPeople(handed) });
        } else {
            self.for_people(&handed);
        }
    }

    /// What people have already is not put before them again.
    pub(super) fn for_people(&mut self, handed: &ForPeople) {
        let ForPeople { persona, said, category, about, why } = handed;
        if self.s.held.contains_key(&talk::thread_of(said)) {
            return;
        }
        let at = talk::reply_place(said);
        let standing = self.s.escalations.iter().any(|e| {
            let same = e.from == *persona && e.category == *category && e.origin.as_ref() == Some(&at);
            same && e.state == EscalationState::Open
        });
        if standing {
            self.say(persona, at, format!("This is {about}. A person has it already, and answers here."));
            return;
        }
        let text = format!("This is {about}, so a person takes it. I have put it before them; they answer here.");
        self.say(persona, at.clone(), text);
        // What is said directly is not shown to others.
        let quoted = if said.direct.is_some() { String::new() } else { format!("\n{}", words::quote(&said.text)) };
        let issue = format!("{} wrote to @{persona}: {why}{quoted}", said.by);
        self.escalate_at(at, persona.clone(), *category, issue, None);
    }

    /// Whether people have answered this very trouble of a step: then whatever it stops may go on.
    pub(super) fn is_released(&self, issue: &str) -> bool {
        let by_person = |by: &Option<String>| by.as_ref().is_some_and(|by| self.dir.person(by).is_some());
        self.s.escalations.iter().any(|e| {
            e.step_task.is_some()
                && e.issue == issue
                && e.state == EscalationState::Answered
                && by_person(&e.answered_by)
        })
    }
}
