//! Where something is said: channels, threads, replies and direct messages.

use bullpen_chat::Author;
use bullpen_discord_fake::UserPlan;

use super::{DESK, desk, id, markdown, post, thread, top};
use crate::world::{World, posted};

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_a_persona_is_in_the_thread_of_its_post() {
    let world = World::with(&["cmo"], bullpen_discord_fake::Settings::quick()).await;
    let (ann, ben, channel) = (world.member("ann"), world.member("ben"), world.ours());
    let mut ear = world.ear();
    let cmo = bullpen_chat::Identity { handle: "cmo".into(), name: "Carla".into(), ..desk() };
    for identity in [desk(), cmo] {
        let root = id(&post(&world, identity, &top(channel), markdown("Good morning")).await);
        world.fake.reply(ann, channel, root, "and to you");
        assert_eq!(posted(ear.one().await).place, thread(channel, root));
        // What the department says below it makes the thread; and there people go on.
        post(&world, desk(), &thread(channel, root), markdown("Thank you")).await;
        world.fake.in_thread(ben, root, "and me?");
        assert_eq!(posted(ear.one().await).place, thread(channel, root));
    }
    let anns = world.fake.say(ann, channel, "lunch?");
    world.fake.reply(ben, channel, anns, "yes");
    let heard = ear.hear(2).await;
    assert!(heard.into_iter().all(|heard| posted(heard.event).place == top(channel)), "people among themselves");
    let bare = world.fake.bare_thread(ann, channel, "A topic");
    world.fake.in_thread(ann, bare, "what of it?");
    assert_eq!(posted(ear.one().await).place, thread(channel, bare));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_who_the_guild_says() {
    let world = World::open().await;
    let channel = world.ours();
    let staff = world.fake.role("Staff", 0);
    let ann = world.fake.user(UserPlan::member("ann").nick("Ann\nLee").role(staff));
    let mut ear = world.ear();
    world.fake.say(ann, channel, "hello");
    let groups = vec![staff.to_string(), "Staff".to_owned()];
    let wanted = Author::Member { id: ann.to_string(), name: "Ann Lee".into(), email: None, groups };
    assert_eq!(posted(ear.one().await).author, wanted);
    world.fake.take(ann, staff);
    let dm = world.fake.dm(ann, world.bot("bullpen"));
    world.fake.say(ann, dm, "desk, are you there?");
    let said = posted(ear.one().await);
    let wanted = Author::Member { id: ann.to_string(), name: "Ann Lee".into(), email: None, groups: vec![] };
    assert_eq!((said.author, said.direct.as_deref(), said.place), (wanted, Some("bullpen"), top(dm)));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_nobody_has_told_and_it_is_found_out() {
    let mut world = World::open().await;
    let (ann, channel) = (world.fake.user(UserPlan::member("ann")), world.ours());
    let root = world.fake.say(ann, channel, "About the plan");
    world.fake.in_thread(ann, root, "first");
    let mut ear = world.ear();
    ear.hear(2).await;
    let role = world.fake.roles().into_iter().find(|role| role.name == DESK).expect("the persona's role").id;
    world.stop().await;
    world.fake.in_thread(ann, root, &format!("<@&{role}> second"));
    // A session that goes on tells nothing of the guild anew.
    world.another();
    world.provision().await;
    world.listen().await;
    drop(ear);
    let said = posted(world.ear().one().await);
    assert_eq!((said.place, &said.mentions[..]), (thread(channel, root), &[DESK.to_owned()][..]));
    assert_eq!(said.text, "@desk second");
}
