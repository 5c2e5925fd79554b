//! Passages in quotation marks: straight, English, German, French; one pair inside another belongs to the outer one.

/// A passage in quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quote<'a> {
    /// The bytes, marks included.
    pub(super) span: std::ops::Range<usize>,
    /// What stands between the marks.
    pub(super) text: &'a str,
}

/// The passages in order. A mark that is never closed opens nothing.
pub(super) fn find(text: &str) -> Vec<Quote<'_>> {
    let mut quotes = Vec::new();
    let mut from = 0;
    while let Some((at, mark)) =
        text[from..].char_indices().find(|(_, c)| closers(*c).is_some()).map(|(at, c)| (from + at, c))
    {
        let before = text[..at].chars().next_back();
        let after = at + mark.len_utf8();
        // An apostrophe opens nothing; a straight mark opens after a space and before a word.
        let opens = before.is_none_or(|c| !c.is_alphanumeric()) || !matches!(mark, '"' | '\'' | '‘' | '’');
        match opens.then(|| close(text, after, mark)).flatten() {
            Some((inner, end)) => {
                quotes.push(Quote { span: at..end, text: &text[after..inner] });
                from = end;
            }
            None => from = after,
        }
    }
    quotes
}

/// What may close a passage that `mark` opens.
fn closers(mark: char) -> Option<&'static [char]> {
    Some(match mark {
        '"' => &['"'],
        '“' => &['”'],
        '„' => &['“', '”'],
        '«' => &['»'],
        '»' => &['«'],
        '‚' => &['‘', '’'],
        '‘' => &['’'],
        '\'' => &['\''],
        '「' => &['」'],
        '《' => &['》'],
        _ => return None,
    })
}

/// Where the passage ends: the place of its closing mark, and the place after it.
fn close(text: &str, from: usize, mark: char) -> Option<(usize, usize)> {
    let closers = closers(mark)?;
    let straight = closers.contains(&mark);
    let (mut depth, mut first) = (1usize, None);
    for (at, c) in text[from..].char_indices().map(|(at, c)| (from + at, c)) {
        if c == '\n' {
            break;
        }
        let after = text[at + c.len_utf8()..].chars().next();
        if straight && c == mark {
            let before = text[..at].chars().next_back();
            let ends_word = before.is_some_and(|c| !c.is_whitespace()) || at == from;
            let closes = after.is_none_or(|c| !c.is_alphanumeric());
            if !closes && before.is_some_and(|c| c.is_whitespace() || c == '(') && mark == '"' {
                depth += 1;
                continue;
            }
            if !closes || (mark == '\'' && !ends_word) {
                continue;
            }
            first.get_or_insert(at);
            depth -= 1;
        } else if closers.contains(&c) {
            // An apostrophe in the middle of a word closes nothing.
            if matches!(c, '’' | '‘') && after.is_some_and(char::is_alphanumeric) {
                continue;
            }
            first.get_or_insert(at);
            depth -= 1;
        } else if c == mark {
            depth += 1;
        }
        if depth == 0 {
            return Some((at, at + c.len_utf8()));
        }
    }
    let at = first?;
    Some((at, at + text[at..].chars().next()?.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|quote| quote.text).collect()
    }

    #[test]
    fn every_kind_of_mark() {
        assert_eq!(
            texts("a \"one\" „zwei“ «trois» “four” 'five' ‘six’ »sieben« 「八」"),
            ["one", "zwei", "trois", "four", "five", "six", "sieben", "八"]
        );
        assert_eq!(texts("„deux”"), ["deux"]);
    }

    #[test]
    fn apostrophes_and_open_marks_are_nothing() {
        assert_eq!(texts("don't and the teams' plan isn't"), [""; 0]);
        assert_eq!(texts("“Don’t Stop”"), ["Don’t Stop"]);
        assert_eq!(texts("'Don't Stop' now"), ["Don't Stop"]);
        assert_eq!(texts("an \"open end"), [""; 0]);
        assert_eq!(texts("\"\""), [""]);
    }

    #[test]
    fn marks_inside_marks() {
        assert_eq!(texts("post \"The \"Real\" Cost of AI\" for CFOs"), ["The \"Real\" Cost of AI"]);
        assert_eq!(texts("„Das «neue» Büro“"), ["Das «neue» Büro"]);
        assert_eq!(texts("“a “b” c” and \"d\""), ["a “b” c", "d"]);
    }
}
