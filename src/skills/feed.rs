//! The published pieces as an Atom 1.0 feed (RFC 4287).

use std::fmt::Write;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::brand::web_address;
use crate::slug::slug;
use crate::xml::escape;

/// What is said of the feed as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Never changes as long as the feed exists.
    pub id: Uuid,
    /// The name of the feed.
    pub title: String,
    /// A few words about it; may be empty.
    pub subtitle: String,
    /// Who answers for entries that name nobody, mostly the organisation.
    pub author: String,
    /// Where the pages are found; without it (or where it is no web address) links are relative to the feed.
    pub site_url: Option<String>,
    /// When it last changed. An entry that changed later wins.
    pub updated: DateTime<Utc>,
}

/// A piece in the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Never changes as long as the piece exists.
    pub id: Uuid,
    /// The title, without markup.
    pub title: String,
    /// The folder that its page lies in.
    pub slug: String,
    /// One or two sentences, without markup.
    pub summary: String,
    /// The text as HTML, for example from [`crate::page::html`].
    pub content: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// What it is about.
    pub keywords: Vec<String>,
    /// When it first appeared.
    pub published: DateTime<Utc>,
    /// When it was last changed.
    pub updated: DateTime<Utc>,
}

/// The feed with its entries in the order given, to be written to `feed.xml` beside the folders of the pieces.
///
/// Characters that XML does not allow are left out, whatever text they are in.
pub fn atom(feed: &Feed, entries: &[Entry]) -> String {
    let base = feed.site_url.as_deref().and_then(web_address);
    let address = |path: &str| base.map_or_else(|| path.to_owned(), |base| format!("{base}/{path}"));
    let updated = entries.iter().map(Entry::changed).fold(feed.updated, DateTime::max);
    let mut out = Xml::default();
    out.line("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
    out.line("<feed xmlns=\"http://www.w3.org/2005/Atom\">");
    out.element("id", &format!("urn:uuid:{}", feed.id));
    out.element("title", &feed.title);
    if !feed.subtitle.is_empty() {
        out.element("subtitle", &feed.subtitle);
    }
    out.element("updated", &stamp(updated));
    out.author(&[&feed.author, &feed.title]);
    out.link("self", "application/atom+xml", &address("feed.xml"));
    out.link("alternate", "text/html", &address(if base.is_some() { "" } else { "index.html" }));
    for entry in entries {
        let folder = format!("{}/", slug(&entry.slug));
        let page = if base.is_some() { address(&folder) } else { format!("{folder}index.html") };
        out.line("<entry>");
        out.element("id", &format!("urn:uuid:{}", entry.id));
        out.element("title", &entry.title);
        out.link("alternate", "text/html", &page);
        out.element("published", &stamp(entry.published));
        out.element("updated", &stamp(entry.changed()));
        for author in entry.authors.iter().filter(|author| !author.trim().is_empty()) {
            out.author(&[author, &feed.author, &feed.title]);
        }
        for keyword in entry.keywords.iter().filter(|keyword| !keyword.trim().is_empty()) {
            out.line(&format!("<category term=\"{}\"/>", escape(keyword)));
        }
        out.element("summary", &entry.summary);
        // Links and pictures in the text are relative to the page's folder.
        out.line(&format!(
            "<content type=\"html\" xml:base=\"{}\">{}</content>",
            escape(&address(&folder)),
            escape(&entry.content)
        ));
        out.line("</entry>");
    }
    out.line("</feed>");
    out.0
}

impl Entry {
    fn changed(&self) -> DateTime<Utc> {
        self.updated.max(self.published)
    }
}

/// A time by RFC 3339.
fn stamp(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[derive(Default)]
struct Xml(String);

impl Xml {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn element(&mut self, name: &str, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "<{name}>{}</{name}>", escape(text));
    }

    fn link(&mut self, relation: &str, kind: &str, address: &str) {
        self.line(&format!("<link rel=\"{relation}\" type=\"{kind}\" href=\"{}\"/>", escape(address)));
    }

    /// The first of `names` that has something in it; an author must have a name.
    fn author(&mut self, names: &[&str]) {
        let named = names.iter().map(|name| escape(name.trim())).find(|name| !name.trim().is_empty());
        self.line(&format!("<author><name>{}</name></author>", named.as_deref().unwrap_or("Editors")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::{Document, Node};

    const ATOM: &str = "http://www.w3.org/2005/Atom";

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn feed() -> Feed {
        Feed {
            id: Uuid::from_u128(1),
            title: "Bullpen & friends".into(),
            subtitle: String::new(),
            author: "Bullpen".into(),
            site_url: Some("https://example.org/blog/".into()),
            updated: time("2026-03-01T00:00:00Z"),
        }
    }

    fn entry(text: &str) -> Entry {
        Entry {
            id: Uuid::from_u128(2),
            title: text.into(),
            slug: "a-piece".into(),
            summary: text.into(),
            content: format!("<p>{text}</p>"),
            authors: vec![text.into()],
            keywords: vec![text.into()],
            published: time("2026-03-02T16:00:00Z"),
            updated: time("2026-03-02T15:00:00.123Z"),
        }
    }

    fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Node<'a, 'i> {
        let found: Vec<_> = node.children().filter(|child| child.has_tag_name((ATOM, name))).collect();
        assert_eq!(found.len(), 1, "one <{name}>");
        found[0]
    }

    fn text<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
        child(node, name).text().unwrap_or_default()
    }

    fn link<'a>(node: Node<'a, '_>, relation: &str) -> &'a str {
        let link = node
            .children()
            .find(|child| child.has_tag_name((ATOM, "link")) && child.attribute("rel") == Some(relation));
        link.and_then(|link| link.attribute("href")).expect("a link with an address")
    }

    #[test]
    fn a_feed_has_what_the_standard_requires() {
        let xml = atom(&feed(), &[entry("One <b>piece</b> & more")]);
        let document = Document::parse(&xml).expect("well-formed");
        let root = document.root_element();
        assert!(root.has_tag_name((ATOM, "feed")));
        assert_eq!(text(root, "id"), "urn:uuid:00000000-0000-0000-0000-000000000001");
        assert_eq!(text(root, "title"), "Bullpen & friends");
        assert_eq!(text(root, "updated"), "2026-03-02T16:00:00Z", "the latest change, and never before publication");
        assert_eq!(text(child(root, "author"), "name"), "Bullpen");
        assert_eq!(link(root, "self"), "https://example.org/blog/feed.xml");
        let entry = child(root, "entry");
        assert_eq!(text(entry, "id"), "urn:uuid:00000000-0000-0000-0000-000000000002");
        assert_eq!(text(entry, "title"), "One <b>piece</b> & more");
        assert_eq!(text(entry, "published"), "2026-03-02T16:00:00Z");
        assert_eq!(text(entry, "updated"), "2026-03-02T16:00:00Z");
        assert_eq!(link(entry, "alternate"), "https://example.org/blog/a-piece/");
        let content = child(entry, "content");
        assert_eq!(content.attribute("type"), Some("html"));
        assert_eq!(content.text(), Some("<p>One <b>piece</b> & more</p>"));
        for stamp in [text(root, "updated"), text(entry, "published")] {
            DateTime::parse_from_rfc3339(stamp).expect("RFC 3339");
        }
    }

    #[test]
    fn without_an_address_links_are_relative() {
        for site_url in [None, Some("javascript:alert(1)".to_owned())] {
            let xml = atom(&Feed { site_url, ..feed() }, &[entry("x")]);
            let document = Document::parse(&xml).expect("well-formed");
            assert_eq!(link(document.root_element(), "self"), "feed.xml");
            assert_eq!(link(child(document.root_element(), "entry"), "alternate"), "a-piece/index.html");
        }
    }

    #[test]
    fn hostile_texts_stay_texts_and_authors_have_names() {
        let long = "x".repeat(10_000);
        for hostile in
            ["", " ", "<script>", "]]>", "\"'&amp;", "a\u{0}\u{8}\u{1f}b", "\u{fffe}", "\u{202e}", "🙂", &long]
        {
            let named = Feed { title: hostile.into(), author: hostile.into(), subtitle: hostile.into(), ..feed() };
            let xml = atom(&named, &[entry(hostile), entry("ok")]);
            let document = Document::parse(&xml).expect("well-formed");
            let kept: String = hostile.chars().filter(|c| crate::xml::allowed(*c)).collect();
            assert_eq!(text(document.root_element(), "title"), kept);
            for name in document.descendants().filter(|node| node.has_tag_name((ATOM, "name"))) {
                assert!(name.text().is_some_and(|name| !name.trim().is_empty()));
            }
        }
        assert!(Document::parse(&atom(&feed(), &[])).is_ok());
    }
}
