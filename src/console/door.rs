//! Who may come in: which addresses are ours, and whose token this is.

mod tries;

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use secrecy::{ExposeSecret as _, SecretString};

use super::cookie;
use super::problem::Problem;
use crate::clock;
use crate::config::Config;
use tries::Tries;

/// The server's door.
pub(super) struct Door {
    /// The hosts that name this server, without ports; empty where any does.
    hosts: Vec<String>,
    /// The public address' host, with the port where it has one.
    public: Option<String>,
    /// Who can sign in; `None` where nobody has to.
    keys: Option<Vec<Key>>,
    /// Whether browsers reach it by https only.
    pub(super) secure: bool,
    clock: clock::Shared,
    tries: Tries,
}

struct Key {
    name: String,
    token: SecretString,
}

/// Why somebody does not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The request does not say whom it is for.
    NoHost,
    /// It is for somebody else: a name that was made to lead here.
    ForeignHost,
    /// A page of somebody else's makes it.
    ForeignOrigin,
    /// Nobody is signed in.
    Unknown,
    /// The token is nobody's.
    WrongToken,
    /// Too many wrong tokens came from there.
    TooManyTries,
}

impl Door {
    pub(super) fn of(config: &Config, clock: clock::Shared) -> Self {
        let public = config.public_url.as_ref().map(|url| url.host().to_lowercase());
        let mut hosts = Vec::new();
        let mut keys = None;
        if config.on_loopback() {
            let listen = match config.listen.ip() {
                IpAddr::V4(ip) => ip.to_string(),
                IpAddr::V6(ip) => format!("[{ip}]"),
            };
            hosts.extend(["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned(), listen]);
            hosts.extend(public.as_deref().and_then(|host| Some(host.parse::<Authority>().ok()?.host().to_owned())));
        } else {
            let key = |person: &crate::config::Person| {
                Some(Key { name: person.name.clone(), token: person.token.as_ref()?.secret.clone() })
            };
            keys = Some(config.people.iter().filter_map(key).collect());
        }
        let secure = config.public_url.as_ref().is_some_and(|url| url.as_str().starts_with("https:"));
        Self { hosts, public, keys, secure, clock, tries: Tries::default() }
    }

    /// Refuses what pages elsewhere, or names that were made to lead here, could make a browser send.
    pub(super) fn check_addresses(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let host = self.host(uri, headers)?;
        for origin in headers.get_all(header::ORIGIN) {
            let origin = origin.to_str().map_err(|_| Refusal::ForeignOrigin)?.to_lowercase();
            let (_, from) = origin.split_once("://").ok_or(Refusal::ForeignOrigin)?;
            if from != host && Some(from) != self.public.as_deref() {
                return Err(Refusal::ForeignOrigin);
            }
        }
        let from_elsewhere = headers.get("sec-fetch-site").is_some_and(|site| site.as_bytes() == b"cross-site");
        if from_elsewhere && uri.path().starts_with("/api") {
            return Err(Refusal::ForeignOrigin);
        }
        Ok(())
    }

    /// Whom the request is for, with its port, in lower case; one of ours.
    fn host(&self, uri: &Uri, headers: &HeaderMap) -> Result<String, Refusal> {
        let mut given = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (given.next(), given.next()) else { return Err(Refusal::NoHost) };
        let host = host.to_str().map_err(|_| Refusal::NoHost)?.to_lowercase();
        let authority: Authority = host.parse().map_err(|_| Refusal::NoHost)?;
        let ours = |authority: &Authority| {
            !authority.as_str().contains('@')
                && (self.hosts.is_empty() || self.hosts.iter().any(|host| authority.host().eq_ignore_ascii_case(host)))
        };
        if ours(&authority) && uri.authority().is_none_or(ours) { Ok(host) } else { Err(Refusal::ForeignHost) }
    }

    /// Who is signed in; `None` where nobody has to be.
    pub(super) fn signed_in(&self, headers: &HeaderMap, from: Option<IpAddr>) -> Result<Option<String>, Refusal> {
        let Some(keys) = &self.keys else { return Ok(None) };
        if let Some(bearer) = bearer(headers) {
            return self.whose(bearer, from).map(Some);
        }
        let now = self.clock.now();
        let good = |value: &str| {
            let claimed = cookie::claims(value)?;
            let key = keys.iter().find(|key| key.name == claimed)?;
            cookie::is_good(value, &key.name, key.token.expose_secret(), now).then_some(claimed)
        };
        cookies(headers).find_map(good).map(Some).ok_or(Refusal::Unknown)
    }

    /// Whose token this is. Wrong ones are counted by where they come from.
    pub(super) fn whose(&self, token: &str, from: Option<IpAddr>) -> Result<String, Refusal> {
        let mut found = None;
        // All are compared, so that the time tells nothing.
        for key in self.keys.iter().flatten() {
            if cookie::same(token, key.token.expose_secret()) {
                found = Some(key.name.clone());
            }
        }
        // Behind a proxy everybody has one address: who knows a token is not shut out by those who guess.
        found.ok_or_else(|| {
            if self.tries.are_too_many(from) {
                return Refusal::TooManyTries;
            }
            self.tries.count(from);
            Refusal::WrongToken
        })
    }

    /// A cookie that keeps this person signed in; `None` where nobody has to be, or they have no token.
    pub(super) fn cookie(&self, name: &str) -> Option<String> {
        let key = self.keys.iter().flatten().find(|key| key.name == name)?;
        let value = cookie::seal(name, key.token.expose_secret(), self.clock.now() + cookie::LIFE);
        let (life, secure) = (cookie::LIFE.num_seconds(), if self.secure { "; Secure" } else { "" });
        Some(format!("{}={value}; Path=/; Max-Age={life}; HttpOnly; SameSite=Strict{secure}", cookie::NAME))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .filter_map(|one| one.trim().split_once('='))
        .filter_map(|(name, value)| (name == cookie::NAME).then_some(value))
}

impl Refusal {
    /// For the metrics.
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::NoHost => "no_host",
            Self::ForeignHost => "foreign_host",
            Self::ForeignOrigin => "foreign_origin",
            Self::Unknown => "not_signed_in",
            Self::WrongToken => "wrong_token",
            Self::TooManyTries => "too_many_tries",
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (status, code, message) = match refusal {
            Refusal::NoHost => {
                (StatusCode::BAD_REQUEST, "no_host", "the request has no readable Host header, or several")
            }
            Refusal::ForeignHost => (
                StatusCode::FORBIDDEN,
                "foreign_host",
                "this server is not called by that name; use localhost, or set BULLPEN_PUBLIC_URL to the address it is \
                 reached by",
            ),
            Refusal::ForeignOrigin => (
                StatusCode::FORBIDDEN,
                "foreign_origin",
                "a page of another site may not use this server; if it is this server's own, set BULLPEN_PUBLIC_URL to \
                 the address that you open it by",
            ),
            Refusal::Unknown => (
                StatusCode::UNAUTHORIZED,
                "not_signed_in",
                "sign in first: send your token as `Authorization: Bearer …`, or to POST /api/sign-in",
            ),
            Refusal::WrongToken => {
                (StatusCode::UNAUTHORIZED, "wrong_token", "this token is nobody's; check it for missing characters")
            }
            Refusal::TooManyTries => (
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_tries",
                "too many wrong tokens came from there; wait a minute",
            ),
        };
        Self::new(status, code, message)
    }
}

#[cfg(test)]
mod tests;
