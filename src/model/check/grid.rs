//! Grids: columns, order and filters against the entity type they list.

use crate::model::check::Check;
use crate::model::check::component::Scope;
use crate::model::component_props::DataGridProps;
use crate::model::component_props::LinkDirection;
use crate::model::component_props::LinkedBy;
use crate::model::entity::EntityDefinition;
use crate::model::filter::Kind as FilterKind;

/// The most rows of a grid's page.
const MAX_PAGE_SIZE: u32 = 500;

/// What a grid's field leads to.
enum Field {
    Property { is_sortable: bool },
    System,
    Unknown(String),
}

impl<'a> Check<'a> {
    pub(super) fn grid(&mut self, path: &str, grid: &'a DataGridProps, scope: &Scope<'a>) {
        if grid
            .page_size
            .is_some_and(|size| size == 0 || size > MAX_PAGE_SIZE)
        {
            self.say(
                format!("{path}.pageSize"),
                "max",
                format!("must be between 1 and {MAX_PAGE_SIZE}"),
            );
        }
        for (index, action) in grid.row_actions.iter().enumerate() {
            let path = format!("{path}.rowActions[{index}]");
            self.text(&format!("{path}.label"), &action.label, 200);
            let row = self.model.entity(&grid.entity_type);
            self.action(
                &format!("{path}.action"),
                &action.action,
                &scope.within(row, None),
            );
        }
        let Some(entity) = self.known_entity(&format!("{path}.entityType"), &grid.entity_type) else {
            return;
        };
        let columns = grid.columns.iter().enumerate();
        self.unique(
            columns.map(|(index, column)| (format!("{path}.columns[{index}].field"), column.field.as_str())),
            "a column",
        );
        for (index, column) in grid.columns.iter().enumerate() {
            let path = format!("{path}.columns[{index}]");
            self.text(&format!("{path}.title"), &column.title, 200);
            match self.grid_field(entity, &column.field) {
                Field::Unknown(message) => self.say(format!("{path}.field"), "unknown", message),
                Field::Property { is_sortable: false } if column.sortable == Some(true) => {
                    let message = format!("nothing can be put in order by {}", column.field);
                    self.say(format!("{path}.sortable"), "type", message);
                }
                Field::Property { .. } | Field::System => {}
            }
        }
        for (index, key) in grid.sort.iter().enumerate() {
            let path = format!("{path}.sort[{index}].field");
            match self.grid_field(entity, &key.field) {
                Field::Unknown(message) => self.say(path, "unknown", message),
                Field::Property { is_sortable: false } => {
                    self.say(
                        path,
                        "type",
                        format!("nothing can be put in order by {}", key.field),
                    );
                }
                Field::Property { .. } | Field::System => {}
            }
        }
        if let Some(filters) = &grid.filters {
            let path = format!("{path}.filters");
            let sample = self.bound_filter(&path, filters, entity, scope);
            self.filter(&path, &sample, entity);
        }
        if let Some(linked) = &grid.linked {
            self.linked(&format!("{path}.linked"), linked, entity, scope);
        }
        if let Some(id) = &grid.form_id {
            match self.model.form(id) {
                None => self.say(
                    format!("{path}.formId"),
                    "unknown",
                    format!("there is no form {id}"),
                ),
                Some(form) if form.entity_type != grid.entity_type => {
                    let message = format!(
                        "the form {id} is one of {}, not of {}",
                        form.entity_type, grid.entity_type
                    );
                    self.say(format!("{path}.formId"), "type", message);
                }
                Some(_) => {}
            }
        }
    }

    fn linked(&mut self, path: &str, linked: &'a LinkedBy, entity: &'a EntityDefinition, scope: &Scope<'a>) {
        let place = format!("{path}.relationship");
        let model = self.model;
        let Some(relationship) =
            (model.relationships.iter()).find(|relationship| relationship.id == linked.relationship)
        else {
            let message = format!("there is no many-to-many relationship {}", linked.relationship);
            return self.say(place, "unknown", message);
        };
        let (source, target) = (&relationship.source_entity, &relationship.target_entity);
        let ways = [
            (LinkDirection::Outgoing, source, target),
            (LinkDirection::Incoming, target, source),
        ];
        let mut possible = ways.into_iter().filter(|(direction, _, far)| {
            **far == entity.id && linked.direction.is_none_or(|wanted| wanted == *direction)
        });
        let Some((_, near, _)) = possible.next() else {
            let message = format!("{} does not lead to {} that way", relationship.id, entity.id);
            return self.say(place, "type", message);
        };
        if possible.next().is_some() {
            let message = format!("{} leads to {} both ways: say which", relationship.id, entity.id);
            self.say(format!("{path}.direction"), "required", message);
        }
        if let Some(near) = model.entity(near) {
            self.bound_id(&format!("{path}.entityId"), &linked.entity_id, near, scope);
        }
    }

    /// A property, a system property, or a property of a referred entity (`customer.name`).
    fn grid_field(&self, entity: &'a EntityDefinition, field: &str) -> Field {
        let (entity, name) = match field.split_once('.') {
            None => (entity, field),
            Some((reference, name)) => {
                let target = entity
                    .property(reference)
                    .and_then(|property| property.property_type.target_entity())
                    .and_then(|target| self.model.entity(target));
                match target {
                    Some(target) => (target, name),
                    None => return Field::Unknown(format!("{} has no reference {reference}", entity.id)),
                }
            }
        };
        match entity.property(name) {
            Some(property) => Field::Property {
                is_sortable: property.property_type.is_sortable(),
            },
            None if FilterKind::of_system_property(name).is_some() => Field::System,
            None => Field::Unknown(format!("{} has no property {name}", entity.id)),
        }
    }
}
