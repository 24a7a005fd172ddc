//! The result of a job, for whoever waits for it.

use super::super::StoreError;
use super::here::Here;
use std::sync::Arc;
use tokio::sync::oneshot;

type Heard<T> = oneshot::Receiver<Result<T, StoreError>>;

/// A result that is told after the commit.
pub struct Pending<T> {
    heard: Heard<T>,
    here: Option<Arc<Here>>,
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        self.write();
    }
}

impl<T> Pending<T> {
    pub(super) const fn new(heard: Heard<T>, here: Option<Arc<Here>>) -> Self {
        Self { heard, here }
    }

    /// Waits for it.
    ///
    /// # Errors
    /// What the work said, or that the commit failed.
    pub async fn done(mut self) -> Result<T, StoreError> {
        self.write();
        (&mut self.heard).await.map_err(|_| StoreError::Closed)?
    }

    /// Waits for it on a thread that may block.
    ///
    /// # Errors
    /// As [`Pending::done`].
    pub fn wait(mut self) -> Result<T, StoreError> {
        self.write();
        let (_, none) = oneshot::channel();
        std::mem::replace(&mut self.heard, none).blocking_recv().map_err(|_| StoreError::Closed)?
    }

    /// Where the writer has no thread, what is queued is done by whoever waits for it, or does not.
    fn write(&mut self) {
        if let Some(here) = self.here.take() {
            here.write();
        }
    }
}
