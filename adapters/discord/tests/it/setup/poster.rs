//! The running adapter provisions through the port.

use std::sync::Arc;

use async_trait::async_trait;
use bullpen_chat::{Author, Error, Overview, Overviews, Pictures, Poster as _};
use bullpen_discord::{Bot, CATEGORY, Config, Discord, SHARED, Sources};
use chrono::Utc;

use super::{Scene, plan};

/// A department that nobody asks anything.
struct Nobody;

#[async_trait]
impl Pictures for Nobody {
    async fn bytes(&self, _: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(None)
    }
}

#[async_trait]
impl Overviews for Nobody {
    async fn of(&self, _: &Author) -> Result<Overview, Error> {
        Ok(Overview::default())
    }
}

/// An adapter on the scene's guild and database.
async fn adapter(scene: &Scene) -> Arc<Discord> {
    let (pool, org) = scene.wish.memory.clone().unwrap();
    Discord::migrate(&pool).await.unwrap();
    let bot = Bot {
        name: SHARED.into(),
        persona: None,
        token: scene.keys.token.clone().into(),
        variable: "DISCORD_TOKEN".into(),
    };
    let config = Config {
        api_url: scene.fake.api_url(),
        public_url: None,
        guild: None,
        category: CATEGORY.into(),
        bots: vec![bot],
    };
    let sources = Sources { pictures: Arc::new(Nobody), overviews: Arc::new(Nobody) };
    Discord::new(pool, org, Arc::new(Utc::now), config, sources).unwrap()
}

#[tokio::test]
async fn the_poster_provisions_and_changes_nothing_the_next_time() {
    let scene = Scene::within().await;
    let discord = adapter(&scene).await;
    let poster = discord.poster();
    let provisioned = poster.provision(&plan(scene.ann)).await.unwrap();
    assert_eq!(provisioned.missing, Vec::<String>::new());
    assert_eq!(provisioned.channels["decisions"], scene.channel("decisions").id.to_string());
    let before = scene.writes();
    assert_eq!(poster.provision(&plan(scene.ann)).await.unwrap(), provisioned);
    assert_eq!(scene.writes(), before);

    // What setup makes and what the server makes are the same things.
    let said = scene.ready().await;
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(scene.writes(), before);

    // Another server on the same database finds what was renamed meanwhile.
    scene.fake.rename_channel(scene.channel("decisions").id, "rulings");
    let other = adapter(&scene).await;
    assert_eq!(other.poster().provision(&plan(scene.ann)).await.unwrap(), provisioned);
    assert_eq!(scene.writes(), before);
}

#[tokio::test]
async fn a_bot_that_is_not_let_in_yet_cannot_provision_and_says_why() {
    let scene = Scene::within().await;
    let mut wish = Scene::new();
    wish.wish.memory = scene.wish.memory.clone();
    let discord = adapter(&wish).await;
    let error = discord.poster().provision(&plan(wish.ann)).await.unwrap_err();
    let says = error.to_string();
    assert!(says.contains("not in any guild") && says.contains("client_id="), "{says}");
}
