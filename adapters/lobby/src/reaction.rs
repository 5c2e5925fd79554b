//! Reactions: a state of (message, emoji, name), set or not.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::emoji::{DISTINCT_LIMIT, Emoji};
use crate::log::{Body, Kind};
use crate::message::View;
use crate::name::Member;
use crate::{Error, Lobby};

impl Lobby {
    /// Sets a member's reaction, or takes it back. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`Error::UnknownMessage`], [`Error::NotForYou`], [`Error::Deleted`], [`Error::TooManyEmoji`].
    pub async fn react(&self, id: Uuid, member: &Member, emoji: &Emoji, set: bool) -> Result<View, Error> {
        let mut turn = self.turn().await?;
        let (channel, deleted): (String, bool) = sqlx::query_as(
            "select channel, deleted_at is not null from lobby.messages where org = $1 and id = $2 for key share",
        )
        .bind(self.org)
        .bind(id)
        .fetch_optional(&mut *turn.tx)
        .await?
        .ok_or_else(|| Error::UnknownMessage(id.to_string()))?;
        self.check_sight(&channel, Some(member))?;
        if deleted {
            return Err(Error::Deleted);
        }
        let changed = if set {
            let others: i64 = sqlx::query_scalar(
                "select count(distinct emoji) from lobby.reactions where org = $1 and message = $2 and emoji <> $3",
            )
            .bind(self.org)
            .bind(id)
            .bind(emoji.as_str())
            .fetch_one(&mut *turn.tx)
            .await?;
            if others >= DISTINCT_LIMIT {
                return Err(Error::TooManyEmoji);
            }
            sqlx::query(
                "insert into lobby.reactions (org, message, emoji, name, at) values ($1, $2, $3, $4, $5)
                 on conflict do nothing",
            )
            .bind(self.org)
            .bind(id)
            .bind(emoji.as_str())
            .bind(member.as_str())
            .bind(turn.at)
            .execute(&mut *turn.tx)
            .await?
        } else {
            sqlx::query("delete from lobby.reactions where org = $1 and message = $2 and emoji = $3 and name = $4")
                .bind(self.org)
                .bind(id)
                .bind(emoji.as_str())
                .bind(member.as_str())
                .execute(&mut *turn.tx)
                .await?
        };
        if changed.rows_affected() > 0 {
            let body = Body::Reaction { emoji: emoji.as_str(), name: member.as_str(), set };
            turn.log(Kind::Reaction, &channel, id, body, true).await?;
            self.wake(true);
        } else {
            // Nothing to keep: others need not wait for the turn while the message is read.
            drop(turn);
        }
        self.message(id, None).await
    }

    /// Who has set which emoji on a message, in the order in which they did.
    pub(crate) async fn reactions(&self, channel: &str, id: Uuid) -> Result<BTreeMap<String, Vec<String>>, Error> {
        let shown = self.shown(id).await?;
        if shown.channel == channel { Ok(shown.reactions.0) } else { Err(Error::UnknownMessage(id.to_string())) }
    }
}
