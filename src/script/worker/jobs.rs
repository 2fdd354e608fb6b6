//! The jobs of a run: those of promises, in their order; nothing of a run is left for the next.

use boa_engine::Context;
use boa_engine::JsResult;
use boa_engine::job::Job;
use boa_engine::job::JobExecutor;
use boa_engine::job::PromiseJob;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// The jobs that wait.
#[derive(Default)]
pub struct Jobs(RefCell<VecDeque<PromiseJob>>);

impl Jobs {
    /// Forgets what waits.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

impl JobExecutor for Jobs {
    fn enqueue_job(self: Rc<Self>, job: Job, _context: &mut Context) {
        // Nothing that scripts can reach makes jobs of other kinds.
        if let Job::PromiseJob(job) = job {
            self.0.borrow_mut().push_back(job);
        }
    }

    fn run_jobs(self: Rc<Self>, context: &mut Context) -> JsResult<()> {
        loop {
            let Some(job) = self.0.borrow_mut().pop_front() else {
                return Ok(());
            };
            job.call(context)?;
        }
    }
}
