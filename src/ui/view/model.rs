//! What the phone's core knows at one moment, for the screens to show.

use super::Guide;
use crate::domain::codes::Choice;
use crate::domain::ids::ReferralId;
use crate::domain::wire::StaffCard;
use crate::platform::disk::Room;
use crate::sync::{Ahead, Phone, PhoneError, RecordRow, RecordState, Shift, Site, StoredDraft};
use crate::ui::form::Form;
use chrono::{DateTime, FixedOffset, Utc};
use std::sync::Arc;

/// One reading of the phone's core.
#[derive(Debug, Clone)]
pub struct Model {
    /// Name of the agency, once enrolled.
    pub agency: Option<String>,
    /// Packs, zones, people.
    pub site: Option<Arc<Site>>,
    /// Officers who may start a shift.
    pub officers: Vec<StaffCard>,
    /// The shift that is on.
    pub shift: Option<Shift>,
    /// The officer on shift has a vault on this device.
    pub has_vault: bool,
    /// They have one of which the device's key is gone: no secret opens it.
    pub key_gone: bool,
    /// Records, newest first.
    pub records: Vec<RecordRow>,
    /// When each record of a colleague was saved that waits on this phone.
    pub others_unsent: Vec<DateTime<Utc>>,
    /// Drafts, newest first.
    pub drafts: Vec<StoredDraft>,
    /// Who is on call now, first to be called first.
    pub on_call: Vec<StaffCard>,
    /// Who is on call in the next 72 hours; nothing until the first configuration came.
    pub ahead: Option<Ahead>,
    /// Files that were set aside.
    pub unreadable: Vec<String>,
    /// The server said that this device is out of service; told until it lets the device in again.
    pub revoked: bool,
    /// The server revoked this device by its signature: nothing recorded can be read here any more.
    pub reads_nothing: bool,
    /// The agency's log contradicted what this phone had seen.
    pub alarm: bool,
    /// How much room is left to record.
    pub room: Room,
    /// When this was read.
    pub now: DateTime<Utc>,
    /// The scene's own offset from UTC.
    pub offset: FixedOffset,
}

/// Where the app stands when nothing else is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// No server yet.
    Enrol,
    /// Nobody is on shift.
    Shift,
    /// Locked, with a secret to unlock it.
    Unlock,
    /// Locked, and no secret was ever set, or none opens what there is.
    SetSecret,
    /// The list.
    Home,
}

impl Model {
    /// Reads the phone's core. Blocks for a moment: call it off the window's thread.
    ///
    /// # Errors
    /// The stores cannot be read.
    pub fn read(phone: &Phone, offset: FixedOffset) -> Result<Self, PhoneError> {
        let now = phone.now().wall;
        let shift = phone.shift();
        let own = |row: &RecordRow| shift.as_ref().is_none_or(|shift| shift.officer.id == row.officer);
        let (records, others): (Vec<_>, Vec<_>) = phone.all_records()?.into_iter().partition(own);
        let others_unsent = others.iter().filter(|row| is_unsent(&row.state)).map(|row| row.saved_at).collect();
        Ok(Self {
            agency: phone.enrolment().map(|enrolment| enrolment.agency),
            site: phone.config(),
            officers: phone.officers(),
            has_vault: shift.as_ref().is_some_and(|shift| phone.has_vault(shift.officer.id)),
            key_gone: shift.as_ref().is_some_and(|shift| phone.vault_key_is_gone(shift.officer.id)),
            records,
            others_unsent,
            drafts: phone.drafts()?,
            on_call: phone.on_call(now),
            ahead: phone.ahead(),
            unreadable: phone.unreadable_files(),
            revoked: phone.is_revoked(),
            reads_nothing: phone.reads_nothing(),
            alarm: !phone.alarms()?.is_empty(),
            room: phone.room(),
            shift,
            now,
            offset,
        })
    }

    /// Where the app stands. A locked phone asks once for the secret, and never insists.
    pub fn stand(&self) -> Stand {
        match (&self.agency, &self.shift) {
            (None, _) => Stand::Enrol,
            (Some(_), None) => Stand::Shift,
            (Some(_), Some(_)) if self.reads_nothing => Stand::Home,
            (Some(_), Some(shift)) if shift.locked && self.has_vault => Stand::Unlock,
            (Some(_), Some(shift)) if shift.locked => Stand::SetSecret,
            (Some(_), Some(_)) => Stand::Home,
        }
    }

    /// The time of day at the scene, such as `22:41`; with the day when it is another one.
    pub fn time(&self, at: DateTime<Utc>) -> String {
        let (then, now) = (at.with_timezone(&self.offset), self.now.with_timezone(&self.offset));
        let form = if then.date_naive() == now.date_naive() { "%H:%M" } else { "%-d %b, %H:%M" };
        then.format(form).to_string()
    }

    /// A draft as it was left, with the rules it began with; nothing if either cannot be read.
    pub fn open(&self, id: ReferralId) -> Option<(Guide, Form)> {
        let draft = self.drafts.iter().find(|draft| draft.id == id)?;
        let form = Form::parse(draft.json.reveal()).ok()?;
        let site = self.site.as_ref()?;
        let pack = site.pack_by_ref(&form.pack)?.clone();
        Some((Guide { pack, zones: site.zones.clone() }, form))
    }
}

/// Whether a record is safe on this device alone.
pub(super) fn is_unsent(state: &RecordState) -> bool {
    matches!(state, RecordState::Waiting { .. } | RecordState::Sending | RecordState::Wedged { .. })
}

/// Whether a person is on their way to a case manager.
pub(super) fn accepted(choice: Choice) -> bool {
    choice == Choice::OfferedAccepted
}
