//! Lists: what filters find, in what order, page by page and cursor by cursor.

use crate::support::TestServer;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;

/// Seven orders, `n` from 0 to 6; the odd ones are Bob's, the even ones Ada's; 6 has hardly any value.
async fn seven(shop: &Shop<'_>) {
    let ada = shop.create("customer", json!({ "name": "Ada" })).await;
    let bob = shop
        .create("customer", json!({ "name": "Bob", "email": "bob@example.org" }))
        .await;
    for n in 0..7 {
        let customer = if n % 2 == 0 { &ada } else { &bob };
        let mut order = json!({ "title": format!("Order {n}"), "n": n });
        if n < 6 {
            order["remarks"] = json!(format!("50% of_{n}"));
            order["total"] = json!(format!("{n}.50"));
            order["done"] = json!(n % 2 == 0);
            order["state"] = json!(["new", "paid", "sent"][n % 3]);
            order["tags"] = json!(if n % 3 == 0 { vec!["b", "c"] } else { vec!["a"] });
            order["day"] = json!(format!("2024-01-0{}", n + 1));
            order["at"] = json!(format!("2024-01-01T00:00:0{n}Z"));
            order["extra"] = json!({ "k": n });
            order["customer"] = customer["id"].clone();
        }
        shop.create("order", order).await;
    }
}

fn numbers(page: &Value) -> Vec<i64> {
    page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| order["n"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn filters_find_what_they_say() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    seven(&shop).await;
    let cases: &[(Value, &[i64])] = &[
        (json!({}), &[0, 1, 2, 3, 4, 5, 6]),
        (json!({ "n": 3 }), &[3]),
        (json!({ "n": { "eq": 3 } }), &[3]),
        (json!({ "n": { "ne": 3 } }), &[0, 1, 2, 4, 5, 6]),
        (json!({ "n": { "gte": 2, "lt": 5 } }), &[2, 3, 4]),
        (json!({ "n": { "in": [1, 5, 99] } }), &[1, 5]),
        (json!({ "n": { "in": [] } }), &[]),
        (json!({ "total": "3.5" }), &[3]),
        (json!({ "total": 3.50 }), &[3]),
        (json!({ "total": { "gt": "2.50" } }), &[3, 4, 5]),
        (json!({ "total": null }), &[6]),
        (json!({ "done": true }), &[0, 2, 4]),
        (json!({ "not": { "done": true } }), &[1, 3, 5, 6]),
        (json!({ "state": "paid" }), &[1, 4]),
        (json!({ "state": { "ne": "new" } }), &[1, 2, 4, 5]),
        (json!({ "tags": { "contains": "a" } }), &[1, 2, 4, 5]),
        (json!({ "tags": { "in": ["a", "c"] } }), &[0, 1, 2, 3, 4, 5]),
        (json!({ "tags": { "in": ["c"] } }), &[0, 3]),
        (
            json!({ "day": { "between": ["2024-01-02", "2024-01-03"] } }),
            &[1, 2],
        ),
        (json!({ "at": { "gte": "2024-01-01T01:00:04+01:00" } }), &[4, 5]),
        (json!({ "extra": { "contains": { "k": 2 } } }), &[2]),
        (
            json!({ "remarks": { "contains": "50% OF_" } }),
            &[0, 1, 2, 3, 4, 5],
        ),
        (json!({ "remarks": { "contains": "50%%" } }), &[]),
        (
            json!({ "title": { "startsWith": "oRDER" } }),
            &[0, 1, 2, 3, 4, 5, 6],
        ),
        (json!({ "title": { "gt": "Order 3" } }), &[4, 5, 6]),
        (json!({ "customer": { "null": true } }), &[6]),
        (json!({ "customer.name": "Ada" }), &[0, 2, 4]),
        (json!({ "customer.name": { "ne": "Ada" } }), &[1, 3, 5, 6]),
        (json!({ "customer.email": { "null": true } }), &[0, 2, 4, 6]),
        (json!({ "customer.email": { "contains": "BOB" } }), &[1, 3, 5]),
        (json!({ "customer.version": 1 }), &[0, 1, 2, 3, 4, 5]),
        (
            json!({ "or": [{ "n": 1 }, { "and": [{ "done": true }, { "state": "new" }] }] }),
            &[0, 1],
        ),
        (json!({ "or": [] }), &[]),
        (
            json!({ "version": 1, "created_at": { "gt": "2020-01-01T00:00:00Z" } }),
            &[0, 1, 2, 3, 4, 5, 6],
        ),
    ];
    for (filters, expected) in cases {
        let page = shop.list(json!({ "filters": filters, "sortBy": "n" })).await;
        assert_eq!(&numbers(&page), expected, "{filters}");
        assert_eq!(page["pagination"]["total"], expected.len(), "{filters}");
    }
    // Search: every word, in the searchable properties or else in every text.
    for (words, expected) in [("order 3", 1), ("OF_3 50%", 1), ("nothing", 0), ("  ", 7)] {
        let page = shop.list(json!({ "search": words })).await;
        assert_eq!(page["pagination"]["total"], expected, "{words}");
    }
    let customers = shop
        .list(json!({ "entityType": "customer", "search": "bo" }))
        .await;
    assert_eq!(customers["pagination"]["total"], 1);
}

#[tokio::test]
async fn lists_are_sorted_by_type_with_absent_values_last() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    seven(&shop).await;
    let asc = |field: &str| json!({ "sort": [{ "field": field }] });
    let desc = |field: &str| json!({ "sort": [{ "field": field, "order": "desc" }] });
    for (params, expected) in [
        (json!({}), vec![0, 1, 2, 3, 4, 5, 6]),
        (
            json!({ "sortBy": "n", "sortOrder": "desc" }),
            vec![6, 5, 4, 3, 2, 1, 0],
        ),
        (asc("total"), vec![0, 1, 2, 3, 4, 5, 6]),
        (desc("total"), vec![6, 5, 4, 3, 2, 1, 0]),
        (desc("created_at"), vec![6, 5, 4, 3, 2, 1, 0]),
        (asc("title"), vec![0, 1, 2, 3, 4, 5, 6]),
        (asc("at"), vec![0, 1, 2, 3, 4, 5, 6]),
        (
            json!({ "sort": [{ "field": "done" }, { "field": "n", "order": "desc" }] }),
            vec![5, 3, 1, 4, 2, 0, 6],
        ),
        (
            json!({ "sort": [{ "field": "state", "order": "desc" }, { "field": "n" }] }),
            vec![2, 5, 1, 4, 0, 3, 6],
        ),
    ] {
        let page = shop.list(params.clone()).await;
        if params["sort"][0]["field"] == "state" {
            // The default makes the seventh `new` as well.
            assert_eq!(numbers(&page), [2, 5, 1, 4, 0, 3, 6]);
        } else {
            assert_eq!(numbers(&page), expected, "{params}");
        }
    }
    let meta = shop.list(json!({ "sortBy": "n", "sortOrder": "desc" })).await["meta"].clone();
    assert_eq!(
        (&meta["sortBy"], &meta["sortOrder"]),
        (&json!("n"), &json!("desc"))
    );
}

#[tokio::test]
async fn cursors_walk_every_order_there_and_back() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    seven(&shop).await;
    for sort in [
        json!([]),
        json!([{ "field": "n" }]),
        json!([{ "field": "total" }]),
        json!([{ "field": "total", "order": "desc" }]),
        json!([{ "field": "done", "order": "desc" }, { "field": "title" }]),
        json!([{ "field": "created_at", "order": "desc" }]),
        json!([{ "field": "customer" }, { "field": "n", "order": "desc" }]),
    ] {
        let whole = numbers(&shop.list(json!({ "sort": sort })).await);
        for limit in [1, 2, 3, 7] {
            let mut seen = Vec::new();
            let mut pages = Vec::new();
            let mut page = shop.list(json!({ "sort": sort, "limit": limit })).await;
            loop {
                seen.extend(numbers(&page));
                pages.push(numbers(&page));
                let Some(cursor) = page["pagination"].get("nextCursor").cloned() else {
                    break;
                };
                page = shop
                    .list(json!({ "sort": sort, "limit": limit, "cursor": cursor }))
                    .await;
            }
            assert_eq!(seen, whole, "{sort} by {limit}");
            pages.pop();
            while let Some(expected) = pages.pop() {
                let cursor = page["pagination"]["previousCursor"].clone();
                page = shop
                    .list(json!({ "sort": sort, "limit": limit, "cursor": cursor }))
                    .await;
                assert_eq!(numbers(&page), expected, "{sort} by {limit}, back");
            }
            assert!(
                page["pagination"].get("previousCursor").is_none(),
                "{sort} by {limit}"
            );
        }
    }
    let cursor = shop.list(json!({ "limit": 2 })).await["pagination"]["nextCursor"].clone();
    let other = json!({ "entityType": "order", "sortBy": "n", "cursor": cursor });
    assert_eq!(shop.call("loadEntityData", other).await.unwrap_err().code, -32602);
    let query = shop
        .call("queryEntities", json!({ "entityType": "order", "limit": 5 }))
        .await
        .unwrap();
    let rest = json!({ "entityType": "order", "limit": 5, "cursor": query["nextCursor"] });
    let rest = shop.call("queryEntities", rest).await.unwrap();
    assert_eq!(numbers(&rest), [5, 6]);
    assert_eq!(rest["nextCursor"], Value::Null);
}

#[tokio::test]
async fn pages_are_counted_from_the_nearer_end_and_totals_are_exact_or_marked() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    for part in 0..2 {
        let entities: Vec<Value> = (part * 6_000..(part + 1) * 6_000)
            .map(|n| json!({ "data": { "title": format!("t{n:05}"), "n": n % 1000, "done": true } }))
            .collect();
        shop.call(
            "bulkCreateEntities",
            json!({ "entityType": "order", "entities": entities }),
        )
        .await
        .unwrap();
    }
    for number in [0, 1, 119, 120, 121, 200, 239, 240, 1_000_000] {
        let page = shop
            .list(json!({ "page": number, "fields": ["title"], "sortBy": "title" }))
            .await;
        let titles: Vec<_> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| order["title"].as_str().unwrap().to_owned())
            .collect();
        let expected: Vec<String> = (number * 50..(number * 50 + 50).min(12_000))
            .map(|n| format!("t{n:05}"))
            .collect();
        assert_eq!(titles, expected, "page {number}");
        assert_eq!(page["pagination"]["total"], 12_000);
        assert_eq!(page["pagination"]["totalPages"], 240);
        assert!(page["pagination"].get("totalIsCapped").is_none());
    }
    let filtered = shop
        .list(json!({ "filters": { "done": true }, "limit": 1 }))
        .await;
    assert_eq!(filtered["pagination"]["total"], 10_000);
    assert_eq!(filtered["pagination"]["totalIsCapped"], true);
    let few = shop.list(json!({ "filters": { "n": 7 }, "limit": 5 })).await;
    assert_eq!(few["pagination"]["total"], 12);
    assert_eq!(few["pagination"]["totalPages"], 3);
    let uncounted = shop.list(json!({ "total": false, "limit": 5 })).await;
    assert!(uncounted["pagination"].get("total").is_none());
    assert_eq!(uncounted["data"].as_array().unwrap().len(), 5);
    assert!(uncounted["pagination"]["nextCursor"].is_string());
}

#[tokio::test]
async fn projections_and_includes_bring_what_was_asked_for_and_no_more() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    seven(&shop).await;
    let page = shop
        .list(json!({ "fields": ["n", "remarks", "created_at"], "sortBy": "n", "limit": 1 }))
        .await;
    let keys: Vec<_> = page["data"][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["id", "n", "remarks", "created_at"]);

    let page = shop.list(json!({ "include": ["customer"], "sortBy": "n" })).await;
    assert_eq!(numbers(&page), [0, 1, 2, 3, 4, 5, 6]);
    let customers = page["included"]["customer"].as_object().unwrap();
    assert_eq!(customers.len(), 2);
    let ada = &customers[page["data"][0]["customer"].as_str().unwrap()];
    assert_eq!(
        (&ada["name"], &ada["entity_type"]),
        (&json!("Ada"), &json!("customer"))
    );
}
