use serde_json::json;

use super::*;

const GUILD: u64 = 1;
const OWNER: u64 = 2;
const BOT: u64 = 3;
const STAFF: u64 = 10;
const MUTED: u64 = 11;

fn role(id: u64, permissions: Permissions, position: i64) -> Role {
    let text = permissions.bits().to_string();
    let role = json!({ "id": id.to_string(), "name": format!("role {id}"), "permissions": text, "position": position,
        "hoist": false, "managed": false, "mentionable": false, "color": 0, "flags": 0 });
    serde_json::from_value(role).unwrap()
}

fn channel(id: u64, name: &str, parent: Option<u64>, overwrites: &[(u64, u8, Permissions, Permissions)]) -> Channel {
    let overwrites: Vec<_> = overwrites
        .iter()
        .map(|(id, kind, allow, deny)| {
            let (allow, deny) = (allow.bits().to_string(), deny.bits().to_string());
            json!({ "id": id.to_string(), "type": kind, "allow": allow, "deny": deny })
        })
        .collect();
    let parent = parent.map(|id| id.to_string());
    let channel = json!({ "id": id.to_string(), "type": 0, "name": name, "topic": null, "parent_id": parent,
        "permission_overwrites": overwrites });
    serde_json::from_value(channel).unwrap()
}

fn guild(channels: Vec<Channel>) -> Survey {
    let everybody = role(GUILD, Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES, 0);
    let roles = vec![everybody, role(STAFF, Permissions::MANAGE_CHANNELS, 5), role(MUTED, Permissions::empty(), 3)];
    Survey { id: GUILD, name: "Shop".into(), owner: OWNER, roles, holders: None, channels }
}

fn bot(roles: &[u64]) -> Standing {
    Standing { user: BOT, roles: roles.iter().map(|id| RoleId::new(*id)).collect() }
}

#[test]
fn rights_are_the_sum_of_roles() {
    let guild = guild(Vec::new());
    assert_eq!(guild.rights(&bot(&[])), Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES);
    assert!(guild.rights(&bot(&[STAFF, MUTED])).contains(Permissions::MANAGE_CHANNELS));
    assert_eq!(guild.rights(&Standing { user: OWNER, roles: Vec::new() }), Permissions::all());
}

#[test]
fn an_administrator_may_do_everything_whatever_channels_say() {
    let mut guild = guild(vec![channel(20, "secret", None, &[(GUILD, 0, Permissions::empty(), Permissions::all())])]);
    guild.roles.push(role(12, Permissions::ADMINISTRATOR, 9));
    assert_eq!(guild.rights_in(&bot(&[12]), &guild.channels[0]), Permissions::all());
}

#[test]
fn channels_give_and_take_in_discords_order() {
    let (view, send) = (Permissions::VIEW_CHANNEL, Permissions::SEND_MESSAGES);
    let none = Permissions::empty();
    // Hidden from everybody, shown to the staff, silent for the muted, and the bot itself may write.
    let guild = guild(vec![
        channel(20, "staff", None, &[(GUILD, 0, none, view), (STAFF, 0, view, none), (MUTED, 0, none, send)]),
        channel(21, "own", None, &[(GUILD, 0, none, view), (MUTED, 0, none, send), (BOT, 1, view | send, none)]),
        channel(22, "both", None, &[(STAFF, 0, send, none), (MUTED, 0, none, send)]),
    ]);
    let rights = |roles: &[u64], index: usize| guild.rights_in(&bot(roles), &guild.channels[index]);
    assert_eq!(rights(&[], 0), none, "who does not see a channel may do nothing in it");
    assert!(rights(&[STAFF], 0).contains(view | send));
    assert!(!rights(&[STAFF, MUTED], 0).contains(send));
    assert!(rights(&[MUTED], 1).contains(view | send), "the member's own goes before the roles'");
    assert!(rights(&[STAFF, MUTED], 2).contains(send), "what one role gives goes before what another takes");
}

#[test]
fn only_channels_in_the_category_are_the_departments() {
    let hidden = [(GUILD, 0, Permissions::empty(), Permissions::VIEW_CHANNEL)];
    let guild = guild(vec![
        channel(20, "decisions", None, &[]),
        channel(21, "decisions", Some(8), &[]),
        channel(22, "decisions", Some(9), &hidden),
        channel(23, "decisions", Some(9), &[]),
        channel(24, "all-hands", Some(9), &[]),
    ]);
    let named = |name: &str, category| guild.named(name, category, &bot(&[])).map(|channel| channel.id.get());
    assert_eq!(named("decisions", Some(9)), Some(23), "one that the bot sees first");
    assert_eq!(named("Decisions", None), None);
    assert_eq!(named("All Hands", Some(9)), Some(24));
    assert_eq!(named("decisions", Some(8)), Some(21));
    assert_eq!(named("published", Some(9)), None);
}

#[test]
fn a_role_is_managed_only_from_above() {
    let guild = guild(Vec::new());
    let (staff, muted) = (&guild.roles[1], &guild.roles[2]);
    assert!(guild.below(&bot(&[STAFF]), muted) && !guild.below(&bot(&[MUTED]), staff));
    assert!(!guild.below(&bot(&[STAFF]), staff), "not its own");
    let twin = role(STAFF + 90, Permissions::empty(), 5);
    assert!(guild.below(&bot(&[STAFF]), &twin), "of two in one place the older is higher");
}
