//! The thread that Postgres hangs on.
//!
//! The kernel can signal a child when its parent dies, even by `kill -9`; but "parent" means the *thread* that made
//! the child. Threads of a runtime's pool come and go, so one thread of our own makes the children and stays.

use std::io;
use std::process::{Child, Command};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::home::Home;
use crate::log::Log;
use crate::postmaster;

/// How often the length of the log is looked at.
const LOOK: Duration = Duration::from_secs(60);

/// A handle on the thread, which ends with the last of its handles.
#[derive(Debug, Clone)]
pub(crate) struct Keeper {
    orders: mpsc::Sender<Order>,
}

enum Order {
    Spawn(Box<Command>, mpsc::Sender<io::Result<Child>>),
    Retire(Child, Arc<Home>),
}

impl Keeper {
    /// Starts the thread.
    pub(crate) fn start(log: Log) -> io::Result<Keeper> {
        let (orders, inbox) = mpsc::channel();
        thread::Builder::new().name("postgres-keeper".to_owned()).spawn(move || keep(&inbox, &log))?;
        Ok(Keeper { orders })
    }

    /// Starts a child that gets SIGINT when our process ends, in a process group of its own, so that a Ctrl-C meant
    /// for us does not reach it first.
    pub(crate) fn spawn(&self, mut command: Command) -> io::Result<Child> {
        bind_to_parent(&mut command);
        let gone = |_| io::Error::other("the thread that starts Postgres has ended");
        let (reply, answer) = mpsc::channel();
        self.orders.send(Order::Spawn(Box::new(command), reply)).map_err(|_| gone(mpsc::RecvError))?;
        answer.recv().map_err(gone)?
    }

    /// Ends a postmaster in the background, and gives its home free only then.
    pub(crate) fn retire(&self, postmaster: Child, home: Arc<Home>) {
        if let Err(mpsc::SendError(Order::Retire(mut postmaster, _))) =
            self.orders.send(Order::Retire(postmaster, home))
        {
            postmaster::interrupt(&mut postmaster);
        }
    }
}

fn keep(inbox: &mpsc::Receiver<Order>, log: &Log) {
    loop {
        match inbox.recv_timeout(LOOK) {
            Ok(Order::Spawn(mut command, reply)) => {
                // Nobody waits for the answer when the start was given up: the child must not stay behind.
                if let Err(mpsc::SendError(Ok(mut orphan))) = reply.send(command.spawn()) {
                    postmaster::interrupt(&mut orphan);
                }
            }
            Ok(Order::Retire(mut child, home)) => {
                if let Err(error) = postmaster::end(&mut child) {
                    tracing::warn!(pid = child.id(), %error, "Postgres did not end");
                }
                drop(home);
            }
            Err(mpsc::RecvTimeoutError::Timeout) => log.trim(),
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "the standard library has no safe way to run code between fork and exec")]
fn bind_to_parent(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

    let us = Pid::from_raw(std::process::id().cast_signed());
    command.process_group(0);
    // SAFETY: between fork and exec only async-signal-safe calls are allowed, and no allocation. The closure makes two
    // plain system calls, prctl and getppid, and builds its error from a number. It runs after the change of user,
    // which would clear the setting.
    unsafe {
        command.pre_exec(move || {
            set_parent_process_death_signal(Some(Signal::INT))?;
            // We may have died before the line above took effect.
            if getppid() == us { Ok(()) } else { Err(rustix::io::Errno::SRCH.into()) }
        });
    }
}

/// Other systems have no such signal: a postmaster whose owner was killed is stopped by the next start.
#[cfg(not(target_os = "linux"))]
fn bind_to_parent(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
}
