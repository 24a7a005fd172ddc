//! Opening the telephone with a number already typed. The person presses the green button: no call is
//! ever placed for them.

#[cfg(target_os = "android")]
use super::android as here;
#[cfg(target_os = "ios")]
use super::ios as here;

/// Why the telephone did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// This device has no telephone, or none that an app may open: show the number with Copy.
    #[error("this device cannot dial: copy the number")]
    NotHere,
    /// There is no digit in it.
    #[error("not a telephone number")]
    NotANumber,
}

/// Opens the telephone with `number` typed in.
///
/// # Errors
/// There is no telephone, or `number` holds no digit.
pub fn dial(number: &str) -> Result<(), CallError> {
    let uri = tel_uri(number).ok_or(CallError::NotANumber)?;
    here::open_telephone(&uri)
}

/// The `tel:` address of a number as people write it: digits, a leading plus, and the signs that a
/// telephone can key. Nothing if no digit is left.
pub fn tel_uri(number: &str) -> Option<String> {
    let keyed: String = number
        .trim()
        .chars()
        .enumerate()
        .filter(|(i, c)| c.is_ascii_digit() || (*c == '+' && *i == 0) || matches!(c, '*' | ','))
        .map(|(_, c)| c)
        .collect();
    keyed.contains(|c: char| c.is_ascii_digit()).then(|| format!("tel:{keyed}"))
}

#[cfg(not(any(target_os = "android", target_os = "ios")))]
mod here {
    /// A laptop does not dial.
    pub(super) fn open_telephone(_uri: &str) -> Result<(), super::CallError> {
        Err(super::CallError::NotHere)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_keyed_as_people_write_it() {
        assert_eq!(tel_uri("+1 (206) 555-0142").as_deref(), Some("tel:+12065550142"));
        assert_eq!(tel_uri(" 206.555.0142,9 ").as_deref(), Some("tel:2065550142,9"));
        assert_eq!(tel_uri("0049+1").as_deref(), Some("tel:00491"));
    }

    #[test]
    fn what_holds_no_digit_is_no_number() {
        assert_eq!(tel_uri(""), None);
        assert_eq!(tel_uri("call me; rm"), None);
        assert_eq!(dial("-"), Err(CallError::NotANumber));
    }

    #[test]
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    fn a_laptop_says_that_it_cannot_dial() {
        assert_eq!(dial("206 555 0142"), Err(CallError::NotHere));
    }
}
