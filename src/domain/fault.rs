//! What is wrong with something that came from outside, and in which field.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::fmt;

/// One field that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field, as a JSON path such as `fix.lat_deg` or `rules[3].years`; empty for the whole.
    pub field: String,
    /// What is wrong with it, in words without anything about a person.
    pub why: String,
}

impl Fault {
    /// A fault of `field`.
    pub fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { field: field.into(), why: why.into() }
    }

    /// The same fault, seen from the object that holds `field` under `parent`.
    pub(crate) fn within(self, parent: &str) -> Self {
        Self { field: join(parent, &self.field), why: self.why }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() { f.write_str(&self.why) } else { write!(f, "{}: {}", self.field, self.why) }
    }
}

impl std::error::Error for Fault {}

/// A fault of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {fault}")]
pub struct FileFault {
    /// The file, as it was named to the reader.
    pub file: String,
    /// What is wrong in it.
    pub fault: Fault,
}

impl FileFault {
    /// A fault of `field` in `file`.
    pub fn new(file: impl Into<String>, fault: Fault) -> Self {
        Self { file: file.into(), fault }
    }
}

/// Reads JSON; the fault names the field where reading stopped.
///
/// # Errors
/// Not JSON, a field that is missing, unknown or of another type.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Fault> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| from_serde(&e))?;
    reader.end().map_err(|e| Fault::new("", format!("something follows the end of the JSON ({e})")))?;
    Ok(value)
}

/// As [`read`], from a value that was already read.
pub(crate) fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Fault> {
    serde_path_to_error::deserialize(value).map_err(|e| from_serde(&e))
}

/// Serde reports a missing or unknown field at its parent and names it in the text alone, so the name
/// is moved into the path. It only makes the words better: any other text is passed on as it is.
fn from_serde(error: &serde_path_to_error::Error<serde_json::Error>) -> Fault {
    let path = error.path().to_string();
    // A lone dot is the whole; a question mark stands for a name that was not read to its end.
    let path = match path.as_str() {
        "." | "?" => "",
        path => path.strip_suffix(".?").unwrap_or(path),
    };
    let text = error.inner().to_string();
    if error.inner().classify() != Category::Data {
        return Fault::new(path, format!("is not JSON: {text}"));
    }
    if let Some(name) = quoted_after(&text, "missing field ") {
        return Fault::new(join(path, name), "is missing");
    }
    if let Some(name) = quoted_after(&text, "unknown field ") {
        // The path may already end in the unknown name.
        let field = if path == name || path.ends_with(&format!(".{name}")) { path.into() } else { join(path, name) };
        return Fault::new(field, "is not a field that belongs here");
    }
    let end = text.rfind(" at line ").unwrap_or(text.len());
    Fault::new(path, text.get(..end).unwrap_or(&text))
}

fn quoted_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_prefix('`')?.split('`').next()
}

fn join(parent: &str, field: &str) -> String {
    match (parent, field) {
        ("", only) | (only, "") => only.into(),
        (parent, field) if field.starts_with('[') => format!("{parent}{field}"),
        (parent, field) => format!("{parent}.{field}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Outer {
        inner: Vec<Inner>,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        grams: f64,
    }

    fn fault(json: &str) -> String {
        read::<Outer>(json.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_fault_names_the_field_by_its_path() {
        assert_eq!(fault("{}"), "inner: is missing");
        assert_eq!(fault(r#"{"inner":[{}]}"#), "inner[0].grams: is missing");
        assert_eq!(fault(r#"{"inner":[{"gram":1}]}"#), "inner[0].gram: is not a field that belongs here");
        assert_eq!(fault(r#"{"inner":[{"grams":"x"}]}"#), "inner[0].grams: invalid type: string \"x\", expected f64");
        assert_eq!(fault(r#"{"inner":[{"grams":null}]}"#), "inner[0].grams: invalid type: null, expected f64");
    }

    #[test]
    fn nan_and_a_number_out_of_range_are_faults_of_their_field() {
        assert!(fault(r#"{"inner":[{"grams":NaN}]}"#).starts_with("inner[0].grams: is not JSON"));
        assert!(
            fault(r#"{"inner":[{"grams":1e999}]}"#).starts_with("inner[0].grams: is not JSON: number out of range")
        );
        assert!(fault(r#"{"inner":[]} x"#).starts_with("something follows the end"));
    }

    #[test]
    fn a_text_that_breaks_off_names_the_last_place_that_was_read() {
        assert!(fault("{").starts_with("is not JSON"), "{}", fault("{"));
        assert!(fault(r#"{"inner":[{"gr"#).starts_with("inner[0]: is not JSON"), "{}", fault(r#"{"inner":[{"gr"#));
    }
}
