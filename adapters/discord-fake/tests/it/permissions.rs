use bullpen_discord_fake::{Settings, permissions as p};
use serde_json::json;

use crate::world::{RIGHTS, World};

#[tokio::test]
async fn overwrites_count_from_everyone_over_roles_to_the_member() {
    let world = World::new();
    let (fake, channel, guild) = (&world.fake, world.channel, world.fake.guild());
    let (one, other) = (fake.role("one", 0), fake.role("other", 0));
    fake.give(world.ann, one);
    fake.give(world.ann, other);
    let may = || fake.permissions(world.ann, channel) & p::SEND_MESSAGES != 0;
    assert!(may());
    fake.permit(channel, guild, 0, p::SEND_MESSAGES);
    assert!(!may(), "denied to everyone");
    fake.permit(channel, one, p::SEND_MESSAGES, 0);
    assert!(may(), "allowed to a role");
    fake.permit(channel, other, 0, p::SEND_MESSAGES);
    assert!(may(), "of two roles, the one that allows counts");
    fake.permit(channel, world.ann, 0, p::SEND_MESSAGES);
    assert!(!may(), "the member's own counts last");
    let chief = fake.role("chief", p::ADMINISTRATOR);
    fake.give(world.ann, chief);
    assert!(may(), "administrators may everything");
}

#[tokio::test]
async fn a_hidden_channel_is_missing_access_and_not_missing_permissions() {
    let world = World::new();
    let body = Some(json!({"content": "x"}));
    world.fake.permit(world.channel, world.bot.user, 0, p::SEND_MESSAGES);
    assert_eq!(world.refusal("POST", &world.messages(), body.clone()).await, (403, 50013));
    world.fake.hide(world.channel, world.fake.guild());
    assert_eq!(world.refusal("POST", &world.messages(), body).await, (403, 50001));
    assert_eq!(world.fake.permissions(world.ann, world.channel), 0, "who does not see a channel may nothing in it");
}

#[tokio::test]
async fn embeds_and_files_and_webhooks_need_rights_of_their_own() {
    let world = World::with(Settings::quick(), RIGHTS & !p::MANAGE_WEBHOOKS);
    let embed = json!({"embeds": [{"title": "a card"}]});
    world.fake.permit(world.channel, world.bot.user, 0, p::EMBED_LINKS);
    assert_eq!(world.refusal("POST", &world.messages(), Some(embed)).await, (403, 50013));
    let path = format!("/channels/{}/webhooks", world.channel);
    assert_eq!(world.refusal("POST", &path, Some(json!({"name": "x"}))).await, (403, 50013));
    assert_eq!(world.refusal("GET", &path, None).await, (403, 50013));
    let nobody = World::with(Settings::quick(), 0);
    let channels = format!("/guilds/{}/channels", nobody.fake.guild());
    assert_eq!(nobody.refusal("POST", &channels, Some(json!({"name": "x"}))).await, (403, 50013));
    let roles = format!("/guilds/{}/roles", nobody.fake.guild());
    assert_eq!(nobody.refusal("POST", &roles, Some(json!({"name": "x"}))).await, (403, 50013));
}
