//! The writer of a simulated world, without a thread: the jobs that wait are done where their results are waited for,
//! in the groups in which they were queued. So what shares a commit does not hang on how the system shares out its
//! cores, and nothing has to be woken.

use super::Writer;
use std::sync::{Mutex, PoisonError};

/// The writer, for whoever waits.
pub(super) struct Here(Mutex<Writer>);

impl Here {
    pub(super) const fn new(writer: Writer) -> Self {
        Self(Mutex::new(writer))
    }

    /// Does every job that is queued by now.
    pub(super) fn write(&self) {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Ok(first) = writer.queue.try_recv() {
            writer.take(first);
        }
    }
}
