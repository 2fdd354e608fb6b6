//! What every answer carries: the Content Security Policy, request ids, caching.

use crate::support::TestServer;
use crate::support::http;
use crate::support::http::Response;

async fn get(torque: &TestServer, path: &str, headers: &[(&str, &str)]) -> Response {
    http::request(&torque.address, "GET", path, headers, b"")
        .await
        .unwrap()
}

#[tokio::test]
async fn pages_carry_a_strict_policy_with_a_fresh_nonce() {
    let torque = TestServer::start().await;
    let mut policies = Vec::new();
    for path in ["/app/todo_list", "/app/todo_list", "/"] {
        let page = get(&torque, path, &[("accept", "text/html")]).await;
        let policy = page
            .header("content-security-policy")
            .unwrap_or_else(|| panic!("{path} has no policy"))
            .to_owned();
        for part in [
            "default-src 'self'",
            "script-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-eval"), "{path}: {policy}");
        assert!(
            !page.text().contains("__TORQUE_NONCE__"),
            "{path} still asks for its nonce"
        );
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        policies.push(policy);
    }
    assert_ne!(
        policies[0], policies[1],
        "the nonce is another one for each answer"
    );
}

#[tokio::test]
async fn assets_are_kept_for_good_and_answer_by_their_tag() {
    let torque = TestServer::start().await;
    let page = get(&torque, "/app/todo_list", &[("accept", "text/html")])
        .await
        .text();
    let script = page
        .split('"')
        .find(|part| part.starts_with("/assets/") && part.ends_with(".js"))
        .expect("the page names its script")
        .to_owned();
    let plain = get(&torque, &script, &[]).await;
    assert_eq!(plain.status, 200);
    assert!(plain.header("cache-control").unwrap().contains("immutable"));
    let tag = plain.header("etag").expect("a tag").to_owned();
    let again = get(&torque, &script, &[("if-none-match", &tag)]).await;
    assert_eq!(again.status, 304);
    let packed = get(&torque, &script, &[("accept-encoding", "br")]).await;
    assert_eq!(packed.header("content-encoding"), Some("br"));
    assert!(packed.body.len() < plain.body.len() / 2);
    assert_eq!(get(&torque, "/assets/../Cargo.toml", &[]).await.status, 404);
    assert_eq!(get(&torque, "/assets/%2e%2e/Cargo.toml", &[]).await.status, 404);
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let torque = TestServer::start().await;
    let given = get(&torque, "/health/live", &[("x-request-id", "from-a-proxy-1")]).await;
    assert_eq!(given.header("x-request-id"), Some("from-a-proxy-1"));
    let made = get(&torque, "/health/live", &[]).await;
    assert!(made.header("x-request-id").is_some_and(|id| id.len() >= 16));
    let hostile = get(&torque, "/health/live", &[("x-request-id", "a b\"c<script>")]).await;
    assert_ne!(hostile.header("x-request-id"), Some("a b\"c<script>"));
}

#[tokio::test]
async fn an_unknown_path_is_a_problem_for_programs_and_a_page_for_people() {
    let torque = TestServer::start().await;
    let program = get(&torque, "/nothing/here", &[("accept", "application/json")]).await;
    assert_eq!(program.status, 404);
    assert_eq!(program.header("content-type"), Some("application/problem+json"));
    let person = get(&torque, "/nothing/here", &[("accept", "text/html")]).await;
    assert_eq!(person.status, 404);
    assert!(person.text().contains("<html"), "{}", person.text());
}
