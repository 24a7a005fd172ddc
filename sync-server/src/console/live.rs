//! `GET /events`: tells open pages that something changed, or that a referral waits for whoever looks; never what.

use crate::app::App;
use crate::auth::Signed;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use handoff::domain::ids::StaffId;
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
pub async fn events(
    State(app): State<App>,
    Signed(staff): Signed,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(follow(app, staff.id, sender));
    Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}

/// Passes changes on until the page is gone or the server stops.
async fn follow(app: App, staff: StaffId, page: mpsc::Sender<Result<Event, Infallible>>) {
    let (mut changes, mut stopping) = (app.changes(), app.stopping());
    let mut open = app.deliver().open_page(staff);
    loop {
        tokio::select! {
            () = page.closed() => return,
            () = async { drop(stopping.wait_for(|stop| *stop).await) } => return,
            // This word must come through: it waits for the page, and the page for it.
            () = open.alerted() => drop(page.send(Ok(Event::default().event("alert").data("look"))).await),
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
