//! A channel's noise budget: how many posts that nobody asked for may stand at its top level within a time. What goes beyond is
//! folded into one post, which lists it and grows in place.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::effect::{Card, Place, Post};
use crate::org::Directory;
use crate::playbook::Span;

/// Most posts in a time that may be configured.
const POSTS: u32 = 1_000;
/// The longest time that may be configured.
const WITHIN: Span = Span::of_minutes(7 * 24 * 60);
/// Most lines that a fold lists: the newest. The others are counted.
pub const LINES: usize = 20;
/// Most characters of these lines together, so that the fold stays one message on every platform.
const LENGTH: usize = 2_800;

/// How many posts that nobody asked for may stand at a channel's top level within a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Most of them; with 0 all are folded.
    pub posts: u32,
    /// The time. It begins with the first of them after the last time is over.
    pub within: Span,
}

impl Default for Noise {
    fn default() -> Self {
        Self { posts: 12, within: Span::of_minutes(60) }
    }
}

impl Noise {
    /// What is wrong, by field below `field`.
    pub(crate) fn check(&self, field: &str) -> Option<(String, String)> {
        if self.posts > POSTS {
            let problem = format!("{} posts are no budget; use 0 to {POSTS}", self.posts);
            return Some((format!("{field}.posts"), problem));
        }
        let too_long = self.within.delta() > WITHIN.delta();
        too_long.then(|| (format!("{field}.within"), format!("this is too long; use at most {}", String::from(WITHIN))))
    }

    /// The budget of a channel by its id: its own, else the team's; and where that stands in `team.yaml`.
    #[must_use]
    pub fn of(directory: &Directory, channel: &str) -> (Self, String) {
        let (team, name) = (&directory.team, directory.channel_name(channel));
        let own = team.channels.iter().enumerate().find(|(_, c)| Some(c.name.as_str()) == name);
        match own.and_then(|(index, c)| Some((index, c.noise?))) {
            Some((index, noise)) => (noise, format!("channels[{index}].noise")),
            None => (team.floor.noise, "floor.noise".to_owned()),
        }
    }
}

/// A time of a channel in which posts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When it began.
    pub since: DateTime<Utc>,
    /// How many posts that nobody asked for stand by themselves in it.
    pub stand: u32,
}

impl Window {
    /// The time that now falls in: the last one while it lasts, else one that begins now.
    #[must_use]
    pub fn at(now: DateTime<Utc>, last: Option<Self>, noise: Noise) -> Self {
        // One that began in the future is another server's wrong clock: it binds nobody for longer than it lasts.
        last.filter(|last| (now - last.since).abs() < noise.within.delta()).unwrap_or(Self { since: now, stand: 0 })
    }

    /// Whether one more may stand by itself; it is counted then.
    pub fn takes(&mut self, noise: Noise) -> bool {
        let takes = self.stand < noise.posts;
        self.stand += u32::from(takes);
        takes
    }
}

impl Post {
    /// Whether it counts as noise: said at a channel's top level, asked for by nobody, and meant to call nobody.
    #[must_use]
    pub fn is_noise(&self) -> bool {
        self.status.is_some() && self.notify.is_empty() && matches!(self.at, Place::Channel { .. })
    }
}

/// What a fold says: how many posts it stands for, and the newest of them, a line each. `newest` are these lines, the newest
/// first; `rule` says where the budget stands.
#[must_use]
pub fn fold(noise: Noise, rule: Option<&str>, (zone, since): (Tz, DateTime<Utc>), all: u64, newest: &[String]) -> Card {
    let mut room = LENGTH;
    let fitting = newest.iter().take(LINES).take_while(|line| {
        let fits = line.chars().count() <= room;
        room = room.saturating_sub(line.chars().count());
        fits
    });
    let mut lines: Vec<String> = fitting.map(|line| format!("- {line}")).collect();
    let before = all - all.min(lines.len() as u64);
    if before > 0 {
        lines.push(format!("- {before} before these, each told where it belongs"));
    }
    lines.reverse();
    let rule = rule.map(|rule| format!(" ({rule})")).unwrap_or_default();
    let why = format!(
        "At most {} such posts stand here in {}{rule}; what goes beyond is listed in this one.",
        noise.posts,
        String::from(noise.within)
    );
    let title = format!("{all} more since {}", since.with_timezone(&zone).format("%H:%M"));
    Card { title, text: format!("{}\n\n{why}", lines.join("\n")), ..Card::default() }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    const NOISE: Noise = Noise { posts: 3, within: Span::of_minutes(60) };

    fn time(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a time") + TimeDelta::minutes(minutes)
    }

    fn said(all: u64, newest: &[String]) -> Card {
        fold(NOISE, Some("`floor.noise` in team.yaml:9"), (Tz::UTC, time(0)), all, newest)
    }

    #[test]
    fn a_time_begins_with_its_first_post_and_takes_no_more_than_the_budget() {
        let mut stood = Vec::new();
        let mut last = None;
        for minute in [5, 6, 7, 8, 64, 65, 66] {
            let mut window = Window::at(time(minute), last, NOISE);
            if window.takes(NOISE) {
                stood.push(minute);
            }
            last = Some(window);
        }
        assert_eq!(stood, [5, 6, 7, 65, 66]);
    }

    #[test]
    fn a_fold_lists_from_the_oldest_to_the_newest_and_says_why() {
        let card = said(2, &["@b: two".into(), "@a: [one](/one/)".into()]);
        assert_eq!(card.title, "2 more since 08:00");
        assert_eq!(
            card.text,
            "- @a: [one](/one/)\n- @b: two\n\nAt most 3 such posts stand here in 1h (`floor.noise` in team.yaml:9); what goes \
             beyond is listed in this one."
        );
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let lines: Vec<String> = (1..=LINES).rev().map(|n| format!("line {n}")).collect();
        let text = said(100, &lines).text;
        assert!(text.starts_with("- 80 before these, each told where it belongs\n- line 1\n"), "{text}");
        let text = said(2, &["x".repeat(LENGTH), "y".into()]).text;
        assert!(text.starts_with("- 1 before these") && text.contains("xxx") && !text.contains("- y"), "{text}");
    }

    proptest! {
        #[test]
        fn no_time_takes_more_than_the_budget_and_none_is_longer(
            posts in 0_u32..6, steps in proptest::collection::vec(0_i64..40, 0..80)
        ) {
            let noise = Noise { posts, within: Span::of_minutes(60) };
            let (mut now, mut last, mut stood) = (0, None, std::collections::BTreeMap::<DateTime<Utc>, u32>::new());
            for step in steps {
                now += step;
                let mut window = Window::at(time(now), last, noise);
                prop_assert!(time(now) - window.since < noise.within.delta());
                if window.takes(noise) {
                    *stood.entry(window.since).or_default() += 1;
                }
                last = Some(window);
            }
            prop_assert!(stood.values().all(|count| *count <= posts));
            let begun: Vec<_> = stood.keys().collect();
            prop_assert!(begun.windows(2).all(|pair| *pair[1] - *pair[0] >= noise.within.delta()));
        }

        #[test]
        fn a_fold_is_bounded(all in 0_u64..10_000, lines in proptest::collection::vec(".{0,400}", 0..40)) {
            let card = said(all.max(lines.len() as u64), &lines);
            prop_assert!(card.text.chars().count() < 3_300, "{}", card.text.len());
        }
    }
}
