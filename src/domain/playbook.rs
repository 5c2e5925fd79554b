//! A playbook: steps, roles, gates, dependencies, parallel tracks, loops with a maximum, timers. It is data; nothing in
//! the engine knows what a playbook is about.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::field::Fields;
use crate::name::Handle;
use crate::task::Priority;

/// A way of working, as its file describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// Its name: what tasks and other playbooks call it.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// Grows when the file changes; for people (running work is pinned to the digest).
    pub version: u32,
    /// The persona that takes the request and answers for the whole.
    pub owner: Handle,
    /// What people call the thing they ask for; empty where nobody asks for it in chat.
    #[serde(default)]
    pub takes: Vec<String>,
    /// When it is due where nobody said so.
    pub due_after: Span,
    /// How pressing it is where nobody said so.
    #[serde(default, skip_serializing_if = "Priority::is_normal")]
    pub priority: Priority,
    /// What a request carries.
    #[serde(default)]
    pub request: Fields,
    /// The step that work goes back to when a person asks for changes.
    #[serde(default)]
    pub on_changes: Option<String>,
    /// The steps that work goes back to when the request is edited; `on_changes` where there are none.
    #[serde(default)]
    pub on_edit: Vec<String>,
    /// How often people may send it back before it is put to them as it is.
    #[serde(default = "five")]
    pub rounds: u32,
    /// The steps.
    pub steps: Vec<Step>,
}

/// What every request may carry, whatever its playbook.
pub(crate) const RESERVED: [&str; 3] = ["playbook", "due", "priority"];

fn five() -> u32 {
    5
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its id within the playbook.
    pub id: String,
    /// Its title for people.
    pub title: String,
    /// Who carries it out.
    pub role: Handle,
    /// What kind of step it is.
    pub does: Does,
    /// Steps that must be done first. Steps without an open need run side by side.
    #[serde(default)]
    pub needs: Vec<String>,
    /// What the persona is asked (work, review).
    #[serde(default)]
    pub ask: Option<String>,
    /// What it gives (work, skill).
    #[serde(default)]
    pub gives: Option<Gives>,
    /// What is reviewed (review).
    #[serde(default)]
    pub of: Vec<String>,
    /// A skill that checks what is reviewed (review).
    #[serde(default)]
    pub check: Option<Check>,
    /// The step that a review sends work back to.
    #[serde(default)]
    pub sends_back_to: Option<String>,
    /// How often a review may send back.
    #[serde(default = "three")]
    pub rounds: u32,
    /// The skill to run (skill).
    #[serde(default, rename = "use")]
    pub skill: Option<String>,
    /// The skill's arguments, or the opened playbook's request: literals, or references such as `$piece.title`.
    #[serde(default)]
    pub with: BTreeMap<String, Value>,
    /// The kind of action that a skill carries out on the world: policy says who must agree.
    #[serde(default)]
    pub action: Option<String>,
    /// What is put before the people who must agree.
    #[serde(default)]
    pub shows: Vec<String>,
    /// Whether the whole is still done when people say no to this step.
    #[serde(default)]
    pub optional: bool,
    /// The playbook to open (open).
    #[serde(default)]
    pub playbook: Option<String>,
    /// When what is opened is due (open), or how long to wait (wait).
    #[serde(default)]
    pub after: Option<Span>,
    /// What to wait for (wait): `due`.
    #[serde(default)]
    pub until: Option<Until>,
}

impl Step {
    /// The deliverables that what the step does is made of: what it shows, and what its arguments refer to.
    #[must_use]
    pub fn puts_out(&self) -> BTreeSet<&str> {
        let references = self.with.values().filter_map(|value| value.as_str()?.strip_prefix('$'));
        let names = references.map(|path| path.split('.').next().unwrap_or(path));
        names.chain(self.shows.iter().map(String::as_str)).collect()
    }
}

fn three() -> u32 {
    3
}

/// The kinds of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// A persona makes something.
    Work,
    /// A persona, a check, or both judge something: a gate.
    Review,
    /// A skill runs.
    Skill,
    /// Time passes.
    Wait,
    /// Another playbook is opened as a task of its own.
    Open,
}

/// What to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// The root task's due date.
    Due,
}

/// What a step gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gives {
    /// The deliverable's name.
    pub name: String,
    /// Its fields (of a skill's result: none are declared).
    #[serde(default)]
    pub fields: Fields,
}

/// A skill that checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The skill.
    #[serde(rename = "use")]
    pub skill: String,
    /// Its arguments.
    #[serde(default)]
    pub with: BTreeMap<String, Value>,
    /// The score, 0 to 100, from which it passes; without it the check's findings decide.
    #[serde(default)]
    pub pass: Option<u32>,
}

/// A length of time: `30m`, `4h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    minutes: u32,
}

impl Span {
    /// So many minutes.
    #[must_use]
    pub const fn of_minutes(minutes: u32) -> Self {
        Self { minutes }
    }

    /// As a difference of times.
    #[must_use]
    pub fn delta(self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.minutes))
    }
}

impl TryFrom<String> for Span {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is not a length of time: write e.g. 30m, 4h or 7d (at most 365d)");
        let unit = text.chars().last().ok_or_else(wrong)?;
        let per = match unit {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            _ => return Err(wrong()),
        };
        let count: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
        let minutes = count.checked_mul(per).filter(|m| (1..=365 * 24 * 60).contains(m)).ok_or_else(wrong)?;
        Ok(Self { minutes })
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        match span.minutes {
            m if m % (24 * 60) == 0 => format!("{}d", m / (24 * 60)),
            m if m % 60 == 0 => format!("{}h", m / 60),
            m => format!("{m}m"),
        }
    }
}

/// What is wrong with a playbook: the field and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field, e.g. `steps[3].needs`.
    pub field: String,
    /// What is wrong and what to do.
    pub problem: String,
}

/// What a playbook may refer to outside of itself.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Personas.
    pub personas: BTreeSet<Handle>,
    /// Skills, each with the kinds of act that it carries out; none for one that does not reach beyond the department.
    pub skills: BTreeMap<String, Vec<String>>,
    /// Action kinds that policy has a rule for.
    pub actions: BTreeSet<String>,
    /// Playbooks.
    pub playbooks: BTreeSet<String>,
}

impl Playbook {
    /// The step with this id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.id == id)
    }

    /// SHA-256 of the canonical form, in hex.
    #[must_use]
    pub fn digest(&self) -> String {
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The steps that cannot stand once `id` is done anew: itself and everything that needs it.
    #[must_use]
    pub fn downstream(&self, id: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut open = vec![id];
        while let Some(next) = open.pop() {
            if let Some(step) = self.step(next)
                && reached.insert(step.id.as_str())
            {
                open.extend(self.steps.iter().filter(|s| s.needs.iter().any(|n| n == next)).map(|s| s.id.as_str()));
            }
        }
        reached
    }

    /// Everything that is wrong with it, in file order.
    #[must_use]
    pub fn check(&self, known: &Known) -> Vec<Problem> {
        let mut found = Findings(Vec::new());
        if !known.personas.contains(&self.owner) {
            found.add("owner", format!("no persona has the handle \"{}\"; name one of the team", self.owner));
        }
        if self.steps.is_empty() {
            found.add("steps", "there are no steps; add at least one".into());
        }
        for name in RESERVED.iter().filter(|name| self.request.0.contains_key(**name)) {
            let problem = format!("every request has \"{name}\" already; give this field another name");
            found.add(&format!("request.{name}"), problem);
        }
        let mut seen = BTreeSet::new();
        for (i, step) in self.steps.iter().enumerate() {
            if !seen.insert(&step.id) {
                found.add(
                    &format!("steps[{i}].id"),
                    format!("\"{}\" is used twice; give each step its own id", step.id),
                );
            }
            self.check_step(i, step, known, &mut found);
        }
        let on_changes = self.on_changes.iter().map(|target| ("on_changes", target));
        for (field, target) in on_changes.chain(self.on_edit.iter().map(|target| ("on_edit", target))) {
            if self.step(target).is_none() {
                found.add(field, format!("there is no step \"{target}\"; name one of the steps"));
            }
        }
        if let Some(cycle) = self.cycle() {
            found.add(
                "steps",
                format!("these steps need each other in a ring: {}; take one need out", cycle.join(" -> ")),
            );
        }
        found.0
    }

    fn check_step(&self, i: usize, step: &Step, known: &Known, found: &mut Findings) {
        let at = |field: &str| format!("steps[{i}].{field}");
        if !known.personas.contains(&step.role) {
            found.add(&at("role"), format!("no persona has the handle \"{}\"; name one of the team", step.role));
        }
        for need in &step.needs {
            if self.step(need).is_none() {
                found.add(&at("needs"), format!("there is no step \"{need}\"; name one of the steps"));
            }
        }
        let needs = |found: &mut Findings, field: &str, there: bool| {
            if !there {
                found.add(&at(field), format!("a step that does \"{}\" needs `{field}`", kind_name(step.does)));
            }
        };
        match step.does {
            Does::Work => {
                needs(found, "ask", step.ask.is_some());
                needs(found, "gives", step.gives.as_ref().is_some_and(|g| !g.fields.0.is_empty()));
            }
            Does::Review => {
                needs(found, "of", !step.of.is_empty());
                needs(found, "sends_back_to", step.sends_back_to.is_some());
                needs(found, "ask", step.ask.is_some() || step.check.is_some());
            }
            Does::Skill => needs(found, "use", step.skill.is_some()),
            Does::Wait => needs(found, "until", step.until.is_some() || step.after.is_some()),
            Does::Open => {
                needs(found, "playbook", step.playbook.is_some());
                needs(found, "after", step.after.is_some());
            }
        }
        if let Some(target) = &step.sends_back_to
            && (self.step(target).is_none() || !self.downstream(target).contains(step.id.as_str()))
        {
            found.add(&at("sends_back_to"), format!("\"{target}\" is not a step that comes before this one"));
        }
        for skill in step.skill.iter().chain(step.check.as_ref().map(|c| &c.skill)) {
            if !known.skills.contains_key(skill) {
                let skills: Vec<&str> = known.skills.keys().map(String::as_str).collect();
                found.add(&at("use"), format!("there is no skill \"{skill}\"; there are: {}", skills.join(", ")));
            }
        }
        if let Some(action) = &step.action
            && !known.actions.contains(action)
        {
            let actions: Vec<&str> = known.actions.iter().map(String::as_str).collect();
            found.add(&at("action"), format!("policy knows no action \"{action}\"; there are: {}", actions.join(", ")));
        }
        if let Some((skill, acts)) = step.skill.as_ref().and_then(|skill| known.skills.get_key_value(skill)) {
            let problem = match &step.action {
                None if acts.is_empty() => None,
                None => Some(format!("{skill} acts on the world: say as what, one of {}", acts.join(", "))),
                Some(action) if acts.contains(action) => None,
                Some(_) if acts.is_empty() => Some(format!("{skill} does not act on the world; leave this out")),
                Some(action) => Some(format!("{skill} is not {action}; it is one of {}", acts.join(", "))),
            };
            if let Some(problem) = problem {
                found.add(&at("action"), problem);
            }
        }
        if let Some(playbook) = &step.playbook
            && !known.playbooks.contains(playbook)
        {
            found.add(&at("playbook"), format!("there is no playbook \"{playbook}\""));
        }
        self.check_references(i, step, found);
    }

    fn check_references(&self, i: usize, step: &Step, found: &mut Findings) {
        let given: BTreeMap<&str, (&str, &Fields)> = self
            .steps
            .iter()
            .filter_map(|s| s.gives.as_ref().map(|g| (g.name.as_str(), (s.id.as_str(), &g.fields))))
            .collect();
        let from_check = step.check.iter().flat_map(|c| c.with.iter().map(|(k, v)| (format!("check.with.{k}"), v)));
        for (field, value) in step.with.iter().map(|(k, v)| (format!("with.{k}"), v)).chain(from_check) {
            let Some(path) = value.as_str().and_then(|v| v.strip_prefix('$')) else { continue };
            let (name, rest) = path.split_once('.').map_or((path, None), |(n, r)| (n, Some(r)));
            let fault = match (name, given.get(name)) {
                ("request", _) => {
                    rest.is_none_or(|r| !self.request.0.contains_key(r)).then(|| "the request has no such field".into())
                }
                ("brand", _) => None,
                (_, None) => Some(format!("no step gives \"{name}\"")),
                (_, Some((by, fields))) => {
                    let reachable = self.downstream(by).contains(step.id.as_str());
                    let has = rest.is_none_or(|r| fields.0.is_empty() || fields.0.contains_key(r));
                    match (reachable, has) {
                        (false, _) => Some(format!("step \"{by}\" gives \"{name}\", but this step does not need it")),
                        (_, false) => Some(format!("\"{name}\" has no field \"{}\"", rest.unwrap_or_default())),
                        _ => None,
                    }
                }
            };
            if let Some(fault) = fault {
                found.add(&format!("steps[{i}].{field}"), format!("\"${path}\" leads nowhere: {fault}"));
            }
        }
        for name in step.of.iter().chain(&step.shows) {
            if !given.contains_key(name.as_str()) {
                found.add(&format!("steps[{i}]"), format!("\"{name}\" is given by no step"));
            }
        }
    }

    /// The members of a ring of needs, if there is one.
    fn cycle(&self) -> Option<Vec<String>> {
        fn visit<'a>(p: &'a Playbook, at: &'a str, path: &mut Vec<&'a str>, clear: &mut BTreeSet<&'a str>) -> bool {
            if clear.contains(at) {
                return false;
            }
            if path.contains(&at) {
                path.push(at);
                return true;
            }
            path.push(at);
            for need in p.step(at).map(|s| s.needs.as_slice()).unwrap_or_default() {
                if visit(p, need, path, clear) {
                    return true;
                }
            }
            path.pop();
            clear.insert(at);
            false
        }
        let mut clear = BTreeSet::new();
        for step in &self.steps {
            let mut path = Vec::new();
            if visit(self, &step.id, &mut path, &mut clear) {
                let ring = path.last().copied().unwrap_or_default();
                let from = path.iter().position(|s| *s == ring).unwrap_or_default();
                return Some(path[from..].iter().map(ToString::to_string).collect());
            }
        }
        None
    }
}

fn kind_name(does: Does) -> &'static str {
    match does {
        Does::Work => "work",
        Does::Review => "review",
        Does::Skill => "skill",
        Does::Wait => "wait",
        Does::Open => "open",
    }
}

struct Findings(Vec<Problem>);

impl Findings {
    fn add(&mut self, field: &str, problem: String) {
        self.0.push(Problem { field: field.to_owned(), problem });
    }
}
