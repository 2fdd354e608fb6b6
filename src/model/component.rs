//! A component: something that stands on a page, in the shape it has on the wire.

use crate::model::action::EventHandler;
use crate::model::component_props::ButtonProps;
use crate::model::component_props::ContainerProps;
use crate::model::component_props::DataGridProps;
use crate::model::component_props::FormProps;
use crate::model::component_props::ModalProps;
use crate::model::component_props::TextProps;
use crate::model::style::Style;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::de::Error as _;
use serde_json::Value;

/// Something that stands on a page: a component, or a named component by reference.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum PageComponent {
    /// A named component of the model, placed here.
    Reference(ComponentReference),
    /// A component of its own.
    Instance(Box<ComponentInstance>),
}

/// A named component of the model, placed on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComponentReference {
    /// The named component's id.
    pub component: String,
    /// Its id on this page.
    pub id: String,
    /// Where it stands.
    pub position: ComponentPosition,
}

/// A component with its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum ComponentInstance {
    /// Does something when it is clicked.
    Button(Component<ButtonProps>),
    /// Lists the entities of a type.
    DataGrid(Component<DataGridProps>),
    /// Creates or edits an entity.
    Form(Component<FormProps>),
    /// Shows a text.
    Text(Component<TextProps>),
    /// Groups components.
    Container(Component<ContainerProps>),
    /// Shows components above the page when it is opened.
    Modal(Component<ModalProps>),
}

/// What every component has, around the props of its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Component<P> {
    /// The component's id, unique on its page.
    pub id: String,
    /// Where it stands.
    #[serde(default)]
    pub position: ComponentPosition,
    /// What its kind needs.
    pub props: P,
    /// How it looks beyond its variant.
    #[serde(default, skip_serializing_if = "Style::is_empty")]
    pub style: Style,
    /// What happens when something happens to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventHandler>,
}

/// Where a component stands: rows go down, columns are twelve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComponentPosition {
    /// The row it begins in, from 0.
    pub row: u32,
    /// The column it begins in, from 0 to 11.
    pub col: u32,
    /// How many columns it takes.
    #[serde(default = "full_width")]
    pub width: u32,
    /// How many rows it takes.
    #[serde(default = "one_row")]
    pub height: u32,
}

impl Default for ComponentPosition {
    fn default() -> Self {
        Self {
            row: 0,
            col: 0,
            width: full_width(),
            height: one_row(),
        }
    }
}

impl<'de> Deserialize<'de> for PageComponent {
    // By hand rather than untagged: serde's untagged says only "did not match
    // any variant", and a person needs to hear which key is wrong where.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let id = value
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or("without an id")
            .to_owned();
        let component = if value.get("component").is_some() {
            serde_json::from_value(value).map(PageComponent::Reference)
        } else {
            serde_json::from_value(value).map(PageComponent::Instance)
        };
        component.map_err(|error| D::Error::custom(format!("component {id}: {error}")))
    }
}

/// Runs one expression on the common part of a component of any kind.
macro_rules! common {
    ($instance:expr, $component:ident => $value:expr) => {
        match $instance {
            ComponentInstance::Button($component) => $value,
            ComponentInstance::DataGrid($component) => $value,
            ComponentInstance::Form($component) => $value,
            ComponentInstance::Text($component) => $value,
            ComponentInstance::Container($component) => $value,
            ComponentInstance::Modal($component) => $value,
        }
    };
}

impl ComponentInstance {
    /// The component's id.
    #[must_use]
    pub fn id(&self) -> &str {
        common!(self, component => &component.id)
    }

    /// Where it stands.
    #[must_use]
    pub fn position(&self) -> ComponentPosition {
        common!(self, component => component.position)
    }

    /// What happens when something happens to it.
    #[must_use]
    pub fn events(&self) -> &[EventHandler] {
        common!(self, component => &component.events)
    }

    /// How it looks beyond its variant.
    #[must_use]
    pub fn style(&self) -> &Style {
        common!(self, component => &component.style)
    }

    /// The components that stand inside it.
    #[must_use]
    pub fn children(&self) -> &[PageComponent] {
        match self {
            ComponentInstance::Container(container) => &container.props.components,
            ComponentInstance::Modal(modal) => &modal.props.components,
            _ => &[],
        }
    }

    /// The same component under another id at another place.
    #[must_use]
    pub fn placed(mut self, id: &str, position: ComponentPosition) -> Self {
        common!(&mut self, component => {
            id.clone_into(&mut component.id);
            component.position = position;
        });
        self
    }
}

impl PageComponent {
    /// The component's id on its page.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            PageComponent::Reference(reference) => &reference.id,
            PageComponent::Instance(instance) => instance.id(),
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn position(&self) -> ComponentPosition {
        match self {
            PageComponent::Reference(reference) => reference.position,
            PageComponent::Instance(instance) => instance.position(),
        }
    }
}

fn full_width() -> u32 {
    crate::model::page::COLUMNS
}

fn one_row() -> u32 {
    1
}
