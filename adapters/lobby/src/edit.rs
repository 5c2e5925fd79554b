//! Changing and deleting messages. What they said before is kept.

use sqlx::types::Json;
use uuid::Uuid;

use crate::log::{Body, Kind, Turn};
use crate::message::View;
use crate::name::Member;
use crate::write::check_text;
use crate::{Error, Lobby, card, mention};

/// What stands before a change, locked for it.
#[derive(sqlx::FromRow)]
struct Standing {
    channel: String,
    author_kind: String,
    author: String,
    text: String,
    revision: i64,
    deleted: bool,
}

impl Standing {
    fn is_by(&self, member: &Member) -> bool {
        self.author_kind == "member" && self.author == member.as_str()
    }
}

/// What a message says from now on.
pub(crate) struct Change<'a> {
    pub(crate) text: &'a str,
    pub(crate) card: Option<&'a card::Stored>,
    pub(crate) notify: &'a [String],
    pub(crate) revision: i64,
}

impl Lobby {
    /// Changes what the member's own message says.
    ///
    /// # Errors
    /// [`Error::UnknownMessage`], [`Error::NotAuthor`], [`Error::Deleted`], [`Error::Empty`], [`Error::TooLong`],
    /// [`Error::Nul`].
    pub async fn edit(&self, id: Uuid, member: &Member, text: &str) -> Result<View, Error> {
        check_text(text)?;
        let directory = self.directory().await?;
        let mut turn = self.turn().await?;
        let standing = turn.standing(id).await?;
        if !standing.is_by(member) {
            return Err(Error::NotAuthor);
        }
        if standing.deleted {
            return Err(Error::Deleted);
        }
        if standing.text != text {
            let notify = mention::people(text, &directory);
            turn.change(id, &Change { text, card: None, notify: &notify, revision: standing.revision + 1 }).await?;
            turn.log(Kind::MessageEdited, &standing.channel, id, Body::Text(text), true).await?;
            self.wake(true);
        } else {
            // Its connection is not held while another is waited for.
            drop(turn);
        }
        Ok(self.shown(id).await?.view(&directory))
    }

    /// Deletes the member's own message, or a persona's where the member may see and mend everything. Deleting it again
    /// changes nothing.
    ///
    /// # Errors
    /// [`Error::UnknownMessage`], [`Error::NotAuthor`].
    pub async fn delete(&self, id: Uuid, member: &Member) -> Result<View, Error> {
        let mut turn = self.turn().await?;
        let standing = turn.standing(id).await?;
        let tidies = standing.author_kind == "persona" && (self.sees_all)(member.as_str());
        if !standing.is_by(member) && !tidies {
            return Err(Error::NotAuthor);
        }
        if !standing.deleted {
            sqlx::query("update lobby.messages set deleted_at = $3 where org = $1 and id = $2")
                .bind(turn.org)
                .bind(id)
                .bind(turn.at)
                .execute(&mut *turn.tx)
                .await?;
            turn.log(Kind::MessageDeleted, &standing.channel, id, Body::Nothing, true).await?;
            self.wake(true);
        } else {
            drop(turn);
        }
        self.message(id, None).await
    }

    /// Changes what a persona's post says, unless a newer revision stands.
    pub(crate) async fn revise(&self, channel: &str, id: Uuid, change: &Change<'_>) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let standing = turn.standing(id).await?;
        if standing.channel != channel || standing.author_kind != "persona" {
            return Err(Error::UnknownMessage(id.to_string()));
        }
        if standing.deleted {
            return Err(Error::Deleted);
        }
        if change.revision > standing.revision {
            turn.change(id, change).await?;
            turn.log(Kind::MessageEdited, channel, id, Body::Nothing, false).await?;
            self.wake(false);
        }
        Ok(())
    }
}

impl Turn {
    async fn standing(&mut self, id: Uuid) -> Result<Standing, Error> {
        sqlx::query_as(
            "select channel, author_kind, author, text, revision, deleted_at is not null as deleted
             from lobby.messages where org = $1 and id = $2 for update",
        )
        .bind(self.org)
        .bind(id)
        .fetch_optional(&mut *self.tx)
        .await?
        .ok_or_else(|| Error::UnknownMessage(id.to_string()))
    }

    async fn change(&mut self, id: Uuid, change: &Change<'_>) -> Result<(), Error> {
        sqlx::query(
            "insert into lobby.versions (org, message, revision, text, card, until)
             select org, id, revision, text, card, $3 from lobby.messages where org = $1 and id = $2",
        )
        .bind(self.org)
        .bind(id)
        .bind(self.at)
        .execute(&mut *self.tx)
        .await?;
        sqlx::query(
            "update lobby.messages set text = $3, card = $4, notify = $5, revision = $6, edited_at = $7
             where org = $1 and id = $2",
        )
        .bind(self.org)
        .bind(id)
        .bind(change.text)
        .bind(change.card.map(Json))
        .bind(change.notify)
        .bind(change.revision)
        .bind(self.at)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
