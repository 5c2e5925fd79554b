//! What the material of a piece of work says, read so that nothing has to be there.

use serde_json::Value;

use crate::bank::Idea;
use crate::text;
use crate::topic::Topic;
use crate::{seed, term};

/// Something that has to be answered in this round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// `review`, `change`, `edit` or `comment`.
    pub(crate) kind: String,
    /// The step it comes from; empty when a person wrote it.
    pub(crate) step: String,
    /// What it says.
    pub(crate) text: String,
}

/// The work at hand.
pub(crate) struct Assignment<'a> {
    /// All of the material.
    pub(crate) material: &'a Value,
    /// The title to work under.
    pub(crate) title: String,
    /// Who it is for, as it stands after "for".
    pub(crate) audience: String,
    /// The search term.
    pub(crate) keyword: String,
    /// Further search terms.
    pub(crate) secondary: Vec<String>,
    /// The title understood.
    pub(crate) topic: Topic,
    /// How often this step was asked for, from 1.
    pub(crate) round: u64,
    /// What has to be answered.
    pub(crate) notes: Vec<Note>,
}

/// Text at a JSON pointer; empty where there is none.
pub(crate) fn text_at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).map(str::trim).unwrap_or_default()
}

/// The strings of the list at a JSON pointer.
pub(crate) fn list_at(value: &Value, pointer: &str) -> Vec<String> {
    let items = value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(text::line).filter(|item| !item.is_empty()).collect()
}

/// The first text that is there.
fn first_of(value: &Value, pointers: &[&str]) -> Option<String> {
    pointers.iter().map(|pointer| text::line(text_at(value, pointer))).find(|text| !text.is_empty())
}

impl<'a> Assignment<'a> {
    /// Reads the material of `work` and `review`.
    pub(crate) fn of(material: &'a Value) -> Self {
        let title = first_of(material, &["/inputs/brief/title", "/request/title", "/task/title"])
            .unwrap_or_else(|| "Untitled".to_owned());
        let audience = first_of(material, &["/inputs/brief/audience", "/request/audience"]);
        let audience = text::lower_first(&audience.unwrap_or_else(|| "people who are new to the subject".to_owned()));
        let topic = Topic::of(&title);
        let keyword = first_of(material, &["/inputs/brief/keyword", "/inputs/keywords/keyword", "/request/keyword"])
            .or_else(|| term::of_title(&title))
            .unwrap_or_else(|| topic.fields[0].terms[0].to_owned());
        let notes = material["notes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let notes = notes.iter().map(|note| Note {
            kind: text_at(note, "/kind").to_owned(),
            step: text_at(note, "/step").to_owned(),
            text: text_at(note, "/text").to_owned(),
        });
        Self {
            title: text::clip(&title, 300),
            audience: text::clip(&audience, 300),
            keyword: text::clip(&keyword, 80),
            secondary: list_at(material, "/inputs/keywords/secondary"),
            topic,
            round: material.pointer("/step/round").and_then(Value::as_u64).unwrap_or(1).max(1),
            notes: notes.filter(|note| !note.text.is_empty()).collect(),
            material,
        }
    }

    /// Text at a JSON pointer of the material.
    pub(crate) fn text(&self, pointer: &str) -> &'a str {
        text_at(self.material, pointer)
    }

    /// The search term inside a sentence.
    pub(crate) fn term(&self) -> String {
        term::spoken(&self.keyword)
    }

    /// A template with its names filled in: `{term}` and `{about}` (after "about"),
    /// `{the_term}` (in a story about others), `{audience}` (after "for"), `{title}`.
    pub(crate) fn say(&self, template: &str) -> String {
        fill(
            template,
            &[
                ("term", &self.term()),
                (
                    "the_term",
                    &self.term().strip_prefix("your ").map_or_else(|| self.term(), |noun| format!("the {noun}")),
                ),
                ("about", &self.topic.about),
                ("audience", &text::inline(&self.audience)),
                ("title", &text::inline(&self.title)),
            ],
        )
    }

    /// One of the templates, chosen by the title and `salt`, filled in.
    pub(crate) fn choose(&self, templates: &[&str], salt: &str) -> String {
        self.say(seed::pick(templates, &[&self.title, salt]))
    }

    /// All ideas that fit the subject, the closest first, none twice; never empty, because the general ones fit everything.
    pub(crate) fn ideas(&self) -> Vec<&'static Idea> {
        self.topic.fields.iter().flat_map(|field| field.ideas).collect()
    }
}

/// `template` with each `{name}` replaced once, left to right; what is put in is not looked at again.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let named =
            rest.find('}').and_then(|end| Some((end, values.iter().find(|(name, _)| *name == &rest[1..end])?.1)));
        match named {
            Some((end, value)) => {
                filled.push_str(value);
                rest = &rest[end + 1..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_has_to_be_there() {
        for material in [json!(null), json!({}), json!({"notes": 1, "step": [], "request": {"title": 5}})] {
            let assignment = Assignment::of(&material);
            assert_eq!((assignment.title.as_str(), assignment.round), ("Untitled", 1));
        }
    }

    #[test]
    fn what_is_filled_in_is_not_read_as_a_template() {
        assert_eq!(fill("{a} {b} {c} {", &[("a", "{b}"), ("b", "x")]), "{b} x {c} {");
    }
}
