//! Where the department's files are, and whether they changed.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bullpen_domain::source::{Fault, SIZE_LIMIT};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

/// The folder `personas` as it was when the program was built.
#[derive(RustEmbed)]
#[folder = "personas/"]
struct BuiltIn;

/// A file that was written this recently may be written again without its time or size telling.
const FRESH: Duration = Duration::from_secs(2);

/// Where a team's files come from; settled when the server starts.
pub(super) enum Files {
    /// A team's folder.
    Folder {
        /// The folder of teams.
        root: PathBuf,
        /// The team's own folder in it.
        team: PathBuf,
    },
    /// The copy in the program.
    BuiltIn,
}

/// The texts of a team's files by name, in the order of names.
#[derive(Default)]
pub(super) struct Contents {
    /// The team's own, the brand's and the personas'.
    pub(super) team: Vec<(String, String)>,
    /// The playbooks'.
    pub(super) playbooks: Vec<(String, String)>,
    /// Files that are there and cannot be read; they stand above with an empty text.
    pub(super) unreadable: Vec<Fault>,
    /// Why not even the folder could be read; then nothing else is known.
    pub(super) gone: Option<Fault>,
}

/// What the files looked like when they were last read.
#[derive(Default)]
pub(super) struct Seen {
    stamps: BTreeMap<PathBuf, Stamp>,
    digest: Vec<u8>,
    /// Whether equal stamps mean equal contents.
    settled: bool,
}

/// What a file system says of a file without opening it.
#[derive(PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
}

impl Files {
    /// Looks into the folder of teams, or takes the built-in copy where there is no such folder.
    pub(super) fn open(root: &Path) -> Self {
        if !root.is_dir() {
            return Self::BuiltIn;
        }
        let teams = teams(root);
        // Without any team, the name that would be looked for first says best what is missing.
        let team = teams.first().cloned().unwrap_or_else(|| root.join("marketing"));
        Self::Folder { root: root.to_owned(), team }
    }

    /// The folder of teams; none for the built-in copy.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::Folder { root, .. } => Some(root.clone()),
            Self::BuiltIn => None,
        }
    }

    /// The contents, if they differ from what was seen.
    pub(super) fn look(&self, seen: &mut Seen) -> Option<Contents> {
        let (contents, stamps) = match self {
            Self::BuiltIn => (built_in(), BTreeMap::new()),
            Self::Folder { root, team } => {
                let listed = list(team);
                let stamps = listed.as_ref().map(|paths| stamps(paths)).unwrap_or_default();
                if listed.is_ok() && seen.settled && stamps == seen.stamps {
                    return None;
                }
                (read(root, team, listed), stamps)
            }
        };
        let digest = contents.digest();
        let same = digest == seen.digest;
        let settled = stamps.values().all(Stamp::old) && contents.unreadable.is_empty();
        *seen = Seen { stamps, digest, settled };
        (!same).then_some(contents)
    }
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { team, .. } => write!(f, "{}", team.display()),
            Self::BuiltIn => f.write_str("the program itself"),
        }
    }
}

impl Stamp {
    fn old(&self) -> bool {
        let now = SystemTime::now();
        self.modified.is_some_and(|then| match now.duration_since(then) {
            Ok(age) => age > FRESH,
            // A time in the future is as good as any other, except one that is about to come.
            Err(ahead) => ahead.duration() > FRESH,
        })
    }
}

impl Contents {
    fn digest(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        for (name, text) in self.team.iter().chain(&self.playbooks) {
            add(name);
            add(text);
        }
        for fault in self.unreadable.iter().chain(&self.gone) {
            add(&fault.to_string());
        }
        hash.finalize().to_vec()
    }
}

/// The folders of teams, in the order of their names.
fn teams(root: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    let mut teams: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.join("team.yaml").is_file()).collect();
    teams.sort();
    teams
}

/// The YAML files of a team, in order: its own, then its playbooks.
fn list(team: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let mut paths = list_folder(team).map_err(|error| (team.to_owned(), error))?;
    let playbooks = team.join("playbooks");
    match list_folder(&playbooks) {
        Ok(more) => paths.extend(more),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err((playbooks, error)),
    }
    Ok(paths)
}

fn list_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let yaml = (name.ends_with(".yaml") || name.ends_with(".yml")) && !name.starts_with('.');
        // A pipe would block whoever opens it.
        if yaml && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn stamps(paths: &[PathBuf]) -> BTreeMap<PathBuf, Stamp> {
    let stamp = |path: &PathBuf| {
        let meta = std::fs::metadata(path).ok()?;
        Some((path.clone(), Stamp { modified: meta.modified().ok(), len: meta.len() }))
    };
    paths.iter().filter_map(stamp).collect()
}

fn read(root: &Path, team: &Path, listed: Result<Vec<PathBuf>, (PathBuf, io::Error)>) -> Contents {
    let mut contents = Contents::default();
    let paths = match listed {
        Ok(paths) => paths,
        Err((folder, error)) => {
            let problem = format!("the folder cannot be read ({error}); put it back, or make it readable");
            contents.gone = Some(Fault::of_file(&shown(&folder), problem));
            return contents;
        }
    };
    for path in paths {
        let name = shown(&path);
        let text = match read_text(&path) {
            Ok(text) => text,
            // It went between the look and the reading.
            Err(Unreadable::Gone) => continue,
            Err(Unreadable::Because(problem)) => {
                contents.unreadable.push(Fault::of_file(&name, problem));
                String::new()
            }
        };
        let own = path.parent() == Some(team);
        if own { &mut contents.team } else { &mut contents.playbooks }.push((name, text));
    }
    for other in teams(root).into_iter().filter(|other| other != team) {
        let problem = format!("a second team is not possible yet, {} is in use; move this folder away", shown(team));
        contents.unreadable.push(Fault::of_file(&shown(&other), problem));
    }
    contents
}

enum Unreadable {
    Gone,
    Because(String),
}

fn read_text(path: &Path) -> Result<String, Unreadable> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Unreadable::Gone,
        _ => Unreadable::Because(format!("the file cannot be read ({error}); make it readable")),
    };
    let mut bytes = Vec::new();
    // One byte more than is allowed shows that there is more.
    let limit = SIZE_LIMIT as u64 + 1;
    std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() > SIZE_LIMIT {
        return Err(Unreadable::Because(format!("the file has more than {SIZE_LIMIT} bytes; shorten it")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        Unreadable::Because(format!("line {} is not UTF-8; save the file as plain UTF-8 text", line + 1))
    })
}

fn built_in() -> Contents {
    let mut contents = Contents::default();
    for name in BuiltIn::iter().filter(|name| name.ends_with(".yaml")) {
        let Some(file) = BuiltIn::get(&name) else { continue };
        // What the program brings was read as UTF-8 by its own tests.
        let text = String::from_utf8_lossy(&file.data).into_owned();
        let playbook = name.contains("/playbooks/");
        if playbook { &mut contents.playbooks } else { &mut contents.team }.push((format!("built-in/{name}"), text));
    }
    contents.team.sort();
    contents.playbooks.sort();
    contents
}

/// A path as people would type it.
fn shown(path: &Path) -> String {
    path.strip_prefix("./").unwrap_or(path).display().to_string()
}
