//! The outside world: clock, paths, keys, location, telephone. Everything that differs between a phone, a
//! patrol car's laptop and a test stands behind these few types.

pub mod calls;
pub mod location;
