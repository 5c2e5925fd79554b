//! The press: what goes out is a row in Postgres first; the folder beside it is made from the rows and can be made anew.

use std::path::{Path, PathBuf};

use bullpen_domain::effect::{Picture, Run};
use bullpen_domain::org::Directory;
use bullpen_skills::brand::{self, Brand};
use bullpen_skills::{feed, page, picture, slug};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::Error;
use crate::store::files;
use crate::store::publications::{self, New, Publication};

/// The place of pages; notes name their own folder.
const PAGE: &str = "page";
/// Folders that notes may not name.
const TAKEN: [&str; 3] = [PAGE, "published", "postgres"];
/// Pieces in the feed and on the list.
const NEWEST: i64 = 100;

/// Publishes into the data folder.
pub struct Press {
    pool: PgPool,
    org: Uuid,
    folder: PathBuf,
    /// Feed and list are written by one at a time.
    feed: tokio::sync::Mutex<()>,
}

/// A page to publish.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    title: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    meta_description: String,
    #[serde(default)]
    keywords: Vec<String>,
    body: String,
    #[serde(default)]
    picture: Option<Picture>,
}

/// A note to put in a folder of its channel.
#[derive(Debug, Deserialize)]
pub(super) struct Note {
    folder: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    title: String,
    text: String,
    #[serde(default)]
    link: String,
}

/// What is stored of a page.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    description: String,
    keywords: Vec<String>,
    body: String,
    picture: Option<Picture>,
    authors: Vec<String>,
    reviewers: Vec<String>,
}

impl Press {
    pub(super) fn new(pool: PgPool, org: Uuid, folder: PathBuf) -> Self {
        Self { pool, org, folder, feed: tokio::sync::Mutex::new(()) }
    }

    pub(super) async fn page(
        &self,
        call: Uuid,
        run: &Run,
        page: Page,
        directory: &Directory,
        brand: &Brand,
        now: DateTime<Utc>,
    ) -> Result<Value, Error> {
        let (authors, reviewers) = self.makers(run.task, directory).await?;
        let stored = Stored {
            description: page.meta_description,
            keywords: page.keywords,
            body: page.body,
            picture: page.picture,
            authors,
            reviewers,
        };
        let wished = slug::slug(if page.slug.is_empty() { &page.title } else { &page.slug });
        let new = New {
            call,
            task: run.task,
            place: PAGE,
            slug: &wished,
            title: &page.title,
            body: &json!(stored),
            grant: run.grant,
        };
        let mut tx = self.pool.begin().await?;
        wanted(&mut tx, self.org, call).await?;
        let published = publications::publish(&mut tx, self.org, now, &new).await?;
        tx.commit().await?;
        self.write_page(&published, brand).await?;
        self.write_feed(brand).await?;
        let path = format!("/published/{}/", published.slug);
        Ok(json!({ "path": path, "slug": published.slug, "version": published.version, "title": published.title }))
    }

    pub(super) async fn note(
        &self,
        call: Uuid,
        run: &Run,
        note: Note,
        brand: &Brand,
        now: DateTime<Utc>,
    ) -> Result<Value, Error> {
        let plain = note.folder.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !note.folder.is_empty();
        if !plain || TAKEN.contains(&note.folder.as_str()) {
            return Err(Error::Arguments {
                skill: "publish_note",
                why: format!("\"{}\" cannot be a folder; use a-z and hyphens", note.folder),
            });
        }
        let findings = brand::check(&note.text, brand);
        if let Some(finding) = findings.first() {
            return Err(Error::NotAllowed(format!("the text is off-brand: {}", finding.advice)));
        }
        let wished = slug::slug(&note.slug);
        let title = if note.title.is_empty() { note.text.chars().take(80).collect() } else { note.title.clone() };
        let body = json!({ "text": note.text, "link": note.link, "title": note.title });
        let new = New {
            call,
            task: run.task,
            place: &note.folder,
            slug: &wished,
            title: &title,
            body: &body,
            grant: run.grant,
        };
        let mut tx = self.pool.begin().await?;
        wanted(&mut tx, self.org, call).await?;
        let published = publications::publish(&mut tx, self.org, now, &new).await?;
        tx.commit().await?;
        self.write_note(&published).await?;
        Ok(json!({ "slug": published.slug, "version": published.version, "link": note.link }))
    }

    /// Who wrote and who approved, by name.
    async fn makers(&self, task: Option<Uuid>, directory: &Directory) -> Result<(Vec<String>, Vec<String>), Error> {
        let name = |handle: String| directory.personas.get(handle.as_str()).map_or(handle, |p| p.name.clone());
        let mut conn = self.pool.acquire().await?;
        let makers = publications::makers(&mut conn, task).await?;
        let authors = makers.authors.into_iter().map(name).collect();
        let reviewers = makers.reviewers.into_iter().map(name).chain(makers.approvers).collect();
        Ok((authors, reviewers))
    }

    /// Writes whatever of the published is missing in the folder. Returns how many pieces that were.
    pub(super) async fn project(&self, brand: &Brand) -> Result<usize, Error> {
        let mut conn = self.pool.acquire().await?;
        let pages = publications::newest(&mut conn, self.org, PAGE, i64::MAX).await?;
        let notes = publications::notes(&mut conn, self.org, PAGE).await?;
        drop(conn);
        let mut written = 0;
        for published in &pages {
            if !self.page_folder(&published.slug).join("index.html").exists() {
                self.write_page(published, brand).await?;
                written += 1;
            }
        }
        for published in &notes {
            if !self.note_file(published).exists() {
                self.write_note(published).await?;
                written += 1;
            }
        }
        self.write_feed(brand).await?;
        Ok(written)
    }

    fn published(&self) -> PathBuf {
        self.folder.join("published")
    }

    fn page_folder(&self, slug: &str) -> PathBuf {
        self.published().join(slug)
    }

    fn note_file(&self, published: &Publication) -> PathBuf {
        self.folder.join(&published.place).join(format!("{}.md", published.slug))
    }

    async fn write_page(&self, published: &Publication, brand: &Brand) -> Result<(), Error> {
        let folder = self.page_folder(&published.slug);
        let (page, stored) = page_of(published)?;
        if let Some(picture) = &stored.picture {
            let mut conn = self.pool.acquire().await?;
            if let Some((_, bytes)) = files::find(&mut conn, self.org, &picture.digest).await? {
                write(&folder.join(file_name(picture)), &bytes).await?;
            }
        }
        write(&folder.join("index.md"), page::markdown(&page).as_bytes()).await?;
        // Last: a folder with an index.html is whole.
        write(&folder.join("index.html"), page::article(&page, brand).as_bytes()).await
    }

    async fn write_note(&self, published: &Publication) -> Result<(), Error> {
        let text = |name: &str| published.body.get(name).and_then(Value::as_str).unwrap_or_default();
        let mut content = String::new();
        if !text("title").is_empty() {
            content.push_str(&format!("# {}\n\n", text("title")));
        }
        content.push_str(text("text"));
        if !text("link").is_empty() && !text("text").contains(text("link")) {
            content.push_str(&format!("\n\n{}", text("link")));
        }
        content.push('\n');
        write(&self.note_file(published), content.as_bytes()).await
    }

    async fn write_feed(&self, brand: &Brand) -> Result<(), Error> {
        let _writing = self.feed.lock().await;
        let mut conn = self.pool.acquire().await?;
        let newest = publications::newest(&mut conn, self.org, PAGE, NEWEST).await?;
        drop(conn);
        let pages = newest.iter().map(page_of).collect::<Result<Vec<_>, _>>()?;
        let updated = newest.iter().map(|p| p.updated_at).max().unwrap_or(DateTime::UNIX_EPOCH);
        let about = feed::Feed {
            id: Uuid::new_v5(&self.org, b"feed"),
            title: brand.name.clone(),
            subtitle: brand.tagline.clone(),
            author: brand.name.clone(),
            site_url: brand.site_url.clone(),
            updated,
        };
        let entries: Vec<feed::Entry> = newest
            .iter()
            .zip(&pages)
            .map(|(published, (page, _))| feed::Entry {
                id: published.id,
                title: page.title.clone(),
                slug: page.slug.clone(),
                summary: page.description.clone(),
                content: page::html(&page.body, &page.title),
                authors: page.authors.clone(),
                keywords: page.keywords.clone(),
                published: published.published_at,
                updated: published.updated_at,
            })
            .collect();
        let teasers: Vec<page::Teaser> = pages.iter().map(|(page, _)| page.teaser()).collect();
        write(&self.published().join("index.html"), page::index(&teasers, brand).as_bytes()).await?;
        write(&self.published().join("feed.xml"), feed::atom(&about, &entries).as_bytes()).await
    }
}

/// Nothing goes out for a step that was stopped or set back after it was approved.
async fn wanted(conn: &mut PgConnection, org: Uuid, call: Uuid) -> Result<(), Error> {
    if publications::still_wanted(conn, org, call).await? {
        Ok(())
    } else {
        Err(Error::NotAllowed("the work was stopped or changed before this went out".into()))
    }
}

fn page_of(published: &Publication) -> Result<(page::Page, Stored), Error> {
    let stored: Stored = serde_json::from_value(published.body.clone())
        .map_err(|e| Error::Failed(format!("the stored page {} cannot be read: {e}", published.slug)))?;
    let page = page::Page {
        title: published.title.clone(),
        description: stored.description.clone(),
        slug: published.slug.clone(),
        body: stored.body.clone(),
        language: "en".into(),
        authors: stored.authors.clone(),
        reviewers: stored.reviewers.clone(),
        keywords: stored.keywords.clone(),
        picture: stored.picture.as_ref().map(|p| page::Picture {
            file: file_name(p),
            alt: p.alt.clone(),
            width: picture::WIDTH,
            height: picture::HEIGHT,
        }),
        published: published.published_at,
        updated: (published.version > 1).then_some(published.updated_at),
    };
    Ok((page, stored))
}

fn file_name(picture: &Picture) -> String {
    let digest: String = picture.digest.chars().filter(char::is_ascii_hexdigit).take(12).collect();
    format!("header-{digest}.png")
}

/// Writes a file whole or not at all: to a temporary name beside it, then renamed.
async fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    }
    let temporary = path.with_extension(format!("{}.tmp", Uuid::new_v4().simple()));
    tokio::fs::write(&temporary, bytes).await.map_err(failed)?;
    tokio::fs::rename(&temporary, path).await.map_err(failed)
}
