//! Addresses: where the server listens, what people call it, where the database is.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use bullpen_domain::source::Lines;
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

use super::Error;
use super::environment::Environment;

/// The address that people reach the server by: `https://bullpen.example.com`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    host: String,
}

impl PublicUrl {
    fn parse(given: &str) -> Result<Self, String> {
        let wrong =
            |why: &str| format!("\"{given}\" {why}; write only scheme and host, such as https://bullpen.example.com");
        let url = Url::parse(given.trim()).map_err(|e| wrong(&format!("is no address ({e})")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            // It may hold a password, so it is not repeated.
            return Err("there is a user name in the address; write only scheme and host".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("has more than a host"));
        }
        let host = url.host_str().map(|host| match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        });
        let host = host.ok_or_else(|| wrong("has no host"))?;
        Ok(Self { text: url.as_str().trim_end_matches('/').to_owned(), host })
    }

    /// The whole address, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What a browser sends as `Host`: the port is there where it is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The base of a platform's routes, without a slash at its end: from a variable, else from the file.
pub(super) fn of_api(
    env: &Environment<'_>,
    variable: &str,
    configured: &str,
    field: &str,
    lines: &Lines,
) -> Result<String, Error> {
    let named = env.get(variable);
    let given = named.as_deref().unwrap_or(configured).trim().trim_end_matches('/');
    let checked = Url::parse(given).map_err(|e| format!("this is no address ({e})")).and_then(|url| {
        let loopback = url.host_str().is_some_and(|host| {
            let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
            host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
        });
        match url.scheme() {
            "https" => Ok(()),
            "http" if loopback => Ok(()),
            "http" => {
                Err("tokens would go out in the clear; use https (plain http is for this machine only)".to_owned())
            }
            _ => Err("this is neither http nor https".to_owned()),
        }
    });
    match checked {
        Ok(()) => Ok(given.to_owned()),
        Err(why) if named.is_some() => Err(Error::variable(variable, why)),
        Err(why) => Err(lines.fault(field, why).into()),
    }
}

pub(super) fn public(
    env: &Environment<'_>,
    configured: Option<&str>,
    lines: &Lines,
) -> Result<Option<PublicUrl>, Error> {
    if let Some(given) = env.get("BULLPEN_PUBLIC_URL") {
        return PublicUrl::parse(&given).map(Some).map_err(|problem| Error::variable("BULLPEN_PUBLIC_URL", problem));
    }
    configured.map(PublicUrl::parse).transpose().map_err(|p| lines.fault("server.public_url", p).into())
}

pub(super) fn listen(env: &Environment<'_>, configured: &str, lines: &Lines) -> Result<SocketAddr, Error> {
    match env.get("BULLPEN_LISTEN") {
        Some(given) => parse_listen(&given).map_err(|problem| Error::variable("BULLPEN_LISTEN", problem)),
        None => parse_listen(configured).map_err(|problem| lines.fault("server.listen", problem).into()),
    }
}

/// An address and a port. `localhost` is the only name, so that nothing has to be resolved.
fn parse_listen(given: &str) -> Result<SocketAddr, String> {
    let given = given.trim();
    let numeric = match given.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => given.to_owned(),
    };
    numeric.parse().map_err(|_| {
        format!(
            "\"{given}\" is no address to listen on; write an IP address and a port, such as 127.0.0.1:3710, \
             localhost:3710 or 0.0.0.0:3710"
        )
    })
}

/// Whether only this machine reaches an address.
pub(super) fn is_loopback(listen: SocketAddr) -> bool {
    listen.ip().to_canonical().is_loopback()
}

/// How a program of this machine reaches what listens there.
pub(super) fn local(listen: SocketAddr) -> String {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, listen.port()))
}

/// `DATABASE_URL`, whose value is never shown.
pub(super) fn database(env: &Environment<'_>) -> Result<Option<SecretString>, Error> {
    let Some(url) = env.secret("DATABASE_URL") else { return Ok(None) };
    let wrong = |why: &str| {
        let problem = format!("{why}; write postgres://user:password@host:5432/database, or unset it");
        Err(Error::variable("DATABASE_URL", problem))
    };
    match Url::parse(url.expose_secret()) {
        Ok(parsed) if matches!(parsed.scheme(), "postgres" | "postgresql") => Ok(Some(url)),
        Ok(_) => wrong("this is not the address of a Postgres"),
        Err(error) => wrong(&format!("this is no address ({error})")),
    }
}
