//! `/bullpen`, from the member's line to the thread below it.

use bullpen_chat::{Author, Gateway as _, Item, Overview, Section};
use bullpen_slack_fake::Faults;

use crate::world::{World, posted};

#[tokio::test(flavor = "multi_thread")]
async fn overviews_are_for_the_members_eyes() {
    let world = World::open().await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let item = Item { title: "Publish \"Heat\"".into(), detail: "since noon".into(), message: None };
    let section =
        Section { key: "approvals".into(), title: "My approvals".into(), items: vec![item], empty: "None.".into() };
    *world.department.overview.lock().unwrap() = Overview { summary: "All is well.".into(), sections: vec![section] };
    for (text, wanted) in
        [("approvals", "Publish \"Heat\""), ("department", "All is well."), ("dance", "I do not know `dance`")]
    {
        let answer = world.fake.command(&ann, "bullpen", &channel, text).await.expect("a command is answered");
        assert!(answer.text.contains(wanted) && !answer.in_channel, "{text}: {answer:?}");
    }
    assert_eq!(world.fake.messages(&channel), [], "nobody else sees any of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_stands_in_the_channel_once_and_is_the_members_own() {
    let world = World::with(&["cmo"]).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    // The first attempt is carried out, and its answer is lost.
    let lost = Faults { methods: vec!["chat.postMessage".into()], cut_late: 1.0, ..Faults::default() };
    world.fake.set_faults(lost);
    let answer = world.fake.command(&ann, "bullpen", &channel, "@cmo what is *new*, &lt;!channel&gt;?").await;
    assert_eq!(answer.expect("it is acknowledged").text, "");
    let attempted = world.fake.until(|fake| fake.messages(&channel).len() == 1);
    tokio::time::timeout(crate::world::PATIENCE, async {
        tokio::select! {
            () = attempted => {}
            heard = ear.0.next() => panic!("nobody knows yet that it stands: {heard:?}"),
        }
    })
    .await
    .unwrap();
    world.fake.set_faults(Faults::default());
    let heard = ear.hear(1).await.remove(0);
    assert!(heard.key.starts_with("slack:c:"), "{}", heard.key);
    let message = posted(heard.event);
    let shown = world.fake.messages(&channel);
    assert_eq!(shown.len(), 1, "it was not sent again: {shown:?}");
    assert_eq!(shown[0].text, "*ann* asks: @cmo what is *new*, &lt;!channel&gt;?");
    assert_eq!((&message.id, &message.place.thread), (&shown[0].ts, &None));
    assert_eq!(message.text, "@cmo what is **new**, <!channel>?");
    assert_eq!(message.mentions, ["cmo"]);
    assert_eq!(
        message.author,
        Author::Member { id: ann, name: "ann".into(), email: Some("ann@example.com".into()), groups: Vec::new() }
    );
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_we_are_not_we_ask_to_be_invited() {
    let world = World::with(&["cmo"]).await;
    let ann = world.member("ann");
    let elsewhere = world.fake.channel("elsewhere");
    world.fake.join(&ann, &elsewhere);
    let answer = world.fake.command(&ann, "bullpen", &elsewhere, "cmo hello").await.unwrap();
    assert!(answer.text.contains("/invite @bullpen"), "{answer:?}");
    world.fake.join(world.bot("bullpen"), &elsewhere);
    let answer = world.fake.command(&ann, "bullpen", &elsewhere, "cmo hello").await.unwrap();
    assert_eq!(answer.text, "", "now it is taken");
    assert_eq!(posted(world.ear().one().await).text, "@cmo hello");
}
