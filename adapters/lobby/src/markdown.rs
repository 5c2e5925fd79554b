//! Markdown to HTML that is safe to put into a page, whoever wrote it.
//!
//! **Architecture invariant:** nothing of the text reaches the page as markup of its own. Raw HTML is shown as text, links
//! lead only to the web, to mail and to this server, pictures become links, and marks of direction cannot turn around
//! what stands beside them.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream, html};

use crate::directory::Directory;
use crate::mention;
use crate::name::is_bidi_control;

/// Renders `text`. Known names after an `@` are wrapped in `<span class="mention">`.
pub(crate) fn to_html(text: &str, directory: &Directory) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut renderer = Renderer { directory, links: Vec::new(), code: false };
    let events = TextMergeStream::new(Parser::new_ext(text, options)).map(|event| renderer.safe(event));
    let mut page = String::with_capacity(text.len() + text.len() / 2);
    html::push_html(&mut page, events);
    page
}

struct Renderer<'a> {
    directory: &'a Directory,
    /// For each link or picture that is open, whether an `<a>` was opened for it.
    links: Vec<bool>,
    code: bool,
}

impl Renderer<'_> {
    fn safe<'e>(&mut self, event: Event<'e>) -> Event<'e> {
        match event {
            Event::Html(raw) | Event::InlineHtml(raw) => self.text(raw),
            Event::Start(Tag::HtmlBlock | Tag::Paragraph) => markup("<p dir=\"auto\">"),
            Event::End(TagEnd::HtmlBlock | TagEnd::Paragraph) => markup("</p>\n"),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => self.open(&dest_url),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                markup(if self.links.pop() == Some(true) { "</a>" } else { "" })
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                self.code = true;
                Event::Start(Tag::CodeBlock(kind))
            }
            Event::End(TagEnd::CodeBlock) => {
                self.code = false;
                Event::End(TagEnd::CodeBlock)
            }
            Event::Text(text) => self.text(text),
            Event::Code(code) if code.chars().any(is_bidi_control) => {
                Event::InlineHtml(format!("<bdi><code>{}</code></bdi>", escape(&code)).into())
            }
            // In a chat a new line is meant as one.
            Event::SoftBreak => Event::HardBreak,
            other => other,
        }
    }

    fn open<'e>(&mut self, to: &str) -> Event<'e> {
        let opens = is_allowed(to) && !self.links.contains(&true);
        self.links.push(opens);
        if opens {
            let link = format!("<a href=\"{}\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">", escape(to));
            Event::InlineHtml(link.into())
        } else {
            markup("")
        }
    }

    fn text<'e>(&self, text: CowStr<'e>) -> Event<'e> {
        let turns = text.chars().any(is_bidi_control);
        let mentions = if self.code { Vec::new() } else { mention::find(&text, self.directory) };
        if !turns && mentions.is_empty() {
            return Event::Text(text);
        }
        let mut out = String::with_capacity(text.len() + 64);
        let mut from = 0;
        for mention in mentions {
            out.push_str(&escape(&text[from..mention.at.start]));
            out.push_str("<span class=\"mention\">");
            out.push_str(&escape(&text[mention.at.clone()]));
            out.push_str("</span>");
            from = mention.at.end;
        }
        out.push_str(&escape(&text[from..]));
        Event::InlineHtml(if turns { format!("<bdi>{out}</bdi>").into() } else { out.into() })
    }
}

fn markup<'e>(html: &'static str) -> Event<'e> {
    Event::InlineHtml(CowStr::Borrowed(html))
}

/// Whether a link may lead there: `http`, `https`, `mailto`, or a path on this server.
fn is_allowed(to: &str) -> bool {
    // Browsers leave out tabs and line ends inside an address, and read `\` as `/`: neither may hide where it leads.
    if to.chars().any(|c| c.is_control() || c == '\\') {
        return false;
    }
    let lower = to.to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
        || (to.starts_with('/') && !to.starts_with("//"))
}

/// Text as it must stand in HTML, between tags or in a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::to_html;
    use crate::directory::Directory;

    fn html(text: &str) -> String {
        to_html(text, &Directory::of(&["content_manager"], &["you"]))
    }

    #[test]
    fn markdown_is_shown() {
        assert_eq!(html("**a** ~~b~~\nc"), "<p dir=\"auto\"><strong>a</strong> <del>b</del><br />\nc</p>\n");
        assert!(html("- [x] done").contains("<input disabled=\"\" type=\"checkbox\" checked=\"\"/>"));
        assert!(html("|a|b|\n|-|-|\n|1|2|").contains("<td>1</td>"));
        assert!(html("```rust\nlet a = \"<b>\";\n```").contains("let a = \"&lt;b&gt;\";"));
    }

    #[test]
    fn raw_html_is_text() {
        for raw in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div onclick=\"x()\">\n\nhi\n\n</div>",
            "<!-- a -->",
            "<?php ?>",
            "<![CDATA[x]]>",
            "<svg/onload=alert(1)>",
            "[a](<javascript:alert(1)>\"b\")",
        ] {
            let page = html(raw);
            let tags: Vec<&str> = page.split('<').skip(1).map(|t| t.split(['>', ' ']).next().unwrap()).collect();
            assert!(tags.iter().all(|tag| ["p", "/p", "br", "bdi", "/bdi"].contains(tag)), "{raw} gave {page}");
        }
    }

    #[test]
    fn links_lead_to_the_web_mail_and_this_server_only() {
        let page = html("[a](https://example.org/?a=1&b=\"2\")");
        assert!(
            page.contains(
                "<a href=\"https://example.org/?a=1&amp;b=&quot;2&quot;\" rel=\"noopener noreferrer nofollow\""
            )
        );
        for fine in ["http://a.example", "HTTPS://a.example", "mailto:a@b.example", "/published/a/"] {
            assert!(html(&format!("[a]({fine})")).contains("<a "), "{fine}");
        }
        for foul in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "&#106;avascript:alert(1)",
            "java&#9;script:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "/\\evil.example",
            "/&#9;/evil.example",
            "relative",
            "#top",
        ] {
            let page = html(&format!("[a]({foul})"));
            assert!(!page.contains("href"), "{foul} gave {page}");
            assert!(page.contains('a'), "the words of a link stay");
        }
        assert!(!html("<javascript:alert(1)>").contains("href"));
    }

    #[test]
    fn pictures_become_links_and_links_do_not_nest() {
        let page = html("![a cat](https://example.org/cat.png)");
        assert!(page.contains("<a href=\"https://example.org/cat.png\""), "{page}");
        assert!(!page.contains("<img"), "{page}");
        let page = html("[![a cat](https://a.example/c.png)](https://b.example)");
        assert_eq!(page.matches("<a ").count(), 1, "{page}");
        assert_eq!(page.matches("</a>").count(), 1, "{page}");
        assert!(!html("![x](javascript:alert(1))").contains("href"));
    }

    #[test]
    fn known_names_are_marked_outside_of_code() {
        assert_eq!(
            html("@content_manager: hi @nobody"),
            "<p dir=\"auto\"><span class=\"mention\">@content_manager</span>: hi @nobody</p>\n"
        );
        assert!(html("@you").contains("<span class=\"mention\">@you</span>"));
        assert!(!html("`@you`\n\n```\n@you\n```").contains("mention"));
        assert!(!html("@everyone").contains("mention"));
    }

    #[test]
    fn marks_of_direction_stay_in_their_run() {
        assert_eq!(html("a \u{202e}b"), "<p dir=\"auto\"><bdi>a \u{202e}b</bdi></p>\n");
        assert!(html("`\u{2066}x`").contains("<bdi><code>\u{2066}x</code></bdi>"));
    }

    #[test]
    fn long_and_deep_texts_are_rendered_soon() {
        for text in
            ["> ".repeat(20_000), "*a".repeat(20_000), "[".repeat(40_000), "![".repeat(20_000), "`".repeat(40_000)]
        {
            let started = std::time::Instant::now();
            html(&text);
            assert!(started.elapsed().as_secs() < 5);
        }
    }
}
