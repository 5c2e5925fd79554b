//! One request from its coming in to its answer.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, LazyLock, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::limit::{Limited, Standing};
use super::route::{self, Auth, Parameters, Route};
use super::{Called, File, Reply, multipart};
use crate::faults::Mishap;
use crate::seen::{Call, Outcome};
use crate::server::{Line, Shared};
use crate::state::{Refusal, State as Guild};

/// Longest reason for the audit log.
const REASON: usize = 512;
/// Most bytes of a body without files.
const BODY: usize = 25 << 20;

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(route::all);

/// A request, read.
struct Asked {
    verb: String,
    segments: Vec<String>,
    query: BTreeMap<String, String>,
    token: Option<String>,
    agent: String,
    reason: Option<String>,
    body: Value,
    files: Vec<File>,
    /// What was wrong with the form already.
    wrong: Option<Refusal>,
}

/// What a request came to.
#[derive(Default)]
struct Done {
    status: u16,
    body: Value,
    standing: Option<Standing>,
    limited: Option<Limited>,
    /// For the log: the operation, its path with names, and whether it is the description's.
    operation: &'static str,
    template: &'static str,
}

/// Everything below `/api`.
pub(crate) async fn call(
    State(shared): State<Arc<Shared>>,
    Extension(line): Extension<Line>,
    request: Request,
) -> Response {
    let asked = read(request).await;
    let logged =
        shared.log.as_ref().map(|_| (asked.verb.clone(), asked.query.clone(), asked.body.clone(), asked.files.len()));
    let (mishap, done) = shared.change(|guild| guild.serve(asked));
    if let (Some(log), Some((verb, query, body, files))) = (&shared.log, logged) {
        let line = json!({
            "method": verb, "route": done.template, "operation": done.operation, "query": query, "body": body,
            "files": files, "status": done.status, "answer": done.body,
        });
        // One write a line, so that several guilds may share a file.
        let line = format!("{line}\n");
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written is missed by whoever checks it.
        let _ = log.write_all(line.as_bytes());
    }
    match mishap {
        Some(Mishap::Failed { .. }) => {
            let body = Json(json!({"message": "500: Internal Server Error", "code": 0}));
            (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
        }
        Some(Mishap::Cut { .. }) => cut(&line).await,
        Some(Mishap::Hangs(hang)) => {
            tokio::time::sleep(hang).await;
            cut(&line).await
        }
        Some(Mishap::Limited { .. }) | None => answer(done),
    }
}

/// Cuts the connection; there is no answer on it any more.
async fn cut(line: &Line) -> Response {
    line.0.cancel();
    std::future::pending().await
}

async fn read(request: Request) -> Asked {
    let header = |headers: &HeaderMap, name: &str| {
        headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned).unwrap_or_default()
    };
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let path = request.uri().path().to_owned();
    let query = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned();
    let mut asked = Asked {
        verb: request.method().to_string(),
        segments: path.split('/').skip(2).map(decode).collect(),
        query: query.collect(),
        token: request.headers().get("authorization").map(|v| v.to_str().unwrap_or_default().to_owned()),
        agent: header(request.headers(), "user-agent"),
        reason: Some(header(request.headers(), "x-audit-log-reason")).filter(|r| !r.is_empty()).map(|r| decode(&r)),
        body: Value::Null,
        files: Vec::new(),
        wrong: None,
    };
    let media_type = header(request.headers(), "content-type").to_lowercase();
    let wrong_json = || Refusal::new(400, 50109, "The request body contains invalid JSON.");
    if media_type.starts_with("multipart/form-data") {
        match multipart::read(request).await {
            Ok((body, files)) => (asked.body, asked.files) = (body, files),
            Err(refusal) => asked.wrong = Some(refusal),
        }
        return asked;
    }
    let Ok(bytes) = to_bytes(request.into_body(), BODY).await else {
        asked.wrong = Some(Refusal::new(413, 40005, "Request entity too large"));
        return asked;
    };
    if bytes.is_empty() {
        return asked;
    }
    if !media_type.starts_with("application/json") {
        let why = "Expected \"Content-Type\" header to be one of {application/json, multipart/form-data}.";
        asked.wrong = Some(Refusal::form("", "CONTENT_TYPE_INVALID", why));
        return asked;
    }
    match serde_json::from_slice(&bytes) {
        Ok(body) => asked.body = body,
        Err(_) => asked.wrong = Some(wrong_json()),
    }
    asked
}

impl Guild {
    /// Carries a request out, as far as it may and no mishap prevents it, and writes it down.
    fn serve(&mut self, asked: Asked) -> (Option<Mishap>, Done) {
        let found = self.route(&asked);
        let operation = found.as_ref().map_or("", |(route, _)| route.operation);
        let mishap = found.as_ref().ok().and_then(|_| self.dice.call(operation));
        let bot = asked.token.as_deref().and_then(|t| t.strip_prefix("Bot ")).and_then(|t| self.bot_of(t));
        let (name, bot) = (bot.map(|b| b.name.clone()), bot.map(|b| b.user));
        let mut call = Call {
            at: self.now(),
            bot: name.unwrap_or_default(),
            method: asked.verb.clone(),
            path: match &found {
                Ok((route, parameters)) => route.said(parameters),
                Err(_) => format!("/{}", asked.segments.get(1..).unwrap_or_default().join("/")),
            },
            operation,
            query: asked.query.clone(),
            body: asked.body.clone(),
            reason: asked.reason.clone(),
            outcome: Outcome::Done,
        };
        let mut done = Done { operation, ..Done::default() };
        match found {
            Err(refusal) => done.refuse(&refusal),
            Ok((route, parameters)) => {
                done.template = route.path;
                match mishap {
                    Some(Mishap::Limited { global, after }) => done.limit(Limited { after, global }),
                    Some(mishap) if !mishap.done() => {}
                    _ => self.carry_out(&mut done, route, parameters, bot, asked),
                }
            }
        }
        call.outcome = match mishap {
            _ if done.limited.is_some() => Outcome::Limited { global: done.limited.as_ref().is_some_and(|l| l.global) },
            Some(Mishap::Failed { done }) => Outcome::Failed { done },
            Some(Mishap::Cut { done }) => Outcome::Cut { done },
            Some(Mishap::Hangs(_)) => Outcome::TimedOut,
            _ if done.status >= 400 => {
                let code = done.body["code"].as_u64().and_then(|c| u32::try_from(c).ok()).unwrap_or_default();
                Outcome::Refused { status: done.status, code }
            }
            _ => Outcome::Done,
        };
        tracing::debug!(bot = call.bot, method = call.method, path = call.path, outcome = ?call.outcome, "called");
        self.calls.push(call);
        (mishap, done)
    }

    fn route(&self, asked: &Asked) -> Result<(&'static Route, Parameters), Refusal> {
        let Some((version, segments)) = asked.segments.split_first() else { return Err(Refusal::not_found()) };
        if version != "v10" {
            return Err(Refusal::new(400, 50041, "Invalid API version provided"));
        }
        let fits = |route: &'static Route| Some((route, route.matches(segments)?));
        let mut here =
            ROUTES.iter().filter_map(fits).filter(|(route, parameters)| (route.applies)(self, parameters)).peekable();
        if here.peek().is_none() {
            return Err(Refusal::not_found());
        }
        here.find(|(route, _)| route.verb == asked.verb).ok_or_else(|| Refusal::new(405, 0, "405: Method Not Allowed"))
    }

    fn carry_out(
        &mut self,
        done: &mut Done,
        route: &'static Route,
        parameters: Parameters,
        bot: Option<u64>,
        asked: Asked,
    ) {
        if self.settings.strict_agent && !asked.agent.starts_with("DiscordBot (") {
            // Its front refuses clients that do not say who they are.
            done.refuse(&Refusal::new(403, 40333, "internal network error"));
            return;
        }
        let bot = match route.auth {
            Auth::Bot => match bot {
                Some(bot) => bot,
                None => return done.refuse(&Refusal::unauthorized()),
            },
            Auth::Secret | Auth::Open => 0,
        };
        let limits = self.settings.limits.clone();
        let resource = parameters.first().map(|(_, value)| value.clone()).unwrap_or_default();
        let (standing, taken) = self.buckets.take(&limits, bot, route.operation, &resource);
        done.standing = Some(standing);
        if let Err(limited) = taken {
            return done.limit(limited);
        }
        if let Some(refusal) = asked.wrong {
            return done.refuse(&refusal);
        }
        if asked.reason.as_ref().is_some_and(|r| r.chars().count() > REASON) {
            return done.refuse(&Refusal::too_long("X-Audit-Log-Reason", REASON));
        }
        let Asked { query, body, files, .. } = asked;
        let mut called = Called { state: self, bot, parameters, query, body, files };
        let about = called.parameters.first().and_then(|(_, value)| value.parse().ok());
        let next_door = about.and_then(|id| called.state.next_door(route.operation, id));
        match next_door.map_or_else(|| (route.run)(&mut called), |read| Ok(Reply::Json(read))) {
            Ok(reply) => {
                done.status = reply.status();
                done.body = reply.body();
            }
            Err(refusal) => done.refuse(&refusal),
        }
    }
}

impl Done {
    fn refuse(&mut self, refusal: &Refusal) {
        (self.status, self.body) = (refusal.status, refusal.body());
    }

    fn limit(&mut self, limited: Limited) {
        self.status = 429;
        self.body = json!({
            "message": "You are being rate limited.", "retry_after": limited.after.as_secs_f64(),
            "global": limited.global, "code": 0,
        });
        self.limited = Some(limited);
    }
}

fn answer(done: Done) -> Response {
    let status = StatusCode::from_u16(done.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match done.body {
        Value::Null => status.into_response(),
        body => (status, Json(body)).into_response(),
    };
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: String| {
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    };
    if let Some(standing) = done.standing {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        set("x-ratelimit-limit", standing.limit.to_string());
        set("x-ratelimit-remaining", standing.remaining.to_string());
        set("x-ratelimit-reset", seconds(now + standing.reset_after));
        set("x-ratelimit-reset-after", seconds(standing.reset_after));
        set("x-ratelimit-bucket", standing.bucket);
    }
    if let Some(limited) = done.limited {
        set("retry-after", limited.after.as_secs_f64().ceil().to_string());
        set("x-ratelimit-scope", if limited.global { "global" } else { "user" }.into());
        if limited.global {
            set("x-ratelimit-global", "true".into());
        }
    }
    set("via", "1.1 google".into());
    response
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}
