//! `kill -9` of one, the other, and both; and the traces that it leaves.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};

use crate::owner::Owner;
use crate::world::{as_owner, ask, connect, kill, lives, open_directory, program, recall, remember, start};

#[tokio::test]
async fn a_killed_postmaster_is_started_again_and_pools_come_back_by_themselves() {
    let data = open_directory();
    let mut cluster = start(data.path()).await;
    let pool = PgPoolOptions::new().max_connections(4).connect_with(cluster.connect_options()).await.unwrap();
    remember(&cluster.connect_options()).await;
    // A session in the middle of something, which does not notice the end of its postmaster.
    let mut busy = connect(&cluster.connect_options()).await;
    let asleep = tokio::spawn(async move { sqlx::query("select pg_sleep(600)").execute(&mut busy).await });

    let killed = cluster.postmaster_pid();
    kill(killed);
    while cluster.running() {
        tokio::task::yield_now().await;
    }
    cluster.restart().await.unwrap();

    assert!(cluster.running());
    assert_ne!(cluster.postmaster_pid(), killed);
    let text: String = sqlx::query_scalar("select text from memory").fetch_one(&pool).await.unwrap();
    assert_eq!(text, "still here");
    assert!(asleep.await.unwrap().is_err());
    pool.close().await;
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_living_postmaster_is_restarted_too() {
    let data = open_directory();
    let mut cluster = start(data.path()).await;
    let before = cluster.postmaster_pid();
    cluster.restart().await.unwrap();
    assert!(!lives(before));
    assert_eq!(ask(&cluster.connect_options(), "select 'back'").await, "back");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_owner_takes_its_postmaster_along_and_the_next_one_starts_at_once() {
    let data = open_directory();
    let mut owner = Owner::start(data.path());
    owner.kill();
    let cluster = start(data.path()).await;
    assert!(!lives(owner.postmaster));
    assert_eq!(recall(&cluster.connect_options()).await, "still here");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_owner_takes_its_postmaster_along_even_if_nobody_starts_again() {
    let data = open_directory();
    let mut owner = Owner::start(data.path());
    owner.kill();
    let ended = async {
        while lives(owner.postmaster) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ended).await.expect("the postmaster outlived its owner");
}

#[tokio::test]
async fn both_killed_at_once_leave_nothing_in_the_way() {
    let data = open_directory();
    let mut owner = Owner::start(data.path());
    kill(owner.postmaster);
    owner.kill();
    assert!(data.path().join("cluster/postmaster.pid").exists());
    let cluster = start(data.path()).await;
    assert_eq!(recall(&cluster.connect_options()).await, "still here");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn an_owner_killed_while_it_makes_the_cluster_leaves_a_clean_slate() {
    let data = open_directory();
    let unfinished = || {
        let names = fs::read_dir(data.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("unfinished-")).count()
    };
    let mut owner = Owner::begin(data.path());
    // The directory, and the file by which initdb learns the password.
    while unfinished() < 2 {
        assert!(!data.path().join("cluster").exists(), "too late");
    }
    owner.kill().unwrap();
    owner.wait().unwrap();

    let cluster = start(data.path()).await;
    assert_eq!(ask(&cluster.connect_options(), "select 'running'").await, "running");
    assert_eq!(unfinished(), 0);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_stale_lock_that_names_a_stranger_is_removed_and_the_stranger_left_alone() {
    let data = open_directory();
    let first = start(data.path()).await;
    let postgres = program(&first);
    first.stop().await.unwrap();
    let cluster = data.path().join("cluster");
    // Same account and even the same working directory, but not a Postgres.
    let mut stranger = as_owner(&cluster, Path::new("sleep")).arg("600").current_dir(&cluster).spawn().unwrap();
    let socket = data.path().join("socket");
    let lines = format!("{}\n{}\n1\n5432\n{}\n\n", stranger.id(), cluster.display(), socket.display());
    fs::write(cluster.join("postmaster.pid"), &lines).unwrap();
    fs::write(socket.join(".s.PGSQL.5432.lock"), &lines).unwrap();
    assert!(!by_hand(&postgres, data.path()).wait().unwrap().success(), "Postgres itself believes such a lock");

    let started = start(data.path()).await;
    assert_eq!(ask(&started.connect_options(), "select 'running'").await, "running");
    assert!(lives(stranger.id()));
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    started.stop().await.unwrap();
}

#[tokio::test]
async fn a_postmaster_without_an_owner_is_stopped() {
    let data = open_directory();
    let first = start(data.path()).await;
    remember(&first.connect_options()).await;
    let (database, postgres) = (first.connect_options(), program(&first));
    first.stop().await.unwrap();
    let mut orphan = by_hand(&postgres, data.path());
    while PgConnection::connect_with(&database).await.is_err() {
        assert!(lives(orphan.id()));
    }

    // Its zombie stays until we wait for it, and must not be mistaken for a postmaster.
    let cluster = start(data.path()).await;
    assert!(!lives(orphan.id()));
    assert_eq!(recall(&cluster.connect_options()).await, "still here");
    assert!(orphan.wait().unwrap().success(), "a clean shutdown");
    cluster.stop().await.unwrap();
}

/// Starts Postgres on the cluster of a home the way a person would.
fn by_hand(postgres: &Path, home: &Path) -> Child {
    let cluster = home.join("cluster");
    let mut command = as_owner(&cluster, postgres);
    command.arg("-D").arg(&cluster).arg("-k").arg(home.join("socket")).args(["-c", "listen_addresses="]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}
