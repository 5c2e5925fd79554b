//! Other processes that own a cluster: this test binary once more, with one of the ignored tests below as its program.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bullpen_cluster::throwaway;

use crate::world::{ask, remember, start};

const DATA: &str = "OWNER_DATA";
const TOLD: &str = "owner tells: ";

/// A process that owns a cluster. Killed when dropped.
pub(crate) struct Owner {
    process: Child,
    /// Of its cluster.
    pub(crate) postmaster: u32,
}

impl Owner {
    /// Returns when its cluster runs and remembers something.
    pub(crate) fn start(data: &Path) -> Owner {
        Owner::wait_for(Owner::begin(data))
    }

    /// The bare process, which has only just begun.
    pub(crate) fn begin(data: &Path) -> Child {
        program(&env::current_exe().unwrap(), "owner::hold").env(DATA, data).spawn().unwrap()
    }

    /// The same as another user, with a copy of the program in a place where that user can get at it.
    pub(crate) fn start_as(user: u32, data: &Path, copy: &Path) -> Owner {
        // By another process: a file that we write ourselves cannot be run while a child of ours inherits it open.
        assert!(Command::new("cp").arg(env::current_exe().unwrap()).arg(copy).status().unwrap().success());
        let mut hold = program(copy, "owner::hold");
        Owner::wait_for(hold.env(DATA, data).uid(user).gid(user).current_dir("/").spawn().unwrap())
    }

    fn wait_for(mut process: Child) -> Owner {
        let postmaster = told(process.stdout.take().unwrap()).parse().unwrap();
        Owner { process, postmaster }
    }

    /// `kill -9`, and its end.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs a process which uses the throw-away cluster, to its end, and says where that cluster was.
pub(crate) fn borrow_and_end() -> PathBuf {
    let output = program(&env::current_exe().unwrap(), "owner::borrow").output().unwrap();
    assert!(output.status.success());
    PathBuf::from(told(&*output.stdout))
}

fn program(binary: &Path, test: &str) -> Command {
    let mut command = Command::new(binary);
    command.args(["--ignored", "--exact", test, "--nocapture"]).stdout(Stdio::piped());
    command
}

fn told(stdout: impl Read) -> String {
    let lines = BufReader::new(stdout).lines();
    let told = lines.map_while(Result::ok).find_map(|line| Some(line.split_once(TOLD)?.1.to_owned()));
    told.expect("the other process ended without a word")
}

fn tell(text: &str) {
    // The parent may have stopped listening; libtest's own capture is off.
    let _ = writeln!(std::io::stdout(), "\n{TOLD}{text}");
}

#[tokio::test]
#[ignore = "a program for other tests"]
async fn hold() {
    let cluster = start(Path::new(&env::var_os(DATA).unwrap())).await;
    remember(&cluster.connect_options()).await;
    tell(&cluster.postmaster_pid().to_string());
    std::future::pending::<()>().await;
}

#[tokio::test]
#[ignore = "a program for other tests"]
async fn borrow() {
    tell(&ask(&throwaway::database().await, "show data_directory").await);
}
