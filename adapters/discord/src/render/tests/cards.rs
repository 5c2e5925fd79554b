//! Cards, one snapshot for each kind that the department posts.

use std::collections::BTreeMap;

use bullpen_chat::{Action, Card, Field, Item, MessageRef, Overview, Picture, Section};

use super::{card, mentions};
use crate::render::{Mentions, Part, Shown, overview};

fn fields(fields: &[(&str, &str)]) -> Vec<Field> {
    fields.iter().map(|(name, value)| Field { name: (*name).into(), value: (*value).into() }).collect()
}

fn action(emoji: &str, label: &str, asks: Option<&str>) -> Action {
    Action { emoji: emoji.into(), label: label.into(), asks: asks.map(str::to_owned) }
}

fn snapshot(parts: &[Part]) -> serde_json::Value {
    parts.iter().map(|part| part.body(&Mentions::default())).collect()
}

fn picture() -> Picture {
    let alt = "A header picture: hands at a typewriter".into();
    Picture { digest: "ab12".into(), media_type: "image/png".into(), alt }
}

fn quiet(of: Card, picture: Option<&Shown>) -> Vec<Part> {
    card(of, &Mentions::default(), picture)
}

#[test]
fn a_task() {
    let task = Card {
        title: "Blog post: why small teams ship more".into(),
        fields: fields(&[
            ("Owner", "@content_manager"),
            ("Status", "in progress"),
            ("Progress", "3 of 7"),
            ("Due", "Fri 21 Nov 2026, 17:00 CET"),
            ("Asked by", "Ana Lee"),
        ]),
        text: "Now: Draft (@copywriter) · SEO brief (@seo_lead), waiting for the draft".into(),
        ..Card::default()
    };
    insta::assert_json_snapshot!(snapshot(&quiet(task, None)));
}

#[test]
fn an_approval() {
    let article = "Small teams talk less and ship more. Here is why.\n\n## One table\n\nEverybody who must agree sits at it.\n\n- fewer meetings\n- shorter mails\n\n> “We stopped asking for permission.”\n\nRead [the study](https://example.org/study?a=1&b=2).";
    let approval = Card {
        title: "For approval: Why small teams ship more".into(),
        fields: fields(&[
            ("Would do", "publish_page by @content_manager"),
            ("For", "Ana Lee, Bo"),
            ("Until", "Mon 24 Nov 2026, 09:00 CET"),
        ]),
        text: format!("**Title:** Why small teams ship more  \n**Tags:** teams, shipping  \n\n{}", article.repeat(3)),
        picture: Some(picture()),
        actions: vec![
            action("✅", "Approve", None),
            action("❌", "Reject", Some("Why not?")),
            action("🔁", "Changes", Some("What should change?")),
        ],
    };
    let open = quiet(approval.clone(), Some(&Shown::File("ab12.png".into())));
    insta::assert_json_snapshot!("approval_open", snapshot(&open));
    let decided = Card {
        fields: fields(&[("Decided", "approved by Ana Lee, Fri 21 Nov 2026, 10:12 CET: reads well")]),
        actions: Vec::new(),
        ..approval
    };
    let decided = quiet(decided, Some(&Shown::Described));
    insta::assert_json_snapshot!("approval_decided", snapshot(&decided));
    assert!(!open[0].components.is_empty() && decided[0].components.is_empty(), "no stale button stays");
}

#[test]
fn nobody_is_notified_by_an_embed_so_the_content_does_it() {
    let asks = Card { title: "For @cmo".into(), text: "@cmo and @Ana Lee".into(), ..Card::default() };
    let parts = card(asks, &mentions(), None);
    assert_eq!(parts[0].content, "<@&103> <@101> <@102>");
    assert_eq!(parts[0].embeds[0]["description"], "<@102> and <@101>");
}

#[test]
fn what_is_too_long_for_its_place_moves() {
    let long = "word ".repeat(60);
    let many: Vec<(String, String)> = (0..30).map(|n| (format!("Field {n}"), format!("value {n}"))).collect();
    let mut fields: Vec<Field> = many.into_iter().map(|(name, value)| Field { name, value }).collect();
    fields.push(Field { name: "Why".into(), value: long.repeat(3) });
    let text = (0..500).map(|n| format!("Paragraph {n} says so.\n\n")).collect();
    let actions = vec![action("✅", "Approve", None)];
    let parts = quiet(Card { title: long, fields, text, actions, ..Card::default() }, None);
    assert!(parts.len() > 2);
    let first = parts[0].embeds[0]["description"].as_str().unwrap();
    assert!(first.starts_with("**word word") && first.contains("Continues in the next messages."), "{first}");
    assert!(first.ends_with("-# Or react to this message with ✅: it does the same."));
    assert!(!parts[0].components.is_empty() && parts[1..].iter().all(|part| part.components.is_empty()));
    let whole = serde_json::to_string(&snapshot(&parts)).unwrap();
    assert!((0..30).all(|n| whole.contains(&format!("value {n}"))));
    assert!((0..500).all(|n| whole.contains(&format!("Paragraph {n} says"))));
}

#[test]
fn shares_have_bars_and_days_have_none() {
    let bars = |name: &str, value: &str| {
        let one = Card { title: "t".into(), fields: fields(&[(name, value)]), ..Card::default() };
        quiet(one, None)[0].embeds[0]["fields"][0]["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(bars("Progress", "3 of 7"), "▰▰▰▰▱▱▱▱▱▱ 3 of 7");
    assert_eq!(bars("Progress", "42 %"), "▰▰▰▰▱▱▱▱▱▱ 42 %");
    assert_eq!(bars("Progress", "7/7"), "▰▰▰▰▰▰▰▰▰▰ 7/7");
    for (name, value) in [("Due", "3/7"), ("Score", "0/0"), ("Score", "9/7"), ("x", "a of b"), ("x", "1 of")] {
        assert_eq!(bars(name, value), value);
    }
    assert_eq!(bars("Reason", " "), "–");
}

#[test]
fn an_overview() {
    let item = |title: &str, detail: &str, id: Option<&str>| Item {
        title: title.into(),
        detail: detail.into(),
        message: id.map(|id| MessageRef { channel: "1".into(), id: id.into() }),
    };
    let section = |key: &str, title: &str, items: Vec<Item>, empty: &str| Section {
        key: key.into(),
        title: title.into(),
        items,
        empty: empty.into(),
    };
    let seen = Overview {
        summary: "The department works on **2 pieces**; one waits for you.".into(),
        sections: vec![
            section(
                "approvals",
                "Waiting for you",
                vec![item("Why small teams ship more", "publish a page, until Monday", Some("12"))],
                "Nothing waits for you.",
            ),
            section("tasks", "Your tasks", Vec::new(), "You have asked for nothing yet."),
            section(
                "work",
                "What the department does",
                vec![item("A <@1>", "@cmo, 3 of 7", None), item("C", "", Some("13"))],
                "",
            ),
        ],
    };
    let message = MessageRef { channel: "1".into(), id: "12".into() };
    let links = BTreeMap::from([(message, "https://discord.com/channels/9/1/12".to_owned())]);
    insta::assert_json_snapshot!(overview(&seen, &links));
    let long = section("x", "Many", vec![item(&"word ".repeat(80), &"word ".repeat(80), None); 40], "");
    let many = Overview { summary: "word ".repeat(1_000), sections: vec![long; 20] };
    let embed = overview(&many, &links);
    assert!(embed["footer"]["text"].as_str().unwrap().contains("more"));
    let size = |value: &serde_json::Value| value.as_str().map_or(0, |text| text.encode_utf16().count());
    let fields = embed["fields"].as_array().unwrap();
    assert!(fields.len() <= 25 && fields.iter().all(|field| size(&field["value"]) <= 1_024));
    let all: usize = fields.iter().map(|field| size(&field["name"]) + size(&field["value"])).sum();
    assert!(all + size(&embed["description"]) + size(&embed["footer"]["text"]) <= 6_000);
    assert_eq!(overview(&Overview::default(), &links)["description"], "Nothing to show yet.");
}
