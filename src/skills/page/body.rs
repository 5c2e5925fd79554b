//! Markdown to HTML that is safe whoever wrote it, and that asks no other machine for anything.

use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd, html as writer};

use crate::prose::parser;
use crate::slug::slug;

/// The body of a piece as HTML that may stand below the heading `title`.
///
/// Raw HTML is shown as text. Links lead to `http`, `https`, `mailto` or a relative address, or are only their text. A picture
/// from elsewhere becomes a link to it. Headings get ids; main headings become second ones, and one that repeats `title` goes.
pub fn html(markdown: &str, title: &str) -> String {
    let mut body = Body::default();
    for event in parser(markdown) {
        body.take(event, title);
    }
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    writer::push_html(&mut out, body.events.into_iter());
    out
}

/// What closes a link or picture that is open.
enum Close {
    /// The end that belongs to it.
    Kept,
    /// The end of a link, since it became one.
    AsLink,
    /// Nothing: only the text is left.
    Nothing,
}

#[derive(Default)]
struct Body<'a> {
    events: Vec<Event<'a>>,
    open: Vec<Close>,
    /// Where the heading that is open began, its level, and its text so far.
    heading: Option<(usize, HeadingLevel, String)>,
    /// How often each id was wanted.
    ids: HashMap<String, usize>,
}

impl<'a> Body<'a> {
    fn take(&mut self, event: Event<'a>, title: &str) {
        if let (Some((_, _, said)), Event::Text(text) | Event::Code(text)) = (&mut self.heading, &event) {
            said.push_str(text);
        }
        match event {
            Event::Html(raw) | Event::InlineHtml(raw) => self.events.push(Event::Text(raw)),
            Event::Start(Tag::HtmlBlock) => self.events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => self.events.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                let safe = matches!(Target::of(dest_url), Target::Local | Target::Web | Target::Mail);
                self.open(safe.then_some(event), Close::Kept);
            }
            Event::Start(Tag::Image { ref dest_url, .. }) => match Target::of(dest_url) {
                Target::Local => self.open(Some(event), Close::Kept),
                Target::Web if self.open.is_empty() => {
                    let link = link(dest_url.clone());
                    self.open(Some(link), Close::AsLink);
                }
                _ => self.open(None, Close::Nothing),
            },
            Event::End(TagEnd::Link | TagEnd::Image) => match self.open.pop() {
                Some(Close::Kept) => self.events.push(event),
                Some(Close::AsLink) => self.events.push(Event::End(TagEnd::Link)),
                Some(Close::Nothing) | None => {}
            },
            Event::Start(Tag::Heading { level, .. }) => {
                self.heading = Some((self.events.len(), level.max(HeadingLevel::H2), String::new()));
                self.events.push(event);
            }
            Event::End(TagEnd::Heading(original)) => self.end_heading(original, title),
            Event::Start(Tag::Table(_)) => self.events.extend([Event::Html("<div class=\"table\">".into()), event]),
            Event::End(TagEnd::Table) => self.events.extend([event, Event::Html("</div>\n".into())]),
            other => self.events.push(other),
        }
    }

    fn open(&mut self, event: Option<Event<'a>>, close: Close) {
        self.open.push(if event.is_some() { close } else { Close::Nothing });
        self.events.extend(event);
    }

    fn end_heading(&mut self, original: HeadingLevel, title: &str) {
        let Some((start, level, text)) = self.heading.take() else { return };
        if original == HeadingLevel::H1 && text.trim().eq_ignore_ascii_case(title.trim()) {
            self.events.truncate(start);
            return;
        }
        let id = self.id(&text);
        self.events[start] =
            Event::Start(Tag::Heading { level, id: Some(id.into()), classes: Vec::new(), attrs: Vec::new() });
        self.events.push(Event::End(TagEnd::Heading(level)));
    }

    /// An id for a heading that no other on the page has.
    fn id(&mut self, text: &str) -> String {
        let wanted = slug(text);
        loop {
            let count = self.ids.entry(wanted.clone()).or_insert(0);
            *count += 1;
            if *count == 1 {
                return wanted;
            }
            let numbered = format!("{wanted}-{count}");
            if !self.ids.contains_key(&numbered) {
                self.ids.insert(numbered.clone(), 1);
                return numbered;
            }
        }
    }
}

fn link(dest_url: CowStr<'_>) -> Event<'_> {
    Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title: "".into(), id: "".into() })
}

/// Where an address leads.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// On this site.
    Local,
    /// Elsewhere by `http` or `https`.
    Web,
    /// To a mail program.
    Mail,
    /// By any other scheme: nowhere that is safe.
    Other,
}

impl Target {
    fn of(address: &str) -> Self {
        // Browsers leave these out before they look for a scheme, and take a backslash for a slash.
        let seen = || {
            address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).map(|c| if c == '\\' { '/' } else { c })
        };
        let head: String =
            seen().take(64).take_while(|c| !matches!(c, '/' | '?' | '#')).flat_map(char::to_lowercase).collect();
        match head.split_once(':') {
            Some(("http" | "https", _)) => Self::Web,
            Some(("mailto", _)) => Self::Mail,
            Some(_) => Self::Other,
            None if seen().take(2).eq("//".chars()) => Self::Web,
            None => Self::Local,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart_as_browsers_do() {
        for local in ["", "#top", "/a:b", "a/b:c", "?q=a:b", "./x", "../x", "page"] {
            assert_eq!(Target::of(local), Target::Local, "{local}");
        }
        for web in ["http://a", "HTTPS://a", "//a", "/\\a", "\\\\a", " \thttps://a"] {
            assert_eq!(Target::of(web), Target::Web, "{web}");
        }
        assert_eq!(Target::of("mailto:a@example.org"), Target::Mail);
        for other in [
            "javascript:alert(1)",
            "JaVa\tscript:x",
            "\u{1}javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///x",
            "x:y",
        ] {
            assert_eq!(Target::of(other), Target::Other, "{other}");
        }
    }

    #[test]
    fn raw_html_is_shown() {
        let html = html("<script>alert(1)</script>\n\na <img src=x onerror=y> b\n\n<!-- c -->", "");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && html.contains("&lt;img src=x"), "{html}");
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<!--"), "{html}");
    }

    #[test]
    fn unsafe_links_are_only_their_text() {
        let html = html("[a](javascript:x) [b](/b) [c](&#106;avascript:x) <vbscript:x> [![d](e.png)](data:x)", "");
        assert_eq!(html, "<p>a <a href=\"/b\">b</a> c vbscript:x <img src=\"e.png\" alt=\"d\" /></p>\n");
    }

    #[test]
    fn pictures_from_elsewhere_are_links() {
        let html = html("![a **b**](https://example.org/x.png) [![c](//example.org/y.png)](/z) ![d](d.png \"t\")", "");
        let expected = "<p><a href=\"https://example.org/x.png\">a <strong>b</strong></a> <a href=\"/z\">c</a> <img src=\"d.png\" alt=\"d\" title=\"t\" /></p>\n";
        assert_eq!(html, expected);
    }

    #[test]
    fn headings_have_ids_of_their_own_and_leave_the_first_level_to_the_title() {
        let html = html("# The Title\n\n# Part *one*\n\n## Part one 2\n\n### Part one\n\n### 漢\n", "the title");
        let expected = "<h2 id=\"part-one\">Part <em>one</em></h2>\n<h2 id=\"part-one-2\">Part one 2</h2>\n<h3 id=\"part-one-3\">Part one</h3>\n<h3 id=\"piece\">漢</h3>\n";
        assert_eq!(html, expected);
    }

    #[test]
    fn huge_and_odd_bodies_are_laid_out() {
        for unit in ["# a\n", "[a](b) ", "![", "> ", "<b>", "|-", "*a ", "\u{0}"] {
            let html = html(&unit.repeat(200_000 / unit.len()), "");
            assert!(!html.contains("<b>"));
        }
    }
}
