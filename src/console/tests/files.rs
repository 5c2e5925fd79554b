//! Pages, pictures, avatars and published pieces.

use std::fs;

use reqwest::{Method, StatusCode, header};

use super::world::World;

#[tokio::test]
async fn the_pages_come_from_the_program() {
    let world = World::new().await;
    let home = world.fetch("/").await;
    assert_eq!(home.status(), StatusCode::OK);
    let policy = home.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        assert_eq!(home.headers()[name], value);
    }
    let script = world.request(Method::GET, "/assets/lobby/main.js").header("accept-encoding", "gzip").send().await;
    let script = script.unwrap();
    assert_eq!(script.headers()["content-encoding"], "gzip");
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    let tag = script.headers()["etag"].clone();
    let again = world.request(Method::GET, "/assets/lobby/main.js").header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(world.fetch("/assets/console/views.js").await.status(), StatusCode::OK);
    assert_eq!(world.fetch("/favicon.svg").await.headers()["content-type"], "image/svg+xml");
    for nothing in ["/assets/lobby/none.js", "/assets/lobby/..%2fCargo.toml", "/assets/console/%00"] {
        assert_eq!(world.get(nothing).await.refused(404), "not_found");
    }
}

#[tokio::test]
async fn pictures_are_kept_forever_and_only_pictures_are_shown() {
    let world = World::new().await;
    let keep = async |digest: &str, media_type: &str| {
        sqlx::query("insert into files (org, digest, media_type, bytes, added_at) values ($1, $2, $3, 'bytes', now())")
            .bind(world.console.org)
            .bind(digest)
            .bind(media_type)
            .execute(&world.console.pool)
            .await
            .unwrap();
    };
    let (picture, page) = ("ab".repeat(32), "cd".repeat(32));
    keep(&picture, "image/png").await;
    keep(&page, "text/html").await;
    // Whoever asks: platforms fetch them by our public address.
    let answer = world.request(Method::GET, &format!("/pictures/{picture}")).header("host", "elsewhere").send().await;
    let answer = answer.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert!(answer.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.text().await.unwrap(), "bytes");
    for nothing in [page.as_str(), "00", &"EF".repeat(32), &"ef".repeat(32)] {
        assert_eq!(world.get(&format!("/pictures/{nothing}")).await.refused(404), "not_found");
    }
}

#[tokio::test]
async fn everybody_has_a_face() {
    let world = World::new().await;
    let answer = world.fetch("/avatars/copywriter.svg").await;
    assert_eq!(answer.headers()["content-type"], "image/svg+xml");
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert!(answer.text().await.unwrap().starts_with("<svg"));
    assert_eq!(world.fetch("/avatars/long_gone.svg").await.status(), StatusCode::OK);
    let pixels = world.fetch("/avatars/copywriter.png").await;
    assert_eq!(pixels.headers()["content-type"], "image/png");
    assert!(pixels.bytes().await.unwrap().starts_with(b"\x89PNG"));
    for nothing in ["copywriter.gif", "copywriter", "%3Cscript%3E.svg", ".svg"] {
        assert_eq!(world.get(&format!("/avatars/{nothing}")).await.refused(404), "not_found");
    }
}

#[tokio::test]
async fn published_pieces_are_served_and_nothing_beside_them() {
    let world = World::new().await;
    assert_eq!(world.get("/published/").await.refused(404), "not_found");
    let folder = world.dir.path().join("published/five ways");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("index.html"), "a piece").unwrap();
    fs::write(folder.join(".draft"), "hidden").unwrap();
    fs::write(world.dir.path().join("published/index.html"), "all pieces").unwrap();
    fs::write(world.dir.path().join("published/feed.xml"), "<feed/>").unwrap();
    fs::write(world.dir.path().join("secret"), "secret").unwrap();
    std::os::unix::fs::symlink(world.dir.path().join("secret"), folder.join("link")).unwrap();

    assert_eq!(world.fetch("/published/").await.text().await.unwrap(), "all pieces");
    let feed = world.fetch("/published/feed.xml").await;
    assert_eq!(feed.headers()["content-type"], "application/atom+xml; charset=utf-8");
    let bare = world.fetch("/published/five%20ways").await;
    assert_eq!(
        (bare.status(), &bare.headers()["location"]),
        (StatusCode::PERMANENT_REDIRECT, &"/published/five%20ways/".parse().unwrap())
    );
    let piece = world.fetch("/published/five%20ways/").await;
    assert!(piece.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    assert_eq!(piece.text().await.unwrap(), "a piece");
    for nothing in [
        "five%20ways/link",
        "five%20ways/.draft",
        "..%2fsecret",
        "%2e%2e/secret",
        "%2fetc%2fpasswd",
        "none",
        "feed.xml/x",
        "%00",
        "a%5cb",
    ] {
        assert_eq!(world.get(&format!("/published/{nothing}")).await.refused(404), "not_found", "{nothing}");
    }
}
