//! What a script gives, as JSON: all of it, or a fault that says what JSON does not hold.

use crate::script::Fault;
use crate::script::Kind;
use crate::script::MOST_BYTES;
use crate::script::worker::compile::thrown;
use boa_engine::Context;
use boa_engine::JsObject;
use boa_engine::JsString;
use boa_engine::JsValue;
use boa_engine::JsVariant;
use boa_engine::js_string;
use boa_engine::object::builtins::JsMap;
use boa_engine::object::builtins::JsPromise;
use boa_engine::object::builtins::JsSet;
use boa_engine::property::PropertyKey;
use serde_json::Map;
use serde_json::Number;
use serde_json::Value;

/// How deep values may be nested.
const MOST_DEPTH: usize = 100;
/// Up to here every whole number is exact.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// The JSON of a value. Nothing is null; a function by itself is a mistake.
pub fn of(value: &JsValue, context: &mut Context) -> Result<Value, Fault> {
    if value.is_callable() || value.is_symbol() {
        let what = if value.is_callable() {
            "a function"
        } else {
            "a symbol"
        };
        return Err(refused("", what, "return a value"));
    }
    let mut walk = Walk {
        left: MOST_BYTES,
        context,
        path: String::new(),
        depth: 0,
    };
    Ok(walk.value(value)?.unwrap_or(Value::Null))
}

struct Walk<'c> {
    left: usize,
    context: &'c mut Context,
    path: String,
    depth: usize,
}

fn refused(path: &str, what: &str, instead: &str) -> Fault {
    let path = if path.is_empty() {
        "the result"
    } else {
        path.trim_start_matches('.')
    };
    Fault::new(
        Kind::Value,
        format!("{path} is {what}, which JSON does not hold: {instead}"),
    )
}

impl Walk<'_> {
    fn pay(&mut self, bytes: usize) -> Result<(), Fault> {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => {
                let message = format!("the result has more than {MOST_BYTES} bytes");
                return Err(Fault::new(Kind::TooLarge, message));
            }
        }
        Ok(())
    }

    /// None is what JSON leaves out of objects.
    fn value(&mut self, value: &JsValue) -> Result<Option<Value>, Fault> {
        self.pay(2)?;
        Ok(Some(match value.variant() {
            JsVariant::Null => Value::Null,
            JsVariant::Undefined | JsVariant::Symbol(_) => return Ok(None),
            JsVariant::Boolean(truth) => Value::Bool(truth),
            JsVariant::Integer32(number) => Value::from(number),
            JsVariant::Float64(number) => self.number(number)?,
            JsVariant::String(text) => Value::String(self.text(&text)?),
            JsVariant::BigInt(_) => return Err(refused(&self.path, "a BigInt", "use String(x)")),
            JsVariant::Object(object) if object.is_callable() => return Ok(None),
            JsVariant::Object(object) => {
                if self.depth >= MOST_DEPTH {
                    let message =
                        format!("the result holds itself, or is nested more than {MOST_DEPTH} deep");
                    return Err(Fault::new(Kind::Value, message));
                }
                self.depth += 1;
                let value = self.object(&object);
                self.depth -= 1;
                return value;
            }
        }))
    }

    fn number(&self, number: f64) -> Result<Value, Fault> {
        if number.fract() == 0.0 && number.abs() <= WHOLE {
            #[expect(clippy::cast_possible_truncation, reason = "it is a whole number that fits")]
            return Ok(Value::from(number as i64));
        }
        let number = Number::from_f64(number);
        let what = "not a finite number";
        number
            .map(Value::Number)
            .ok_or_else(|| refused(&self.path, what, "check what it is divided by or read from"))
    }

    fn text(&mut self, text: &JsString) -> Result<String, Fault> {
        self.pay(text.len())?;
        text.to_std_string().map_err(|_| {
            refused(
                &self.path,
                "a text that ends within a character",
                "cut texts with Array.from(text)",
            )
        })
    }

    fn get(&mut self, object: &JsObject, key: impl Into<PropertyKey>) -> Result<JsValue, Fault> {
        object
            .get(key, self.context)
            .map_err(|error| thrown(error, self.context))
    }

    fn object(&mut self, object: &JsObject) -> Result<Option<Value>, Fault> {
        let to_json = self.get(object, js_string!("toJSON"))?;
        if let Some(to_json) = to_json.as_callable() {
            let value = to_json.call(&object.clone().into(), &[], self.context);
            let value = value.map_err(|error| thrown(error, self.context))?;
            // As JSON.stringify: what toJSON gives is not asked again.
            return match value.as_object() {
                Some(inner) if !inner.is_callable() => self.plain(&inner),
                _ => self.value(&value),
            };
        }
        self.plain(object)
    }

    fn plain(&mut self, object: &JsObject) -> Result<Option<Value>, Fault> {
        if object.is_array() {
            return self.list(object).map(Some);
        }
        let boxed = object.downcast_ref::<f64>().map(|number| JsValue::from(*number));
        let boxed = boxed.or_else(|| object.downcast_ref::<bool>().map(|truth| JsValue::from(*truth)));
        let boxed = boxed.or_else(|| {
            object
                .downcast_ref::<JsString>()
                .map(|text| JsValue::from(text.clone()))
        });
        if let Some(boxed) = boxed {
            return self.value(&boxed);
        }
        let strange = [
            (
                JsPromise::from_object(object.clone()).is_ok(),
                "a promise",
                "await it",
            ),
            (
                JsMap::from_object(object.clone()).is_ok(),
                "a Map",
                "use Object.fromEntries(map)",
            ),
            (
                JsSet::from_object(object.clone()).is_ok(),
                "a Set",
                "use Array.from(set)",
            ),
        ];
        if let Some((_, what, instead)) = strange.iter().find(|(is_it, ..)| *is_it) {
            return Err(refused(&self.path, what, instead));
        }
        let keys = object
            .own_property_keys(self.context)
            .map_err(|error| thrown(error, self.context))?;
        let mut members = Map::with_capacity(keys.len().min(1_000));
        for key in keys {
            let name = match &key {
                PropertyKey::String(name) => self.text(name)?,
                PropertyKey::Index(index) => index.get().to_string(),
                PropertyKey::Symbol(_) => continue,
            };
            let is_hidden = object
                .borrow()
                .properties()
                .get(&key)
                .is_some_and(|found| found.enumerable() == Some(false));
            if is_hidden {
                continue;
            }
            self.pay(name.len() + 3)?;
            let length = self.path.len();
            self.path.push('.');
            self.path.push_str(&name);
            let value = self.get(object, key)?;
            if let Some(value) = self.value(&value)? {
                members.insert(name, value);
            }
            self.path.truncate(length);
        }
        Ok(Some(Value::Object(members)))
    }

    fn list(&mut self, object: &JsObject) -> Result<Value, Fault> {
        let length = self
            .get(object, js_string!("length"))?
            .as_number()
            .unwrap_or_default();
        // Each item takes two bytes or more, so that a list of holes ends here too.
        if length * 2.0 > 1_048_576.0 {
            self.pay(usize::MAX)?;
        }
        let mut items = Vec::new();
        let mut index: u32 = 0;
        while f64::from(index) < length {
            let at = self.path.len();
            self.path.push_str(&format!("[{index}]"));
            let item = self.get(object, index)?;
            items.push(self.value(&item)?.unwrap_or(Value::Null));
            self.path.truncate(at);
            index += 1;
        }
        Ok(Value::Array(items))
    }
}
