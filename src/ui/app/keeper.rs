//! Keeps the open draft: on a thread of its own, so that neither typing nor the window waits for a disk.

use crate::domain::ids::ReferralId;
use crate::sync::{Phone, PhoneError};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

/// A changed draft is written after this long at the latest: letters that follow each other become one write.
const PAUSE: Duration = Duration::from_millis(200);
/// A draft that could not be written is tried again after this long.
const RETRY: Duration = Duration::from_secs(2);

/// Where drafts are written.
pub trait Drafts: Send + 'static {
    /// Writes one.
    ///
    /// # Errors
    /// It could not be written.
    fn write(&self, id: ReferralId, json: &str) -> Result<(), PhoneError>;
}

impl Drafts for Phone {
    fn write(&self, id: ReferralId, json: &str) -> Result<(), PhoneError> {
        self.save_draft(id, json)
    }
}

enum Order {
    Keep(ReferralId, String),
    KeepNow(ReferralId, String),
    Forget(ReferralId),
    Settle(SyncSender<bool>),
}

/// The keeper's near end. Clones feed the same thread, which ends with the last of them.
#[derive(Clone)]
pub struct Keeper(Sender<Order>);

impl Keeper {
    /// Starts the thread. `told` hears of every write that failed, and of the first that works again.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(drafts: impl Drafts, told: impl Fn(Option<String>) + Send + 'static) -> std::io::Result<Self> {
        let (sender, orders) = channel();
        std::thread::Builder::new().name(String::from("drafts")).spawn(move || run(&drafts, &orders, &told))?;
        Ok(Self(sender))
    }

    /// Keeps a draft within a moment.
    pub fn keep(&self, id: ReferralId, json: String) {
        // The thread ends with the last sender: while this one lives, somebody listens.
        drop(self.0.send(Order::Keep(id, json)));
    }

    /// Keeps a draft without a pause.
    pub fn keep_now(&self, id: ReferralId, json: String) {
        drop(self.0.send(Order::KeepNow(id, json)));
    }

    /// Drops what was given of a draft: its record is on the disk.
    pub fn forget(&self, id: ReferralId) {
        drop(self.0.send(Order::Forget(id)));
    }

    /// Returns once everything given before was tried: true if all of it is written. What is not stays
    /// here and is tried again. Blocks: call it off the window's thread.
    #[must_use = "a draft that is not written must stay open"]
    pub fn settle(&self) -> bool {
        let (done, wait) = sync_channel(1);
        self.0.send(Order::Settle(done)).is_ok() && wait.recv().unwrap_or(false)
    }
}

/// Drafts that are not on the disk yet: the newest text of each, in the order in which they came.
#[derive(Default)]
struct Held {
    drafts: Vec<(ReferralId, String)>,
    due: Option<Instant>,
    failing: bool,
}

impl Held {
    fn take(&mut self, id: ReferralId, json: String) {
        match self.drafts.iter_mut().find(|(held, _)| *held == id) {
            Some((_, old)) => *old = json,
            None => self.drafts.push((id, json)),
        }
        self.due.get_or_insert_with(|| Instant::now() + PAUSE);
    }

    /// Writes what is held, and keeps what cannot be written.
    fn write(&mut self, drafts: &impl Drafts, told: &impl Fn(Option<String>)) {
        let mut fault = None;
        self.drafts.retain(|(id, json)| match drafts.write(*id, json) {
            Ok(()) => false,
            Err(error) => {
                fault = Some(format!("The draft could not be kept: {error}. Trying again."));
                true
            }
        });
        self.due = (!self.drafts.is_empty()).then(|| Instant::now() + RETRY);
        if fault.is_some() || self.failing {
            self.failing = fault.is_some();
            told(fault);
        }
    }
}

fn run(drafts: &impl Drafts, orders: &Receiver<Order>, told: &impl Fn(Option<String>)) {
    let mut held = Held::default();
    loop {
        let next = match held.due {
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(due) => orders.recv_timeout(due.saturating_duration_since(Instant::now())),
        };
        match next {
            Ok(Order::Keep(id, json)) => held.take(id, json),
            Ok(Order::KeepNow(id, json)) => {
                held.take(id, json);
                held.write(drafts, told);
            }
            Ok(Order::Forget(id)) => held.drafts.retain(|(kept, _)| *kept != id),
            Ok(Order::Settle(done)) => {
                held.write(drafts, told);
                let _ = done.send(held.drafts.is_empty());
            }
            Err(RecvTimeoutError::Timeout) => held.write(drafts, told),
            Err(RecvTimeoutError::Disconnected) => {
                held.write(drafts, told);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use uuid::Uuid;

    #[derive(Clone, Default)]
    struct Shelf {
        written: Arc<Mutex<Vec<(ReferralId, String)>>>,
        broken: Arc<Mutex<bool>>,
    }

    impl Drafts for Shelf {
        fn write(&self, id: ReferralId, json: &str) -> Result<(), PhoneError> {
            if *self.broken.lock().unwrap() {
                return Err(PhoneError::NoShift);
            }
            self.written.lock().unwrap().push((id, json.to_owned()));
            Ok(())
        }
    }

    fn id(n: u128) -> ReferralId {
        ReferralId(Uuid::from_u128(n))
    }

    #[test]
    fn letters_that_follow_each_other_become_few_writes_and_the_last_one_counts() {
        let shelf = Shelf::default();
        let keeper = Keeper::start(shelf.clone(), |_| ()).unwrap();
        for n in 0..100 {
            keeper.keep(id(1), n.to_string());
        }
        assert!(keeper.settle());
        let written = shelf.written.lock().unwrap();
        assert!(written.len() < 100, "{}", written.len());
        assert_eq!(written.last(), Some(&(id(1), String::from("99"))));
    }

    #[test]
    fn a_draft_is_written_before_another_one_takes_its_place() {
        let shelf = Shelf::default();
        let keeper = Keeper::start(shelf.clone(), |_| ()).unwrap();
        keeper.keep(id(1), String::from("first"));
        keeper.keep_now(id(2), String::from("second"));
        assert!(keeper.settle());
        let kept = shelf.written.lock().unwrap().clone();
        assert_eq!(kept, [(id(1), String::from("first")), (id(2), String::from("second"))]);
    }

    #[test]
    fn a_text_that_could_not_be_written_survives_until_the_disk_works_again() {
        let (shelf, heard) = (Shelf::default(), Arc::new(Mutex::new(Vec::new())));
        let told = Arc::clone(&heard);
        let keeper = Keeper::start(shelf.clone(), move |fault| told.lock().unwrap().push(fault.is_some())).unwrap();
        *shelf.broken.lock().unwrap() = true;
        keeper.keep_now(id(1), String::from("Jo Sample, under the bridge"));
        assert!(!keeper.settle(), "the encounter stays open");
        assert!(shelf.written.lock().unwrap().is_empty());
        *shelf.broken.lock().unwrap() = false;
        assert!(keeper.settle());
        assert_eq!(*shelf.written.lock().unwrap(), [(id(1), String::from("Jo Sample, under the bridge"))]);
        let mut heard = heard.lock().unwrap().clone();
        heard.dedup();
        assert_eq!(heard, [true, false], "the trouble is told, and so is its end");
    }

    #[test]
    fn a_draft_that_became_a_record_is_not_written_any_more() {
        let shelf = Shelf::default();
        let keeper = Keeper::start(shelf.clone(), |_| ()).unwrap();
        *shelf.broken.lock().unwrap() = true;
        keeper.keep_now(id(1), String::from("a"));
        assert!(!keeper.settle());
        keeper.forget(id(1));
        *shelf.broken.lock().unwrap() = false;
        assert!(keeper.settle());
        assert!(shelf.written.lock().unwrap().is_empty());
    }
}
