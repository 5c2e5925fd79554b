//! How a team keeps time and order: when people and personas are reminded and chased, and who has the floor.

use serde::{Deserialize, Serialize};

use crate::noise::Noise;
use crate::playbook::Span;
use crate::task::Priority;

/// When somebody is reminded, chased, and gone over the head of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Deadlines {
    /// Questions.
    pub answer: Answers,
    /// The due dates of urgent work.
    pub urgent: Due,
    /// Of work in turn.
    pub normal: Due,
    /// Of work for when there is time.
    pub low: Due,
}

/// How long who is asked something has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    /// Until they are chased, once.
    pub within: Span,
    /// Then, until it is escalated.
    pub then: Span,
}

/// What happens around a due date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Due {
    /// How long before it there is a reminder, the earliest first.
    pub before: Vec<Span>,
    /// How long after it it is escalated; it is chased as soon as it is over.
    pub escalate_after: Span,
}

/// Who speaks, and how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Floor {
    /// Most personas in a chain that one message of a person sets off.
    pub hops: usize,
    /// How long, at most, personas hold what they have to say to each other in a thread where a person waits for an answer.
    pub person: Span,
    /// How many posts that nobody asked for stand at the top level of a channel that says nothing else.
    pub noise: Noise,
}

/// Most hops that may be configured.
const HOPS: usize = 20;

impl Deadlines {
    /// What holds for work of a priority.
    #[must_use]
    pub fn of(&self, priority: Priority) -> &Due {
        match priority {
            Priority::Urgent => &self.urgent,
            Priority::Normal => &self.normal,
            Priority::Low => &self.low,
        }
    }

    /// What is wrong, by field.
    pub(super) fn check(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        for (name, due) in [("urgent", &self.urgent), ("normal", &self.normal), ("low", &self.low)] {
            let late = |pair: &[Span]| pair[0].delta() <= pair[1].delta();
            if let Some(index) = due.before.windows(2).position(late) {
                let problem = "this reminder is not later than the one before it; write the longest first".to_owned();
                faults.push((format!("deadlines.{name}.before[{}]", index + 1), problem));
            }
        }
        faults
    }
}

impl Floor {
    /// What is wrong, by field.
    pub(super) fn check(&self) -> Vec<(String, String)> {
        let wrong = !(1..=HOPS).contains(&self.hops);
        let problem = || format!("this is no length of a chain; use 1 to {HOPS}");
        let hops = wrong.then(|| ("floor.hops".to_owned(), problem()));
        hops.into_iter().chain(self.noise.check("floor.noise")).collect()
    }
}

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

impl Default for Deadlines {
    fn default() -> Self {
        let due = |before: &[u32], after| Due {
            before: before.iter().map(|minutes| Span::of_minutes(*minutes)).collect(),
            escalate_after: Span::of_minutes(after),
        };
        Self {
            answer: Answers::default(),
            urgent: due(&[DAY, HOUR], 4 * HOUR),
            normal: due(&[DAY], DAY),
            low: due(&[DAY], 3 * DAY),
        }
    }
}

impl Default for Answers {
    fn default() -> Self {
        Self { within: Span::of_minutes(4 * HOUR), then: Span::of_minutes(4 * HOUR) }
    }
}

impl Default for Due {
    fn default() -> Self {
        Deadlines::default().normal
    }
}

impl Default for Floor {
    fn default() -> Self {
        Self { hops: 3, person: Span::of_minutes(5), noise: Noise::default() }
    }
}
