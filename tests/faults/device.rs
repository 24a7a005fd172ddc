//! A phone of the simulation: the real core in a folder, a program that runs on it, and its end.

use crate::dice::Dice;
use crate::files::copy_folder;
use crate::network::{Weather, Wire};
use crate::officer::Deed;
use crate::time::{DeviceClock, Killed, Time};
use handoff::domain::ids::{DeviceId, Hash, ReferralId, StaffId};
use handoff::sync::{EnrolError, FeedState, Phone, PhoneError, RecordRow, RecordState};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// The address under which phones know the server. Nothing listens there.
pub const SERVER: &str = "http://127.0.0.1:7080/";

/// What a run of the loop came to.
pub enum Ran {
    /// When the program wants to run again, by its own clock.
    Until { turn: Option<u64>, link: u64, feed: Option<FeedState> },
    /// It asked to be let in.
    Enrolled(Result<(), EnrolError>),
    /// Its stores failed.
    Failed(PhoneError),
}

type Run = Pin<Box<dyn Future<Output = Ran>>>;

/// Whether the officer may forget about it.
pub const fn is_safe(state: &RecordState) -> bool {
    !matches!(state, RecordState::Waiting { .. } | RecordState::Sending | RecordState::Wedged { .. })
}

/// A save that was cut short: the officer did not see "Saved".
#[derive(Clone, Copy)]
pub struct Unfinished {
    pub id: ReferralId,
    pub deed: Deed,
}

/// An encounter that an officer recorded here, as they must be able to read it when they have unlocked.
#[derive(Clone, Copy)]
pub struct Written {
    pub officer: Option<StaffId>,
    pub amended: Amended,
}

/// What was amended of an encounter last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amended {
    Not,
    Fix,
    /// The note's number.
    Note(u32),
    /// It was cut short, and perhaps kept.
    Unsure,
}

/// What is true of the files of a phone, and so of a copy of them.
#[derive(Clone, Default)]
pub struct Kept {
    /// Who it is to the server.
    pub id: Option<DeviceId>,
    /// Encounters that it must show.
    pub shows: BTreeSet<ReferralId>,
    /// What was recorded after their decisions.
    pub later: BTreeMap<ReferralId, BTreeSet<Hash>>,
    /// Those that were taken back on it.
    pub withdrew: BTreeSet<ReferralId>,
    /// Those that their officer must be able to read after an unlock.
    pub written: BTreeMap<ReferralId, Written>,
    pub unfinished: Vec<Unfinished>,
    /// Entries of an enrolment whose keys are gone: the server cannot take them any more.
    pub stranded: BTreeSet<ReferralId>,
    /// Encounters of an enrolment whose keys are gone: the server tells this phone no more of them.
    pub deaf: BTreeSet<ReferralId>,
}

pub struct Device {
    pub name: usize,
    pub clock: Arc<DeviceClock>,
    pub wire: Wire,
    pub weather: Weather,
    pub run: Option<Run>,
    /// The run has just begun.
    pub begins: bool,
    /// Someone answered the run.
    pub heard: bool,
    /// Rises with each program: what was meant for an earlier one is not for this.
    pub life: u32,
    /// The wake-up that counts; earlier ones do not.
    pub alarm: u64,
    /// It is about to ask to be let in.
    pub asks: bool,
    /// When the feed was last asked.
    pub listened: u64,
    /// Kill the program at the n-th step of the network from now.
    pub kill_at_step: u64,
    /// Kill the program at the n-th look at the clock in the next save, or in the next run of the loop.
    pub kill_in_save: u64,
    pub kill_in_run: u64,
    pub kept: Kept,
    /// Encounters that were written to since they were last read.
    pub unread: BTreeSet<ReferralId>,
    /// A copy of its files, as a backup would have it.
    copy: Option<(PathBuf, Kept)>,
    pub officer: usize,
    root: PathBuf,
    phone: Option<Phone>,
}

impl Device {
    pub fn new(root: &Path, name: usize, time: Arc<Time>) -> Self {
        let clock = DeviceClock::new(time, 1000 * (name as u64 + 1));
        let mut device = Self {
            name,
            clock,
            wire: Wire::default(),
            weather: Weather::Clear,
            run: None,
            begins: false,
            heard: false,
            life: 0,
            alarm: 0,
            asks: false,
            listened: 0,
            kill_at_step: 0,
            kill_in_save: 0,
            kill_in_run: 0,
            kept: Kept::default(),
            unread: BTreeSet::new(),
            copy: None,
            officer: name % 2,
            root: root.join(format!("phone-{name}")),
            phone: None,
        };
        std::fs::create_dir_all(device.folder()).unwrap();
        device.open();
        device
    }

    /// Another phone, onto which a backup of this one was restored.
    pub fn restored(&mut self, root: &Path, name: usize, time: Arc<Time>) -> Option<Self> {
        let (copy, kept) = self.copy.take()?;
        let mut device = Self::new(root, name, time);
        device.close();
        std::fs::remove_dir_all(device.folder()).unwrap();
        copy_folder(&copy, &device.folder());
        std::fs::remove_dir_all(copy).unwrap();
        (device.kept, device.officer) = (kept, self.officer);
        device.open();
        Some(device)
    }

    pub fn folder(&self) -> PathBuf {
        self.root.join(format!("life-{}", self.life))
    }

    pub fn phone(&self) -> &Phone {
        self.phone.as_ref().expect("the program runs")
    }

    fn open(&mut self) {
        self.wire = Wire::default();
        self.phone = Some(self.program().expect("the phone opens"));
    }

    /// One more program over the same files, with its own line to the server.
    pub fn program(&self) -> Result<Phone, PhoneError> {
        Phone::open_over(&self.folder(), self.clock.clone(), Box::new(self.wire.clone()))
    }

    fn close(&mut self) {
        self.run = None;
        self.phone = None;
    }

    /// The program is killed, and started again: what it had given to the system is what it finds.
    pub fn kill(&mut self) {
        let from = self.folder();
        self.life += 1;
        copy_folder(&from, &self.folder());
        self.close();
        drop(std::fs::remove_dir_all(from));
        self.open();
    }

    /// The folder of keys is gone, as after a reset of the system's key store.
    pub fn lose_keys(&mut self) {
        self.kill();
        self.close();
        let folder = self.folder();
        // Lost again before the phone had made any, there is no such folder.
        if folder.join("keys").exists() {
            std::fs::remove_dir_all(folder.join("keys")).unwrap();
        }
        let kept = &mut self.kept;
        kept.id = None;
        // What could be read is kept, under keys that are nowhere any more.
        kept.written.clear();
        self.unread.clear();
        // What was delivered has its receipt; the rest was signed by a device that nobody can be again.
        kept.deaf.extend(kept.shows.iter().copied());
        self.open();
        let rows = self.phone().standings().expect("the records are there");
        let unsent = rows.into_iter().filter(|row| !is_safe(&row.state)).map(|row| row.referral);
        self.kept.stranded.extend(unsent);
    }

    /// A backup takes a copy of its files.
    pub fn copy_files(&mut self) {
        let to = self.root.join("copy");
        drop(std::fs::remove_dir_all(&to));
        copy_folder(&self.folder(), &to);
        self.copy = Some((to, self.kept.clone()));
    }

    /// Something was amended of an encounter.
    pub fn amended(&mut self, id: ReferralId, amended: Amended) {
        if let Some(written) = self.kept.written.get_mut(&id) {
            written.amended = amended;
        }
    }

    /// Nothing was amended of an encounter now, or a program that was killed did it.
    pub fn amended_perhaps(&mut self, id: ReferralId) {
        if self.kept.written.get(&id).is_some_and(|written| written.amended == Amended::Not) {
            self.amended(id, Amended::Unsure);
        }
    }

    /// How many records wait for the server to take them. What lies behind an entry that it will not take waits
    /// for a person.
    pub fn under_way(&self) -> usize {
        let waits = |row: &RecordRow| matches!(row.state, RecordState::Waiting { .. } | RecordState::Sending);
        match self.phone().waiting() {
            Ok(waiting) if waiting == 0 || self.kept.deaf.is_empty() => waiting,
            _ => self.phone().standings().map_or(usize::MAX, |rows| rows.iter().filter(|row| waits(row)).count()),
        }
    }

    /// Does something with the phone; nothing when the program was killed in the middle of it.
    pub fn doing<T>(&mut self, work: impl FnOnce(&Phone) -> T) -> Option<T> {
        let phone = self.phone().clone();
        self.clock.kill_at_look(std::mem::take(&mut self.kill_in_save));
        let done = catch_unwind(AssertUnwindSafe(|| work(&phone)));
        self.clock.kill_at_look(0);
        match done {
            Ok(done) => Some(done),
            Err(panic) if panic.is::<Killed>() => {
                drop(phone);
                self.kill();
                None
            }
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Starts one run of the loop.
    pub fn begin(&mut self, listens: bool) {
        let phone = self.phone().clone();
        (self.begins, self.heard) = (true, false);
        self.run = Some(Box::pin(async move {
            let turn = match phone.turn().await {
                Ok(turn) => turn,
                Err(error) => return Ran::Failed(error),
            };
            if !listens {
                return Ran::Until { turn, link: 0, feed: None };
            }
            match phone.listen().await {
                Ok((feed, link)) => Ran::Until { turn, link, feed: Some(feed) },
                Err(error) => Ran::Failed(error),
            }
        }));
    }

    /// Asks to be let in.
    pub fn enrol(&mut self, code: String) {
        let phone = self.phone().clone();
        self.run = Some(Box::pin(async move { Ran::Enrolled(phone.enrol(SERVER, &code, "lab").await) }));
    }

    /// Lets the run go on as far as it can. Nothing while it waits for the network; the second value says
    /// whether the program was killed.
    pub fn go_on(&mut self) -> (Option<Ran>, bool) {
        let Some(mut run) = self.run.take() else { return (None, false) };
        self.clock.kill_at_look(std::mem::take(&mut self.kill_in_run));
        let polled = catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(&mut Context::from_waker(Waker::noop()))));
        self.clock.kill_at_look(0);
        match polled {
            Ok(Poll::Ready(ran)) => (Some(ran), false),
            Ok(Poll::Pending) => {
                self.run = Some(run);
                (None, false)
            }
            Err(panic) if panic.is::<Killed>() => {
                drop(run);
                self.kill();
                (None, true)
            }
            Err(panic) => resume_unwind(panic),
        }
    }

    /// One step of the network, at which the program may be killed.
    pub fn step_kills(&mut self) -> bool {
        let kills = self.kill_at_step == 1;
        self.kill_at_step = self.kill_at_step.saturating_sub(1);
        if kills {
            self.kill();
        }
        kills
    }

    /// How the link is from now on, and for how long.
    pub fn weather_lasts(&mut self, dice: &mut Dice) -> u64 {
        use crate::time::{HOUR, MINUTE};
        const WEATHERS: [(u64, Weather); 6] = [
            (50, Weather::Clear),
            (20, Weather::Flaky),
            (8, Weather::Slow),
            (14, Weather::Dead),
            (4, Weather::Portal),
            (4, Weather::Intercepted),
        ];
        self.weather = dice.weighted(&WEATHERS);
        match self.weather {
            Weather::Clear | Weather::Flaky => dice.between(10 * MINUTE, 90 * MINUTE),
            _ if dice.permille(10) => dice.between(HOUR, 2 * HOUR),
            _ => dice.between(2 * MINUTE, 15 * MINUTE),
        }
    }
}
