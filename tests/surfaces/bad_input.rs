//! Bad input: a clear error, nothing stored, and the server answers as before.

use crate::support::TestServer;
use crate::surfaces::shop::SLUG;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;

async fn post(torque: &TestServer, body: &[u8]) -> Value {
    torque
        .request("POST", "/app/todo_list/jsonrpc", body)
        .await
        .json()
}

fn call(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#)
}

#[tokio::test]
async fn what_cannot_be_stored_or_told_apart_is_refused_with_its_place() {
    let torque = TestServer::start().await;
    let all = json!({ "entityType": "todo" });
    let before = torque.call("loadEntityData", all.clone()).await.unwrap();
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let bottomless = "[".repeat(200_000);
    let wide = format!("[{}]", vec!["1"; 10_001].join(","));
    let keys: Vec<String> = (0..300).map(|n| format!("\"k{n}\":1")).collect();
    let todo = |value: &str| {
        call(
            "createEntity",
            &format!(r#"{{"entityType":"todo","data":{{"label":{value}}}}}"#),
        )
    };
    let long = format!("\"{}\"", "x".repeat(300_000));
    let cases: Vec<(String, i64, &str)> = vec![
        (
            todo(r#""a","label":"b""#),
            -32602,
            "params.data.label: the key is given twice",
        ),
        (todo("1e131071"), -32602, "params.data.label: number out of range"),
        (todo("-1e400"), -32602, "params.data.label: number out of range"),
        (
            todo(r#""\u0000""#),
            -32602,
            "params.data.label: text must not contain U+0000",
        ),
        (todo(r#""\ud800""#), -32602, "surrogate"),
        (todo(r#""\udfff x""#), -32602, "surrogate"),
        (todo(&deep), -32602, "nested more than 64"),
        (todo(&wide), -32602, "more than 10000 values"),
        (
            todo(&format!("{{{}}}", keys.join(","))),
            -32602,
            "more than 256 keys",
        ),
        (bottomless, -32700, "no JSON"),
        // Values that can be read and break a rule name their field.
        (todo("1"), 422, ""),
        (todo("null"), 422, ""),
        (todo(r#"{"a":1}"#), 422, ""),
        (todo("[]"), 422, ""),
        (todo(&long), 422, ""),
        // Wrong types of parameters.
        (
            call("createEntity", r#"{"entityType":1,"data":{}}"#),
            -32602,
            "params.entityType must be text, not 1",
        ),
        (
            call("createEntity", r#"{"entityType":"todo","data":[]}"#),
            -32602,
            "data must be an object",
        ),
        (
            call("createEntity", r#"{"entityType":"todo"}"#),
            -32602,
            "params.data is missing",
        ),
        (
            call(
                "createEntity",
                r#"{"entityType":"todo","data":{},"created_at":"x"}"#,
            ),
            -32602,
            "params.created_at is no parameter; there are entityType, data, id, idempotencyKey",
        ),
        (
            call("createEntity", r#"{"entityType":"todo","data":{},"id":"x"}"#),
            -32602,
            "params.id must be a UUID",
        ),
        (
            call("updateEntity", r#"{"entityId":1,"data":{}}"#),
            -32602,
            "params.entityId must be a UUID, not 1",
        ),
        (
            call("updateEntity", r#"{"entityId":"x","data":{}}"#),
            -32602,
            "params.entityId must be a UUID",
        ),
        (
            call(
                "getEntity",
                r#"{"entityId":"01a210a7-b619-72e1-9730-2656d57458f6","extra":1}"#,
            ),
            -32602,
            "params.extra is no parameter",
        ),
        (
            call("loadEntityData", r#"{"entityType":"todo","page":-1}"#),
            -32602,
            "params.page must be a whole number that is not negative, not -1",
        ),
        (
            call("loadEntityData", r#"{"entityType":"todo","limit":0}"#),
            -32602,
            "limit must be between",
        ),
        (
            call("loadEntityData", r#"{"entityType":"todo","limit":100000}"#),
            -32602,
            "limit must be between",
        ),
        (
            call("loadEntityData", r#"{"entityType":"todo","sortOrder":"up"}"#),
            -32602,
            "params.sortOrder must be one of asc, desc, not up",
        ),
        (
            call("loadEntityData", r#"{"entityType":"todo","sortBy":"nothing"}"#),
            -32602,
            "no property",
        ),
        (
            call("loadEntityData", r#"{"entityType":"todo","fields":["nothing"]}"#),
            -32602,
            "no property",
        ),
        (
            call("loadEntityData", r#"{"entityType":"todo","include":["label"]}"#),
            -32602,
            "no reference",
        ),
        (
            call(
                "loadEntityData",
                r#"{"entityType":"todo","filters":{"nothing":1}}"#,
            ),
            -32602,
            "no property",
        ),
        (
            call("loadEntityData", r#"{"entityType":"todo","filters":[]}"#),
            -32602,
            "must be an object",
        ),
        (
            call("loadEntityData", r#"{"entityType":"todo","cursor":"AAAA"}"#),
            -32602,
            "does not belong",
        ),
        // What is not there.
        (
            call("loadEntityData", r#"{"entityType":"nothing"}"#),
            404,
            "no entity type",
        ),
        (
            call("createEntity", r#"{"entityType":"nothing","data":{}}"#),
            404,
            "no entity type",
        ),
        (call("loadPage", r#"{"pageId":"nothing"}"#), 404, "no page"),
        (
            call("getFormDefinition", r#"{"formId":"nothing"}"#),
            404,
            "no form",
        ),
        (
            call(
                "getEntity",
                r#"{"entityId":"01a210a7-b619-72e1-9730-2656d57458f6"}"#,
            ),
            404,
            "no such entity",
        ),
        (
            call(
                "deleteEntity",
                r#"{"entityId":"01a210a7-b619-72e1-9730-2656d57458f6"}"#,
            ),
            404,
            "no such entity",
        ),
        (
            call(
                "link",
                r#"{"relationship":"nothing","sourceId":"01a210a7-b619-72e1-9730-2656d57458f6","targetId":"01a210a7-b619-72e1-9730-2656d57458f6"}"#,
            ),
            404,
            "no relationship",
        ),
    ];
    for (body, code, says) in cases {
        let reply = post(&torque, body.as_bytes()).await;
        let shown: String = body.chars().take(160).collect();
        assert_eq!(reply["error"]["code"], code, "{shown}\n{reply}");
        let message = reply["error"]["message"].as_str().unwrap();
        assert!(message.contains(says), "{shown}\n{message}");
        if code == 422 {
            let fields = reply["error"]["data"]["fields"].as_array().unwrap();
            assert!(!fields.is_empty(), "{shown}\n{reply}");
            assert!(fields[0]["message"].is_string() && fields[0]["code"].is_string());
        }
    }
    assert_eq!(torque.call("loadEntityData", all).await.unwrap(), before);
    let broken = post(&torque, b"{\"jsonrpc\":\"2.0\",\"method\":\"\xff\"}").await;
    assert_eq!(broken["error"]["code"], -32700);
    assert!(!torque.log().contains("\"ERROR\""), "{}", torque.log());
}

#[tokio::test]
async fn strings_are_values_wherever_they_stand_and_never_sql() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let hostile = [
        "'; drop table shop_data.entity_order; --",
        "\" or 1=1",
        "$1",
        "%",
        "_",
        "\\",
        "\\'",
        "{leaf}",
        "E'\\x27'",
        "' || (select version()) || '",
        "\u{202e}\u{feff}\u{1f600}",
        "line\nbreak\ttab",
    ];
    for text in hostile {
        let made = shop
            .create("order", json!({ "title": text, "remarks": text }))
            .await;
        assert_eq!(made["title"], text);
        let page = shop
            .list(json!({ "filters": { "title": text, "remarks": { "contains": text } } }))
            .await;
        assert_eq!(page["pagination"]["total"], 1, "{text}");
        let page = shop
            .list(json!({ "filters": { "title": { "startsWith": text } } }))
            .await;
        assert_eq!(page["pagination"]["total"], 1, "{text}");
        // Names are looked up, never written into a statement.
        for params in [
            json!({ "entityType": text }),
            json!({ "entityType": "order", "sortBy": text }),
            json!({ "entityType": "order", "fields": [text] }),
            json!({ "entityType": "order", "include": [text] }),
            json!({ "entityType": "order", "filters": { text: 1 } }),
            json!({ "entityType": "order", "cursor": text }),
        ] {
            let refusal = shop.call("loadEntityData", params).await.unwrap_err();
            assert!([-32602, 404].contains(&refusal.code), "{text}: {refusal:?}");
        }
        for (method, params) in [
            ("loadPage", json!({ "pageId": text })),
            ("getFormDefinition", json!({ "formId": text })),
            ("executeXFlow", json!({ "xflowId": text })),
            (
                "getEntityRelationships",
                json!({ "entityId": made["id"], "relationshipType": text }),
            ),
        ] {
            let refusal = shop.call(method, params).await.unwrap_err();
            assert_eq!(refusal.code, 404, "{method} {text}");
        }
    }
    assert!(!torque.log().contains("\"ERROR\""), "{}", torque.log());
}

#[tokio::test]
async fn an_id_of_another_application_is_answered_as_a_missing_one() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let foreign = shop.create("tag", json!({ "name": "theirs" })).await["id"].clone();
    let missing = json!("01a210a7-b619-72e1-9730-2656d57458f6");
    let asked = |id: &Value| {
        vec![
            ("getEntity", json!({ "entityId": id })),
            ("getEntity", json!({ "entityId": id, "entityType": "todo" })),
            ("getEntity", json!({ "entityId": id, "entityType": "tag" })),
            (
                "updateEntity",
                json!({ "entityId": id, "data": { "label": "mine" } }),
            ),
            (
                "updateEntity",
                json!({ "entityId": id, "data": { "label": "mine" }, "version": 1 }),
            ),
            ("deleteEntity", json!({ "entityId": id })),
            ("restoreEntity", json!({ "entityId": id, "entityType": "todo" })),
            (
                "getEntityHistory",
                json!({ "entityId": id, "entityType": "todo" }),
            ),
            ("bulkDeleteEntities", json!({ "entityType": "todo", "ids": [id] })),
        ]
    };
    for ((method, foreign), (_, missing)) in asked(&foreign).into_iter().zip(asked(&missing)) {
        let foreign = torque.call(method, foreign).await.unwrap_err();
        let missing = torque.call(method, missing).await.unwrap_err();
        assert_eq!(foreign.code, missing.code, "{method}");
        assert_eq!(foreign.message, missing.message, "{method}");
        assert_eq!(foreign.code, 404, "{method}");
    }
    let kept = torque
        .call_server("getEntity", json!({ "applicationId": SLUG, "entityId": foreign }))
        .await
        .unwrap();
    assert_eq!(kept["version"], 1);
}

#[tokio::test]
async fn a_call_of_an_application_that_does_not_exist_is_answered_under_its_id() {
    let torque = TestServer::start().await;
    let one = r#"{"jsonrpc":"2.0","method":"listPages","id":7}"#;
    let post = async |body: String| {
        torque
            .request("POST", "/app/nowhere/jsonrpc", body.as_bytes())
            .await
    };
    let answer = post(one.to_owned()).await.json();
    assert_eq!(answer["id"], 7, "{answer}");
    assert_eq!(answer["error"]["code"], 404, "{answer}");
    let notification = r#"{"jsonrpc":"2.0","method":"listPages"}"#;
    let answers = post(format!("[{one},{notification}]")).await.json();
    assert_eq!(answers.as_array().unwrap().len(), 1, "{answers}");
    assert_eq!(answers[0]["id"], 7);
    assert_eq!(post(notification.to_owned()).await.status, 204);
}
