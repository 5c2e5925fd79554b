//! What a page elsewhere, or a name that was made to lead here, must not be able to do.

use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::world::{Reply, World};

async fn raw(world: &World, request: &str) -> String {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_foreign_host_or_origin_is_refused() {
    let world = World::new().await;
    let say = r#"{"as":"you","text":"hello"}"#;
    let refused = async |name: &str, value: &str| {
        let request = world.request(Method::POST, "/api/channels/management/messages");
        let request = request.header("content-type", "application/json").header(name, value).body(say);
        Reply::read(request.send().await.unwrap()).await.refused(403)
    };
    assert_eq!(refused("host", "evil.example").await, "foreign_host");
    assert_eq!(refused("origin", "http://evil.example").await, "foreign_origin");
    assert_eq!(refused("origin", "null").await, "foreign_origin");
    assert_eq!(refused("origin", "http://127.0.0.1:1").await, "foreign_origin");
    assert_eq!(refused("sec-fetch-site", "cross-site").await, "foreign_origin");
    let ours = world.request(Method::GET, "/api/tasks").header("origin", format!("http://{}", world.address));
    Reply::read(ours.send().await.unwrap()).await.ok();
    let read = world.request(Method::GET, "/api/tasks").header("origin", "http://evil.example");
    Reply::read(read.send().await.unwrap()).await.refused(403);
    assert_eq!(world.get("/api/channels/management/messages").await.ok().as_array().unwrap().len(), 0);
    let metrics = world.fetch("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("bullpen_refused_requests_total{why=\"foreign_origin\"}"), "{metrics}");
}

#[tokio::test]
async fn a_socket_is_refused_to_a_page_elsewhere() {
    let world = World::new().await;
    let upgrade = |origin: &str| {
        let host = world.address;
        format!(
            "GET /api/live?as=you HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nConnection: Upgrade, close\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    };
    assert!(raw(&world, &upgrade("http://evil.example")).await.starts_with("HTTP/1.1 403"));
    let ours = upgrade(&format!("http://{}", world.address));
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(ours.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 101");
}

#[tokio::test]
async fn a_request_without_a_host_is_refused() {
    let world = World::new().await;
    assert!(raw(&world, "GET /api/tasks HTTP/1.0\r\n\r\n").await.contains(" 400 "));
    let foreign = "GET http://evil.example/api/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(raw(&world, foreign).await.contains("foreign_host"));
}

#[tokio::test]
async fn the_public_address_is_ours_too() {
    let world = World::with("", &[("BULLPEN_PUBLIC_URL", "https://bullpen.example")]).await;
    let request = world.request(Method::GET, "/api/tasks").header("host", "bullpen.example");
    let request = request.header("origin", "https://bullpen.example");
    Reply::read(request.send().await.unwrap()).await.ok();
}

#[tokio::test]
async fn every_mistake_is_told_in_the_same_shape() {
    let world = World::new().await;
    assert_eq!(world.get("/api/nothing").await.refused(404), "not_found");
    assert_eq!(world.get("/nothing").await.refused(404), "not_found");
    assert_eq!(world.get("/api/channels/x/y/z").await.refused(404), "not_found");
    let put = world.request(Method::PUT, "/api/tasks").send().await.unwrap();
    assert_eq!(Reply::read(put).await.refused(405), "method_not_allowed");
    let got = world.get(&format!("/api/dead-letters/{}/retry", uuid::Uuid::nil())).await;
    assert_eq!(got.refused(405), "method_not_allowed");
}
