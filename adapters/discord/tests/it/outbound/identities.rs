//! Who speaks: the webhook under a persona's name, the persona's own bot, or the shared bot itself; and whom a post pings.

use bullpen_chat::{ChannelPlan, Listed, Plan, Poster as _};
use bullpen_discord_fake::permissions;
use url::Url;
use uuid::Uuid;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn personas_with_and_without_a_bot_of_their_own_speak_in_one_channel() {
    let world = quiet(&["cmo"]).await;
    let channel = world.fake.channel("general");
    let place = in_channel(channel);
    let cora = Post { identity: identity("cmo", "Cora", "CMO"), ..text(&place, "a handoff to @content_manager") };
    world.discord.poster().post(Uuid::new_v4(), &cora).await.unwrap();
    world.discord.poster().post(Uuid::new_v4(), &text(&place, "taken, @cmo")).await.unwrap();
    let messages = world.fake.messages(channel);
    assert_eq!(messages[0].author, world.keys["cmo"].user);
    assert_eq!((&messages[0].username, messages[0].webhook), (&None, None), "its own bot has its own name");
    assert!(messages[0].nonce.is_some());
    assert_eq!(messages[1].username.as_deref(), Some("Marta Vale · Content Manager"));
    assert_eq!(messages[1].application, Some(world.keys["bullpen"].application));
    assert_eq!(messages[0].content, r"a handoff to **@content\_manager**", "named, not pinged");
    assert_eq!(messages[1].content, "taken, **@cmo**");
    assert!(world.fake.pings().iter().all(|ping| ping.notified.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_make_one_webhook() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let posts: Vec<Post> = (0..8).map(|n| text(&in_channel(channel), &format!("number {n}"))).collect();
    let poster = world.discord.poster();
    let sent = futures::future::join_all(posts.iter().map(|post| poster.post(Uuid::new_v4(), post))).await;
    assert!(sent.iter().all(Result::is_ok));
    assert_eq!(world.fake.webhooks(channel).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_was_deleted_is_made_anew_once() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let poster = world.discord.poster();
    poster.post(Uuid::new_v4(), &text(&in_channel(channel), "one")).await.unwrap();
    world.fake.delete_webhook(world.fake.webhooks(channel)[0].id);
    let posts: Vec<Post> = (0..4).map(|n| text(&in_channel(channel), &format!("number {n}"))).collect();
    let sent = futures::future::join_all(posts.iter().map(|post| poster.post(Uuid::new_v4(), post))).await;
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    assert_eq!(world.fake.webhooks(channel).len(), 1);
    assert_eq!(world.fake.messages(channel).len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_make_webhooks_the_bot_says_for_whom_it_speaks() {
    let world = quiet(&[]).await;
    deny(&world, permissions::MANAGE_WEBHOOKS);
    let channel = world.fake.channel("general");
    let poster = world.discord.poster();
    let receipt = poster.post(Uuid::new_v4(), &text(&in_channel(channel), "hello")).await.unwrap();
    poster.post(Uuid::new_v4(), &text(&in_channel(channel), "again")).await.unwrap();
    assert_eq!(
        texts(&world, channel),
        ["**Marta Vale · Content Manager**\nhello", "**Marta Vale · Content Manager**\nagain"]
    );
    assert!(world.fake.messages(channel).iter().all(|message| message.author == world.keys["bullpen"].user));
    poster.edit(&receipt.message, 1, &text(&in_channel(channel), "changed")).await.unwrap();
    assert_eq!(texts(&world, channel)[0], "**Marta Vale · Content Manager**\nchanged");
    assert_eq!(calls(&world, "list_channel_webhooks"), 1, "it is not asked each time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_cannot_see_a_channel_is_stood_in_for() {
    let world = quiet(&["cmo"]).await;
    let channel = world.fake.channel("secret");
    world.fake.hide(channel, world.keys["cmo"].user);
    let cora = Post { identity: identity("cmo", "Cora", "CMO"), ..text(&in_channel(channel), "hello") };
    world.discord.poster().post(Uuid::new_v4(), &cora).await.unwrap();
    assert_eq!(only(&world, channel).username.as_deref(), Some("Cora · CMO"));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_direct_messages_the_bot_itself_speaks() {
    let world = quiet(&["cmo"]).await;
    let ann = world.member("Ann");
    let own = world.fake.dm(ann, world.keys["cmo"].user);
    let question = world.fake.say(ann, own, "how are you?");
    let place = in_thread(own, question);
    let cora = Post { identity: identity("cmo", "Cora", "CMO"), ..text(&place, "fine") };
    let receipt = world.discord.poster().post(Uuid::new_v4(), &cora).await.unwrap();
    let said = world.fake.message(own, id(&receipt)).unwrap();
    assert_eq!((said.content.as_str(), said.author), ("fine", world.keys["cmo"].user));
    assert_eq!(said.reference, Some((own, question)), "a reply stands for a thread");
    let shared = world.fake.dm(ann, world.keys["bullpen"].user);
    world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(shared), "hello")).await.unwrap();
    assert_eq!(texts(&world, shared), ["**Marta Vale · Content Manager**\nhello"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_direct_messages_with_a_persona_s_bot_others_speak_through_it() {
    let mut world = quiet(&["cmo", "cfo"]).await;
    let ann = world.member("Ann");
    let channel = world.fake.dm(ann, world.keys["cmo"].user);
    let question = world.fake.say(ann, channel, "who does the newsletter?");
    let place = in_thread(channel, question);
    let poster = world.discord.poster();
    let receipt = poster.post(Uuid::new_v4(), &text(&place, "I do")).await.unwrap();
    let cody = Post { identity: identity("cfo", "Cody", "CFO"), ..text(&place, "and I pay") };
    poster.post(Uuid::new_v4(), &cody).await.unwrap();
    let cora = Post { identity: identity("cmo", "Cora", "CMO"), ..text(&place, "so it is") };
    poster.post(Uuid::new_v4(), &cora).await.unwrap();
    let said = world.fake.messages(channel).split_off(1);
    let texts: Vec<&str> = said.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(texts, ["**Marta Vale · Content Manager**\nI do", "**Cody · CFO**\nand I pay", "so it is"]);
    assert!(said.iter().all(|message| message.author == world.keys["cmo"].user), "only that bot is in it");
    assert!(said.iter().all(|message| message.reference == Some((channel, question))));
    poster.edit(&receipt.message, 1, &text(&place, "I did")).await.unwrap();
    let edited = world.fake.message(channel, id(&receipt)).unwrap();
    assert_eq!(edited.content, "**Marta Vale · Content Manager**\nI did");
    // What is noted of the conversation spares asking; a bot that was taken away since is not asked for.
    world.another();
    for bot in ["cmo", "gone"] {
        let noted = sqlx::query(
            "insert into discord.ours (org, channel, parent, guild, bot, since) values ($1, $2, $2, 0, $3, 0)
             on conflict (org, channel) do update set bot = excluded.bot",
        );
        noted.bind(world.org).bind(channel.cast_signed()).bind(bot).execute(&world.pool).await.unwrap();
        world.discord.poster().post(Uuid::new_v4(), &text(&place, "once more")).await.unwrap();
    }
    world.discord.poster().typing(&place, "content_manager").await.unwrap();
    assert_eq!(world.fake.typed().last(), Some(&(world.keys["cmo"].user, channel)));
}

#[tokio::test(flavor = "multi_thread")]
async fn avatars_are_pictures_where_discord_can_fetch_them() {
    let mut world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    for (url, avatar) in [
        ("https://bullpen.example", Some("https://bullpen.example/avatars/content_manager.png")),
        ("http://127.0.0.1:3710", None),
    ] {
        world.config.public_url = Some(Url::parse(url).unwrap());
        world.discord = crate::world::adapter(&world.pool, world.org, &world.config, &world.department);
        world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(channel), "hello")).await.unwrap();
        assert_eq!(world.fake.messages(channel).last().unwrap().avatar.as_deref(), avatar);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_are_meant_are_pinged() {
    let world = quiet(&["cmo"]).await;
    let ann = world.member("Ann Lee");
    let plan = Plan {
        channels: vec![ChannelPlan { name: "general".into(), layer: None, topic: "Talk.".into() }],
        identities: vec![identity("seo_lead", "Sol", "SEO Lead"), identity("cmo", "Cora", "CMO"), marta()],
        people: vec![Listed { name: "Ann Lee".into(), id: Some(ann.to_string()), email: None }],
    };
    let provisioned = world.discord.poster().provision(&plan).await.unwrap();
    let channel: u64 = provisioned.channels["general"].parse().unwrap();
    let role =
        world.fake.roles().into_iter().find(|role| role.bot.is_none() && role.mentionable).expect("a persona's role");
    let words = format!("@Ann Lee, @cmo, @seo_lead, @content_manager, @everyone <@{ann}> <@&{}>", role.id);
    let post = Post { notify: vec!["Ann Lee".into(), "cmo".into()], ..text(&in_channel(channel), &words) };
    world.discord.poster().post(Uuid::new_v4(), &post).await.unwrap();
    let pings = world.fake.pings();
    let ping = pings.iter().find(|ping| ping.channel == channel).expect("two are pinged");
    let mut wanted = vec![ann, world.keys["cmo"].user];
    wanted.sort_unstable();
    let mut users = ping.users.clone();
    users.sort_unstable();
    assert_eq!((users, &ping.roles, ping.everyone), (wanted, &Vec::new(), false));
    let quiet = Post { notify: vec!["seo_lead".into()], ..text(&in_channel(channel), "@seo_lead look") };
    world.discord.poster().post(Uuid::new_v4(), &quiet).await.unwrap();
    assert_eq!(world.fake.messages(channel).last().unwrap().mention_roles.len(), 1, "a role stands for a persona");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_what_to_click() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    world.fake.hide(channel, world.keys["bullpen"].user);
    let why = refusal(world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(channel), "hello")).await);
    assert!(why.contains("View Channel"), "{why}");
    let why = refusal(world.discord.poster().post(Uuid::new_v4(), &text(&in_channel(42), "hello")).await);
    assert!(why.contains("no channel or thread 42"), "{why}");
}
