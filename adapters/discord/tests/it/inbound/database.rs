//! The database is stopped, and started again.

use std::process::Command;

use bullpen_cluster::{Cluster, Options};
use bullpen_discord::SHARED;
use bullpen_discord_fake::{How, Settings};

use crate::world::{World, texts};

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_while_the_database_is_down_is_stored_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { data: folder.path().join("postgres"), binaries: None };
    let mut cluster = Cluster::start(options).await.unwrap();
    let world = World::on(cluster.connect_options(), &[], Settings::quick()).await;
    world.provision().await;
    world.listen().await;
    let (ann, channel, bot) = (world.member("ann"), world.ours(), world.bot(SHARED));
    let say = |from: usize, to: usize| -> Vec<(u64, String)> {
        let texts = (from..to).map(|number| format!("number {number}"));
        texts.map(|text| (world.fake.say(ann, channel, &text), text)).collect()
    };
    let mut said = say(0, 100);
    for stop in 0..2 {
        // At once, whatever it is at: as `pg_ctl stop -m immediate` does.
        let signalled = Command::new("kill").args(["-QUIT", &cluster.postmaster_pid().to_string()]).status().unwrap();
        assert!(signalled.success());
        said.extend(say(said.len(), said.len() + 100));
        while cluster.running() {
            tokio::task::yield_now().await;
        }
        said.extend(say(said.len(), said.len() + 1_000));
        if stop == 1 {
            assert_eq!(world.fake.disconnect(bot, How::Cut), 1, "the line breaks as well");
            said.extend(say(said.len(), said.len() + 100));
        }
        cluster.restart().await.unwrap();
        said.extend(say(said.len(), said.len() + 100));
        world.has(&format!("m:{channel}:{}", said.last().unwrap().0)).await;
    }
    let stored: Vec<String> = world.received().await.into_iter().filter(|key| key.starts_with("m:")).collect();
    let told: Vec<String> = said.iter().map(|(id, _)| format!("m:{channel}:{id}")).collect();
    assert!(stored == told, "each once and in order: {} of {}", stored.len(), told.len());
    world.connected(SHARED).await;
    let mut ear = world.ear();
    let heard = texts(ear.hear(said.len()).await);
    assert!(heard.into_iter().eq(said.into_iter().map(|(_, text)| text)), "and read once and in order");
    ear.nothing().await;
    world.stop().await;
    cluster.stop().await.unwrap();
}
