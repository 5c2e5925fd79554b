//! Holes and contradictions of a matrix.

use std::collections::{BTreeMap, BTreeSet};

use super::{Authority, HUMAN, Line, Part, Row};
use crate::source::nearest;

/// The levels of authority that a persona file may give.
const LEVELS: std::ops::RangeInclusive<u8> = 1..=5;

impl Authority {
    /// What is wrong, each with its field. Who is named is checked elsewhere: it takes the personas.
    pub(crate) fn check(&self, channels: &BTreeSet<&str>) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        self.check_ranks(&mut faults);
        let ranks: Vec<&str> = self.ranks.iter().map(|rank| rank.id.as_str()).chain([HUMAN]).collect();
        for (kind, row) in &self.decisions {
            let at = format!("authority.decisions.{kind}");
            if row.title.trim().is_empty() {
                faults.push((format!("{at}.title"), "nothing stands here; fill it in".to_owned()));
            }
            let unknown: Vec<_> = row.parts.keys().filter(|rank| !ranks.contains(&rank.as_str())).collect();
            for rank in &unknown {
                faults.push((format!("{at}.parts.{rank}"), unknown_name("rank", rank, &ranks)));
            }
            if unknown.is_empty() {
                check_row(&at, row, &ranks, &mut faults);
            }
        }
        self.check_roles(channels, &mut faults);
        for (index, gate) in self.gates.iter().enumerate() {
            let at = format!("authority.gates[{index}]");
            if gate.by.is_empty() {
                faults.push((format!("{at}.by"), "the list is empty, so nothing could pass; name somebody".to_owned()));
            }
            if gate.why.trim().is_empty() {
                faults.push((format!("{at}.why"), "nothing stands here; say why".to_owned()));
            }
        }
        faults
    }

    fn check_ranks(&self, faults: &mut Vec<(String, String)>) {
        let mut ids = BTreeSet::from([HUMAN]);
        let mut levels = BTreeMap::new();
        for (index, rank) in self.ranks.iter().enumerate() {
            let at = format!("authority.ranks[{index}]");
            if rank.id.trim().is_empty() {
                faults.push((format!("{at}.id"), "nothing stands here; fill it in".to_owned()));
            } else if !ids.insert(&rank.id) {
                let problem = format!("\"{}\" is taken (people are always \"{HUMAN}\"); rename one", rank.id);
                faults.push((format!("{at}.id"), problem));
            }
            for level in &rank.levels {
                if !LEVELS.contains(level) {
                    faults.push((format!("{at}.levels"), format!("there is no level {level}; levels go from 1 to 5")));
                } else if let Some(other) = levels.insert(*level, &rank.id) {
                    let problem = format!("level {level} belongs to {other} already; keep it in one rank");
                    faults.push((format!("{at}.levels"), problem));
                }
            }
        }
        let missing: Vec<String> = LEVELS.filter(|level| !levels.contains_key(level)).map(|l| l.to_string()).collect();
        if !missing.is_empty() && (!self.ranks.is_empty() || !self.decisions.is_empty()) {
            let problem = format!("no rank has level {}; whoever is there could do nothing", missing.join(", "));
            faults.push(("authority.ranks".to_owned(), problem));
        }
    }

    fn check_roles(&self, channels: &BTreeSet<&str>, faults: &mut Vec<(String, String)>) {
        let kinds: Vec<&str> = self.decisions.keys().map(String::as_str).collect();
        for (index, line) in self.roles.iter().enumerate() {
            let at = format!("authority.roles[{index}]");
            if !self.decisions.contains_key(&line.decision) {
                faults.push((format!("{at}.decision"), unknown_name("decision", &line.decision, &kinds)));
            }
            if line.who.is_empty() {
                faults.push((format!("{at}.who"), "the list is empty; name somebody".to_owned()));
            }
            if line.why.trim().is_empty() {
                faults.push((format!("{at}.why"), "nothing stands here; say why".to_owned()));
            }
            for (i, channel) in line.channels.iter().enumerate().filter(|(_, c)| !channels.contains(c.as_str())) {
                let known: Vec<&str> = channels.iter().copied().collect();
                faults.push((format!("{at}.channels[{i}]"), unknown_name("channel", channel, &known)));
            }
            if let Some((earlier, who)) =
                self.roles[..index].iter().enumerate().find_map(|(i, e)| Some((i, shadow(e, line)?)))
            {
                let problem = format!(
                    "it never holds for @{who}: roles[{earlier}] speaks of the same and comes first; put the narrower \
                     line first, or remove one"
                );
                faults.push((at, problem));
            }
        }
    }
}

/// Somebody for whom an earlier line leaves nothing to a later one.
fn shadow<'a>(earlier: &Line, later: &'a Line) -> Option<&'a crate::name::Handle> {
    let covers = earlier.decision == later.decision
        && earlier.up_to.is_none_or(|most| later.up_to.is_some_and(|up_to| up_to <= most))
        && (earlier.audience.is_none() || earlier.audience == later.audience)
        && (earlier.channels.is_empty()
            || (!later.channels.is_empty() && later.channels.iter().all(|c| earlier.channels.contains(c))));
    later.who.iter().find(|who| covers && earlier.who.contains(who))
}

/// `ranks` from the bottom up, people last.
fn check_row(at: &str, row: &Row, ranks: &[&str], faults: &mut Vec<(String, String)>) {
    let parts: Vec<(&str, Part)> = ranks.iter().filter_map(|rank| Some((*rank, *row.parts.get(*rank)?))).collect();
    let mut fault = |rank: &str, problem: String| faults.push((format!("{at}.parts.{rank}"), problem));
    let deciders: Vec<&str> = parts.iter().filter(|(_, part)| *part == Part::D).map(|(rank, _)| *rank).collect();
    if let [first, second, ..] = deciders[..] {
        fault(second, format!("{first} decides this already, and two cannot decide alone; make one of them A or P"));
    }
    for (index, (rank, part)) in parts.iter().enumerate() {
        let settled_above = parts[index + 1..].iter().find(|(_, above)| above.settles());
        let above = || ranks.iter().position(|r| r == rank).is_some_and(|i| i + 1 < ranks.len());
        match (part, settled_above) {
            (Part::D, Some((other, Part::A))) => {
                fault(rank, format!("{rank} decides alone, and yet {other} approves; make {rank} P, or {other} I"))
            }
            (Part::A, Some((other, Part::D))) => {
                fault(rank, format!("{rank} approves what {other} decides above it; make {rank} P, or {other} A"));
            }
            (Part::P | Part::R | Part::F | Part::E, None) if above() => {
                fault(
                    rank,
                    format!("{rank} {}, and nobody above decides or approves; give somebody D or A", part.verb()),
                );
            }
            (Part::P | Part::R | Part::F | Part::E, None) => {
                fault(rank, format!("nobody stands above {rank}, so {part} leads nowhere; make it D or A"));
            }
            _ => {}
        }
    }
    if !parts.iter().any(|(_, part)| part.settles()) && parts.iter().all(|(_, part)| matches!(part, Part::C | Part::I))
    {
        faults.push((format!("{at}.parts"), "nobody decides or approves this; give somebody D or A".to_owned()));
    }
}

fn unknown_name(what: &str, name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("there is no {what} \"{name}\"; did you mean {near}?"),
        None => format!("there is no {what} \"{name}\"; use one of: {}", known.join(", ")),
    }
}
