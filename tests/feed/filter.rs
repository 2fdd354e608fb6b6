//! The filter language in memory, held to the vectors that SQL and the browser are held to.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use torque::model::filter::Filter;
use torque::model::filter::Kind;
use torque::model::filter::MAX_CONDITIONS;
use torque::model::filter::MAX_DEPTH;
use torque::model::filter::MAX_VALUES;
use torque::model::filter::Path;
use torque::model::filter::Verdict;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/filter.json")).unwrap()
}

fn read(vectors: &Value, filter: &Value) -> torque::error::Result<Filter> {
    let kind_of = |path: &Path| {
        let fields = match path.through.as_deref() {
            None => &vectors["fields"],
            Some(_) => &vectors["related"]["fields"],
        };
        fields[&path.property]
            .as_str()
            .and_then(Kind::of_type)
            .ok_or_else(|| format!("there is no property `{}`", path.property))
    };
    Filter::read(filter, "filters", &kind_of)
}

#[test]
fn every_filter_of_the_vectors_is_met_by_the_entities_it_names() {
    let vectors = vectors();
    let entities = vectors["entities"].as_object().unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let filter = read(&vectors, &case["filter"]).unwrap();
        let met: Vec<&String> = entities
            .iter()
            .filter(|(_, entity)| {
                let entity = entity.as_object().unwrap();
                let owner = entity.get("owner").and_then(Value::as_str).unwrap_or("");
                let mut related = Map::new();
                related.insert("owner".to_owned(), vectors["related"]["entities"][owner].clone());
                filter.verdict(entity, Some(&related)) == Verdict::Met
            })
            .map(|(name, _)| name)
            .collect();
        assert_eq!(json!(met), case["met"], "{}", case["name"]);
    }
}

#[test]
fn every_wrong_filter_of_the_vectors_is_refused_at_its_place() {
    let vectors = vectors();
    for case in vectors["refused"].as_array().unwrap() {
        let refusal = read(&vectors, &case["filter"]).unwrap_err();
        assert_eq!(refusal.code.name(), "bad_request", "{}", case["name"]);
        assert_eq!(refusal.data["path"], case["path"], "{}", case["name"]);
        let place = case["path"].as_str().unwrap();
        assert!(
            refusal.message.starts_with(&format!("{place}: ")),
            "{}",
            refusal.message
        );
    }
}

#[test]
fn a_filter_through_a_reference_is_unsure_without_the_entity_referred_to() {
    let vectors = vectors();
    let filter = read(&vectors, &json!({ "owner.name": "Ada" })).unwrap();
    let referring = json!({ "owner": "0190a0b0-0000-7000-8000-000000000001" });
    assert_eq!(
        filter.verdict(referring.as_object().unwrap(), None),
        Verdict::Unsure
    );
    assert_eq!(filter.verdict(&Map::new(), None), Verdict::Unmet);

    let either = read(
        &vectors,
        &json!({ "or": [{ "owner.name": "Ada" }, { "done": true }] }),
    )
    .unwrap();
    let done = json!({ "owner": "0190a0b0-0000-7000-8000-000000000001", "done": true });
    assert_eq!(either.verdict(done.as_object().unwrap(), None), Verdict::Met);
}

#[test]
fn a_filter_beyond_reason_is_refused() {
    let vectors = vectors();
    let mut deep = json!({ "done": true });
    for _ in 0..=MAX_DEPTH {
        deep = json!({ "not": deep });
    }
    let many: Vec<Value> = (0..=MAX_CONDITIONS).map(|n| json!({ "count": n })).collect();
    let long: Vec<usize> = (0..=MAX_VALUES).collect();
    for filter in [deep, json!({ "or": many }), json!({ "count": { "in": long } })] {
        assert!(read(&vectors, &filter).is_err());
    }
}
