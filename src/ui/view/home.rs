//! What the list shows.

use crate::domain::ids::{ReferralId, StaffId};
use crate::ui::parts::{Glyph, Tone};

/// An officer to choose at the start of a shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficerView {
    /// Who.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Their serial number.
    pub serial: String,
}

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallView {
    /// Their name.
    pub who: String,
    /// Since when they have it, or that they are on call.
    pub what: String,
    /// The number; empty if none is known.
    pub number: String,
    /// The device has no telephone: the number is copied.
    pub copies: bool,
}

/// Whether everything is safe.
#[derive(Debug, Clone, PartialEq)]
pub struct SafetyView {
    /// How it weighs.
    pub tone: Tone,
    /// Its drawing.
    pub glyph: Glyph,
    /// `Everything is safe`, `2 not safe yet`.
    pub headline: String,
    /// How old, and why.
    pub detail: Option<String>,
}

/// A draft to continue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftView {
    /// Which.
    pub id: ReferralId,
    /// What it is, without a name.
    pub title: String,
    /// When it was last changed.
    pub age: String,
    /// Why it cannot be opened, if so.
    pub fault: Option<String>,
}

/// One record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordView {
    /// Which.
    pub referral: ReferralId,
    /// A name if unlocked, else what was decided.
    pub title: String,
    /// When it was saved.
    pub age: String,
    /// Where it stands.
    pub state: String,
    /// Why, or more of it.
    pub detail: Option<String>,
    /// What the officer can do about it.
    pub action: Option<String>,
    /// How it weighs.
    pub tone: Tone,
    /// Its drawing.
    pub glyph: Glyph,
}

/// Records under one title.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The title.
    pub title: String,
    /// The records.
    pub rows: Vec<RecordView>,
}

/// Something that the officer must know, in a headline and a sentence or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// How it weighs.
    pub tone: Tone,
    /// What.
    pub title: &'static str,
    /// More of it, and what to do.
    pub text: String,
}

/// The list.
#[derive(Debug, Clone, PartialEq)]
pub struct HomeView {
    /// The officer and the unit.
    pub who: String,
    /// Names are hidden.
    pub locked: bool,
    /// There are names to hide.
    pub can_lock: bool,
    /// The server told this phone that it is out of service: what that means.
    pub revoked: Option<&'static str>,
    /// The agency's log does not fit what this phone saw: what to do.
    pub alarm: Option<Warning>,
    /// The disk is full, or soon will be.
    pub room: Option<Warning>,
    /// Whether everything is safe.
    pub safety: SafetyView,
    /// Whom to call.
    pub on_call: Option<CallView>,
    /// There is a rota to look at.
    pub rota: bool,
    /// Nobody is on call now, as far as this phone knows.
    pub nobody: bool,
    /// Drafts, the newest first.
    pub drafts: Vec<DraftView>,
    /// Records: those to look at, those not safe yet, the others.
    pub groups: Vec<Group>,
    /// Files that were set aside.
    pub unreadable: Vec<String>,
}
