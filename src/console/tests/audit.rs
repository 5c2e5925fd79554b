//! Decision records: who may erase them, what is found of them, and how their chain stands.

use reqwest::Method;
use serde_json::{Value, json};

use super::records::ids;
use super::rows::{at, post_of};
use super::world::{Reply, World};
use crate::store;

async fn erase(world: &World, id: &str, body: &Value) -> Reply {
    let request = world.request(Method::POST, &format!("/api/decisions/{id}/erase")).json(body);
    Reply::read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn who_may_operate_erases_texts_and_nobody_finds_them_again() {
    let world = World::with("people: [{name: Ana, rights: [operate]}, {name: Ben, rights: [command]}]", &[]).await;
    let (root, one, two) = (uuid(1), uuid(2), uuid(3));
    world.root(root, "Five ways", 1, json!({})).await;
    world.stands("management", "m-0", None, root).await;
    world.decision(one, root, 1, "Publish the café's story").await;
    world.decision(two, root, 2, "Wait for figures").await;
    world.posting(post_of(one), "sent", None, json!({ "body": "text", "text": "Publish the café's story" })).await;
    world.stands("decisions", "m-1", None, one).await;
    store::migrate(&world.console.pool).await.unwrap();
    let found = async |words: &str| ids(&world.get(&format!("/api/decisions?q={words}")).await.ok());
    assert_eq!(found("CAFÉ publish").await, [one]);
    assert_eq!(found("publi").await, [one, two], "the beginning of a word; both are of the kind publish.article");
    assert_eq!(found("publish.article+stor").await, [one]);
    assert_eq!(found("content_manager").await, [one, two], "who does what follows");
    assert_eq!(found("'%26|!:*(").await, Vec::<uuid::Uuid>::new(), "no word at all");
    assert_eq!(found("+").await, [one, two], "nothing asked for");

    let why = json!({ "as": "Ana", "reason": "a customer's name" });
    assert_eq!(erase(&world, &one.to_string(), &json!({ "as": "Ben", "reason": "x" })).await.refused(403), "forbidden");
    assert_eq!(erase(&world, &one.to_string(), &json!({ "as": "cmo", "reason": "x" })).await.refused(403), "forbidden");
    assert_eq!(erase(&world, &one.to_string(), &json!({ "reason": "x" })).await.refused(422), "invalid");
    assert_eq!(erase(&world, &one.to_string(), &json!({ "as": "Ana", "reason": " " })).await.refused(422), "invalid");
    assert_eq!(erase(&world, &one.to_string(), &json!({ "as": "Ana" })).await.refused(400), "malformed");
    assert_eq!(erase(&world, &uuid(9).to_string(), &why).await.refused(404), "not_found");
    assert_eq!(erase(&world, "nonsense", &why).await.refused(404), "not_found");

    let done = erase(&world, &one.to_string(), &why).await.ok();
    assert_eq!((&done["erased"]["by"], &done["erased"]["why"]), (&json!("Ana"), &json!("a customer's name")));
    world.console.wakes.outbox.heard().await;
    assert_eq!(erase(&world, &one.to_string(), &why).await.refused(409), "not_erasable");
    let erasure = done["erasure"].as_str().unwrap();
    assert_eq!(erase(&world, erasure, &why).await.refused(409), "not_erasable");

    let all = world.get("/api/decisions").await.ok();
    let (gone, told) = (&all[0], &all[2]);
    assert_eq!((&gone["decision"], &gone["context"], &gone["actions"]), (&json!(""), &json!(""), &json!([])));
    assert_eq!((&gone["maker"], &gone["at"], &gone["message"]), (&json!("you"), &json!(at(1)), &json!("m-1")));
    assert_eq!((&gone["erased"], &gone["number"], &gone["erasable"]), (&done["erased"], &json!(1), &json!(false)));
    assert_eq!((&told["kind"], &told["maker"], &told["number"]), (&json!("decision.erased"), &json!("Ana"), &json!(3)));
    assert_eq!(gone["project"], json!({ "channel": "management", "thread": "m-0" }));
    assert_eq!((&all[1]["erased"], &all[1]["erasable"]), (&json!(null), &json!(true)));
    assert_eq!(found("publish").await, [two]);
    assert_eq!(found("customer").await, ids(&json!([told])), "why it was erased is no secret");
    let posts: Vec<(String, Value)> =
        sqlx::query_as("select kind, post from outbox order by seq").fetch_all(&world.console.pool).await.unwrap();
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0].1, posts[1].1, "nothing is kept of what it said");
    assert_eq!((&*posts[1].0, &posts[1].1["body"]["fields"][0][1]), ("revise", &json!("Ana")));

    let audit = world.get("/api/audit").await.ok();
    assert_eq!((&audit["records"], &audit["erased"], &audit["fault_count"]), (&json!(3), &json!(1), &json!(0)));
    assert_eq!(audit["head"], json!({ "number": 3, "link": told["link"] }));
    let head = gone["link"].as_str().unwrap().to_uppercase();
    assert_eq!(world.get(&format!("/api/audit?head={head}")).await.ok()["asked_for"], 1);
    assert_eq!(world.get("/api/audit?head=abc").await.refused(400), "malformed");
}

#[tokio::test]
async fn without_a_decision_the_chain_is_its_beginning() {
    let world = World::new().await;
    let audit = world.get("/api/audit").await.ok();
    assert_eq!((&audit["records"], &audit["head"]["number"], &audit["fault_count"]), (&json!(0), &json!(0), &json!(0)));
    let link = audit["head"]["link"].as_str().unwrap();
    assert_eq!(world.get(&format!("/api/audit?head={link}")).await.ok()["asked_for"], 0);
}

fn uuid(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}
