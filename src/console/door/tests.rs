use std::sync::Arc;

use axum::http::HeaderValue;

use super::*;

fn door(hosts: &[&str], public: Option<&str>) -> Door {
    Door {
        hosts: hosts.iter().map(ToString::to_string).collect(),
        public: public.map(str::to_owned),
        keys: None,
        secure: false,
        clock: Arc::new(clock::System),
        tries: Tries::default(),
    }
}

fn asked(door: &Door, path: &str, headers: &[(&'static str, &'static str)]) -> Result<(), Refusal> {
    let headers =
        headers.iter().map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)));
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(name, value);
    }
    door.check_addresses(&path.parse().unwrap(), &map)
}

#[test]
fn a_loopback_server_answers_to_its_own_names_only() {
    let door = door(&["localhost", "127.0.0.1", "[::1]", "bullpen.example"], Some("bullpen.example"));
    for host in ["localhost", "LocalHost:3710", "127.0.0.1:8080", "[::1]:3710", "bullpen.example"] {
        assert_eq!(asked(&door, "/", &[("host", host)]), Ok(()), "{host}");
    }
    for host in
        ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]", "x@localhost", "localhost@evil"]
    {
        assert_eq!(asked(&door, "/", &[("host", host)]), Err(Refusal::ForeignHost), "{host}");
    }
    for headers in [&[][..], &[("host", "")], &[("host", "a b")], &[("host", "localhost"), ("host", "localhost")]] {
        assert_eq!(asked(&door, "/", headers), Err(Refusal::NoHost), "{headers:?}");
    }
    assert_eq!(asked(&door, "http://evil.example/", &[("host", "localhost")]), Err(Refusal::ForeignHost));
}

#[test]
fn only_pages_of_the_same_address_may_ask() {
    let door = door(&["localhost", "bullpen.example"], Some("bullpen.example"));
    let from = |origin| asked(&door, "/api/tasks", &[("host", "localhost:3710"), ("origin", origin)]);
    for origin in ["http://localhost:3710", "HTTP://LOCALHOST:3710", "https://bullpen.example"] {
        assert_eq!(from(origin), Ok(()), "{origin}");
    }
    for origin in [
        "null",
        "",
        "http://localhost",
        "http://localhost:8080",
        "http://evil.example",
        "file://",
        "http://localhost:3710.evil.example",
        "http://localhost:3710/",
    ] {
        assert_eq!(from(origin), Err(Refusal::ForeignOrigin), "{origin}");
    }
    let site = |path, site| asked(&door, path, &[("host", "localhost:3710"), ("sec-fetch-site", site)]);
    assert_eq!(site("/api/tasks", "cross-site"), Err(Refusal::ForeignOrigin));
    assert_eq!(site("/api/tasks", "same-origin"), Ok(()));
    assert_eq!(site("/", "cross-site"), Ok(()), "a link from elsewhere may be followed");
}
