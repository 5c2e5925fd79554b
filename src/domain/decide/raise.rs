//! An escalation is put on show: in the channel of those whom it is put before, with a line where it arose; before all
//! hands at once where it is critical.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::climb::PEOPLE;
use super::{Desk, words};
use crate::effect::{Body, Effect, Place};
use crate::event::Timer;
use crate::name::Handle;
use crate::org::{ALL_HANDS, Right, platform};
use crate::record::{Category, Escalation, EscalationState, Urgency};

/// An escalation in the making.
pub(super) struct Raised {
    pub(super) from: Handle,
    /// The persona that is asked; none where people are.
    pub(super) to: Option<Handle>,
    /// Those who are told, where people are asked.
    pub(super) people: Vec<String>,
    pub(super) category: Category,
    pub(super) issue: String,
    pub(super) step_task: Option<Uuid>,
}

impl Desk<'_> {
    /// Raises an escalation before people, and before those named or else the one's lead, in the thread where it arose.
    pub(super) fn escalate_at(
        &mut self,
        at: Place,
        from: Handle,
        category: Category,
        issue: String,
        step: Option<Uuid>,
    ) {
        self.raise_before_people(Vec::new(), at, from, category, issue, step);
    }

    pub(super) fn raise_before_people(
        &mut self,
        to: Vec<String>,
        at: Place,
        from: Handle,
        category: Category,
        issue: String,
        step_task: Option<Uuid>,
    ) -> Uuid {
        // Who has left the department hears of nothing.
        let there = |lead: &&Handle| self.dir.personas.contains_key(*lead);
        let leads = || self.dir.personas.get(&from).map(|p| p.reports_to.clone()).unwrap_or_default();
        let mut people =
            if to.is_empty() { leads().iter().filter(there).map(ToString::to_string).collect() } else { to };
        people.extend(
            self.dir.holders(Right::Command).into_iter().filter(|name| !people.contains(name)).collect::<Vec<_>>(),
        );
        self.escalate(at, Raised { from, to: None, people, category, issue, step_task })
    }

    /// Those who are called at once when something is critical: the people who may take over, else who may command.
    fn on_call(&self) -> Vec<String> {
        let on_call = self.dir.holders(Right::TakeOver);
        if on_call.is_empty() { self.dir.holders(Right::Command) } else { on_call }
    }

    /// Puts an escalation on show. Gives its id.
    pub(super) fn escalate(&mut self, origin: Place, raised: Raised) -> Uuid {
        let Raised { from, to, people, category, issue, step_task } = raised;
        let urgency = self.dir.team.escalation.urgency(category, self.s.root(), self.now);
        let all_hands = urgency == Urgency::Critical;
        let to = to.filter(|_| !all_hands);
        let whom = match &to {
            Some(to) => vec![to.to_string()],
            None if all_hands => self.on_call(),
            None => people,
        };
        let mut escalation = Escalation {
            id: self.ids.give(),
            org: self.s.org,
            lane: self.s.lane.clone(),
            task: self.s.root().map(|r| r.id),
            step_task,
            level: self.level_of(to.as_ref()),
            category,
            from,
            to: whom,
            issue,
            urgency,
            recommendation: words::recommendation(category, step_task.is_some()).to_owned(),
            attempts: Vec::new(),
            impact: step_task.map(|id| self.impact(id)).unwrap_or_default(),
            respond_by: Some(self.respond_by(urgency, to.as_ref())),
            reminded: 0,
            answer: None,
            answered_by: None,
            state: EscalationState::Open,
            place: None,
            origin: Some(origin),
            post: Uuid::nil(),
            earlier: Vec::new(),
            revision: 0,
            at: self.now,
            closed_at: None,
        };
        self.put_before(&mut escalation, to.as_ref());
        let (id, level) = (escalation.id, escalation.level);
        if let Some(at) = escalation.respond_by {
            self.effect(Effect::Wake { at, timer: Timer::Climb { escalation: id, level } });
        }
        self.s.escalations.push(escalation);
        id
    }

    /// Posts the card where those whom it is put before meet, and says so where it arose.
    pub(super) fn put_before(&mut self, escalation: &mut Escalation, to: Option<&Handle>) {
        let Some(origin) = escalation.origin.clone().or_else(|| self.thread()) else { return };
        let near = Some(origin.channel());
        let all_hands = escalation.urgency == Urgency::Critical;
        let room = match to {
            _ if all_hands => Some(ALL_HANDS.to_owned()),
            Some(to) => Some(self.dir.channel_of(to)),
            // People are asked where it arose.
            None => None,
        };
        let place = match &room {
            Some(room) => Place::Channel { channel: self.dir.room(near, room) },
            None => origin.clone(),
        };
        let mut notify = escalation.to.clone();
        if all_hands {
            let chain = self.dir.leads(&escalation.from);
            notify.extend(chain.iter().map(ToString::to_string).filter(|lead| !escalation.to.contains(lead)));
        }
        escalation.place = Some(place.clone());
        let mut card = words::escalation_card(self.dir, escalation);
        if let (true, Some(root)) = (room.is_some(), self.s.root()) {
            let title = words::plain(&root.title);
            card.fields.insert(
                1,
                ("About".to_owned(), root.post.map_or(title.clone(), |post| link(&title, origin.channel(), post))),
            );
        }
        escalation.post = self.post(&escalation.from, place.clone(), Body::Card(card), notify);
        if let Some(room) = room {
            let whom: Vec<String> = escalation.to.iter().map(|who| words::called(self.dir, who)).collect();
            let where_to = link(&format!("#{room}"), place.channel(), escalation.post);
            let text = format!("This is with {} now, in {where_to}: {}", whom.join(", "), escalation.issue);
            self.say(&escalation.from.clone(), origin, text);
        }
    }

    /// Until when an answer is waited for. A persona that is off has the time from its next hours; what is critical waits
    /// for nobody's hours.
    pub(super) fn respond_by(&self, urgency: Urgency, to: Option<&Handle>) -> DateTime<Utc> {
        let persona = to.and_then(|to| self.dir.personas.get(to)).filter(|_| urgency != Urgency::Critical);
        let from = persona.map_or(self.now, |persona| persona.availability.next(self.now, self.dir.zone));
        from + self.dir.team.escalation.patience(urgency)
    }

    /// Where something is said to those who look at an escalation's card.
    pub(super) fn below_card(&self, escalation: &Escalation) -> Option<Place> {
        match escalation.place.clone() {
            Some(Place::Channel { channel }) => Some(Place::Below { channel, post: escalation.post }),
            place => place.or_else(|| self.thread()),
        }
    }

    /// Puts an escalation on show as it stands now.
    pub(super) fn show_escalation(&mut self, id: Uuid) {
        let Some(escalation) = self.s.escalations.iter_mut().find(|e| e.id == id) else { return };
        escalation.revision += 1;
        let escalation = escalation.clone();
        let Some(at) = escalation.place.clone().or_else(|| self.thread()) else { return };
        let card = words::escalation_card(self.dir, &escalation);
        self.revise(escalation.post, escalation.revision, &escalation.from, at, card);
    }

    /// The card that an escalation leaves behind says where it went.
    pub(super) fn leave_card(&mut self, before: &Escalation, after: &Escalation) {
        let Some(at) = before.place.clone().or_else(|| self.thread()) else { return };
        let whom: Vec<String> = after.to.iter().map(|who| words::called(self.dir, who)).collect();
        let card = words::moved_on(self.dir, before, &whom.join(", "), after.level);
        self.revise(before.post, after.revision, &before.from, at, card);
    }

    /// Once personas speak again, who is asked is asked anew, with the whole time to answer.
    pub(super) fn ask_anew(&mut self, id: Uuid) {
        let Some(escalation) = self.s.escalations.iter().find(|e| e.id == id).cloned() else { return };
        let to = escalation.to.first().and_then(|to| Handle::parse(to).ok());
        let to = to.filter(|to| escalation.level < PEOPLE && self.dir.personas.contains_key(to));
        let at = self.respond_by(escalation.urgency, to.as_ref());
        if let Some(escalation) = self.s.escalations.iter_mut().find(|e| e.id == id) {
            escalation.respond_by = Some(at);
        }
        self.show_escalation(id);
        self.effect(Effect::Wake { at, timer: Timer::Climb { escalation: id, level: escalation.level } });
        if let Some(to) = to {
            self.ask_help(id, &to, None);
        }
    }
}

/// A way to the thread below one of our posts. Only in the lobby does a message have the id of its post.
pub(super) fn link(words: &str, channel: &str, post: Uuid) -> String {
    if platform(channel).is_empty() { format!("[{words}](/#/c/{channel}/t/{post})") } else { words.to_owned() }
}
