//! Making a document complete: identities, storage keys, one form of everything.
//!
//! A name may change, what is stored under it may not. So an entity type has
//! an immutable key and a property an immutable id, both its first name, and
//! publishing gives each property the key its values are stored under. A key
//! that any published version used is never used for something else.

mod rules;

use crate::model::Model;
use crate::model::entity::EntityDefinition;
use crate::model::property::PropertyDefinition;
use crate::model::property_type::PropertyType;
use crate::model::relationship::RelationshipDefinition;
use crate::model::relationship::RelationshipKind;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// The most bytes of a storage key: a leaf `entity_<key>_2` must fit in a Postgres name.
const KEY_BYTES: usize = 54;

/// The storage keys that published versions of a model have used.
#[derive(Debug, Clone, Default)]
pub struct UsedKeys {
    entities: BTreeSet<String>,
    relationships: BTreeSet<String>,
    properties: BTreeMap<String, BTreeSet<String>>,
}

impl UsedKeys {
    /// Remembers that a published version stored an entity type under a key.
    pub fn entity(&mut self, key: &str) {
        self.entities.insert(key.to_owned());
    }

    /// Remembers that a published version stored a relationship's links under a key.
    pub fn relationship(&mut self, key: &str) {
        self.relationships.insert(key.to_owned());
    }

    /// Remembers that a published version stored a property's values under a key.
    pub fn property(&mut self, owner: &str, key: &str) {
        self.properties
            .entry(owner.to_owned())
            .or_default()
            .insert(key.to_owned());
    }

    /// Remembers every key of a published version.
    pub fn version(&mut self, model: &Model) {
        for entity in &model.entities {
            self.entity(entity.storage_key());
            for property in &entity.properties {
                self.property(entity.storage_key(), property.storage_key());
            }
        }
        for relationship in &model.relationships {
            self.relationship(relationship.storage_key());
            for property in &relationship.properties {
                self.property(&links_of(relationship.storage_key()), property.storage_key());
            }
        }
    }
}

/// Makes a draft complete. `previous` is the draft it replaces: what has the same name there is the same thing.
pub fn normalise(model: &mut Model, previous: Option<&Model>) {
    to_one_relationships_become_properties(model);
    let mut keys: BTreeSet<String> = model
        .entities
        .iter()
        .filter_map(|entity| entity.key.clone())
        .collect();
    for entity in &mut model.entities {
        let before = match &entity.key {
            Some(key) => previous.and_then(|model| entity_by_key(model, key)),
            None => previous
                .and_then(|model| model.entity(&entity.id))
                .filter(|before| !keys.contains(before.storage_key())),
        };
        if entity.key.is_none() {
            let key = match before {
                Some(before) => before.storage_key().to_owned(),
                None => free(&entity.id, |key| keys.contains(key)),
            };
            keys.insert(key.clone());
            entity.key = Some(key);
        }
        rules::settle(&mut entity.properties);
        identify(
            &mut entity.properties,
            before.map(|before| before.properties.as_slice()),
        );
    }
    let mut keys: BTreeSet<String> = model
        .relationships
        .iter()
        .filter_map(|relationship| relationship.key.clone())
        .collect();
    for relationship in &mut model.relationships {
        if relationship.key.is_none() {
            let key = free(&relationship.id, |key| keys.contains(key));
            keys.insert(key.clone());
            relationship.key = Some(key);
        }
        rules::settle(&mut relationship.properties);
        let before = previous.and_then(|model| relationship_by_key(model, relationship.storage_key()));
        identify(
            &mut relationship.properties,
            before.map(|before| before.properties.as_slice()),
        );
    }
}

/// Gives a draft that is about to be published its storage keys.
///
/// What the latest version has keeps its key; what is new gets one that no version ever used.
pub fn assign_keys(model: &mut Model, latest: Option<&Model>, used: &UsedKeys) {
    let none = BTreeSet::new();
    let taken: BTreeSet<String> = model
        .entities
        .iter()
        .filter_map(|entity| entity.key.clone())
        .collect();
    for entity in &mut model.entities {
        let key = entity.storage_key().to_owned();
        let before = latest.and_then(|model| entity_by_key(model, &key));
        if before.is_none() && used.entities.contains(&key) {
            entity.key = Some(free(&key, |key| {
                used.entities.contains(key) || taken.contains(key)
            }));
        }
        let used = used.properties.get(entity.storage_key()).unwrap_or(&none);
        store(
            &mut entity.properties,
            before.map(|before| before.properties.as_slice()),
            used,
        );
    }
    let taken: BTreeSet<String> = model
        .relationships
        .iter()
        .filter_map(|relationship| relationship.key.clone())
        .collect();
    for relationship in &mut model.relationships {
        let key = relationship.storage_key().to_owned();
        let before = latest.and_then(|model| relationship_by_key(model, &key));
        if before.is_none() && used.relationships.contains(&key) {
            relationship.key = Some(free(&key, |key| {
                used.relationships.contains(key) || taken.contains(key)
            }));
        }
        let used = used
            .properties
            .get(&links_of(relationship.storage_key()))
            .unwrap_or(&none);
        store(
            &mut relationship.properties,
            before.map(|before| before.properties.as_slice()),
            used,
        );
    }
}

/// The relationships of a model, the to-one ones read from their Reference properties.
#[must_use]
pub fn every_relationship(model: &Model) -> Vec<RelationshipDefinition> {
    let mut all = model.relationships.clone();
    for entity in &model.entities {
        for property in &entity.properties {
            let PropertyType::Reference {
                target_entity,
                on_delete,
                inverse_name,
                one_to_one,
            } = &property.property_type
            else {
                continue;
            };
            // Read from the one side, as people say it: a customer has orders.
            let (kind, source, target) = if *one_to_one {
                (RelationshipKind::OneToOne, &entity.id, target_entity)
            } else {
                (RelationshipKind::OneToMany, target_entity, &entity.id)
            };
            all.push(RelationshipDefinition {
                id: format!("{}_{}", entity.id, property.name),
                key: None,
                name: property.label(),
                kind,
                source_entity: source.clone(),
                target_entity: target.clone(),
                inverse_name: inverse_name.clone(),
                on_delete: Some(*on_delete),
                properties: Vec::new(),
            });
        }
    }
    all
}

/// What the used keys call the owner of a relationship's link properties.
#[must_use]
pub fn links_of(relationship_key: &str) -> String {
    format!("link {relationship_key}")
}

fn to_one_relationships_become_properties(model: &mut Model) {
    let (to_one, many): (Vec<_>, Vec<_>) = std::mem::take(&mut model.relationships)
        .into_iter()
        .partition(|relationship| relationship.kind != RelationshipKind::ManyToMany);
    model.relationships = many;
    for relationship in to_one {
        let one_to_one = relationship.kind == RelationshipKind::OneToOne;
        // One source has many targets, so it is the target that refers to the source.
        let (holder, target, name, inverse) = if one_to_one {
            (
                relationship.source_entity.clone(),
                relationship.target_entity.clone(),
                relationship.id.clone(),
                relationship.inverse_name.clone(),
            )
        } else {
            let name = relationship
                .inverse_name
                .clone()
                .unwrap_or_else(|| relationship.source_entity.clone());
            (
                relationship.target_entity.clone(),
                relationship.source_entity.clone(),
                name,
                Some(relationship.id.clone()),
            )
        };
        let label = one_to_one.then(|| relationship.name.clone());
        let Some(entity) = model.entities.iter_mut().find(|entity| entity.id == holder) else {
            // Kept as written, so that the check can say which entity type is missing.
            model.relationships.push(relationship);
            continue;
        };
        if entity.property(&name).is_none() {
            entity
                .properties
                .push(reference(&name, label, target, &relationship, inverse));
        }
    }
}

fn reference(
    name: &str,
    label: Option<String>,
    target_entity: String,
    relationship: &RelationshipDefinition,
    inverse_name: Option<String>,
) -> PropertyDefinition {
    PropertyDefinition {
        label,
        property_type: PropertyType::Reference {
            target_entity,
            on_delete: relationship.on_delete.unwrap_or_default(),
            inverse_name,
            one_to_one: relationship.kind == RelationshipKind::OneToOne,
        },
        ..PropertyDefinition::new(name, PropertyType::Uuid {})
    }
}

/// Gives each property its immutable id: that of the same name before, else its own name.
fn identify(properties: &mut [PropertyDefinition], before: Option<&[PropertyDefinition]>) {
    let mut ids: BTreeSet<String> = properties
        .iter()
        .filter_map(|property| property.id.clone())
        .collect();
    for property in properties.iter_mut().filter(|property| property.id.is_none()) {
        let known = before
            .and_then(|before| before.iter().find(|before| before.name == property.name))
            .map(|before| before.identity().to_owned())
            .filter(|id| !ids.contains(id));
        let id = known.unwrap_or_else(|| free(&property.name, |id| ids.contains(id)));
        ids.insert(id.clone());
        property.id = Some(id);
    }
}

/// Gives each property its storage key: that of the same id in the latest version, else an unused one.
fn store(
    properties: &mut [PropertyDefinition],
    before: Option<&[PropertyDefinition]>,
    used: &BTreeSet<String>,
) {
    let mut taken = used.clone();
    let mut rest = Vec::new();
    for (index, property) in properties.iter_mut().enumerate() {
        let known = before
            .and_then(|before| {
                before
                    .iter()
                    .find(|before| before.identity() == property.identity())
            })
            .map(|before| before.storage_key().to_owned());
        match known {
            Some(key) => property.key = Some(key),
            None => rest.push(index),
        }
        taken.extend(property.key.clone().filter(|_| !rest.ends_with(&[index])));
    }
    // Keys that the document brings along stand before those that are made up.
    rest.sort_by_key(|index| {
        properties
            .get(*index)
            .is_none_or(|property| property.key.is_none())
    });
    for index in rest {
        if let Some(property) = properties.get_mut(index) {
            let key = free(property.storage_key(), |key| taken.contains(key));
            taken.insert(key.clone());
            property.key = Some(key);
        }
    }
}

fn entity_by_key<'a>(model: &'a Model, key: &str) -> Option<&'a EntityDefinition> {
    model.entities.iter().find(|entity| entity.storage_key() == key)
}

fn relationship_by_key<'a>(model: &'a Model, key: &str) -> Option<&'a RelationshipDefinition> {
    model
        .relationships
        .iter()
        .find(|relationship| relationship.storage_key() == key)
}

/// A key that is not taken: the name itself, else `name_2`, `name_3`, …
fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut end = name.len().min(KEY_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let name = &name[..end];
    if !is_taken(name) {
        return name.to_owned();
    }
    let mut number = 2_u32;
    loop {
        let key = format!("{name}_{number}");
        if !is_taken(&key) {
            return key;
        }
        number += 1;
    }
}
