//! A published piece: as an HTML page, as a Markdown file, and in the list of all pieces.
//!
//! The pages stand by themselves: one file each, style inside, no script, and no request to any other machine when they are
//! opened. They are laid out to lie at `<slug>/index.html`, with the list at `index.html` and the feed at `feed.xml` above them.

mod body;
mod file;
mod palette;
mod view;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::brand::Brand;
use crate::words::words;

pub use body::html;
pub use file::markdown;

/// How many words people read in a minute: 238 is the mean for non-fiction in English (Marc Brysbaert, "How many words do we read
/// per minute?", Journal of Memory and Language 109, 2019).
const WORDS_A_MINUTE: usize = 238;

/// A piece as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The title, without markup. It becomes the page's only main heading.
    pub title: String,
    /// One or two sentences for search engines and lists.
    pub description: String,
    /// The folder that the page lies in; see [`crate::slug::slug`].
    pub slug: String,
    /// The text in Markdown. Raw HTML in it is shown, not executed.
    pub body: String,
    /// Language of the text as a BCP 47 tag; English where nothing is said.
    #[serde(default = "Page::usual_language")]
    pub language: String,
    /// Who wrote it.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Who reviewed it.
    #[serde(default)]
    pub reviewers: Vec<String>,
    /// What it is to be found for.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// The header picture.
    #[serde(default)]
    pub picture: Option<Picture>,
    /// When it first appeared.
    pub published: DateTime<Utc>,
    /// When it was last changed, if after that.
    #[serde(default)]
    pub updated: Option<DateTime<Utc>>,
}

impl Page {
    fn usual_language() -> String {
        "en".to_owned()
    }

    /// Minutes it takes to read, at least one.
    pub fn minutes(&self) -> usize {
        words(&self.body).count().div_ceil(WORDS_A_MINUTE).max(1)
    }

    /// What a list shows of it.
    pub fn teaser(&self) -> Teaser {
        Teaser {
            title: self.title.clone(),
            description: self.description.clone(),
            slug: self.slug.clone(),
            authors: self.authors.clone(),
            picture: self.picture.clone(),
            published: self.published,
            minutes: self.minutes(),
        }
    }
}

/// A picture that lies in the page's own folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its file name, for example `header.png`. A name that leads out of the folder is not shown.
    pub file: String,
    /// What it shows.
    pub alt: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl Picture {
    /// The file name, where it is a plain one.
    fn plain(&self) -> Option<&str> {
        let plain = self.file.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        (plain && !self.file.is_empty() && !self.file.starts_with('.')).then_some(self.file.as_str())
    }
}

/// A piece as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teaser {
    /// The title.
    pub title: String,
    /// One or two sentences.
    pub description: String,
    /// The folder that the page lies in.
    pub slug: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The header picture.
    pub picture: Option<Picture>,
    /// When it first appeared.
    pub published: DateTime<Utc>,
    /// Minutes it takes to read.
    pub minutes: usize,
}

/// The page of one piece, to be written to `<slug>/index.html`.
pub fn article(page: &Page, brand: &Brand) -> String {
    view::fill("article.html", view::Article::of(page, brand))
}

/// The list of all pieces in the order given, to be written to `index.html` above their folders.
pub fn index(pieces: &[Teaser], brand: &Brand) -> String {
    view::fill("index.html", view::Index::of(pieces, brand))
}

#[cfg(test)]
mod tests;
