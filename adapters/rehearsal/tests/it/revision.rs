//! Notes of reviewers and people: each leaves something in the text that can be pointed at.

use serde_json::{Value, json};

use crate::desk::{Desk, change, seo_note};

/// A desk with its first draft.
fn drafted(title: &str) -> (Desk, Value) {
    let mut desk = Desk::titled(title).prepared();
    let draft = desk.draft();
    (desk, draft)
}

fn body(piece: &Value) -> &str {
    piece["body"].as_str().expect("a body")
}

fn words(piece: &Value) -> usize {
    body(piece).split_whitespace().count()
}

fn lines(piece: &Value) -> Vec<&str> {
    body(piece).lines().filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_editor_asks_once_and_lets_the_answer_through() {
    let (mut desk, draft) = drafted("5 Ways AI Reduces Marketing Costs");
    let review = desk.review("editing", 1, &draft, json!({}));
    assert_eq!(review["verdict"], "changes");
    assert!(review["summary"].as_str().is_some_and(|summary| summary.contains("5 Ways AI Reduces Marketing Costs")));
    let notes = review["notes"].as_array().expect("notes");
    assert_eq!(notes.len(), 2);
    let notes: Vec<Value> = notes
        .iter()
        .map(|note| json!({"from": "content_manager", "kind": "review", "step": "editing", "text": note}))
        .collect();
    let revised = desk.revise(&draft, 2, json!(notes));
    let opening = lines(&revised)[0];
    assert!(opening.contains('?') && opening.contains(|c: char| c.is_ascii_digit()), "{opening}");
    assert!(body(&revised).contains("## An Example From Start to Finish"));
    assert_eq!(desk.review("editing", 2, &revised, json!({}))["verdict"], "approve");
    // What nobody objected to is still there.
    let kept = lines(&draft).into_iter().filter(|line| body(&revised).contains(line)).count();
    assert!(kept + 1 >= lines(&draft).len(), "{kept} of {}", lines(&draft).len());
}

#[test]
fn each_wish_of_a_person_leaves_its_trace() {
    let (mut desk, draft) = drafted("5 Ways AI Reduces Marketing Costs");
    let mut after = |note: &str| desk.revise(&draft, 2, json!([change(note)]));
    assert!(words(&after("please make it shorter")) * 10 <= words(&draft) * 8);
    assert!(words(&after("It is too short, I want more detail.")) > words(&draft) + 80);
    assert!(body(&after("add a section about data protection")).contains("\n## Data Protection\n"));
    assert!(body(&after("Can you mention our summer offer?")).contains("our summer offer"));
    let replaced = after("replace \"clicks\" with \"visits\"");
    assert!(body(&replaced).contains("Stop Paying for Visits That Go Nowhere") && !body(&replaced).contains("Clicks"));
    let titled = after("change the title to “Spend Less, Reach More”");
    assert_eq!(titled["title"], "Spend Less, Reach More");
    let casual = after("less formal please");
    assert!(
        ["don't", "can't", "doesn't", "it's", "you're"].iter().any(|short| body(&casual).contains(short)),
        "{}",
        body(&casual)
    );
    let without = after("remove the part about clicks");
    assert!(!body(&without).contains("Clicks") && body(&without).contains("\n## 3. "));
    let foreign = after("translate it into German");
    assert!(body(&foreign).contains("Asked for: translate it into German. The stand-in writes English only"));
    assert!(body(&after("more concrete, please")).contains("An Example From Start to Finish"));
    assert!(body(&after("add a link to https://example.org/prices")).contains("(https://example.org/prices)"));
    let odd = after("The CFO has to nod when he reads this");
    assert!(body(&odd).contains("The CFO has to nod when he reads this"), "{}", body(&odd));
    let two = after("Mention our summer offer and make the opening sharper.");
    assert!(body(&two).contains("our summer offer") && lines(&two)[0].contains('?'));
}

#[test]
fn a_wish_that_changes_nothing_by_itself_is_taken_up_in_words() {
    let (mut desk, draft) = drafted("Coffee");
    let revised = desk.revise(
        &draft,
        2,
        json!([change("remove the part about unicorns"), change("replace “dragon” with “lizard”")]),
    );
    assert!(body(&revised).contains("unicorns") && body(&revised).contains("dragon"));
}

#[test]
fn earlier_changes_survive_later_rounds() {
    let (mut desk, draft) = drafted("How to Write a Newsletter People Read");
    let (_, advice) = desk.seo(&draft);
    let mut piece = desk.revise(&draft, 2, json!([seo_note(&advice)]));
    let wishes = [
        "add a section about data protection",
        "mention our summer offer",
        "change the title to “Letters People Open”",
        "less formal",
        "the CFO should nod",
    ];
    for (round, wish) in (3..).zip(wishes) {
        piece = desk.revise(&piece, round, json!([change(wish), {"from": "content_manager", "kind": "review", "step": "editing", "text": "Tighten the text a little."}]));
    }
    assert_eq!(piece["title"], "Letters People Open");
    for kept in ["## Data Protection", "our summer offer", "the CFO should nod"] {
        assert!(body(&piece).contains(kept), "{kept} is lost in {}", body(&piece));
    }
    assert!(desk.seo(&piece).0 >= 80, "{:?}", desk.seo(&piece));
    assert_eq!(body(&piece).matches("stand-in model for rehearsal").count(), 1);
}

#[test]
fn an_edited_request_is_written_anew_with_what_was_asked_for() {
    let (_, draft) = drafted("Coffee at Work");
    let mut desk = Desk::new(json!({"title": "Tea at Work", "audience": "office managers"})).prepared();
    let notes = json!([{"from": "you", "kind": "edit", "text": "we need a blog post \"Tea at Work\" for office managers"}, change("mention our summer offer")]);
    let rewritten = desk.revise(&draft, 2, notes);
    assert!(rewritten["title"].as_str().is_some_and(|title| title.starts_with("Tea at Work")));
    let text = body(&rewritten);
    assert!(
        text.contains("office managers")
            && text.contains("our summer offer")
            && !text.to_lowercase().contains("marketing directors"),
        "{text}"
    );
    assert!(desk.seo(&rewritten).0 >= 90);
    assert_eq!(desk.review("editing", 2, &rewritten, json!({}))["verdict"], "approve");
}

#[test]
fn what_the_brand_check_finds_is_mended() {
    let (mut desk, mut draft) = drafted("Pricing");
    draft["body"] = json!(format!("Leverage this. WONDERFUL news!\n\n{}", body(&draft)));
    let brand = bullpen_skills::brand::Brand {
        banned: vec![bullpen_skills::brand::Banned { phrase: "leverage".into(), instead: "use".into() }],
        max_exclamations: 0,
        ..bullpen_skills::brand::Brand::named("Acme")
    };
    let findings = bullpen_skills::brand::check(body(&draft), &brand);
    assert_eq!(findings.len(), 3);
    let check = json!({"findings": findings});
    let review = desk.review("voice", 1, &draft, json!({"check": check}));
    assert_eq!(review["verdict"], "changes");
    let note = |text: &Value| json!({"from": "director_comms", "kind": "review", "step": "voice", "text": text});
    let notes: Vec<Value> = review["notes"].as_array().expect("notes").iter().map(note).collect();
    let revised = desk.revise(&draft, 2, json!(notes));
    assert_eq!(bullpen_skills::brand::check(body(&revised), &brand), [], "{}", body(&revised));
    assert_eq!(desk.review("voice", 2, &revised, json!({"check": {"findings": []}}))["verdict"], "approve");
    // Where no check looked, the reviewer looks at the brand's own list.
    desk.brand = json!({"banned": [{"phrase": "leverage", "instead": "use"}]});
    assert_eq!(desk.review("voice", 1, &draft, json!({}))["verdict"], "changes");
}

#[test]
fn a_review_without_rounds_left_lets_pass_and_says_so() {
    let (desk, draft) = drafted("Pricing");
    let review = desk.review("editing", 3, &draft, json!({"rounds_left": 0}));
    assert_eq!(review["verdict"], "approve");
    assert!(review["summary"].as_str().is_some_and(|summary| summary.contains("No round is left")));
}

#[test]
fn the_sign_off_sums_the_reviews_up() {
    let (desk, draft) = drafted("Pricing");
    let reviews = json!([
        {"by": "content_manager", "step": "editing", "verdict": "approve"},
        {"by": "seo_specialist", "step": "seo", "verdict": "approve", "score": 92}
    ]);
    let review = desk.review("sign_off", 1, &draft, json!({"reviews": reviews}));
    assert_eq!(review["verdict"], "approve");
    let summary = review["summary"].as_str().expect("a summary");
    assert!(
        summary.contains("Pricing")
            && summary.contains("seo: approved, 92 of 100")
            && summary.contains("editing: approved"),
        "{summary}"
    );
}

#[test]
fn an_unknown_review_goes_by_the_check_and_the_length() {
    let (desk, draft) = drafted("Pricing");
    let (score, _) = desk.seo(&draft);
    let report = json!({"score": score, "checks": [{"id": "a", "passed": true, "advice": "Fine."}, {"id": "b", "passed": false, "advice": "Set a link."}]});
    let review = desk.review("legal", 1, &draft, json!({"check": report}));
    assert_eq!((review["verdict"].as_str(), &review["notes"]), (Some("changes"), &json!(["Set a link."])));
    assert_eq!(desk.review("legal", 1, &draft, json!({}))["verdict"], "approve");
    assert_eq!(desk.review("legal", 1, &json!({"title": "T", "body": "Short."}), json!({}))["verdict"], "changes");
}
