//! The end of the process while some of its threads still work.
//!
//! # Decisions
//! SQLCipher frees its memory when the process exits, whoever still works with it: a thread that is in an
//! encrypted file at that moment ends the process by a segmentation fault in place of its exit code. So a program
//! either waits for such threads (the last [`crate::sync::Phone`] does, for the loop) or leaves here, where no part
//! of it tidies up. Every database is built to be left at any moment, as a kill does.

use std::io::Write as _;

/// Ends the process with this code, at once: nothing is dropped, and no library's own end runs.
pub fn leave(code: i32) -> ! {
    drop(std::io::stdout().flush());
    now(code)
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "a foreign function; it takes any number and does not return")]
fn now(code: i32) -> ! {
    // SAFETY: `_exit` asks nothing of its caller.
    unsafe { libc::_exit(code) }
}

/// The system ends all other threads before any library's own end runs.
#[cfg(not(unix))]
fn now(code: i32) -> ! {
    std::process::exit(code)
}
