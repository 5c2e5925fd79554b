use super::*;

const NOW: &str = "2026-11-20T10:00:00Z";

fn takes() -> Vec<String> {
    ["blog post", "post", "article", "guide", "how-to", "case study", "piece", "content"].map(str::to_owned).to_vec()
}

fn order(text: &str) -> Order {
    read(text, taken(text, &takes()).as_ref(), NOW, "UTC")
}

fn parts(text: &str) -> [Option<String>; 4] {
    let Order { title, audience, keyword, notes, .. } = order(text);
    [title, audience, keyword, notes]
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn the_sentence_of_the_welcome() {
    let text = "@content_manager we need a blog post \"5 Ways AI Reduces Marketing Costs\" for marketing directors, due tomorrow";
    assert_eq!(parts(text), [some("5 Ways AI Reduces Marketing Costs"), some("marketing directors"), None, None]);
    let due = order(text).due.and_then(|due| due.at).map(|at| at.to_rfc3339());
    assert_eq!(due.as_deref(), Some("2026-11-21T17:00:00+00:00"));
}

#[test]
fn sentences_as_people_write_them() {
    for (text, expected) in [
        (
            "Could we have an article about remote onboarding for HR managers by Friday? Keyword: remote onboarding. Make it funny, about 800 words.",
            [
                some("Remote onboarding"),
                some("HR managers"),
                some("remote onboarding"),
                some("Make it funny. about 800 words"),
            ],
        ),
        (
            "please write a guide titled Getting Started With Rust, aimed at students, for the search term learn rust",
            [some("Getting Started With Rust"), some("students"), some("learn rust"), None],
        ),
        (
            "I'd like a blog post „Größer denken“ for founders in 3 days",
            [some("Größer denken"), some("founders"), None, None],
        ),
        ("can you make a post on pricing", [some("Pricing"), None, None, None]),
        ("we need a blog post for us", [None, None, None, None]),
        ("we need an AI ethics article for lawyers", [some("AI ethics"), some("lawyers"), None, None]),
        (
            "Write a blog post «Moins, mais mieux», keyword \"less is more\"; mention our prices",
            [some("Moins, mais mieux"), None, some("less is more"), some("mention our prices")],
        ),
        (
            "we need a post about keyword research for beginners",
            [some("Keyword research"), some("beginners"), None, None],
        ),
        (
            "we need a blog post \"🚀 to the moon\" for all parents",
            [some("🚀 to the moon"), some("all parents"), None, None],
        ),
        ("we need a blog post \"\" for marketing directors", [None, some("marketing directors"), None, None]),
        (
            "We need a blog post: Five Myths of Sleep for nurses",
            [some("Five Myths of Sleep"), some("nurses"), None, None],
        ),
        (
            "please write an article on how teams decide, due 5 pm tomorrow",
            [some("How teams decide"), None, None, None],
        ),
    ] {
        assert_eq!(parts(text), expected, "{text}");
    }
}

#[test]
fn what_a_playbook_takes_is_found_as_a_whole_word() {
    assert_eq!(taken("two blog-posts now", &takes()).map(|taken| taken.plural), Some(true));
    assert_eq!(taken("a post-mortem of the postal article", &takes()).map(|taken| taken.span), Some(28..35));
    assert_eq!(taken("the outpost \"a blog post\"", &takes()), None);
}

#[test]
fn hostile_text_stays_within_the_bounds() {
    let long = "we need a blog post about ".to_owned() + &"x ".repeat(5_000) + "for " + &"y".repeat(5_000);
    let quoted = format!("we need a blog post \"{}\" for <b>{}</b>", "é".repeat(10_000), "z".repeat(3000));
    for text in [
        long.as_str(),
        &quoted,
        "",
        "\u{0}\u{1}\u{2}",
        "blog post \"",
        "blog post about",
        "for for for",
        "keyword:",
        "keyword: ,",
        "\u{202e}مقال عن القهوة blog post",
        "we need a blog post \"a \"b \"c\" d\" for <script>alert(1)</script>, due",
        &"\"".repeat(9_999),
        &"„".repeat(500),
        "blog post İİİİ about ÜÜ for ß",
    ] {
        let order = order(text);
        let playbook = serde_json::json!({"request": {"title": {"max": 200}, "audience": {"max": 200, "required": false}, "notes": {"max": 4000}}});
        for (name, value) in fields(&order, &playbook, text) {
            let length = value.as_str().map_or(0, text::len);
            assert!(length > 0 && length <= if name == "notes" { 4000 } else { 200 }, "{name}: {length}");
        }
    }
}
