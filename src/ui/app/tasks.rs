//! What runs while the window is open: open the stores, follow their changes, follow the position.

use super::desk::{Desk, Screen, Start};
use super::keeper::Keeper;
use super::off;
use crate::platform::location::{Locator, WEBVIEW_SCRIPT, Webview};
use crate::sync::Phone;
use crate::ui::screens::Shared;
use crate::ui::view::Model;
use chrono::FixedOffset;
use dioxus::prelude::*;
use std::time::Duration;

/// Ages on the screen move on this often.
const REFRESH: Duration = Duration::from_secs(20);
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
    use_future(move || locate(desk, track.clone()));
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
    loop {
        changes.mark_unchanged();
        if let Err(text) = refresh(desk).await {
            return blocked(desk, text);
        }
        let opened = desk.model.peek().clone().filter(|_| *desk.screen.peek() == Screen::Opening);
        if let Some(model) = opened {
            desk.stand(&model);
        }
        // Either something changed, or ages on the screen have.
        drop(tokio::time::timeout(REFRESH, changes.changed()).await);
    }
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

/// Follows the position while an encounter is open.
async fn locate(mut desk: Desk, track: Option<std::path::PathBuf>) {
    let mut locator: Option<Locator> = None;
    loop {
        tokio::time::sleep(LOCATE).await;
        let Some(phone) = desk.phone() else { continue };
        if !matches!(*desk.screen.peek(), Screen::Encounter(_)) {
            continue;
        }
        let Some(found) = &mut locator else {
            locator = begin(desk, &phone, track.as_deref());
            if locator.is_none() {
                return;
            }
            continue;
        };
        let fix = found.poll(phone.now());
        if *desk.device.peek() != fix {
            desk.device.set(fix);
        }
    }
}

fn begin(desk: Desk, phone: &Phone, track: Option<&std::path::Path>) -> Option<Locator> {
    match Locator::start(track, phone.now()) {
        Ok(locator) => {
            if track.is_none() {
                spawn(listen(desk, locator.webview()));
            }
            Some(locator)
        }
        Err(error) => {
            tracing::error!(%error, "no position: it is pinned by hand");
            None
        }
    }
}

/// Feeds what the page hears of the position to the locator.
async fn listen(desk: Desk, webview: Webview) {
    let mut page = document::eval(WEBVIEW_SCRIPT);
    while let Ok(text) = page.recv::<String>().await {
        if let Some(phone) = desk.phone() {
            webview.heard(&text, phone.now());
        }
    }
}
