//! What a model wanted and did not get: kept beside its call, so that it can be read later.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::{Outcome, Purpose};
use crate::lane::Lane;
use crate::legible;
use crate::name::Handle;

/// Most acts that are named.
const ACTS: usize = 8;
/// Most characters of each.
const EXCERPT: usize = 300;

/// An answer that nothing came of, or less than it asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The call that was answered.
    pub id: Uuid,
    /// The organisation.
    pub org: Uuid,
    /// The lane.
    pub lane: Lane,
    /// The root task, if there is one.
    pub task: Option<Uuid>,
    /// For whom the model answered.
    pub persona: Handle,
    /// What it wanted, an excerpt each; of a direct conversation only the names of the acts.
    pub wanted: Vec<String>,
    /// Why it did not get it.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What an answer wanted, in short.
#[must_use]
pub(crate) fn wanted(purpose: &Purpose, outcome: &Outcome) -> Vec<String> {
    let Outcome::Acts { acts, text } = outcome else { return Vec::new() };
    let private = matches!(purpose, Purpose::Talk(talk) if talk.said.direct.is_some());
    let acts = acts.iter().take(ACTS).map(|act| match private {
        true => excerpt(format_args!("{}", act.name)),
        false => excerpt(format_args!("{} {}", act.name, act.arguments)),
    });
    let words = text.iter().filter(|_| !private).map(|text| excerpt(format_args!("said: {text}")));
    acts.chain(words).collect()
}

/// The beginning of what is written: nothing beyond it is.
fn excerpt(written: fmt::Arguments<'_>) -> String {
    struct Beginning(String);
    impl fmt::Write for Beginning {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            let room = EXCERPT - self.0.chars().count();
            self.0.extend(part.chars().take(room));
            if part.chars().nth(room).is_some() { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let mut beginning = Beginning(String::new());
    // An error says that there is more.
    let _ = fmt::write(&mut beginning, written);
    legible::text(&beginning.0).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_has_the_beginning_alone() {
        let long = "é".repeat(1_000);
        assert_eq!(excerpt(format_args!("say {long}")), format!("say {}", "é".repeat(EXCERPT - 4)));
        assert_eq!(excerpt(format_args!("say \u{202e}{}", "hi")), "say hi");
    }
}
