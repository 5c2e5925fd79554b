//! Starting, stopping, and who may.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use bullpen_cluster::{Cluster, Error, Options};
use sqlx::{Connection, PgConnection};

use crate::world::{ask, connect, lives, open_directory, options, recall, remember, start};

#[tokio::test]
async fn a_new_cluster_is_durable_and_reached_by_its_socket_alone() {
    let data = open_directory();
    let cluster = start(&data.path().join("postgres")).await;
    let database = cluster.connect_options();
    for (setting, value) in [
        ("show fsync", "on"),
        ("show full_page_writes", "on"),
        ("show synchronous_commit", "on"),
        ("show listen_addresses", ""),
        ("show server_encoding", "UTF8"),
        ("select current_database()::text", "bullpen"),
        ("select upper('é')", "É"),
    ] {
        assert_eq!(ask(&database, setting).await, value, "{setting}");
    }
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_start_finds_what_the_first_one_wrote() {
    let data = open_directory();
    let first = start(data.path()).await;
    let pid = first.postmaster_pid();
    remember(&first.connect_options()).await;
    first.stop().await.unwrap();
    assert!(!lives(pid));
    assert!(!data.path().join("cluster/postmaster.pid").exists(), "ended in good order");

    let second = start(data.path()).await;
    assert_eq!(recall(&second.connect_options()).await, "still here");
    second.stop().await.unwrap();
}

#[tokio::test]
async fn the_password_is_wanted_and_nobody_else_can_read_it() {
    let data = open_directory();
    let cluster = start(data.path()).await;
    let wrong = cluster.connect_options().password("wrong");
    let refused = PgConnection::connect_with(&wrong).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "28P01");

    let mode = |name: &str| fs::metadata(data.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("password"), mode("log"), mode("cluster"), mode("socket")), (0o600, 0o600, 0o700, 0o700));
    let secret = fs::read_to_string(data.path().join("password")).unwrap();
    assert!(!format!("{cluster:?}").contains(&secret));
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_told_who_is_there() {
    let data = open_directory();
    let cluster = start(data.path()).await;
    let refused = Cluster::start(options(data.path())).await.unwrap_err();
    assert!(matches!(&refused, Error::InUse { holder: Some(pid), .. } if *pid == std::process::id()), "{refused}");
    assert!(refused.to_string().contains("BULLPEN_DATA"), "{refused}");
    assert_eq!(ask(&cluster.connect_options(), "select 'unharmed'").await, "unharmed");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_dropped_cluster_can_be_started_again_at_once() {
    let data = open_directory();
    let first = start(data.path()).await;
    remember(&first.connect_options()).await;
    let pid = first.postmaster_pid();
    drop(first);
    let second = start(data.path()).await;
    assert!(!lives(pid));
    assert_eq!(recall(&second.connect_options()).await, "still here");
    second.stop().await.unwrap();
}

#[tokio::test]
async fn open_sessions_do_not_hold_up_the_end() {
    let data = open_directory();
    let cluster = start(data.path()).await;
    let mut session = connect(&cluster.connect_options()).await;
    let begun = std::time::Instant::now();
    cluster.stop().await.unwrap();
    assert!(begun.elapsed().as_secs() < 8);
    assert!(session.ping().await.is_err());
}

#[tokio::test]
async fn databases_may_have_any_name_but_not_twice() {
    let data = open_directory();
    let cluster = start(data.path()).await;
    let database = cluster.create_database("it's \"mine\"").await.unwrap();
    assert_eq!(ask(&database, "select current_database()::text").await, "it's \"mine\"");
    let refused = cluster.create_database("it's \"mine\"").await.unwrap_err();
    assert!(matches!(refused, Error::Sql { .. }), "{refused}");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_folder_without_the_programs_is_refused_by_name() {
    let data = open_directory();
    let named = Options { data: data.path().to_owned(), binaries: Some(data.path().join("bin")) };
    let refused = Cluster::start(named).await.unwrap_err();
    assert!(matches!(refused, Error::UnfitBinaries { .. }), "{refused}");
}

#[tokio::test]
async fn data_of_another_version_is_left_alone() {
    let data = open_directory();
    let cluster = data.path().join("cluster");
    fs::create_dir(&cluster).unwrap();
    fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();
    let refused = Cluster::start(options(data.path())).await.unwrap_err();
    assert!(matches!(refused, Error::OtherVersion { major: 9, .. }), "{refused}");
}

#[tokio::test]
async fn a_lost_password_and_a_broken_cluster_are_told_apart() {
    let data = open_directory();
    start(data.path()).await.stop().await.unwrap();

    let control = data.path().join("cluster/global/pg_control");
    let aside = data.path().join("cluster/global/aside");
    fs::rename(&control, &aside).unwrap();
    let refused = Cluster::start(options(data.path())).await.unwrap_err();
    assert!(matches!(&refused, Error::Start { reason, .. } if reason.contains("pg_control")), "{refused}");
    fs::rename(&aside, &control).unwrap();

    let password = data.path().join("password");
    fs::write(&password, "guess").unwrap();
    let refused = Cluster::start(options(data.path())).await.unwrap_err();
    assert!(matches!(refused, Error::Password { .. }), "{refused}");
    fs::remove_file(&password).unwrap();
    let refused = Cluster::start(options(data.path())).await.unwrap_err();
    assert!(matches!(refused, Error::Password { .. }), "{refused}");
}
