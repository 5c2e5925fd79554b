//! Whatever is answered, in whatever order.

use proptest::prelude::*;
use serde_json::json;

use super::{day, decided_by_the_rules, launch, p, proposed, time_is_up};
use crate::decide::tests::lane::{Table, acts};
use crate::event::Outcome;
use crate::proposal::{State, Voice};

#[test]
fn whatever_is_answered_a_discussion_ends_and_nothing_is_decided_beyond_the_matrix() {
    let acts_of = |n: u8, who: &str| -> Outcome {
        let due = day(5).to_rfc3339();
        match n % 12 {
            0 => acts("take_position", json!({ "stance": "agree", "text": "Yes." })),
            1 => acts("take_position", json!({ "stance": "object", "text": "No." })),
            2 => acts(
                "take_position",
                json!({ "stance": "object", "text": "No.",
                      "ask": { "of": "analytics_specialist", "question": format!("Why, {who}?") } }),
            ),
            3 => acts("decide", json!({ "text": "So be it.", "reasoning": "I say so.", "due": due })),
            4 => acts("review", json!({ "verdict": "approve", "summary": "Yes.", "notes": [] })),
            5 => acts("review", json!({ "verdict": "changes", "summary": "No.", "notes": ["Other."] })),
            6 => acts("revise_proposal", json!({ "text": "Another.", "reasoning": "Because." })),
            7 => acts("stand_by", json!({ "text": "No." })),
            8 => acts(
                "order_test",
                json!({ "measure": "m", "at_least": 1, "otherwise": "o", "until": due,
                      "measured_by": "analytics_specialist", "reasoning": "r" }),
            ),
            9 => Outcome::Failed { why: "away".into(), later: true },
            10 => acts("give_evidence", json!({ "finding": "42" })),
            _ => acts("report_measure", json!({ "value": 2, "source": "made up" })),
        }
    };
    let proposers = ["campaign_manager", "vp_marketing", "cmo", "linkedin_manager", "content_manager"];
    let decisions: Vec<String> = Table::talk().dir.team.authority.decisions.keys().cloned().collect();
    let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config::with_cases(150));
    let input = (0..proposers.len(), 0..decisions.len(), proptest::collection::vec(any::<u8>(), 1..60));
    runner
        .run(&input, |(who, kind, answers)| {
            let mut table =
                proposed(proposers[who], &decisions[kind], &["social_media_manager", "email_specialist"], launch());
            for n in answers {
                match p(&table).waiting.first().map(|w| w.call) {
                    Some(id) => {
                        let call = table.calls.iter().find(|c| c.id == id).cloned().expect("made");
                        let outcome = acts_of(n, call.persona.as_str());
                        table.answer(&call, outcome);
                    }
                    None if n % 3 == 0 => drop(time_is_up(&mut table)),
                    None if table.s.approvals.iter().any(|a| a.is_undecided()) => {
                        drop(table.react(["gus", "ben", "ana"][usize::from(n) % 3], "✅", true));
                    }
                    None => {}
                }
            }
            let p = p(&table);
            prop_assert!(p.round <= 4, "it goes round and round: {}", p.round);
            prop_assert!(p.positions.len() + p.evidence.len() <= 30);
            if p.state == State::Decided {
                let voted = table.s.approvals.iter().any(|a| a.spent);
                let covered = decided_by_the_rules(&table);
                prop_assert!(voted || covered, "@{} decided {} alone", p.maker, p.kind);
            }
            prop_assert!(!matches!(p.waiting.first(), Some(w) if p.state.is_over() && w.voice != Voice::LookBack));
            Ok(())
        })
        .expect("no discussion goes beyond the matrix");
}
