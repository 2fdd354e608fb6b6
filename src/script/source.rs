//! A script before anybody has read it: its digest, how deep it nests, and what it names.

use crate::script::Fault;
use crate::script::Kind;
use sha2::Digest;
use sha2::Sha256;
use std::sync::Arc;

/// The names that a script sees, in the order in which it is given them.
pub const ROOTS: [&str; 4] = ["input", "nodes", "trigger", "execution"];

/// The most bytes of a script.
const MOST_CODE: usize = 262_144;
/// How deep brackets may be nested.
const MOST_DEPTH: usize = 200;

/// A script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The code.
    pub code: Arc<str>,
    /// What it is known by.
    pub digest: Arc<str>,
    /// Which of the roots it may read.
    roots: [bool; ROOTS.len()],
    /// The nodes that it reads, when these can be told.
    nodes: Option<Vec<String>>,
}

impl Script {
    /// A script that is short and flat enough to be read.
    ///
    /// # Errors
    /// What forbids it.
    pub fn of(code: &str) -> Result<Self, Fault> {
        if code.len() > MOST_CODE {
            let message = format!("a script has at most {MOST_CODE} bytes");
            return Err(Fault::new(Kind::TooLarge, message));
        }
        nesting(code)?;
        let digest = Sha256::digest(code.as_bytes());
        Ok(Self {
            code: Arc::from(code),
            digest: Arc::from(
                digest
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>(),
            ),
            // `arguments` holds them all.
            roots: ROOTS.map(|root| code.contains(root) || code.contains("arguments") || code.contains('\\')),
            nodes: named(code),
        })
    }

    /// Whether it may read a root.
    #[must_use]
    pub fn sees(&self, root: &str) -> bool {
        ROOTS
            .iter()
            .zip(self.roots)
            .any(|(name, sees)| sees && *name == root)
    }

    /// Whether it may read what a node gave.
    #[must_use]
    pub fn sees_node(&self, id: &str) -> bool {
        self.nodes
            .as_ref()
            .is_none_or(|nodes| nodes.iter().any(|name| name == id))
    }
}

/// Brackets nested too deep would end the process that reads them.
fn nesting(code: &str) -> Result<(), Fault> {
    let (mut depth, mut line, mut column) = (0_usize, 1, 0);
    for character in code.chars() {
        column += 1;
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '\n' => (line, column) = (line + 1, 0),
            _ => {}
        }
        if depth > MOST_DEPTH {
            let message = format!("brackets are nested more than {MOST_DEPTH} deep");
            return Err(Fault::new(Kind::Depth, message).at(line, column));
        }
    }
    Ok(())
}

/// The nodes that are read as `nodes.name`; none when `nodes` stands anywhere else.
fn named(code: &str) -> Option<Vec<String>> {
    if code.contains("arguments") || code.contains('\\') {
        return None;
    }
    let is_of_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    let mut found = Vec::new();
    for (at, word) in code.match_indices("nodes") {
        let rest = &code[at + word.len()..];
        if code[..at].ends_with(is_of_name) || rest.starts_with(is_of_name) {
            continue;
        }
        let name = rest.trim_start();
        let name = name
            .strip_prefix("?.")
            .or_else(|| name.strip_prefix('.'))?
            .trim_start();
        let end = name
            .find(|character| !is_of_name(character))
            .unwrap_or(name.len());
        if end == 0 {
            return None;
        }
        found.push(name[..end].to_owned());
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::Script;

    #[test]
    fn a_script_is_given_only_what_it_may_read() {
        let script = Script::of("nodes.a.rows.length + nodes ?. b + input.nodes2").unwrap();
        assert!(script.sees("nodes") && script.sees("input") && !script.sees("trigger"));
        assert!(script.sees_node("a") && script.sees_node("b") && !script.sees_node("c"));
        for all in ["nodes[input.x]", "f(nodes)", "arguments[1].c", "n\\u006fdes.c"] {
            assert!(Script::of(all).unwrap().sees_node("c"), "{all}");
        }
    }

    #[test]
    fn brackets_nested_too_deep_are_refused_with_their_place() {
        let fault = Script::of(&format!("1;\n{}", "[".repeat(500))).unwrap_err();
        assert_eq!((fault.line, fault.column), (Some(2), Some(201)));
        assert!(Script::of(&"[]".repeat(5_000)).is_ok());
    }
}
