//! The server as a thing that starts and stops.

use crate::app::{App, AppError};
use crate::config::Config;
use crate::deliver;
use crate::ledger::sign::keep_signed;
use crate::news;
use crate::routes;
use crate::serve::serve;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Calls that are still running at a stop get this long to end.
const GRACE: Duration = Duration::from_secs(3);

/// Starts servers.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Opens the data folder, takes the port and serves.
    ///
    /// # Errors
    /// [`AppError`]: a database or key that cannot be used, a port that is taken.
    pub async fn start(config: Config) -> Result<Running, AppError> {
        let asked = config.listen;
        let port = |e| AppError::Io(asked.to_string(), e);
        // The port first: a second server on the same folder stops here, before it touches anything.
        let listener = TcpListener::bind(asked).await.map_err(port)?;
        let addr = listener.local_addr().map_err(port)?;
        let (shared, wake) = (config.database_url.is_some(), config.wake);
        let app = App::open(Config { listen: addr, ..config })?;
        app.begin_serving().await?;
        deliver::outside::open(&app).await?;
        if shared {
            news::follow(&app, wake)?;
        }
        let serving = app.clone();
        let task = tokio::spawn(async move {
            let (router, stopping) = (routes::router(serving.clone()), serving.stopping());
            serve(listener, router, serving.config(), stopping).await;
        });
        tokio::spawn(keep_signed(app.clone()));
        tokio::spawn(deliver::run(app.clone()));
        tracing::info!(%addr, "serving");
        Ok(Running { addr, app, task })
    }
}

/// A server that serves.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    app: App,
    task: JoinHandle<()>,
}

impl Running {
    /// The shared state: the store, sign-in links, codes.
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// The address that people and phones use.
    pub fn url(&self) -> &str {
        self.app.url()
    }

    /// Takes no new calls, lets running ones end, and returns when all is written.
    pub async fn stop(mut self) {
        self.app.stop();
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            // A caller that does not read its answer must not keep the server.
            self.task.abort();
        }
    }
}
