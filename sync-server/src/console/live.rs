//! `GET /events`: tells open pages that something changed, never what.

use crate::app::App;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;

/// A page learns within this time that its connection is gone.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// One event for each change. One word waits at most: a page that reads slowly misses none, since each
/// event means "look again".
pub async fn events(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(follow(app, sender));
    Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}

/// Passes changes on until the page is gone or the server stops.
async fn follow(app: App, page: mpsc::Sender<Result<Event, Infallible>>) {
    let (mut changes, mut stopping) = (app.changes(), app.stopping());
    loop {
        tokio::select! {
            () = page.closed() => return,
            _ = stopping.wait_for(|stop| *stop) => return,
            change = changes.recv() => match change {
                Ok(_) | Err(RecvError::Lagged(_)) => {
                    // Full means that a word is on its way already, and the page will look after it.
                    drop(page.try_send(Ok(Event::default().data("changed"))));
                }
                Err(RecvError::Closed) => return,
            },
        }
    }
}
