//! The fault lab.
fn main() {}
