use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::lane::Lane;

const ORG: Uuid = Uuid::from_u128(7);

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-c]{1,3}", any::<String>()]
}

fn list() -> impl Strategy<Value = Value> {
    let fields = (text(), text(), any::<i64>(), any::<bool>());
    vec(fields.prop_map(|(by, what, n, yes)| json!({ "by": by, "what": what, "n": [n, null, yes] })), 0..3)
        .prop_map(Value::from)
}

fn record() -> impl Strategy<Value = Record> {
    let texts = (text(), text(), text(), text(), text());
    let lists = (list(), list(), list(), list());
    (texts, lists, any::<bool>(), any::<[u128; 3]>(), 0..4_000_000_000_000_000_i64).prop_map(
        |(
            (maker, kind, context, decision, reasoning),
            (alternatives, actions, chain, dissent),
            escalated,
            [id, task, post],
            at,
        )| {
            Record {
                id: Uuid::from_u128(id),
                org: ORG,
                lane: Lane::stored(format!("task:{}", Uuid::from_u128(task))),
                task: Uuid::from_u128(task),
                maker,
                kind,
                context,
                decision,
                reasoning,
                alternatives,
                actions,
                chain,
                dissent,
                escalated,
                post: Uuid::from_u128(post),
                at: DateTime::from_timestamp_micros(at).expect("a time"),
            }
        },
    )
}

/// A chain of these records.
fn sealed(records: Vec<Record>) -> Vec<Kept> {
    let mut head = Head::before_all(ORG);
    let mut chain = Vec::new();
    for (i, record) in records.into_iter().enumerate() {
        let seal = Seal::new(&head, format!("salt {i}"), &record);
        head = seal.head();
        chain.push(Kept { record, seal: Some(seal), erased_in: None });
    }
    chain
}

fn chain() -> impl Strategy<Value = Vec<Kept>> {
    vec(record(), 3..7).prop_map(sealed)
}

/// As the store reads it: by number, those without one last.
fn verified(chain: &[Kept], wanted: Option<&str>) -> Outcome {
    let number = |kept: &Kept| kept.seal.as_ref().map_or(i64::MAX, |seal| seal.number);
    let mut sorted: Vec<&Kept> = chain.iter().collect();
    sorted.sort_by_key(|kept| number(kept));
    let mut verifier = Verifier::new(ORG, wanted.map(str::to_owned));
    for kept in &sorted {
        let erasure = kept.erased_in.and_then(|n| chain.iter().find(|other| number(other) == n));
        verifier.take(kept, erasure);
    }
    verifier.finish()
}

/// Erases the record at `at`, as the store does.
fn erase_at(chain: &mut Vec<Kept>, at: usize) {
    let head = chain.last().and_then(|kept| kept.seal.as_ref()).expect("a chain").head();
    let now = chain[at].record.at;
    let erasure = erase(&mut chain[at], Uuid::from_u128(99), "Ana", "asked to", now).expect("erased");
    let seal = Seal::new(&head, "another salt".into(), &erasure);
    chain[at].erased_in = Some(seal.number);
    chain.push(Kept { record: erasure, seal: Some(seal), erased_in: None });
}

/// A single change of one thing that is stored.
type Change = fn(&mut Kept);

fn more(value: &mut Value) {
    value.as_array_mut().expect("a list").push(json!(0));
}

fn seal_of(kept: &mut Kept) -> &mut Seal {
    kept.seal.as_mut().expect("a seal")
}

/// Turns a hex digit over, or makes one where there is none.
fn other(hex: &str) -> String {
    let first = if hex.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", hex.get(1..).unwrap_or_default())
}

/// What stays when a record is erased.
const STAYING: [Change; 14] = [
    |k| k.record.id = Uuid::from_u128(k.record.id.as_u128() ^ 1),
    |k| k.record.org = Uuid::from_u128(8),
    |k| k.record.lane = Lane::stored(format!("{}x", k.record.lane.as_str())),
    |k| k.record.task = Uuid::from_u128(k.record.task.as_u128() ^ 1),
    |k| k.record.maker.push('x'),
    |k| k.record.kind.push('x'),
    |k| k.record.escalated = !k.record.escalated,
    |k| k.record.post = Uuid::from_u128(k.record.post.as_u128() ^ 1),
    |k| k.record.at += chrono::TimeDelta::microseconds(1),
    |k| seal_of(k).number += 1_000,
    |k| seal_of(k).form += 1,
    |k| seal_of(k).digest = other(&seal_of(k).digest),
    |k| seal_of(k).link = other(&seal_of(k).link),
    |k| k.seal = None,
];

/// What can be erased, and that it was.
const ERASABLE: [Change; 11] = [
    |k| k.record.context.push('x'),
    |k| k.record.decision.push('x'),
    |k| k.record.reasoning.push('x'),
    |k| more(&mut k.record.alternatives),
    |k| more(&mut k.record.actions),
    |k| more(&mut k.record.chain),
    |k| more(&mut k.record.dissent),
    |k| k.record.dissent = Value::Null,
    |k| seal_of(k).salt = Some(format!("{}x", seal_of(k).salt.as_deref().unwrap_or_default())),
    |k| k.erased_in = Some(k.erased_in.map_or(1, |n| n + 1)),
    // A text that wanders from one field into the next.
    |k| k.record.reasoning = format!("{}{}x", std::mem::take(&mut k.record.decision), k.record.reasoning),
];

proptest! {
    #[test]
    fn a_chain_that_nobody_touched_has_no_fault(chain in chain()) {
        let outcome = verified(&chain, None);
        prop_assert_eq!((outcome.fault_count, outcome.erased), (0, 0));
        prop_assert_eq!(outcome.records, chain.len() as u64);
        prop_assert_eq!(outcome.head, chain.last().unwrap().seal.as_ref().unwrap().head());
    }

    #[test]
    fn any_single_change_is_told_and_names_the_record(chain in chain(), at: Index, change: Index) {
        let changes = [&STAYING[..], &ERASABLE[..]].concat();
        let mut touched = chain.clone();
        let record = at.get_mut(&mut touched);
        let names = record.record.id;
        change.get(&changes)(record);
        let now = at.get(&touched).record.id;
        prop_assert!(at.get(&touched) != at.get(&chain));
        let outcome = verified(&touched, None);
        let named = outcome.faults.iter().any(|fault| fault.record == names || fault.record == now);
        prop_assert!(named, "{:?}", outcome.faults);
    }

    #[test]
    fn erasing_is_no_fault_and_hides_no_later_change(chain in chain(), at: Index, change: Index) {
        let at = at.index(chain.len());
        let mut erased = chain.clone();
        erase_at(&mut erased, at);
        let outcome = verified(&erased, None);
        prop_assert_eq!((outcome.fault_count, outcome.erased), (0, 1), "{:?}", outcome.faults);
        let links = |chain: &[Kept]| chain.iter().map(|k| k.seal.as_ref().unwrap().link.clone()).collect::<Vec<_>>();
        prop_assert_eq!(&links(&chain)[..], &links(&erased)[..chain.len()]);

        let changes = [&STAYING[..], &ERASABLE[..]].concat();
        // Two texts that are nothing cannot change places.
        let change = change.index(changes.len() - 1);
        changes[change](&mut erased[at]);
        prop_assert!(verified(&erased, None).fault_count > 0);
    }

    #[test]
    fn a_swap_or_a_removal_in_the_middle_is_told(chain in chain(), at: Index, with: Index) {
        let (at, with) = (at.index(chain.len()), with.index(chain.len()));
        if at != with {
            let mut swapped = chain.clone();
            let seal = swapped[at].seal.clone();
            swapped[at].seal = std::mem::replace(&mut swapped[with].seal, seal);
            prop_assert!(verified(&swapped, None).fault_count > 0);
            // Only the numbers.
            let mut swapped = chain.clone();
            seal_of(&mut swapped[at]).number = chain[with].seal.as_ref().unwrap().number;
            seal_of(&mut swapped[with]).number = chain[at].seal.as_ref().unwrap().number;
            prop_assert!(verified(&swapped, None).fault_count > 0);
        }
        let mut holed = chain.clone();
        holed.remove(at);
        if at + 1 < chain.len() {
            prop_assert!(verified(&holed, None).fault_count > 0);
            // The numbers moved up over the hole.
            for kept in &mut holed[at..] {
                seal_of(kept).number -= 1;
            }
            prop_assert!(verified(&holed, None).fault_count > 0);
        }
    }

    #[test]
    fn a_tail_that_was_cut_off_shows_against_a_known_head(chain in chain()) {
        let known = chain.last().unwrap().seal.as_ref().unwrap().link.clone();
        prop_assert_eq!(verified(&chain, Some(&known)).asked_for, Some(chain.len() as i64));
        let cut = verified(&chain[..chain.len() - 1], Some(&known));
        prop_assert_eq!((cut.fault_count, cut.asked_for), (0, None));
    }
}

/// What the forms hash to, for good: records that are sealed in one must verify with any later version.
#[test]
fn forms_stay_as_they_are() {
    let head = Head::before_all(ORG);
    let first = Seal::in_form(1, &head, "00ff".into(), &weighty(Value::Null));
    insta::assert_json_snapshot!("form_1_stays_as_it_is", (&head, first));
    let second = Seal::in_form(2, &head, "00ff".into(), &weighty(json!(["Wait"])));
    insta::assert_json_snapshot!("form_2_stays_as_it_is", second);
}

#[test]
fn a_record_from_before_there_were_alternatives_still_fits_and_has_none() {
    let sealed = |record: Record| {
        let seal = Seal::in_form(1, &Head::before_all(ORG), "00ff".into(), &record);
        Kept { record, seal: Some(seal), erased_in: None }
    };
    assert_eq!(verified(&[sealed(weighty(Value::Null))], None).fault_count, 0);
    assert_eq!(verified(&[sealed(weighty(json!(["Wait"])))], None).fault_count, 1, "put there later");
}

fn weighty(alternatives: Value) -> Record {
    Record {
        id: Uuid::from_u128(1),
        org: ORG,
        lane: Lane::stored("task:2".into()),
        task: Uuid::from_u128(2),
        maker: "Ana".into(),
        kind: "publish.article".into(),
        context: "A piece".into(),
        decision: "Publish “it”".into(),
        reasoning: "Good\nenough".into(),
        alternatives,
        actions: json!([{ "what": "publish", "owner": "copywriter", "due": null, "n": 1.5 }]),
        chain: json!([]),
        dissent: json!([]),
        escalated: true,
        post: Uuid::from_u128(3),
        at: DateTime::from_timestamp_micros(1_700_000_000_123_456).expect("a time"),
    }
}

#[test]
fn an_erased_record_says_nothing_and_its_erasure_says_who_and_why() {
    let mut chain = sealed(vec![record_of("Fire Ben"), record_of("Hire Cem")]);
    erase_at(&mut chain, 0);
    let kept = serde_json::to_string(&chain[0]).expect("JSON");
    assert!(!kept.contains("Ben") && !kept.contains("salt 0"), "{kept}");
    let told = &chain[2].record;
    assert_eq!((&*told.maker, &*told.kind, &*told.reasoning), ("Ana", ERASURE, "asked to"));
    assert_eq!(told.context, format!("Decision record 1 ({})", chain[0].record.id));
    let again = |kept: &mut Kept| erase(kept, Uuid::nil(), "Ana", "again", DateTime::UNIX_EPOCH);
    assert_eq!(again(&mut chain[0]), Err(Refusal::Erased));
    assert_eq!(again(&mut chain[2]), Err(Refusal::Erasure));
    let read: Kept = serde_json::from_str(&kept).expect("a record");
    assert_eq!(read, chain[0]);
}

#[test]
fn each_fault_is_one_sentence_that_names_the_record() {
    let whole = sealed(vec![record_of("one"), record_of("two"), record_of("three")]);
    let told = |touch: fn(&mut Vec<Kept>)| {
        let mut chain = whole.clone();
        touch(&mut chain);
        verified(&chain, None).faults.into_iter().map(|fault| fault.says).collect::<Vec<_>>()
    };
    insta::assert_snapshot!(
        [
            told(|c| c[1].record.decision = "2".into()),
            told(|c| c[1].record.maker = "Ben".into()),
            told(|c| drop(c.remove(1))),
            told(|c| seal_of(&mut c[1]).number = 9),
            told(|c| seal_of(&mut c[1]).number = 1),
            told(|c| seal_of(&mut c[1]).salt = None),
            told(|c| c[1].erased_in = Some(3)),
            told(|c| c[2].seal = None),
            told(|c| seal_of(&mut c[2]).form = 9),
        ]
        .concat()
        .join("\n")
    );
}

fn record_of(decision: &str) -> Record {
    Record {
        id: Uuid::new_v5(&ORG, decision.as_bytes()),
        org: ORG,
        lane: Lane::stored("task:x".into()),
        task: Uuid::from_u128(2),
        maker: "you".into(),
        kind: "publish.article".into(),
        context: String::new(),
        decision: decision.into(),
        reasoning: String::new(),
        alternatives: json!([]),
        actions: json!([]),
        chain: json!([]),
        dissent: json!([]),
        escalated: false,
        post: Uuid::from_u128(3),
        at: DateTime::UNIX_EPOCH,
    }
}
