//! `GET …/export/{entityType}`: everything a filter finds, as a file that streams.
//!
//! The query's parameters are those of `exportEntities`, written as an address
//! can carry them, and pass the same checks. The first part is read before the
//! reply begins, so that a refusal is a refusal; a fault further on breaks the
//! transfer off, and no client takes half a file for a whole one.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::Torque;
use crate::operation::caller::Caller;
use crate::operation::directory::Application;
use crate::operation::export::Export;
use crate::operation::export::ExportEntities;
use crate::surface::Surface;
use crate::surface::authenticate::Place;
use crate::surface::drain::UnderWay;
use crate::surface::problem;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;

/// The operation whose parts make the file.
const OPERATION: &str = "exportEntities";

/// The file of one entity type.
pub async fn export(
    State(surface): State<Arc<Surface>>,
    Extension(place): Extension<Place>,
    Path((_, entity_type)): Path<(String, String)>,
    query: std::result::Result<Query<Vec<(String, String)>>, QueryRejection>,
    caller: Caller,
) -> Response {
    let opened = open(
        &surface.torque,
        &caller,
        place.application.as_ref(),
        &entity_type,
        query,
    )
    .await;
    match opened {
        Ok((export, first, kind)) => {
            let file = format!("attachment; filename=\"{entity_type}.{}\"", kind.extension);
            let body = Body::from_stream(lines(
                surface.torque.clone(),
                export,
                first,
                surface.drain.enter(),
            ));
            (
                [
                    (header::CONTENT_TYPE, kind.content_type.to_owned()),
                    (header::CONTENT_DISPOSITION, file),
                ],
                body,
            )
                .into_response()
        }
        Err(error) => problem::respond(&error, OPERATION, &caller.request_id),
    }
}

/// What kind of file it is.
struct Kind {
    extension: &'static str,
    content_type: &'static str,
}

const CSV: Kind = Kind {
    extension: "csv",
    content_type: "text/csv; charset=utf-8; header=present",
};
const JSON_LINES: Kind = Kind {
    extension: "jsonl",
    content_type: "application/jsonl; charset=utf-8",
};

async fn open(
    torque: &Torque,
    caller: &Caller,
    application: Option<&Arc<Application>>,
    entity_type: &str,
    query: std::result::Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<(Export, Bytes, Kind)> {
    let operation: &Operation =
        operation::by_name(OPERATION).ok_or_else(|| Error::bug("there is no operation to export with"))?;
    let Query(query) = query.map_err(|error| Error::new(Code::BadRequest, error.body_text()))?;
    let params = params(entity_type, query)?;
    let kind = match params.get("format").and_then(Value::as_str) {
        Some("jsonl") => JSON_LINES,
        _ => CSV,
    };
    let params = RawValue::from_string(Value::Object(params).to_string()).map_err(Error::bug)?;
    let mut opened = None;
    operation::measured(operation, caller, async {
        if application.is_none() {
            // Whoever may not ask hears that first; so an application's absence tells a stranger nothing.
            caller.require(operation.permission, None)?;
            return Err(Error::new(Code::NotFound, "there is no such application"));
        }
        let ask = operation::admit(torque, caller, application, operation, &params)?;
        let mut export = Export::begin(ask, operation::read_params::<ExportEntities>(ask.params)?)?;
        let first = export
            .next(torque)
            .await?
            .map(|part| part.bytes)
            .unwrap_or_default();
        opened = Some((export, first.clone()));
        Ok(Reply(first))
    })
    .await?;
    let (export, first) = opened.ok_or_else(|| Error::bug("an export that began is gone"))?;
    Ok((export, first, kind))
}

/// The export as a stream: a part is read when the one before it was taken.
fn lines(
    torque: Torque,
    export: Export,
    first: Bytes,
    under_way: UnderWay,
) -> impl stream::Stream<Item = Result<Bytes>> + Send {
    let state = (torque, export, Some(first), under_way);
    stream::try_unfold(state, |(torque, mut export, first, under_way)| async move {
        let bytes = match first {
            Some(first) => Some(first),
            None => match export.next(&torque).await {
                Ok(part) => part.map(|part| part.bytes),
                Err(error) => {
                    problem::log(&error, OPERATION, "");
                    return Err(error);
                }
            },
        };
        Ok(bytes.map(|bytes| (bytes, (torque, export, None, under_way))))
    })
}

/// The parameters of the operation, from those of an address.
fn params(entity_type: &str, query: Vec<(String, String)>) -> Result<Map<String, Value>> {
    let mut params = Map::new();
    params.insert("entityType".to_owned(), json!(entity_type));
    for (name, value) in query {
        let value = match name.as_str() {
            "filters" => serde_json::from_str(&value)
                .map_err(|error| refused("filters", &format!("is no JSON: {error}")))?,
            "fields" => value.split(',').map(Value::from).collect(),
            "sort" => value.split(',').map(sort_key).collect(),
            "bom" => match value.as_str() {
                "1" | "true" => json!(true),
                "0" | "false" => json!(false),
                _ => return Err(refused("bom", "is 1 or 0")),
            },
            "search" | "format" | "style" => json!(value),
            _ => {
                return Err(refused(
                    &name,
                    "is not a parameter here; there are filters, search, sort, fields, format, style and bom",
                ));
            }
        };
        if params.insert(name.clone(), value).is_some() {
            return Err(refused(&name, "is given twice"));
        }
    }
    Ok(params)
}

/// `label` or `label:desc`.
fn sort_key(key: &str) -> Value {
    match key.split_once(':') {
        Some((field, order)) => json!({ "field": field, "order": order }),
        None => json!({ "field": key }),
    }
}

fn refused(name: &str, sentence: &str) -> Error {
    let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    Error::new(Code::BadRequest, format!("{shown} {sentence}")).with("path", format!("params.{shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(query: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        query.iter().map(owned).collect()
    }

    #[test]
    fn an_address_says_what_a_call_says() {
        let query = pairs(&[
            ("filters", r#"{"n":{"gt":1}}"#),
            ("sort", "n:desc,title"),
            ("fields", "id,n"),
            ("bom", "1"),
            ("format", "csv"),
            ("search", "a b"),
        ]);
        assert_eq!(
            Value::Object(params("order", query).unwrap()),
            json!({
                "entityType": "order",
                "filters": { "n": { "gt": 1 } },
                "sort": [{ "field": "n", "order": "desc" }, { "field": "title" }],
                "fields": ["id", "n"],
                "bom": true,
                "format": "csv",
                "search": "a b"
            })
        );
        for wrong in [
            &[("filters", "{")][..],
            &[("bom", "yes")],
            &[("cursor", "x")],
            &[("limit", "1")],
            &[("entityType", "x")],
            &[("format", "csv"), ("format", "jsonl")],
        ] {
            let refusal = params("order", pairs(wrong)).unwrap_err();
            assert_eq!(refusal.code, Code::BadRequest, "{wrong:?}");
        }
    }
}
