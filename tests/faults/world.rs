//! One world: phones, a network, a server and people, in time that passes when the world says so.
//!
//! Everything that happens is an event in a queue by time. A seed decides what happens and when; the code
//! that it happens to is the product's own.

use crate::canary;
use crate::device::{Device, Unfinished};
use crate::dice::Dice;
use crate::files::Scratch;
use crate::mischief::{self, Mischief};
use crate::model::{Held, Model};
use crate::network::Fate;
use crate::officer::{self, Deed};
use crate::people::People;
use crate::station::Station;
use crate::time::{DAY, HOUR, MINUTE, Time};
use crate::trace::Trace;
use crate::witness::Witness;
use handoff::domain::ids::ReferralId;
use handoff::seal::random;
use handoff::sync::{NoReply, Reply};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Encounters of one world.
pub const REFERRALS: u64 = 100;
/// They happen within so long.
const SHIFT: u64 = 10 * HOUR;
/// All that was saved has arrived so long after everything works again. Replays days later come after it.
const HEALED: u64 = 3 * HOUR;

/// What happens.
pub enum Event {
    /// A program wants to run, if this is still the alarm that counts.
    Wake { device: usize, alarm: u64 },
    /// A call comes to the server.
    Arrive(Box<Arriving>),
    /// An answer comes to a phone, if the same program still runs.
    Answer { device: usize, life: u32, id: u64, reply: Result<Reply, NoReply> },
    /// The weather of a phone changes.
    Weather(usize),
    /// An officer meets someone.
    Encounter(usize),
    /// An officer saves again what was not saved.
    SaveAgain(usize),
    /// An officer records what came after a decision.
    Later { device: usize, id: ReferralId, deed: Deed },
    /// An officer unlocks the vault.
    Unlock(usize),
    /// A phone asks to be let in.
    Enrol(usize),
    /// Something goes wrong.
    Goes(Mischief),
    /// It is right again.
    Mended(Mischief),
    /// Someone at the console does something.
    Person,
}

/// A call on its way to the server.
pub struct Arriving {
    pub device: usize,
    pub life: u32,
    pub id: u64,
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub fate: Fate,
    /// A copy: nobody waits for its answer.
    pub copy: bool,
}

/// What a world that held came to.
pub struct Lived {
    pub hash: String,
    pub referrals: usize,
    pub injected: BTreeMap<&'static str, u64>,
}

/// What a world that did not hold came to.
pub struct Broken {
    pub what: String,
    pub injected: BTreeMap<&'static str, u64>,
}

pub struct World {
    pub logged_before: u64,
    pub time: Arc<Time>,
    pub dice: Dice,
    pub trace: Trace,
    pub station: Station,
    pub devices: Vec<Device>,
    pub model: Model,
    pub witness: Witness,
    /// What officers unlock with, in worlds in which they do.
    pub secret: Option<&'static str>,
    pub people: People,
    pub injected: BTreeMap<&'static str, u64>,
    /// Nothing goes wrong any more.
    pub healed: bool,
    /// What kills the server at the next call.
    pub server_dies: Option<Mischief>,
    /// What is wrong with the server now: it ends when the last of each kind is mended.
    pub wrong: Vec<Mischief>,
    queue: BTreeMap<(u64, u64), Event>,
    queued: u64,
    pub scratch: Scratch,
    /// The newest backup.
    pub backup: Option<std::path::PathBuf>,
}

impl World {
    /// Lives through one seed.
    ///
    /// # Errors
    /// What was broken.
    pub fn live(seed: u64, name: &str, print: bool) -> Result<Lived, Broken> {
        Station::set_up();
        random::seed(Some(seed));
        let mut world = Self::new(seed, name, print);
        let lived = world.run();
        let at = world.time.now();
        if let Err(broken) = &lived {
            world.trace.note(at, format_args!("BROKEN {broken}"));
        }
        random::seed(None);
        let injected = std::mem::take(&mut world.injected);
        match lived {
            Ok(()) => Ok(Lived { hash: world.trace.hash(), referrals: world.model.referrals.len(), injected }),
            Err(what) => Err(Broken { what, injected }),
        }
    }

    fn new(seed: u64, name: &str, print: bool) -> Self {
        let scratch = Scratch::new(name);
        let time = Arc::new(Time::default());
        let station = Station::new(scratch.path(), Arc::clone(&time));
        let mut world = Self {
            dice: Dice::new(seed),
            logged_before: canary::logged(),
            trace: Trace::new(print),
            people: People::default(),
            devices: Vec::new(),
            model: Model::default(),
            witness: Witness::default(),
            secret: None,
            injected: BTreeMap::new(),
            healed: false,
            server_dies: None,
            wrong: Vec::new(),
            queue: BTreeMap::new(),
            queued: 0,
            time,
            station,
            scratch,
            backup: None,
        };
        world.plan();
        world
    }

    /// What will happen, as far as it does not come of what happens before.
    fn plan(&mut self) {
        self.secret = self.dice.permille(400).then_some(officer::SECRET);
        let phones = self.dice.between(2, 5);
        for _ in 0..phones {
            let device = self.add_device();
            self.let_in(device, 0);
            let clear = self.dice.between(MINUTE, HOUR);
            self.at(clear, Event::Weather(device));
        }
        for _ in 0..REFERRALS {
            let (at, device) = (self.dice.between(MINUTE, SHIFT), self.dice.between(0, phones));
            self.at(at, Event::Encounter(usize::try_from(device).unwrap()));
        }
        for _ in 0..self.dice.between(20, 50) {
            let (at, what) = (self.dice.between(MINUTE, SHIFT), mischief::any(&mut self.dice));
            self.at(at, Event::Goes(what));
        }
        for _ in 0..25 {
            let at = self.dice.between(HOUR, SHIFT + HOUR);
            self.at(at, Event::Person);
        }
    }

    pub fn add_device(&mut self) -> usize {
        let name = self.devices.len();
        self.devices.push(Device::new(self.scratch.path(), name, Arc::clone(&self.time)));
        name
    }

    /// Something happens then.
    pub fn at(&mut self, at: u64, event: Event) {
        self.queued += 1;
        self.queue.insert((at.max(self.time.now()), self.queued), event);
    }

    /// Something happens so long from now.
    pub fn after(&mut self, wait: u64, event: Event) {
        self.at(self.time.now().saturating_add(wait), event);
    }

    pub fn count(&mut self, what: &'static str) {
        *self.injected.entry(what).or_default() += 1;
    }

    pub fn note(&mut self, what: std::fmt::Arguments<'_>) {
        let now = self.time.now();
        self.trace.note(now, what);
    }

    fn run(&mut self) -> Held {
        self.run_until(SHIFT + HOUR, |_| false)?;
        self.heal()?;
        // Long enough for every phone to hear what the server has to say.
        self.run_until(self.time.now() + HOUR, |_| false)?;
        self.run_until(self.time.now() + HEALED, Self::is_drained)?;
        self.nothing_waits_for_a_tap()?;
        if !self.is_drained() {
            return Err(format!("I1: nothing is wrong any more and something never arrives: {}", self.left_over()));
        }
        // Whoever was let in again since then may read, too.
        self.look_at_revocations();
        self.take_every_case()?;
        self.run_until(self.time.now() + 4 * DAY, |_| false)?;
        self.at_rest()
    }

    /// Everything up to a moment, or until it is enough.
    fn run_until(&mut self, until: u64, enough: impl Fn(&Self) -> bool) -> Held {
        while let Some(next) = self.queue.first_entry() {
            if next.key().0 > until || enough(self) {
                break;
            }
            let ((at, _), event) = self.queue.pop_first().expect("a next event");
            self.time.set(at);
            self.happen(event)?;
        }
        Ok(())
    }

    fn happen(&mut self, event: Event) -> Held {
        match event {
            Event::Wake { device, alarm } => self.wake(device, alarm),
            Event::Arrive(call) => self.arrive(*call),
            Event::Answer { device, life, id, reply } => self.answer(device, (life, id), reply),
            Event::Weather(_) if self.healed => Ok(()),
            Event::Weather(device) => {
                let lasts = self.devices[device].weather_lasts(&mut self.dice);
                let weather = self.devices[device].weather;
                self.note(format_args!("phone {device} has {weather:?} weather"));
                self.after(lasts, Event::Weather(device));
                Ok(())
            }
            Event::Encounter(_) if self.healed => Ok(()),
            Event::Encounter(device) => self.encounter(device),
            Event::SaveAgain(device) => self.save_again(device),
            Event::Later { .. } | Event::Unlock(_) if self.healed => Ok(()),
            Event::Later { device, id, deed } => self.save(device, Unfinished { id, deed }),
            Event::Unlock(device) => self.unlock(device),
            Event::Enrol(device) => {
                self.devices[device].asks = false;
                self.enrol(device);
                Ok(())
            }
            Event::Goes(what) => self.goes(what),
            Event::Mended(what) => self.mended(what),
            Event::Person => self.person(),
        }
    }
}
