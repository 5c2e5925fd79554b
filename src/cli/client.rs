//! Speaks to a running server, as any program could.

use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::config::{Config, Person};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server, and who speaks to it.
pub(super) struct Client {
    http: reqwest::Client,
    /// Where it may be: here, else at its public address.
    bases: Vec<String>,
    token: Option<SecretString>,
    /// The name to speak as, spelt as it is listed.
    pub(super) name: Option<String>,
}

impl Client {
    /// Speaks as `name` where one is given. Otherwise nobody in particular asks; where signing in is needed, it is the
    /// first person with a token who sees everything, else the first with one.
    pub(super) fn new(config: &Config, name: Option<&str>) -> anyhow::Result<Self> {
        let person = match name {
            Some(name) => config.person(name),
            None if config.on_loopback() => None,
            None => {
                let with_token = || config.people.iter().filter(|person| person.token.is_some());
                let sees_all = |person: &&Person| person.rights.contains(&bullpen_domain::org::Right::Operate);
                with_token().find(sees_all).or_else(|| with_token().next())
            }
        };
        // The server is here, or named by its address: no proxy stands between.
        let http = reqwest::Client::builder().no_proxy().connect_timeout(Duration::from_secs(5)).build()?;
        let public = config.public_url.as_ref().map(|url| url.as_str().to_owned());
        Ok(Self {
            http,
            bases: std::iter::once(config.local_url()).chain(public).collect(),
            token: person.and_then(|person| person.token.as_ref()).map(|token| token.secret.clone()),
            name: name.map(|name| person.map_or(name, |person| person.name.as_str()).to_owned()),
        })
    }

    /// `GET`, as JSON.
    pub(super) async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Value> {
        let response = self.call(Method::GET, path, |request| request.query(query).timeout(PATIENCE)).await?;
        read(response).await
    }

    /// A call with a body, answered in JSON.
    pub(super) async fn post(&self, path: &[&str], body: &Value) -> anyhow::Result<Value> {
        let response = self.call(Method::POST, path, |request| request.json(body).timeout(PATIENCE)).await?;
        read(response).await
    }

    /// A call whose address says everything, answered in JSON.
    pub(super) async fn change(&self, method: Method, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Value> {
        let response = self.call(method, path, |request| request.query(query).timeout(PATIENCE)).await?;
        read(response).await
    }

    /// Begins to read a stream of events, after the one with id `last`.
    pub(super) async fn stream(&self, query: &[(&str, &str)], last: Option<&str>) -> anyhow::Result<Response> {
        let prepare = |request: RequestBuilder| match last {
            Some(last) => request.query(query).header("last-event-id", last),
            None => request.query(query),
        };
        refuse(self.call(Method::GET, &["api", "stream"], prepare).await?).await
    }

    /// Calls the server wherever it answers.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &[&str],
        prepare: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> anyhow::Result<Response> {
        for base in &self.bases {
            let mut request = prepare(self.http.request(method.clone(), address(base, path)?));
            if let Some(token) = &self.token {
                request = request.bearer_auth(token.expose_secret());
            }
            match request.send().await {
                Ok(response) => return Ok(response),
                Err(error) if error.is_connect() => {}
                Err(error) if error.is_timeout() => {
                    bail!("{base} did not answer in time: look at `bullpen doctor`, and try again")
                }
                Err(error) => return Err(anyhow!(error).context(format!("{base} did not answer as it should"))),
            }
        }
        Err(Nobody { bases: self.bases.join(" and ") }.into())
    }
}

/// The server does not run.
#[derive(Debug, thiserror::Error)]
#[error("Nothing answers at {bases}: start it with `bullpen up`.")]
pub(super) struct Nobody {
    bases: String,
}

fn address(base: &str, path: &[&str]) -> anyhow::Result<Url> {
    let mut url = Url::parse(base)?;
    // Names of channels and emoji are escaped here. An http address has segments.
    url.path_segments_mut().map_err(|()| anyhow!("{base} is no address of a server"))?.extend(path);
    Ok(url)
}

async fn read(response: Response) -> anyhow::Result<Value> {
    let url = response.url().clone();
    refuse(response).await?.json().await.with_context(|| format!("{url} is answered by something that is not Bullpen"))
}

/// The server's own sentence where it refuses.
async fn refuse(response: Response) -> anyhow::Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let url = response.url().clone();
    let body: Value = response.json().await.unwrap_or_default();
    let said = body["error"]["message"].as_str().map(super::out::plain);
    match (said, status) {
        (Some(said), StatusCode::UNAUTHORIZED) => {
            bail!("{said} (name yourself with --as, and set the variable that bullpen.yaml names as your token)")
        }
        (Some(said), _) => bail!("{said}"),
        (None, _) => {
            bail!("{url} answers {status}, which is not how Bullpen answers: is another program running there?")
        }
    }
}
