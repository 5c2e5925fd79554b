use serde_json::{Value, json};

use crate::world::World;

fn button(id: &str) -> Value {
    json!({"type": 2, "style": 1, "label": "Approve", "custom_id": id})
}

fn row(components: &[Value]) -> Value {
    json!({"type": 1, "components": components})
}

#[tokio::test]
async fn cards_with_buttons_stand_as_they_were_sent() {
    let world = World::new();
    let body = json!({
        "embeds": [{"title": "A card", "description": "text", "color": 1, "fields": [{"name": "a", "value": "b"}]}],
        "components": [row(&[button("one"), button("two")])],
    });
    let said = world.done("POST", &world.messages(), Some(body)).await;
    assert_eq!((&said["embeds"][0]["type"], &said["embeds"][0]["title"]), (&json!("rich"), &json!("A card")));
    assert_eq!(said["components"][0]["components"][1]["custom_id"], "two");
    assert_eq!(said["components"][0]["components"][1]["id"], 3, "components are numbered");
}

#[tokio::test]
async fn what_is_too_long_or_too_many_is_refused_where_it_stands() {
    let world = World::new();
    let field = json!({"name": "a", "value": "b"});
    for (body, at) in [
        (json!({"content": "x".repeat(2001)}), "content"),
        (json!({"embeds": [{"title": "x".repeat(257)}]}), "embeds.0.title"),
        (json!({"embeds": [{"description": "x".repeat(4097)}]}), "embeds.0.description"),
        (json!({"embeds": [{"title": "x", "fields": vec![field.clone(); 26]}]}), "embeds.0.fields"),
        (json!({"embeds": [{"fields": [{"name": "", "value": "b"}]}]}), "embeds.0.fields.0.name"),
        (json!({"embeds": [{"fields": [{"name": "a", "value": "x".repeat(1025)}]}]}), "embeds.0.fields.0.value"),
        (json!({"embeds": vec![json!({"description": "x".repeat(3001)}); 2]}), "embeds"),
        (json!({"embeds": vec![json!({"title": "x"}); 11]}), "embeds"),
        (json!({"embeds": [{"title": "x", "url": "ftp://example.com"}]}), "embeds.0.url"),
        (json!({"embeds": [{"image": {"url": "attachment://a.png"}}]}), "embeds.0.image.url"),
        (json!({"embeds": [{"title": "x", "colour": 1}]}), "embeds.0.colour"),
        (json!({"embeds": [{"title": 1}]}), "embeds.0.title"),
        (json!({"embeds": [{}]}), "embeds.0"),
        (json!({"content": "x", "text": "y"}), "text"),
        (json!({"content": 1}), "content"),
        (json!({"content": "x", "attachments": [{"id": "0", "description": "a"}]}), "attachments.0.id"),
    ] {
        assert_eq!(world.fault("POST", &world.messages(), body.clone()).await.0, at, "{body}");
    }
    world.done("POST", &world.messages(), Some(json!({"content": "🦉".repeat(2000)}))).await;
    for empty in [json!({}), json!({"content": ""}), json!({"content": "  \n"})] {
        assert_eq!(world.refusal("POST", &world.messages(), Some(empty)).await, (400, 50006));
    }
}

#[tokio::test]
async fn components_are_judged_one_by_one() {
    let world = World::new();
    let first = "components.0.components.0";
    for (components, at) in [
        (json!([button("one")]), "components.0.type".to_owned()),
        (json!([row(&[])]), "components.0.components".to_owned()),
        (json!([row(&vec![button("one"); 6])]), "components.0.components".to_owned()),
        (json!([row(&[button("one"), button("one")])]), "components.0.components.1".to_owned()),
        (json!([row(&[button(&"x".repeat(101))])]), format!("{first}.custom_id")),
        (json!([row(&[json!({"type": 2, "style": 1, "label": "x"})])]), format!("{first}.custom_id")),
        (json!([row(&[json!({"type": 2, "style": 1, "custom_id": "x"})])]), first.to_owned()),
        (json!([row(&[json!({"type": 2, "style": 5, "label": "x"})])]), format!("{first}.url")),
        (json!([row(&[json!({"type": 2, "style": 9, "label": "x", "custom_id": "x"})])]), format!("{first}.style")),
        (json!([row(&[json!({"type": 4, "label": "x", "custom_id": "x"})])]), format!("{first}.type")),
        (json!([row(&[json!({"type": 3, "custom_id": "x", "options": []})])]), format!("{first}.options")),
        (json!(vec![row(&[button("one")]); 6]), "components".to_owned()),
    ] {
        let body = json!({"content": "x", "components": components});
        assert_eq!(world.fault("POST", &world.messages(), body).await.0, at, "{components}");
    }
}

#[tokio::test]
async fn forms_that_are_no_json_are_refused() {
    let world = World::new();
    let url = format!("{}{}", world.fake.api_url(), world.messages());
    let post = || world.client.post(&url).header("authorization", format!("Bot {}", world.bot.token));
    let broken = post().header("content-type", "application/json").body("{").send().await.unwrap();
    assert_eq!(broken.json::<Value>().await.unwrap()["code"], 50109);
    let untyped = post().body("{}").send().await.unwrap();
    assert_eq!(untyped.json::<Value>().await.unwrap()["code"], 50035);
}

#[tokio::test]
async fn an_edit_that_leaves_nothing_is_refused() {
    let world = World::new();
    let path = format!("{}/{}", world.messages(), world.post("text").await);
    assert_eq!(world.refusal("PATCH", &path, Some(json!({"content": ""}))).await, (400, 50006));
    let edited = world.done("PATCH", &path, Some(json!({"content": "", "embeds": [{"title": "a card"}]}))).await;
    assert_eq!((&edited["content"], edited["embeds"].as_array().unwrap().len()), (&json!(""), 1));
    let kept = world.done("PATCH", &path, Some(json!({"content": "again"}))).await;
    assert_eq!(kept["embeds"].as_array().unwrap().len(), 1, "what is not named stays");
    assert_eq!(world.fault("PATCH", &path, json!({"content": "x", "nonce": "a"})).await.0, "nonce");
}
