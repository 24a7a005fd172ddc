//! Why an entry is not safe yet, in types and in the officer's words.

use crate::domain::wire::Refusal;
use serde::{Deserialize, Serialize};

/// Why the server will not take an entry. Stored beside it until someone acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Wedge {
    /// The server opened the envelope and said no.
    Refused {
        /// Its reason.
        reason: Refusal,
        /// The path of the field at fault, if it named one.
        field: Option<String>,
    },
    /// The server would not take the call that carried this entry alone.
    Rejected {
        /// HTTP status.
        status: u16,
        /// The field at fault, if it said one.
        field: Option<String>,
    },
    /// This one entry is larger than the server allows.
    TooLarge,
    /// The server was restored from a copy that has not got it, and its sealed bytes are not here any more.
    Gone,
    /// What was stored of the reason cannot be read.
    Unreadable,
}

/// The path with which a server's words begin, such as `facts.at`. Free words are not kept beside an
/// entry: whoever wrote them may have put in what stands in clear nowhere else.
pub(super) fn field_path(words: &str) -> Option<String> {
    const LONGEST: usize = 80;
    let path = words.split(':').next().unwrap_or_default().trim();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.[]".contains(c);
    (!path.is_empty() && path.len() <= LONGEST && path.chars().all(plain)).then(|| path.to_owned())
}

impl Wedge {
    /// A code for lists and scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused { reason, .. } => reason.code(),
            Self::Rejected { .. } => "rejected",
            Self::TooLarge => "too_large",
            Self::Gone => "gone",
            Self::Unreadable => "unreadable",
        }
    }

    /// What happened, in a sentence for the officer.
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Refused { reason, .. } => match reason {
                Refusal::UnknownDevice => "The server does not know this device.",
                Refusal::UnknownOfficer => "The server does not have you on its roster.",
                Refusal::UnknownSealingKey => "This record was locked for a key that the server no longer has.",
                Refusal::Unsealable | Refusal::BadSignature | Refusal::Malformed => {
                    "The server could not open this record."
                }
                Refusal::BadBody => "The server found a field that it does not accept.",
                Refusal::ContradictedChain => "This record does not fit the ones before it. Was the phone restored?",
                Refusal::UnknownKind => "The server is older than this app.",
                Refusal::TryAgain => "The server had a fault.",
            },
            Self::Rejected { .. } => "The server does not accept this record.",
            Self::TooLarge => "This record is larger than the server accepts.",
            Self::Gone => "The agency's server was restored from an old copy without this record.",
            Self::Unreadable => "Why this record was not sent cannot be read on this device.",
        }
    }

    /// The field at fault, or nothing.
    pub fn detail(&self) -> String {
        match self {
            Self::Refused { field, .. } => field.clone().unwrap_or_default(),
            Self::Rejected { status, field } => format!("{status} {}", field.as_deref().unwrap_or_default()),
            Self::TooLarge | Self::Gone | Self::Unreadable => String::new(),
        }
    }

    /// What to do about it.
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Refused { reason: Refusal::UnknownOfficer, .. } => {
                "Ask your program administrator to add you, then tap Send again."
            }
            Self::Refused { reason: Refusal::UnknownKind, .. } => {
                "Ask your program administrator to update the server."
            }
            Self::Gone => "Show it to your sergeant: it must be recorded again.",
            Self::Unreadable => "Tap Send again. If it stays here, show it to your program administrator.",
            Self::Refused { .. } | Self::Rejected { .. } | Self::TooLarge => {
                "Call the case manager now. The record is kept; show it to your program administrator."
            }
        }
    }
}

/// Why an entry that is not wedged has not arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// It is next.
    Next,
    /// No connection to the server.
    NoConnection,
    /// Something answered that is not the server: a sign-in page of a public network, a proxy.
    NotTheServer,
    /// The server asked to wait, or had a fault.
    ServerBusy,
    /// The server does not accept this device's token.
    SignedOut,
    /// The device was revoked; the server takes its records still, or an administrator must help.
    Revoked,
    /// The server was restored from a copy, and an administrator has not let devices read from it yet.
    AwaitingConfirmation,
    /// The server did not settle it the last time.
    NotSettled,
    /// An earlier entry of the same referral must go first.
    BehindEarlier,
}

impl Hold {
    /// A sentence for the officer.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Next => "It is sent next.",
            Self::NoConnection => "No connection. It is sent by itself when there is one.",
            Self::NotTheServer => "This network asks for a sign-in, or blocks the server.",
            Self::ServerBusy => "The server is busy. It is sent again by itself.",
            Self::SignedOut => "The server does not accept this device. Tell your program administrator.",
            Self::Revoked => "This device was revoked. Its records are still sent.",
            Self::AwaitingConfirmation => {
                "The server was restored and is being checked. Records are still sent; news comes later."
            }
            Self::NotSettled => "The server could not take it yet. It is sent again by itself.",
            Self::BehindEarlier => "An earlier part of this record must arrive first.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_wedge_keeps_its_shape() {
        let refused = Wedge::Refused { reason: Refusal::BadBody, field: field_path("facts.at: is missing") };
        insta::assert_snapshot!(serde_json::to_string(&refused).unwrap(), @r#"{"why":"refused","reason":"bad_body","field":"facts.at"}"#);
        let rejected = Wedge::Rejected { status: 422, field: Some("entries[0].header".into()) };
        insta::assert_snapshot!(serde_json::to_string(&rejected).unwrap(), @r#"{"why":"rejected","status":422,"field":"entries[0].header"}"#);
        insta::assert_snapshot!(serde_json::to_string(&Wedge::TooLarge).unwrap(), @r#"{"why":"too_large"}"#);
    }

    #[test]
    fn every_reason_says_what_happened_and_what_the_officer_can_do() {
        let refused = Refusal::ALL.iter().map(|reason| Wedge::Refused { reason: *reason, field: None });
        let rejected = Wedge::Rejected { status: 422, field: None };
        for wedge in refused.chain([rejected, Wedge::TooLarge, Wedge::Gone, Wedge::Unreadable]) {
            for text in [wedge.words(), wedge.action()] {
                let reads = text.starts_with(char::is_uppercase) && text.ends_with(['.', '?']) && text.len() <= 110;
                assert!(reads, "{}: {text}", wedge.code());
            }
            let acts = ["Ask ", "Call ", "Show ", "Tap "];
            assert!(acts.iter().any(|act| wedge.action().starts_with(act)), "{}: {}", wedge.code(), wedge.action());
        }
    }

    #[test]
    fn of_a_servers_words_only_the_path_of_a_field_is_kept() {
        assert_eq!(field_path("entries[0].header: is missing").as_deref(), Some("entries[0].header"));
        for words in ["", ": x", "Jo Sample", "person Jo: is missing", "the store failed", &"a".repeat(81)] {
            assert_eq!(field_path(words), None, "{words}");
        }
    }
}
