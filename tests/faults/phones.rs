//! What the program on each phone does: it runs, waits, asks to be let in, and is killed.

use crate::device::Ran;
use crate::model::Held;
use crate::time::{DAY, MINUTE, SECOND};
use crate::world::{Event, World};
use handoff::outbox::Hold;
use handoff::sync::{EnrolError, FeedState};
use std::sync::Arc;

impl World {
    /// The program wants to run so long from now; an earlier wish is forgotten.
    pub fn wake_in(&mut self, device: usize, wait: u64) {
        self.devices[device].alarm += 1;
        let alarm = self.devices[device].alarm;
        self.after(wait, Event::Wake { device, alarm });
    }

    pub fn wake(&mut self, device: usize, alarm: u64) -> Held {
        let phone = &mut self.devices[device];
        if phone.alarm != alarm || phone.run.is_some() {
            return Ok(());
        }
        // The feed is asked less often than the loop would: a call of it costs as much as a delivery.
        let since = self.time.now().saturating_sub(phone.listened);
        let listens = since >= 25 * MINUTE || (self.healed && since >= SECOND);
        phone.begin(listens);
        self.go_on(device)
    }

    /// It asks to be let in so long from now, once.
    pub fn let_in(&mut self, device: usize, wait: u64) {
        if !std::mem::replace(&mut self.devices[device].asks, true) {
            self.after(wait, Event::Enrol(device));
        }
    }

    pub fn enrol(&mut self, device: usize) {
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
        let idle = std::mem::take(&mut self.devices[device].begins) && sent.is_empty();
        for call in sent {
            self.send(device, call);
            if self.devices[device].step_kills() {
                self.came_back(device, "killed with a call on its way");
                break;
            }
        }
        match ran {
            // It had nothing to do, and did nothing; or nobody answered, and what it shows is what it showed.
            Some(ran) if idle || !self.devices[device].heard => self.ran(device, ran),
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
        self.unlock_in(device, wait);
    }

    fn ran(&mut self, device: usize, ran: Ran) -> Held {
        match ran {
            Ran::Until { turn, link, feed } => {
                let unsent = self.devices[device].under_way();
                self.note(format_args!("phone {device} heard {feed:?}, {unsent} wait"));
                if feed.is_some() {
                    self.devices[device].listened = self.time.now();
                }
                let poll = match (self.healed, unsent) {
                    (true, 0) => DAY,
                    (true, _) => 5 * MINUTE,
                    (false, _) => self.dice.between(20 * MINUTE, 60 * MINUTE),
                };
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
        phone.kept.id = Some(enrolment.device);
        if phone.phone().shift().is_none() {
            let officers = phone.phone().officers();
            if let Some(officer) = officers.get(phone.officer % officers.len().max(1)) {
                phone.phone().start_shift(officer.id, "3-M-21").expect("a shift begins");
                self.unlock_in(device, MINUTE);
            }
        }
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
