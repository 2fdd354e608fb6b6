//! Writes that arrive together go out together, and each is answered as if it had come alone.

use crate::access::private;
use crate::support::TestServer;
use crate::support::database::connect;
use crate::surfaces::shop::SLUG;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Each statement on the table takes a while, so that others arrive meanwhile.
async fn slow_down(torque: &TestServer, leaf: &str) {
    let client = connect(&torque.database.url).await;
    client
        .batch_execute(&format!(
            "create function public.take_time() returns trigger language plpgsql
               as 'begin perform pg_sleep(0.05); return null; end';
             create trigger takes_time after insert or update on {leaf}
               for each statement execute function public.take_time()"
        ))
        .await
        .unwrap();
}

/// Each statement that reads the table takes a while.
async fn slow_down_reads(torque: &TestServer) {
    let client = connect(&torque.database.url).await;
    client
        .batch_execute(
            "alter table shop_data.entity_tag rename to entity_tag_itself;
             create view shop_data.entity_tag as
               with slow as materialized (select pg_sleep(0.05))
               select itself.* from slow, shop_data.entity_tag_itself itself;
             grant select on shop_data.entity_tag to public",
        )
        .await
        .unwrap();
}

async fn grouped(torque: &TestServer) -> u64 {
    together(torque, "torque_grouped_writes_total").await
}

/// What travelled with others, by the name of its counter.
async fn together(torque: &TestServer, counter: &str) -> u64 {
    let numbers = torque.request("GET", "/metrics", b"").await.text();
    let line = numbers
        .lines()
        .find_map(|line| line.strip_prefix(counter)?.strip_prefix(' '));
    line.map_or(0, |count| count.parse().unwrap())
}

fn id(number: usize) -> String {
    format!("01890000-0000-7000-8000-{number:012}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn good_bad_and_duplicate_rows_of_several_callers_keep_their_own_answers() {
    let torque = Arc::new(TestServer::start().await);
    let shop = Shop::open(&torque).await;
    let taken = shop.create("tag", json!({ "name": "taken" })).await;
    slow_down(&torque, "shop_data.entity_tag").await;
    let keys = [
        private::key(&torque, Some(SLUG), "write").await,
        private::key(&torque, Some(SLUG), "admin").await,
    ];
    let path = format!("/app/{SLUG}/jsonrpc");
    let calls: Vec<_> = (0..80)
        .map(|number| {
            let (torque, path, key) = (Arc::clone(&torque), path.clone(), keys[number % 2].clone());
            let (id, data) = match number % 5 {
                // Breaks a rule.
                1 => (id(number), json!({ "name": "x".repeat(51) })),
                // Another entity has the value.
                2 => (id(number), json!({ "name": "taken" })),
                // Another entity has the id.
                3 => (taken["id"].as_str().unwrap().to_owned(), json!({ "name": "new" })),
                _ => (id(number), json!({ "name": format!("tag {number}") })),
            };
            tokio::spawn(async move {
                let params = json!({ "entityType": "tag", "id": id, "data": data });
                private::call(&torque, &path, Some(&key), "createEntity", params)
                    .await
                    .json()
            })
        })
        .collect();
    for (number, call) in calls.into_iter().enumerate() {
        let answer = call.await.unwrap();
        let error = &answer["error"];
        match number % 5 {
            1 => {
                assert_eq!(error["code"], 422, "{answer}");
                assert_eq!(error["data"]["fields"][0]["field"], "name", "{answer}");
                assert_eq!(error["data"]["fields"][0]["code"], "max_length", "{answer}");
            }
            2 => {
                assert_eq!(error["code"], 422, "{answer}");
                assert_eq!(error["data"]["fields"][0]["code"], "unique", "{answer}");
            }
            3 => assert_eq!(error["code"], 409, "{answer}"),
            _ => {
                assert_eq!(answer["result"]["id"], id(number), "{answer}");
                assert_eq!(answer["result"]["name"], format!("tag {number}"));
                assert_eq!(answer["result"]["version"], 1);
            }
        }
    }
    assert!(grouped(&torque).await > 20, "they travelled together");
    let client = connect(&torque.database.url).await;
    let rows = client
        .query(
            "select entity_id::text, caller, origin from shop_data.outbox
             union all select entity_id::text, caller, origin from shop_data.changes where op = 'create'",
            &[],
        )
        .await
        .unwrap();
    let who: HashMap<String, (String, String)> = rows
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2))))
        .collect();
    for number in (0..80).filter(|number| [0, 4].contains(&(number % 5))) {
        let (caller, origin) = &who[&id(number)];
        let expected = ["write", "admin"][number % 2];
        assert!(caller.starts_with(expected), "{number}: {caller}");
        assert_eq!(origin, "jsonrpc");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_that_travel_together_keep_their_versions() {
    let torque = Arc::new(TestServer::start().await);
    let shop = Shop::open(&torque).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let made = shop
            .create("tag", json!({ "name": format!("tag {number}") }))
            .await;
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    slow_down(&torque, "shop_data.entity_tag").await;
    let calls: Vec<_> = (0..60)
        .map(|number| {
            let torque = Arc::clone(&torque);
            let entity = ids[number % 20].clone();
            // Each entity is changed three times, once of them at a version that it never had.
            let version = if number / 20 == 1 { json!(7) } else { Value::Null };
            tokio::spawn(async move {
                let params = json!({
                    "applicationId": SLUG, "entityType": "tag", "entityId": entity, "version": version,
                    "data": { "name": format!("changed {number}") },
                });
                torque.call_server("updateEntity", params).await
            })
        })
        .collect();
    for (number, call) in calls.into_iter().enumerate() {
        match call.await.unwrap() {
            Ok(answer) => {
                assert_ne!(number / 20, 1, "{answer}");
                assert_eq!(answer["name"], format!("changed {number}"));
            }
            Err(refusal) => {
                assert_eq!((number / 20, refusal.code), (1, 409), "{refusal:?}");
                assert_eq!(refusal.data["expectedVersion"], 7);
                assert!(refusal.data["current"]["name"].is_string());
            }
        }
    }
    assert!(grouped(&torque).await > 20, "they travelled together");
    for entity in ids {
        let now = shop
            .call("getEntity", json!({ "entityType": "tag", "entityId": entity }))
            .await
            .unwrap();
        assert_eq!(now["version"], 3, "two of three were made");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_ended_under_a_group_loses_nothing_that_was_acknowledged() {
    let torque = Arc::new(TestServer::start().await);
    let shop = Shop::open(&torque).await;
    slow_down(&torque, "shop_data.entity_tag").await;
    let client = connect(&torque.database.url).await;
    let calls: Vec<_> = (0..120)
        .map(|number| {
            let torque = Arc::clone(&torque);
            tokio::spawn(async move {
                let params = json!({
                    "applicationId": SLUG, "entityType": "tag", "id": id(number),
                    "data": { "name": format!("tag {number}") },
                });
                torque.call_server("createEntity", params).await
            })
        })
        .collect();
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(40)).await;
        client
            .query(
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and usename like '%_server'
                   and state = 'active' and query like '%entity_tag%'",
                &[],
            )
            .await
            .unwrap();
    }
    let mut refused = 0;
    for (number, call) in calls.into_iter().enumerate() {
        match call.await.unwrap() {
            Ok(_) => {
                let asked = json!({ "entityType": "tag", "entityId": id(number) });
                shop.call("getEntity", asked).await.unwrap();
            }
            Err(refusal) => {
                assert_eq!(refusal.code, 503, "{refusal:?}");
                assert!(refusal.data["retryAfter"].is_number(), "{refusal:?}");
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "some were under way when their connection ended");
}

/// Somebody's own database trigger: each tag gets an order, which is refused for tags that begin with "bad".
const ORDERS_FOLLOW: &str = "
    create function public.order_follows() returns trigger language plpgsql as $$
    begin
      insert into shop_data.entity_order (data) values (jsonb_build_object(
        'title', new.data ->> 'name', 'n', case when new.data ->> 'name' like 'bad%' then 5000 else 1 end));
      return null;
    end
    $$;
    create trigger order_follows after insert on shop_data.entity_tag
      for each row execute function public.order_follows()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_grouped_write_sets_off_is_refused_and_recorded_as_if_it_had_come_alone() {
    let torque = Arc::new(TestServer::start().await);
    let _shop = Shop::open(&torque).await;
    slow_down(&torque, "shop_data.entity_tag").await;
    let client = connect(&torque.database.url).await;
    client.batch_execute(ORDERS_FOLLOW).await.unwrap();
    let keys = [
        private::key(&torque, Some(SLUG), "write").await,
        private::key(&torque, Some(SLUG), "admin").await,
    ];
    let path = format!("/app/{SLUG}/jsonrpc");
    let name = |number: usize| match number % 4 {
        3 => format!("bad {number}"),
        _ => format!("tag {number}"),
    };
    let calls: Vec<_> = (0..40)
        .map(|number| {
            let (torque, path, key) = (Arc::clone(&torque), path.clone(), keys[number % 2].clone());
            let params = json!({ "entityType": "tag", "id": id(number), "data": { "name": name(number) } });
            tokio::spawn(async move {
                private::call(&torque, &path, Some(&key), "createEntity", params)
                    .await
                    .json()
            })
        })
        .collect();
    for (number, call) in calls.into_iter().enumerate() {
        let answer = call.await.unwrap();
        match number % 4 {
            3 => assert_eq!(answer["error"]["data"]["fields"][0]["field"], "n", "{answer}"),
            _ => assert_eq!(answer["result"]["id"], id(number), "{answer}"),
        }
    }
    assert!(grouped(&torque).await > 10, "they travelled together");
    let rows = client
        .query(
            "select data ->> 'title', caller, origin from shop_data.outbox where data ? 'title'
             union all select data ->> 'title', caller, origin from shop_data.changes where data ? 'title'",
            &[],
        )
        .await
        .unwrap();
    let who: HashMap<String, (Option<String>, Option<String>)> = rows
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2))))
        .collect();
    assert_eq!(who.len(), 30, "an order for each tag that was made, and no other");
    for number in (0..40).filter(|number| number % 4 != 3) {
        let (caller, origin) = &who[&name(number)];
        let expected = ["write", "admin"][number % 2];
        assert!(
            caller
                .as_deref()
                .is_some_and(|caller| caller.starts_with(expected)),
            "{number}: {caller:?}"
        );
        assert_eq!(origin.as_deref(), Some("jsonrpc"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_that_travel_together_are_answered_each_by_its_own_entity() {
    let torque = Arc::new(TestServer::start().await);
    let shop = Shop::open(&torque).await;
    for number in 0..10 {
        let tag =
            json!({ "id": id(number), "entityType": "tag", "data": { "name": format!("tag {number}") } });
        shop.call("createEntity", tag).await.unwrap();
    }
    slow_down_reads(&torque).await;
    // Of each ten asked for one after another, one is missing; several ask for the same one.
    let calls: Vec<_> = (0..88)
        .map(|number| {
            let torque = Arc::clone(&torque);
            let params = json!({ "applicationId": SLUG, "entityType": "tag", "entityId": id(number % 11) });
            tokio::spawn(async move { torque.call_server("getEntity", params).await })
        })
        .collect();
    for (number, call) in calls.into_iter().enumerate() {
        match call.await.unwrap() {
            Ok(tag) => {
                assert_eq!(tag["id"], id(number % 11), "{tag}");
                assert_eq!(tag["name"], format!("tag {}", number % 11), "{tag}");
            }
            Err(refusal) => assert_eq!((number % 11, refusal.code), (10, 404), "{refusal:?}"),
        }
    }
    let shared = together(&torque, "torque_grouped_reads_total").await;
    assert!(shared > 20, "they travelled together: {shared}");
}
