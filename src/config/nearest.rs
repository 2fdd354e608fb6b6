//! The setting that was probably meant by a mistyped one.

use crate::config::keys::KEYS;
use crate::config::keys::Standing;

/// The key that was probably meant: the nearest by edits, or one that ends alike in another section.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    let last = name.rsplit('.').next().unwrap_or(name);
    if let Some(key) = KEYS
        .iter()
        .find(|key| matches!(key.standing, Standing::Now) && key.name.ends_with(&format!(".{last}")))
    {
        return Some(key.name);
    }
    KEYS.iter()
        .map(|key| (edits(name, key.name), key.name))
        .min()
        .filter(|(distance, key)| *distance <= 1 + key.len() / 4)
        .map(|(_, key)| key)
}

/// How many letters must change to make one word of the other (Levenshtein).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_mistyped_key_is_answered_with_the_one_that_was_meant() {
        for (typed, meant) in [
            ("server.bnd", Some("server.bind")),
            ("databse.url", Some("database.url")),
            ("server.max_connections", Some("database.max_connections")),
            ("jsonrpc.max_batch_sise", Some("jsonrpc.max_batch_size")),
            ("server.favourite_colour", None),
        ] {
            assert_eq!(nearest(typed), meant, "{typed}");
        }
    }
}
