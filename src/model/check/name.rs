//! Names: what may be called how, on every surface and in SQL.

use crate::model::check::Check;
use crate::model::property::SYSTEM_PROPERTIES;

/// What a name is of, which decides how long it may be and what is reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A form, page, component, xflow, section or role.
    Id,
    /// An entity type or a relationship, whose name is that of a view, a function, a table.
    Thing,
    /// A property, whose name is that of a view's column.
    Property,
}

/// The most bytes of a Postgres name.
const NAME_BYTES: usize = 63;
/// A thing's name is also part of others: `upsert_<name>` and `entity_<name>` must fit.
const THING_BYTES: usize = 56;
/// The data schema of an application is `<slug>_data`.
const SLUG_BYTES: usize = 58;

/// Words the filter language has for itself.
const FILTER_WORDS: [&str; 3] = ["and", "or", "not"];
/// Columns that Postgres has for itself.
const SYSTEM_COLUMNS: [&str; 7] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", "oid"];
/// Schemas that are not an application's.
const SCHEMAS: [&str; 4] = ["torque", "public", "information_schema", "refinery"];

impl Check<'_> {
    pub(super) fn name(&mut self, path: &str, name: &str, kind: Kind) {
        let most = if kind == Kind::Thing {
            THING_BYTES
        } else {
            NAME_BYTES
        };
        if !is_name(name) {
            let message =
                format!("{name:?} must be lower case letters, digits and _, beginning with a letter");
            self.say(path, "name", message);
        } else if name.len() > most {
            self.say(path, "name", format!("{name} is longer than {most} bytes"));
        }
        if kind == Kind::Property && is_reserved(name) {
            self.say(
                path,
                "reserved",
                format!("{name} is a name that Torque or Postgres uses itself"),
            );
        }
        if kind == Kind::Thing && name.starts_with("pg_") {
            self.say(path, "reserved", "names beginning with pg_ are Postgres's own");
        }
    }
}

/// Whether a name is one in every language that meets it.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_reserved(name: &str) -> bool {
    SYSTEM_PROPERTIES.contains(&name) || FILTER_WORDS.contains(&name) || SYSTEM_COLUMNS.contains(&name)
}

/// What is wrong with an application's slug, which is also its schema in the database.
pub fn slug(slug: &str) -> Result<(), String> {
    if !is_name(slug) {
        return Err(format!(
            "{slug:?} must be lower case letters, digits and _, beginning with a letter"
        ));
    }
    if slug.len() > SLUG_BYTES {
        return Err(format!("{slug} is longer than {SLUG_BYTES} bytes"));
    }
    if slug.ends_with("_data") {
        return Err(format!(
            "{slug} ends in _data, which is how an application's data schema is called"
        ));
    }
    if SCHEMAS.contains(&slug) || slug.starts_with("pg_") {
        return Err(format!("{slug} is a schema that Torque or Postgres uses itself"));
    }
    Ok(())
}

/// A slug made from a name that people chose: `TODO List` becomes `todo_list`.
#[must_use]
pub fn slug_from(name: &str) -> String {
    let mut made = String::new();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            made.push(letter.to_ascii_lowercase());
        } else if !made.is_empty() && !made.ends_with('_') {
            made.push('_');
        }
        if made.len() >= SLUG_BYTES - 4 {
            break;
        }
    }
    let made = made.trim_end_matches('_');
    let made = if made.starts_with(|first: char| first.is_ascii_lowercase()) {
        made.to_owned()
    } else {
        format!("app_{made}").trim_end_matches('_').to_owned()
    };
    match slug(&made) {
        Ok(()) => made,
        Err(_) if made.starts_with("pg_") => format!("app_{made}"),
        Err(_) => format!("{made}_app"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_from_any_name() {
        for (name, expected) in [
            ("TODO List", "todo_list"),
            ("  Käse & Brot ", "k_se_brot"),
            ("2024 plan", "app_2024_plan"),
            ("日本", "app"),
            ("torque", "torque_app"),
            ("My data", "my_data_app"),
            ("pg stat", "app_pg_stat"),
        ] {
            let made = slug_from(name);
            assert_eq!(made, expected, "{name}");
            assert_eq!(slug(&made), Ok(()), "{name}");
        }
        assert_eq!(slug(&slug_from(&"x".repeat(300))), Ok(()));
    }

    #[test]
    fn a_slug_that_would_clash_in_the_database_is_refused() {
        for wrong in [
            "",
            "Todo",
            "1a",
            "a-b",
            "todo_data",
            "torque",
            "public",
            "pg_x",
            "a b",
            "a\"b",
        ] {
            assert!(slug(wrong).is_err(), "{wrong}");
        }
        assert!(slug(&"x".repeat(59)).is_err());
        assert!(slug(&"x".repeat(58)).is_ok());
    }
}
