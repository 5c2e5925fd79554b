use bullpen_discord_fake::{BotPlan, UserPlan, intents, permissions};
use serde_json::{Value, json};

use crate::world::{RIGHTS, World, id};

#[tokio::test]
async fn a_mentionable_powerless_role_is_made_changed_and_given() {
    let world = World::new();
    let path = format!("/guilds/{}/roles", world.fake.guild());
    let body = json!({"name": "cmo", "permissions": "0", "mentionable": true, "hoist": false, "color": 0x33_66_99});
    let role = world.done("POST", &path, Some(body)).await;
    assert_eq!((&role["permissions"], &role["mentionable"], &role["position"]), (&json!("0"), &json!(true), &json!(1)));
    let one = format!("{path}/{}", id(&role));
    assert_eq!(world.done("PATCH", &one, Some(json!({"name": "chief"}))).await["name"], "chief");
    let given = format!("/guilds/{}/members/{}/roles/{}", world.fake.guild(), world.ann, id(&role));
    world.done("PUT", &given, None).await;
    let member = world.get(&format!("/guilds/{}/members/{}", world.fake.guild(), world.ann)).await;
    assert_eq!(member["roles"], json!([id(&role).to_string()]));
    world.done("DELETE", &given, None).await;
    world.done("DELETE", &one, None).await;
    assert_eq!(world.refusal("GET", &one, None).await, (404, 10011));
    assert_eq!(world.get(&path).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn roles_above_ones_own_are_out_of_reach() {
    let world = World::new();
    let path = format!("/guilds/{}/roles", world.fake.guild());
    let high = world.fake.role("high", 0);
    world.fake.move_role(high, 9);
    let own = world.fake.roles().into_iter().find(|role| role.bot == Some(world.bot.user)).unwrap();
    assert_eq!(own.position, 1);
    for role in [high, own.id] {
        let change = Some(json!({"mentionable": true}));
        assert_eq!(world.refusal("PATCH", &format!("{path}/{role}"), change).await, (403, 50013));
    }
    let given = format!("/guilds/{}/members/{}/roles/{high}", world.fake.guild(), world.ann);
    assert_eq!(world.refusal("PUT", &given, None).await, (403, 50013));
    let new = id(&world.done("POST", &path, Some(json!({"name": "low", "permissions": "0"}))).await);
    let arranged = json!([{"id": new.to_string(), "position": 3}]);
    assert_eq!(world.refusal("PATCH", &path, Some(arranged)).await, (403, 50013));
    let mighty = json!({"name": "mighty", "permissions": permissions::ADMINISTRATOR.to_string()});
    assert_eq!(world.refusal("POST", &path, Some(mighty)).await, (403, 50013), "nobody gives what they have not");
}

#[tokio::test]
async fn members_are_found_by_name_and_listed_with_the_toggle_only() {
    let world = World::new();
    let cat = world.fake.user(UserPlan::member("cat").nick("Annabel"));
    let search = format!("/guilds/{}/members/search?query=ann&limit=10", world.fake.guild());
    let found = world.get(&search).await;
    let ids: Vec<u64> = found.as_array().unwrap().iter().map(|m| id(&m["user"])).collect();
    assert_eq!(ids, [world.ann, cat]);
    let list = format!("/guilds/{}/members?limit=2&after={}", world.fake.guild(), world.bot.user);
    assert_eq!(world.get(&list).await[0]["user"]["username"], "ann");
    let deaf = world.fake.bot(BotPlan::new("deaf").without_intents(intents::GUILD_MEMBERS));
    world.fake.invite(&deaf, RIGHTS);
    let answer = world.send(&deaf.token, reqwest::Method::GET, &list, None).await;
    assert_eq!((answer.status().as_u16(), answer.json::<Value>().await.unwrap()["code"].as_u64()), (403, Some(50001)));
    world.fake.leave(cat);
    let one = format!("/guilds/{}/members/{cat}", world.fake.guild());
    assert_eq!(world.refusal("GET", &one, None).await, (404, 10007));
    let nick = format!("/guilds/{}/members/@me", world.fake.guild());
    assert_eq!(world.done("PATCH", &nick, Some(json!({"nick": "Bully"}))).await["nick"], "Bully");
}
