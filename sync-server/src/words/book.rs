//! The messages of each language, read once.

use super::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::collections::HashMap;
use std::sync::LazyLock;

macro_rules! rooms {
    ($($room:literal),+ $(,)?) => {
        /// Each room with its English and its Spanish file.
        pub(super) const ROOMS: &[(&str, &str, &str)] = &[$((
            $room,
            include_str!(concat!("../../words/en/", $room, ".ftl")),
            include_str!(concat!("../../words/es/", $room, ".ftl")),
        )),+];
    };
}

rooms! {
    "codes", "shell", "today", "inbox", "referral", "case", "release", "rota", "services", "log", "me", "import", "scripts",
}

/// What stands for a variable: a number, which may choose a plural, or a text.
#[derive(Debug, Clone)]
pub enum Arg {
    /// A whole number.
    Number(i64),
    /// A text, put in as it is.
    Text(String),
}

macro_rules! numbers {
    ($($type:ty),+) => {$(
        impl From<$type> for Arg {
            fn from(number: $type) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )+};
}
numbers!(u8, u16, u32, i32, i64, u64, usize);

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

struct Book {
    bundle: FluentBundle<FluentResource>,
    plain: HashMap<String, String>,
    marked: bool,
}

static ENGLISH: LazyLock<Book> = LazyLock::new(|| Book::of(Language::English));
static SPANISH: LazyLock<Book> = LazyLock::new(|| Book::of(Language::Spanish));
#[cfg(debug_assertions)]
static MARKED: LazyLock<Book> = LazyLock::new(|| Book::of(Language::Marked));

fn book() -> &'static Book {
    match Language::now() {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
        #[cfg(debug_assertions)]
        Language::Marked => &MARKED,
    }
}

/// A message without variables. One that is not in the files is its id, which a test keeps from ever being seen.
pub fn say(id: &'static str) -> &'static str {
    book().plain.get(id).map_or(id, String::as_str)
}

/// A message with variables.
pub fn tell<const N: usize>(id: &'static str, variables: [(&'static str, Arg); N]) -> String {
    book().tell(id, variables).unwrap_or_else(|| String::from(id))
}

impl Book {
    fn of(language: Language) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.id()]);
        bundle.set_use_isolating(false);
        let texts = ROOMS.iter().map(|(_, english, spanish)| match language {
            Language::Spanish => *spanish,
            #[cfg(debug_assertions)]
            Language::Marked => *english,
            Language::English => *english,
        });
        let texts: Vec<&str> = texts.collect();
        for text in &texts {
            // What does not read is left out, and the test that reads the files themselves names it.
            let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(String::from(*text));
            bundle.add_resource_overriding(resource);
        }
        let mut book = Self { bundle, plain: HashMap::new(), marked: !Language::ALL.contains(&language) };
        for id in texts.iter().flat_map(|text| ids(text)) {
            if let Some(text) = book.format(id, None) {
                book.plain.insert(String::from(id), text);
            }
        }
        book
    }

    fn tell<const N: usize>(&self, id: &str, variables: [(&'static str, Arg); N]) -> Option<String> {
        let mut args = FluentArgs::with_capacity(N);
        for (name, value) in variables {
            match value {
                Arg::Number(number) => args.set(name, FluentValue::from(number)),
                Arg::Text(text) if self.marked => args.set(name, FluentValue::from(format!("\u{2039}{text}\u{203a}"))),
                Arg::Text(text) => args.set(name, FluentValue::from(text)),
            }
        }
        self.format(id, Some(&args))
    }

    /// The text of a message; nothing if there is none, or one of its variables is not given.
    fn format(&self, id: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut faults = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut faults);
        let text = if self.marked { format!("\u{27e6}{text}\u{27e7}") } else { text.into_owned() };
        faults.is_empty().then_some(text)
    }
}

/// The ids of a file, in order: a message begins its line, and what follows of it is indented.
pub(super) fn ids(text: &str) -> impl Iterator<Item = &str> {
    let begins = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
    text.lines().filter(begins).filter_map(|line| line.split_once(" =").map(|(id, _)| id))
}
