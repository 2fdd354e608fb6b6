//! Rows of a file become entities: all or none, and the same file twice makes nothing new.

use crate::support::TestServer;
use crate::support::cluster::temporary_folder;
use crate::support::command::json_of;
use crate::support::command::torque;
use crate::support::server::Refusal;
use crate::surfaces::shop::SLUG;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

async fn import(shop: &Shop<'_>, entity_type: &str, text: &str, more: Value) -> Result<Value, Refusal> {
    let mut params = json!({ "entityType": entity_type, "text": text });
    for (name, value) in more.as_object().unwrap() {
        params[name] = value.clone();
    }
    shop.call("importEntities", params).await
}

/// `torque data` over the server's database.
async fn data(server: &TestServer, arguments: &[&str]) -> Output {
    let arguments = [&["data"], arguments, &["--app", SLUG]].concat();
    torque(&server.database.url, &arguments).await
}

fn counts(done: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "refusedCount"].map(|name| done[name].as_i64().unwrap())
}

#[tokio::test]
async fn rows_are_matched_by_a_key_changed_where_they_differ_and_left_where_they_do_not() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let old = shop
        .create("customer", json!({ "name": "Old", "email": "old@example.com" }))
        .await;
    let by_email = json!({ "matchKey": "email" });
    let text = "\u{feff}Name,E-mail address,ignored\r\nNew,old@example.com,x\r\n'=Ada,ada@example.com,y\r\n";
    let columns = json!({ "matchKey": "email", "columns": { "E-mail address": "email", "ignored": "" } });
    let done = import(&shop, "customer", text, columns).await.unwrap();
    assert_eq!(
        (counts(&done), &done["imported"]),
        ([1, 1, 0, 0], &json!(true)),
        "{done}"
    );
    let now = json!({ "entityType": "customer", "entityId": old["id"] });
    let now = shop.call("getEntity", now).await.unwrap();
    assert_eq!((&now["name"], &now["version"]), (&json!("New"), &json!(2)));
    let ada = json!({ "entityType": "customer", "filters": { "email": "ada@example.com" } });
    assert_eq!(
        shop.list(ada).await["data"][0]["name"],
        "=Ada",
        "the apostrophe is taken off"
    );

    let again = "name,email\nNew,old@example.com\n=Ada,ada@example.com\n";
    let done = import(&shop, "customer", again, by_email).await.unwrap();
    assert_eq!(counts(&done), [0, 0, 2, 0], "{done}");
}

#[tokio::test]
async fn every_kind_of_value_is_read_and_what_was_exported_goes_in_unchanged() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let ada = shop.create("customer", json!({ "name": "Ada" })).await;
    let text = format!(
        "title,remarks,n,total,done,state,tags,day,at,code,extra,customer\n\
         \"'-5, as text\",\"two\nlines\",-5,-1234567.10,yes,Paid,a;c,2024-02-29,2024-07-10T09:15:00Z,\
         01A210A7-B619-72E1-9730-2656D57458F6,\"{{\"\"a\"\":[1,2.5]}}\",{}\n\
         plain,,,,,,,,,,,\n",
        ada["id"].as_str().unwrap()
    );
    let done = import(&shop, "order", &text, json!({})).await.unwrap();
    assert_eq!(counts(&done), [2, 0, 0, 0], "{done}");
    let list = shop.list(json!({ "sortBy": "title" })).await;
    let (first, second) = (&list["data"][0], &list["data"][1]);
    assert_eq!(first["title"], "-5, as text");
    assert_eq!(first["remarks"], "two\nlines");
    assert_eq!(first["n"], -5);
    assert_eq!(first["done"], true);
    assert_eq!(first["state"], "paid");
    assert_eq!(first["tags"], json!(["a", "c"]));
    assert_eq!(first["extra"], json!({ "a": [1, 2.5] }));
    assert_eq!(first["customer"], ada["id"]);
    assert_eq!(second["state"], "new", "an empty cell leaves the default");

    for format in ["csv", "jsonl"] {
        let export = json!({ "entityType": "order", "format": format });
        let file = shop.call("exportEntities", export).await.unwrap();
        let how = json!({ "matchKey": "id", "format": format });
        let done = import(&shop, "order", file["text"].as_str().unwrap(), how)
            .await
            .unwrap();
        assert_eq!(counts(&done), [0, 0, 2, 0], "{format}: {done}");
    }
}

#[tokio::test]
async fn every_refused_row_is_named_with_its_line_and_nothing_is_kept() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    shop.create(
        "customer",
        json!({ "name": "Twin", "email": "taken@example.com" }),
    )
    .await;
    for _ in 0..2 {
        shop.create("customer", json!({ "name": "Several" })).await;
    }
    let text = "name,email\n\
        Good,good@example.com\n\
        ,nameless@example.com\n\
        Bad address,nonsense\n\
        Taken,taken@example.com\n\
        \"Two\nlines\",two@example.com,and a cell too many\n\
        Same,good@example.com\n";
    for dry in [true, false] {
        let result = import(&shop, "customer", text, json!({ "dryRun": dry })).await;
        let refused = match (dry, result) {
            (true, Ok(report)) => {
                assert_eq!((&report["imported"], &report["rows"]), (&json!(false), &json!(6)));
                report["refused"].clone()
            }
            (false, Err(refusal)) => {
                assert_eq!(refusal.code, 422, "{refusal:?}");
                assert_eq!(refusal.data["refusedCount"], 5);
                refusal.data["refused"].clone()
            }
            (_, other) => panic!("{other:?}"),
        };
        let rows: Vec<(i64, &str)> = refused
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let field = row["fields"][0]["code"].as_str().or(row["code"].as_str());
                (row["line"].as_i64().unwrap(), field.unwrap())
            })
            .collect();
        let mut sorted = rows.clone();
        sorted.sort_unstable();
        let expected = [
            (3, "required"),
            (4, "email"),
            (5, "unique"),
            (6, "bad_request"),
            (8, "unique"),
        ];
        assert_eq!(sorted, expected, "{refused}");
        let list = shop.list(json!({ "entityType": "customer" })).await;
        assert_eq!(list["pagination"]["total"], 3, "nothing was kept");
    }
    let by_name =
        "name,email\nSeveral,a@example.com\nTwin,b@example.com\nTwin,c@example.com\n,d@example.com\n";
    let how = json!({ "matchKey": "name", "dryRun": true });
    let report = import(&shop, "customer", by_name, how).await.unwrap();
    assert_eq!(counts(&report), [0, 1, 0, 3], "{report}");
    let lines: Vec<_> = report["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["line"].as_i64().unwrap(), row["message"].as_str().unwrap()))
        .collect();
    assert!(
        lines.contains(&(2, "several entities have this name")),
        "{lines:?}"
    );
    assert!(
        lines.contains(&(4, "line 3 has the same name already")),
        "{lines:?}"
    );
    for (text, how) in [
        ("nonsense\n1\n", json!({})),
        ("", json!({})),
        ("name\nAda\n", json!({ "columns": { "name": "nonsense" } })),
        ("name\nAda\n", json!({ "matchKey": "nonsense" })),
    ] {
        let refusal = import(&shop, "customer", text, how).await.unwrap_err();
        assert_eq!(refusal.code, -32602, "{refusal:?}");
    }
}

fn write_customers(file: &Path, count: usize) {
    let lines: Vec<String> = (0..count)
        .map(|n| format!("Customer {n},customer{n}@example.com"))
        .collect();
    std::fs::write(file, format!("name,email\n{}\n", lines.join("\n"))).unwrap();
}

#[tokio::test]
async fn fifty_thousand_rows_imported_twice_with_a_key_create_nothing_the_second_time() {
    const COUNT: usize = 50_000;
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    let folder = temporary_folder("import");
    let file = folder.join("customers.csv");
    write_customers(&file, COUNT);
    let file = file.display().to_string();
    let arguments = ["import", &file, "--type", "customer", "--key", "email", "--json"];
    let first = json_of(&data(&server, &arguments).await);
    assert_eq!(counts(&first), [50_000, 0, 0, 0], "{first}");
    let second = json_of(&data(&server, &arguments).await);
    assert_eq!(counts(&second), [0, 0, 50_000, 0], "{second}");
    let list = shop.list(json!({ "entityType": "customer", "limit": 1 })).await;
    assert_eq!(list["pagination"]["total"], COUNT);

    let out = folder.join("out.jsonl").display().to_string();
    let output = data(
        &server,
        &["export", "--type", "customer", "--output", &out, "--json"],
    )
    .await;
    assert_eq!(json_of(&output)["count"], COUNT);
    assert_eq!(std::fs::read_to_string(&out).unwrap().lines().count(), COUNT);
}

#[tokio::test]
async fn the_command_line_shows_what_is_refused_and_ends_with_an_error() {
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    let folder = temporary_folder("import-refused");
    let file = folder.join("tags.jsonl");
    std::fs::write(&file, "{\"name\":\"good\"}\n\n{}\n{\"name\":\n").unwrap();
    let name = file.display().to_string();
    let output = data(&server, &["import", &name, "--type", "tag"]).await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("\n3     "), "{said}");
    assert!(said.contains("\n4     "), "{said}");
    assert!(
        said.contains("2 of 3 rows are refused, so nothing was imported."),
        "{said}"
    );
    assert_eq!(
        shop.list(json!({ "entityType": "tag" })).await["pagination"]["total"],
        0
    );

    std::fs::write(&file, "{\"name\":\"good\"}\n").unwrap();
    let output = data(&server, &["import", &name, "--type", "tag", "--dry-run"]).await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        said.trim(),
        "Rows: 1. It would be: 1 created, 0 changed, 0 as they were. Nothing was kept."
    );
    let output = data(&server, &["import", &name, "--type", "tag"]).await;
    assert!(output.status.success());
    let output = data(&server, &["export", "--type", "tag", "--fields", "name"]).await;
    assert_eq!(String::from_utf8_lossy(&output.stdout), "name\r\ngood\r\n");
}

#[tokio::test]
async fn an_import_waits_for_what_somebody_has_locked() {
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    let made = import(&shop, "tag", "name,id\nred,\n", json!({})).await.unwrap();
    assert_eq!(counts(&made), [1, 0, 0, 0]);
    let id = shop.list(json!({ "entityType": "tag" })).await["data"][0]["id"].clone();
    let folder = temporary_folder("import-locked");
    let file = folder.join("tags.csv");
    std::fs::write(&file, format!("id,name\n{},blue\n", id.as_str().unwrap())).unwrap();
    let file = file.display().to_string();

    let holder = server.database.connect().await;
    holder
        .batch_execute(&format!("begin; select 1 from {SLUG}.tag for update"))
        .await
        .unwrap();
    let url = server.database.url.clone();
    let importing = tokio::spawn(async move {
        let arguments = [
            "data", "import", &file, "--type", "tag", "--key", "id", "--json", "--app", SLUG,
        ];
        torque(&url, &arguments).await
    });
    let watcher = server.database.connect().await;
    // Longer than a single statement waits on a shared connection.
    let waiting = "select count(*) from pg_stat_activity where datname = current_database()
        and wait_event_type = 'Lock' and query_start < clock_timestamp() - interval '100 ms'";
    while watcher.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(!importing.is_finished(), "it did not wait");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    holder.batch_execute("commit").await.unwrap();
    assert_eq!(counts(&json_of(&importing.await.unwrap())), [0, 1, 0, 0]);
}
