//! What people see. The parts are shared by the phone and the console and know no renderer; the rest
//! is the officer's app.

#[cfg(feature = "ui")]
pub mod app;
#[cfg(feature = "ui")]
pub mod flow;
#[cfg(feature = "ui")]
pub mod form;
#[cfg(any(feature = "desktop", feature = "mobile"))]
pub mod launch;
pub mod parts;
#[cfg(feature = "ui")]
pub mod screens;
#[cfg(feature = "ui")]
pub mod view;
#[cfg(feature = "ui")]
pub mod words;
