//! Pieces: the first draft, and revisions that answer notes.
//!
//! A first draft is written like one: the term that it should be found by is in no heading, the description is too long, and
//! nothing is linked. A review that looks for that has something to find, and the revision mends it.

mod article;
mod compose;
mod head;
mod length;
mod phrases;
mod revise;
mod tune;
mod wish;

use serde_json::{Map, Value, json};

use crate::assignment::{Assignment, list_at, text_at};
use crate::text;

pub(crate) use article::Article;
pub(crate) use wish::words_asked;

/// A piece in all its parts.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    title: String,
    slug: String,
    meta_description: String,
    keywords: Vec<String>,
    article: Article,
}

impl Piece {
    fn read(value: &Value) -> Self {
        Self {
            title: text_at(value, "/title").to_owned(),
            slug: text_at(value, "/slug").to_owned(),
            meta_description: text_at(value, "/meta_description").to_owned(),
            keywords: list_at(value, "/keywords"),
            article: Article::parse(text_at(value, "/body")),
        }
    }

    fn fields(&self) -> Map<String, Value> {
        let fields = json!({
            "title": self.title, "slug": self.slug, "meta_description": self.meta_description, "keywords": self.keywords,
            "body": self.article.markdown(),
        });
        if let Value::Object(fields) = fields { fields } else { Map::new() }
    }
}

/// The piece that is asked for: a first draft, or the previous version with every note answered.
pub(crate) fn piece(work: &Assignment<'_>) -> Map<String, Value> {
    let previous = &work.material["previous"];
    let piece = if previous["body"].is_string() && !outdated(work, previous) {
        revise::revised(work, Piece::read(previous))
    } else {
        let draft = compose::draft(work);
        if work.notes.is_empty() { draft } else { revise::polished(work, draft) }
    };
    piece.fields()
}

/// A passage of Markdown for a field that asks for one, about the subject at hand.
pub(crate) fn passage(work: &Assignment<'_>, previous: &str, words: usize) -> String {
    let body = if previous.is_empty() || work.notes.is_empty() {
        compose::passage(work, words)
    } else {
        revise::answered(work, Article::parse(previous))
    };
    body.markdown()
}

/// Whether the request itself was edited so that the previous version is about something else.
fn outdated(work: &Assignment<'_>, previous: &Value) -> bool {
    let edited = work.notes.iter().any(|note| note.kind == "edit");
    let same_title = text_at(previous, "/title").starts_with(work.title.as_str());
    let same_audience = text_at(previous, "/body").contains(&text::inline(&work.audience));
    edited && !(same_title && same_audience)
}
