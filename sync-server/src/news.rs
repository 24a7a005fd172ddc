//! What other servers on the same database wrote, told to those who listen at this one.
//!
//! # Decisions
//! The database is looked at, every [`LOOK`] at the latest. Its word that something was written only makes
//! the look come sooner: a word may be late, come for nothing, or be lost with its connection.

use crate::app::{App, AppError, Change, WeakApp};
use crate::config::Wake;
use crate::store::{Ends, Listener, StoreError, ends, moved};
use handoff::lab::{Bug, planted};
use std::time::Duration;

/// Nobody waits longer for another server's news, whatever is lost.
const LOOK: Duration = Duration::from_secs(2);
/// So many words that come together make one look.
const TOGETHER: Duration = Duration::from_millis(50);
/// With more referrals than this, every listener looks at everything anew.
const MOST_MOVED: u32 = 200;

/// Follows the database from now on, on a thread of its own, until the server ends.
pub(crate) fn follow(app: &App, wake: Wake) -> Result<(), AppError> {
    let seen = app.store().read_now(ends)?;
    let mut follower = Follower { app: app.weak(), wake, listener: None, seen };
    std::thread::Builder::new()
        .name("news".into())
        .spawn(move || while follower.turn() {})
        .map_err(|e| AppError::Io("a thread for news".into(), e))?;
    Ok(())
}

struct Follower {
    app: WeakApp,
    wake: Wake,
    listener: Option<Box<dyn Listener>>,
    seen: Ends,
}

impl Follower {
    /// Waits for a word or for the time, then looks. False when the server has ended.
    fn turn(&mut self) -> bool {
        self.wait();
        let Some(app) = self.app.get() else { return false };
        if let Err(error) = self.look(&app) {
            tracing::warn!(%error, "what other servers wrote could not be read; it will be");
        }
        true
    }

    fn wait(&mut self) {
        if self.listener.is_none() && self.wake == Wake::ByWord {
            self.listener = self.app.get().and_then(|app| match app.store().listener() {
                Ok(listener) => listener,
                Err(error) => {
                    tracing::warn!(%error, "no word comes from other servers; the database is looked at instead");
                    None
                }
            });
        }
        let waited = match &mut self.listener {
            Some(listener) => listener.wait(LOOK),
            None => Err(StoreError::Closed),
        };
        match waited {
            Ok(()) => std::thread::sleep(TOGETHER),
            Err(_) => {
                self.listener = None;
                std::thread::sleep(LOOK);
            }
        }
    }

    fn look(&mut self, app: &App) -> Result<(), StoreError> {
        if planted(Bug::NotifyOnly) && self.listener.is_none() {
            return Ok(());
        }
        let now = app.store().read_now(ends)?;
        if now == self.seen {
            return Ok(());
        }
        let after = self.seen.statuses;
        let moved = match now.statuses > after {
            true => app.store().read_now(|db| moved(db, after, MOST_MOVED))?,
            false => Vec::new(),
        };
        news(&self.seen, &now).into_iter().for_each(|change| app.tell(change));
        for (referral, device) in moved {
            app.tell(Change::Referral { referral, device });
        }
        self.seen = now;
        Ok(())
    }
}

/// What to tell, besides the referrals, of what lies between two looks.
fn news(before: &Ends, now: &Ends) -> Vec<Change> {
    let (many, site) =
        (now.statuses - before.statuses.min(now.statuses) > u64::from(MOST_MOVED), now.site != before.site);
    [
        ((now.entries, now.confirmations) != (before.entries, before.confirmations))
            .then_some(Change::Log { position: now.entries }),
        (now.signed_out != before.signed_out).then_some(Change::SignedOut),
        (now.deliveries != before.deliveries).then_some(Change::Ladder),
        (now.notes != before.notes).then_some(Change::Case),
        (now.services != before.services).then_some(Change::Services),
        // It has every feed look at once.
        (many || site).then_some(Change::Site),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_two_looks_is_told_once() {
        let before = Ends {
            statuses: 3,
            entries: 9,
            confirmations: 1,
            signed_out: 4,
            deliveries: 6,
            notes: 6,
            services: 7,
            site: "2".into(),
        };
        assert_eq!(news(&before, &before), []);
        let log = Ends { entries: 11, ..before.clone() };
        assert_eq!(news(&before, &log), [Change::Log { position: 11 }]);
        let word = Ends { confirmations: 2, ..before.clone() };
        assert_eq!(news(&before, &word), [Change::Log { position: 9 }]);
        let few = Ends { statuses: 203, ..before.clone() };
        assert_eq!(news(&before, &few), [], "each referral is told by itself");
        let many = Ends { statuses: 204, ..before.clone() };
        assert_eq!(news(&before, &many), [Change::Site], "or all look anew");
        let rest = Ends { signed_out: 5, site: "3".into(), ..before.clone() };
        assert_eq!(news(&before, &rest), [Change::SignedOut, Change::Site]);
        let told = Ends { deliveries: 7, ..before.clone() };
        assert_eq!(news(&before, &told), [Change::Ladder]);
        let note = Ends { notes: 7, ..before.clone() };
        assert_eq!(news(&before, &note), [Change::Case]);
        let older = Ends { statuses: 1, ..before.clone() };
        assert_eq!(news(&before, &older), [], "a database that was put back");
    }
}
