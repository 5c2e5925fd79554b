//! Who speaks: the shared app under a persona's name, or the persona's own app; and whom a post pings.

use bullpen_chat::{ChannelPlan, Listed, Place, Plan, Poster as _};
use bullpen_slack_fake::Faults;
use url::Url;
use uuid::Uuid;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn personas_with_and_without_an_app_of_their_own_speak_in_one_channel() {
    let world = World::quiet(&["cmo"]).await;
    let channel = world.channel("general", &[]);
    let place = in_channel(&channel);
    let cora = Post { identity: identity("cmo", "Cora", "CMO"), ..text(&place, "a handoff to @content_manager") };
    world.slack.poster().post(Uuid::new_v4(), &cora).await.unwrap();
    world.slack.poster().post(Uuid::new_v4(), &text(&place, "taken, @cmo")).await.unwrap();
    let messages = world.fake.messages(&channel);
    assert_eq!(messages[0].user.as_deref(), Some(world.bot("cmo")));
    assert_eq!((&messages[0].username, &messages[0].icons), (&None, &None), "its own app has its own name");
    assert_eq!(messages[1].username.as_deref(), Some("Marta Vale · Content Manager"));
    assert_eq!(messages[1].icons, Some(serde_json::json!({ "emoji": ":mega:" })));
    assert_eq!(messages[1].app_id.as_deref(), Some(world.keys["bullpen"].app_id.as_str()));
    assert!(messages.iter().all(|m| !m.unfurl_links));
    assert_eq!(messages[0].text, "a handoff to *@content_manager*", "named, not pinged");
    assert_eq!(messages[1].text, "taken, *@cmo*");
}

#[tokio::test(flavor = "multi_thread")]
async fn avatars_are_pictures_where_slack_can_fetch_them() {
    let mut world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    for (url, icon) in [
        (
            "https://bullpen.example",
            serde_json::json!({ "image_48": "https://bullpen.example/avatars/content_manager.png" }),
        ),
        ("http://127.0.0.1:3710", serde_json::json!({ "emoji": ":mega:" })),
    ] {
        world.config.public_url = Some(Url::parse(url).unwrap());
        world.slack = crate::world::adapter(&world.pool, world.org, &world.config, &world.department);
        world.slack.poster().post(Uuid::new_v4(), &text(&in_channel(&channel), "hello")).await.unwrap();
        assert_eq!(world.fake.messages(&channel).last().unwrap().icons, Some(icon));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_are_meant_are_pinged() {
    let world = World::quiet(&["cmo"]).await;
    let ann = world.member("Ann Lee");
    let group = world.fake.group("seo-lead", &[&ann]);
    let plan = Plan {
        channels: vec![ChannelPlan { name: "general".into(), layer: None, topic: "Talk.".into() }],
        identities: vec![identity("seo_lead", "Sol", "SEO Lead"), identity("cmo", "Cora", "CMO"), marta()],
        people: vec![Listed { name: "Ann Lee".into(), id: Some(ann.clone()), email: None }],
    };
    let provisioned = world.slack.poster().provision(&plan).await.unwrap();
    let place = in_channel(&provisioned.channels["general"]);
    let words = "@Ann Lee, @cmo, @seo_lead, @content_manager, @everyone <!channel> <@U999>";
    let post =
        |notify: &[&str]| Post { notify: notify.iter().map(|n| (*n).to_owned()).collect(), ..text(&place, words) };
    let said = async |notify: &[&str]| {
        let sent = world.slack.poster().post(Uuid::new_v4(), &post(notify)).await.unwrap();
        world.fake.message(&place.channel, &sent.message.id).unwrap().text
    };
    let rest = "@everyone &lt;!channel&gt; &lt;@U999&gt;";
    assert_eq!(said(&[]).await, format!("*@Ann* Lee, *@cmo*, *@seo_lead*, *@content_manager*, {rest}"));
    let all = ["Ann Lee", "@cmo", "seo_lead", "content_manager", "nobody", "everyone"];
    let cmo = world.bot("cmo");
    assert_eq!(said(&all).await, format!("<@{ann}>, <@{cmo}>, <!subteam^{group}>, *@content_manager*, {rest}"));
    let unnamed = Post { notify: vec!["Ann Lee".into()], ..text(&place, "look at this") };
    world.slack.poster().post(Uuid::new_v4(), &unnamed).await.unwrap();
    assert_eq!(world.fake.messages(&place.channel).last().unwrap().text, format!("look at this\n\n<@{ann}>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_not_in_a_channel_joins_or_lets_the_shared_one_speak() {
    let world = World::quiet(&["cmo"]).await;
    let open = world.fake.channel("open");
    let private = world.fake.private_channel("closed");
    world.fake.join(world.bot("bullpen"), &private);
    let cora = |channel: &str| Post { identity: identity("cmo", "Cora", "CMO"), ..text(&in_channel(channel), "hello") };
    world.slack.poster().post(Uuid::new_v4(), &cora(&open)).await.unwrap();
    assert_eq!(only(&world, &open).user.as_deref(), Some(world.bot("cmo")));
    let (key, post) = (Uuid::new_v4(), cora(&private));
    let sent = world.slack.poster().post(key, &post).await.unwrap();
    assert_eq!(only(&world, &private).username.as_deref(), Some("Cora · CMO"), "the shared app speaks under her name");
    world
        .slack
        .poster()
        .edit(&sent.message, 1, &Post { body: text(&in_channel(&private), "mended").body, ..post })
        .await
        .unwrap();
    assert_eq!(texts(&world, &private), ["mended"], "whoever posted it edits it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_joins_a_channel_to_look_for_its_own_post() {
    let world = World::quiet(&["cmo"]).await;
    let channel = world.fake.channel("open");
    let methods = vec!["chat.postMessage".into()];
    for speaker in [marta(), identity("cmo", "Cora", "CMO")] {
        let (key, post) = (Uuid::new_v4(), Post { identity: speaker, ..text(&in_channel(&channel), "hello") });
        world.fake.set_faults(Faults { failed_late: 1.0, methods: methods.clone(), ..Faults::default() });
        assert!(matches!(world.slack.poster().post(key, &post).await, Err(Error::Ambiguous { .. })));
        world.fake.set_faults(Faults::default());
        assert!(world.slack.poster().find(key, &post).await.unwrap().is_some());
    }
    assert_eq!(texts(&world, &channel), ["hello", "hello"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persona_whose_app_was_removed_speaks_through_the_shared_one() {
    let world = World::quiet(&["cmo"]).await;
    let channel = world.channel("general", &[]);
    world.fake.revoke("cmo");
    let cora = Post { identity: identity("cmo", "Cora", "CMO"), ..text(&in_channel(&channel), "still here") };
    world.slack.poster().post(Uuid::new_v4(), &cora).await.unwrap();
    assert_eq!(only(&world, &channel).username.as_deref(), Some("Cora · CMO"));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_what_to_click() {
    let world = World::quiet(&[]).await;
    let (private, archived) = (world.fake.private_channel("closed"), world.channel("old", &[]));
    world.fake.archive(&archived);
    let poster = world.slack.poster();
    let post = async |channel: &str| refusal(poster.post(Uuid::new_v4(), &text(&in_channel(channel), "x")).await);
    assert!(post(&private).await.contains("/invite @bullpen"));
    assert!(post(&archived).await.contains("Unarchive channel"));
    assert!(post("C0NOWHERE").await.contains("bullpen setup slack"));
    let below = Place { thread: Some("1.000001".into()), ..in_channel(&world.channel("general", &[])) };
    assert!(refusal(poster.post(Uuid::new_v4(), &text(&below, "x")).await).contains("first message was deleted"));
    world.fake.revoke("bullpen");
    assert!(post(&archived).await.contains("OAuth & Permissions"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_writing_is_shown_below_threads() {
    let world = World::quiet(&[]).await;
    let channel = world.channel("general", &[]);
    let poster = world.slack.poster();
    let sent = poster.post(Uuid::new_v4(), &text(&in_channel(&channel), "root")).await.unwrap();
    poster.typing(&in_channel(&channel), "content_manager").await.unwrap();
    assert!(world.fake.statuses().is_empty(), "Slack has nothing of the kind at the top level");
    let thread = Place { thread: Some(sent.message.id), ..in_channel(&channel) };
    poster.typing(&thread, "content_manager").await.unwrap();
    assert_eq!(world.fake.statuses().values().collect::<Vec<_>>(), ["is writing as @content_manager…"]);
    poster.post(Uuid::new_v4(), &text(&thread, "done")).await.unwrap();
    assert!(world.fake.statuses().is_empty());
}
