//! The world that scripts see: made once, frozen to the last property, and the same for every run.

use crate::script::worker::console;
use crate::script::worker::jobs::Jobs;
use boa_engine::Context;
use boa_engine::JsNativeError;
use boa_engine::JsObject;
use boa_engine::JsResult;
use boa_engine::JsString;
use boa_engine::JsValue;
use boa_engine::NativeFunction;
use boa_engine::Source;
use boa_engine::context::HostHooks;
use boa_engine::context::time::Clock;
use boa_engine::context::time::JsInstant;
use boa_engine::context::time::StdClock;
use boa_engine::js_string;
use boa_engine::property::Attribute;
use std::cell::Cell;
use std::rc::Rc;

const FREEZE: &str = include_str!("freeze.js");

/// How deep functions may call each other.
const MOST_CALLS: usize = 1_000;

thread_local! {
    static RANDOM: Cell<u64> = const { Cell::new(0) };
    static NOW: Cell<Option<i64>> = const { Cell::new(None) };
}

/// The world, and the console that every script is given.
pub struct Realm {
    pub context: Context,
    pub console: JsObject,
    jobs: Rc<Jobs>,
}

impl Realm {
    /// Makes it.
    pub fn new() -> JsResult<Self> {
        let jobs = Rc::new(Jobs::default());
        let mut context = Context::builder()
            .job_executor(Rc::clone(&jobs))
            .host_hooks(Rc::new(Hooks))
            .clock(Rc::new(Time(StdClock::default())))
            .build()?;
        context.runtime_limits_mut().set_recursion_limit(MOST_CALLS);
        boa_runtime::base64::register(None, &mut context)?;
        boa_runtime::clone::register(None, &mut context)?;
        boa_runtime::microtask::register(None, &mut context)?;
        boa_runtime::text::register(None, &mut context)?;
        boa_runtime::url::Url::register(None, &mut context)?;
        let random = NativeFunction::from_fn_ptr(|_, _, _| Ok(JsValue::from(random())));
        context.register_global_builtin_callable(js_string!("random"), 0, random)?;
        let console = console::object(&mut context);
        context.register_global_property(js_string!("console"), console.clone(), Attribute::all())?;
        context.eval(Source::from_bytes(FREEZE))?;
        Ok(Self {
            context,
            console,
            jobs,
        })
    }

    /// Before a run: what its random numbers grow from, and its clock.
    pub fn begin(&mut self, seed: u64, now_ms: Option<i64>) {
        // A run that broke off has not cleared up.
        self.jobs.clear();
        RANDOM.set(seed);
        NOW.set(now_ms);
    }

    /// After a run: what it has left is forgotten.
    pub fn end(&mut self) {
        self.jobs.clear();
        self.context.clear_kept_objects();
    }
}

/// A number from 0 up to 1, by splitmix64.
fn random() -> f64 {
    let state = RANDOM.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    RANDOM.set(state);
    let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let bits = (mixed ^ (mixed >> 31)) >> 11;
    let (high, low) = (u32::try_from(bits >> 32), u32::try_from(bits & 0xffff_ffff));
    (f64::from(high.unwrap_or_default()) * 4_294_967_296.0 + f64::from(low.unwrap_or_default()))
        / 9_007_199_254_740_992.0
}

struct Hooks;

impl HostHooks for Hooks {
    fn ensure_can_compile_strings(
        &self,
        _realm: boa_engine::realm::Realm,
        _parameters: &[JsString],
        _body: &JsString,
        _direct: bool,
        _context: &mut Context,
    ) -> JsResult<()> {
        let message = "code cannot be made of texts here: eval and new Function are off";
        Err(JsNativeError::eval().with_message(message).into())
    }

    fn local_timezone_offset_seconds(&self, _unix_time_seconds: i64) -> i32 {
        0
    }

    fn max_buffer_size(&self, _context: &mut Context) -> u64 {
        64 << 20
    }
}

/// The clock: the machine's, or one that stands still.
struct Time(StdClock);

impl Clock for Time {
    fn now(&self) -> JsInstant {
        self.0.now()
    }

    fn system_time_millis(&self) -> i64 {
        NOW.get().unwrap_or_else(|| self.0.system_time_millis())
    }
}
