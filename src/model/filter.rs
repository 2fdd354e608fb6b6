//! The filter language: which entities a list, a subscription or a form means.
//!
//! One language for `loadEntityData`, for what a subscriber gets to see, for the
//! preset filters of a grid and for a form's `visible_if`. It is read from JSON
//! and checked against the property types here; the database evaluates it as
//! SQL, the feed in memory (`evaluate.rs`), the browser in TypeScript. All three
//! are held to `tests/vectors/filter.json`.
//!
//! ```json
//! {"status": "open", "price": {"gte": "10.00", "lt": 20}, "or": [{"done": true}, {"not": {"day": null}}]}
//! ```
//!
//! # What a condition means
//!
//! Logic is two-valued: a condition is met or it is not. A property without a
//! value meets `ne` and `null: true` and nothing else, so `ne` and `not` find the
//! rows without a value, which is what people mean by "not closed".
//!
//! | condition | value absent | SQL over the property's expression `x` |
//! |---|---|---|
//! | `eq a`, or `a` itself | not met | `x = a` |
//! | `eq null`, `null: true` | met | `x is null` |
//! | `ne a` | **met** | `x is distinct from a` |
//! | `ne null`, `null: false` | not met | `x is not null` |
//! | `in [a, b]` | not met | `x = any (list)`; an empty list is met by nothing |
//! | `in [a, null]` | met | `(x = any (list) or x is null)` |
//! | `contains a`, text | not met | `x ilike '%a%'`, with `\`, `%` and `_` of `a` escaped |
//! | `startsWith a`, text | not met | `x ilike 'a%'`, escaped likewise |
//! | `contains a`, `MultiEnum` and `Json` | not met | `x @> a` |
//! | `in [a, b]`, `MultiEnum` | not met | `(x @> [a] or x @> [b])` |
//! | `gt` `gte` `lt` `lte` | not met | `x > a` …; text by code point: `x collate "C"` |
//! | `between [a, b]` | not met | `(x >= a and x <= b)`, both ends belong |
//! | `and [f, g]`, several keys of one object | – | `(f and g)`; of none: `true` |
//! | `or [f, g]` | – | `(f or g)`; of none: `false` |
//! | `not f` | – | `(f) is not true` |
//!
//! With `is not true` for `not`, SQL's third truth value never shows: `and` and
//! `or` of null and false are both "not met", and an index can serve what stands
//! outside of a `not`.
//!
//! Values are compared by the property's type: integers and decimals as numbers,
//! `DateTime` as an instant, `Date` as a day, booleans as such, everything else
//! as text, exactly. Letters are compared without case in `contains` and
//! `startsWith` only.

mod decimal;
mod evaluate;
mod literal;
mod read;

pub use decimal::Decimal;
pub use evaluate::Verdict;
pub use literal::Literal;
pub use literal::canonical_date_time;

use std::fmt;

/// The most levels of `and`, `or` and `not` in one filter.
pub const MAX_DEPTH: usize = 16;
/// The most conditions in one filter.
pub const MAX_CONDITIONS: usize = 200;
/// The most values in one `in`.
pub const MAX_VALUES: usize = 1_000;

/// A filter that was read and checked: every value has the type of its property.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of these; of none: every entity.
    And(Vec<Filter>),
    /// At least one of these; of none: no entity.
    Or(Vec<Filter>),
    /// Not this, entities without the value included.
    Not(Box<Filter>),
    /// One condition on one property.
    Condition(Condition),
}

/// One comparison of one property.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The property, of the entity itself or of one it refers to.
    pub path: Path,
    /// How the property's values compare.
    pub kind: Kind,
    /// The comparison.
    pub test: Test,
}

/// Where a condition looks: `label`, or `customer.name` through a reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    /// The reference's outside name when the property is the referred entity's.
    pub through: Option<String>,
    /// The property's outside name.
    pub property: String,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.through {
            Some(reference) => write!(f, "{reference}.{}", self.property),
            None => f.write_str(&self.property),
        }
    }
}

/// What is asked of a property's value. The meaning of each stands in the table above.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// The same value.
    Equal(Literal),
    /// Another value, or none.
    NotEqual(Literal),
    /// One of these values; for `MultiEnum`: at least one of these chosen.
    In(Vec<Literal>),
    /// Text: holds this, without case. `MultiEnum`, `Json`: contains this JSON.
    Contains(Literal),
    /// Text: begins with this, without case.
    StartsWith(String),
    /// Greater, later.
    Greater(Literal),
    /// Greater or the same.
    GreaterOrEqual(Literal),
    /// Less, earlier.
    Less(Literal),
    /// Less or the same.
    LessOrEqual(Literal),
    /// From the first to the second, both included.
    Between(Literal, Literal),
    /// True: has no value; false: has one.
    Null(bool),
}

/// How the values of a property type compare, and so which tests it allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// String and Text.
    Text,
    /// Enum.
    Enum,
    /// Several of an enum's values: a JSON array of texts.
    MultiEnum,
    /// Whole numbers.
    Integer,
    /// Exact numbers, canonical strings on the wire.
    Decimal,
    /// True or false.
    Boolean,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// An instant, `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
    DateTime,
    /// Uuid and Reference.
    Uuid,
    /// Any JSON.
    Json,
}

impl Kind {
    /// The kind of a property type by the type's name in the model document.
    #[must_use]
    pub fn of_type(name: &str) -> Option<Self> {
        Some(match name {
            "String" | "Text" => Kind::Text,
            "Enum" => Kind::Enum,
            "MultiEnum" => Kind::MultiEnum,
            "Integer" => Kind::Integer,
            "Decimal" => Kind::Decimal,
            "Boolean" => Kind::Boolean,
            "Date" => Kind::Date,
            "DateTime" => Kind::DateTime,
            "Uuid" | "Reference" => Kind::Uuid,
            "Json" => Kind::Json,
            _ => return None,
        })
    }

    /// The kind of a system property (`id`, `version`, `created_at`, `updated_at`).
    #[must_use]
    pub fn of_system_property(name: &str) -> Option<Self> {
        Some(match name {
            "id" => Kind::Uuid,
            "version" => Kind::Integer,
            "created_at" | "updated_at" => Kind::DateTime,
            _ => return None,
        })
    }

    /// Whether text inside the value can be looked for.
    fn is_text(self) -> bool {
        matches!(self, Kind::Text | Kind::Enum)
    }

    /// Whether one value can be greater than another.
    fn is_ordered(self) -> bool {
        matches!(
            self,
            Kind::Text | Kind::Integer | Kind::Decimal | Kind::Date | Kind::DateTime
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Text => "a text",
            Kind::Enum => "one of its enum's values",
            Kind::MultiEnum => "a list of its enum's values",
            Kind::Integer => "a whole number",
            Kind::Decimal => "a decimal number",
            Kind::Boolean => "true or false",
            Kind::Date => "a date such as 2024-07-10",
            Kind::DateTime => "a time such as 2024-07-10T09:15:00Z",
            Kind::Uuid => "a UUID",
            Kind::Json => "JSON",
        })
    }
}

impl Filter {
    /// The filter that every entity meets.
    #[must_use]
    pub fn everything() -> Self {
        Filter::And(Vec::new())
    }

    /// Whether every entity meets it because it asks nothing.
    #[must_use]
    pub fn asks_nothing(&self) -> bool {
        matches!(self, Filter::And(parts) if parts.iter().all(Filter::asks_nothing))
    }

    /// Every condition in it, in the order written.
    pub fn conditions(&self) -> Vec<&Condition> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'a>(&'a self, found: &mut Vec<&'a Condition>) {
        match self {
            Filter::And(parts) | Filter::Or(parts) => {
                for part in parts {
                    part.collect(found);
                }
            }
            Filter::Not(inner) => inner.collect(found),
            Filter::Condition(condition) => found.push(condition),
        }
    }
}
