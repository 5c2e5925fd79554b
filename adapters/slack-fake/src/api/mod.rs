//! The Web API: who calls, whether they may, with what arguments, and what goes wrong on purpose.

mod apps;
mod arguments;
mod assistant;
mod auth;
mod chat;
mod conversations;
mod files;
mod history;
mod method;
mod page;
mod reactions;
mod usergroups;
mod users;
mod views;

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, Method as Verb, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

pub(crate) use files::upload;

use crate::faults::Mishap;
use crate::seen::{Call, Outcome};
use crate::server::{Line, Shared};
use crate::state::{Refusal, State as Workspace, Token};
use method::{Method, Special};

/// A call that is known to come from somebody who may make it.
pub(crate) struct Called<'a> {
    pub(crate) state: &'a mut Workspace,
    pub(crate) token: Token,
    /// The calling app's bot's user; empty for other tokens.
    pub(crate) bot_user: String,
    arguments: Map<String, Value>,
}

impl Called<'_> {
    /// The id of the calling app.
    fn app(&self) -> &str {
        &self.token.app
    }

    /// The arguments as a type; everything else about them is refused.
    fn parse<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        arguments::parse(&self.arguments, self.state.settings.strict_arguments)
    }

    /// Refuses without one of these scopes.
    fn need(&self, scopes: &[&str]) -> Result<(), Refusal> {
        if scopes.is_empty() || scopes.iter().any(|s| self.token.scopes.iter().any(|own| own == s)) {
            return Ok(());
        }
        Err(Refusal::missing_scope(&scopes.join(","), &self.token.scopes))
    }

    fn has(&self, scope: &str) -> bool {
        self.token.scopes.iter().any(|own| own == scope)
    }
}

/// What a call came to.
struct Done {
    body: Value,
    /// The scopes of the token, for the header.
    scopes: Option<String>,
    retry_after: Option<Duration>,
}

/// `/api/{method}`.
pub(crate) async fn call(
    State(shared): State<Arc<Shared>>,
    Extension(line): Extension<Line>,
    Path(method): Path<String>,
    verb: Verb,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let known = method::find(&method);
    let json = known.is_none_or(|m| m.json);
    let (token, arguments) = match arguments::read(&verb, &headers, query.as_deref(), &body, json) {
        Ok(read) => read,
        Err(refusal) => return Json(refusal.body()).into_response(),
    };
    let (mishap, done) = shared.change(|state| {
        let mishap = state.dice.call(&method);
        (mishap, state.serve(&method, known, token.as_deref(), arguments, mishap))
    });
    match mishap {
        Some(Mishap::Failed { .. }) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, "something went wrong").into_response();
        }
        Some(Mishap::Cut { .. }) => return cut(&line).await,
        Some(Mishap::Hangs(hang)) => {
            tokio::time::sleep(hang).await;
            return cut(&line).await;
        }
        Some(Mishap::Limited(_)) | None => {}
    }
    answer(done)
}

/// Cuts the connection; there is no answer on it any more.
async fn cut(line: &Line) -> Response {
    line.0.cancel();
    std::future::pending().await
}

fn answer(done: Done) -> Response {
    let mut response = Json(done.body).into_response();
    let headers = response.headers_mut();
    if let Some(scopes) = done.scopes.and_then(|s| s.parse().ok()) {
        headers.insert("x-oauth-scopes", scopes);
    }
    if let Some(after) = done.retry_after {
        headers.insert("retry-after", after.as_secs_f64().ceil().max(0.0).to_string().parse().unwrap_or(1.into()));
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    }
    response
}

impl Workspace {
    /// Carries a call out, as far as it may and no mishap prevents it, and writes it down.
    fn serve(
        &mut self,
        name: &str,
        method: Option<&'static Method>,
        token: Option<&str>,
        arguments: Map<String, Value>,
        mishap: Option<Mishap>,
    ) -> Done {
        let caller = self.caller(token);
        let app = caller.as_ref().map(|t| self.app_name(&t.app)).unwrap_or_default();
        let scopes = caller.as_ref().ok().map(|t| t.scopes.join(","));
        let mut call =
            Call { at: self.now(), app, method: name.into(), arguments: json!(arguments), outcome: Outcome::Done };
        let mut retry_after = None;
        let body = match mishap {
            Some(Mishap::Limited(after)) => {
                retry_after = Some(after);
                limited()
            }
            Some(mishap) if !mishap.done() => Value::Null,
            _ => match self.carry_out(method, caller, arguments) {
                Ok(body) => body,
                Err(No::Refused(refusal)) => {
                    call.outcome = Outcome::Refused(refusal.code.into());
                    refusal.body()
                }
                Err(No::Limited(after)) => {
                    retry_after = Some(after.max(Duration::from_secs(1)));
                    limited()
                }
            },
        };
        match mishap {
            _ if retry_after.is_some() => call.outcome = Outcome::Limited,
            Some(Mishap::Failed { done }) => call.outcome = Outcome::Failed { done },
            Some(Mishap::Cut { done }) => call.outcome = Outcome::Cut { done },
            Some(Mishap::Hangs(_)) => call.outcome = Outcome::TimedOut,
            Some(Mishap::Limited(_)) | None => {}
        }
        tracing::debug!(app = call.app, method = name, outcome = ?call.outcome, "called");
        self.calls.push(call);
        Done { body, scopes, retry_after }
    }

    fn carry_out(
        &mut self,
        method: Option<&'static Method>,
        caller: Result<Token, Refusal>,
        arguments: Map<String, Value>,
    ) -> Result<Value, No> {
        let Some(method) = method else { return Err(Refusal::new("unknown_method").into()) };
        if method.special == Some(Special::Open) {
            return Ok(auth::api_test(&arguments)?);
        }
        let token = caller?;
        if token.kind != method.token && method.special != Some(Special::Any) {
            return Err(Refusal::new("not_allowed_token_type").into());
        }
        let app = token.app.clone();
        let bot_user = self.apps.get(&app).map(|a| a.bot_user.clone()).unwrap_or_default();
        let limits = self.settings.limits;
        self.buckets.call(&limits, &app, method.name, method.tier).map_err(No::Limited)?;
        let mut called = Called { state: self, token, bot_user, arguments };
        called.need(method.scopes)?;
        if method.special == Some(Special::Post) {
            let channel = called.arguments.get("channel").and_then(Value::as_str).unwrap_or_default().to_owned();
            called.state.buckets.post(&limits, &app, &channel).map_err(No::Limited)?;
        }
        let mut body = (method.run)(&mut called)?;
        body["ok"] = json!(true);
        Ok(body)
    }
}

/// Why a call was not carried out.
enum No {
    Refused(Refusal),
    Limited(Duration),
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn limited() -> Value {
    json!({"ok": false, "error": "ratelimited"})
}
