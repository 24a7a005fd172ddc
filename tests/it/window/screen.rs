//! The X screen: the window's place, the keyboard's focus, and pictures.

use super::wait;
use std::path::Path;
use std::process::Command;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, ImageFormat, InputFocus, MapState, Window as Id,
};
use x11rb::rust_connection::RustConnection;

pub struct Screen {
    x: RustConnection,
    window: Id,
}

impl Screen {
    /// Waits for the visible window of a process.
    pub fn of(pid: u32) -> Self {
        let (x, number) = x11rb::connect(None).unwrap();
        let root = x.setup().roots[number].root;
        let window = wait(|| format!("a visible window of process {pid}"), || window_of(&x, root, pid));
        Self { x, window }
    }

    /// Gives this window the keyboard: no window manager does it here.
    pub fn take_focus(&self) {
        self.x.set_input_focus(InputFocus::PARENT, self.window, x11rb::CURRENT_TIME).unwrap().check().unwrap();
    }

    /// Makes the window so large, and waits until it is.
    pub fn resize(&self, width: u16, height: u16) {
        let size = ConfigureWindowAux::new().width(u32::from(width)).height(u32::from(height));
        self.x.configure_window(self.window, &size).unwrap().check().unwrap();
        wait(
            || format!("a window of {width} by {height}"),
            || {
                let now = self.x.get_geometry(self.window).ok()?.reply().ok()?;
                ((now.width, now.height) == (width, height)).then_some(())
            },
        );
    }

    /// Presses at a point of the window, drags along by so much, and lets go. In steps, as a hand does.
    pub fn drag(&self, (x, y): (i32, i32), (dx, dy): (i32, i32)) {
        const STEPS: i32 = 8;
        let window = self.window.to_string();
        let mut hand = Command::new("xdotool");
        hand.args(["mousemove", "--sync", "--window", &window, &x.to_string(), &y.to_string()]);
        hand.args(["mousedown", "1"]);
        if (dx, dy) != (0, 0) {
            for step in 1..=STEPS {
                let (x, y) = ((x + dx * step / STEPS).to_string(), (y + dy * step / STEPS).to_string());
                hand.args(["mousemove", "--sync", "--window", &window, &x, &y]);
            }
        }
        hand.args(["mouseup", "1"]);
        assert!(hand.status().unwrap().success(), "xdotool cannot move");
    }

    /// Writes what the window shows as a PNG, once it stands still: the page is drawn after it is told.
    pub fn picture(&self, path: &Path) {
        const STILL: usize = 6;
        let (mut before, mut still) = (Vec::new(), 0);
        wait(
            || "the window to stand still".into(),
            || {
                let now = self.frame().2;
                still = if now == before { still + 1 } else { 0 };
                before = now;
                (still == STILL).then_some(())
            },
        );
        let (width, height, bgrx) = self.frame();
        // 32 bits for each pixel, blue first, as every X server of today sends them.
        let rgb: Vec<u8> = bgrx.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
        let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
        let mut encoder = png::Encoder::new(file, width.into(), height.into());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header().unwrap().write_image_data(&rgb).unwrap();
    }

    /// Width, height and pixels of this moment.
    fn frame(&self) -> (u16, u16, Vec<u8>) {
        let size = self.x.get_geometry(self.window).unwrap().reply().unwrap();
        let image = self.x.get_image(ImageFormat::Z_PIXMAP, self.window, 0, 0, size.width, size.height, u32::MAX);
        let image = image.unwrap().reply().unwrap();
        (size.width, size.height, image.data)
    }
}

/// The first viewable window, from the top down, that says it is of this process.
fn window_of(x: &RustConnection, from: Id, pid: u32) -> Option<Id> {
    let children = x.query_tree(from).ok()?.reply().ok()?.children;
    let is_its = |window: &Id| pid_of(x, *window) == Some(pid) && is_viewable(x, *window);
    children.iter().copied().find(is_its).or_else(|| children.iter().find_map(|child| window_of(x, *child, pid)))
}

fn pid_of(x: &RustConnection, window: Id) -> Option<u32> {
    let atom = x.intern_atom(true, b"_NET_WM_PID").ok()?.reply().ok()?.atom;
    x.get_property(false, window, atom, AtomEnum::CARDINAL, 0, 1).ok()?.reply().ok()?.value32()?.next()
}

fn is_viewable(x: &RustConnection, window: Id) -> bool {
    let attributes = x.get_window_attributes(window).ok().and_then(|asked| asked.reply().ok());
    attributes.is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE)
}
