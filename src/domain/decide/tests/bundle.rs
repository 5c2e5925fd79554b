//! One ✅ for several low-risk approvals.

use std::sync::Arc;

use uuid::Uuid;

use super::lane::{Table, runs, said, words};
use crate::approval::State as Approval;
use crate::bundle::{Bundle, Item, Tap};
use crate::effect::Effect;
use crate::event::Event;
use crate::lane::Lane;
use crate::team::Action;

const CARD: Uuid = Uuid::from_u128(77);

/// A piece that is put before people as low-risk.
fn put() -> Table {
    let mut table = Table::content();
    Arc::make_mut(&mut table.dir.team).autonomy.get_mut(&Action::PublishArticle).expect("it is shipped").low_risk =
        true;
    table.until(|t| !t.s.approvals.is_empty());
    table
}

fn item(table: &Table) -> Item {
    let a = table.s.approvals.last().expect("an approval");
    Item { approval: a.id, lane: a.lane.clone(), digest: a.digest.clone(), title: a.title.clone() }
}

fn tap(item: &Item, by: &str, set: bool) -> Event {
    let (post, channel) = (CARD, "management".to_owned());
    Event::Tapped(Tap { item: item.clone(), post, channel, by: by.into(), set, button: false })
}

#[test]
fn each_that_is_listed_hears_of_it_in_its_own_lane() {
    let mut table = Table::talk();
    let item = |n: u128| Item {
        approval: Uuid::from_u128(n),
        lane: Lane::task(Uuid::from_u128(n)),
        digest: n.to_string(),
        title: "a piece".into(),
    };
    table.s.bundle = Some(Bundle { post: CARD, channel: "management".into(), items: vec![item(1), item(2)] });
    let mut react = |by: &str, emoji: &str, post| {
        let event = Event::Reacted { post, by: by.into(), emoji: emoji.into(), set: true, button: false };
        table.tell(&event)
    };
    let told: Vec<Lane> = react("ana", "✅", CARD)
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Tell { lane, event: Event::Tapped(tap) } if tap.by == "ana" && tap.item.lane == lane => Some(lane),
            _ => None,
        })
        .collect();
    assert_eq!(told, [item(1).lane, item(2).lane]);
    assert_eq!(react("ana", "❌", CARD), [], "a no is said to each on its own");
    assert_eq!(react("ana", "✅", Uuid::from_u128(78)), []);
    for by in ["ben", "gus", "content_manager"] {
        let effects = react(by, "✅", CARD);
        assert!(effects.len() == 1 && words(&effects)[0].contains("not yours to decide"), "{effects:?}");
    }
}

#[test]
fn one_yes_is_a_yes_to_what_was_listed_and_to_nothing_else() {
    let mut table = put();
    assert!(table.s.approvals[0].low_risk);
    let listed = item(&table);
    let other = Item { digest: "another".into(), ..listed.clone() };
    assert!(words(&table.tell(&tap(&other, "ana", true)))[0].contains("it has changed since it was listed"));
    for by in ["ben", "gus"] {
        let effects = table.tell(&tap(&listed, by, true));
        assert_eq!((runs(&effects), table.s.approvals[0].votes.len()), (Vec::new(), 0), "{by}");
    }
    assert_eq!(runs(&table.tell(&tap(&listed, "ana", true))).len(), 1);
    assert_eq!(table.tell(&tap(&listed, "ana", true)), [], "told twice, it is the same");
    assert!(words(&table.tell(&tap(&listed, "you", true)))[0].contains("it is approved already"));
}

#[test]
fn what_changed_meanwhile_is_left_out() {
    let mut table = put();
    let listed = item(&table);
    let mut edit = said("you", None, "Coffee instead");
    edit.message = super::lane::source_message();
    table.tell(&Event::Edited { said: edit });
    table.until(|t| t.s.approvals.len() == 2);
    let effects = table.tell(&tap(&listed, "ana", true));
    assert!(runs(&effects).is_empty() && words(&effects)[0].contains("Left out, ana"), "{effects:?}");
    assert_eq!(table.s.approvals.last().expect("anew").state, Approval::Open);
}

#[test]
fn taken_back_before_the_outcome_it_takes_those_votes_back_and_no_others() {
    let mut table = put();
    table.s.approvals[0].quorum = 2;
    let listed = item(&table);
    let standing = |t: &Table| t.s.approvals[0].votes.iter().filter(|v| v.taken_back.is_none()).count();
    table.tell(&tap(&listed, "ana", true));
    assert_eq!(standing(&table), 1);
    table.tell(&tap(&listed, "ana", false));
    assert_eq!(standing(&table), 0);
    table.react("ana", "✅", true);
    table.tell(&tap(&listed, "ana", true));
    table.tell(&tap(&listed, "ana", false));
    assert_eq!(standing(&table), 1, "what she said on its own card holds");
    // Without the right, a vote can still be taken back.
    table.tell(&tap(&listed, "you", false));
    assert_eq!(table.s.approvals[0].state, Approval::Open);
}

#[test]
fn what_people_are_asked_for_another_reason_is_no_small_thing() {
    let table = {
        let mut table = Table::content();
        let team = Arc::make_mut(&mut table.dir.team);
        team.autonomy.get_mut(&Action::PublishArticle).expect("it is shipped").low_risk = true;
        let playbook = table.s.playbook.as_mut().map(Arc::make_mut).expect("a playbook");
        let voice = playbook.steps.iter_mut().find(|s| s.id == "voice").expect("a step");
        voice.role = super::lane::handle("copywriter");
        let task = table.s.tasks.iter_mut().find(|t| t.step.as_deref() == Some("voice")).expect("its task");
        task.owner = super::lane::handle("copywriter");
        table.until(|t| !t.s.approvals.is_empty());
        table
    };
    assert!(!table.s.approvals[0].low_risk, "{}", table.s.approvals[0].why);
}
