//! The end of a world: everything works again, everything arrives, and what must be true is looked at once more.

use crate::canary;
use crate::device::Device;
use crate::model::Held;
use crate::network::Weather;
use crate::time::{MINUTE, SECOND};
use crate::world::World;
use handoff::domain::ids::ReferralId;
use handoff::sync::{RecordRow, RecordState};
use std::collections::BTreeSet;

impl World {
    /// Everything works again, and people do what they are asked to.
    pub fn heal(&mut self) -> Held {
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
            self.save_again(device)?;
            self.let_in(device, SECOND);
            self.wake_in(device, 10 * MINUTE);
        }
        self.note(format_args!("everything works again"));
        Ok(())
    }

    /// Nothing that the server could take lies wedged until an officer taps "send again": what two phones of one chain
    /// wrote arrives by itself, whatever was restored. What a lost key signed is refused for good.
    pub fn nothing_waits_for_a_tap(&self) -> Held {
        for device in &self.devices {
            for row in device.phone().standings().map_err(|error| error.to_string())? {
                if let RecordState::Wedged { reason, .. } = row.state
                    && !device.kept.deaf.contains(&row.referral)
                {
                    let number = self.model.referrals.get(&row.referral).map_or(0, |promise| promise.number);
                    return Err(format!("I1: encounter {number} waits on phone {} for a tap: {reason}", device.name));
                }
            }
        }
        Ok(())
    }

    /// Nothing waits for a receipt, no save is unfinished.
    pub fn is_drained(&self) -> bool {
        self.devices
            .iter()
            .all(|device| device.kept.unfinished.is_empty() && device.run.is_none() && device.under_way() == 0)
    }

    pub fn left_over(&self) -> String {
        let of = |device: &Device| {
            let waiting = device.under_way();
            format!("phone {}: {waiting} wait, {} unfinished", device.name, device.kept.unfinished.len())
        };
        self.devices.iter().map(of).collect::<Vec<_>>().join("; ")
    }

    pub fn at_rest(&mut self) -> Held {
        self.model.forgetful = false;
        self.model.look(&self.station)?;
        self.model.look_again(&self.station)?;
        let mut stranded = BTreeSet::new();
        for device in &self.devices {
            self.model.look_at(device)?;
            stranded.extend(device.kept.stranded.iter().copied());
            // Nor can it be offered again to a restored server.
            stranded.extend(self.refused_for_good(device)?);
        }
        self.model.settled(&stranded)?;
        for device in 0..self.devices.len() {
            self.phone_at_rest(device)?;
            self.unlock(device)?;
        }
        self.witness.at_rest(&self.station, &self.model)?;
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
        let rows = device.phone().standings().map_err(|error| error.to_string())?;
        let refused = |row: &RecordRow| {
            device.kept.deaf.contains(&row.referral) && matches!(row.state, RecordState::Wedged { .. })
        };
        Ok(rows.into_iter().filter(refused).map(|row| row.referral).collect())
    }

    /// What one phone shows when all is done.
    fn phone_at_rest(&mut self, device: usize) -> Held {
        let phone = &self.devices[device];
        let rows = phone.phone().standings().map_err(|error| error.to_string())?;
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
        let kept = &phone.kept;
        let revoked = kept.id.is_some_and(|id| self.people.revoked.contains(&id) || self.people.in_doubt.contains(&id));
        // A phone that is revoked, or was let in anew, hears nothing of what it sent before.
        let deaf = revoked || kept.deaf.contains(&id);
        let case = self.model.cases.get(&id);
        match state {
            RecordState::Wedged { .. } if kept.stranded.contains(&id) || kept.deaf.contains(&id) => Ok('w'),
            RecordState::Waiting { .. } | RecordState::Sending | RecordState::Wedged { .. } => {
                Err("I1: it is still not safe".into())
            }
            RecordState::Withdrawn { .. } if self.model.is_taken_back(id) => Ok('x'),
            RecordState::Withdrawn { .. } => Err("I2: it shows as taken back, and nobody did".into()),
            _ if kept.withdrew.contains(&id) => Err("I2: it was taken back here, and is shown otherwise".into()),
            RecordState::Accepted { by, .. } if case.is_some_and(|case| case.is_with(by.id)) => Ok('a'),
            RecordState::Accepted { .. } | RecordState::Received { .. } if deaf => Ok('o'),
            RecordState::Accepted { .. } => Err("I2: it shows another case manager than the one who has it".into()),
            RecordState::Received { .. } => {
                Err("I4: someone has it, or it is closed, and the officer never hears".into())
            }
            RecordState::NotACase { .. } => Ok('n'),
        }
    }
}
