use super::*;

fn good() -> (Piece, Goal) {
    let paragraph = "AI marketing helps a small team plan its week. You ask for a draft, read it, and fix what is wrong. \
                     Each test costs less than it did last year, and the team learns fast. Start with one list and one goal. ";
    let filler = "Good work needs a clear plan. Set a goal, pick one task, and check the result each week. Ask people what they \
                  need. Then write it down and share it with the team. Small steps add up. ";
    let mut body = String::from(
        "AI marketing saves time. Read our [price list](/pricing) and the [study](https://example.org/study).\n\n",
    );
    for part in ["Why AI marketing pays", "How to start", "What to measure"] {
        body.push_str(&format!("## {part}\n\n{paragraph}\n\n{}\n\n{}\n\n", filler.repeat(2), filler.repeat(2)));
    }
    body.push_str("![A chart of costs](chart.png)\n");
    let piece = Piece {
        title: "AI marketing: five ways to cut your costs".into(),
        meta_description: "AI marketing cuts what a campaign costs. Five ways that small teams use today, with the numbers behind them and a plan to start this week.".into(),
        slug: "ai-marketing-five-ways".into(),
        body,
    };
    (piece, Goal { secondary: vec!["clear plans".into()], min_words: 500, ..Goal::new("AI marketing") })
}

fn outcome(piece: &Piece, goal: &Goal, id: &str) -> Check {
    check(piece, goal).checks.into_iter().find(|check| check.id == id).expect("a known check")
}

/// The good piece with one change, and what a check says to it.
fn changed(id: &str, change: impl FnOnce(&mut Piece, &mut Goal)) -> Check {
    let (mut piece, mut goal) = good();
    assert!(outcome(&piece, &goal, id).passed, "{id} must pass before the change");
    change(&mut piece, &mut goal);
    let check = outcome(&piece, &goal, id);
    assert!(!check.passed, "{id} must fail after the change");
    assert!(check.advice.ends_with('.') && check.advice.chars().count() < 250, "{}", check.advice);
    check
}

#[test]
fn a_well_made_piece_earns_everything() {
    let (piece, goal) = good();
    let report = check(&piece, &goal);
    assert_eq!(report.score, 100, "{:#?}", report.open());
    assert!(report.open().is_empty());
}

#[test]
fn the_score_is_the_sum_and_an_empty_piece_has_none() {
    let report = check(&Piece::default(), &Goal::new("AI marketing"));
    assert_eq!(report.score, 0, "{:#?}", report.checks);
    let report = check(&Piece::default(), &Goal::new(""));
    assert_eq!(report.score, 0);
    let (piece, _) = good();
    let report = check(&piece, &Goal::new("something else"));
    assert_eq!(u32::from(report.score), report.checks.iter().map(|check| u32::from(check.earned)).sum::<u32>());
    assert!(report.checks.iter().all(|check| check.passed == (check.earned == check.weight)));
    assert!(report.open().windows(2).all(|pair| pair[0].weight - pair[0].earned >= pair[1].weight - pair[1].earned));
}

#[test]
fn the_head_is_checked() {
    let check =
        changed("title_keyword", |piece, _| piece.title = "One two three four five and then AI marketing".into());
    assert_eq!(check.earned, 7);
    assert!(check.advice.contains("7 words stand before"), "{}", check.advice);
    assert_eq!(changed("title_keyword", |piece, _| piece.title = "Five ways to cut costs".into()).earned, 0);
    assert!(
        changed("title_length", |piece, _| piece.title = "AI marketing".into())
            .advice
            .contains("12 characters; bring it to 30-65")
    );
    assert!(changed("slug_keyword", |piece, _| piece.slug = "post-1".into()).advice.contains("“ai-marketing”"));
    let check = changed("description_length", |piece, _| piece.meta_description = "é".repeat(171));
    assert_eq!(
        (check.advice.as_str(), check.earned),
        ("The meta description has 171 characters; bring it to 120-160.", 3)
    );
    changed("description_keyword", |piece, _| piece.meta_description = "x".repeat(130));
}

#[test]
fn the_text_is_checked() {
    assert!(
        changed("headings_structure", |piece, _| piece.body.insert_str(0, "# One\n\n# Two\n\n"))
            .advice
            .contains("2 main headings")
    );
    changed("headings_structure", |piece, _| piece.body = piece.body.replace("## ", "### "));
    changed("headings_keyword", |piece, _| {
        piece.body = piece.body.replace("## Why AI marketing pays", "## Why it pays")
    });
    assert!(
        changed("headings_unique", |piece, _| piece.body.push_str("\n## How to START\n"))
            .advice
            .contains("How to START")
    );
    assert!(
        changed("opening_keyword", |piece, _| piece.body.insert_str(0, &"Some other words. ".repeat(60)))
            .advice
            .contains("after 180 words")
    );
    assert!(
        changed("density", |piece, _| piece.body.push_str(&"AI marketing! ".repeat(60))).advice.contains("65 times")
    );
    assert_eq!(changed("density", |piece, _| piece.body = piece.body.replace("AI marketing", "It")).earned, 0);
    let check = changed("secondary", |_, goal| goal.secondary.push("press <work>".into()));
    assert_eq!(
        (check.advice.as_str(), check.earned),
        ("Of 2 secondary keywords 1 is missing; work in “press <work>”.", 2)
    );
    assert!(changed("length", |_, goal| goal.max_words = Some(300)).advice.contains("cut it to at most 300"));
    changed("length", |_, goal| goal.min_words = 5_000);
    assert!(
        changed("links", |piece, _| piece.body = piece.body.replace("](/pricing)", "](#top)"))
            .advice
            .contains("1 link (0 internal, 1 external)")
    );
    changed("links_internal", |piece, _| piece.body = piece.body.replace("](/pricing)", "](mailto:a@example.org)"));
    changed("links_external", |piece, _| piece.body = piece.body.replace("https://example.org/study", "study"));
    assert!(changed("pictures", |piece, _| piece.body.push_str("\n![](b.png)\n")).advice.contains("1 picture of 2"));
}

#[test]
fn the_style_is_checked() {
    changed("paragraphs", |piece, _| piece.body.push_str(&format!("\n\n{}", "Words. ".repeat(130))));
    let long = format!("\n\n{}.\n", "word ".repeat(40)).repeat(60);
    assert!(changed("sentences", |piece, _| piece.body.push_str(&long)).advice.contains("the longest 40"));
    let hard = "Organisational interdependencies necessitate comprehensive institutional reconsideration. ".repeat(90);
    assert!(changed("readability", |piece, _| piece.body.push_str(&hard)).advice.contains("bring it to 50"));
}

#[test]
fn a_text_in_another_script_is_judged_by_what_can_be_judged() {
    let piece =
        Piece { body: "ИИ снижает расходы. Читайте дальше.".into(), ..Piece::default() };
    let goal = Goal { min_words: 3, ..Goal::new("расходы") };
    assert!(outcome(&piece, &goal, "readability").passed);
    assert!(outcome(&piece, &goal, "opening_keyword").passed);
    assert_eq!(
        outcome(&Piece { body: "これは広告です".into(), ..piece }, &Goal::new("広告"), "opening_keyword").earned,
        8
    );
}

#[test]
fn huge_and_hostile_bodies_are_checked_in_time() {
    let started = std::time::Instant::now();
    for unit in [
        "AI marketing ",
        "a",
        ">",
        "[",
        "![",
        "*a_",
        "`",
        "- ",
        "\u{0}",
        "\u{202e}א",
        "🙂",
        "e\u{301}",
        "# a\n",
        "|-",
        "<b>",
        "&#0;",
        ". ",
        "[a](b) ",
    ] {
        let body = unit.repeat(1_000_000 / unit.len());
        let piece = Piece { title: unit.into(), meta_description: body.clone(), slug: unit.into(), body };
        let report = check(&piece, &Goal { secondary: vec![unit.into(); 50], ..Goal::new("AI marketing") });
        assert!(report.score <= 100);
    }
    // Eighteen megabytes; a quadratic step anywhere would take hours.
    assert!(started.elapsed().as_secs() < 240, "{:?}", started.elapsed());
}

#[test]
fn a_report_survives_storage() {
    let (piece, goal) = good();
    let report = check(&piece, &goal);
    let stored = serde_json::to_string(&report).expect("serialises");
    assert_eq!(serde_json::from_str::<Report>(&stored).expect("reads back"), report);
    let goal: Goal = serde_json::from_str(r#"{"keyword":"x"}"#).expect("defaults");
    assert_eq!(goal, Goal::new("x"));
}
