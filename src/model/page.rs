//! A page: components on a grid of twelve columns.

use crate::model::component::PageComponent;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

/// How many columns a page, a container and a modal have.
pub const COLUMNS: u32 = 12;

/// A page of the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageDefinition {
    /// The page's id; without a `path` its address begins with it.
    pub id: String,
    /// Its address below the application's, such as `customers/{id}`; without it, the id and then each parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What its address carries: `{{ params.id }}` stands for it on the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<PageParameter>,
    /// What the menu calls it.
    pub name: String,
    /// The heading above it.
    pub title: String,
    /// How its components are set out.
    #[serde(default)]
    pub layout: PageLayout,
    /// Whether the menu lists it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub menu: Option<bool>,
    /// The icon beside its name in the menu.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// What stands on it.
    #[serde(default)]
    pub components: Vec<PageComponent>,
}

/// Something a page's address carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageParameter {
    /// The name that bindings and the path use.
    pub name: String,
    /// The entity type of whose entities it is the id; without it, it is a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<String>,
}

/// One step of a page's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathStep<'a> {
    /// Itself.
    Word(&'a str),
    /// Whatever stands there, as the parameter of this name.
    Parameter(&'a str),
}

/// How a page's components are set out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PageLayout {
    /// One column.
    #[default]
    Single,
    /// Two columns.
    TwoColumn,
    /// Three columns.
    ThreeColumn,
    /// Twelve columns, each component where its position says.
    Grid,
}

impl PageDefinition {
    /// Whether the menu lists it: it does unless the page says no or needs parameters.
    #[must_use]
    pub fn is_in_menu(&self) -> bool {
        self.menu.unwrap_or(true) && self.parameters.is_empty()
    }

    /// Its address below the application's.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.path {
            Some(path) => path.clone(),
            None => self.parameters.iter().fold(self.id.clone(), |path, parameter| {
                format!("{path}/{{{}}}", parameter.name)
            }),
        }
    }
}

/// The steps of an address.
pub fn steps(address: &str) -> impl Iterator<Item = PathStep<'_>> {
    address.split('/').map(
        |step| match step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
            Some(name) => PathStep::Parameter(name),
            None => PathStep::Word(step),
        },
    )
}
