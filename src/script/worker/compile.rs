//! From code to a function, and from what it throws to a fault with its place.

use crate::script::Fault;
use crate::script::Kind;
use crate::script::ROOTS;
use boa_engine::Context;
use boa_engine::JsError;
use boa_engine::JsObject;
use boa_engine::Script;
use boa_engine::Source;
use boa_engine::ast::Expression;
use boa_engine::ast::ModuleItem;
use boa_engine::ast::Statement;
use boa_engine::ast::StatementListItem;
use boa_engine::ast::scope::Scope;
use boa_engine::interner::Interner;
use boa_engine::parser::Parser;
use std::cell::Cell;
use std::path::Path;

/// What the script is called in traces.
const NAME: &str = "script";
/// The most characters of a message.
const MOST_CHARACTERS: usize = 2_000;

/// A script that has been read.
#[derive(Clone)]
pub struct Function {
    /// The function.
    pub object: JsObject,
    /// How far the first line is moved by what stands before the code.
    shift: usize,
}

impl Function {
    /// From now on it is what runs.
    pub fn begin(&self) {
        SHIFT.set(self.shift);
    }
}

/// The function whose body a script is. A single expression is what it gives.
pub fn function(code: &str, context: &mut Context) -> Result<Function, Fault> {
    let expression = code.trim_end().trim_end_matches(';');
    let is_expression = is_one_expression(&format!("({expression}\n)"));
    let head = format!(
        "(async function ({}, console) {{\"use strict\"; ",
        ROOTS.join(", ")
    );
    let (before, text) = match is_expression {
        true => (format!("{head}return ("), format!("{expression}\n); }})")),
        false => (head, format!("{code}\n}})")),
    };
    let whole = format!("{before}{text}");
    let source = Source::from_bytes(&whole).with_path(Path::new(NAME));
    let shift = before.len();
    let syntax = |error: JsError, context: &mut Context| {
        let mut fault = placed(Fault::new(Kind::Syntax, told(error, context).0), shift);
        fault.message = fault.message.trim_start_matches("SyntaxError: ").to_owned();
        let last = u32::try_from(code.lines().count().max(1)).unwrap_or(u32::MAX);
        if fault.line.is_some_and(|line| line > last) {
            // What does not fit is the end that stands behind it.
            let message = "the code ends too early: something in it is not closed, or not complete";
            fault = Fault::new(Kind::Syntax, message);
        }
        fault
    };
    let script = Script::parse(source, None, context).map_err(|error| syntax(error, context))?;
    if !is_one_function(&whole) {
        let message = "the code closes more brackets than it opens: it must be the body of a function";
        return Err(Fault::new(Kind::Syntax, message));
    }
    let value = script.evaluate(context).map_err(|error| syntax(error, context))?;
    let object = value.as_object();
    let object = object.ok_or_else(|| Fault::new(Kind::Worker, "the script is no function"))?;
    Ok(Function { object, shift })
}

thread_local! {
    /// The shift of the script that runs.
    static SHIFT: Cell<usize> = const { Cell::new(0) };
}

fn is_one_expression(text: &str) -> bool {
    let module =
        Parser::new(Source::from_bytes(text)).parse_module(&Scope::new_global(), &mut Interner::default());
    let Ok(module) = module else { return false };
    match module.items().items() {
        [ModuleItem::StatementListItem(item)] => match item {
            StatementListItem::Statement(statement) => matches!(statement.as_ref(), Statement::Expression(_)),
            StatementListItem::Declaration(_) => false,
        },
        _ => false,
    }
}

/// Whether the body stayed within the function that it is put into.
fn is_one_function(text: &str) -> bool {
    let script =
        Parser::new(Source::from_bytes(text)).parse_script(&Scope::new_global(), &mut Interner::default());
    let Ok(script) = script else { return false };
    let [StatementListItem::Statement(statement)] = script.statements().statements() else {
        return false;
    };
    let Statement::Expression(Expression::Parenthesized(within)) = statement.as_ref() else {
        return false;
    };
    matches!(within.expression(), Expression::AsyncFunctionExpression(_))
}

/// What was thrown, with its place in the script.
pub fn thrown(error: JsError, context: &mut Context) -> Fault {
    let (message, trace) = told(error, context);
    let fault = match message.starts_with("RuntimeLimitError") {
        true => Fault::new(Kind::Depth, "functions call each other, or themselves, too deep"),
        false => Fault::new(Kind::Script, message),
    };
    let place = trace.split(&format!("({NAME}:")).nth(1);
    let mut numbers = place
        .into_iter()
        .flat_map(|place| place.split([':', ')']))
        .map_while(|part| part.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(line), Some(column)) => shifted(fault, line, column, SHIFT.get()),
        _ => fault,
    }
}

/// The message of an error, and its trace.
fn told(error: JsError, context: &mut Context) -> (String, String) {
    let trace = error.to_string();
    let text = match error.into_opaque(context) {
        Ok(value) => match value.to_string(context) {
            Ok(text) => text.to_std_string_lossy(),
            Err(_) => trace.lines().next().unwrap_or_default().to_owned(),
        },
        Err(error) => error.to_string().lines().next().unwrap_or_default().to_owned(),
    };
    let text = text.replace('\0', "\u{fffd}");
    let message: String = text.chars().take(MOST_CHARACTERS).collect();
    (
        if message.is_empty() {
            "it threw an empty text".to_owned()
        } else {
            message
        },
        trace,
    )
}

/// Takes the place out of the parser's sentence.
fn placed(mut fault: Fault, shift: usize) -> Fault {
    let Some((message, place)) = fault.message.rsplit_once(" at line ") else {
        return fault;
    };
    let Some((line, column)) = place.split_once(", col ") else {
        return fault;
    };
    let column: String = column.chars().take_while(char::is_ascii_digit).collect();
    let (Ok(line), Ok(column)) = (line.parse(), column.parse()) else {
        return fault;
    };
    fault.message = message.to_owned();
    shifted(fault, line, column, shift)
}

fn shifted(fault: Fault, line: u32, column: u32, shift: usize) -> Fault {
    let shift = u32::try_from(shift).unwrap_or_default();
    let column = if line == 1 {
        column.saturating_sub(shift).max(1)
    } else {
        column
    };
    fault.at(line, column)
}
