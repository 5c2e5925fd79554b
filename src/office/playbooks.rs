//! Playbooks from their texts, beside the personas and skills that they name.

use std::collections::BTreeMap;
use std::sync::Arc;

use bullpen_domain::org::Directory;
use bullpen_domain::playbook::{Known, Playbook, Problem};
use bullpen_domain::policy;
use bullpen_domain::source::{Fault, Lines, Located, read};
use bullpen_domain::team::{Action, Loaded};

/// The playbooks in force, by file.
#[derive(Clone, Default)]
pub(super) struct Playbooks(BTreeMap<String, Candidate>);

impl Playbooks {
    /// By name.
    pub(super) fn in_force(&self) -> BTreeMap<String, Arc<Playbook>> {
        self.0.values().map(|own| (own.playbook.name.clone(), Arc::clone(&own.playbook))).collect()
    }

    /// Steps whose act the rules would stop. Their playbooks stay in force: the rules hold whatever a playbook says.
    pub(super) fn unmet(&self, directory: &Directory) -> Vec<Fault> {
        let located = self.0.values().filter_map(|own| Some((&own.playbook, own.lines.as_ref()?)));
        located
            .flat_map(|(playbook, lines)| {
                let fault = |found: Problem| lines.fault(&found.field, found.problem);
                policy::unmet(directory, playbook).into_iter().map(fault)
            })
            .collect()
    }
}

/// A playbook in force, or on its way there.
#[derive(Clone)]
struct Candidate {
    playbook: Arc<Playbook>,
    /// None for what stays from the last time: its file no longer says it.
    lines: Option<Lines>,
}

/// Reads the playbooks. A faulty file keeps what it held last, and so does one whose playbook is no longer possible
/// because something that it names has gone.
pub(super) fn load(
    texts: &[(String, String)],
    last: &Playbooks,
    team: &Loaded,
    skills: &[(&str, &[Action])],
) -> (Playbooks, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut candidates = BTreeMap::new();
    for (file, text) in texts {
        let candidate = match read::<Playbook>(file, text) {
            Ok(Located { value, lines }) => Some(Candidate {
                playbook: shared(value, last.0.get(file).map(|own| &own.playbook)),
                lines: Some(lines),
            }),
            Err(fault) => {
                faults.push(fault);
                held(last, file)
            }
        };
        candidates.extend(candidate.map(|candidate| (file.clone(), candidate)));
    }
    for (file, fault) in taken(&candidates, last) {
        faults.push(fault);
        candidates.remove(&file);
    }
    // One that falls may take with it others that open it, so this goes on until nobody falls.
    loop {
        let known = known(team, skills, &candidates);
        let mut fallen = Vec::new();
        for (file, candidate) in &candidates {
            let Some(lines) = &candidate.lines else { continue };
            let problems = candidate.playbook.check(&known);
            if !problems.is_empty() {
                faults.extend(problems.into_iter().map(|found| lines.fault(&found.field, found.problem)));
                fallen.push(file.clone());
            }
        }
        if fallen.is_empty() {
            break;
        }
        for file in fallen {
            candidates.remove(&file);
            candidates.extend(held(last, &file).map(|candidate| (file, candidate)));
        }
    }
    (Playbooks(candidates), faults)
}

/// What a file held last.
fn held(last: &Playbooks, file: &str) -> Option<Candidate> {
    last.0.get(file).map(|own| Candidate { playbook: Arc::clone(&own.playbook), lines: None })
}

fn shared(playbook: Playbook, last: Option<&Arc<Playbook>>) -> Arc<Playbook> {
    last.filter(|last| ***last == playbook).map_or_else(|| Arc::new(playbook), Arc::clone)
}

/// Files whose playbook has a name that another one has: the one that had it before keeps it, else the first.
fn taken(candidates: &BTreeMap<String, Candidate>, last: &Playbooks) -> Vec<(String, Fault)> {
    let mut owners: BTreeMap<&str, &String> = BTreeMap::new();
    let had = |file: &String, name: &str| last.0.get(file).is_some_and(|own| own.playbook.name == name);
    for (file, candidate) in candidates {
        let name = candidate.playbook.name.as_str();
        if !owners.contains_key(name) || had(file, name) {
            owners.insert(name, file);
        }
    }
    let loser = |(file, candidate): (&String, &Candidate)| {
        let name = candidate.playbook.name.as_str();
        let owner = owners.get(name).filter(|owner| **owner != file)?;
        let problem = format!("there is a playbook \"{name}\" in {owner}; choose another name");
        let fault = match &candidate.lines {
            Some(lines) => lines.fault("name", problem),
            None => Fault::of_file(file, problem),
        };
        Some((file.clone(), fault))
    };
    candidates.iter().filter_map(loser).collect()
}

/// What playbooks may name. Every kind of act has a rule in the team's file, so its rules name them all.
fn known(team: &Loaded, skills: &[(&str, &[Action])], candidates: &BTreeMap<String, Candidate>) -> Known {
    Known {
        personas: team.personas.keys().cloned().collect(),
        skills: skills
            .iter()
            .map(|(name, acts)| ((*name).to_owned(), acts.iter().map(ToString::to_string).collect()))
            .collect(),
        actions: team.team.iter().flat_map(|team| team.autonomy.keys()).map(ToString::to_string).collect(),
        playbooks: candidates.values().map(|candidate| candidate.playbook.name.clone()).collect(),
    }
}
