//! What members type after `/bullpen`.

use std::collections::BTreeMap;

use bullpen_chat::{Item, Overview, Section};

use super::{Question, Wish, help, shown, wish};
use crate::members::Members;
use crate::parse::{Ours, Scene};

fn personas() -> BTreeMap<String, String> {
    [("cmo", "Carla Moss, heads <marketing>"), ("content_manager", "Marta Vale")]
        .map(|(h, l)| (h.into(), l.into()))
        .into()
}

fn ours() -> Ours {
    Ours { users: [("U0CMO".to_owned(), "cmo".to_owned())].into(), ..Ours::default() }
}

fn asked(text: &str) -> Wish {
    wish(text, None, &personas(), &ours())
}

fn persona(handle: &str, text: &str) -> Wish {
    Wish::Persona { handle: handle.into(), text: text.into() }
}

#[test]
fn help_and_overviews_have_their_words() {
    for text in ["", "  ", "help", "HELP me", "?"] {
        assert_eq!(asked(text), Wish::Help, "{text:?}");
    }
    assert_eq!(asked("approvals"), Wish::Show(Some("approvals")));
    assert_eq!(asked("Tasks please"), Wish::Show(Some("tasks")));
    assert_eq!(asked("department"), Wish::Show(None));
    assert_eq!(asked("dance"), Wish::Unknown("dance".into()));
}

#[test]
fn personas_are_asked_in_several_ways() {
    for text in
        ["@cmo what now?", "cmo what now?", "ask cmo what now?", "ask @CMO, what now?", "<@U0CMO|cmo> what now?"]
    {
        assert_eq!(asked(text), persona("cmo", "what now?"), "{text:?}");
    }
    assert_eq!(asked("content-manager hello"), persona("content_manager", "hello"));
    assert_eq!(asked("@cmo"), persona("cmo", ""));
    assert_eq!(asked("@nobody hello"), Wish::Unknown("@nobody".into()));
}

#[test]
fn before_we_are_told_who_there_is_only_a_clear_address_counts() {
    let none = BTreeMap::new();
    assert_eq!(wish("@cfo hello", None, &none, &ours()), persona("cfo", "hello"));
    assert_eq!(wish("cfo hello", None, &none, &ours()), Wish::Unknown("cfo".into()));
}

#[test]
fn a_personas_own_command_needs_no_name() {
    assert_eq!(wish("what now?", Some("cmo"), &personas(), &ours()), persona("cmo", "what now?"));
    assert_eq!(wish("help", Some("cmo"), &personas(), &ours()), Wish::Help);
}

#[test]
fn help_names_everybody_and_says_nothing_that_slack_would_read() {
    let text = help("/bullpen", &personas());
    assert!(text.contains("`@cmo` Carla Moss, heads &lt;marketing&gt;"), "{text}");
    assert!(text.contains("`@content_manager` Marta Vale"), "{text}");
    assert!(text.contains("`/bullpen approvals`"), "{text}");
}

#[test]
fn an_overview_can_be_read_without_blocks() {
    let section = |key: &str, title: &str, items: &[(&str, &str)]| Section {
        key: key.into(),
        title: title.into(),
        items: items.iter().map(|(t, d)| Item { title: (*t).into(), detail: (*d).into(), message: None }).collect(),
        empty: "None.".into(),
    };
    let overview = Overview {
        summary: "All is well & quiet.".into(),
        sections: vec![
            section("approvals", "My approvals", &[("Publish <it>", "since noon")]),
            section("tasks", "My tasks", &[]),
        ],
    };
    assert_eq!(
        shown(&overview),
        "All is well &amp; quiet.\n\n*My approvals*\n• Publish &lt;it&gt;: since noon\n\n*My tasks*\nNone."
    );
    assert_eq!(shown(&Overview::default()), "There is nothing to show.");
}

#[test]
fn a_question_pings_nobody() {
    let question =
        Question { user: "U0ANA".into(), handle: "cmo".into(), text: "tell <!channel> &lt;!here&gt; *now*".into() };
    let (ours, members, users) = (ours(), Members::new(), BTreeMap::new());
    let scene =
        Scene { ours: &ours, users: &users, channels: &BTreeMap::new(), members: &members, heard_by: "bullpen" };
    let words = question.words("Ana *<!everyone>*", &scene);
    assert_eq!(words, "*Ana  &lt;!everyone&gt;* asks: @cmo tell @channel &lt;!here&gt; *now*");
}
