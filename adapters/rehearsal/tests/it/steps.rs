//! The other steps of the playbook, and steps that nobody told us about.

use bullpen_model::Model;
use bullpen_rehearsal::Rehearsal;
use serde_json::{Value, json};

use crate::desk::{Desk, answer, change, check, request};

#[test]
fn it_says_what_it_is() {
    let model = Rehearsal::new();
    assert!(model.stand_in());
    assert_eq!(model.label(), "rehearsal (stand-in, not a language model)");
    assert_eq!(model.name(bullpen_model::Tier::Strategic), "rehearsal");
}

#[test]
fn colleagues_supply_what_the_brief_needs() {
    let desk = Desk::new(json!({"title": "5 Ways AI Reduces Marketing Costs", "audience": "marketing directors", "notes": "make it funny, about 1200 words"})).prepared();
    let text = |pointer: &str| Value::from(desk.inputs.clone()).pointer(pointer).expect(pointer).to_string();
    assert!(
        text("/research/findings").contains("needs a source")
            && text("/research/audience").contains("marketing directors")
    );
    assert!(text("/numbers/summary").contains("No figures are connected yet"));
    assert_eq!(text("/keywords/keyword"), "\"marketing costs\"");
    assert_eq!(text("/brief/words"), "1200");
    assert_eq!(desk.inputs["brief"]["outline"].as_array().map(Vec::len), Some(5));
    let mut desk = desk;
    let draft = desk.draft();
    let words = draft["body"].as_str().map_or(0, |body| body.split_whitespace().count());
    assert!((1000..=1500).contains(&words), "{words}");
}

#[test]
fn outlines_fit_their_titles() {
    for (title, count, first) in [
        ("How to Bake Bread", 6, "Step 1: "),
        ("21 Ideas for Your Next Webinar", 10, "1. "),
        ("Quiet Growth", 5, "Why This Matters Now"),
        ("Three Rules of Trust", 3, "1. "),
    ] {
        let desk = Desk::titled(title).prepared();
        let outline = desk.inputs["brief"]["outline"].as_array().expect("an outline").clone();
        assert!(outline.len() == count || (title == "Quiet Growth" && outline.len() == 6), "{title}: {outline:?}");
        assert!(outline[0].as_str().is_some_and(|heading| heading.starts_with(first)), "{title}: {outline:?}");
    }
}

#[test]
fn promotion_leads_to_the_page_within_the_limits() {
    for title in
        ["5 Ways AI Reduces Marketing Costs", &"A very long title about everything ".repeat(3), "🚀", "What Is SEO?"]
    {
        let mut desk = Desk::titled(title.trim()).prepared();
        desk.draft();
        desk.inputs.insert("page".into(), json!({"path": "/published/some-slug/", "slug": "some-slug"}));
        for step in ["linkedin", "x", "newsletter"] {
            let given = desk.work(step, 1, &Value::Null, &json!([]));
            let text = given["text"].as_str().expect("text");
            assert!(
                text.contains("/published/some-slug/")
                    && text.contains(&title.trim().chars().take(30).collect::<String>()),
                "{step}: {text}"
            );
        }
    }
}

#[test]
fn the_picture_idea_and_the_report_are_honest() {
    let mut desk = Desk::titled("Pricing").prepared();
    let design = desk.work("design", 1, &Value::Null, &json!([]));
    assert!(design["alt"].as_str().is_some_and(|alt| alt.contains("Pricing")));
    let gives = json!({"name": "report", "fields": {"summary": {"type": "text", "max": 1500}}});
    let mut material = json!({"kind": "work", "request": {"title": "Pricing", "slug": "pricing"}, "step": {"id": "report"}, "gives": gives});
    let report = answer(&request(material.clone(), &["submit"])).arguments;
    assert!(
        report["summary"]
            .as_str()
            .is_some_and(|summary| summary.contains("no figures") && summary.contains("/pricing/")),
        "{report}"
    );
    material["inputs"] = json!({"figures": {"visits": 120}});
    let report = answer(&request(material, &["submit"])).arguments;
    assert!(report["summary"].as_str().is_some_and(|summary| summary.contains("visits: 120")), "{report}");
}

#[test]
fn a_step_of_somebody_elses_playbook_is_filled_sensibly() {
    let gives = json!({"name": "recap", "fields": {
        "headline": {"type": "text", "max": 60}, "mood": {"type": "text", "max": 300, "about": "How it felt."}, "story": {"type": "markdown", "max": 4000},
        "lessons": {"type": "list", "max": 3}, "score": {"type": "number", "min": 1, "max": 5}
    }});
    let mut material = json!({"kind": "work", "task": {"title": "Spring fair in Graz"}, "request": {"audience": "bakers"}, "step": {"id": "recap"}, "gives": gives, "notes": []});
    let first = answer(&request(material.clone(), &["submit"])).arguments;
    check(&gives, &first);
    assert_eq!(first["headline"], "Spring fair in Graz");
    assert!(first["mood"].as_str().is_some_and(|mood| mood.contains("Spring fair in Graz")));
    material["previous"] = first;
    material["notes"] = json!([change("mention the rain")]);
    let second = answer(&request(material, &["submit"])).arguments;
    check(&gives, &second);
    assert!(
        second["story"].as_str().is_some_and(|story| story.contains("the rain"))
            && second["mood"].as_str().is_some_and(|mood| mood.contains("mention the rain"))
    );
}

#[test]
fn odd_material_has_an_answer() {
    let odd = [
        json!(null),
        json!([]),
        json!("text"),
        json!({"kind": 7}),
        json!({"kind": "work"}),
        json!({"kind": "review"}),
        json!({"kind": "talk"}),
        json!({"kind": "reread"}),
        json!({"kind": "work", "gives": {"fields": []}, "step": 3, "notes": {"a": 1}, "inputs": [1], "previous": "x"}),
        json!({"kind": "work", "step": {"id": "draft", "round": -1}, "gives": {"name": "piece", "fields": {"body": {"type": "markdown"}}}, "previous": {"body": "## \n\n```\n"}, "notes": [{"text": "shorter"}, {"text": "remove  "}, 5]}),
        json!({"kind": "review", "reviewing": {"piece": 5, "x": ["a"]}, "check": [1, {"advice": 3}], "reviews": "none", "rounds_left": "two"}),
        json!({"kind": "talk", "message": {"text": ["x"]}, "workload": 3, "recent": [null, 1], "playbooks": [{}], "now": 5}),
        json!({"kind": "reread", "before": [], "playbooks": {}}),
        json!({"kind": "unheard of", "message": {"text": "hello"}}),
    ];
    for material in odd {
        for acts in [&["submit", "escalate"][..], &["review"], &["say", "start_work", "request_change"]] {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            let answer =
                runtime.block_on(Rehearsal::new().answer(&request(material.clone(), acts))).expect("an answer");
            assert!(!answer.acts.is_empty() || answer.text.is_some(), "{material}");
            assert!(answer.acts.iter().all(|act| acts.contains(&act.name.as_str())), "{answer:?}");
        }
    }
}

#[test]
fn the_drafts_of_hostile_requests_keep_their_bounds() {
    let long = "word ".repeat(4_000);
    for (title, audience, notes) in [
        ("<img src=x onerror=alert(1)>", "\"><script>", "add a section about <b>\u{0}"),
        ("{term} {about} {{", "{audience}", "replace { with }"),
        (long.as_str(), long.as_str(), long.as_str()),
        ("\u{202e}gnp.exe", "‏قراء", "]( javascript:alert(1))"),
        ("# Heading\n## Another", "a\nb", "```"),
    ] {
        let mut desk = Desk::new(json!({"title": title, "audience": audience, "notes": notes})).prepared();
        let draft = desk.draft();
        let revised = desk.revise(&draft, 2, json!([change(notes), change(&long)]));
        let body = revised["body"].as_str().expect("a body");
        let bare = |c: char| body.match_indices(c).any(|(at, _)| !body[..at].ends_with('\\'));
        assert!(!bare('<') && !body.contains("](javascript") && !body.contains('\0'), "{body}");
    }
}
