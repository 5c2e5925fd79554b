//! The personas are files: a change takes effect at once, a mistake changes nothing, running work stays as it began.

use crate::script::{Scripted, step, who};
use crate::world::{Setting, World};

const REQUEST: &str = "@content_manager we need a blog post \"Bicycle Couriers In Winter\" for shop owners";
const TITLE: &str = "Bicycle Couriers In Winter";

/// Changes one of the team's files.
fn change(world: &World, file: &str, from: &str, to: &str) {
    let path = world.team_file(file);
    let text = std::fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{file} says {from:?}");
    std::fs::write(path, text.replace(from, to)).expect("written");
}

async fn name_of(world: &World, handle: &'static str) -> String {
    let sql = "select name from lobby.identities where handle = $1";
    sqlx::query_scalar(sql).bind(handle).fetch_one(&world.pool).await.expect("an identity")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_takes_effect_and_a_broken_one_changes_nothing() {
    let model = Scripted::new(|_, usual| Ok(usual));
    let setting = Setting { model: Some(model.clone()), own_personas: true, ..Setting::default() };
    let world = World::with(setting).await;
    assert_eq!(name_of(&world, "copywriter").await, "Sofia Lindqvist");
    change(&world, "copywriter.yaml", "Sofia Lindqvist", "Selma Ekdahl");
    assert!(world.office.look(), "the change is seen");
    let sql = "select name from lobby.identities where handle = 'copywriter' and name = $1";
    let _: String = world.wait("the new name", sql, "Selma Ekdahl").await;
    let asked = world.say("you", "all-hands", "@copywriter who are you?").await;
    assert_eq!(world.hear(asked.id, "").await.author.name, "Selma Ekdahl");
    assert!(model.asked()[0].system.contains("Selma Ekdahl"));

    std::fs::write(world.team_file("copywriter.yaml"), "handle: copywriter\nname: [broken").expect("written");
    assert!(world.office.look());
    assert!(!world.office.faults().is_empty(), "the fault is told");
    let asked = world.say("you", "all-hands", "@copywriter who are you?").await;
    assert_eq!(world.hear(asked.id, "").await.author.name, "Selma Ekdahl", "the last good version speaks");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn running_work_stays_with_the_versions_it_began_with() {
    let model = Scripted::new(|_, usual| Ok(usual));
    let setting = Setting { model: Some(model.clone()), own_personas: true, ..Setting::default() };
    let mut world = World::with(setting).await;
    world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    change(&world, "copywriter.yaml", "Sofia Lindqvist", "Selma Ekdahl");
    change(&world, "playbooks/content.yaml", "title: Publication", "title: Going out");
    assert!(world.office.look());
    // Also for a server that never saw the earlier version.
    world.stop().await;
    world.start().await;
    world.react("you", card, "🔁", true).await;
    let root = world.root_post(TITLE).await;
    world.hear(root.id, "Your next reply here").await;
    world.reply("you", &root, "Make the opening sharper.").await;
    world.decided(card, "changes").await;
    let anew = world.approval("publish.article").await;
    assert!(world.message(anew).await.text.contains("Publication"), "it goes on by its own playbook");
    let drafts: Vec<bool> = model
        .asked()
        .iter()
        .filter(|r| step(r) == "draft" && who(r) == "copywriter")
        .map(|r| r.system.contains("Sofia Lindqvist"))
        .collect();
    assert!(drafts.len() >= 2 && drafts.iter().all(|old| *old), "{drafts:?}");
    let asked = world.say("you", "all-hands", "@copywriter who are you?").await;
    world.hear(asked.id, "").await;
    let talk = model.asked().into_iter().rfind(|r| step(r).is_empty() && who(r) == "copywriter").expect("a talk");
    assert!(talk.system.contains("Selma Ekdahl"), "what begins now begins with what is in force now");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_of_a_persona_that_is_gone_is_taken_over_and_said() {
    let world = World::with(Setting { own_personas: true, ..Setting::default() }).await;
    std::fs::remove_file(world.team_file("market_research.yaml")).expect("removed");
    world.office.look();
    world.say("you", "management", REQUEST).await;
    let root = world.root_post(TITLE).await;
    world.hear(root.id, "@market_research is no longer here").await;
    world.approval("publish.article").await;
    world.close().await;
}
