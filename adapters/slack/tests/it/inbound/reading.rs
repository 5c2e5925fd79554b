//! Who hears what, once, in order, and by which name.

use std::time::Duration;

use bullpen_chat::{Author, Event, MessageRef};
use bullpen_slack_fake::{AppPlan, Faults, Kind, UserPlan};
use serde_json::json;

use crate::world::{Ear, PATIENCE, World, posted, texts};

#[tokio::test(flavor = "multi_thread")]
async fn what_several_apps_hear_is_one_message() {
    let world = World::with(&["cmo", "copywriter"]).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    let text = format!("<@{}> and <@{}>, <@{ann}> greets you", world.bot("cmo"), world.bot("bullpen"));
    let ts = world.fake.say(&ann, &channel, None, &text);
    let heard = ear.hear(1).await.remove(0);
    assert_eq!(heard.key, format!("slack:m:{channel}:{ts}"));
    let message = posted(heard.event);
    assert_eq!(message.text, "@cmo and @bullpen, ann greets you");
    assert_eq!(message.mentions, ["cmo", "bullpen"]);
    let email = Some("ann@example.com".to_owned());
    assert_eq!(message.author, Author::Member { id: ann, name: "ann".into(), email, groups: Vec::new() });
    world.fake.settled().await;
    let told =
        world.fake.deliveries().into_iter().filter(|d| d.kind == Kind::Event && d.payload.to_string().contains(&ts));
    assert!(told.count() >= 5, "three apps are told of the message, and two of their mention");
    ear.nothing().await;
    assert_eq!(world.received().await, [format!("m:{channel}:{ts}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_losses_and_shuffling_lose_nothing_and_double_nothing() {
    let world = World::with(&["cmo"]).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let root = world.fake.say(&ann, &channel, None, "the root");
    let mut ear = world.ear();
    ear.hear(1).await;
    let faults =
        Faults { repeated: 0.5, dropped: 0.3, shuffled: 0.5, delay: Duration::from_millis(40), ..Faults::default() };
    world.fake.set_faults(faults);
    let mut said: Vec<String> = Vec::new();
    for number in 0..60 {
        let thread = (number % 2 == 0).then_some(root.as_str());
        said.push(world.fake.say(&ann, &channel, thread, &format!("number {number}")));
    }
    let mut heard: Vec<String> = ear.hear(60).await.into_iter().map(|heard| posted(heard.event).id).collect();
    heard.sort();
    assert_eq!(heard, said);
    world.fake.settled().await;
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_deletions_and_noise() {
    let world = World::open().await;
    let (ann, ben) = (world.member("ann"), world.member("ben"));
    let channel = world.channel("management", &[&ann, &ben]);
    let mut ear = world.ear();
    let root = world.fake.say(&ann, &channel, None, "see <https://example.org>");
    assert_eq!(posted(ear.one().await).text, "see https://example.org");
    world.fake.unfurl(&channel, &root);
    let cy = world.member("cy");
    world.fake.join(&cy, &channel);
    world.fake.rename(&channel, "management-2");
    let shown = world.fake.broadcast(&ben, &channel, &root, "in the thread, for all");
    let message = posted(ear.one().await);
    assert_eq!((message.id.as_str(), message.place.thread.as_deref()), (shown.as_str(), Some(root.as_str())));
    world.fake.edit(&channel, &root, "*see* this");
    let Event::Edited { message, version } = ear.one().await else { panic!("an edit is heard") };
    assert_eq!((message.id.as_str(), message.text.as_str()), (root.as_str(), "**see** this"));
    assert!(version > root, "the version is Slack's mark of the edit: {version}");
    for ts in [&shown, &root] {
        world.fake.delete(&channel, ts);
        let message = MessageRef { channel: channel.clone(), id: ts.clone() };
        assert_eq!(ear.one().await, Event::Deleted { message });
    }
    world.fake.settled().await;
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_leaves_a_tombstone_is_deleted() {
    let world = World::open().await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    let root = world.fake.say(&ann, &channel, None, "please");
    world.fake.say(&ann, &channel, Some(&root), "and thank you");
    ear.hear(2).await;
    world.fake.delete(&channel, &root);
    let message = MessageRef { channel: channel.clone(), id: root };
    assert_eq!(ear.one().await, Event::Deleted { message });
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_conversations_are_held_with_one_app() {
    let world = World::with(&["cmo"]).await;
    let ann = world.member("ann");
    let mut ear = world.ear();
    for (app, handle) in [("cmo", "cmo"), ("bullpen", "bullpen")] {
        let direct = world.fake.dm(&ann, world.bot(app));
        world.fake.say(&ann, &direct, None, "between us");
        let message = posted(ear.one().await);
        assert_eq!((message.place.channel, message.direct.as_deref()), (direct, Some(handle)));
    }
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_full_members_have_a_mail_address() {
    let world = World::open().await;
    let plan = |name: &str| UserPlan { email: Some(format!("{name}@example.com")), ..UserPlan::member(name) };
    let guest = world.fake.user(UserPlan { guest: true, ..plan("guest") });
    let stranger = world.fake.user(UserPlan { stranger: true, ..plan("stranger") });
    let bot = world.fake.user(UserPlan { bot: true, ..plan("robot") });
    let channel = world.channel("management", &[&guest, &stranger, &bot]);
    let mut ear = world.ear();
    for (user, name) in [(guest, "guest"), (stranger, "stranger")] {
        world.fake.say(&user, &channel, None, "hello");
        let author = posted(ear.one().await).author;
        assert_eq!(author, Author::Member { id: user, name: name.into(), email: None, groups: Vec::new() });
    }
    world.fake.say(&bot, &channel, None, "hello");
    assert!(matches!(posted(ear.one().await).author, Author::Bot { .. }), "a bot is no member");
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_are_told_but_those_of_our_own_bots() {
    let world = World::with(&["cmo"]).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    let ts = world.fake.say(&ann, &channel, None, "what do you think?");
    ear.hear(1).await;
    world.fake.react(world.bot("cmo"), &channel, &ts, "eyes", true);
    world.fake.react(&ann, &channel, &ts, "thumbsup::skin-tone-3", true);
    world.fake.react(&ann, &channel, &ts, "thumbsup::skin-tone-3", false);
    for (heard, wanted) in ear.hear(2).await.into_iter().zip([true, false]) {
        let Event::Reacted { message, emoji, set, .. } = heard.event else { panic!("a reaction is heard") };
        assert_eq!((message.id.as_str(), emoji.as_str(), set), (ts.as_str(), "👍", wanted));
    }
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_say_ourselves_is_not_heard() {
    let world = World::with(&["cmo"]).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    let named = json!({ "channel": channel, "text": "as somebody", "username": "Carla", "icon_emoji": ":tada:" });
    let sent = world.call("bullpen", "chat.postMessage", &named).await;
    world.call("cmo", "chat.postMessage", &json!({ "channel": channel, "text": "as itself" })).await;
    let ts = sent["ts"].as_str().unwrap();
    world.call("bullpen", "chat.update", &json!({ "channel": channel, "ts": ts, "text": "mended" })).await;
    world.fake.say(&ann, &channel, None, "a member's words");
    assert_eq!(texts(ear.hear(1).await), ["a member's words"]);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_slack_does_not_give_now_holds_up_its_own_channel_only() {
    let world = World::open().await;
    let (ann, ben) = (world.member("ann"), world.member("ben"));
    let one = world.channel("one", &[&ann, &ben]);
    let two = world.channel("two", &[&ben]);
    let mut ear = world.ear();
    world.fake.say(&ben, &two, None, "ben is known from now on");
    ear.hear(1).await;
    world.fake.set_faults(Faults { methods: vec!["users.info".into()], failed: 1.0, ..Faults::default() });
    world.fake.say(&ann, &one, None, "who am I?");
    world.fake.say(&ben, &one, None, "after her");
    world.fake.say(&ben, &two, None, "elsewhere");
    assert_eq!(texts(ear.hear(1).await), ["elsewhere"]);
    world.fake.set_faults(Faults::default());
    let heard = ear.hear(2).await;
    let author = posted(heard[0].event.clone()).author;
    assert_eq!(
        author,
        Author::Member { id: ann, name: "ann".into(), email: Some("ann@example.com".into()), groups: Vec::new() }
    );
    assert_eq!(texts(heard), ["who am I?", "after her"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_reader_at_a_time() {
    let world = World::open().await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut first = world.ear();
    world.fake.say(&ann, &channel, None, "one");
    assert_eq!(first.batch().await.len(), 1, "it reads, and acknowledges nothing");
    // Another server on the same database.
    let other = crate::world::adapter(&world.pool, world.org, &world.config, &world.department);
    let mut second = Ear(other.gateway());
    second.nothing().await;
    drop(first);
    assert_eq!(texts(second.hear(1).await), ["one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_changes_their_name_is_known_by_the_new_one() {
    let world = World::open().await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    world.fake.say(&ann, &channel, None, "hello");
    ear.hear(1).await;
    world.fake.rename_user(&ann, "annette");
    world.fake.settled().await;
    world.fake.say(&ann, &channel, None, "hello again");
    let Author::Member { name, .. } = posted(ear.one().await).author else { panic!("a member") };
    assert_eq!(name, "annette");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_payloads_are_let_go_and_their_keys_stay() {
    let world = World::open().await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    world.fake.say(&ann, &channel, None, "long ago");
    ear.hear(1).await;
    let aged =
        sqlx::query("update slack.received set done_at = done_at - interval '31 days'").execute(&world.pool).await;
    assert_eq!(aged.unwrap().rows_affected(), 1);
    // A reader that begins looks at once.
    drop(ear);
    let mut ear = world.ear();
    let gone = async {
        loop {
            let left: i64 = sqlx::query_scalar("select count(*) from slack.received where payload is not null")
                .fetch_one(&world.pool)
                .await
                .unwrap();
            if left == 0 {
                return;
            }
            ear.nothing().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("what is old is trimmed");
    assert_eq!(world.received().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_without_a_scope_still_hears() {
    let world = World::open().await;
    let ann = world.member("ann");
    // Somebody else's app in the same workspace is a bot like any other.
    let other = world.fake.app(AppPlan::with_everything("weather"));
    let channel = world.channel("management", &[&ann, &other.bot_user]);
    let mut ear = world.ear();
    world.fake.say(&ann, &channel, None, &format!("<@{}> will it rain?", other.bot_user));
    let message = posted(ear.one().await);
    assert_eq!((message.text.as_str(), message.mentions.len()), ("weather will it rain?", 0));
}
