//! What each act of the officer does: off the window's thread, and then a screen.

use super::desk::{Amending, Amends, Desk, Open, Screen, Start};
use super::{off, tasks};
use crate::domain::afterwards::{HandOff, Withdrawal};
use crate::domain::encounter::Decision;
use crate::domain::ids::{ReferralId, StaffId};
use crate::platform::calls::{self, CallError};
use crate::sync::{Change, Phone, Readable, RecordError};
use crate::ui::form::Form;
use crate::ui::screens::Shared;
use crate::ui::screens::encounter::Keep;
use crate::ui::screens::enrol::EnrolForm;
use crate::ui::screens::home::HomeAct;
use crate::ui::screens::saved::SavedAct;
use crate::ui::screens::set_place::SetTo;
use crate::ui::view::Guide;
use dioxus::prelude::*;

/// Opens the stores again after a failure.
pub fn reopen(desk: Desk) {
    let start = consume_context::<Start>();
    desk.show(Screen::Opening);
    spawn(tasks::open(desk, start));
}

/// Enrols this phone.
pub fn enrol(mut desk: Desk, form: EnrolForm) {
    let Some(phone) = desk.phone() else { return };
    let model = consume_context::<Start>().model;
    desk.fault.set(None);
    desk.busy.set(true);
    spawn(async move {
        let done = tokio::spawn(async move { phone.enrol(&form.server, &form.code, &model).await }).await;
        desk.busy.set(false);
        match done {
            Ok(Ok(())) => stand(desk).await,
            Ok(Err(error)) => desk.fault.set(Some(sentence(&error.to_string()))),
            Err(error) => desk.fault.set(Some(sentence(&error.to_string()))),
        }
    });
}

/// Starts the shift.
pub fn start_shift(desk: Desk, officer: StaffId, unit: String) {
    run(desk, move |phone| phone.start_shift(officer, &unit).map_err(|error| error.to_string()), stand_now);
}

/// Unlocks the officer's records.
pub fn unlock(desk: Desk, secret: String) {
    run(desk, move |phone| phone.unlock(&secret).map_err(|error| error.to_string()), stand_now);
}

/// Sets the officer's secret.
pub fn create_vault(desk: Desk, secret: String) {
    run(desk, move |phone| phone.create_vault(&secret).map_err(|error| error.to_string()), stand_now);
}

/// To the list, locked or not.
pub fn go_home(desk: Desk) {
    spawn(async move {
        drop(tasks::refresh(desk).await);
        match desk.model.peek().clone() {
            Some(model) => desk.home(&model),
            None => desk.show(Screen::Home),
        }
    });
}

/// An act on the list.
pub fn home(mut desk: Desk, act: HomeAct) {
    match act {
        HomeAct::New => new_encounter(desk),
        HomeAct::Continue(id) => {
            let opened = desk.model.peek().as_ref().and_then(|model| model.open(id));
            match opened {
                Some((guide, form)) => open(desk, id, guide, form),
                None => desk.fault.set(Some(String::from("This draft cannot be opened. It is kept."))),
            }
        }
        HomeAct::Discard(id) => {
            run(desk, move |phone| phone.discard_draft(id).map_err(|error| error.to_string()), stay);
        }
        HomeAct::Open(id) => desk.show(Screen::Saved(id)),
        HomeAct::Call(number) => call(desk, number),
        HomeAct::OnCall => desk.show(Screen::OnCall(None)),
        HomeAct::Unlock => {
            if let Some(model) = desk.model.peek().clone() {
                desk.stand(&model);
            }
        }
        HomeAct::Lock => run(
            desk,
            |phone| {
                phone.lock();
                Ok(())
            },
            stay,
        ),
        HomeAct::EndShift => run(desk, |phone| phone.end_shift().map_err(|error| error.to_string()), stand_now),
        HomeAct::Sync => run(
            desk,
            |phone| {
                phone.resume();
                Ok(())
            },
            stay,
        ),
    }
}

/// An act on the page of one record.
pub fn saved(desk: Desk, id: ReferralId, act: SavedAct) {
    match act {
        SavedAct::Call(number) => call(desk, number),
        SavedAct::OnCall => desk.show(Screen::OnCall(Some(id))),
        SavedAct::Done => go_home(desk),
        SavedAct::SetPlace => amend(desk, id, |record| Some(Amends::Place(record))),
        SavedAct::Correct => amend(desk, id, |record| record.map(Amends::Facts)),
        SavedAct::Unlock => home(desk, HomeAct::Unlock),
        SavedAct::HandOff(step, to, outcome) => {
            let hand_off = HandOff { at: desk.now(), step, to, outcome, while_locked: false };
            run(desk, move |phone| phone.hand_off(id, hand_off).map(drop).map_err(|error| error.to_string()), stay);
        }
        SavedAct::Withdraw(reason) => {
            let back = Withdrawal { at: desk.now(), reason, note: None, while_locked: false };
            run(desk, move |phone| phone.withdraw(id, back).map(drop).map_err(|error| error.to_string()), stay);
        }
        SavedAct::Again => run(desk, move |phone| phone.send_again(id).map_err(|error| error.to_string()), stay),
    }
}

/// Opens a record to be amended.
fn amend(mut desk: Desk, id: ReferralId, what: fn(Option<Shared<Readable>>) -> Option<Amends>) {
    let Some(phone) = desk.phone() else { return };
    spawn(async move {
        let read = move || (phone.rules_of(id), phone.readable(id), phone.config());
        let found = off(read).await.and_then(|(rules, record, site)| {
            let site = site?;
            let pack = site.pack_by_ref(&rules.ok()?)?.clone();
            let guide = Shared::new(Guide { pack, zones: site.zones.clone() });
            Some(Amending { id, guide, what: what(record.map(Shared::new))? })
        });
        match found {
            Some(amending) => desk.show(Screen::Amend(amending)),
            None => desk.fault.set(Some(String::from("This record cannot be opened now. It is kept."))),
        }
    });
}

/// Commits a correction; the record's page comes only after the commit.
pub fn correct(desk: Desk, id: ReferralId, change: Change) {
    let act = move |phone: &Phone| phone.amend(id, change).map(drop).map_err(|error| format!("not saved: {error}"));
    run(desk, act, move |desk| to_record(desk, id));
}

/// Commits a place; the record's page comes only after the commit.
pub fn set_place(desk: Desk, id: ReferralId, (place, street): SetTo) {
    let act = move |phone: &Phone| {
        phone.set_place(id, place, street).map(drop).map_err(|error| format!("not saved: {error}"))
    };
    run(desk, act, move |desk| to_record(desk, id));
}

/// The page of a record, with what is known of it now.
pub fn to_record(desk: Desk, id: ReferralId) {
    spawn(async move {
        drop(tasks::refresh(desk).await);
        desk.show(Screen::Saved(id));
    });
}

/// Keeps the open draft.
pub fn keep(mut desk: Desk, id: ReferralId, form: &Form, keep: Keep) {
    let keeper = desk.keeper.peek().clone();
    match (keeper, form.to_json(), keep) {
        (Some(keeper), Ok(json), Keep::Soon) => keeper.keep(id, json),
        (Some(keeper), Ok(json), Keep::Now) => keeper.keep_now(id, json),
        (None, _, _) | (_, Err(_), _) => desk.fault.set(Some(String::from("The draft cannot be kept on this phone."))),
    }
}

/// Commits the record; "Saved" comes only after the commit.
pub fn save(mut desk: Desk, id: ReferralId, form: Form, decision: Decision) {
    let Some(phone) = desk.phone() else { return };
    let keeper = desk.keeper.peek().clone();
    desk.fault.set(None);
    desk.busy.set(true);
    spawn(async move {
        let core = phone.clone();
        let done = off(move || {
            let saved = core.record(id, decision);
            if let (Ok(_), Some(keeper)) = (&saved, keeper) {
                keeper.forget(id);
            }
            saved
        })
        .await;
        match done {
            Some(Ok(saved)) => {
                drop(tasks::refresh(desk).await);
                desk.show(Screen::Saved(saved.referral));
            }
            Some(Err(RecordError::Differs(_))) => again(desk, &phone, id, form),
            Some(Err(error)) => {
                desk.busy.set(false);
                desk.fault.set(Some(not_saved(&error)));
            }
            None => {
                desk.busy.set(false);
                desk.fault.set(Some(String::from("Not saved: the program ended early. The draft is kept.")));
            }
        }
    });
}

/// The rules or zones changed while the encounter was open: the officer sees what they say now.
fn again(mut desk: Desk, phone: &Phone, id: ReferralId, mut form: Form) {
    let site = phone.config();
    let pack = site.as_ref().and_then(|site| site.pack_by_ref(&form.pack));
    desk.busy.set(false);
    let (Some(site), Some(pack)) = (&site, pack) else {
        return desk.fault.set(Some(not_saved(&RecordError::NoPack)));
    };
    let guide = Guide { pack: pack.clone(), zones: site.zones.clone() };
    form.reconsider();
    keep(desk, id, &form, Keep::Now);
    open(desk, id, guide, form);
    desk.fault.set(Some(String::from("Not saved yet: the zones or rules changed. Look at the verdict again.")));
}

/// Leaves the encounter; the draft stays. While it is not on the disk the encounter stays open.
pub fn close(mut desk: Desk) {
    spawn(async move {
        if !settled(desk).await {
            return desk.fault.set(Some(String::from("The draft is not on the disk yet. Stay here, or save.")));
        }
        drop(tasks::refresh(desk).await);
        desk.show(Screen::Home);
    });
}

/// Whether everything typed is on the disk.
pub async fn settled(desk: Desk) -> bool {
    let Some(keeper) = desk.keeper.peek().clone() else { return false };
    off(move || keeper.settle()).await.unwrap_or(false)
}

fn new_encounter(mut desk: Desk) {
    let Some(phone) = desk.phone() else { return };
    let Some(site) = phone.config() else {
        return desk.fault.set(Some(String::from("The rules have not come yet. Connect once, then try again.")));
    };
    match phone.new_referral() {
        Ok(id) => {
            let form = Form::new(site.pack.reference(), desk.now());
            let form = Form { call_back: my_number(desk), ..form };
            open(desk, id, Guide { pack: site.pack.clone(), zones: site.zones.clone() }, form);
        }
        Err(error) => desk.fault.set(Some(sentence(&error.to_string()))),
    }
}

/// The officer's own number, from the roster: nobody types it at 2 a.m.
fn my_number(desk: Desk) -> crate::domain::private::Private<String> {
    let model = desk.model.peek().clone();
    model.and_then(|model| model.shift.as_ref().map(|shift| shift.officer.phone.clone())).unwrap_or_default()
}

fn open(mut desk: Desk, id: ReferralId, guide: Guide, form: Form) {
    desk.device.set(None);
    let turn = desk.turn.peek().wrapping_add(1);
    desk.turn.set(turn);
    desk.show(Screen::Encounter(Open { id, turn, guide: Shared::new(guide), form }));
}

/// Opens the telephone with this number, or copies it.
pub fn call(mut desk: Desk, number: String) {
    match calls::dial(&number) {
        Ok(()) => desk.fault.set(None),
        Err(CallError::NotANumber) => desk.fault.set(Some(String::from("That is not a telephone number."))),
        Err(CallError::NotHere) => {
            let Ok(quoted) = serde_json::to_string(&number) else { return };
            document::eval(&format!("{COPY}({quoted})"));
            desk.fault.set(Some(format!("{number} is copied.")));
        }
    }
}

/// Copies a text; the older way where the page may not use the clipboard.
const COPY: &str = r"(text => {
  const old = () => {
    const area = document.createElement('textarea');
    area.value = text; document.body.append(area); area.select(); document.execCommand('copy'); area.remove();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).catch(old); else old();
})";

/// Runs an act off the window's thread, shows what went wrong, or goes on.
fn run(
    mut desk: Desk,
    act: impl FnOnce(&Phone) -> Result<(), String> + Send + 'static,
    then: impl FnOnce(Desk) + 'static,
) {
    let Some(phone) = desk.phone() else { return };
    desk.fault.set(None);
    desk.busy.set(true);
    spawn(async move {
        let done = off(move || act(&phone)).await;
        desk.busy.set(false);
        match done {
            Some(Ok(())) => then(desk),
            Some(Err(text)) => desk.fault.set(Some(sentence(&text))),
            None => desk.fault.set(Some(String::from("It did not work. Try again."))),
        }
    });
}

fn stay(desk: Desk) {
    spawn(async move { drop(tasks::refresh(desk).await) });
}

fn stand_now(desk: Desk) {
    spawn(stand(desk));
}

async fn stand(desk: Desk) {
    drop(tasks::refresh(desk).await);
    if let Some(model) = desk.model.peek().clone() {
        desk.stand(&model);
    }
}

fn not_saved(error: &RecordError) -> String {
    format!("{} The draft is kept. Try again.", sentence(&format!("not saved: {error}")))
}

/// An error as a sentence of its own.
fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}
