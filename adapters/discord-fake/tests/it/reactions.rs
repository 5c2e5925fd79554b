use bullpen_discord_fake::{Settings, permissions};
use serde_json::json;

use crate::world::{RIGHTS, World};

fn path(world: &World, message: u64, emoji: &str) -> String {
    format!("{}/{message}/reactions/{emoji}", world.messages())
}

/// ✅, as a path has it.
const CHECK: &str = "%E2%9C%85";

#[tokio::test]
async fn reactions_are_set_listed_and_taken_back() {
    let world = World::new();
    let said = world.fake.say(world.ann, world.channel, "vote");
    world.done("PUT", &path(&world, said, &format!("{CHECK}/@me")), None).await;
    world.done("PUT", &path(&world, said, &format!("{CHECK}/@me")), None).await;
    world.fake.react(world.ben, world.channel, said, "✅", true);
    world.fake.react(world.ann, world.channel, said, "✅", true);
    let users = world.get(&path(&world, said, CHECK)).await;
    let names: Vec<_> = users.as_array().unwrap().iter().map(|u| u["username"].as_str().unwrap()).collect();
    assert_eq!(names, ["bullpen", "ann", "ben"], "in the order of their ids");
    let rest = world.get(&path(&world, said, &format!("{CHECK}?after={}&limit=1", world.bot.user))).await;
    assert_eq!((rest.as_array().unwrap().len(), &rest[0]["username"]), (1, &json!("ann")));
    let message = world.get(&format!("{}/{said}", world.messages())).await;
    assert_eq!((&message["reactions"][0]["count"], &message["reactions"][0]["me"]), (&json!(3), &json!(true)));
    world.done("DELETE", &path(&world, said, &format!("{CHECK}/@me")), None).await;
    world.done("DELETE", &path(&world, said, &format!("{CHECK}/{}", world.ben)), None).await;
    assert_eq!(world.fake.message(world.channel, said).unwrap().reacted("✅"), [world.ann]);
    world.done("DELETE", &format!("{}/{said}/reactions", world.messages()), None).await;
    assert_eq!(world.fake.message(world.channel, said).unwrap().reactions, []);
}

#[tokio::test]
async fn unknown_emojis_and_the_twenty_first_are_refused() {
    let world = World::new();
    let said = world.fake.say(world.ann, world.channel, "vote");
    assert_eq!(world.refusal("PUT", &path(&world, said, "check/@me"), None).await, (400, 10014));
    assert_eq!(world.refusal("PUT", &path(&world, said, "nope:123/@me"), None).await, (400, 10014));
    let own = world.fake.emoji("party");
    world.done("PUT", &path(&world, said, &format!("party:{own}/@me")), None).await;
    for n in 0..19 {
        let emoji = char::from_u32(0x1f600 + n).unwrap().to_string();
        world.fake.react(world.ann, world.channel, said, &emoji, true);
    }
    assert_eq!(world.refusal("PUT", &path(&world, said, &format!("{CHECK}/@me")), None).await, (400, 30010));
    assert_eq!(world.fake.message(world.channel, said).unwrap().reactions.len(), 20);
}

#[tokio::test]
async fn joining_a_reaction_needs_less_than_adding_a_new_one() {
    let world = World::with(Settings::quick(), RIGHTS);
    let said = world.fake.say(world.ann, world.channel, "vote");
    world.fake.permit(world.channel, world.bot.user, 0, permissions::ADD_REACTIONS);
    assert_eq!(world.refusal("PUT", &path(&world, said, &format!("{CHECK}/@me")), None).await, (403, 50013));
    world.fake.react(world.ann, world.channel, said, "✅", true);
    world.done("PUT", &path(&world, said, &format!("{CHECK}/@me")), None).await;
    assert_eq!(world.fake.message(world.channel, said).unwrap().reacted("✅"), [world.ann, world.bot.user]);
}
