//! System prompts: most of what a model is told, and the same at every turn of a persona and a day. So they are written once
//! a day, and kept once in the database; a prompt names the one that it was made with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bullpen_domain::name::Handle;
use bullpen_domain::org::Directory;
use bullpen_domain::persona::{self, Persona};
use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use super::Turns;
use crate::store::definitions::{self, SYSTEM_PROMPT};

/// A system prompt that is kept.
#[derive(Debug)]
pub(super) struct System {
    /// What the model is told.
    pub(super) text: String,
    /// SHA-256 of that, in lower-case hex.
    pub(super) digest: String,
}

/// Those of the personas as they are today.
#[derive(Debug, Default)]
pub struct Systems(Mutex<Option<Today>>);

#[derive(Debug)]
struct Today {
    directory: Arc<Directory>,
    day: NaiveDate,
    of: HashMap<Handle, Arc<System>>,
}

impl Systems {
    fn of(&self, directory: &Arc<Directory>, day: NaiveDate, persona: &Handle) -> Option<Arc<System>> {
        let today = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let today = today.as_ref().filter(|today| today.is(directory, day))?;
        today.of.get(persona).cloned()
    }

    fn add(&self, directory: &Arc<Directory>, day: NaiveDate, persona: &Handle, system: &Arc<System>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let today = known.take().filter(|today| today.is(directory, day));
        let mut today = today.unwrap_or_else(|| Today { directory: Arc::clone(directory), day, of: HashMap::new() });
        today.of.insert(persona.clone(), Arc::clone(system));
        *known = Some(today);
    }
}

impl Today {
    fn is(&self, directory: &Arc<Directory>, day: NaiveDate) -> bool {
        Arc::ptr_eq(&self.directory, directory) && self.day == day
    }
}

impl Turns {
    /// The system prompt of a persona, kept by now; `persona` is the version that the work is pinned to.
    pub(super) async fn system(
        &self,
        conn: &mut PgConnection,
        handle: &Handle,
        persona: Option<&Arc<Persona>>,
    ) -> sqlx::Result<Result<Arc<System>, persona::Error>> {
        let directory = self.office.directory();
        let day = self.clock.now().with_timezone(&directory.zone).date_naive();
        let as_today = match (persona, directory.personas.get(handle)) {
            (Some(persona), Some(today)) => Arc::ptr_eq(persona, today),
            (one, other) => one.is_none() && other.is_none(),
        };
        if as_today && let Some(known) = self.systems.of(&directory, day, handle) {
            return Ok(Ok(known));
        }
        let context = persona::Context { organisation: &directory.name, today: day, brand: &directory.brand };
        let text = match persona {
            Some(persona) => match persona.system_prompt(&context) {
                Ok(text) => text,
                Err(error) => return Ok(Err(error)),
            },
            None => format!("You are @{handle} of {}. Today is {day}.", directory.name),
        };
        let system = Arc::new(self.keep_system(conn, handle, text).await?);
        if as_today {
            self.systems.add(&directory, day, handle, &system);
        }
        Ok(Ok(system))
    }

    /// Keeps a system prompt.
    pub(super) async fn keep_system(
        &self,
        conn: &mut PgConnection,
        handle: &Handle,
        text: String,
    ) -> sqlx::Result<System> {
        let digest: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
        let now = self.clock.now();
        definitions::keep(conn, self.org, SYSTEM_PROMPT, handle.as_str(), &digest, &text, now).await?;
        Ok(System { text, digest })
    }

    /// The system prompt that was kept under a digest.
    pub(super) async fn kept_system(
        &self,
        conn: &mut PgConnection,
        handle: &Handle,
        digest: &str,
    ) -> sqlx::Result<Option<System>> {
        let text = definitions::find(conn, self.org, SYSTEM_PROMPT, handle.as_str(), digest).await?;
        Ok(text.map(|text| System { text, digest: digest.to_owned() }))
    }
}
