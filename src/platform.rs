//! The outside world: clock, paths, keys, location, telephone. Everything that differs between a phone, a
//! patrol car's laptop and a test stands behind these few types.

#[cfg(target_os = "android")]
pub(crate) mod android;
pub mod calls;
pub mod clock;
pub mod disk;
pub mod files;
#[cfg(target_os = "ios")]
pub(crate) mod ios;
pub mod keys;
pub mod leave;
pub mod location;
pub mod paths;
pub mod twice;
