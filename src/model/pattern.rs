//! Patterns: the regular expressions that Postgres, Rust and JavaScript read alike.
//!
//! The database decides; the check tries a default or a sample value the same
//! way. So a pattern is held to a subset: literals, classes, groups, `|`,
//! `* + ? {n,m}`, `^`, `$` and `.` (any character, a line feed too). `\d`, `\w`
//! and `\s` mean other characters in each engine: they are rewritten as the
//! ASCII classes that people mean by them. `tests/model/pattern.rs` holds the
//! engines against each other.

use regex::Regex;
use regex::RegexBuilder;
use std::iter::Peekable;
use std::str::Chars;

/// The most characters of a pattern.
pub const MAX_CHARACTERS: usize = 256;
/// The most bytes a compiled pattern may take.
const MAX_COMPILED: usize = 1 << 20;
/// The most repetitions Postgres counts.
const MAX_REPEAT: u32 = 255;

const DIGITS: &str = "0-9";
const WORD: &str = "A-Za-z0-9_";
const SPACE: &str = " \\t\\n\\r\\f\\v";

/// A pattern in the common subset, `\d`, `\w` and `\s` written out; or a sentence about what is not.
pub fn common(pattern: &str) -> Result<String, String> {
    if pattern.is_empty() {
        return Err("is empty".to_owned());
    }
    if pattern.chars().count() > MAX_CHARACTERS {
        return Err(format!("has more than {MAX_CHARACTERS} characters"));
    }
    let mut reader = Reader {
        rest: pattern.chars().peekable(),
        written: String::new(),
        groups: 0,
    };
    reader.all()?;
    if reader.written.chars().count() > MAX_CHARACTERS {
        return Err(format!(
            "has more than {MAX_CHARACTERS} characters once \\d, \\w and \\s are written out"
        ));
    }
    Ok(reader.written)
}

/// Compiles a pattern of the common subset.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    let common = common(pattern)?;
    RegexBuilder::new(&common)
        .dot_matches_new_line(true)
        .size_limit(MAX_COMPILED)
        .nest_limit(32)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "is too large once its repetitions are counted out".to_owned(),
            error => format!("does not compile: {}", error.to_string().replace('\n', " ")),
        })
}

/// What stood before, which decides whether a repetition may follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing that could be repeated: the beginning, `(`, `|`, an anchor.
    Nothing,
    /// A character, a class or a group.
    Atom,
    /// A repetition.
    Repetition,
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    written: String,
    groups: usize,
}

impl Reader<'_> {
    fn all(&mut self) -> Result<(), String> {
        let mut before = Before::Nothing;
        while let Some(letter) = self.rest.next() {
            before = match letter {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.group()?,
                ')' => self.end_of_group()?,
                '*' | '+' | '?' => self.repetition(letter, before)?,
                '{' => self.counted(before)?,
                '|' | '^' | '$' => {
                    self.written.push(letter);
                    Before::Nothing
                }
                ']' | '}' => return Err(format!("has a bare {letter}; write \\{letter}")),
                '\0' => return Err("has a character U+0000".to_owned()),
                letter => {
                    self.written.push(letter);
                    Before::Atom
                }
            };
        }
        if self.groups > 0 {
            return Err("has a group that is not closed".to_owned());
        }
        Ok(())
    }

    fn group(&mut self) -> Result<Before, String> {
        self.written.push('(');
        self.groups += 1;
        if self.rest.next_if_eq(&'?').is_some() {
            if self.rest.next_if_eq(&':').is_none() {
                return Err("has (? with something other than : (no look-around, flags or names)".to_owned());
            }
            self.written.push_str("?:");
        }
        Ok(Before::Nothing)
    }

    fn end_of_group(&mut self) -> Result<Before, String> {
        self.groups = self.groups.checked_sub(1).ok_or("has a ) without its (")?;
        self.written.push(')');
        Ok(Before::Atom)
    }

    fn repetition(&mut self, letter: char, before: Before) -> Result<Before, String> {
        repeatable(before, letter)?;
        self.written.push(letter);
        Ok(Before::Repetition)
    }

    /// `{n}`, `{n,}` or `{n,m}`.
    fn counted(&mut self, before: Before) -> Result<Before, String> {
        repeatable(before, '{')?;
        let mut inside = String::new();
        loop {
            match self.rest.next() {
                Some('}') => break,
                Some(letter) => inside.push(letter),
                None => return Err("has a { that is not closed; write \\{ for the character".to_owned()),
            }
        }
        let wrong = || format!("has {{{inside}}}, which is no count; write {{2}}, {{2,}} or {{2,5}}");
        let count = |text: &str| text.parse::<u32>().map_err(|_| wrong());
        let (least, most) = match inside.split_once(',') {
            Some((least, "")) => (count(least)?, None),
            Some((least, most)) => (count(least)?, Some(count(most)?)),
            None => (count(&inside)?, None),
        };
        if least > MAX_REPEAT || most.is_some_and(|most| most > MAX_REPEAT) {
            return Err(format!("repeats more than {MAX_REPEAT} times"));
        }
        if most.is_some_and(|most| most < least) {
            return Err(wrong());
        }
        self.written.push('{');
        self.written.push_str(&inside);
        self.written.push('}');
        Ok(Before::Repetition)
    }

    fn escape(&mut self) -> Result<Before, String> {
        let Some(letter) = self.rest.next() else {
            return Err("ends in a \\".to_owned());
        };
        let class = match letter {
            'd' => format!("[{DIGITS}]"),
            'D' => format!("[^{DIGITS}]"),
            'w' => format!("[{WORD}]"),
            'W' => format!("[^{WORD}]"),
            's' => format!("[{SPACE}]"),
            'S' => format!("[^{SPACE}]"),
            letter => literal(letter)?,
        };
        self.written.push_str(&class);
        Ok(Before::Atom)
    }

    fn class(&mut self) -> Result<Before, String> {
        self.written.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.written.push('^');
        }
        let mut members = 0_usize;
        // The character a range could begin with, and whether a range is open.
        let mut start: Option<char> = None;
        loop {
            let Some(letter) = self.rest.next() else {
                return Err("has a [ that is not closed".to_owned());
            };
            match letter {
                ']' if members > 0 => break,
                ']' => return Err("has an empty class []".to_owned()),
                '[' => return Err("has a [ inside a class; write \\[".to_owned()),
                '&' | '~' if self.rest.peek() == Some(&letter) => {
                    return Err(format!("has {letter}{letter} inside a class"));
                }
                '^' => {
                    self.written.push_str("\\^");
                    start = Some('^');
                }
                '\\' => start = self.class_escape()?,
                '-' => {
                    let last = self.rest.peek() == Some(&']');
                    match start {
                        Some(from) if !last => {
                            self.range(from)?;
                            start = None;
                        }
                        _ if members == 0 || last => {
                            self.written.push_str("\\-");
                            start = None;
                        }
                        _ => return Err("has a - in the middle of a class; write \\-".to_owned()),
                    }
                }
                '\0' => return Err("has a character U+0000".to_owned()),
                letter => {
                    self.written.push(letter);
                    start = Some(letter);
                }
            }
            members += 1;
        }
        self.written.push(']');
        Ok(Before::Atom)
    }

    fn class_escape(&mut self) -> Result<Option<char>, String> {
        let Some(letter) = self.rest.next() else {
            return Err("ends in a \\".to_owned());
        };
        let (text, start) = match letter {
            'd' => (DIGITS.to_owned(), None),
            'w' => (WORD.to_owned(), None),
            's' => (SPACE.to_owned(), None),
            'D' | 'W' | 'S' => return Err(format!("has \\{letter} inside a class; write [^…] instead")),
            letter => (literal(letter)?, Some(letter)),
        };
        self.written.push_str(&text);
        Ok(start)
    }

    /// The rest of a range whose first character and `-` were read.
    fn range(&mut self, from: char) -> Result<(), String> {
        let to = match self.rest.next() {
            Some('\\') => match self.rest.next() {
                Some(letter) if literal(letter).is_ok() && !letter.is_alphanumeric() => letter,
                _ => return Err("has a range that does not end in a character".to_owned()),
            },
            Some('[') | None => return Err("has a range that does not end in a character".to_owned()),
            Some(letter) => letter,
        };
        if to < from {
            return Err(format!("has the range {from}-{to}, which runs backwards"));
        }
        self.written.push('-');
        if matches!(to, '\\' | ']' | '[' | '^' | '-') {
            self.written.push('\\');
        }
        self.written.push(to);
        Ok(())
    }
}

fn repeatable(before: Before, letter: char) -> Result<(), String> {
    match before {
        Before::Atom => Ok(()),
        Before::Nothing => Err(format!(
            "has a {letter} with nothing to repeat; write \\{letter} for the character"
        )),
        Before::Repetition => Err(format!(
            "has a {letter} after a repetition (no lazy or doubled repetitions)"
        )),
    }
}

/// The escape of a character that every engine reads as that character.
fn literal(letter: char) -> Result<String, String> {
    const PUNCTUATION: &str = "^$\\.*+?()[]{}|/-";
    if PUNCTUATION.contains(letter) || matches!(letter, 't' | 'n' | 'r' | 'f' | 'v') {
        // A bare slash or hyphen means the same, and not every engine lets one escape it everywhere.
        return Ok(if letter == '/' {
            letter.to_string()
        } else {
            format!("\\{letter}")
        });
    }
    Err(format!("has \\{letter}, which the engines do not read alike"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_engines_read_alike_is_kept_or_written_out() {
        for (pattern, expected) in [
            ("^[a-z]+$", "^[a-z]+$"),
            (r"^\d{4}-\d{2}$", "^[0-9]{4}-[0-9]{2}$"),
            (r"[\w.-]+@[\w-]+", r"[A-Za-z0-9_.\-]+@[A-Za-z0-9_\-]+"),
            ("(?:a|b)?", "(?:a|b)?"),
            (r"a\/b", "a/b"),
            ("grün|größer", "grün|größer"),
        ] {
            assert_eq!(common(pattern).as_deref(), Ok(expected), "{pattern}");
            assert!(compile(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn what_they_do_not_is_refused_with_a_reason() {
        for pattern in [
            "",
            "(",
            ")",
            "[",
            "[]",
            "a**",
            "a*?",
            "*a",
            "^*",
            r"\b",
            r"(a)\1",
            "(?=a)",
            "(?i)a",
            "(?P<n>a)",
            "a{2",
            "a{300}",
            "a{3,2}",
            "a{x}",
            r"\p{L}",
            "[[:alpha:]]",
            "[a&&b]",
            r"[z-a]",
            "[]a]",
            "a]",
            r"a\",
            r"[\D]",
            "\u{0}",
            "((((a{200}){200}){200}){200})",
        ] {
            assert!(compile(pattern).is_err(), "{pattern:?}");
        }
        assert!(compile(&"a".repeat(257)).is_err());
    }
}
