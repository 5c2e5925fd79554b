//! Delegation: a person hands their approvals to another for a time, in words that no model reads.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A person's approvals in another's hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Its id.
    pub id: Uuid,
    /// Whose approvals.
    pub from: String,
    /// Who votes in their place.
    pub to: String,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// When it was taken back, or replaced by another one.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
}

/// What somebody wants of the department about their approvals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Hand them over.
    Give {
        /// To whom, as they are called.
        to: String,
        /// The last day.
        until: NaiveDate,
    },
    /// Have them back.
    TakeBack,
    /// It is about delegation, and cannot be read.
    Unclear,
}

/// How it is asked for.
pub const USAGE: &str = "Write `@bullpen delegate my approvals to NAME until 2026-12-01` (the last day), or `@bullpen take my \
                         approvals back`.";

impl Wish {
    /// Reads what is said to the department; none where it is about something else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let words = || text.split_whitespace().filter(|w| !w.trim_matches('@').eq_ignore_ascii_case(crate::org::DESK));
        let text = words().collect::<Vec<_>>().join(" ");
        let text = text.trim_end_matches(['.', '!']);
        let begins = |with: &str| text.get(..with.len()).filter(|head| head.eq_ignore_ascii_case(with));
        if begins("take my approvals back").is_some() || begins("take back my approvals").is_some() {
            return Some(Self::TakeBack);
        }
        begins("delegate")?;
        let given = begins("delegate my approvals to ").and_then(|head| {
            // The name may have an “until” of its own.
            let (to, until) = text[head.len()..].rsplit_once(" until ")?;
            let to = to.trim().trim_start_matches('@').trim_end_matches(',').to_owned();
            let until = until.trim().parse().ok()?;
            (!to.is_empty()).then_some(Self::Give { to, until })
        });
        Some(given.unwrap_or(Self::Unclear))
    }
}

/// When a last day is over.
#[must_use]
pub fn end_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let next = day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN);
    // Where midnight is left out by a change of the clock, the day begins an hour later.
    let local = next.and_local_timezone(zone).earliest();
    let local = local.or_else(|| (next + chrono::TimeDelta::hours(1)).and_local_timezone(zone).earliest());
    local.map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_read_as_they_stand() {
        let give = |to: &str| Some(Wish::Give { to: to.into(), until: "2026-12-01".parse().expect("a date") });
        for (text, wish) in [
            ("@bullpen delegate my approvals to ana until 2026-12-01", give("ana")),
            ("@Bullpen Delegate my approvals to @Ana Lee until 2026-12-01.", give("Ana Lee")),
            ("delegate my approvals\nto ana, until 2026-12-01!", give("ana")),
            ("@bullpen take my approvals back", Some(Wish::TakeBack)),
            ("@bullpen Take back my approvals.", Some(Wish::TakeBack)),
            ("@bullpen delegate my approvals to ana", Some(Wish::Unclear)),
            ("@bullpen delegate my approvals to ana until tomorrow", Some(Wish::Unclear)),
            ("@bullpen delegate my approvals to  until 2026-12-01", Some(Wish::Unclear)),
            ("@bullpen delegate my approvals to ana until 2026-02-30", Some(Wish::Unclear)),
            ("@bullpen delegate ö", Some(Wish::Unclear)),
            ("@bullpen délegate my approvals", None),
            ("@bullpen why", None),
            ("@bullpen", None),
            ("", None),
        ] {
            assert_eq!(Wish::read(text), wish, "{text:?}");
        }
    }

    #[test]
    fn the_last_day_is_part_of_it() {
        let day = "2026-12-01".parse().expect("a date");
        let end = |zone| end_of(day, zone).expect("a moment").to_rfc3339();
        assert_eq!(end(chrono_tz::Europe::Berlin), "2026-12-01T23:00:00+00:00");
        assert_eq!(end_of(NaiveDate::MAX, chrono_tz::UTC), None);
    }
}
