//! Several low-risk approvals on one card.

use std::sync::Arc;

use bullpen::bundles::Bundles;
use uuid::Uuid;

use crate::world::{Setting, World};

const FIRST: &str = "@content_manager we need a blog post \"Soup For Cold Days\" for people who cook, due tomorrow";
const SECOND: &str = "@content_manager we need a blog post \"Bread For Beginners\" for people who bake, due tomorrow";
const THIRD: &str = "@content_manager we need a blog post \"Tea For Two\" for people who talk, due tomorrow";

#[tokio::test(flavor = "multi_thread")]
async fn one_tap_approves_what_is_listed_as_it_was_listed() {
    let world = World::with(Setting { own_personas: true, ..Setting::default() }).await;
    let file = world.team_file("team.yaml");
    let text = std::fs::read_to_string(&file).expect("the team");
    let changed = text.replacen("  publish.article:\n", "  publish.article:\n    low_risk: true\n", 1);
    std::fs::write(&file, changed).expect("the team is changed");
    world.office.look();
    assert_eq!(world.office.faults(), Vec::new());
    let bundles = Bundles {
        pool: world.pool.clone(),
        office: Arc::clone(&world.office),
        clock: Arc::clone(&world.clock) as _,
        wakes: Arc::default(),
    };
    world.say("you", "management", FIRST).await;
    world.approval("publish.article").await;
    assert_eq!(bundles.look().await.expect("looked"), 0, "one alone is no list");
    world.say("you", "management", SECOND).await;
    let changing = world.say("you", "management", THIRD).await;
    let open = "select 1 where (select count(*) from approvals as a join messages as m on m.post = a.post where a.state = 'open') = $1::int";
    let _: i32 = world.wait("three approvals", open, "3").await;
    assert_eq!(bundles.look().await.expect("looked"), 1);
    assert_eq!(bundles.look().await.expect("looked"), 0, "they are listed");
    let card = world.hear_in("management", "3 low-risk items wait for you").await;
    assert!(card.text.contains("Soup For Cold Days") && card.text.contains("Tea For Two"), "{}", card.text);

    world.edit("you", &changing, &THIRD.replace("Two", "Three")).await;
    let _: Uuid = world.wait("the void", "select id from approvals where state = $1", "void").await;
    world.react("you", card.id, "✅", true).await;
    world.hear(card.id, "Left out, you: **Publication: Tea For Two**").await;
    world.until("Soup For Cold Days", "done").await;
    world.until("Bread For Beginners", "done").await;
    world.settle().await;
    let out: Vec<String> = world.all("select title from publications where place = 'page' order by title").await;
    assert_eq!(out, ["Bread For Beginners: A Practical Guide", "Soup For Cold Days: A Practical Guide"]);
    let anew: i64 =
        world.one("select count(*) from approvals where state = 'open' and title like '%Tea For Three'").await;
    assert_eq!(anew, 1, "it is put anew, and nobody has agreed to it");
    world.close().await;
}
