//! Who may import whom, as ARCHITECTURE.md draws it: checked over the manifests and the text of the sources.
//!
//! The compiler keeps the rules between crates only as long as nobody adds a line to a manifest, and none of those
//! within the root crate. Each rule here fails with the file, the line, and what to do about it. Comments do not
//! count, and neither do tests, which may use what they like.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Every crate of ours, where it lies, and the crates of ours that it may depend on. The root may depend on all.
const CRATES: &[(&str, &str, &[&str])] = &[
    ("bullpen-domain", "src/domain", &[]),
    ("bullpen-skills", "src/skills", &[]),
    ("bullpen-chat", "adapters/chat", &[]),
    ("bullpen-model", "adapters/model", &[]),
    ("bullpen-markup", "adapters/markup", &[]),
    ("bullpen-cluster", "adapters/cluster", &[]),
    ("bullpen-lobby", "adapters/lobby", &["bullpen-chat"]),
    ("bullpen-openai", "adapters/openai", &["bullpen-model"]),
    ("bullpen-rehearsal", "adapters/rehearsal", &["bullpen-model"]),
    ("bullpen-slack", "adapters/slack", &["bullpen-chat", "bullpen-markup"]),
    ("bullpen-slack-fake", "adapters/slack-fake", &[]),
    ("bullpen-discord", "adapters/discord", &["bullpen-chat", "bullpen-markup"]),
    ("bullpen-discord-fake", "adapters/discord-fake", &[]),
];

/// What the crate of rules must not depend on: jobs, networks, databases, chance.
const IMPURE_CRATES: &[&str] =
    &["async-trait", "axum", "fastrand", "futures", "getrandom", "rand", "reqwest", "sqlx", "tokio"];

/// The clock, chance, the machine, and waiting, as they look in a source.
const IMPURE_WORDS: &[&str] = &[
    "Utc::now",
    "Local::now",
    "SystemTime::now",
    "Instant::now",
    "Uuid::now_v7",
    "Uuid::new_v4",
    "rand::",
    "env::",
    "fs::",
    "net::",
    "process::",
    "thread::",
    "async",
    ".await",
];

#[test]
fn a_crate_depends_on_those_of_ours_that_it_may() {
    let mut faults = Faults::default();
    for (name, folder, allowed) in CRATES {
        for (line, dependency) in dependencies(&read(&root().join(folder).join("Cargo.toml"))) {
            if dependency.starts_with("bullpen") && !allowed.contains(&dependency.as_str()) {
                let allowed = if allowed.is_empty() { "none of ours".to_owned() } else { allowed.join(", ") };
                faults.add(&format!("{folder}/Cargo.toml"), line, &format!(
                    "{name} depends on {dependency}; it may depend on {allowed}. Let the root crate bring the two together"
                ));
            }
        }
    }
    faults.none();
}

#[test]
fn every_crate_is_under_the_rules() {
    let mut found: Vec<String> = manifests(&root().join("adapters")).chain(manifests(&root().join("src"))).collect();
    let mut known: Vec<String> = CRATES.iter().map(|(_, folder, _)| (*folder).to_owned()).collect();
    found.sort();
    known.sort();
    assert_eq!(found, known, "say in CRATES of tests/architecture.rs what the crates here may depend on");
}

#[test]
fn the_rules_of_the_department_are_pure() {
    let mut faults = Faults::default();
    for (line, dependency) in dependencies(&read(&root().join("src/domain/Cargo.toml"))) {
        if IMPURE_CRATES.contains(&dependency.as_str()) {
            faults.add(
                "src/domain/Cargo.toml",
                line,
                &format!("the domain is pure and does without {dependency}; do this in src/engine"),
            );
        }
    }
    for source in sources("src/domain") {
        source.forbid(
            IMPURE_WORDS,
            "the domain is pure; take the time, the id or the text as an argument",
            &mut faults,
        );
    }
    faults.none();
}

#[test]
fn platforms_stop_where_they_are_translated() {
    const PLACES: &[&str] = &[
        "translate",
        "intake",
        "delivery",
        "turns",
        "department",
        "settling",
        "reread",
        "sources",
        "up",
        "bench",
        "cli/setup",
        "cli/doctor",
    ];
    only_in(PLACES, &["bullpen_chat"], "translate it in src/translate, and pass the domain's words on");
}

#[test]
fn adapters_are_named_where_the_server_is_put_together() {
    const REMEDY: &str = "take the port (a trait of adapters/chat or adapters/model) and let src/up name the adapter";
    only_in(&["up", "console", "bench"], &["bullpen_lobby"], REMEDY);
    let others = &["bullpen_openai", "bullpen_rehearsal", "bullpen_cluster", "bullpen_slack", "bullpen_discord"];
    only_in(&["up", "platforms", "cli/doctor", "cli/setup", "cli/personas", "bench"], others, REMEDY);
}

/// The bench measures the database by itself, too.
#[test]
fn sql_is_in_the_store() {
    const WORDS: &[&str] = &["sqlx::query", "sqlx::raw_sql", "sqlx::QueryBuilder", "query_as", "query_scalar"];
    only_in(&["store", "bench"], WORDS, "make it a function of src/store that takes &mut PgConnection");
}

/// The bench times what happens outside of the server.
#[test]
fn there_is_one_clock() {
    const WORDS: &[&str] = &["Utc::now", "Local::now"];
    only_in(&["clock", "bench"], WORDS, "ask the clock::Shared that you were given");
    let mut faults = Faults::default();
    for folder in [
        "src/skills",
        "adapters/chat",
        "adapters/model",
        "adapters/markup",
        "adapters/lobby/src",
        "adapters/rehearsal/src",
        "adapters/slack/src",
        "adapters/discord/src",
    ] {
        for source in sources(folder) {
            source.forbid(WORDS, "take the time as an argument", &mut faults);
        }
    }
    faults.none();
}

#[test]
fn the_database_does_not_tell_business_time() {
    let mut faults = Faults::default();
    for folder in
        ["migrations", "adapters/lobby/migrations", "adapters/slack/migrations", "adapters/discord/migrations"]
    {
        for path in files(&root().join(folder), "sql") {
            for (at, line) in read(&path).lines().enumerate() {
                let statement = line.split("--").next().unwrap_or_default().to_lowercase();
                if statement.contains("default now()") || statement.contains("default current_timestamp") {
                    faults.add(&shown(&path), at + 1, "business time is injected; drop the default and bind the time");
                }
            }
        }
    }
    faults.none();
}

/// `main` hands the environment to the configuration; the bench hands it to the servers that it starts.
#[test]
fn the_environment_is_read_once() {
    const WORDS: &[&str] = &["env::var", "env::var_os", "env::vars", "env::vars_os"];
    only_in(&["config", "main", "bench"], WORDS, "make it a field of Config, read in src/config");
}

#[test]
fn comments_and_tests_do_not_count() {
    let text = "//! About sqlx.\n#[cfg(test)]\nmod tests;\nuse a::b; // not sqlx\nlet url = \"https://sqlx\";\n\
        #[cfg(test)]\nmod more {\n    use sqlx;\n}\nuse c;\n";
    assert_eq!(code(text), "\n\n\nuse a::b; \nlet url = \"https://sqlx\";\n\n\n\n\nuse c;\n");
    assert!(mentions("let x = rand::random();", "rand::") && !mentions("Brand::named(x)", "rand::"));
}

#[test]
fn manifests_are_read_as_cargo_reads_them() {
    let text = "[package]\nname = \"bullpen-a\"\n[dependencies]\n# bullpen-b\nbullpen-c.workspace = true\n\
        d = { package = \"bullpen-e\", path = \"..\" }\n[dependencies.bullpen-f]\npath = \"..\"\n\
        [target.'cfg(unix)'.dependencies]\nbullpen-g = \"1\"\n[dev-dependencies]\nbullpen-h = \"1\"\n";
    let names: Vec<String> = dependencies(text).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["bullpen-c", "d", "bullpen-e", "bullpen-f", "bullpen-g"]);
}

/// Forbids words everywhere in the root crate but in some modules: `up` stands for `src/up.rs` and all of `src/up/`.
#[track_caller]
fn only_in(modules: &[&str], words: &[&str], remedy: &str) {
    let mut faults = Faults::default();
    let remedy = format!("it belongs in {}; {remedy}", modules.join(", "));
    for source in sources("src") {
        let within = |module: &str| source.path.starts_with(&format!("src/{module}/"));
        let belongs = |module: &&str| within(module) || source.path == format!("src/{module}.rs");
        // Crates of their own, with rules of their own.
        let is_other_crate = within("domain") || within("skills");
        if !is_other_crate && !modules.iter().any(belongs) {
            source.forbid(words, &remedy, &mut faults);
        }
    }
    faults.none();
}

/// A file of Rust without its comments and tests. Lines keep their numbers.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn forbid(&self, words: &[&str], remedy: &str, faults: &mut Faults) {
        for (at, line) in self.code.lines().enumerate() {
            if words.iter().any(|word| mentions(line, word)) {
                faults.add(&self.path, at + 1, &format!("`{}`: {remedy}", line.trim()));
            }
        }
    }
}

/// Whether a line has the word as such: `rand::` is not in `Brand::new`, but `sqlx::query` is in `sqlx::query_as`.
fn mentions(line: &str, word: &str) -> bool {
    let part_of_a_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(part_of_a_name))
}

/// All that is wrong, so that one run tells all of it.
#[derive(Default)]
struct Faults(String);

impl Faults {
    fn add(&mut self, path: &str, line: usize, problem: &str) {
        let _ = writeln!(self.0, "{path}:{line}: {problem}");
    }

    #[track_caller]
    fn none(self) {
        assert!(self.0.is_empty(), "the house rules of ARCHITECTURE.md are broken:\n{}", self.0);
    }
}

/// The names in all sections of dependencies but those for tests, with their lines.
fn dependencies(manifest: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (at, line) in manifest.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let mut add = |name: &str| found.push((at + 1, name.trim().trim_matches('"').to_owned()));
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            let (before, after) = section.split_once("dependencies").unwrap_or((section, "none"));
            inside = after.is_empty() && !before.ends_with("dev-");
            match after.strip_prefix('.') {
                Some(name) if !before.ends_with("dev-") => add(name),
                _ => {}
            }
        } else if inside && let Some((name, value)) = line.split_once('=') {
            add(name.split('.').next().unwrap_or_default());
            if let Some((_, package)) = value.split_once("package = \"") {
                add(package.split('"').next().unwrap_or_default());
            }
        }
    }
    found
}

/// What the compiler sees outside of tests: without line comments and without the items below `#[cfg(test)]`.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut test_at_indent = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        match test_at_indent {
            None if line.trim() == "#[cfg(test)]" => test_at_indent = Some(indent),
            None => code.push_str(without_comment(line)),
            // rustfmt ends an item with a line at its own depth.
            Some(begun) if indent == begun && line.ends_with([';', '}']) => test_at_indent = None,
            Some(_) => {}
        }
        code.push('\n');
    }
    code
}

/// The two slashes of an address are preceded by a colon, those of a comment by a space or nothing.
fn without_comment(line: &str) -> &str {
    let begins = |at: &usize| *at == 0 || line[..*at].ends_with(' ');
    let comment = line.match_indices("//").map(|(at, _)| at).find(begins);
    &line[..comment.unwrap_or(line.len())]
}

/// The sources below a folder, tests left out.
fn sources(folder: &str) -> Vec<Source> {
    let is_test = |path: &str| path.ends_with("/tests.rs") || path.contains("/tests/");
    let found: Vec<Source> = files(&root().join(folder), "rs")
        .into_iter()
        .map(|path| Source { code: code(&read(&path)), path: shown(&path) })
        .filter(|source| !is_test(&source.path))
        .collect();
    assert!(
        !found.is_empty(),
        "{folder} holds no sources; if it has moved, move its rules in tests/architecture.rs too"
    );
    found
}

/// The files below a folder with this ending, in a fixed order.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found
}

/// The folders directly below this one that hold a crate.
fn manifests(folder: &Path) -> impl Iterator<Item = String> {
    entries(folder).into_iter().filter(|path| path.join("Cargo.toml").is_file()).map(|path| shown(&path))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).unwrap_or_else(|error| panic!("{} cannot be listed: {error}", folder.display()));
    let mut entries: Vec<PathBuf> = listed.map(|entry| entry.expect("an entry can be read").path()).collect();
    entries.sort();
    entries
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
