use std::fs;
use std::path::Path;

use super::*;

/// The playbooks that are shipped.
const PLAYBOOKS: [&str; 5] = ["campaign", "content", "follow_up", "messaging", "statement"];

/// A copy of the shipped team in a folder of its own, and an office over it.
struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/personas")), &dir.path().join("personas"));
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("personas/marketing").join(name)
    }

    fn config(&self) -> Config {
        Config::load(&|_| None, self.dir.path()).expect("a configuration")
    }

    fn open(&self) -> Office {
        Office::open(&self.config()).expect("an office")
    }

    fn change(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).expect("a file");
        assert!(text.contains(from), "{name} has no {from:?}");
        fs::write(self.path(name), text.replace(from, to)).expect("written");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

fn handle(text: &str) -> Handle {
    Handle::parse(text).expect("a handle")
}

fn faults(office: &Office, dir: &World) -> Vec<String> {
    let prefix = format!("{}/", dir.dir.path().display());
    office.faults().iter().map(|fault| fault.to_string().replace(&prefix, "")).collect()
}

#[test]
fn the_shipped_department_loads_from_its_folder_and_from_the_program() {
    let world = World::new();
    let office = world.open();
    let directory = office.directory();
    assert_eq!(directory.personas.len(), 14);
    assert_eq!(directory.playbooks.keys().collect::<Vec<_>>(), PLAYBOOKS);
    assert_eq!(office.faults(), []);
    assert!(directory.may("you", org::Right::Approve));

    let bare = tempfile::tempdir().expect("a directory");
    let config = Config::load(&|_| None, bare.path()).expect("a configuration");
    let built_in = Office::open(&config).expect("an office");
    assert_eq!(built_in.folder(), None);
    assert!(!differ(&built_in.directory(), &directory));
}

#[test]
fn a_look_at_unchanged_files_changes_nothing() {
    let world = World::new();
    let office = world.open();
    assert!(!office.look());
    // Written again, with the same words.
    let text = fs::read_to_string(world.path("cmo.yaml")).expect("a file");
    fs::write(world.path("cmo.yaml"), text).expect("written");
    assert!(!office.look());
    assert_eq!(*office.subscribe().borrow(), 1);
}

#[test]
fn a_changed_persona_takes_effect_and_the_others_stay_the_same_ones() {
    let world = World::new();
    let office = world.open();
    let (before, mut versions) = (office.directory(), office.subscribe());
    world.change("copywriter.yaml", "name: Sofia Lindqvist", "name: Sofia Berg");
    assert!(office.look());
    assert!(versions.has_changed().expect("an office"));
    assert_eq!(*versions.borrow_and_update(), 2);
    let now = office.directory();
    assert_eq!(now.personas[&handle("copywriter")].name, "Sofia Berg");
    assert_eq!(before.personas[&handle("copywriter")].name, "Sofia Lindqvist", "what somebody holds does not change");
    assert!(Arc::ptr_eq(&now.personas[&handle("cmo")], &before.personas[&handle("cmo")]));
}

#[test]
fn a_broken_file_keeps_what_it_held_until_it_is_mended() {
    let world = World::new();
    let office = world.open();
    world.change("copywriter.yaml", "layer: specialists", "layer: specialists\ncolour: blue");
    world.change("team.yaml", "level: L3", "level: L9");
    world.change("brand.yaml", "https://lanternfield.example\n", "nowhere\n");
    world.change("playbooks/content.yaml", "needs: [research, numbers, keywords]", "needs: [reserch]");
    assert!(office.look(), "the faults are news");
    let directory = office.directory();
    assert_eq!(directory.personas.len(), 14);
    assert_eq!(directory.playbooks.len(), PLAYBOOKS.len());
    let found = faults(&office, &world);
    for (file, field) in [
        ("personas/marketing/copywriter.yaml:5", "colour: there is no such field"),
        ("personas/marketing/team.yaml:44", "autonomy.publish.article.level: "),
        ("personas/marketing/brand.yaml:5", "site_url: "),
        ("personas/marketing/playbooks/content.yaml:66", "steps[3].needs: there is no step \"reserch\""),
    ] {
        assert!(
            found.iter().any(|fault| fault.starts_with(file) && fault.contains(field)),
            "{file} {field}: {found:#?}"
        );
    }
    assert!(!office.look(), "nothing is new");

    world.change("copywriter.yaml", "\ncolour: blue", "");
    assert!(office.look());
    assert_eq!(office.faults().len(), found.len() - 1);
    assert!(faults(&office, &world).iter().all(|fault| !fault.contains("copywriter")));
}

#[test]
fn a_persona_may_come_and_go() {
    let world = World::new();
    let office = world.open();
    let text = fs::read_to_string(world.path("designer.yaml")).expect("a file");
    let twin = text.replace("handle: designer", "handle: illustrator");
    fs::write(world.path("illustrator.yaml"), twin).expect("written");
    assert!(office.look());
    assert!(office.directory().personas.contains_key(&handle("illustrator")));
    fs::remove_file(world.path("illustrator.yaml")).expect("removed");
    assert!(office.look());
    assert!(!office.directory().personas.contains_key(&handle("illustrator")));
    assert_eq!(office.faults(), []);
}

#[test]
fn a_playbook_stays_in_force_when_somebody_it_names_leaves() {
    let world = World::new();
    let office = world.open();
    fs::remove_file(world.path("seo_specialist.yaml")).expect("removed");
    assert!(office.look());
    assert!(!office.directory().personas.contains_key(&handle("seo_specialist")));
    assert!(office.directory().playbooks.contains_key("content"), "what is under way goes on by it");
    let found = faults(&office, &world);
    assert!(
        found.iter().any(|fault| fault.contains("content.yaml:") && fault.contains("seo_specialist")),
        "{found:#?}"
    );
}

#[test]
fn a_start_with_a_broken_persona_goes_without_it_and_says_so() {
    let world = World::new();
    world.change("market_research.yaml", "handle: market_research", "hendle: market_research");
    let office = world.open();
    let directory = office.directory();
    assert_eq!(directory.personas.len(), 13);
    assert!(!directory.playbooks.contains_key("content"), "it cannot be carried out without her");
    assert!(directory.playbooks.contains_key("follow_up"));
    assert!(faults(&office, &world).iter().any(|fault| fault.contains("market_research.yaml:1: hendle")));
    world.change("market_research.yaml", "hendle: market_research", "handle: market_research");
    assert!(office.look());
    assert_eq!(office.faults(), []);
    assert_eq!((office.directory().personas.len(), office.directory().playbooks.len()), (14, PLAYBOOKS.len()));
}

#[test]
fn nothing_goes_out_under_the_rules_of_something_else() {
    let world = World::new();
    let office = world.open();
    world.change("playbooks/content.yaml", "action: publish.article", "action: report.figures");
    assert!(office.look());
    let found = faults(&office, &world);
    let told = "action: publish_page is not report.figures; it is one of publish.article";
    assert!(found.iter().any(|fault| fault.contains("content.yaml:") && fault.contains(told)), "{found:#?}");
    let kept = &office.directory().playbooks["content"];
    assert!(kept.steps.iter().any(|step| step.action.as_deref() == Some("publish.article")), "what it held stays");
}

#[test]
fn a_folder_that_vanishes_takes_nothing_with_it() {
    let world = World::new();
    let office = world.open();
    let (here, away) = (world.dir.path().join("personas"), world.dir.path().join("elsewhere"));
    fs::rename(&here, &away).expect("moved");
    assert!(office.look());
    assert_eq!((office.directory().personas.len(), office.directory().playbooks.len()), (14, PLAYBOOKS.len()));
    assert_eq!(office.faults().len(), 1);
    assert!(!office.look());
    fs::rename(&away, &here).expect("moved back");
    assert!(office.look());
    assert_eq!(office.faults(), []);
}

#[test]
fn a_file_that_is_no_text_is_told_by_its_line() {
    let world = World::new();
    let office = world.open();
    fs::write(world.path("cmo.yaml"), b"handle: cmo\nname: \xff\n").expect("written");
    assert!(office.look());
    let expected = "personas/marketing/cmo.yaml: line 2 is not UTF-8; save the file as plain UTF-8 text";
    assert_eq!(faults(&office, &world), [expected]);
    assert_eq!(office.directory().personas.len(), 14);
}

#[test]
fn nothing_to_load_is_an_error_that_says_why() {
    let world = World::new();
    fs::write(world.path("team.yaml"), "nonsense: 1\n").expect("written");
    let Err(error) = Office::open(&world.config()) else { panic!("there is no team") };
    assert!(error.to_string().contains("team.yaml:1: nonsense: there is no such field"), "{error}");

    let bare = tempfile::tempdir().expect("a directory");
    fs::create_dir(bare.path().join("personas")).expect("a folder");
    let config = Config::load(&|_| None, bare.path()).expect("a configuration");
    let Err(error) = Office::open(&config) else { panic!("there is no team") };
    assert!(error.to_string().contains("personas/marketing: the folder cannot be read"), "{error}");
}

#[test]
fn a_person_and_a_persona_may_not_share_a_name() {
    let world = World::new();
    let people = "people:\n  - { name: Ana, rights: [command] }\n  - { name: Content Manager }\n";
    fs::write(world.dir.path().join("bullpen.yaml"), people).expect("written");
    let Err(error) = Office::open(&world.config()) else { panic!("two of one name") };
    let error = error.to_string();
    assert!(error.contains("bullpen.yaml:3: people[1].name: @content_manager is a persona"), "{error}");

    fs::write(world.dir.path().join("bullpen.yaml"), "people: [{ name: Ana }]\n").expect("written");
    let office = world.open();
    world.change("designer.yaml", "handle: designer", "handle: ana");
    assert!(office.look());
    assert!(office.directory().personas.contains_key(&handle("designer")), "the last good one");
    assert!(!office.directory().personas.contains_key(&handle("ana")));
    assert!(faults(&office, &world).iter().any(|fault| fault.contains("handle: Ana is a person's name")));
}

#[tokio::test]
async fn the_job_looks_by_itself_and_ends_when_told() {
    let world = World::new();
    let office = Arc::new(world.open());
    let shutdown = CancellationToken::new();
    let job = tokio::spawn(Arc::clone(&office).run(shutdown.clone()));
    let mut versions = office.subscribe();
    world.change("cmo.yaml", "name: Amara Okafor", "name: Amara Obi");
    versions.wait_for(|version| *version == 2).await.expect("a change");
    assert_eq!(office.directory().personas[&handle("cmo")].name, "Amara Obi");
    shutdown.cancel();
    job.await.expect("an orderly end");
}
