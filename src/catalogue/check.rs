//! Checks on text.

use bullpen_skills::{brand, seo};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Error;

/// What the SEO check looks at.
#[derive(Debug, Deserialize)]
pub(super) struct Seo {
    title: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    meta_description: String,
    body: String,
    keyword: String,
    #[serde(default)]
    secondary: Vec<String>,
}

/// Most notes that a check hands back: the costliest first.
const NOTES: usize = 8;

pub(super) fn seo(text: Seo) -> Result<Value, Error> {
    let piece =
        seo::Piece { title: text.title, meta_description: text.meta_description, slug: text.slug, body: text.body };
    let goal = seo::Goal { secondary: text.secondary, ..seo::Goal::new(text.keyword) };
    let report = seo::check(&piece, &goal);
    let notes: Vec<&str> = report.open().into_iter().take(NOTES).map(|c| c.advice.as_str()).collect();
    Ok(json!({ "score": report.score, "notes": notes, "checks": report.checks }))
}

/// What the brand check looks at.
#[derive(Debug, Deserialize)]
pub(super) struct Voice {
    #[serde(default)]
    title: String,
    text: String,
}

pub(super) fn brand(voice: &Voice, brand: &brand::Brand) -> Value {
    let findings = brand::check(&format!("{}\n\n{}", voice.title, voice.text), brand);
    let notes: Vec<&str> = findings.iter().map(|f| f.advice.as_str()).collect();
    json!({ "notes": notes, "findings": findings })
}
