//! What people say to a persona, and what comes back.

use bullpen_model::Act;
use serde_json::{Value, json};

use crate::desk::{NOW, answer, playbook, request};

const ALL: [&str; 3] = ["say", "start_work", "request_change"];

fn material(handle: &str, text: &str) -> Value {
    let playbook = playbook();
    json!({
        "kind": "talk", "now": NOW, "zone": "Europe/Vienna", "self": {"handle": handle, "name": "Somebody", "role": "A role"},
        "message": {"from": "you", "kind": "member", "text": text, "channel": "management", "direct": false}, "thread": [],
        "workload": [], "recent": [], "task": null,
        "playbooks": [{"name": playbook["name"], "title": playbook["title"], "purpose": playbook["purpose"], "takes": playbook["takes"], "request": playbook["request"]}]
    })
}

fn ask(material: Value, acts: &[&str]) -> Act {
    answer(&request(material, acts))
}

/// What the content manager does with a sentence outside of any thread.
fn told(text: &str) -> Act {
    ask(material("content_manager", text), &["say", "start_work"])
}

fn said(act: &Act) -> &str {
    assert_eq!(act.name, "say", "{act:?}");
    let text = act.arguments["text"].as_str().expect("text");
    assert!(!text.is_empty() && text.chars().count() < 1500, "{text}");
    text
}

#[test]
fn one_sentence_starts_the_work() {
    let act = told(
        "@content_manager we need a blog post \"5 Ways AI Reduces Marketing Costs\" for marketing directors, due tomorrow",
    );
    assert_eq!(act.name, "start_work");
    assert_eq!(
        act.arguments,
        json!({"playbook": "content", "title": "5 Ways AI Reduces Marketing Costs", "audience": "marketing directors", "due": "2026-11-21T16:00:00Z"})
    );
}

#[test]
fn what_is_missing_is_asked_for() {
    for text in [
        "we need a blog post",
        "please write an article for bakers",
        "could we have a post \"\"?",
        "we need a blog post for us, due tomorrow",
    ] {
        let act = told(text);
        assert!(said(&act).contains("title") && said(&act).contains("audience"), "{act:?}");
    }
    assert!(said(&told(&format!("we need a blog post \"{}\"", "x".repeat(300)))).contains("300 characters"));
    assert!(said(&told("we need a blog post \"X\" by 2020-01-01")).contains("over already"));
    assert!(said(&told("we need two blog posts: \"One\" and \"Two\"")).contains("One message for each"));
}

#[test]
fn questions_about_work_start_none() {
    for text in [
        "when is the blog post done?",
        "@content_manager is the article ready?",
        "why did the blog post take so long?",
        "we don't need a blog post any more",
    ] {
        said(&told(text));
    }
}

#[test]
fn those_who_may_not_start_it_say_where_to_ask() {
    let mut asked = material("copywriter", "please write a blog post about tea");
    asked["playbooks"] = json!([]);
    assert!(said(&ask(asked, &["say"])).contains("@content_manager"));
}

#[test]
fn the_desk_is_described_as_it_is() {
    let mut asked = material("copywriter", "@copywriter what are you on?");
    assert_eq!(said(&ask(asked.clone(), &ALL)), "Nothing is on my desk right now.");
    asked["workload"] = json!([{"task": "Tea at Work", "step": "Draft", "state": "in_progress", "due": "2026-11-21T16:00:00Z", "channel": "management"}]);
    assert_eq!(
        said(&ask(asked.clone(), &ALL)),
        "I am on **Draft** of “Tea at Work” (in progress, due Sat 21 Nov, 17:00)."
    );
    asked["workload"] = json!(vec![json!({"task": "Tea"}); 12]);
    let act = ask(asked, &ALL);
    assert!(said(&act).contains("12 things") && said(&act).contains("and 7 more"));
}

#[test]
fn in_a_thread_the_status_is_that_of_the_work() {
    let mut asked = material("content_manager", "how far is it?");
    asked["task"] = json!({"title": "Tea at Work", "state": "in_review", "due": "2026-11-21T16:00:00Z", "progress": [
        {"step": "Draft", "state": "done", "owner": "copywriter"}, {"step": "SEO review", "state": "in_progress", "owner": "seo_specialist"}, {"step": "Publication", "state": "open"}
    ]});
    let act = ask(asked, &ALL);
    assert_eq!(
        said(&act),
        "“Tea at Work” is in review. Done: Draft. Now: SEO review (seo\\_specialist). Next: Publication. Due Sat 21 Nov, 17:00."
    );
}

#[test]
fn reasons_come_with_their_numbers() {
    let mut asked = material("seo_specialist", "@seo_specialist why 85?");
    assert!(said(&ask(asked.clone(), &ALL)).contains("nothing to explain"));
    asked["recent"] = json!([
        {"task": "Coffee", "step": "SEO review", "verdict": "approve", "score": 97, "summary": "Fine."},
        {"task": "Tea at Work", "step": "SEO review", "verdict": "changes", "score": 85, "summary": "Close.", "notes": ["The meta description has 175 characters; bring it to 120-160."]}
    ]);
    let act = ask(asked.clone(), &ALL);
    for part in ["85 of 100", "Tea at Work", "asked for changes", "175 characters"] {
        assert!(said(&act).contains(part), "{act:?}");
    }
    asked["message"]["text"] = json!("why did you ask for changes?");
    assert!(said(&ask(asked.clone(), &ALL)).contains("Tea at Work"));
    asked["message"]["text"] = json!("why 12?");
    assert!(said(&ask(asked, &ALL)).contains("no review with 12"));
}

#[test]
fn a_wish_in_a_thread_is_handed_on_in_its_words() {
    for text in [
        "make the intro shorter",
        "@content_manager please add a section about data protection",
        "The post should mention our prices.",
        "too long for my taste",
    ] {
        let act = ask(material("content_manager", text), &ALL);
        assert_eq!(act.name, "request_change", "{text}");
        let words = act.arguments["text"].as_str().expect("text");
        assert!(text.ends_with(words) && !words.starts_with('@'), "{words}");
    }
    for text in ["who approves this?", "what happens next?", "thanks, looks good!", "hello"] {
        said(&ask(material("content_manager", text), &ALL));
    }
}

#[test]
fn every_persona_greets_in_its_own_voice() {
    let handles = [
        "cmo",
        "vp_marketing",
        "director_comms",
        "content_manager",
        "social_media_manager",
        "campaign_manager",
        "copywriter",
        "seo_specialist",
        "designer",
        "analytics_specialist",
        "email_specialist",
        "linkedin_manager",
        "twitter_manager",
        "market_research",
    ];
    for text in ["hello", "thank you!"] {
        let mut answers: Vec<String> =
            handles.iter().map(|handle| said(&ask(material(handle, text), &["say"])).to_owned()).collect();
        answers.sort();
        answers.dedup();
        assert_eq!(answers.len(), handles.len(), "{text}");
    }
}

#[test]
fn what_is_not_understood_is_admitted() {
    let act = told("The moon is made of green cheese");
    assert!(said(&act).contains("stand-in") && said(&act).contains("`@content_manager we need a blog post"), "{act:?}");
}

#[test]
fn a_persona_that_asks_starts_nothing() {
    let mut asked =
        material("content_manager", "@content_manager we need a blog post \"X\" for Y, and make it shorter");
    asked["message"]["kind"] = json!("persona");
    said(&ask(asked, &ALL));
}

#[test]
fn an_edited_request_is_read_anew() {
    let mut asked = material(
        "content_manager",
        "@content_manager we need a blog post \"6 Ways AI Reduces Marketing Costs\" for founders, due Monday",
    );
    asked["kind"] = json!("reread");
    asked["before"] = json!({"title": "5 Ways AI Reduces Marketing Costs", "audience": "marketing directors", "keyword": "ai costs", "notes": "be brief"});
    let act = ask(asked.clone(), &["start_work"]);
    assert_eq!(
        act.arguments,
        json!({"playbook": "content", "title": "6 Ways AI Reduces Marketing Costs", "audience": "founders", "due": "2026-11-23T16:00:00Z"})
    );
    asked["message"]["text"] = json!("@content_manager we need a blog post for founders");
    let act = ask(asked.clone(), &["start_work"]);
    assert_eq!(
        act.arguments,
        json!({"playbook": "content", "title": "5 Ways AI Reduces Marketing Costs", "audience": "founders"})
    );
    asked["message"]["text"] = json!("@content_manager due next week instead");
    let act = ask(asked, &["start_work"]);
    assert_eq!(
        (&act.arguments["keyword"], &act.arguments["audience"], &act.arguments["due"]),
        (&json!("ai costs"), &json!("marketing directors"), &json!("2026-11-27T16:00:00Z"))
    );
}

#[test]
fn hostile_sentences_stay_within_the_bounds() {
    let long = format!(
        "we need a blog post about {} for {}, due tomorrow. {}",
        "x ".repeat(5_000),
        "y ".repeat(5_000),
        "make it good. ".repeat(1_000)
    );
    for text in [
        long.as_str(),
        "we need a blog post \"<script>alert('x')</script>\" for \"><b>",
        "we need a blog post \"\u{202e}مرحبا\" for القراء",
        "we need a blog post \"a \"b\" c\" for d",
        "we need a blog post \"🎉🎉🎉\" for 🎈",
        "@everyone we need a blog post \"Hi @channel\" for @here",
        "\u{0}\u{0}",
        "?????",
        &"@x ".repeat(3_000),
    ] {
        let act = told(text);
        if act.name == "start_work" {
            for (field, most) in [("title", 200), ("audience", 200), ("keyword", 80), ("notes", 4000)] {
                assert!(
                    act.arguments[field]
                        .as_str()
                        .is_none_or(|value| !value.is_empty() && value.chars().count() <= most),
                    "{field}"
                );
            }
            assert!(act.arguments["title"].is_string());
        } else {
            said(&act);
        }
    }
    assert_eq!(told("we need a blog post \"🎉🎉🎉\" for 🎈").arguments["title"], "🎉🎉🎉");
}

#[test]
fn a_playbook_of_ones_own_gets_its_own_fields() {
    let mut asked =
        material("content_manager", "please plan an event \"Spring Fair\" for bakers, city: Graz, guests: 40");
    asked["playbooks"] = json!([{"name": "fair", "takes": ["event"], "request": {"subject": {"type": "text"}, "city": {"type": "text"}, "guests": {"type": "text", "required": false}}}]);
    let act = ask(asked.clone(), &["say", "start_work"]);
    assert_eq!(
        (act.arguments["city"].as_str(), act.arguments["guests"].as_str()),
        (Some("Graz"), Some("40")),
        "{act:?}"
    );
    assert_eq!(act.arguments["subject"], "Spring Fair");
    asked["message"]["text"] = json!("please plan an event \"Spring Fair\"");
    assert!(said(&ask(asked, &["say", "start_work"])).contains("city"));
}
