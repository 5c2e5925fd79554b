//! What the templates see. Every text is escaped by the engine; the one exception is the body, which [`super::body`] made safe.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use super::palette::Palette;
use super::{Page, Picture, Teaser, body};
use crate::brand::Brand;
use crate::slug::slug;
use crate::xml;

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    let tidy = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    templates.set_syntax(tidy.expect("the usual delimiters are valid, which every test of a page asserts"));
    for (name, source) in [
        ("layout.html", include_str!("templates/layout.html")),
        ("article.html", include_str!("templates/article.html")),
        ("index.html", include_str!("templates/index.html")),
    ] {
        templates
            .add_template(name, source)
            .expect("the embedded templates are valid, which every test of a page asserts");
    }
    templates
});

/// The named template with `view` in it, without characters that no document may contain.
pub(super) fn fill(name: &str, view: impl Serialize) -> String {
    let page = TEMPLATES.get_template(name).and_then(|template| template.render(Serde(view)));
    let mut page = page.expect("an embedded template cannot fail on its own view, which every test of a page asserts");
    page.retain(xml::allowed);
    page
}

#[derive(Serialize)]
pub(super) struct Article<'a> {
    site: Site<'a>,
    title: &'a str,
    description: &'a str,
    language: &'a str,
    canonical: Option<String>,
    authors: &'a [String],
    reviewers: &'a [String],
    keywords: &'a [String],
    picture: Option<Shown<'a>>,
    published: Moment,
    updated: Option<Moment>,
    minutes: usize,
    /// HTML that is safe as it stands.
    body: String,
}

impl<'a> Article<'a> {
    pub(super) fn of(page: &'a Page, brand: &'a Brand) -> Self {
        let canonical = brand.base().map(|base| format!("{base}/{}/", slug(&page.slug)));
        Self {
            site: Site::of(brand),
            title: &page.title,
            description: &page.description,
            language: language(&page.language),
            authors: &page.authors,
            reviewers: &page.reviewers,
            keywords: &page.keywords,
            picture: page.picture.as_ref().and_then(|picture| Shown::of(picture, canonical.as_deref())),
            canonical,
            published: Moment::of(page.published),
            updated: page.updated.filter(|updated| *updated > page.published).map(Moment::of),
            minutes: page.minutes(),
            body: body::html(&page.body, &page.title),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Index<'a> {
    site: Site<'a>,
    canonical: Option<String>,
    pieces: Vec<Card<'a>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(pieces: &'a [Teaser], brand: &'a Brand) -> Self {
        let canonical = brand.base().map(|base| format!("{base}/"));
        Self { site: Site::of(brand), canonical, pieces: pieces.iter().map(Card::of).collect() }
    }
}

#[derive(Serialize)]
struct Card<'a> {
    title: &'a str,
    description: &'a str,
    slug: String,
    authors: &'a [String],
    picture: Option<Shown<'a>>,
    published: Moment,
    minutes: usize,
}

impl<'a> Card<'a> {
    fn of(piece: &'a Teaser) -> Self {
        Self {
            title: &piece.title,
            description: &piece.description,
            slug: slug(&piece.slug),
            authors: &piece.authors,
            picture: piece.picture.as_ref().and_then(|picture| Shown::of(picture, None)),
            published: Moment::of(piece.published),
            minutes: piece.minutes,
        }
    }
}

/// What is the same on every page.
#[derive(Serialize)]
struct Site<'a> {
    name: &'a str,
    tagline: &'a str,
    light: Palette,
    dark: Palette,
}

impl<'a> Site<'a> {
    fn of(brand: &'a Brand) -> Self {
        let (light, dark) = (Palette::light(&brand.colours), Palette::dark(&brand.colours));
        Self { name: &brand.name, tagline: &brand.tagline, light, dark }
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    file: &'a str,
    /// The whole address, where the site has one: others fetch the picture by it.
    address: Option<String>,
    alt: &'a str,
    width: u32,
    height: u32,
}

impl<'a> Shown<'a> {
    fn of(picture: &'a Picture, folder: Option<&str>) -> Option<Self> {
        let file = picture.plain()?;
        let address = folder.map(|folder| format!("{folder}{file}"));
        Some(Self { file, address, alt: &picture.alt, width: picture.width, height: picture.height })
    }
}

/// A time for machines and for people.
#[derive(Serialize)]
struct Moment {
    machine: String,
    people: String,
}

impl Moment {
    fn of(time: DateTime<Utc>) -> Self {
        Self { machine: time.format("%Y-%m-%dT%H:%M:%SZ").to_string(), people: time.format("%-d %B %Y").to_string() }
    }
}

/// A language tag that may stand in the page, or English.
fn language(tag: &str) -> &str {
    let valid =
        !tag.is_empty() && tag.len() <= 35 && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if valid { tag } else { "en" }
}
