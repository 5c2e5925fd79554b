//! What an actor may do: pure, total, and able to say why. The rules are the team's autonomy table; an action that no
//! rule names is a person's to decide.

use crate::name::Handle;
use crate::org::{Directory, Right};
use crate::team::{Action, Autonomy};

/// What policy says of one action by one persona.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Do it and say so.
    Do,
    /// Put it before people; this many of them must agree.
    NeedApproval {
        /// Who may vote.
        from: Vec<String>,
        /// How many must agree.
        quorum: u32,
        /// The rule, in a sentence.
        why: String,
    },
    /// It is not this persona's to do at all.
    Refuse {
        /// The rule, in a sentence.
        reason: String,
    },
}

/// Judges one action. What a model or a text says has no bearing here: only who acts, what it is, and the table.
#[must_use]
pub fn judge(directory: &Directory, actor: &Handle, action: Action) -> Verdict {
    let Some(rule) = directory.team.rule(action) else {
        return need(directory, format!("no rule names {action}, so a person decides"));
    };
    if !rule.by.is_empty() && !rule.by.contains(actor) {
        let who: Vec<String> = rule.by.iter().map(|h| format!("@{h}")).collect();
        return Verdict::Refuse { reason: format!("{action} belongs to {}, not to @{actor}", who.join(", ")) };
    }
    match rule.level {
        Autonomy::L4 => Verdict::Do,
        level => need(directory, format!("{action} stands at {level}: {}", rule.why)),
    }
}

fn need(directory: &Directory, why: String) -> Verdict {
    Verdict::NeedApproval { from: directory.holders(Right::Approve), quorum: 1, why }
}
