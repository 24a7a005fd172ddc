//! The ledger: what makes the log evident. Every entry and every event has a leaf in a tree of RFC 6962,
//! and the server signs its root after it has computed every leaf anew from its record.

pub mod record;
