//! Where a text names somebody with an `@`.

use std::ops::Range;

use crate::directory::Directory;

/// A name found in a text, with where it stands, the `@` included.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mention<'a> {
    pub(crate) at: Range<usize>,
    pub(crate) name: &'a str,
}

/// Finds the known names that `text` mentions, in order. The longest name wins, case does not matter, and an `@` inside
/// a word (a mail address) is none.
pub(crate) fn find<'a>(text: &str, directory: &'a Directory) -> Vec<Mention<'a>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(offset) = text[from..].find('@') {
        let start = from + offset;
        let after = start + 1;
        from = after;
        if text[..start].chars().next_back().is_some_and(is_word) {
            continue;
        }
        let longest = directory
            .mentionable()
            .filter_map(|name| starts_with(&text[after..], name).map(|len| (len, name)))
            .max_by_key(|(len, _)| *len);
        if let Some((len, name)) = longest {
            from = after + len;
            found.push(Mention { at: start..from, name });
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many bytes of `text` are `name`, where it is followed by no further letter.
fn starts_with(text: &str, name: &str) -> Option<usize> {
    let mut wanted = name.chars().flat_map(char::to_lowercase).peekable();
    for (at, c) in text.char_indices() {
        if wanted.peek().is_none() {
            return (!is_word(c)).then_some(at);
        }
        if !c.to_lowercase().all(|c| wanted.next() == Some(c)) {
            return None;
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

/// The listed people whom `text` mentions, each once.
pub(crate) fn people(text: &str, directory: &Directory) -> Vec<String> {
    let mut people: Vec<String> = find(text, directory)
        .into_iter()
        .filter(|mention| directory.people().any(|person| person == mention.name))
        .map(|mention| mention.name.to_owned())
        .collect();
    people.sort_unstable();
    people.dedup();
    people
}

#[cfg(test)]
mod tests {
    use super::{find, people};
    use crate::directory::Directory;

    #[test]
    fn mentions_are_whole_names_outside_of_words() {
        let directory = Directory::of(&["seo", "seo_specialist"], &["you", "Ana", "Ana Lee"]);
        let names = |text: &str| find(text, &directory).into_iter().map(|m| m.name.to_owned()).collect::<Vec<_>>();
        assert_eq!(names("@seo_specialist why 85? cc @SEO, (@you)"), ["seo_specialist", "seo", "you"]);
        assert_eq!(names("mail a@you.example or @yours or @seo_x"), Vec::<String>::new());
        assert_eq!(names("@ana lee and @Ana Leeds"), ["Ana Lee", "Ana"]);
        assert_eq!(names("@"), Vec::<String>::new());
        assert_eq!(names("@everyone @channel"), Vec::<String>::new());
        assert_eq!(find("è @you!", &directory)[0].at, 3..7);
        assert_eq!(people("@you @seo @you @ana", &directory), ["Ana", "you"]);
    }
}
