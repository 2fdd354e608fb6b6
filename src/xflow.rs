//! What a workflow means, as pure functions: expressions, templates, and which node comes next.

pub mod evaluate;
pub mod expression;
pub mod plan;
pub mod schema;
pub mod step;
pub mod template;

/// Whether this can be the name of a secret: letters, digits and `_`, beginning with a letter, 63 at most.
#[must_use]
pub fn secret_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= 63
        && bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
