//! What an expression comes to.

use crate::xflow::expression::Expression;
use crate::xflow::expression::Operator;
use serde_json::Number;
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Where the roots of expressions are looked up.
pub trait Roots {
    /// The value that a root stands for, or a member of it.
    fn get(&self, root: &str, member: Option<&str>) -> Option<&Value>;
}

impl Expression {
    /// The value of the expression. What is not there is null.
    ///
    /// # Errors
    /// A sentence, when an arithmetic result is no finite number or its operands are no numbers.
    pub fn value<'r>(&'r self, roots: &'r dyn Roots) -> Result<Cow<'r, Value>, String> {
        match self {
            Expression::Literal(value) => Ok(Cow::Borrowed(value)),
            Expression::Root(root) => Ok(found(roots.get(root, None))),
            Expression::Member(of, name) => {
                let name = name.value(roots)?;
                if let (Expression::Root(root), Value::String(name)) = (of.as_ref(), name.as_ref()) {
                    return Ok(found(roots.get(root, Some(name))));
                }
                Ok(match of.value(roots)? {
                    Cow::Borrowed(of) => member(of, &name),
                    Cow::Owned(of) => Cow::Owned(member(&of, &name).into_owned()),
                })
            }
            Expression::Not(of) => Ok(Cow::Owned(Value::Bool(!is_true(&*of.value(roots)?)))),
            Expression::Negative(of) => {
                let value = of.value(roots)?;
                arithmetic(Operator::Minus, &Value::from(0), &value).map(Cow::Owned)
            }
            Expression::Binary(operator, left, right) => {
                let left = left.value(roots)?;
                match operator {
                    Operator::Or if is_true(&left) => Ok(left),
                    Operator::And if !is_true(&left) => Ok(left),
                    Operator::Else if !left.is_null() => Ok(left),
                    Operator::Or | Operator::And | Operator::Else => right.value(roots),
                    operator => binary(*operator, &left, &*right.value(roots)?).map(Cow::Owned),
                }
            }
            Expression::Choice(condition, then, otherwise) => {
                let chosen = if is_true(&*condition.value(roots)?) {
                    then
                } else {
                    otherwise
                };
                chosen.value(roots)
            }
        }
    }
}

fn found(value: Option<&Value>) -> Cow<'_, Value> {
    value.map_or(Cow::Owned(Value::Null), Cow::Borrowed)
}

/// A member of a value: by name, by index, or a length; null where there is none.
fn member<'v>(of: &'v Value, name: &Value) -> Cow<'v, Value> {
    match (of, name) {
        (Value::Object(members), Value::String(name)) => found(members.get(name)),
        (Value::Array(items), Value::Number(index)) => found(
            index
                .as_u64()
                .and_then(|index| usize::try_from(index).ok())
                .and_then(|index| items.get(index)),
        ),
        (Value::Array(items), Value::String(name)) if name == "length" => {
            Cow::Owned(Value::from(items.len()))
        }
        (Value::String(text), Value::String(name)) if name == "length" => {
            Cow::Owned(Value::from(text.encode_utf16().count()))
        }
        _ => found(None),
    }
}

/// Whether a value counts as true, as in JavaScript.
#[must_use]
pub fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// A value among other words.
#[must_use]
pub fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What an operator makes of two values.
///
/// # Errors
/// As [`Expression::value`].
pub fn binary(operator: Operator, left: &Value, right: &Value) -> Result<Value, String> {
    let by_order = |holds: fn(Ordering) -> bool| Ok(Value::Bool(order(left, right).is_some_and(holds)));
    match operator {
        Operator::Equal => Ok(Value::Bool(is_equal(left, right))),
        Operator::NotEqual => Ok(Value::Bool(!is_equal(left, right))),
        Operator::Less => by_order(Ordering::is_lt),
        Operator::LessOrEqual => by_order(Ordering::is_le),
        Operator::Greater => by_order(Ordering::is_gt),
        Operator::GreaterOrEqual => by_order(Ordering::is_ge),
        Operator::Plus if left.is_string() || right.is_string() => {
            Ok(Value::from(as_text(left) + &as_text(right)))
        }
        operator => arithmetic(operator, left, right),
    }
}

fn is_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (left, right) => left == right,
    }
}

/// Two texts by their letters, everything else as numbers; none where one is no number.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.encode_utf16().cmp(right.encode_utf16())),
        (Value::Number(left), Value::Number(right)) if left.is_i64() && right.is_i64() => {
            Some(left.as_i64().cmp(&right.as_i64()))
        }
        (left, right) => number(left)?.partial_cmp(&number(right)?),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Result<Value, String> {
    let whole = match (operator, left.as_i64(), right.as_i64()) {
        (Operator::Plus, Some(left), Some(right)) => left.checked_add(right),
        (Operator::Minus, Some(left), Some(right)) => left.checked_sub(right),
        (Operator::Times, Some(left), Some(right)) => left.checked_mul(right),
        (Operator::Remainder, Some(left), Some(right)) => left.checked_rem(right),
        _ => None,
    };
    if let Some(whole) = whole {
        return Ok(Value::from(whole));
    }
    let (Some(left_number), Some(right_number)) = (number(left), number(right)) else {
        return Err(format!("{left} and {right} are not both numbers"));
    };
    let result = match operator {
        Operator::Plus => left_number + right_number,
        Operator::Minus => left_number - right_number,
        Operator::Times => left_number * right_number,
        Operator::Divided => left_number / right_number,
        _ => left_number % right_number,
    };
    // A quotient that is whole is a whole number, as JavaScript shows it.
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
    if result.fract() == 0.0 && result.abs() < 9_007_199_254_740_992.0 {
        return Ok(Value::from(result as i64));
    }
    Number::from_f64(result)
        .map(Value::Number)
        .ok_or_else(|| format!("{left} and {right} come to no finite number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Input(Value);

    impl Roots for Input {
        fn get(&self, root: &str, name: Option<&str>) -> Option<&Value> {
            match name {
                _ if root != "input" => None,
                None => Some(&self.0),
                Some(name) => self.0.get(name),
            }
        }
    }

    fn value(text: &str) -> Result<Value, String> {
        let input = Input(json!({
            "n": 3, "price": "12.50", "name": "Ada", "items": [1, {"id": "x"}], "none": null, "no": false
        }));
        Ok(Expression::read(text)?.value(&input)?.into_owned())
    }

    #[test]
    fn expressions_come_to_what_javascript_makes_of_them() {
        for (text, expected) in [
            ("input.n + 1", json!(4)),
            ("1 + 2 * 3", json!(7)),
            ("(1 + 2) * 3", json!(9)),
            ("7 / 2", json!(3.5)),
            ("8 / 2", json!(4)),
            ("-input.n", json!(-3)),
            ("7 % 4 - 1", json!(2)),
            ("10 - 2 - 3", json!(5)),
            ("input.name + '!'", json!("Ada!")),
            ("input.name == \"Ada\" && input.n >= 3", json!(true)),
            ("input.n === 3.0", json!(true)),
            ("input.n === '3'", json!(false)),
            ("input.price > 9", json!(true)),
            ("'10' < '9'", json!(true)),
            ("input.missing.deeper?.yet", json!(null)),
            ("input.items[1].id", json!("x")),
            ("input['items'].length", json!(2)),
            ("input.name.length", json!(3)),
            ("input.none ?? 'other'", json!("other")),
            ("input.no ?? 'other'", json!(false)),
            ("input.no || 0 || 'last'", json!("last")),
            ("!input.items", json!(false)),
            ("input.n > 2 ? 'many' : 'few'", json!("many")),
            ("'a\\n\\'b'", json!("a\n'b")),
            ("1.5e+3", json!(1500.0)),
            ("null == undefined", json!(true)),
            ("'ü' + 1", json!("ü1")),
        ] {
            assert_eq!(value(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_says_where() {
        for (text, part) in [
            ("", "ends where a value is expected"),
            ("input.", "a name is missing at character 7"),
            ("a b", "'b' is not expected at character 3"),
            ("input.name.trim()", "JavaScript node"),
            ("(1", "\")\" is missing"),
            ("'open", "does not end"),
            ("1 +", "ends where"),
            ("a = 1", "'=' is not expected"),
            ("0x10", "is not a number"),
            ("a ? b", "\":\" is missing"),
        ] {
            let error = value(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        assert!(value(&"(".repeat(5_000)).is_err());
        assert!(value(&"!".repeat(3_000)).is_err());
        assert!(value("1 / 0").unwrap_err().contains("no finite number"));
        assert!(value("input.items - 1").unwrap_err().contains("not both numbers"));
    }
}
