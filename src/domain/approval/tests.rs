use proptest::prelude::*;

use super::*;

fn open(quorum: i32) -> Approval {
    Approval {
        id: Uuid::nil(),
        org: Uuid::nil(),
        lane: Lane::task(Uuid::nil()),
        task: Uuid::nil(),
        step_task: Uuid::nil(),
        kind: "publish.article".into(),
        title: "a piece".into(),
        state: State::Open,
        asked_by: Handle::parse("content_manager").expect("a handle"),
        asked_of: vec!["ann".into(), "ben".into()],
        deputies: Vec::new(),
        passed_on: false,
        quorum,
        why: String::new(),
        digest: String::new(),
        input: Value::Null,
        votes: Vec::new(),
        post: Uuid::nil(),
        revision: 0,
        words_from: None,
        reason: None,
        turned_away: Vec::new(),
        spent: false,
        lapsed: false,
        low_risk: false,
        created_at: DateTime::UNIX_EPOCH,
        expires_at: DateTime::UNIX_EPOCH,
        decided_at: None,
        decided_by: None,
    }
}

#[test]
fn a_quorum_of_one_is_decided_at_once_and_then_nothing_counts() {
    let mut approval = open(1);
    assert!(approval.react("ann", Choice::Approve, true, None, DateTime::UNIX_EPOCH));
    assert!(!approval.react("ben", Choice::Reject, true, None, DateTime::UNIX_EPOCH));
    assert_eq!((approval.state, approval.decided_by.as_deref()), (State::Approved, Some("ann")));
}

#[test]
fn a_vote_taken_back_before_the_outcome_does_not_count() {
    let mut approval = open(2);
    approval.react("ann", Choice::Approve, true, None, DateTime::UNIX_EPOCH);
    approval.react("ann", Choice::Approve, false, None, DateTime::UNIX_EPOCH);
    assert!(!approval.react("ben", Choice::Approve, true, None, DateTime::UNIX_EPOCH));
    assert_eq!((approval.state, approval.votes.len()), (State::Open, 2));
}

#[test]
fn a_vote_given_by_button_as_well_is_on_no_post() {
    let mut approval = open(3);
    let (card, anew) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
    let mut vote = |on| {
        approval.react("ann", Choice::Approve, true, on, DateTime::UNIX_EPOCH);
        (approval.votes.len(), approval.votes[0].on)
    };
    assert_eq!(vote(card), (1, card));
    assert_eq!(vote(anew), (1, anew), "the card was put anew, and so was the reaction");
    assert_eq!(vote(None), (1, None));
    assert_eq!(vote(anew), (1, None));
}

#[test]
fn a_grant_is_good_for_one_act_and_for_that_very_one() {
    let mut approval = open(1);
    approval.input = Value::from("this text");
    approval.react("ann", Choice::Approve, true, None, DateTime::UNIX_EPOCH);
    assert!(!approval.spend(&Value::from("another text")));
    assert!(approval.spend(&Value::from("this text")));
    assert!(!approval.spend(&Value::from("this text")));
}

fn deputy(by: &str, of: &str) -> Deputy {
    Deputy { by: by.into(), of: of.into(), because: Because::Delegated }
}

#[test]
fn a_seat_counts_once_and_so_does_a_person() {
    let mut approval = open(2);
    approval.deputies = vec![deputy("cem", "ann"), deputy("cem", "ben"), deputy("dia", "ann")];
    let yes = |approval: &mut Approval, by: &str| approval.react(by, Choice::Approve, true, None, DateTime::UNIX_EPOCH);
    assert!(!yes(&mut approval, "cem"), "in two places, but one person");
    assert!(yes(&mut approval.clone(), "dia"), "cem counts for ben then");
    assert!(yes(&mut approval.clone(), "ann"));
    approval.deputies.retain(|d| d.of == "ann");
    approval.votes.clear();
    assert!(!yes(&mut approval, "dia") && !yes(&mut approval, "cem") && !yes(&mut approval, "ann"), "one place");
    assert!(yes(&mut approval, "ben"));
    let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    assert_eq!(agreed(&approval.votes, &names(&["ann", "ben"]), |by| by != "ben"), 1, "ben lost the right");
    assert_eq!(agreed(&approval.votes, &names(&["ben"]), |_| true), 1, "ann is not asked any more");
}

#[test]
fn what_was_said_in_a_place_that_was_taken_back_counts_no_more() {
    let mut approval = open(2);
    approval.deputies = vec![deputy("cem", "ann"), deputy("cem", "ben"), deputy("dia", "ann")];
    approval.react("cem", Choice::Approve, true, None, DateTime::UNIX_EPOCH);
    approval.react("dia", Choice::Approve, true, None, DateTime::UNIX_EPOCH);
    let mut approval = Approval { state: State::Open, ..approval };
    approval.deputies.retain(|d| d.of != "ann");
    approval.recall("ann", DateTime::UNIX_EPOCH);
    assert_eq!(approval.votes[0].in_place_of, ["ben"]);
    assert!(approval.votes[0].taken_back.is_none() && approval.votes[1].taken_back.is_some());
}

/// Who may vote, in whose place: `ann` and `ben` in their own.
fn deputies() -> impl Strategy<Value = Vec<Deputy>> {
    proptest::collection::vec((0..3usize, 0..2usize), 0..5).prop_map(|pairs| {
        pairs.into_iter().map(|(by, of)| deputy(["cem", "dia", "eva"][by], ["ann", "ben"][of])).collect()
    })
}

proptest! {
    #[test]
    fn votes_in_any_order_and_any_repeat_give_the_same_outcome(
        deputies in deputies(),
        quorum in 1..4i32,
        (votes, shuffled) in proptest::collection::vec((0..5usize, 0..12usize), 0..8)
            .prop_flat_map(|votes| (Just(votes.clone()), Just(votes).prop_shuffle())),
        repeats in proptest::collection::vec(1..3usize, 8),
    ) {
        let people = ["ann", "ben", "cem", "dia", "eva"];
        let vote = |approval: &mut Approval, (who, which): (usize, usize)| {
            // As the lane does: who has no vote is turned away.
            if approval.mandate(people[who]).is_some() {
                let choice = if which == 0 { Choice::Reject } else { Choice::Approve };
                approval.react(people[who], choice, true, None, DateTime::UNIX_EPOCH);
            }
        };
        let put = Approval { deputies, ..open(quorum) };
        let (mut once, mut again) = (put.clone(), put);
        votes.iter().for_each(|v| vote(&mut once, *v));
        for (v, times) in shuffled.iter().zip(&repeats) {
            (0..*times).for_each(|_| vote(&mut again, *v));
        }
        let said_no = votes.iter().any(|(who, which)| *which == 0 && once.mandate(people[*who]).is_some());
        // The first outcome stands: where there is a no, it is the outcome unless enough had agreed before.
        if !said_no {
            prop_assert_eq!(once.state, again.state);
            let counted = |a: &Approval| agreed(&a.votes, &a.asked_of, |_| true);
            prop_assert!(once.state != State::Open || counted(&once) == counted(&again));
        }
        for approval in [&once, &again] {
            let counted = agreed(&approval.votes, &approval.asked_of, |_| true);
            prop_assert!(counted <= approval.asked_of.len(), "one yes for each who is asked");
            prop_assert_eq!(approval.state == State::Approved, counted >= quorum as usize && approval.votes.iter().all(|v| v.vote == Choice::Approve));
            prop_assert!(said_no || approval.state != State::Rejected);
            prop_assert!(!said_no || approval.state != State::Open);
        }
    }

    #[test]
    fn repeats_change_nothing(votes in proptest::collection::vec((0..3usize, 0..3usize, any::<bool>()), 0..40)) {
        let choices = [Choice::Approve, Choice::Reject, Choice::Changes];
        let (mut once, mut twice) = (open(2), open(2));
        for (who, which, set) in votes {
            let by = ["ann", "ben", "cem"][who];
            once.react(by, choices[which], set, None, DateTime::UNIX_EPOCH);
            for _ in 0..2 {
                twice.react(by, choices[which], set, None, DateTime::UNIX_EPOCH);
            }
        }
        prop_assert_eq!(once, twice);
    }
}
