//! What a workflow means, as pure functions: expressions, templates, and which node comes next.

pub mod evaluate;
pub mod expression;
pub mod plan;
pub mod schema;
pub mod step;
pub mod template;
