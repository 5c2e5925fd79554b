//! When people are there: their days and hours, their absences, the organisation's holidays; and how long a wait lasts that
//! counts their days only.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::org::{Directory, Person};
use crate::persona::Availability;

/// When a person is there. By default always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Their days and hours; the organisation's where they have none of their own.
    pub availability: Option<Availability>,
    /// When they are away.
    pub away: Vec<Away>,
}

/// An absence, in days of the person's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Away {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

/// When people work who have said nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workdays {
    /// Days and hours.
    pub availability: Availability,
    /// Days on which nobody works, in each one's zone.
    pub holidays: BTreeSet<NaiveDate>,
}

/// For how long nobody may be there: a wait that would stand still for longer is counted by the clock.
const STANDSTILL: TimeDelta = TimeDelta::days(14);
/// Days begin at a multiple of this in every zone, in seconds.
const QUARTER: i64 = 15 * 60;
/// Hours are written to the minute, in seconds.
const MINUTE: i64 = 60;

impl Directory {
    fn availability<'a>(&'a self, person: &'a Person) -> &'a Availability {
        person.attendance.availability.as_ref().unwrap_or(&self.workdays.availability)
    }

    fn date(&self, person: &Person, at: DateTime<Utc>) -> NaiveDate {
        let zone: Tz = self.availability(person).zone_or(self.zone);
        at.with_timezone(&zone).date_naive()
    }

    /// Whether a person is away, as they have said beforehand.
    #[must_use]
    pub fn is_away(&self, person: &Person, at: DateTime<Utc>) -> bool {
        let today = || self.date(person, at);
        !person.attendance.away.is_empty() && {
            let today = today();
            person.attendance.away.iter().any(|away| (away.from..=away.until).contains(&today))
        }
    }

    /// Whether this is one of a person's working days, at whatever hour.
    fn is_day(&self, person: &Person, at: DateTime<Utc>) -> bool {
        self.availability(person).has_day(at, self.zone)
            && !self.workdays.holidays.contains(&self.date(person, at))
            && !self.is_away(person, at)
    }

    /// Whether a person is at work.
    #[must_use]
    pub fn at_work(&self, person: &Person, at: DateTime<Utc>) -> bool {
        self.availability(person).covers(at, self.zone) && self.is_day(person, at)
    }

    fn is_always_there(&self, person: &Person) -> bool {
        let always = *self.availability(person) == Availability::default();
        always && person.attendance.away.is_empty() && self.workdays.holidays.is_empty()
    }

    /// When a wait for any of these people is over that begins now: on days that are working days of none of them it stands
    /// still, and it ends when somebody is at work.
    #[must_use]
    pub fn wait_for(&self, who: &[String], now: DateTime<Utc>, lasting: TimeDelta) -> DateTime<Utc> {
        let by_the_clock = now + lasting;
        let people: Vec<&Person> = who.iter().filter_map(|name| self.person(name)).collect();
        if people.is_empty() || people.iter().any(|person| self.is_always_there(person)) {
            return by_the_clock;
        }
        let (mut at, mut left, mut there) = (now, lasting, now);
        while left > TimeDelta::zero() {
            if people.iter().any(|person| self.is_day(person, at)) {
                let step = left.min(next(at, QUARTER) - at);
                (at, left) = (at + step, left - step);
                there = at;
            } else {
                at = next(at, QUARTER);
            }
            if at - there > STANDSTILL {
                return by_the_clock;
            }
        }
        while !people.iter().any(|person| self.at_work(person, at)) {
            at = next(at, MINUTE);
            if at - there > STANDSTILL {
                return by_the_clock;
            }
        }
        at
    }
}

/// The next multiple of so many seconds.
fn next(at: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    at + TimeDelta::seconds(seconds - at.timestamp().rem_euclid(seconds))
        - TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::tests::lane::directory;
    use crate::persona::{Day, Hours};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn office() -> Availability {
        Availability {
            days: vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri],
            hours: Hours::try_from("09:00-18:00".to_owned()).expect("hours"),
            zone: None,
        }
    }

    fn with(availability: &[(&str, Availability)]) -> Directory {
        let mut dir = directory();
        for (name, availability) in availability {
            let person = dir.people.iter_mut().find(|p| p.name == *name).expect("a person");
            person.attendance.availability = Some(availability.clone());
        }
        dir
    }

    fn over(dir: &Directory, who: &[&str], now: &str, days: i64) -> DateTime<Utc> {
        let who: Vec<String> = who.iter().map(|name| (*name).to_owned()).collect();
        dir.wait_for(&who, at(now), TimeDelta::days(days))
    }

    #[test]
    fn who_said_nothing_is_always_there() {
        let dir = directory();
        assert_eq!(over(&dir, &["you", "ana"], "2026-11-20T17:30:01Z", 3), at("2026-11-23T17:30:01Z"));
        assert_eq!(over(&dir, &[], "2026-11-20T17:30:01Z", 3), at("2026-11-23T17:30:01Z"));
    }

    #[test]
    fn weekends_nights_holidays_and_absences_do_not_count() {
        let mut dir = with(&[("you", office())]);
        // 2026-11-20 is a Friday.
        assert_eq!(over(&dir, &["you"], "2026-11-17T17:55:00Z", 3), at("2026-11-20T17:55:00Z"));
        assert_eq!(over(&dir, &["you"], "2026-11-20T17:30:30Z", 1), at("2026-11-23T17:30:30Z"));
        assert_eq!(
            over(&dir, &["you"], "2026-11-20T18:00:00Z", 3),
            at("2026-11-26T09:00:00Z"),
            "the end is not part of it"
        );
        assert_eq!(over(&dir, &["you"], "2026-11-21T12:00:00Z", 1), at("2026-11-24T09:00:00Z"), "from Monday on");
        dir.workdays.holidays.insert("2026-11-23".parse().expect("a date"));
        assert_eq!(over(&dir, &["you"], "2026-11-20T17:30:00Z", 1), at("2026-11-24T17:30:00Z"));
        let day = |text: &str| text.parse().expect("a date");
        dir.people[0].attendance.away = vec![Away { from: day("2026-11-24"), until: day("2026-11-25") }];
        assert_eq!(over(&dir, &["you"], "2026-11-20T17:30:00Z", 1), at("2026-11-26T17:30:00Z"));
        assert_eq!(
            over(&dir, &["you", "ana"], "2026-11-20T17:30:00Z", 1),
            at("2026-11-21T17:30:00Z"),
            "ana works on Saturdays"
        );
    }

    #[test]
    fn nobody_is_waited_for_longer_than_two_weeks() {
        let mut dir = with(&[("you", office())]);
        let day = |text: &str| text.parse().expect("a date");
        dir.people[0].attendance.away = vec![Away { from: day("2026-11-20"), until: day("2027-03-01") }];
        assert_eq!(over(&dir, &["you"], "2026-11-20T12:00:00Z", 3), at("2026-11-23T12:00:00Z"));
        assert!(dir.is_away(&dir.people[0], at("2027-03-01T23:59:59Z")));
        assert!(!dir.is_away(&dir.people[0], at("2027-03-02T00:00:00Z")));
    }

    #[test]
    fn each_has_a_zone_of_their_own() {
        let tokyo = Availability { zone: Some("Asia/Tokyo".into()), ..office() };
        let dir = with(&[("you", tokyo), ("ana", office())]);
        // Sunday 23:00 UTC is Monday 08:00 in Tokyo.
        assert_eq!(over(&dir, &["you"], "2026-11-20T08:30:00Z", 1), at("2026-11-23T08:30:00Z"));
        assert_eq!(over(&dir, &["ana", "you"], "2026-11-22T15:00:00Z", 1), at("2026-11-23T15:00:00Z"));
        assert!(dir.at_work(&dir.people[0], at("2026-11-23T00:00:00Z")));
        assert!(!dir.at_work(&dir.people[1], at("2026-11-23T00:00:00Z")));
    }
}
