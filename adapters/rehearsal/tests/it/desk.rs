//! Asks the stand-in as the department would: with the playbook's own steps, and with every earlier deliverable as input.

use std::collections::BTreeMap;

use bullpen_model::{Act, ActSpec, Model, Request, Tier};
use bullpen_rehearsal::Rehearsal;
use serde_json::{Map, Value, json};

/// The present of all stories: a Friday morning.
pub(crate) const NOW: &str = "2026-11-20T10:00:00Z";

/// The playbook of content pieces, as people edit it.
pub(crate) fn playbook() -> Value {
    let yaml = include_str!("../../../../personas/marketing/playbooks/content.yaml");
    serde_saphyr::from_str(yaml).expect("a playbook")
}

fn spec(name: &str) -> ActSpec {
    ActSpec { name: name.into(), description: String::new(), schema: json!({"type": "object"}) }
}

/// A request with this material and these acts on offer.
pub(crate) fn request(material: Value, acts: &[&str]) -> Request {
    Request {
        turn: uuid::Uuid::nil(),
        tier: Tier::Standard,
        temperature: 0.7,
        system: "You are one of us.".into(),
        ask: "Do it.".into(),
        material,
        acts: acts.iter().map(|name| spec(name)).collect(),
        max_tokens: 4000,
    }
}

/// The single act that answers.
pub(crate) fn answer(request: &Request) -> Act {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let answer = runtime.block_on(Rehearsal::new().answer(request)).expect("an answer");
    let again = runtime.block_on(Rehearsal::new().answer(request)).expect("an answer");
    assert_eq!(answer, again, "the same request has the same answer");
    assert!(answer.usage.input > 0 && answer.usage.output > 0);
    let [act] = answer.acts.as_slice() else { panic!("one act, not {:?}", answer) };
    act.clone()
}

/// A piece of work on the desk.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) request: Value,
    pub(crate) inputs: Map<String, Value>,
    pub(crate) brand: Value,
    steps: BTreeMap<String, Value>,
}

impl Desk {
    pub(crate) fn new(request: Value) -> Self {
        let playbook = playbook();
        let steps = playbook["steps"].as_array().expect("steps").iter();
        let steps = steps.map(|step| (step["id"].as_str().expect("an id").to_owned(), step.clone())).collect();
        Self { request, inputs: Map::new(), brand: json!({"name": "Acme"}), steps }
    }

    pub(crate) fn titled(title: &str) -> Self {
        Self::new(json!({"title": title, "audience": "marketing directors"}))
    }

    /// The material of a step.
    pub(crate) fn material(&self, id: &str, round: u64, previous: &Value, notes: &Value) -> Value {
        json!({
            "kind": "work", "now": NOW, "zone": "UTC", "self": {"handle": "copywriter"},
            "task": {"id": "t", "title": self.request["title"], "asked_by": "you"},
            "request": self.request, "step": {"id": id, "round": round}, "gives": self.steps[id]["gives"],
            "inputs": self.inputs, "previous": previous, "notes": notes, "brand": self.brand, "thread": []
        })
    }

    /// Carries a step out and checks that what it gives is what the playbook asks for.
    pub(crate) fn work(&mut self, id: &str, round: u64, previous: &Value, notes: &Value) -> Value {
        let act = answer(&request(self.material(id, round, previous, notes), &["submit", "escalate"]));
        assert_eq!(act.name, "submit");
        let gives = &self.steps[id]["gives"];
        check(gives, &act.arguments);
        self.inputs.insert(gives["name"].as_str().expect("a name").to_owned(), act.arguments.clone());
        act.arguments
    }

    /// All steps up to the brief.
    pub(crate) fn prepared(mut self) -> Self {
        for id in ["research", "numbers", "keywords", "brief"] {
            self.work(id, 1, &Value::Null, &json!([]));
        }
        self
    }

    pub(crate) fn draft(&mut self) -> Value {
        self.work("draft", 1, &Value::Null, &json!([]))
    }

    /// The next version, with these notes to answer.
    pub(crate) fn revise(&mut self, piece: &Value, round: u64, notes: Value) -> Value {
        self.work("draft", round, piece, &notes)
    }

    /// What a reviewer says to a version.
    pub(crate) fn review(&self, id: &str, round: u64, piece: &Value, more: Value) -> Value {
        let mut material = self.material("draft", round, &Value::Null, &json!([]));
        material["kind"] = json!("review");
        material["step"]["id"] = json!(id);
        material["reviewing"] = json!({"piece": piece});
        material["check"] = Value::Null;
        material["rounds_left"] = json!(2);
        material.as_object_mut().expect("an object").remove("gives");
        for (name, value) in more.as_object().expect("an object") {
            material[name] = value.clone();
        }
        let act = answer(&request(material, &["review"]));
        assert_eq!(act.name, "review");
        assert!(!act.arguments["summary"].as_str().expect("a summary").is_empty());
        act.arguments
    }

    /// The score of a piece, and what the search review would note.
    pub(crate) fn seo(&self, piece: &Value) -> (u8, Vec<String>) {
        let text = |name: &str| piece[name].as_str().unwrap_or_default().to_owned();
        let checked = bullpen_skills::seo::Piece {
            title: text("title"),
            meta_description: text("meta_description"),
            slug: text("slug"),
            body: text("body"),
        };
        let mut goal = bullpen_skills::seo::Goal::new(self.inputs["brief"]["keyword"].as_str().expect("a keyword"));
        goal.secondary = serde_json::from_value(self.inputs["keywords"]["secondary"].clone()).unwrap_or_default();
        let report = bullpen_skills::seo::check(&checked, &goal);
        (report.score, report.open().iter().map(|check| check.advice.clone()).collect())
    }
}

/// What the search review sends back.
pub(crate) fn seo_note(advice: &[String]) -> Value {
    json!({"from": "seo_specialist", "kind": "review", "step": "seo", "text": advice.join(" ")})
}

/// A person's note.
pub(crate) fn change(text: &str) -> Value {
    json!({"from": "you", "kind": "change", "text": text})
}

/// Every field that is asked for is there, of its type and within its bounds; nothing else is.
pub(crate) fn check(gives: &Value, given: &Value) {
    let fields = gives["fields"].as_object().expect("fields");
    for name in given.as_object().expect("an object").keys() {
        assert!(fields.contains_key(name), "{name} was not asked for");
    }
    for (name, spec) in fields {
        let value = &given[name];
        if value.is_null() {
            assert_eq!(spec["required"], json!(false), "{name} is missing in {given}");
            continue;
        }
        let max = spec["max"].as_f64().unwrap_or(f64::MAX);
        match spec["type"].as_str().expect("a type") {
            "text" | "markdown" => {
                let text = value.as_str().expect("text");
                assert!(!text.trim().is_empty() && text.chars().count() as f64 <= max, "{name}: {text}");
            }
            "list" => {
                let items = value.as_array().expect("a list");
                assert!(!items.is_empty() && items.len() as f64 <= max, "{name}: {value}");
                assert!(
                    items.iter().all(|item| item.as_str().is_some_and(|item| !item.trim().is_empty())),
                    "{name}: {value}"
                );
            }
            "number" => {
                let number = value.as_f64().expect("a number");
                assert!(number >= spec["min"].as_f64().unwrap_or(f64::MIN) && number <= max, "{name}: {number}");
            }
            other => panic!("an unknown type {other}"),
        }
    }
}
