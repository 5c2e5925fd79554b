//! What a playbook wants done that the rules would stop: said when the files are read, not when the work stands still.

use super::{Stage, Verdict, judge};
use crate::org::{Directory, Right};
use crate::playbook::{Does, Playbook, Problem};
use crate::team::{Action, Autonomy};

/// The steps of a playbook that could never do their act: it is not their role's to do, or nobody is asked for a yes that
/// it needs.
#[must_use]
pub fn unmet(directory: &Directory, playbook: &Playbook) -> Vec<Problem> {
    let mut found = Vec::new();
    // Whoever asks for it in chat has it begun, where the rules let it.
    if !playbook.takes.is_empty() {
        let mut add = |problem| found.push(Problem { field: "owner".to_owned(), problem });
        asked_in_vain(directory, Action::TaskStart, &mut add);
        if let Verdict::NeedApproval { order } = judge(directory, &playbook.owner, &Action::TaskStart.into()).verdict {
            for stage in order {
                if let Stage::People { from, quorum } = stage {
                    add_quorum(&mut add, Action::TaskStart, quorum, from.len());
                }
            }
        }
    }
    for (index, step) in playbook.steps.iter().enumerate() {
        let Some(action) = step.action.as_ref().and_then(|action| action.parse::<Action>().ok()) else { continue };
        let field = format!("steps[{index}].action");
        asked_in_vain(directory, action, &mut |problem| found.push(Problem { field: field.clone(), problem }));
        let ruling = judge(directory, &step.role, &action.into());
        // What is a person's to decide is meant to be.
        let theirs = directory.team.rule(action).is_some_and(|rule| rule.level == Autonomy::L1);
        let mut add = |field: &str, problem| found.push(Problem { field: format!("steps[{index}].{field}"), problem });
        match &ruling.verdict {
            Verdict::Do => {}
            Verdict::Escalate { to, quorum, .. } if theirs => {
                add_quorum(
                    &mut |problem| add("action", problem),
                    action,
                    *quorum,
                    super::deciders(directory, to).len(),
                );
            }
            Verdict::Refuse | Verdict::Escalate { .. } => {
                add("role", format!("@{} may not do this: {}", step.role, ruling.explained(directory)));
            }
            Verdict::NeedApproval { order } => {
                for stage in order {
                    let who = match stage {
                        Stage::Personas(who) => who,
                        Stage::People { from, quorum } => {
                            add_quorum(&mut |problem| add("action", problem), action, *quorum, from.len());
                            continue;
                        }
                    };
                    let goes_out = step.puts_out();
                    let asked = playbook.steps.iter().any(|review| {
                        review.does == Does::Review
                            && who.contains(&review.role)
                            && review.of.first().is_some_and(|name| goes_out.contains(name.as_str()))
                            && playbook.downstream(&review.id).contains(step.id.as_str())
                    });
                    if !asked {
                        let names: Vec<String> = who.iter().map(|handle| format!("@{handle}")).collect();
                        let problem = format!(
                            "{action} needs a review by {} of what it puts out, and no step before it is one; add it: {}",
                            names.join(" or "),
                            ruling.explained(directory)
                        );
                        add("needs", problem);
                    }
                }
            }
        }
    }
    found
}

/// More people must agree than may.
fn add_quorum(add: &mut impl FnMut(String), action: Action, quorum: u32, may: usize) {
    if (may as u64) < u64::from(quorum) {
        let problem = format!(
            "{quorum} people must agree to {action}, and {may} may; give more people the right to approve, or lower the quorum"
        );
        add(problem);
    }
}

/// The rule of an act asks somebody who may not approve.
fn asked_in_vain(directory: &Directory, action: Action, add: &mut impl FnMut(String)) {
    let asked = directory.team.rule(action).map(|rule| rule.ask.as_slice()).unwrap_or_default();
    for name in asked.iter().filter(|name| !directory.may(name, Right::Approve)) {
        add(format!(
            "the rule of {action} asks {name}, who is no listed person with the right to approve; correct \
             autonomy.{action}.ask in team.yaml, or give them the right in bullpen.yaml"
        ));
    }
}
