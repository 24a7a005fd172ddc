//! Small line drawings, inline so that nothing is fetched.

use dioxus::prelude::*;

/// What a drawing says. It always stands beside a word, so a screen reader skips it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// Satisfied, done.
    Check,
    /// Barred: a stop sign.
    Stop,
    /// A supervisor decides.
    Shield,
    /// Not known.
    Question,
    /// Look here first.
    Alert,
    /// For your information.
    Info,
    /// Time that runs.
    Clock,
    /// A place.
    Pin,
    /// A telephone.
    Phone,
    /// A person.
    Person,
    /// A mark for review.
    Flag,
    /// Locked.
    Lock,
    /// Kept here, on the way.
    Upload,
    /// The inbox.
    Inbox,
    /// Go on.
    Next,
    /// Go back.
    Back,
    /// Something new.
    Plus,
    /// A language.
    Speech,
    /// A list of records.
    List,
    /// No connection.
    Offline,
    /// Take away, close.
    Cross,
}

impl Glyph {
    /// The strokes on a grid of 24 by 24.
    const fn path(self) -> &'static str {
        match self {
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Stop => "M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3zM8 12h8",
            Self::Shield => "M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6zM9 12.5l3-3 3 3M9 16l3-3 3 3",
            Self::Question => {
                "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z"
            }
            Self::Alert => "M12 4l9 16H3zM12 10v4.5M12 17.4v.1",
            Self::Info => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5M12 7.6v.1",
            Self::Clock => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2",
            Self::Pin => {
                "M12 21c4-4.5 6.5-8 6.5-11a6.5 6.5 0 0 0-13 0c0 3 2.5 6.5 6.5 11zM12 8a2.2 2.2 0 1 0 0 4.4A2.2 2.2 0 0 0 12 8z"
            }
            Self::Phone => {
                "M6 3h3.5l1.5 4.5-2 1.5a12 12 0 0 0 6 6l1.5-2 4.5 1.5V18a3 3 0 0 1-3 3C10 21 3 14 3 6a3 3 0 0 1 3-3z"
            }
            Self::Person => "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 21c.5-4 3.5-6 7.5-6s7 2 7.5 6",
            Self::Flag => "M6 21V4M6 5h11l-2.5 4L17 13H6",
            Self::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
            Self::Upload => "M12 15V5M8 8.5L12 4.5l4 4M5 15v4h14v-4",
            Self::Inbox => "M4 13l2.5-8h11L20 13v6H4zM4 13h5a3 3 0 0 0 6 0h5",
            Self::Next => "M9 5l7 7-7 7",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Speech => "M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5",
            Self::List => "M9 6h11M9 12h11M9 18h11M4.5 6v.1M4.5 12v.1M4.5 18v.1",
            Self::Offline => {
                "M4 4l16 16M7 9.5A7 7 0 0 0 5 11M10.5 7.2A10 10 0 0 1 20 10.5M9 14.5a5 5 0 0 1 5-.8M12 18.5v.1"
            }
            Self::Cross => "M6 6l12 12M18 6L6 18",
        }
    }
}

/// A drawing, the size of the text around it.
#[component]
pub fn Icon(glyph: Glyph) -> Element {
    rsx! {
        svg { class: "icon", view_box: "0 0 24 24", "aria-hidden": "true",
            path { d: glyph.path() }
        }
    }
}
