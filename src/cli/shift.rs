//! `handoff shift FILE`: plays encounters through the same store, outbox and sync as the app. The first
//! half is recorded with the radio off, the rest with the loop running, until every one has arrived.

use super::Failure;
use super::open::{Data, clock, enrolled, phone_failure, print, read};
use super::record::{Form, officer, save};
use crate::domain::codes::Choice;
use crate::domain::fault;
use crate::domain::ids::{ReferralId, StaffId};
use crate::sync::{Phone, RecordRow, RecordState, UnlockError};
use chrono::FixedOffset;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How long to wait for the last receipt before saying that it has not come.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often to look, should a change be missed.
const LOOK: Duration = Duration::from_millis(500);

/// Arguments of `handoff shift`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The encounters.
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    #[serde(rename = "about")]
    _about: String,
    /// The scene's own clock against UTC, such as `-07:00`.
    utc_offset: FixedOffsetText,
    encounters: Vec<Scene>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scene {
    title: String,
    record: Value,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct FixedOffsetText(FixedOffset);

impl TryFrom<String> for FixedOffsetText {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self).map_err(|_| "an offset is written like -07:00")
    }
}

/// One encounter on its way.
struct Life {
    number: String,
    title: String,
    shown: &'static str,
}

struct Play<'a> {
    phone: &'a Phone,
    offset: FixedOffset,
    lives: BTreeMap<ReferralId, Life>,
    pins: BTreeMap<StaffId, String>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let script: Script =
        fault::read(&read(&args.file)?).map_err(|fault| Failure::Input(format!("{}: {fault}", args.file.display())))?;
    let phone = args.data.open()?;
    enrolled(&phone)?;
    let offset = script.utc_offset.0;
    let mut play = Play { phone: &phone, offset, lives: BTreeMap::new(), pins: BTreeMap::new() };
    let half = script.encounters.len().div_ceil(2);
    let all = script.encounters.len();
    // What cannot be read is found before the first record is made.
    for (index, scene) in script.encounters.iter().enumerate() {
        play.read(scene, &format!("{}/{all}", index + 1))?;
    }
    print("No signal: the radio is off.")?;
    for (index, scene) in script.encounters.into_iter().enumerate() {
        if index == half {
            let health = phone.health().map_err(phone_failure)?;
            print(&format!("Signal is back; {} records wait on this device.", health.unsent))?;
            phone.start_sync();
        }
        play.record(scene, format!("{}/{all}", index + 1))?;
    }
    phone.start_sync();
    super::open::block_on(play.follow())?
}

impl Play<'_> {
    /// The form of one encounter, as of now.
    fn read(&self, scene: &Scene, number: &str) -> Result<Form, Failure> {
        let mut json = scene.record.clone();
        fill_in(&mut json, &self.phone.now().wall.with_timezone(&self.offset).to_rfc3339());
        let form: Form = fault::from_value(json).map_err(|fault| named(number, &fault.to_string()))?;
        officer(self.phone, &form.officer).map_err(|failure| in_scene(number, failure))?;
        Ok(form)
    }

    /// Records one encounter, and says so after it is on the disk.
    fn record(&mut self, scene: Scene, number: String) -> Result<(), Failure> {
        let form = self.read(&scene, &number)?;
        self.take_over(&form)?;
        let choice = form.choice;
        let (saved, verdict) = save(self.phone, form).map_err(|failure| in_scene(&number, failure))?;
        let verdict = verdict.code();
        let life = Life { number, title: scene.title, shown: "saved" };
        let entry: String = saved.entry.to_string().chars().take(12).collect();
        self.say(&life, &format!("saved      {verdict:<16}  {:<10}  entry {entry}", words(choice)))?;
        self.lives.insert(saved.referral, life);
        Ok(())
    }

    /// The officer of the encounter takes the phone. On a device without their vault, one is made, and
    /// its PIN said. A vault that is there stays locked, which stops no recording: nobody stands here who
    /// could unlock it.
    fn take_over(&mut self, form: &Form) -> Result<(), Failure> {
        let card = officer(self.phone, &form.officer)?;
        if self.phone.shift().is_some_and(|shift| shift.officer.id == card.id && !shift.locked) {
            return Ok(());
        }
        if !self.pins.contains_key(&card.id) && self.phone.has_vault(card.id) {
            return self.phone.act_as(card.id, form.unit()).map_err(phone_failure);
        }
        self.phone.start_shift(card.id, form.unit()).map_err(phone_failure)?;
        let locked = |error: UnlockError| Failure::Machine(error.to_string());
        if let Some(pin) = self.pins.get(&card.id) {
            return self.phone.unlock(pin).map_err(locked);
        }
        let pin = self.phone.new_pin().map_err(phone_failure)?;
        self.phone.create_vault(&pin).map_err(locked)?;
        self.pins.insert(card.id, pin.clone());
        print(&format!("          {} is on shift; the PIN of their records here is {pin}.", card.name))
    }

    /// Says each step of each record until all have arrived, or patience ends.
    async fn follow(mut self) -> Result<(), Failure> {
        let mut changes = self.phone.changes();
        let patience = tokio::time::sleep(PATIENCE);
        tokio::pin!(patience);
        loop {
            if self.look()? == 0 {
                return self.sum_up();
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
                () = &mut patience => {
                    let left = self.look()?;
                    return Err(Failure::Machine(format!("{left} records have not arrived; they are kept and sent later")));
                }
            }
        }
    }

    /// Says how it ended: a record that the server would not take has not arrived.
    fn sum_up(&self) -> Result<(), Failure> {
        match self.lives.values().filter(|life| life.shown == "wedged").count() {
            0 => print("All records have reached the agency."),
            left => Err(Failure::Machine(format!("the server would not take {left} records; they are kept here"))),
        }
    }

    /// Says what is new; returns how many have not arrived.
    fn look(&mut self) -> Result<usize, Failure> {
        let mut left = 0;
        for row in self.phone.standings().map_err(phone_failure)?.into_iter().rev() {
            let Some(mut life) = self.lives.remove(&row.referral) else { continue };
            let (state, words) = stage(&row, self.offset);
            left += usize::from(!matches!(state, "received" | "accepted" | "wedged"));
            if state != life.shown && state != "saved" {
                life.shown = state;
                self.say(&life, &words)?;
            }
            self.lives.insert(row.referral, life);
        }
        Ok(left)
    }

    fn say(&self, life: &Life, words: &str) -> Result<(), Failure> {
        let now = clock(self.phone.now().wall, self.offset);
        print(format!("{now}  {:<4}  {:<40}  {words}", life.number, life.title).trim_end())
    }
}

fn named(number: &str, words: &str) -> Failure {
    Failure::Input(format!("encounter {number}: {words}"))
}

fn in_scene(number: &str, failure: Failure) -> Failure {
    match failure {
        Failure::Input(words) => named(number, &words),
        machine @ Failure::Machine(_) => machine,
    }
}

fn stage(row: &RecordRow, offset: FixedOffset) -> (&'static str, String) {
    match &row.state {
        RecordState::Waiting { .. } => ("saved", String::new()),
        RecordState::Sending => ("sending", "sending".to_owned()),
        RecordState::Received { at } => ("received", format!("received   at {}; a case", clock(*at, offset))),
        RecordState::NotACase { received_at } => {
            ("received", format!("received   at {}; for the log", clock(*received_at, offset)))
        }
        RecordState::Accepted { by, at, .. } => {
            ("accepted", format!("accepted   by {} at {}", by.name, clock(*at, offset)))
        }
        RecordState::Withdrawn { at } => ("withdrawn", format!("withdrawn  at {}", clock(*at, offset))),
        RecordState::Wedged { words, .. } => ("wedged", format!("not taken  {words}")),
    }
}

const fn words(choice: Choice) -> &'static str {
    match choice {
        Choice::OfferedAccepted => "accepted",
        Choice::OfferedDeclined => "declined",
        Choice::NotOffered => "not offered",
    }
}

/// Puts the time in place of every `"at": "now"`.
fn fill_in(json: &mut Value, now: &str) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "at" && value == "now" {
                    *value = Value::String(now.to_owned());
                } else {
                    fill_in(value, now);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| fill_in(value, now)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
