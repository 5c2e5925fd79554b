//! How pressing an escalation is and how long those asked have: data (`escalation` in `team.yaml`), read by one pure
//! function.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator as _;

use crate::playbook::Span;
use crate::record::{Category, Urgency};
use crate::task::{Priority, Task};

/// The rules of escalation of a team. What its file does not say is as [`Rules::default`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// How long those asked have, by urgency.
    pub deadlines: BTreeMap<Urgency, Span>,
    /// How pressing each kind of trouble is by itself.
    pub urgency: BTreeMap<Category, Urgency>,
    /// What is due sooner than this is one step more pressing.
    pub soon: Span,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            deadlines: Urgency::iter().map(|urgency| (urgency, default_deadline(urgency))).collect(),
            urgency: Category::iter().map(|category| (category, default_urgency(category))).collect(),
            soon: Span::of_minutes(4 * 60),
        }
    }
}

fn default_deadline(urgency: Urgency) -> Span {
    Span::of_minutes(match urgency {
        Urgency::Low => 24 * 60,
        Urgency::Medium => 4 * 60,
        Urgency::High => 60,
        Urgency::Critical => 15,
    })
}

fn default_urgency(category: Category) -> Urgency {
    match category {
        Category::Crisis => Urgency::Critical,
        Category::Legal | Category::Budget | Category::UpsetPerson => Urgency::High,
        Category::Blocked
        | Category::Conflict
        | Category::DeadlineMissed
        | Category::Model
        | Category::OutsideAuthority
        | Category::NoAgreement
        | Category::Allowance
        | Category::BrandVoice => Urgency::Medium,
    }
}

impl Rules {
    /// How long those asked have.
    #[must_use]
    pub fn patience(&self, urgency: Urgency) -> TimeDelta {
        self.deadlines.get(&urgency).copied().unwrap_or_else(|| default_deadline(urgency)).delta()
    }

    /// How pressing a kind of trouble is for a piece of work: by its kind, one step more where the work goes before
    /// everything else or is due soon, one less where it has time. Only what is critical by its kind, or urgent and due
    /// soon at once, calls all hands.
    #[must_use]
    pub fn urgency(&self, category: Category, work: Option<&Task>, now: DateTime<Utc>) -> Urgency {
        let base = self.urgency.get(&category).copied().unwrap_or_else(|| default_urgency(category));
        let Some(work) = work else { return base };
        let urgent = work.priority == Priority::Urgent;
        let soon = work.due.is_some_and(|due| due - now < self.soon.delta());
        match (base, urgent || soon, urgent && soon) {
            (Urgency::High | Urgency::Critical, _, true) | (Urgency::Critical, ..) => Urgency::Critical,
            (Urgency::High | Urgency::Medium, true, _) => Urgency::High,
            (Urgency::Low, true, _) => Urgency::Medium,
            (Urgency::Medium | Urgency::Low, false, _) if work.priority == Priority::Low => Urgency::Low,
            (base, ..) => base,
        }
    }

    /// What contradicts itself: the field, and what to do.
    #[must_use]
    pub(crate) fn check(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let each: Vec<Urgency> = Urgency::iter().collect();
        for pair in each.windows(2) {
            if let [calmer, pressing] = pair
                && self.patience(*pressing) > self.patience(*calmer)
            {
                let field = format!("escalation.deadlines.{pressing}");
                problems.push((field, format!("{pressing} waits longer than {calmer}; give it less time")));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::Lane;
    use crate::name::Handle;

    fn work(priority: Priority, due_in: i64) -> Task {
        serde_json::from_value(serde_json::json!({
            "id": uuid::Uuid::nil(), "org": uuid::Uuid::nil(), "lane": Lane::task(uuid::Uuid::nil()), "parent": null,
            "step": null, "position": 0, "title": "Tea", "state": "in_progress",
            "owner": Handle::parse("cmo").expect("a handle"), "creator": "you", "priority": priority,
            "due": DateTime::UNIX_EPOCH + TimeDelta::hours(due_in), "depends_on": [], "playbook": null, "pins": {},
            "request": {}, "round": 1, "notes": [], "call": null, "retries": 0, "hold": null, "source": null,
            "channel": null, "post": null, "revision": 0, "created_at": DateTime::UNIX_EPOCH, "started_at": null,
            "finished_at": null,
        }))
        .expect("a task, as a version without takeovers stored it")
    }

    #[test]
    fn urgency_follows_from_the_kind_the_priority_and_the_due_date() {
        let rules = Rules::default();
        let of = |category, priority, due| rules.urgency(category, Some(&work(priority, due)), DateTime::UNIX_EPOCH);
        assert_eq!(of(Category::Blocked, Priority::Normal, 48), Urgency::Medium);
        assert_eq!(of(Category::Blocked, Priority::Normal, 2), Urgency::High, "due soon");
        assert_eq!(of(Category::Blocked, Priority::Normal, -100), Urgency::High, "late");
        assert_eq!(of(Category::Blocked, Priority::Urgent, 48), Urgency::High);
        assert_eq!(of(Category::Blocked, Priority::Low, 48), Urgency::Low);
        assert_eq!(of(Category::Blocked, Priority::Urgent, 1), Urgency::High, "no call for all hands");
        assert_eq!(of(Category::Budget, Priority::Urgent, 1), Urgency::Critical);
        assert_eq!(of(Category::Budget, Priority::Normal, 1), Urgency::High);
        assert_eq!(of(Category::Crisis, Priority::Low, 48), Urgency::Critical, "a crisis never waits");
        assert_eq!(rules.urgency(Category::NoAgreement, None, DateTime::UNIX_EPOCH), Urgency::Medium);
    }

    #[test]
    fn what_is_more_pressing_may_not_wait_longer() {
        assert_eq!(Rules::default().check(), []);
        let mut rules = Rules::default();
        rules.deadlines.insert(Urgency::High, Span::of_minutes(600));
        let problem = "high waits longer than medium; give it less time".to_owned();
        assert_eq!(rules.check(), [("escalation.deadlines.high".to_owned(), problem)]);
    }
}
