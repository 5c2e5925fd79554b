//! Days as people name them.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::{Slide, Token};

/// A day, whether it slides when it is over, and how many words it takes.
pub(super) fn day(tokens: &[Token<'_>], today: NaiveDate, led: bool) -> Option<(NaiveDate, Slide, usize)> {
    let word = |at: usize| tokens.get(at).map(|token| token.word.as_str());
    let add = |days: u64| today.checked_add_days(Days::new(days));
    let first = word(0)?;
    match first {
        "today" | "tonight" | "eod" => return Some((today, Slide::Tonight, 1)),
        "tomorrow" => return Some((add(1)?, Slide::None, 1)),
        "eow" if led => return Some((weekday(today, Weekday::Fri)?, Slide::Week, 1)),
        "eom" if led => return Some((end_of_month(today)?, Slide::Month, 1)),
        _ => {}
    }
    let (end, skip) = match first {
        "the" if word(1) == Some("end") => (true, 1),
        "end" => (true, 0),
        _ => (false, 0),
    };
    if end && word(skip + 1) == Some("of") {
        let article = usize::from(matches!(word(skip + 2), Some("the" | "this" | "next")));
        let next = word(skip + 2) == Some("next");
        let used = skip + 3 + article;
        return Some(match word(skip + 2 + article)? {
            "day" | "today" => (today, Slide::Tonight, used),
            "week" if next => (
                weekday(today, Weekday::Mon)?.checked_add_days(Days::new(if today.weekday() == Weekday::Mon {
                    11
                } else {
                    4
                }))?,
                Slide::None,
                used,
            ),
            "week" => (weekday(today, Weekday::Fri)?, Slide::Week, used),
            "month" if next => (end_of_month(today.checked_add_months(Months::new(1))?)?, Slide::None, used),
            "month" => (end_of_month(today)?, Slide::Month, used),
            "year" => (NaiveDate::from_ymd_opt(today.year(), 12, 31)?, Slide::Year, used),
            month => {
                let month = month_named(month)?;
                let date = end_of_month(NaiveDate::from_ymd_opt(today.year(), month, 1)?)?;
                (date, Slide::Year, used)
            }
        });
    }
    let this = matches!(first, "next" | "this" | "coming");
    if this && let Some(second) = word(1) {
        if second == "week" {
            let friday = weekday(today, Weekday::Fri)?;
            let this_week = today.weekday().num_days_from_monday() <= 4;
            let date = if first == "next" && this_week { friday.checked_add_days(Days::new(7))? } else { friday };
            return Some((date, Slide::Week, 2));
        }
        if second == "month" && first == "next" {
            return Some((end_of_month(today.checked_add_months(Months::new(1))?)?, Slide::None, 2));
        }
        if let Some(named) = day_named(second) {
            let date = weekday(today, named)?;
            // "Next Friday" is the one of the coming week.
            let same_week = date.iso_week() == today.iso_week();
            let date = if first == "next" && same_week { date.checked_add_days(Days::new(7))? } else { date };
            return Some((date, Slide::Week, 2));
        }
    }
    if led && let Some(named) = day_named(first) {
        return Some((weekday(today, named)?, Slide::Week, 1));
    }
    written(tokens, today, led)
}

/// Dates in figures and with the name of a month.
fn written(tokens: &[Token<'_>], today: NaiveDate, led: bool) -> Option<(NaiveDate, Slide, usize)> {
    let first = tokens.first()?;
    let date = first.raw.split(['T', 't']).next().unwrap_or_default();
    if let Ok(date) = NaiveDate::parse_from_str(date, "%Y-%m-%d") {
        return Some((date, Slide::None, 1));
    }
    if !led {
        return None;
    }
    for form in ["%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y"] {
        if let Ok(date) = NaiveDate::parse_from_str(date, form)
            && date.year() > 1900
        {
            return Some((date, Slide::None, 1));
        }
    }
    let number = |token: &Token<'_>| {
        let digits = ["st", "nd", "rd", "th"]
            .iter()
            .fold(token.word.as_str(), |word, end| word.strip_suffix(end).unwrap_or(word));
        digits.parse::<u32>().ok().filter(|day| (1..=31).contains(day))
    };
    let skip = usize::from(first.word == "the");
    let (one, mut two) = (tokens.get(skip)?, skip + 1);
    two += usize::from(tokens.get(two).is_some_and(|token| token.word == "of"));
    let other = tokens.get(two)?;
    let (day, month) = match (number(one), month_named(&other.word)) {
        (Some(day), Some(month)) => (day, month),
        _ => (number(other)?, month_named(&one.word)?),
    };
    let year = tokens
        .get(two + 1)
        .and_then(|token| token.word.parse::<i32>().ok())
        .filter(|year| (2000..=2200).contains(year));
    let used = two + 1 + usize::from(year.is_some());
    let date = NaiveDate::from_ymd_opt(year.unwrap_or(today.year()), month, day)?;
    Some((date, if year.is_some() { Slide::None } else { Slide::Year }, used))
}

/// The next such weekday, today included.
fn weekday(today: NaiveDate, wanted: Weekday) -> Option<NaiveDate> {
    let ahead = (7 + wanted.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
    today.checked_add_days(Days::new(ahead.into()))
}

pub(super) fn end_of_month(date: NaiveDate) -> Option<NaiveDate> {
    date.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

fn day_named(word: &str) -> Option<Weekday> {
    word.parse().ok().filter(|_| word.len() > 2)
}

fn month_named(word: &str) -> Option<u32> {
    word.parse::<chrono::Month>().ok().map(|month| month.number_from_month())
}
