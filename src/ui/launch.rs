//! Opens the app's window: on a laptop the size of a phone, on a phone the whole screen.
//!
//! # Decisions
//! - The page is our own: the default one blocks zoom and leaves no room for a phone's notch. Styles are
//!   part of the page, drawings are inline, letters are the system's: the window loads nothing.
//! - The page may talk to the program and to nothing else. Its scripts come with the renderer, which needs
//!   `eval`; no text that came from outside is ever put into the page as markup.

use super::app::{App, Start};
use super::parts::BASE_CSS;
use crate::platform::clock::SystemClock;
use crate::platform::leave::leave;
use crate::platform::paths;
use crate::sync::{Phone, PhoneError};
#[cfg(all(feature = "desktop", not(any(target_os = "android", target_os = "ios"))))]
use dioxus::desktop as renderer;
#[cfg(any(target_os = "android", target_os = "ios"))]
use dioxus::mobile as renderer;
use std::path::PathBuf;
use std::sync::Arc;

/// The style sheet of the officer's app.
pub const PHONE_CSS: &str = include_str!("../../assets/styles/phone.css");

/// What the page may load, by kind. The two slashes are the renderer's own: it joins its address so, and a
/// single one would not match, so no event would arrive.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'; \
    img-src data:; connect-src ws://127.0.0.1:* dioxus://index.html//__events https://dioxus.index.html//__events \
    http://dioxus.index.html//__events; form-action 'none'; base-uri 'none'";

/// Variables with which anyone on this machine could look into the window.
const INSPECTORS: [&str; 2] = ["WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"];

/// Opens the window with the phone's folder at `data`, or the system's own. Ends with the window.
pub fn launch(data: Option<PathBuf>) -> ! {
    close_to_inspectors();
    let start = Start {
        open: Arc::new(move || open(data.clone())),
        track: std::env::var_os("HANDOFF_TRACK").map(PathBuf::from),
        model: model(),
    };
    dioxus::LaunchBuilder::new().with_cfg(config()).with_context(start).launch(App);
    leave(0)
}

/// Starts the program again without the variables that open the window to inspectors, and ends with it.
/// Nothing to do in a build for developers, or when none of them is set.
fn close_to_inspectors() {
    if cfg!(debug_assertions) || INSPECTORS.iter().all(|name| std::env::var_os(name).is_none()) {
        return;
    }
    let mut again = std::process::Command::new(std::env::current_exe().unwrap_or_default());
    again.args(std::env::args_os().skip(1));
    for name in INSPECTORS {
        again.env_remove(name);
    }
    let code = again.status().ok().and_then(|status| status.code());
    std::process::exit(code.unwrap_or(1))
}

fn open(data: Option<PathBuf>) -> Result<Phone, PhoneError> {
    let folder = data.or_else(paths::data_dir).ok_or_else(|| PhoneError::File {
        path: PathBuf::from("HANDOFF_DATA"),
        error: std::io::Error::other("this system names no folder for the app; name one"),
    })?;
    Phone::open(&folder, Arc::new(SystemClock))
}

fn model() -> String {
    let kind = if cfg!(any(target_os = "android", target_os = "ios")) { "phone" } else { "laptop" };
    format!("{kind}, {}", std::env::consts::OS)
}

fn config() -> renderer::Config {
    let window = renderer::WindowBuilder::new().with_title("Handoff");
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    let window = window
        .with_inner_size(renderer::LogicalSize::new(390.0, 844.0))
        .with_min_inner_size(renderer::LogicalSize::new(340.0, 560.0));
    renderer::Config::new()
        .with_window(window)
        .with_menu(None)
        .with_disable_context_menu(!cfg!(debug_assertions))
        .with_background_color((10, 17, 22, 255))
        .with_navigation_handler(|_| false)
        .with_custom_event_handler(|event, _| ends_with_the_window(event))
        .with_custom_index(page())
}

/// Once the last window is closed: the loop may still be in a database.
fn ends_with_the_window<T: 'static>(event: &renderer::tao::event::Event<T>) {
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    if matches!(event, renderer::tao::event::Event::LoopDestroyed) {
        leave(0)
    }
    #[cfg(any(target_os = "android", target_os = "ios"))]
    let _ = event;
}

/// The page: styles in its head, one element to draw in.
pub fn page() -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Handoff</title>\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <style>{BASE_CSS}{PHONE_CSS}</style></head><body><div id=\"main\"></div></body></html>"
    )
}
