//! What a reply to a batch means: one total function. Only a receipt that the pinned key signed for
//! that entry's hash clears it; a 200 never does.

use super::wedge::field_path;
use super::{Hold, Wedge};
use crate::domain::ids::{Bytes, DeviceId, Hash};
use crate::domain::wire::{Answer, EntryResult, LedgerNews, Problem, ReceiptBody, Retry, Revocation, Signed};
use crate::lab::{Bug, planted};
use crate::seal::{ServerPublic, Tag};
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// A reply as it came over the wire.
#[derive(Debug, Clone, Copy)]
pub struct HttpReply<'a> {
    /// Status code.
    pub status: u16,
    /// `Content-Type`, as it came.
    pub content_type: Option<&'a str>,
    /// `Retry-After` in seconds, if there was one that is a number.
    pub retry_after_s: Option<u64>,
    /// The body.
    pub body: &'a [u8],
}

impl HttpReply<'_> {
    fn is_json(&self) -> bool {
        let kind = self.content_type.and_then(|c| c.split(';').next()).map(str::trim);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
    }

    /// The server's own refusal; nothing if something else answered.
    fn problem(&self) -> Option<Problem> {
        self.is_json().then(|| serde_json::from_slice(self.body).ok()).flatten()
    }
}

/// What to do about a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// One outcome for each entry that was sent, in that order.
    Settle {
        /// The server's clock.
        server_time: DateTime<Utc>,
        /// What became of each.
        outcomes: Vec<Outcome>,
        /// The signed receipts that came, in order of the entries that they clear.
        receipts: Vec<Signed>,
        /// What came with them.
        news: Box<News>,
    },
    /// Something else answered: a sign-in page, a proxy, a stranger. Wait and probe again.
    NotTheServer,
    /// Send fewer at once. A single entry is wedged as this; without a reason, which is when it was not
    /// the server that spoke, it waits.
    Fewer(Option<Wedge>),
    /// Wait, for as many seconds as were asked.
    Later {
        /// Seconds, if the server said.
        after_s: Option<u64>,
    },
    /// The server does not let this device in now. Nothing is dropped; it is tried again at the slowest pace.
    NotAllowed(Rejection),
}

/// What a reply says of the server's own standing. None of it is believed before its signature is checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// The log's epochs.
    pub epochs: Option<Signed>,
    /// The log's newest checkpoint.
    pub ledger: Option<LedgerNews>,
    /// How far its backups reach.
    pub watermark: Option<Signed>,
}

/// Why a device is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// 401: the token is not known.
    SignedOut,
    /// 403: the device is revoked, or may not do this.
    Revoked,
}

impl Rejection {
    /// Why entries then wait.
    pub const fn hold(self) -> Hold {
        match self {
            Self::SignedOut => Hold::SignedOut,
            Self::Revoked => Hold::Revoked,
        }
    }
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Durably stored at the server.
    Cleared(ReceiptBody),
    /// The server will not take it.
    Wedged(Wedge),
    /// Not settled: send it again.
    Again(Doubt),
}

/// Why an entry is not settled although the server answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// A passing fault there.
    TryAgain,
    /// The answer is missing, or for another entry.
    NoAnswer,
    /// The receipt is not signed by the pinned key.
    Forged,
    /// The receipt is for another entry.
    OtherEntry,
}

/// The reply with each answer still unread: one that this version cannot read must not spoil the others.
#[derive(Deserialize)]
struct Reply {
    server_time: DateTime<Utc>,
    answers: Vec<serde_json::Value>,
    #[serde(default)]
    epochs: serde_json::Value,
    #[serde(default)]
    ledger: serde_json::Value,
}

/// What to do about a reply to the batch of these entries.
pub fn classify(reply: &HttpReply<'_>, sent: &[Hash], server: &ServerPublic) -> Action {
    if let Some(rejection) = rejection(reply) {
        return Action::NotAllowed(rejection);
    }
    let problem = reply.problem();
    let code = problem.as_ref().map_or("", |problem| problem.error.as_str());
    match (reply.status, code) {
        (200, _) => settle(reply, sent, server),
        (413, "too_large") => Action::Fewer(Some(Wedge::TooLarge)),
        // A proxy in the way may have the smaller limit: a smaller batch may pass it.
        (413, _) => Action::Fewer(None),
        (422, "bad_field") => bad_field(problem.and_then(|problem| problem.field)),
        // An older server, or one that moves house.
        (404, "not_found") => Action::Later { after_s: reply.retry_after_s },
        (408 | 425 | 429 | 500..=599, _) => Action::Later { after_s: reply.retry_after_s },
        _ => Action::NotTheServer,
    }
}

/// The server's own word that it does not let this device in. Any proxy can say 401 or 403; the code
/// beside it is the server's.
pub fn rejection(reply: &HttpReply<'_>) -> Option<Rejection> {
    match (reply.status, reply.problem()?.error.as_str()) {
        (401, "unauthorized") => Some(Rejection::SignedOut),
        (403, "revoked") => Some(Rejection::Revoked),
        _ => None,
    }
}

/// The server was restored and its feed is closed: its epochs, if it told them. Nothing for any other reply.
pub fn awaits_confirmation(reply: &HttpReply<'_>) -> Option<News> {
    let problem = reply.problem().filter(|_| reply.status == 503)?;
    let awaits = problem.error == "awaiting_confirmation";
    awaits.then_some(News { epochs: problem.epochs, ..News::default() })
}

/// What a refusal says of the log besides: a revoked device must offer again what a restored server lost.
pub fn beside_refusal(reply: &HttpReply<'_>) -> News {
    News { epochs: reply.problem().and_then(|problem| problem.epochs), ..News::default() }
}

/// The server's signed word that this very device may read nothing more. Without that signature a refusal is
/// only a refusal: any proxy can say 403.
pub fn revocation(reply: &HttpReply<'_>, device: DeviceId, server: &ServerPublic) -> Option<Signed> {
    let signed = reply.problem().filter(|_| reply.status == 403)?.revocation?;
    let revocation: Revocation = server.open(Tag::Revocation, &signed).ok()?;
    (revocation.device == device).then_some(signed)
}

/// A field of an entry is that entry's fault; one of the call's own is none of theirs.
fn bad_field(field: Option<String>) -> Action {
    match field.filter(|field| field.starts_with("entries[")).as_deref().and_then(field_path) {
        Some(field) => Action::Fewer(Some(Wedge::Rejected { status: 422, field: Some(field) })),
        None => Action::Later { after_s: None },
    }
}

fn settle(reply: &HttpReply<'_>, sent: &[Hash], server: &ServerPublic) -> Action {
    let parsed = reply.is_json().then(|| serde_json::from_slice::<Reply>(reply.body).ok()).flatten();
    let Some(parsed) = parsed else {
        return if planted(Bug::OkIsReceipt) { any_200_clears(sent) } else { Action::NotTheServer };
    };
    let mut answers = parsed.answers.into_iter().map(|value| serde_json::from_value::<Answer>(value).ok());
    let mut receipts = Vec::new();
    let outcomes = sent
        .iter()
        .map(|hash| match answers.next().flatten().filter(|answer| answer.entry == *hash) {
            None => Outcome::Again(Doubt::NoAnswer),
            Some(answer) => outcome(answer.result, *hash, server, &mut receipts),
        })
        .collect();
    let epochs = serde_json::from_value(parsed.epochs).ok();
    let news = Box::new(News { epochs, ledger: serde_json::from_value(parsed.ledger).ok(), watermark: None });
    Action::Settle { server_time: parsed.server_time, outcomes, receipts, news }
}

fn outcome(result: EntryResult, hash: Hash, server: &ServerPublic, receipts: &mut Vec<Signed>) -> Outcome {
    match result {
        EntryResult::Refused { reason, detail } => match reason.retry() {
            Retry::After => Outcome::Again(Doubt::TryAgain),
            Retry::Never => Outcome::Wedged(Wedge::Refused { reason, field: field_path(&detail) }),
        },
        EntryResult::Receipt(signed) => match server.open::<ReceiptBody>(Tag::Receipt, &signed) {
            Err(_) if planted(Bug::SignatureIgnored) => match serde_json::from_slice(&signed.body.0) {
                Ok(body) => {
                    receipts.push(signed);
                    Outcome::Cleared(body)
                }
                Err(_) => Outcome::Again(Doubt::Forged),
            },
            Err(_) => Outcome::Again(Doubt::Forged),
            Ok(body) if body.entry != hash => Outcome::Again(Doubt::OtherEntry),
            Ok(body) => {
                receipts.push(signed);
                Outcome::Cleared(body)
            }
        },
    }
}

/// A planted mistake: whoever says 200 has them all.
fn any_200_clears(sent: &[Hash]) -> Action {
    let at = DateTime::UNIX_EPOCH;
    let body = |entry: &Hash| ReceiptBody { entry: *entry, position: 1, epoch: 1, backed_up: 0, at, erased: false };
    Action::Settle {
        server_time: at,
        outcomes: sent.iter().map(|entry| Outcome::Cleared(body(entry))).collect(),
        receipts: vec![Signed { body: Bytes::default(), sig: Bytes::default() }; sent.len()],
        news: Box::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::{EntriesReply, Refusal};
    use crate::seal::ServerKey;

    const HASH: Hash = Hash([5; 32]);
    const OTHER: Hash = Hash([6; 32]);

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    fn receipt(key: &ServerKey, entry: Hash) -> EntryResult {
        let body = ReceiptBody { entry, position: 1, epoch: 1, backed_up: 0, at: now(), erased: false };
        EntryResult::Receipt(key.sign(Tag::Receipt, &body).unwrap())
    }

    fn ok(answers: Vec<Answer>) -> Vec<u8> {
        serde_json::to_vec(&EntriesReply { server_time: now(), answers, ledger: None, epochs: None }).unwrap()
    }

    fn outcomes(key: &ServerKey, sent: &[Hash], answers: Vec<Answer>) -> Vec<Outcome> {
        let body = ok(answers);
        let reply = HttpReply { status: 200, content_type: Some("application/json"), retry_after_s: None, body: &body };
        match classify(&reply, sent, &key.public().unwrap()) {
            Action::Settle { outcomes, .. } => outcomes,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_status_has_its_action() {
        let stranger = br#"{"error":"x","field":"entries[0].header","message":"No."}"#.as_slice();
        let said = |code: &str, field: &str| format!(r#"{{"error":"{code}","field":"{field}","message":"No."}}"#);
        let [unknown, revoked, missing, large, entry, health, entries] = [
            said("unauthorized", ""),
            said("revoked", ""),
            said("not_found", ""),
            said("too_large", ""),
            said("bad_field", "entries[0].header"),
            said("bad_field", "health.wall"),
            said("bad_field", "entries"),
        ];
        let (json, html) = (Some("application/json"), Some("text/html; charset=utf-8"));
        let page = b"<html>Welcome to the harbour Wi-Fi</html>".as_slice();
        let later = |after_s| Action::Later { after_s };
        let rejected = Action::Fewer(Some(Wedge::Rejected { status: 422, field: Some("entries[0].header".into()) }));
        let table = [
            ("captive portal", 200, html, None, page, Action::NotTheServer),
            ("200 and JSON of something else", 200, json, None, stranger, Action::NotTheServer),
            ("200 cut off", 200, json, None, br#"{"server_time":"2023-"#, Action::NotTheServer),
            ("200 and our JSON called HTML", 200, html, None, b"{}", Action::NotTheServer),
            ("200 without a type", 200, None, None, b"", Action::NotTheServer),
            ("202", 202, json, None, stranger, Action::NotTheServer),
            ("204", 204, None, None, b"", Action::NotTheServer),
            ("304", 304, None, None, b"", Action::NotTheServer),
            ("portal's redirect", 302, html, None, page, Action::NotTheServer),
            ("bad request of a stranger", 400, json, None, stranger, Action::NotTheServer),
            ("bad request of a proxy", 400, html, None, page, Action::NotTheServer),
            ("stranger's 401", 401, json, None, stranger, Action::NotTheServer),
            ("unknown token", 401, json, None, unknown.as_bytes(), Action::NotAllowed(Rejection::SignedOut)),
            ("portal's 401", 401, html, None, page, Action::NotTheServer),
            ("stranger's 403", 403, json, None, stranger, Action::NotTheServer),
            ("revoked", 403, json, None, revoked.as_bytes(), Action::NotAllowed(Rejection::Revoked)),
            ("filter's 403", 403, html, None, page, Action::NotTheServer),
            ("not found", 404, json, None, missing.as_bytes(), later(None)),
            ("stranger's 404", 404, json, None, stranger, Action::NotTheServer),
            ("not found by something else", 404, html, None, page, Action::NotTheServer),
            ("proxy wants a sign-in", 407, html, None, page, Action::NotTheServer),
            ("timeout", 408, None, None, b"", later(None)),
            ("too large", 413, json, None, large.as_bytes(), Action::Fewer(Some(Wedge::TooLarge))),
            ("too large for a proxy", 413, html, None, page, Action::Fewer(None)),
            ("too large for a stranger", 413, json, None, stranger, Action::Fewer(None)),
            ("bad field of an entry", 422, json, None, entry.as_bytes(), rejected),
            ("bad field of the call", 422, json, None, health.as_bytes(), later(None)),
            ("too many entries", 422, json, None, entries.as_bytes(), later(None)),
            ("stranger's 422", 422, json, None, stranger, Action::NotTheServer),
            ("too early", 425, None, None, b"", later(None)),
            ("too many", 429, json, Some(7), stranger, later(Some(7))),
            ("too many, plain", 429, None, None, b"", later(None)),
            ("fault", 500, html, None, page, later(None)),
            ("bad gateway", 502, html, None, page, later(None)),
            ("busy", 503, json, Some(30), stranger, later(Some(30))),
            ("gateway timeout", 504, None, None, b"", later(None)),
            ("portal's 511", 511, html, None, page, later(None)),
            ("no such status", 999, None, None, b"", Action::NotTheServer),
        ];
        let server = ServerKey::from_seed(&[1; 32]).unwrap().public().unwrap();
        for (name, status, content_type, retry_after_s, body, expected) in table {
            let reply = HttpReply { status, content_type, retry_after_s, body };
            assert_eq!(classify(&reply, &[HASH], &server), expected, "{name}");
        }
    }

    #[test]
    fn only_the_pinned_keys_receipt_for_this_entry_clears_it() {
        let (key, stranger) = (ServerKey::generate().unwrap(), ServerKey::generate().unwrap());
        let answer = |result| vec![Answer { entry: HASH, result }];
        assert!(matches!(outcomes(&key, &[HASH], answer(receipt(&key, HASH)))[..], [Outcome::Cleared(_)]));
        let forged = outcomes(&key, &[HASH], answer(receipt(&stranger, HASH)));
        assert_eq!(forged, [Outcome::Again(Doubt::Forged)]);
        let swapped = outcomes(&key, &[HASH], answer(receipt(&key, OTHER)));
        assert_eq!(swapped, [Outcome::Again(Doubt::OtherEntry)]);
        let misplaced = outcomes(&key, &[HASH], vec![Answer { entry: OTHER, result: receipt(&key, OTHER) }]);
        assert_eq!(misplaced, [Outcome::Again(Doubt::NoAnswer)]);
        assert_eq!(outcomes(&key, &[HASH], vec![]), [Outcome::Again(Doubt::NoAnswer)]);
    }

    #[test]
    fn a_refusal_wedges_and_a_passing_fault_does_not() {
        let key = ServerKey::generate().unwrap();
        let refused = |reason| {
            let result = EntryResult::Refused { reason, detail: "facts.at: is after the offer of Jo".into() };
            outcomes(&key, &[HASH], vec![Answer { entry: HASH, result }])
        };
        assert_eq!(refused(Refusal::TryAgain), [Outcome::Again(Doubt::TryAgain)]);
        // The path is kept; words that someone else chose are not.
        let wedge = Wedge::Refused { reason: Refusal::BadBody, field: Some("facts.at".into()) };
        assert_eq!(refused(Refusal::BadBody), [Outcome::Wedged(wedge)]);
    }

    #[test]
    fn an_answer_that_cannot_be_read_does_not_spoil_its_neighbours() {
        let key = ServerKey::generate().unwrap();
        let good = serde_json::to_value(Answer { entry: OTHER, result: receipt(&key, OTHER) }).unwrap();
        let body =
            serde_json::json!({"server_time": now(), "answers": [{"entry": HASH, "result": {"novel": 1}}, good]});
        let body = serde_json::to_vec(&body).unwrap();
        let reply = HttpReply { status: 200, content_type: Some("application/json"), retry_after_s: None, body: &body };
        let Action::Settle { outcomes, .. } = classify(&reply, &[HASH, OTHER], &key.public().unwrap()) else {
            panic!("not settled")
        };
        assert!(matches!(outcomes[..], [Outcome::Again(Doubt::NoAnswer), Outcome::Cleared(_)]));
    }
}
