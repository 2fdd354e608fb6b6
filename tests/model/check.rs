//! The check: each problem is named, at its place, and all of them at once.

use serde_json::Value;
use serde_json::json;
use torque::model::canonical;
use torque::model::check;
use torque::model::check::Problem;
use torque::model::normalise::normalise;

/// A document in which everything is right, to break in one place at a time.
fn shop() -> Value {
    json!({
        "name": "Shop",
        "start_page": "home",
        "entities": [
            { "id": "customer", "name": "Customer", "display_property": "name", "properties": [
                { "name": "name", "required": true, "property_type": { "type": "String", "max_length": 100 } },
                { "name": "mail", "property_type": { "type": "String", "max_length": 100, "format": "email" } }
            ] },
            { "id": "order", "name": "Order", "properties": [
                { "name": "number", "property_type": { "type": "Integer", "min": 1, "max": 99 }, "default_value": 1 },
                { "name": "state", "property_type": { "type": "Enum", "values": ["new", "sent"] } },
                { "name": "total", "property_type": { "type": "Decimal", "scale": 2, "min": "0", "max": "10.50" } },
                { "name": "tags", "property_type": { "type": "MultiEnum", "values": ["a", "b"] } },
                { "name": "customer", "property_type": {
                    "type": "Reference", "target_entity": "customer", "inverse_name": "orders" } }
            ] }
        ],
        "relationships": [
            { "id": "watchers", "name": "Watchers", "kind": "many_to_many", "source_entity": "order",
              "target_entity": "customer" }
        ],
        "forms": [
            { "id": "order_form", "name": "Order", "entity_type": "order", "sections": [{ "id": "main", "title": "Main" }],
              "fields": [
                { "name": "number", "field_type": "NumberInput", "label": "Number", "section": "main" },
                { "name": "state", "field_type": "Select", "label": "State", "visible_if": { "number": { "gt": 1 } } }
            ] }
        ],
        "components": [
            { "type": "Text", "id": "footer", "props": { "content": "The end" } }
        ],
        "pages": [
            { "id": "home", "name": "Home", "title": "Home", "components": [
                { "type": "Button", "id": "add", "position": { "row": 0, "col": 0, "width": 3 },
                  "props": { "label": "Add", "onClick": { "type": "openModal", "modal_id": "order_form" } } },
                { "type": "DataGrid", "id": "grid", "position": { "row": 1, "col": 0 },
                  "props": { "entityType": "order", "filters": { "state": "new" },
                    "columns": [{ "field": "number", "title": "No" }, { "field": "customer.name", "title": "Who" }],
                    "sort": [{ "field": "number" }] },
                  "events": [{ "event": "rowClick", "action": { "type": "refreshComponent", "component_id": "grid" } }] },
                { "component": "footer", "id": "foot", "position": { "row": 9, "col": 0 } }
            ] },
            { "id": "customer", "path": "customers/{id}", "parameters": [{ "name": "id", "entity_type": "customer" }],
              "name": "Customer", "title": "{{ params.id.name }}", "components": [
                { "type": "DataGrid", "id": "orders", "position": { "row": 0, "col": 0, "width": 6 },
                  "props": { "entityType": "order", "filters": { "customer": "{{ params.id }}" } },
                  "events": [{ "event": "rowClick", "action": {
                    "type": "navigateTo", "page_id": "customer", "params": { "id": "{{ row.customer }}" } } }] },
                { "type": "DataGrid", "id": "watched", "position": { "row": 0, "col": 6, "width": 6 },
                  "props": { "entityType": "order",
                    "linked": { "relationship": "watchers", "entityId": "{{ params.id }}" } } },
                { "type": "Text", "id": "mail", "position": { "row": 1, "col": 0 },
                  "props": { "content": "Write to {{ params.id.mail }}" } }
            ] }
        ],
        "xflows": [
            { "id": "export", "name": "Export", "nodes": {
                "start": { "node_type": { "type": "Start" } },
                "read": { "node_type": { "type": "EntityRead", "entity_type": "order",
                    "filters": { "state": "{{ input.state }}", "number": { "gt": 1 } } } },
                "many": { "node_type": { "type": "Condition", "expression": "nodes.read.length > 10" } },
                "write": { "node_type": { "type": "EntityWrite", "entity_type": "customer", "operation": "Update",
                    "entity_id": "{{ input.customer }}", "data_mapping": { "name": "Has {{ nodes.read.length }}" } } },
                "choose": { "node_type": { "type": "Switch", "value": "input.kind",
                    "cases": [{ "port": "a", "when": "'A'" }] } },
                "end": { "node_type": { "type": "End" } }
              }, "edges": [
                { "source": "start", "target": "read" },
                { "source": "read", "target": "many" },
                { "source": "many", "port": "true", "target": "write" },
                { "source": "many", "port": "false", "target": "choose" },
                { "source": "choose", "port": "a", "target": "end" },
                { "source": "write", "target": "end" }
              ] }
        ],
        "sample_data": { "customer": [{ "name": "Ada" }] }
    })
}

fn problems(document: Value) -> Vec<Problem> {
    let mut model = canonical::read_value(document).expect("a readable document");
    normalise(&mut model, None);
    check::check(&model)
}

/// Breaks the document at a place: pointer, value, path of the problem, its code (none: it is no problem).
type Break = (String, Value, String, String);

fn breaks() -> Vec<Break> {
    serde_json::from_str(include_str!("breaks.json")).expect("a table of breaks")
}

/// Sets a value where a pointer leads, making its last member.
fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    let parent = document.pointer_mut(parent).expect("a place");
    match parent {
        Value::Array(items) => match last.parse::<usize>().expect("an index") {
            index if index == items.len() => items.push(value),
            index => items[index] = value,
        },
        parent => parent[last] = value,
    }
}

#[test]
fn what_is_right_has_no_problem() {
    assert_eq!(problems(shop()), vec![]);
}

#[test]
fn each_problem_is_named_at_its_place() {
    let mut faults = Vec::new();
    for (pointer, value, path, code) in breaks() {
        let mut document = shop();
        set(&mut document, &pointer, value.clone());
        let found = problems(document);
        let named = found
            .iter()
            .any(|problem| problem.path == path && problem.code == code);
        let as_expected = if code.is_empty() { found.is_empty() } else { named };
        if !as_expected {
            faults.push(format!(
                "{pointer} = {value}: wanted {code} at {path}, found {found:?}"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_message_is_a_sentence_without_the_inside() {
    for (pointer, value, ..) in breaks() {
        let mut document = shop();
        set(&mut document, &pointer, value);
        for problem in problems(document) {
            assert!(problem.message.len() > 8, "{problem:?}");
            assert!(!problem.message.contains("Some("), "{problem:?}");
        }
    }
}

#[test]
fn all_problems_are_named_at_once() {
    let mut document = shop();
    set(&mut document, "/start_page", json!("nowhere"));
    set(&mut document, "/forms/0/fields/0/name", json!("numbr"));
    set(&mut document, "/pages/0/components/2/component", json!("header"));
    assert_eq!(problems(document).len(), 3);
}

#[test]
fn a_named_component_cannot_hold_itself() {
    let mut document = shop();
    set(
        &mut document,
        "/components",
        json!([{ "type": "Container", "id": "footer", "props": { "components": [
            { "component": "footer", "id": "inner", "position": { "row": 0, "col": 0 } }
        ] } }]),
    );
    let found = problems(document);
    assert!(
        found.iter().any(|problem| problem.code == "reference"),
        "{found:?}"
    );
}

#[test]
fn two_entity_types_cannot_be_stored_under_one_key() {
    let mut document = shop();
    set(&mut document, "/entities/0/key", json!("same"));
    set(&mut document, "/entities/1/key", json!("same"));
    let found = problems(document);
    assert_eq!(
        (found[0].path.as_str(), found[0].code.as_str()),
        ("entities[1].key", "duplicate")
    );
}
