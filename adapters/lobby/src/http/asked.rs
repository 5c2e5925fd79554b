//! What a request asks beside its body: who is speaking, which part of a list, the pieces of its path.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::problem::Problem;
use crate::{Error, Lobby, Mark, Member, Page, Start};

/// Who is signed in, as a request extension that a layer in front of [`crate::router`] sets. With it, `as` may be left out
/// and must name nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn(pub String);

/// The query and who is signed in.
pub(super) struct Asked {
    query: HashMap<String, String>,
    signed_in: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Query(query) = Query::try_from_uri(&parts.uri)
            .map_err(|_| Problem::malformed("the query of the address cannot be read"))?;
        let signed_in = parts.extensions.get::<SignedIn>().map(|SignedIn(name)| name.clone());
        Ok(Self { query, signed_in })
    }
}

impl Asked {
    /// Who speaks: `given` in the body, else `as` in the query, else who is signed in.
    pub(super) async fn speaker(&self, lobby: &Lobby, given: Option<&str>) -> Result<Member, Problem> {
        self.name(lobby, given)
            .await?
            .ok_or_else(|| Problem::invalid("`as` is missing: say who is speaking, by the name that people see"))
    }

    /// Who looks, where somebody says so.
    pub(super) async fn viewer(&self, lobby: &Lobby) -> Result<Option<Member>, Problem> {
        self.name(lobby, None).await
    }

    async fn name(&self, lobby: &Lobby, given: Option<&str>) -> Result<Option<Member>, Problem> {
        let given = given.or_else(|| self.query.get("as").map(String::as_str));
        match (given, self.signed_in.as_deref()) {
            (Some(given), Some(signed_in)) if given != signed_in => Err(Problem::new(
                axum::http::StatusCode::FORBIDDEN,
                "forbidden",
                format!("you are signed in as “{signed_in}” and cannot speak as “{given}”"),
            )),
            (Some(name), _) | (None, Some(name)) => Ok(Some(lobby.member(name).await?)),
            (None, None) => Ok(None),
        }
    }

    /// Which part of a list: `after` or `before` (a message's id, or a number of the stream), and `limit` (1 to 1,000).
    /// Without either the first ones, so that a list is walked with `after` alone; with `order=newest` the last ones.
    /// Either way in the order of commits.
    pub(super) fn page(&self) -> Result<Page, Problem> {
        let limit = match self.query.get("limit") {
            None => Page::default().limit,
            Some(limit) => limit
                .parse()
                .ok()
                .filter(|limit| (1..=1000).contains(limit))
                .ok_or_else(|| Problem::malformed("`limit` must be a number from 1 to 1000"))?,
        };
        let start = match (self.query.get("after"), self.query.get("before")) {
            (None, None) => match self.query.get("order").map(String::as_str) {
                None | Some("oldest") => Start::After(Mark::Seq(0)),
                Some("newest") => Start::Newest,
                Some(_) => return Err(Problem::malformed("`order` must be `oldest` or `newest`")),
            },
            (Some(mark), None) => Start::After(read_mark("after", mark)?),
            (None, Some(mark)) => Start::Before(read_mark("before", mark)?),
            (Some(_), Some(_)) => return Err(Problem::malformed("give either `after` or `before`, not both")),
        };
        Ok(Page { start, limit })
    }

    /// `after` as a number of the log.
    pub(super) fn after(&self) -> Result<Option<i64>, Problem> {
        self.query.get("after").map(|seq| read_seq("after", seq)).transpose()
    }
}

fn read_mark(name: &str, given: &str) -> Result<Mark, Problem> {
    match (Uuid::try_parse(given), given.parse()) {
        (Ok(id), _) => Ok(Mark::Message(id)),
        (_, Ok(seq)) => Ok(Mark::Seq(seq)),
        _ => Err(Problem::malformed(format!("`{name}` must be a message's id"))),
    }
}

/// Reads a number of the log as it stands in the field `name`.
pub(super) fn read_seq(name: &str, given: &str) -> Result<i64, Problem> {
    given
        .parse()
        .ok()
        .filter(|seq| *seq >= 0)
        .ok_or_else(|| Problem::malformed(format!("`{name}` must be the id of an event, a number")))
}

/// The pieces of the path.
pub(super) struct Of<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Of<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(pieces)) => Ok(Self(pieces)),
            Err(_) => Err(Problem::malformed("the address is not valid UTF-8")),
        }
    }
}

/// A message's id in a path: what is no id is the id of no message.
pub(super) fn message_id(given: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(given).map_err(|_| Error::UnknownMessage(given.chars().take(80).collect()))
}

/// A channel's id in a path, which may be written with `#`.
pub(super) fn channel_id(given: &str) -> Result<&str, Error> {
    if given.contains('\0') {
        return Err(Error::Nul("channel"));
    }
    Ok(given.strip_prefix('#').unwrap_or(given))
}

/// The event up to which a stream's reader was told everything, from the header of that name.
pub(super) struct LastEventId(pub(super) Option<i64>);

impl<S: Sync> FromRequestParts<S> for LastEventId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match parts.headers.get("last-event-id") {
            None => Ok(Self(None)),
            Some(id) => Ok(Self(Some(read_seq("Last-Event-ID", id.to_str().unwrap_or_default())?))),
        }
    }
}
