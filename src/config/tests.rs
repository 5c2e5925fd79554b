use bullpen_domain::attendance::Workdays;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::*;

/// A directory with these files.
fn place(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        fs::write(dir.path().join(name), text).expect("a file");
    }
    dir
}

fn load_in(dir: &Path, variables: &[(&str, &str)]) -> Result<Config, Error> {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    Config::load(&|name| variables.get(name).map(ToString::to_string), dir)
}

fn load(yaml: &str, variables: &[(&str, &str)]) -> Result<Config, Error> {
    load_in(place(&[("bullpen.yaml", yaml)]).path(), variables)
}

/// What goes wrong, without the directory it went wrong in.
fn error(yaml: &str, variables: &[(&str, &str)]) -> String {
    let dir = place(&[("bullpen.yaml", yaml)]);
    match load_in(dir.path(), variables) {
        Ok(config) => panic!("{yaml:?} {variables:?} was taken as {config:#?}"),
        Err(error) => error.to_string().replace(&format!("{}/", dir.path().display()), ""),
    }
}

#[test]
fn nothing_configured_is_a_whole_configuration() {
    let dir = place(&[]);
    let config = load_in(dir.path(), &[]).expect("a configuration");
    assert_eq!(config.listen.to_string(), "127.0.0.1:3710");
    assert_eq!(
        (config.data.as_path(), config.personas.as_path()),
        (&*dir.path().join("data"), &*dir.path().join("personas"))
    );
    assert_eq!(config.people.len(), 1);
    assert_eq!((config.people[0].name.as_str(), config.people[0].rights.len()), ("you", 5));
    assert!(config.database_url.is_none() && config.openai.is_none() && config.public_url.is_none());
    assert_eq!(
        (config.organisation.zone, config.budget.daily_usd, config.log.format),
        (Tz::UTC, 20.0, LogFormat::Text)
    );
    assert_eq!(config.workers, Workers { engine: 2, calls: 8, delivery: 2 });
    assert_eq!(config.warnings, Vec::<String>::new());
    assert!(config.on_loopback());
    assert_eq!(config.shown_url(), "http://127.0.0.1:3710");
}

#[test]
fn a_file_changes_what_it_says_and_leaves_the_rest() {
    let yaml = "organisation: { zone: Europe/Berlin }\nmodel: { standard: { name: mine } }\nworkers: { calls: 3 }\n";
    let config = load(yaml, &[("OPENAI_API_KEY", "k")]).expect("a configuration");
    assert_eq!(
        config.organisation,
        Organisation { name: "Our organisation".into(), zone: Tz::Europe__Berlin, workdays: Workdays::default() }
    );
    assert_eq!(config.workers, Workers { engine: 2, calls: 3, delivery: 2 });
    let models = config.openai.as_ref().expect("an endpoint").models.clone();
    assert_eq!((models.strategic.as_str(), models.standard.as_str()), ("gpt-5", "mine"));
    assert_eq!(config.price(Tier::Standard), Price { input_usd_per_million: 0.25, output_usd_per_million: 2.0 });
}

#[test]
fn variables_win_over_the_file_and_the_environment_over_dotenv() {
    let dir = place(&[
        ("bullpen.yaml", "server: { listen: \"127.0.0.1:1\", data: ./file, public_url: \"http://file.example\" }\n"),
        (".env", "# kept by setup\nBULLPEN_DATA=./dotenv\nexport OPENAI_API_KEY=\"from dotenv\"\nOPENAI_BASE_URL=''\n"),
    ]);
    let config = load_in(
        dir.path(),
        &[
            ("BULLPEN_LISTEN", "localhost:4000"),
            ("BULLPEN_PUBLIC_URL", "https://public.example/"),
            ("OPENAI_API_KEY", "real"),
            ("BULLPEN_MODEL_ROUTINE", "tiny"),
            ("DATABASE_URL", " "),
        ],
    )
    .expect("a configuration");
    assert_eq!(config.listen.to_string(), "127.0.0.1:4000");
    assert_eq!(config.public_url.as_ref().map(PublicUrl::as_str), Some("https://public.example"));
    assert_eq!(config.public_url.as_ref().map(PublicUrl::host), Some("public.example"));
    assert_eq!(config.data, dir.path().join("dotenv"));
    assert!(config.database_url.is_none(), "blank is not set");
    let openai = config.openai.expect("an endpoint");
    assert_eq!(openai.key.expect("a key").expose_secret(), "real");
    assert_eq!((openai.base_url.as_str(), openai.models.routine.as_str()), ("https://api.openai.com/v1", "tiny"));
}

#[cfg(unix)]
#[test]
fn a_dotenv_that_others_may_read_is_warned_about() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = place(&[(".env", "DATABASE_URL=postgres://u@h/d\n")]);
    let path = dir.path().join(".env");
    for (mode, warnings) in [(0o644, 1), (0o640, 1), (0o600, 0)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("permissions");
        let config = load_in(dir.path(), &[]).expect("a configuration");
        assert_eq!(config.warnings.len(), warnings, "{mode:o}");
        assert!(config.warnings.iter().all(|warning| warning.contains("chmod 600")));
    }
}

/// A file, variables, and what is said of them.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn every_error_names_the_place_and_what_to_do() {
    let long = "x".repeat(61);
    let long_name = format!("people: [{{ name: {long} }}]");
    let token = ("T", "0123456789abcdef");
    let cases: &[Case<'_>] = &[
        ("zebra: 1\n", &[], "bullpen.yaml:1: zebra: there is no such field; remove it, or use one of: "),
        (
            "budget:\n  daily_us: 3\n",
            &[],
            "bullpen.yaml:2: budget.daily_us: there is no such field; did you mean \"daily_usd\"?",
        ),
        ("budget: { daily_usd: many }\n", &[], "bullpen.yaml:1: budget.daily_usd: "),
        ("\nbudget: { daily_usd: -1 }\n", &[], "bullpen.yaml:2: budget.daily_usd: this is no amount; write US dollars"),
        ("budget: { cause_usd: -1 }\n", &[], "bullpen.yaml:1: budget.cause_usd: this is no amount; write US dollars"),
        ("budget: { daily_usd: .inf }\n", &[], "bullpen.yaml:1: budget.daily_usd: .inf is no usable number"),
        (
            "organisation: { zone: Mars/Olympus }\n",
            &[],
            "bullpen.yaml:1: organisation.zone: \"Mars/Olympus\" is no time zone",
        ),
        ("organisation: { name: \" \" }\n", &[], "bullpen.yaml:1: organisation.name: nothing stands here"),
        ("workers: { calls: 0 }\n", &[], "bullpen.yaml:1: workers.calls: this is out of range; write 1 to 64"),
        ("workers: { calls: -1 }\n", &[], "bullpen.yaml:1: workers.calls: "),
        (
            "log: { format: xml }\n",
            &[],
            "bullpen.yaml:1: log.format: \"xml\" is not known here; use one of: text, json",
        ),
        ("people: []\n", &[], "bullpen.yaml:1: people: nobody is listed"),
        ("people: [{ rights: [command] }]\n", &[], "bullpen.yaml:1: people[0].name: this field is missing"),
        (
            "people:\n  - name: Ana\n  - name: ANA\n",
            &[],
            "bullpen.yaml:3: people[1].name: \"ANA\" is too much like \"Ana\" above",
        ),
        ("people: [{ name: \"\" }]\n", &[], "bullpen.yaml:1: people[0].name: this is no name"),
        ("people: [{ name: \" a\" }]\n", &[], "people[0].name: a name has no blanks around it"),
        (
            "people: [{ name: Bullpen }]\n",
            &[],
            "people[0].name: \"Bullpen\" means everybody, a place, or Bullpen itself",
        ),
        (&long_name, &[], "people[0].name: this is longer than 60 characters"),
        (
            "people: [{ name: A, rights: [comand] }]\n",
            &[],
            "people[0].rights[0]: \"comand\" is not known here; did you mean \"command\"?",
        ),
        ("people:\n  - name: Ana\n    token: T\n", &[], "bullpen.yaml:3: people[0].token: T is not set; set it"),
        ("people: [{ name: A, token: T }]\n", &[("T", "short")], "people[0].token: T has fewer than 16 characters"),
        (
            "people: [{ name: A, token: T }, { name: B, token: T }]\n",
            &[token],
            "people[1].token: T holds the token of A as well",
        ),
        ("people: [{ name: A, token: \"sk-1 2\" }]\n", &[], "people[0].token: this is no name of a variable"),
        (
            "people: [{ name: A, rights: [approve], availability: { days: [] } }]\n",
            &[],
            "bullpen.yaml:1: people[0].availability.days: no day is named",
        ),
        (
            "people: [{ name: A, availability: { zone: Berlin } }]\n",
            &[],
            "people[0].availability.zone: \"Berlin\" is no time zone; write an IANA name",
        ),
        (
            "people: [{ name: A, availability: { hours: 9-5 } }]\n",
            &[],
            "people[0].availability.hours: these are no hours",
        ),
        (
            "people:\n  - name: A\n    away:\n      - { from: 2026-12-24, until: 2026-12-23 }\n",
            &[],
            "bullpen.yaml:4: people[0].away[0]: this ends before it begins",
        ),
        (
            "people: [{ name: A, away: [{ from: soon, until: 2026-12-23 }] }]\n",
            &[],
            "bullpen.yaml:1: people[0].away[0].from: ",
        ),
        (
            "people: [{ name: A, rights: [approve], stand_ins: [B] }]\n",
            &[],
            "bullpen.yaml:1: people[0].stand_ins[0]: nobody listed is called \"B\"",
        ),
        (
            "people: [{ name: A, rights: [approve], stand_ins: [a] }]\n",
            &[],
            "stand_ins[0]: nobody stands in for themselves",
        ),
        (
            "people: [{ name: A, rights: [approve], stand_ins: [B] }, { name: B }]\n",
            &[],
            "people[0].stand_ins[0]: B may not approve; give them the right `approve`",
        ),
        (
            "people: [{ name: A, stand_ins: [B] }, { name: B, rights: [approve] }]\n",
            &[],
            "people[0].stand_ins[0]: A may not approve, so there is nothing to stand in for",
        ),
        ("organisation: { availability: { days: [] } }\n", &[], "organisation.availability.days: no day is named"),
        ("organisation: { holidays: [christmas] }\n", &[], "bullpen.yaml:1: organisation.holidays[0]: "),
        ("server: { listen: here }\n", &[], "bullpen.yaml:1: server.listen: \"here\" is no address to listen on"),
        ("", &[("BULLPEN_LISTEN", "3710")], "BULLPEN_LISTEN: \"3710\" is no address to listen on; write an IP address"),
        ("", &[("BULLPEN_LISTEN", "example.com:80")], "BULLPEN_LISTEN: \"example.com:80\" is no address to listen on"),
        (
            "",
            &[("BULLPEN_LISTEN", "0.0.0.0:3710")],
            "would listen on 0.0.0.0:3710, where others reach it, but nobody has a token",
        ),
        ("", &[("BULLPEN_LISTEN", "[::]:3710")], "would listen on [::]:3710"),
        ("", &[("BULLPEN_PUBLIC_URL", "bullpen")], "BULLPEN_PUBLIC_URL: \"bullpen\" is no address"),
        (
            "",
            &[("BULLPEN_PUBLIC_URL", "ftp://x.example")],
            "BULLPEN_PUBLIC_URL: \"ftp://x.example\" is neither http nor https",
        ),
        ("", &[("BULLPEN_PUBLIC_URL", "https://x.example/deep")], "has more than a host; write only scheme and host"),
        ("server: { public_url: nowhere }\n", &[], "bullpen.yaml:1: server.public_url: \"nowhere\" is no address"),
        ("server: { personas: ./nowhere }\n", &[], "bullpen.yaml:1: server.personas: there is no folder ./nowhere"),
        ("server: { data: \"\" }\n", &[], "bullpen.yaml:1: server.data: nothing stands here"),
        ("", &[("DATABASE_URL", "mysql://me:hunter2@h/d")], "DATABASE_URL: this is not the address of a Postgres"),
        ("", &[("DATABASE_URL", "hunter2")], "DATABASE_URL: this is no address"),
        ("", &[("BULLPEN_CONFIG", "other.yaml")], "BULLPEN_CONFIG: there is no file other.yaml"),
        ("model: { timeout_seconds: 0 }\n", &[], "bullpen.yaml:1: model.timeout_seconds: this is out of range"),
        (
            "model: { standard: { name: \"\" } }\n",
            &[],
            "model.standard.name: no model is named; write one, or set BULLPEN_MODEL_STANDARD",
        ),
        (
            "model: { routine: { input_usd_per_million: -1 } }\n",
            &[],
            "model.routine.input_usd_per_million: this is no price",
        ),
    ];
    for (yaml, variables, expected) in cases {
        // A file with nothing in it is a fault of its own.
        let yaml = if yaml.is_empty() { "budget: { daily_usd: 20 }\n" } else { yaml };
        let found = error(yaml, variables);
        assert!(found.contains(expected), "{yaml:?} {variables:?}\n  expected {expected}\n  found    {found}");
        assert!(!found.contains("hunter2") && !found.contains("sk-1") && !found.contains('\n'), "{found}");
    }
}

#[test]
fn a_line_of_dotenv_that_is_no_variable_is_told_without_its_secret() {
    let dir = place(&[(".env", "A=1\nhunter2 is my password\n")]);
    let found = load_in(dir.path(), &[]).expect_err("a faulty line").to_string();
    assert!(found.ends_with(".env:2: this is no variable; write it as NAME=value, or remove the line"), "{found}");
}

#[test]
fn with_a_token_the_server_may_listen_to_others() {
    let yaml = "people: [{ name: Ana, rights: [command, approve], token: T }, { name: Ben }]\n";
    let config = load(yaml, &[("BULLPEN_LISTEN", "0.0.0.0:80"), ("T", " 0123456789abcdef ")]).expect("a configuration");
    assert!(!config.on_loopback());
    assert_eq!(config.local_url(), "http://127.0.0.1:80");
    let token = config.person("ana").and_then(|ana| ana.token.as_ref()).expect("a token");
    assert_eq!((token.variable.as_str(), token.secret.expose_secret()), ("T", "0123456789abcdef"));
}

#[test]
fn a_department_that_can_finish_nothing_is_warned_about() {
    let config = load("people: [{ name: Ana, rights: [command] }]\n", &[]).expect("a configuration");
    assert_eq!(config.warnings, ["nobody in bullpen.yaml has the right `approve`, so nothing will be published"]);
}

#[test]
fn secrets_are_not_shown() {
    let yaml = "people: [{ name: Ana, token: T }]\n";
    let secrets =
        [("T", "hunter2hunter2hunter2"), ("OPENAI_API_KEY", "hunter2"), ("DATABASE_URL", "postgres://a:hunter2@h/d")];
    let config = load(yaml, &secrets).expect("a configuration");
    assert!(!format!("{config:?}").contains("hunter2"));
}

/// The paths of all fields, entries of lists taken together.
fn fields(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                fields(value, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, found);
            }
        }
        Value::Array(items) if items.iter().all(Value::is_object) => {
            for item in items {
                fields(item, &format!("{path}[]"), found);
            }
        }
        _ => drop(found.insert(path.to_owned())),
    }
}

#[test]
fn the_example_has_every_field_and_is_read_as_it_says() {
    let text = include_str!("../../bullpen.example.yaml");
    let all = |text: &str| {
        let mut found = BTreeSet::new();
        fields(&bullpen_domain::source::parse::<Value>("f", text).expect("YAML"), "", &mut found);
        found
    };
    // Which personas have apps is for each organisation to say.
    let apps = |field: &String| field.starts_with("slack.personas.") || field.starts_with("discord.personas.");
    assert_eq!(all(text).into_iter().filter(|f| !apps(f)).collect::<BTreeSet<_>>(), all(file::DEFAULTS));

    let dir = place(&[("bullpen.yaml", text)]);
    fs::create_dir(dir.path().join("personas")).expect("a folder");
    let tokens = [("BULLPEN_TOKEN_ANA", "a-token-of-anas-own"), ("BULLPEN_TOKEN_BEN", "a-token-of-bens-own")];
    let slack = [
        ("SLACK_BOT_TOKEN", "xoxb-1"),
        ("SLACK_APP_TOKEN", "xapp-1"),
        ("SLACK_CMO_BOT_TOKEN", "xoxb-2"),
        ("SLACK_CMO_APP_TOKEN", "xapp-2"),
        ("SLACK_CMO_SIGNING_SECRET", "s2"),
    ];
    let discord = [("DISCORD_TOKEN", "d1"), ("DISCORD_CMO_TOKEN", "d2")];
    let env = [&tokens[..], &[("OPENAI_API_KEY", "k")], &slack, &discord].concat();
    let config = load_in(dir.path(), &env).expect("a configuration");
    let slack = config.slack.as_ref().expect("a workspace");
    assert_eq!((slack.channel_prefix.as_str(), slack.personas.contains_key("cmo")), ("bullpen-", true));
    let discord = &config.discord;
    assert!(discord.is_connected() && discord.personas["cmo"].token.is_some());
    assert_eq!((discord.guild, discord.category.as_str()), (Some(41_771_983_423_143_937), "Marketing department"));
    assert_eq!(config.home(), "slack");
    assert_eq!(
        config.organisation,
        Organisation { name: "Lanternfield".into(), zone: Tz::Europe__Berlin, workdays: Workdays::default() }
    );
    let names: Vec<_> = config.people.iter().map(|person| (person.name.as_str(), person.rights.len())).collect();
    assert_eq!(names, [("Ana Lee", 5), ("Ben Okoro", 2), ("Marketing", 1)]);
    assert_eq!(config.listen.to_string(), "0.0.0.0:3710");
    assert_eq!(config.data, Path::new("/var/lib/bullpen"));
    assert_eq!(config.shown_url(), "https://bullpen.lanternfield.example");
    assert_eq!(config.postgres.binaries.as_deref(), Some(Path::new("/usr/lib/postgresql/16/bin")));
    let openai = config.openai.as_ref().expect("an endpoint");
    assert_eq!((openai.models.routine.as_str(), openai.timeout), ("small", Duration::from_secs(120)));
    assert_eq!(config.price(Tier::Strategic), Price { input_usd_per_million: 3.0, output_usd_per_million: 15.0 });
    assert_eq!((config.budget.daily_usd, config.log.format), (50.0, LogFormat::Json));
    assert_eq!(config.workers, Workers { engine: 4, calls: 16, delivery: 4 });
}

fn problem_of(yaml: &str, env: &[(&str, &str)]) -> String {
    load(yaml, env).expect_err("a configuration that cannot be used").to_string()
}

#[test]
fn slack_needs_an_ear_and_the_right_tokens() {
    const NOTHING: &str = "home: null";
    let config = |yaml, env: &[_]| load(yaml, env).expect("a configuration");
    assert!(config(NOTHING, &[]).slack.is_none() && config(NOTHING, &[]).warnings.is_empty());
    let half = |env: &[_]| {
        let config = config(NOTHING, env);
        assert!(config.slack.is_none(), "what is incomplete is not used");
        config.warnings.join("; ")
    };
    assert!(half(&[("SLACK_BOT_TOKEN", "xoxb-1")]).contains("set SLACK_APP_TOKEN"));
    assert!(half(&[("SLACK_SIGNING_SECRET", "s")]).contains("set SLACK_BOT_TOKEN"));
    let swapped = [("SLACK_BOT_TOKEN", "xapp-1"), ("SLACK_APP_TOKEN", "xoxb-1")];
    assert!(problem_of(NOTHING, &swapped).contains("SLACK_BOT_TOKEN"));
    let heard = [("SLACK_BOT_TOKEN", "xoxb-1"), ("SLACK_SIGNING_SECRET", "s")];
    let with = |url| [heard[0], heard[1], ("SLACK_API_URL", url)];
    let api_url = |url| load(NOTHING, &with(url)).map(|c| c.slack.expect("a workspace").api_url);
    assert_eq!(api_url("http://127.0.0.1:99/api/").expect("loopback"), "http://127.0.0.1:99/api");
    assert_eq!(api_url("https://slack-gov.com/api").expect("https"), "https://slack-gov.com/api");
    assert!(problem_of(NOTHING, &with("http://slack.example/api")).contains("in the clear"));
    assert!(problem_of(NOTHING, &with("slack.com")).contains("SLACK_API_URL"));
    let told = problem_of("slack: { personas: { cmo: { bot_token: xoxb-secret } } }", &heard);
    assert!(told.contains("no name of a variable") && !told.contains("xoxb-secret"), "{told}");
    let alone = config("slack: { personas: { cmo: { bot_token: NOT_SET } } }", &heard);
    assert!(alone.warnings.join(" ").contains("NOT_SET is not set, so cmo speaks through the shared app"));
    assert!(alone.slack.expect("a workspace").personas.is_empty());
    assert_eq!(config(NOTHING, &heard).home(), "slack");
    assert_eq!(config("home: lobby", &heard).home(), "");
    assert_eq!(config("home: slack", &[]).home(), "");
    assert!(problem_of("home: mars", &heard).contains("no such platform"));
}

#[test]
fn discord_needs_a_token_and_takes_ids_as_people_write_them() {
    const NOTHING: &str = "home: null";
    let token = [("DISCORD_TOKEN", "a.token")];
    let config = |yaml, env: &[_]| load(yaml, env).expect("a configuration");
    let without = config(NOTHING, &[]);
    assert!(!without.discord.is_connected() && without.warnings.is_empty());
    assert_eq!((config(NOTHING, &token).home(), config("home: lobby", &token).home()), ("discord", ""));
    let both = [token[0], ("SLACK_BOT_TOKEN", "xoxb-1"), ("SLACK_SIGNING_SECRET", "s")];
    assert_eq!((config(NOTHING, &both).home(), config("home: discord", &both).home()), ("slack", "discord"));
    let away = config("home: discord", &[]);
    assert_eq!((away.home(), away.warnings.join(" ").contains("home is discord, which is not connected")), ("", true));
    for (given, complaint) in
        [("Bot a.token", "without \"Bot \""), ("a token", "a space"), ("80351110224678912", "an id")]
    {
        let told = problem_of(NOTHING, &[("DISCORD_TOKEN", given)]);
        assert!(told.contains("DISCORD_TOKEN") && told.contains(complaint), "{told}");
        assert!(!told.contains("a token "), "the token itself is not repeated: {told}");
    }
    let with = |url| [token[0], ("DISCORD_API_URL", url)];
    assert_eq!(config(NOTHING, &with("http://127.0.0.1:9/api/v10/")).discord.api_url, "http://127.0.0.1:9/api/v10");
    assert!(problem_of(NOTHING, &with("http://discord.example/api")).contains("in the clear"));
    for guild in ["80351110224678912", "\"80351110224678912\""] {
        let yaml = format!(
            "discord: {{ guild: {guild} }}\npeople: [{{ name: Ana, discord: {guild}, discord_role: {guild} }}]"
        );
        let config = load(&yaml, &token).expect("a configuration");
        assert_eq!(config.discord.guild, Some(80_351_110_224_678_912));
        let ana = config.people[0].listed();
        assert_eq!(ana.accounts["discord"], "80351110224678912");
        assert_eq!(ana.groups["discord"], "80351110224678912");
    }
    assert!(problem_of("discord: { guild: ours }", &token).contains("discord.guild"));
    assert!(problem_of("discord: { category: \" \" }", &token).contains("discord.category"));
    let told = problem_of("discord: { personas: { cmo: { token: secret.token } } }", &token);
    assert!(told.contains("no name of a variable") && !told.contains("secret.token"), "{told}");
    let alone = config("discord: { personas: { cmo: { token: NOT_SET } } }", &token);
    assert!(alone.warnings.join(" ").contains("NOT_SET is not set, so cmo speaks through the shared bot"));
}

#[test]
fn the_hostile_stand_in_is_chosen_twice_or_not_at_all() {
    const HOSTILE: &str = "model: { stand_in: hostile }";
    let config = load(HOSTILE, &[("BULLPEN_HOSTILE", "7")]).expect("a configuration");
    assert_eq!((config.hostile, config.warnings.len()), (Some(7), 1));
    assert!(config.warnings[0].contains("attacks this department"), "{}", config.warnings[0]);
    assert!(load("home: lobby", &[]).expect("a configuration").hostile.is_none());
    for (yaml, variables, says) in [
        (HOSTILE, &[][..], "bullpen.yaml:1"),
        (HOSTILE, &[], "set BULLPEN_HOSTILE"),
        (HOSTILE, &[("BULLPEN_HOSTILE", "yes")], "BULLPEN_HOSTILE: this is no seed"),
        ("home: lobby", &[("BULLPEN_HOSTILE", "7")], "BULLPEN_HOSTILE: it is the seed"),
        (HOSTILE, &[("BULLPEN_HOSTILE", "7"), ("OPENAI_API_KEY", "k")], "an endpoint of models is configured too"),
        (
            HOSTILE,
            &[("BULLPEN_HOSTILE", "7"), ("SLACK_BOT_TOKEN", "xoxb-1-a"), ("SLACK_APP_TOKEN", "xapp-1-a")],
            "Slack is configured too",
        ),
        ("model: { stand_in: evil }", &[], "stand_in"),
    ] {
        let error = error(yaml, variables);
        assert!(error.contains(says), "{says}: {error}");
    }
}
