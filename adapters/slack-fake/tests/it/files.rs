//! Files.

use serde_json::json;

use crate::world::World;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

#[tokio::test]
async fn a_picture_is_uploaded_shared_and_shown_in_blocks() {
    let world = World::new();
    let length = PNG.len().to_string();
    let query = [("filename", "header.png"), ("length", &length), ("alt_txt", "A header")];
    let opened = world.get("files.getUploadURLExternal", &query).await;
    let (url, file) = (opened["upload_url"].as_str().unwrap(), opened["file_id"].as_str().unwrap());
    let complete =
        json!({"files": [{"id": file, "title": "Header"}], "channel_id": world.channel, "initial_comment": "Look"});
    assert_eq!(
        world.refusal("files.completeUploadExternal", complete.clone()).await,
        "file_not_found",
        "nothing is there yet"
    );
    assert_eq!(world.client.post(url).body("short").send().await.unwrap().status(), 400);
    assert_eq!(world.client.post(url).body(PNG).send().await.unwrap().status(), 200);
    let done = world.call("files.completeUploadExternal", complete.clone()).await;
    assert_eq!(done["files"][0]["title"], "Header");
    assert_eq!(world.refusal("files.completeUploadExternal", complete).await, "file_not_found", "it is complete");
    let message = world.fake.messages(&world.channel).pop().unwrap();
    assert_eq!((message.text.as_str(), message.files.as_slice()), ("Look", [file.to_owned()].as_slice()));
    let info = world.get("files.info", &[("file", file)]).await;
    assert_eq!((&info["file"]["mimetype"], &info["file"]["size"]), (&json!("image/png"), &json!(PNG.len())));
    assert_eq!(info["file"]["shares"]["public"][&world.channel][0]["ts"], json!(message.ts));
    let blocks = json!([{"type": "image", "alt_text": "A header", "slack_file": {"id": file}}]);
    let shown = world.call("chat.postMessage", json!({"channel": world.channel, "text": "t", "blocks": blocks})).await;
    assert_eq!(shown["ok"], true, "{shown}");
    assert_eq!(world.fake.files()[0].bytes, PNG);
}

#[tokio::test]
async fn uploads_are_checked() {
    let world = World::new();
    let empty = world.get("files.getUploadURLExternal", &[("filename", "a"), ("length", "0")]).await;
    assert_eq!(empty["error"], "invalid_arguments");
    let json = world.call("files.getUploadURLExternal", json!({"filename": "a", "length": 1})).await;
    assert_eq!(
        json["response_metadata"]["messages"],
        json!(["[ERROR] missing required field: filename"]),
        "no JSON here"
    );
    assert_eq!(world.get("files.info", &[("file", "F404")]).await["error"], "file_not_found");
}
