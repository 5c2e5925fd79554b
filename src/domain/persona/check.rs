//! What the shape of a persona's file does not say: limits, and that its prompt renders.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use super::{Persona, RESERVED, prompt};
use crate::team::Colour;

/// Something wrong with a field, apart from where the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path of the field.
    pub field: String,
    /// How many lines below the beginning of the field.
    pub below: u64,
    /// What is wrong and what to do.
    pub text: String,
}

/// Longest entry of a list, in characters.
const ENTRY_LIMIT: usize = 400;
/// Longest prompt, in characters: about 3,000 tokens, paid with every call.
const PROMPT_LIMIT: usize = 12_000;

/// What initials are drawn in.
const WHITE: Colour = Colour { red: 255, green: 255, blue: 255 };

/// Gathers problems field by field.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.0.push(Problem { field: field.into(), below: 0, text: text.into() });
    }

    /// A text of one line that people read.
    fn line(&mut self, field: &str, text: &str, limit: usize) {
        if text.trim().is_empty() {
            self.add(field, "nothing stands here; fill it in");
        } else if text.chars().count() > limit {
            self.add(field, format!("this is longer than {limit} characters; shorten it"));
        } else if text.chars().any(char::is_control) {
            self.add(field, "this has line breaks or control characters; write it on one line");
        }
    }

    /// A text of any number of lines.
    fn prose(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(field, "nothing stands here; fill it in");
        } else if text.chars().count() > 2_000 {
            self.add(field, "this is longer than 2000 characters; shorten it");
        }
    }

    /// A list whose entries say something, each once.
    fn list(&mut self, field: &str, entries: &[String]) {
        let mut seen = BTreeSet::new();
        for (index, entry) in entries.iter().enumerate() {
            let field = format!("{field}[{index}]");
            if entry.trim().is_empty() {
                self.add(field, "this entry is empty; fill it in or remove it");
            } else if entry.chars().count() > ENTRY_LIMIT {
                self.add(field, format!("this entry is longer than {ENTRY_LIMIT} characters; split or shorten it"));
            } else if !seen.insert(entry) {
                self.add(field, "this entry stands in the list twice; remove one");
            }
        }
    }
}

impl Persona {
    /// Everything that is wrong with this persona on its own, in the order of the file. `tools` are the names of the
    /// skills and acts that exist.
    #[must_use]
    pub fn check(&self, tools: &[&str]) -> Vec<Problem> {
        let mut problems = Problems::default();
        self.check_identity(&mut problems);
        self.check_authority(&mut problems);
        self.check_work(&mut problems, tools);
        self.check_tests(&mut problems);
        if let Some(problem) = self.check_prompt() {
            problems.0.push(problem);
        }
        problems.0
    }

    fn check_identity(&self, problems: &mut Problems) {
        if RESERVED.contains(&self.handle.as_str()) {
            problems.add("handle", format!("@{} is reserved; choose another handle", self.handle));
        }
        problems.line("name", &self.name, 60);
        if self.name.contains(['@', '<', '>', '#']) {
            problems.add("name", "a name may not hold @, <, > or #, which platforms read as mentions; remove them");
        }
        problems.line("title", &self.title, 80);
        problems.line("layer", &self.layer, 60);
        if let Some(avatar) = self.avatar
            && avatar.contrast(WHITE) < 4.5
        {
            problems.add("avatar", "white initials are hard to read on this colour; choose a darker one");
        }
        if self.responsibilities.is_empty() {
            problems.add("responsibilities", "the list is empty; name at least one duty");
        }
        problems.list("responsibilities", &self.responsibilities);
        if self.reports_to.is_empty() && !self.reports_to_people {
            let text = "nobody is named; name a manager, or set reports_to_people: true";
            problems.add("reports_to", text);
        }
        for (index, handle) in self.reports_to.iter().enumerate() {
            if *handle == self.handle {
                problems.add(format!("reports_to[{index}]"), "nobody reports to themselves; name the manager");
            } else if self.reports_to[..index].contains(handle) {
                problems.add(format!("reports_to[{index}]"), format!("@{handle} is named twice; remove one"));
            }
        }
    }

    fn check_authority(&self, problems: &mut Problems) {
        let authority = &self.authority;
        if !(1..=5).contains(&authority.level) {
            let text = format!("{} is no level; write 1 (carries out) to 5 (leads the department)", authority.level);
            problems.add("authority.level", text);
        }
        problems.list("authority.decides", &authority.decides);
        problems.list("authority.approves", &authority.approves);
        problems.list("authority.consults", &authority.consults);
        problems.list("authority.never", &authority.never);
    }

    fn check_work(&self, problems: &mut Problems, tools: &[&str]) {
        problems.list("decision_domains", &self.decision_domains);
        problems.list("skills", &self.skills);
        problems.line("voice.tone", &self.voice.tone, 200);
        problems.prose("voice.style", &self.voice.style);
        problems.list("voice.always", &self.voice.always);
        problems.list("voice.never", &self.voice.never);
        problems.prose("decision_approach", &self.decision_approach);
        problems.prose("preferences.briefing", &self.preferences.briefing);
        problems.prose("preferences.feedback", &self.preferences.feedback);
        problems.prose("preferences.updates", &self.preferences.updates);
        if self.availability.days.is_empty() {
            problems.add("availability.days", "no day is named; name days (mon to sun), or remove the field");
        }
        if let Some(zone) = &self.availability.zone
            && chrono_tz::Tz::from_str(zone).is_err()
        {
            let text = format!("\"{zone}\" is no time zone; write an IANA name such as Europe/Berlin");
            problems.add("availability.zone", text);
        }
        if !(0.0..=2.0).contains(&self.model.temperature) {
            let text = format!("{} is out of range; write 0 to 2", self.model.temperature);
            problems.add("model.temperature", text);
        }
        problems.list("tools", &self.tools);
        for (index, tool) in self.tools.iter().enumerate().filter(|(_, tool)| !tools.contains(&tool.as_str())) {
            let advice = match crate::source::nearest(tool, tools) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("use some of: {}", tools.join(", ")),
            };
            problems.add(format!("tools[{index}]"), format!("there is no tool \"{tool}\"; {advice}"));
        }
        problems.list("capabilities", &self.capabilities);
        for (index, criterion) in self.for_people.iter().enumerate() {
            let field = format!("for_people[{index}]");
            for (part, text) in criterion.problems() {
                problems.add(format!("{field}.{part}"), text);
            }
            problems.list(&format!("{field}.words"), &criterion.words);
        }
    }

    fn check_tests(&self, problems: &mut Problems) {
        if self.tests.is_empty() {
            problems.add("tests", "there are no test cases; write at least one, with says and answer_contains");
        }
        for (index, case) in self.tests.iter().enumerate() {
            let field = |name: &str| format!("tests[{index}].{name}");
            problems.line(&field("name"), &case.name, 120);
            if self.tests[..index].iter().any(|other| other.name == case.name) {
                problems.add(field("name"), "two cases have this name; rename one");
            }
            problems.prose(&field("says"), &case.says);
            if case.answer_contains.is_empty() && case.answer_lacks.is_empty() {
                let text = "the case expects nothing; list what the answer must hold here or in answer_lacks";
                problems.add(field("answer_contains"), text);
            }
            problems.list(&field("answer_contains"), &case.answer_contains);
            problems.list(&field("answer_lacks"), &case.answer_lacks);
        }
    }

    /// The prompt is tried out with a sample of everything it may use.
    fn check_prompt(&self) -> Option<Problem> {
        let problem = |below, text: String| Some(Problem { field: "prompt".to_owned(), below, text });
        if self.prompt.trim().is_empty() {
            return problem(0, "nothing stands here; say who the persona is and how it works".to_owned());
        }
        if self.prompt.chars().count() > PROMPT_LIMIT {
            return problem(0, format!("the prompt is longer than {PROMPT_LIMIT} characters; shorten it"));
        }
        let error = prompt::rehearse(self).err()?;
        // A prompt of several lines is a block: its first line stands below the field's own.
        let below = if self.prompt.contains('\n') { error.line } else { 0 };
        problem(below, error.to_string())
    }
}
