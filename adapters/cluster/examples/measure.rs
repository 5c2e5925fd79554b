//! scratch
#![allow(clippy::print_stdout)]
use bullpen_cluster::*;
use std::time::Instant;
#[tokio::main]
async fn main() {
    let data = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    for _ in 0..4 {
        let t = Instant::now();
        let mut c = Cluster::start(Options { data: data.clone(), binaries: None }).await.unwrap();
        let a = t.elapsed();
        let t = Instant::now();
        rustix::process::kill_process(
            rustix::process::Pid::from_raw(c.postmaster_pid() as i32).unwrap(),
            rustix::process::Signal::KILL,
        )
        .unwrap();
        while c.running() {
            std::thread::yield_now()
        }
        c.restart().await.unwrap();
        let b = t.elapsed();
        let t = Instant::now();
        let e = c.elsewhere().map(|p| p.to_owned());
        c.stop().await.unwrap();
        println!("start {a:?} kill+restart {b:?} stop {:?} {e:?}", t.elapsed());
    }
    let t = Instant::now();
    throwaway::database().await;
    print!("throwaway first {:?}", t.elapsed());
    let t = Instant::now();
    throwaway::database().await;
    println!(" next {:?}", t.elapsed());
}
