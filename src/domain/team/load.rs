//! A team from the texts of its folder.
//!
//! One faulty file never takes the others down: what it held last stays in force, and the fault says where to look.

use std::collections::{BTreeMap, BTreeSet};

use super::reporting::{self, Candidates};
use super::{Autonomy, Brand, Team};
use crate::authority::{Part, Situation};
use crate::name::Handle;
use crate::persona::Persona;
use crate::source::{self, Fault, Lines, Located};

/// What a folder of files amounts to.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The layout; none when there is no readable `team.yaml` and there never was.
    pub team: Option<Team>,
    /// How the organisation speaks and looks; none when there is no readable brand file and there never was.
    pub brand: Option<Brand>,
    /// The personas in force. A reporting line may lead to one that is not here while its file is faulty.
    pub personas: BTreeMap<Handle, Persona>,
    /// The file of every persona in force.
    pub files: BTreeMap<Handle, String>,
    /// Where the fields of what is in force stand.
    pub places: Places,
    /// What is wrong, by file and line.
    pub faults: Vec<Fault>,
}

/// Where the fields of a team's files stand, for saying which rule asked for something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    team: Option<Lines>,
    personas: BTreeMap<Handle, Lines>,
}

impl Places {
    /// File and line of a field, such as `team.yaml:52`: of a persona's file, or else of the team's. None for what stays in
    /// force although its file no longer says it.
    #[must_use]
    pub fn of(&self, persona: Option<&Handle>, field: &str) -> Option<String> {
        let lines = match persona {
            Some(handle) => self.personas.get(handle)?,
            None => self.team.as_ref()?,
        };
        Some(format!("{}:{}", name_of(lines.file()), lines.line(field)))
    }
}

/// A persona on its way into force.
pub(super) struct Candidate {
    pub(super) file: String,
    pub(super) persona: Persona,
    /// None for what stays from the last time: it has been checked before, and its file no longer says it.
    pub(super) lines: Option<Lines>,
}

impl Team {
    /// Reads a team's folder: `team.yaml`, the brand file that it names, and a persona in each other `.yaml` file beside
    /// them; other files and folders are not looked at. `files` are paths and texts, `tools` the names of the skills and
    /// acts that exist.
    ///
    /// `last` is what was in force before: a file that is faulty now keeps what it held then. Without it, what is faulty
    /// is left out.
    #[must_use]
    pub fn load(files: &[(String, String)], tools: &[&str], last: Option<&Loaded>) -> Loaded {
        let nothing = Loaded::default();
        let last = last.unwrap_or(&nothing);
        let mut files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        files.sort_unstable();
        let mut loaded = Loaded::default();
        let Some((team_file, team_text)) = files.iter().copied().find(|(path, _)| name_of(path) == "team.yaml") else {
            loaded.faults.push(Fault::of_file("team.yaml", "the file is missing; a team's folder needs one"));
            return Loaded { faults: loaded.faults, ..last.clone() };
        };
        let folder = folder_of(team_file);
        files.retain(|(path, _)| folder_of(path) == folder && is_yaml(path) && *path != team_file);

        let team = checked(source::read::<Team>(team_file, team_text), Team::check);
        let team_lines = team.as_ref().ok().map(|team| team.lines.clone());
        loaded.team = kept(team, last.team.as_ref(), &mut loaded.faults);
        loaded.places.team.clone_from(&team_lines);

        let brand_name = loaded.team.as_ref().map_or("brand.yaml", |team| team.brand.as_str()).to_owned();
        match files.iter().position(|(path, _)| name_of(path) == brand_name) {
            Some(index) => {
                let (path, text) = files.remove(index);
                let brand = checked(source::read::<Brand>(path, text), Brand::check);
                loaded.brand = kept(brand, last.brand.as_ref(), &mut loaded.faults);
            }
            None => {
                let problem = format!("the folder has no file {brand_name}; add it");
                loaded.faults.push(match &team_lines {
                    Some(lines) => lines.fault("brand", problem),
                    None => Fault::of_file(team_file, problem),
                });
                loaded.brand.clone_from(&last.brand);
            }
        }
        loaded.read_personas(&files, tools, last);
        if let (Some(team), Some(lines)) = (&loaded.team, &team_lines) {
            let unknown = unknown_names(team, lines, &loaded, &files);
            let idle = without_authority(team, lines, &loaded.personas);
            loaded.faults.extend(unknown.into_iter().chain(idle));
        }
        loaded.faults.sort();
        loaded
    }
}

impl Loaded {
    fn read_personas(&mut self, files: &[(&str, &str)], tools: &[&str], last: &Self) {
        let mut candidates = Candidates::new();
        let mut absent = BTreeSet::new();
        let mut fallen = Vec::new();
        for (path, text) in files {
            let read = checked(source::read::<Persona>(path, text), |persona, lines| {
                let fault = |p: crate::persona::Problem| lines.fault_below(&p.field, p.below, p.text);
                persona.check(tools).into_iter().map(fault).collect()
            });
            match read {
                Err(faults) => {
                    self.faults.extend(faults);
                    absent.insert(likely_handle(path, text));
                    fallen.push((*path).to_owned());
                }
                Ok(Located { value: persona, lines }) => {
                    let candidate = Candidate { file: (*path).to_owned(), persona, lines: Some(lines) };
                    let handle = candidate.persona.handle.clone();
                    // Of two files with one handle, the one that had it before keeps it, else the first.
                    let held_before = last.files.get(&handle) == Some(&candidate.file);
                    let loser = match candidates.remove(&handle) {
                        Some(first) if !held_before => {
                            candidates.insert(handle.clone(), first);
                            Some(candidate)
                        }
                        first => {
                            candidates.insert(handle.clone(), candidate);
                            first
                        }
                    };
                    if let (Some(loser), Some(winner)) = (loser, candidates.get(&handle)) {
                        self.faults.push(taken(&loser, &winner.file));
                        fallen.push(loser.file);
                    }
                }
            }
        }
        fall_back(&mut candidates, fallen, last);
        let between = reporting::check(&candidates, self.team.as_ref(), &absent, &last.personas);
        let mut fallen = Vec::new();
        for (handle, fault) in between {
            self.faults.push(fault);
            if let Some(candidate) = candidates.remove(&handle) {
                absent.insert(handle.as_str().to_owned());
                fallen.push(candidate.file);
            }
        }
        fall_back(&mut candidates, fallen, last);
        let led_by_people = candidates.values().any(|candidate| candidate.persona.reports_to_people);
        if !led_by_people && absent.is_empty() {
            let problem = "nobody reports to people; set reports_to_people: true in the file of whoever leads the team";
            self.faults.push(Fault::of_file("team.yaml", problem));
        }
        for (handle, Candidate { file, persona, lines }) in candidates {
            self.files.insert(handle.clone(), file);
            if let Some(lines) = lines {
                self.places.personas.insert(handle.clone(), lines);
            }
            self.personas.insert(handle, persona);
        }
    }
}

/// Puts what faulty files held last back in force, unless somebody else has the handle now.
fn fall_back(candidates: &mut Candidates, fallen: Vec<String>, last: &Loaded) {
    for file in fallen {
        let held = last.files.iter().find(|(_, held)| **held == file);
        if let Some((handle, persona)) = held.and_then(|(handle, _)| last.personas.get_key_value(handle)) {
            let stays = || Candidate { file, persona: persona.clone(), lines: None };
            candidates.entry(handle.clone()).or_insert_with(stays);
        }
    }
}

fn taken(loser: &Candidate, winner: &str) -> Fault {
    let problem = format!("@{} is taken by {winner}; choose another handle", loser.persona.handle);
    match &loser.lines {
        Some(lines) => lines.fault("handle", problem),
        None => Fault::of_file(&loser.file, problem),
    }
}

/// Those whom a rule names and nobody knows. The team stays in force: the rule is stricter for it, not wider.
fn unknown_names(team: &Team, lines: &Lines, loaded: &Loaded, files: &[(&str, &str)]) -> Vec<Fault> {
    let in_files: BTreeSet<_> = files.iter().map(|(path, text)| likely_handle(path, text)).collect();
    let rules = team.autonomy.iter().map(|(action, rule)| (format!("autonomy.{action}.by"), &rule.by));
    let roles = team.authority.roles.iter().enumerate();
    let roles = roles.map(|(index, line)| (format!("authority.roles[{index}].who"), &line.who));
    let gates = team.authority.gates.iter().enumerate();
    let gates = gates.map(|(index, gate)| (format!("authority.gates[{index}].by"), &gate.by));
    let mut faults = Vec::new();
    for (field, names) in rules.chain(roles).chain(gates) {
        for (index, handle) in names.iter().enumerate() {
            if !loaded.personas.contains_key(handle) && !in_files.contains(handle.as_str()) {
                let problem = format!("there is no persona @{handle}; add its file, or remove it here");
                faults.push(lines.fault(&format!("{field}[{index}]"), problem));
            }
        }
    }
    faults
}

/// Those whom an autonomy rule lets act, and the matrix does not.
fn without_authority(team: &Team, lines: &Lines, personas: &BTreeMap<Handle, Persona>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (action, rule) in &team.autonomy {
        let Some(kind) = rule.decision.as_ref().filter(|kind| team.authority.decisions.contains_key(*kind)) else {
            continue;
        };
        let situation = Situation { audience: action.audience(), ..Situation::default() };
        for (index, persona) in rule.by.iter().enumerate().filter_map(|(i, h)| Some((i, personas.get(h)?))) {
            let (part, field) = team.authority.part(persona, kind, situation);
            // What people decide, and personas carry out, climbs to them.
            let theirs = rule.level == Autonomy::L1 && part.is_some_and(|part| matches!(part, Part::F | Part::E));
            if theirs || part.is_some_and(|part| part.settles() || matches!(part, Part::P | Part::R)) {
                continue;
            }
            let part = part.map_or("has no part".to_owned(), |part| format!("{} ({part})", part.verb()));
            let problem = format!(
                "@{} may not do it: in {kind} it {part}, as {field} says; give it D, A, P or R there, or remove it here",
                persona.handle
            );
            faults.push(lines.fault(&format!("autonomy.{action}.by[{index}]"), problem));
        }
    }
    faults
}

/// A value that was read and has passed its checks, or everything that is wrong with it.
fn checked<T>(
    read: Result<Located<T>, Fault>,
    check: impl Fn(&T, &Lines) -> Vec<Fault>,
) -> Result<Located<T>, Vec<Fault>> {
    let located = read.map_err(|fault| vec![fault])?;
    let faults = check(&located.value, &located.lines);
    if faults.is_empty() { Ok(located) } else { Err(faults) }
}

/// The value, or what was in force before it.
fn kept<T: Clone>(read: Result<Located<T>, Vec<Fault>>, last: Option<&T>, faults: &mut Vec<Fault>) -> Option<T> {
    match read {
        Ok(located) => Some(located.value),
        Err(found) => {
            faults.extend(found);
            last.cloned()
        }
    }
}

/// The handle that a faulty file most likely has: the one it names on a line of its own, else the file's name.
fn likely_handle(path: &str, text: &str) -> String {
    let named = text.lines().find_map(|line| line.strip_prefix("handle:"));
    let named = named.and_then(|handle| Handle::parse(handle.trim().trim_matches(['"', '\''])).ok());
    named.map_or_else(|| name_of(path).split('.').next().unwrap_or_default().to_owned(), String::from)
}

fn is_yaml(path: &str) -> bool {
    let name = name_of(path);
    (name.ends_with(".yaml") || name.ends_with(".yml")) && !name.starts_with('.')
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
