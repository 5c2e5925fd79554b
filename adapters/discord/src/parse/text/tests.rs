//! Text inward.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// User 1 is the bot of `cmo`, role 2 is the role of `copywriter`, role 3 the shared bot's own. Everybody else is called what
/// the test says.
struct Guild(&'static str);

impl Names for Guild {
    fn our_user(&self, user: u64) -> Option<String> {
        (user == 1).then(|| "cmo".into())
    }

    fn our_role(&self, role: u64) -> Option<String> {
        match role {
            2 => Some("copywriter".into()),
            3 => Some("bullpen".into()),
            _ => None,
        }
    }

    fn user(&self, user: u64) -> Option<String> {
        (user < 100).then(|| self.0.into())
    }

    fn role(&self, role: u64) -> Option<String> {
        (role < 100).then(|| self.0.into())
    }

    fn channel(&self, channel: u64) -> Option<String> {
        (channel < 100).then(|| self.0.into())
    }

    fn sounds_like_ours(&self, name: &str) -> bool {
        let handle = crate::guild::handle_of(name);
        ["cmo", "copywriter", "bullpen"].iter().any(|ours| handle.starts_with(ours))
    }
}

fn mentioned(users: &[u64], roles: &[u64]) -> Mentioned {
    Mentioned { users: users.iter().copied().collect(), roles: roles.iter().copied().collect() }
}

fn read(content: &str) -> (String, Vec<String>) {
    let words = markdown(content, &Guild("Ann"), Some(&mentioned(&[1, 9], &[2, 3, 8])));
    (words.text, words.mentions)
}

/// The handles that a reader of plain text finds: `@` and a word, not after a word.
fn found(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices('@') {
        let before = text[..at].chars().next_back();
        let word: String = text[at + 1..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if !before.is_some_and(joins) {
            found.insert(word.trim_end_matches('_').to_lowercase());
        }
    }
    found
}

#[test]
fn marks_are_named() {
    for (content, text, mentions) in [
        ("hello", "hello", &[][..]),
        ("<@1> hi", "@cmo hi", &["cmo"]),
        ("<@!1>, <@&2> and <@&3>!", "@cmo, @copywriter and @bullpen!", &["cmo", "copywriter", "bullpen"]),
        ("<@1> <@1>", "@cmo @cmo", &["cmo"]),
        ("<@9> and <@&8>", "@Ann and @Ann", &[]),
        ("in <#7>", "in #Ann", &[]),
        ("<:ship:5> <a:party_parrot:6>", ":ship: :party_parrot:", &[]),
        ("at <t:1700000000:R> or <t:0>", "at 2023-11-14 22:13 UTC or 1970-01-01 00:00 UTC", &[]),
        ("</bullpen ask:55>", "/bullpen ask", &[]),
        ("who is <@777>, <@&777> in <#777>?", "who is <@777>, <@&777> in <#777>?", &[]),
        (
            "**bold** 1 < 2 > 0 <b> <@> <@x> <@&> <#> <:a:> <t:x> <@0>",
            "**bold** 1 < 2 > 0 <b> <@> <@x> <@&> <#> <:a:> <t:x> <@0>",
            &[],
        ),
        ("<@99999999999999999999999>", "<@99999999999999999999999>", &[]),
        ("<<@1>>", "<@cmo>", &["cmo"]),
        ("@everyone @here @cmo", "@everyone @here @cmo", &[]),
        ("pre<@1>post<@1>", "pre @cmo post @cmo", &["cmo"]),
    ] {
        let (read_text, read_mentions) = read(content);
        assert_eq!(
            (read_text.as_str(), read_mentions.iter().map(String::as_str).collect::<Vec<_>>()),
            (text, mentions.to_vec()),
            "{content}"
        );
    }
}

#[test]
fn what_discord_does_not_list_is_no_mention() {
    let words = markdown("`<@1>` <@&2>", &Guild("Ann"), Some(&mentioned(&[], &[])));
    assert_eq!(words, Words { text: "`<@1>` <@&2>".into(), mentions: vec![] });
    let words = markdown("<@1> <@&2>", &Guild("Ann"), None);
    assert_eq!(words.mentions, ["cmo", "copywriter"], "nothing is listed of what is typed into a command");
}

#[test]
fn nobody_becomes_a_persona_by_their_name() {
    for name in ["cmo", "CMO", "cmo\u{200b}", "Copywriter", "bullpen", "x @cmo", "cmo, head of all"] {
        let names = Guild(Box::leak(name.to_owned().into_boxed_str()));
        for content in ["<@9>", "<@&8>", "<#7>", "@<@9>", "@<#7>", "x<@9>y"] {
            let words = markdown(content, &names, Some(&mentioned(&[9], &[8])));
            assert_eq!(words.mentions, [""; 0], "{name} {content}");
            let found = found(&words.text);
            assert!(found.is_disjoint(&["cmo".into(), "copywriter".into(), "bullpen".into()].into()), "{}", words.text);
        }
    }
    let words = markdown("<@9>mo", &Guild("c"), None);
    assert_eq!(words.text, "@c mo");
    let words = markdown("<@9><@9>", &Guild("c\nmo\u{202e}`<@1>"), None);
    assert_eq!(words.text, "@c mo'‹@\u{2060}1› @c mo'‹@\u{2060}1›");
}

fn piece() -> impl Strategy<Value = String> {
    let mark = prop_oneof![
        Just("<@1>".to_owned()),
        Just("<@!1>".to_owned()),
        Just("<@&2>".to_owned()),
        Just("<@9>".to_owned()),
        Just("<@&8>".to_owned()),
        Just("<#7>".to_owned()),
        Just("<:cmo:5>".to_owned()),
        Just("</cmo:5>".to_owned()),
        Just("<t:1>".to_owned()),
    ];
    let dirt = prop_oneof![
        Just("@".to_owned()),
        Just("<".to_owned()),
        Just(">".to_owned()),
        Just("`".to_owned()),
        Just("<@".to_owned()),
        Just("@everyone".to_owned()),
        Just("Z\u{300}\u{301}\u{302}\u{303}".to_owned()),
        "[ a-z_.]{0,4}",
        any::<String>(),
    ];
    prop_oneof![mark, dirt]
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_is_invented(content in any::<String>()) {
        let words = markdown(&content, &Guild("Ann"), Some(&Mentioned::default()));
        prop_assert!(words.mentions.is_empty());
    }

    #[test]
    fn no_mention_is_lost_and_none_is_made(
        pieces in prop::collection::vec(piece(), 0..30),
        name in prop_oneof![Just("cmo"), Just("Ann"), Just("co"), Just("@copywriter"), Just("x`<@1>"), Just("")],
    ) {
        let content = pieces.concat();
        let listed = mentioned(&[1, 9], &[2, 8]);
        let words = markdown(&content, &Guild(name), Some(&listed));
        let ours = [("<@1>", "cmo"), ("<@!1>", "cmo"), ("<@&2>", "copywriter")];
        for (mark, handle) in ours {
            let native = content.contains(mark);
            let told = words.mentions.iter().any(|told| told == handle);
            prop_assert!(!native || told, "{mark} of {content:?} is lost: {words:?}");
        }
        for handle in ["cmo", "copywriter"] {
            let native = ours.iter().any(|(mark, of)| *of == handle && content.contains(mark));
            let told = words.mentions.iter().any(|told| told == handle);
            prop_assert_eq!(native, told);
            // Whoever reads the text finds what was mentioned or typed, and nothing else.
            let typed = found(&content).contains(handle);
            let read = found(&words.text).contains(handle);
            prop_assert!(!read || native || typed, "{handle} comes from nowhere: {content:?} as {words:?}");
            prop_assert!(read || !native, "{handle} cannot be read: {content:?} as {words:?}");
        }
    }
}
