//! The sergeant's list of devices: is anything missing, and how does each say that it is?

use crate::store::ListedDevice;
use crate::store::gaps::{ChainState, DeviceWord, Gap};
use crate::words::t;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::ui::parts::{Glyph, Tone};

/// A device that was not heard for so long is marked.
const SILENT: TimeDelta = TimeDelta::hours(24);
/// A clock that is further off than this is marked, in milliseconds.
const OFF_MS: i64 = 60_000;

/// The page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DevicesView {
    /// In one sentence: is anything missing?
    pub summary: String,
    /// Something is.
    pub missing: bool,
    /// Each device: first those of which something is missing.
    pub rows: Vec<DeviceRow>,
}

/// One device.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceRow {
    /// Its id, to name the row.
    pub id: String,
    /// What kind of device.
    pub model: String,
    /// For whom it was enrolled.
    pub officer: String,
    /// When it was last heard.
    pub heard: String,
    /// What came, and what did not, one line for each outbox file.
    pub chains: Vec<String>,
    /// What it holds itself.
    pub waiting: String,
    /// What to look at.
    pub marks: Vec<Mark>,
    weight: u8,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// In a few words.
    pub text: String,
    /// How it weighs.
    pub tone: Tone,
    /// Its drawing.
    pub glyph: Glyph,
}

/// What is known of one device.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The device.
    pub device: &'a ListedDevice,
    /// For whom it was enrolled; empty for one of a crew.
    pub officer: &'a str,
    /// Its chains.
    pub chains: &'a [ChainState],
    /// How it said that it is.
    pub word: Option<&'a DeviceWord>,
}

/// The list, those with something missing first.
pub fn devices(all: &[Known<'_>], now: DateTime<Utc>) -> DevicesView {
    let mut rows: Vec<_> = all.iter().map(|known| row(known, now)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.weight));
    let missing: u64 = all.iter().flat_map(|known| known.chains).flat_map(|chain| &chain.gaps).map(size).sum();
    let lacking = |known: &&Known<'_>| known.chains.iter().any(|chain| !chain.gaps.is_empty());
    let holders = u64::try_from(all.iter().filter(lacking).count()).unwrap_or(u64::MAX);
    let summary = match missing {
        0 => String::from(t!("devices-nothing-is-missing-below-the")),
        1 => String::from(t!("devices-one-missing")),
        _ => t!("devices-many-missing", n = missing, devices = t!("devices-n", n = holders)),
    };
    DevicesView { summary, missing: missing > 0, rows }
}

const fn size(gap: &Gap) -> u64 {
    gap.to.saturating_sub(gap.from) + 1
}

fn row(known: &Known<'_>, now: DateTime<Utc>) -> DeviceRow {
    let device = known.device;
    let marks = marks(known, now);
    let weight = marks.iter().map(|mark| weight(mark.tone)).max().unwrap_or(0);
    DeviceRow {
        id: device.id.to_string(),
        model: device.model.clone(),
        officer: if known.officer.is_empty() { String::from(t!("devices-a-crew")) } else { known.officer.to_owned() },
        heard: known
            .word
            .map_or_else(|| String::from(t!("devices-never")), |word| t!("devices-ago", time = span(now - word.seen))),
        chains: chains(known.chains, now),
        waiting: known.word.map_or_else(|| String::from(t!("after-not-known")), |word| waiting(word, now)),
        marks,
        weight,
    }
}

const fn weight(tone: Tone) -> u8 {
    match tone {
        Tone::Bad => 3,
        Tone::Warn => 2,
        Tone::Info => 1,
        Tone::Good | Tone::Plain => 0,
    }
}

fn chains(all: &[ChainState], now: DateTime<Utc>) -> Vec<String> {
    let many = all.len() > 1;
    let line = |(i, chain): (usize, &ChainState)| {
        let line = chain_line(chain, now);
        if many { t!("devices-file", n = i + 1, what = line) } else { line }
    };
    if all.is_empty() {
        vec![String::from(t!("devices-no-record-yet"))]
    } else {
        all.iter().enumerate().map(line).collect()
    }
}

/// `1–42 complete; 43 missing for 2 h`.
fn chain_line(chain: &ChainState, now: DateTime<Utc>) -> String {
    let Some(first) = chain.gaps.first() else { return t!("devices-complete", range = range(1, chain.head)) };
    let begin = match first.from {
        1 => String::new(),
        from => t!("devices-complete", range = range(1, from - 1)) + "; ",
    };
    let gaps: Vec<_> = chain
        .gaps
        .iter()
        .map(|gap| t!("devices-missing-for", range = range(gap.from, gap.to), time = span(now - gap.since)))
        .collect();
    format!("{begin}{}; {}", gaps.join(", "), t!("devices-up-to", n = chain.head.to_string()))
}

fn range(from: u64, to: u64) -> String {
    if from >= to { to.to_string() } else { format!("{from}\u{2013}{to}") }
}

fn waiting(word: &DeviceWord, now: DateTime<Utc>) -> String {
    let Some(oldest) = word.oldest_unsent_s.filter(|_| word.unsent > 0) else {
        return String::from(t!("devices-nothing-unsent"));
    };
    let age = TimeDelta::seconds(i64::try_from(oldest).unwrap_or(0)) + (now - word.seen).max(TimeDelta::zero());
    t!("devices-unsent", n = word.unsent, time = span(age))
}

fn marks(known: &Known<'_>, now: DateTime<Utc>) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut mark = |tone, glyph, text: String| marks.push(Mark { text, tone, glyph });
    let missing: u64 = known.chains.iter().flat_map(|chain| &chain.gaps).map(size).sum();
    if missing > 0 {
        mark(Tone::Bad, Glyph::Question, t!("devices-missing", n = missing));
    }
    let conflicts: u64 = known.chains.iter().map(|chain| chain.conflicts).sum();
    if conflicts > 0 {
        mark(Tone::Warn, Glyph::Alert, t!("devices-twice", n = conflicts));
    }
    if let Some(at) = known.device.revoked {
        mark(Tone::Info, Glyph::Lock, t!("devices-revoked", time = span(now - at)));
    } else if !known.device.confirmed {
        mark(Tone::Warn, Glyph::Lock, String::from(t!("devices-waits-to-be-confirmed")));
    }
    let Some(word) = known.word else { return marks };
    if word.wedged > 0 {
        mark(Tone::Bad, Glyph::Alert, t!("devices-not-taken", n = word.wedged));
    }
    if word.set_aside > 0 {
        mark(Tone::Bad, Glyph::Alert, t!("devices-set-aside", n = word.set_aside));
    }
    if word.offset_ms.abs() > OFF_MS {
        let off = span(TimeDelta::milliseconds(word.offset_ms).abs());
        let text = if word.offset_ms > 0 { t!("devices-fast", time = off) } else { t!("devices-slow", time = off) };
        mark(Tone::Warn, Glyph::Clock, text);
    }
    if now - word.seen > SILENT {
        mark(Tone::Warn, Glyph::Clock, t!("devices-not-heard", time = span(now - word.seen)));
    }
    marks
}

/// A length of time in its largest unit: `45 s`, `12 min`, `2 h`, `3 days`.
fn span(time: TimeDelta) -> String {
    match (time.num_days(), time.num_hours(), time.num_minutes()) {
        (2.., _, _) => t!("age-days", n = time.num_days()),
        (_, 2.., _) => format!("{} h", time.num_hours()),
        (_, _, 2..) => format!("{} min", time.num_minutes()),
        _ => format!("{} s", time.num_seconds().max(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use handoff::domain::ids::{ChainId, DeviceId};
    use uuid::Uuid;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + hour * 3600, 0).unwrap()
    }

    fn device(n: u128) -> ListedDevice {
        let (id, model) = (DeviceId(Uuid::from_u128(n)), String::from("Pixel 9"));
        ListedDevice { id, model, officer: None, enrolled: at(0), revoked: None, confirmed: true }
    }

    fn chain(head: u64, gaps: &[(u64, u64)]) -> ChainState {
        let gaps = gaps.iter().map(|(from, to)| Gap { from: *from, to: *to, since: at(10) }).collect();
        ChainState {
            chain: ChainId(Uuid::from_u128(1)),
            device: DeviceId(Uuid::from_u128(1)),
            head,
            gaps,
            conflicts: 0,
        }
    }

    fn word() -> DeviceWord {
        DeviceWord {
            device: DeviceId(Uuid::from_u128(1)),
            unsent: 0,
            wedged: 0,
            oldest_unsent_s: None,
            set_aside: 0,
            offset_ms: 900,
            app: "0.1.0".into(),
            seen: at(11),
        }
    }

    #[test]
    fn what_came_and_what_is_missing_is_told_in_one_line() {
        let table = [
            (chain(42, &[]), "1\u{2013}42 complete"),
            (chain(1, &[]), "1 complete"),
            (chain(44, &[(43, 43)]), "1\u{2013}42 complete; 43 missing for 2 h; up to 44 received"),
            (chain(9, &[(1, 3), (5, 8)]), "1\u{2013}3 missing for 2 h, 5\u{2013}8 missing for 2 h; up to 9 received"),
        ];
        for (chain, said) in table {
            assert_eq!(chain_line(&chain, at(12)), said);
        }
    }

    #[test]
    fn a_device_with_something_missing_comes_first_and_a_good_one_has_no_mark() {
        let (good, bad) = (device(1), device(2));
        let (whole, holed) = ([chain(7, &[])], [chain(44, &[(43, 43)])]);
        let healthy = word();
        let ill = DeviceWord {
            unsent: 3,
            wedged: 1,
            oldest_unsent_s: Some(3600),
            set_aside: 1,
            offset_ms: -120_000,
            seen: at(-20),
            ..word()
        };
        let all = [
            Known { device: &good, officer: "Reyes", chains: &whole, word: Some(&healthy) },
            Known { device: &bad, officer: "", chains: &holed, word: Some(&ill) },
        ];
        let view = devices(&all, at(12));
        assert_eq!(view.summary, "1 record has not come yet.");
        assert_eq!(view.rows.iter().map(|row| row.officer.as_str()).collect::<Vec<_>>(), ["A crew", "Reyes"]);
        assert_eq!(view.rows[1].heard, "60 min ago");
        assert!(view.rows[1].marks.is_empty(), "{:?}", view.rows[1].marks);
        let marks: Vec<_> = view.rows[0].marks.iter().map(|mark| mark.text.as_str()).collect();
        assert_eq!(marks, ["1 missing", "1 not taken", "1 file set aside", "Clock 2 min slow", "Not heard for 32 h"]);
        assert_eq!(view.rows[0].waiting, "3 unsent, the oldest for 33 h");
        assert!(!devices(&all[..1], at(12)).missing);
    }
}
