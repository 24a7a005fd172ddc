//! What only Android can answer, asked of the activity through JNI. The activity outlives every call made
//! here: the app's own event loop runs between its creation and its end.

use super::calls::CallError;
use jni::objects::{JObject, JString, JValue};
use jni::{JNIEnv, JavaVM};
use std::path::PathBuf;

/// `Activity.getNoBackupFilesDir()`: private to the app, and in no backup and no move to another phone.
pub fn data_dir() -> Option<PathBuf> {
    with_activity(|env, activity| {
        let dir = env.call_method(activity, "getNoBackupFilesDir", "()Ljava/io/File;", &[])?.l()?;
        let path = env.call_method(dir, "getAbsolutePath", "()Ljava/lang/String;", &[])?.l()?;
        let path: String = env.get_string(&JString::from(path))?.into();
        Ok(PathBuf::from(path))
    })
}

/// `startActivity(Intent(ACTION_DIAL, uri))`: the dialler opens with the number, and waits for a person.
pub fn open_telephone(uri: &str) -> Result<(), CallError> {
    with_activity(|env, activity| {
        let text = JObject::from(env.new_string(uri)?);
        let uri = env
            .call_static_method(
                "android/net/Uri",
                "parse",
                "(Ljava/lang/String;)Landroid/net/Uri;",
                &[JValue::Object(&text)],
            )?
            .l()?;
        let action = JObject::from(env.new_string("android.intent.action.DIAL")?);
        let intent = env.new_object(
            "android/content/Intent",
            "(Ljava/lang/String;Landroid/net/Uri;)V",
            &[JValue::Object(&action), JValue::Object(&uri)],
        )?;
        env.call_method(activity, "startActivity", "(Landroid/content/Intent;)V", &[JValue::Object(&intent)])?;
        Ok(())
    })
    .ok_or(CallError::NotHere)
}

/// Calls `ask` with this thread attached to the virtual machine. Nothing when anything there fails: a
/// tablet without a dialler throws, and the exception is cleared, not left to kill the next call.
#[expect(unsafe_code, reason = "the virtual machine and the activity come from the system as raw pointers")]
fn with_activity<T>(ask: impl FnOnce(&mut JNIEnv<'_>, &JObject<'_>) -> jni::errors::Result<T>) -> Option<T> {
    let context = ndk_context::android_context();
    // SAFETY: the event loop's glue sets both before `main` runs: the process's own virtual machine, and a
    // global reference to the activity, which is borrowed here and not freed.
    let (vm, activity) =
        unsafe { (JavaVM::from_raw(context.vm().cast()).ok()?, JObject::from_raw(context.context().cast())) };
    let mut env = vm.attach_current_thread().ok()?;
    let answer = env.with_local_frame(8, |env| ask(env, &activity));
    if answer.is_err() {
        let _ = env.exception_clear();
    }
    answer.ok()
}
