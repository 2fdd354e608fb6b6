//! Expressions of xflows: the part of JavaScript that needs no script engine.
//!
//! Values, paths (`nodes.fetch.body[0].id`), comparisons, `&& || ?? !`,
//! arithmetic and `? :`. There are no calls and no assignments. What is read
//! here means in JavaScript the same, except that a path through nothing is
//! null instead of an error, and that `==` compares as `===` does.

use serde_json::Number;
use serde_json::Value;

/// The longest expression, in bytes.
const MAX_LENGTH: usize = 4_000;
/// The deepest nesting.
const MAX_DEPTH: usize = 64;

/// An expression that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A value.
    Literal(Value),
    /// What a name stands for: `input`, `nodes`, `trigger`, `execution`.
    Root(String),
    /// A member of a value.
    Member(Box<Expression>, Box<Expression>),
    /// `!a`.
    Not(Box<Expression>),
    /// `-a`.
    Negative(Box<Expression>),
    /// Two values and what is made of them.
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// `a ? b : c`.
    Choice(Box<Expression>, Box<Expression>, Box<Expression>),
}

/// What is made of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `??`
    Else,
    /// `==`, `===`
    Equal,
    /// `!=`, `!==`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divided,
    /// `%`
    Remainder,
}

/// The operators as they are written, with how tightly they bind. Longer ones first.
const OPERATORS: &[(&str, Operator, u8)] = &[
    ("===", Operator::Equal, 4),
    ("!==", Operator::NotEqual, 4),
    ("==", Operator::Equal, 4),
    ("!=", Operator::NotEqual, 4),
    ("<=", Operator::LessOrEqual, 5),
    (">=", Operator::GreaterOrEqual, 5),
    ("&&", Operator::And, 3),
    ("||", Operator::Or, 2),
    ("??", Operator::Else, 1),
    ("<", Operator::Less, 5),
    (">", Operator::Greater, 5),
    ("+", Operator::Plus, 6),
    ("-", Operator::Minus, 6),
    ("*", Operator::Times, 7),
    ("/", Operator::Divided, 7),
    ("%", Operator::Remainder, 7),
];

impl Expression {
    /// Reads an expression; the error says what is wrong and where.
    ///
    /// # Errors
    /// A sentence with the place.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("an expression has at most {MAX_LENGTH} characters"));
        }
        let mut reader = Reader {
            text,
            at: 0,
            depth: 0,
        };
        let expression = reader.choice()?;
        reader.space();
        match reader.rest().chars().next() {
            None => Ok(expression),
            Some(found) => Err(reader.wrong(&format!("{found:?} is not expected"))),
        }
    }

    /// The roots it reads, each with the first name that follows it where that is written out.
    pub fn reads(&self, found: &mut Vec<(String, Option<String>)>) {
        match self {
            Expression::Literal(_) => {}
            Expression::Root(root) => found.push((root.clone(), None)),
            Expression::Member(of, name) => match (of.as_ref(), name.as_ref()) {
                (Expression::Root(root), Expression::Literal(Value::String(name))) => {
                    found.push((root.clone(), Some(name.clone())));
                }
                (of, name) => {
                    of.reads(found);
                    name.reads(found);
                }
            },
            Expression::Not(of) | Expression::Negative(of) => of.reads(found),
            Expression::Binary(_, left, right) => {
                left.reads(found);
                right.reads(found);
            }
            Expression::Choice(condition, then, otherwise) => {
                condition.reads(found);
                then.reads(found);
                otherwise.reads(found);
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn wrong(&self, what: &str) -> String {
        let place = self.text[..self.at].chars().count() + 1;
        format!("{what} at character {place}")
    }

    fn takes(&mut self, token: &str) -> bool {
        self.space();
        let is_next = self.rest().starts_with(token);
        if is_next {
            self.at += token.len();
        }
        is_next
    }

    fn needs(&mut self, token: &str) -> Result<(), String> {
        if self.takes(token) {
            return Ok(());
        }
        Err(self.wrong(&format!("{token:?} is missing")))
    }

    fn choice(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} levels deep"));
        }
        let mut expression = self.binary(0)?;
        self.space();
        let is_choice = self.rest().starts_with('?') && !self.rest().starts_with("?.");
        if is_choice && self.takes("?") {
            let then = self.choice()?;
            self.needs(":")?;
            let otherwise = self.choice()?;
            expression = Expression::Choice(Box::new(expression), Box::new(then), Box::new(otherwise));
        }
        self.depth -= 1;
        Ok(expression)
    }

    fn binary(&mut self, at_least: u8) -> Result<Expression, String> {
        let mut left = self.unary()?;
        loop {
            self.space();
            let rest = self.rest();
            let Some((token, operator, binds)) = OPERATORS.iter().find(|(token, ..)| rest.starts_with(token))
            else {
                return Ok(left);
            };
            if *binds < at_least {
                return Ok(left);
            }
            self.at += token.len();
            let right = self.binary(binds + 1)?;
            left = Expression::Binary(*operator, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} levels deep"));
        }
        self.space();
        let expression = if self.takes("!") {
            Expression::Not(Box::new(self.unary()?))
        } else if self.takes("-") {
            Expression::Negative(Box::new(self.unary()?))
        } else {
            self.path()?
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn path(&mut self) -> Result<Expression, String> {
        let mut expression = self.value()?;
        loop {
            if self.takes("?.") || self.takes(".") {
                let name = self.name();
                if name.is_empty() {
                    return Err(self.wrong("a name is missing"));
                }
                let name = Expression::Literal(Value::from(name));
                expression = Expression::Member(Box::new(expression), Box::new(name));
            } else if self.takes("[") {
                let index = self.choice()?;
                self.needs("]")?;
                expression = Expression::Member(Box::new(expression), Box::new(index));
            } else if self.rest().starts_with('(') {
                return Err(
                    self.wrong("functions can only be called by a JavaScript node: \"(\" is not expected")
                );
            } else {
                return Ok(expression);
            }
        }
    }

    fn value(&mut self) -> Result<Expression, String> {
        self.space();
        match self.rest().chars().next() {
            None => Err(self.wrong("it ends where a value is expected,")),
            Some('(') => {
                self.at += 1;
                let inner = self.choice()?;
                self.needs(")")?;
                Ok(inner)
            }
            Some(quote @ ('"' | '\'')) => self
                .string(quote)
                .map(|text| Expression::Literal(Value::from(text))),
            Some('0'..='9') => self.number(),
            Some(_) => match self.name() {
                "" => {
                    let found = self.rest().chars().next().unwrap_or_default();
                    Err(self.wrong(&format!("{found:?} is not expected")))
                }
                "true" => Ok(Expression::Literal(Value::Bool(true))),
                "false" => Ok(Expression::Literal(Value::Bool(false))),
                "null" | "undefined" => Ok(Expression::Literal(Value::Null)),
                name => Ok(Expression::Root(name.to_owned())),
            },
        }
    }

    fn name(&mut self) -> &str {
        self.space();
        let start = self.at;
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
        let end = self
            .rest()
            .find(|letter| !is_part(letter))
            .unwrap_or(self.rest().len());
        self.at += end;
        &self.text[start..self.at]
    }

    fn number(&mut self) -> Result<Expression, String> {
        let start = self.at;
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
        let mut length = self
            .rest()
            .find(|letter| !is_part(letter))
            .unwrap_or(self.rest().len());
        // The sign of an exponent.
        if self.rest()[..length].ends_with(['e', 'E']) && self.rest()[length..].starts_with(['+', '-']) {
            let digits = &self.rest()[length + 1..];
            length += 1 + digits
                .find(|digit: char| !digit.is_ascii_digit())
                .unwrap_or(digits.len());
        }
        let digits = &self.rest()[..length];
        let number = serde_json::from_str::<Number>(digits)
            .map_err(|_| self.wrong(&format!("{digits} is not a number")))?;
        self.at = start + length;
        Ok(Expression::Literal(Value::Number(number)))
    }

    fn string(&mut self, quote: char) -> Result<String, String> {
        let mut text = String::new();
        let mut letters = self.text[self.at + 1..].char_indices();
        while let Some((index, letter)) = letters.next() {
            match letter {
                letter if letter == quote => {
                    self.at += index + 2;
                    return Ok(text);
                }
                '\\' => match letters.next().map(|(_, letter)| letter) {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some(letter @ ('\\' | '"' | '\'')) => text.push(letter),
                    _ => return Err(self.wrong("a text has an escape that is not known,")),
                },
                letter => text.push(letter),
            }
        }
        Err(self.wrong("a text does not end that begins"))
    }
}
