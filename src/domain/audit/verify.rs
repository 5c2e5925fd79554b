//! Reads a chain record by record, in bounded memory, and says what does not fit.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ERASURE, FORM, Head, Kept, Seal, called, digest, link, names};
use crate::record::Record;

/// Most faults that are kept; of the others only the count.
const LISTED: usize = 100;

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The record.
    pub record: Uuid,
    /// Its number, where it has one.
    pub number: Option<i64>,
    /// Which record it is, and what does not fit, as a sentence.
    pub says: String,
}

/// What a whole chain turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How many records were read.
    pub records: u64,
    /// How many of them are erased.
    pub erased: u64,
    /// Where the chain ends.
    pub head: Head,
    /// How many faults there are.
    pub fault_count: u64,
    /// The first hundred of them.
    pub faults: Vec<Fault>,
    /// The number of the record whose link was asked for; none where no record has it, or none was asked for.
    pub asked_for: Option<i64>,
}

/// Verifies a chain. It is given each record once, by number; those without one last.
#[derive(Debug)]
pub struct Verifier {
    wanted: Option<String>,
    outcome: Outcome,
}

impl Verifier {
    /// Verifies the chain of an organisation, and looks whether the link `wanted` is in it.
    #[must_use]
    pub fn new(org: Uuid, wanted: Option<String>) -> Self {
        let head = Head::before_all(org);
        let asked_for = (wanted.as_ref() == Some(&head.link)).then_some(0);
        let outcome = Outcome { records: 0, erased: 0, head, fault_count: 0, faults: Vec::new(), asked_for };
        Self { wanted, outcome }
    }

    /// Takes the next record. `erasure` is the one whose number is its `erased_in`.
    pub fn take(&mut self, kept: &Kept, erasure: Option<&Kept>) {
        self.outcome.records += 1;
        self.outcome.erased += u64::from(kept.erased_in.is_some());
        let Some(seal) = &kept.seal else {
            let says = format!("A decision record ({}) has no link: it was not added by Bullpen.", kept.record.id);
            return self.fault(kept, says);
        };
        let name = called(seal.number, kept.record.id);
        if !(1..=FORM).contains(&seal.form) {
            let form = seal.form;
            self.fault(kept, format!("Decision {name} is sealed in form {form}, which this version does not know."));
        } else {
            self.numbered(kept, seal, &name);
            self.texts(kept, seal, erasure, &name);
        }
        if self.wanted.as_deref() == Some(&*seal.link) {
            self.outcome.asked_for = Some(seal.number);
        }
        // On with what is stored: each break is told once, and not again of every record behind it.
        self.outcome.head = seal.head();
    }

    /// What the chain turned out to be.
    #[must_use]
    pub fn finish(self) -> Outcome {
        self.outcome
    }

    fn numbered(&mut self, kept: &Kept, seal: &Seal, name: &str) {
        let before = self.outcome.head.clone();
        let next = before.number + 1;
        if seal.number > next {
            let missing = match seal.number - 1 {
                last if last == next => format!("number {next} is missing"),
                last => format!("the numbers {next} to {last} are missing"),
            };
            return self
                .fault(kept, format!("Before decision {name} {missing}: a record was removed or its number changed."));
        }
        if seal.number < next {
            self.fault(kept, format!("Decision {name} has a number that is not the next one, {next}."));
        } else if link(&before.link, seal.number, &seal.digest, &kept.record) != seal.link {
            let says = format!(
                "The link of decision {name} is broken: it does not follow from the record before and from its own time, \
                 maker, kind, place and digest."
            );
            self.fault(kept, says);
        }
    }

    fn texts(&mut self, kept: &Kept, seal: &Seal, erasure: Option<&Kept>, name: &str) {
        match (&seal.salt, kept.erased_in) {
            (Some(salt), None) if fits(seal.form, salt, &kept.record, &seal.digest) => {}
            (Some(_), None) => {
                self.fault(kept, format!("The text of decision {name} was changed: it does not fit its digest."))
            }
            (None, None) => self.fault(kept, format!("Decision {name} has lost its salt, though nobody erased it.")),
            (salt, Some(in_number)) => {
                let told = erasure.is_some_and(|erasure| tells_of(erasure, in_number, seal.number, kept.record.id));
                if !told {
                    let says =
                        format!("Decision {name} is marked as erased, but record {in_number} does not tell of that.");
                    self.fault(kept, says);
                }
                if salt.is_some() || !is_empty(&kept.record) {
                    self.fault(kept, format!("Decision {name} was erased, but has a text or a salt again."));
                }
            }
        }
    }

    fn fault(&mut self, kept: &Kept, says: String) {
        self.outcome.fault_count += 1;
        if self.outcome.faults.len() < LISTED {
            let number = kept.seal.as_ref().map(|seal| seal.number);
            self.outcome.faults.push(Fault { record: kept.record.id, number, says });
        }
    }
}

/// Whether the texts are those that were sealed: form 1 covers no alternatives, so there are none.
fn fits(form: i16, salt: &str, record: &Record, sealed: &str) -> bool {
    (form > 1 || is_nothing(&record.alternatives)) && digest(form, salt, record) == sealed
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || *value == json!([])
}

fn tells_of(erasure: &Kept, in_number: i64, number: i64, id: Uuid) -> bool {
    let follows = erasure.seal.as_ref().is_some_and(|seal| seal.number == in_number && seal.number > number);
    follows && erasure.record.kind == ERASURE && erasure.record.context == names(number, id)
}

fn is_empty(record: &Record) -> bool {
    let Record { context, decision, reasoning, alternatives, actions, chain, dissent, .. } = record;
    [context, decision, reasoning].iter().all(|text| text.is_empty())
        && is_nothing(alternatives)
        && [actions, chain, dissent].into_iter().all(|list| *list == json!([]))
}
