//! The program as a shell sees it: exit codes, and what goes to which output.

use std::path::Path;
use std::process::{Command, Output};

/// Runs the program in `dir`, with these variables and no others of ours.
pub(crate) fn bullpen(dir: &Path, args: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bullpen"));
    command.args(args).current_dir(dir).env_clear().envs(variables.iter().copied());
    command.output().expect("the program runs")
}

pub(crate) fn said(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).expect("UTF-8")
}

#[test]
fn done_is_0_failed_is_1_and_misuse_is_2() {
    let dir = tempfile::tempdir().expect("a directory");
    let done = bullpen(dir.path(), &["personas", "check"], &[]);
    assert_eq!(done.status.code(), Some(0));
    assert!(said(&done.stdout).ends_with(", and nothing wrong with them.\n"), "{}", said(&done.stdout));
    assert_eq!(said(&done.stderr), "");

    let failed = bullpen(dir.path(), &["setup", "slack", "--http"], &[]);
    assert_eq!(failed.status.code(), Some(1));
    assert_eq!(said(&failed.stdout), "");
    assert!(said(&failed.stderr).starts_with("Slack has to reach the server"), "{}", said(&failed.stderr));

    // What is left is for a person to do: it is not done.
    let waiting = bullpen(dir.path(), &["setup", "discord"], &[]);
    assert_eq!(waiting.status.code(), Some(1));
    assert!(said(&waiting.stdout).contains("DISCORD_TOKEN"), "{}", said(&waiting.stdout));

    let misuse = bullpen(dir.path(), &["dance"], &[]);
    assert_eq!(misuse.status.code(), Some(2));
    assert_eq!(said(&misuse.stdout), "");
}

#[test]
fn a_configuration_that_cannot_be_used_is_told_in_one_line() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("bullpen.yaml"), "people:\n  - name: Ana\n    rihgts: [command]\n").expect("a file");
    let failed = bullpen(dir.path(), &["up"], &[]);
    assert_eq!(failed.status.code(), Some(1));
    let why = said(&failed.stderr);
    assert_eq!(why, "bullpen.yaml:3: people[0].rihgts: there is no such field; did you mean \"rights\"?\n");

    let open = bullpen(dir.path(), &[], &[("BULLPEN_LISTEN", "0.0.0.0:0"), ("BULLPEN_CONFIG", "/nowhere.yaml")]);
    assert_eq!(open.status.code(), Some(1));
    assert!(said(&open.stderr).starts_with("BULLPEN_CONFIG: there is no file /nowhere.yaml"), "{}", said(&open.stderr));
}

#[test]
fn faults_of_personas_are_listed_and_fail() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir_all(dir.path().join("personas/marketing")).expect("a folder");
    std::fs::write(dir.path().join("personas/marketing/team.yaml"), "name: x\nlayer: []\n").expect("a file");
    let failed = bullpen(dir.path(), &["personas", "check"], &[]);
    assert_eq!(failed.status.code(), Some(1));
    let listed = said(&failed.stdout);
    assert!(listed.contains("personas/marketing/team.yaml:2: layer: there is no such field"), "{listed}");

    let json = bullpen(dir.path(), &["personas", "check", "--json"], &[]);
    assert_eq!(json.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let fault = json["faults"].as_array().and_then(|faults| faults.iter().find(|fault| fault["line"] == 2));
    assert_eq!(fault.expect("the fault")["field"], "layer");
}

#[test]
fn a_doctor_of_a_broken_configuration_says_what_is_broken() {
    let dir = tempfile::tempdir().expect("a directory");
    let found = bullpen(dir.path(), &["doctor", "--json"], &[("BULLPEN_LISTEN", "nowhere")]);
    assert_eq!(found.status.code(), Some(1));
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).expect("JSON");
    assert_eq!((&found[0]["check"], &found[0]["state"]), (&"configuration".into(), &"fail".into()));
    assert!(found[0]["says"].as_str().is_some_and(|says| says.starts_with("BULLPEN_LISTEN: ")), "{found}");
}
