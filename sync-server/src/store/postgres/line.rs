//! A connection that may be dropped anywhere.

use super::StoreError;
use postgres::Client;

/// One connection. Saying goodbye blocks, which an async thread may not and a lost connection may do for
/// long, so a thread of its own does it.
pub(super) struct Line(Option<Client>);

impl Line {
    pub(super) const fn new(client: Client) -> Self {
        Self(Some(client))
    }

    pub(super) fn get(&mut self) -> Result<&mut Client, StoreError> {
        self.0.as_mut().ok_or(StoreError::Closed)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(std::thread::Builder::new().name("store-close".into()).spawn(move || drop(client)));
        }
    }
}
