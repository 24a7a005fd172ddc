//! The outbox against a server that lies: what it says over real HTTP, and what the phone makes of it.

use crate::phone::Officer;
use crate::server::Station;
use handoff::domain::ids::{Bytes, Hash};
use handoff::domain::wire::{Answer, EntriesReply, EntryResult, FeedReply, ReceiptBody, Refusal};
use handoff::outbox::Hold;
use handoff::seal::{ServerKey, Tag};
use handoff::sync::{FeedState, RecordState};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a stand-in answers to a batch of these hashes: status, content type, body.
type Lie = Box<dyn Fn(&[Hash]) -> (u16, &'static str, Vec<u8>) + Send + Sync>;

/// What a stand-in answers to a call, by its first line and headers and its body: status and JSON. Nothing:
/// as a server without news would.
type Word = Box<dyn Fn(&str, &[u8]) -> Option<(u16, serde_json::Value)> + Send + Sync>;

/// The status of an answer that never comes.
pub const NEVER: u16 = 0;

/// A stand-in between the phone and its server: it answers the feed like a server, and batches by a lie.
#[derive(Clone, Default)]
pub struct StandIn {
    addr: Option<SocketAddr>,
    lie: Arc<Mutex<Option<Lie>>>,
    word: Arc<Mutex<Option<Word>>>,
    batches: Arc<Mutex<Vec<usize>>>,
}

impl StandIn {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stand_in = Self { addr: Some(listener.local_addr().unwrap()), ..Self::default() };
        let theirs = stand_in.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, theirs.clone()));
            }
        });
        stand_in
    }

    /// Answers every call, the feed's too.
    pub fn answer(&self, word: impl Fn(&str, &[u8]) -> Option<(u16, serde_json::Value)> + Send + Sync + 'static) {
        *self.word.lock().unwrap() = Some(Box::new(word));
    }

    fn say(&self, lie: impl Fn(&[Hash]) -> (u16, &'static str, Vec<u8>) + Send + Sync + 'static) {
        *self.lie.lock().unwrap() = Some(Box::new(lie));
    }

    /// The phone now finds the stand-in where its server was.
    pub fn take_the_place_of_the_server(&self, officer: Officer) -> Officer {
        let path = officer.dir.path().join("keys/enrolment");
        let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        kept["server"] = format!("http://{}/", self.addr.unwrap()).into();
        handoff::platform::twice::replace(&path, &serde_json::to_vec(&kept).unwrap()).unwrap();
        officer.restart()
    }
}

/// The hashes of the entries of a batch.
pub fn hashes_of(body: &[u8]) -> Vec<Hash> {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap();
    let bytes = |value: &serde_json::Value| serde_json::from_value::<Bytes>(value.clone()).unwrap().0;
    let hash = |entry: &serde_json::Value| {
        Hash::of(&[&bytes(&entry["header"]), &bytes(&entry["enc"]), &bytes(&entry["ciphertext"])])
    };
    json["entries"].as_array().unwrap().iter().map(hash).collect()
}

/// What a server without news answers.
pub fn quiet_feed() -> FeedReply {
    FeedReply {
        cursor: 0,
        epoch: 0,
        server_time: chrono::Utc::now(),
        statuses: vec![],
        config: None,
        ledger: None,
        epochs: None,
        watermark: None,
    }
}

async fn serve(mut stream: TcpStream, stand_in: StandIn) {
    let Some((head, body)) = read_request(&mut stream).await else { return };
    let word = stand_in.word.lock().unwrap().as_ref().and_then(|word| word(&head, &body));
    if word.as_ref().is_some_and(|(status, _)| *status == NEVER) {
        return std::future::pending().await;
    }
    let (status, kind, answer) = if let Some((status, json)) = word {
        (status, "application/json", serde_json::to_vec(&json).unwrap())
    } else if head.starts_with("GET /v1/feed") {
        (200, "application/json", serde_json::to_vec(&quiet_feed()).unwrap())
    } else {
        let hashes = hashes_of(&body);
        stand_in.batches.lock().unwrap().push(hashes.len());
        stand_in.lie.lock().unwrap().as_ref().unwrap()(&hashes)
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    drop(stream.write_all(&[head.into_bytes(), answer].concat()).await);
}

async fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let wanted = end + 4 + length.unwrap_or(0_usize);
            while bytes.len() < wanted {
                (stream.read_buf(&mut bytes).await.ok()? > 0).then_some(())?;
            }
            return Some((head, bytes[end + 4..].to_vec()));
        }
        (stream.read_buf(&mut bytes).await.ok()? > 0).then_some(())?;
    }
}

fn receipts(key: &ServerKey, hashes: &[Hash], name: impl Fn(Hash) -> Hash) -> (u16, &'static str, Vec<u8>) {
    let now = chrono::Utc::now();
    let answers = hashes
        .iter()
        .map(|hash| {
            let body = ReceiptBody { entry: name(*hash), position: 1, epoch: 1, backed_up: 0, at: now, erased: false };
            Answer { entry: *hash, result: EntryResult::Receipt(key.sign(Tag::Receipt, &body).unwrap()) }
        })
        .collect();
    (
        200,
        "application/json",
        serde_json::to_vec(&EntriesReply { server_time: now, answers, ledger: None, epochs: None }).unwrap(),
    )
}

fn refusals(hashes: &[Hash], reason: Refusal) -> (u16, &'static str, Vec<u8>) {
    let answers = hashes
        .iter()
        .map(|hash| Answer { entry: *hash, result: EntryResult::Refused { reason, detail: "facts.at".into() } })
        .collect();
    let reply = EntriesReply { server_time: chrono::Utc::now(), answers, ledger: None, epochs: None };
    (200, "application/json", serde_json::to_vec(&reply).unwrap())
}

async fn scene() -> (Station, Officer, StandIn) {
    let station = Station::start().await;
    let officer = Officer::enrolled(&station).await;
    let stand_in = StandIn::start().await;
    let officer = stand_in.take_the_place_of_the_server(officer);
    (station, officer, stand_in)
}

#[tokio::test]
async fn a_sign_in_page_with_status_200_never_clears_an_entry() {
    let (_station, officer, stand_in) = scene().await;
    let id = officer.accept();
    stand_in.say(|_| (200, "text/html", b"<html>Welcome</html>".to_vec()));
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!((report.receipted, report.waiting), (0, 1));
    assert!(matches!(officer.state(id), RecordState::Waiting { attempts: 1, .. }));
}

#[tokio::test]
async fn a_receipt_by_another_key_or_for_another_entry_never_clears_one() {
    let (station, officer, stand_in) = scene().await;
    let id = officer.accept();
    let stranger = ServerKey::generate().unwrap();
    stand_in.say(move |hashes| receipts(&stranger, hashes, |hash| hash));
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 0);
    let seed = std::fs::read_dir(station.dir.path().join("keys")).unwrap().find_map(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        (bytes.len() == 32)
            .then(|| ServerKey::from_seed(&bytes).ok())
            .flatten()
            .filter(|key| key.public().unwrap() == station.server.app().keys().server.public().unwrap())
    });
    let server = Arc::new(seed.expect("the server's own key"));
    let liar = Arc::clone(&server);
    stand_in.say(move |hashes| receipts(&liar, hashes, |_| Hash([7; 32])));
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 0);
    assert!(matches!(officer.state(id), RecordState::Waiting { .. }));
    stand_in.say(move |hashes| receipts(&server, hashes, |hash| hash));
    assert_eq!(officer.phone.sync_once().await.unwrap().receipted, 1);
    assert!(matches!(officer.state(id), RecordState::Received { .. }));
}

#[tokio::test]
async fn a_wedged_entry_is_shown_with_its_reason_and_holds_no_other() {
    let (_station, officer, stand_in) = scene().await;
    let bad = officer.accept();
    stand_in.say(|hashes| refusals(hashes, Refusal::BadBody));
    assert_eq!(officer.phone.sync_once().await.unwrap().refused, 1);
    let RecordState::Wedged { reason, detail, .. } = officer.state(bad) else { panic!("not wedged") };
    assert_eq!((reason, detail.as_str()), ("bad_body", "facts.at"));
    let good = officer.accept();
    stand_in.say(|hashes| refusals(hashes, Refusal::TryAgain));
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!((report.refused, report.waiting), (0, 1));
    assert!(matches!(officer.state(good), RecordState::Waiting { why: Hold::NotSettled, attempts: 1, .. }));
    let officer = officer.restart();
    assert!(matches!(officer.state(bad), RecordState::Wedged { .. }));
    officer.phone.send_again(bad).unwrap();
    assert!(matches!(officer.state(bad), RecordState::Waiting { .. }));
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_halved_until_the_one_entry_is_found() {
    let (_station, officer, stand_in) = scene().await;
    let ids: Vec<_> = (0..5).map(|_| officer.accept()).collect();
    stand_in.say(|hashes| match hashes.len() {
        1 => refusals(hashes, Refusal::UnknownOfficer),
        _ => (413, "text/plain", b"too large".to_vec()),
    });
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!(report.refused, 5);
    assert_eq!(stand_in.batches.lock().unwrap()[..3], [5, 2, 1]);
    assert!(ids.iter().all(|id| matches!(officer.state(*id), RecordState::Wedged { .. })));
}

#[tokio::test]
async fn a_broken_server_is_not_stormed() {
    let (_station, officer, stand_in) = scene().await;
    officer.accept();
    stand_in.say(|_| (500, "text/plain", b"oh".to_vec()));
    let report = officer.phone.sync_once().await.unwrap();
    assert_eq!(report.waiting, 1);
    assert_eq!(report.feed, FeedState::Fresh);
    assert_eq!(stand_in.batches.lock().unwrap().len(), 1);
}
