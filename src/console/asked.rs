//! What a request asks beside its path: which part of a list, and in whose name.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use bullpen_lobby::SignedIn;
use serde::de::{DeserializeOwned, IntoDeserializer, value};
use uuid::Uuid;

use super::problem::Problem;
use crate::store::views::{Order, Page};

/// The query and who is signed in.
pub(super) struct Asked {
    query: HashMap<String, String>,
    signed_in: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Query(query) = Query::<HashMap<String, String>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::malformed("the query of the address cannot be read"))?;
        if query.values().any(|value| value.contains('\0')) {
            return Err(Problem::malformed("the query of the address holds a NUL character; remove it"));
        }
        let signed_in = parts.extensions.get::<SignedIn>().map(|SignedIn(name)| name.clone());
        Ok(Self { query, signed_in })
    }
}

impl Asked {
    /// A field of the query.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// In whose name: `as`, which must be who is signed in where somebody is.
    pub(super) fn speaker(&self) -> Result<Option<&str>, Problem> {
        self.speaks_as(self.text("as"))
    }

    /// In whose name, where the body says so.
    pub(super) fn speaks_as<'a>(&'a self, given: Option<&'a str>) -> Result<Option<&'a str>, Problem> {
        match (given, self.signed_in.as_deref()) {
            (Some(given), Some(signed_in)) if given != signed_in => {
                Err(Problem::forbidden(format!("you are signed in as “{signed_in}” and cannot act as “{given}”")))
            }
            (given, signed_in) => Ok(signed_in.or(given)),
        }
    }

    /// Which part of a list: `after` (an entry's id), `limit` (1 to 1,000) and `order` (`oldest` or `newest` first).
    pub(super) fn page(&self) -> Result<Page, Problem> {
        let mut page = Page::default();
        if let Some(limit) = self.text("limit") {
            page.limit = (limit.parse().ok())
                .filter(|limit| (1..=1000).contains(limit))
                .ok_or_else(|| Problem::malformed("`limit` must be a number from 1 to 1000"))?;
        }
        page.after = self.id("after")?;
        page.order = match self.text("order") {
            None | Some("oldest") => Order::Oldest,
            Some("newest") => Order::Newest,
            Some(_) => return Err(Problem::malformed("`order` must be `oldest` or `newest`")),
        };
        Ok(page)
    }

    /// A field that is an id.
    pub(super) fn id(&self, name: &str) -> Result<Option<Uuid>, Problem> {
        let id = |text| Uuid::try_parse(text).map_err(|_| Problem::malformed(format!("`{name}` must be an id")));
        self.text(name).map(id).transpose()
    }

    /// A field that is `true` or `false`, the latter where it is absent.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::malformed(format!("`{name}` must be `true` or `false`"))),
        }
    }

    /// A field that names one or more of the variants of a type, with commas between; none where it is absent.
    pub(super) fn some_of<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, Problem> {
        let one = |text: &str| {
            let text = IntoDeserializer::<value::Error>::into_deserializer(text.trim());
            T::deserialize(text).map_err(|error| Problem::malformed(format!("`{name}`: {error}")))
        };
        self.text(name).map_or_else(|| Ok(Vec::new()), |text| text.split(',').map(one).collect())
    }
}

/// A piece of the path.
pub(super) struct Of(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Of {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(piece)) => Ok(Self(piece)),
            Err(_) => Err(Problem::malformed("the address is not valid UTF-8")),
        }
    }
}

impl Of {
    /// The piece as the id of `what`: what is no id is the id of nothing.
    pub(super) fn id(&self, what: &str) -> Result<Uuid, Problem> {
        Uuid::try_parse(&self.0).map_err(|_| Problem::unknown(what, &self.0))
    }
}
