//! The real app in a real window, driven as a screen reader drives it: over the accessibility bus, by role
//! and name. What has no accessible name cannot be found, so each of these tests checks that too.
//!
//! Needs a screen, a session bus and the accessibility service; `make test` brings up all three.

mod bus;
mod screen;

pub use bus::{Node, Role};

use bus::Bus;
use screen::Screen;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long anything may take to appear. Generous: a slow machine is no bug.
pub const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);
/// No page has so many controls.
const MOST_TABS: usize = 40;

/// Asks again until there is an answer.
///
/// # Panics
/// After [`PATIENCE`], with the words of `what`.
pub fn wait<T>(what: impl Fn() -> String, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain for {}", what());
        std::thread::sleep(PAUSE);
    }
}

/// One screen has one keyboard: windows take turns.
static TURN: Mutex<()> = Mutex::new(());

/// A running app. It ends with this value.
pub struct Window {
    child: Child,
    bus: Bus,
    app: Node,
    screen: Screen,
    _turn: MutexGuard<'static, ()>,
}

impl Window {
    /// Starts the app on a data directory and waits for its page. `set` are further variables of its
    /// environment.
    pub fn open(data: &Path, set: &[(&str, &str)]) -> Self {
        for variable in ["DISPLAY", "DBUS_SESSION_BUS_ADDRESS"] {
            assert!(std::env::var_os(variable).is_some(), "{variable} is not set: run this through `make test`");
        }
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let bus = Bus::connect();
        let child = Command::new(env!("CARGO_BIN_EXE_handoff"))
            .env("HANDOFF_DATA", data)
            .env("GDK_BACKEND", "x11")
            .env("NO_PROXY", "127.0.0.1")
            .envs(set.iter().copied())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let pid = child.id();
        // From here on the child ends with the guard, whatever fails below.
        let mut child = Guard(Some(child));
        let app = wait(
            || format!("the app (process {pid}) on the accessibility bus"),
            || {
                assert!(child.is_running(), "the app ended before it showed a window");
                bus.app_of(pid)
            },
        );
        let screen = Screen::of(pid);
        Self { child: child.0.take().unwrap(), bus, app, screen, _turn: turn }
    }

    /// Waits for something of this role with exactly this name.
    pub fn find(&self, role: Role, name: &str) -> Node {
        self.find_where(role, name, |found| found == name)
    }

    /// Waits for something of this role whose name holds these words.
    pub fn find_like(&self, role: Role, words: &str) -> Node {
        self.find_where(role, words, |found| found.contains(words))
    }

    fn find_where(&self, role: Role, words: &str, fits: impl Fn(&str) -> bool) -> Node {
        wait(|| format!("{role:?} {words:?}; there is\n{}", self.seen()), || self.look(role, &fits))
    }

    /// What is there now, without waiting.
    pub fn look(&self, role: Role, fits: &dyn Fn(&str) -> bool) -> Option<Node> {
        self.bus.search(&self.app, &mut |node| {
            self.bus.role(node) == Some(role.number()) && self.bus.name(node).is_some_and(|name| fits(name.trim()))
        })
    }

    /// Presses a button, link, box or tile.
    pub fn click(&self, role: Role, name: &str) {
        let node = self.find(role, name);
        self.bus.press(&node);
    }

    /// As [`Window::click`], by part of the name.
    pub fn click_like(&self, role: Role, words: &str) {
        let node = self.find_like(role, words);
        self.bus.press(&node);
    }

    /// Types into the field of this label, as a keyboard does.
    pub fn fill(&self, name: &str, text: &str) {
        let field = self.type_into(Role::Entry, name, text);
        wait(|| format!("{text:?} in {name:?}"), || self.bus.text(&field)?.contains(text).then_some(()));
    }

    /// As [`Window::fill`], into a field that does not show what is typed: as many dots must come.
    pub fn fill_secret(&self, name: &str, text: &str) {
        let field = self.type_into(Role::Secret, name, text);
        let letters = text.chars().count();
        wait(
            || format!("{letters} hidden letters in {name:?}, not {:?}", self.bus.text(&field)),
            || (self.bus.text(&field)?.chars().count() == letters).then_some(()),
        );
        assert_ne!(self.bus.text(&field).as_deref(), Some(text), "a secret is not shown");
    }

    fn type_into(&self, role: Role, name: &str, text: &str) -> Node {
        let field = wait(
            || format!("a field {name:?}; there is\n{}", self.seen()),
            || self.look(role, &|found| found.trim_end_matches("(optional)").trim_end() == name),
        );
        self.screen.take_focus();
        self.bus.focus(&field);
        wait(|| format!("the field {name:?} to take the focus"), || self.bus.is_focused(&field).then_some(()));
        self.hands(&["type", "--delay", "40", "--", text]);
        field
    }

    /// Goes through the page with the Tab key until the button of this name has the focus, and presses it.
    pub fn press_by_keyboard(&self, name: &str) {
        let button = self.find(Role::Button, name);
        self.screen.take_focus();
        for _ in 0..MOST_TABS {
            if self.bus.is_focused(&button) {
                return self.hands(&["key", "space"]);
            }
            self.hands(&["key", "--delay", "40", "Tab"]);
        }
        panic!("the Tab key does not reach {name:?}");
    }

    /// Presses with the pointer in the middle of what has this name, drags by so many pixels, lets go.
    pub fn drag(&self, name: &str, by: (i32, i32)) {
        let place = wait(
            || format!("a place on the screen of {name:?}; there is\n{}", self.seen()),
            || {
                let fits = &mut |node: &Node| self.bus.name(node).is_some_and(|found| found.trim() == name);
                self.bus.place(&self.bus.search(&self.app, fits)?)
            },
        );
        let (left, top, width, height) = place;
        self.screen.drag((left + width / 2, top + height / 2), by);
    }

    fn hands(&self, args: &[&str]) {
        assert!(Command::new("xdotool").args(args).status().unwrap().success(), "xdotool cannot type");
    }

    /// Makes the window so large: no window manager has a say here.
    pub fn resize(&self, width: u16, height: u16) {
        self.screen.resize(width, height);
        // A page that is longer than its window tells all of its height.
        let laid_out = &mut |node: &Node| {
            self.bus.role(node) == Some(Role::Document.number())
                && self.bus.place(node).is_some_and(|(_, _, wide, _)| wide == i32::from(width))
        };
        wait(|| format!("a page {width} wide; there is\n{}", self.seen()), || self.bus.search(&self.app, laid_out));
    }

    /// Waits until these words stand where they can be seen: between the top of the window and `bottom`.
    pub fn see(&self, words: &str, bottom: i32) {
        let fits = &mut |node: &Node| {
            let said = |text: Option<String>| text.is_some_and(|text| text.contains(words));
            if !said(self.bus.name(node)) && !said(self.bus.text(node)) {
                return false;
            }
            let (_, top, _, height) = self.bus.place(node).unwrap_or_default();
            height > 0 && top > 0 && top + height < bottom
        };
        wait(|| format!("{words:?} in sight; there is\n{}", self.seen()), || self.bus.search(&self.app, fits));
    }

    /// Waits until these words stand anywhere in the window.
    pub fn read(&self, words: &str) {
        wait(
            || format!("the words {words:?}; there is\n{}", self.seen()),
            || self.seen().contains(words).then_some(()),
        );
    }

    /// Everything in the window that has a name or a text, one line each.
    pub fn seen(&self) -> String {
        let mut lines = Vec::new();
        self.bus.search(&self.app, &mut |node| {
            let name = self.bus.name(node).unwrap_or_default();
            let text = self.bus.text(node).unwrap_or_default();
            let words = if name.trim().is_empty() { text } else { name };
            if !words.trim().is_empty() {
                lines.push(format!("{:>4} {}", self.bus.role(node).unwrap_or_default(), words.trim()));
            }
            false
        });
        lines.dedup();
        lines.join("\n")
    }

    /// Keeps a picture of the window in `target/screenshots/NAME.png`.
    pub fn picture(&self, name: &str) -> PathBuf {
        let path = pictures().join(format!("{name}.png"));
        self.screen.picture(&path);
        path
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Guard(Option<Child>);

impl Guard {
    fn is_running(&mut self) -> bool {
        self.0.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Where pictures are kept: `target/screenshots`.
pub fn pictures() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from);
    let folder = target.join("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
