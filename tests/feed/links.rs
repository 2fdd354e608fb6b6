//! Links, and tables that are emptied at once, as subscribers hear of them.

use crate::feed::follower::Follower;
use crate::feed::follower::Heard;
use crate::support::TestServer;
use crate::support::application::next_version;
use crate::surfaces::shop::SLUG;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;
use std::time::Duration;

/// A socket about one type of the shop, which has heard of everything so far.
async fn following(server: &TestServer, sql: &tokio_postgres::Client, entity_type: &str) -> Follower {
    let waiting = format!("select count(*) from {SLUG}_data.outbox");
    for _ in 0..500 {
        if sql.query_one(&waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut follower = Follower::at(server, &format!("/app/{SLUG}/ws")).await;
    follower.subscribe(json!({ "entityType": entity_type })).await;
    follower
}

fn told(change: &Value) -> (&str, &str, &str) {
    let text = |key: &str| change[key].as_str().unwrap_or_default();
    (text("kind"), text("op"), text("entityType"))
}

#[tokio::test]
async fn what_a_link_carries_is_told_by_the_names_of_today() {
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    let sql = server.database.connect().await;
    next_version(&server, SLUG, |document| {
        document["relationships"][0]["properties"][0]["name"] = json!("remark");
    })
    .await;
    let order = shop.create("order", json!({ "title": "one" })).await;
    let tag = shop.create("tag", json!({ "name": "urgent" })).await;
    let mut tags = following(&server, &sql, "tag").await;
    let data = json!({ "remark": "bow" });
    let link =
        json!({ "relationship": "order_tags", "sourceId": order["id"], "targetId": tag["id"], "data": data });
    shop.call("link", link).await.unwrap();
    let changes = tags.changes(1).await;
    assert_eq!(changes[0]["link"]["data"], data, "{changes:?}");
}

#[tokio::test]
async fn links_made_and_taken_away_reach_the_sockets_of_both_their_ends() {
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    let sql = server.database.connect().await;
    let order = shop.create("order", json!({ "title": "one" })).await;
    let tag = shop.create("tag", json!({ "name": "urgent" })).await;
    let mut orders = following(&server, &sql, "order").await;
    let mut tags = following(&server, &sql, "tag").await;
    let mut customers = following(&server, &sql, "customer").await;
    let ends = json!({ "relationship": "order_tags", "sourceId": order["id"], "targetId": tag["id"] });
    shop.call("link", ends.clone()).await.unwrap();
    shop.call("unlink", ends).await.unwrap();
    let (source, target) = (order["id"].as_str().unwrap(), tag["id"].as_str().unwrap());
    let insert =
        format!("insert into {SLUG}.order_tags (source_id, target_id) values ('{source}', '{target}')");
    sql.batch_execute(&insert).await.unwrap();
    // A deleted end takes its links along, and both are told.
    let gone = json!({ "entityType": "tag", "entityId": target });
    shop.call("deleteEntity", gone).await.unwrap();
    for (follower, count) in [(&mut orders, 4), (&mut tags, 5)] {
        let changes = follower.changes(count).await;
        let links: Vec<&Value> = changes.iter().filter(|change| change["kind"] == "link").collect();
        let ops: Vec<&Value> = links.iter().map(|change| &change["op"]).collect();
        assert_eq!(ops, ["link", "unlink", "link", "unlink"], "{changes:?}");
        for link in links {
            assert_eq!(told(link).2, "order", "the type it starts from");
            assert_eq!(link["entityId"], order["id"]);
            assert_eq!(link["link"]["relationship"], "order_tags");
            assert_eq!(link["link"]["target_id"], tag["id"]);
        }
    }
    assert_eq!(
        customers.hear(Duration::from_millis(200)).await,
        Heard::Silence,
        "no link of theirs"
    );
}

#[tokio::test]
async fn a_table_that_is_emptied_at_once_is_told_to_everyone_who_shows_it() {
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    let sql = server.database.connect().await;
    let order = shop.create("order", json!({ "title": "one" })).await;
    let tag = shop.create("tag", json!({ "name": "urgent" })).await;
    let ends = json!({ "relationship": "order_tags", "sourceId": order["id"], "targetId": tag["id"] });
    shop.call("link", ends.clone()).await.unwrap();
    let mut orders = following(&server, &sql, "order").await;
    let mut tags = following(&server, &sql, "tag").await;
    // A filter that nothing of it can be compared with must not hide it.
    let mut filtered = Follower::at(&server, &format!("/app/{SLUG}/ws")).await;
    filtered
        .subscribe(json!({ "entityType": "tag", "filters": { "name": "never" } }))
        .await;

    let refused = sql
        .batch_execute(&format!("truncate {SLUG}.tag"))
        .await
        .unwrap_err();
    assert!(
        refused
            .as_db_error()
            .unwrap()
            .message()
            .contains("is not a table"),
        "{refused:?}"
    );
    sql.batch_execute(&format!("truncate {SLUG}_data.link_order_tags"))
        .await
        .unwrap();
    for follower in [&mut orders, &mut tags] {
        let changes = follower.changes(1).await;
        assert_eq!(told(&changes[0]), ("link", "truncate", "order"));
        assert_eq!(changes[0]["link"]["relationship"], "order_tags");
        assert!(changes[0]["entityId"].is_null());
    }
    shop.call("link", ends).await.unwrap();
    orders.changes(1).await;
    tags.changes(1).await;

    // The links go with one of their ends.
    sql.batch_execute(&format!("truncate {SLUG}_data.entity_tag cascade"))
        .await
        .unwrap();
    let changes = tags.changes(2).await;
    let mut heard: Vec<_> = changes.iter().map(told).collect();
    heard.sort_unstable();
    assert_eq!(
        heard,
        [("entity", "truncate", "tag"), ("link", "truncate", "order")]
    );
    assert_eq!(told(&orders.changes(1).await[0]), ("link", "truncate", "order"));
    let ops: Vec<Value> = filtered.changes(4).await;
    assert!(
        ops.iter()
            .any(|change| told(change) == ("entity", "truncate", "tag"))
    );
    let left = shop.list(json!({ "entityType": "tag" })).await;
    assert_eq!(left["pagination"]["total"], 0);
}
