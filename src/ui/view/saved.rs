//! What the page of one record shows: its life so far, and what may be recorded of it now.

use super::home::CallView;
use super::model::{Model, accepted};
use super::record::{call, called, moment, title};
use crate::domain::afterwards::{AmendmentCause, HandOffStep, LATE_FIX_S, WithdrawalReason};
use crate::domain::codes::{Choice, Verdict};
use crate::domain::entry::EntryKind;
use crate::domain::ids::{ReferralId, StaffId};
use crate::domain::wire::StaffCard;
use crate::sync::{LaterRow, RecordRow, RecordState};
use crate::ui::parts::{Glyph, Tone, words as codes};
use crate::ui::words;

/// One moment of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// What happened.
    pub title: String,
    /// More of it.
    pub detail: Option<String>,
    /// How it weighs.
    pub tone: Tone,
    /// Its drawing.
    pub glyph: Glyph,
}

/// One record in full.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedView {
    /// `Saved`, and who has it once someone does.
    pub headline: String,
    /// How it weighs.
    pub tone: Tone,
    /// A name if unlocked, else what was decided.
    pub title: String,
    /// What happened so far.
    pub timeline: Vec<Moment>,
    /// What the rules said of the decision, and of what was amended last; only once something was, unlocked.
    pub verdicts: Option<(Verdict, Verdict)>,
    /// Whom to call, where the hand-off does not say it.
    pub call: Option<CallView>,
    /// There is a rota to look at, and a hand-off for which to.
    pub rota: bool,
    /// What to do meanwhile.
    pub advice: Option<String>,
    /// The server would not take it; after acting the officer may send it again.
    pub again: bool,
    /// The hand-off, while it is under way.
    pub hand_off: Option<HandOffView>,
    /// What may be done about where it was.
    pub place: PlaceAsk,
    /// Whether it may be corrected.
    pub corrects: Corrects,
    /// It may be taken back.
    pub withdraws: bool,
}

/// Whom the steps of the hand-off name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOffView {
    /// Who has it; before that everyone on call, in the order in which they are called.
    pub people: Vec<(StaffId, CallView)>,
    /// Whom to call now, as an index: after each call without an answer the next one.
    pub next: usize,
}

/// What may be done about a place that is missing or unsure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceAsk {
    /// Nothing: it is known, or nothing of the record can be read now.
    Settled,
    /// A position that comes in the next minutes settles it by itself.
    Comes,
    /// The officer says where it was.
    Asks,
}

/// Whether a record may be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corrects {
    /// No: it was taken back, or nothing recorded can be read on this phone any more.
    No,
    /// After an unlock.
    Unlock,
    /// Now.
    Yes,
}

impl Model {
    /// The page of one record; nothing if there is no such record.
    pub fn saved(&self, referral: ReferralId) -> Option<SavedView> {
        let row = self.records.iter().find(|row| row.referral == referral)?;
        let first = moment("Saved on this phone", Some(self.time(row.saved_at)), Tone::Good, Glyph::Check);
        let mut timeline = vec![first, self.arrival(row)];
        timeline.extend(self.hand_off(row));
        timeline.extend(self.participant(row));
        timeline.extend(row.later.iter().map(|later| self.later(later)));
        let (headline, call) = match &row.state {
            RecordState::Accepted { by, .. } => (format!("{} has it", by.name), Some(has_it(by))),
            RecordState::Wedged { .. } => (String::from("Saved, needs you"), None),
            RecordState::Withdrawn { .. } => (String::from("Taken back"), None),
            RecordState::Waiting { .. }
            | RecordState::Sending
            | RecordState::Received { .. }
            | RecordState::NotACase { .. } => {
                (String::from("Saved"), self.on_call.first().filter(|_| accepted(row.choice)).map(call))
            }
        };
        let taken_back = is_withdrawn(row);
        let ended = row.later.iter().any(|later| later.code == HandOffStep::Outcome.code());
        let hand_off = (accepted(row.choice) && !taken_back && !ended).then(|| self.whom(row));
        let named = hand_off.as_ref().is_some_and(|hand_off| !hand_off.people.is_empty());
        Some(SavedView {
            headline,
            title: title(row),
            timeline,
            verdicts: row.verdicts.and_then(|verdicts| Some((verdicts.decided, verdicts.amended?))),
            call: call.filter(|_| !taken_back && !named),
            rota: self.ahead.is_some() && hand_off.is_some(),
            advice: advice(row),
            tone: if matches!(row.state, RecordState::Wedged { .. }) { Tone::Bad } else { Tone::Good },
            again: row.state.may_go_again(),
            hand_off,
            place: self.place(row),
            corrects: self.corrects(row),
            withdraws: !taken_back,
        })
    }

    /// That the person takes part already, while a release lets an officer know; it tells of a person, so only while
    /// unlocked.
    fn participant(&self, row: &RecordRow) -> Option<Moment> {
        let (by, until) = row.participant.as_ref().filter(|_| row.title.is_some())?;
        (self.now < *until).then(|| {
            let title = format!("Already a participant: their case manager is {}", by.name);
            moment(&title, Some(String::from("They agreed that officers know this.")), Tone::Info, Glyph::Person)
        })
    }

    /// Whom the hand-off is with: who accepted, or those on call.
    fn whom(&self, row: &RecordRow) -> HandOffView {
        if let RecordState::Accepted { by, .. } = &row.state {
            return HandOffView { people: vec![(by.id, has_it(by))], next: 0 };
        }
        let people: Vec<_> = self.on_call.iter().map(|card| (card.id, call(card))).collect();
        let unanswered = row.later.iter().filter(|later| later.code == HandOffStep::NoAnswer.code()).count();
        let next = unanswered.checked_rem(people.len()).unwrap_or(0);
        HandOffView { people, next }
    }

    /// What may be done about where it was.
    pub(super) fn place(&self, row: &RecordRow) -> PlaceAsk {
        if !row.lacks_place || is_withdrawn(row) {
            return PlaceAsk::Settled;
        }
        let since_s = (self.now - row.saved_at).num_seconds();
        if (0..=LATE_FIX_S).contains(&since_s) { PlaceAsk::Comes } else { PlaceAsk::Asks }
    }

    fn corrects(&self, row: &RecordRow) -> Corrects {
        let locked = self.shift.as_ref().is_none_or(|shift| shift.locked);
        match (is_withdrawn(row) || self.reads_nothing, row.verdicts) {
            (true, _) => Corrects::No,
            (false, Some(_)) => Corrects::Yes,
            (false, None) if locked => Corrects::Unlock,
            (false, None) => Corrects::No,
        }
    }

    /// What was recorded after the decision.
    fn later(&self, later: &LaterRow) -> Moment {
        let who = later.whom.as_ref().map(|card| card.name.as_str());
        let step = HandOffStep::from_code(&later.code).map(|step| words::hand_off_step(step, who));
        let cause = AmendmentCause::from_code(&later.code).map(|cause| codes::amendment_cause(cause).to_owned());
        let (words, glyph) = match later.kind {
            EntryKind::HandOff => (step, Glyph::Phone),
            EntryKind::Amendment => (cause, Glyph::List),
            EntryKind::Withdrawal => (Some(String::from("Taken back")), Glyph::Cross),
            EntryKind::Decision => (None, Glyph::Info),
        };
        let why = WithdrawalReason::from_code(&later.code).filter(|_| later.kind == EntryKind::Withdrawal);
        let at = self.time(later.saved_at);
        let detail = why.map_or(at.clone(), |why| format!("{}, {at}", codes::withdrawal_reason(why)));
        moment(&words.unwrap_or_else(|| String::from("Recorded")), Some(detail), Tone::Info, glyph)
    }
}

/// Whether the officer took it back, with the agency or not yet.
fn is_withdrawn(row: &RecordRow) -> bool {
    row.later.iter().any(|later| later.kind == EntryKind::Withdrawal)
}

fn advice(row: &RecordRow) -> Option<String> {
    match (&row.state, row.choice) {
        (RecordState::Wedged { action, .. }, _) => Some((*action).to_owned()),
        (RecordState::Accepted { .. } | RecordState::Withdrawn { .. }, _) => None,
        _ if is_withdrawn(row) => None,
        (_, Choice::OfferedAccepted) => {
            Some(String::from("Call the case manager now. You are free to leave after the hand-off."))
        }
        (_, Choice::OfferedDeclined | Choice::NotOffered) => None,
    }
}

fn has_it(card: &StaffCard) -> CallView {
    called(card, "Your case manager")
}
