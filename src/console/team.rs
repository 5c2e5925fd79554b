//! `GET /api/personas`: who is in the department, and what each of them is doing.

use std::cmp::Reverse;
use std::path::Path;

use axum::Json;
use axum::extract::State;
use bullpen_domain::org::Directory;
use bullpen_domain::persona::{Authority, Persona, Tier};
use bullpen_domain::source::Fault;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Ours;
use super::problem::Problem;
use crate::store::views::desks::{self, Desk, OnDesk};

/// A persona as it is shown.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    handle: String,
    name: String,
    role: String,
    layer: String,
    avatar: String,
    reports_to: Vec<String>,
    leads: Vec<String>,
    state: Presence,
    /// What it is at, in words.
    doing: Option<String>,
    tasks: Vec<OnDesk>,
    /// How many calls are ready or running for it.
    pending: i64,
    authority: Authority,
    responsibilities: Vec<String>,
    skills: Vec<String>,
    voice: String,
    tier: Tier,
    /// What is wrong in its file, which then is not in force.
    fault: Option<String>,
}

/// Whether it can be expected to work now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Presence {
    /// Within its hours, with nothing in hand.
    Active,
    /// At work.
    Busy,
    /// Outside of its hours.
    Offline,
}

/// `GET /api/personas`, in the order of rank.
pub(super) async fn personas(State(console): Ours) -> Result<Json<Vec<Shown>>, Problem> {
    let mut desks = desks::all(&console.pool, console.org).await?;
    let (directory, faults, now) = (console.office.directory(), console.office.faults(), console.clock.now());
    let mut personas: Vec<&Persona> = directory.personas.values().map(AsRef::as_ref).collect();
    let rank = |layer: &str| directory.team.rank(layer).unwrap_or(usize::MAX);
    personas.sort_by_key(|p| (rank(&p.layer), Reverse(p.authority.level), p.handle.clone()));
    let shown = personas.into_iter().map(|persona| {
        let desk = desks.remove(persona.handle.as_str()).unwrap_or_default();
        show(&directory, &faults, now, persona, desk)
    });
    Ok(Json(shown.collect()))
}

fn show(directory: &Directory, faults: &[Fault], now: DateTime<Utc>, persona: &Persona, desk: Desk) -> Shown {
    let led = |other: &&std::sync::Arc<Persona>| other.reports_to.contains(&persona.handle);
    let state = if desk.is_busy() {
        Presence::Busy
    } else if persona.availability.covers(now, directory.zone) {
        Presence::Active
    } else {
        Presence::Offline
    };
    // A persona's file is named for its handle.
    let of_it = |fault: &&Fault| Path::new(&fault.file).file_stem().is_some_and(|stem| stem == persona.handle.as_str());
    Shown {
        handle: persona.handle.to_string(),
        name: persona.name.clone(),
        role: persona.title.clone(),
        layer: persona.layer.clone(),
        avatar: format!("/avatars/{}.svg", persona.handle),
        reports_to: persona.reports_to.iter().map(ToString::to_string).collect(),
        leads: directory.personas.values().filter(led).map(|other| other.handle.to_string()).collect(),
        state,
        doing: desk.doing(),
        tasks: desk.tasks,
        pending: desk.pending,
        authority: persona.authority.clone(),
        responsibilities: persona.responsibilities.clone(),
        skills: persona.skills.clone(),
        voice: persona.voice.tone.clone(),
        tier: persona.model.tier,
        fault: faults.iter().find(of_it).map(ToString::to_string),
    }
}
