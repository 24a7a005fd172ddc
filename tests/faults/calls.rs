//! A call's way from a phone to the server and back, and what happens to it.

use crate::disk::Commits;
use crate::mischief::{self, Mischief};
use crate::model::Held;
use crate::network::{Fate, Outgoing};
use crate::world::{Arriving, Event, World};
use handoff::sync::{NoReply, Reply};

impl World {
    pub fn send(&mut self, device: usize, Outgoing { id, call }: Outgoing) {
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

    pub fn arrive(&mut self, call: Arriving) -> Held {
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

    pub fn answer(&mut self, device: usize, (life, id): (u32, u64), reply: Result<Reply, NoReply>) -> Held {
        if self.devices[device].life != life {
            return Ok(());
        }
        if self.devices[device].step_kills() {
            self.came_back(device, "killed as the answer came");
            return Ok(());
        }
        self.devices[device].heard |= reply.is_ok();
        self.devices[device].wire.0.lock().unwrap().came.insert(id, reply);
        self.go_on(device)
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
