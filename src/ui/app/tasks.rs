//! What runs while the window is open: open the stores, follow their changes, follow the position.

use super::desk::{Desk, Screen, Start};
use super::keeper::Keeper;
use super::off;
use crate::domain::facts::FixFact;
use crate::domain::ids::ReferralId;
use crate::platform::location::{Locator, WEBVIEW_SCRIPT, Webview};
use crate::sync::Phone;
use crate::ui::screens::Shared;
use crate::ui::view::Model;
use chrono::FixedOffset;
use dioxus::prelude::*;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Ages on the screen move on this often.
const REFRESH: Duration = Duration::from_secs(60);
/// The position is asked for this often while an encounter is open, and never else.
const LOCATE: Duration = Duration::from_secs(1);

/// Says the offset from UTC once, and every time the page comes back to the front.
const PAGE_SCRIPT: &str = r"
const say = () => dioxus.send(-new Date().getTimezoneOffset());
document.addEventListener('visibilitychange', () => { if (!document.hidden) say(); });
say();
await new Promise(() => {});
";

/// Starts the tasks of one window.
pub fn use_tasks(desk: Desk) {
    let start = use_context::<Start>();
    let track = start.track.clone();
    use_future(move || open(desk, start.clone()));
    use_future(move || page(desk));
    let opened = use_hook(|| Arc::new(Notify::new()));
    let rings = Arc::clone(&opened);
    use_effect(move || {
        if matches!(*desk.screen.read(), Screen::Encounter(_) | Screen::Saved(_)) {
            rings.notify_one();
        }
    });
    use_future(move || locate(desk, track.clone(), Arc::clone(&opened)));
}

/// Opens the stores and then follows them for as long as the window lives.
pub async fn open(mut desk: Desk, start: Start) {
    let open = start.open.clone();
    let phone = match off(move || open()).await {
        Some(Ok(phone)) => phone,
        Some(Err(error)) => return blocked(desk, error.to_string()),
        None => return blocked(desk, String::from("The program ended early.")),
    };
    phone.start_sync();
    desk.keeper.set(keeper(desk, &phone));
    desk.phone.set(Some(phone.clone()));
    let mut changes = phone.changes();
    let mut was_locked = true;
    loop {
        changes.mark_unchanged();
        match refresh(desk).await {
            Ok(()) => {}
            // What the officer is typing is worth more than the list behind it.
            Err(text) if in_encounter(desk) || is_amending(desk) => {
                desk.fault.set(Some(format!("The records cannot be read now: {text}.")))
            }
            Err(text) => return blocked(desk, text),
        }
        was_locked = conceal(desk, was_locked).await;
        let opened = desk.model.peek().clone().filter(|_| *desk.screen.peek() == Screen::Opening);
        if let Some(model) = opened {
            desk.stand(&model);
        }
        // Either something changed, or ages on the screen have.
        drop(tokio::time::timeout(REFRESH, changes.changed()).await);
    }
}

fn in_encounter(desk: Desk) -> bool {
    matches!(*desk.screen.peek(), Screen::Encounter(_))
}

fn is_amending(desk: Desk) -> bool {
    matches!(*desk.screen.peek(), Screen::Amend(_))
}

/// When the phone locks itself over an open encounter, what was typed goes to the disk and off the screen. A
/// record that is being amended goes off it too, and stays as it was.
async fn conceal(desk: Desk, was_locked: bool) -> bool {
    let Some(model) = desk.model.peek().clone() else { return was_locked };
    let locked = model.shift.as_ref().is_none_or(|shift| shift.locked);
    if !was_locked && locked && is_amending(desk) {
        desk.stand(&model);
    }
    if was_locked || !locked || !in_encounter(desk) {
        return locked;
    }
    let kept = super::acts::settled(desk).await;
    if kept {
        desk.stand(&model);
    }
    // A draft that is not on the disk stays open, and is asked about again.
    kept
}

/// Reads the phone's core anew.
///
/// # Errors
/// The stores cannot be read, in words.
pub async fn refresh(mut desk: Desk) -> Result<(), String> {
    let Some(phone) = desk.phone() else { return Ok(()) };
    let offset = *desk.offset.peek();
    match off(move || Model::read(&phone, offset)).await {
        Some(Ok(model)) => {
            desk.model.set(Some(Shared::new(model)));
            Ok(())
        }
        Some(Err(error)) => Err(error.to_string()),
        None => Ok(()),
    }
}

fn keeper(desk: Desk, phone: &Phone) -> Option<Keeper> {
    let (told, mut heard) = tokio::sync::watch::channel(None::<String>);
    let keeper = Keeper::start(phone.clone(), move |fault| drop(told.send(fault)));
    spawn(async move {
        let mut fault = desk.fault;
        while heard.changed().await.is_ok() {
            let news = heard.borrow_and_update().clone();
            fault.set(news);
        }
    });
    keeper.inspect_err(|error| tracing::error!(%error, "no thread for drafts")).ok()
}

fn blocked(desk: Desk, text: String) {
    desk.show(Screen::Blocked { title: String::from("Handoff cannot open its files"), text });
}

/// The page's offset from UTC; each time it comes to the front, sending goes on at once.
async fn page(mut desk: Desk) {
    let mut page = document::eval(PAGE_SCRIPT);
    while let Ok(minutes) = page.recv::<i32>().await {
        if let Some(offset) = FixedOffset::east_opt(minutes.saturating_mul(60)) {
            desk.offset.set(offset);
        }
        let Some(phone) = desk.phone() else { continue };
        off(move || {
            phone.lock_if_idle();
            phone.resume();
        })
        .await;
    }
}

/// The record on the screen whose place may still come: a late position settles it by itself.
fn awaits_place(desk: Desk) -> Option<ReferralId> {
    let Screen::Saved(id) = *desk.screen.peek() else { return None };
    desk.phone().filter(|phone| phone.awaits_fix(id)).map(|_| id)
}

/// Offers the newest position to the record on the screen, if that waits for one.
async fn offer_late(desk: Desk, fix: Option<FixFact>) {
    let (Some(id), Some(fix), Some(phone)) = (awaits_place(desk), fix, desk.phone()) else { return };
    match off(move || phone.late_fix(id, fix)).await {
        Some(Ok(_)) | None => {}
        Some(Err(error)) => tracing::warn!(%error, "a late position was not recorded"),
    }
}

/// Whether a receiver must be awake.
fn needs_place(desk: Desk) -> bool {
    in_encounter(desk) || awaits_place(desk).is_some()
}

/// Follows the position while an encounter is open, and for a moment after a save without a sure one.
/// Between encounters every receiver sleeps.
async fn locate(mut desk: Desk, track: Option<std::path::PathBuf>, opened: Arc<Notify>) {
    let mut locator: Option<Locator> = None;
    loop {
        while !needs_place(desk) {
            opened.notified().await;
        }
        let Some(phone) = desk.phone() else { continue };
        if locator.is_none() {
            locator = begin(&phone, track.as_deref());
        }
        let Some(found) = &mut locator else { return };
        let page = track.is_none().then(|| document::eval(WEBVIEW_SCRIPT));
        let task = page.map(|page| spawn(listen(desk, found.webview(), page)));
        while needs_place(desk) {
            tokio::time::sleep(LOCATE).await;
            let fix = found.poll(phone.now());
            if *desk.device.peek() != fix {
                desk.device.set(fix);
            }
            offer_late(desk, fix).await;
        }
        if let (Some(page), Some(task)) = (page, task) {
            // A page that is gone has let its receiver go.
            drop(page.send(()));
            task.cancel();
        }
        found.rest();
    }
}

fn begin(phone: &Phone, track: Option<&std::path::Path>) -> Option<Locator> {
    let started = Locator::start(track, phone.now());
    started.inspect_err(|error| tracing::error!(%error, "no position: it is pinned by hand")).ok()
}

/// Feeds what the page hears of the position to the locator.
async fn listen(desk: Desk, webview: Webview, mut page: document::Eval) {
    while let Ok(text) = page.recv::<String>().await {
        if let Some(phone) = desk.phone() {
            webview.heard(&text, phone.now());
        }
    }
}
