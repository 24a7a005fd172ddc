//! The open pages of the console: the channel that needs nothing but a browser.

use super::channel::{Alert, Channel, Medium, Outcome, Sending};
use chrono::TimeDelta;
use handoff::domain::ids::StaffId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// A page that was closed meanwhile leaves it to the next one.
const AGAIN: TimeDelta = TimeDelta::seconds(5);
/// Alerts that wait for a page that reads slowly: each only says "look".
const WAITING: usize = 4;

type Pages = BTreeMap<StaffId, BTreeMap<u64, mpsc::Sender<()>>>;

/// Whose pages are open at this process.
#[derive(Debug, Default)]
pub struct Consoles {
    pages: Mutex<(u64, Pages)>,
}

/// A page that is open for as long as this lives.
#[derive(Debug)]
pub struct OpenPage {
    consoles: Arc<Consoles>,
    staff: StaffId,
    n: u64,
    alerts: mpsc::Receiver<()>,
}

impl OpenPage {
    /// Returns when the person is to be told.
    pub async fn alerted(&mut self) {
        if self.alerts.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        let mut pages = self.consoles.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = pages.1.get_mut(&self.staff) {
            open.remove(&self.n);
            if open.is_empty() {
                pages.1.remove(&self.staff);
            }
        }
    }
}

impl Consoles {
    /// Someone opened a page.
    pub fn open(self: &Arc<Self>, staff: StaffId) -> OpenPage {
        let (sender, alerts) = mpsc::channel(WAITING);
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.0 += 1;
        let n = pages.0;
        pages.1.entry(staff).or_default().insert(n, sender);
        OpenPage { consoles: Arc::clone(self), staff, n, alerts }
    }

    /// Whether anyone has a page open.
    fn any(&self) -> bool {
        !self.pages.lock().unwrap_or_else(PoisonError::into_inner).1.is_empty()
    }

    fn has(&self, staff: StaffId) -> bool {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).1.contains_key(&staff)
    }

    /// Tells every open page of someone; whether there was one.
    pub(super) fn alert(&self, staff: StaffId) -> bool {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = pages.1.get(&staff) else { return false };
        // A full one has enough to look for.
        for page in open.values() {
            let _ = page.try_send(());
        }
        true
    }
}

/// The channel.
#[derive(Debug)]
pub(super) struct InPage(pub(super) Arc<Consoles>);

impl Channel for InPage {
    fn medium(&self) -> Medium {
        Medium::InPage
    }

    fn reaches_anyone(&self) -> bool {
        self.0.any()
    }

    fn reaches(&self, staff: StaffId) -> bool {
        self.0.has(staff)
    }

    fn send<'a>(&'a self, alert: &'a Alert) -> Sending<'a> {
        let told = self.0.alert(alert.staff);
        Box::pin(async move { if told { Outcome::Delivered } else { Outcome::Retry(AGAIN) } })
    }
}
