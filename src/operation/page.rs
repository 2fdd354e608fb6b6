//! Pages: the JSON layout from which the runtime draws everything.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Access;
use crate::model::Model;
use crate::model::component::ComponentInstance;
use crate::model::page::PageDefinition;
use crate::model::page::PageLayout;
use crate::model::page::PageParameter;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::entity_json::instant;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use time::OffsetDateTime;
use uuid::Uuid;

/// How many rows a page's layout names; it grows with its components.
const ROWS: u32 = 12;
/// Named components may stand in one another; a document that nests deeper is cut off here.
const MAX_DEPTH: usize = 16;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "loadPage",
        "Gives a page's layout with its components; without pageId, the start page.",
        Read,
        Application,
        LoadPage => Page,
        load_page
    ),
    operation!(
        "listPages",
        "Gives the application's title, access and pages: what its menu shows.",
        Read,
        Application,
        ListPages => Pages,
        list_pages
    ),
];

/// Which page.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoadPage {
    /// The page's id; without it, the start page.
    #[serde(default)]
    pub page_id: Option<String>,
}

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListPages {}

/// A page's layout.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Page {
    /// The page's id.
    pub id: String,
    /// What the menu calls it.
    pub name: String,
    /// The heading above it.
    pub title: String,
    /// What its address carries, for `{{ params.… }}` in its title and components.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<PageParameter>,
    /// How its components are set out.
    pub layout: Layout,
    /// Its components, named ones put in, and the modals its actions open.
    #[schemars(with = "Vec<ComponentInstance>")]
    pub components: Vec<Value>,
    /// Where and when it was made.
    pub meta: PageMeta,
}

/// How a page's components are set out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Layout {
    /// `Single`, `TwoColumn`, `ThreeColumn` or `Grid`.
    #[serde(rename = "type")]
    pub kind: PageLayout,
    /// The rows of its grid.
    pub rows: u32,
    /// The columns of its grid.
    pub columns: u32,
}

/// Where and when a page was made.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PageMeta {
    /// The version of the layout's form.
    pub version: &'static str,
    /// When the reply was made.
    pub generated_at: String,
    /// The application's id.
    pub app_id: Uuid,
    /// The model's version that is live.
    pub model_version: Option<i32>,
}

/// The application and its pages.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Pages {
    /// The application.
    pub app: App,
    /// Its pages, in the model's order.
    pub pages: Vec<PageEntry>,
    /// Which model they come from.
    pub meta: PagesMeta,
}

/// An application, as its runtime needs it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// Its id.
    pub id: Uuid,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its title: the model's name.
    pub title: String,
    /// The page that opens first.
    pub start_page: Option<String>,
    /// Who may use it without signing in.
    pub access: Access,
    /// The time zone that "today" means.
    pub time_zone: String,
    /// What the caller may do here: `none`, `read`, `write` or `admin`.
    pub permission: &'static str,
}

/// A page, as a menu lists it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PageEntry {
    /// Its id.
    pub id: String,
    /// What the menu calls it.
    pub name: String,
    /// The heading above it.
    pub title: String,
    /// Whether the menu lists it.
    pub menu: bool,
    /// The icon beside its name.
    pub icon: Option<String>,
    /// Its address below the application's, such as `customers/{id}`.
    pub path: String,
    /// What its address carries.
    pub parameters: Vec<PageParameter>,
}

/// Which model pages come from.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PagesMeta {
    /// The model's version that is live.
    pub model_version: Option<i32>,
}

async fn load_page(ask: Ask<'_>, params: LoadPage) -> Result<Reply> {
    let application = ask.application()?;
    let model = &application.model;
    let page = match &params.page_id {
        Some(id) => model.page(id),
        None => model.first_page(),
    };
    let page = page.ok_or_else(|| {
        let sentence = match &params.page_id {
            Some(id) => format!("there is no page “{id}”"),
            None => "the application has no page".to_owned(),
        };
        Error::new(Code::NotFound, sentence).with("pageId", params.page_id.clone())
    })?;
    Reply::of(&Page {
        id: page.id.clone(),
        name: page.name.clone(),
        title: page.title.clone(),
        parameters: page.parameters.clone(),
        layout: Layout {
            kind: page.layout,
            rows: ROWS,
            columns: crate::model::page::COLUMNS,
        },
        components: components(model, page)?,
        meta: PageMeta {
            version: "1.0",
            generated_at: instant(OffsetDateTime::now_utc()),
            app_id: application.id,
            model_version: application.model_version,
        },
    })
}

async fn list_pages(ask: Ask<'_>, _: ListPages) -> Result<Reply> {
    let application = ask.application()?;
    let model = &application.model;
    let permission = ask
        .caller
        .permission_in(application.id, application.granted_to_anyone());
    let pages = model.pages.iter().map(|page| PageEntry {
        id: page.id.clone(),
        name: page.name.clone(),
        title: page.title.clone(),
        menu: page.is_in_menu(),
        icon: page.icon.clone(),
        path: page.address(),
        parameters: page.parameters.clone(),
    });
    Reply::of(&Pages {
        app: App {
            id: application.id,
            slug: application.slug.clone(),
            name: application.name.clone(),
            title: model.name.clone(),
            start_page: model.first_page().map(|page| page.id.clone()),
            access: model.access,
            time_zone: model.time_zone.clone(),
            permission: permission.name(),
        },
        pages: pages.collect(),
        meta: PagesMeta {
            model_version: application.model_version,
        },
    })
}

/// A page's components on the wire: named ones put in, and the model's modals that its actions open.
fn components(model: &Model, page: &PageDefinition) -> Result<Vec<Value>> {
    let mut components = Vec::with_capacity(page.components.len());
    for component in &page.components {
        let mut component = serde_json::to_value(component).map_err(Error::bug)?;
        put_in(model, &mut component, 0)?;
        components.push(component);
    }
    let mut known: BTreeSet<String> = BTreeSet::new();
    for component in &components {
        ids(component, &mut known);
    }
    let mut next = 0;
    while let Some(component) = components.get(next) {
        next += 1;
        let mut opened = BTreeSet::new();
        modals(component, &mut opened);
        for id in opened {
            if !known.insert(id.clone()) {
                continue;
            }
            if let Some(modal @ ComponentInstance::Modal(_)) = model.component(&id) {
                let mut modal = serde_json::to_value(modal).map_err(Error::bug)?;
                put_in(model, &mut modal, 0)?;
                ids(&modal, &mut known);
                components.push(modal);
            }
        }
    }
    Ok(components)
}

/// Replaces references to named components by the components themselves.
fn put_in(model: &Model, component: &mut Value, depth: usize) -> Result<()> {
    if depth > MAX_DEPTH {
        return Ok(());
    }
    if let Some(name) = component.get("component").and_then(Value::as_str) {
        let Some(named) = model.component(name) else {
            return Err(Error::new(
                Code::NotFound,
                format!("there is no component “{name}”"),
            ));
        };
        let mut placed = serde_json::to_value(named).map_err(Error::bug)?;
        for key in ["id", "position"] {
            if let Some(own) = component.get(key) {
                placed[key] = own.clone();
            }
        }
        *component = placed;
    }
    if let Some(Value::Array(children)) = component.pointer_mut("/props/components") {
        for child in children {
            put_in(model, child, depth + 1)?;
        }
    }
    Ok(())
}

fn ids(component: &Value, found: &mut BTreeSet<String>) {
    if let Some(id) = component.get("id").and_then(Value::as_str) {
        found.insert(id.to_owned());
    }
    if let Some(Value::Array(children)) = component.pointer("/props/components") {
        for child in children {
            ids(child, found);
        }
    }
}

/// The ids that any action in it opens as modals.
fn modals(json: &Value, found: &mut BTreeSet<String>) {
    match json {
        Value::Object(members) => {
            if members.get("type").and_then(Value::as_str) == Some("openModal")
                && let Some(id) = members.get("modal_id").and_then(Value::as_str)
            {
                found.insert(id.to_owned());
            }
            members.values().for_each(|value| modals(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| modals(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn model(document: Value) -> Model {
        serde_json::from_value(document).unwrap()
    }

    #[test]
    fn named_components_are_put_in_where_the_page_places_them() {
        let position = json!({ "row": 3, "col": 0, "width": 6, "height": 2 });
        let model = model(json!({
            "name": "m",
            "components": [
                { "type": "Text", "id": "greeting", "props": { "content": "Hello" } },
                { "type": "Modal", "id": "about", "props": { "title": "About", "components": [
                    { "component": "greeting", "id": "inner", "position": position }
                ] } }
            ],
            "pages": [{ "id": "p", "name": "P", "title": "P", "components": [
                { "component": "greeting", "id": "hello", "position": position },
                { "type": "Button", "id": "b", "props": {
                    "label": "About", "onClick": { "type": "openModal", "modal_id": "about" } } }
            ] }]
        }));
        let components = components(&model, model.page("p").unwrap()).unwrap();
        let ids: Vec<_> = components.iter().map(|component| &component["id"]).collect();
        assert_eq!(ids, ["hello", "b", "about"]);
        assert_eq!(components[0]["type"], "Text");
        assert_eq!(components[0]["position"], position);
        let inner = &components[2]["props"]["components"][0];
        assert_eq!(inner["id"], "inner");
        assert_eq!(inner["props"]["content"], "Hello");
    }
}
