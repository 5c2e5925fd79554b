//! A model that answers as a story wants it to, and as the stand-in wherever the story does not care.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bullpen_model::{Act, Answer, Error, Model, Request, Tier, Usage};
use bullpen_rehearsal::Rehearsal;
use serde_json::Value;

type Line = dyn Fn(&Request, Answer) -> Result<Answer, Error> + Send + Sync;

/// A scripted model.
pub(crate) struct Scripted {
    line: Box<Line>,
    stand_in: bool,
    asked: Mutex<Vec<Request>>,
}

impl Scripted {
    /// `line` is given each question with the stand-in's answer, and says what is answered.
    pub(crate) fn new(line: impl Fn(&Request, Answer) -> Result<Answer, Error> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { line: Box::new(line), stand_in: true, asked: Mutex::default() })
    }

    /// The same, with a price: it is no stand-in.
    pub(crate) fn priced(
        line: impl Fn(&Request, Answer) -> Result<Answer, Error> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { line: Box::new(line), stand_in: false, asked: Mutex::default() })
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().expect("nobody panicked with it").clone()
    }
}

#[async_trait]
impl Model for Scripted {
    fn label(&self) -> String {
        "scripted".into()
    }

    fn stand_in(&self) -> bool {
        self.stand_in
    }

    fn name(&self, _tier: Tier) -> String {
        "scripted".into()
    }

    async fn answer(&self, request: &Request) -> Result<Answer, Error> {
        self.asked.lock().expect("nobody panicked with it").push(request.clone());
        let usual = Rehearsal::new().answer(request).await?;
        (self.line)(request, usual)
    }

    async fn ready(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// An answer of one act.
pub(crate) fn act(name: &str, arguments: Value) -> Answer {
    Answer {
        acts: vec![Act { name: name.into(), arguments }],
        text: None,
        usage: Usage::default(),
        model: "scripted".into(),
    }
}

/// Who is asked.
pub(crate) fn who(request: &Request) -> &str {
    request.material["self"]["handle"].as_str().unwrap_or_default()
}

/// The step that is to be carried out; empty in talk.
pub(crate) fn step(request: &Request) -> &str {
    request.material["step"]["id"].as_str().unwrap_or_default()
}
