//! What adapters may ask of the department: pictures, and what a member sees of it.

use std::sync::Arc;

use async_trait::async_trait;
use bullpen_chat as chat;
use bullpen_domain::org::Directory;
use sqlx::PgPool;

use crate::office::Office;
use crate::store::files;
use crate::store::views::overview::{self, Line};
use crate::translate;

/// Answers adapters out of the database.
pub struct Sources {
    /// Connections that do not wait for the workers.
    pub pool: PgPool,
    /// Who is who.
    pub office: Arc<Office>,
    /// The platform of the adapter that asks.
    pub platform: &'static str,
}

#[async_trait]
impl chat::Pictures for Sources {
    async fn bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, chat::Error> {
        let mut conn = self.pool.acquire().await.map_err(|e| later(&e))?;
        let found = files::find(&mut conn, self.office.directory().org, digest).await.map_err(|e| later(&e))?;
        Ok(found.map(|(_, bytes)| bytes))
    }
}

#[async_trait]
impl chat::Overviews for Sources {
    async fn of(&self, member: &chat::Author) -> Result<chat::Overview, chat::Error> {
        let directory = self.office.directory();
        let person = translate::person(&directory, self.platform, member).map(|person| person.name.clone());
        let section = |key: &str, title: &str, empty: &str, lines: Vec<Line>| chat::Section {
            key: key.into(),
            title: title.into(),
            items: lines.into_iter().map(|line| self.item(&directory, key == "approvals", line)).collect(),
            empty: empty.into(),
        };
        let mut sections = Vec::new();
        if let Some(person) = &person {
            let waiting = overview::approvals(&self.pool, directory.org, person).await.map_err(|e| later(&e))?;
            let asked = overview::asked_for(&self.pool, directory.org, person).await.map_err(|e| later(&e))?;
            let nothing = "Nothing waits for your word.";
            sections.push(section("approvals", "Waiting for you", nothing, waiting));
            let nothing = "You have asked for nothing that is still under way.";
            sections.push(section("tasks", "You asked for", nothing, asked));
        }
        if person.is_some() {
            let running = overview::running(&self.pool, directory.org).await.map_err(|e| later(&e))?;
            sections.push(section("department", "What the department does", "Nothing is under way.", running));
        }
        let summary = match (&person, member) {
            (Some(person), _) => format!("Hello {person}. This is {}.", directory.name),
            (None, chat::Author::Member { id, .. } | chat::Author::Bot { id, .. }) => format!(
                "This is {}. You are a guest here: to ask for work or to decide, somebody who runs the server lists you \
                 in bullpen.yaml with `{}: {id}`.",
                directory.name, self.platform
            ),
        };
        Ok(chat::Overview { summary, sections })
    }
}

impl Sources {
    fn item(&self, directory: &Directory, approval: bool, line: Line) -> chat::Item {
        let due = line.due.map(|due| due.with_timezone(&directory.zone).format("%-d %b, %H:%M").to_string());
        let owner = directory.personas.iter().find(|(handle, _)| handle.as_str() == line.owner);
        let owner = owner.map_or_else(|| line.owner.clone(), |(_, persona)| persona.name.clone());
        let message = line.channel.zip(line.message).and_then(|(channel, id)| {
            let (platform, channel) = translate::outward(&channel);
            (platform == self.platform).then(|| chat::MessageRef { channel: channel.to_owned(), id })
        });
        let due = due.unwrap_or_else(|| "not set".into());
        let detail = if approval {
            format!("{owner} asks · open until {due}")
        } else {
            format!("{} · {owner} · due {due}", line.state.replace('_', " "))
        };
        chat::Item { title: line.title, detail, message }
    }
}

fn later(error: &impl std::fmt::Display) -> chat::Error {
    chat::Error::Retry { why: error.to_string(), after: None }
}
