//! From the domain to what a screen shows: plain structs and pure functions, so that components stay dumb.

mod card;
mod correction;
mod guide;
mod home;
mod map;
mod model;
mod on_call;
mod place;
mod record;
mod review;
mod saved;
mod sheet;
mod verdict;

pub use card::{Choice, ChoiceTile, choices};
pub use correction::{BothVerdicts, CorrectionView};
pub use guide::Guide;
pub use home::{CallView, DraftView, Group, HomeView, OfficerView, RecordView, SafetyView};
pub use map::{EdgeLabel, MapView, ZoneShape};
pub use model::{Model, Stand};
pub use on_call::{LaterView, OnCallView};
pub use place::PlaceView;
pub use review::{ReviewRow, review};
pub use saved::{Corrects, HandOffView, Moment, PlaceAsk, SavedView};
pub use sheet::Sheet;
pub use verdict::VerdictView;

#[cfg(test)]
pub(crate) mod tests;
