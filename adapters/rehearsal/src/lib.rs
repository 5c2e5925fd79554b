//! The stand-in for a language model: it answers by rule, without a network, and the same way every time.
//!
//! It exists so that a department can be tried, rehearsed and tested with no account and no key. What it gives is about what was
//! asked: title, audience, search term and every requested change are carried through draft, review and revision. What it says
//! is advice that needs no source; it makes up neither figures nor quotations, and it says in each piece who wrote it.
//!
//! **Architecture invariant:** there is no clock and no randomness here. The present is what the material says it is, and every
//! choice is made by a hash of the words at hand. The material is read tolerantly: whatever is missing or odd, there is an
//! answer. Nothing here knows the domain; the material is JSON.

mod assignment;
mod bank;
mod brief;
mod discussion;
mod due;
mod fit;
mod hostile;
mod intent;
mod order;
mod promote;
mod research;
mod review;
mod seed;
mod talk;
mod term;
mod text;
mod topic;
mod voice;
mod work;
mod writing;

use async_trait::async_trait;
use bullpen_model::{Act, Answer, Error, Model, Request, Tier, Usage};

pub use hostile::Hostile;

/// The stand-in. It has no state and is as good as any other of its kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rehearsal;

impl Rehearsal {
    /// A stand-in.
    pub fn new() -> Self {
        Self
    }
}

/// The acts that answer `request`, and the text where no act fits.
fn acts(request: &Request) -> (Vec<Act>, Option<String>) {
    let offered = |name: &str| request.acts.iter().any(|act| act.name == name);
    let acts = match request.material["kind"].as_str() {
        Some("work") => work::work(request),
        Some("review") => review::review(request),
        Some("talk") => discussion::proposal(request).unwrap_or_else(|| talk::talk(request)),
        Some("reread") => talk::reread(request),
        Some("help") => help(request),
        Some("position") => discussion::position(request),
        Some("evidence") => discussion::evidence(request),
        Some("answer") => discussion::answer(request),
        Some("decide") => discussion::decide(request),
        Some("agree") => discussion::agree(request),
        Some("measure") => discussion::measure(request),
        Some("look_back") => discussion::look_back(request),
        Some("carry") => discussion::carry(request),
        _ if offered("review") => review::review(request),
        _ if offered("submit") => work::work(request),
        _ => talk::talk(request),
    };
    if acts.iter().all(|act| offered(&act.name)) {
        return (acts, None);
    }
    let text = acts
        .iter()
        .find_map(|act| act.arguments["text"].as_str())
        .unwrap_or("None of the acts on offer fits; this is a stand-in, not a language model.");
    (Vec::new(), Some(text.to_owned()))
}

/// The answer to a colleague who cannot go on: a stand-in knows nothing that they do not, and says how to go on without.
fn help(request: &Request) -> Vec<Act> {
    let from = request.material["escalation"]["from"].as_str().unwrap_or("colleague");
    let answer = format!(
        "{from}, go on with what is in the material, and mark plainly what is missing, so that whoever approves can see it."
    );
    vec![Act { name: "settle".to_owned(), arguments: serde_json::json!({ "answer": answer }) }]
}

/// Tokens, at four characters each.
fn tokens(characters: usize) -> u32 {
    u32::try_from(characters.div_ceil(4)).unwrap_or(u32::MAX)
}

#[async_trait]
impl Model for Rehearsal {
    fn label(&self) -> String {
        "rehearsal (stand-in, not a language model)".to_owned()
    }

    fn stand_in(&self) -> bool {
        true
    }

    fn name(&self, _tier: Tier) -> String {
        "rehearsal".to_owned()
    }

    async fn answer(&self, request: &Request) -> Result<Answer, Error> {
        let (acts, text) = acts(request);
        let asked = text::len(&request.system) + text::len(&request.ask) + text::len(&request.material.to_string());
        let answered = acts.iter().map(|act| text::len(&act.arguments.to_string())).sum::<usize>()
            + text.as_deref().map_or(0, text::len);
        Ok(Answer {
            acts,
            text,
            usage: Usage { input: tokens(asked), output: tokens(answered) },
            model: self.name(request.tier),
        })
    }

    async fn ready(&self) -> Result<(), Error> {
        Ok(())
    }
}
