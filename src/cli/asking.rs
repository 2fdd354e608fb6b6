//! What commands share: asking an operation, asking the person, reading a file.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation;
use crate::operation::Torque;
use crate::operation::caller::Caller;
use crate::operation::caller::Origin;
use crate::operation::directory::Application;
use crate::operation::strict_json;
use serde_json::Value;
use serde_json::value::RawValue;
use std::io::BufRead;
use std::io::IsTerminal;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Performs an operation of the server as the command line.
pub async fn ask(torque: &Torque, operation: &str, params: Value) -> Result<Value> {
    perform(torque, None, operation, &params).await
}

/// Performs an operation of an application as the command line.
pub async fn ask_of(
    torque: &Torque,
    application: &Arc<Application>,
    operation: &str,
    params: Value,
) -> Result<Value> {
    perform(torque, Some(application), operation, &params).await
}

async fn perform(
    torque: &Torque,
    application: Option<&Arc<Application>>,
    operation: &str,
    params: &Value,
) -> Result<Value> {
    let operation = operation::by_name(operation)
        .ok_or_else(|| Error::bug(format!("the operation {operation} is missing")))?;
    let params = RawValue::from_string(params.to_string()).map_err(Error::bug)?;
    let caller = Caller::system(Origin::Cli);
    let reply = operation::perform(torque, &caller, application, operation, &params).await?;
    serde_json::from_slice(&reply.0).map_err(Error::bug)
}

/// The application that is named, or the only one there is.
pub fn application(torque: &Torque, named: Option<&str>) -> Result<Arc<Application>> {
    if let Some(named) = named {
        return torque
            .directory
            .find(named)
            .ok_or_else(|| Error::new(Code::NotFound, format!("there is no application {named}")));
    }
    let applications = torque.directory.applications();
    match applications.as_slice() {
        [only] => Ok(Arc::clone(only)),
        [] => Err(Error::new(Code::NotFound, "there is no application yet")),
        several => {
            let slugs: Vec<&str> = several
                .iter()
                .map(|application| application.slug.as_str())
                .collect();
            let message = format!("say which application with --app: {}", slugs.join(", "));
            Err(Error::new(Code::BadRequest, message))
        }
    }
}

/// Asks the person at the terminal; without one, only `--yes` is a yes.
pub fn confirm(yes: bool, question: &str) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::new(
            Code::BadRequest,
            format!("{question} Nobody is there to say: pass --yes"),
        ));
    }
    let mut standard_error = std::io::stderr().lock();
    // A prompt that cannot be shown is answered by nobody, which is a no.
    let _ = write!(standard_error, "{question} [y/N] ");
    let _ = standard_error.flush();
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(Error::bug)?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Error::new(Code::BadRequest, "nothing was done"))
}

/// A JSON file; `-` is standard input.
pub fn read_json(file: &Path) -> Result<Value> {
    let refused = |error: &dyn std::fmt::Display| {
        Error::new(
            Code::BadRequest,
            format!("{} cannot be read: {error}", file.display()),
        )
    };
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .read_to_string(&mut text)
            .map_err(|error| refused(&error))?;
        text
    } else {
        std::fs::read_to_string(file).map_err(|error| refused(&error))?
    };
    // What an operation would refuse is refused here already: a key given twice, U+0000.
    strict_json::check(&text, &file.display().to_string())?;
    serde_json::from_str(&text).map_err(|error| {
        Error::new(
            Code::BadRequest,
            format!("{} is not JSON: {error}", file.display()),
        )
    })
}

/// A JSON value as people read it: texts without quotes, nothing for null.
#[must_use]
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
