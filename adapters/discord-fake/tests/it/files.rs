use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn a_file_is_posted_with_its_message_and_can_be_fetched() {
    let world = World::new();
    let payload = json!({
        "content": "look", "embeds": [{"image": {"url": "attachment://chart.png"}}],
        "attachments": [{"id": "0", "description": "a chart"}],
    });
    let part = || Part::bytes(b"png".to_vec()).file_name("chart.png").mime_str("image/png").unwrap();
    let form = Form::new().text("payload_json", payload.to_string()).part("files[0]", part());
    let url = format!("{}{}", world.fake.api_url(), world.messages());
    let post =
        |form| world.client.post(&url).header("authorization", format!("Bot {}", world.bot.token)).multipart(form);
    let said: Value = post(form).send().await.unwrap().json().await.unwrap();
    let file = &said["attachments"][0];
    assert_eq!(
        (&file["filename"], &file["description"], &file["size"]),
        (&json!("chart.png"), &json!("a chart"), &json!(3))
    );
    let fetched = reqwest::get(file["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(fetched.headers()["content-type"], "image/png");
    assert_eq!(fetched.bytes().await.unwrap(), "png");
    let stray = Form::new().text("payload_json", json!({"content": "x"}).to_string()).part("file", part());
    let refused: Value = post(stray).send().await.unwrap().json().await.unwrap();
    assert_eq!(refused["code"], 50035);
    let path = format!("{}/{}", world.messages(), said["id"].as_str().unwrap());
    let edit = json!({"embeds": [], "attachments": []});
    assert_eq!(world.done("PATCH", &path, Some(edit)).await["attachments"], json!([]));
}

#[tokio::test]
async fn webhooks_post_files_too() {
    let world = World::new();
    let hook = world.webhook().await;
    let form = Form::new().part("files[0]", Part::bytes(b"text".to_vec()).file_name("notes.txt"));
    let url = format!("{}{hook}?wait=true", world.fake.api_url());
    let said: Value = world.client.post(url).multipart(form).send().await.unwrap().json().await.unwrap();
    assert_eq!(said["attachments"][0]["filename"], "notes.txt");
    assert_eq!(world.fake.messages(world.channel)[0].attachments[0].bytes, b"text");
}
