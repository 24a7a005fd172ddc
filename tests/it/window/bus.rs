//! The accessibility bus (AT-SPI), as far as these tests need it.

use std::collections::HashSet;
use zbus::blocking::{Connection, connection};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Type};

const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
/// State bit: the keyboard's focus is here.
const FOCUSED: u32 = 12;
/// A page deeper than this is a mistake.
const DEEPEST: usize = 64;

/// A thing on the bus: who owns it, and its path there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Deserialize, Type)]
pub struct Node {
    owner: String,
    path: OwnedObjectPath,
}

/// What a thing is, by the bus's own numbers; its names for roles are empty here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Button,
    CheckBox,
    /// The page itself.
    Document,
    Entry,
    Heading,
    Radio,
    /// A field that does not show what is typed.
    Secret,
}

impl Role {
    pub const fn number(self) -> u32 {
        match self {
            Self::CheckBox => 7,
            Self::Secret => 40,
            Self::Button => 43,
            Self::Radio => 44,
            Self::Entry => 79,
            Self::Heading => 83,
            Self::Document => 95,
        }
    }
}

pub struct Bus(Connection);

impl Bus {
    /// The bus of the session that the test runs in.
    pub fn connect() -> Self {
        let session = Connection::session().unwrap();
        let reply = session.call_method(Some("org.a11y.Bus"), "/org/a11y/bus", Some("org.a11y.Bus"), "GetAddress", &());
        let address: String = reply.expect("the accessibility bus answers").body().deserialize().unwrap();
        Self(connection::Builder::address(address.as_str()).unwrap().build().unwrap())
    }

    /// The application of a process, once it is registered and shows something.
    pub fn app_of(&self, pid: u32) -> Option<Node> {
        let path = OwnedObjectPath::try_from("/org/a11y/atspi/accessible/root").unwrap();
        let root = Node { owner: "org.a11y.atspi.Registry".into(), path };
        self.children(&root).into_iter().find(|app| self.pid(app) == Some(pid) && !self.children(app).is_empty())
    }

    fn pid(&self, node: &Node) -> Option<u32> {
        let bus = Some("org.freedesktop.DBus");
        let call = self.0.call_method(bus, "/org/freedesktop/DBus", bus, "GetConnectionUnixProcessID", &node.owner);
        call.ok()?.body().deserialize().ok()
    }

    /// The first node, from the top and in order, of which `fits` says yes.
    pub fn search(&self, from: &Node, fits: &mut dyn FnMut(&Node) -> bool) -> Option<Node> {
        self.search_below(from, fits, &mut HashSet::new(), DEEPEST)
    }

    fn search_below(
        &self,
        node: &Node,
        fits: &mut dyn FnMut(&Node) -> bool,
        seen: &mut HashSet<Node>,
        depth: usize,
    ) -> Option<Node> {
        if depth == 0 || !seen.insert(node.clone()) {
            return None;
        }
        if fits(node) {
            return Some(node.clone());
        }
        self.children(node).iter().find_map(|child| self.search_below(child, fits, seen, depth - 1))
    }

    /// One by one: the call for all children at once leaves the page out.
    fn children(&self, node: &Node) -> Vec<Node> {
        let count = self.property(node, ACCESSIBLE, "ChildCount").and_then(|value| i32::try_from(value).ok());
        (0..count.unwrap_or(0)).filter_map(|i| self.call(node, ACCESSIBLE, "GetChildAtIndex", &i)).collect()
    }

    pub fn role(&self, node: &Node) -> Option<u32> {
        self.call(node, ACCESSIBLE, "GetRole", &())
    }

    pub fn name(&self, node: &Node) -> Option<String> {
        self.property(node, ACCESSIBLE, "Name").and_then(|value| String::try_from(value).ok())
    }

    /// The text that it holds: what was typed, or a paragraph.
    pub fn text(&self, node: &Node) -> Option<String> {
        const TEXT: &str = "org.a11y.atspi.Text";
        // Asked of a node without text, the window's library complains on its own standard error.
        let knows: Vec<String> = self.call(node, ACCESSIBLE, "GetInterfaces", &())?;
        knows.iter().any(|name| name == TEXT).then(|| self.call(node, TEXT, "GetText", &(0_i32, -1_i32)))?
    }

    /// Does what a press would do.
    pub fn press(&self, node: &Node) {
        let done: Option<bool> = self.call(node, "org.a11y.atspi.Action", "DoAction", &0_i32);
        assert_eq!(done, Some(true), "{:?} cannot be pressed", self.name(node));
    }

    /// Asks for the keyboard's focus; it comes a moment later.
    pub fn focus(&self, node: &Node) {
        let _: Option<bool> = self.call(node, "org.a11y.atspi.Component", "GrabFocus", &());
    }

    pub fn is_focused(&self, node: &Node) -> bool {
        let state: Option<Vec<u32>> = self.call(node, ACCESSIBLE, "GetState", &());
        state.and_then(|words| words.first().copied()).is_some_and(|low| low & (1 << FOCUSED) != 0)
    }

    /// Where it is in its window: left, top, width, height, in pixels.
    pub fn place(&self, node: &Node) -> Option<(i32, i32, i32, i32)> {
        const IN_WINDOW: u32 = 1;
        self.call(node, "org.a11y.atspi.Component", "GetExtents", &IN_WINDOW)
    }

    /// Nothing when the node has gone meanwhile or does not know the call: the page lives on.
    fn call<A, R>(&self, node: &Node, interface: &str, method: &str, args: &A) -> Option<R>
    where
        A: serde::Serialize + zbus::zvariant::DynamicType,
        R: for<'d> serde::Deserialize<'d> + Type,
    {
        let reply = self.0.call_method(Some(node.owner.as_str()), &node.path, Some(interface), method, args).ok()?;
        reply.body().deserialize().ok()
    }

    /// Read afresh each time: what the bus remembers is out of date.
    fn property(&self, node: &Node, interface: &str, name: &str) -> Option<OwnedValue> {
        self.call(node, "org.freedesktop.DBus.Properties", "Get", &(interface, name))
    }
}
