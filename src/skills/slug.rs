//! A title as a name for a folder and an address.

use unicode_normalization::UnicodeNormalization;

/// Longest slug, in characters (all of them ASCII).
pub const MAX: usize = 80;

/// What a title without a single usable letter is called.
const FALLBACK: &str = "piece";

/// Names that Windows keeps for devices, whatever their ending.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// `title` in lower-case ASCII letters, digits and single hyphens, at most [`MAX`] characters, cut between words.
///
/// Latin letters lose their accents; letters of other scripts are left out. The result is never empty, is one path segment on
/// every system, and is its own slug.
pub fn slug(title: &str) -> String {
    let mut slug = String::with_capacity(MAX);
    // Far more characters than a slug can use, so that a huge title costs no more than a long one.
    for c in title.chars().take(20 * MAX).nfkd() {
        if slug.len() > 2 * MAX {
            break;
        }
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            'A'..='Z' => slug.push(c.to_ascii_lowercase()),
            '\'' | '’' | '\u{300}'..='\u{36f}' => {}
            _ => match spelled(c) {
                Some(letters) => slug.push_str(letters),
                None if slug.is_empty() || slug.ends_with('-') => {}
                None => slug.push('-'),
            },
        }
    }
    cut(&mut slug);
    if slug.is_empty() {
        slug.push_str(FALLBACK);
    } else if is_reserved(&slug) {
        slug.push('-');
        slug.push_str(FALLBACK);
    }
    slug
}

/// Latin letters that Unicode does not take apart, and signs that are read as words.
fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ł' | 'Ł' => "l",
        'þ' | 'Þ' => "th",
        'ħ' | 'Ħ' => "h",
        'ı' => "i",
        '&' => "-and-",
        _ => return None,
    })
}

fn cut(slug: &mut String) {
    while let Some(at) = slug.find("--") {
        slug.remove(at);
    }
    if slug.len() > MAX {
        let end = if slug.as_bytes()[MAX] == b'-' { MAX } else { slug[..MAX].rfind('-').unwrap_or(MAX) };
        slug.truncate(end);
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug.drain(..slug.len() - slug.trim_start_matches('-').len());
}

fn is_reserved(slug: &str) -> bool {
    let numbered = |prefix: &str| {
        slug.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    RESERVED.contains(&slug) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_slugs() {
        for (title, expected) in [
            ("5 Ways AI Reduces Marketing Costs", "5-ways-ai-reduces-marketing-costs"),
            ("  Čokoláda & Żółć: straße — œuvre!  ", "cokolada-and-zolc-strasse-oeuvre"),
            ("Don't stop; it’s fine", "dont-stop-its-fine"),
            ("ﬁnal ①②", "final-12"),
            ("& and", "and-and"),
        ] {
            assert_eq!(slug(title), expected, "{title}");
        }
    }

    #[test]
    fn nothing_usable_falls_back() {
        for title in ["", "   ", "日本語", "🙂🙂", "\u{0}", "..", "/", "../../", "\u{202e}"] {
            assert_eq!(slug(title), "piece", "{title:?}");
        }
    }

    #[test]
    fn device_names_are_avoided() {
        assert_eq!(slug("CON"), "con-piece");
        assert_eq!(slug("com1"), "com1-piece");
        assert_eq!(slug("Console"), "console");
        assert_eq!(slug("com10"), "com10");
    }

    #[test]
    fn long_titles_are_cut_between_words() {
        let cut = slug(&"marketing ".repeat(1_000));
        assert_eq!(cut, format!("marketing{}", "-marketing".repeat(7)));
        assert_eq!(slug(&"x".repeat(10_000)).len(), MAX);
    }

    #[test]
    fn every_slug_is_one_safe_segment_and_its_own_slug() {
        let hostile = [
            "../etc/passwd",
            "a/../../b",
            "C:\\x",
            "<script>alert(1)</script>",
            "\"q\"",
            "a\u{0}b",
            "%2e%2e",
            "-a-",
            "שלום abc",
        ];
        for title in hostile {
            let slug = super::slug(title);
            assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{slug}");
            assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.is_empty(), "{slug}");
            assert_eq!(super::slug(&slug), slug);
        }
    }
}
