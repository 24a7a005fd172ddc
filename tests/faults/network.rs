//! The network between phones and server: what it may do to a call, and the phone's end of it.

use crate::dice::Dice;
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use handoff::sync::{Answering, Call, NoReply, Reply, Transport};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

/// The phone hangs up after a silence of this long.
const SILENCE: u64 = 45 * SECOND;

/// A call that a phone makes.
pub struct Outgoing {
    pub id: u64,
    pub call: Call,
}

/// What one program on a phone has sent, and what came back for it.
#[derive(Default)]
pub struct Line {
    next: u64,
    pub sent: Vec<Outgoing>,
    pub came: BTreeMap<u64, Result<Reply, NoReply>>,
}

/// The phone's end.
#[derive(Clone, Default)]
pub struct Wire(pub Arc<Mutex<Line>>);

impl Transport for Wire {
    fn call(&self, call: Call) -> Answering<'_> {
        let mut line = self.0.lock().unwrap();
        line.next += 1;
        let id = line.next;
        line.sent.push(Outgoing { id, call });
        Box::pin(UnderWay { line: Arc::clone(&self.0), id })
    }
}

struct UnderWay {
    line: Arc<Mutex<Line>>,
    id: u64,
}

impl Future for UnderWay {
    type Output = Result<Reply, NoReply>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match self.line.lock().unwrap().came.remove(&self.id) {
            Some(reply) => Poll::Ready(reply),
            None => Poll::Pending,
        }
    }
}

/// How the link of one phone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    Clear,
    Flaky,
    Slow,
    Dead,
    Portal,
    Intercepted,
}

/// What the network does to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It goes through.
    Good,
    /// No connection: no signal, no name server.
    NoSignal,
    /// It is lost on the way to the server.
    Dropped,
    /// The server takes it, the answer is lost.
    HalfOpen,
    /// It arrives long after the phone has hung up.
    Late,
    /// It arrives twice at once.
    Twice,
    /// It is played again days later.
    Replayed,
    /// The answer stops in the middle.
    CutOff,
    /// A byte changes on the way to the server.
    Garbled,
    /// The answer comes so slowly that others overtake it.
    Overtaken,
    /// A sign-in page of a public network answers 200.
    Portal,
    /// A stranger answers with receipts that he signed himself.
    Stranger,
    /// A proxy answers: too many calls.
    Proxy429,
    /// A proxy answers: it failed.
    Proxy500,
    /// A proxy answers: nobody behind it.
    Proxy502,
    /// A proxy answers: out of service.
    Proxy503,
    /// A proxy finds a batch too large.
    Proxy413,
}

impl Fate {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "network: none",
            Self::NoSignal => "network: no signal, no name server",
            Self::Dropped => "network: call lost",
            Self::HalfOpen => "network: answer lost after the commit",
            Self::Late => "network: call arrives after the phone hung up",
            Self::Twice => "network: call arrives twice",
            Self::Replayed => "network: call played again days later",
            Self::CutOff => "network: answer cut off",
            Self::Garbled => "network: a byte of the call changed",
            Self::Overtaken => "network: slow, overtaken by later calls",
            Self::Portal => "network: sign-in page with 200",
            Self::Stranger => "network: a stranger's signed receipts",
            Self::Proxy429 => "network: 429",
            Self::Proxy500 => "network: 500",
            Self::Proxy502 => "network: 502",
            Self::Proxy503 => "network: 503",
            Self::Proxy413 => "network: 413",
        }
    }

    /// What happens to a call in this weather.
    pub fn of(weather: Weather, dice: &mut Dice) -> Self {
        const BAD: [(u64, Fate); 14] = [
            (60, Fate::Good),
            (10, Fate::NoSignal),
            (12, Fate::Dropped),
            (20, Fate::HalfOpen),
            (8, Fate::Late),
            (10, Fate::Twice),
            (6, Fate::Replayed),
            (8, Fate::CutOff),
            (4, Fate::Garbled),
            (8, Fate::Overtaken),
            (4, Fate::Proxy429),
            (4, Fate::Proxy500),
            (8, Fate::Proxy502),
            (4, Fate::Proxy413),
        ];
        match weather {
            Weather::Clear if dice.permille(950) => Self::Good,
            Weather::Clear | Weather::Flaky => dice.weighted(&BAD),
            Weather::Slow => dice.weighted(&[(3, Self::Overtaken), (1, Self::Late), (1, Self::Proxy503)]),
            Weather::Dead => Self::NoSignal,
            Weather::Portal => Self::Portal,
            Weather::Intercepted => Self::Stranger,
        }
    }

    /// Whether the server gets to see the call.
    pub const fn reaches_the_server(self) -> bool {
        matches!(
            self,
            Self::Good
                | Self::HalfOpen
                | Self::Late
                | Self::Twice
                | Self::Replayed
                | Self::CutOff
                | Self::Garbled
                | Self::Overtaken
        )
    }

    /// How long the call takes to the server, and the answer back.
    pub fn takes(self, dice: &mut Dice) -> (u64, u64) {
        let quick = |dice: &mut Dice| dice.between(20, 400);
        match self {
            Self::Late => (SILENCE + dice.between(SECOND, 3 * HOUR), quick(dice)),
            Self::Overtaken => (dice.between(SECOND, 20 * SECOND), dice.between(SECOND, 20 * SECOND)),
            _ => (quick(dice), quick(dice)),
        }
    }

    /// When a second copy of the call arrives after the first, if one does.
    pub fn again(self, dice: &mut Dice) -> Option<u64> {
        match self {
            Self::Twice => Some(dice.between(0, 2 * SECOND)),
            Self::Replayed => Some(dice.between(10 * MINUTE, 3 * DAY)),
            _ => None,
        }
    }

    /// What the phone hears without the server having said it, and after how long.
    pub fn instead(self, dice: &mut Dice) -> Option<(u64, Result<Reply, NoReply>)> {
        let soon = dice.between(20, 10 * SECOND);
        let page = |status, body: &str| {
            let content_type = Some("text/html; charset=utf-8".to_owned());
            let retry_after_s = (status == 429 || status == 503).then_some(soon / SECOND);
            Some((soon, Ok(Reply { status, content_type, retry_after_s, body: body.as_bytes().to_vec() })))
        };
        match self {
            Self::NoSignal => Some((soon, Err(NoReply::NotConnected))),
            Self::Dropped | Self::HalfOpen | Self::Late => Some((SILENCE, Err(NoReply::Broken))),
            Self::Portal => page(200, "<html><title>Free Wi-Fi</title><form action=/login>Accept</form></html>"),
            Self::Proxy429 => page(429, "slow down"),
            Self::Proxy500 => page(500, "oops"),
            Self::Proxy502 => page(502, "<h1>Bad gateway</h1>"),
            Self::Proxy503 => page(503, "<h1>Out of service</h1>"),
            Self::Proxy413 => page(413, "<h1>Request entity too large</h1>"),
            Self::Good
            | Self::Twice
            | Self::Replayed
            | Self::CutOff
            | Self::Garbled
            | Self::Overtaken
            | Self::Stranger => None,
        }
    }
}
