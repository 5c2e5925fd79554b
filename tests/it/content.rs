//! A person's sentence becomes a published piece, in the open, and every step of the way is kept.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::world::World;

const REQUEST: &str = "@content_manager we need a blog post \"5 Ways AI Reduces Marketing Costs\" for marketing directors, \
                       due tomorrow";
const TITLE: &str = "5 Ways AI Reduces Marketing Costs";

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_becomes_an_approved_published_piece() {
    let world = World::open().await;
    let request = world.say("you", "management", REQUEST).await;
    world.hear(request.id, "Taken").await;

    the_piece_is_put_before_a_person_whole(&world).await;
    assert!(!world.data().join("published").join("feed.xml").exists(), "nothing goes out before somebody says so");
    let article = world.approve("publish.article").await;
    let newsletter = world.approval("mail.newsletter").await;
    what_may_go_out_by_itself_is_out_and_told(&world).await;
    assert!(!world.data().join("newsletter").exists(), "the newsletter waits for a person");
    world.react("you", newsletter, "✅", true).await;
    world.until(TITLE, "done").await;
    world.settle().await;

    assert_eq!(world.message(article).await.card.expect("a card").actions.len(), 0, "a decided card asks for nothing");
    everything_is_done_and_kept(&world).await;
    the_root_post_was_kept_up_to_date_in_place(&world).await;
    the_published_files_are_sound(&world).await;
    a_week_later_somebody_looks_at_what_it_brought(&world).await;
    world.close().await;
}

async fn the_piece_is_put_before_a_person_whole(world: &World) {
    let card = world.message(world.approval("publish.article").await).await;
    let body: String = world
        .one("select fields ->> 'body' from deliverables where name = 'piece' order by version desc limit 1")
        .await;
    assert!(card.text.contains(body.trim()), "the whole text is on the card");
    let shown = card.card.expect("a card");
    assert_eq!(shown.actions.len(), 3, "approve, reject, changes");
    let digest: String = world.one("select picture ->> 'digest' from deliverables where name = 'header'").await;
    let picture = serde_json::to_value(shown.picture.expect("the picture")).expect("JSON");
    assert!(picture.to_string().contains(&digest), "{picture}");
    let bytes: Vec<u8> = world.one("select bytes from files where media_type = 'image/png'").await;
    assert_eq!(picture_size(&bytes), (1600, 800));

    let scores: Vec<i32> =
        world.all("select score from reviews where step = 'seo' and score is not null order by at, round").await;
    assert!(scores[0] < 85, "the first draft is sent back: {scores:?}");
    assert!(*scores.last().expect("a score") >= 85, "what is put before people passed: {scores:?}");
    let checked: Value = world.one("select \"check\" from reviews where step = 'seo' order by at limit 1").await;
    assert!(checked["score"].is_number(), "the score comes from a check: {checked}");
}

async fn what_may_go_out_by_itself_is_out_and_told(world: &World) {
    for (folder, step) in [("linkedin", "LinkedIn"), ("x", "X")] {
        let told = world.hear_in("published", &format!("{step}: {TITLE}")).await;
        let text = std::fs::read_to_string(only_file(&world.data().join(folder))).expect("a post");
        assert!(text.contains("/published/"), "it leads to the piece: {text}");
        assert!(told.thread.is_none());
    }
    world.hear_in("published", &format!("Publication: {TITLE}")).await;
}

async fn everything_is_done_and_kept(world: &World) {
    let undone: Vec<String> = world
        .all("select title from tasks where playbook is null and state <> 'done' and parent not in (select id from tasks where playbook = 'follow_up')")
        .await;
    assert_eq!(undone, Vec::<String>::new());
    let root = world.root_post(TITLE).await;
    let thread = world.thread(root.id).await;
    let handoffs: Vec<uuid::Uuid> = world.all("select post from envelopes where kind = 'handoff' order by at").await;
    assert!(handoffs.len() >= 10, "{} handoffs", handoffs.len());
    for post in handoffs {
        let said = thread.iter().find(|m| m.id == post).expect("each handoff can be read in the thread");
        assert!(said.text.starts_with('@'), "it says to whom: {}", said.text);
    }
    let kinds: Vec<String> = world.all("select distinct kind from decisions order by kind").await;
    assert_eq!(kinds, ["mail.newsletter", "publish.article", "sign_off"]);
    let chain: Value = world.one("select chain from decisions where kind = 'sign_off'").await;
    assert!(chain.as_array().is_some_and(|c| c.len() == 3), "who agreed before: {chain}");
    let told: i64 = world
        .one(
            "select count(*) from decisions as d join lobby.messages as m on m.id = d.post and m.channel = 'decisions'",
        )
        .await;
    assert_eq!(told, 3, "each decision can be read in #decisions");
}

async fn the_root_post_was_kept_up_to_date_in_place(world: &World) {
    let root = world.root_post(TITLE).await;
    let card = root.card.expect("a card");
    let fields = serde_json::to_value(&card.fields).expect("JSON").to_string();
    for part in ["@content_manager", "done", "Due", "22 of 22"] {
        assert!(fields.contains(part), "{part} is not in {fields}");
    }
    assert!(root.revision >= 5, "it was revised {} times", root.revision);
    let top = world.channel("management").await.into_iter().filter(|m| m.thread.is_none()).count();
    assert_eq!(top, 2, "one request and one root post");
}

async fn the_published_files_are_sound(world: &World) {
    let published = world.data().join("published");
    let slug: String = world.one("select slug from publications where place = 'page'").await;
    let folder = published.join(&slug);
    let markdown = std::fs::read_to_string(folder.join("index.md")).expect("the Markdown");
    let html = std::fs::read_to_string(folder.join("index.html")).expect("the page");
    assert!(markdown.contains(TITLE) && html.contains(TITLE));
    assert!(html.starts_with("<!") && html.contains("<img"), "the page shows its picture");
    let header = std::fs::read_dir(&folder)
        .expect("the folder")
        .flatten()
        .find(|e| e.path().extension().is_some_and(|x| x == "png"))
        .expect("the picture");
    assert_eq!(picture_size(&std::fs::read(header.path()).expect("the picture")), (1600, 800));
    let feed = std::fs::read_to_string(published.join("feed.xml")).expect("the feed");
    assert!(feed.contains("http://www.w3.org/2005/Atom") && feed.contains(TITLE) && feed.contains(&slug));
    assert_eq!(feed.matches("<entry>").count(), 1);
    assert_eq!(unbalanced(&feed), None);
    let list = std::fs::read_to_string(published.join("index.html")).expect("the list");
    assert!(list.contains(&slug));
}

async fn a_week_later_somebody_looks_at_what_it_brought(world: &World) {
    let due: DateTime<Utc> =
        world.one("select due from tasks where playbook = 'follow_up' and state = 'waiting'").await;
    let published: DateTime<Utc> = world.one("select published_at from publications where place = 'page'").await;
    assert!((due - published - TimeDelta::days(7)).abs() < TimeDelta::minutes(10));
    world.clock.advance(TimeDelta::days(8));
    let done = "select id from tasks where playbook = 'follow_up' and state = $1";
    let _: uuid::Uuid = world.wait("the follow-up", done, "done").await;
    let report: String = world.one("select fields ->> 'summary' from deliverables where name = 'report'").await;
    assert!(!report.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_rejects_the_newsletter_still_has_a_published_piece() {
    let world = World::open().await;
    world.say("you", "management", REQUEST).await;
    world.approve("publish.article").await;
    let newsletter = world.approval("mail.newsletter").await;
    world.react("you", newsletter, "❌", true).await;
    world.until(TITLE, "done").await;
    let sent: i64 = world.one("select count(*) from publications where place = 'newsletter'").await;
    assert_eq!(sent, 0);
    world.close().await;
}

/// The only file of a folder.
fn only_file(folder: &std::path::Path) -> std::path::PathBuf {
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("the folder").flatten().map(|e| e.path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

/// Width and height, as a PNG says them.
fn picture_size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    assert!(png.windows(4).any(|w| w == b"IEND"), "it is whole");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

/// The first element of an XML text that is not closed where it should be.
fn unbalanced(xml: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    for part in xml.split('<').skip(1) {
        let tag = part.split('>').next().unwrap_or_default();
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default();
        match tag.chars().next() {
            Some('?' | '!') => {}
            Some('/') if open.last() == Some(&name) => drop(open.pop()),
            Some('/') => return Some(name.to_owned()),
            _ if tag.ends_with('/') => {}
            _ => open.push(name),
        }
    }
    open.pop().map(str::to_owned)
}
