//! Working hours.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, Datelike as _, DurationRound as _, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Timelike as _, Utc,
    Weekday,
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// When a persona takes up work that nobody asked for just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Availability {
    /// Days of the week; all of them where the field is absent.
    #[serde(default = "Day::all")]
    pub days: Vec<Day>,
    /// Hours of such a day; the whole day where the field is absent.
    #[serde(default)]
    pub hours: Hours,
    /// The time zone, by its IANA name; the organisation's where the field is absent.
    #[serde(default)]
    pub zone: Option<String>,
}

impl Default for Availability {
    fn default() -> Self {
        Self { days: Day::all(), hours: Hours::default(), zone: None }
    }
}

impl Availability {
    /// Whether a moment lies within the hours. `zone` is the organisation's.
    #[must_use]
    pub fn covers(&self, at: DateTime<Utc>, zone: Tz) -> bool {
        let local = at.with_timezone(&self.zone_or(zone));
        self.has_day(at, zone) && self.hours.cover(local.time())
    }

    /// Whether a moment lies on one of the days, at whatever hour. `zone` is the organisation's.
    #[must_use]
    pub fn has_day(&self, at: DateTime<Utc>, zone: Tz) -> bool {
        let today = at.with_timezone(&self.zone_or(zone)).weekday();
        self.days.iter().any(|day| Weekday::from(*day) == today)
    }

    /// The zone that the hours are counted in. `zone` is the organisation's.
    #[must_use]
    pub fn zone_or(&self, zone: Tz) -> Tz {
        self.zone.as_deref().and_then(|name| Tz::from_str(name).ok()).unwrap_or(zone)
    }

    /// The moment itself where it lies within the hours, else the beginning of the next hours, to a quarter of an hour.
    #[must_use]
    pub fn next(&self, at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        // Whatever the days, there are hours within eight of them.
        let quarters = std::iter::successors(at.duration_trunc(QUARTER).ok(), |t| t.checked_add_signed(QUARTER));
        let begins = || quarters.take(8 * 96).find(|t| *t >= at && self.covers(*t, zone));
        if self.covers(at, zone) { at } else { begins().unwrap_or(at) }
    }
}

impl Availability {
    /// The first moment from `at` on that lies within the hours; `at` where there is none within a week.
    #[must_use]
    pub fn opens(&self, at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        if self.covers(at, zone) {
            return at;
        }
        let own = self.zone.as_deref().and_then(|name| Tz::from_str(name).ok()).unwrap_or(zone);
        let today = at.with_timezone(&own).date_naive();
        let begins = |date: NaiveDate| {
            let local = date.and_hms_opt(self.hours.from / 60, self.hours.from % 60, 0)?;
            Some(own.from_local_datetime(&local).earliest()?.with_timezone(&Utc))
        };
        let days = today.iter_days().take(9).filter_map(begins);
        days.into_iter().find(|begin| *begin > at && self.covers(*begin, zone)).unwrap_or(at)
    }
}

/// A day of the week, written `mon` to `sun`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// The whole week.
    #[must_use]
    pub fn all() -> Vec<Self> {
        vec![Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun]
    }
}

impl From<Day> for Weekday {
    fn from(day: Day) -> Self {
        match day {
            Day::Mon => Self::Mon,
            Day::Tue => Self::Tue,
            Day::Wed => Self::Wed,
            Day::Thu => Self::Thu,
            Day::Fri => Self::Fri,
            Day::Sat => Self::Sat,
            Day::Sun => Self::Sun,
        }
    }
}

/// A stretch of a day, written `09:00-17:30`; the end is not part of it, and `24:00` is midnight. Minutes from midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    from: u32,
    to: u32,
}

/// How closely the beginning of hours is looked for.
const QUARTER: TimeDelta = TimeDelta::minutes(15);
/// Minutes of a day.
const DAY: u32 = 24 * 60;

impl Hours {
    fn cover(self, time: NaiveTime) -> bool {
        let minute = time.num_seconds_from_midnight() / 60;
        (self.from..self.to).contains(&minute)
    }
}

impl Default for Hours {
    fn default() -> Self {
        Self { from: 0, to: DAY }
    }
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let minutes = |time: &str| {
            let (hour, minute) = time.trim().split_once(':')?;
            let number = |digits: &str| if digits.len() == 2 { digits.parse::<u32>().ok() } else { None };
            let (hour, minute) = (number(hour)?, number(minute)?);
            Some(hour * 60 + minute).filter(|total| minute < 60 && *total <= DAY)
        };
        text.split_once('-')
            .and_then(|(from, to)| Some(Self { from: minutes(from)?, to: minutes(to)? }))
            .filter(|hours| hours.from < hours.to)
            .ok_or_else(|| "these are no hours of a day; write them as \"09:00-17:30\", the earlier first".to_owned())
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from, self.to);
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_follow_the_personas_own_clock_over_daylight_saving() {
        let office = Availability {
            days: vec![Day::Mon],
            hours: Hours::try_from("09:00-17:00".to_owned()).expect("hours"),
            zone: Some("Europe/Berlin".to_owned()),
        };
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        // 08:30 UTC is 09:30 in winter and 10:30 in summer; 07:30 UTC is inside in summer only.
        assert!(office.covers(at("2026-01-05T08:30:00Z"), Tz::UTC));
        assert!(!office.covers(at("2026-01-05T07:30:00Z"), Tz::UTC));
        assert!(office.covers(at("2026-07-06T07:30:00Z"), Tz::UTC));
        assert!(!office.covers(at("2026-07-07T08:30:00Z"), Tz::UTC), "a Tuesday");
        assert!(!office.covers(at("2026-01-05T16:00:00Z"), Tz::UTC), "the end is not part of it");
    }

    #[test]
    fn the_next_hours_begin_after_the_weekend() {
        let office = Availability {
            days: vec![Day::Mon, Day::Fri],
            hours: Hours::try_from("09:00-17:00".to_owned()).expect("hours"),
            zone: None,
        };
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        assert_eq!(office.next(at("2026-01-02T18:05:00Z"), Tz::UTC), at("2026-01-05T09:00:00Z"), "a Friday evening");
        assert_eq!(office.next(at("2026-01-05T09:01:00Z"), Tz::UTC), at("2026-01-05T09:01:00Z"));
        assert_eq!(Availability::default().next(at("2026-01-03T03:03:00Z"), Tz::UTC), at("2026-01-03T03:03:00Z"));
    }

    #[test]
    fn hours_are_refused_when_they_make_no_sense() {
        for text in ["", "9-17", "09:00", "17:00-09:00", "09:00-09:00", "09:60-10:00", "00:00-24:01", "aa:bb-cc:dd"] {
            assert!(Hours::try_from(text.to_owned()).is_err(), "{text:?}");
        }
        assert_eq!(Hours::try_from("00:00-24:00".to_owned()), Ok(Hours::default()));
    }
}
