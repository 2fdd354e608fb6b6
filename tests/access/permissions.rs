//! Every operation, asked by every kind of caller, against values written by hand.

use crate::access::private;
use crate::access::private::OTHER;
use crate::access::private::SLUG;
use crate::support::TestServer;
use serde_json::json;
use std::collections::BTreeSet;

/// What becomes of a call before its parameters are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// 401: say who you are.
    Who,
    /// 403: not you.
    No,
    /// Admitted; `{}` may still not be what the operation wants.
    In,
}
use Outcome::In;
use Outcome::No;
use Outcome::Who;

/// The callers: without a credential, with one that has expired, with an administrator's of another
/// application, and with one that allows reading, writing, administering.
type Row = (&'static str, [Outcome; 6]);

const READS: [Outcome; 6] = [Who, Who, No, In, In, In];
const WRITES: [Outcome; 6] = [Who, Who, No, No, In, In];

/// Asked of a private application, with keys of applications.
const OF_AN_APPLICATION: &[Row] = &[
    ("loadPage", READS),
    ("listPages", READS),
    ("getFormDefinition", READS),
    ("listEntityTypes", READS),
    ("describeEntityType", READS),
    ("loadEntityData", READS),
    ("queryEntities", READS),
    ("exportEntities", READS),
    ("importEntities", WRITES),
    ("getEntity", READS),
    ("getEntityRelationships", READS),
    ("getEntityHistory", READS),
    ("listDeletedEntities", READS),
    ("listPreferences", READS),
    ("savePreference", READS),
    ("deletePreference", READS),
    ("subscribe", READS),
    ("unsubscribe", READS),
    ("rpc.discover", READS),
    ("createEntity", WRITES),
    ("updateEntity", WRITES),
    ("deleteEntity", WRITES),
    ("upsertEntity", WRITES),
    ("bulkCreateEntities", WRITES),
    ("bulkUpdateEntities", WRITES),
    ("bulkDeleteEntities", WRITES),
    ("bulkRestoreEntities", WRITES),
    ("link", WRITES),
    ("unlink", WRITES),
    ("restoreEntity", WRITES),
    ("executeXFlow", WRITES),
    ("getExecution", WRITES),
    ("listXFlows", READS),
    ("validateXFlow", ADMINISTERS),
    ("listExecutions", ADMINISTERS),
    ("cancelExecution", ADMINISTERS),
    ("retryExecution", ADMINISTERS),
    ("signalExecution", WRITES),
    ("setSecret", ADMINISTERS),
    ("listSecrets", ADMINISTERS),
    ("deleteSecret", ADMINISTERS),
    ("listDeliveries", ADMINISTERS),
    ("replayDelivery", ADMINISTERS),
    // Who one is may be asked by anyone; an expired key is no answer.
    ("whoami", [In, Who, In, In, In, In]),
];

const ADMINISTERS: [Outcome; 6] = [Who, Who, No, No, No, In];

/// Asked of the server, with keys of the whole server (the third is an application's).
const OF_THE_SERVER: &[Row] = &[
    ("listModels", ADMINISTERS),
    ("getModel", ADMINISTERS),
    ("createModel", ADMINISTERS),
    ("importModel", ADMINISTERS),
    ("updateModel", ADMINISTERS),
    ("deleteModel", ADMINISTERS),
    ("validateModel", ADMINISTERS),
    ("publishModel", ADMINISTERS),
    ("listApplications", ADMINISTERS),
    ("createApplication", ADMINISTERS),
    ("startApplication", ADMINISTERS),
    ("stopApplication", ADMINISTERS),
    ("deleteApplication", ADMINISTERS),
    ("loadSampleData", ADMINISTERS),
    ("deployApplication", ADMINISTERS),
    ("getDeployment", ADMINISTERS),
    ("createApiKey", ADMINISTERS),
    ("listApiKeys", ADMINISTERS),
    ("revokeApiKey", ADMINISTERS),
    ("createSignInLink", ADMINISTERS),
    ("listTemplates", ADMINISTERS),
    ("getApplication", ADMINISTERS),
    ("listDeployments", ADMINISTERS),
    ("getMetrics", ADMINISTERS),
    ("listRecordedMetrics", ADMINISTERS),
    ("checkHealth", ADMINISTERS),
];

async fn hold(torque: &TestServer, path: &str, keys: &[Option<String>; 6], table: &[Row]) -> Vec<String> {
    let callers = ["none", "expired", "other application", "read", "write", "admin"];
    let mut faults = Vec::new();
    for (method, expected) in table {
        for ((key, expected), caller) in keys.iter().zip(expected).zip(callers) {
            let answer = private::call(torque, path, key.as_deref(), method, json!({})).await;
            let outcome = match private::code(&answer) {
                401 => Who,
                403 => No,
                _ => In,
            };
            if outcome != *expected {
                faults.push(format!(
                    "{method} by {caller}: {outcome:?}, not {expected:?}: {}",
                    answer.text()
                ));
            }
        }
    }
    faults
}

async fn expire(torque: &TestServer, permission: &str, application: Option<&str>) -> String {
    let key = private::key(torque, application, permission).await;
    let prefix = key.rsplit_once('_').unwrap().0;
    let changed = torque
        .database
        .connect()
        .await
        .execute(
            "update torque.api_keys set expires_at = clock_timestamp() where position(prefix in $1) > 0",
            &[&prefix],
        )
        .await
        .unwrap();
    assert_eq!(changed, 1, "one key ends");
    key
}

#[tokio::test]
async fn every_operation_answers_each_kind_of_caller_as_the_table_says() {
    // One address asks far more often than a person would, without a credential.
    let torque = TestServer::start_with(&[
        "--set",
        "limits.anonymous_writes_per_minute=100000",
        "--set",
        "limits.failed_sign_ins_per_minute=100000",
    ])
    .await;
    private::open(&torque).await;
    let of_an_application = [
        None,
        Some(expire(&torque, "admin", Some(SLUG)).await),
        Some(private::key(&torque, Some(OTHER), "admin").await),
        Some(private::key(&torque, Some(SLUG), "read").await),
        Some(private::key(&torque, Some(SLUG), "write").await),
        Some(private::key(&torque, Some(SLUG), "admin").await),
    ];
    let of_the_server = [
        None,
        Some(expire(&torque, "admin", None).await),
        of_an_application[2].clone(),
        Some(private::key(&torque, None, "read").await),
        Some(private::key(&torque, None, "write").await),
        Some(private::key(&torque, None, "admin").await),
    ];
    // A cache may know a key for as long as the directory's poll takes.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let path = format!("/app/{SLUG}/jsonrpc");
    let mut faults = hold(&torque, &path, &of_an_application, OF_AN_APPLICATION).await;
    faults.extend(hold(&torque, "/jsonrpc", &of_the_server, OF_THE_SERVER).await);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_names_every_operation_once() {
    let mut named = BTreeSet::new();
    for (method, _) in OF_AN_APPLICATION.iter().chain(OF_THE_SERVER) {
        assert!(named.insert(*method), "{method} stands twice in the table");
    }
    let registered: BTreeSet<&str> = torque::operation::all().map(|operation| operation.name).collect();
    assert_eq!(named, registered);
}

#[tokio::test]
async fn an_id_of_another_application_answers_as_a_missing_one() {
    let torque = TestServer::start().await;
    private::open(&torque).await;
    let made = torque
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "elsewhere" } }),
        )
        .await
        .unwrap();
    let path = format!("/app/{SLUG}/jsonrpc");
    let key = torque.admin_key.clone();
    let missing = "01890000-0000-7000-8000-000000000000";
    for method in [
        "getEntity",
        "updateEntity",
        "deleteEntity",
        "getEntityRelationships",
    ] {
        let mut answers = Vec::new();
        for id in [made["id"].as_str().unwrap(), missing] {
            let mut params = json!({ "entityId": id });
            if method == "updateEntity" {
                params["data"] = json!({ "label": "x" });
            }
            let answer = private::call(&torque, &path, Some(&key), method, params).await;
            assert_eq!(private::code(&answer), 404, "{method}: {}", answer.text());
            answers.push(answer.text().replace(id, "<id>"));
        }
        assert_eq!(answers[0], answers[1], "{method}");
    }
}
