//! Templates: JSON whose texts hold `{{ … }}`.
//!
//! A text that is one expression becomes its value, with its type; among other
//! words a value becomes text. Keys stay as they are.

use crate::xflow::evaluate::Roots;
use crate::xflow::evaluate::as_text;
use crate::xflow::expression::Expression;
use serde_json::Map;
use serde_json::Value;

/// A template that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Template {
    /// A value without expressions in it.
    Constant(Value),
    /// The value of an expression.
    Of(Expression),
    /// Words and expressions among them.
    Text(Vec<Part>),
    /// A list.
    List(Vec<Template>),
    /// An object.
    Object(Vec<(String, Template)>),
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Words.
    Words(String),
    /// An expression.
    Of(Expression),
}

impl Template {
    /// Reads a template; each fault has the place within the value.
    ///
    /// # Errors
    /// Every fault: place and sentence.
    pub fn read(value: &Value) -> Result<Self, Vec<(String, String)>> {
        let mut faults = Vec::new();
        let template = read(value, "", &mut faults);
        if faults.is_empty() {
            return Ok(template);
        }
        Err(faults)
    }

    /// Reads the template that is one text.
    ///
    /// # Errors
    /// A sentence.
    pub fn read_text(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            if start > 0 {
                parts.push(Part::Words(rest[..start].to_owned()));
            }
            let inner = &rest[start + 2..];
            let end = inner.find("}}").ok_or("\"{{\" has no \"}}\"")?;
            parts.push(Part::Of(Expression::read(&inner[..end])?));
            rest = &inner[end + 2..];
        }
        if !rest.is_empty() {
            parts.push(Part::Words(rest.to_owned()));
        }
        Ok(match parts.as_slice() {
            [] | [Part::Words(_)] => Template::Constant(Value::from(text)),
            [Part::Of(expression)] => Template::Of(expression.clone()),
            _ => Template::Text(parts),
        })
    }

    /// The value with everything filled in.
    ///
    /// # Errors
    /// A sentence, when an expression comes to nothing that can be used.
    pub fn fill(&self, roots: &dyn Roots) -> Result<Value, String> {
        match self {
            Template::Constant(value) => Ok(value.clone()),
            Template::Of(expression) => Ok(expression.value(roots)?.into_owned()),
            Template::Text(parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        Part::Words(words) => text.push_str(words),
                        Part::Of(expression) => text.push_str(&as_text(&*expression.value(roots)?)),
                    }
                }
                Ok(Value::from(text))
            }
            Template::List(items) => items.iter().map(|item| item.fill(roots)).collect(),
            Template::Object(members) => {
                let mut filled = Map::with_capacity(members.len());
                for (name, member) in members {
                    filled.insert(name.clone(), member.fill(roots)?);
                }
                Ok(Value::Object(filled))
            }
        }
    }

    /// The roots that its expressions read.
    pub fn reads(&self, found: &mut Vec<(String, Option<String>)>) {
        match self {
            Template::Constant(_) => {}
            Template::Of(expression) => expression.reads(found),
            Template::Text(parts) => {
                for part in parts {
                    if let Part::Of(expression) = part {
                        expression.reads(found);
                    }
                }
            }
            Template::List(items) => items.iter().for_each(|item| item.reads(found)),
            Template::Object(members) => members.iter().for_each(|(_, member)| member.reads(found)),
        }
    }
}

fn read(value: &Value, place: &str, faults: &mut Vec<(String, String)>) -> Template {
    match value {
        Value::String(text) => match Template::read_text(text) {
            Ok(template) => template,
            Err(fault) => {
                faults.push((place.to_owned(), fault));
                Template::Constant(Value::Null)
            }
        },
        Value::Array(items) => {
            let items = items.iter().enumerate();
            let items = items.map(|(index, item)| read(item, &format!("{place}[{index}]"), faults));
            Template::List(items.collect())
        }
        Value::Object(members) => {
            let members = members.iter();
            let members = members
                .map(|(name, member)| (name.clone(), read(member, &format!("{place}.{name}"), faults)));
            Template::Object(members.collect())
        }
        constant => Template::Constant(constant.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Nodes(Value);

    impl Roots for Nodes {
        fn get(&self, root: &str, name: Option<&str>) -> Option<&Value> {
            (root == "nodes" && name == Some("fetch")).then_some(&self.0)
        }
    }

    fn filled(value: &Value) -> Value {
        Template::read(value)
            .unwrap()
            .fill(&Nodes(json!({ "n": 7, "list": [1] })))
            .unwrap()
    }

    #[test]
    fn a_text_that_is_one_expression_keeps_the_type_of_its_value() {
        let template = json!({
            "n": "{{ nodes.fetch.n }}", "list": ["{{nodes.fetch.list}}"], "text": "has {{ nodes.fetch.n }}, {{ nodes.gone.x }}",
            "plain": "a } b", "true": true
        });
        assert_eq!(
            filled(&template),
            json!({ "n": 7, "list": [[1]], "text": "has 7, ", "plain": "a } b", "true": true })
        );
    }

    #[test]
    fn every_fault_is_named_at_its_place() {
        let faults = Template::read(&json!({ "a": ["{{ 1 + }}"], "b": { "c": "x {{ y" } })).unwrap_err();
        let places: Vec<&str> = faults.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, [".a[0]", ".b.c"]);
    }
}
