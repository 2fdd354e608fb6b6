//! What an application's entity types are: for grids, forms and people who explore.

use crate::error::Result;
use crate::model::Model;
use crate::model::entity::EntityDefinition;
use crate::model::property::PropertyDefinition;
use crate::model::property::PropertyUi;
use crate::model::property::in_words;
use crate::model::property_type::EnumColor;
use crate::model::property_type::PropertyType;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::carried::Carried;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::form::constant_default;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "listEntityTypes",
        "Gives the application's entity types.",
        Read,
        Application,
        ListEntityTypes => EntityTypes,
        list_entity_types
    ),
    operation!(
        "describeEntityType",
        "Gives an entity type's properties and relationships, with what can be done with each.",
        Read,
        Application,
        DescribeEntityType => EntityTypeDescription,
        describe_entity_type
    ),
];

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListEntityTypes {}

/// Which entity type.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeEntityType {
    /// Its name.
    pub entity_type: String,
}

/// An application's entity types.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityTypes {
    /// In the model's order.
    pub entity_types: Vec<EntityTypeEntry>,
}

/// An entity type in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityTypeEntry {
    /// Its name on every surface.
    pub entity_type: String,
    /// What people call one of them.
    pub name: String,
    /// What people call several.
    pub plural: String,
    /// What such a thing is.
    pub description: Option<String>,
    /// The property that stands for the whole entity.
    pub display_property: Option<String>,
}

/// An entity type.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityTypeDescription {
    /// Its name, as in a list.
    #[serde(flatten)]
    pub entry: EntityTypeEntry,
    /// Its properties, the system's own last.
    pub properties: Vec<PropertyDescription>,
    /// What it is connected with.
    pub relationships: Vec<RelationshipDescription>,
    /// The form that makes and edits one, when the model has any.
    pub form_id: Option<String>,
    /// The model's version that is live.
    pub model_version: Option<i32>,
}

/// A property of an entity type.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PropertyDescription {
    /// Its name on every surface.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What its values mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its type: `String`, `Decimal`, `Reference`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether every entity has a value.
    pub required: bool,
    /// Whether only Torque writes it.
    pub read_only: bool,
    /// Whether no two entities have the same value.
    pub unique: bool,
    /// The value of an entity that is created without one, where it is the same for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_value: Option<Value>,
    /// The values of an Enum or MultiEnum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<OptionDescription>>,
    /// How many digits a Decimal has after the point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
    /// The entity type a Reference leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The property that stands for an entity of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_display_property: Option<String>,
    /// Whether `search` looks into it.
    pub searchable: bool,
    /// Whether entities can be put in order by it.
    pub sortable: bool,
    /// Whether filters can name it.
    pub filterable: bool,
    /// Whether it is kept out of logs and shown only on purpose.
    pub sensitive: bool,
    /// Hints that forms and grids use.
    pub ui: PropertyUi,
}

/// A value of an Enum or MultiEnum.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OptionDescription {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// The colour of its badge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<EnumColor>,
}

/// A relationship, seen from an entity type.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelationshipDescription {
    /// Its name.
    pub name: String,
    /// `one_to_one`, `one_to_many` or `many_to_many`.
    pub kind: String,
    /// `outgoing` when it starts here, else `incoming`.
    pub direction: &'static str,
    /// The entity type on the other side.
    pub entity_type: String,
    /// What it is called from its target.
    pub inverse_name: Option<String>,
    /// What each link carries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<PropertyDescription>,
}

async fn list_entity_types(ask: Ask<'_>, _: ListEntityTypes) -> Result<Reply> {
    let application = ask.application()?;
    let entity_types = application
        .types
        .values()
        .map(|entity_type| entry(entity_type, application.model.entity(&entity_type.name)))
        .collect();
    Reply::of(&EntityTypes { entity_types })
}

async fn describe_entity_type(ask: Ask<'_>, params: DescribeEntityType) -> Result<Reply> {
    let application = ask.application()?;
    let entity_type = application.entity_type(&params.entity_type)?;
    let definition = application.model.entity(&entity_type.name);
    let mut properties: Vec<PropertyDescription> = definition
        .map(|definition| definition.properties.as_slice())
        .unwrap_or_default()
        .iter()
        .map(|property| described(&application.model, property))
        .collect();
    properties.extend(system_properties());
    Reply::of(&EntityTypeDescription {
        entry: entry(entity_type, definition),
        properties,
        relationships: relationships(application, entity_type),
        form_id: (application.model.forms.iter())
            .find(|form| form.entity_type == entity_type.name)
            .map(|form| form.id.clone()),
        model_version: application.model_version,
    })
}

fn entry(entity_type: &EntityType, definition: Option<&EntityDefinition>) -> EntityTypeEntry {
    EntityTypeEntry {
        entity_type: entity_type.name.clone(),
        name: entity_type.label.clone(),
        plural: definition.map_or_else(|| entity_type.label.clone(), EntityDefinition::plural_name),
        description: definition.and_then(|definition| definition.description.clone()),
        display_property: definition
            .and_then(EntityDefinition::display)
            .map(|property| property.name.clone()),
    }
}

fn described(model: &Model, property: &PropertyDefinition) -> PropertyDescription {
    let kind = &property.property_type;
    let target = kind.target_entity();
    PropertyDescription {
        name: property.name.clone(),
        label: property.label(),
        description: property.description.clone(),
        kind: kind.name().to_owned(),
        required: property.required,
        read_only: false,
        unique: property.unique,
        default_value: constant_default(property),
        options: kind.enum_values().map(|values| {
            values
                .iter()
                .map(|value| OptionDescription {
                    value: value.value.clone(),
                    label: value.label(),
                    color: value.color,
                })
                .collect()
        }),
        scale: match kind {
            PropertyType::Decimal { scale, .. } => Some(*scale),
            _ => None,
        },
        target: target.map(str::to_owned),
        target_display_property: target
            .and_then(|target| model.entity(target))
            .and_then(EntityDefinition::display)
            .map(|property| property.name.clone()),
        searchable: property.searchable,
        sortable: kind.is_sortable(),
        filterable: true,
        sensitive: property.sensitive,
        ui: property.ui.clone(),
    }
}

fn system_properties() -> impl Iterator<Item = PropertyDescription> {
    [
        ("id", "Uuid"),
        ("version", "Integer"),
        ("created_at", "DateTime"),
        ("updated_at", "DateTime"),
    ]
    .into_iter()
    .map(|(name, kind)| PropertyDescription {
        name: name.to_owned(),
        label: match name {
            "id" => "ID".to_owned(),
            "created_at" => "Created".to_owned(),
            "updated_at" => "Updated".to_owned(),
            name => in_words(name),
        },
        kind: kind.to_owned(),
        required: true,
        read_only: true,
        unique: name == "id",
        sortable: true,
        filterable: true,
        ..PropertyDescription::default()
    })
}

fn relationships(application: &Application, entity_type: &EntityType) -> Vec<RelationshipDescription> {
    let mut found = Vec::new();
    for relationship in &application.relationships {
        let carried = Carried::by(application, relationship).properties;
        let sides = [
            (
                relationship.source_type_id,
                relationship.target_type_id,
                "outgoing",
            ),
            (
                relationship.target_type_id,
                relationship.source_type_id,
                "incoming",
            ),
        ];
        for (own, other, direction) in sides {
            if own != entity_type.id {
                continue;
            }
            if let Some(other) = application.type_by_id(other) {
                found.push(RelationshipDescription {
                    name: relationship.name.clone(),
                    kind: relationship.kind.clone(),
                    direction,
                    entity_type: other.name.clone(),
                    inverse_name: relationship.inverse_name.clone(),
                    properties: carried
                        .iter()
                        .map(|property| described(&application.model, property))
                        .collect(),
                });
            }
        }
    }
    found
}
