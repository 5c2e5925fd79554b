use std::path::Path;

use proptest::prelude::*;

use super::*;

/// The tools of these tests.
const TOOLS: [&str; 3] = ["speak", "draft", "review"];

const TEAM: &str = r#"
name: test
title: Test team
purpose: Tests.
brand: brand.yaml
layers:
  - { id: top, title: Top, about: Leads. }
  - { id: floor, title: Floor, about: Works. }
channels:
  - { name: all-hands, topic: All. }
  - { name: decisions, topic: Decisions. }
  - { name: published, topic: Out. }
  - { name: top, topic: Top., layer: top }
  - { name: floor, topic: Floor., layer: floor }
autonomy:
  publish.article: { level: L3, by: [boss], why: A person decides. }
  post.social: { level: L4, by: [writer], why: Small. }
  mail.newsletter: { level: L3, why: Cannot be taken back. }
  task.start: { level: L4, why: Small. }
  report.figures: { level: L4, why: Small. }
"#;

const BRAND: &str = r##"
name: Test
tagline: Tested.
site_url: https://test.example
colours: { primary: "#205040", accent: "#c06000", ink: "#101010", paper: "#ffffff" }
voice: [Plain words.]
"##;

/// A persona file with some of its lines exchanged.
fn persona(handle: &str, layer: &str, reports: &str, changes: &[(&str, &str)]) -> String {
    let text = format!(
        r#"handle: {handle}
name: Somebody
title: Some Role
layer: {layer}
{reports}
responsibilities: [Work.]
authority:
  level: 2
voice:
  tone: plain
  style: Short.
decision_approach: Thinks.
preferences:
  briefing: Short.
  feedback: Short.
  updates: Short.
model:
  tier: routine
  temperature: 0.5
tools: [speak]
prompt: |
  You are {{{{ name }}}}
  at {{{{ organisation }}}}.
tests:
  - name: speaks
    says: Hello?
    answer_contains: [hello]
"#
    );
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "the fixture has no {from:?}");
        text.replace(from, to)
    })
}

fn boss() -> String {
    persona("boss", "top", "reports_to_people: true", &[])
}

fn writer(changes: &[(&str, &str)]) -> String {
    persona("writer", "floor", "reports_to: [boss]", changes)
}

fn folder(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, text): &(&str, &str)| (format!("p/{name}"), (*text).to_owned());
    files.iter().map(owned).collect()
}

fn load(files: &[(&str, &str)], last: Option<&Loaded>) -> Loaded {
    Team::load(&folder(files), &TOOLS, last)
}

fn faults(loaded: &Loaded) -> Vec<String> {
    loaded.faults.iter().map(ToString::to_string).collect()
}

fn handles(loaded: &Loaded) -> Vec<&str> {
    loaded.personas.keys().map(Handle::as_str).collect()
}

/// What is said of a folder in which the writer's file has these changes.
fn with_writer(changes: &[(&str, &str)]) -> Vec<String> {
    let text = writer(changes);
    faults(&load(&[("team.yaml", TEAM), ("brand.yaml", BRAND), ("boss.yaml", &boss()), ("writer.yaml", &text)], None))
}

#[test]
fn a_sound_folder_loads_whole() {
    let files = [
        ("team.yaml", TEAM),
        ("brand.yaml", BRAND),
        ("boss.yaml", &boss()),
        ("writer.yaml", &writer(&[])),
        ("playbooks/content.yaml", "not: a persona"),
        ("notes.txt", "not YAML: ["),
    ];
    let loaded = load(&files, None);
    assert_eq!(faults(&loaded), Vec::<String>::new());
    assert_eq!(handles(&loaded), ["boss", "writer"]);
    assert_eq!(loaded.files.values().collect::<Vec<_>>(), ["p/boss.yaml", "p/writer.yaml"]);
    let team = loaded.team.expect("a team");
    assert_eq!(team.channel_of("floor").map(|channel| channel.name.as_str()), Some("floor"));
    assert_eq!(team.rule(Action::PublishArticle).map(|rule| rule.level), Some(Autonomy::L3));
}

#[test]
fn every_fault_of_a_persona_says_where_it_is_and_what_to_do() {
    let changes: &[(&str, &[(&str, &str)])] = &[
        ("reserved handle", &[("handle: writer", "handle: everyone")]),
        ("name that mentions", &[("name: Somebody", "name: \"@here\"")]),
        ("empty title", &[("title: Some Role", "title: \"\"")]),
        ("unknown layer", &[("layer: floor", "layer: cellar")]),
        ("pale avatar", &[("layer: floor", "layer: floor\navatar: \"#ffee99\"")]),
        ("no colour", &[("layer: floor", "layer: floor\navatar: yellow")]),
        ("no duties", &[("[Work.]", "[]")]),
        ("duty twice", &[("[Work.]", "[Work., Work.]")]),
        ("reports to nobody", &[("reports_to: [boss]", "reports_to: []")]),
        ("reports to itself", &[("reports_to: [boss]", "reports_to: [writer]")]),
        ("reports to somebody unknown", &[("reports_to: [boss]", "reports_to: [bos]")]),
        ("level", &[("level: 2", "level: 6")]),
        ("level as a word", &[("level: 2", "level: high")]),
        ("temperature", &[("temperature: 0.5", "temperature: 2.5")]),
        ("temperature that is no number", &[("temperature: 0.5", "temperature: .nan")]),
        ("tier", &[("tier: routine", "tier: rutine")]),
        ("tool", &[("tools: [speak]", "tools: [speak, drafts]")]),
        ("hours", &[("tools: [speak]", "availability:\n  hours: 9 to 5")]),
        ("zone", &[("tools: [speak]", "availability: { zone: Berlin }")]),
        ("template name", &[("at {{ organisation }}", "at {{ organization }}")]),
        ("template syntax", &[("at {{ organisation }}", "at {% if %}")]),
        (
            "template without end",
            &[("at {{", "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}{{")],
        ),
        ("no tests", &[("  - name: speaks\n    says: Hello?\n    answer_contains: [hello]\n", "  []\n")]),
        ("a test that expects nothing", &[("answer_contains: [hello]", "answer_contains: []")]),
        ("unknown field", &[("  tone: plain", "  tune: plain")]),
        ("missing field", &[("  tone: plain\n", "")]),
        ("mode", &[("tools: [speak]", "mode: autopilot")]),
    ];
    let said: Vec<_> =
        changes.iter().map(|(what, changes)| format!("{what}\n  {}", with_writer(changes).join("\n  "))).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn every_fault_between_files_says_where_it_is_and_what_to_do() {
    let chief = |reports: &str| persona("boss", "top", reports, &[]);
    let report = |handle: &str, layer: &str, to: &str| persona(handle, layer, &format!("reports_to: [{to}]"), &[]);
    let team = |from: &str, to: &str| TEAM.replace(from, to);
    let said = |files: &[(&str, &str)]| faults(&load(files, None)).join("\n  ");
    let all = |team: &str, brand: &str| {
        said(&[("team.yaml", team), ("brand.yaml", brand), ("boss.yaml", &boss()), ("writer.yaml", &writer(&[]))])
    };
    let cases = [
        ("no team file", said(&[("boss.yaml", &boss())])),
        ("no brand file", said(&[("team.yaml", TEAM), ("boss.yaml", &boss()), ("writer.yaml", &writer(&[]))])),
        ("handle twice", {
            let double = report("writer", "floor", "boss");
            said(&[
                ("team.yaml", TEAM),
                ("brand.yaml", BRAND),
                ("boss.yaml", &boss()),
                ("writer.yaml", &writer(&[])),
                ("zed.yaml", &double),
            ])
        }),
        ("leader below", {
            said(&[
                ("team.yaml", TEAM),
                ("brand.yaml", BRAND),
                ("boss.yaml", &boss()),
                ("aide.yaml", &report("aide", "top", "writer")),
                ("writer.yaml", &writer(&[])),
            ])
        }),
        ("circle", {
            said(&[
                ("team.yaml", TEAM),
                ("brand.yaml", BRAND),
                ("boss.yaml", &chief("reports_to: [aide]\nreports_to_people: true")),
                ("aide.yaml", &report("aide", "top", "chief")),
                ("chief.yaml", &report("chief", "top", "boss")),
                ("writer.yaml", &writer(&[])),
            ])
        }),
        ("nobody reports to people", {
            let text = TEAM.replace("by: [boss]", "by: []").replace("by: [writer]", "by: []");
            said(&[("team.yaml", &text), ("brand.yaml", BRAND)])
        }),
        ("missing channel", all(&team("  - { name: decisions, topic: Decisions. }\n", ""), BRAND)),
        ("layer without channel", all(&team(", layer: floor }", " }"), BRAND)),
        ("channel of no layer", all(&team("layer: floor }", "layer: flor }"), BRAND)),
        ("unknown act", all(&team("  task.start:", "  task.begin:"), BRAND)),
        ("unknown doer", all(&team("by: [writer]", "by: [poet]"), BRAND)),
        ("level of autonomy", all(&team("level: L3, by", "level: L7, by"), BRAND)),
        ("colour", all(TEAM, &BRAND.replace("#205040", "green"))),
        ("contrast", all(TEAM, &BRAND.replace("#101010", "#d0d0d0"))),
        ("address", all(TEAM, &BRAND.replace("https://test.example", "test.example"))),
    ];
    let said: Vec<_> = cases.iter().map(|(what, said)| format!("{what}\n  {said}")).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_faulty_file_keeps_its_last_good_version_and_breaks_nobody_else() {
    let good = [("team.yaml", TEAM), ("brand.yaml", BRAND), ("boss.yaml", &boss()), ("writer.yaml", &writer(&[]))];
    let before = load(&good, None);
    let renamed = writer(&[("name: Somebody", "name: Somebody Else")]);
    let after = load(
        &[
            ("team.yaml", "name: [broken"),
            ("brand.yaml", "name: Test"),
            ("boss.yaml", "handle: boss\nname: ["),
            ("writer.yaml", &renamed),
        ],
        Some(&before),
    );
    assert_eq!(after.team, before.team);
    assert_eq!(after.brand, before.brand);
    assert_eq!(after.personas["boss"], before.personas["boss"]);
    assert_eq!(after.personas["writer"].name, "Somebody Else");
    let files: Vec<_> = after.faults.iter().map(|fault| fault.file.as_str()).collect();
    assert_eq!(files, ["p/boss.yaml", "p/brand.yaml", "p/team.yaml"], "one fault each, none that follow from another");
    // Mended, and the faults are gone.
    assert!(load(&good, Some(&after)).faults.is_empty());
}

#[test]
fn without_a_last_version_a_faulty_file_is_left_out_alone() {
    let loaded = load(
        &[
            ("team.yaml", TEAM),
            ("brand.yaml", BRAND),
            ("lead.yaml", "handle: boss\nname: 1: 2"),
            ("writer.yaml", &writer(&[])),
        ],
        None,
    );
    assert_eq!(handles(&loaded), ["writer"], "whoever reports to the faulty one stays");
    assert_eq!(loaded.faults.len(), 1, "{:?}", faults(&loaded));
}

#[test]
fn how_a_team_keeps_time_is_checked() {
    for (yaml, fault) in [
        ("floor: { hops: 0 }", "floor.hops: this is no length of a chain; use 1 to 20"),
        (
            "floor: { person: soon }",
            "floor.person: \"soon\" is not a length of time: write e.g. 30m, 4h or 7d (at most 365d)",
        ),
        ("floor: { noise: { posts: 5000, within: 1h } }", "floor.noise.posts: 5000 posts are no budget; use 0 to 1000"),
        ("floor: { noise: { posts: 5, within: 8d } }", "floor.noise.within: this is too long; use at most 7d"),
        (
            "deadlines: { low: { before: [1h, 1d] } }",
            "deadlines.low.before[1]: this reminder is not later than the one before it; write the longest first",
        ),
        (
            "deadlines: { answer: { withn: 4h } }",
            "deadlines.answer.withn: there is no such field; did you mean \"within\"?",
        ),
    ] {
        let team = format!("{TEAM}\n{yaml}\n");
        let line = team.lines().count();
        let loaded = load(&[("team.yaml", &team), ("brand.yaml", BRAND), ("boss.yaml", &boss())], None);
        assert_eq!(faults(&loaded)[0], format!("p/team.yaml:{line}: {fault}"));
    }
}

#[test]
fn a_circle_is_blamed_on_the_file_that_closed_it() {
    let line = |handle: &str, to: &str| persona(handle, "top", &format!("reports_to: [{to}]"), &[]);
    let folder = |boss: &str| {
        let files = [("team.yaml", TEAM), ("brand.yaml", BRAND), ("boss.yaml", boss)];
        let mut files: Vec<_> = files.map(|(name, text)| (name, text.to_owned())).into();
        files.extend([("aide.yaml", line("aide", "boss")), ("writer.yaml", line("writer", "aide"))]);
        files
    };
    let read = |files: &[(&str, String)], last: Option<&Loaded>| {
        let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        load(&files, last)
    };
    let before = read(&folder(&boss()), None);
    assert_eq!(faults(&before), Vec::<String>::new());
    let closing = persona("boss", "top", "reports_to: [writer]\nreports_to_people: true", &[]);
    let after = read(&folder(&closing), Some(&before));
    assert_eq!(after.personas, before.personas);
    let fault = "p/boss.yaml:5: reports_to: the reporting lines go in a circle (@aide → @boss → @writer → @aide); cut one of them";
    assert_eq!(faults(&after), [fault]);
}

#[test]
fn a_new_file_cannot_take_a_handle_over() {
    let before = load(
        &[("team.yaml", TEAM), ("brand.yaml", BRAND), ("boss.yaml", &boss()), ("writer.yaml", &writer(&[]))],
        None,
    );
    let usurper = writer(&[("name: Somebody", "name: Usurper")]);
    let files = [
        ("team.yaml", TEAM),
        ("brand.yaml", BRAND),
        ("aaa.yaml", &usurper),
        ("boss.yaml", &boss()),
        ("writer.yaml", &writer(&[])),
    ];
    let after = load(&files, Some(&before));
    assert_eq!(after.personas["writer"].name, "Somebody");
    assert_eq!(faults(&after), ["p/aaa.yaml:1: handle: @writer is taken by p/writer.yaml; choose another handle"]);
}

/// The department that is shipped.
fn shipped() -> Loaded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../personas/marketing");
    let files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of personas")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            (format!("personas/marketing/{name}"), std::fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    let tools = [
        "speak",
        "research",
        "numbers",
        "keywords",
        "draft",
        "review",
        "picture",
        "seo_check",
        "brand_check",
        "publish",
        "start_work",
        "post_social",
        "mail_draft",
    ];
    Team::load(&files, &tools, None)
}

#[test]
fn the_shipped_department_is_sound_and_complete() {
    let loaded = shipped();
    assert_eq!(faults(&loaded), Vec::<String>::new());
    let lines: Vec<_> = loaded
        .personas
        .values()
        .map(|p| {
            let mut to: Vec<_> = p.reports_to.iter().map(Handle::as_str).collect();
            to.extend(p.reports_to_people.then_some("people"));
            format!("{} {} {} {} {}", p.layer, p.authority.level, p.model.tier, p.handle, to.join("+"))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_shipped_personas_are_distinct_and_full() {
    let loaded = shipped();
    let brand = loaded.brand.as_ref().expect("a brand");
    let today = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
    let context = crate::persona::Context { organisation: "Somewhere Ltd", today, brand };
    let mut seen = std::collections::BTreeSet::new();
    for persona in loaded.personas.values() {
        assert!(seen.insert(persona.name.clone()), "{} has the name of another", persona.handle);
        assert!(seen.insert(format!("{:?}", persona.avatar)), "{} has the colour of another", persona.handle);
        assert!(seen.insert(persona.voice.tone.clone()), "{} has the voice of another", persona.handle);
        assert!(persona.tests.len() >= 3, "{} has too few tests", persona.handle);
        let words = persona.prompt.split_whitespace().count();
        assert!((150..=300).contains(&words), "{} has a prompt of {words} words", persona.handle);
        let prompt = persona.system_prompt(&context).expect("a prompt");
        assert!(prompt.contains("Somewhere Ltd") && prompt.contains(&brand.name), "{prompt}");
        assert!(!prompt.contains("\n\n\n"), "{prompt}");
        for mention in prompt.split('@').skip(1) {
            let handle: String = mention.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(loaded.personas.contains_key(handle.as_str()), "{} speaks of @{handle}", persona.handle);
        }
    }
}

proptest! {
    #[test]
    fn no_text_in_a_file_brings_the_loader_down(
        name in "(team|brand|boss|writer)\\.yaml", text in any::<String>(), cut in any::<prop::sample::Index>(),
    ) {
        let (boss, writer) = (boss(), writer(&[]));
        let mut files = folder(&[("team.yaml", TEAM), ("brand.yaml", BRAND), ("boss.yaml", &boss), ("writer.yaml", &writer)]);
        for (path, content) in &mut files {
            if path.ends_with(&name) {
                // Foreign text in the middle of an honest file.
                let at = content.char_indices().map(|(at, _)| at).nth(cut.index(content.chars().count()));
                content.insert_str(at.unwrap_or(0), &text);
            }
        }
        let loaded = Team::load(&files, &TOOLS, None);
        prop_assert!(loaded.personas.len() <= 2);
    }
}

const MATRIX: &str = r#"
authority:
  ranks:
    - { id: hand, title: Hand, levels: [1, 2] }
    - { id: head, title: Head, levels: [3, 4, 5] }
  decisions:
    topic: { title: Topic, parts: { hand: P, head: A } }
    law: { title: Law, parts: { head: E, human: D } }
  roles:
    - { who: [writer], decision: topic, part: D, up_to: 10, why: Small. }
    - { who: [writer], decision: topic, part: R, why: All else. }
  gates:
    - { audience: public, by: [boss], why: Our voice. }
"#;

#[test]
fn every_hole_and_contradiction_of_a_matrix_says_where_it_is_and_what_to_do() {
    let with = |changes: &[(&str, &str)]| {
        let sound = format!("{}{MATRIX}", TEAM.replace("L4, by: [writer]", "L4, by: [writer], decision: topic"));
        let text = changes.iter().fold(sound, |text, (from, to)| {
            assert!(text.contains(from), "the fixture has no {from:?}");
            text.replace(from, to)
        });
        let files =
            [("team.yaml", &*text), ("brand.yaml", BRAND), ("boss.yaml", &boss()), ("writer.yaml", &writer(&[]))];
        faults(&load(&files, None))
    };
    assert_eq!(with(&[]), Vec::<String>::new());
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("a level without rank", &[("levels: [3, 4, 5]", "levels: [3, 5]")]),
        ("a level in two ranks", &[("levels: [3, 4, 5]", "levels: [2, 3, 4, 5]")]),
        ("no such level", &[("levels: [3, 4, 5]", "levels: [3, 4, 5, 6]")]),
        ("a rank called like people", &[("id: head", "id: human")]),
        ("an unknown rank", &[("{ hand: P, head: A }", "{ hands: P, head: A }")]),
        ("an unknown part", &[("{ hand: P, head: A }", "{ hand: X, head: A }")]),
        ("nobody decides", &[("{ hand: P, head: A }", "{ hand: C, head: I }")]),
        ("a proposal to nobody", &[("{ hand: P, head: A }", "{ hand: P, head: I }")]),
        ("an escalation to nobody", &[("{ head: E, human: D }", "{ head: E }")]),
        ("people escalate", &[("{ head: E, human: D }", "{ head: D, human: E }")]),
        ("two decide", &[("{ hand: P, head: A }", "{ hand: D, head: D }")]),
        ("decided, and yet approved", &[("{ hand: P, head: A }", "{ hand: D, head: A }")]),
        ("approved below who decides", &[("{ hand: P, head: A }", "{ hand: A, head: D }")]),
        ("a line that never holds", &[("part: D, up_to: 10,", "part: D,")]),
        ("a line of another decision", &[("decision: topic, part: R", "decision: tropic, part: R")]),
        ("a line for nobody", &[("who: [writer], decision: topic, part: R", "who: [], decision: topic, part: R")]),
        (
            "a line for a stranger",
            &[("who: [writer], decision: topic, part: R", "who: [winter], decision: topic, part: R")],
        ),
        ("a line for no channel", &[("part: R, why", "part: R, channels: [flor], why")]),
        ("a line without why", &[("why: All else.", "why: ' '")]),
        ("a gate that nobody opens", &[("by: [boss], why: Our", "by: [], why: Our")]),
        ("a gate of a stranger", &[("by: [boss], why: Our", "by: [bos], why: Our")]),
        (
            "an act of an unknown decision",
            &[("L4, by: [writer], decision: topic", "L4, by: [writer], decision: topics")],
        ),
        (
            "an act that the matrix forbids",
            &[("{ hand: P, head: A }", "{ hand: C, head: A }"), ("part: R, why", "part: C, why")],
        ),
    ];
    let said: Vec<_> =
        cases.iter().map(|(what, changes)| format!("{what}\n  {}", with(changes).join("\n  "))).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn every_fault_of_what_goes_to_people_says_where_it_is_and_what_to_do() {
    let criteria = "tools: [speak]\nfor_people:\n  - about: money\n    kind: amount\n    words: [deal]\n  - about: ''\n    kind: mood\n    words: ['*']\n";
    assert_eq!(
        with_writer(&[("tools: [speak]\n", criteria)]),
        [
            "p/writer.yaml:22: for_people[0].above: an amount needs a bound; write above: 500",
            "p/writer.yaml:25: for_people[1].about: nothing stands here; say what it is about",
            "p/writer.yaml:27: for_people[1].words: an entry has fewer than two letters, and would be met by nearly everything; write it out",
        ]
    );
    let team = format!("{TEAM}\nescalation:\n  deadlines: {{ medium: 2h, high: 3h }}\n");
    let texts =
        [("team.yaml", team.as_str()), ("brand.yaml", BRAND), ("boss.yaml", &boss()), ("writer.yaml", &writer(&[]))];
    let found = faults(&load(&texts, None));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].ends_with("escalation.deadlines.high: high waits longer than medium; give it less time"),
        "{found:?}"
    );
}
