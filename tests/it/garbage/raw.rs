//! A call as bytes on a connection, so that nothing on the way puts it right.

use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A call as it is sent.
#[derive(Clone)]
pub struct Call {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    /// The length that the call announces, if not that of its body.
    pub announced: Option<usize>,
    /// It says no length: the body is the beginning of one chunk, and no end comes.
    pub chunked: bool,
}

impl Call {
    pub fn new(method: &str, path: &str) -> Self {
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { method, path, headers: Vec::new(), body: Vec::new(), announced: None, chunked: false }
    }

    /// The same with another value of a header.
    pub fn with(&self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        let mut call = self.clone();
        call.headers.retain(|(had, _)| had != name);
        call.headers.push((name.to_owned(), value.into()));
        call
    }

    pub fn shown_path(&self) -> &str {
        self.path.get(..60).unwrap_or(&self.path)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes =
            format!("{} {} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n", self.method, self.path).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        if self.chunked {
            let head = format!("transfer-encoding: chunked\r\n\r\n{:x}\r\n", self.body.len());
            return [bytes.as_slice(), head.as_bytes(), &self.body].concat();
        }
        if !self.body.is_empty() || self.announced.is_some() {
            bytes.extend(format!("content-length: {}\r\n", self.announced.unwrap_or(self.body.len())).into_bytes());
        }
        [bytes.as_slice(), b"\r\n", &self.body].concat()
    }
}

/// An answer, taken apart.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {}", self.status, body.get(..400).unwrap_or(&body))
    }
}

pub async fn send(server: SocketAddr, call: &Call) -> Answer {
    let mut line = TcpStream::connect(server).await.unwrap();
    line.write_all(&call.bytes()).await.unwrap();
    let mut all = Vec::new();
    line.read_to_end(&mut all).await.unwrap();
    let at = memchr::memmem::find(&all, b"\r\n\r\n").unwrap_or_else(|| panic!("no answer to {}", call.shown_path()));
    let head = String::from_utf8_lossy(&all[..at]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{head}"));
    Answer { status, head, body: all[at + 4..].to_vec() }
}
