//! Mentions in text: finding them, and keeping outgoing text from pinging those it must not.

use std::collections::BTreeSet;

use crate::name::Handle;

/// Words behind an `@` that address everybody on some platform; never a persona, never let out.
const MASS: [&str; 3] = ["everyone", "here", "channel"];

/// The handles written as `@handle` in a text, in order, each once; not those inside code, addresses or words, and not
/// the mass mentions.
#[must_use]
pub fn find(text: &str) -> Vec<Handle> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (before, word) in at_words(&without_code(text)) {
        let word = word.trim_end_matches('_');
        let outside = before.is_none_or(|c| !c.is_alphanumeric() && c != '.' && c != '_' && c != '/');
        if let (true, Ok(handle)) = (outside, Handle::parse(word))
            && !MASS.contains(&handle.as_str())
            && seen.insert(handle.clone())
        {
            found.push(handle);
        }
    }
    found
}

/// The text with `@Name Of Somebody` written as the handle behind that name, compared without regard to case; the longest
/// name wins. `names` are names and roles with the handles that they stand for.
#[must_use]
pub fn by_name(text: &str, names: &[(String, Handle)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let called = names.iter().filter_map(|(name, handle)| Some((begins_with(rest, name)?, handle)));
        if let Some((length, handle)) = called.max_by_key(|(length, _)| *length) {
            out.push_str(handle.as_str());
            rest = &rest[length..];
        }
    }
    out.push_str(rest);
    out
}

/// How many bytes of the text are this name, where it ends there.
fn begins_with(text: &str, name: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    for wanted in name.chars().flat_map(char::to_lowercase) {
        let (_, c) = chars.next()?;
        // Names whose lower case has another length are not worth a table.
        if !c.to_lowercase().eq([wanted]) {
            return None;
        }
    }
    match chars.next() {
        None => Some(text.len()),
        Some((at, next)) => (!next.is_alphanumeric() && next != '_').then_some(at),
    }
}

/// Each `@word` with the character before it.
fn at_words(text: &str) -> Vec<(Option<char>, String)> {
    let mut words = Vec::new();
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '@' {
            let mut word = String::new();
            while let Some(next) = chars.next_if(|n| n.is_ascii_alphanumeric() || *n == '_') {
                word.push(next);
            }
            let last = word.chars().last();
            // `@copywriter.` ends a sentence, but `@example.com` is an address.
            if !word.is_empty() {
                words.push((before, word));
            }
            before = last.or(Some('@'));
        } else {
            before = Some(c);
        }
    }
    words
}

/// The text with code spans and fenced blocks blanked out.
fn without_code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let mut parts = line.split('`');
            out.push_str(parts.next().unwrap_or_default());
            let rest: Vec<&str> = parts.collect();
            // An odd number of back-ticks leaves the last part outside of code.
            for (i, part) in rest.iter().enumerate() {
                let inside = i % 2 == 0 && i + 1 < rest.len();
                out.push_str(if inside { " " } else { part });
            }
        }
        out.push('\n');
    }
    out
}

/// The text with mass mentions made powerless: a word joiner (U+2060) after the sign keeps them readable.
#[must_use]
pub fn disarm(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['@', '<']) {
        out.push_str(&rest[..=at]);
        let after = &rest[at + 1..];
        let lower: String = after.chars().take(8).collect::<String>().to_lowercase();
        let mass = rest[at..].starts_with('@') && MASS.iter().any(|m| lower.starts_with(m));
        let native = rest[at..].starts_with('<') && lower.starts_with(['!', '@']);
        if mass || native {
            out.push('\u{2060}');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        find(text).into_iter().map(String::from).collect()
    }

    #[test]
    fn handles_are_found_where_people_write_them() {
        assert_eq!(names("@CMO, ask (@seo_specialist). @cmo!"), ["cmo", "seo_specialist"]);
        assert_eq!(names("hello@example.com and a/@path"), Vec::<String>::new());
        assert_eq!(names("`@cmo` and\n```\n@designer\n```\n@copywriter"), ["copywriter"]);
        assert_eq!(names("one ` tick @cmo"), ["cmo"]);
        assert_eq!(names("@everyone @here @channel"), Vec::<String>::new());
    }

    #[test]
    fn names_and_roles_stand_for_handles() {
        let handle = |text: &str| Handle::parse(text).expect("a handle");
        let names = [
            ("Content Manager".to_owned(), handle("content_manager")),
            ("Content".to_owned(), handle("cmo")),
            ("Zoë Ray".to_owned(), handle("designer")),
        ];
        let told = by_name("@content manager, and @ZOË ray: ask @Contents or @content!", &names);
        assert_eq!(told, "@content_manager, and @designer: ask @Contents or @cmo!");
        assert_eq!(by_name("mail a@content manager", &[]), "mail a@content manager");
    }

    #[test]
    fn mass_mentions_lose_their_power() {
        assert_eq!(
            disarm("@Everyone <!channel> <@U1> @cmo a < b"),
            "@\u{2060}Everyone <\u{2060}!channel> <\u{2060}@\u{2060}U1> @cmo a < b".replace("@\u{2060}U1", "@U1")
        );
    }

    proptest! {
        #[test]
        fn nothing_mass_is_left(text in "(@|<|!|everyone|here|channel|EVERYONE| |x){0,30}") {
            let lower = disarm(&text).to_lowercase();
            for word in MASS {
                let armed = format!("@{word}");
                prop_assert!(!lower.contains(&armed));
            }
        }
    }
}
