//! What the links of a relationship carry: by name outside, by key in the link table.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::property::PropertyDefinition;
use crate::operation::directory::Application;
use crate::operation::directory::Relationship;
use crate::operation::names;
use serde_json::Map;
use serde_json::Value;
use serde_json::value::RawValue;

/// The properties of a relationship's links.
#[derive(Debug, Clone, Copy)]
pub struct Carried<'a> {
    relationship: &'a str,
    /// Each of them.
    pub properties: &'a [PropertyDefinition],
}

impl<'a> Carried<'a> {
    /// Those of a relationship of an application.
    #[must_use]
    pub fn by(application: &'a Application, relationship: &'a Relationship) -> Self {
        let mut definitions = application.model.relationships.iter();
        let definition = definitions.find(|definition| definition.storage_key() == relationship.key);
        Self {
            relationship: &relationship.name,
            properties: definition.map_or(&[], |definition| definition.properties.as_slice()),
        }
    }

    /// What a caller gives, as the link table keeps it.
    ///
    /// # Errors
    /// When it is no object, or names a property by its storage key.
    pub fn stored(self, data: &RawValue) -> Result<String> {
        if !data.get().starts_with('{') {
            return Err(Error::new(Code::BadRequest, "data must be an object"));
        }
        let key_of = |name: &str| {
            let property = self.properties.iter().find(|property| property.name == name);
            property.map(PropertyDefinition::storage_key)
        };
        let is_key = |name: &str| {
            let mut properties = self.properties.iter();
            properties.any(|property| property.storage_key() == name)
        };
        names::by_key(self.relationship, key_of, is_key, data)
    }

    /// What the link table keeps, as callers know it; values of removed properties are left out.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn shown(self, stored: &[u8]) -> Result<Map<String, Value>> {
        let stored = serde_json::from_slice(stored).map_err(Error::bug)?;
        let properties = self.properties.iter();
        Ok(names::by_name(
            properties.map(|property| (property.name.as_str(), property.storage_key())),
            stored,
        ))
    }
}
