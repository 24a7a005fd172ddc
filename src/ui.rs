//! What people see. The parts are shared by the phone and the console and know no renderer.

pub mod parts;
