//! The department's records: `/api/tasks`, `/api/approvals`, `/api/escalations`, `/api/proposals`, `/api/letters`,
//! `/api/decisions`, `/api/refusals`, `/api/dead-letters`.

use axum::Json;
use axum::extract::State;
use bullpen_domain::delegation::Delegation;
use bullpen_domain::org::Right;
use bullpen_domain::refusal::Refusal;
use serde_json::{Value, json};

use super::Ours;
use super::asked::{Asked, Of};
use super::problem::Problem;
use crate::store::dead::{self, Kind, Letter};
use crate::store::delegations;
use crate::store::views::{approvals, decisions, escalations, letters, proposals, refusals, task, tasks};

/// `GET /api/tasks?root=&parent=&state=&order=&after=&limit=`
pub(super) async fn tasks(State(console): Ours, asked: Asked) -> Result<Json<Vec<tasks::View>>, Problem> {
    let which =
        tasks::Which { roots: asked.flag("root")?, parent: asked.id("parent")?, states: asked.some_of("state")? };
    Ok(Json(tasks::list(&console.pool, console.org, &which, asked.page()?).await?))
}

/// `GET /api/tasks/{id}`
pub(super) async fn task(State(console): Ours, id: Of) -> Result<Json<task::Whole>, Problem> {
    let found = task::find(&console.pool, console.org, id.id("task")?).await?;
    found.map(Json).ok_or_else(|| Problem::unknown("task", &id.0))
}

/// `GET /api/approvals?state=&order=&after=&limit=`
pub(super) async fn approvals(State(console): Ours, asked: Asked) -> Result<Json<Vec<approvals::View>>, Problem> {
    let states = asked.some_of("state")?;
    Ok(Json(approvals::list(&console.pool, console.org, &states, asked.page()?).await?))
}

/// `GET /api/approvals/{id}`
pub(super) async fn approval(State(console): Ours, id: Of) -> Result<Json<approvals::View>, Problem> {
    let found = approvals::find(&console.pool, console.org, id.id("approval")?).await?;
    found.map(Json).ok_or_else(|| Problem::unknown("approval", &id.0))
}

/// `GET /api/delegations`: those in force.
pub(super) async fn delegations(State(console): Ours) -> Result<Json<Vec<Delegation>>, Problem> {
    let mut conn = console.pool.acquire().await?;
    Ok(Json(delegations::in_force(&mut conn, console.org, console.clock.now()).await?))
}

/// `GET /api/escalations?state=&order=&after=&limit=`
pub(super) async fn escalations(State(console): Ours, asked: Asked) -> Result<Json<Vec<escalations::View>>, Problem> {
    let states = asked.some_of("state")?;
    Ok(Json(escalations::list(&console.pool, console.org, &states, asked.page()?).await?))
}

/// `GET /api/proposals?state=&order=&after=&limit=`
pub(super) async fn proposals(State(console): Ours, asked: Asked) -> Result<Json<Vec<proposals::View>>, Problem> {
    let states = asked.some_of("state")?;
    Ok(Json(proposals::list(&console.pool, console.org, &states, asked.page()?).await?))
}

/// `GET /api/letters?task=&thread=&open=&order=&after=&limit=`
pub(super) async fn letters(State(console): Ours, asked: Asked) -> Result<Json<Vec<letters::View>>, Problem> {
    let open = asked.text("open").is_some().then(|| asked.flag("open")).transpose()?;
    let which = letters::Which { task: asked.id("task")?, thread: asked.text("thread"), open };
    Ok(Json(letters::list(&console.pool, console.org, &which, asked.page()?).await?))
}

/// `GET /api/decisions?q=&order=&after=&limit=`
pub(super) async fn decisions(State(console): Ours, asked: Asked) -> Result<Json<Vec<decisions::View>>, Problem> {
    let search = asked.text("q").unwrap_or_default();
    Ok(Json(decisions::list(&console.pool, console.org, search, asked.page()?).await?))
}

/// `GET /api/refusals?order=&after=&limit=`
pub(super) async fn refusals(State(console): Ours, asked: Asked) -> Result<Json<Vec<Refusal>>, Problem> {
    Ok(Json(refusals::list(&console.pool, console.org, asked.page()?).await?))
}

/// `GET /api/dead-letters?order=&after=&limit=`
pub(super) async fn dead_letters(State(console): Ours, asked: Asked) -> Result<Json<Vec<Letter>>, Problem> {
    Ok(Json(dead::list(&console.pool, console.org, asked.page()?).await?))
}

/// `POST /api/dead-letters/{id}/retry?as=`: the letter goes back to work, with all its attempts before it.
pub(super) async fn retry(State(console): Ours, id: Of, asked: Asked) -> Result<Json<Value>, Problem> {
    if let Some(name) = asked.speaker()?
        && !console.office.directory().may(name, Right::Operate)
    {
        return Err(Problem::forbidden(format!("“{name}” may not retry dead letters: it takes the right `operate`")));
    }
    let mut conn = console.pool.acquire().await?;
    let kind = dead::retry(&mut conn, console.org, id.id("dead letter")?).await?;
    match kind {
        None => return Err(Problem::unknown("dead letter", &id.0)),
        Some(Kind::Event) => console.wakes.inbox.ring_for_all(),
        Some(Kind::Post) => console.wakes.outbox.ring_for_all(),
    }
    console.wakes.changed.notify_one();
    Ok(Json(json!({ "id": id.0, "kind": kind, "state": "ready" })))
}
