//! From the domain to what a screen shows: plain structs and pure functions, so that components stay dumb.

mod card;
mod guide;
mod home;
mod map;
mod model;
mod place;
mod record;
mod review;
mod sheet;
mod verdict;

pub use card::{Choice, ChoiceTile, choices};
pub use guide::Guide;
pub use home::{CallView, DraftView, Group, HomeView, Moment, OfficerView, RecordView, SafetyView, SavedView};
pub use map::{EdgeLabel, MapView, ZoneShape};
pub use model::{Model, Stand};
pub use place::PlaceView;
pub use review::{ReviewRow, review};
pub use sheet::Sheet;
pub use verdict::VerdictView;

#[cfg(test)]
pub(crate) mod tests;
