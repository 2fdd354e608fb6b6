//! A binding: `{{ params.id }}` in a page's text or value, filled in where the page is shown.
//!
//! A text that is one binding becomes the value itself; among other words it
//! becomes text. `params` are the page's own, `row` is the entity of the row or
//! the form that an action stands in, `form` what is entered there.

use std::fmt;

/// One binding: what it begins with, and the names it follows from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding<'a> {
    /// Where the value comes from.
    pub root: Root,
    /// The parameter, the property or the field.
    pub name: &'a str,
    /// A property of the entity that a parameter leads to.
    pub property: Option<&'a str>,
}

/// Where a bound value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// The page's parameters.
    Params,
    /// The entity of the row or the form.
    Row,
    /// What is entered in the form.
    Form,
}

impl Root {
    /// Its name in a binding.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Root::Params => "params",
            Root::Row => "row",
            Root::Form => "form",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Root::Params, Root::Row, Root::Form]
            .into_iter()
            .find(|root| root.name() == name)
    }
}

impl fmt::Display for Binding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.root.name(), self.name)?;
        match self.property {
            Some(property) => write!(f, ".{property}"),
            None => Ok(()),
        }
    }
}

/// Whether a text has a binding in it.
#[must_use]
pub fn is_bound(text: &str) -> bool {
    text.contains("{{")
}

/// The bindings of a text, in order.
///
/// # Errors
/// A sentence about the first that cannot be read.
pub fn bindings(text: &str) -> Result<Vec<Binding<'_>>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let (inner, behind) = after
            .split_once("}}")
            .ok_or_else(|| "a binding that begins with {{ ends with }}".to_owned())?;
        found.push(read(inner.trim())?);
        rest = behind;
    }
    Ok(found)
}

fn read(inner: &str) -> Result<Binding<'_>, String> {
    let mut steps = inner.split('.');
    let root = steps.next().unwrap_or_default();
    let root = Root::named(root).ok_or_else(|| {
        format!("{{{{ {inner} }}}} begins with none of params, row and form, as {{{{ params.id }}}} does")
    })?;
    let (name, property) = (steps.next(), steps.next());
    let is_deep = property.is_some() && root != Root::Params;
    match name.filter(|name| !name.is_empty()) {
        Some(name) if steps.next().is_none() && property != Some("") && !is_deep => {
            Ok(Binding { root, name, property })
        }
        _ => Err(format!(
            "{{{{ {inner} }}}} names no value, as {{{{ {}.id }}}} does",
            root.name()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_gives_its_bindings_in_order() {
        let found = bindings("{{params.id}} of {{ params.id.name }}, {{ row.total }}").unwrap();
        let written: Vec<String> = found.iter().map(Binding::to_string).collect();
        assert_eq!(written, ["params.id", "params.id.name", "row.total"]);
        assert!(bindings("no { binding } here").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_binding_is_named() {
        for (text, part) in [
            ("{{ params.id", "ends with }}"),
            ("{{ id }}", "begins with none of params, row and form"),
            ("{{ params }}", "names no value"),
            ("{{ params..name }}", "names no value"),
            ("{{ row.customer.name }}", "names no value"),
            ("{{ params.id.customer.name }}", "names no value"),
        ] {
            let sentence = bindings(text).unwrap_err();
            assert!(sentence.contains(part), "{text}: {sentence}");
        }
    }
}
