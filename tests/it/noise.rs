//! A channel's noise budget: what nobody asked for stands by itself up to the budget, and the rest is in one post that names
//! all of it, over restarts and with two servers on one database.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use bullpen_chat::{Body, Error, Key, MessageRef, Place, Plan, Post, Poster, Provisioned, Reactions, Receipt, Wanted};
use bullpen_lobby::View;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::world::{Setting, World};

/// A story with so many posts an hour.
async fn with_budget(posts: u32, poster: Option<crate::world::Wrap>) -> World {
    let world = World::with(Setting { own_personas: true, poster, ..Setting::default() }).await;
    let file = world.team_file("team.yaml");
    let text = std::fs::read_to_string(&file).expect("the team");
    let shipped = "noise: { posts: 12, within: 1h }";
    assert_eq!(text.matches(shipped).count(), 1, "the shipped budget");
    let changed = text.replace(shipped, &format!("noise: {{ posts: {posts}, within: 1h }}"));
    std::fs::write(&file, changed).expect("the team is changed");
    world.office.look();
    assert_eq!(world.office.faults(), Vec::new());
    world
}

/// Events that nobody can read, each in a lane of its own: each becomes a dead letter, of which people are told in
/// #all-hands.
async fn break_events(world: &World, wave: &str, count: i32) {
    sqlx::query(
        "insert into inbox (id, org, lane, source, event, state, received_at)
         select gen_random_uuid(), $1, 'task:' || gen_random_uuid(), $2 || n, '{\"type\":\"no such thing\"}', 'ready', now()
         from generate_series(1, $3) as n",
    )
    .bind(world.org)
    .bind(wave)
    .bind(count)
    .execute(&world.pool)
    .await
    .expect("the statement is sound");
    world.settle().await;
}

/// What stands at a channel's top level: what is told there by itself, and the folds.
async fn top(world: &World, channel: &str) -> (Vec<View>, Vec<View>) {
    let said = world.channel(channel).await.into_iter().filter(|m| m.thread.is_none() && m.author.kind == "persona");
    said.filter(|m| !m.text.contains("Welcome to")).partition(|m| !m.text.contains(" more since "))
}

/// Everything is counted once: it stands, or one fold lists it.
async fn nothing_is_lost_or_doubled(world: &World) {
    let wrong: i64 = world
        .one(
            "select count(*) from statuses as s
             where (s.fold is null) <> exists (select from outbox as o where o.id = s.post and o.state = 'sent')
                or (s.fold is null) <> (s.content is null)
                or s.fold is not null and not exists (select from outbox as o where o.id = s.fold and o.state = 'sent')",
        )
        .await;
    assert_eq!(wrong, 0);
}

async fn forget_the_broken(world: World) {
    let gone = sqlx::query("delete from inbox where state = 'dead'").execute(&world.pool).await.expect("deleted");
    assert!(gone.rows_affected() > 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_the_budget_and_one_fold_with_two_servers_and_over_a_restart() {
    let mut world = with_budget(3, None).await;
    world.start().await;
    break_events(&world, "first", 25).await;
    let (told, folds) = top(&world, "all-hands").await;
    assert_eq!((told.len(), folds.len()), (3, 1), "{folds:#?}");
    let fold = folds[0].id;
    assert!(folds[0].text.contains("22 more since ") && folds[0].text.contains("2 before these"), "{}", folds[0].text);
    assert!(folds[0].text.contains("At most 3 such posts stand here in 1h (`floor.noise` in team.yaml:"));
    nothing_is_lost_or_doubled(&world).await;

    world.stop().await;
    world.start().await;
    world.clock.advance(TimeDelta::minutes(30));
    break_events(&world, "second", 2).await;
    let (told, folds) = top(&world, "all-hands").await;
    assert_eq!((told.len(), folds.len(), folds[0].id), (3, 1, fold), "the same fold goes on");
    assert!(folds[0].text.contains("24 more since "), "{}", folds[0].text);
    nothing_is_lost_or_doubled(&world).await;

    world.clock.advance(TimeDelta::minutes(30));
    break_events(&world, "third", 4).await;
    let (told, folds) = top(&world, "all-hands").await;
    assert_eq!((told.len(), folds.len()), (6, 2), "the next time has a budget of its own");
    assert!(world.message(fold).await.text.contains("24 more since "));
    assert!(folds.iter().any(|m| m.text.contains("1 more since ")));
    nothing_is_lost_or_doubled(&world).await;
    forget_the_broken(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_deleted_fold_had_not_shown_yet_is_in_the_next() {
    let (send, receive) = std::sync::mpsc::channel();
    let wrap: crate::world::Wrap = Box::new(move |inner| {
        let one = Arc::new(FoldGone { inner, first: OnceLock::new(), gone: AtomicBool::new(false) });
        send.send(Arc::clone(&one)).expect("somebody waits");
        one
    });
    let world = with_budget(0, Some(wrap)).await;
    let platform = receive.recv().expect("the poster");
    break_events(&world, "first", 3).await;
    // The platform has deleted it, and the department has not heard of that.
    platform.gone.store(true, Ordering::SeqCst);
    break_events(&world, "second", 2).await;
    let (told, folds) = top(&world, "all-hands").await;
    assert_eq!((told.len(), folds.len()), (0, 2), "{folds:#?}");
    assert!(folds[0].text.contains("3 more since "), "{}", folds[0].text);
    let listed: i64 =
        world.one("select count(*) from statuses as s join folds as f on f.post = s.fold where f.gone").await;
    assert_eq!(listed, 3, "what people saw stays with what they deleted");
    // Of the next one it is told.
    sqlx::query("update messages set deleted_at = now() where post = $1")
        .bind(folds[1].id)
        .execute(&world.pool)
        .await
        .expect("deleted");
    break_events(&world, "third", 1).await;
    let (_, folds) = top(&world, "all-hands").await;
    assert_eq!(folds.len(), 3);
    assert!(folds[2].text.contains("1 more since "), "{}", folds[2].text);
    nothing_is_lost_or_doubled(&world).await;
    forget_the_broken(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_and_decided_is_folded_and_what_people_wait_for_is_not() {
    let mut world = with_budget(1, None).await;
    let titles = ["Soup For Cold Days", "Bread For Beginners"];
    for title in titles {
        let request = format!("@content_manager we need a blog post \"{title}\" for people who cook, due tomorrow");
        let asked = world.say("you", "management", &request).await;
        world.hear(asked.id, "Taken").await;
        world.root_post(title).await;
        let card = world.approve("publish.article").await;
        assert_eq!(world.message(card).await.author.kind, "persona", "the card stands");
        let newsletter = world.approval("mail.newsletter").await;
        world.react("you", newsletter, "❌", true).await;
        world.until(title, "done").await;
        world.settle().await;
        world.stop().await;
        world.start().await;
    }
    let asked = world.say("you", "published", "@copywriter what are you on?").await;
    world.hear(asked.id, "").await;
    world.settle().await;

    let (told, folds) = top(&world, "published").await;
    assert_eq!((told.len(), folds.len()), (1, 1), "{told:#?}");
    assert!(folds[0].text.contains("5 more since "), "{}", folds[0].text);
    let all: Vec<String> = world.all("select title from publications").await;
    assert_eq!(all.len(), 6, "{all:?}");
    let shown = format!("{}\n{}", told[0].text, folds[0].text);
    for (step, title) in ["Publication", "LinkedIn", "X"].iter().flat_map(|step| titles.map(|title| (step, title))) {
        assert_eq!(shown.matches(&format!("{step}: {title}")).count(), 1, "{step}: {title} in {shown}");
    }
    assert!(folds[0].text.contains("](/published/"), "{}", folds[0].text);

    let (told, folds) = top(&world, "decisions").await;
    assert_eq!((told.len(), folds.len()), (1, 1));
    let unseen: i64 = world
        .one(
            "select count(*) from tasks as t where t.parent is null and t.post is not null
             and not exists (select from lobby.messages as m where m.id = t.post)",
        )
        .await;
    assert_eq!(unseen, 0, "each root post stands");
    nothing_is_lost_or_doubled(&world).await;
    a_folded_decision_is_found_and_can_be_erased(&world, &folds[0]).await;

    world.clock.advance(TimeDelta::hours(1));
    world.settle().await;
    world.close().await;
}

async fn a_folded_decision_is_found_and_can_be_erased(world: &World, fold: &View) {
    let (server, _serving) = world.serve().await;
    let get = |path: &str| reqwest::get(format!("http://{server}{path}"));
    let records: Value = get("/api/decisions").await.expect("an answer").json().await.expect("JSON");
    let records = records.as_array().expect("a list");
    let folded: Vec<&Value> = records.iter().filter(|r| r["message"] == json!(fold.id)).collect();
    assert_eq!((records.len(), folded.len()), (6, 5), "{records:#?}");
    let (id, said) = (folded[0]["id"].as_str().expect("an id"), folded[0]["decision"].as_str().expect("a text"));
    let count = |text: &str| text.matches(said).count();
    let before = count(&fold.text);
    assert!(before > 0, "{said} in {}", fold.text);
    let url = format!("http://{server}/api/decisions/{id}/erase");
    let body = json!({ "as": "you", "reason": "Names a customer." });
    let answer = reqwest::Client::new().post(url).json(&body).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    world.settle().await;
    let after = world.message(fold.id).await.text;
    assert_eq!(count(&after), before - 1, "{after}");
    assert!(after.contains("5 more since ") && after.contains("The texts of decision record"), "{after}");
    let keeps: i64 = world
        .one(
            "select count(*) from outbox as o join folds as f on f.post in (o.id, o.target)
             where f.channel = 'decisions' and o.post::text not like '%The texts of decision record%'",
        )
        .await;
    let whole: i64 = world
        .one("select count(*) from statuses where fold is not null and channel = 'decisions' and content ? 'body'")
        .await;
    assert_eq!((keeps, whole), (0, 4), "no version of the fold keeps the text, nor does what is kept of the post");
}

/// A platform on which the first fold was deleted, once it is `gone`.
struct FoldGone {
    inner: Arc<dyn Poster>,
    first: OnceLock<String>,
    gone: AtomicBool,
}

#[async_trait]
impl Poster for FoldGone {
    fn platform(&self) -> &'static str {
        "fold-gone"
    }

    async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error> {
        self.inner.provision(plan).await
    }

    async fn post(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        let receipt = self.inner.post(key, post).await?;
        if matches!(&post.body, Body::Card(card) if card.title.contains(" more since ")) {
            self.first.get_or_init(|| receipt.message.id.clone());
        }
        Ok(receipt)
    }

    async fn edit(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error> {
        if self.gone.load(Ordering::SeqCst) && self.first.get() == Some(&message.id) {
            return Err(Error::Gone { why: "somebody deleted it".into() });
        }
        self.inner.edit(message, revision, post).await
    }

    async fn find(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Error> {
        self.inner.find(key, post).await
    }

    async fn reactions(&self, message: &MessageRef, wanted: &Wanted) -> Result<Reactions, Error> {
        self.inner.reactions(message, wanted).await
    }

    async fn typing(&self, place: &Place, handle: &str) -> Result<(), Error> {
        self.inner.typing(place, handle).await
    }
}
