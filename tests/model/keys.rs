//! Identities and storage keys: a name changes, what is stored under it does not.

use serde_json::Value;
use serde_json::json;
use torque::model::Model;
use torque::model::canonical;
use torque::model::normalise::UsedKeys;
use torque::model::normalise::assign_keys;
use torque::model::normalise::every_relationship;
use torque::model::normalise::normalise;
use torque::model::property_type::PropertyType;
use torque::model::relationship::RelationshipKind;

fn model(entities: Value) -> Model {
    canonical::read_value(json!({ "name": "Keys", "entities": entities })).unwrap()
}

fn text(name: &str) -> Value {
    json!({ "name": name, "property_type": { "type": "String" } })
}

/// A line of published versions, as the operations make it.
#[derive(Default)]
struct Line {
    draft: Option<Model>,
    latest: Option<Model>,
    used: UsedKeys,
}

impl Line {
    fn publish(&mut self, mut draft: Model) -> Model {
        normalise(&mut draft, self.draft.as_ref());
        assign_keys(&mut draft, self.latest.as_ref(), &self.used);
        self.used.version(&draft);
        self.latest = Some(draft.clone());
        self.draft = Some(draft.clone());
        draft
    }
}

fn keys(model: &Model) -> Vec<(String, String, String)> {
    let of = |entity: &torque::model::entity::EntityDefinition| {
        let owner = entity.storage_key().to_owned();
        let properties = entity.properties.iter();
        let all = properties.map(move |property| {
            (
                owner.clone(),
                property.name.clone(),
                property.storage_key().to_owned(),
            )
        });
        all.collect::<Vec<_>>()
    };
    model.entities.iter().flat_map(of).collect()
}

fn key(owner: &str, name: &str, stored: &str) -> (String, String, String) {
    (owner.to_owned(), name.to_owned(), stored.to_owned())
}

#[test]
fn a_renamed_property_keeps_its_key_and_its_old_name_gets_a_new_one() {
    let mut line = Line::default();
    line.publish(model(
        json!([{ "id": "todo", "name": "Todo", "properties": [text("label")] }]),
    ));
    let renamed = json!({ "id": "label", "name": "task", "property_type": { "type": "String" } });
    let second = line.publish(model(json!([
        { "id": "todo", "name": "Todo", "properties": [renamed, text("label")] }
    ])));
    assert_eq!(
        keys(&second),
        vec![key("todo", "task", "label"), key("todo", "label", "label_2")]
    );
    assert_eq!(second.entities[0].properties[1].identity(), "label_2");
}

#[test]
fn a_document_without_ids_means_the_properties_of_the_same_name() {
    let mut line = Line::default();
    line.publish(model(
        json!([{ "id": "todo", "name": "Todo", "properties": [text("label")] }]),
    ));
    let renamed = json!({ "id": "label", "name": "task", "property_type": { "type": "String" } });
    line.publish(model(
        json!([{ "id": "todo", "name": "Todo", "properties": [renamed] }]),
    ));
    let third = line.publish(model(json!([
        { "id": "todo", "name": "Todo", "properties": [text("task"), text("more")] }
    ])));
    assert_eq!(
        keys(&third),
        vec![key("todo", "task", "label"), key("todo", "more", "more")]
    );
}

#[test]
fn a_removed_property_leaves_its_key_to_nobody() {
    let mut line = Line::default();
    let with = json!([{ "id": "todo", "name": "Todo", "properties": [text("label"), text("note")] }]);
    let without = json!([{ "id": "todo", "name": "Todo", "properties": [text("label")] }]);
    line.publish(model(with.clone()));
    line.publish(model(without.clone()));
    let third = line.publish(model(with.clone()));
    assert_eq!(keys(&third)[1], key("todo", "note", "note_2"));
    line.publish(model(without));
    let fifth = line.publish(model(with));
    assert_eq!(keys(&fifth)[1], key("todo", "note", "note_3"));
}

#[test]
fn a_renamed_entity_type_keeps_its_key_and_a_new_one_of_the_old_name_gets_another() {
    let mut line = Line::default();
    line.publish(model(
        json!([{ "id": "todo", "name": "Todo", "properties": [text("label")] }]),
    ));
    let second = line.publish(model(json!([
        { "key": "todo", "id": "task", "name": "Task", "properties": [text("label")] },
        { "id": "todo", "name": "Todo", "properties": [text("label")] }
    ])));
    let owners: Vec<&str> = second
        .entities
        .iter()
        .map(|entity| entity.storage_key())
        .collect();
    assert_eq!(owners, ["todo", "todo_2"]);
    let third = line.publish(model(json!([
        { "key": "todo", "id": "task", "name": "Task", "properties": [text("label")] }
    ])));
    assert_eq!(third.entities.len(), 1);
    let fourth = line.publish(model(json!([
        { "key": "todo", "id": "task", "name": "Task", "properties": [text("label")] },
        { "id": "todo_2", "name": "Todo again", "properties": [] }
    ])));
    assert_eq!(fourth.entities[1].storage_key(), "todo_2_2");
}

#[test]
fn publishing_the_same_draft_again_changes_no_key() {
    let mut line = Line::default();
    let first = line.publish(model(
        json!([{ "id": "todo", "name": "Todo", "properties": [text("label")] }]),
    ));
    assert_eq!(line.publish(first.clone()), first);
}

#[test]
fn a_to_one_relationship_becomes_a_reference_property() {
    let mut shop = canonical::read_value(json!({
        "name": "Shop",
        "entities": [
            { "id": "customer", "name": "Customer", "properties": [text("name")] },
            { "id": "order", "name": "Order", "properties": [text("number")] },
            { "id": "passport", "name": "Passport", "properties": [text("number")] }
        ],
        "relationships": [
            { "id": "orders", "name": "Orders", "kind": "one_to_many", "source_entity": "customer",
              "target_entity": "order", "inverse_name": "customer", "on_delete": "cascade" },
            { "id": "passport", "name": "Passport", "kind": "one_to_one", "source_entity": "customer",
              "target_entity": "passport", "inverse_name": "holder" },
            { "id": "friends", "name": "Friends", "kind": "many_to_many", "source_entity": "customer",
              "target_entity": "customer" }
        ]
    }))
    .unwrap();
    normalise(&mut shop, None);
    assert_eq!(
        shop.relationships.len(),
        1,
        "only many to many stays a relationship"
    );
    let order = shop.entity("order").unwrap().property("customer").unwrap();
    assert!(matches!(
        &order.property_type,
        PropertyType::Reference { target_entity, inverse_name: Some(inverse), one_to_one: false, .. }
            if target_entity == "customer" && inverse == "orders"
    ));
    let passport = shop.entity("customer").unwrap().property("passport").unwrap();
    assert!(matches!(
        &passport.property_type,
        PropertyType::Reference { one_to_one: true, .. }
    ));
    let kinds: Vec<RelationshipKind> = every_relationship(&shop).iter().map(|one| one.kind).collect();
    let expected = [
        RelationshipKind::ManyToMany,
        RelationshipKind::OneToOne,
        RelationshipKind::OneToMany,
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn a_rule_that_the_type_can_say_moves_into_the_type() {
    let mut person = model(json!([{ "id": "person", "name": "Person", "properties": [{
        "name": "mail",
        "property_type": { "type": "String", "max_length": 100, "pattern": "\\d" },
        "validation": [
            { "rule_type": "Required", "message": "we need it" },
            { "rule_type": "Email", "message": "no address" },
            { "rule_type": "MinLength", "message": "too short", "parameters": { "length": 6 } }
        ]
    }] }]));
    normalise(&mut person, None);
    let mail = &person.entities[0].properties[0];
    assert!(mail.required);
    assert!(mail.validation.is_empty());
    assert_eq!(mail.messages["email"], "no address");
    let PropertyType::String {
        min_length,
        pattern,
        format,
        ..
    } = &mail.property_type
    else {
        panic!("still a String");
    };
    assert_eq!((*min_length, pattern.as_deref()), (Some(6), Some("[0-9]")));
    assert!(format.is_some());
}

#[test]
fn a_default_is_kept_in_its_stored_form() {
    let mut thing = model(json!([{ "id": "thing", "name": "Thing", "properties": [
        { "name": "price", "property_type": { "type": "Decimal", "scale": 2 }, "default_value": "-007.5" },
        { "name": "zero", "property_type": { "type": "Decimal", "scale": 0 }, "default_value": -0.0 },
        { "name": "since", "property_type": { "type": "DateTime" }, "default_value": "2024-07-10T11:15:00+02:00" }
    ] }]));
    normalise(&mut thing, None);
    let defaults: Vec<Value> = thing.entities[0]
        .properties
        .iter()
        .map(|property| serde_json::to_value(&property.default_value).unwrap())
        .collect();
    assert_eq!(defaults[0], json!("-7.50"));
    assert_eq!(defaults[2], json!("2024-07-10T09:15:00.000000Z"));
}
