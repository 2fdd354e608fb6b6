//! The server with a certificate: HTTPS, HTTP/2, sockets, and the cookie that only TLS may carry.

use crate::support::TestServer;
use crate::support::http;
use axum::http::Request;
use axum::http::Version;
use futures_util::SinkExt;
use futures_util::StreamExt;
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// A file of the certificate that the test's own authority signed, for `localhost`.
fn file(name: &str) -> String {
    format!("{}/tests/support/tls/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn settings() -> (String, String) {
    (
        format!("server.tls_certificate={}", file("server.pem")),
        format!("server.tls_key={}", file("server.key.pem")),
    )
}

async fn server() -> TestServer {
    let (certificate, key) = settings();
    TestServer::start_with(&["--set", &certificate, "--set", &key]).await
}

/// A connection that trusts nobody but the test's authority, and speaks what it is told to.
async fn connect(server: &TestServer, protocol: &[u8]) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_file(file("authority.pem")).unwrap();
    roots.add(authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(&server.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol));
    stream
}

/// The address as people type it: the certificate's name with the server's port.
fn host(server: &TestServer) -> String {
    let (_, port) = server.address.rsplit_once(':').unwrap();
    format!("localhost:{port}")
}

/// One request over HTTP/1.1 from a page at this origin; answers its head and its body.
async fn ask(server: &TestServer, head: &str, origin: &str, body: &str) -> (String, String) {
    let mut stream = connect(server, b"http/1.1").await;
    let request = format!(
        "{head}\r\nhost: {}\r\norigin: {origin}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        host(server),
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

const WHO: &str = r#"{"jsonrpc":"2.0","id":1,"method":"whoami","params":{}}"#;

#[tokio::test]
async fn a_sign_in_over_tls_has_a_cookie_that_only_this_host_and_tls_get() {
    let server = server().await;
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let own = format!("https://{}", host(&server));
    let credential = json!({ "credential": server.admin_key }).to_string();
    let (head, body) = ask(&server, "POST /sign-in HTTP/1.1", &own, &credential).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}\n{body}");
    let cookie = head
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    let (pair, attributes) = cookie.split_once(';').unwrap();
    let secret = pair
        .strip_prefix("__Host-torque=")
        .unwrap_or_else(|| panic!("{cookie}"));
    for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(
            attributes.split(';').any(|one| one.trim() == attribute),
            "{attribute}: {cookie}"
        );
    }
    assert!(!attributes.contains("Domain"), "{cookie}");
    for (name, counts) in [("__Host-torque", true), ("torque", false)] {
        let head = format!("POST /jsonrpc HTTP/1.1\r\ncookie: {name}={secret}");
        let (_, body) = ask(&server, &head, &own, WHO).await;
        let reply: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(reply["result"]["permission"] == "admin", counts, "{name}: {body}");
    }
    // An origin without TLS is another one, whatever its name.
    let plain = own.replace("https", "http");
    let (head, _) = ask(&server, "POST /jsonrpc HTTP/1.1", &plain, WHO).await;
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
}

#[tokio::test]
async fn http_2_answers_many_calls_on_one_connection() {
    let server = server().await;
    let stream = connect(&server, b"h2").await;
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    let driving = tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let mut answers = Vec::new();
    for number in 0..20 {
        let request = Request::post(format!("https://{}/jsonrpc", host(&server)))
            .version(Version::HTTP_2)
            .header("authorization", format!("Bearer {}", server.admin_key))
            .header("content-type", "application/json")
            .body(())
            .unwrap();
        client = client.ready().await.unwrap();
        let (answer, mut body) = client.send_request(request, false).unwrap();
        let call = WHO.replace("\"id\":1", &format!("\"id\":{number}"));
        body.send_data(call.into(), true).unwrap();
        answers.push(answer);
    }
    for (number, answer) in answers.into_iter().enumerate() {
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.version(), Version::HTTP_2);
        let mut body = answer.into_body();
        let mut text = Vec::new();
        while let Some(part) = body.data().await {
            text.extend_from_slice(&part.unwrap());
        }
        let reply: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(reply["id"], number);
        assert_eq!(reply["result"]["permission"], "admin", "{reply}");
    }
    drop(client);
    driving.abort();
}

#[tokio::test]
async fn a_socket_over_tls_hears_a_row_that_plain_sql_inserted() {
    let server = server().await;
    let stream = connect(&server, b"http/1.1").await;
    let mut request = format!("wss://{}/app/todo_list/ws", host(&server))
        .into_client_request()
        .unwrap();
    let key = format!("Bearer {}", server.admin_key);
    request
        .headers_mut()
        .insert("authorization", key.parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
    let subscribe = json!({ "jsonrpc": "2.0", "id": 1, "method": "subscribe", "params":
        { "entityType": "todo", "filters": { "label": "over TLS" } } });
    socket.send(Message::text(subscribe.to_string())).await.unwrap();
    let mut next = async || loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            return serde_json::from_str::<Value>(&text).unwrap();
        }
    };
    assert!(next().await["result"]["cursor"].is_string());
    let sql = server.database.connect().await;
    sql.batch_execute("insert into todo_list.todo (label) values ('over TLS')")
        .await
        .unwrap();
    // Beside it the application's own changes may be told, such as its deployment a moment ago.
    let change = loop {
        let frame = next().await;
        let changes = frame["params"]["changes"].as_array().cloned().unwrap_or_default();
        if let Some(change) = changes.into_iter().find(|change| change["kind"] == "entity") {
            break change;
        }
    };
    assert_eq!(change["entity"]["label"], "over TLS");
}

#[tokio::test]
async fn with_a_certificate_nothing_is_answered_without_tls_and_any_address_may_be_bound() {
    let (certificate, key) = settings();
    let beyond = "server.app_bind=0.0.0.0:0";
    let server = TestServer::start_with(&["--set", &certificate, "--set", &key, "--set", beyond]).await;
    server.line("TODO List  https://127.0.0.1:").await;
    let plain = http::request(&server.address, "GET", "/health/live", &[], b"").await;
    assert!(plain.is_err(), "{plain:?}");
    let own = format!("https://{}", host(&server));
    let (head, _) = ask(&server, "GET /health/live HTTP/1.1", &own, "").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
}
