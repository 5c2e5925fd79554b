//! Names that people give themselves, made fit to stand in a line of text.

/// Most characters of a name; Discord's own limit is 32.
const LONGEST: usize = 80;
/// Most marks above or below one letter.
const MARKS: usize = 2;

/// A name on one line: without control characters, invisible characters and those that turn the direction of text, at most
/// 80 characters, and with no more than two marks on a letter. Empty where nothing is left.
pub(crate) fn clean(name: &str) -> String {
    let mut out = String::with_capacity(name.len().min(4 * LONGEST));
    let (mut marks, mut count) = (0, 0);
    for c in name.chars() {
        let c = if c.is_whitespace() || c.is_control() { ' ' } else { c };
        marks = if is_mark(c) { marks + 1 } else { 0 };
        let double = c == ' ' && (out.is_empty() || out.ends_with(' '));
        if is_hidden(c) || marks > MARKS || double {
            continue;
        }
        if count == LONGEST {
            break;
        }
        out.push(c);
        count += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

/// The handle that somebody means who writes a name like this: lower case, `_` for what stands between words.
pub(crate) fn handle_of(name: &str) -> String {
    let name = name.trim().trim_start_matches('@').trim_end_matches([',', ':', '.', '!', '?']);
    name.to_lowercase().replace(['-', ' '], "_")
}

/// Marks that combine with the letter before them, of the kinds that are piled up for fun.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Characters that show nothing, or change how others are shown. The joiner of emoji (U+200D) stays.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_one_line_that_reads_from_left_to_right() {
        for (given, wanted) in [
            ("Ann", "Ann"),
            ("  Ann\nOwner:\tyes ", "Ann Owner: yes"),
            ("\u{202e}nnA", "nnA"),
            ("An\u{200b}n\u{2066}", "Ann"),
            ("Zoë", "Zoë"),
            ("👩‍💻 Ann", "👩‍💻 Ann"),
            ("\u{0}\u{7f}", ""),
            ("\u{3164}\u{e0041}", ""),
        ] {
            assert_eq!(clean(given), wanted, "{given:?}");
        }
        assert_eq!(clean(&"x".repeat(500)).len(), 80);
        assert_eq!(clean("Z\u{300}\u{301}\u{302}\u{303}\u{304}a"), "Z\u{300}\u{301}a");
    }

    #[test]
    fn names_come_to_handles() {
        for (name, handle) in
            [("@CMO,", "cmo"), ("content-manager", "content_manager"), ("Content Manager", "content_manager")]
        {
            assert_eq!(handle_of(name), handle);
        }
    }

    proptest! {
        #[test]
        fn no_name_breaks_a_line(name in any::<String>()) {
            let clean = clean(&name);
            prop_assert!(clean.chars().count() <= 80);
            prop_assert!(!clean.chars().any(|c| c.is_control() || is_hidden(c)));
            prop_assert_eq!(clean.trim(), clean.as_str());
            prop_assert_eq!(super::clean(&clean), clean.as_str());
        }
    }
}
