//! One filter language, two evaluators: SQL and memory find the same entities.

use crate::support::TestServer;
use crate::surfaces::shop::SLUG;
use crate::surfaces::shop::Shop;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::collections::BTreeSet;
use torque::model::filter::Verdict;
use torque::operation::entity_list::read_filter;

/// How many filters are tried.
const FILTERS: usize = 400;

/// Small and repeatable: the same entities and filters in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

const WORDS: &[&str] = &[
    "",
    "a",
    "A",
    "ab",
    "aB",
    "b%",
    "%",
    "_",
    "\\",
    "\\%",
    "ä",
    "Ä",
    "z a",
    " a",
    "'",
    "10",
    "9",
    "\u{1f600}",
];
const TYPES: &[&str] = &[
    "title", "remarks", "n", "total", "done", "state", "tags", "day", "at", "code", "extra",
];

fn value(dice: &mut Dice, property: &str) -> Value {
    match property {
        "title" | "remarks" | "name" => json!(dice.pick(WORDS)),
        "n" => json!(dice.roll(5) as i64 - 2),
        "total" => json!(dice.pick(&["0.00", "-1.50", "2.00", "10.00", "9.99"])),
        "done" => json!(dice.roll(2) == 0),
        "state" => json!(dice.pick(&["new", "paid", "sent"])),
        "tags" => json!(dice.pick(&[vec![], vec!["a"], vec!["b", "a"], vec!["c"]])),
        "day" => json!(dice.pick(&["2024-02-29", "2023-12-31", "2024-03-01"])),
        "at" => json!(dice.pick(&[
            "2024-01-01T00:00:00Z",
            "2024-01-01T01:00:00+02:00",
            "2024-01-01T00:00:00.000001Z"
        ])),
        "code" => json!(dice.pick(&[
            "0190c5a1-0000-7000-8000-00000000000a",
            "0190C5A1-0000-7000-8000-00000000000B"
        ])),
        _ => dice
            .pick(&[
                json!({}),
                json!({ "k": 1 }),
                json!([1, "a"]),
                json!({ "k": [1, { "x": null }] }),
                json!("a"),
            ])
            .clone(),
    }
}

fn condition(dice: &mut Dice) -> Value {
    let through = dice.roll(6) == 0;
    let property = if through { "name" } else { *dice.pick(TYPES) };
    let operators: &[&str] = match property {
        "title" | "remarks" | "name" => &[
            "eq",
            "ne",
            "in",
            "contains",
            "startsWith",
            "gt",
            "gte",
            "lt",
            "lte",
            "between",
            "null",
        ],
        "state" => &["eq", "ne", "in", "contains", "startsWith", "null"],
        "n" | "total" | "day" | "at" => &["eq", "ne", "in", "gt", "gte", "lt", "lte", "between", "null"],
        "tags" => &["eq", "ne", "in", "contains", "null"],
        "extra" => &["eq", "ne", "contains", "null"],
        _ => &["eq", "ne", "in", "null"],
    };
    let operator = *dice.pick(operators);
    let test = match operator {
        "null" => json!(dice.roll(2) == 0),
        "in" if property == "tags" => json!(["a", "b", "c"][..dice.roll(3)]),
        "in" => {
            let mut list: Vec<Value> = (0..dice.roll(3)).map(|_| value(dice, property)).collect();
            if dice.roll(4) == 0 {
                list.push(Value::Null);
            }
            json!(list)
        }
        "contains" if property == "tags" => json!(dice.pick(&["a", "b"])),
        "between" => json!([value(dice, property), value(dice, property)]),
        _ => value(dice, property),
    };
    let name = if through { "customer.name" } else { property };
    json!({ name: { operator: test } })
}

fn filter(dice: &mut Dice, depth: usize) -> Value {
    match dice.roll(if depth < 3 { 6 } else { 2 }) {
        0 | 1 => condition(dice),
        2 => json!({ "not": filter(dice, depth + 1) }),
        3 => json!({ "and": [filter(dice, depth + 1), filter(dice, depth + 1)] }),
        4 => json!({ "or": [filter(dice, depth + 1), filter(dice, depth + 1)] }),
        _ => {
            let mut both = condition(dice);
            for (name, test) in condition(dice).as_object().unwrap() {
                both[name] = test.clone();
            }
            both
        }
    }
}

#[tokio::test]
async fn sql_and_memory_find_the_same_entities_for_any_filter() {
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    let mut dice = Dice(0x5EED_CAFE_F00D_1234);
    let mut customers = Vec::new();
    for word in ["a", "A", "ab", "ä", "%"] {
        let customer = shop.create("customer", json!({ "name": word })).await;
        customers.push(customer.as_object().unwrap().clone());
    }
    let mut orders = Vec::new();
    for _ in 0..120 {
        let mut data = json!({ "title": value(&mut dice, "title") });
        for property in &TYPES[1..] {
            if dice.roll(3) > 0 {
                data[*property] = value(&mut dice, property);
            }
        }
        if dice.roll(3) > 0 {
            data["customer"] = dice.pick(&customers)["id"].clone();
        }
        orders.push(json!({ "data": data }));
    }
    let made = shop
        .call(
            "bulkCreateEntities",
            json!({ "entityType": "order", "entities": orders }),
        )
        .await
        .unwrap();
    let orders: Vec<Map<String, Value>> = made["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| order.as_object().unwrap().clone())
        .collect();

    let inside = server.database.torque().await;
    let application = inside.directory.find(SLUG).unwrap();
    let entity_type = application.entity_type("order").unwrap();
    for _ in 0..FILTERS {
        let filters = filter(&mut dice, 0);
        let read = read_filter(&application, entity_type, Some(&filters)).unwrap();
        let mut in_memory = BTreeSet::new();
        for order in &orders {
            let customer = customers
                .iter()
                .find(|customer| Some(&customer["id"]) == order.get("customer"));
            let mut related = Map::new();
            if let Some(customer) = customer {
                related.insert("customer".to_owned(), Value::Object(customer.clone()));
            }
            if read.verdict(order, Some(&related)) == Verdict::Met {
                in_memory.insert(order["id"].as_str().unwrap().to_owned());
            }
        }
        let page = shop
            .list(json!({ "filters": filters, "limit": 1000, "fields": [] }))
            .await;
        let in_sql: BTreeSet<String> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| order["id"].as_str().unwrap().to_owned())
            .collect();
        let differing: Vec<_> = orders
            .iter()
            .filter(|order| {
                let id = order["id"].as_str().unwrap();
                in_sql.contains(id) != in_memory.contains(id)
            })
            .collect();
        assert!(
            differing.is_empty(),
            "{filters}\nSQL {} memory {}\n{:#?}",
            in_sql.len(),
            in_memory.len(),
            differing.first()
        );
    }
}
