//! What goes wrong with phones and with the server, besides the network.

use crate::device::{Amended, Unfinished, Written};
use crate::dice::Dice;
use crate::disk::Commits;
use crate::model::Held;
use crate::officer::{self, Deed};
use crate::time::{DAY, HOUR, MINUTE};
use crate::world::{Event, World};
use chrono::TimeDelta;
use handoff::domain::entry::entry_hash;
use handoff::domain::ids::Hash;
use handoff::domain::wire::{Answer, EntriesRequest, EntryResult, ReceiptBody};
use handoff::platform::clock::Clock as _;
use handoff::seal::{ServerKey, Tag};
use handoff::sync::Reply;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mischief {
    Killed,
    KilledInFlight,
    KilledInSave,
    KilledInRun,
    Reboot,
    ClockYearsOff,
    ClockHourBack,
    TwoPrograms,
    Copied,
    RestoredElsewhere,
    KeysLost,
    ServerRestart,
    ServerKilledBeforeCommit,
    ServerKilledAfterCommit,
    ServerOut,
    DiskFull,
    CommitsFail,
    CommitsInDoubt,
    ReadsFail,
    ServerClockJump,
    BackedUp,
    Restored,
}

const ALL: [(u64, Mischief); 22] = [
    (8, Mischief::Killed),
    (14, Mischief::KilledInFlight),
    (14, Mischief::KilledInSave),
    (8, Mischief::KilledInRun),
    (4, Mischief::Reboot),
    (5, Mischief::ClockYearsOff),
    (5, Mischief::ClockHourBack),
    (8, Mischief::TwoPrograms),
    (5, Mischief::Copied),
    (4, Mischief::RestoredElsewhere),
    (2, Mischief::KeysLost),
    (4, Mischief::ServerRestart),
    (6, Mischief::ServerKilledBeforeCommit),
    (6, Mischief::ServerKilledAfterCommit),
    (4, Mischief::ServerOut),
    (5, Mischief::DiskFull),
    (5, Mischief::CommitsFail),
    (5, Mischief::CommitsInDoubt),
    (3, Mischief::ReadsFail),
    (3, Mischief::ServerClockJump),
    (6, Mischief::BackedUp),
    (4, Mischief::Restored),
];

/// Anything that can go wrong.
pub fn any(dice: &mut Dice) -> Mischief {
    dice.weighted(&ALL)
}

impl Mischief {
    const fn name(self) -> &'static str {
        match self {
            Self::Killed => "phone: killed",
            Self::KilledInFlight => "phone: killed with a call under way",
            Self::KilledInSave => "phone: killed in a save",
            Self::KilledInRun => "phone: killed between two steps of the loop",
            Self::Reboot => "phone: restarted",
            Self::ClockYearsOff => "phone: clock years off",
            Self::ClockHourBack => "phone: clock an hour back",
            Self::TwoPrograms => "phone: two programs on one file",
            Self::Copied => "phone: backup taken",
            Self::RestoredElsewhere => "phone: backup restored onto another phone",
            Self::KeysLost => "phone: key store lost",
            Self::ServerRestart => "server: restarted",
            Self::ServerKilledBeforeCommit => "server: killed before the commit",
            Self::ServerKilledAfterCommit => "server: killed after the commit",
            Self::ServerOut => "server: out for hours",
            Self::DiskFull => "server: disk full",
            Self::CommitsFail => "server: commits fail",
            Self::CommitsInDoubt => "server: commits in doubt",
            Self::ReadsFail => "server: reads fail",
            Self::ServerClockJump => "server: clock jumps",
            Self::BackedUp => "server: backup taken",
            Self::Restored => "server: restored from an older copy",
        }
    }
}

impl World {
    /// Something goes wrong.
    pub fn goes(&mut self, what: Mischief) -> Held {
        if self.healed {
            return Ok(());
        }
        let device = usize::try_from(self.dice.between(0, self.devices.len() as u64)).unwrap();
        self.note(format_args!("{what:?}, phone {device}"));
        if !(what == Mischief::Restored && self.backup.is_none()) {
            self.count(what.name());
        }
        match what {
            Mischief::Killed => {
                self.devices[device].kill();
                self.came_back(device, "is back");
            }
            Mischief::KilledInFlight => self.devices[device].kill_at_step = self.dice.between(1, 5),
            Mischief::KilledInSave => {
                self.devices[device].kill_in_save = self.dice.between(1, 8);
                return match self.dice.between(0, 10) {
                    0..6 => self.encounter(device),
                    6..9 => self.anything_later(device),
                    _ => self.unlock(device),
                };
            }
            Mischief::KilledInRun => {
                self.devices[device].kill_in_run = self.dice.between(1, 12);
                self.wake_in(device, 0);
            }
            Mischief::Reboot => {
                self.devices[device].kill();
                self.devices[device].clock.reboot();
                self.came_back(device, "has started again");
            }
            Mischief::ClockYearsOff => {
                let years = self.dice.pick(&[-9, -3, 4, 11]);
                self.devices[device].clock.set_ahead(years * 365 * i64::try_from(DAY).unwrap());
            }
            Mischief::ClockHourBack => {
                let ahead = self.devices[device].clock.ahead() - i64::try_from(HOUR).unwrap();
                self.devices[device].clock.set_ahead(ahead);
            }
            Mischief::TwoPrograms => return self.second_program(device),
            Mischief::Copied => self.devices[device].copy_files(),
            Mischief::RestoredElsewhere => self.restore_elsewhere(device),
            Mischief::KeysLost => {
                self.devices[device].lose_keys();
                self.came_back(device, "has lost its keys");
                self.let_in(device, MINUTE);
            }
            Mischief::ServerKilledBeforeCommit | Mischief::ServerKilledAfterCommit => self.server_dies = Some(what),
            Mischief::BackedUp => self.back_up(),
            Mischief::Restored => return self.restore(),
            Mischief::ServerRestart
            | Mischief::ServerOut
            | Mischief::DiskFull
            | Mischief::CommitsFail
            | Mischief::CommitsInDoubt
            | Mischief::ReadsFail
            | Mischief::ServerClockJump => self.break_server(what),
        }
        Ok(())
    }

    fn break_server(&mut self, what: Mischief) {
        let minutes = match what {
            Mischief::ServerRestart => 1,
            Mischief::ServerOut if self.dice.permille(100) => self.dice.between(60, 150),
            Mischief::ServerOut => self.dice.between(3, 25),
            // Long enough for every phone to meet it, and short enough not to be met again and again.
            _ => self.dice.between(1, 5),
        };
        match what {
            Mischief::ServerRestart | Mischief::ServerOut => self.station.stop(),
            Mischief::DiskFull => self.station.disk.fill(true),
            Mischief::CommitsFail => self.station.disk.commits(Commits::Fail),
            Mischief::CommitsInDoubt => self.station.disk.commits(Commits::InDoubt),
            Mischief::ReadsFail => self.station.disk.stop_reading(true),
            _ => {
                let days = self.dice.pick(&[-400, -1, 1, 30]);
                self.station.set_ahead(TimeDelta::days(days));
            }
        }
        self.wrong.push(what);
        self.after(minutes * MINUTE, Event::Mended(what));
    }

    /// What was wrong with the server ends, unless it went wrong again since.
    pub fn mended(&mut self, what: Mischief) -> Held {
        let Some(at) = self.wrong.iter().position(|wrong| *wrong == what) else { return Ok(()) };
        self.wrong.remove(at);
        if !self.wrong.contains(&what) {
            self.note(format_args!("{what:?} is over"));
            self.mend(what);
        }
        if self.station.runs() { self.model.look_again(&self.station) } else { Ok(()) }
    }

    /// As it should be again.
    pub fn mend(&mut self, what: Mischief) {
        match what {
            Mischief::ServerRestart | Mischief::ServerOut if !self.is_out() => self.start_server(),
            Mischief::DiskFull => self.station.disk.fill(false),
            Mischief::CommitsFail | Mischief::CommitsInDoubt => self.station.disk.commits(Commits::Good),
            Mischief::ReadsFail => self.station.disk.stop_reading(false),
            Mischief::ServerClockJump => self.station.set_ahead(TimeDelta::zero()),
            Mischief::Restored => self.look_at_revocations(),
            _ => {}
        }
    }

    /// It starts; where its disk does not let it, it is tried again every minute.
    pub fn start_server(&mut self) {
        if !self.station.runs() {
            self.station.start();
        }
        if !self.station.runs() {
            let why = self.station.why.rsplit('/').next().unwrap_or_default().to_owned();
            self.note(format_args!("the server cannot start: {why}"));
            self.wrong.push(Mischief::ServerRestart);
            self.after(MINUTE, Event::Mended(Mischief::ServerRestart));
        }
    }

    fn back_up(&mut self) {
        if !self.station.runs() {
            return;
        }
        let file = self.scratch.path().join("handoff.backup");
        let app = self.station.app().clone();
        let done = self.station.block_on(app.backup(file.clone())).is_ok();
        self.note(format_args!("a backup is taken: {done}"));
        if done {
            self.backup = Some(file);
        }
    }

    /// The newest backup is put in the server's place; what came since is lost there.
    fn restore(&mut self) -> Held {
        let Some(file) = self.backup.clone().filter(|_| self.station.runs()) else { return Ok(()) };
        let done = self.station.restore(&file);
        self.note(format_args!("the server is restored: {done}"));
        self.start_server();
        if !done {
            return Ok(());
        }
        self.wrong.push(Mischief::Restored);
        let wait = self.dice.between(5 * MINUTE, HOUR);
        self.after(wait, Event::Mended(Mischief::Restored));
        self.model.forget();
        self.witness.look_again();
        if self.station.runs() { self.model.look(&self.station) } else { Ok(()) }
    }

    /// An admin looks at every device and says that its standing is right: feeds open again.
    pub fn look_at_revocations(&mut self) {
        if !self.station.runs() {
            self.wrong.push(Mischief::Restored);
            return self.after(MINUTE, Event::Mended(Mischief::Restored));
        }
        let app = self.station.app().clone();
        let done = self.station.block_on(async {
            let devices = app.devices().await?.into_iter().map(|device| device.id).collect();
            app.confirm_revocations(devices).await
        });
        self.note(format_args!("the revocations are confirmed: {}", done.is_ok()));
        if done.is_err() {
            self.wrong.push(Mischief::Restored);
            self.after(MINUTE, Event::Mended(Mischief::Restored));
        }
    }

    fn is_out(&self) -> bool {
        self.wrong.iter().any(|wrong| matches!(wrong, Mischief::ServerRestart | Mischief::ServerOut))
    }

    /// The same phone's other program, as the command line is: it records for an officer and ends.
    fn second_program(&mut self, device: usize) -> Held {
        let phone = &self.devices[device];
        let Ok(program) = phone.program() else { return Err("I1: a second program cannot open the files".into()) };
        let (Some(site), Some(_)) = (program.config(), program.enrolment()) else { return Ok(()) };
        let officers = program.officers();
        let Some(officer) = officers.first() else { return Ok(()) };
        program.act_as(officer.id, "3-M-21").map_err(|error| format!("a second program cannot act: {error}"))?;
        let id = program.new_referral().map_err(|error| error.to_string())?;
        let wall = phone.clock.read().wall;
        let deed = officer::decides(&mut self.dice);
        let Deed::Decide { choice, placed } = deed else { return Ok(()) };
        let decision = officer::decide(&site, wall, (choice, placed));
        let number = self.model.begins(id, deed);
        self.model.assessed(id, wall, decision.assessment.verdict);
        let saved = program.record(id, decision).map_err(|error| format!("I1: a second program: {error}"))?;
        self.model.saved(device, Unfinished { id, deed }, (&saved, None))?;
        let kept = &mut self.devices[device].kept;
        kept.shows.insert(id);
        kept.written.insert(id, Written { officer: Some(officer.id), amended: Amended::Not });
        self.devices[device].unread.insert(id);
        self.note(format_args!("a second program of phone {device} saved encounter {number}"));
        let wait = self.dice.between(MINUTE, 10 * MINUTE);
        self.wake_in(device, wait);
        self.model.look_at(&self.devices[device])
    }

    fn restore_elsewhere(&mut self, device: usize) {
        let (name, time) = (self.devices.len(), self.time.clone());
        let root = self.scratch.path().to_owned();
        let Some(restored) = self.devices[device].restored(&root, name, time) else { return };
        self.model.doubles(restored.kept.id);
        self.devices.push(restored);
        self.came_back(name, "begins with the backup of another");
        self.after(MINUTE, Event::Weather(name));
        for _ in 0..3 {
            let wait = self.dice.between(10 * MINUTE, 3 * HOUR);
            self.after(wait, Event::Encounter(name));
        }
    }
}

/// What a stranger answers: receipts for everything, signed by a key of his own.
pub fn forged(body: Option<&[u8]>) -> Reply {
    let now = chrono::DateTime::from_timestamp(1_750_000_000, 0).unwrap();
    let key = ServerKey::from_seed(&[13; 32]).unwrap();
    let receipt = |entry: Hash| {
        let body = ReceiptBody { entry, position: 1, epoch: 1, backed_up: 1, at: now, erased: false };
        Answer { entry, result: EntryResult::Receipt(key.sign(Tag::Receipt, &body).unwrap()) }
    };
    let request = body.and_then(|body| serde_json::from_slice::<EntriesRequest>(body).ok());
    let body = match request {
        Some(request) => {
            let hashes =
                request.entries.iter().map(|entry| entry_hash(&entry.header.0, &entry.enc.0, &entry.ciphertext.0));
            let answers: Vec<Answer> = hashes.map(receipt).collect();
            serde_json::to_vec(&serde_json::json!({"server_time": now, "answers": answers}))
        }
        None => serde_json::to_vec(&serde_json::json!({"feed": "none of yours"})),
    };
    Reply { status: 200, content_type: Some("application/json".into()), retry_after_s: None, body: body.unwrap() }
}
