//! The field in types: what an encounter is, what a rule says, what an entry and the wire look like.
//!
//! Pure: no clock, no SQL, no HTTP, no randomness. Times, ids and files enter as arguments.

pub mod afterwards;
pub mod assess;
pub mod casework;
pub mod codes;
pub mod encounter;
pub mod entry;
pub mod facts;
pub mod fault;
pub mod ids;
pub mod local;
pub mod pack;
pub mod place;
pub mod private;
pub mod release;
pub mod rota;
pub mod same_person;
pub mod stage;
pub mod time;
pub mod wire;
pub mod zone;
