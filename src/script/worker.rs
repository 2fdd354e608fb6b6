//! The hidden `torque js-worker`: reads scripts from its input and runs them, one at a time.

mod compile;
mod console;
mod jobs;
mod json;
mod limits;
mod realm;

use crate::script::Fault;
use crate::script::Kind;
use crate::script::ROOTS;
use crate::script::frame;
use crate::script::frame::Answered;
use crate::script::frame::Asked;
use crate::script::worker::compile::Function;
use crate::script::worker::realm::Realm;
use boa_engine::JsError;
use boa_engine::JsValue;
use boa_engine::builtins::promise::PromiseState;
use boa_engine::object::builtins::JsPromise;
use serde_json::Value;
use std::collections::HashMap;
use std::process::ExitCode;

/// The name of the hidden subcommand.
pub const WORKER_COMMAND: &str = "js-worker";

/// The stack of the thread that scripts run on.
const STACK: usize = 64 << 20;

/// Performs `torque js-worker`: until its standard input ends, or it is killed.
#[must_use]
pub fn work() -> ExitCode {
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(serve);
    let Ok(worker) = worker else {
        return ExitCode::FAILURE;
    };
    // A script that never ends must not outlive the server.
    limits::wait_for_end_of_input();
    if worker.is_finished() {
        worker.join().unwrap_or(ExitCode::FAILURE)
    } else {
        ExitCode::SUCCESS
    }
}

fn serve() -> ExitCode {
    if let Err(error) = limits::take() {
        eprintln!("the worker's limits cannot be set: {error}");
        std::process::exit(1);
    }
    let Ok(mut realm) = Realm::new().inspect_err(|error| eprintln!("{error}")) else {
        std::process::exit(1);
    };
    let mut scripts: HashMap<String, Function> = HashMap::new();
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    // It is warm before it is asked.
    let mut next = frame::write(&mut output, &()).and_then(|()| frame::read::<Asked>(&mut input));
    while let Ok(Some(asked)) = next {
        let result = answer(&mut realm, &mut scripts, asked);
        let answered = Answered {
            result,
            log: console::taken(),
        };
        next = frame::write(&mut output, &answered).and_then(|()| frame::read(&mut input));
    }
    std::process::exit(i32::from(next.is_err()));
}

fn answer(realm: &mut Realm, scripts: &mut HashMap<String, Function>, asked: Asked) -> Result<Value, Fault> {
    realm.begin(asked.seed, asked.now_ms);
    let function = match (scripts.get(&asked.script), &asked.code) {
        (Some(known), _) => known.clone(),
        (None, Some(code)) => {
            let read = compile::function(code, &mut realm.context)?;
            scripts.insert(asked.script, read.clone());
            read
        }
        (None, None) => return Err(Fault::new(Kind::Worker, "the worker does not have the script")),
    };
    match asked.roots {
        Some(roots) => called(realm, &function, &roots),
        None => Ok(Value::Null),
    }
}

fn called(
    realm: &mut Realm,
    function: &Function,
    roots: &serde_json::Map<String, Value>,
) -> Result<Value, Fault> {
    let console = realm.console.clone();
    let context = &mut realm.context;
    let mut arguments = Vec::with_capacity(ROOTS.len() + 1);
    for root in ROOTS {
        arguments.push(match roots.get(root) {
            Some(value) => {
                JsValue::from_json(value, context).map_err(|error| compile::thrown(error, context))?
            }
            None => JsValue::undefined(),
        });
    }
    arguments.push(console.into());
    function.begin();
    let promise = function
        .object
        .call(&JsValue::undefined(), &arguments, context)
        .map_err(|error| compile::thrown(error, context))?;
    let promise = promise
        .as_object()
        .map(|object| JsPromise::from_object(object.clone()));
    let Some(Ok(promise)) = promise else {
        return Err(Fault::new(Kind::Worker, "the script is no async function"));
    };
    let ran = context.run_jobs();
    let value = match promise.state() {
        PromiseState::Fulfilled(value) => {
            // Getters and toJSON of the result are the script's too.
            let value = json::of(&value, context);
            realm.end();
            return value;
        }
        PromiseState::Rejected(reason) => Err(compile::thrown(JsError::from_opaque(reason), context)),
        PromiseState::Pending => Err(match ran {
            Err(error) => compile::thrown(error, context),
            Ok(()) => Fault::new(
                Kind::Stuck,
                "the script waits for a promise that nothing will ever settle",
            ),
        }),
    };
    realm.end();
    value
}
