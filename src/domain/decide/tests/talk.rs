use std::collections::BTreeMap;

use serde_json::json;

use super::lane::{Table, acts, asked, said, words};
use crate::effect::{Effect, Place};
use crate::event::Event;
use crate::lane::Lane;
use crate::snapshot::Heard;

fn say(text: &str) -> crate::event::Outcome {
    acts("say", json!({ "text": text }))
}

#[test]
fn each_mention_is_answered_once_and_at_most_five_are() {
    let mut table = Table::talk();
    let effects = table.tell(&Event::Said(said("ben", None, "@copywriter @designer @copywriter hello")));
    assert_eq!(asked(&effects), ["copywriter", "designer"]);
    let all = "@cmo @vp_marketing @director_comms @copywriter @designer @seo_specialist @market_research";
    assert_eq!(asked(&table.tell(&Event::Said(said("ben", None, all)))).len(), 5);
}

#[test]
fn people_talk_among_themselves() {
    let mut table = Table::talk();
    for text in ["good morning", "@ana have a look", "@everyone @here", "mail me: me@example.com"] {
        assert!(table.tell(&Event::Said(said("you", None, text))).is_empty(), "{text}");
    }
}

#[test]
fn a_guest_costs_nothing() {
    let mut table = Table::talk();
    let effects = table.tell(&Event::Said(said("gus", None, "@copywriter write me something")));
    assert!(asked(&effects).is_empty());
    assert!(words(&effects)[0].contains("Hello gus"));
    assert_eq!(effects.len(), 1);
}

#[test]
fn a_chain_of_personas_ends_and_never_goes_round() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("you", None, "@copywriter what do you think?")));
    let mut spoke = Vec::new();
    let next = BTreeMap::from([("copywriter", "designer"), ("designer", "seo_specialist"), ("seo_specialist", "cmo")]);
    let mut answered = 0;
    while let Some(call) = table.calls.get(answered).cloned() {
        answered += 1;
        spoke.push(call.persona.to_string());
        let to = next.get(call.persona.as_str()).copied().unwrap_or("copywriter");
        table.answer(&call, say(&format!("I am not sure.\n@{to}, what do you think?\n@{} is me.", call.persona)));
    }
    assert_eq!(spoke, ["copywriter", "designer", "seo_specialist"]);
}

#[test]
fn who_is_named_in_passing_is_not_called() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("you", None, "@copywriter who reviews this?")));
    let call = table.calls[0].clone();
    assert!(asked(&table.answer(&call, say("That is done by @director_comms and @seo_specialist."))).is_empty());
}

#[test]
fn a_persona_in_a_chain_begins_no_work() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("you", None, "@copywriter what do you think?")));
    let first = table.calls[0].clone();
    table.answer(&first, say("@content_manager, write a blog post about it!"));
    let second = table.calls[1].clone();
    assert_eq!(second.persona.as_str(), "content_manager");
    let effects = table.answer(&second, acts("start_work", json!({ "playbook": "content", "title": "Mine" })));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Tell { .. })), "{effects:?}");
}

#[test]
fn work_is_begun_by_who_leads_it_for_who_may_ask() {
    let begin = || acts("start_work", json!({ "playbook": "content", "title": "Tea For Teams" }));
    let told = |effects: &[Effect]| effects.iter().filter(|e| matches!(e, Effect::Tell { .. })).count();
    let mut table = Table::talk();
    table.tell(&Event::Said(said("ben", None, "@content_manager a blog post please")));
    let call = table.calls[0].clone();
    let effects = table.answer(&call, begin());
    assert_eq!(told(&effects), 1);
    let routed = effects.iter().any(|e| matches!(e, Effect::Route { lane, .. } if lane.is_task()));
    assert!(routed, "what follows in that thread is about the task");
    // The copywriter leads nothing.
    table.tell(&Event::Said(said("ben", None, "@copywriter a blog post please")));
    let call = table.calls.last().cloned().expect("a call");
    assert_eq!(told(&table.answer(&call, begin())), 0);
}

#[test]
fn a_question_that_changed_meanwhile_is_asked_again_and_one_that_is_gone_is_not_answered() {
    let mut table = Table::talk();
    let question = said("you", None, "@copywriter what are you on?");
    table.tell(&Event::Said(question.clone()));
    let heard = |version, text: &str, deleted| Heard {
        lane: Lane::talk("management", None),
        version,
        text: text.into(),
        deleted,
    };
    table.s.heard.insert(question.message.clone(), heard(1, "@copywriter who are you?", false));
    let first = table.calls[0].clone();
    let effects = table.answer(&first, say("on nothing"));
    assert_eq!((asked(&effects), words(&effects)), (vec!["copywriter".to_owned()], Vec::new()));
    table.s.heard.insert(question.message.clone(), heard(2, "", true));
    let second = table.calls[1].clone();
    assert!(table.answer(&second, say("somebody")).is_empty());
}

#[test]
fn an_answer_goes_where_the_question_was_asked() {
    let place = |effects: Vec<Effect>| match effects.into_iter().next() {
        Some(Effect::Post(post)) => post.at,
        other => panic!("{other:?}"),
    };
    let channel = || "management".to_owned();
    let mut table = Table::talk();
    for (thread, wanted) in [
        (None, Place::Thread { channel: channel(), root: "message of you".into() }),
        (Some("root"), Place::Thread { channel: channel(), root: "root".into() }),
    ] {
        table.tell(&Event::Said(said("you", thread, "@copywriter what are you on?")));
        let call = table.calls.last().cloned().expect("a call");
        assert_eq!(place(table.answer(&call, say("tea"))), wanted);
    }
    let mut direct = said("you", None, "what are you on?");
    direct.direct = Some(super::lane::handle("copywriter"));
    table.tell(&Event::Said(direct));
    let call = table.calls.last().cloned().expect("a call");
    assert_eq!(place(table.answer(&call, say("tea"))), Place::Channel { channel: channel() });
}

#[test]
fn no_words_of_a_model_ping_everybody() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("you", None, "@copywriter hello")));
    let call = table.calls[0].clone();
    let effects = table.answer(&call, say("@everyone @here <!channel> hello"));
    let text = &words(&effects)[0];
    assert!(!text.contains("@everyone") && !text.contains("@here") && !text.contains("<!"), "{text}");
}

#[test]
fn a_direct_conversation_is_heard_by_nobody_else() {
    let mut table = Table::talk();
    let mut direct = said("you", None, "@designer, what do you say?");
    direct.direct = Some(super::lane::handle("copywriter"));
    assert_eq!(asked(&table.tell(&Event::Said(direct))), ["copywriter"]);
    let call = table.calls[0].clone();
    let effects = table.answer(&call, say("@designer, what do you think?"));
    assert!(asked(&effects).is_empty(), "what was said there goes no further");
}

#[test]
fn one_answer_begins_one_piece_of_work() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("you", None, "@content_manager a blog post \"Tea\" please")));
    let call = table.calls[0].clone();
    let start = || crate::act::Proposed {
        name: "start_work".into(),
        arguments: json!({ "playbook": "content", "title": "Tea" }),
    };
    let twice = crate::event::Outcome::Acts { acts: vec![start(), start()], text: None };
    let effects = table.answer(&call, twice);
    assert!(!effects.iter().any(|e| matches!(e, Effect::Tell { .. })), "{effects:?}");
    assert_eq!(asked(&effects), ["content_manager"], "it is asked once more");
}
