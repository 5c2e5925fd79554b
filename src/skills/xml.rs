//! Text on its way into XML.

/// Whether XML 1.0 allows this character at all (production 2, `Char`).
pub(crate) fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// `text` for an element's content or a quoted attribute: markup escaped, characters that XML forbids left out.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars().filter(|c| allowed(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // A parser would turn a bare carriage return into a line feed.
            '\r' => out.push_str("&#13;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_survives_a_parser_without_its_forbidden_characters() {
        let text = "a<b>&\"'\u{0}\u{8}\u{fffe}\r\n\t]]>é漢🙂";
        let document = format!("<t a=\"x\">{}</t>", escape(text));
        let parsed = roxmltree::Document::parse(&document).expect("well-formed");
        assert_eq!(parsed.root_element().text(), Some("a<b>&\"'\r\n\t]]>é漢🙂"));
    }
}
