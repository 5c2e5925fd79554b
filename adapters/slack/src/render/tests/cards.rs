//! Cards, one snapshot for each kind that the department posts.

use bullpen_chat::{Action, Card, Field, Item, MessageRef, Overview, Picture, Section};

use super::card;
use crate::render::{Part, Shown, Surface, overview};

fn fields(fields: &[(&str, &str)]) -> Vec<Field> {
    fields.iter().map(|(name, value)| Field { name: (*name).into(), value: (*value).into() }).collect()
}

fn actions(actions: &[(&str, &str)]) -> Vec<Action> {
    actions.iter().map(|(emoji, label)| Action { emoji: (*emoji).into(), label: (*label).into(), asks: None }).collect()
}

fn snapshot(parts: &[Part]) -> serde_json::Value {
    parts.iter().map(|part| serde_json::json!({ "text": part.text, "blocks": part.blocks })).collect()
}

fn picture() -> Picture {
    Picture {
        digest: "ab12".into(),
        media_type: "image/png".into(),
        alt: "A header picture: hands at a typewriter".into(),
    }
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
    insta::assert_json_snapshot!(snapshot(&card(task, None)));
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
            ("@seo_lead", "approved, 92/100"),
            ("@brand_guardian", "open notes"),
        ]),
        text: format!("**Title:** Why small teams ship more  \n**Tags:** teams, shipping  \n\n{}", article.repeat(3)),
        picture: Some(picture()),
        actions: actions(&[("✅", "Approve"), ("❌", "Reject"), ("🔁", "Changes")]),
    };
    let shown = Shown::Url("https://bullpen.example/pictures/ab12".into());
    let open = card(approval.clone(), Some(&shown));
    insta::assert_json_snapshot!("approval_open", snapshot(&open));
    let decided = Card {
        fields: fields(&[
            ("Would do", "publish_page by @content_manager"),
            ("Decided", "approved by Ana Lee, Fri 21 Nov 2026, 10:12 CET: reads well"),
        ]),
        actions: Vec::new(),
        ..approval
    };
    let decided = card(decided, Some(&Shown::File("F123".into())));
    insta::assert_json_snapshot!("approval_decided", snapshot(&decided));
    let has_buttons = |parts: &[Part]| parts.iter().flat_map(|p| &p.blocks).any(|b| b["type"] == "actions");
    assert!(has_buttons(&open) && !has_buttons(&decided), "no stale button stays");
}

#[test]
fn a_review_a_decision_and_an_escalation() {
    let review = Card {
        title: "SEO review".into(),
        fields: fields(&[("Score", "92/100"), ("Verdict", "approved")]),
        text: "- The title names the term.\n- Two links lead nowhere: `/a` and `/b`.".into(),
        ..Card::default()
    };
    insta::assert_json_snapshot!("review", snapshot(&card(review, None)));
    let decision = Card {
        title: "We publish on Mondays".into(),
        fields: fields(&[("Decided by", "Ana Lee"), ("Kind", "policy"), ("About", "Why small teams ship more")]),
        text: "Mondays have most readers.".into(),
        ..Card::default()
    };
    insta::assert_json_snapshot!("decision", snapshot(&card(decision, None)));
    let escalation = Card {
        title: "This needs somebody".into(),
        fields: fields(&[("From", "@seo_lead"), ("To", "Ana Lee"), ("Kind", "blocked"), ("Urgency", "high")]),
        text:
            "The page cannot be written: the disk is full.\n\n*Mend what is named above, then react 🔁 to try again.*"
                .into(),
        picture: Some(picture()),
        actions: actions(&[("🔁", "Try again")]),
    };
    insta::assert_json_snapshot!("escalation", snapshot(&card(escalation, Some(&Shown::Described))));
}

#[test]
fn what_is_too_long_for_its_place_moves() {
    let long = "word ".repeat(40);
    let many: Vec<(String, String)> = (0..14).map(|n| (format!("Field {n}"), format!("value {n}"))).collect();
    let mut fields: Vec<Field> = many.into_iter().map(|(name, value)| Field { name, value }).collect();
    fields.push(Field { name: "Why".into(), value: long.repeat(3) });
    let text = (0..500).map(|n| format!("Paragraph {n} says so.\n\n")).collect();
    let parts =
        card(Card { title: long, fields, text, actions: actions(&[("✅", "Approve")]), ..Card::default() }, None);
    assert_eq!(parts.len(), 2);
    let types = |part: &Part| part.blocks.iter().map(|b| b["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        types(&parts[0]),
        ["section", "section", "divider", "section", "section", "section", "context", "actions", "context"]
    );
    assert!(parts[0].blocks[0]["text"]["text"].as_str().unwrap().starts_with("*word word"), "the title stands first");
    let whole = serde_json::to_string(&snapshot(&parts)).unwrap();
    assert!((0..14).all(|n| whole.contains(&format!("value {n}"))));
    assert!((0..500).all(|n| whole.contains(&format!("Paragraph {n} says"))));
}

#[test]
fn shares_have_bars_and_days_have_none() {
    let bars = |name: &str, value: &str| {
        let one = Card { title: "t".into(), fields: fields(&[(name, value)]), ..Card::default() };
        card(one, None)[0].blocks[1]["fields"][0]["text"].as_str().unwrap().to_owned()
    };
    assert_eq!(bars("Progress", "3 of 7"), "*Progress*\n▰▰▰▰▱▱▱▱▱▱ 3 of 7");
    assert_eq!(bars("Progress", "42 %"), "*Progress*\n▰▰▰▰▱▱▱▱▱▱ 42 %");
    assert_eq!(bars("Progress", "7/7"), "*Progress*\n▰▰▰▰▰▰▰▰▰▰ 7/7");
    assert_eq!(bars("Progress", "0 of 4"), "*Progress*\n▱▱▱▱▱▱▱▱▱▱ 0 of 4");
    for (name, value) in [("Due", "3/7"), ("Score", "0/0"), ("Score", "9/7"), ("x", "a of b"), ("x", "1 of")] {
        assert_eq!(bars(name, value), format!("*{name}*\n{value}"));
    }
    assert_eq!(bars("Reason", " "), "*Reason*\n–");
}

#[test]
fn an_overview() {
    let item = |title: &str, detail: &str, ts: Option<&str>| Item {
        title: title.into(),
        detail: detail.into(),
        message: ts.map(|ts| MessageRef { channel: "C1".into(), id: ts.into() }),
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
                vec![item("Why small teams ship more", "publish a page, until Monday", Some("1.2"))],
                "Nothing waits for you.",
            ),
            section("tasks", "Your tasks", Vec::new(), "You have asked for nothing yet."),
            section(
                "work",
                "What the department does",
                vec![item("A <b>", "@cmo, 3 of 7", None), item("C", "", Some("1.3"))],
                "",
            ),
        ],
    };
    let link = |message: &MessageRef| {
        Some(format!("https://acme.slack.com/archives/{}/p{}", message.channel, message.id.replace('.', "")))
    };
    insta::assert_json_snapshot!(overview(&seen, Surface::Home, link));
    let many = Overview { summary: String::new(), sections: vec![seen.sections[0].clone(); 40] };
    assert_eq!(overview(&many, Surface::Message, link).len(), 48);
    assert_eq!(overview(&Overview::default(), Surface::Home, link).len(), 1);
}
