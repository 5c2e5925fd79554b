//! Checks between files: layers and reporting lines.

use std::collections::{BTreeMap, BTreeSet};

use super::Team;
use super::load::Candidate;
use crate::name::Handle;
use crate::persona::Persona;
use crate::source::Fault;

/// The personas that were read, by handle.
pub(super) type Candidates = BTreeMap<Handle, Candidate>;

/// What is wrong between the files, each with the persona whose file has the fault. `absent` are the handles of files
/// that could not be read: naming one of them is no fault of the one who names it.
pub(super) fn check(
    candidates: &Candidates,
    team: Option<&Team>,
    absent: &BTreeSet<String>,
    last: &BTreeMap<Handle, Persona>,
) -> Vec<(Handle, Fault)> {
    let mut faults = Vec::new();
    for (handle, candidate) in candidates {
        let Candidate { persona, lines: Some(lines), .. } = candidate else { continue };
        let mut fault = |field: &str, problem: String| faults.push((handle.clone(), lines.fault(field, problem)));
        if let Some(team) = team
            && team.rank(&persona.layer).is_none()
        {
            let known: Vec<_> = team.layers.iter().map(|layer| layer.id.as_str()).collect();
            fault("layer", format!("there is no layer \"{}\"; use one of: {}", persona.layer, known.join(", ")));
        }
        for (index, leader) in persona.reports_to.iter().enumerate() {
            let field = format!("reports_to[{index}]");
            match candidates.get(leader) {
                Some(leader) => {
                    if let Some(problem) = too_low(&leader.persona, persona, team) {
                        fault(&field, problem);
                    }
                }
                None if absent.contains(leader.as_str()) => {}
                None => {
                    let known: Vec<_> = candidates.keys().map(Handle::as_str).collect();
                    let advice = match crate::source::nearest(leader.as_str(), &known) {
                        Some(near) => format!("did you mean {near}?"),
                        None => "add its file, or name somebody else".to_owned(),
                    };
                    fault(&field, format!("there is no persona @{leader}; {advice}"));
                }
            }
        }
    }
    faults.extend(cycles(candidates, last));
    faults
}

fn too_low(leader: &Persona, report: &Persona, team: Option<&Team>) -> Option<String> {
    let (above, own) = (team?.rank(&leader.layer)?, team?.rank(&report.layer)?);
    (above > own).then(|| {
        format!(
            "@{} works in layer {}, below {}; name somebody of the same layer or a higher one",
            leader.handle, leader.layer, report.layer
        )
    })
}

/// One fault for each circle of reporting lines, at the member that was changed last, as far as that can be known.
fn cycles(candidates: &Candidates, last: &BTreeMap<Handle, Persona>) -> Vec<(Handle, Fault)> {
    let mut faults = Vec::new();
    let mut done = BTreeSet::new();
    for start in candidates.keys() {
        let Some(circle) = circle_from(start, candidates, &mut Vec::new(), &mut done) else { continue };
        let changed = |handle: &&Handle| last.get(*handle) != candidates.get(*handle).map(|c| &c.persona);
        let culprit = circle.iter().find(changed).or(circle.first());
        let Some((culprit, Candidate { lines: Some(lines), .. })) =
            culprit.and_then(|handle| Some((handle, candidates.get(handle)?)))
        else {
            continue;
        };
        let mut names: Vec<_> = circle.iter().map(|handle| format!("@{handle}")).collect();
        names.extend(names.first().cloned());
        let problem = format!("the reporting lines go in a circle ({}); cut one of them", names.join(" → "));
        faults.push((culprit.clone(), lines.fault("reports_to", problem)));
    }
    faults
}

/// Follows the lines up from `at`; `path` is the way so far, `done` whoever has been followed to the end before.
fn circle_from(
    at: &Handle,
    candidates: &Candidates,
    path: &mut Vec<Handle>,
    done: &mut BTreeSet<Handle>,
) -> Option<Vec<Handle>> {
    if let Some(begin) = path.iter().position(|handle| handle == at) {
        return Some(path[begin..].to_vec());
    }
    if !done.insert(at.clone()) {
        return None;
    }
    path.push(at.clone());
    let leaders = candidates.get(at).map_or(&[][..], |candidate| &candidate.persona.reports_to);
    let circle = leaders.iter().find_map(|leader| circle_from(leader, candidates, path, done));
    path.pop();
    circle
}
