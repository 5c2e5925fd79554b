//! A post that was cut off by a crash is known again, although it reads differently after the start.

use bullpen_chat::{Error, Poster as _, Receipt};
use bullpen_discord_fake::Faults;
use uuid::Uuid;

use super::*;

const SENDS: [&str; 2] = ["execute_webhook", "create_message"];

/// Everything that is sent is done, and no answer comes.
fn no_answer(world: &World) {
    let operations = SENDS.map(str::to_owned).to_vec();
    world.fake.set_faults(Faults { cut_late: 1.0, operations, ..Faults::default() });
}

/// Puts a post on show as a server does that is killed before the answer. The next one knows who the personas are.
async fn killed(world: &mut World, posts: &[(Uuid, &Post)]) {
    no_answer(world);
    for (key, post) in posts {
        assert!(matches!(world.discord.poster().post(*key, post).await, Err(Error::Ambiguous { .. })));
    }
    world.fake.set_faults(Faults::default());
    world.another();
    world.provision().await;
}

async fn found(world: &World, key: Uuid, post: &Post) -> Option<Receipt> {
    world.discord.poster().find(key, post).await.unwrap()
}

/// A post that names somebody whose role is not known before the guild is.
fn mentions(channel: u64, words: &str) -> Post {
    Post { notify: vec!["desk".into()], ..text(&in_channel(channel), words) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_whose_mentions_read_differently_after_the_start_is_found() {
    let mut world = quiet(&["cmo"]).await;
    let channel = world.fake.channel("general");
    let hooked = mentions(channel, "look, @desk");
    let card = Post {
        notify: vec!["desk".into()],
        ..card(&in_channel(channel), Card { title: "A card".into(), text: "Of @desk".into(), ..Card::default() })
    };
    let own = Post { identity: identity("cmo", "Cora", "CMO"), ..mentions(channel, "and you, @desk") };
    let keys = [Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4()];
    killed(&mut world, &[(keys[0], &hooked), (keys[1], &card), (keys[2], &own)]).await;
    let before = world.fake.messages(channel);
    assert_eq!(before.len(), 3);
    for ((key, post), message) in keys.into_iter().zip([&hooked, &card, &own]).zip(&before) {
        let receipt = found(&world, key, post).await.expect("it stands");
        assert_eq!(id(&receipt), message.id);
        assert_eq!(world.discord.poster().post(key, post).await.unwrap(), receipt);
    }
    assert_eq!(world.fake.messages(channel), before, "nothing is said twice, nor differently");
    world.discord.poster().post(Uuid::new_v4(), &hooked).await.unwrap();
    assert!(texts(&world, channel)[3].contains("<@&"), "a role stands for the persona now");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_posts_with_the_same_words_each_has_a_message_of_its_own() {
    let mut world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let post = mentions(channel, "yes, @desk");
    let other = Post { identity: identity("seo_lead", "Sol", "SEO Lead"), ..post.clone() };
    let (one, two, never, of_other) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
    world.fake.set_faults(Faults { failed: 1.0, operations: SENDS.map(str::to_owned).to_vec(), ..Faults::default() });
    assert!(matches!(world.discord.poster().post(never, &post).await, Err(Error::Ambiguous { .. })));
    killed(&mut world, &[(of_other, &other), (one, &post), (two, &post)]).await;
    let stands: Vec<u64> = world.fake.messages(channel).iter().map(|message| message.id).collect();
    assert_eq!(id(&found(&world, one, &post).await.unwrap()), stands[1], "another persona's words are another's");
    assert_eq!(id(&found(&world, two, &post).await.unwrap()), stands[2]);
    assert_eq!(found(&world, never, &post).await, None, "no message is left for it");
    assert_eq!(id(&found(&world, of_other, &other).await.unwrap()), stands[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_post_that_is_cut_in_other_places_after_the_start_is_whole() {
    let mut world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    // A role is written longer than a name.
    let words: String = (0..250).map(|n| format!("Number {n} is for @desk.\n\n")).collect();
    let post = mentions(channel, &words);
    let key = Uuid::new_v4();
    killed(&mut world, &[(key, &post)]).await;
    assert_eq!(world.fake.messages(channel).len(), 1);
    assert_eq!(found(&world, key, &post).await, None, "not all of it stands");
    let receipt = deliver(&world, key, &post).await;
    let messages = world.fake.messages(channel);
    assert_eq!(messages[0].id, id(&receipt));
    let said: Vec<String> =
        messages.iter().flat_map(|m| m.content.split("\n\n").map(str::to_owned).collect::<Vec<_>>()).collect();
    let numbers: Vec<String> = said.iter().map(|line| line.split(" is for <@&").next().unwrap().to_owned()).collect();
    assert_eq!(numbers, (0..250).map(|n| format!("Number {n}")).collect::<Vec<_>>(), "nothing is missing or twice");
    assert_eq!(found(&world, key, &post).await, Some(receipt));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_finds_what_was_never_answered_by_what_it_said_then() {
    let world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let key = Uuid::new_v4();
    let poster = world.discord.poster();
    let receipt = poster.post(key, &text(&in_channel(channel), "short")).await.unwrap();
    let long = text(&in_channel(channel), &long(2));
    no_answer(&world);
    assert!(matches!(poster.edit(&receipt.message, 1, &long).await, Err(Error::Ambiguous { .. })));
    world.fake.set_faults(Faults::default());
    let changed = text(&in_channel(channel), &format!("Changed meanwhile.\n\n{}", super::long(2)));
    poster.edit(&receipt.message, 2, &changed).await.unwrap();
    let said: Vec<String> = texts(&world, channel)
        .iter()
        .flat_map(|text| text.split("\n\n").map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let Body::Markdown { text: wanted } = &changed.body else { panic!("it is text") };
    assert_eq!(said, wanted.trim_end().split("\n\n").collect::<Vec<_>>(), "each part once");
    assert_eq!(poster.post(key, &text(&in_channel(channel), "short")).await.unwrap(), receipt);
    assert!(texts(&world, channel)[0].starts_with("Changed meanwhile."), "a repeat of the post changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_version_sent_is_known_by_what_it_would_say_now() {
    let mut world = quiet(&[]).await;
    let channel = world.fake.channel("general");
    let post = text(&in_channel(channel), "said before");
    let key = Uuid::new_v4();
    killed(&mut world, &[(key, &post)]).await;
    let older = sqlx::query("update discord.posts set digest = null, parts = null where org = $1").bind(world.org);
    older.execute(&world.pool).await.unwrap();
    let receipt = found(&world, key, &post).await.expect("it stands");
    assert_eq!(world.discord.poster().post(key, &post).await.unwrap(), receipt);
    only(&world, channel);
}
