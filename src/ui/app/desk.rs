//! The app's state: a handful of signals, and the phone's core behind them.

use super::keeper::Keeper;
use crate::domain::facts::FixFact;
use crate::domain::ids::ReferralId;
use crate::domain::private::Private;
use crate::sync::{Phone, PhoneError, Readable};
use crate::ui::form::Form;
use crate::ui::screens::Shared;
use crate::ui::view::{Guide, Model, Stand};
use chrono::{DateTime, FixedOffset, Offset, Utc};
use dioxus::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

/// Opens the phone's core. Called off the window's thread, and again after a failure.
pub type OpenPhone = Arc<dyn Fn() -> Result<Phone, PhoneError> + Send + Sync>;

/// What the app is started with.
#[derive(Clone)]
pub struct Start {
    /// Opens the phone's core.
    pub open: OpenPhone,
    /// A recorded track that stands in for the receiver.
    pub track: Option<PathBuf>,
    /// What kind of device this is, for the list of devices.
    pub model: String,
}

/// The screen that is open.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one screen is open at a time")]
pub enum Screen {
    /// The stores are being opened.
    Opening,
    /// They cannot be opened.
    Blocked {
        /// What is so.
        title: String,
        /// Why.
        text: String,
    },
    /// No server yet.
    Enrol,
    /// Nobody is on shift.
    Shift,
    /// Locked.
    Unlock,
    /// Locked, without a secret; six digits to show once.
    SetSecret(Private<String>),
    /// The list.
    Home,
    /// An encounter.
    Encounter(Open),
    /// One record.
    Saved(ReferralId),
    /// Who is on call, opened from a record or from the list.
    OnCall(Option<ReferralId>),
    /// A record that is being amended.
    Amend(Amending),
}

/// A record as it was opened to be amended.
#[derive(Debug, Clone, PartialEq)]
pub struct Amending {
    /// Which.
    pub id: ReferralId,
    /// The rules that it was decided by.
    pub guide: Shared<Guide>,
    /// What of it.
    pub what: Amends,
}

/// What an officer amends, and what was recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum Amends {
    /// Whatever was wrong.
    Facts(Shared<Readable>),
    /// Where it was; the record is nothing while it may not be shown.
    Place(Option<Shared<Readable>>),
}

/// An encounter as it was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Which.
    pub id: ReferralId,
    /// Counts openings: the same encounter opened anew begins with its form.
    pub turn: u32,
    /// The rules it goes by.
    pub guide: Shared<Guide>,
    /// The form to begin with.
    pub form: Form,
}

/// The signals of the app.
#[derive(Clone, Copy, PartialEq)]
pub struct Desk {
    /// The phone's core, once it is open.
    pub phone: Signal<Option<Phone>>,
    /// The newest reading of it.
    pub model: Signal<Option<Shared<Model>>>,
    /// The screen.
    pub screen: Signal<Screen>,
    /// What went wrong last, in words.
    pub fault: Signal<Option<String>>,
    /// Something is under way that must not be started twice.
    pub busy: Signal<bool>,
    /// The scene's offset from UTC.
    pub offset: Signal<FixedOffset>,
    /// The position that the device reports.
    pub device: Signal<Option<FixFact>>,
    /// The thread that keeps drafts.
    pub keeper: Signal<Option<Keeper>>,
    /// The window just opened: a draft that was open when it died is opened again.
    pub fresh: Signal<bool>,
    /// How often an encounter was opened.
    pub turn: Signal<u32>,
}

impl PartialEq for Keeper {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Desk {
    /// Hooks for one window.
    pub fn new() -> Self {
        Self {
            phone: use_signal(|| None),
            model: use_signal(|| None),
            screen: use_signal(|| Screen::Opening),
            fault: use_signal(|| None),
            busy: use_signal(|| false),
            offset: use_signal(|| Utc.fix()),
            device: use_signal(|| None),
            keeper: use_signal(|| None),
            fresh: use_signal(|| true),
            turn: use_signal(|| 0),
        }
    }

    /// The newest reading.
    pub fn model(&self) -> Option<Shared<Model>> {
        self.model.read().clone()
    }

    /// What went wrong last.
    pub fn fault(&self) -> Option<String> {
        self.fault.read().clone()
    }

    /// Something is under way.
    pub fn busy(&self) -> bool {
        *self.busy.read()
    }

    /// The phone's core, if it is open.
    pub fn phone(&self) -> Option<Phone> {
        self.phone.peek().clone()
    }

    /// The scene's own clock.
    pub fn now(&self) -> DateTime<FixedOffset> {
        let utc = self.phone().map_or(DateTime::UNIX_EPOCH, |phone| phone.now().wall);
        utc.with_timezone(&*self.offset.peek())
    }

    /// The name of the officer on shift.
    pub fn who(&self) -> String {
        let model = self.model();
        model.and_then(|model| model.shift.as_ref().map(|shift| shift.officer.name.clone())).unwrap_or_default()
    }

    /// The unit on shift.
    pub fn unit(&self) -> String {
        let model = self.model();
        model.and_then(|model| model.shift.as_ref().map(|shift| shift.unit.clone())).unwrap_or_default()
    }

    /// Opens a screen; what went wrong on the one before is over.
    pub fn show(mut self, screen: Screen) {
        self.fault.set(None);
        self.busy.set(false);
        self.screen.set(screen);
    }

    /// Opens the screen where the app stands.
    pub fn stand(self, model: &Model) {
        match model.stand() {
            Stand::Enrol => self.show(Screen::Enrol),
            Stand::Shift => self.show(Screen::Shift),
            Stand::Unlock => self.show(Screen::Unlock),
            Stand::SetSecret => match self.phone().map(|phone| phone.new_pin()) {
                Some(Ok(pin)) => self.show(Screen::SetSecret(Private::new(pin))),
                Some(Err(_)) | None => self.show(Screen::Home),
            },
            Stand::Home => self.home(model),
        }
    }

    /// The list; or, when the window just opened, the draft that was open when it died.
    pub fn home(mut self, model: &Model) {
        let fresh = self.fresh.replace(false);
        let left_open = model.drafts.first().filter(|draft| fresh && (model.now - draft.updated) < LEFT_OPEN);
        match left_open.and_then(|draft| model.open(draft.id)) {
            Some((guide, form)) => {
                let id = left_open.map_or_else(Default::default, |draft| draft.id.0);
                self.show(Screen::Encounter(Open { id: ReferralId(id), turn: 0, guide: Shared::new(guide), form }));
            }
            None => self.show(Screen::Home),
        }
    }
}

/// A draft that changed this recently was open when the program died.
const LEFT_OPEN: chrono::TimeDelta = chrono::TimeDelta::minutes(30);
