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
    /// The page's id, which is also its address.
    pub id: String,
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
    /// Whether the menu lists it (it does unless the page says no).
    #[must_use]
    pub fn is_in_menu(&self) -> bool {
        self.menu.unwrap_or(true)
    }
}
