//! What events change in what is known of the guild.

use serde_json::{Value, json};

use super::{Guild, Seen};
use crate::parse::tests::world::{GUILD, LOUNGE, MANAGEMENT, THREAD, guild};

fn filled() -> Guild {
    let known = Guild::new(Some(GUILD));
    known.apply("GUILD_CREATE", &guild());
    known
}

fn of(guild: u64, fields: Value) -> Value {
    let mut event = json!({ "guild_id": guild.to_string() });
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    event
}

#[test]
fn the_guild_is_the_configured_one_or_the_only_one() {
    let ready =
        |ids: &[u64]| json!({ "guilds": ids.iter().map(|id| json!({ "id": id.to_string() })).collect::<Vec<_>>() });
    let only = Guild::new(None);
    only.apply("READY", &ready(&[GUILD]));
    assert_eq!((only.id(), only.is_filled()), (Some(GUILD), false));
    only.apply("GUILD_CREATE", &guild());
    assert!(only.is_filled() && only.channel(MANAGEMENT).is_some());
    let several = Guild::new(None);
    several.apply("READY", &ready(&[GUILD, 5]));
    several.apply("GUILD_CREATE", &guild());
    assert_eq!((several.id(), several.is_filled()), (None, false), "nobody said which is meant");
    let other = Guild::new(Some(5));
    other.apply("GUILD_CREATE", &guild());
    assert!(!other.is_filled() && other.channels().is_empty());
}

#[test]
fn what_another_guild_holds_changes_nothing() {
    let known = filled();
    let before = known.channels();
    known.apply("CHANNEL_UPDATE", &of(5, json!({ "id": MANAGEMENT.to_string(), "type": 4, "name": "x" })));
    known.apply("CHANNEL_DELETE", &of(5, json!({ "id": MANAGEMENT.to_string() })));
    known.apply("GUILD_ROLE_DELETE", &of(5, json!({ "role_id": GUILD.to_string() })));
    known.apply("CHANNEL_DELETE", &json!({ "id": MANAGEMENT.to_string() }));
    assert_eq!(known.channels(), before);
    assert!(known.role(GUILD).is_some());
}

#[test]
fn threads_are_ours_with_their_channel() {
    let known = filled();
    assert!(!known.is_ours(MANAGEMENT) && !known.knows_ours());
    known.set_ours([("management".to_owned(), MANAGEMENT)].into());
    assert!(known.is_ours(MANAGEMENT) && known.is_ours(THREAD) && !known.is_ours(LOUNGE) && !known.is_ours(0));
    let made = of(GUILD, json!({ "id": "77", "type": 11, "name": "t", "parent_id": LOUNGE.to_string() }));
    known.apply("THREAD_CREATE", &made);
    assert!(!known.is_ours(77), "a thread where we only listen");
    // What is said of a category is no thread.
    let channel = of(GUILD, json!({ "id": "78", "type": 0, "name": "c", "parent_id": MANAGEMENT.to_string() }));
    known.apply("CHANNEL_CREATE", &channel);
    assert_eq!((known.parent_of(78), known.is_ours(78)), (78, false));
}

#[test]
fn threads_sleep_and_go_with_their_channel() {
    let known = filled();
    let asleep = of(
        GUILD,
        json!({ "id": THREAD.to_string(), "type": 11, "name": "t", "parent_id": MANAGEMENT.to_string(),
        "thread_metadata": { "archived": true, "locked": true } }),
    );
    known.apply("THREAD_UPDATE", &asleep);
    let thread = known.channel(THREAD).unwrap();
    assert!(thread.archived && thread.locked && thread.thread);
    known.apply("THREAD_LIST_SYNC", &of(GUILD, json!({ "threads": [guild()["threads"][0]], "members": [] })));
    assert!(!known.channel(THREAD).unwrap().archived);
    known.apply("CHANNEL_DELETE", &of(GUILD, json!({ "id": MANAGEMENT.to_string(), "type": 0 })));
    assert_eq!((known.channel(MANAGEMENT), known.channel(THREAD)), (None, None));
    assert_eq!(known.parent_of(THREAD), MANAGEMENT, "what was said in it may still be read");
}

#[test]
fn members_come_change_and_go() {
    let known = filled();
    let member = |fields: Value| of(GUILD, fields);
    known.apply(
        "GUILD_MEMBER_ADD",
        &member(json!({ "user": { "id": "9", "username": "bo", "global_name": "Bo" }, "roles": [] })),
    );
    assert_eq!(known.member(9).unwrap().name, "Bo");
    let named = json!({ "user": { "id": "9", "username": "bo" }, "nick": "Bo\nOkoro", "roles": ["5"] });
    known.apply("GUILD_MEMBER_UPDATE", &member(named));
    let bo = known.member(9).unwrap();
    assert_eq!((bo.name.as_str(), &bo.roles[..]), ("Bo Okoro", &[5][..]));
    known.apply("GUILD_MEMBER_REMOVE", &member(json!({ "user": { "id": "9" } })));
    assert_eq!((known.member(9), known.members.seen(9)), (None, Some(Seen::Gone)));
    known.apply("READY", &json!({ "guilds": [] }));
    assert_eq!(known.members.seen(9), None, "events may have been missed");
    let nobody = json!({ "user": { "id": "8", "username": "\u{202e}" }, "roles": ["x", 6] });
    known.apply("GUILD_MEMBER_ADD", &member(nobody));
    assert_eq!((known.member(8).unwrap().name.as_str(), known.member(8).unwrap().roles), ("8", vec![6]));
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    let known = filled();
    let kinds = [
        "READY",
        "GUILD_CREATE",
        "GUILD_DELETE",
        "CHANNEL_CREATE",
        "THREAD_LIST_SYNC",
        "GUILD_ROLE_CREATE",
        "GUILD_MEMBER_ADD",
        "MESSAGE_CREATE",
        "VOICE_STATE_UPDATE",
    ];
    let before = (known.channels(), known.role(GUILD));
    for kind in kinds {
        for broken in [
            json!(null),
            json!([]),
            json!({}),
            json!("x"),
            of(GUILD, json!({ "id": {}, "role": 5, "threads": 6, "user": [] })),
        ] {
            known.apply(kind, &broken);
        }
    }
    assert_eq!((known.channels(), known.role(GUILD)), before);
}

#[test]
fn what_calls_tell_fills_the_gaps_and_no_more() {
    let known = Guild::new(Some(GUILD));
    let renamed = of(GUILD, json!({ "id": MANAGEMENT.to_string(), "type": 0, "name": "renamed" }));
    known.apply("CHANNEL_UPDATE", &renamed);
    assert!(!known.is_filled());
    let guild = guild();
    known.found(&guild, &guild["channels"], &json!({ "threads": guild["threads"], "members": [] }));
    assert!(known.is_filled() && known.role(GUILD).is_some());
    assert_eq!(known.channel(MANAGEMENT).unwrap().name, "renamed", "the event is newer than the call");
    assert_eq!((known.channel(LOUNGE).unwrap().name.as_str(), known.parent_of(THREAD)), ("cmo-lounge", MANAGEMENT));
}
