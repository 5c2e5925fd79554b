use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::json;

use super::lane::{Table, acts, asked, handle, said, words};
use crate::decide::chain::{Next, next};
use crate::event::{Event, Outcome, Requested};
use crate::name::Handle;
use crate::record::{Category, EscalationState};
use crate::task::State;
use uuid::Uuid;

fn say(text: &str) -> Outcome {
    acts("say", json!({ "text": text }))
}

fn with_hops(hops: usize) -> Table {
    let mut table = Table::talk();
    let mut team = (*table.dir.team).clone();
    team.floor.hops = hops;
    table.dir.team = Arc::new(team);
    table
}

#[test]
fn a_ring_of_three_is_explained_once_and_goes_no_further() {
    let mut table = with_hops(9);
    table.tell(&Event::Said(said("you", None, "@copywriter what do you think?")));
    let to =
        BTreeMap::from([("copywriter", "designer"), ("designer", "seo_specialist"), ("seo_specialist", "copywriter")]);
    let mut told = Vec::new();
    for turn in 0..3 {
        let call = table.calls[turn].clone();
        told.extend(words(&table.answer(&call, say(&format!("@{}, what do you think?", to[call.persona.as_str()])))));
    }
    let rings: Vec<&String> = told.iter().filter(|text| text.contains("goes round")).collect();
    assert_eq!(rings.len(), 1, "{told:?}");
    assert!(rings[0].contains("@copywriter → @designer → @seo_specialist → @copywriter"), "{}", rings[0]);
    assert_eq!(table.calls.len(), 3);
}

#[test]
fn who_answers_the_one_that_asked_closes_no_ring_and_who_asks_back_does() {
    for (answer, round) in [("@copywriter the green one.", false), ("@copywriter which one?", true)] {
        let mut table = Table::talk();
        table.tell(&Event::Said(said("you", None, "@copywriter what do you think?")));
        let first = table.calls[0].clone();
        table.answer(&first, say("@designer, which picture?"));
        let second = table.calls[1].clone();
        let told = words(&table.answer(&second, say(answer)));
        assert_eq!(told.iter().any(|text| text.contains("goes round")), round, "{told:?}");
        assert_eq!(table.calls.len(), 2);
    }
}

#[test]
fn a_chain_that_is_too_long_says_so() {
    let mut table = with_hops(2);
    table.tell(&Event::Said(said("you", None, "@copywriter what do you think?")));
    let first = table.calls[0].clone();
    table.answer(&first, say("@designer, you?"));
    let second = table.calls[1].clone();
    let told = words(&table.answer(&second, say("@cmo, you?")));
    assert!(told.last().expect("words").contains("@cmo is not asked any more"), "{told:?}");
    assert_eq!(table.calls.len(), 2);
}

#[test]
fn words_like_mass_mentions_and_channels_call_nobody() {
    let mut table = Table::talk();
    assert_eq!(asked(&table.tell(&Event::Said(said("you", None, "@copywriter @Copywriter hi @copywriter")))).len(), 1);
    for text in ["#specialists have a look", "@everyone look", "@channel", "@here and <!channel>"] {
        assert!(asked(&table.tell(&Event::Said(said("you", None, text)))).is_empty(), "{text}");
    }
    for text in ["@all-hands please look", "@specialists look", "@all look"] {
        let effects = table.tell(&Event::Said(said("you", None, text)));
        assert!(asked(&effects).is_empty(), "{text}");
        assert!(words(&effects)[0].contains("nobody called"), "{text}: {:?}", words(&effects));
    }
}

#[test]
fn while_a_person_waits_colleagues_wait_too() {
    let mut table = Table::talk();
    table.tell(&Event::Said(said("you", Some("root"), "@copywriter what do you think?")));
    let first = table.calls[0].clone();
    // Before the copywriter has turned to the designer, ana speaks there.
    let mut ana = said("ana", Some("root"), "@seo_specialist is that found?");
    ana.message.id = "of ana".into();
    table.tell(&Event::Said(ana));
    let to_ana = table.calls[1].clone();
    assert!(asked(&table.answer(&first, say("@designer, which picture?"))).is_empty(), "the designer waits");
    let effects = table.answer(&to_ana, say("Yes."));
    assert_eq!(asked(&effects), ["designer"], "ana was answered");
    // An answer under way when a person speaks is made anew, with what they said.
    let under_way = table.calls.last().cloned().expect("a call");
    let mut again = said("ana", Some("root"), "@cmo and the price?");
    again.message.id = "again of ana".into();
    table.tell(&Event::Said(again));
    assert!(words(&table.answer(&under_way, say("The green one."))).is_empty(), "dropped");
    // Nobody answers ana; her time ends.
    table.now += TimeDelta::minutes(5);
    let (at, timer) = table.timers.last().cloned().expect("a timer");
    assert!(at <= table.now);
    assert_eq!(asked(&table.tell(&Event::Due(timer.clone()))), ["designer"]);
    assert!(table.tell(&Event::Due(timer)).is_empty(), "once");
    let last = table.calls.last().cloned().expect("a call");
    assert_eq!(words(&table.answer(&last, say("The green one."))), ["The green one."]);
}

#[test]
fn an_allowance_that_is_used_up_stops_a_chain_once_and_people_are_told() {
    let spent = || Outcome::Unfunded { why: "the allowance of 1 USD for one cause is used up".into(), until: None };
    let mut table = Table::talk();
    table.tell(&Event::Said(said("you", None, "@copywriter @designer @cmo what do you think?")));
    let mut told = Vec::new();
    for call in table.calls.clone() {
        told.extend(words(&table.answer(&call, spent())));
    }
    assert_eq!(told.iter().filter(|text| text.starts_with("I stop here")).count(), 1, "{told:?}");
    assert_eq!(table.s.escalations.len(), 1);
    let raised = &table.s.escalations[0];
    assert_eq!(raised.category, Category::Allowance);
    assert!(raised.to.contains(&"you".to_owned()), "{:?}", raised.to);
    assert!(table.s.letters.iter().all(|letter| !letter.is_open()), "nobody is waited for");
}

#[test]
fn a_persons_word_opens_a_new_allowance_for_work_and_a_guests_does_not() {
    let why = "the allowance of 5 USD for one cause is used up";
    let mut table = Table::content();
    let before = table.root().cause.clone().expect("a cause");
    for step in ["research", "numbers"] {
        let call = table.call_of(step);
        table.answer(&call, Outcome::Unfunded { why: why.into(), until: None });
    }
    assert_eq!((table.s.escalations.len(), table.step("numbers").state), (1, State::Blocked), "told once");
    table.tell(&Event::Said(said("gus", Some("root"), "go on")));
    assert_eq!(table.step("research").state, State::Blocked, "a guest opens nothing");
    table.tell(&Event::Said(said("ben", Some("root"), "go on")));
    assert_eq!(table.step("research").state, State::InProgress);
    assert_eq!(table.step("numbers").state, State::InProgress);
    assert_eq!(table.s.escalations[0].state, EscalationState::Answered);
    let after = table.root().cause.clone().expect("a cause");
    assert_ne!(before.allowance, after.allowance);
    assert_eq!(before.path, after.path);
    let call = table.call_of("research");
    table.answer(&call, Outcome::Unfunded { why: why.into(), until: None });
    let post = table.s.escalations[1].post;
    table.tell(&Event::Reacted { post, by: "you".into(), emoji: "🔁".into(), set: true, button: false });
    assert_eq!(table.step("research").state, State::InProgress, "🔁 does the same");
    assert_ne!(table.root().cause.as_ref().expect("a cause").allowance, after.allowance);
}

#[test]
fn a_playbook_that_led_here_is_not_opened_again() {
    let mut table = Table::talk();
    let mut content = (*table.dir.playbooks["content"]).clone();
    let opens = content.steps.iter().position(|s| s.does == crate::playbook::Does::Open).expect("it opens another");
    content.steps[opens].playbook = Some("content".into());
    content.steps = vec![crate::playbook::Step { needs: Vec::new(), ..content.steps[opens].clone() }];
    table.dir.playbooks.insert("content".into(), Arc::new(content));
    let task = Uuid::from_u128(7);
    table.s = crate::snapshot::Snapshot::empty(table.dir.org, crate::lane::Lane::task(task));
    let effects = table.tell(&Event::Requested(Requested { ..Table::request(task) }));
    let told = words(&effects);
    assert!(told.iter().any(|text| text.contains("content → content")), "{told:?}");
    assert!(!effects.iter().any(|e| matches!(e, crate::effect::Effect::Tell { .. })));
    assert_eq!(table.root().state, State::Done, "the rest of the work is as it was");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever addresses whom, with or without a question: nobody speaks twice in a chain, no chain is longer than it may
    /// be, and one that would close a ring says so.
    #[test]
    fn no_ring_runs_on(
        hops in 1..12usize,
        graph in proptest::collection::vec(proptest::collection::vec((0..8usize, any::<bool>()), 0..4), 8),
        first in 0..8usize,
    ) {
        let persona = |n: usize| handle(&format!("persona_{n}"));
        let mut chain = vec![persona(first)];
        let mut at = first;
        loop {
            let addressed: Vec<(Handle, bool)> = graph[at].iter().map(|(to, asks)| (persona(*to), *asks)).collect();
            match next(&chain, &addressed, hops) {
                Next::Asks(to) => {
                    prop_assert!(!chain.contains(&to), "nobody twice");
                    at = (0..8).find(|n| persona(*n) == to).expect("one of them");
                    chain.push(to);
                    prop_assert!(chain.len() <= hops, "no longer than it may be");
                }
                Next::Ring(back) => {
                    prop_assert!(chain.contains(&back) && chain.last() != Some(&back));
                    break;
                }
                Next::TooFar(to) => {
                    prop_assert!(chain.len() >= hops && !chain.contains(&to));
                    break;
                }
                Next::Nobody => {
                    // Silence is only for who addresses nobody, or answers the one that asked.
                    let speaker = chain.last().cloned();
                    let asker = chain.len().checked_sub(2).map(|n| chain[n].clone());
                    let quiet = addressed.iter().all(|(to, asks)| {
                        Some(to) == speaker.as_ref() || (Some(to) == asker.as_ref() && !asks)
                    });
                    prop_assert!(quiet, "{:?} {:?}", chain, addressed);
                    break;
                }
            }
        }
        let once: BTreeSet<&Handle> = chain.iter().collect();
        prop_assert_eq!(once.len(), chain.len());
    }
}
