//! The main job through the real programs: the server's own process, the officer's app in its window, and
//! a browser on the inbox. Nothing here reaches behind a screen.

use crate::browser::{Browser, Kind};
use crate::window::{Role, Window, wait};
use serde::Deserialize;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// In every name and free text.
pub const CANARY: &str = "Zanzibarry";
const CORNER: &str = "1st Ave and Bell St";

/// What the demo server writes for scripts.
#[derive(Deserialize)]
struct Demo {
    server: String,
    phone_code: String,
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    name: String,
    url: String,
}

/// The server's own program with the demo programme, on a free port. It ends with this value.
struct ServerProgram {
    child: Child,
    demo: Demo,
}

impl ServerProgram {
    fn start(data: &Path) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_handoff")).with_file_name("handoff-server");
        assert!(program.exists(), "the server is not built: run `make test`, or cargo build -p handoff-server first");
        let mut child = Command::new(program)
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("demo")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let said = data.join("demo.json");
        let demo = wait(
            || "the demo server to say where it is".into(),
            || {
                assert!(matches!(child.try_wait(), Ok(None)), "the server ended");
                serde_json::from_str(&std::fs::read_to_string(&said).ok()?).ok()
            },
        );
        Self { child, demo }
    }

    fn link_of(&self, name: &str) -> &str {
        &self.demo.links.iter().find(|link| link.name.contains(name)).unwrap().url
    }
}

impl Drop for ServerProgram {
    fn drop(&mut self) {
        // Already ended is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The app, walking in the program's area.
fn app(data: &Path) -> Window {
    let track = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/walk.json");
    Window::open(data, &[("HANDOFF_TRACK", track.to_str().unwrap())])
}

/// A new phone, set up and on shift, still locked.
fn set_up(server: &ServerProgram, data: &Path) -> Window {
    let app = app(data);
    app.find(Role::Heading, "Set up this phone");
    app.fill("Server address", &server.demo.server);
    app.fill("One-time code", &server.demo.phone_code);
    app.picture("app-1-set-up");
    app.click(Role::Button, "Set up");

    start_shift(&app);
    app
}

/// The officer's first steps of a shift, up to the secret.
pub fn start_shift(app: &Window) {
    app.find(Role::Heading, "Start your shift");
    app.click_like(Role::Button, "Officer A. Reyes");
    app.fill("Unit", "3-M-21");
    app.picture("app-2-shift");
    app.click(Role::Button, "Start shift");
    app.find(Role::Heading, "Your PIN");
}

/// The same, unlocked and at the list.
fn on_shift(server: &ServerProgram, data: &Path) -> Window {
    let app = set_up(server, data);
    app.click(Role::Button, "I know it, go on");
    app.find(Role::Button, "New encounter");
    app
}

/// Opens an encounter and says where, how and what.
pub fn describe_the_scene(app: &Window) {
    app.click(Role::Button, "New encounter");
    app.find(Role::Heading, "How did you meet?");
    app.read("Inside");
    app.picture("app-3-encounter");
    app.click_like(Role::Button, "Map");
    app.find(Role::Heading, "Where are you?");
    app.fill("Cross street or address", CORNER);
    app.picture("app-4-place");
    app.click(Role::Button, "Continue");
    app.find(Role::Heading, "How did you meet?");
    app.click_like(Role::Button, "Arrest");
    app.find(Role::Heading, "What is the offence?");
    app.click_like(Role::CheckBox, "Drug possession");
    app.click(Role::Button, "Continue");
    app.find(Role::Heading, "Which drug, how much?");
    app.click(Role::Radio, "Heroin");
    app.fill("Grams", "1.2");
    app.picture("app-5-drug");
    app.click(Role::Button, "Continue");
}

/// Answers what the rules still ask, so that nothing bars.
pub fn answer_the_rules(app: &Window) {
    for (question, answer) in
        [("open to diversion", "Yes"), ("exploit", "No"), ("promoting", "No"), ("drug court", "No")]
    {
        app.find_like(Role::Heading, question);
        app.click(Role::Button, answer);
    }
    app.find(Role::Heading, "Criminal history");
    app.click_like(Role::Button, "Checked, nothing found");
    app.find_like(Role::Heading, "old");
    app.fill("Age in years", "34");
    app.click(Role::Button, "Continue");
}

/// The offer is made and taken; who it is, how to find them, what they need.
pub fn offer_and_accept(app: &Window) {
    app.find_like(Role::Heading, "Eligible");
    app.picture("app-6-verdict");
    app.click_like(Role::Button, "Offered and accepted");
    app.find(Role::Heading, "Do they agree to share their details?");
    app.click(Role::Button, "Yes, in words");
    app.find(Role::Heading, "Who is it?");
    app.fill("Name or alias", &format!("{CANARY} Doe"));
    app.click(Role::Button, "Continue");
    app.find(Role::Heading, "How do we find them?");
    app.fill("How to find them", &format!("{CANARY}'s tent by the ramp"));
    app.fill("Your call-back number", "206 555 0121");
    app.click(Role::Button, "Continue");
    app.find(Role::Heading, "What do they need tonight?");
    app.click_like(Role::CheckBox, "Shelter");
    app.click(Role::Button, "Continue");
    app.find(Role::Heading, "For the report on fairness");
    app.click(Role::Radio, "White");
    app.click(Role::Radio, "Female");
    app.click(Role::Button, "Continue");
}

#[test]
fn a_diversion_reaches_the_inbox_without_reload_and_the_answer_reaches_the_officer() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProgram::start(&folder.path().join("server"));
    let console = tokio::runtime::Runtime::new().unwrap();
    let browser = console.block_on(async {
        let browser = Browser::open(Kind::Desk).await;
        browser.go(server.link_of("Okafor")).await;
        browser.press("Sign in").await;
        browser.text("Nothing needs you now").await;
        browser.press("Inbox").await;
        browser.text("No referral waits").await;
        browser.text("Live").await;
        browser.ask::<()>("window.stayed = true").await;
        browser
    });

    let app = on_shift(&server, &folder.path().join("phone"));
    describe_the_scene(&app);
    answer_the_rules(&app);
    offer_and_accept(&app);
    app.find(Role::Heading, "Check and save");
    app.picture("app-7-review");
    app.click(Role::Button, "Save");
    app.find(Role::Heading, "Saved");
    app.read("Safe with the agency");
    app.read("No case manager has it yet");
    app.picture("app-8-saved");

    console.block_on(async {
        browser.text(CORNER).await;
        assert!(browser.ask::<bool>("return window.stayed === true").await, "the page was not loaded again");
        assert!(!browser.says(CANARY).await, "the inbox names nobody");
        browser.picture("end-to-end-inbox").await;
        browser.press(CORNER).await;
        browser.text(&format!("{CANARY} Doe")).await;
        browser.picture("end-to-end-referral").await;
        browser.click("//button[normalize-space(.)='Accept']").await;
        browser.text("You have this referral").await;
    });

    app.find(Role::Heading, "Grace Okafor has it");
    app.read("Accepted by Grace Okafor at");
    app.read("Meets you at the scene at");
    app.picture("app-9-accepted");
    console.block_on(browser.close());
}

#[test]
fn a_killed_app_opens_again_at_the_same_card_and_saves_locked_and_without_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    let phone = folder.path().join("phone");
    let server = ServerProgram::start(&folder.path().join("server"));
    let before = set_up(&server, &phone);
    before.click(Role::Button, "Record without unlocking");
    before.click(Role::Button, "New encounter");
    before.read("Inside");
    before.click_like(Role::Button, "Arrest");
    before.find(Role::Heading, "What is the offence?");
    before.click_like(Role::CheckBox, "Drug possession");
    before.click(Role::Button, "Continue");
    before.find(Role::Heading, "Which drug, how much?");
    drop(before);
    drop(server);

    let app = app(&phone);
    app.find(Role::Heading, "Your PIN");
    app.click(Role::Button, "Record without unlocking");
    app.find(Role::Heading, "Which drug, how much?");
    app.picture("app-10-after-a-kill");
    app.click(Role::Radio, "Heroin");
    app.fill("Grams", "1.2");
    app.click(Role::Button, "Continue");
    answer_the_rules(&app);
    offer_and_accept(&app);
    app.click(Role::Button, "Save");
    app.find(Role::Heading, "Saved");
    app.read("Not safe yet");
    app.picture("app-11-saved-offline");
    app.click(Role::Button, "Done");
    app.read("1 not safe yet");
    app.read("Locked: names are hidden");
    assert!(!app.seen().contains(CANARY), "a locked list names nobody");
    app.picture("app-12-list-locked-offline");
}
