//! A person's sentence becomes a published piece.

use crate::world::World;

const REQUEST: &str = "@content_manager we need a blog post \"5 Ways AI Reduces Marketing Costs\" for marketing directors, \
                       due tomorrow";
const TITLE: &str = "5 Ways AI Reduces Marketing Costs";

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_becomes_an_approved_published_piece() {
    let mut world = World::open().await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    world.react("you", card, "✅", true).await;
    let newsletter = world.approval("mail.newsletter").await;
    world.react("you", newsletter, "✅", true).await;
    world.until(TITLE, "done").await;
    world.settle().await;
    let published = world.data.path().join("data/published");
    let feed = std::fs::read_to_string(published.join("feed.xml")).expect("the feed");
    assert!(feed.contains(TITLE));
    world.stop().await;
}
