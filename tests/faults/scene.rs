//! What officers do: they meet someone and decide, record what comes after it, and unlock what they recorded.

use crate::device::{Amended, Unfinished, Written};
use crate::model::Held;
use crate::officer::{self, Deed};
use crate::time::{HOUR, MINUTE, SECOND};
use crate::world::{Event, World};
use handoff::domain::assess::assess;
use handoff::domain::codes::{Choice, Verdict};
use handoff::domain::facts::Facts;
use handoff::domain::ids::ReferralId;
use handoff::platform::clock::Clock as _;
use handoff::sync::{RecordError, Saved, Site, UnlockError};

/// What a tap on Save came to: the entry, if there was one to make, and what the rules say of its facts.
type Tapped = Result<Option<Saved>, RecordError>;

impl World {
    /// An officer meets someone, decides and saves.
    pub fn encounter(&mut self, device: usize) -> Held {
        let phone = &self.devices[device];
        if phone.phone().shift().is_none() || phone.phone().enrolment().is_none() {
            // Nobody can act on a phone that is not let in yet.
            self.after(5 * MINUTE, Event::Encounter(device));
            return Ok(());
        }
        if self.secret.is_some() && self.dice.permille(400) {
            self.unlock(device)?;
        }
        let deed = officer::decides(&mut self.dice);
        let phone = &self.devices[device];
        let id = phone.phone().new_referral().map_err(|error| format!("no id for an encounter: {error}"))?;
        if self.dice.permille(300) {
            let text = format!(r#"{{"name":"{} Doe"}}"#, officer::CANARY);
            if self.devices[device].doing(|phone| phone.save_draft(id, &text)).is_none() {
                self.came_back(device, "killed while typing");
            }
        }
        self.save(device, Unfinished { id, deed })
    }

    /// Something comes after a decision of this phone, whichever.
    pub fn anything_later(&mut self, device: usize) -> Held {
        let known: Vec<ReferralId> = self.devices[device].kept.shows.iter().copied().collect();
        if known.is_empty() {
            return self.encounter(device);
        }
        let id = self.dice.pick(&known);
        let choice = self.model.referrals.get(&id).map_or(Choice::NotOffered, |promise| promise.choice);
        let deed = officer::goes_on(&mut self.dice, choice);
        self.save(device, Unfinished { id, deed })
    }

    pub fn save_again(&mut self, device: usize) -> Held {
        for unfinished in std::mem::take(&mut self.devices[device].kept.unfinished) {
            self.save(device, unfinished)?;
        }
        Ok(())
    }

    /// The officer taps Save.
    pub fn save(&mut self, device: usize, what: Unfinished) -> Held {
        let phone = &self.devices[device];
        let ready = phone.phone().shift().is_some() && phone.phone().enrolment().is_some();
        let Some(site) = phone.phone().config().filter(|_| ready) else {
            let unfinished = &mut self.devices[device].kept.unfinished;
            unfinished.push(what);
            // One look is enough for all that waits: one for each would double with every look.
            if unfinished.len() == 1 {
                self.after(5 * MINUTE, Event::SaveAgain(device));
            }
            return Ok(());
        };
        let number = self.model.begins(what.id, what.deed);
        let (tapped, verdict) = self.tap(device, what, &site);
        match tapped {
            None => {
                self.devices[device].kept.unfinished.push(what);
                self.came_back(device, "killed in a save");
            }
            Some(Ok(None)) => {
                // One that was cut short may have been kept, and then there is none to make.
                self.devices[device].amended_perhaps(what.id);
                self.note(format_args!("phone {device} needs no late fix of encounter {number}"));
            }
            Some(Ok(Some(saved))) => {
                self.note(format_args!("phone {device} saved encounter {number}, {}", what.deed.words()));
                self.saved(device, what, (&saved, verdict))?;
                self.wake_in(device, 10);
            }
            Some(Err(error)) => return Err(format!("I1: phone {device} cannot save: {error}")),
        }
        self.model.look_at(&self.devices[device])
    }

    /// What the program does then; nothing if it was killed in the middle. And what the rules say of the facts.
    fn tap(&mut self, device: usize, what: Unfinished, site: &Site) -> (Option<Tapped>, Option<Verdict>) {
        let Unfinished { id, deed } = what;
        let wall = self.devices[device].clock.read().wall;
        let phone = &mut self.devices[device];
        match deed {
            Deed::Decide { choice, placed } => {
                let decision = officer::decide(site, wall, (choice, placed));
                let verdict = decision.assessment.verdict;
                self.model.assessed(id, wall, verdict);
                (phone.doing(|phone| phone.record(id, decision).map(Some)), Some(verdict))
            }
            Deed::HandOff(step) => {
                let hand_off = officer::hand_off(step, wall);
                (phone.doing(|phone| phone.hand_off(id, hand_off).map(Some)), None)
            }
            Deed::LateFix => {
                let verdict = verdict(site, &officer::facts(self.model.met(id, wall), true));
                (self.devices[device].doing(|phone| phone.late_fix(id, officer::fix())), Some(verdict))
            }
            Deed::Correct(number) => {
                let change = officer::correct(self.model.met(id, wall), number);
                let verdict = verdict(site, &change.facts);
                (self.devices[device].doing(|phone| phone.amend(id, change).map(Some)), Some(verdict))
            }
            Deed::Withdraw => {
                let withdrawal = officer::withdraw(wall);
                (phone.doing(|phone| phone.withdraw(id, withdrawal).map(Some)), None)
            }
        }
    }

    /// The officer saw "Saved".
    fn saved(&mut self, device: usize, what: Unfinished, (saved, verdict): (&Saved, Option<Verdict>)) -> Held {
        self.model.saved(device, what, (saved, verdict))?;
        let officer = self.devices[device].phone().shift().map(|shift| shift.officer.id);
        let phone = &mut self.devices[device];
        match what.deed {
            Deed::Decide { .. } => {
                phone.kept.shows.insert(what.id);
                phone.kept.written.insert(what.id, Written { officer, amended: Amended::Not });
            }
            Deed::LateFix => phone.amended(what.id, Amended::Fix),
            Deed::Correct(number) => phone.amended(what.id, Amended::Note(number)),
            Deed::Withdraw => drop(phone.kept.withdrew.insert(what.id)),
            Deed::HandOff(_) => {}
        }
        if !matches!(what.deed, Deed::Decide { .. }) {
            phone.kept.later.entry(what.id).or_default().insert(saved.entry);
        }
        phone.unread.insert(what.id);
        self.what_follows(device, what);
        Ok(())
    }

    /// What the officer will record of it later.
    fn what_follows(&mut self, device: usize, Unfinished { id, deed }: Unfinished) {
        let Deed::Decide { choice, placed } = deed else { return };
        if self.healed {
            return;
        }
        if !placed {
            let wait = self.dice.between(5 * SECOND, 150 * SECOND);
            self.after(wait, Event::Later { device, id, deed: Deed::LateFix });
        }
        while self.dice.permille(260) {
            let deed = officer::goes_on(&mut self.dice, choice);
            let wait = self.dice.between(SECOND, 3 * HOUR);
            self.after(wait, Event::Later { device, id, deed });
        }
    }

    // The vault.

    /// The officer unlocks so long from now, if officers of this world do.
    pub fn unlock_in(&mut self, device: usize, wait: u64) {
        if self.secret.is_some() {
            let wait = wait + self.dice.between(SECOND, 20 * MINUTE);
            self.after(wait, Event::Unlock(device));
        }
    }

    /// The officer unlocks the vault, or makes it: then everything that they recorded can be read again.
    pub fn unlock(&mut self, device: usize) -> Held {
        let phone = &mut self.devices[device];
        let (Some(secret), Some(shift)) = (self.secret, phone.phone().shift()) else { return Ok(()) };
        if !shift.locked {
            return Ok(());
        }
        let officer = shift.officer.id;
        let opened = phone.doing(|phone| match phone.has_vault(officer) {
            true => phone.unlock(secret),
            false => phone.create_vault(secret),
        });
        let Some(opened) = opened else {
            self.came_back(device, "killed while unlocking");
            return Ok(());
        };
        let phone = &self.devices[device];
        let shut = phone.phone().reads_nothing();
        match opened {
            Ok(()) if shut => Err(format!("I7: phone {device} opens a vault, and may read nothing")),
            Ok(()) => {
                self.note(format_args!("phone {device} is unlocked"));
                self.read_again(device)
            }
            // A kill while it was tried counts as a wrong try.
            Err(UnlockError::Locked { .. }) => Ok(()),
            Err(_) if shut => Ok(()),
            Err(error) => Err(format!("I1: phone {device} cannot be unlocked: {error}")),
        }
    }

    /// What was recorded since the last unlock can be read, and some of what was before.
    fn read_again(&mut self, device: usize) -> Held {
        let mut ids = std::mem::take(&mut self.devices[device].unread);
        let all: Vec<ReferralId> = self.devices[device].kept.written.keys().copied().collect();
        for _ in 0..all.len().min(2) {
            ids.insert(self.dice.pick(&all));
        }
        if self.healed {
            ids.extend(all);
        }
        for id in ids {
            self.model.reads(&self.devices[device], id)?;
        }
        Ok(())
    }
}

/// What the rules say of these facts.
fn verdict(site: &Site, facts: &Facts) -> Verdict {
    assess(&site.pack, &site.zones, facts).expect("an assessment").verdict
}
