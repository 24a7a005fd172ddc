//! Keeps the open draft: on a thread of its own, so that neither typing nor the window waits for a disk.

use crate::domain::ids::ReferralId;
use crate::sync::{Phone, PhoneError};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

/// A changed draft is written after this long at the latest: letters that follow each other become one write.
const PAUSE: Duration = Duration::from_millis(200);

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
    Settle(SyncSender<()>),
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

    /// Returns once everything given before is written. Blocks: call it off the window's thread.
    pub fn settle(&self) {
        let (done, wait) = sync_channel(1);
        if self.0.send(Order::Settle(done)).is_ok() {
            // A thread that ended has nothing left to write.
            let _ = wait.recv();
        }
    }
}

fn run(drafts: &impl Drafts, orders: &Receiver<Order>, told: &impl Fn(Option<String>)) {
    let mut open: Option<(ReferralId, String, Instant)> = None;
    let mut failing = false;
    let mut write = |open: &mut Option<(ReferralId, String, Instant)>| {
        let Some((id, json, _)) = open.take() else { return };
        match drafts.write(id, &json) {
            Ok(()) if failing => {
                failing = false;
                told(None);
            }
            Ok(()) => {}
            Err(error) => {
                failing = true;
                told(Some(format!("The draft could not be kept: {error}.")));
            }
        }
    };
    loop {
        let next = match &open {
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some((_, _, since)) => orders.recv_timeout(PAUSE.saturating_sub(since.elapsed())),
        };
        match next {
            Ok(Order::Keep(id, json)) => {
                if open.as_ref().is_some_and(|(held, _, _)| *held != id) {
                    write(&mut open);
                }
                let since = open.take().map_or_else(Instant::now, |(_, _, since)| since);
                open = Some((id, json, since));
            }
            Ok(Order::KeepNow(id, json)) => {
                if open.as_ref().is_some_and(|(held, _, _)| *held != id) {
                    write(&mut open);
                }
                open = Some((id, json, Instant::now()));
                write(&mut open);
            }
            Ok(Order::Settle(done)) => {
                write(&mut open);
                let _ = done.send(());
            }
            Err(RecvTimeoutError::Timeout) => write(&mut open),
            Err(RecvTimeoutError::Disconnected) => {
                write(&mut open);
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
        keeper.settle();
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
        keeper.settle();
        let kept = shelf.written.lock().unwrap().clone();
        assert_eq!(kept, [(id(1), String::from("first")), (id(2), String::from("second"))]);
    }

    #[test]
    fn a_failing_disk_is_told_and_so_is_its_recovery() {
        let (shelf, heard) = (Shelf::default(), Arc::new(Mutex::new(Vec::new())));
        let told = Arc::clone(&heard);
        let keeper = Keeper::start(shelf.clone(), move |fault| told.lock().unwrap().push(fault.is_some())).unwrap();
        *shelf.broken.lock().unwrap() = true;
        keeper.keep_now(id(1), String::from("a"));
        keeper.settle();
        *shelf.broken.lock().unwrap() = false;
        keeper.keep_now(id(1), String::from("b"));
        keeper.settle();
        assert_eq!(*heard.lock().unwrap(), [true, false]);
    }
}
