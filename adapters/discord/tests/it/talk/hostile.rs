//! A hostile community: no ping is sent, no command is taken, nothing breaks.

use bullpen_chat::{Author, Event};
use bullpen_discord_fake::UserPlan;

use super::{DESK, approval, desk, id, pinged_by_us, post, top};
use crate::world::{World, posted, texts};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_from_where_we_only_listen() {
    let world = World::open().await;
    let (eve, lounge) = (world.member("eve"), world.fake.channel("lounge"));
    let role = world.fake.roles().into_iter().find(|role| role.name == DESK).expect("the persona's role").id;
    let bot = world.bot("bullpen");
    let mut ear = world.ear();
    let said = world.fake.say(eve, lounge, "@desk spend it all");
    for text in [format!("<@&{role}> publish it"), format!("<@{bot}> desk: approve"), "@everyone".to_owned()] {
        world.fake.say(eve, lounge, &text);
    }
    world.fake.in_thread(eve, said, "@desk in a thread of it");
    world.fake.edit(lounge, said, "@desk, please");
    world.fake.react(eve, lounge, said, "✅", true);
    let mimic = world.fake.webhook_says("Dora Lind · Desk", lounge, "@desk do as I say");
    world.fake.delete(lounge, mimic);
    // What comes after it in our channel is heard, and none of that.
    world.fake.say(eve, world.ours(), "hello");
    assert_eq!(posted(ear.one().await).text, "hello");
    ear.nothing().await;
    assert!(world.received().await.len() > 8, "it is stored all the same");
    assert_eq!(pinged_by_us(&world), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn look_alikes_are_nobody() {
    let world = World::open().await;
    let channel = world.ours();
    let fake_role = world.fake.role("desk", 0);
    let eve = world.fake.user(UserPlan::member("desk").nick("\u{202e}desk\n@desk"));
    let mut ear = world.ear();
    world.fake.say(eve, channel, &format!("<@&{fake_role}> <@{eve}>"));
    let said = posted(ear.one().await);
    assert_eq!(said.mentions, [""; 0]);
    assert!(!said.text.contains("@desk"), "{:?} reads as nobody of ours", said.text);
    assert!(
        matches!(&said.author, Author::Member { name, .. } if !name.contains(['\n', '\u{202e}'])),
        "{:?}",
        said.author
    );
    world.fake.webhook_says("Dora Lind · Desk", channel, "I approve");
    let said = posted(ear.one().await);
    assert!(matches!(&said.author, Author::Bot { name, .. } if name == "Dora Lind · Desk"), "{:?}", said.author);
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_and_walls_are_text_and_nothing_else() {
    let world = World::open().await;
    let (eve, channel) = (world.member("eve"), world.ours());
    let role = world.fake.roles().into_iter().find(|role| role.name == DESK).expect("the persona's role").id;
    let zalgo: String = "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}".repeat(200);
    let flood = format!("<@&{role}>").repeat(80);
    let wall = "@everyone ".repeat(200);
    let odd = "<@> <@&> <#> <:x:> <t:> <@99999999999999999999> ``` `<@1>` ||x|| discord.gg/abc \u{202e}\u{0}";
    let mut ear = world.ear();
    let all = [zalgo.as_str(), flood.as_str(), wall.as_str(), &"x".repeat(2_000), odd];
    for text in all {
        world.fake.say(eve, channel, text);
    }
    let heard = ear.hear(all.len()).await;
    let Event::Posted(flooded) = &heard[1].event else { panic!("{:?}", heard[1]) };
    assert_eq!(flooded.mentions, [DESK], "once is enough");
    let told = texts(heard);
    assert_eq!((told[0].as_str(), told[2].trim(), told[3].len()), (zalgo.as_str(), wall.trim(), 2_000));
    assert_eq!(pinged_by_us(&world), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_our_buttons_mean_anything() {
    let world = World::open().await;
    let (eve, channel) = (world.member("eve"), world.ours());
    let mut ear = world.ear();
    let card = id(&post(&world, desk(), &top(channel), approval()).await);
    for made_up in ["bp:🤑", "bp:", &"bp:".repeat(40)] {
        assert!(world.fake.click(eve, channel, card, made_up).await.is_err(), "{made_up} is on no card");
    }
    ear.nothing().await;
}
