//! Who was told what, whether it was answered, and who is chased for an answer. An answer that does not come in time is
//! asked for once more in the thread, then it climbs.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::climb::PEOPLE;
use super::raise::Raised;
use super::talk::reply_place;
use super::{Desk, desk};
use crate::effect::{Body, Effect, Place};
use crate::event::{Event, Said, Talk, Timer};
use crate::lane::Lane;
use crate::letter::{Answer, Letter, beginning};
use crate::name::Handle;
use crate::org::Right;
use crate::record::{Category, Envelope, EnvelopeKind, EscalationState};
use crate::task::Task;

/// Most people that one answer of a persona asks something.
const ASKED: usize = 3;

impl Desk<'_> {
    /// A letter, with nothing but who says what to whom.
    fn letter(&mut self, from: &str, to: &str, text: &str, place: Option<Place>) -> Letter {
        let person = |dir: &crate::org::Directory, name: &str| {
            dir.person(name).is_some() && !dir.personas.keys().any(|handle| handle.as_str() == name)
        };
        Letter {
            id: self.ids.give(),
            org: self.s.org,
            lane: self.s.lane.clone(),
            task: self.s.root().map(|root| root.id),
            step_task: None,
            envelope: None,
            message: None,
            post: None,
            from: from.to_owned(),
            by_person: person(self.dir, from),
            to: to.to_owned(),
            to_person: person(self.dir, to),
            subject: beginning(text),
            place,
            talk: None,
            held: false,
            dropped: 0,
            call: None,
            respond_by: None,
            chased_at: None,
            escalation: None,
            read_at: None,
            read_call: None,
            answered_at: None,
            answer_post: None,
            answer_message: None,
            answer_emoji: None,
            closed_at: None,
            at: self.now,
        }
    }

    fn letter_mut(&mut self, id: Uuid) -> Option<&mut Letter> {
        self.s.letters.iter_mut().find(|letter| letter.id == id)
    }

    /// What a person says to a persona. Gives the letter's id.
    pub(super) fn addressed_by_person(&mut self, said: &Said, to: &Handle) -> Uuid {
        // What is said in a direct conversation stays there.
        let text = if said.direct.is_some() { "" } else { said.text.as_str() };
        let mut letter = self.letter(&said.by, to.as_str(), text, Some(reply_place(said)));
        letter.by_person = true;
        letter.message = Some(said.message.clone());
        let id = letter.id;
        self.s.letters.push(letter);
        id
    }

    /// The letters of an envelope. What it answers is answered.
    pub(super) fn write_letters(&mut self, envelope: &Envelope, task: &Task) {
        if matches!(envelope.kind, EnvelopeKind::Answer | EnvelopeKind::Review) {
            self.step_answered(task.id, Some(&envelope.from), envelope.post);
        }
        let place = self.thread();
        for to in &envelope.to {
            let mut letter = self.letter(envelope.from.as_str(), to, &envelope.subject, place.clone());
            letter.step_task = Some(task.id);
            letter.envelope = Some(envelope.id);
            letter.post = envelope.post;
            // The due date is watched for the whole task at once.
            letter.closed_at = (!envelope.response_required).then_some(self.now);
            self.s.letters.push(letter);
        }
    }

    /// What was asked of a step's owner has come.
    pub(super) fn step_answered(&mut self, step_task: Uuid, by: Option<&Handle>, post: Option<Uuid>) {
        let now = self.now;
        let of_step =
            |l: &&mut Letter| l.is_open() && l.step_task == Some(step_task) && by.is_none_or(|by| l.to == by.as_str());
        for letter in self.s.letters.iter_mut().filter(of_step) {
            letter.answer(now, Answer::Post(post));
        }
    }

    /// Nobody needs what was asked for a step any more.
    pub(super) fn withdraw_letters(&mut self, step_task: Uuid) {
        let now = self.now;
        for letter in self.s.letters.iter_mut().filter(|l| l.step_task == Some(step_task)) {
            letter.withdraw(now);
        }
    }

    /// The turn that is to answer a step's handoff.
    pub(super) fn step_asked(&mut self, task: &Task, call: Uuid) {
        let of_step = |l: &&mut Letter| {
            l.is_open() && l.step_task == Some(task.id) && l.to == task.owner.as_str() && l.envelope.is_some()
        };
        for letter in self.s.letters.iter_mut().filter(of_step) {
            letter.call = Some(call);
        }
    }

    /// The turn that is to answer a message.
    pub(super) fn talk_asked(&mut self, talk: &Talk, call: Uuid) {
        if let Some(letter) = talk.letter.and_then(|id| self.letter_mut(id)) {
            letter.call = Some(call);
        }
    }

    /// A persona has answered, one way or another. Those that waited for it may speak.
    pub(super) fn talk_settled(&mut self, talk: &Talk, post: Option<Uuid>) {
        let now = self.now;
        let Some(letter) = talk.letter.and_then(|id| self.letter_mut(id)) else { return };
        letter.answer(now, Answer::Post(post));
        let id = letter.id;
        self.close_escalation_of(id, None);
        self.give_floor();
    }

    /// The message is gone, and with it the wish for an answer.
    pub(super) fn talk_withdrawn(&mut self, talk: &Talk) {
        self.nobody_waits(talk);
        self.give_floor();
    }

    /// An answer is not waited for any more.
    pub(super) fn nobody_waits(&mut self, talk: &Talk) {
        let now = self.now;
        if let Some(letter) = talk.letter.and_then(|id| self.letter_mut(id)) {
            letter.withdraw(now);
        }
    }

    /// The people that a persona asks something: a line begins with their name, and there is a question in it.
    pub(super) fn people_asked(&self, talk: &Talk, text: &str) -> Vec<String> {
        if talk.said.direct.is_some() || !text.contains('?') {
            return Vec::new();
        }
        let lines: Vec<String> = text.lines().map(|line| line.trim_start().to_lowercase()).collect();
        let named = |line: &str, name: &str| {
            let rest = line.strip_prefix('@').and_then(|rest| rest.strip_prefix(name.to_lowercase().as_str()));
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let asked = self.dir.people.iter().filter(|p| lines.iter().any(|line| named(line, &p.name)));
        asked.map(|p| p.name.clone()).take(ASKED).collect()
    }

    /// A persona's question to somebody, person or persona, is put where its answer will come.
    pub(super) fn ask_of(&mut self, from: &Handle, to: &str, post: Uuid, text: &str, talk: &Talk, next: Option<Talk>) {
        let place = Some(reply_place(&talk.said));
        let mut letter = self.letter(from.as_str(), to, text, place);
        letter.post = Some(post);
        letter.lane = self.lane_of_thread(&talk.said);
        // Whoever set this off and is asked back may leave it at that: nobody chases them.
        let chased = self.dir.person(&talk.said.by).is_none_or(|by| by.name != to);
        let by = self.now + self.dir.team.deadlines.answer.within.delta();
        letter.respond_by = chased.then(|| self.hours_of(to, by));
        letter.talk = next.map(|next| Talk { letter: Some(letter.id), ..next });
        if letter.lane == self.s.lane {
            self.handed(&letter);
        } else {
            self.effect(Effect::Tell { lane: letter.lane.clone(), event: Event::Handed(Box::new(letter)) });
        }
    }

    /// The lane that replies to an answer come to.
    fn lane_of_thread(&self, said: &Said) -> Lane {
        if self.s.lane.is_task() {
            return self.s.lane.clone();
        }
        let below = || said.direct.is_none().then_some(said.message.id.as_str());
        Lane::talk(&said.message.channel, said.thread.as_deref().or_else(below))
    }

    /// A letter whose answer is waited for here; or where its thread belongs by now. A repeat finds it there.
    pub(super) fn handed(&mut self, letter: &Letter) {
        if let Some(thread) = letter.place.as_ref().and_then(Place::thread)
            && let Some(heard) = self.s.heard.get(&thread)
            && heard.lane.is_task()
            && heard.lane != self.s.lane
        {
            let lane = heard.lane.clone();
            let moved = Letter { lane: lane.clone(), ..letter.clone() };
            self.effect(Effect::Tell { lane, event: Event::Handed(Box::new(moved)) });
            return;
        }
        if self.s.letters.iter().any(|known| known.id == letter.id) {
            return;
        }
        self.s.letters.push(letter.clone());
        if let Some(at) = letter.respond_by {
            self.effect(Effect::Wake { at, timer: Timer::Respond { letter: letter.id } });
        }
        if let (Some(talk), Ok(to)) = (letter.talk.clone(), Handle::parse(&letter.to)) {
            self.speak_or_hold(&to, talk);
        }
    }

    /// A person's words answer what they were asked in this thread.
    pub(super) fn replied(&mut self, said: &Said) {
        self.answered_by_person(&said.by, None, &Answer::Message(said.message.clone()));
    }

    /// A person's reaction answers what they were asked in that post. Gives whether it belonged to another lane.
    pub(super) fn reacted_to_letter(&mut self, post: Uuid, by: &str, emoji: &str, event: &Event) -> bool {
        let elsewhere = |l: &&Letter| l.post == Some(post) && l.lane != self.s.lane;
        if let Some(lane) = self.s.letters.iter().find(elsewhere).map(|l| l.lane.clone()) {
            self.effect(Effect::Tell { lane, event: event.clone() });
            return true;
        }
        self.answered_by_person(by, Some(post), &Answer::Reaction(emoji.to_owned()));
        false
    }

    fn answered_by_person(&mut self, by: &str, post: Option<Uuid>, answer: &Answer) {
        let Some(name) = self.dir.person(by).map(|p| p.name.clone()) else { return };
        let now = self.now;
        let theirs = |l: &&mut Letter| l.is_open() && l.to_person && l.to == name && (post.is_none() || l.post == post);
        let mut answered = Vec::new();
        for letter in self.s.letters.iter_mut().filter(theirs) {
            letter.answer(now, answer.clone());
            answered.push(letter.id);
        }
        for id in answered {
            self.close_escalation_of(id, Some(&name));
        }
    }

    /// The escalation that a letter came to is settled by its answer.
    fn close_escalation_of(&mut self, letter: Uuid, by: Option<&str>) {
        let now = self.now;
        let Some(id) = self.s.letters.iter().find(|l| l.id == letter).and_then(|l| l.escalation) else { return };
        let open = |e: &&mut crate::record::Escalation| e.id == id && e.state == EscalationState::Open;
        let Some(escalation) = self.s.escalations.iter_mut().find(open) else { return };
        escalation.state = EscalationState::Answered;
        escalation.answered_by = by.map(str::to_owned);
        escalation.answer = by.map(|_| "The answer came.".to_owned());
        escalation.closed_at = Some(now);
        self.show_escalation(id);
    }

    /// A word in the thread, from somebody who may ask for work, ends the climbing of what is late there. It is answered as
    /// any other.
    pub(super) fn late_is_known(&mut self, said: &Said) {
        if said.thread.is_none() || !self.dir.may(&said.by, Right::Command) {
            return;
        }
        let late = |e: &&crate::record::Escalation| {
            e.state == EscalationState::Open && e.category == Category::DeadlineMissed && e.step_task.is_none()
        };
        let late: Vec<Uuid> = self.s.escalations.iter().filter(late).map(|e| e.id).collect();
        let by = self.dir.person(&said.by).map(|p| p.name.clone()).unwrap_or_default();
        for id in late {
            self.settle(id, &by, &beginning(&said.text));
        }
    }

    /// The first moment from `at` on when somebody may be asked: in a persona's own hours.
    pub(super) fn hours_of(&self, who: &str, at: DateTime<Utc>) -> DateTime<Utc> {
        let persona = Handle::parse(who).ok().and_then(|handle| self.dir.personas.get(&handle));
        persona.map_or(at, |persona| persona.availability.opens(at, self.dir.zone))
    }

    /// An answer that was waited for has not come: it is asked for once, then somebody above hears of it.
    pub(super) fn unanswered_letter(&mut self, id: Uuid) {
        let now = self.now;
        let over = |l: &&Letter| l.id == id && l.is_open() && l.respond_by.is_some_and(|at| at <= now);
        let Some(letter) = self.s.letters.iter().find(over).cloned() else { return };
        let (Some(place), None) = (letter.place.clone(), letter.escalation) else { return };
        if place.thread().is_some_and(|thread| self.s.held.contains_key(&thread)) {
            // A person has the thread: nobody is chased meanwhile.
            let at = now + self.dir.team.deadlines.answer.then.delta();
            if let Some(letter) = self.letter_mut(id) {
                letter.respond_by = Some(at);
            }
            self.effect(Effect::Wake { at, timer: Timer::Respond { letter: id } });
            return;
        }
        let opens = self.hours_of(&letter.to, now);
        if opens > now {
            self.effect(Effect::Wake { at: opens, timer: Timer::Respond { letter: id } });
            return;
        }
        if letter.chased_at.is_some() {
            self.escalate_letter(&letter, place);
            return;
        }
        let at = now + self.dir.team.deadlines.answer.then.delta();
        if let Some(letter) = self.letter_mut(id) {
            letter.chased_at = Some(now);
            letter.respond_by = Some(at);
        }
        let text = format!("@{}, @{} still waits for your answer to: {}", letter.to, letter.from, letter.subject);
        self.post(&desk(), place, Body::Text { text }, vec![letter.to.clone()]);
        self.effect(Effect::Wake { at, timer: Timer::Respond { letter: id } });
    }

    fn escalate_letter(&mut self, letter: &Letter, place: Place) {
        let issue = format!("@{} has not answered what @{} asked: {}", letter.to, letter.from, letter.subject);
        let (Ok(from), Ok(above)) =
            (Handle::parse(&letter.from), Handle::parse(&letter.to).or(Handle::parse(&letter.from)))
        else {
            return;
        };
        // Above whoever was silent; above who asked, where that is a person.
        let above = if self.dir.personas.contains_key(&above) { above } else { from.clone() };
        let id = self.raise_late(place, from, &above, issue);
        if let Some(letter) = self.letter_mut(letter.id) {
            letter.escalation = Some(id);
            letter.respond_by = None;
        }
    }

    /// Something that did not come in time climbs: to those above, then to people.
    pub(super) fn raise_late(&mut self, at: Place, from: Handle, above: &Handle, issue: String) -> Uuid {
        let to = self.next_above(above, std::slice::from_ref(&from));
        let people = self.dir.holders(Right::Command);
        let category = Category::DeadlineMissed;
        let id = self.escalate(at, Raised { from, to: to.clone(), people, category, issue, step_task: None });
        let with_persona = self.s.escalations.last().is_some_and(|e| e.level < PEOPLE);
        if let Some(to) = to.filter(|_| with_persona) {
            self.ask_help(id, &to, None);
        }
        id
    }
}
