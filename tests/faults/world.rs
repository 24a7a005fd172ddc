//! One world: phones, a network, a server and people, in time that passes when the world says so.
//!
//! Everything that happens is an event in a queue by time. A seed decides what happens and when; the code
//! that it happens to is the product's own.

use crate::canary;
use crate::device::{Device, Ran, Unfinished};
use crate::dice::Dice;
use crate::disk::Commits;
use crate::files::Scratch;
use crate::mischief::{self, Mischief};
use crate::model::{Held, Model};
use crate::network::{Fate, Outgoing, Weather};
use crate::officer;
use crate::people::People;
use crate::station::Station;
use crate::time::{DAY, HOUR, MINUTE, SECOND, Time};
use crate::trace::Trace;
use handoff::domain::codes::Choice;
use handoff::domain::ids::ReferralId;
use handoff::outbox::Hold;
use handoff::platform::clock::Clock as _;
use handoff::seal::random;
use handoff::sync::{EnrolError, FeedState, NoReply, RecordState, Reply};
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
    logged_before: u64,
    pub time: Arc<Time>,
    pub dice: Dice,
    pub trace: Trace,
    pub station: Station,
    pub devices: Vec<Device>,
    pub model: Model,
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
        if !self.is_drained() {
            return Err(format!("I1: nothing is wrong any more and something never arrives: {}", self.left_over()));
        }
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

    // What a phone does.

    /// The program wants to run so long from now; an earlier wish is forgotten.
    pub fn wake_in(&mut self, device: usize, wait: u64) {
        self.devices[device].alarm += 1;
        let alarm = self.devices[device].alarm;
        self.after(wait, Event::Wake { device, alarm });
    }

    fn wake(&mut self, device: usize, alarm: u64) -> Held {
        let phone = &mut self.devices[device];
        if phone.alarm != alarm || phone.run.is_some() {
            return Ok(());
        }
        // The feed is asked less often than the loop would: a call of it costs as much as a delivery.
        let listens = phone.listened + 4 * MINUTE <= self.time.now() || self.healed;
        phone.begin(listens);
        self.go_on(device)
    }

    /// It asks to be let in so long from now, once.
    pub fn let_in(&mut self, device: usize, wait: u64) {
        if !std::mem::replace(&mut self.devices[device].asks, true) {
            self.after(wait, Event::Enrol(device));
        }
    }

    fn enrol(&mut self, device: usize) {
        if self.devices[device].run.is_some() || !self.station.runs() {
            return self.let_in(device, MINUTE);
        }
        if self.devices[device].phone().enrolment().is_some() {
            return self.wake_in(device, SECOND);
        }
        let app = self.station.app().clone();
        match self.station.block_on(app.enrolment_code(None)) {
            Ok(code) => {
                self.devices[device].enrol(code);
                drop(self.go_on(device));
            }
            Err(_) => self.let_in(device, MINUTE),
        }
    }

    /// The program runs until it waits for the network or has done what it can.
    pub fn go_on(&mut self, device: usize) -> Held {
        let (ran, killed) = self.devices[device].go_on();
        if killed {
            self.came_back(device, "killed between two steps");
            return self.model.look_at(&self.devices[device]);
        }
        let sent = std::mem::take(&mut self.devices[device].wire.0.lock().unwrap().sent);
        for call in sent {
            self.send(device, call);
            if self.devices[device].step_kills() {
                self.came_back(device, "killed with a call on its way");
                break;
            }
        }
        match ran {
            Some(ran) => {
                self.ran(device, ran)?;
                self.model.look_at(&self.devices[device])
            }
            None => Ok(()),
        }
    }

    /// A program that was killed runs again after a while.
    pub fn came_back(&mut self, device: usize, how: &str) {
        self.note(format_args!("phone {device} {how}"));
        let wait = self.dice.between(SECOND, 5 * MINUTE);
        self.wake_in(device, wait);
        self.after(wait, Event::SaveAgain(device));
    }

    fn ran(&mut self, device: usize, ran: Ran) -> Held {
        match ran {
            Ran::Until { turn, link, feed } => {
                let unsent = self.devices[device].phone().waiting().unwrap_or(usize::MAX);
                self.note(format_args!("phone {device} heard {feed:?}, {unsent} wait"));
                if feed.is_some() {
                    self.devices[device].listened = self.time.now();
                }
                let poll = if self.healed { DAY } else { self.dice.between(5 * MINUTE, 25 * MINUTE) };
                let clock = Arc::clone(&self.devices[device].clock);
                let now = self.time.now();
                // A phone with nothing to send asks at the slowest pace here, to save the lab's time.
                let listen = match feed {
                    None | Some(FeedState::Fresh | FeedState::Stale(Hold::Revoked)) => now + poll,
                    Some(FeedState::Stale(_)) if unsent == 0 => clock.at_boot_ms(link).max(now + poll / 2),
                    Some(FeedState::Stale(_)) => clock.at_boot_ms(link).max(now + 10 * SECOND),
                };
                // The loop delivers again when it has listened: there may be something to offer once more.
                let heard = matches!(
                    feed,
                    Some(FeedState::Fresh | FeedState::Stale(Hold::Revoked | Hold::AwaitingConfirmation))
                );
                let listen = if heard && unsent > 0 { now + 100 } else { listen };
                let next = turn.map_or(listen, |turn| clock.at_boot_ms(turn).min(listen));
                self.wake_in(device, next.saturating_sub(now).max(50));
                self.get_ready(device);
            }
            Ran::Enrolled(Ok(())) => {
                self.note(format_args!("phone {device} is enrolled"));
                self.get_ready(device);
                self.wake_in(device, SECOND);
            }
            Ran::Enrolled(Err(error)) => {
                let (what, wait) = (short(&error), self.dice.between(10 * SECOND, 5 * MINUTE));
                self.note(format_args!("phone {device} is not enrolled: {what}"));
                self.let_in(device, wait);
            }
            Ran::Failed(error) => return Err(format!("phone {device}: its stores fail: {error}")),
        }
        Ok(())
    }

    /// An enrolled phone has an officer on shift.
    fn get_ready(&mut self, device: usize) {
        let phone = &mut self.devices[device];
        let Some(enrolment) = phone.phone().enrolment() else {
            return self.let_in(device, MINUTE);
        };
        phone.id = Some(enrolment.device);
        if phone.phone().shift().is_none() {
            let officers = phone.phone().officers();
            if let Some(officer) = officers.get(phone.officer % officers.len().max(1)) {
                phone.phone().start_shift(officer.id, "3-M-21").expect("a shift begins");
            }
        }
    }

    /// An officer meets someone, decides and saves.
    pub fn encounter(&mut self, device: usize) -> Held {
        let phone = &self.devices[device];
        if phone.phone().shift().is_none() || phone.phone().enrolment().is_none() {
            // Nobody can act on a phone that is not let in yet.
            self.after(5 * MINUTE, Event::Encounter(device));
            return Ok(());
        }
        let choice = officer::choose(&mut self.dice);
        let id = phone.phone().new_referral().map_err(|error| format!("no id for an encounter: {error}"))?;
        if self.dice.permille(300) {
            let text = format!(r#"{{"name":"{} Doe"}}"#, officer::CANARY);
            if self.devices[device].doing(|phone| phone.save_draft(id, &text)).is_none() {
                self.came_back(device, "killed while typing");
            }
        }
        self.save(device, Unfinished { id, choice })
    }

    fn save_again(&mut self, device: usize) -> Held {
        while let Some(unfinished) = self.devices[device].unfinished.pop() {
            self.save(device, unfinished)?;
        }
        Ok(())
    }

    /// The officer taps Save.
    pub fn save(&mut self, device: usize, what: Unfinished) -> Held {
        let phone = &self.devices[device];
        let ready = phone.phone().shift().is_some() && phone.phone().enrolment().is_some();
        let Some(site) = phone.phone().config().filter(|_| ready) else {
            self.devices[device].unfinished.push(what);
            self.after(5 * MINUTE, Event::SaveAgain(device));
            return Ok(());
        };
        let number = self.model.begins(what.id, what.choice);
        let decision = officer::decide(&site, phone.clock.read().wall, what.choice);
        match self.devices[device].doing(|phone| phone.record(what.id, decision)) {
            None => {
                self.devices[device].unfinished.push(what);
                self.came_back(device, "killed in a save");
            }
            Some(Ok(saved)) => {
                let shown = if what.choice == Choice::OfferedAccepted { "accepted" } else { "no case" };
                self.note(format_args!("phone {device} saved encounter {number}, {shown}"));
                self.model.saved(what.id, &saved)?;
                self.devices[device].shows.insert(what.id);
                self.wake_in(device, 10);
            }
            Some(Err(error)) => return Err(format!("I1: phone {device} cannot save: {error}")),
        }
        self.model.look_at(&self.devices[device])
    }

    // What the network does.

    fn send(&mut self, device: usize, Outgoing { id, call }: Outgoing) {
        let fate = match (self.healed, self.station.runs()) {
            (_, false) => Fate::NoSignal,
            (true, true) => Fate::Good,
            (false, true) => Fate::of(self.devices[device].weather, &mut self.dice),
        };
        if fate != Fate::Good {
            self.count(fate.name());
        }
        let life = self.devices[device].life;
        let path = call.url.path().to_owned();
        self.note(format_args!("phone {device} calls {path}: {fate:?}"));
        if let Some((after, reply)) = fate.instead(&mut self.dice) {
            self.after(after, Event::Answer { device, life, id, reply });
        }
        if fate == Fate::Stranger {
            let reply = mischief::forged(call.body.as_deref());
            self.after(200, Event::Answer { device, life, id, reply: Ok(reply) });
        }
        if !fate.reaches_the_server() {
            return;
        }
        let query = call.url.query().map_or_else(String::new, |query| format!("?{query}"));
        let arriving = |copy: bool, body: Vec<u8>| Arriving {
            device,
            life,
            id,
            method: if call.body.is_some() { "POST" } else { "GET" },
            path: format!("{path}{query}"),
            headers: call.headers.clone(),
            body,
            fate,
            copy,
        };
        let mut body = call.body.clone().unwrap_or_default();
        if fate == Fate::Garbled && !body.is_empty() {
            garble(&mut body, self.dice.permille(500));
        }
        let (to, _) = fate.takes(&mut self.dice);
        if let Some(again) = fate.again(&mut self.dice) {
            self.after(to + again, Event::Arrive(Box::new(arriving(true, body.clone()))));
        }
        let alone = matches!(fate, Fate::HalfOpen | Fate::Late);
        self.after(to, Event::Arrive(Box::new(arriving(alone, body))));
    }

    fn arrive(&mut self, call: Arriving) -> Held {
        let (device, life, id, fate) = (call.device, call.life, call.id, call.fate);
        let back = fate.takes(&mut self.dice).1;
        if !self.station.runs() {
            if !call.copy {
                self.after(back, Event::Answer { device, life, id, reply: Err(NoReply::Broken) });
            }
            return Ok(());
        }
        let copy = call.copy;
        let dies = self.server_dies.take();
        if dies == Some(Mischief::ServerKilledBeforeCommit) {
            self.station.disk.commits(Commits::Fail);
        }
        let reply = self.ask(call)?;
        let Some(dies) = dies else {
            if !copy {
                let reply = self.spoil(fate, reply);
                self.after(back, Event::Answer { device, life, id, reply });
            }
            return Ok(());
        };
        self.note(format_args!("the server is killed: {dies:?}"));
        let now = |what| self.wrong.contains(&what);
        self.station.disk.commits(match (now(Mischief::CommitsFail), now(Mischief::CommitsInDoubt)) {
            (true, _) => Commits::Fail,
            (false, true) => Commits::InDoubt,
            (false, false) => Commits::Good,
        });
        self.station.kill();
        self.start_server();
        if self.station.runs() {
            self.model.look_again(&self.station)?;
            self.model.look(&self.station)?;
        }
        if !copy {
            self.after(back, Event::Answer { device, life, id, reply: Err(NoReply::Broken) });
        }
        Ok(())
    }

    /// What is left of an answer on the way back.
    fn spoil(&mut self, fate: Fate, mut reply: Reply) -> Result<Reply, NoReply> {
        if fate != Fate::CutOff {
            return Ok(reply);
        }
        let kept = self.dice.between(0, reply.body.len() as u64);
        reply.body.truncate(usize::try_from(kept).unwrap());
        if self.dice.permille(500) { Ok(reply) } else { Err(NoReply::Broken) }
    }

    fn answer(&mut self, device: usize, (life, id): (u32, u64), reply: Result<Reply, NoReply>) -> Held {
        if self.devices[device].life != life {
            return Ok(());
        }
        if self.devices[device].step_kills() {
            self.came_back(device, "killed as the answer came");
            return Ok(());
        }
        self.devices[device].wire.0.lock().unwrap().came.insert(id, reply);
        self.go_on(device)
    }

    // The end.

    /// Everything works again, and people do what they are asked to.
    fn heal(&mut self) -> Held {
        self.healed = true;
        self.server_dies = None;
        for what in std::mem::take(&mut self.wrong) {
            self.mend(what);
        }
        self.station.set_ahead(chrono::TimeDelta::zero());
        self.start_server();
        for device in 0..self.devices.len() {
            let phone = &mut self.devices[device];
            phone.weather = Weather::Clear;
            phone.kill_at_step = 0;
            (phone.kill_in_save, phone.kill_in_run) = (0, 0);
            phone.clock.set_ahead(0);
            for row in phone.phone().all_records().map_err(|error| error.to_string())? {
                // What a lost key signed is refused for good; it must not hold up the rest.
                if matches!(row.state, RecordState::Wedged { .. }) && !phone.stranded.contains(&row.referral) {
                    phone.phone().send_again(row.referral).map_err(|error| error.to_string())?;
                }
            }
            self.save_again(device)?;
            self.let_in(device, SECOND);
            self.wake_in(device, 10 * MINUTE);
        }
        self.note(format_args!("everything works again"));
        Ok(())
    }

    /// Nothing waits for a receipt, no save is unfinished.
    fn is_drained(&self) -> bool {
        self.devices.iter().all(|device| {
            device.unfinished.is_empty() && device.run.is_none() && device.phone().waiting().is_ok_and(|left| left == 0)
        })
    }

    fn left_over(&self) -> String {
        let of = |device: &Device| {
            let waiting = device.phone().waiting().unwrap_or(usize::MAX);
            format!("phone {}: {waiting} wait, {} unfinished", device.name, device.unfinished.len())
        };
        self.devices.iter().map(of).collect::<Vec<_>>().join("; ")
    }

    fn at_rest(&mut self) -> Held {
        self.model.forgetful = false;
        self.model.look(&self.station)?;
        self.model.look_again(&self.station)?;
        let mut stranded = std::collections::BTreeSet::new();
        for device in &self.devices {
            self.model.look_at(device)?;
            stranded.extend(device.stranded.iter().copied());
            // Nor can it be offered again to a restored server.
            stranded.extend(self.refused_for_good(device)?);
        }
        self.model.settled(&stranded)?;
        for device in 0..self.devices.len() {
            self.phone_at_rest(device)?;
        }
        let leaks = canary::files_with(self.scratch.path());
        if !leaks.is_empty() {
            return Err(format!("I6: a name stands in clear in {}", leaks.join(", ")));
        }
        match canary::logged() == self.logged_before {
            true => Ok(()),
            false => Err("I6: a name was logged".into()),
        }
    }

    /// What a device cannot deliver since it lost the key that signed it, and shows as such.
    fn refused_for_good(&self, device: &Device) -> Result<Vec<ReferralId>, String> {
        let rows = device.phone().all_records().map_err(|error| error.to_string())?;
        let refused = |row: &handoff::sync::RecordRow| {
            device.deaf.contains(&row.referral) && matches!(row.state, RecordState::Wedged { .. })
        };
        Ok(rows.into_iter().filter(refused).map(|row| row.referral).collect())
    }

    /// What one phone shows when all is done.
    fn phone_at_rest(&mut self, device: usize) -> Held {
        let phone = &self.devices[device];
        let rows = phone.phone().all_records().map_err(|error| error.to_string())?;
        let mut summary = String::new();
        for row in rows.iter().rev() {
            let number = self.model.referrals.get(&row.referral).map_or(0, |promise| promise.number);
            let word = self.word(phone, &row.state, row.referral);
            let word = word.map_err(|why| format!("phone {device}, encounter {number}: {why}"))?;
            summary.push_str(&format!(" {number}{word}"));
        }
        self.note(format_args!("phone {device} shows{summary}"));
        Ok(())
    }

    fn word(&self, phone: &Device, state: &RecordState, id: ReferralId) -> Result<char, String> {
        let revoked =
            phone.id.is_some_and(|id| self.people.revoked.contains(&id) || self.people.in_doubt.contains(&id));
        match state {
            RecordState::Wedged { .. } if phone.stranded.contains(&id) || phone.deaf.contains(&id) => Ok('w'),
            RecordState::Accepted { by, .. } if self.model.cases.get(&id) == Some(&Some(by.id)) => Ok('a'),
            RecordState::Accepted { .. } => Err("I2: it shows another case manager than the one who has it".into()),
            // A phone that is revoked, or was let in anew, hears nothing of what it sent before.
            RecordState::Received { .. } if revoked || phone.deaf.contains(&id) => Ok('r'),
            RecordState::Received { .. } => Err("I4: someone has it, and the officer never hears".into()),
            RecordState::NotACase { .. } => Ok('n'),
            RecordState::Waiting { .. } | RecordState::Sending | RecordState::Wedged { .. } => {
                Err("I1: it is still not safe".into())
            }
            _ => Err("it stands as nobody left it".into()),
        }
    }
}

/// Changes one byte: of the JSON, or of what the first entry holds. Which one may not depend on ciphertext.
fn garble(body: &mut [u8], of_the_entry: bool) {
    const ENTRY: &[u8] = b"\"ciphertext\":\"";
    let at = memchr::memmem::find(body, ENTRY).filter(|_| of_the_entry);
    match at {
        Some(at) => body[at + ENTRY.len()] = if body[at + ENTRY.len()] == b'A' { b'B' } else { b'A' },
        None => body[0] ^= 4,
    }
}

fn short(error: &EnrolError) -> &'static str {
    match error {
        EnrolError::Unreachable => "nobody answers",
        EnrolError::NotTheServer => "something else answers",
        EnrolError::Refused(_) => "refused",
        EnrolError::Already => "it was already",
        EnrolError::Address | EnrolError::NotSecure | EnrolError::Keys(_) | EnrolError::Phone(_) => "fault",
    }
}
