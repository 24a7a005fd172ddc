//! `make run` on a machine without a screen: the shift is played, the console answers, and Ctrl-C ends it all.

use crate::browser::wait_for;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The demo as `make run` starts it, in a process group of its own, as a terminal does. Ends with this value.
struct Demo(Child);

impl Demo {
    fn start(data: &Path) -> Self {
        let programs = Path::new(env!("CARGO_BIN_EXE_handoff")).parent().unwrap();
        // Whoever runs the tests in the background has Ctrl-C switched off, and a shell cannot switch it on.
        let mut command = Command::new("env");
        command.args(["--default-signal=INT", ".make/run"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        command.env("HANDOFF_PROGRAMS", programs).env("HANDOFF_DEMO", data);
        for screen in ["DISPLAY", "WAYLAND_DISPLAY", "FRESH", "HANDOFF_DATA"] {
            command.env_remove(screen);
        }
        Self(command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap())
    }

    fn signal(&self, name: &str) {
        drop(Command::new("kill").args([name, "--", &format!("-{}", self.0.id())]).stderr(Stdio::null()).status());
    }

    /// Processes of the group that still run.
    fn alive(&self) -> Vec<String> {
        let group = self.0.id().to_string();
        let stats = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|process| {
            let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
            // After the name in brackets: state, parent, group. Whoever ended and is not waited for runs no more.
            let fields: Vec<_> = stat.rsplit_once(") ")?.1.split(' ').collect();
            (fields[2] == group && fields[0] != "Z").then(|| stat.clone())
        });
        stats.collect()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.signal("-KILL");
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn make_run_without_a_screen_plays_a_shift_leaves_the_console_up_and_ends_whole() {
    let data = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(data.path());
    let said = BufReader::new(demo.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut lines = Vec::new();
    for line in said {
        lines.push(line);
        if lines.last().unwrap().starts_with("The console stays up") {
            break;
        }
    }
    let told = lines.join("\n");
    assert!(told.contains("The console stays up until Ctrl-C."), "{told}");
    let played: Vec<_> = (1..=6).filter(|n| told.contains(&format!("{n}/6"))).collect();
    assert_eq!(played, [1, 2, 3, 4, 5, 6], "{told}");
    let link = lines.iter().find_map(|line| line.find("http://").map(|at| line[at..].trim())).unwrap();
    let origin = link.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let http = crate::server::client();
    assert_eq!(http.get(link).send().await.unwrap().status(), 200, "the console asks who signs in");
    assert_eq!(http.get(format!("{origin}/healthz")).send().await.unwrap().status(), 200);

    assert!(demo.alive().len() > 1, "the script and the server");
    demo.signal("-INT");
    assert_eq!(demo.0.wait().unwrap().code(), Some(0));
    wait_for("everything that was started to end", async || demo.alive().is_empty().then_some(())).await;
    assert!(http.get(format!("{origin}/healthz")).send().await.is_err(), "nobody listens any more");
}
