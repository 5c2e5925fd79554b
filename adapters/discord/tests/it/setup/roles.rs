//! The roles that stand for personas.

use bullpen_discord_fake::permissions;

use super::Scene;

#[tokio::test]
async fn a_role_that_people_have_a_use_for_is_left_alone() {
    let scene = Scene::within().await;
    let theirs = scene.fake.role("cmo", permissions::SEND_MESSAGES);
    let said = scene.waiting().await;
    assert!(said.contains("a role @cmo already") && said.contains("Rename it"), "{said}");
    assert_eq!(scene.role("cmo").id, theirs, "no second one");
    assert_eq!(scene.role("cmo").permissions, permissions::SEND_MESSAGES);
    scene.role("content_manager");
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
