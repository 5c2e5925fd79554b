//! Somebody says something; the personas that are addressed answer. One mention, one responder; chains of personas have
//! a hop limit; a guest's mention costs no model call.

use serde_json::json;
use uuid::Uuid;

use super::{Desk, Error, allowance, desk};
use crate::act::{Act, Offer, StartWork, discussion};
use crate::effect::{Ask, Body, Effect, Place};
use crate::event::{Event, MessageId, Outcome, Proposed, Purpose, Requested, Said, Talk};
use crate::lane::Lane;
use crate::mention;
use crate::name::Handle;
use crate::org::{Directory, Right};
use crate::policy::{self, Verdict};
use crate::record::Category;
use crate::team::Action;

/// Most personas that answer one message.
const RESPONDERS: usize = 5;
/// How often a question is asked again because its message changed or its answer did not validate.
pub(super) const AGAIN: u8 = 2;

impl Desk<'_> {
    pub(super) fn said(&mut self, said: &Said) -> Result<(), Error> {
        if let Some(lane) = self.moved(said) {
            self.effect(Effect::Tell { lane, event: Event::Said(said.clone()) });
            return Ok(());
        }
        self.replied(said);
        self.late_is_known(said);
        self.renew(&said.by);
        if self.is_for_desk(said) && Self::asks_why(said) && self.dir.person(&said.by).is_some() {
            self.say(&desk(), reply_place(said), self.why());
            return Ok(());
        }
        if self.is_for_desk(said)
            && self.dir.person(&said.by).is_some()
            && let Some(answer) = self.heard_delegation(said)
        {
            self.say(&desk(), reply_place(said), answer);
            return Ok(());
        }
        if self.took_over(said)? {
            return Ok(());
        }
        if self.took_words(said) || self.took_condition(said) {
            return Ok(());
        }
        if self.took_figure(said) || self.took_answer(said) {
            return Ok(());
        }
        let (responders, unknown) = self.addressed(said);
        if responders.is_empty() {
            let text = match unknown.first() {
                Some(name) => self.nobody_called(name),
                None if self.is_for_desk(said) => self.desk_answer(),
                None => return Ok(()),
            };
            self.say(&desk(), reply_place(said), text);
            return Ok(());
        }
        if self.dir.person(&said.by).is_none() {
            let text = self.guest_answer(&said.by);
            self.say(&responders[0], reply_place(said), text);
            return Ok(());
        }
        for persona in responders.into_iter().take(RESPONDERS) {
            let letter = Some(self.addressed_by_person(said, &persona));
            let talk = Talk { said: said.clone(), version: 0, chain: Vec::new(), again: 0, letter };
            self.ask_talk(persona, talk, None);
        }
        Ok(())
    }

    /// The lane that the message's thread belongs to by now, if it is another one.
    fn moved(&self, said: &Said) -> Option<Lane> {
        let root = said.thread.as_ref()?;
        let id = crate::event::MessageId { channel: said.message.channel.clone(), id: root.clone() };
        let lane = &self.s.heard.get(&id)?.lane;
        (lane.is_task() && *lane != self.s.lane).then(|| lane.clone())
    }

    /// Whom a message names: by a mention, a handle or a name.
    pub(super) fn named(&self, said: &Said) -> Vec<Handle> {
        let native = said.mentions.iter().filter_map(|m| Handle::parse(m).ok());
        native.chain(mention::find(&mention::by_name(&said.text, &self.names()))).collect()
    }

    /// Who is to answer, and which mentions name nobody.
    fn addressed(&self, said: &Said) -> (Vec<Handle>, Vec<Handle>) {
        let to_desk = self.is_for_desk(said);
        if let Some(direct) = said.direct.as_ref().filter(|_| !to_desk) {
            // A direct conversation is heard by nobody else, whoever is named in it.
            let there = self.dir.personas.contains_key(direct);
            return (there.then(|| direct.clone()).into_iter().collect(), Vec::new());
        }
        let mut named: Vec<Handle> = Vec::new();
        for handle in self.named(said).into_iter().chain(self.first_word(said).filter(|_| to_desk)) {
            if !named.contains(&handle) {
                named.push(handle);
            }
        }
        let (known, unknown): (Vec<_>, Vec<_>) = named
            .into_iter()
            .filter(|h| self.dir.person(h.as_str()).is_none() && h.as_str() != crate::org::DESK)
            .partition(|h| self.dir.personas.contains_key(h));
        if !known.is_empty() {
            return (known, unknown);
        }
        let by_place = self
            .s
            .root()
            .filter(|_| said.thread.is_some())
            .map(|r| r.owner.clone())
            .or_else(|| said.thread_of.as_ref().map(|t| t.persona.clone()))
            .or_else(|| said.follows.clone())
            .filter(|h| self.dir.personas.contains_key(h) && unknown.is_empty());
        (by_place.into_iter().collect(), unknown)
    }

    /// Whether the department itself is addressed: by its mention, or in a direct conversation with it.
    pub(super) fn is_for_desk(&self, said: &Said) -> bool {
        let is_desk = |h: &Handle| h.as_str() == crate::org::DESK;
        said.direct.as_ref().is_some_and(is_desk)
            || said.mentions.iter().any(|m| m == crate::org::DESK)
            || mention::find(&said.text).iter().any(is_desk)
    }

    /// The persona that a message to the department begins with: `@bullpen cmo …`, `cmo …` or `ask cmo …`.
    fn first_word(&self, said: &Said) -> Option<Handle> {
        let words = said_to_desk(&said.text);
        let first = words.iter().find(|word| *word != "ask")?;
        Handle::parse(first).ok().filter(|h| self.dir.personas.contains_key(h))
    }

    /// What personas are called beside their handles.
    fn names(&self) -> Vec<(String, Handle)> {
        let of =
            |p: &crate::persona::Persona| [(p.name.clone(), p.handle.clone()), (p.title.clone(), p.handle.clone())];
        self.dir.personas.values().flat_map(|p| of(p)).collect()
    }

    fn desk_answer(&self) -> String {
        let all: Vec<String> =
            self.dir.personas.values().map(|p| format!("`@{}` {}, {}", p.handle, p.name, p.title)).collect();
        let lead = self.dir.playbooks.values().find(|p| !p.takes.is_empty()).map_or_else(String::new, |p| {
            format!("\n\nFor a piece of work, tell @{} what you need, for whom, and by when.", p.owner)
        });
        format!(
            "Name whom you mean, and they answer here, e.g. `@copywriter what are you on?` The department of {}:\n\n- \
             {}{lead}",
            self.dir.name,
            all.join("\n- ")
        )
    }

    fn nobody_called(&self, name: &Handle) -> String {
        let near = self
            .dir
            .personas
            .keys()
            .filter(|h| h.as_str().contains(name.as_str()) || name.as_str().contains(h.as_str().trim_end_matches('s')))
            .map(|h| format!("@{h}"))
            .next();
        let all: Vec<String> = self.dir.personas.keys().map(|h| format!("`@{h}`")).collect();
        match near {
            Some(near) => format!("There is nobody called `@{name}` here. Did you mean {near}?"),
            None => format!("There is nobody called `@{name}` here. The department is: {}.", all.join(", ")),
        }
    }

    fn guest_answer(&self, guest: &str) -> String {
        let who = self.dir.holders(Right::Command);
        let whom = if who.is_empty() { "an organiser".to_owned() } else { who.join(", ") };
        format!(
            "Hello {guest}, good to meet you. I work for the people of {} and take no requests from guests; please ask \
             {whom}.",
            self.dir.name
        )
    }

    /// What a persona may answer with: by who asks and where.
    fn offers(&self, persona: &Handle, talk: &Talk) -> Vec<Offer> {
        let mut offers = vec![Offer::Say];
        let from_person = talk.chain.is_empty() && self.dir.may(&talk.said.by, Right::Command);
        if !from_person {
            return offers;
        }
        let led = self.dir.led_by(persona);
        // Where people must agree, they are asked before it begins.
        if !led.is_empty() && policy::judge(self.dir, persona, &Action::TaskStart.into()).verdict != Verdict::Refuse {
            offers.push(Offer::StartWork(led));
        }
        // Of several who are addressed, the first proposes: the others are named to be asked.
        let first = self.addressed(&talk.said).0.first().is_none_or(|first| first == persona);
        let kinds = if first { self.may_propose(persona) } else { Vec::new() };
        if !kinds.is_empty() {
            let personas = self.dir.personas.keys().cloned().collect();
            offers.push(Offer::Discuss(discussion::Offer::Propose { kinds, personas }));
        }
        if self.can_change() {
            offers.push(Offer::RequestChange);
        }
        offers
    }

    pub(super) fn ask_talk(&mut self, persona: Handle, talk: Talk, hint: Option<&str>) {
        if let Some(met) = self.criterion_met(&persona, &talk.said.text) {
            self.hand_to_people(&persona, &talk, met);
            self.talk_settled(&talk, None);
            return;
        }
        let offers = self.offers(&persona, &talk);
        let mut ask = "Somebody addressed you. Answer as yourself, briefly and to the point, from the material; begin \
                       work or hand a wish on only when that is what they ask for."
            .to_owned();
        if let Some(hint) = hint {
            ask.push_str(&format!(" Your previous answer could not be used: {hint}."));
        }
        let material = self.talk_material(&persona, &talk, &offers);
        let ask = Ask {
            persona,
            purpose: Purpose::Talk(talk.clone()),
            task: self.s.root().map(|r| r.id),
            cause: Some(allowance::of_message(&talk.said.message)),
            ask,
            material,
            acts: offers.iter().map(Offer::spec).collect(),
        };
        let call = self.effect(Effect::Ask(Box::new(ask)));
        self.talk_asked(&talk, call);
    }

    pub(super) fn talk_answered(&mut self, persona: &Handle, talk: &Talk, outcome: &Outcome) {
        if let Some(heard) = self.s.heard.get(&talk.said.message) {
            if heard.deleted {
                self.talk_withdrawn(talk);
                return;
            }
            if heard.version != talk.version && talk.again < AGAIN {
                let mut talk = talk.clone();
                talk.version = heard.version;
                talk.said.text = heard.text.clone();
                talk.again += 1;
                self.ask_talk(persona.clone(), talk, None);
                return;
            }
        }
        if self.is_talk_held(talk, outcome) {
            self.nobody_waits(talk);
            return;
        }
        if self.yields_floor(talk) {
            return;
        }
        let place = reply_place(&talk.said);
        match outcome {
            Outcome::Acts { acts, text } => {
                let offers = self.offers(persona, talk);
                match self.parsed(acts, text.as_deref(), &offers) {
                    Ok(acts) => {
                        let mut posts: Vec<Uuid> = Vec::new();
                        for act in acts {
                            match self.act_met(persona, &act) {
                                Some(met) => self.hand_to_people(persona, talk, met),
                                None => posts.extend(self.talk_act(persona, talk, act)),
                            }
                        }
                        self.talk_settled(talk, posts.first().copied());
                    }
                    Err(invalid) if talk.again == 0 => {
                        let talk = Talk { again: 1, ..talk.clone() };
                        self.ask_talk(persona.clone(), talk, Some(&invalid.0));
                    }
                    Err(invalid) => self.talk_failed(persona, talk, &invalid.0),
                }
            }
            Outcome::Failed { why, .. } => {
                let post = self.say(persona, place, format!("I cannot answer just now. {why}"));
                self.talk_settled(talk, Some(post));
            }
            Outcome::Unfunded { why, until: None } => self.talk_spent(persona, talk, why),
            Outcome::Unfunded { why, .. } => {
                let post = self.say(persona, place, format!("I cannot answer now: {why}"));
                self.talk_settled(talk, Some(post));
            }
            Outcome::Result { .. } | Outcome::Withheld => {}
        }
    }

    /// Two answers that made no sense: people are told, nothing is guessed.
    fn talk_failed(&mut self, persona: &Handle, talk: &Talk, why: &str) {
        let place = reply_place(&talk.said);
        let issue =
            format!("@{persona}'s model answered {} twice in a way that could not be used: {why}", talk.said.by);
        let sorry = "I could not put an answer together, and have told the people who run this.";
        let post = self.say(persona, place.clone(), sorry);
        self.talk_settled(talk, Some(post));
        self.escalate_at(place, persona.clone(), Category::Model, issue, None);
    }

    /// Gives what it said, where it said something.
    fn talk_act(&mut self, persona: &Handle, talk: &Talk, act: Act) -> Option<Uuid> {
        match act {
            Act::Say(text) => {
                let people = self.people_asked(talk, &text);
                let body = Body::Text { text: text.clone() };
                let post = self.post(persona, reply_place(&talk.said), body, people.clone());
                for person in &people {
                    self.ask_of(persona, person, post, &text, talk, None);
                }
                self.pass_on(persona, talk, &text, post);
                return Some(post);
            }
            Act::StartWork(work) => return Some(self.begin(persona, talk, work)),
            Act::RequestChange(text) if self.has_the_say(&talk.said.by) => {
                let by = talk.said.by.clone();
                self.change_requested(&by, &text, None);
            }
            Act::RequestChange(text) => self.conflicting_wish(persona, talk, &text),
            Act::Discuss(discussion::Act::Propose(draft)) => return Some(self.propose(persona, talk, *draft)),
            Act::Submit(_) | Act::Review(_) | Act::Escalate(_) | Act::Settle(_) | Act::Discuss(_) => {}
        }
        None
    }

    /// Whether a person's wish may change this work: they asked for it, or it is before them for approval.
    fn has_the_say(&self, by: &str) -> bool {
        let Some(person) = self.dir.person(by) else { return false };
        self.s.root().is_some_and(|r| r.creator == person.name)
            || self.s.approvals.iter().any(|a| a.is_undecided() && a.mandate(&person.name).is_some())
    }

    /// Who asked owns the request: another's wish is put before them, and overrides nothing.
    fn conflicting_wish(&mut self, persona: &Handle, talk: &Talk, text: &str) {
        let owner = self.s.root().map(|r| r.creator.clone()).unwrap_or_default();
        let by = &talk.said.by;
        let issue =
            format!("{by} wants something else than {owner}, who asked for this:\n{}", super::words::quote(text));
        let at = self.thread().unwrap_or_else(|| reply_place(&talk.said));
        self.escalate_at(at, persona.clone(), Category::Conflict, issue, None);
    }

    /// A decision is proposed: it is discussed in a lane of its own.
    fn propose(&mut self, persona: &Handle, talk: &Talk, draft: discussion::Draft) -> Uuid {
        let (task, room) = (self.ids.give(), self.room_for(&talk.said, persona));
        // What came up in the thread of a piece of work is about that work.
        let about = self.s.root().filter(|root| root.playbook.is_some()).map(|root| root.id);
        let proposed = Proposed {
            task,
            by: persona.clone(),
            asked_by: talk.said.by.clone(),
            source: Some(talk.said.message.clone()),
            channel: Some(room.clone()),
            about,
            draft,
        };
        let event = Event::Proposed(Box::new(proposed));
        self.open_lane(persona, &talk.said, task, event, &room, "I put this up for discussion; follow")
    }

    fn begin(&mut self, persona: &Handle, talk: &Talk, work: StartWork) -> Uuid {
        let (task, room) = (self.ids.give(), self.room_for(&talk.said, persona));
        let title = words_of(&work).unwrap_or_else(|| "untitled".into());
        let requested = Requested {
            task,
            playbook: work.playbook,
            fields: work.fields,
            due: work.due,
            priority: work.priority,
            by: talk.said.by.clone(),
            source: Some(talk.said.message.clone()),
            channel: Some(room.clone()),
            cause: None,
        };
        let taken = format!("Taken: **{}**. Follow", super::words::plain(&title));
        self.open_lane(persona, &talk.said, task, Event::Requested(requested), &room, &taken)
    }

    /// What a message set off goes on in a lane of its own, to which the message belongs from then on.
    fn open_lane(&mut self, by: &Handle, said: &Said, task: Uuid, event: Event, room: &str, what: &str) -> Uuid {
        let lane = Lane::task(task);
        self.effect(Effect::Tell { lane: lane.clone(), event });
        self.effect(Effect::Route { message: said.message.clone(), lane });
        let channel = self.dir.channel_name(room).unwrap_or(room);
        self.say(by, reply_place(said), format!("{what} it in its thread in #{channel}."))
    }

    /// Where the work is done in the open: where it was asked for, or in the owner's channel of the same workspace.
    fn room_for(&self, said: &Said, persona: &Handle) -> String {
        let here = &said.message.channel;
        if self.dir.is_channel(here) { here.clone() } else { self.dir.room(Some(here), &self.dir.channel_of(persona)) }
    }
}

/// What is said to the department, word for word: in lower case, without its own name and without what stands around words.
pub(super) fn said_to_desk(text: &str) -> Vec<String> {
    let words = text.split_whitespace().map(|w| w.trim_matches(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|w| !w.is_empty()).map(str::to_lowercase).filter(|w| w != crate::org::DESK).collect()
}

fn words_of(work: &StartWork) -> Option<String> {
    work.fields.get("title").and_then(|t| t.as_str()).map(str::to_owned)
}

/// The root of the thread that a message stands in or begins.
pub(super) fn thread_of(said: &Said) -> MessageId {
    let root = said.thread.clone().unwrap_or_else(|| said.message.id.clone());
    MessageId { channel: said.message.channel.clone(), id: root }
}

/// Where an answer goes: the same thread, a thread below a message at a channel's top level, or the direct conversation.
pub(super) fn reply_place(said: &Said) -> Place {
    let channel = said.message.channel.clone();
    if let Some(ours) = &said.thread_of {
        // Named by the effect, so that it keeps its order with what else is said there.
        return Place::Below { channel, post: ours.post };
    }
    match (&said.thread, &said.direct) {
        (Some(root), _) => Place::Thread { channel, root: root.clone() },
        (None, Some(_)) => Place::Channel { channel },
        (None, None) => Place::Thread { channel, root: said.message.id.clone() },
    }
}

/// The message as a model is shown it.
pub(super) fn shown(dir: &Directory, said: &Said, chain: &[Handle]) -> serde_json::Value {
    json!({
        "from": chain.last().map_or_else(|| said.by.clone(), ToString::to_string),
        "kind": if chain.is_empty() { "member" } else { "persona" },
        "text": said.text,
        "channel": dir.channel_name(&said.message.channel).unwrap_or("a direct conversation"),
        "direct": said.direct.is_some(),
    })
}
