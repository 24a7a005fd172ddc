//! Text about a person, which can be stored and sent but never printed.

use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroize;

/// A value about a person. It has no `Display`, and `Debug` says `[private]`, so that no log line,
/// error or panic can carry it. [`Private::reveal`] is the one way to read it: look for its callers.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private<T: Zeroize>(T);

impl<T: Zeroize> Private<T> {
    /// Takes the value into hiding.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for a screen, a sealed body or an encrypted table.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[private]")
    }
}

impl<T: Zeroize> Drop for Private<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_a_name() {
        let name = Private::new(String::from("Jane Doe"));
        assert_eq!(format!("{name:?} {:?}", Some(&name)), "[private] Some([private])");
    }
}
