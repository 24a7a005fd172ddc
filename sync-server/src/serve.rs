//! Connections, each bounded in what it may cost: how long its caller may take to say what they want, and how many
//! there are at once.
//!
//! # Decisions
//! A caller who sends slowly, or nothing, holds a connection and does nothing wrong that a limit of bytes would see. So
//! the head of a request must be here within a time, and its body within the same time again; an answer may take as
//! long as its handler does, and whoever takes none of it for that time is let go. A connection on which nothing more is asked ends after that time too. With as many
//! connections as there may be, nobody new is let in until one ends, which the slow ones do soon.
//!
//! HTTP/1.1 alone: proxies speak it to what stands behind them, and so do phones. Another version would first have to be
//! told apart by what a caller sends, and that has no limit of time.

use crate::config::Config;
use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Sleep;
use tokio_stream::Stream;

/// Files that are left for the database, its readers and calls to others.
const OTHER_FILES: usize = 124;
/// Files that a system allows where it does not say.
const FILES: usize = 1024;
/// So many connections, however many files there may be.
const MOST: usize = 10_000;

/// Where the system lets nobody in, as when it has no file left, it is asked again after this.
const PAUSE: Duration = Duration::from_secs(1);

/// The body did not come in time.
#[derive(Debug, thiserror::Error)]
#[error("the body did not come in time")]
pub(crate) struct TooSlow;

type Server = Builder<TokioExecutor>;

/// Serves until it is told to stop; then lets nobody in, and returns when running calls have ended. Whoever does not
/// wait for that ends them.
pub(crate) async fn serve(listener: TcpListener, router: Router, config: &Config, mut stopping: watch::Receiver<bool>) {
    let mut server = Builder::new(TokioExecutor::new()).http1_only();
    server.http1().timer(TokioTimer::new()).header_read_timeout(config.request_within);
    let within = config.request_within;
    let places = Arc::new(Semaphore::new(config.connections.map_or_else(allowed, usize::from)));
    let mut open = JoinSet::new();
    loop {
        let (stream, place) = tokio::select! {
            next = next(&listener, &places) => next,
            () = told(&mut stopping) => break,
        };
        let stream = Patient { stream, within, stands: None };
        open.spawn(connection(stream, (server.clone(), router.clone()), stopping.clone(), place));
        while open.try_join_next().is_some() {}
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

/// As many connections as the system allows, beside the other files.
fn allowed() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    files(&limits).unwrap_or(FILES).saturating_sub(OTHER_FILES).clamp(1, MOST)
}

/// How many files Linux allows a program, by its list of limits.
fn files(limits: &str) -> Option<usize> {
    limits.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace().next()?.parse().ok()
}

/// Returns when we are told to stop.
async fn told(stopping: &mut watch::Receiver<bool>) {
    drop(stopping.wait_for(|stop| *stop).await);
}

/// The next caller, when there is a place for them.
async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            // The caller went away before we came.
            Err(error) if is_theirs(&error) => {}
            Err(error) => {
                tracing::error!(%error, "nobody is let in");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn is_theirs(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}

/// Serves one connection until its caller ends it, is too slow, or we stop.
async fn connection(
    stream: Patient,
    (server, router): (Server, Router),
    mut stopping: watch::Receiver<bool>,
    _place: Option<OwnedSemaphorePermit>,
) {
    let mut calls = pin!(server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)));
    let ended = tokio::select! {
        ended = calls.as_mut() => ended,
        () = told(&mut stopping) => {
            calls.as_mut().graceful_shutdown();
            calls.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// A connection of which the other end must take what it is sent: a write that stands still for a time breaks off.
struct Patient {
    stream: TcpStream,
    within: Duration,
    /// Until when the write that stands still now may.
    stands: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    fn moved<T>(&mut self, context: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.stands = None;
            return polled;
        }
        let within = self.within;
        let stands = self.stands.get_or_insert_with(|| Box::pin(tokio::time::sleep(within)));
        stands.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.moved(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.moved(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.moved(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.moved(context, polled)
    }
}

/// Has a body break off with [`TooSlow`] if it is not here in time.
pub(crate) async fn in_time(State(within): State<Duration>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = match axum::body::HttpBody::is_end_stream(&body) {
        true => body,
        false => {
            let end = Box::pin(tokio::time::sleep(within));
            Body::from_stream(InTime { body: body.into_data_stream(), end })
        }
    };
    next.run(Request::from_parts(parts, body)).await
}

struct InTime {
    body: BodyDataStream,
    end: Pin<Box<Sleep>>,
}

impl Stream for InTime {
    type Item = Result<Bytes, axum::BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match Pin::new(&mut self.body).poll_next(context) {
            Poll::Ready(next) => Poll::Ready(next.map(|bytes| bytes.map_err(Into::into))),
            Poll::Pending => self.end.as_mut().poll(context).map(|()| Some(Err(TooSlow.into()))),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_files_that_linux_allows_are_read_from_its_list() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
            Max processes             63432                63432                processes \n\
            Max open files            1024                 524288               files     \n";
        assert_eq!(super::files(limits), Some(1024));
        for strange in
            ["", "Max open files", "Max open files            unlimited            unlimited            files"]
        {
            assert_eq!(super::files(strange), None);
        }
    }
}
