//! What our personas speak through. Every call may be repeated without harm.

use std::sync::Arc;

use async_trait::async_trait;
use bullpen_chat::{
    Body, CALL_LIMIT, Error, Key, MessageRef, Place, Plan, Post, Poster, Provisioned, Reactions, Receipt, Wanted,
};
use uuid::Uuid;

use crate::card::{self, Stored, without_nul};
use crate::direct::Direct;
use crate::edit::Change;
use crate::feed::Aside;
use crate::write::{Draft, Writer};
use crate::{Lobby, error, gateway};

/// The most characters of a post, all parts of a card together.
const POST_LIMIT: usize = 400_000;

/// The lobby's [`Poster`]. A post's key becomes its message's id, so that a second post of the same key finds the first.
#[derive(Debug, Clone)]
pub struct LobbyPoster {
    lobby: Arc<Lobby>,
}

/// A post in the shape in which it is stored.
struct Fit {
    text: String,
    card: Option<Stored>,
}

impl Fit {
    fn new(body: &Body) -> Result<Self, error::Error> {
        let fit = match body {
            Body::Markdown { text } => Self { text: without_nul(text), card: None },
            Body::Card(card) => {
                let card = card::fit(card)?;
                Self { text: card::to_markdown(&card), card: Some(Stored::new(card)) }
            }
        };
        match fit.text.chars().count() {
            length if length > POST_LIMIT => Err(error::Error::Unfit(format!(
                "the post has {length} characters; the lobby shows at most {POST_LIMIT}: put the rest into another post"
            ))),
            _ => Ok(fit),
        }
    }
}

impl LobbyPoster {
    pub(crate) fn new(lobby: Arc<Lobby>) -> Self {
        Self { lobby }
    }

    async fn write(&self, key: Key, post: &Post) -> Result<Receipt, error::Error> {
        let Fit { text, card } = Fit::new(&post.body)?;
        self.open(&post.place.channel).await?;
        let draft = Draft {
            id: key,
            channel: &post.place.channel,
            thread: post.place.thread.as_deref(),
            author: Writer::Persona { handle: &post.identity.handle, name: &post.identity.name },
            text: &text,
            card: card.as_ref(),
            notify: &post.notify,
            key: None,
        };
        // Where it was written before, its id is the same.
        self.lobby.write(&draft).await?;
        Ok(receipt(&post.place.channel, key))
    }

    /// A persona may begin a direct conversation with a listed person.
    async fn open(&self, channel: &str) -> Result<(), error::Error> {
        let Some(direct) = Direct::parse(channel) else { return Ok(()) };
        if self.lobby.channel_exists(channel).await? {
            return Ok(());
        }
        let directory = self.lobby.directory().await?;
        if directory.persona(&direct.persona)? != direct.persona || !directory.people().any(|p| p == direct.member) {
            return Err(error::Error::UnknownChannel(channel.to_owned()));
        }
        self.lobby.begin_direct(&direct).await
    }

    async fn revise(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, error::Error> {
        let id = id(message)?;
        let Fit { text, card } = Fit::new(&post.body)?;
        let change = Change { text: &text, card: card.as_ref(), notify: &post.notify, revision };
        self.lobby.revise(&message.channel, id, &change).await?;
        Ok(receipt(&message.channel, id))
    }

    async fn find(&self, key: Key) -> Result<Option<Receipt>, error::Error> {
        let channel: Option<String> = sqlx::query_scalar(
            "select channel from lobby.messages where org = $1 and id = $2 and author_kind = 'persona'",
        )
        .bind(self.lobby.org)
        .bind(key)
        .fetch_optional(&self.lobby.pool)
        .await?;
        Ok(channel.map(|channel| receipt(&channel, key)))
    }
}

fn receipt(channel: &str, id: Uuid) -> Receipt {
    Receipt { message: MessageRef { channel: channel.to_owned(), id: id.to_string() } }
}

fn id(message: &MessageRef) -> Result<Uuid, error::Error> {
    Uuid::try_parse(&message.id).map_err(|_| error::Error::UnknownMessage(message.id.clone()))
}

/// Bounds a call in time. All of them may simply be tried again, whatever became of the first attempt.
async fn bounded<T>(call: impl Future<Output = Result<T, error::Error>>) -> Result<T, Error> {
    match tokio::time::timeout(CALL_LIMIT, call).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Error::Retry { why: "the database took too long".into(), after: None }),
    }
}

#[async_trait]
impl Poster for LobbyPoster {
    fn platform(&self) -> &'static str {
        "lobby"
    }

    async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error> {
        bounded(self.lobby.provision(plan)).await
    }

    async fn post(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        bounded(self.write(key, post)).await
    }

    async fn edit(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error> {
        bounded(self.revise(message, revision, post)).await
    }

    async fn find(&self, key: Key, _post: &Post) -> Result<Option<Receipt>, Error> {
        bounded(self.find(key)).await
    }

    async fn reactions(&self, message: &MessageRef, _wanted: &Wanted) -> Result<Reactions, Error> {
        let names = bounded(async { self.lobby.reactions(&message.channel, id(message)?).await }).await?;
        let members = |names: Vec<String>| names.into_iter().map(gateway::member).collect();
        Ok(Reactions { by: names.into_iter().map(|(emoji, names)| (emoji, members(names))).collect(), whole: true })
    }

    async fn typing(&self, place: &Place, handle: &str) -> Result<(), Error> {
        let directory = bounded(self.lobby.directory()).await?;
        self.lobby.aside(Aside::Typing {
            channel: place.channel.clone(),
            thread: place.thread.clone(),
            name: directory.persona_name(handle).unwrap_or(handle).to_owned(),
            handle: Some(handle.to_owned()),
        });
        Ok(())
    }
}
