//! Which channels are the department's: those of its plan, in its guild.

use bullpen_chat::Author;
use bullpen_discord::SHARED;
use bullpen_discord_fake::{How, Settings};

use crate::world::{OURS, World, posted, texts};

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_leaves_the_plan_is_only_watched_until_it_is_back() {
    let world = World::quiet(&[], Settings::quick()).await;
    world.plan(&[OURS, "decisions"]).await;
    world.listen().await;
    let (ann, ours, other, bot) =
        (world.member("ann"), world.ours(), world.fake.channel("decisions"), world.bot(SHARED));
    let mut ear = world.ear();
    let root = world.fake.say(ann, other, "a root");
    world.fake.in_thread(ann, root, "below it");
    let asleep = world.fake.say(ann, other, "another root");
    world.fake.in_thread(ann, asleep, "soon asleep");
    world.fake.archive(asleep, true);
    ear.hear(4).await;

    world.plan(&[OURS]).await;
    let watched = [
        (other, world.fake.say(ann, other, "@desk do something")),
        (root, world.fake.in_thread(ann, root, "@desk do something")),
        (asleep, world.fake.in_thread(ann, asleep, "@desk do something")),
    ];
    for (channel, id) in watched {
        world.has(&format!("m:{channel}:{id}")).await;
    }
    ear.nothing().await;
    // Nor after a gap, or a restart.
    world.fake.archive(asleep, true);
    world.fake.refuse_resumes(true);
    world.fake.disconnect(bot, How::Cut);
    let id = world.fake.in_thread(ann, asleep, "@desk do more");
    world.has(&format!("m:{asleep}:{id}")).await;
    world.fake.say(ann, ours, "here");
    assert_eq!(texts(ear.hear(1).await), ["here"]);
    world.stop().await;
    world.begin();
    let id = world.fake.say(ann, other, "@desk and more");
    world.has(&format!("m:{other}:{id}")).await;
    ear.nothing().await;

    world.plan(&[OURS, "decisions"]).await;
    world
        .until("it is the department's again", || async {
            let sql = "select count(*) from discord.ours where org = $1 and guild <> 0 and not ended";
            world.count(sql).await == 4
        })
        .await;
    world.fake.say(ann, other, "back");
    world.fake.in_thread(ann, root, "and here");
    world.fake.in_thread(ann, asleep, "and here too");
    let mut heard = texts(ear.hear(3).await);
    heard.sort();
    assert_eq!(heard, ["and here", "and here too", "back"], "what was said meanwhile is no work");
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_deleted_is_over() {
    let mut world = World::quiet(&[], Settings::quick()).await;
    world.plan(&[OURS, "decisions"]).await;
    world.listen().await;
    let (ann, other) = (world.member("ann"), world.fake.channel("decisions"));
    let mut ear = world.ear();
    let root = world.fake.say(ann, other, "a root");
    world.fake.in_thread(ann, root, "below it");
    ear.hear(2).await;
    let left = "select count(*) from discord.ours where org = $1 and guild <> 0 and not ended";
    world.until("the thread is noted", || async { world.count(left).await == 3 }).await;
    world.fake.delete_channel(other);
    world.until("it is over", || async { world.count(left).await == 1 }).await;
    // The plan has it all the same, and another one is made.
    drop(ear);
    let made = world.plan(&[OURS, "decisions"]).await;
    assert_ne!(made["decisions"], other.to_string());
    world.stop().await;
    world.another();
    world.plan(&[OURS, "decisions"]).await;
    world.listen().await;
    let mut ear = world.ear();
    world.fake.say(ann, made["decisions"].parse().unwrap(), "anew");
    assert_eq!(posted(ear.one().await).text, "anew");
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_the_same_in_another_guild_is_not_ours() {
    let mut world = World::open().await;
    let (ann, ours, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let mut ear = world.ear();
    let guild = world.fake.neighbour("Acme", &[OURS, "lounge"], &["desk", "Editors"]);
    let doors = world.fake.next_door(guild);
    let writes = || {
        let calls = world.fake.calls();
        let about =
            |path: &str| path.contains(&guild.to_string()) || doors.values().any(|id| path.contains(&id.to_string()));
        calls.into_iter().filter(|call| call.method != "GET" && about(&call.path)).count()
    };
    let there = world.fake.say_next_door(ann, doors[OURS], "@desk do something");
    world.has(&format!("m:{}:{there}", doors[OURS])).await;
    world.fake.say(ann, ours, "here");
    let said = posted(ear.one().await);
    assert_eq!(said.text, "here");
    assert_eq!(
        said.author,
        Author::Member { id: ann.to_string(), name: "ann".into(), email: None, groups: Vec::new() }
    );
    ear.nothing().await;

    // A new session tells of both guilds, and what was missed is fetched in both.
    world.fake.refuse_resumes(true);
    world.fake.disconnect(bot, How::Cut);
    let missed = world.fake.say_next_door(ann, doors[OURS], "@desk do more");
    world.has(&format!("m:{}:{missed}", doors[OURS])).await;
    world.connected(SHARED).await;
    world.caught_up().await;
    assert_eq!(world.plan(&[OURS, "lounge"]).await[OURS], ours.to_string());
    assert_eq!(writes(), 0, "nothing is made there");

    // Neither is anything the next server's that knows of no guild but by the database.
    world.stop().await;
    world.fake.say_next_door(ann, doors["lounge"], "@desk and more");
    world.fake.say(ann, ours, "still here");
    drop(ear);
    world.another();
    world.plan(&[OURS, "lounge"]).await;
    world.listen().await;
    let mut ear = world.ear();
    assert_eq!(texts(ear.hear(1).await), ["still here"]);
    ear.nothing().await;
    let taken = sqlx::query_scalar::<_, i64>("select count(*) from discord.received where guild = $1 and ours")
        .bind(guild.cast_signed())
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(taken, 0, "its messages are only kept");
    let noted = sqlx::query_scalar::<_, i64>("select count(*) from discord.ours where guild = $1 or channel = any($2)")
        .bind(guild.cast_signed())
        .bind(doors.values().map(|id| id.cast_signed()).collect::<Vec<_>>())
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(noted, 0);
}
