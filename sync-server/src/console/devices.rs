//! What a sergeant asks for: the devices, the newest checkpoint, a proof, the whole log as a file.

use super::ask::{Asked, Number};
use super::pages::{DevicesPage, DevicesPageProps};
use super::shell::render;
use super::view::{self, KnownDevice};
use super::viewer;
use crate::app::App;
use crate::auth::Signed;
use crate::ledger::export::{self, ExportError, TRIES};
use crate::ledger::{self, proofs};
use crate::pages;
use crate::store::StoreError;
use crate::store::events::{Event, Kind};
use crate::store::gaps;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use std::io;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Pages of an export that wait for a slow reader.
const AHEAD: usize = 2;
/// Who takes no page for so long is gone, and no moment of the database is kept for them.
const STALLED: Duration = Duration::from_secs(60);

/// The page looks again by itself: see [`crate::auth::BY_ITSELF`].
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    #[serde(default)]
    auto: Option<u8>,
}

/// `GET /devices`.
pub async fn devices(State(app): State<App>, Signed(staff): Signed, Asked(ask): Asked<Ask>) -> Response {
    if !matches!(ask.auto, None | Some(1)) {
        return pages::not_found();
    }
    let read = app.store().read(|db| Ok((crate::store::devices(db)?, gaps::chains(db)?, gaps::words(db)?)));
    let (devices, chains, words) = match read.await {
        Ok(found) => found,
        Err(error) => return pages::broken(&error),
    };
    if let Err(error) = app.note(Event::new(Kind::DevicesRead).by(staff.id)).await {
        return pages::broken(&error);
    }
    let (site, now) = (app.site(), app.now());
    let known = devices.iter().map(|device| {
        let first = chains.partition_point(|chain| chain.device < device.id);
        let last = chains.partition_point(|chain| chain.device <= device.id);
        KnownDevice {
            device,
            officer: device.officer.map_or("", |officer| site.name(officer)),
            chains: chains.get(first..last).unwrap_or_default(),
            word: words.iter().find(|word| word.device == device.id),
        }
    });
    let view = view::devices(&known.collect::<Vec<_>>(), now);
    Html(render(DevicesPage, DevicesPageProps { viewer: viewer(&staff), view, now })).into_response()
}

/// `GET /log/checkpoint`: the newest signed checkpoint, to be kept by whoever wants to check the log later.
pub async fn checkpoint(State(app): State<App>) -> Response {
    match app.ledger().newest() {
        Some(newest) => text(newest.note),
        None => pages::not_found(),
    }
}

/// `GET /log/{position}/proof`: that the entry of this decision is in the log.
pub async fn proof(State(app): State<App>, Number(position): Number) -> Response {
    match proofs::of_decision(&app, position).await {
        Ok(Some(proof)) => text(proof.to_string()),
        Ok(None) => pages::not_found(),
        Err(error) => pages::broken(&error),
    }
}

fn text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// `POST /log/export`: the whole log as a file. Who took it is in the events first.
pub async fn export(State(app): State<App>, Signed(staff): Signed) -> Response {
    let begun = async {
        let size = app.store().read(|db| Ok(crate::store::ledger::epoch_now(db)?.map_or(0, |now| now.size))).await?;
        app.note(Event::new(Kind::Exported).by(staff.id).detail(format!("{size} leaves"))).await?;
        ledger::sign_now(&app).await
    };
    if let Err(error) = begun.await {
        return pages::broken(&error);
    }
    let (sender, receiver) = mpsc::channel(AHEAD);
    let name = format!("attachment; filename=\"handoff-log-{}.jsonl\"", app.now().format("%Y-%m-%d-%H%M"));
    tokio::spawn(async move {
        if let Err(error) = send(&app, &sender).await {
            tracing::error!(%error, "an export was not finished");
            // What is cut off must not look like a whole file.
            let cut_off = sender.send(Err(io::Error::other("cut off")));
            drop(tokio::time::timeout(STALLED, cut_off).await);
        }
    });
    let headers = [(header::CONTENT_TYPE, String::from("application/jsonl")), (header::CONTENT_DISPOSITION, name)];
    (headers, Body::from_stream(ReceiverStream::new(receiver))).into_response()
}

type Pages = mpsc::Sender<io::Result<Vec<u8>>>;

/// Sends the export, begun anew where a record was erased since the last signature.
async fn send(app: &App, pages: &Pages) -> Result<u64, ExportError> {
    for _ in 1..TRIES {
        match send_once(app, pages).await {
            Err(ExportError::Erasing) => ledger::sign_now(app).await.map(drop)?,
            done => return done,
        }
    }
    send_once(app, pages).await
}

async fn send_once(app: &App, pages: &Pages) -> Result<u64, ExportError> {
    let (app, pages, here) = (app.clone(), pages.clone(), Handle::current());
    let mut send = move |bytes| {
        let sent = async { tokio::time::timeout(STALLED, pages.send(Ok(bytes))).await };
        here.block_on(sent).is_ok_and(|sent| sent.is_ok())
    };
    let written = tokio::task::spawn_blocking(move || export::write(&app, &mut send)).await;
    written.map_err(|_| ExportError::Store(StoreError::Broken))?
}
