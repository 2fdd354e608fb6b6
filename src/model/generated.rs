//! The files that are generated from the model's types.

use crate::error::Result;
use crate::model::reference;
use crate::model::schema;
use crate::model::typescript;

/// Each generated file: its path in the repository, and what it must say.
pub fn files() -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        ("docs/model.schema.json", schema::text()?),
        ("docs/model-reference.md", reference::text()?),
        ("web/src/api/generated/model.ts", typescript::text()?),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn generated_files_are_not_stale() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for (path, text) in files().unwrap() {
            let found = std::fs::read_to_string(root.join(path)).unwrap_or_default();
            assert!(found == text, "{path} is stale: run `cargo run -- generate`");
        }
    }
}
