//! People at the console, and what the server says to each call.

use crate::model::Held;
use crate::station::{Answer, Case};
use crate::time::SECOND;
use crate::world::{Arriving, World};
use axum::body::Body;
use axum::http::Request;
use handoff::domain::ids::{DeviceId, ReferralId};
use handoff::domain::wire::{EntriesReply, EntryResult, ReceiptBody};
use handoff::seal::Tag;
use handoff::sync::Reply;
use std::collections::{BTreeMap, BTreeSet};

/// Who may do what, by the login of the demo.
const MANAGERS: [&str; 2] = ["okafor", "tran"];
const SERGEANT: &str = "hughes";

/// So often in a thousand does the server sign its log after a call: it does so a few times a second.
const SIGNED: u64 = 120;

#[derive(Default)]
pub struct People {
    cookies: BTreeMap<&'static str, String>,
    pub revoked: BTreeSet<DeviceId>,
    /// The server failed while it revoked them: nobody knows.
    pub in_doubt: BTreeSet<DeviceId>,
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Accept,
    AcceptBoth,
    Inbox,
    Log,
    WrongRole,
    Stranger,
    Revoke,
}

impl World {
    /// Someone at the console does something.
    pub fn person(&mut self) -> Held {
        const ACTS: [(u64, Act); 7] = [
            (40, Act::Accept),
            (16, Act::AcceptBoth),
            (3, Act::Inbox),
            (3, Act::Log),
            (6, Act::WrongRole),
            (4, Act::Stranger),
            (3, Act::Revoke),
        ];
        let act = self.dice.weighted(&ACTS);
        if !self.station.runs() {
            return Ok(());
        }
        match act {
            Act::Accept => self.accept_one(1),
            Act::AcceptBoth => {
                self.count("people: two accept at once");
                self.accept_one(2)
            }
            Act::Inbox => self.reads(MANAGERS[0], "/inbox"),
            Act::Log => self.reads(SERGEANT, "/log"),
            Act::WrongRole => self.wrong_role(),
            Act::Stranger => self.stranger(),
            Act::Revoke => self.revoke(),
        }
    }

    fn reads(&mut self, who: &'static str, path: &str) -> Held {
        let answer = self.page(who, "GET", path);
        self.note(format_args!("{who} reads {path}: {}", answer.status));
        Ok(())
    }

    /// Pages that belong to others.
    fn wrong_role(&mut self) -> Held {
        self.count("people: a page of another role");
        for (who, path) in [(MANAGERS[1], "/log"), (SERGEANT, "/inbox")] {
            let status = self.page(who, "GET", path).status;
            self.note(format_args!("{who} tries {path}: {status}"));
            if status < 400 {
                return Err(format!("I7: {who} reads {path}"));
            }
        }
        Ok(())
    }

    /// Calls of someone whom nobody let in.
    fn stranger(&mut self) -> Held {
        self.count("people: calls without a token");
        for (method, path) in [("GET", "/v1/feed"), ("POST", "/v1/entries"), ("GET", "/inbox"), ("GET", "/log")] {
            let request = Request::builder().method(method).uri(path).header("authorization", "Bearer AAAA");
            let status = self.station.answer(request.body(Body::empty()).unwrap()).status;
            if status < 400 {
                return Err(format!("I7: a stranger gets {status} for {path}"));
            }
        }
        Ok(())
    }

    fn revoke(&mut self) -> Held {
        let device = usize::try_from(self.dice.between(0, self.devices.len() as u64)).unwrap();
        let Some(id) = self.devices[device].kept.id.filter(|_| self.people.revoked.is_empty()) else { return Ok(()) };
        let app = self.station.app().clone();
        let done = self.station.block_on(app.revoke(id));
        self.note(format_args!("phone {device} is revoked: {}", done.is_ok()));
        self.count("people: a phone revoked");
        let kept = if done.is_ok() { &mut self.people.revoked } else { &mut self.people.in_doubt };
        kept.insert(id);
        Ok(())
    }

    /// So many case managers take the same open case.
    fn accept_one(&mut self, at_once: usize) -> Held {
        let open = self.open_cases();
        if open.is_empty() {
            return Ok(());
        }
        let referral = self.dice.pick(&open);
        self.take(referral, at_once)
    }

    fn take(&mut self, referral: ReferralId, at_once: usize) -> Held {
        let number = self.model.referrals.get(&referral).map_or(0, |promise| promise.number);
        let mut winners = Vec::new();
        for who in MANAGERS.into_iter().take(at_once) {
            let status = self.page(who, "POST", &format!("/referrals/{referral}/accept")).status;
            self.note(format_args!("{who} takes encounter {number}: {status}"));
            if status == 303 {
                winners.push(who);
            }
        }
        if winners.len() > 1 {
            return Err(format!("I2: two people were told that encounter {number} is theirs"));
        }
        if !self.station.runs() {
            return Ok(());
        }
        let Some(case) = self.station.case(referral) else { return Err(format!("I2: case {number} is gone")) };
        if winners.first().is_some_and(|who| !case.is_with(self.station.staff(who))) {
            return Err(format!("I4: encounter {number} was given to one who does not have it"));
        }
        self.model.follow(referral, case).map_err(|why| format!("I2: encounter {number}: {why}"))
    }

    /// Cases that nobody has.
    fn open_cases(&self) -> Vec<ReferralId> {
        self.model.cases.iter().filter(|(_, case)| case.waits()).map(|(referral, _)| *referral).collect()
    }

    /// At the end every open case is taken.
    pub fn take_every_case(&mut self) -> Held {
        self.model.look(&self.station)?;
        let open = self.open_cases();
        for referral in open {
            self.take(referral, 1)?;
            if self.model.cases.get(&referral).is_none_or(Case::waits) {
                return Err("I4: a case that nobody can take".into());
            }
        }
        for device in 0..self.devices.len() {
            self.wake_in(device, SECOND);
        }
        Ok(())
    }

    /// A page as someone who is signed in gets it, or the answer to their form.
    fn page(&mut self, who: &'static str, method: &str, path: &str) -> Answer {
        let mut answer = self.page_once(who, method, path);
        if answer.status == 401 {
            self.sign_in(who);
            answer = self.page_once(who, method, path);
        }
        answer
    }

    fn page_once(&self, who: &str, method: &str, path: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", self.people.cookies.get(who).map_or("", String::as_str));
        let form = if method == "POST" { "when=10&time=&place=scene&note=" } else { "" };
        self.station.answer(request.body(Body::from(form)).unwrap())
    }

    fn sign_in(&mut self, who: &'static str) {
        let app = self.station.app().clone();
        let Ok(link) = self.station.block_on(app.invite(who)) else { return };
        let path = link.split_once("/in/").map_or(String::new(), |(_, token)| format!("/in/{token}"));
        let request = Request::builder().method("POST").uri(path).header("sec-fetch-site", "same-origin");
        let answer = self.station.answer(request.body(Body::empty()).unwrap());
        if let Some(cookie) = answer.header("set-cookie") {
            self.people.cookies.insert(who, cookie.split(';').next().unwrap_or_default().to_owned());
        }
    }

    /// The server answers a phone; what it says is held against what it wrote.
    pub fn ask(&mut self, call: Arriving) -> Result<Reply, String> {
        let (device, life, is_feed) = (call.device, call.life, call.path.starts_with("/v1/feed"));
        let mut request = Request::builder().method(call.method).uri(&call.path);
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        if call.method == "POST" {
            request = request.header("content-type", "application/json");
        }
        let answer = self.station.answer(request.body(Body::from(call.body)).unwrap());
        self.note(format_args!("the server answers phone {device}: {}{}", answer.status, told(&answer.body)));
        self.model.look(&self.station)?;
        let phone = &self.devices[device];
        let revoked = phone.kept.id.is_some_and(|id| self.people.revoked.contains(&id)) && phone.life == life;
        if is_feed && revoked && answer.status == 200 {
            return Err("I7: a revoked phone reads the feed".into());
        }
        self.receipts(&answer)?;
        if self.dice.permille(SIGNED) {
            self.witness.sign(&self.station)?;
        }
        self.witness.hears(&self.station, &answer.body)?;
        Ok(Reply {
            status: answer.status,
            content_type: answer.header("content-type"),
            retry_after_s: answer.header("retry-after").and_then(|value| value.parse().ok()),
            body: answer.body,
        })
    }

    fn receipts(&mut self, answer: &Answer) -> Held {
        let Ok(reply) = serde_json::from_slice::<EntriesReply>(&answer.body) else { return Ok(()) };
        let public = self.station.app().keys().server.public().map_err(|error| error.to_string())?;
        for answer in reply.answers {
            let EntryResult::Receipt(signed) = answer.result else { continue };
            let body: ReceiptBody = public
                .open(Tag::Receipt, &signed)
                .map_err(|_| "I1: a receipt that the server's own key does not hold".to_owned())?;
            if body.entry != answer.entry {
                return Err("I1: a receipt for another entry".into());
            }
            self.model.receipted(body.entry, body.epoch, body.position)?;
        }
        Ok(())
    }
}

/// What became of each entry, in a letter.
fn told(body: &[u8]) -> String {
    let Ok(reply) = serde_json::from_slice::<EntriesReply>(body) else { return String::new() };
    let letters = reply.answers.iter().map(|answer| match &answer.result {
        EntryResult::Receipt(_) => "r".to_owned(),
        EntryResult::Refused { reason, .. } => format!("{reason:?}"),
    });
    format!(" {}", letters.collect::<Vec<_>>().join(" "))
}
