//! Word from other servers that something was written. It may be lost: whoever listens also looks now and then.

use super::fault::fault;
use super::line::Line;
use super::{Listener, NEWS, StoreError};
use postgres::fallible_iterator::FallibleIterator as _;
use std::time::Duration;

/// A connection that only listens.
pub(super) struct News(Line);

impl News {
    pub(super) fn open(mut line: Line) -> Result<Self, StoreError> {
        line.get()?.batch_execute(&format!("LISTEN {NEWS}")).map_err(|error| fault(&error))?;
        Ok(Self(line))
    }
}

impl Listener for News {
    fn wait(&mut self, most: Duration) -> Result<(), StoreError> {
        let mut heard = self.0.get()?.notifications();
        heard.timeout_iter(most).next().map_err(|error| fault(&error))?;
        // What came with it says the same.
        while heard.iter().next().map_err(|error| fault(&error))?.is_some() {}
        Ok(())
    }
}
