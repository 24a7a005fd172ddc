//! The words that people read at the console and in what tells them, in their language. They stand in `words/`, a
//! folder for each language and a file for each room, in the format of Project Fluent, which knows each language's
//! plurals. The terms of the field are listed on top of `words/es/codes.ftl`.
//!
//! `t!("inbox-nobody-waits")` is a message without variables, `t!("inbox-wait", n = 3)` one with some.
//!
//! # Decisions
//! - The language belongs to the request, as its time limit does, so it is not a parameter of every function below a
//!   handler: [`Language::during`] sets it for a future, [`Language::within`] for a closure that another thread runs.
//!   Where none was set, as at the command line and in tests, it is English.
//! - The files are read once, at the first word. A message without variables is made then and there: a page copies it.
//! - Nothing is set off by marks of direction: the words of people stand in elements of their own, with `dir`.
//! - Numbers are written without separators of thousands and with a decimal point, as in the Spanish of the United
//!   States, and a day before its month in both languages.
//! - What comes from a pack or the programme, what people typed, and the reasons of the rules as they were signed are
//!   data: they are shown as they came. The command line, the logs and the ledger's events are in English.

mod book;
mod scripts;

pub use book::{Arg, say, tell};
pub use scripts::{for_scripts, for_worker, for_worker_lost};

use axum::http::{HeaderMap, header};
use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};
use std::future::Future;
use unic_langid::LanguageIdentifier;

/// A language of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Spanish.
    Spanish,
    /// English with every message between marks: what stands outside of them on a page was never translated. In
    /// builds for tests alone.
    #[cfg(debug_assertions)]
    Marked,
}

tokio::task_local! {
    static SPOKEN: Language;
}

impl Language {
    /// Those that a person may choose.
    pub const ALL: &'static [Self] = &[Self::English, Self::Spanish];

    /// Those that a page may be in.
    pub fn spoken() -> impl Iterator<Item = Self> {
        #[cfg(debug_assertions)]
        let all = Self::ALL.iter().copied().chain([Self::Marked]);
        #[cfg(not(debug_assertions))]
        let all = Self::ALL.iter().copied();
        all
    }

    /// Its tag (BCP 47), as it is stored and as a page says it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            #[cfg(debug_assertions)]
            Self::Marked => "en-XA",
        }
    }

    /// What its speakers call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
            #[cfg(debug_assertions)]
            Self::Marked => "⟦English⟧",
        }
    }

    /// The language of a code that a person may choose.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.code() == code)
    }

    /// The language that a browser asks for; English if it asks for none of these.
    pub fn asked_for(headers: &HeaderMap) -> Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        #[cfg(debug_assertions)]
        if asked == Self::Marked.code() {
            return Self::Marked;
        }
        let known: Vec<LanguageIdentifier> = Self::ALL.iter().filter_map(|one| one.code().parse().ok()).collect();
        let wanted = parse_accepted_languages(&by_weight(asked));
        // Whoever asks for Spanish of any country reads ours.
        let best = negotiate_languages(&wanted, &known, known.first(), NegotiationStrategy::Lookup);
        best.first().and_then(|best| Self::from_code(best.language.as_str())).unwrap_or_default()
    }

    /// The language of whatever runs now.
    pub fn now() -> Self {
        SPOKEN.try_with(|language| *language).unwrap_or_default()
    }

    /// Runs a future in this language.
    pub fn during<F: Future>(self, future: F) -> impl Future<Output = F::Output> {
        SPOKEN.scope(self, future)
    }

    /// Runs a closure in this language.
    pub fn within<T>(self, closure: impl FnOnce() -> T) -> T {
        SPOKEN.sync_scope(self, closure)
    }

    fn id(self) -> LanguageIdentifier {
        let tag = if self == Self::Spanish { "es-US" } else { "en-US" };
        tag.parse().unwrap_or_default()
    }
}

/// What a browser asks for, what it wants most first; what it does not want at all is left out.
fn by_weight(asked: &str) -> String {
    let weighed = |part: &'_ str| {
        let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
        let weight = rest.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>).unwrap_or(0.0);
        (tag.trim().to_owned(), weight)
    };
    let mut all: Vec<_> = asked.split(',').map(weighed).filter(|(_, weight)| *weight > 0.0).collect();
    all.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    all.into_iter().map(|(tag, _)| tag).collect::<Vec<_>>().join(",")
}

/// A message in the language of whatever runs now: `t!("id")`, `t!("id", name = value)`. Without variables it is a
/// `&'static str`, with some a `String`.
macro_rules! t {
    ($id:literal) => { $crate::words::say($id) };
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::words::tell($id, [$((stringify!($name), $crate::words::Arg::from($value))),+])
    };
}
pub(crate) use t;

#[cfg(test)]
mod tests;
