//! The lobby passes the suite that every chat adapter passes.

use async_trait::async_trait;
use bullpen_chat::contract::{self, Shown};
use bullpen_chat::{Gateway, MessageRef, Place, Poster};
use bullpen_lobby::{Emoji, LobbyPoster, Page, Said, Start};
use uuid::Uuid;

use crate::world::{OPERATOR, World};

struct Workspace {
    world: World,
    poster: LobbyPoster,
}

impl Workspace {
    async fn member(&self, name: &str) -> bullpen_lobby::Member {
        self.world.lobby.member(name).await.unwrap()
    }
}

fn id(message: &MessageRef) -> Uuid {
    message.id.parse().unwrap()
}

#[async_trait]
impl contract::World for Workspace {
    fn poster(&self) -> &dyn Poster {
        &self.poster
    }

    async fn connect(&self) -> Box<dyn Gateway> {
        Box::new(self.world.lobby.gateway("contract"))
    }

    fn members(&self) -> [&str; 2] {
        ["you", "Ana Lee"]
    }

    async fn say(&self, member: &str, place: &Place, text: &str) -> MessageRef {
        let said = Said { text: text.into(), thread: place.thread.clone(), key: None };
        let view = self.world.lobby.say(&place.channel, &self.member(member).await, &said).await.unwrap();
        MessageRef { channel: view.channel, id: view.id.to_string() }
    }

    async fn edit(&self, member: &str, message: &MessageRef, text: &str) {
        self.world.lobby.edit(id(message), &self.member(member).await, text).await.unwrap();
    }

    async fn delete(&self, member: &str, message: &MessageRef) {
        self.world.lobby.delete(id(message), &self.member(member).await).await.unwrap();
    }

    async fn remove(&self, message: &MessageRef) {
        self.delete(OPERATOR, message).await;
    }

    async fn react(&self, member: &str, message: &MessageRef, emoji: &str, set: bool) {
        let emoji = Emoji::parse(emoji).unwrap();
        self.world.lobby.react(id(message), &self.member(member).await, &emoji, set).await.unwrap();
    }

    async fn shown(&self, channel: &str) -> Vec<Shown> {
        let page = Page { start: Start::Newest, limit: 1_000 };
        let messages = self.world.lobby.messages(channel, None, page).await.unwrap();
        let shown = |view: bullpen_lobby::View| Shown {
            id: view.id.to_string(),
            thread: view.thread.map(|thread| thread.to_string()),
            author: view.author.name,
            text: view.text,
            pings: view.notify,
        };
        messages.into_iter().map(shown).collect()
    }
}

#[tokio::test]
async fn the_lobby_keeps_the_promises_of_the_port() {
    let world = World::new().await;
    let poster = world.lobby.poster();
    contract::run(&Workspace { world, poster }).await;
}
