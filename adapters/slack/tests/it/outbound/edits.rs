//! Posts that change in place.

use bullpen_chat::{Action, Author, Error, Field, MessageRef, Place, Poster as _, Wanted};
use bullpen_slack_fake::Faults;
use uuid::Uuid;

use super::*;

fn paragraphs(world: &World, channel: &str) -> Vec<String> {
    let messages = texts(world, channel);
    messages.iter().flat_map(|text| text.split("\n\n").map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_grows_and_shrinks_in_its_place() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let root = world.slack.poster().post(Uuid::new_v4(), &text(&in_channel(&channel), "root")).await.unwrap();
    let place = Place { thread: Some(root.message.id.clone()), ..in_channel(&channel) };
    let sent = world.slack.poster().post(Uuid::new_v4(), &text(&place, &long(1))).await.unwrap();
    let first = world.fake.messages(&channel).len();

    let grown = world.slack.poster().edit(&sent.message, 1, &text(&place, &long(2))).await.unwrap();
    assert_eq!(grown, sent);
    assert!(world.fake.messages(&channel).len() > first);
    let wanted: Vec<String> =
        std::iter::once("root".into()).chain(long(2).trim_end().split("\n\n").map(str::to_owned)).collect();
    assert_eq!(paragraphs(&world, &channel), wanted);
    assert!(
        world.fake.messages(&channel)[1..].iter().all(|m| m.thread_ts.as_deref() == Some(root.message.id.as_str()))
    );

    world.slack.poster().edit(&sent.message, 2, &text(&place, "short")).await.unwrap();
    assert_eq!(texts(&world, &channel), ["root", "short"], "surplus parts are gone");

    world.slack.poster().edit(&sent.message, 1, &text(&place, "late")).await.unwrap();
    assert_eq!(texts(&world, &channel), ["root", "short"], "an older revision changes nothing");
    let updates = done(&world, "chat.update");
    world.slack.poster().edit(&sent.message, 2, &text(&place, "repeated")).await.unwrap();
    assert_eq!(done(&world, "chat.update"), updates, "nor is the same one sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_was_cut_off_is_repeated_without_harm() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let place = in_channel(&channel);
    let sent = world.slack.poster().post(Uuid::new_v4(), &text(&place, "short")).await.unwrap();
    for method in ["chat.update", "chat.postMessage"] {
        world.fake.set_faults(Faults { failed_late: 1.0, methods: vec![method.into()], ..Faults::default() });
        let cut = world.slack.poster().edit(&sent.message, 1, &text(&place, &long(2))).await;
        assert!(matches!(cut, Err(Error::Ambiguous { .. })), "{cut:?}");
    }
    world.fake.set_faults(Faults::default());
    world.slack.poster().edit(&sent.message, 1, &text(&place, &long(2))).await.unwrap();
    let wanted: Vec<String> = long(2).trim_end().split("\n\n").map(str::to_owned).collect();
    assert_eq!(paragraphs(&world, &channel), wanted, "no part stands twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_go_when_it_is_decided() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let place = in_channel(&channel);
    let open = Card {
        title: "For approval: a piece".into(),
        text: "All of it.".into(),
        actions: vec![Action { emoji: "✅".into(), label: "Approve".into(), asks: None }],
        ..Card::default()
    };
    let decided = Card {
        actions: Vec::new(),
        fields: vec![Field { name: "Decided".into(), value: "approved by Ana Lee: reads well".into() }],
        ..open.clone()
    };
    let sent = world.slack.poster().post(Uuid::new_v4(), &card(&place, open)).await.unwrap();
    let has_buttons = || only(&world, &channel).blocks.iter().any(|block| block["type"] == "actions");
    assert!(has_buttons());
    world.slack.poster().edit(&sent.message, 1, &card(&place, decided)).await.unwrap();
    assert!(!has_buttons(), "no stale button stays");
    assert!(only(&world, &channel).text.contains("approved by Ana Lee"));
    assert!(only(&world, &channel).metadata.is_some(), "it can still be found by its key");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_deleted_is_gone() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let place = in_channel(&channel);
    let sent = world.slack.poster().post(Uuid::new_v4(), &text(&place, "soon gone")).await.unwrap();
    world.fake.delete(&channel, &sent.message.id);
    assert!(matches!(world.slack.poster().edit(&sent.message, 1, &text(&place, "x")).await, Err(Error::Gone { .. })));
    let unknown = MessageRef { channel: channel.clone(), id: "1.000001".into() };
    assert!(matches!(world.slack.poster().edit(&unknown, 1, &text(&place, "x")).await, Err(Error::Gone { .. })));
    assert_eq!(texts(&world, &channel), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_are_read_as_they_stand() {
    let world = World::quiet(&["cmo"]).await;
    let (ann, ben) = (world.member("ann"), world.member("ben"));
    let channel = world.channel("general", &[&ann, &ben]);
    let sent =
        world.slack.poster().post(Uuid::new_v4(), &text(&in_channel(&channel), "what do you think?")).await.unwrap();
    let react = |user: &str, name: &str| world.fake.react(user, &channel, &sent.message.id, name, true);
    react(&ann, "+1");
    react(&ann, "thumbsup::skin-tone-4");
    react(&ben, "white_check_mark");
    react(world.bot("cmo"), "white_check_mark");
    let wanted =
        Wanted { emoji: vec!["👍".into(), "✅".into()], ids: vec![ann.clone()], by_address: true, by_group: false };
    let set = world.slack.poster().reactions(&sent.message, &wanted).await.unwrap();
    assert!(set.whole);
    let ids = |emoji: &str| -> Vec<(&'static str, String)> {
        let of = |author: &Author| match author {
            Author::Member { id, .. } => ("member", id.clone()),
            Author::Bot { id, .. } => ("bot", id.clone()),
        };
        set.by.get(emoji).into_iter().flatten().map(of).collect()
    };
    assert_eq!(ids("👍"), [("member", ann)], "tones are one emoji");
    assert_eq!(ids("✅"), [("member", ben)], "bots have no say");
    let gone = MessageRef { channel, id: "1.000001".into() };
    assert!(matches!(world.slack.poster().reactions(&gone, &wanted).await, Err(Error::Gone { .. })));
}
