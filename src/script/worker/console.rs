//! The console of scripts: a limited number of short lines, which go back with the answer.

use crate::script::frame::Line;
use crate::script::worker::json;
use boa_engine::Context;
use boa_engine::JsObject;
use boa_engine::JsResult;
use boa_engine::JsValue;
use boa_engine::NativeFunction;
use boa_engine::js_string;
use boa_engine::object::ObjectInitializer;
use std::cell::RefCell;

/// The most lines of a run.
const MOST_LINES: usize = 100;
/// The most characters of a line.
const MOST_CHARACTERS: usize = 500;

thread_local! {
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// The lines of this run.
pub fn taken() -> Vec<Line> {
    LINES.take()
}

/// The object that scripts see.
pub fn object(context: &mut Context) -> JsObject {
    let mut console = ObjectInitializer::new(context);
    for (name, function) in [
        (
            "debug",
            NativeFunction::from_fn_ptr(|_, said, context| say("debug", said, context)),
        ),
        (
            "trace",
            NativeFunction::from_fn_ptr(|_, said, context| say("debug", said, context)),
        ),
        (
            "log",
            NativeFunction::from_fn_ptr(|_, said, context| say("info", said, context)),
        ),
        (
            "info",
            NativeFunction::from_fn_ptr(|_, said, context| say("info", said, context)),
        ),
        (
            "warn",
            NativeFunction::from_fn_ptr(|_, said, context| say("warn", said, context)),
        ),
        (
            "error",
            NativeFunction::from_fn_ptr(|_, said, context| say("error", said, context)),
        ),
    ] {
        console.function(function, js_string!(name), 0);
    }
    console.build()
}

fn say(level: &str, said: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let count = LINES.with_borrow(Vec::len);
    if count > MOST_LINES {
        return Ok(JsValue::undefined());
    }
    let message = if count == MOST_LINES {
        "further lines are not kept".to_owned()
    } else {
        let parts: Vec<String> = said.iter().map(|value| shown(value, context)).collect();
        parts.join(" ")
    };
    let mut short: String = message.chars().take(MOST_CHARACTERS).collect();
    if short.len() < message.len() {
        short.push('…');
    }
    let message = short.replace('\0', "\u{fffd}");
    LINES.with_borrow_mut(|lines| {
        lines.push(Line {
            level: level.to_owned(),
            message,
        })
    });
    Ok(JsValue::undefined())
}

fn shown(value: &JsValue, context: &mut Context) -> String {
    if let Some(text) = value.as_string() {
        return text.to_std_string_lossy();
    }
    if value.is_object()
        && !value.is_callable()
        && let Ok(json) = json::of(value, context)
        && json != serde_json::json!({})
    {
        return json.to_string();
    }
    value.display().to_string()
}
