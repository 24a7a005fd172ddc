//! The parts that the phone and the console share: no renderer, no state, no network.
//!
//! Their look is `assets/styles/base.css`. A state is never told by colour alone: each tone comes with
//! a [`Glyph`] and a word. Parts take plain values and callbacks; without callbacks they are the plain
//! links and forms that a browser understands with scripts switched off.

pub mod age;
pub mod badge;
pub mod button;
pub mod empty;
pub mod field;
pub mod finding;
pub mod icon;
pub mod labels;
pub mod notice;
pub mod spoken;
pub mod tile;
pub mod words;

pub use age::{Age, age_words};
pub use badge::{Badge, Tone, VerdictBadge};
pub use button::{Button, ButtonKind, LinkButton};
pub use empty::Empty;
pub use field::{Field, FieldKind};
pub use finding::{FindingLine, FindingList};
pub use icon::{Glyph, Icon};
pub use labels::Labels;
pub use notice::Notice;
pub use spoken::Spoken;
pub use tile::{Pick, Tile, TileLayout, Tiles};

/// The style sheet of the parts, as text: the phone puts it into the page's head, the console serves
/// it as a file.
pub const BASE_CSS: &str = include_str!("../../assets/styles/base.css");

#[cfg(test)]
mod tests;
