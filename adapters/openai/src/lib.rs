//! Any OpenAI-compatible endpoint behind the model port: chat completions with function calls.
//!
//! One [`OpenAi`] speaks to one endpoint (OpenAI itself, vLLM, Ollama, Gemini's compatible interface, a gateway …) with
//! one model per [`Tier`]. What such endpoints refuse differs; what this one refuses is learnt from its own complaints
//! and remembered for the life of the value, per model (see `quirks`).
//!
//! The way of a question: `question` makes the body, `transport` sends it (bounded retries, capped bodies, every
//! failure a `Fault`), `reply` reads the completion, `explain` turns a fault into a sentence that says what to mend.
//!
//! **Architecture invariant:** nothing here reads the environment or decides what an act means. Arguments are handed on
//! as answered; whoever asked validates them.
//!
//! The process must have a default crypto provider for rustls installed before [`OpenAi::new`].

mod complaint;
mod config;
mod endpoint;
mod explain;
mod fault;
mod fence;
mod inline;
mod question;
mod quirks;
mod readiness;
mod reply;
mod transport;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bullpen_model::{Answer, Error, Model, Request, Tier};
use serde_json::Value;

pub use crate::config::{Config, Models};
use crate::endpoint::Endpoint;
use crate::explain::Explain;
use crate::fault::Fault;
use crate::question::Question;
use crate::quirks::{Quirks, QuirksByModel};
use crate::readiness::Readiness;
use crate::transport::Transport;

/// A language model behind an OpenAI-compatible endpoint. Share it in an [`Arc`]; calls run side by side.
pub struct OpenAi {
    endpoint: Arc<Endpoint>,
    models: Models,
    timeout: Duration,
    client: async_openai::Client<Arc<dyn async_openai::config::Config>>,
    transport: Transport,
    quirks: QuirksByModel,
    readiness: Readiness,
}

impl OpenAi {
    /// Checks the configuration and builds the client; speaks to nobody yet.
    ///
    /// # Errors
    /// [`Error::Misconfigured`], naming the variable, when the address is not an http(s) URL, a key would travel
    /// unencrypted beyond this machine, the key cannot stand in a header, or a model has no name.
    pub fn new(config: Config) -> Result<OpenAi, Error> {
        config.models.check()?;
        let endpoint = Arc::new(Endpoint::parse(&config.base_url, config.key)?);
        let transport = Transport::new(Arc::clone(&endpoint), config.timeout)?;
        let address: Arc<dyn async_openai::config::Config> = endpoint.clone();
        let client =
            async_openai::Client::build(transport.http().clone(), address).with_http_service(transport.clone());
        Ok(OpenAi {
            endpoint,
            models: config.models,
            timeout: config.timeout,
            client,
            transport,
            quirks: QuirksByModel::default(),
            readiness: Readiness::default(),
        })
    }

    /// Asks until the endpoint stops refusing a parameter that we can do without. Each quirk is learnt at most once, so
    /// this ends after as many rounds as there are quirks.
    async fn ask(&self, request: &Request, explain: Explain<'_>) -> Result<Answer, Error> {
        let model = explain.model;
        let known = self.quirks.of(model).unwrap_or_else(|| Quirks::expected_of(&self.endpoint));
        let mut quirks = known;
        loop {
            let question = Question::new(request, model, quirks);
            let completion: Result<Value, _> = self.client.chat().create_byot(&question).await;
            let fault = match completion.map_err(Fault::from) {
                Ok(completion) => {
                    if quirks != known {
                        self.quirks.remember(model, quirks);
                    }
                    return reply::read(completion, request, &question).map_err(|unusable| explain.unusable(unusable));
                }
                Err(fault) => fault,
            };
            let Some(learnt) = fault.complaint().and_then(|complaint| quirks.learn(complaint)) else {
                return Err(explain.fault(&fault));
            };
            tracing::info!(model, turn = %request.turn, why = %fault, "asking again without what the endpoint refuses");
            quirks = learnt;
        }
    }
}

#[async_trait]
impl Model for OpenAi {
    fn label(&self) -> String {
        let Models { strategic, standard, routine } = &self.models;
        let others = if strategic == standard && routine == standard { "" } else { " and others" };
        format!("{standard}{others} at {}", self.endpoint.host())
    }

    fn stand_in(&self) -> bool {
        false
    }

    fn name(&self, tier: Tier) -> String {
        self.models.of(tier).to_owned()
    }

    /// Answers once. All of it, retries included, takes at most [`Config::timeout`].
    async fn answer(&self, request: &Request) -> Result<Answer, Error> {
        let explain = Explain { endpoint: &self.endpoint, tier: request.tier, model: self.models.of(request.tier) };
        match tokio::time::timeout(self.timeout, self.ask(request, explain)).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(explain.fault(&Fault::Slow(self.timeout))),
        }
    }

    /// Asks the endpoint for its list of models, at most every half minute.
    async fn ready(&self) -> Result<(), Error> {
        self.readiness.get(Instant::now(), || readiness::probe(&self.transport, &self.endpoint)).await
    }
}

impl std::fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenAi")
            .field("endpoint", &self.endpoint.base())
            .field("models", &self.models)
            .finish_non_exhaustive()
    }
}
