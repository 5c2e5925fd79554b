//! What a persona's model is told before anything else.
//!
//! A persona's own `prompt` is the voice; the charter below it carries the facts of its file, the brand, and the rules
//! that hold for everybody, so that no file can leave them out.

use std::sync::LazyLock;

use chrono::NaiveDate;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, context};

use super::Persona;
use crate::team::Brand;

/// What a prompt may use besides the persona's own fields.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The organisation's name.
    pub organisation: &'a str,
    /// The day in the organisation's zone.
    pub today: NaiveDate,
    /// How the organisation speaks and looks.
    pub brand: &'a Brand,
}

/// A prompt that does not render.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the template fails ({problem}); correct it (it may use organisation, today, brand, settings, name, handle, title)"
)]
pub struct Error {
    /// Line within the prompt, counted from 1; 0 when unknown.
    pub line: u64,
    /// What the template engine says.
    pub problem: String,
}

/// Steps that a template may take: honest ones need a few hundred, and a runaway loop ends at once.
const FUEL: u64 = 20_000;

static CHARTER: &str = include_str!("charter.md");

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    templates.set_fuel(Some(FUEL));
    // Building it fails for clashing delimiters only, and these are the usual ones.
    templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default());
    templates
});

impl Persona {
    /// The whole system prompt: the persona's own words, its charter, the brand, and the rules for everybody.
    ///
    /// # Errors
    /// When the persona's template uses what does not exist, or does not end. A persona that passed [`Persona::check`]
    /// renders.
    pub fn system_prompt(&self, context: &Context<'_>) -> Result<String, Error> {
        let values = context! {
            organisation => context.organisation,
            today => context.today.format("%A, %-d %B %Y").to_string(),
            brand => Serde(context.brand),
            settings => Serde(&self.settings),
            name => self.name.as_str(),
            handle => self.handle.as_str(),
            title => self.title.as_str(),
        };
        let prompt = TEMPLATES.render_str(&self.prompt, values.clone()).map_err(|e| error(&e))?;
        let charter = context! { prompt => prompt.trim(), me => Serde(self), ..values };
        TEMPLATES.render_str(CHARTER, charter).map_err(|e| Error { line: 0, ..error(&e) })
    }
}

/// Renders a persona's prompt with sample values, to find faults before anybody speaks.
pub(super) fn rehearse(persona: &Persona) -> Result<String, Error> {
    let brand = Brand::sample();
    // Any day will do; the longest name of one shows the most.
    let today = NaiveDate::from_ymd_opt(2026, 9, 30).unwrap_or_default();
    persona.system_prompt(&Context { organisation: "An Organisation", today, brand: &brand })
}

fn error(error: &minijinja::Error) -> Error {
    let problem = match error.kind() {
        ErrorKind::OutOfFuel => "it runs too long".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    Error { line: error.line().map_or(0, |line| line as u64), problem }
}
