//! A lane to try decisions on, with the shipped team and playbooks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::act::Proposed;
use crate::decide::{Decision, decide};
use crate::effect::{Body, Effect, Post, Run};
use crate::event::{Event, MessageId, Outcome, Purpose, Requested, Said, Timer};
use crate::field::{Fields, Kind};
use crate::lane::Lane;
use crate::name::Handle;
use crate::org::{Directory, Person, Right};
use crate::persona::Persona;
use crate::playbook::Playbook;
use crate::record::Record;
use crate::snapshot::Snapshot;
use crate::source;
use crate::task::{State, Task};
use crate::team::Team;

/// A call that an effect made.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) id: Uuid,
    pub(super) persona: Handle,
    pub(super) purpose: Purpose,
    /// The skill's run; none for a model's turn.
    pub(super) run: Option<Run>,
    /// What the model was asked.
    pub(super) ask: String,
    /// What it was shown.
    pub(super) material: Value,
}

/// A lane and all that was decided in it.
pub(super) struct Table {
    pub(super) dir: Directory,
    pub(super) now: DateTime<Utc>,
    pub(super) s: Snapshot,
    pub(super) calls: Vec<Call>,
    pub(super) timers: Vec<(DateTime<Utc>, Timer)>,
    /// The timers of due dates.
    pub(super) dates: Vec<(DateTime<Utc>, Timer)>,
    pub(super) records: Vec<Record>,
    /// How many events were decided.
    pub(super) events: u128,
}

pub(super) fn handle(text: &str) -> Handle {
    Handle::parse(text).expect("a handle")
}

/// The shipped department with three people: `you` may do everything, `ana` asks and approves, `ben` asks.
pub(crate) fn directory() -> Directory {
    static READ: LazyLock<Directory> = LazyLock::new(read);
    READ.clone()
}

fn read() -> Directory {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../personas/marketing");
    let files = texts(&folder);
    let personas = files.iter().filter_map(|(path, text)| source::parse::<Persona>(path, text).ok());
    let tools: BTreeSet<String> = personas.flat_map(|p| p.tools).collect();
    let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
    let loaded = Team::load(&files, &tools, None);
    assert_eq!(loaded.faults, Vec::new());
    let playbooks = texts(&folder.join("playbooks")).into_iter().map(|(path, text)| {
        let playbook: Playbook = source::parse(&path, &text).expect("a playbook");
        (playbook.name.clone(), Arc::new(playbook))
    });
    let person = |name: &str, rights: &[Right]| Person {
        name: name.into(),
        rights: rights.iter().copied().collect(),
        accounts: BTreeMap::new(),
        groups: BTreeMap::new(),
        email: None,
        attendance: Default::default(),
        stand_ins: Vec::new(),
    };
    Directory {
        org: Uuid::from_u128(1),
        name: "Example".into(),
        zone: chrono_tz::UTC,
        workdays: Default::default(),
        people: vec![
            person("you", &[Right::Command, Right::Approve, Right::Spend, Right::TakeOver, Right::Operate]),
            person("ana", &[Right::Command, Right::Approve]),
            person("ben", &[Right::Command]),
        ],
        personas: loaded.personas.into_iter().map(|(h, p)| (h, Arc::new(p))).collect(),
        team: Arc::new(loaded.team.expect("a team")),
        places: Arc::new(loaded.places),
        brand: Arc::new(loaded.brand.expect("a brand")),
        playbooks: playbooks.collect(),
        workspaces: BTreeMap::new(),
        home: String::new(),
    }
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("the shipped personas").flatten().map(|e| e.path());
    let files = entries.filter(|p| p.extension().is_some_and(|x| x == "yaml"));
    files.map(|p| (p.display().to_string(), fs::read_to_string(&p).expect("a text"))).collect()
}

/// The message that asked for the work.
pub(super) fn source_message() -> MessageId {
    MessageId { channel: "management".into(), id: "request".into() }
}

/// Somebody's words, at the top level of #management or in a thread there.
pub(super) fn said(by: &str, thread: Option<&str>, text: &str) -> Said {
    Said {
        message: MessageId { channel: "management".into(), id: format!("message of {by}") },
        thread: thread.map(str::to_owned),
        by: by.into(),
        text: text.into(),
        mentions: Vec::new(),
        follows: None,
        direct: None,
        thread_of: None,
    }
}

pub(super) fn acts(name: &str, arguments: Value) -> Outcome {
    Outcome::Acts { acts: vec![Proposed { name: name.into(), arguments }], text: None }
}

impl Table {
    /// An empty conversation in #management.
    pub(super) fn talk() -> Self {
        let dir = directory();
        let s = Snapshot::empty(dir.org, Lane::talk("management", None));
        let (calls, timers, dates, records) = Default::default();
        Self { dir, now: DateTime::UNIX_EPOCH + TimeDelta::days(20_000), s, calls, timers, dates, records, events: 0 }
    }

    /// Another lane of the same department, the `nth`: its events have ids of their own.
    pub(super) fn begun(lane: Lane, beside: &Self, nth: u128) -> Self {
        let s = Snapshot::empty(beside.dir.org, lane);
        Self { s, dir: beside.dir.clone(), now: beside.now, events: nth << 32, ..Self::talk() }
    }

    /// A content piece that was just asked for.
    pub(super) fn content() -> Self {
        let mut table = Self::talk();
        table.ask_for("content", "you");
        table
    }

    /// Somebody asks for work, in a lane of its own; gives the effects.
    pub(super) fn ask_for(&mut self, playbook: &str, by: &str) -> Vec<Effect> {
        let task = Uuid::from_u128(7);
        self.s = Snapshot::empty(self.dir.org, Lane::task(task));
        let request = Requested { playbook: playbook.into(), by: by.into(), ..Self::request(task) };
        self.tell(&Event::Requested(request))
    }

    pub(super) fn request(task: Uuid) -> Requested {
        let fields = Map::from_iter([("title".to_owned(), json!("Tea For Teams"))]);
        let (by, source, channel) = ("you".to_owned(), Some(source_message()), Some("management".to_owned()));
        Requested {
            task,
            playbook: "content".into(),
            fields,
            due: None,
            priority: None,
            by,
            source,
            channel,
            cause: None,
        }
    }

    /// Decides an event; gives the effects.
    pub(super) fn tell(&mut self, event: &Event) -> Vec<Effect> {
        self.events += 1;
        let id = Uuid::from_u128(self.events << 64);
        let Decision { snapshot, effects, records, .. } =
            decide(&self.dir, self.now, self.s.clone(), id, event).expect("a sound lane");
        self.s = snapshot;
        self.records.extend(records);
        for (id, effect) in &effects {
            match effect {
                Effect::Ask(a) => self.calls.push(Call {
                    id: *id,
                    persona: a.persona.clone(),
                    purpose: a.purpose.clone(),
                    run: None,
                    ask: a.ask.clone(),
                    material: a.material.clone(),
                }),
                Effect::Run(r) => self.calls.push(Call {
                    id: *id,
                    persona: r.persona.clone(),
                    purpose: r.purpose.clone(),
                    run: Some((**r).clone()),
                    ask: String::new(),
                    material: Value::Null,
                }),
                Effect::Wake { at, timer: timer @ Timer::Due { .. } } => self.dates.push((*at, timer.clone())),
                Effect::Wake { at, timer } => self.timers.push((*at, timer.clone())),
                _ => {}
            }
        }
        let mut told = Vec::new();
        for (_, effect) in effects {
            // What is handed to the thread's lane is taken up here: to a story they are one.
            match effect {
                Effect::Tell { event: event @ Event::Handed(_), .. } => told.extend(self.tell(&event)),
                effect => told.push(effect),
            }
        }
        told
    }

    pub(super) fn answer(&mut self, call: &Call, outcome: Outcome) -> Vec<Effect> {
        let (call, persona, purpose) = (call.id, call.persona.clone(), call.purpose.clone());
        self.tell(&Event::Answered { call, persona, purpose, outcome })
    }

    pub(super) fn step(&self, step: &str) -> &Task {
        self.s.of_step(step).expect("a step of the playbook")
    }

    pub(super) fn root(&self) -> &Task {
        self.s.root().expect("a root task")
    }

    /// The call that a step waits for.
    pub(super) fn call_of(&self, step: &str) -> Call {
        let waits = self.step(step).call.unwrap_or_else(|| panic!("{step} waits for nothing"));
        self.calls.iter().find(|c| c.id == waits).cloned().expect("a call that was made")
    }

    /// The oldest call that something still waits for.
    pub(super) fn awaited(&self) -> Option<Call> {
        self.calls.iter().find(|c| self.s.tasks.iter().any(|t| t.call == Some(c.id))).cloned()
    }

    /// The call of whoever has the word in the discussion.
    pub(super) fn heard_next(&self) -> Option<Call> {
        let waits = self.s.proposal.as_ref()?.waiting.first()?.call;
        self.calls.iter().find(|c| c.id == waits).cloned()
    }

    /// A good answer to a call.
    pub(super) fn good(&self, call: &Call) -> Outcome {
        match (&call.purpose, &call.run) {
            (Purpose::Check { .. }, _) => Outcome::Result { output: json!({ "score": 91, "notes": [] }) },
            (Purpose::Review { .. }, _) => {
                acts("review", json!({ "verdict": "approve", "summary": "Good.", "notes": [] }))
            }
            (Purpose::Work { .. }, Some(run)) if run.skill == "picture" => {
                let picture = json!({ "digest": "ab".repeat(32), "media_type": "image/png", "alt": "Tea" });
                Outcome::Result { output: json!({ "picture": picture }) }
            }
            (Purpose::Work { .. }, Some(_)) => Outcome::Result {
                output: json!({ "path": "/published/tea/", "slug": "tea", "version": 1, "title": "Tea" }),
            },
            (Purpose::Work { task }, None) => {
                let step = self.s.tasks.iter().find(|t| t.id == *task).and_then(|t| t.step.clone()).expect("a step");
                let playbook = self.s.playbook.as_ref().expect("a playbook");
                let gives = playbook.step(&step).and_then(|s| s.gives.clone()).expect("it gives something");
                acts("submit", sample(&gives.fields, self.s.deliverables.len()))
            }
            (Purpose::Reread { .. }, _) => {
                let playbook = self.s.playbook.as_ref().map(|p| p.name.clone()).expect("a playbook");
                acts("start_work", json!({ "playbook": playbook, "title": "Coffee For Teams" }))
            }
            (Purpose::Help { .. }, _) => acts("settle", json!({ "answer": "Go on without." })),
            (Purpose::Carry { .. }, _) => acts("report", json!({ "text": "Done." })),
            (Purpose::Discuss { .. }, _) => acts("take_position", json!({ "stance": "agree", "text": "Fine." })),
            (Purpose::Talk(_), _) => acts("say", json!({ "text": "I am on it." })),
        }
    }

    /// Answers well, oldest first, until `there`.
    pub(super) fn until(&mut self, there: impl Fn(&Self) -> bool) {
        for _ in 0..200 {
            if there(self) {
                return;
            }
            let call = self.awaited().unwrap_or_else(|| panic!("nothing is under way: {:#?}", self.states()));
            let outcome = self.good(&call);
            self.answer(&call, outcome);
        }
        panic!("it goes round and round: {:#?}", self.states());
    }

    /// Answers well until a step is in a state.
    pub(super) fn until_step(&mut self, step: &str, state: State) {
        self.until(|t| t.step(step).state == state);
    }

    /// The states of all steps.
    pub(super) fn states(&self) -> BTreeMap<String, State> {
        self.s.tasks.iter().filter_map(|t| Some((t.step.clone()?, t.state))).collect()
    }

    pub(super) fn react(&mut self, by: &str, emoji: &str, set: bool) -> Vec<Effect> {
        let post = self.s.approvals.last().expect("an approval").post;
        self.tell(&Event::Reacted { post, by: by.into(), emoji: emoji.into(), set, button: false })
    }
}

/// Values that fit.
fn sample(fields: &Fields, salt: usize) -> Value {
    let value = |kind: Kind| match kind {
        Kind::Text | Kind::Markdown => json!(format!("text {salt}")),
        Kind::List => json!(["one"]),
        Kind::Number => json!(1),
    };
    fields.0.iter().map(|(name, f)| (name.clone(), f.min.map_or_else(|| value(f.kind), |min| json!(min)))).collect()
}

/// What is said among the effects.
pub(super) fn words(effects: &[Effect]) -> Vec<String> {
    let texts = effects.iter().filter_map(|e| match e {
        Effect::Post(Post { body: Body::Text { text }, .. }) => Some(text.clone()),
        Effect::Post(Post { body: Body::Card(card), .. }) => Some(format!("{}\n{}", card.title, card.text)),
        _ => None,
    });
    texts.collect()
}

/// The models that are asked among the effects.
pub(super) fn asked(effects: &[Effect]) -> Vec<String> {
    let handles = effects.iter().filter_map(|e| match e {
        Effect::Ask(ask) => Some(ask.persona.to_string()),
        _ => None,
    });
    handles.collect()
}

/// The skills that are run among the effects.
pub(super) fn runs(effects: &[Effect]) -> Vec<Run> {
    let runs = effects.iter().filter_map(|e| match e {
        Effect::Run(run) => Some((**run).clone()),
        _ => None,
    });
    runs.collect()
}
