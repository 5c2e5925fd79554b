//! The department's files, kept in step with what runs: teams, personas, playbooks, brand.
//!
//! [`Office::look`] compares the files with what it read last and puts what changed in force as a whole: a new
//! [`Directory`], and a greater version for whoever subscribed. A file that is faulty keeps what it held last, is warned
//! about once, and stays in [`Office::faults`] until it is mended.
//!
//! **Architecture invariant:** nothing else opens these files. People and organisation come from [`Config`] and do not
//! change while the server runs: who may sign in is decided once.

mod clash;
mod files;
mod playbooks;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use bullpen_domain::attendance::Workdays;
use bullpen_domain::name::Handle;
use bullpen_domain::org::{self, Directory};
use bullpen_domain::persona::Persona;
use bullpen_domain::source::Fault;
use bullpen_domain::team::{self, Team};
use chrono_tz::Tz;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::catalogue::SKILLS;
use crate::config::{self, Config};
use files::{Contents, Files, Seen};
use playbooks::Playbooks;

/// What a persona's file may name under `tools`: the skills and acts that there are.
pub const TOOLS: [&str; 13] = [
    "speak",
    "research",
    "numbers",
    "keywords",
    "draft",
    "review",
    "picture",
    "seo_check",
    "brand_check",
    "publish",
    "start_work",
    "post_social",
    "mail_draft",
];

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why there is no department to run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Too little of the files can be used. The first fault is the message; all of them are inside.
    #[error("no team could be loaded: {}", .0.first().map_or_else(|| "the folder is empty".to_owned(), ToString::to_string))]
    Nothing(Vec<Fault>),
    /// A person is called like a persona, and nobody could tell who speaks.
    #[error("{0}")]
    Person(Fault),
}

/// The department's files and what of them is in force.
pub struct Office {
    files: Files,
    who: Who,
    state: Mutex<State>,
    directory: RwLock<Arc<Directory>>,
    version: watch::Sender<u64>,
}

/// What the configuration says of the organisation.
struct Who {
    name: String,
    zone: Tz,
    workdays: Workdays,
    people: Vec<org::Person>,
    home: String,
}

/// What was read last.
struct State {
    seen: Seen,
    team: team::Loaded,
    playbooks: Playbooks,
    faults: Vec<Fault>,
}

/// The organisation of this database. There is one for now, and its id does not depend on what people call it.
#[must_use]
pub fn organisation() -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, b"bullpen:default")
}

impl Office {
    /// Reads the files.
    ///
    /// Faulty files are left out, warned about, and listed in [`Office::faults`].
    ///
    /// # Errors
    /// [`Error::Nothing`] when there is no usable team, brand or persona at all; [`Error::Person`] when a person is called
    /// like a persona.
    pub fn open(config: &Config) -> Result<Self, Error> {
        let files = Files::open(&config.personas);
        let people = config.people.iter().map(config::Person::listed).collect();
        let who = Who {
            name: config.organisation.name.clone(),
            zone: config.organisation.zone,
            workdays: config.organisation.workdays.clone(),
            people,
            home: config.home().to_owned(),
        };

        let mut seen = Seen::default();
        let contents = files.look(&mut seen).unwrap_or_default();
        let (team, playbooks, faults) = load(&contents, None, &who);
        if let Some((index, handle)) = clash::first(&who.people, &team) {
            let problem = format!("@{handle} is a persona, and nobody could tell the two apart; rename one of them");
            return Err(Error::Person(config.fault(&format!("people[{index}].name"), problem)));
        }
        let Some(directory) = directory(&who, &team, &playbooks, None) else { return Err(Error::Nothing(faults)) };
        for fault in &faults {
            tracing::warn!(%fault, "a file of the department is faulty and left out");
        }
        tracing::info!(
            personas = directory.personas.len(),
            playbooks = directory.playbooks.len(),
            from = %files,
            "the department is loaded"
        );
        Ok(Self {
            files,
            who,
            state: Mutex::new(State { seen, team, playbooks, faults }),
            directory: RwLock::new(Arc::new(directory)),
            version: watch::Sender::new(1),
        })
    }

    /// What is in force.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        // Nothing panics while it is held; and if so, what it holds is whole.
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Learns which of our channels a platform's workspace has.
    pub fn learn(&self, platform: &str, rooms: org::Rooms) {
        // In turn with `look`, so that neither loses what the other found.
        let _state = self.state();
        let before = self.directory();
        if before.workspaces.get(platform) == Some(&rooms) {
            return;
        }
        let mut directory = (*before).clone();
        directory.workspaces.insert(platform.to_owned(), rooms);
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
    }

    /// What is wrong in the files now, by file and line.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// The folder that the files are in; none when the built-in ones are used.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        self.files.folder()
    }

    /// Hears of every change: the number grows when the directory or the faults have changed.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Looks at the files once, and puts in force what changed. True when something did. It reads files, and so blocks.
    pub fn look(&self) -> bool {
        let mut state = self.state();
        let Some(contents) = self.files.look(&mut state.seen) else { return false };
        let last = Some((&state.team, &state.playbooks));
        let (team, playbooks, faults) = load(&contents, last, &self.who);
        for fault in faults.iter().filter(|fault| !state.faults.contains(fault)) {
            tracing::warn!(%fault, "a file of the department is faulty; what it held before stays in force");
        }
        for file in mended(&state.faults, &faults) {
            tracing::info!(file, "a file of the department is mended");
        }
        let before = self.directory();
        let directory = directory(&self.who, &team, &playbooks, Some(&before));
        let differs = directory.as_ref().is_some_and(|now| differ(&before, now));
        let changed = differs || faults != state.faults;
        if let Some(directory) = directory {
            if differs {
                say_what_changed(&before, &directory);
            }
            *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
        }
        (state.team, state.playbooks, state.faults) = (team, playbooks, faults);
        drop(state);
        if changed {
            self.version.send_modify(|version| *version += 1);
        }
        changed
    }

    /// Looks at the files every second until `shutdown`.
    pub async fn run(self: Arc<Self>, shutdown: CancellationToken) {
        if self.folder().is_none() {
            return;
        }
        while shutdown.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            let office = Arc::clone(&self);
            if let Err(error) = tokio::task::spawn_blocking(move || office.look()).await {
                tracing::error!(%error, "looking at the department's files failed; the next look tries again");
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the contents of the files amount to, beside what was in force before.
fn load(
    contents: &Contents,
    last: Option<(&team::Loaded, &Playbooks)>,
    who: &Who,
) -> (team::Loaded, Playbooks, Vec<Fault>) {
    if let Some(gone) = &contents.gone {
        let (team, playbooks) = last.map(|(team, playbooks)| (team.clone(), playbooks.clone())).unwrap_or_default();
        return (team, playbooks, vec![gone.clone()]);
    }
    let mut team = Team::load(&contents.team, &TOOLS, last.map(|(team, _)| team));
    if let Some((last, _)) = last {
        clash::put_aside(&mut team, &contents.team, last, &who.people);
    }
    let no_playbooks = Playbooks::default();
    let last_playbooks = last.map_or(&no_playbooks, |(_, playbooks)| playbooks);
    // Without a team nothing that a playbook names is known, and the team's own faults say enough.
    let (playbooks, found) = match team.team {
        Some(_) => playbooks::load(&contents.playbooks, last_playbooks, &team, &SKILLS),
        None => (no_playbooks.clone(), Vec::new()),
    };
    let mut faults = std::mem::take(&mut team.faults);
    faults.extend(found);
    faults.extend(directory(who, &team, &playbooks, None).iter().flat_map(|directory| playbooks.unmet(directory)));
    // What could not be read at all is told by why, and not by the empty text that stands in for it.
    faults.retain(|fault| !contents.unreadable.iter().any(|known| known.file == fault.file));
    faults.extend(contents.unreadable.iter().cloned());
    faults.sort();
    faults.dedup();
    (team, playbooks, faults)
}

/// The directory of what was loaded, sharing what stayed the same. None while there is no department.
fn directory(who: &Who, team: &team::Loaded, playbooks: &Playbooks, before: Option<&Directory>) -> Option<Directory> {
    let (layout, brand) = (team.team.as_ref()?, team.brand.as_ref()?);
    if team.personas.is_empty() {
        return None;
    }
    let shared = |handle: &Handle, persona: &Persona| {
        let same = before.and_then(|before| before.personas.get(handle)).filter(|known| ***known == *persona);
        same.map_or_else(|| Arc::new(persona.clone()), Arc::clone)
    };
    Some(Directory {
        org: organisation(),
        name: who.name.clone(),
        zone: who.zone,
        workdays: who.workdays.clone(),
        people: who.people.clone(),
        personas: team.personas.iter().map(|(handle, persona)| (handle.clone(), shared(handle, persona))).collect(),
        team: Arc::new(layout.clone()),
        places: Arc::new(team.places.clone()),
        brand: Arc::new(brand.clone()),
        playbooks: playbooks.in_force(),
        workspaces: before.map(|before| before.workspaces.clone()).unwrap_or_default(),
        home: who.home.clone(),
    })
}

/// Whether two directories say different things. People, name and zone do not change while the server runs.
fn differ(a: &Directory, b: &Directory) -> bool {
    a.personas != b.personas || a.team != b.team || a.brand != b.brand || a.playbooks != b.playbooks
}

/// Files that had faults and have none now.
fn mended(before: &[Fault], now: &[Fault]) -> BTreeSet<String> {
    let faulty: BTreeSet<&str> = now.iter().map(|fault| fault.file.as_str()).collect();
    before.iter().map(|fault| fault.file.clone()).filter(|file| !faulty.contains(file.as_str())).collect()
}

fn say_what_changed(before: &Directory, now: &Directory) {
    let names = |changes: Vec<&Handle>| changes.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let news = |from: &BTreeMap<Handle, Arc<Persona>>, to: &BTreeMap<Handle, Arc<Persona>>| {
        names(to.keys().filter(|handle| !from.contains_key(*handle)).collect())
    };
    let changed = now.personas.iter().filter(|(h, p)| before.personas.get(*h).is_some_and(|old| old != *p));
    tracing::info!(
        added = news(&before.personas, &now.personas),
        removed = news(&now.personas, &before.personas),
        changed = names(changed.map(|(handle, _)| handle).collect()),
        playbooks = before.playbooks != now.playbooks,
        team = before.team != now.team,
        brand = before.brand != now.brand,
        "the department's files changed, and the change is in force"
    );
}

#[cfg(test)]
mod tests;
