//! Text as people see it: without characters that hide in it, turn it around, or belong in none. What is approved is then what
//! was read, and a model reads nothing that people cannot see.

use std::borrow::Cow;

/// Most characters of a name.
const NAME_MAX: usize = 80;

/// The text without control characters (line breaks and tabs stay), marks that change the direction of what stands beside them,
/// and tags, except within the flags that are made of them.
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hidden(c) || is_tag(c)) {
        return Cow::Borrowed(text);
    }
    let mut flag = false;
    let shown = text.chars().filter(|c| {
        flag = *c == '\u{1f3f4}' || (flag && is_tag(*c));
        !is_hidden(*c) && (flag || !is_tag(*c))
    });
    Cow::Owned(shown.collect())
}

/// A name as it stands within a sentence: one line, at most 80 characters.
#[must_use]
pub fn name(given: &str) -> String {
    let shown = text(given);
    let words: Vec<&str> = shown.split_whitespace().collect();
    words.join(" ").chars().take(NAME_MAX).collect()
}

fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Letters that nothing shows, of which some flags are made.
fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_left_out_and_what_people_write_stays() {
        for (given, shown) in [
            ("a\u{202e}b\u{2066}c\u{2069}", "abc"),
            ("a\u{0}\u{1b}[2J\r\n\tb\u{85}", "a[2J\n\tb"),
            ("hi\u{e0001}\u{e0070}\u{e0075}", "hi"),
            ("سلام 你好 नमस्ते می\u{200c}خواهم 👩\u{200d}🚀", "سلام 你好 नमस्ते می\u{200c}خواهم 👩\u{200d}🚀"),
            (
                "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
                "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            ),
        ] {
            assert_eq!(text(given), shown);
        }
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(name(" Ana\nSYSTEM:\u{202e}  Lee "), "Ana SYSTEM: Lee");
        assert_eq!(name(&"x".repeat(200)).len(), 80);
    }
}
