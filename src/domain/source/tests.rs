use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Sheet {
    title: String,
    #[serde(default)]
    layer: Option<Layer>,
    #[serde(default)]
    cases: Vec<Case>,
    #[serde(default)]
    handle: Option<crate::name::Handle>,
    #[serde(default)]
    settings: std::collections::BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Layer {
    Executive,
    Management,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Case {
    says: String,
    #[serde(default)]
    level: u8,
    #[serde(default)]
    loud: bool,
}

fn fault(text: &str) -> String {
    match read::<Sheet>("p/sheet.yaml", text) {
        Ok(sheet) => panic!("{text:?} was read as {sheet:?}"),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn every_fault_says_where_it_is_and_what_to_do() {
    let aliases = (1..24).fold("title: t\nsettings:\n  a0: &a0 [x, x]\n".to_owned(), |text, n| {
        format!("{text}  a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 8].join(", "))
    });
    let deep = format!("title: t\nsettings:\n  a: {}{}\n", "[".repeat(60), "]".repeat(60));
    let big = format!("title: {}\n", "x".repeat(SIZE_LIMIT));
    let faults = [
        ("unknown field", "titel: t\n"),
        ("unknown field, nothing like it", "title: t\nzebra: 1\n"),
        ("unknown field inside", "title: t\ncases:\n  - says: a\n  - says: b\n    levle: 1\n"),
        ("missing field", "# a sheet\nlayer: executive\n"),
        ("missing field inside", "title: t\ncases:\n  - says: a\n  - level: 2\n"),
        ("list for a text", "title: [a, b]\n"),
        ("map for a list", "title: t\ncases: {says: a}\n"),
        ("text for a map", "just words\n"),
        ("text for a number", "title: t\ncases:\n  - says: a\n    level: high\n"),
        ("number out of range", "title: t\ncases:\n  - says: a\n    level: 300\n"),
        ("negative number", "title: t\ncases:\n  - says: a\n    level: -1\n"),
        ("not true or false", "title: t\ncases:\n  - says: a\n    loud: maybe\n"),
        ("nothing for a text", "title:\n"),
        ("unknown word", "title: t\nlayer: managment\n"),
        ("unknown word, nothing like it", "title: t\nlayer: cellar\n"),
        ("a handle that is none", "title: t\nhandle: Not A Handle\n"),
        ("key twice", "title: t\nlayer: executive\ntitle: u\n"),
        ("key twice inside", "title: t\ncases:\n  - says: a\n    says: b\n"),
        ("no number", "title: t\nsettings: {a: .nan}\n"),
        ("broken quotes", "title: \"t\ncases: []\n"),
        ("broken indentation", "title: t\ncases:\n  - says: a\n level: 2\n"),
        ("a tab", "title: t\ncases:\n\t- says: a\n"),
        ("open bracket", "title: t\ncases: [\n"),
        ("unknown anchor", "title: *nobody\n"),
        ("second document", "title: t\n---\ntitle: u\n"),
        ("alias bomb", &aliases),
        ("too deep", &deep),
        ("too large", &big),
        ("empty", " \n# nothing\n"),
        ("nul", "title: t\nlayer: \0\n"),
    ];
    let said: Vec<_> = faults.iter().map(|(what, text)| format!("{what:<32} {}", fault(text))).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_field_is_found_on_its_line() {
    let text = "# first\ntitle: t\nlayer:\n  management\ncases:\n  - says: a\n  -\n    says: >\n      b\n      c\n    level: 2\n";
    let sheet = read::<Sheet>("f", text).expect("a sheet");
    let line = |field| sheet.lines.line(field);
    assert_eq!(line("title"), 2);
    assert_eq!(line("layer"), 3);
    assert_eq!(line("cases"), 5);
    assert_eq!(line("cases[0]"), 6);
    assert_eq!(line("cases[0].says"), 6);
    assert_eq!(line("cases[1].says"), 8);
    assert_eq!(line("cases[1].level"), 11);
    assert_eq!(line("cases[1].loud"), 8, "an absent field stands where its entry does");
    assert_eq!(line("nowhere"), 0);
}

#[test]
fn no_file_is_pulled_in_from_another() {
    let fault = fault("title: t\nsettings: !include /etc/passwd\n");
    assert!(fault.starts_with("p/sheet.yaml:2: settings"), "{fault}");
}

proptest! {
    #[test]
    fn no_text_brings_the_parser_down(text in any::<String>()) {
        let _ = read::<Sheet>("f", &text);
    }

    #[test]
    fn no_text_that_looks_like_yaml_brings_the_parser_down(
        text in "([-?:,\\[\\]{}#&*!|>'\"%@` \n\ta-z0-9<~]|title: |cases:\n|  - says: |<<: |\\*a|&a ){0,80}",
    ) {
        if let Err(fault) = read::<Sheet>("f", &text) {
            prop_assert!(!fault.problem.is_empty());
            prop_assert!(fault.line <= text.lines().count() as u64 + 1, "{fault} in {text:?}");
        }
    }
}
