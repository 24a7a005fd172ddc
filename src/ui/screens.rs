//! The screens: dumb components that take views and callbacks. They hold no store and no clock.

pub mod blocked;
pub mod card;
pub mod correct;
pub mod encounter;
pub mod enrol;
pub mod frame;
pub mod home;
pub mod on_call;
pub mod saved;
pub mod set_place;
pub mod shift;
pub mod unlock;

mod cards;
mod map;

pub use card::{Card, Move, Shared};

#[cfg(test)]
mod tests;
