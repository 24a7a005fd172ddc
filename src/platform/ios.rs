//! What only iOS can answer.

use super::calls::CallError;
use objc2::{MainThreadMarker, rc::autoreleasepool};
use objc2_foundation::{NSDictionary, NSNumber, NSString, NSURL, NSURLIsExcludedFromBackupKey};
use objc2_ui_kit::UIApplication;
use std::path::PathBuf;

/// `Library/Application Support/handoff` in the app's own container, kept out of backups. Nothing if the
/// folder cannot be made or cannot be kept out of them.
#[expect(unsafe_code, reason = "the system's key is a foreign static")]
pub fn data_dir() -> Option<PathBuf> {
    let dir = std::env::home_dir()?.join("Library/Application Support/handoff");
    std::fs::create_dir_all(&dir).ok()?;
    autoreleasepool(|_| {
        let url = NSURL::fileURLWithPath_isDirectory(&NSString::from_str(dir.to_str()?), true);
        let yes = NSNumber::new_bool(true);
        // SAFETY: the key is a constant of Foundation, and a number is the type that it takes.
        unsafe { url.setResourceValue_forKey_error(Some(&yes), NSURLIsExcludedFromBackupKey) }.ok()
    })?;
    Some(dir)
}

/// `UIApplication.open`: the system asks the person before it calls.
#[expect(unsafe_code, reason = "the options are an untyped dictionary")]
pub fn open_telephone(uri: &str) -> Result<(), CallError> {
    let main = MainThreadMarker::new().ok_or(CallError::NotHere)?;
    autoreleasepool(|_| {
        let url = NSURL::URLWithString(&NSString::from_str(uri)).ok_or(CallError::NotANumber)?;
        let app = UIApplication::sharedApplication(main);
        if !app.canOpenURL(&url) {
            return Err(CallError::NotHere);
        }
        // SAFETY: an empty dictionary holds no value of a wrong type.
        unsafe { app.openURL_options_completionHandler(&url, &NSDictionary::new(), None) };
        Ok(())
    })
}
