use uuid::Uuid;

use super::lane::Table;
use crate::effect::{Effect, Place, Post};
use crate::event::Event;
use crate::lane::Lane;
use crate::snapshot::Snapshot;

/// All posts of a piece, from its root post to its publication.
fn posts_of_a_piece() -> Vec<Post> {
    let mut table = Table::talk();
    let task = Uuid::from_u128(7);
    table.s = Snapshot::empty(table.dir.org, Lane::task(task));
    let mut effects = table.tell(&Event::Requested(Table::request(task)));
    table.until(|t| !t.s.approvals.is_empty());
    effects.extend(table.react("ana", "✅", true));
    let publishes = table.call_of("publish");
    let answer = table.good(&publishes);
    effects.extend(table.answer(&publishes, answer));
    effects.into_iter().filter_map(|effect| if let Effect::Post(post) = effect { Some(post) } else { None }).collect()
}

#[test]
fn what_is_published_and_decided_says_in_a_line_what_it_is() {
    let posts = posts_of_a_piece();
    let noise: Vec<(&str, &str)> =
        posts.iter().filter(|p| p.is_noise()).filter_map(|p| Some((p.at.channel(), p.status.as_deref()?))).collect();
    let [(decisions, decided), (published, out)] = noise[..] else { panic!("{noise:?}") };
    assert_eq!((decisions, published), ("decisions", "published"));
    assert!(decided.starts_with("@content_manager: [") && decided.contains("](/#/c/management/t/"), "{decided}");
    assert!(out.contains(": [Publication: ") && out.ends_with("](/published/tea/)"), "{out}");
}

#[test]
fn a_root_post_what_is_in_a_thread_and_what_calls_somebody_is_no_noise() {
    let posts = posts_of_a_piece();
    let root = |p: &&Post| matches!(&p.at, Place::Channel { channel } if channel == "management");
    assert_eq!(posts.iter().filter(root).map(|p| p.status.clone()).collect::<Vec<_>>(), [None]);
    let below: Vec<&Post> = posts.iter().filter(|p| !matches!(p.at, Place::Channel { .. })).collect();
    assert!(below.len() > 3 && below.iter().all(|p| !p.is_noise()));
    let told = posts.iter().find(|p| p.is_noise()).expect("what was decided");
    assert!(!Post { notify: vec!["you".into()], ..told.clone() }.is_noise());
    assert!(!Post { at: below[0].at.clone(), ..told.clone() }.is_noise());
}
