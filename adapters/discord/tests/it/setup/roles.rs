//! The roles that stand for personas.

use bullpen_discord_fake::permissions;

use super::Scene;

/// The role of ours: the one that nothing but the test below has made.
fn ours(scene: &Scene, theirs: u64) -> bullpen_discord_fake::Role {
    let mut found: Vec<_> = scene.fake.roles().into_iter().filter(|r| r.name == "cmo" && r.id != theirs).collect();
    assert_eq!(found.len(), 1, "there is one beside people's: {found:?}");
    found.remove(0)
}

#[tokio::test]
async fn a_role_that_people_have_a_use_for_is_left_alone() {
    let scene = Scene::within().await;
    let theirs = scene.fake.role("cmo", permissions::SEND_MESSAGES);
    let said = scene.waiting().await;
    assert!(said.contains("a role @cmo that people have a use for") && said.contains("rename people's"), "{said}");
    let own = ours(&scene, theirs);
    assert_eq!((own.permissions, own.mentionable), (0, true));
    let kept = scene.fake.roles().into_iter().find(|role| role.id == theirs).unwrap();
    assert_eq!(kept.permissions, permissions::SEND_MESSAGES);
    scene.role("content_manager");
}

#[tokio::test]
async fn a_role_that_somebody_holds_is_not_taken_for_a_personas_whatever_it_looks_like() {
    let scene = Scene::within().await;
    let theirs = scene.fake.role("cmo", 0);
    scene.fake.change_role(theirs, 0, true);
    scene.fake.give(scene.ann, theirs);
    let free = scene.fake.role("content_manager", 0);
    scene.fake.change_role(free, 0, true);
    let said = scene.waiting().await;
    assert!(said.contains("a role @cmo that people have a use for"), "{said}");
    assert!(!said.contains("a role @content_manager"), "{said}");
    let own = ours(&scene, theirs).id;
    assert_eq!(scene.role("content_manager").id, free, "nobody holds that one");
    let before = scene.writes();
    let said = scene.waiting().await;
    assert!(said.contains("a role @cmo that people have a use for"), "it is said until it is mended: {said}");
    assert_eq!((scene.writes(), ours(&scene, theirs).id), (before, own));
    scene.fake.delete_role(theirs);
    scene.ready().await;
    assert_eq!(scene.role("cmo").id, own);
}

#[tokio::test]
async fn a_role_of_ours_gets_no_rights() {
    let scene = Scene::within().await;
    scene.ready().await;
    scene.fake.change_role(scene.role("cmo").id, permissions::MANAGE_CHANNELS, false);
    let said = scene.ready().await;
    assert!(said.contains("@cmo has no rights and is mentionable again"), "{said}");
    let role = scene.role("cmo");
    assert_eq!((role.permissions, role.mentionable), (0, true));

    scene.fake.change_role(role.id, permissions::MANAGE_CHANNELS, true);
    scene.fake.move_role(role.id, 30);
    let said = scene.waiting().await;
    assert!(said.contains("drag the role “Bullpen” above @cmo"), "{said}");
}

#[tokio::test]
async fn a_full_guild_goes_without_roles() {
    let scene = Scene::within().await;
    while scene.fake.roles().len() < 229 {
        scene.fake.role("colour", 0);
    }
    let said = scene.waiting().await;
    assert!(said.contains("Discord allows 250: @content_manager have none"), "{said}");
    scene.role("cmo");
    assert!(!said.contains("@cmo have none"), "{said}");
    scene.channel("decisions");
}
