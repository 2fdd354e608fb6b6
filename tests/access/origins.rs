//! Whose pages may talk to the server: Host, Origin and Sec-Fetch-Site on every surface.

use crate::support::TestServer;
use crate::support::http;

const CALL: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"whoami","params":{}}"#;

/// Each surface, with the request that a page would make of it.
const SURFACES: &[(&str, &str, &[u8])] = &[
    ("POST", "/app/todo_list/jsonrpc", CALL),
    ("POST", "/jsonrpc", CALL),
    ("POST", "/sign-in", br#"{"credential":"tl_none"}"#),
    ("GET", "/app/todo_list", b""),
    ("GET", "/", b""),
];

async fn status(torque: &TestServer, surface: &(&str, &str, &[u8]), headers: &[(&str, &str)]) -> u16 {
    let (method, path, body) = surface;
    let mut all = vec![("content-type", "application/json")];
    all.extend_from_slice(headers);
    http::request(&torque.address, method, path, &all, body)
        .await
        .unwrap()
        .status
}

#[tokio::test]
async fn a_host_that_is_not_this_servers_is_refused_on_every_surface() {
    let torque = TestServer::start().await;
    for surface in SURFACES {
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost@evil.example",
            "",
        ] {
            let status = status(&torque, surface, &[("host", host)]).await;
            assert!(matches!(status, 400 | 403), "{surface:?} at {host:?}: {status}");
        }
        let port = torque.address.rsplit_once(':').unwrap().1;
        let host = format!("localhost:{port}");
        let status = status(&torque, surface, &[("host", &host)]).await;
        assert_ne!(status, 403, "{surface:?} at localhost");
    }
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_on_every_surface() {
    let torque = TestServer::start().await;
    let own = torque.url.clone();
    let table: &[(&[(&str, &str)], bool)] = &[
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "null")], false),
        (&[("origin", "http://127.0.0.1:1")], false),
        (&[("origin", &own)], true),
        (&[("origin", &own), ("sec-fetch-site", "same-origin")], true),
        (&[("origin", &own), ("sec-fetch-site", "cross-site")], false),
        (&[], true),
    ];
    for surface in SURFACES {
        for (headers, is_good) in table {
            let status = status(&torque, surface, headers).await;
            assert_eq!(status != 403, *is_good, "{surface:?} with {headers:?}: {status}");
        }
    }
    // Without an Origin, what the browser says of the site counts for what may change something.
    for site in ["cross-site", "same-site"] {
        let status = status(&torque, &SURFACES[0], &[("sec-fetch-site", site)]).await;
        assert_eq!(status, 403, "{site}");
    }
}

#[tokio::test]
async fn a_socket_is_refused_to_a_page_of_another_origin() {
    let torque = TestServer::start().await;
    let upgrade = |origin: String| {
        let address = torque.address.clone();
        async move {
            let headers = [
                ("connection", "upgrade"),
                ("upgrade", "websocket"),
                ("sec-websocket-version", "13"),
                ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ("origin", origin.as_str()),
            ];
            http::request(&address, "GET", "/app/todo_list/ws", &headers, b"")
                .await
                .unwrap()
                .status
        }
    };
    assert_eq!(upgrade("https://evil.example".to_owned()).await, 403);
}

#[tokio::test]
async fn a_listed_origin_gets_the_cors_headers_and_no_other_does() {
    let torque = TestServer::start_with(&["--set", "server.cors_origins=https://shop.example"]).await;
    for (origin, allowed) in [("https://shop.example", true), ("https://evil.example", false)] {
        let headers = [("content-type", "application/json"), ("origin", origin)];
        let answer = http::request(&torque.address, "POST", "/app/todo_list/jsonrpc", &headers, CALL)
            .await
            .unwrap();
        let named = answer.header("access-control-allow-origin");
        assert_eq!(named, allowed.then_some(origin));
        assert_eq!(answer.status == 200, allowed, "{origin}: {}", answer.text());
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
}
