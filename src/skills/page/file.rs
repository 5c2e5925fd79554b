//! A piece as a Markdown file with a head of YAML, as site generators read it.

use std::fmt::Write;

use super::Page;
use crate::slug::slug;

/// The Markdown file of one piece, to be written to `<slug>/index.md`: title, description, slug, dates, authors, reviewers,
/// keywords, language and picture as YAML between two lines of `---`, then the body as it was written.
pub fn markdown(page: &Page) -> String {
    let mut head = String::new();
    let mut line = |key: &str, value: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(head, "{key}: {value}");
    };
    line("title", quoted(&page.title));
    line("description", quoted(&page.description));
    line("slug", quoted(&slug(&page.slug)));
    line("date", page.published.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    if let Some(updated) = page.updated.filter(|updated| *updated > page.published) {
        line("updated", updated.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
    line("language", quoted(&page.language));
    line("authors", list(&page.authors));
    line("reviewers", list(&page.reviewers));
    line("keywords", list(&page.keywords));
    if let Some(picture) = &page.picture
        && let Some(file) = picture.plain()
    {
        line("image", quoted(file));
        line("image_alt", quoted(&picture.alt));
    }
    format!("---\n{head}---\n\n{}\n", page.body.trim_end())
}

fn list(texts: &[String]) -> String {
    let quoted: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", quoted.join(", "))
}

/// `text` as a double-quoted scalar: one line, whatever is in it. The escapes are those that YAML and JSON share.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // What YAML does not call printable, takes for a line break, or could take for a byte order mark.
            '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
