//! A real Chromium, driven through chromedriver: its own profile, gone with this value.

use serde_json::json;
use std::future::Future;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;

/// How long anything may take to appear. Generous: a slow machine is no bug.
pub const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);

/// How a browser is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 1440 by 900.
    Desk,
    /// The same in a dark room.
    NightDesk,
    /// A phone, 360 by 740, with touch.
    Phone,
    /// A phone in a dark room.
    NightPhone,
    /// 1440 by 900, scripts switched off.
    NoScript,
}

/// A browser.
pub struct Browser {
    pub page: WebDriver,
    driver: Driver,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts chromedriver on a free port and a browser with a fresh profile.
    pub async fn open(kind: Kind) -> Self {
        let (driver, port) = start_driver();
        // From here on the driver ends with this value, whatever fails below.
        let driver = Driver(driver, port);
        let profile = tempfile::tempdir().unwrap();
        let page = WebDriver::new(&format!("http://127.0.0.1:{port}"), wishes(kind, profile.path())).await.unwrap();
        Self { page, driver, _profile: profile }
    }

    /// From now on it shows pages as a browser of that kind does, which is dear to start: its size, its touch and the
    /// light of its room. It must have been opened as [`Kind::Desk`], and have a page open; scripts run.
    pub async fn stand_in_for(&self, kind: Kind) {
        assert_ne!(kind, Kind::NoScript, "a page has begun with its scripts");
        let phone = matches!(kind, Kind::Phone | Kind::NightPhone);
        let night = matches!(kind, Kind::NightPhone | Kind::NightDesk);
        let (width, height, ratio) = if phone { (360, 740, 2.0) } else { (1440, 900, 1.0) };
        let room = json!({"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": phone});
        self.tools("Emulation.setDeviceMetricsOverride", room).await;
        self.tools("Emulation.setTouchEmulationEnabled", json!({"enabled": phone})).await;
        let light = json!({"name": "prefers-color-scheme", "value": if night { "dark" } else { "light" }});
        self.tools("Emulation.setEmulatedMedia", json!({"features": [light]})).await;
        self.page.refresh().await.unwrap();
        let says = "return [innerWidth, devicePixelRatio, navigator.maxTouchPoints > 0,
            matchMedia('(prefers-color-scheme: dark)').matches]";
        assert_eq!(self.ask::<(u32, f64, bool, bool)>(says).await, (width, ratio, phone, night), "{kind:?}");
    }

    /// Opens an address.
    pub async fn go(&self, url: &str) {
        self.page.goto(url).await.unwrap();
    }

    /// The element of an XPath, as soon as it is there and can be seen.
    pub async fn see(&self, xpath: &str) -> WebElement {
        wait_for(xpath, async || {
            let found = self.page.find(By::XPath(xpath)).await.ok()?;
            found.is_displayed().await.ok()?.then_some(found)
        })
        .await
    }

    /// The element whose whole text, spaces apart, is this.
    pub async fn text(&self, text: &str) -> WebElement {
        self.see(&format!("//*[normalize-space(.)=\"{text}\"][not(*[normalize-space(.)=\"{text}\"])]")).await
    }

    /// Clicks the element of an XPath. A live page may put another in its place between the look and the click:
    /// then that one is clicked.
    pub async fn click(&self, xpath: &str) {
        wait_for(xpath, async || self.page.find(By::XPath(xpath)).await.ok()?.click().await.ok()).await;
    }

    /// Types into the field of an XPath, found anew as in [`Browser::click`].
    pub async fn write(&self, xpath: &str, text: &str) {
        wait_for(xpath, async || self.page.find(By::XPath(xpath)).await.ok()?.send_keys(text).await.ok()).await;
    }

    /// Presses a button or a link by its name.
    pub async fn press(&self, name: &str) {
        let xpath =
            format!("//*[self::button or self::a or self::label or self::summary][normalize-space(.)=\"{name}\"]");
        self.click(&xpath).await;
    }

    /// Whether the page holds this text now.
    pub async fn says(&self, text: &str) -> bool {
        let page = self.page.find(By::Tag("body")).await.unwrap().text().await.unwrap();
        page.contains(text)
    }

    /// What a script in the page returns.
    pub async fn ask<T: serde::de::DeserializeOwned>(&self, script: &str) -> T {
        self.page.execute(script, Vec::new()).await.unwrap().convert().unwrap()
    }

    /// What the browser's own tools answer to a command of theirs.
    pub async fn tools(&self, command: &str, params: serde_json::Value) -> serde_json::Value {
        let (port, session) = (self.driver.1, self.page.handle().session_id());
        let url = format!("http://127.0.0.1:{port}/session/{session}/goog/cdp/execute");
        let ask = crate::server::client().post(url).json(&json!({"cmd": command, "params": params}));
        let mut answer: serde_json::Value = ask.send().await.unwrap().json().await.unwrap();
        assert!(answer["value"].get("error").is_none(), "{command}: {answer}");
        answer["value"].take()
    }

    /// Types keys at whatever has the focus.
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        self.page.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Keeps a picture under `target/screenshots`.
    pub async fn picture(&self, name: &str) {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        self.page.screenshot(&folder.join(format!("{name}.png"))).await.unwrap();
    }

    /// Errors that the browser noted: failed scripts, resources that the page's own rules forbid.
    pub async fn errors(&self) -> Vec<String> {
        let log = self.page.browser_log().await.unwrap();
        log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect()
    }

    /// Ends the browser.
    pub async fn close(self) {
        self.page.clone().quit().await.unwrap();
    }
}

/// A chromedriver and its port. After a failed test the session is still open: it takes its browser along.
struct Driver(Child, u16);

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Asks again until there is an answer.
///
/// # Panics
/// After [`PATIENCE`], with the words of `what`.
pub async fn wait_for<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Debian's name of the driver, and that of Ubuntu's snap.
const DRIVERS: [&str; 2] = ["chromedriver", "chromium.chromedriver"];

fn start_driver() -> (Child, u16) {
    let start = |name: &&str| {
        Command::new(name)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()
    };
    let mut driver = DRIVERS
        .iter()
        .find_map(start)
        .expect("chromedriver is not installed: `make test` installs it on Debian and Ubuntu");
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok())
        .expect("chromedriver tells its port");
    // It goes on writing: a full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    (driver, port)
}

fn wishes(kind: Kind, profile: &std::path::Path) -> thirtyfour::ChromeCapabilities {
    let mut wishes = DesiredCapabilities::chrome();
    for arg in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--no-proxy-server",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--window-size=1440,900",
    ] {
        wishes.add_arg(arg).unwrap();
    }
    wishes.add_arg(&format!("--user-data-dir={}", profile.display())).unwrap();
    wishes.set_browser_log_level(thirtyfour::LoggingPrefsLogLevel::All).unwrap();
    if kind == Kind::NoScript {
        let off = json!({"profile.managed_default_content_settings.javascript": 2});
        wishes.add_experimental_option("prefs", off).unwrap();
    }
    if matches!(kind, Kind::Phone | Kind::NightPhone) {
        let metrics = json!({"width": 360, "height": 740, "pixelRatio": 2.0, "touch": true, "mobile": true});
        wishes.add_experimental_option("mobileEmulation", json!({"deviceMetrics": metrics})).unwrap();
    }
    if matches!(kind, Kind::NightPhone | Kind::NightDesk) {
        wishes.add_arg("--blink-settings=preferredColorScheme=0").unwrap();
    }
    wishes
}
