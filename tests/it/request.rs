//! The request belongs to the person who asked: edited, the work follows it; deleted, the work stops.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::world::World;

const REQUEST: &str =
    "@content_manager we need a blog post \"Buying Wind Power As A Small Firm\" for owners of bakeries";
const TITLE: &str = "Buying Wind Power As A Small Firm";

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_request_stops_the_work() {
    let world = World::open().await;
    let request = world.say("you", "management", REQUEST).await;
    let card = world.approval("publish.article").await;
    world.delete("you", &request).await;
    world.decided(card, "void").await;
    world.until(TITLE, "cancelled").await;
    let root = world.root_post(TITLE).await;
    world.hear(root.id, "Stopped: you deleted the request.").await;
    world.settle().await;
    let going: i64 = world.one("select count(*) from tasks where state not in ('done', 'cancelled')").await;
    assert_eq!(going, 0);
    world.react("you", card, "✅", true).await;
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from publications").await, 0);
    assert!(world.root_post(TITLE).await.text.contains("cancelled"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_deleted_in_the_middle_of_work_stops_there() {
    let world = World::open().await;
    let request = world.say("you", "management", REQUEST).await;
    world.task(TITLE).await;
    world.delete("you", &request).await;
    world.until(TITLE, "cancelled").await;
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from approvals").await, 0);
    assert_eq!(world.one::<i64>("select count(*) from tasks where state = 'in_progress'").await, 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_request_is_followed() {
    let world = World::open().await;
    let request = world.say("you", "management", REQUEST).await;
    world.task(TITLE).await;
    world.edit("you", &request, &REQUEST.replace("Wind Power", "Solar Power")).await;
    let new = TITLE.replace("Wind Power", "Solar Power");
    world.task(&new).await;
    let root = world.root_post(&new).await;
    world.hear(root.id, "edited the request").await;
    let card = world.approval("publish.article").await;
    let text = world.message(card).await.text;
    assert!(text.contains("Solar Power") && !text.contains("Wind Power"), "{text}");
    world.settle().await;
    assert!(world.root_post(&new).await.card.expect("a card").title.contains("Solar Power"));
    assert_eq!(world.one::<i64>("select count(*) from tasks where parent is null").await, 1, "it is the same work");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_corrected_under_the_same_address() {
    let world = World::open().await;
    let request = world.say("you", "management", REQUEST).await;
    let first = world.approve("publish.article").await;
    world.approve("mail.newsletter").await;
    world.until(TITLE, "done").await;
    let slug: String = world.one("select slug from publications where place = 'page'").await;
    world.edit("you", &request, &REQUEST.replace("owners of bakeries", "owners of breweries")).await;
    let second = world.approval("publish.article").await;
    assert_ne!(first, second);
    assert_eq!(
        world.one::<i32>("select version from publications where place = 'page'").await,
        1,
        "not before a new yes"
    );
    world.react("you", second, "✅", true).await;
    world.until(TITLE, "done").await;
    world.settle().await;
    let (now, version): (String, i32) = sqlx::query_as("select slug, version from publications where place = 'page'")
        .fetch_one(&world.pool)
        .await
        .expect("still one page");
    assert_eq!((now, version), (slug.clone(), 2));
    let others: Vec<i32> = world.all("select version from publications where place <> 'page'").await;
    assert_eq!(others, [1, 1, 1], "LinkedIn, X and newsletter go out once");
    let page = std::fs::read_to_string(world.data().join("published").join(slug).join("index.md")).expect("the page");
    assert!(page.contains("breweries") && !page.contains("bakeries"), "{page}");
    let told = world.channel("published").await;
    assert_eq!(told.iter().filter(|m| m.text.contains("LinkedIn:")).count(), 1);
    assert_eq!(world.one::<i64>("select count(*) from tasks where playbook = 'follow_up'").await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_one_who_asked_can_stop_or_change_it() {
    let world = World::open().await;
    let request = world.say("you", "management", REQUEST).await;
    world.task(TITLE).await;
    let gus = world.member("gus").await;
    world.lobby.edit(request.id, &gus, "something else").await.expect_err("it is not theirs");
    world.lobby.delete(request.id, &gus).await.expect_err("it is not theirs");
    world.approval("publish.article").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_requests_at_once_all_finish_and_none_twice() {
    let world = World::open().await;
    for number in 0..10 {
        // Two of them ask for the same title.
        let title = format!("What Tea {} Does For A Tired Team", number % 9);
        let text = format!("@content_manager please write a blog post \"{title}\" for office managers");
        world.say("you", "management", &text).await;
    }
    let mut voted: BTreeSet<Uuid> = BTreeSet::new();
    // A page and a newsletter each.
    while voted.len() < 20 {
        let asked: Uuid = world
            .wait(
                "something to decide on",
                "select m.id::uuid from approvals as a join messages as m on m.post = a.post
                 where a.state = 'open' and position(m.id in $1) = 0 limit 1",
                &voted.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" "),
            )
            .await;
        voted.insert(asked);
        world.react("you", asked, "✅", true).await;
    }
    world.settle().await;
    assert_eq!(world.one::<i64>("select count(*) from approvals").await, 20);
    assert_eq!(world.one::<i64>("select count(*) from tasks where playbook = 'content' and state = 'done'").await, 10);
    let pages: i64 =
        world.one("select count(distinct slug) from publications where place = 'page' and version = 1").await;
    assert_eq!(pages, 10, "each has an address of its own");
    for place in ["linkedin", "x", "newsletter"] {
        let files = std::fs::read_dir(world.data().join(place)).expect("a folder").count();
        assert_eq!(files, 10, "in {place}");
    }
    assert_eq!(world.one::<i64>("select count(*) from tasks where parent is null").await, 20, "and a follow-up each");
    world.close().await;
}
