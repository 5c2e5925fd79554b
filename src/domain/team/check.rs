//! What the shape of `team.yaml` does not say.

use std::collections::BTreeSet;

use super::{Autonomy, Rule, Team};
use crate::org::{ALL_HANDS, DECISIONS, PUBLISHED};
use crate::source::{Fault, Lines, nearest};

impl Team {
    /// What is wrong with a team beyond the shape of its file.
    pub(super) fn check(&self, lines: &Lines) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, problem: String| faults.push(lines.fault(field, problem));
        for (field, text) in [("name", &self.name), ("title", &self.title), ("purpose", &self.purpose)] {
            if text.trim().is_empty() {
                fault(field, "nothing stands here; fill it in".to_owned());
            }
        }
        if self.brand.contains(['/', '\\']) || self.brand.trim().is_empty() {
            fault("brand", "this is no file of this folder; write its name alone, such as brand.yaml".to_owned());
        }
        if !(1..=5).contains(&self.discussion.rounds) {
            fault("discussion.rounds", format!("{} rounds are not possible; use 1 to 5", self.discussion.rounds));
        }
        if self.layers.is_empty() {
            fault("layers", "the list is empty; name at least one layer".to_owned());
        }
        let mut ids = BTreeSet::new();
        for (index, layer) in self.layers.iter().enumerate() {
            if layer.id.trim().is_empty() {
                fault(&format!("layers[{index}].id"), "nothing stands here; fill it in".to_owned());
            } else if !ids.insert(layer.id.as_str()) {
                let problem = format!("there are two layers \"{}\"; rename one", layer.id);
                fault(&format!("layers[{index}].id"), problem);
            }
            match self.channels.iter().filter(|channel| channel.layer.as_ref() == Some(&layer.id)).count() {
                1 => {}
                0 => {
                    let problem = format!("no channel has layer: {}; give one to the layer", layer.id);
                    fault(&format!("layers[{index}]"), problem);
                }
                many => {
                    let problem = format!("{many} channels have layer: {}; keep it at one of them", layer.id);
                    fault(&format!("layers[{index}]"), problem);
                }
            }
        }
        let mut names = BTreeSet::new();
        for (index, channel) in self.channels.iter().enumerate() {
            let field = |name: &str| format!("channels[{index}].{name}");
            if !is_channel(&channel.name) {
                let problem = "this is no channel name; use 1 to 60 of a-z, 0-9 and hyphen, a letter first".to_owned();
                fault(&field("name"), problem);
            } else if !names.insert(channel.name.as_str()) {
                fault(&field("name"), format!("there are two channels \"{}\"; rename one", channel.name));
            }
            if let Some(layer) = &channel.layer
                && !ids.contains(layer.as_str())
            {
                let known: Vec<_> = ids.iter().copied().collect();
                let problem = format!("there is no layer \"{layer}\"; use one of: {}", known.join(", "));
                fault(&field("layer"), problem);
            }
            if let Some((field, problem)) = channel.noise.and_then(|noise| noise.check(&field("noise"))) {
                fault(&field, problem);
            }
        }
        for name in [ALL_HANDS, DECISIONS, PUBLISHED].into_iter().filter(|name| !names.contains(name)) {
            fault("channels", format!("the channel {name} is missing; add it"));
        }
        // What no rule names is put before people, and no playbook may rest on it.
        for (action, rule) in &self.autonomy {
            match rule {
                rule if rule.why.trim().is_empty() => {
                    fault(&format!("autonomy.{action}.why"), "nothing stands here; say why".to_owned());
                }
                Rule { quorum: 0, .. } => {
                    let problem = "nobody would have to agree; use 1 or more, or L4".to_owned();
                    fault(&format!("autonomy.{action}.quorum"), problem);
                }
                rule if rule.low_risk && rule.level != Autonomy::L3 => {
                    let problem =
                        "only what is proposed (L3) can be approved with one tap; remove it, or use L3".to_owned();
                    fault(&format!("autonomy.{action}.low_risk"), problem);
                }
                Rule { decision: Some(kind), .. } if !self.authority.decisions.contains_key(kind) => {
                    let known: Vec<&str> = self.authority.decisions.keys().map(String::as_str).collect();
                    let problem = match nearest(kind, &known) {
                        Some(near) => format!("there is no decision \"{kind}\"; did you mean {near}?"),
                        None => format!("authority.decisions has no \"{kind}\"; add it, or remove it here"),
                    };
                    fault(&format!("autonomy.{action}.decision"), problem);
                }
                _ => {}
            }
        }
        let pace = self.deadlines.check().into_iter().chain(self.floor.check());
        faults.extend(pace.map(|(field, problem)| lines.fault(&field, problem)));
        faults.extend(self.authority.check(&names).into_iter().map(|(field, problem)| lines.fault(&field, problem)));
        faults.extend(self.escalation.check().into_iter().map(|(field, problem)| lines.fault(&field, problem)));
        faults
    }
}

fn is_channel(name: &str) -> bool {
    (1..=60).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
