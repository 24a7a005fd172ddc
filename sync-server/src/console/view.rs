//! From domain to what a page says: plain structs and pure functions. Components only lay them out.

mod afterwards;
pub mod casework;
pub mod codes;
mod decision;
mod devices;
mod inbox;
mod ladder;
mod log;
mod me;
mod one_person;
mod place;
mod referral;
pub mod release;
mod rota;
mod services;
pub mod today;

pub use afterwards::{AmendmentView, Came, Telling};
pub use casework::{
    CaseFacts, CaseRow, CaseView, CaseloadView, Door, GoalView, Mark, NoteFormView, NoteView, Said, case, caseload,
    note_form,
};
pub use decision::{DecisionView, Fact, Logged, Override, decision};
pub use devices::{DeviceRow, DevicesView, Known as KnownDevice, devices};
pub use inbox::{InboxRow, InboxView, inbox, withdrawn};
pub use ladder::{Happened, LadderView, WaitingRow, decline_reason, ladder, waiting_row};
pub use log::{FlagView, LogChoice, LogRow, LogView, restored, tampered};
pub use me::{BrowserView, ChannelView, MeView, me};
pub use one_person::{OnePersonView, OtherView, one_person};
pub use place::{facts_of_offence, place};
pub use referral::{OfficerView, PersonView, RecordView, ReferralView, StageView, Step, referral, tel};
pub use rota::{
    Alarm, DayView, Held, Holder, OfferView, Part, RotaView, Sight as RotaSight, TurnView, Typed as TurnTyped,
    WeekView, alarm_of, rota, turn,
};
pub use services::{DirectoryView, FormView, Group, ServiceRow, ServiceView, directory, said_of, service};
pub use today::{Clock, TodayRow, TodayView, today};

use chrono::{DateTime, Utc};
use handoff::domain::encounter::Decision;
use handoff::domain::entry::Header;
use handoff::domain::ids::{ReferralId, StaffId};
use handoff::domain::wire::{Meet, Role, StaffCard};
use handoff::ui::parts::Labels;

/// Who looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// What they do.
    pub role: Role,
}

/// A decision as the store hands it over, opened.
#[derive(Debug, Clone, Copy)]
pub struct Opened<'a> {
    /// The clear part of its entry.
    pub header: &'a Header,
    /// What the officer recorded.
    pub decision: &'a Decision,
    /// The officer.
    pub officer: &'a StaffCard,
    /// When the server stored it.
    pub received: DateTime<Utc>,
    /// The words of the pack that it was made by.
    pub labels: Labels<'a>,
}

/// A referral whose record does not open with the keys of this server: what its columns tell. It is shown all
/// the same, so that someone goes to the person who waits.
#[derive(Debug, Clone, Copy)]
pub struct Closed<'a> {
    /// Which.
    pub referral: ReferralId,
    /// The officer.
    pub officer: &'a StaffCard,
    /// Since when the person waits, as far as the clear part tells.
    pub since: DateTime<Utc>,
    /// When the server stored it.
    pub received: DateTime<Utc>,
}

/// A referral, as far as it can be read.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// Everything.
    Opened(Opened<'a>),
    /// Its columns.
    Closed(Closed<'a>),
}

/// Who took a referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Who.
    pub by: StaffId,
    /// Their name.
    pub name: String,
    /// When they took it.
    pub at: DateTime<Utc>,
    /// When and where they will meet the person.
    pub meet: Option<Meet>,
    /// What they noted.
    pub note: String,
}
