//! `handoff status`: exactly what is not safe yet, how old it is, and why.

use super::Failure;
use super::open::{Data, enrolled, phone_failure, print};
use crate::domain::wire::{Health, StaffCard};
use crate::sync::{Alarm, AlarmRow, Enrolment, Phone, RecordRow, RecordState};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

/// Arguments of `handoff status`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Data,
}

/// What is printed with `--json`. Names no participant.
#[derive(Serialize)]
struct Report {
    agency: String,
    server: String,
    device: String,
    health: Health,
    unreadable_files: Vec<String>,
    /// How many of them may hold records that have not arrived.
    unreadable_outboxes: usize,
    revoked: bool,
    /// Nothing recorded can be read on this device any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reads_nothing: bool,
    /// What of the agency's log contradicted what this device saw, with both sides as they were signed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alarms: Vec<Contradiction>,
    /// What it cost that the server was restored from an older copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    restored: Option<Restored>,
    records: Vec<Line>,
}

#[derive(Serialize)]
struct Contradiction {
    kind: String,
    at: DateTime<Utc>,
    kept: String,
    heard: String,
}

/// Entries.
#[derive(Serialize)]
struct Restored {
    void_receipts: u64,
    waiting: u64,
    gone: u64,
}

#[derive(Serialize)]
struct Line {
    referral: String,
    choice: &'static str,
    saved_at: DateTime<Utc>,
    age_s: i64,
    safe: bool,
    state: &'static str,
    why: Option<String>,
    why_since: Option<DateTime<Utc>>,
    action: Option<&'static str>,
    attempts: Option<u32>,
    by: Option<String>,
    at: Option<DateTime<Utc>>,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let phone = args.data.open()?;
    let report = report(&phone)?;
    if args.json {
        let json = serde_json::to_string_pretty(&report).map_err(|e| Failure::Machine(e.to_string()))?;
        return print(&json);
    }
    for line in words(&report) {
        print(&line)?;
    }
    Ok(())
}

fn report(phone: &Phone) -> Result<Report, Failure> {
    let Enrolment { agency, server, device } = enrolled(phone)?;
    let now = phone.now().wall;
    let mut records: Vec<Line> = phone.standings().map_err(phone_failure)?.iter().map(|row| line(row, now)).collect();
    records.sort_by_key(|line| (line.safe, std::cmp::Reverse(line.age_s)));
    Ok(Report {
        agency,
        server,
        device: device.to_string(),
        health: phone.health().map_err(phone_failure)?,
        unreadable_files: phone.unreadable_files(),
        unreadable_outboxes: phone.only_here().map_err(phone_failure)?.files,
        revoked: phone.is_revoked(),
        reads_nothing: phone.reads_nothing(),
        alarms: alarms(phone)?,
        restored: restored(phone)?,
        records,
    })
}

fn alarms(phone: &Phone) -> Result<Vec<Contradiction>, Failure> {
    let alarms = phone.alarms().map_err(phone_failure)?.into_iter();
    let row = |row: AlarmRow| Contradiction { kind: row.kind, at: row.at, kept: row.kept, heard: row.heard };
    Ok(alarms.map(row).collect())
}

fn restored(phone: &Phone) -> Result<Option<Restored>, Failure> {
    let voided = phone.voided().map_err(phone_failure)?;
    let restored = Restored { void_receipts: voided.receipts, waiting: voided.waiting, gone: voided.gone };
    Ok((voided.receipts > 0).then_some(restored))
}

fn line(row: &RecordRow, now: DateTime<Utc>) -> Line {
    let mut line = Line {
        referral: row.referral.to_string(),
        choice: row.choice.code(),
        saved_at: row.saved_at,
        age_s: (now - row.saved_at).num_seconds().max(0),
        safe: true,
        state: "",
        why: None,
        why_since: None,
        action: None,
        attempts: None,
        by: None,
        at: None,
    };
    match &row.state {
        RecordState::Waiting { why, why_since, attempts, .. } => {
            (line.state, line.safe) = ("waiting", false);
            (line.why, line.why_since, line.attempts) = (Some(why.words().to_owned()), *why_since, Some(*attempts));
        }
        RecordState::Sending => (line.state, line.safe) = ("sending", false),
        RecordState::Wedged { words, action, detail, .. } => {
            (line.state, line.safe, line.action) = ("wedged", false, Some(*action));
            line.why = Some(format!("{words} {detail}").trim_end().to_owned());
        }
        RecordState::Received { at } => (line.state, line.at) = ("received", Some(*at)),
        RecordState::NotACase { received_at } => (line.state, line.at) = ("received", Some(*received_at)),
        RecordState::Withdrawn { at } => (line.state, line.at) = ("withdrawn", Some(*at)),
        RecordState::Accepted { by: StaffCard { name, .. }, at, .. } => {
            (line.state, line.at, line.by) = ("accepted", Some(*at), Some(name.clone()));
        }
    }
    line
}

fn words(report: &Report) -> Vec<String> {
    let mut lines = vec![format!("{}, device {}", report.agency, report.device)];
    let unsafe_lines: Vec<&Line> = report.records.iter().filter(|line| !line.safe).collect();
    if report.revoked {
        lines.push("The server has revoked this device. What is recorded here is still sent.".to_owned());
    }
    if !report.alarms.is_empty() {
        lines.push(Alarm::WORDS.join(" "));
    }
    if let Some(Restored { void_receipts, waiting, gone }) = &report.restored {
        lines.push(format!(
            "The server was restored from an old copy: {void_receipts} records were offered again, {waiting} of them \
             wait, {gone} are lost."
        ));
    }
    match unsafe_lines.len() {
        0 if report.unreadable_outboxes > 0 => {
            lines.push(
                "What can be read here has reached the agency. What is in the files below may not have.".to_owned(),
            );
        }
        0 => lines.push("Everything recorded here has reached the agency.".to_owned()),
        1 => lines.push("1 record is on this device only:".to_owned()),
        n => lines.push(format!("{n} records are on this device only:")),
    }
    for line in unsafe_lines {
        let tries = line.attempts.map_or(String::new(), tries);
        let why = line.why.as_deref().unwrap_or("It is on its way.");
        let so_long = line.why_since.map_or(String::new(), |since| so_long(report.health.wall - since));
        lines.push(format!(
            "  {}  {:<17}  {:<8}  {:>7} old{tries}  {why}{so_long}",
            line.referral,
            line.choice,
            line.state,
            age(line.age_s)
        ));
        lines.extend(line.action.map(|action| format!("      {action}")));
    }
    for name in &report.unreadable_files {
        lines.push(format!("  {name} could not be read, and is kept. Show it to your administrator."));
    }
    lines
}

/// For how long the reason has been the same.
fn so_long(time: TimeDelta) -> String {
    format!(" It has been so for {}.", age(time.num_seconds().max(0)))
}

/// How often a record was sent in vain.
fn tries(attempts: u32) -> String {
    match attempts {
        0 => String::new(),
        1 => String::from(", 1 try"),
        n => format!(", {n} tries"),
    }
}

/// An age in the largest unit that says enough.
fn age(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}
