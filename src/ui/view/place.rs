//! Where the officer is, in one line that can be read at arm's length.

use super::Guide;
use crate::domain::codes::Containment;
use crate::domain::facts::{FixFact, FixSource};
use crate::domain::zone::{Doubt, Located};
use crate::ui::parts::{Glyph, Tone};

/// The place strip.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceView {
    /// `Inside Belltown`, `No position yet`.
    pub headline: String,
    /// The margin, the nearest edge, how it is known.
    pub detail: String,
    /// How it weighs.
    pub tone: Tone,
    /// Its drawing.
    pub glyph: Glyph,
}

impl PlaceView {
    /// The strip for a fix.
    pub fn of(guide: &Guide, fix: Option<&FixFact>) -> Self {
        let Some(fix) = fix else {
            return Self {
                headline: String::from("No position yet"),
                detail: String::from("Go on, or pin the place by hand."),
                tone: Tone::Plain,
                glyph: Glyph::Pin,
            };
        };
        let source = source(fix);
        let Some(at) = guide.locate(Some(fix)) else {
            return Self {
                headline: String::from("Position known"),
                detail: format!("{source}. This program has no zones."),
                tone: Tone::Plain,
                glyph: Glyph::Pin,
            };
        };
        let (headline, tone, glyph) = match at.containment() {
            Containment::Inside => (format!("Inside {}", at.zone.name), Tone::Good, Glyph::Pin),
            Containment::Outside => (format!("Outside, nearest is {}", at.zone.name), Tone::Bad, Glyph::Pin),
            Containment::Unsure => (format!("Unsure, near {}", at.zone.name), Tone::Warn, Glyph::Question),
        };
        Self { headline, detail: format!("{}. {source}.", margin(&at)), tone, glyph }
    }
}

fn margin(at: &Located<'_>) -> String {
    let metres = at.measure.margin.to_tenth();
    let (whole, edge) = (format!("{metres:.0} m"), &at.measure.edge.name);
    match at.doubt {
        Some(Doubt::Near(radius)) => format!("{whole} from {edge}, position good to {:.0} m", radius.0),
        Some(Doubt::Old(age_s)) => format!("Position is {age_s:.0} s old; nearest edge {edge}"),
        Some(Doubt::Mock) => format!("The phone says that the position is simulated; nearest edge {edge}"),
        None if at.measure.inside => format!("{whole} inside, nearest edge {edge}"),
        None => format!("{} away, nearest edge {edge}", distance(metres)),
    }
}

fn distance(metres: f64) -> String {
    if metres < 1_000.0 { format!("{metres:.0} m") } else { format!("{:.1} km", metres / 1_000.0) }
}

fn source(fix: &FixFact) -> String {
    match fix.source {
        FixSource::Pin => String::from("Pinned by hand"),
        FixSource::Gps => format!("GPS \u{b1}{:.0} m", fix.accuracy_m),
        FixSource::Track => format!("Recorded track \u{b1}{:.0} m", fix.accuracy_m),
    }
}
