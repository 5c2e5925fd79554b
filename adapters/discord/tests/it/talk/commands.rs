//! `/bullpen`, from the member's line to the message that stands in the channel.

use bullpen_chat::{Author, Gateway as _, Item, Overview, Section};
use bullpen_discord_fake::{Answer, Faults};
use serde_json::json;

use super::{DESK, pinged_by_us, thread, top};
use crate::world::{PATIENCE, World, posted};

#[tokio::test(flavor = "multi_thread")]
async fn overviews_are_for_the_members_eyes() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot("bullpen"));
    let item = Item { title: "Publish \"Heat\"".into(), detail: "since noon".into(), message: None };
    let section =
        Section { key: "approvals".into(), title: "My approvals".into(), items: vec![item], empty: "None.".into() };
    *world.department.overview.lock().unwrap() = Overview { summary: "All is well.".into(), sections: vec![section] };
    for (line, wanted) in [
        ("bullpen approvals", "since noon"),
        ("bullpen status", "All is well."),
        ("bullpen tasks", "othing"),
        ("bullpen help", "`@desk`"),
    ] {
        let answer = world.fake.command(ann, bot, channel, line, &[]).await.expect("a command is answered");
        let Answer::Whispered(message) = answer else { panic!("{line}: {answer:?}") };
        let text = format!("{} {}", message.content, json!(message.embeds));
        assert!(text.contains(wanted), "{line}: {text}");
    }
    assert_eq!(world.fake.messages(channel), [], "nobody else sees any of it");
    world.ear().nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn personas_are_completed_while_they_are_typed() {
    let world = World::open().await;
    let (ann, bot) = (world.member("ann"), world.bot("bullpen"));
    let typed = [("persona", json!("@de")), ("question", json!("hello"))];
    let choices = world.fake.complete(ann, bot, world.ours(), "bullpen ask", &typed, "persona").await.unwrap();
    assert_eq!(choices, [("@desk · DESK, A role".to_owned(), json!("desk"))]);
    let lounge = world.fake.channel("lounge");
    let choices = world.fake.complete(ann, bot, lounge, "bullpen ask", &typed, "persona").await.unwrap();
    assert_eq!(choices, [], "nothing where we only listen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_stands_in_the_channel_once_and_is_the_members_own() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot("bullpen"));
    let mut ear = world.ear();
    // The first attempt is carried out, and its answer is lost.
    world.fake.set_faults(Faults { operations: vec!["create_message".into()], cut_late: 1.0, ..Faults::default() });
    let question = json!("what is *new*, @everyone?");
    let options = [("persona", json!(DESK)), ("question", question)];
    let answer = world.fake.command(ann, bot, channel, "bullpen ask", &options).await;
    let Ok(Answer::Whispered(message)) = answer else { panic!("{answer:?}") };
    assert!(message.content.contains("@desk"), "{}", message.content);
    tokio::time::timeout(PATIENCE, async {
        tokio::select! {
            stands = world.fake.until(PATIENCE, |fake| fake.messages(channel).len() == 1) => assert!(stands),
            heard = ear.0.next() => panic!("nobody knows yet that it stands: {heard:?}"),
        }
    })
    .await
    .unwrap();
    world.fake.set_faults(Faults::default());
    let heard = ear.hear(1).await.remove(0);
    assert!(heard.key.starts_with("discord:i:"), "{}", heard.key);
    let message = posted(heard.event);
    let shown = world.fake.messages(channel);
    assert_eq!(shown.len(), 1, "it was not sent again: {shown:?}");
    assert_eq!(shown[0].content, "**ann** asks @desk: what is *new*, @everyone?");
    assert_eq!((message.id, message.place), (shown[0].id.to_string(), top(channel)));
    assert_eq!(
        (message.text.as_str(), &message.mentions[..]),
        ("@desk what is *new*, @everyone?", &[DESK.to_owned()][..])
    );
    let wanted = Author::Member { id: ann.to_string(), name: "ann".into(), email: None, groups: vec![] };
    assert_eq!(message.author, wanted);
    assert_eq!(pinged_by_us(&world), [""; 0]);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_in_a_thread_stays_there() {
    let world = World::open().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot("bullpen"));
    let root = world.fake.say(ann, channel, "About the plan");
    world.fake.in_thread(ann, root, "more of it");
    let mut ear = world.ear();
    ear.hear(2).await;
    let options = [("persona", json!(DESK)), ("question", json!("and now?"))];
    world.fake.command(ann, bot, root, "bullpen ask", &options).await.expect("it is answered");
    let message = posted(ear.one().await);
    assert_eq!(message.place, thread(channel, root));
    assert_eq!(world.fake.messages(root).last().unwrap().id.to_string(), message.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_we_only_listen_people_are_told_where_to_go() {
    let world = World::open().await;
    let (ann, lounge, bot) = (world.member("ann"), world.fake.channel("lounge"), world.bot("bullpen"));
    let options = [("persona", json!(DESK)), ("question", json!("spend it all"))];
    for (line, options) in [("bullpen ask", &options[..]), ("bullpen status", &[])] {
        let answer = world.fake.command(ann, bot, lounge, line, options).await;
        let Ok(Answer::Whispered(message)) = answer else { panic!("{answer:?}") };
        assert!(message.content.contains(&format!("<#{}>", world.ours())), "{}", message.content);
    }
    assert_eq!(world.fake.messages(lounge), []);
    world.ear().nothing().await;
}
