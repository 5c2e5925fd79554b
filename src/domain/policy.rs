//! What an actor may do: pure, total, and able to say why.
//!
//! Judged is who acts, what it is, and the rules: the team's autonomy table, its authority matrix, the persona's run
//! mode. What a model or a text says has no bearing here. Where rules differ, the stricter one holds: refused, escalated,
//! approved by others, done.

mod unmet;

use std::fmt;

use crate::authority::{Audience, Part, Situation};
use crate::name::Handle;
use crate::org::{Directory, Right};
use crate::persona::{Persona, RunMode};
use crate::record::Category;
use crate::team::{Action, Autonomy};

pub use unmet::unmet;

/// What is about to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matter<'a> {
    /// What it is.
    pub subject: Subject<'a>,
    /// What it is like.
    pub situation: Situation<'a>,
}

/// What a matter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// An act on the world.
    Action(Action),
    /// A decision of one of the matrix's kinds.
    Decision(&'a str),
}

impl From<Action> for Matter<'_> {
    fn from(action: Action) -> Self {
        let situation = Situation { audience: action.audience(), ..Situation::default() };
        Self { subject: Subject::Action(action), situation }
    }
}

impl<'a> Matter<'a> {
    /// A decision of a kind.
    #[must_use]
    pub fn decision(kind: &'a str, situation: Situation<'a>) -> Self {
        Self { subject: Subject::Decision(kind), situation }
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action(action) => action.fmt(f),
            Self::Decision(kind) => f.write_str(kind),
        }
    }
}

/// What policy says of a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Do it and say so.
    Do,
    /// Others must agree first, stage by stage.
    NeedApproval {
        /// In order: the next stage is asked once the one before has agreed.
        order: Vec<Stage>,
    },
    /// It is for others to decide.
    Escalate {
        /// Whom, by handle or name.
        to: Vec<String>,
        /// As what.
        category: Category,
        /// How many of the people who decide it must agree.
        quorum: u32,
    },
    /// It is not this persona's to do at all.
    Refuse,
}

/// Some who must agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Any one of these personas.
    Personas(Vec<Handle>),
    /// People.
    People {
        /// Who may vote, by name.
        from: Vec<String>,
        /// How many must agree.
        quorum: u32,
    },
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Personas(who) => {
                let who: Vec<String> = who.iter().map(|handle| format!("@{handle}")).collect();
                f.write_str(&who.join(" or "))
            }
            Self::People { from, quorum: 1 } => f.write_str(&from.join(" or ")),
            Self::People { from, quorum } => write!(f, "{quorum} of {}", from.join(", ")),
        }
    }
}

/// A verdict with the rules that it follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The verdict.
    pub verdict: Verdict,
    /// The rules that asked for it, the weightiest first; empty when nothing stood in the way.
    pub because: Vec<Basis>,
}

/// A rule, and what it says of the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// In a sentence without its full stop.
    pub says: String,
    /// Whose file has the rule: a persona's, or else the team's.
    pub persona: Option<Handle>,
    /// The field in that file.
    pub field: String,
}

impl Ruling {
    /// The rules in a sentence, without where they stand.
    #[must_use]
    pub fn reason(&self) -> String {
        self.because.iter().map(|basis| basis.says.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// The rules in a sentence, each with its file and line.
    #[must_use]
    pub fn explained(&self, directory: &Directory) -> String {
        let place = |basis: &Basis| match directory.place(basis.persona.as_ref(), &basis.field) {
            Some(place) => format!("{} (`{}` in {place})", basis.says, basis.field),
            None => basis.says.clone(),
        };
        self.because.iter().map(place).collect::<Vec<_>>().join("; ")
    }
}

/// The people whose yes releases what was escalated to these: those named among them who may approve, else everybody who
/// may, since people stand above all ranks.
#[must_use]
pub fn deciders(directory: &Directory, to: &[String]) -> Vec<String> {
    let named: Vec<String> = to.iter().filter(|name| directory.may(name, Right::Approve)).cloned().collect();
    if named.is_empty() { directory.holders(Right::Approve) } else { named }
}

/// The people with the right to approve whom a rule names, or all where it names none. Whoever is named and may not approve is
/// not asked; [`unmet`] tells so.
#[must_use]
pub fn asked(directory: &Directory, ask: &[String]) -> Vec<String> {
    let mut from = directory.holders(Right::Approve);
    from.retain(|name| ask.is_empty() || ask.iter().any(|a| a.to_lowercase() == name.to_lowercase()));
    from
}

/// Judges one matter. Total: whatever the files and the names are, there is a verdict, and what no rule allows is not done.
#[must_use]
pub fn judge(directory: &Directory, actor: &Handle, matter: &Matter<'_>) -> Ruling {
    let mut draft = Draft::default();
    match directory.personas.get(actor) {
        None => draft.refuse(None, String::new(), format!("there is no persona @{actor}")),
        Some(persona) => draft.judge(directory, persona, matter),
    }
    draft.ruling(directory)
}

/// What the rules asked for so far.
#[derive(Default)]
struct Draft {
    refused: Vec<Basis>,
    escalated: Vec<(Vec<String>, Category, Basis)>,
    /// Stages of personas, in order.
    personas: Vec<(Vec<Handle>, Basis)>,
    people: Vec<Basis>,
    /// Which people are asked, where the rule names some.
    ask: Vec<String>,
    /// How many people must agree, where they are asked.
    quorum: u32,
}

impl Draft {
    fn judge(&mut self, directory: &Directory, persona: &Persona, matter: &Matter<'_>) {
        let kind = match matter.subject {
            Subject::Action(action) => self.by_autonomy(directory, persona, action),
            Subject::Decision(kind) => Some(kind),
        };
        self.by_mode(persona, matter.subject);
        if let Some(kind) = kind {
            self.by_matrix(directory, persona, kind, matter.situation);
        }
        self.by_gates(directory, persona, matter.situation.audience);
    }

    /// Applies the autonomy rule of an act. Returns the kind of decision that the act is.
    fn by_autonomy<'d>(&mut self, directory: &'d Directory, persona: &Persona, action: Action) -> Option<&'d str> {
        let field = format!("autonomy.{action}");
        let Some(rule) = directory.team.rule(action) else {
            let says = format!("no rule names {action}, so a person decides");
            self.people.push(Basis { says, persona: None, field: "autonomy".to_owned() });
            return None;
        };
        if !rule.by.is_empty() && !rule.by.contains(&persona.handle) {
            let who: Vec<String> = rule.by.iter().map(|handle| format!("@{handle}")).collect();
            let says = format!("{action} belongs to {}, not to @{}", who.join(", "), persona.handle);
            self.refuse(None, format!("{field}.by"), says);
        }
        self.quorum = self.quorum.max(rule.quorum);
        let basis = |asks: &str| {
            let says = format!("{action} {asks} ({}): {}", rule.level, rule.why.trim_end_matches('.'));
            Basis { says, persona: None, field: field.clone() }
        };
        match rule.level {
            Autonomy::L4 => {}
            Autonomy::L3 => self.people.push(basis("is proposed, and a person approves it")),
            Autonomy::L2 => self.people.push(basis("is done together with a person, step by step")),
            Autonomy::L1 => {
                let basis = basis("is a person's to decide");
                self.escalated.push((asked(directory, &rule.ask), action.category(), basis));
            }
        }
        self.ask.clone_from(&rule.ask);
        rule.decision.as_deref()
    }

    /// The persona's run mode narrows whatever else holds.
    fn by_mode(&mut self, persona: &Persona, subject: Subject<'_>) {
        let (handle, field) = (&persona.handle, "mode".to_owned());
        match persona.mode {
            RunMode::FullAuto => {}
            RunMode::Assisted => {
                let says = format!("@{handle} is assisted: a person approves each of its acts");
                self.people.push(Basis { says, persona: Some(handle.clone()), field });
            }
            RunMode::ReviewOnly => {
                let says = format!("@{handle} only reviews, and {subject} is more than that");
                self.refuse(Some(handle.clone()), field, says);
            }
        }
    }

    /// The part that the persona has in this kind of decision.
    fn by_matrix(&mut self, directory: &Directory, persona: &Persona, kind: &str, situation: Situation<'_>) {
        let authority = &directory.team.authority;
        let Some(row) = authority.decisions.get(kind) else {
            let says = format!("no rule names the decision \"{kind}\", so a person decides");
            self.people.push(Basis { says, persona: None, field: "authority.decisions".to_owned() });
            return;
        };
        let (part, field) = authority.part(persona, kind, situation);
        let (handle, title) = (&persona.handle, row.title.to_lowercase());
        let says = match part {
            Some(part) => format!("in \"{title}\" @{handle} {} ({part})", part.verb()),
            None => format!("@{handle} has no part in \"{title}\""),
        };
        let basis = Basis { says, persona: None, field };
        let above = Above::of(directory, persona, kind, situation);
        match part {
            None => self.refused.push(basis),
            // It climbs to who decides it; where nobody above does, it is those below who do, and this one leaves it.
            Some(Part::C | Part::I) => match above.nearest(Part::settles) {
                Some(to) => self.escalated.push((to, Category::OutsideAuthority, basis)),
                None => self.refused.push(basis),
            },
            Some(Part::F | Part::E) => {
                let to = above.nearest(|part| part == Part::E || part.settles()).unwrap_or_default();
                self.escalated.push((to, Category::Legal, basis));
            }
            Some(Part::D) => {}
            Some(part @ (Part::A | Part::P | Part::R)) => {
                // Who only recommends finds somebody who proposes first.
                let wanted = |p: Part| p.settles() || (part == Part::R && p == Part::P);
                let (personas, people) = above.stages(wanted, part == Part::R);
                if personas.is_empty() && !people && part != Part::A {
                    self.people.push(basis);
                    return;
                }
                self.personas.extend(personas.into_iter().map(|stage| (stage, basis.clone())));
                if people {
                    self.people.push(basis);
                }
            }
        }
    }

    /// What goes where everybody sees it needs the yes of those who guard that.
    fn by_gates(&mut self, directory: &Directory, persona: &Persona, audience: Audience) {
        for (index, gate) in directory.team.authority.gates.iter().enumerate() {
            if gate.audience != audience || gate.by.contains(&persona.handle) {
                continue;
            }
            let who: Vec<String> = gate.by.iter().map(|handle| format!("@{handle}")).collect();
            let says =
                format!("what is {audience} needs the yes of {}: {}", who.join(" or "), gate.why.trim_end_matches('.'));
            let basis = Basis { says, persona: None, field: format!("authority.gates[{index}]") };
            self.personas.push((gate.by.clone(), basis));
        }
    }

    fn refuse(&mut self, persona: Option<Handle>, field: String, says: String) {
        self.refused.push(Basis { says, persona, field });
    }

    /// The strictest of all that was asked for.
    fn ruling(self, directory: &Directory) -> Ruling {
        if !self.refused.is_empty() {
            return Ruling { verdict: Verdict::Refuse, because: self.refused };
        }
        if let Some((to, category, _)) = self.escalated.first().cloned() {
            let to = if to.is_empty() { directory.holders(Right::Command) } else { to };
            let because = self.escalated.into_iter().map(|(_, _, basis)| basis).collect();
            return Ruling { verdict: Verdict::Escalate { to, category, quorum: self.quorum.max(1) }, because };
        }
        let mut order: Vec<Stage> = Vec::new();
        let mut because: Vec<Basis> = self.people.clone();
        for (personas, basis) in self.personas {
            let stage = Stage::Personas(personas);
            if !order.contains(&stage) {
                order.push(stage);
            }
            if !because.contains(&basis) {
                because.push(basis);
            }
        }
        if !self.people.is_empty() {
            let from = asked(directory, &self.ask);
            order.push(Stage::People { from, quorum: self.quorum.max(1) });
        }
        let verdict = if order.is_empty() { Verdict::Do } else { Verdict::NeedApproval { order } };
        Ruling { verdict, because }
    }
}

/// Those above a persona, rank by rank from the bottom up, with their parts in a kind of decision.
struct Above {
    ranks: Vec<(Part, Vec<Handle>)>,
    people: Option<Part>,
    voters: Vec<String>,
}

impl Above {
    fn of(directory: &Directory, persona: &Persona, kind: &str, situation: Situation<'_>) -> Self {
        let authority = &directory.team.authority;
        let own = authority.rank(persona);
        let leads = directory.leads(&persona.handle);
        let mut ranks: Vec<(Part, Vec<Handle>)> = Vec::new();
        for rank in own.map_or(0, |own| own + 1)..authority.ranks.len() {
            let mut of_rank: Vec<(&Handle, Part)> = directory
                .personas
                .values()
                .filter(|other| authority.rank(other) == Some(rank))
                .filter_map(|other| Some((&other.handle, authority.part(other, kind, situation).0?)))
                .collect();
            // Those whom the persona answers to go before others of the same rank.
            if of_rank.iter().any(|(handle, _)| leads.contains(*handle)) {
                of_rank.retain(|(handle, _)| leads.contains(*handle));
            }
            // Of one rank, the weightiest part counts: D before A before P …
            let Some(part) = of_rank.iter().map(|(_, part)| *part).min() else { continue };
            ranks.push((part, of_rank.iter().filter(|(_, p)| *p == part).map(|(h, _)| (*h).clone()).collect()));
        }
        Self { ranks, people: authority.of_people(kind), voters: directory.holders(Right::Approve) }
    }

    /// The nearest who have a part like that; people where no persona has.
    fn nearest(&self, wanted: impl Fn(Part) -> bool) -> Option<Vec<String>> {
        let personas = self.ranks.iter().find(|(part, _)| wanted(*part));
        let personas = personas.map(|(_, who)| who.iter().map(ToString::to_string).collect());
        personas.or_else(|| self.people.filter(|part| wanted(*part)).map(|_| self.voters.clone()))
    }

    /// The stages of personas that a proposal goes through, and whether people have a word after them. It ends with who
    /// decides; whoever approves on the way is asked in order. `proposed` is whether somebody has to take it up first.
    fn stages(&self, wanted: impl Fn(Part) -> bool, proposed: bool) -> (Vec<Vec<Handle>>, bool) {
        let mut stages = Vec::new();
        let mut taken_up = !proposed;
        for (part, who) in self.ranks.iter().filter(|(part, _)| wanted(*part)) {
            // Of several who could take it up, the nearest does.
            if *part == Part::P && std::mem::replace(&mut taken_up, true) {
                continue;
            }
            stages.push(who.clone());
            if *part == Part::D {
                return (stages, false);
            }
        }
        (stages, self.people.is_some_and(Part::settles))
    }
}

#[cfg(test)]
mod tests;
