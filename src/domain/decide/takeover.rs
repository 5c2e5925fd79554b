//! A person takes a thread over: its personas fall silent until it is handed back, and then go on where they stood.
//!
//! A piece of work is taken over whole, with all its threads; what happens to it meanwhile is kept on its root task and
//! dealt with when it is handed back. A conversation is taken over by its thread, and nothing of it is kept.

use uuid::Uuid;

use super::{Desk, Error, conditions, desk, talk};
use crate::approval::Choice;
use crate::effect::{Effect, Place};
use crate::event::{Event, MessageId, Outcome, Purpose, Said, Talk, Timer};
use crate::org::Right;
use crate::playbook::Does;
use crate::record::EscalationState;
use crate::task::{Note, NoteKind, State, TakenOver};

/// Most words of people that are kept while a thread is taken over.
const WORDS: usize = 20;
/// Most characters of one of them.
const WORD_MAX: usize = 1_000;

/// What somebody asks of the department about a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    TakeOver,
    HandBack,
}

impl Wish {
    /// Reads `@bullpen take over` and `@bullpen hand back`.
    fn of(said: &Said) -> Option<Self> {
        let words = talk::said_to_desk(&said.text);
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["take", "over", ..] | ["takeover", ..] => Some(Self::TakeOver),
            ["hand", "back", ..] | ["handback", ..] => Some(Self::HandBack),
            _ => None,
        }
    }
}

/// Whether an emoji is the raised hand, of whomever.
pub(super) fn is_hand(emoji: &str) -> bool {
    emoji.starts_with('🙋')
}

/// Whether two reactions are the same hand's on the same card.
fn is_same_hand(one: &Event, other: &Event) -> bool {
    match (one, other) {
        (Event::Reacted { post: p, by: b, emoji: e, .. }, Event::Reacted { post, by, emoji, .. }) => {
            (p, b, e) == (post, by, emoji)
        }
        (Event::Tapped(one), Event::Tapped(other)) => one.item.approval == other.item.approval && one.by == other.by,
        _ => false,
    }
}

/// In which order kept events are dealt with: votes taken back, then no and words, then the rest, and every yes last.
fn weight(event: &Event) -> u8 {
    match event {
        Event::Reacted { set: false, .. } => 0,
        Event::Tapped(tap) if !tap.set => 0,
        Event::Reacted { emoji, .. } if Choice::of(emoji) != Some(Choice::Approve) => 1,
        Event::Said(_) => 1,
        Event::Reacted { .. } | Event::Tapped(_) => 3,
        _ => 2,
    }
}

impl Desk<'_> {
    /// Who has taken the lane's work over.
    fn held(&self) -> Option<&TakenOver> {
        self.s.root()?.taken_over.as_ref()
    }

    /// Whether nothing is begun here just now.
    pub(super) fn is_held(&self) -> bool {
        self.held().is_some()
    }

    /// What happens while a person has the work: kept for later or left out. Gives whether it goes no further now.
    pub(super) fn withheld(&mut self, event: &Event) -> bool {
        if !self.is_held() {
            return false;
        }
        let later = match event {
            // People's own words and hands are looked at where they are taken; what stops the work stops it.
            Event::Said(_) | Event::Deleted { .. } | Event::Requested(_) | Event::Proposed(_) | Event::ForPeople(_) => {
                return false;
            }
            Event::Edited { said } if self.s.root().and_then(|r| r.source.as_ref()) != Some(&said.message) => {
                return false;
            }
            Event::Reacted { emoji, .. } if is_hand(emoji) => return false,
            Event::Reacted { emoji, .. } => Choice::of(emoji).map(|_| event.clone()),
            // It is read again when it counts.
            Event::Answered { purpose: Purpose::Reread { said, .. }, .. } => Some(Event::Edited { said: said.clone() }),
            // An answer that is left out is waited for no longer.
            Event::Answered { purpose: Purpose::Talk(talk), .. } => {
                self.nobody_waits(talk);
                None
            }
            // What a skill did is done. No step waits for a model any more.
            Event::Answered { call, .. } => self.s.tasks.iter().any(|t| t.call == Some(*call)).then(|| event.clone()),
            // Nobody is chased; who waits for an answer is given new time afterwards.
            Event::Due(Timer::Remind { .. } | Timer::Climb { .. }) => None,
            Event::Edited { .. }
            | Event::Removed { .. }
            | Event::Rescheduled { .. }
            | Event::Handed(_)
            | Event::Tapped(_)
            | Event::Delegated { .. }
            | Event::Due(_) => Some(event.clone()),
        };
        if let Some(later) = later {
            self.keep(later);
        }
        true
    }

    /// Keeps something for when the work is handed back. Of one hand on one card only its last move counts.
    fn keep(&mut self, later: Event) {
        let Some(taken) = self.root_mut().and_then(|r| r.taken_over.as_mut()) else { return };
        taken.kept.retain(|kept| !is_same_hand(kept, &later));
        if !taken.kept.contains(&later) {
            taken.kept.push(later);
        }
    }

    /// Whether somebody's words belong to an approval: what they were asked for, or a condition.
    fn is_about_approval(&self, said: &Said) -> bool {
        let Some(person) = self.dir.person(&said.by) else { return false };
        let asked = self.s.approvals.iter().any(|a| a.words_from.as_ref() == Some(&person.name));
        let votes = person.rights.contains(&Right::Approve) && !self.s.approvals.is_empty();
        let reacted = |e: &Event| matches!(e, Event::Reacted { by, .. } if *by == person.name);
        let wants = self.held().is_some_and(|taken| taken.kept.iter().any(reacted));
        asked || (votes && (wants || conditions::is_conditional_yes(&said.text)))
    }

    /// An answer that no model was asked for. Where it still counts, it is asked for anew.
    pub(super) fn not_asked(&mut self, call: Uuid, purpose: &Purpose) {
        match purpose {
            Purpose::Talk(_) | Purpose::Help { .. } | Purpose::Discuss { .. } => {}
            Purpose::Work { task } | Purpose::Check { task } | Purpose::Review { task } | Purpose::Carry { task } => {
                self.awaited(*task, call, |desk| desk.reopen(*task));
            }
            Purpose::Reread { task, said } => self.awaited(*task, call, |desk| desk.edited(said)),
        }
    }

    /// If somebody wants to take a thread over or hand it back, or speaks in one that is taken over: no persona answers.
    pub(super) fn took_over(&mut self, said: &Said) -> Result<bool, Error> {
        if self.is_for_desk(said)
            && self.dir.person(&said.by).is_some()
            && let Some(wish) = Wish::of(said)
        {
            self.wished(said, wish)?;
            return Ok(true);
        }
        if self.is_held() {
            if said.thread.is_some() && self.is_about_approval(said) {
                self.keep(Event::Said(said.clone()));
            } else if !self.took_answer(said) {
                self.note_words(said);
            }
            return Ok(true);
        }
        Ok(self.s.held.contains_key(&talk::thread_of(said)))
    }

    fn wished(&mut self, said: &Said, wish: Wish) -> Result<(), Error> {
        let at = talk::reply_place(said);
        if !self.dir.may(&said.by, Right::TakeOver) {
            self.say(&desk(), at, self.not_yours_to_take(&said.by));
            return Ok(());
        }
        let by = self.dir.person(&said.by).map(|p| p.name.clone()).unwrap_or_default();
        if self.s.root().is_some() {
            return match wish {
                Wish::TakeOver => {
                    self.take_over(&by, None, at);
                    Ok(())
                }
                Wish::HandBack => self.hand_back(&by, at),
            };
        }
        if said.direct.is_some() {
            self.say(&desk(), at, "A direct conversation has nobody else in it, so there is nothing to take over.");
            return Ok(());
        }
        if said.thread.is_none() {
            self.say(&desk(), at, "Say that in the thread that you mean.");
            return Ok(());
        }
        self.hold_thread(talk::thread_of(said), &by, wish == Wish::TakeOver, at);
        Ok(())
    }

    fn not_yours_to_take(&self, by: &str) -> String {
        let holders = self.dir.holders(Right::TakeOver);
        let whom = if holders.is_empty() { "nobody yet".to_owned() } else { holders.join(", ") };
        format!("Thank you, {by}. A thread is taken over and handed back by those with the right to: {whom}.")
    }

    /// 🙋 on a root card or on an escalation's, set or taken back.
    pub(super) fn raised_hand(&mut self, post: Uuid, by: &str, set: bool, button: bool) -> Result<(), Error> {
        let escalation = self.s.escalations.iter().find(|e| e.stands_on(post)).cloned();
        let root_card = self.s.root().is_some_and(|r| r.post == Some(post));
        if escalation.is_none() && !root_card {
            return Ok(());
        }
        let Some(at) = self.thread().or_else(|| escalation.as_ref().and_then(|e| e.origin.clone())) else {
            return Ok(());
        };
        let Some(person) = self.dir.person(by).map(|p| p.name.clone()) else {
            if set {
                self.say(&desk(), at, self.not_yours_to_take(by));
            }
            return Ok(());
        };
        if self.s.root().is_none() {
            if let Some(thread) = escalation.and_then(|e| e.thread()) {
                // A hand that is taken back gives back what it took, and nothing else.
                if !set && self.s.held.get(&thread) != Some(&person) {
                    return Ok(());
                }
                if self.dir.may(&person, Right::TakeOver) {
                    self.hold_thread(thread, &person, set, at);
                } else if set {
                    self.say(&desk(), at, self.not_yours_to_take(&person));
                }
            }
            return Ok(());
        }
        let mine = self.held().is_some_and(|t| t.by == person);
        // A hand that is taken back gives back what it took, also where its right is gone meanwhile.
        let given_back =
            if button { set && mine } else { !set && mine && self.held().is_some_and(|t| t.on == Some(post)) };
        if given_back {
            return self.hand_back(&person, at);
        }
        if set && self.dir.may(&person, Right::TakeOver) {
            self.take_over(&person, Some(post).filter(|_| !button), at);
        } else if set {
            self.say(&desk(), at, self.not_yours_to_take(&person));
        }
        Ok(())
    }

    /// A conversation's thread: personas answer nobody in it until it is handed back.
    fn hold_thread(&mut self, thread: MessageId, by: &str, take: bool, at: Place) {
        let text = match (self.s.held.get(&thread).cloned(), take) {
            (None, true) => {
                self.s.held.insert(thread.clone(), by.to_owned());
                self.effect(Effect::Hold { thread, by: Some(by.to_owned()) });
                taken_by(by)
            }
            (Some(has), true) if has == by => return,
            (Some(has), true) => format!("{by}, {has} has this thread; it is yours once it is handed back."),
            (None, false) => format!("{by}, nobody has taken this thread over."),
            (Some(_), false) => {
                self.s.held.remove(&thread);
                self.effect(Effect::Hold { thread, by: None });
                format!("Handed back by {by}. The personas answer again.")
            }
        };
        self.say(&desk(), at, text);
    }

    fn take_over(&mut self, by: &str, on: Option<Uuid>, at: Place) {
        let over = self.s.tasks.iter().all(|t| t.state.is_over());
        let text = match self.held() {
            Some(taken) if taken.by == by => return,
            Some(taken) => {
                format!("{by}, {} has this thread; it is yours once it is handed back.", taken.by)
            }
            None if over => format!("{by}, this work is over, so there is nothing to take over."),
            None => {
                self.hold_work(by, on);
                taken_by(by)
            }
        };
        self.say(&desk(), at, text);
        self.refresh_card();
    }

    fn hold_work(&mut self, by: &str, on: Option<Uuid>) {
        self.withdraw_turns();
        let taken = TakenOver { by: by.to_owned(), at: self.now, on, words: Vec::new(), kept: Vec::new() };
        let Some(root) = self.root_mut() else { return };
        root.call = None;
        root.taken_over = Some(taken);
        // The thread of the request is this work's too, also for what was asked there before there was any.
        if let Some(thread) = root.source.clone() {
            self.effect(Effect::Hold { thread, by: Some(by.to_owned()) });
        }
    }

    /// What models are asked just now is asked anew afterwards; a skill that runs is let run.
    pub(super) fn withdraw_turns(&mut self) {
        let asks_model = |does: Does| matches!(does, Does::Work | Does::Review);
        let asked = self.s.tasks.iter().filter(|t| t.call.is_some() && !t.is_root()).map(|t| t.id);
        let asked: Vec<Uuid> = asked.filter(|id| self.step_of(*id).is_none_or(|step| asks_model(step.does))).collect();
        for id in asked {
            if let Some(task) = self.task_mut(id) {
                task.state = State::Open;
                task.call = None;
                task.round += 1;
            }
        }
    }

    /// What a person says while the work is taken over goes with it when it is handed back.
    fn note_words(&mut self, said: &Said) {
        let Some(from) = self.dir.person(&said.by).map(|p| p.name.clone()) else { return };
        let text: String = said.text.trim().chars().take(WORD_MAX).collect();
        if text.is_empty() || said.direct.is_some() {
            return;
        }
        let note = Note { from, kind: NoteKind::Meanwhile, step: None, text };
        if let Some(taken) = self.root_mut().and_then(|r| r.taken_over.as_mut()) {
            taken.words.push(note);
            let spare = taken.words.len().saturating_sub(WORDS);
            taken.words.drain(..spare);
        }
    }

    /// Ends it without more, and gives what there was.
    pub(super) fn release(&mut self) -> Option<TakenOver> {
        let root = self.root_mut()?;
        let taken = root.taken_over.take()?;
        if let Some(thread) = root.source.clone() {
            self.effect(Effect::Hold { thread, by: None });
        }
        Some(taken)
    }

    fn hand_back(&mut self, by: &str, at: Place) -> Result<(), Error> {
        let Some(taken) = self.release() else {
            self.say(&desk(), at, format!("{by}, nobody has taken this thread over."));
            return Ok(());
        };
        self.say(&desk(), at, format!("Handed back by {by}. The work goes on where it stood."));
        let makes =
            |desk: &Self, id| desk.step_of(id).is_some_and(|step| step.does == Does::Work && step.ask.is_some());
        let open: Vec<Uuid> = self.s.tasks.iter().filter(|t| !t.state.is_over()).map(|t| t.id).collect();
        for id in open.into_iter().filter(|id| makes(self, *id)).collect::<Vec<_>>() {
            if let Some(task) = self.task_mut(id) {
                task.notes.extend(taken.words.iter().cloned());
            }
        }
        self.ask_voices_anew();
        // What holds back comes before what lets go.
        let mut kept = taken.kept;
        kept.sort_by_key(weight);
        for event in &kept {
            self.handle(event)?;
        }
        let waiting = self.s.escalations.iter().filter(|e| e.state == EscalationState::Open && e.respond_by.is_some());
        for id in waiting.map(|e| e.id).collect::<Vec<_>>() {
            self.ask_anew(id);
        }
        self.advance();
        Ok(())
    }

    /// Whether an answer to this talk comes into a thread that a person has taken over meanwhile.
    pub(super) fn is_talk_held(&self, talk: &Talk, outcome: &Outcome) -> bool {
        *outcome == Outcome::Withheld || self.s.held.contains_key(&talk::thread_of(&talk.said))
    }
}

fn taken_by(by: &str) -> String {
    format!(
        "{by} has this thread now. The personas are silent here until “@bullpen hand back”, or until 🙋 is taken back."
    )
}
