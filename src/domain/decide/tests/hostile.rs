//! Whatever models answer and people do, in whatever order: nothing goes out that the rules did not let out, nobody calls
//! everybody, nothing runs on.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use uuid::Uuid;

use super::discuss::decided_by_the_rules;
use super::generated::acts::PARTS;
use super::generated::{Department, Dice, NAMES, spoken};
use super::lane::{Table, directory};
use super::safety::sound;
use crate::act;
use crate::approval::{Choice, State};
use crate::effect::{Effect, Run};
use crate::event::Event;
use crate::org::Right;
use crate::policy::{self, Stage, Verdict};
use crate::proposal::{self, Stance};
use crate::task;
use crate::team::Action;

/// Acts that the stories hold at least, all together.
const ACTS: usize = 100_000;
/// The lane of a department in which a decision is proposed from the start.
const FIRST_DECISION: usize = 2;
/// Most effects of one event.
const EFFECTS: usize = 60;
/// Most characters of one part of a post.
const LENGTH: usize = 100_000;
/// Most answers until nothing is open any more: a message is answered by five, each sets off a chain of three.
const ANSWERS: usize = 2_000;

/// What is kept beside the engine, to compare it with.
#[derive(Default)]
struct Ledger {
    /// The runs under each grant.
    under: BTreeMap<Uuid, Vec<Run>>,
    /// The proposals that were decided.
    decided: BTreeSet<Uuid>,
    acts_on_the_world: usize,
}

impl Ledger {
    /// What must hold of every act on the world, by the rules and by what people were seen to do.
    fn covered(&mut self, department: &Department, table: &Table, run: &Run) {
        let Some(action) = &run.action else {
            assert!(!run.skill.starts_with("publish"), "{} acts on the world without saying so", run.skill);
            return;
        };
        self.acts_on_the_world += 1;
        let action: Action = action.parse().expect("an action");
        let order = match policy::judge(&table.dir, &run.persona, &action.into()).verdict {
            Verdict::Do => return,
            Verdict::NeedApproval { order } => order,
            refused => panic!("{action} of @{} is done though the rules say {refused:?}", run.persona),
        };
        for stage in order {
            match stage {
                Stage::People { from, quorum } => self.voted(department, table, run, &from, quorum as usize),
                Stage::Personas(who) if reviewed(table, run, &who) => {}
                Stage::Personas(_) => self.voted(department, table, run, &table.dir.holders(Right::Approve), 1),
            }
        }
        if let Some(grant) = run.grant {
            let runs = self.under.entry(grant).or_default();
            assert!(
                runs.iter().all(|before| before.purpose == run.purpose && before.input == run.input),
                "one grant, one act"
            );
            runs.push(run.clone());
        }
    }

    /// What must hold of a decision of the matrix, at the moment in which it is taken.
    fn taken(&mut self, department: &Department, table: &Table) {
        let Some(p) = table.s.proposal.as_ref().filter(|p| p.state == proposal::State::Decided) else { return };
        if !self.decided.insert(p.id) {
            return;
        }
        match table.s.approvals.iter().find(|a| a.spent) {
            Some(approval) => {
                let voted = department.told.iter().any(|(by, on, choice, set)| {
                    *on == approval.id && *choice == Choice::Approve && *set && table.dir.may(by, Right::Approve)
                });
                assert!(
                    voted,
                    "people decided {}, and nobody with the right was seen to: {:?}",
                    p.kind, approval.votes
                );
            }
            None => assert!(
                decided_by_the_rules(table),
                "@{} decided {} beyond the matrix: {:?}",
                p.maker,
                p.kind,
                p.agreed
            ),
        }
    }

    /// Whether as many of these people have reacted ✅ on the card that shows this very act.
    fn voted(&self, department: &Department, table: &Table, run: &Run, from: &[String], quorum: usize) {
        let approval = table.s.approvals.iter().find(|a| Some(a.id) == run.grant);
        let approval = approval.unwrap_or_else(|| panic!("{:?} without a grant", run.action));
        assert_eq!((approval.state, Some(&approval.kind)), (State::Approved, run.action.as_ref()));
        assert_eq!(approval.input, run.input, "what is done is what was shown");
        let yes: BTreeSet<&String> = department
            .told
            .iter()
            .filter(|(by, on, choice, set)| {
                *on == approval.id && *choice == Choice::Approve && *set && from.contains(by)
            })
            .map(|(by, ..)| by)
            .collect();
        assert!(yes.len() >= quorum, "{quorum} of {from:?} must agree, and only {yes:?} were seen to");
    }
}

/// Whether one of these personas approved the newest version of what goes out.
fn reviewed(table: &Table, run: &Run, who: &[crate::name::Handle]) -> bool {
    let mut agreed = table.s.reviews.iter().filter(|review| run.agreed.contains(&review.id));
    agreed.any(|review| review.verdict == act::Verdict::Approve && who.contains(&review.by))
}

/// What must hold of everything that is said.
fn speaks_softly(table: &Table, effect: &Effect) {
    let Some((parts, notify)) = spoken(effect) else { return };
    for part in parts {
        assert!(part.chars().count() <= LENGTH, "a post of {} characters", part.len());
        let lower = part.to_lowercase();
        for call in ["@everyone", "@here", "@channel", "<!", "<@"] {
            assert!(!lower.contains(call), "{call} in {part}");
        }
    }
    for name in notify {
        // Also of somebody who has left since they were asked.
        let persona = crate::name::Handle::parse(name).is_ok_and(|handle| directory().personas.contains_key(&handle));
        assert!(persona || table.dir.person(name).is_some(), "{name} is notified");
    }
}

fn hold(department: &Department, ledger: &mut Ledger, followed: &[(usize, Vec<Effect>)]) {
    for (lane, effects) in followed {
        let table = &department.lanes[*lane];
        assert!(effects.len() <= EFFECTS, "{} effects of one event", effects.len());
        for effect in effects {
            speaks_softly(table, effect);
            if let Effect::Run(run) = effect {
                ledger.covered(department, table, run);
            }
        }
        ledger.taken(department, table);
        if table.s.root().is_some() {
            sound(table).expect("a sound lane");
        }
    }
}

/// What came of a story.
struct Told {
    /// Acts that models answered with.
    acts: usize,
    on_the_world: usize,
    /// How often each part in a decision took effect, by its act.
    parts: BTreeMap<&'static str, usize>,
}

/// The parts in a decision that took effect: what is there could come of nothing else.
fn parts(department: &Department) -> BTreeMap<&'static str, usize> {
    let mut parts = BTreeMap::from(PARTS.map(|name| (name, 0)));
    let mut count = |name: &'static str, times: usize| *parts.get_mut(name).expect("a part") += times;
    for (i, table) in department.lanes.iter().enumerate() {
        let Some(p) = &table.s.proposal else { continue };
        let said = |stance: Stance, own: bool| {
            p.positions.iter().filter(|q| q.stance == stance && (q.by == p.by.as_str()) == own).count()
        };
        let spoke = |what: &str| p.agreed.iter().filter(|a| a.what == what).count();
        // The first was there from the start.
        count("propose", usize::from(i > FIRST_DECISION));
        count("take_position", said(Stance::Object, false) + said(Stance::Abstain, false));
        count("give_evidence", p.evidence.iter().filter(|e| e.finding.is_some()).count());
        count("revise_proposal", usize::try_from(p.version - 1).expect("small").saturating_sub(spoke("decides")));
        count("stand_by", said(Stance::Agree, true));
        count("withdraw", usize::from(p.state == proposal::State::Withdrawn));
        count("decide", spoke("decides"));
        count("order_test", usize::from(p.test.is_some()));
        count("report_measure", usize::from(p.test.as_ref().is_some_and(|test| test.value.is_some())));
        count("note_outcome", table.records.iter().filter(|r| r.kind.ends_with(".outcome")).count());
        count("report", table.s.tasks.iter().filter(|t| !t.is_root() && t.state == task::State::Done).count());
    }
    parts
}

fn story(seeds: &[u64], to_its_end: bool) -> Told {
    let (mut department, mut ledger) = (Department::new(), Ledger::default());
    for seed in seeds {
        let followed = department.happens(*seed);
        hold(&department, &mut ledger, &followed);
    }
    if to_its_end {
        department.run_out(ANSWERS, |department, followed| hold(department, &mut ledger, followed));
    }
    Told { acts: department.acts, on_the_world: ledger.acts_on_the_world, parts: parts(&department) }
}

#[test]
fn a_hundred_thousand_acts_do_no_more_than_the_rules_allow() {
    let (mut acts, mut on_the_world, mut stories, mut taken) = (0, 0, 0_u64, BTreeMap::new());
    while acts < ACTS {
        stories += 1;
        assert!(stories < 5_000, "{acts} acts in {stories} stories: they hold too few");
        let mut dice = Dice(stories);
        let seeds: Vec<u64> = (0..250).map(|_| dice.below(usize::MAX) as u64).collect();
        let told = std::panic::catch_unwind(|| story(&seeds, stories % 8 == 0))
            .unwrap_or_else(|_| panic!("story {stories} fails"));
        acts += told.acts;
        on_the_world += told.on_the_world;
        for (part, times) in told.parts {
            *taken.entry(part).or_insert(0) += times;
        }
    }
    assert!(acts >= ACTS);
    assert!(on_the_world > 50, "honest work goes on beside it: {on_the_world} acts on the world");
    assert!(taken.values().all(|times| *times >= 10), "every part in a decision is taken: {taken:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// The same with other seeds each time, made small where it fails.
    #[test]
    fn whatever_happens_the_rules_hold(seeds in proptest::collection::vec(any::<u64>(), 1..200)) {
        story(&seeds, true);
    }

    /// Without a ❌ or 🔁 it is the quorum that decides, with one and too few ✅ it is that one: whatever the order, however
    /// often each is told, whoever else reacts beside them.
    #[test]
    fn votes_in_any_order_and_repeat_come_to_the_same(
        quorum in 1..4_usize, yes in 0..4_usize, no in any::<bool>(), noise in 0..6_usize, seed in any::<u64>(),
    ) {
        let no = no && yes < quorum;
        let mut table = Table::content();
        table.dir.people[2].rights.insert(Right::Approve);
        table.until(|t| t.s.approvals.iter().any(|a| a.kind == "publish.article"));
        let i = table.s.approvals.iter().position(|a| a.kind == "publish.article").expect("an approval");
        table.s.approvals[i].quorum = i32::try_from(quorum).expect("small");
        let post = table.s.approvals[i].post;
        let team = std::sync::Arc::make_mut(&mut table.dir.team);
        team.autonomy.get_mut(&Action::PublishArticle).expect("it is shipped").quorum = u32::try_from(quorum).expect("small");

        let who = ["you", "ana", "ben"];
        table.s.approvals[i].asked_of = who.map(str::to_owned).to_vec();
        let mut votes: Vec<(&str, &str)> = who[..yes].iter().map(|by| (*by, "✅")).collect();
        if no {
            votes.push((who[yes % 3], "❌"));
        }
        let mut dice = Dice(seed);
        let strangers = &NAMES[3..];
        votes.extend((0..noise).map(|_| (strangers[dice.below(strangers.len())], ["✅", "❌", "🔁"][dice.below(3)])));
        // Each at least once, in any order, and some again.
        for at in (1..votes.len()).rev() {
            votes.swap(at, dice.below(at + 1));
        }
        let again: Vec<_> = votes.iter().filter(|_| dice.below(2) == 0).copied().collect();
        let mut published = 0;
        for (by, emoji) in votes.into_iter().chain(again) {
            let set = Event::Reacted { post, by: by.into(), emoji: emoji.into(), set: true, button: dice.below(2) == 0 };
            let effects = table.tell(&set);
            published += effects.iter().filter(|e| matches!(e, Effect::Run(run) if run.skill == "publish_page")).count();
        }
        let expected = match (no, yes >= quorum) {
            (true, _) => State::Rejected,
            (false, true) => State::Approved,
            (false, false) => State::Open,
        };
        prop_assert_eq!(table.s.approvals[i].state, expected);
        prop_assert_eq!(published, usize::from(expected == State::Approved));
    }
}
