//! Everything a filter finds as a file: whole, in order, exact, and harmless to a spreadsheet.

use crate::support::TestServer;
use crate::support::http;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;

/// The file of orders for these parameters of the address.
async fn file(torque: &TestServer, query: &str) -> http::Response {
    torque
        .request("GET", &format!("/app/shop/export/order?{query}"), b"")
        .await
}

fn escaped(filter: &Value) -> String {
    filter
        .to_string()
        .bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// Reads CSV as any reader would.
fn read(text: &str) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .into_records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[tokio::test]
async fn a_file_holds_every_type_exactly_and_runs_nothing() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let ada = shop
        .create("customer", json!({ "name": "=Ada", "email": "ada@example.com" }))
        .await;
    let whole = json!({
        "title": "=HYPERLINK(\"http://example.com\")",
        "remarks": "two\r\nlines, \"quoted\"",
        "n": -5, "total": "-1234567.10", "done": true, "state": "paid", "tags": ["a", "c"],
        "day": "2024-02-29", "at": "2024-07-10T09:15:00Z",
        "code": "01a210a7-b619-72e1-9730-2656d57458f6", "extra": { "a": [1, 2.5] },
        "customer": ada["id"],
    });
    let first = shop.create("order", whole).await;
    shop.create("order", json!({ "title": "'=kept" })).await;

    let reply = file(&torque, "").await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(
        reply.header("content-type"),
        Some("text/csv; charset=utf-8; header=present")
    );
    assert_eq!(
        reply.header("content-disposition"),
        Some("attachment; filename=\"order.csv\"")
    );
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let text = reply.text();
    assert!(text.ends_with("\r\n"));
    let lines = read(&text);
    let head = [
        "id",
        "title",
        "remarks",
        "n",
        "total",
        "done",
        "state",
        "tags",
        "day",
        "at",
        "code",
        "extra",
        "customer",
        "created_at",
        "updated_at",
        "version",
    ];
    assert_eq!(lines[0], head);
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    let row = &lines[1];
    assert_eq!(
        row[..13],
        [
            &id(&first["id"]),
            "'=HYPERLINK(\"http://example.com\")",
            "two\r\nlines, \"quoted\"",
            "-5",
            "-1234567.10",
            "true",
            "paid",
            "[\"a\", \"c\"]",
            "2024-02-29",
            "2024-07-10T09:15:00.000000Z",
            "01a210a7-b619-72e1-9730-2656d57458f6",
            "{\"a\": [1, 2.5]}",
            &id(&ada["id"]),
        ]
    );
    assert_eq!(
        lines[2][1], "''=kept",
        "what was written with an apostrophe is told apart"
    );
    assert_eq!(lines[2][4], "", "no value is nothing");

    // For people: labels, choices by their names, references by what stands for them.
    let readable = file(
        &torque,
        "style=readable&bom=1&fields=title,tags,state,customer,created_at",
    )
    .await;
    let text = readable.text();
    assert!(text.starts_with('\u{feff}'), "{text}");
    let lines = read(text.trim_start_matches('\u{feff}'));
    assert_eq!(lines[0], ["Title", "Tags", "State", "Customer", "Created at"]);
    assert_eq!(lines[1][1..4], ["A, C", "Paid", "'=Ada"]);

    // JSON lines are the entities themselves.
    let reply = file(&torque, "format=jsonl&fields=id,total,customer").await;
    assert_eq!(
        reply.header("content-disposition"),
        Some("attachment; filename=\"order.jsonl\"")
    );
    let entities: Vec<Value> = reply
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        entities[0],
        json!({ "id": first["id"], "total": "-1234567.10", "customer": ada["id"] })
    );
}

#[tokio::test]
async fn what_is_filtered_and_sorted_comes_whole_over_many_parts() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    torque
        .database
        .connect()
        .await
        .batch_execute(
            "insert into shop.\"order\" (title, n, state)
             select 'o' || g, g % 100, case when g % 2 = 0 then 'paid' else 'new' end from generate_series(1, 5000) g",
        )
        .await
        .unwrap();
    let filters = escaped(&json!({ "state": "paid", "n": { "lt": 90 } }));
    let text = file(
        &torque,
        &format!("filters={filters}&sort=n:desc,title&fields=n,title"),
    )
    .await
    .text();
    let lines = read(&text);
    assert_eq!(lines.len(), 1 + 2_250);
    let mut wanted: Vec<(i64, String)> = (1..=5_000)
        .filter(|n| n % 2 == 0 && n % 100 < 90)
        .map(|n| (n % 100, format!("o{n}")))
        .collect();
    wanted.sort_by(|(n, title), (m, other)| m.cmp(n).then(title.cmp(other)));
    let found: Vec<(i64, String)> = lines[1..]
        .iter()
        .map(|line| (line[0].parse().unwrap(), line[1].clone()))
        .collect();
    assert_eq!(found, wanted);

    // The same, a part at a time, for those who call.
    let mut together = String::new();
    let mut cursor = Value::Null;
    loop {
        let part = shop
            .call(
                "exportEntities",
                json!({
                    "entityType": "order", "filters": { "state": "paid", "n": { "lt": 90 } }, "limit": 400,
                    "sort": [{ "field": "n", "order": "desc" }, { "field": "title" }],
                    "fields": ["n", "title"], "cursor": cursor,
                }),
            )
            .await
            .unwrap();
        together.push_str(part["text"].as_str().unwrap());
        cursor = part["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
        assert_eq!(part["count"], 400);
    }
    assert_eq!(together, text);

    // Nothing found is a file with a head.
    let nothing = file(
        &torque,
        &format!("filters={}&fields=n", escaped(&json!({ "n": 1000 }))),
    )
    .await;
    assert_eq!(nothing.text(), "n\r\n");
}

#[tokio::test]
async fn a_file_is_refused_as_a_call_is_and_before_it_begins() {
    let torque = TestServer::start().await;
    let _shop = Shop::open(&torque).await;
    for (query, part) in [
        ("filters=%7B", "filters"),
        ("filters=%7B%22nope%22%3A1%7D", "nope"),
        ("fields=title,nope", "nope"),
        ("fields=", "property"),
        ("sort=tags", "tags"),
        ("sort=n:sideways", "sideways"),
        ("format=xml", "xml"),
        ("format=jsonl&style=readable", "csv only"),
        ("limit=5", "not a parameter"),
        ("bom=1&bom=1", "twice"),
    ] {
        let reply = file(&torque, query).await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.text());
        assert!(reply.text().contains(part), "{query}: {}", reply.text());
    }
    let missing = torque.request("GET", "/app/shop/export/nope", b"").await;
    assert_eq!(missing.status, 404);
    let elsewhere = torque.request("GET", "/app/nowhere/export/order", b"").await;
    assert_eq!(elsewhere.status, 404);
    let posted = torque.request("POST", "/app/shop/export/order", b"{}").await;
    assert_eq!(posted.status, 405);
    let stranger = http::request(&torque.address, "GET", "/app/nowhere/export/order", &[], b"")
        .await
        .unwrap();
    assert_eq!(stranger.status, 401, "{}", stranger.text());
}
