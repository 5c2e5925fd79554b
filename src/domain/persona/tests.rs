use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::source;
use crate::team::Brand;

const FILE: &str = r##"
handle: "@Editor"
name: Some Body
title: Editor
layer: management
reports_to: [chief]
responsibilities: [Edits.]
authority:
  level: 3
  decides: [commas]
  never: [facts]
voice: { tone: dry, style: Short., always: [quote] }
decision_approach: Reads twice.
preferences: { briefing: Wants a draft., feedback: Gives notes., updates: Rarely. }
model: { tier: standard, temperature: 0.5 }
settings: { b: { y: 1, x: [2, three] }, a: true }
prompt: |
  You are {{ name }} of {{ organisation }}, and it is {{ today }}.
  {% if settings.a %}
  Commas: {{ settings.b.y }}.
  {% endif %}
tests:
  - { name: one, says: Hello?, answer_contains: [Comma], answer_lacks: [semicolon] }
"##;

fn editor() -> Persona {
    source::parse("editor.yaml", FILE).expect("a persona")
}

#[test]
fn what_is_not_said_has_its_default() {
    let editor = editor();
    assert_eq!(editor.handle.as_str(), "editor");
    assert_eq!(editor.mode, RunMode::FullAuto);
    assert_eq!(editor.availability, Availability::default());
    assert!(!editor.reports_to_people);
    assert_eq!(editor.check(&[]), []);
}

#[test]
fn the_whole_prompt_carries_the_file_the_brand_and_the_rules() {
    let brand = Brand::sample();
    let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
    let prompt = editor().system_prompt(&Context { organisation: "Ours & Co", today, brand: &brand });
    insta::assert_snapshot!(prompt.expect("a prompt"));
}

#[test]
fn the_digest_is_of_what_is_said_and_not_of_how() {
    let otherwise = FILE.replace(
        "settings: { b: { y: 1, x: [2, three] }, a: true }",
        "settings:\n  a: true\n  b:\n    x: [2, three]\n    y: 1",
    );
    assert_ne!(otherwise, FILE);
    let digest = editor().digest();
    assert_eq!(source::parse::<Persona>("f", &otherwise).expect("a persona").digest(), digest);
    assert_eq!(digest.len(), 64);
    let changed = Persona { title: "Chief Editor".to_owned(), ..editor() };
    assert_ne!(changed.digest(), digest);
    let stored = serde_json::to_string(&editor()).expect("JSON");
    assert_eq!(serde_json::from_str::<Persona>(&stored).expect("a persona").digest(), digest);
}

#[test]
fn an_answer_is_held_against_a_case() {
    let case = &editor().tests[0];
    assert_eq!(case.misses("The COMMA stands."), Vec::<String>::new());
    assert_eq!(case.misses("A Semicolon."), ["does not say \"Comma\"", "says \"semicolon\""]);
}

proptest! {
    #[test]
    fn no_template_brings_the_prompt_down(prompt in "([a-z {}%|.()\\[\\]+*/~0-9\"-]|\\{\\{|\\}\\}|\\{%|%\\}|name|for |in |range|if ){0,60}") {
        let persona = Persona { prompt, ..editor() };
        let problems = persona.check(&[]);
        let brand = Brand::sample();
        let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
        let rendered = persona.system_prompt(&Context { organisation: "O", today, brand: &brand });
        if !persona.prompt.trim().is_empty() {
            prop_assert_eq!(problems.is_empty(), rendered.is_ok());
        }
    }
}
