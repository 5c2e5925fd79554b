//! Slack's mrkdwn to Markdown: entities by name, emphasis, emoji.
//!
//! What somebody typed as Markdown stays as it was typed; nothing is escaped, because readers are people and models.

use super::emoji;

/// Who and what is behind the ids in a text.
pub(crate) trait Names {
    /// The handle of one of our apps, by its user.
    fn ours(&self, user: &str) -> Option<String>;
    /// The name of somebody else.
    fn user(&self, user: &str) -> Option<String>;
    /// The handle that a user group of ours stands for.
    fn group(&self, group: &str) -> Option<String>;
    /// The name of a channel.
    fn channel(&self, channel: &str) -> Option<String>;
}

/// A text for the department.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Markdown {
    pub(crate) text: String,
    /// Handles of ours that were mentioned natively, each once, in order.
    pub(crate) mentions: Vec<String>,
}

enum Token<'a> {
    Char(char),
    /// A marker of emphasis that has a partner.
    Marker(char),
    /// What is between `<` and `>`.
    Entity(&'a str),
    /// Code with its ticks.
    Code(&'a str),
    Emoji(String),
}

/// Turns a text of Slack's into Markdown.
pub(crate) fn markdown(text: &str, names: &impl Names) -> Markdown {
    let mut tokens = tokens(text);
    for marker in ['*', '~'] {
        pair(&mut tokens, marker);
    }
    let mut out = Markdown::default();
    let mut fresh = true;
    for token in &tokens {
        match token {
            Token::Char('•' | '◦') if fresh => out.text.push('-'),
            Token::Char(c) => out.text.push(*c),
            Token::Marker(c) => out.text.extend([*c, *c]),
            Token::Entity(entity) => {
                let (text, mention) = shown(entity, names);
                out.text.push_str(&text);
                out.mentions.extend(mention.filter(|handle| !out.mentions.contains(handle)));
            }
            Token::Code(code) => code_text(code, names, &mut out.text),
            Token::Emoji(emoji) => out.text.push_str(emoji),
        }
        fresh = matches!(token, Token::Char('\n')) || (fresh && matches!(token, Token::Char(' ' | '\t')));
    }
    out
}

/// The same words with names in place of ids, and nothing else changed.
pub(crate) fn plain(text: &str, names: &impl Names) -> String {
    let mut out = String::new();
    for token in tokens(text) {
        match token {
            Token::Char(c) | Token::Marker(c) => out.push(c),
            Token::Entity(entity) => out.push_str(&shown(entity, names).0),
            Token::Code(code) => code_text(code, names, &mut out),
            Token::Emoji(emoji) => out.push_str(&emoji),
        }
    }
    out
}

/// The users that a text mentions.
pub(crate) fn users(text: &str) -> impl Iterator<Item = &str> {
    entities(text).filter_map(|entity| entity.strip_prefix('@')).map(|user| user.split('|').next().unwrap_or(user))
}

/// The channels that a text names by their id alone.
pub(crate) fn nameless_channels(text: &str) -> impl Iterator<Item = &str> {
    entities(text).filter_map(|entity| entity.strip_prefix('#')).filter_map(|channel| match channel.split_once('|') {
        Some((id, "")) => Some(id),
        Some(_) => None,
        None => Some(channel),
    })
}

fn entities(text: &str) -> impl Iterator<Item = &str> {
    text.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(entity, _)| entity))
}

/// `& < >` as they were typed.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let (token, length) = token(rest, first, before);
        before = if let Token::Char(c) = token { c } else { ' ' };
        tokens.push(token);
        rest = &rest[length..];
    }
    tokens
}

/// The token at the beginning of `rest`, and its length in bytes.
fn token(rest: &str, first: char, before: char) -> (Token<'_>, usize) {
    let found = match first {
        '<' => enclosed(rest, "<", ">", false).map(|l| (Token::Entity(&rest[1..l - 1]), l)),
        '`' => enclosed(rest, "```", "```", true)
            .or_else(|| if rest.starts_with("```") { None } else { enclosed(rest, "`", "`", false) })
            .map(|l| (Token::Code(&rest[..l]), l)),
        '&' => [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>')]
            .into_iter()
            .find(|(escaped, _)| rest.starts_with(escaped))
            .map(|(escaped, plain)| (Token::Char(plain), escaped.len())),
        ':' if !before.is_alphanumeric() => short_code(rest).map(|(emoji, l)| (Token::Emoji(emoji), l)),
        _ => None,
    };
    found.unwrap_or((Token::Char(first), first.len_utf8()))
}

/// The length of what begins with `open` and ends with `close`, both included, with something between.
fn enclosed(rest: &str, open: &str, close: &str, lines: bool) -> Option<usize> {
    let inner = rest.strip_prefix(open)?;
    let end = inner.find(close).filter(|end| *end > 0)?;
    (lines || !inner[..end].contains('\n')).then_some(open.len() + end + close.len())
}

/// An emoji by its name: `:tada:`, `:+1::skin-tone-2:`.
fn short_code(rest: &str) -> Option<(String, usize)> {
    let name = |text: &str| text.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_+-'".contains(b)).count();
    let end = 1 + name(&rest[1..]);
    if end == 1 || !rest[end..].starts_with(':') {
        return None;
    }
    let emoji = emoji::standard(&rest[1..end])?;
    let mut length = end + 1;
    if let Some(tone) = rest[length..].strip_prefix(":skin-tone-").filter(|tone| tone.as_bytes().get(1) == Some(&b':'))
    {
        length = rest.len() - tone.len() + 2;
    }
    Some((emoji, length))
}

/// Finds pairs of a marker: the first after a gap and before a word, the second after a word and before a gap, on one line.
fn pair(tokens: &mut [Token<'_>], marker: char) {
    let is_marker = |token: &Token<'_>| matches!(token, Token::Char(c) if *c == marker);
    let is_space = |token: Option<&Token<'_>>| match token {
        Some(Token::Char(c)) => c.is_whitespace(),
        Some(_) => false,
        None => true,
    };
    let is_word = |token: Option<&Token<'_>>| match token {
        Some(Token::Char(c)) => c.is_alphanumeric() || *c == marker,
        _ => false,
    };
    let mut opened: Option<usize> = None;
    for i in 0..tokens.len() {
        if matches!(tokens[i], Token::Char('\n')) {
            opened = None;
        }
        if !is_marker(&tokens[i]) {
            continue;
        }
        let before = i.checked_sub(1).and_then(|i| tokens.get(i));
        let after = tokens.get(i + 1);
        let closes = !is_space(before) && !before.is_some_and(is_marker) && !is_word(after);
        let opens = !is_word(before) && !is_space(after) && !after.is_some_and(is_marker);
        match opened {
            Some(start) if closes && i > start + 1 => {
                (tokens[start], tokens[i]) = (Token::Marker(marker), Token::Marker(marker));
                opened = None;
            }
            None if opens => opened = Some(i),
            _ => {}
        }
    }
}

fn code_text(code: &str, names: &impl Names, out: &mut String) {
    for (i, part) in code.split('<').enumerate() {
        let Some((entity, rest)) = part.split_once('>').filter(|_| i > 0) else {
            out.push_str(&unescape(part));
            continue;
        };
        let (target, label) = entity.split_once('|').unwrap_or((entity, ""));
        if target.starts_with(['@', '#', '!']) {
            out.push_str(&shown(entity, names).0);
        } else {
            out.push_str(&unescape(if label.is_empty() { target } else { label }));
        }
        out.push_str(&unescape(rest));
    }
}

/// What a reader sees of an entity, and the handle of ours that it mentions.
fn shown(entity: &str, names: &impl Names) -> (String, Option<String>) {
    let (target, label) = entity.split_once('|').unwrap_or((entity, ""));
    let label = unescape(label);
    let mut letters = target.chars();
    match letters.next() {
        Some('@') => match names.ours(letters.as_str()) {
            Some(handle) => (format!("@{handle}"), Some(handle)),
            None => {
                let name = names.user(letters.as_str()).unwrap_or_else(|| letters.as_str().to_owned());
                (name.trim_start_matches('@').to_owned(), None)
            }
        },
        Some('#') => {
            let name = Some(label).filter(|label| !label.is_empty()).or_else(|| names.channel(letters.as_str()));
            (format!("#{}", name.as_deref().unwrap_or(letters.as_str())), None)
        }
        Some('!') => special(letters.as_str(), &label, names),
        _ => (link(&unescape(target), &label), None),
    }
}

fn special(word: &str, label: &str, names: &impl Names) -> (String, Option<String>) {
    if let Some(group) = word.strip_prefix("subteam^") {
        return match names.group(group) {
            Some(handle) => (format!("@{handle}"), Some(handle)),
            None if label.is_empty() => (group.to_owned(), None),
            None => (label.trim_start_matches('@').to_owned(), None),
        };
    }
    match word {
        "here" | "channel" | "everyone" => (format!("@{word}"), None),
        _ if !label.is_empty() => (label.to_owned(), None),
        _ => (word.split('^').next().unwrap_or(word).to_owned(), None),
    }
}

fn link(url: &str, label: &str) -> String {
    let bare = ["https://", "http://", "mailto:", "tel:"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let bare = bare.unwrap_or(url);
    if label.is_empty() || label == url {
        return if url.starts_with("mailto:") || url.starts_with("tel:") { bare.to_owned() } else { url.to_owned() };
    }
    // Slack itself makes links of addresses that were typed without a scheme.
    if label.trim_end_matches('/') == bare.trim_end_matches('/') {
        return label.to_owned();
    }
    let label = label.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    if url.contains(['(', ')', ' ']) { format!("[{label}](<{url}>)") } else { format!("[{label}]({url})") }
}

#[cfg(test)]
mod tests {
    use super::{Markdown, Names, markdown, nameless_channels, users};

    struct Workspace;

    impl Names for Workspace {
        fn ours(&self, user: &str) -> Option<String> {
            match user {
                "UCMO" => Some("cmo".into()),
                "UBULLPEN" => Some("bullpen".into()),
                _ => None,
            }
        }
        fn user(&self, user: &str) -> Option<String> {
            (user == "UANA").then(|| "Ana Lee".into())
        }
        fn group(&self, group: &str) -> Option<String> {
            (group == "SCOPY").then(|| "copywriter".into())
        }
        fn channel(&self, channel: &str) -> Option<String> {
            (channel == "C2").then(|| "ideas".into())
        }
    }

    fn said(text: &str) -> String {
        markdown(text, &Workspace).text
    }

    #[test]
    fn entities_are_names() {
        let Markdown { text, mentions } = markdown(
            "<@UCMO> and <@UBULLPEN|bullpen>, <@UANA> wants <!subteam^SCOPY|@copy> in <#C1|general> and <#C2>, <@UCMO>",
            &Workspace,
        );
        assert_eq!(text, "@cmo and @bullpen, Ana Lee wants @copywriter in #general and #ideas, @cmo");
        assert_eq!(mentions, ["cmo", "bullpen", "copywriter"]);
        assert_eq!(said("<!here> <!channel|@channel> <!subteam^S9|@others> <!subteam^S9>"), "@here @channel others S9");
        assert_eq!(said("<!date^1392734382^{date}|18 Feb 2014> <@U404> <#C404>"), "18 Feb 2014 U404 #C404");
    }

    #[test]
    fn links_are_links() {
        assert_eq!(said("<https://example.org/a?b=1&amp;c=2>"), "https://example.org/a?b=1&c=2");
        assert_eq!(said("<https://example.org|our [own] page>"), "[our \\[own\\] page](https://example.org)");
        assert_eq!(said("<http://example.org|example.org>"), "example.org");
        assert_eq!(said("<mailto:a@example.org|a@example.org> <mailto:b@example.org>"), "a@example.org b@example.org");
        assert_eq!(said("<https://example.org/a_(b)|b>"), "[b](<https://example.org/a_(b)>)");
    }

    #[test]
    fn emphasis_is_markdown() {
        assert_eq!(said("*bold* _it_ ~gone~ `*code*`"), "**bold** _it_ ~~gone~~ `*code*`");
        assert_eq!(said("*_both_* (*in brackets*) *<@UANA>*"), "**_both_** (**in brackets**) **Ana Lee**");
        assert_eq!(said("2*3*4 = 24, a * b * c, **typed so**"), "2*3*4 = 24, a * b * c, **typed so**");
        assert_eq!(said("*not\nclosed*"), "*not\nclosed*");
        assert_eq!(said("• one\n    ◦ two\nthree • four"), "- one\n    - two\nthree • four");
    }

    #[test]
    fn what_was_escaped_is_as_it_was_typed() {
        assert_eq!(said("&lt;b&gt; &amp;amp; &lt;!channel&gt;"), "<b> &amp; <!channel>");
        assert_eq!(said("&gt; quoted"), "> quoted");
        assert_eq!(said("a < b"), "a < b");
    }

    #[test]
    fn code_is_left_alone() {
        let code = "```let a = b &amp;&amp; *c*;\n// :tada: <https://example.org|example.org> <@UCMO>```";
        let Markdown { text, mentions } = markdown(code, &Workspace);
        assert_eq!(text, "```let a = b && *c*;\n// :tada: example.org @cmo```");
        assert_eq!(mentions, Vec::<String>::new(), "a mention in code calls nobody");
        assert_eq!(said("``` not closed *b*"), "``` not closed **b**");
    }

    #[test]
    fn emoji_are_unicode() {
        assert_eq!(said(":tada: done :+1::skin-tone-4:!"), "🎉 done 👍!");
        assert_eq!(said("at 10:30:45 :party_parrot: a:x:b ::"), "at 10:30:45 :party_parrot: a:x:b ::");
    }

    #[test]
    fn who_is_to_be_looked_up() {
        let text = "<@U1> <@U2|x> <#C1|named> <#C2> <#C3|> <https://example.org>";
        assert_eq!(users(text).collect::<Vec<_>>(), ["U1", "U2"]);
        assert_eq!(nameless_channels(text).collect::<Vec<_>>(), ["C2", "C3"]);
    }
}
