//! Dates as people write them, relative to a given present: "by Friday", "due 5 pm tomorrow", "end of month".

mod calendar;

use calendar::{day, end_of_month};
use chrono::{DateTime, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// The hour at which something is due when only a day was named.
const USUAL_HOUR: u32 = 17;

/// When something is due, and where in the text that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    /// The moment; `None` when it was clearly over already.
    pub(crate) at: Option<DateTime<Utc>>,
    /// The bytes of the text that said so, the word before the date included.
    pub(crate) span: std::ops::Range<usize>,
}

/// A word of the text and where it stands.
struct Token<'a> {
    word: String,
    raw: &'a str,
    start: usize,
    end: usize,
}

/// Finds the first due date in `text`. `now` is RFC 3339; without a readable one, nothing is found.
pub(crate) fn find(text: &str, now: &str, zone: &str) -> Option<Due> {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let now = DateTime::parse_from_rfc3339(now).ok()?.with_timezone(&Utc);
    let local = now.with_timezone(&zone).naive_local();
    let tokens = tokens(text);
    (0..tokens.len()).find_map(|at| {
        let lead = lead(&tokens[at..]);
        let (moment, length) = moment(&tokens[at + lead..], local, lead > 0)?;
        let span = tokens[at].start..tokens[at + lead + length - 1].end;
        Some(Due { at: moment.resolve(local, zone).filter(|moment| *moment > now), span })
    })
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '(' | ')'), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                let raw = text[from..at].trim_end_matches(['.', '!', '?', ':']);
                if !raw.is_empty() {
                    tokens.push(Token { word: raw.to_lowercase(), raw, start: from, end: from + raw.len() });
                }
                start = None;
            }
            _ => {}
        }
    }
    tokens
}

/// How many words lead in a date: "due", "by", "due by", "due on", "no later than".
fn lead(tokens: &[Token<'_>]) -> usize {
    const LEADS: [&[&str]; 12] = [
        &["no", "later", "than"],
        &["due", "date", "is"],
        &["due", "by"],
        &["due", "on"],
        &["due", "at"],
        &["deadline", "is"],
        &["due"],
        &["by"],
        &["until"],
        &["before"],
        &["deadline"],
        &["till"],
    ];
    let fits =
        |lead: &&[&str]| tokens.len() > lead.len() && lead.iter().zip(tokens).all(|(word, token)| *word == token.word);
    LEADS.iter().find(|lead| fits(lead)).map_or(0, |lead| lead.len())
}

/// A day or a moment, before it is placed in a zone.
enum Moment {
    /// A day, perhaps with a time; whether it may slide to later when it is over, and by how much.
    Day(NaiveDate, Option<NaiveTime>, Slide),
    /// From now.
    In(Duration),
}

/// What to do with a day that is over.
#[derive(Clone, Copy)]
enum Slide {
    None,
    Week,
    Year,
    Month,
    /// "Today", after hours: the end of the day, else an hour from now.
    Tonight,
}

impl Moment {
    fn resolve(self, local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
        let (date, time, slide) = match self {
            Self::In(duration) => return in_zone(local.checked_add_signed(duration)?, zone),
            Self::Day(date, time, slide) => (date, time, slide),
        };
        let usual = NaiveTime::from_hms_opt(USUAL_HOUR, 0, 0)?;
        let moment = date.and_time(time.unwrap_or(usual));
        if moment > local {
            return in_zone(moment, zone);
        }
        let later = match slide {
            Slide::None => moment,
            Slide::Week => moment.checked_add_days(Days::new(7))?,
            Slide::Year => moment.checked_add_months(Months::new(12))?,
            Slide::Month => end_of_month(date.checked_add_months(Months::new(1))?)?.and_time(time.unwrap_or(usual)),
            Slide::Tonight if time.is_some() => moment.checked_add_days(Days::new(1))?,
            Slide::Tonight => date
                .and_hms_opt(23, 59, 0)
                .filter(|end| *end > local)
                .or_else(|| local.checked_add_signed(Duration::hours(1)))?,
        };
        in_zone(later, zone)
    }
}

/// A local time in its zone; where clocks skip it, an hour later.
fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let found = zone.from_local_datetime(&local).earliest();
    let found = found.or_else(|| zone.from_local_datetime(&local.checked_add_signed(Duration::hours(1))?).earliest());
    found.map(|moment| moment.with_timezone(&Utc))
}

/// A moment at the beginning of the words, and how many words it takes. Without a lead only unmistakable words count.
fn moment(tokens: &[Token<'_>], local: NaiveDateTime, led: bool) -> Option<(Moment, usize)> {
    if let Some((time, used)) = time(tokens) {
        // "5 pm tomorrow", "at 17:00 on Friday"
        let on = usize::from(tokens.get(used).is_some_and(|token| token.word == "on"));
        if let Some((date, slide, length)) = day(&tokens[used + on..], local.date(), true) {
            return Some((Moment::Day(date, Some(time), slide), used + on + length));
        }
        return led.then_some((Moment::Day(local.date(), Some(time), Slide::Tonight), used));
    }
    if let Some((duration, used)) = span(tokens) {
        return Some((duration.moment(local)?, used));
    }
    let (date, slide, mut used) = day(tokens, local.date(), led)?;
    let mut at = None;
    let skip = usize::from(tokens.get(used).is_some_and(|token| token.word == "at"));
    if let Some((time, length)) = tokens.get(used + skip..).and_then(time) {
        at = Some(time);
        used += skip + length;
    }
    Some((Moment::Day(date, at, slide), used))
}

/// "in 3 days", "within two weeks".
enum Span {
    Exact(Duration),
    Days(u64),
    Months(u32),
}

impl Span {
    fn moment(self, local: NaiveDateTime) -> Option<Moment> {
        Some(match self {
            Self::Exact(duration) => Moment::In(duration),
            Self::Days(days) => Moment::Day(local.date().checked_add_days(Days::new(days))?, None, Slide::None),
            Self::Months(months) => {
                Moment::Day(local.date().checked_add_months(Months::new(months))?, None, Slide::None)
            }
        })
    }
}

fn span(tokens: &[Token<'_>]) -> Option<(Span, usize)> {
    let word = |at: usize| tokens.get(at).map(|token| token.word.as_str());
    if !matches!(word(0), Some("in" | "within")) {
        return None;
    }
    const SPELLED: [&str; 11] = ["a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "an"];
    let count = word(1)?;
    let count: u32 = match SPELLED.iter().position(|spelled| *spelled == count) {
        Some(10) => 1,
        Some(at) => at as u32 + 1,
        None if count == "one" => 1,
        None => count.parse().ok().filter(|count| (1..=1000).contains(count))?,
    };
    let span = match word(2)? {
        "minute" | "minutes" => Span::Exact(Duration::minutes(count.into())),
        "hour" | "hours" => Span::Exact(Duration::hours(count.into())),
        "day" | "days" => Span::Days(count.into()),
        "week" | "weeks" => Span::Days(u64::from(count) * 7),
        "month" | "months" => Span::Months(count),
        _ => return None,
    };
    Some((span, 3))
}

/// "5 pm", "5pm", "17:00", "17:30h", "noon".
fn time(tokens: &[Token<'_>]) -> Option<(NaiveTime, usize)> {
    let first = tokens.first()?.word.as_str();
    let at = |hour: u32, minute: u32| NaiveTime::from_hms_opt(hour, minute, 0);
    match first {
        "noon" | "midday" | "lunch" | "lunchtime" => return Some((at(12, 0)?, 1)),
        "morning" => return Some((at(10, 0)?, 1)),
        "afternoon" => return Some((at(USUAL_HOUR, 0)?, 1)),
        "evening" | "night" => return Some((at(20, 0)?, 1)),
        "midnight" => return Some((at(23, 59)?, 1)),
        _ => {}
    }
    let second = tokens.get(1).map(|token| token.word.as_str());
    let clean = |half: &str| half.replace('.', "");
    let (number, half, used) = match (first.strip_suffix("am"), first.strip_suffix("pm"), second.map(clean).as_deref())
    {
        (Some(number), ..) => (number, Some(0), 1),
        (_, Some(number), _) => (number, Some(12), 1),
        (_, _, Some("am")) => (first, Some(0), 2),
        (_, _, Some("pm")) => (first, Some(12), 2),
        (_, _, Some("o'clock" | "uhr")) => (first, None, 2),
        _ => (first.strip_suffix('h').unwrap_or(first), None, 1),
    };
    let (hour, minute) = number.split_once(':').map_or((number, None), |(hour, minute)| (hour, Some(minute)));
    let (hour, minute): (u32, Option<u32>) = (hour.parse().ok()?, minute.map(str::parse).transpose().ok()?);
    match half {
        Some(half) if (1..=12).contains(&hour) => Some((at(hour % 12 + half, minute.unwrap_or(0))?, used)),
        None if minute.is_some() || used == 2 => Some((at(hour, minute.unwrap_or(0))?, used)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
