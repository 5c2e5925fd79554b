//! Making a data directory, whole or not at all.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::process::Stdio;

use uuid::Uuid;

use crate::binaries::Binaries;
use crate::home::{self, Home};
use crate::keeper::Keeper;
use crate::settings::Purpose;
use crate::{Error, USER};

/// How unfinished ones are called.
const UNFINISHED: &str = "unfinished-";

/// What `initdb` is told besides places. Text sorts by its bytes, which no update of the system's tables can change
/// under an index; what is a letter, and its capital, follows Unicode.
const ARGUMENTS: &[&str] = &[
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    if cfg!(target_os = "macos") { "--lc-ctype=UTF-8" } else { "--lc-ctype=C.UTF-8" },
    "--no-instructions",
];

/// Makes the cluster of a home, with a new random password.
pub(crate) fn create(home: &Home, binaries: &Binaries, keeper: &Keeper, purpose: Purpose) -> Result<(), Error> {
    remove_unfinished(&home.path);
    let password = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let draft = home.path.join(format!("{UNFINISHED}{}", Uuid::new_v4().simple()));
    fs::DirBuilder::new().mode(0o700).create(&draft).map_err(Error::io("create", &draft))?;
    home.account.own(&draft)?;
    run(home, binaries, keeper, purpose, &draft, &password)?;
    // In this order: a password without a cluster is made anew, a cluster without a password is lost.
    home::write_private(&home.password_file(), &password)?;
    fs::rename(&draft, home.cluster()).map_err(Error::io("rename", &draft))?;
    home::sync_directory(&home.path).map_err(Error::io("write", &home.path))
}

/// Tells what was made by whom, so that a copy can be used instead of a run with the same answer.
pub(crate) fn fingerprint(binaries: &Binaries, account: &str) -> String {
    let recipe = format!("{} {} {}", binaries.version, account, ARGUMENTS.join(" "));
    Uuid::new_v5(&Uuid::NAMESPACE_URL, recipe.as_bytes()).simple().to_string()
}

fn run(
    home: &Home,
    binaries: &Binaries,
    keeper: &Keeper,
    purpose: Purpose,
    draft: &Path,
    password: &str,
) -> Result<(), Error> {
    // `initdb` reads the password as the account; the file goes as soon as it has.
    let handover = draft.with_extension("password");
    let mut options = fs::File::options();
    let written = options.write(true).create_new(true).mode(0o600).open(&handover);
    written.and_then(|mut file| file.write_all(password.as_bytes())).map_err(Error::io("write", &handover))?;
    home.account.own(&handover)?;

    let mut command = home.account.command(&binaries.program("initdb"));
    command.args(ARGUMENTS).arg("--username").arg(USER).arg("--pgdata").arg(draft).arg("--pwfile").arg(&handover);
    if purpose == Purpose::Throwaway {
        // The first megabyte of write-ahead log instead of sixteen: it is copied for every test process.
        command.args(["--no-sync", "--wal-segsize=1"]);
    }
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let output = keeper.spawn(command).and_then(std::process::Child::wait_with_output);
    let _ = fs::remove_file(&handover);
    let output = output.map_err(Error::io("run", &binaries.program("initdb")))?;
    if output.status.success() {
        return Ok(());
    }
    let _ = fs::remove_dir_all(draft);
    let said = String::from_utf8_lossy(&output.stderr);
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty()).rev();
    let last = lines.clone().next().map_or_else(|| format!("it ended with {}", output.status), str::to_owned);
    let reason = lines.find(|line| line.contains("error:") || line.contains("FATAL:")).map_or(last, str::to_owned);
    Err(Error::Initdb { cluster: home.cluster(), reason })
}

/// Removes what a start that was killed half-way left; it gets in nobody's way if that fails.
fn remove_unfinished(home: &Path) {
    for entry in fs::read_dir(home).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let path = entry.path();
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            if let Err(error) = removed {
                tracing::warn!(path = %path.display(), %error, "an unfinished data directory could not be removed");
            }
        }
    }
}
