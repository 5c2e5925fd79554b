//! The cluster of a test process.

use bullpen_cluster::throwaway;

use crate::owner::borrow_and_end;
use crate::world::{ask, remember};

#[tokio::test]
async fn every_call_gives_an_empty_database_of_its_own() {
    let (one, other) = tokio::join!(throwaway::database(), throwaway::database());
    remember(&one).await;
    remember(&other).await;
    assert_eq!(ask(&one, "show data_directory").await, ask(&other, "show data_directory").await);
    assert_eq!(ask(&one, "show fsync").await, "off");
}

/// Each test has a runtime of its own; the cluster must not die with the first one's.
#[test]
fn the_cluster_outlives_the_runtime_that_started_it() {
    for _ in 0..2 {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async { remember(&throwaway::database().await).await });
    }
}

#[test]
fn what_a_dead_process_left_is_removed_by_the_next() {
    let first = borrow_and_end();
    let second = borrow_and_end();
    assert_ne!(first, second);
    assert!(!first.parent().unwrap().exists());
}
