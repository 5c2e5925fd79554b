use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// What each method that we may call needs, by Slack's reference. Of conversations, what each kind of them needs.
const METHODS: &[(&str, &[&str])] = &[
    ("apps.connections.open", &[]),
    ("apps.manifest.create", &[]),
    ("apps.manifest.export", &[]),
    ("apps.manifest.update", &[]),
    ("assistant.threads.setStatus", &["chat:write"]),
    ("auth.test", &[]),
    ("bots.info", &["users:read"]),
    ("chat.delete", &["chat:write"]),
    ("chat.getPermalink", &[]),
    ("chat.postEphemeral", &["chat:write"]),
    ("chat.postMessage", &["chat:write"]),
    ("chat.update", &["chat:write"]),
    ("conversations.create", &["channels:manage"]),
    ("conversations.history", &["channels:history", "groups:history", "im:history", "mpim:history"]),
    ("conversations.info", &["channels:read", "groups:read", "im:read", "mpim:read"]),
    ("conversations.invite", &["channels:manage"]),
    ("conversations.join", &["channels:join"]),
    ("conversations.list", &["channels:read", "groups:read"]),
    ("conversations.members", &["channels:read", "groups:read", "im:read", "mpim:read"]),
    ("conversations.open", &["im:write"]),
    ("conversations.replies", &["channels:history", "groups:history", "im:history", "mpim:history"]),
    ("conversations.setTopic", &["channels:manage"]),
    ("files.completeUploadExternal", &["files:write"]),
    ("files.getUploadURLExternal", &["files:write"]),
    ("reactions.add", &["reactions:write"]),
    ("reactions.get", &["reactions:read"]),
    ("reactions.remove", &["reactions:write"]),
    ("usergroups.list", &["usergroups:read"]),
    ("users.conversations", &["channels:read", "groups:read", "im:read", "mpim:read"]),
    ("users.info", &["users:read"]),
    ("users.lookupByEmail", &["users:read.email"]),
    ("views.publish", &[]),
];

/// Scopes that no method asks for: arguments, answers, events and commands do.
const OTHERWISE: [&str; 5] =
    ["app_mentions:read", "chat:write.customize", "chat:write.public", "commands", "metadata.message:read"];

/// The methods whose names stand in our sources.
fn called() -> BTreeSet<String> {
    fn look(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
            } else if path.extension().is_some_and(|ext| ext == "rs")
                // Lists of methods, here and of limits, call none of them.
                && !path.ends_with("scopes/tests.rs")
                && !path.ends_with("limit.rs")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                found.extend(text.split('"').filter(|word| is_method(word)).map(str::to_owned));
            }
        }
    }
    let mut found = BTreeSet::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn is_method(word: &str) -> bool {
    let families =
        ["apps", "assistant", "auth", "bots", "chat", "conversations", "emoji", "files", "pins", "reactions"];
    let more = ["team", "usergroups", "users", "views"];
    let Some((family, rest)) = word.split_once('.') else { return false };
    families.iter().chain(&more).any(|known| *known == family)
        && rest.starts_with(|c: char| c.is_ascii_lowercase())
        && rest.chars().all(|c| c.is_ascii_alphabetic() || c == '.')
        // A scope or an event of that family has another form, a file's name another end.
        && !rest.ends_with(".rs")
}

#[test]
fn every_method_that_is_called_has_its_scopes() {
    let has: BTreeSet<&str> = SCOPES.iter().map(|scope| scope.name).collect();
    let called = called();
    assert!(called.contains("chat.postMessage") && called.contains("auth.test"), "the sources are read: {called:?}");
    for method in &called {
        let known = METHODS.iter().find(|(name, _)| name == method);
        let (_, needs) = known.unwrap_or_else(|| panic!("say here which scopes {method} needs, and ask for them"));
        for scope in *needs {
            assert!(has.contains(scope), "{method} needs {scope}, which the manifest does not ask for");
        }
    }
}

#[test]
fn every_scope_is_used() {
    let called = called();
    let used: BTreeSet<&str> = METHODS
        .iter()
        .filter(|(name, _)| called.contains(*name))
        .flat_map(|(_, needs)| needs.iter().copied())
        .collect();
    for scope in SCOPES {
        assert!(used.contains(scope.name) || OTHERWISE.contains(&scope.name), "nothing uses {}", scope.name);
    }
}

#[test]
fn the_guide_names_every_scope() {
    let guide = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/slack.md")).unwrap();
    for scope in SCOPES {
        assert!(guide.contains(&format!("`{}`", scope.name)), "docs/slack.md does not explain {}", scope.name);
    }
}

#[test]
fn scopes_and_events_stand_once_and_in_order() {
    assert!(SCOPES.is_sorted_by(|a, b| a.name < b.name));
    assert!(EVENTS.is_sorted_by(|a, b| a < b));
}

#[test]
fn a_persona_of_its_own_gets_less() {
    let dedicated: Vec<_> = needed(true).map(|scope| scope.name).collect();
    assert!(!dedicated.contains(&"chat:write.customize") && !dedicated.contains(&"channels:manage"));
    assert_eq!(needed(false).count(), SCOPES.len());
}
