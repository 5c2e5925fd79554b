use serde_json::json;

use super::lane::{Table, acts, asked, said, words};
use crate::effect::{Body, Card, Effect, Place, Post};
use crate::event::{Event, OurPost, Purpose};
use crate::record::{Category, Escalation, EscalationState, Urgency};
use crate::task::{Priority, State};

/// A copywriter who cannot write the draft, and what followed.
fn stuck(table: &mut Table) -> Vec<Effect> {
    table.until_step("draft", State::InProgress);
    let call = table.call_of("draft");
    table.answer(&call, acts("escalate", json!({ "issue": "Nobody gave me the figures." })))
}

fn newest(table: &Table) -> &Escalation {
    table.s.escalations.last().expect("an escalation")
}

/// The channels that cards are posted in at the top level.
fn cards(effects: &[Effect]) -> Vec<(String, Vec<String>)> {
    let card = |e: &Effect| match e {
        Effect::Post(Post { at: Place::Channel { channel }, body: Body::Card(_), notify, .. }) => {
            Some((channel.clone(), notify.clone()))
        }
        _ => None,
    };
    effects.iter().filter_map(card).collect()
}

fn revised(effects: &[Effect], title: &str) -> Option<Card> {
    effects.iter().find_map(|e| match e {
        Effect::Revise { content: Post { body: Body::Card(card), .. }, .. } if card.title == title => {
            Some(card.clone())
        }
        _ => None,
    })
}

fn pass_up(table: &mut Table) -> Vec<Effect> {
    let call = table.calls.iter().rfind(|call| matches!(call.purpose, Purpose::Help { .. })).cloned().expect("a call");
    table.answer(&call, acts("escalate", json!({ "issue": "Not mine to settle." })))
}

#[test]
fn it_stands_where_those_who_are_asked_meet_and_the_origin_links_to_it() {
    let mut table = Table::content();
    let effects = stuck(&mut table);
    assert_eq!(cards(&effects), [("management".to_owned(), vec!["content_manager".to_owned()])]);
    let (first, root) = (newest(&table).post, table.root().post.expect("a root post"));
    let line =
        words(&effects).into_iter().find(|w| w.starts_with("This is with @content_manager now")).expect("a line");
    assert!(line.contains(&format!("[#management](/#/c/management/t/{first})")), "{line}");
    assert_eq!(newest(&table).origin, Some(Place::Below { channel: "management".into(), post: root }));
    let effects = pass_up(&mut table);
    assert_eq!(cards(&effects), [("executive".to_owned(), vec!["vp_marketing".to_owned()])]);
    let left = revised(&effects, "This has climbed on").expect("the old card says so");
    assert!(left.fields.contains(&("Went on to".to_owned(), "@vp_marketing (level 2)".to_owned())), "{left:?}");
    assert_eq!(newest(&table).earlier, [first]);
    pass_up(&mut table);
    let effects = pass_up(&mut table);
    assert_eq!(cards(&effects), [], "people are asked where it arose");
    assert_eq!(newest(&table).place, newest(&table).origin);
    assert_eq!(newest(&table).earlier.len(), 3);
}

#[test]
fn a_persons_reply_below_the_card_settles_it_and_flows_back() {
    let mut table = Table::content();
    stuck(&mut table);
    let post = newest(&table).post;
    let mut reply = said("ana", Some("the card"), "@copywriter take those of last year");
    let persona = super::lane::handle("copywriter");
    reply.thread_of = Some(OurPost { persona, post });
    let effects = table.tell(&Event::Said(reply.clone()));
    assert!(words(&effects).contains(&"ana answered:\n> @copywriter take those of last year".to_owned()));
    assert_eq!(newest(&table).state, EscalationState::Answered);
    assert_eq!(asked(&effects), ["copywriter"]);
    assert!(revised(&effects, "This is settled").is_some());
    table.tell(&Event::Said(reply));
    assert_eq!(newest(&table).answered_by.as_deref(), Some("ana"), "it is settled once");
}

#[test]
fn what_is_critical_calls_all_hands_and_asks_people_at_once() {
    let mut table = Table::content();
    let mut team = (*table.dir.team).clone();
    team.escalation.urgency.insert(Category::Blocked, Urgency::Critical);
    table.dir.team = std::sync::Arc::new(team);
    let effects = stuck(&mut table);
    let chain = ["you", "cmo", "content_manager", "vp_marketing"].map(str::to_owned).to_vec();
    assert_eq!(cards(&effects), [("all-hands".to_owned(), chain)]);
    assert_eq!((newest(&table).level, newest(&table).urgency), (4, Urgency::Critical));
    assert_eq!(asked(&effects), Vec::<String>::new(), "no time is lost with models");
    let quarter = chrono::TimeDelta::minutes(15);
    assert_eq!(newest(&table).respond_by, Some(table.now + quarter), "nobody's hours are waited for");
    table.now += quarter;
    let timer = table.timers.last().expect("a timer").1.clone();
    let effects = table.tell(&Event::Due(timer));
    let below = Place::Below { channel: "all-hands".into(), post: newest(&table).post };
    assert!(effects.iter().any(|e| matches!(e, Effect::Post(Post { at, .. }) if *at == below)), "{effects:?}");
}

#[test]
fn who_is_off_has_the_time_from_the_next_hours() {
    let mut table = Table::content();
    stuck(&mut table);
    let manager = &table.dir.personas["content_manager"];
    let begins = manager.availability.next(table.now, table.dir.zone);
    assert!(begins > table.now, "it is night");
    assert_eq!(newest(&table).respond_by, Some(begins + chrono::TimeDelta::hours(4)), "{:?}", newest(&table).urgency);
}

#[test]
fn the_priority_makes_it_more_pressing() {
    let mut table = Table::content();
    table.until_step("draft", State::InProgress);
    table.s.tasks.iter_mut().for_each(|t| t.priority = Priority::Urgent);
    let call = table.call_of("draft");
    table.answer(&call, acts("escalate", json!({ "issue": "No figures." })));
    assert_eq!(newest(&table).urgency, Urgency::High);
}

#[test]
fn a_raised_hand_on_the_card_takes_the_work_over() {
    let mut table = Table::content();
    stuck(&mut table);
    let post = newest(&table).post;
    let hand = |set| Event::Reacted { post, by: "you".into(), emoji: "🙋".into(), set, button: false };
    table.tell(&hand(true));
    assert!(table.root().taken_over.is_some());
    let late = table.calls.iter().rfind(|call| matches!(call.purpose, Purpose::Help { .. })).cloned().expect("a call");
    assert!(table.answer(&late, acts("settle", json!({ "answer": "Too late." }))).is_empty());
    let (at, timer) = table.timers.last().cloned().expect("a timer");
    table.now = at;
    assert!(table.tell(&Event::Due(timer)).is_empty(), "nobody is chased");
    let effects = table.tell(&hand(false));
    assert!(asked(&effects).contains(&"content_manager".to_owned()), "who was asked is asked anew");
    assert!(newest(&table).respond_by > Some(table.now), "with new time");
}
