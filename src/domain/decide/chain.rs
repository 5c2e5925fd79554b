//! Who speaks next. A persona that turns to a colleague sets them off: never in a ring, never further than the team's hop
//! limit, and not while a person waits for an answer in the same thread.

use super::talk::reply_place;
use super::{Desk, desk};
use crate::effect::{Body, Effect};
use crate::event::{Talk, Timer};
use crate::letter::Letter;
use crate::mention;
use crate::name::Handle;
use uuid::Uuid;

/// How often an answer is dropped because a person spoke while it was made; the next one is said.
const DROPPED: i32 = 2;

/// What follows from a persona's turning to colleagues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Nobody is set off.
    Nobody,
    /// This one is.
    Asks(Handle),
    /// It would go round, over this one.
    Ring(Handle),
    /// It would go further than chains may, to this one.
    TooFar(Handle),
}

/// Who comes after `chain`, whose last spoke, among those `addressed` with whether a question goes to them.
pub(super) fn next(chain: &[Handle], addressed: &[(Handle, bool)], hops: usize) -> Next {
    let Some((speaker, before)) = chain.split_last() else { return Next::Nobody };
    let others = || addressed.iter().filter(|(handle, _)| handle != speaker);
    if let Some((fresh, _)) = others().find(|(handle, _)| !chain.contains(handle)) {
        return if chain.len() >= hops { Next::TooFar(fresh.clone()) } else { Next::Asks(fresh.clone()) };
    }
    // Whoever answers the one that asked them says so by name; only a question goes back to them.
    let back = others().find(|(handle, question)| *question || before.last() != Some(handle));
    back.map_or(Next::Nobody, |(handle, _)| Next::Ring(handle.clone()))
}

impl Desk<'_> {
    /// A persona that turns to a colleague in an answer sets them off. Named in passing is not addressed: a line has to
    /// begin with the mention.
    pub(super) fn pass_on(&mut self, persona: &Handle, talk: &Talk, text: &str, post: Uuid) {
        if talk.said.direct.is_some() {
            return;
        }
        let mut chain = talk.chain.clone();
        chain.push(persona.clone());
        let addressed: Vec<(Handle, bool)> = text
            .lines()
            .filter(|line| line.trim_start().starts_with('@'))
            .filter_map(|line| Some((mention::find(line).into_iter().next()?, line.contains('?'))))
            .filter(|(handle, _)| self.dir.personas.contains_key(handle))
            .collect();
        match next(&chain, &addressed, self.dir.team.floor.hops) {
            Next::Nobody => {}
            Next::Asks(next) => {
                let said = crate::event::Said { text: text.to_owned(), ..talk.said.clone() };
                let on = Talk { said, version: talk.version, chain, again: super::talk::AGAIN, letter: None };
                self.ask_of(persona, next.as_str(), post, text, talk, Some(on));
            }
            Next::Ring(back) => {
                let way: Vec<String> = chain.iter().chain([&back]).map(|h| format!("@{h}")).collect();
                let why = format!("This goes round: {}. It stops here", way.join(" → "));
                self.stop_chain(talk, &why);
            }
            Next::TooFar(next) => {
                let why = format!("@{next} is not asked any more: this has gone through {} colleagues", chain.len());
                self.stop_chain(talk, &why);
            }
        }
    }

    fn stop_chain(&mut self, talk: &Talk, why: &str) {
        let by = talk.said.by.clone();
        let text = format!("{why}. {by}, a word from you here takes it on.");
        self.post(&desk(), reply_place(&talk.said), Body::Text { text }, vec![by]);
    }

    /// Whether a person waits for a persona's answer in this thread, and until when they are answered first.
    fn floor_until(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        let window = self.dir.team.floor.person.delta();
        let theirs = self.s.letters.iter().filter(|l| l.is_open() && l.by_person && !l.to_person);
        theirs.map(|l| l.at + window).filter(|until| *until > self.now).max()
    }

    /// Asks a persona what a colleague wants of it, unless a person has the floor.
    pub(super) fn speak_or_hold(&mut self, to: &Handle, talk: Talk) {
        match self.floor_until() {
            Some(until) => self.hold(talk, until),
            None => self.ask_talk(to.clone(), talk, None),
        }
    }

    /// An answer to a colleague comes while a person waits for one: it was made without what the person said, so it is
    /// dropped and asked for anew, at most twice. Gives whether it was.
    pub(super) fn yields_floor(&mut self, talk: &Talk) -> bool {
        let Some(until) = self.floor_until().filter(|_| !talk.chain.is_empty()) else { return false };
        let letter = talk.letter.and_then(|id| self.s.letters.iter_mut().find(|l| l.id == id && l.is_open()));
        let Some(letter) = letter.filter(|l| l.dropped < DROPPED) else { return false };
        letter.dropped += 1;
        letter.call = None;
        self.hold(talk.clone(), until);
        true
    }

    fn hold(&mut self, talk: Talk, until: chrono::DateTime<chrono::Utc>) {
        let Some(id) = talk.letter else { return };
        if let Some(letter) = self.s.letters.iter_mut().find(|l| l.id == id) {
            letter.held = true;
            letter.talk = Some(talk);
            self.effect(Effect::Wake { at: until, timer: Timer::Floor { letter: id } });
        }
    }

    /// The time of whoever had the floor is over; or somebody else has it by now.
    pub(super) fn floor_over(&mut self, letter: Uuid) {
        if !self.s.letters.iter().any(|l| l.id == letter && l.is_open() && l.held) {
            return;
        }
        match self.floor_until() {
            Some(at) => {
                self.effect(Effect::Wake { at, timer: Timer::Floor { letter } });
            }
            None => self.give_floor(),
        }
    }

    /// Those that held what they have to say may say it, unless a person still waits.
    pub(super) fn give_floor(&mut self) {
        if self.floor_until().is_some() {
            return;
        }
        let held = |l: &&mut Letter| l.is_open() && l.held;
        let mut next = Vec::new();
        for letter in self.s.letters.iter_mut().filter(held) {
            letter.held = false;
            next.extend(Handle::parse(&letter.to).ok().zip(letter.talk.clone()));
        }
        for (to, talk) in next {
            self.ask_talk(to, talk, None);
        }
    }
}
