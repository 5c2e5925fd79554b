//! The server is killed in the middle of work, again and again, half of the times with its Postgres.

use bullpen::bench::kill::{self, Options};

/// Kills in this story; `bullpen bench --kill 200` tries it for longer.
const KILLS: u32 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_kills_the_server_loses_nothing_and_doubles_nothing() {
    // An error says that there is a provider already, which does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let executable = env!("CARGO_BIN_EXE_bullpen").into();
    let report =
        kill::run(&Options { executable, kills: KILLS, at_work: 4, seed: 20 }).await.expect("a server that starts");
    assert!(report.faults.is_empty(), "{report:#?}");
    assert!(report.counts.posts > 0, "there was work to be hit: {report:#?}");
}
