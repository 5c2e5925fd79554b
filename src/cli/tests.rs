use clap::CommandFactory as _;

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split(' '))
}

#[test]
fn the_commands_are_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn without_a_command_the_server_starts() {
    for line in ["bullpen", "bullpen up"] {
        assert!(parse(line).expect("a command").serves(), "{line}");
    }
    assert!(!parse("bullpen doctor").expect("a command").serves());
}

#[test]
fn the_commands_of_the_contract_are_understood() {
    for line in [
        "bullpen doctor --json",
        "bullpen setup slack",
        "bullpen setup discord",
        "bullpen personas check",
        "bullpen personas check --json",
        "bullpen personas may cmo --amount 20000 --json",
        "bullpen personas test --handle copywriter",
        "bullpen send --channel management --as you hello",
        "bullpen send --channel management --as you --thread 7 -",
        "bullpen send --direct cmo --as you -5%",
        "bullpen react --message 7 --as you ✅",
        "bullpen react --message 7 --as you ✅ --remove",
        "bullpen tail --channel management --json",
        "bullpen report --json",
        "bullpen audit verify --json",
        "bullpen bench --json --kill 200",
    ] {
        assert!(parse(line).is_ok(), "{line}");
    }
}

#[test]
fn what_cannot_be_meant_is_misuse() {
    for line in [
        "bullpen dance",
        "bullpen send --channel management hello",
        "bullpen send --as you hello",
        "bullpen send --channel c --direct cmo --as you hello",
        "bullpen send --channel c --as you",
        "bullpen react --as you ✅",
        "bullpen setup irc",
        "bullpen personas",
        "bullpen bench --rate 0",
        "bullpen audit",
        "bullpen audit verify --head abc",
    ] {
        assert_eq!(parse(line).expect_err(line).exit_code(), 2, "{line}");
    }
}

#[test]
fn the_defaults_of_the_measurement_are_those_of_the_promise() {
    let Ok(Cli { command: Some(Command::Bench(args)) }) = parse("bullpen bench") else { panic!("no measurement") };
    let BenchArgs { json, kill, seed, pieces, ingest, rate, seconds, messages, conversations } = args;
    assert_eq!((json, kill, seed, pieces, ingest), (false, None, None, None, None));
    assert_eq!((rate, seconds, messages, conversations), (100, 60, 100_000, 1_000));
}

#[tokio::test]
async fn setting_up_discord_begins_with_the_clicks_for_a_bot() {
    let cli = parse("bullpen setup discord").expect("a command");
    let dir = tempfile::tempdir().expect("a directory");
    let config = Config::load(&|_| None, dir.path());
    // What is left to do is for a person, so it is not done: 1.
    assert!(matches!(run(cli, config).await, Ok(Ending::Failed)));
}

#[tokio::test]
async fn without_a_server_one_is_told_how_to_start_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A port that was free a moment ago, and that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let dir = tempfile::tempdir().expect("a directory");
    let listen = format!("127.0.0.1:{port}");
    for line in [
        "bullpen send --channel c --as you hello",
        "bullpen react --message 7 --as you ✅",
        "bullpen tail",
        "bullpen report",
        "bullpen audit verify",
    ] {
        let config = Config::load(&|name| (name == "BULLPEN_LISTEN").then(|| listen.clone()), dir.path());
        let error = run(parse(line).expect("a command"), config).await.expect_err("nobody there");
        assert_eq!(error.to_string(), format!("Nothing answers at http://{listen}: start it with `bullpen up`."));
    }
}
