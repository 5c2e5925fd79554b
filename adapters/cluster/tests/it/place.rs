//! Places that Postgres cannot use as they are.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::PathBuf;
use std::process::Command;

use bullpen_cluster::{Cluster, Error};

use crate::owner::Owner;
use crate::world::{ask, directory, is_root, open_directory, options, recall, remember, start};

#[tokio::test]
async fn a_path_too_long_for_a_socket_gets_a_short_one_elsewhere() {
    let base = open_directory();
    let data = base.path().join("x".repeat(120));
    let first = start(&data).await;
    remember(&first.connect_options()).await;
    assert_eq!(first.elsewhere(), None, "only the socket moves");
    let socket = PathBuf::from(ask(&first.connect_options(), "show unix_socket_directories").await);
    assert!(!socket.starts_with(base.path()));
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o700);
    first.stop().await.unwrap();
    assert!(!socket.exists(), "nothing stays outside of the data directory");

    let second = start(&data).await;
    assert_eq!(recall(&second.connect_options()).await, "still here");
    second.stop().await.unwrap();
}

/// Below `/root`, say. For an ordinary user there is no such place.
#[tokio::test]
async fn data_that_the_account_cannot_enter_goes_elsewhere_and_a_note_says_where() {
    if !is_root() {
        return;
    }
    let base = directory(0o700);
    let data = base.path().join("postgres");
    let first = start(&data).await;
    remember(&first.connect_options()).await;
    let elsewhere = first.elsewhere().unwrap().to_owned();
    assert_eq!(fs::read_to_string(data.join("WHERE")).unwrap().trim(), elsewhere.to_str().unwrap());
    let refused = Cluster::start(options(&data)).await.unwrap_err();
    assert!(matches!(refused, Error::InUse { .. }), "{refused}");
    first.stop().await.unwrap();

    let second = start(&data).await;
    assert_eq!(second.elsewhere(), Some(elsewhere.as_path()));
    assert_eq!(recall(&second.connect_options()).await, "still here");
    second.stop().await.unwrap();

    fs::remove_dir_all(&elsewhere).unwrap();
    let refused = Cluster::start(options(&data)).await.unwrap_err();
    assert!(matches!(refused, Error::Lost { .. }), "a lost database is not replaced by an empty one: {refused}");
}

#[tokio::test]
async fn root_goes_on_with_the_data_of_an_ordinary_user() {
    if !is_root() {
        return;
    }
    // Anybody but `postgres`, whom root would choose by itself.
    let somebody = user("nobody");
    let base = open_directory();
    let data = base.path().join("postgres");
    fs::create_dir(&data).unwrap();
    chown(&data, Some(somebody), Some(somebody)).unwrap();
    let mut owner = Owner::start_as(somebody, &data, &base.path().join("program"));
    owner.kill();

    let cluster = start(&data).await;
    assert_eq!(recall(&cluster.connect_options()).await, "still here");
    cluster.stop().await.unwrap();

    let mut again = Owner::start_as(somebody, &data, &base.path().join("program"));
    again.kill();
}

fn user(name: &str) -> u32 {
    let output = Command::new("id").args(["-u", name]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}
