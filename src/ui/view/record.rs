//! A record's state in words: what is safe, what is not, how old, and why.

use super::home::{CallView, DraftView, Group, HomeView, OfficerView, RecordView, SafetyView, Warning};
use super::model::{Model, accepted, is_unsent};
use super::saved::{Moment, PlaceAsk};
use crate::domain::stage::MeetPlace;
use crate::domain::wire::{Meet, StaffCard};
use crate::platform::disk::Room;
use crate::sync::{Alarm, Hold};
use crate::sync::{RecordRow, RecordState, StoredDraft};
use crate::ui::form::Form;
use crate::ui::parts::{Glyph, Labels, Tone, age_words, words as codes};

impl Model {
    /// The list.
    pub fn home(&self) -> HomeView {
        let mut look = Vec::new();
        let mut unsafe_yet = Vec::new();
        let mut safe = Vec::new();
        for row in &self.records {
            let group = match &row.state {
                RecordState::Wedged { .. } => &mut look,
                RecordState::Waiting { .. } | RecordState::Sending => &mut unsafe_yet,
                RecordState::Received { .. }
                | RecordState::Accepted { .. }
                | RecordState::NotACase { .. }
                | RecordState::Withdrawn { .. } => &mut safe,
            };
            group.push(self.row(row));
        }
        let group = |title: &str, rows| Group { title: title.to_owned(), rows };
        HomeView {
            who: self.who(),
            locked: !self.reads_nothing && self.shift.as_ref().is_none_or(|shift| shift.locked),
            can_lock: !self.reads_nothing && self.shift.as_ref().is_some_and(|shift| !shift.locked),
            revoked: self.out_of_service(),
            alarm: self.alarm.then(log_alarm),
            room: room(self.room),
            safety: self.safety(),
            on_call: self.on_call.first().map(call),
            rota: self.ahead.is_some(),
            nobody: self.ahead.is_some() && self.on_call.is_empty(),
            drafts: self.drafts.iter().map(|draft| self.draft(draft)).collect(),
            groups: vec![group("Needs you", look), group("Not safe yet", unsafe_yet), group("Safe", safe)],
            unreadable: self.unreadable.clone(),
        }
    }

    /// Officers to choose from.
    pub fn officer_views(&self) -> Vec<OfficerView> {
        let view = |card: &StaffCard| OfficerView { id: card.id, name: card.name.clone(), serial: card.serial.clone() };
        self.officers.iter().map(view).collect()
    }

    fn out_of_service(&self) -> Option<&'static str> {
        match (self.reads_nothing, self.revoked) {
            (true, _) => Some(
                "Earlier records can no longer be read here. What you record is kept until you save it, and is then \
                 delivered. Tell your administrator.",
            ),
            (false, true) => Some("What you record is still delivered. Tell your administrator."),
            (false, false) => None,
        }
    }

    fn who(&self) -> String {
        let Some(shift) = &self.shift else { return String::new() };
        format!("{}, {}", shift.officer.name, shift.unit)
    }

    /// What is not safe on the whole phone: colleagues' records count, and so do files set aside.
    fn safety(&self) -> SafetyView {
        let unsent: Vec<&RecordRow> = self.records.iter().filter(|row| is_unsent(&row.state)).collect();
        let aside = (!self.unreadable.is_empty()).then_some("A file was set aside: what it holds may not be safe.");
        let saved = unsent.iter().map(|row| row.saved_at).chain(self.others_unsent.iter().copied());
        let Some(oldest) = saved.min() else {
            let ready = if self.records.is_empty() { "Ready" } else { "Everything is safe" };
            let (tone, glyph, headline) = match aside {
                None => (Tone::Good, Glyph::Check, ready),
                Some(_) => (Tone::Bad, Glyph::Alert, "Not everything is safe"),
            };
            return SafetyView { tone, glyph, headline: headline.to_owned(), detail: aside.map(String::from) };
        };
        let why = unsent.iter().find_map(|row| match &row.state {
            RecordState::Waiting { why, .. } => Some(why.words().to_owned()),
            RecordState::Sending
            | RecordState::Received { .. }
            | RecordState::Accepted { .. }
            | RecordState::Wedged { .. }
            | RecordState::Withdrawn { .. }
            | RecordState::NotACase { .. } => None,
        });
        let others = match self.others_unsent.len() {
            0 => None,
            n => Some(format!("{n} saved by colleagues on this phone.")),
        };
        let age = format!("Oldest {}.", age_words(self.now - oldest));
        let detail: Vec<String> = [Some(age), why, others, aside.map(String::from)].into_iter().flatten().collect();
        SafetyView {
            tone: Tone::Warn,
            glyph: Glyph::Upload,
            headline: format!("{} not safe yet", unsent.len() + self.others_unsent.len()),
            detail: Some(detail.join(" ")),
        }
    }

    fn row(&self, row: &RecordRow) -> RecordView {
        let arrival = self.arrival(row);
        let state = self.hand_off(row).unwrap_or(arrival);
        let wedged =
            if let RecordState::Wedged { action, .. } = &row.state { Some((*action).to_owned()) } else { None };
        let asks = self.place(row) == PlaceAsk::Asks;
        let action = wedged.or_else(|| asks.then(|| String::from("The place is not sure: say where it was.")));
        RecordView {
            referral: row.referral,
            title: title(row),
            age: self.time(row.saved_at),
            state: state.title,
            detail: state.detail,
            action,
            tone: state.tone,
            glyph: state.glyph,
        }
    }

    /// Whether it is with the agency, and if not, why.
    pub(super) fn arrival(&self, row: &RecordRow) -> Moment {
        match &row.state {
            RecordState::Waiting { since, why, attempts, .. } => {
                let glyph = if *why == Hold::NoConnection { Glyph::Offline } else { Glyph::Upload };
                let tried = if *attempts > 1 { format!(" Tried {attempts} times.") } else { String::new() };
                let title = format!("Not safe yet, {}", age_words(self.now - *since));
                moment(&title, Some(format!("{}{tried}", why.words())), Tone::Warn, glyph)
            }
            RecordState::Sending => moment("Sending now", None, Tone::Info, Glyph::Upload),
            RecordState::Received { at }
            | RecordState::Accepted { at, .. }
            | RecordState::Withdrawn { at }
            | RecordState::NotACase { received_at: at } => {
                let detail = matches!(row.state, RecordState::Received { .. } | RecordState::NotACase { .. });
                moment("Safe with the agency", detail.then(|| self.time(*at)), Tone::Good, Glyph::Check)
            }
            RecordState::Wedged { words, detail, .. } => {
                let detail = Some(detail.clone()).filter(|detail| !detail.is_empty());
                moment(words, detail, Tone::Bad, Glyph::Alert)
            }
        }
    }

    /// Who has it; nothing for a record that makes no case, or is not with the agency yet.
    pub(super) fn hand_off(&self, row: &RecordRow) -> Option<Moment> {
        match &row.state {
            RecordState::Accepted { by, at, meet } => {
                let title = format!("Accepted by {} at {}", by.name, self.time(*at));
                Some(moment(&title, meet.map(|meet| self.meeting(meet)), Tone::Good, Glyph::Person))
            }
            RecordState::Received { at } if accepted(row.choice) => {
                let waited = age_words(self.now - *at);
                let title = format!("Received. No case manager has it yet, {waited}");
                Some(moment(&title, None, Tone::Info, Glyph::Clock))
            }
            RecordState::Withdrawn { at } => {
                let title = format!("Taken back, and the agency has it. {}", self.time(*at));
                Some(moment(&title, Some(String::from("Nobody goes.")), Tone::Info, Glyph::Cross))
            }
            RecordState::Received { .. }
            | RecordState::Waiting { .. }
            | RecordState::Sending
            | RecordState::Wedged { .. }
            | RecordState::NotACase { .. } => None,
        }
    }

    fn meeting(&self, meet: Meet) -> String {
        match meet.place {
            MeetPlace::Scene => format!("Meets you at the scene at {}", self.time(meet.at)),
            MeetPlace::Elsewhere => format!("Meets them elsewhere at {}; they call you", self.time(meet.at)),
        }
    }

    fn draft(&self, draft: &StoredDraft) -> DraftView {
        let age = age_words(self.now - draft.updated);
        match Form::parse(draft.json.reveal()) {
            Ok(form) => {
                let known = self.site.as_ref().and_then(|site| site.pack_by_ref(&form.pack));
                let offence = form.offences.first().map(|code| Labels(known).offence(code));
                let fault = known.is_none().then(|| String::from("Its rules are not on this phone. It is kept."));
                let began = self.time(form.at.to_utc());
                DraftView {
                    id: draft.id,
                    title: format!("{}, {began}", offence.unwrap_or_else(|| String::from("Encounter"))),
                    age,
                    fault,
                }
            }
            Err(error) => {
                let fault = Some(format!("It cannot be opened: {error}. It is kept."));
                DraftView { id: draft.id, title: String::from("Draft"), age, fault }
            }
        }
    }
}

/// The agency's log contradicts what this phone saw. The officer need not know how.
fn log_alarm() -> Warning {
    let [title, safe, act] = Alarm::WORDS;
    let title = title.trim_end_matches('.');
    Warning { tone: Tone::Bad, title, text: format!("{safe} {act}") }
}

/// What the officer is told of the room on the disk, before there is none.
fn room(room: Room) -> Option<Warning> {
    match room {
        Room::Ample => None,
        Room::Little(megabytes) => Some(Warning {
            tone: Tone::Warn,
            title: "This phone is almost full",
            text: format!("{megabytes} MB are left. Delete photographs or apps when you can."),
        }),
        Room::OnReserve => Some(Warning {
            tone: Tone::Bad,
            title: "This phone is full",
            text: String::from("You can still record for a while. Delete photographs or apps now."),
        }),
    }
}

pub(super) fn moment(title: &str, detail: Option<String>, tone: Tone, glyph: Glyph) -> Moment {
    Moment { title: title.to_owned(), detail, tone, glyph }
}

/// A name if unlocked, else what was decided.
pub(super) fn title(row: &RecordRow) -> String {
    row.title.as_ref().map_or_else(|| codes::choice(row.choice).to_owned(), |title| title.reveal().clone())
}

/// Someone on call.
pub(super) fn call(card: &StaffCard) -> CallView {
    called(card, "Case manager on call")
}

/// Whom to call, and what they are.
pub(super) fn called(card: &StaffCard, what: &str) -> CallView {
    CallView {
        who: card.name.clone(),
        what: what.to_owned(),
        number: card.phone.reveal().clone(),
        copies: !cfg!(any(target_os = "android", target_os = "ios")),
    }
}
