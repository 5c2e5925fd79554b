//! What the pages need to know before they begin: who is there, who speaks, what is wrong.

use axum::Json;
use axum::extract::State;
use bullpen_domain::attendance::Attendance;
use bullpen_domain::name::Handle;
use bullpen_domain::org::{Directory, Person};
use serde::Serialize;
use serde_json::{Value, json};

use super::asked::Asked;
use super::problem::Problem;
use super::{Console, Ours};
use crate::store::views::costs;

/// What people are told to do while the stand-in speaks.
const HINT: &str = "To connect a real one, set OPENAI_API_KEY (and OPENAI_BASE_URL for an endpoint of your own) in the \
                    environment or in the file .env, and start Bullpen again.";

/// A line above every view.
#[derive(Debug, Serialize)]
pub(super) struct Notice {
    /// `warn` or `info`.
    level: &'static str,
    text: String,
}

/// `GET /api/session?as=`
pub(super) async fn session(State(console): Ours, asked: Asked) -> Result<Json<Value>, Problem> {
    let directory = console.office.directory();
    let me = me(&directory, asked.speaker()?)?;
    let model = &console.model;
    Ok(Json(json!({
        "me": me,
        "people": directory.people,
        "organisation": { "name": directory.name, "zone": directory.zone.name() },
        "model": {
            "stand_in": model.stand_in(),
            "label": model.label(),
            "hint": if model.stand_in() { HINT } else { "" },
        },
        "notices": current(&console),
        "version": env!("CARGO_PKG_VERSION"),
    })))
}

/// `GET /api/notices`
pub(super) async fn notices(State(console): Ours) -> Json<Vec<Notice>> {
    Json(current(&console))
}

/// `GET /api/costs`
pub(super) async fn costs(State(console): Ours) -> Result<Json<Value>, Problem> {
    let costs = costs::on(&console.pool, console.org, console.clock.now(), console.office.directory().zone).await?;
    let mut shown = json!(costs);
    shown["limit_usd"] = console.config.budget.daily_usd.into();
    shown["stand_in"] = console.model.stand_in().into();
    Ok(Json(shown))
}

/// The listed person of this name, the first one where none is given; anybody else is a guest, and no persona.
fn me(directory: &Directory, name: Option<&str>) -> Result<Person, Problem> {
    let Some(name) = name else {
        return directory.people.first().cloned().ok_or_else(|| Problem::unknown("person", "you"));
    };
    let is_persona = Handle::parse(name).is_ok_and(|handle| directory.personas.contains_key(&handle))
        || directory.personas.values().any(|persona| persona.name.eq_ignore_ascii_case(name));
    if is_persona {
        return Err(Problem::forbidden(format!("“{name}” is a persona; nobody else may speak as one")));
    }
    Ok(directory.person(name).cloned().unwrap_or_else(|| Person {
        name: name.to_owned(),
        rights: [].into(),
        accounts: [].into(),
        groups: [].into(),
        email: None,
        attendance: Attendance::default(),
        stand_ins: Vec::new(),
    }))
}

/// What is wrong now, and what was unwise at the start.
fn current(console: &Console) -> Vec<Notice> {
    let warn = |text: String| Notice { level: "warn", text };
    let parts = console.health.parts().into_iter().filter_map(|(part, state)| Some((part, state.err()?)));
    let faults = console.office.faults().into_iter().map(|fault| warn(fault.to_string()));
    faults
        .chain(parts.map(|(part, reason)| warn(format!("{part} is not ready: {reason}"))))
        .chain(console.config.warnings.iter().cloned().map(warn))
        .collect()
}
