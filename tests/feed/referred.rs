//! Subscriptions whose filter looks at an entity referred to.

use crate::feed::follower::Follower;
use crate::feed::follower::Heard;
use crate::support::TestServer;
use crate::surfaces::shop::SLUG;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;
use std::time::Duration;

/// A socket that shows the orders whose customer meets this.
async fn following(server: &TestServer, filters: Value) -> Follower {
    let sql = server.database.connect().await;
    let waiting = format!("select count(*) from {SLUG}_data.outbox");
    for _ in 0..500 {
        if sql.query_one(&waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut follower = Follower::at(server, &format!("/app/{SLUG}/ws")).await;
    let params = json!({ "entityType": "order", "filters": filters });
    follower.subscribe(params).await;
    follower
}

async fn update(shop: &Shop<'_>, entity_type: &str, id: &Value, data: Value) {
    let params = json!({ "entityType": entity_type, "entityId": id, "data": data });
    shop.call("updateEntity", params).await.unwrap();
}

/// The next thing that is no empty frame.
async fn next(follower: &mut Follower) -> Value {
    loop {
        match follower.hear(Duration::from_secs(10)).await {
            Heard::Frame(frame) if frame["params"]["changes"] == json!([]) => {}
            Heard::Frame(frame) => return frame,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn only_what_meets_a_filter_through_a_reference_is_sent() {
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    let ada = shop.create("customer", json!({ "name": "Ada" })).await;
    let bob = shop.create("customer", json!({ "name": "Bob" })).await;
    let order = shop
        .create("order", json!({ "title": "before", "customer": ada["id"] }))
        .await;
    let mut follower = following(&server, json!({ "customer.name": "Ada", "n": { "gte": 0 } })).await;

    // Of these only the second meets it: another customer, none at all, and the filter's other half.
    shop.create(
        "order",
        json!({ "title": "Bob's", "n": 1, "customer": bob["id"] }),
    )
    .await;
    let made = shop
        .create(
            "order",
            json!({ "title": "Ada's", "n": 1, "customer": ada["id"] }),
        )
        .await;
    shop.create("order", json!({ "title": "nobody's", "n": 1 })).await;
    update(
        &shop,
        "order",
        &order["id"],
        json!({ "title": "still without n" }),
    )
    .await;
    update(&shop, "order", &made["id"], json!({ "title": "Ada's own" })).await;
    let changes = follower.changes(2).await;
    let titles: Vec<&Value> = changes.iter().map(|change| &change["entity"]["title"]).collect();
    assert_eq!(titles, ["Ada's", "Ada's own"]);

    // It goes to another customer and comes back, and is deleted.
    update(&shop, "order", &made["id"], json!({ "customer": bob["id"] })).await;
    update(&shop, "order", &made["id"], json!({ "title": "unseen" })).await;
    update(&shop, "order", &made["id"], json!({ "customer": ada["id"] })).await;
    let gone = json!({ "entityType": "order", "entityId": made["id"] });
    shop.call("deleteEntity", gone).await.unwrap();
    let changes = follower.changes(3).await;
    assert_eq!(changes[0]["leave"], true, "{changes:?}");
    assert_eq!(changes[1]["entity"]["customer"], ada["id"], "{changes:?}");
    assert_eq!(changes[2]["op"], "delete", "{changes:?}");
    assert_eq!(follower.hear(Duration::from_millis(300)).await, Heard::Silence);
}

#[tokio::test]
async fn a_referred_entity_that_begins_to_meet_the_filter_makes_its_subscribers_load_again() {
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    let ada = shop.create("customer", json!({ "name": "Ada" })).await;
    let order = shop
        .create("order", json!({ "title": "one", "customer": ada["id"] }))
        .await;
    let mut follower = following(&server, json!({ "customer.name": { "startsWith": "Ada" } })).await;
    // What the filter does not look at, and what makes no difference to it, disturbs nobody.
    update(
        &shop,
        "customer",
        &ada["id"],
        json!({ "email": "ada@example.org" }),
    )
    .await;
    update(&shop, "customer", &ada["id"], json!({ "name": "Ada Lovelace" })).await;
    update(&shop, "order", &order["id"], json!({ "title": "two" })).await;
    let frame = next(&mut follower).await;
    assert_eq!(frame["params"]["changes"][0]["entity"]["title"], "two", "{frame}");
    for name in ["Grace", "Ada again"] {
        update(&shop, "customer", &ada["id"], json!({ "name": name })).await;
        let told = next(&mut follower).await;
        assert_eq!(told["method"], "resync", "{name}: {told}");
        assert!(told["params"]["reason"].as_str().unwrap().contains("reference"));
    }
    // It goes on from there.
    update(&shop, "order", &order["id"], json!({ "title": "three" })).await;
    let frame = next(&mut follower).await;
    assert_eq!(
        frame["params"]["changes"][0]["entity"]["title"], "three",
        "{frame}"
    );
}

#[tokio::test]
async fn who_comes_back_gets_what_was_missed_by_the_same_filter() {
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    let ada = shop.create("customer", json!({ "name": "Ada" })).await;
    let bob = shop.create("customer", json!({ "name": "Bob" })).await;
    let mut follower = following(&server, json!({ "customer.name": "Ada" })).await;
    let first = shop
        .create("order", json!({ "title": "seen", "customer": ada["id"] }))
        .await;
    let frame = next(&mut follower).await;
    assert_eq!(frame["params"]["changes"][0]["entityId"], first["id"]);
    let epoch = frame["params"]["epoch"].as_str().unwrap();
    let since = format!("{epoch}:{}", frame["params"]["to"]);
    drop(follower);
    for number in 0..20 {
        let customer = if number == 7 { &ada } else { &bob };
        let title = format!("missed {number}");
        shop.create("order", json!({ "title": title, "customer": customer["id"] }))
            .await;
    }
    let mut back = Follower::at(&server, &format!("/app/{SLUG}/ws")).await;
    back.subscribe(json!({ "entityType": "order", "filters": { "customer.name": "Ada" }, "since": since }))
        .await;
    let frame = next(&mut back).await;
    let changes = frame["params"]["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{frame}");
    assert_eq!(changes[0]["entity"]["title"], "missed 7");
}
