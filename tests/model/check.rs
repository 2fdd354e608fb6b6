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
            ] }
        ],
        "xflows": [{ "id": "export", "name": "Export" }],
        "sample_data": { "customer": [{ "name": "Ada" }] }
    })
}

fn problems(document: Value) -> Vec<Problem> {
    let mut model = canonical::read_value(document).expect("a readable document");
    normalise(&mut model, None);
    check::check(&model)
}

/// Breaks the document at a place: (pointer, value, path of the problem, its code).
type Break = (&'static str, Value, &'static str, &'static str);

fn breaks() -> Vec<Break> {
    let long = "x".repeat(64);
    vec![
        ("/name", json!(" "), "name", "required"),
        ("/$schema", json!("urn:torque:model:9"), "$schema", "unknown"),
        ("/time_zone", json!("Mars; drop"), "time_zone", "format"),
        ("/start_page", json!("nowhere"), "start_page", "unknown"),
        ("/entities/0/id", json!("Customer"), "entities[0].id", "name"),
        ("/entities/0/id", json!("cust\"omer"), "entities[0].id", "name"),
        ("/entities/1/id", json!("pg_order"), "entities[1].id", "reserved"),
        ("/entities/1/id", json!("customer"), "entities[1].id", "duplicate"),
        ("/entities/0/id", json!(long), "entities[0].id", "name"),
        ("/entities/0/name", json!("a\u{0}b"), "entities[0].name", "text"),
        (
            "/entities/0/display_property",
            json!("nmae"),
            "entities[0].display_property",
            "unknown",
        ),
        (
            "/entities/1/display_property",
            json!("tags"),
            "entities[1].display_property",
            "type",
        ),
        (
            "/entities/0/lifecycle_hooks",
            json!([{ "event": "OnCreate", "xflow_id": "export" }]),
            "entities[0].lifecycle_hooks[0]",
            "xflow",
        ),
        (
            "/entities/0/lifecycle_hooks",
            json!([{ "event": "OnCreate", "xflow_id": "exprt", "enabled": false }]),
            "entities[0].lifecycle_hooks[0].xflow_id",
            "unknown",
        ),
        (
            "/entities/0/properties/1/name",
            json!("name"),
            "entities[0].properties[1].name",
            "duplicate",
        ),
        (
            "/entities/0/properties/1/name",
            json!("created_at"),
            "entities[0].properties[1].name",
            "reserved",
        ),
        (
            "/entities/0/properties/1/name",
            json!("xmin"),
            "entities[0].properties[1].name",
            "reserved",
        ),
        (
            "/entities/0/properties/1/name",
            json!("and"),
            "entities[0].properties[1].name",
            "reserved",
        ),
        (
            "/entities/0/properties/1/name",
            json!(long),
            "entities[0].properties[1].name",
            "name",
        ),
        (
            "/entities/0/properties/0/property_type/max_length",
            json!(0),
            "entities[0].properties[0].property_type.max_length",
            "max_length",
        ),
        (
            "/entities/0/properties/0/property_type/min_length",
            json!(101),
            "entities[0].properties[0].property_type.min_length",
            "min_length",
        ),
        (
            "/entities/0/properties/0/property_type/pattern",
            json!("(?=a)"),
            "entities[0].properties[0].property_type.pattern",
            "pattern",
        ),
        (
            "/entities/0/properties/0/property_type",
            json!({ "type": "String" }),
            "",
            "",
        ),
        ("/entities/0/properties/0/unique", json!(true), "", ""),
        (
            "/entities/0/properties/0/property_type/max_length",
            json!(501),
            "",
            "",
        ),
        (
            "/entities/1/properties/0/property_type/min",
            json!(100),
            "entities[1].properties[0].property_type.min",
            "min",
        ),
        (
            "/entities/1/properties/0/property_type/max",
            json!(9_007_199_254_740_992_i64),
            "entities[1].properties[0].property_type.max",
            "max",
        ),
        (
            "/entities/1/properties/0/default_value",
            json!(100),
            "entities[1].properties[0].default_value",
            "default",
        ),
        (
            "/entities/1/properties/0/default_value",
            json!("1"),
            "entities[1].properties[0].default_value",
            "default",
        ),
        (
            "/entities/1/properties/0/default_value",
            json!({ "function": "now" }),
            "entities[1].properties[0].default_value",
            "type",
        ),
        (
            "/entities/1/properties/0/unique",
            json!(true),
            "entities[1].properties[0].default_value",
            "unique",
        ),
        (
            "/entities/1/properties/0/searchable",
            json!(true),
            "entities[1].properties[0].searchable",
            "type",
        ),
        (
            "/entities/1/properties/0/messages",
            json!({ "reqired": "x" }),
            "entities[1].properties[0].messages.reqired",
            "unknown",
        ),
        (
            "/entities/1/properties/1/property_type/values",
            json!([]),
            "entities[1].properties[1].property_type.values",
            "size",
        ),
        (
            "/entities/1/properties/1/property_type/values",
            json!(["new", "new"]),
            "entities[1].properties[1].property_type.values[1]",
            "duplicate",
        ),
        (
            "/entities/1/properties/1/default_value",
            json!("old"),
            "entities[1].properties[1].default_value",
            "default",
        ),
        (
            "/entities/1/properties/2/property_type/scale",
            json!(21),
            "entities[1].properties[2].property_type.scale",
            "max",
        ),
        (
            "/entities/1/properties/2/property_type/min",
            json!("1.234"),
            "entities[1].properties[2].property_type.min",
            "number",
        ),
        (
            "/entities/1/properties/2/property_type/min",
            json!("11"),
            "entities[1].properties[2].property_type.min",
            "min",
        ),
        (
            "/entities/1/properties/2/default_value",
            json!("11"),
            "entities[1].properties[2].default_value",
            "default",
        ),
        (
            "/entities/1/properties/3/unique",
            json!(true),
            "entities[1].properties[3].unique",
            "type",
        ),
        (
            "/entities/1/properties/4/property_type/target_entity",
            json!("custmer"),
            "entities[1].properties[4].property_type.target_entity",
            "unknown",
        ),
        (
            "/entities/1/properties/4/property_type/inverse_name",
            json!("name"),
            "entities[1].properties[4].property_type.inverse_name",
            "duplicate",
        ),
        (
            "/entities/1/properties/4/validation",
            json!([{ "rule_type": { "Custom": { "xflow_id": "export" } }, "message": "no" }]),
            "entities[1].properties[4].validation[0]",
            "xflow",
        ),
        (
            "/entities/1/properties/0/validation",
            json!([{ "rule_type": "MinLength", "message": "no", "parameters": { "length": 1 } }]),
            "entities[1].properties[0].validation[0].rule_type",
            "type",
        ),
        (
            "/relationships/0/source_entity",
            json!("ordr"),
            "relationships[0].source_entity",
            "unknown",
        ),
        (
            "/relationships/0/on_delete",
            json!("set_null"),
            "relationships[0].on_delete",
            "type",
        ),
        (
            "/forms/0/entity_type",
            json!("ordr"),
            "forms[0].entity_type",
            "unknown",
        ),
        (
            "/forms/0/fields/0/name",
            json!("numbr"),
            "forms[0].fields[0].name",
            "unknown",
        ),
        (
            "/forms/0/fields/0/name",
            json!("created_at"),
            "forms[0].fields[0].name",
            "read_only",
        ),
        (
            "/forms/0/fields/0/field_type",
            json!("Checkbox"),
            "forms[0].fields[0].field_type",
            "type",
        ),
        (
            "/forms/0/fields/0/section",
            json!("other"),
            "forms[0].fields[0].section",
            "unknown",
        ),
        (
            "/forms/0/fields/0/defaultValue",
            json!("x"),
            "forms[0].fields[0].defaultValue",
            "default",
        ),
        (
            "/forms/0/fields/1/name",
            json!("number"),
            "forms[0].fields[1].name",
            "duplicate",
        ),
        (
            "/forms/0/fields/1/visible_if",
            json!({ "numbr": 1 }),
            "forms[0].fields[1].visible_if.numbr",
            "filter",
        ),
        (
            "/forms/0/fields/1/visible_if",
            json!({ "number": "x" }),
            "forms[0].fields[1].visible_if.number",
            "filter",
        ),
        (
            "/forms/0/fields/1/options",
            json!([{ "value": "old", "label": "Old" }]),
            "forms[0].fields[1].options[0].value",
            "enum",
        ),
        (
            "/forms/0/submit_action",
            json!({ "Custom": { "xflow_id": "exprt" } }),
            "forms[0].submit_action.Custom.xflow_id",
            "unknown",
        ),
        (
            "/forms/0/validation",
            json!([{ "rule_type": "Required", "field": "numbr", "message": "x" }]),
            "forms[0].validation[0].field",
            "unknown",
        ),
        ("/pages/0/id", json!("Home page"), "pages[0].id", "name"),
        (
            "/pages/0/components/1/id",
            json!("add"),
            "pages[0].components[1].id",
            "duplicate",
        ),
        (
            "/pages/0/components/0/position/col",
            json!(10),
            "pages[0].components[0].position",
            "max",
        ),
        (
            "/pages/0/components/0/position/width",
            json!(0),
            "pages[0].components[0].position",
            "min",
        ),
        (
            "/pages/0/components/0/position/row",
            json!(4_294_967_295_u32),
            "pages[0].components[0].position",
            "max",
        ),
        (
            "/pages/0/components/0/style",
            json!({ "background": "url(http://x)" }),
            "pages[0].components[0].style.background",
            "format",
        ),
        (
            "/pages/0/components/0/style",
            json!({ "a;b": "1px" }),
            "pages[0].components[0].style.a;b",
            "name",
        ),
        (
            "/pages/0/components/0/props/onClick/modal_id",
            json!("nothing"),
            "pages[0].components[0].props.onClick.modal_id",
            "unknown",
        ),
        (
            "/pages/0/components/0/props/onClick/modal_id",
            json!("grid"),
            "pages[0].components[0].props.onClick.modal_id",
            "type",
        ),
        (
            "/pages/0/components/0/props/onClick",
            json!({ "type": "navigateTo", "page_id": "hoem" }),
            "pages[0].components[0].props.onClick.page_id",
            "unknown",
        ),
        (
            "/pages/0/components/0/props/onClick",
            json!({ "type": "executeXFlow", "xflow_id": "exprt" }),
            "pages[0].components[0].props.onClick.xflow_id",
            "unknown",
        ),
        (
            "/pages/0/components/0/props/onClick",
            json!({ "type": "createEntity", "entity_type": "order", "data": { "x": 1 } }),
            "pages[0].components[0].props.onClick.data.x",
            "unknown",
        ),
        (
            "/pages/0/components/0/props/onClick",
            json!({ "type": "updateEntity", "entity_type": "order", "data": { "number": "one" } }),
            "pages[0].components[0].props.onClick.data.number",
            "value",
        ),
        (
            "/pages/0/components/0/props/onClick",
            json!({ "type": "deleteEntity", "entity_type": "ordr" }),
            "pages[0].components[0].props.onClick.entity_type",
            "unknown",
        ),
        (
            "/pages/0/components/0/events",
            json!([{ "event": "rowClick", "action": { "type": "closeModal" } }]),
            "pages[0].components[0].events[0].event",
            "unknown",
        ),
        (
            "/pages/0/components/1/events/0/action/component_id",
            json!("gird"),
            "pages[0].components[1].events[0].action.component_id",
            "unknown",
        ),
        (
            "/pages/0/components/1/props/entityType",
            json!("ordr"),
            "pages[0].components[1].props.entityType",
            "unknown",
        ),
        (
            "/pages/0/components/1/props/columns/0/field",
            json!("numbr"),
            "pages[0].components[1].props.columns[0].field",
            "unknown",
        ),
        (
            "/pages/0/components/1/props/columns/1/field",
            json!("customer.nmae"),
            "pages[0].components[1].props.columns[1].field",
            "unknown",
        ),
        (
            "/pages/0/components/1/props/columns/0",
            json!({ "field": "tags", "title": "Tags", "sortable": true }),
            "pages[0].components[1].props.columns[0].sortable",
            "type",
        ),
        (
            "/pages/0/components/1/props/filters",
            json!({ "state": "old" }),
            "pages[0].components[1].props.filters.state",
            "filter",
        ),
        (
            "/pages/0/components/1/props/sort/0/field",
            json!("tags"),
            "pages[0].components[1].props.sort[0].field",
            "type",
        ),
        (
            "/pages/0/components/1/props/pageSize",
            json!(0),
            "pages[0].components[1].props.pageSize",
            "max",
        ),
        (
            "/pages/0/components/1/props/formId",
            json!("no_form"),
            "pages[0].components[1].props.formId",
            "unknown",
        ),
        (
            "/pages/0/components/2/component",
            json!("header"),
            "pages[0].components[2].component",
            "unknown",
        ),
        ("/xflows/0/id", json!("Export it"), "xflows[0].id", "name"),
        (
            "/sample_data/customer/0/name",
            json!(7),
            "sample_data.customer[0].name",
            "value",
        ),
        (
            "/sample_data/customer/0",
            json!({ "mail": "a@b.de" }),
            "sample_data.customer[0]",
            "required",
        ),
        (
            "/sample_data/customer/0/mail",
            json!("no address"),
            "sample_data.customer[0].mail",
            "value",
        ),
        (
            "/sample_data/customer/0/id",
            json!("1"),
            "sample_data.customer[0].id",
            "uuid",
        ),
        (
            "/sample_data/custmer",
            json!([]),
            "sample_data.custmer",
            "unknown",
        ),
    ]
}

/// Sets a value where a pointer leads, making its last member.
fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    let parent = document.pointer_mut(parent).expect("a place");
    match parent {
        Value::Array(items) => items[last.parse::<usize>().expect("an index")] = value,
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
        set(&mut document, pointer, value.clone());
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
        set(&mut document, pointer, value);
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
