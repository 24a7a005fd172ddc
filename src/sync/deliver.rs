//! Delivery: asks the outbox's policy what to do, and does it.

use super::enrolment::Identity;
use super::feed::{self, Heard};
use super::phone::Inner;
use super::transport::NoReply;
use super::{PhoneError, client, lock};
use crate::domain::ids::Hash;
use crate::domain::wire::{EntriesRequest, MOST_BODY_BYTES, Signed};
use crate::outbox::{Action, Hold, Item, Outcome, Step, View, classify, next_step};
use crate::store::Settled;
use chrono::{DateTime, Utc};

/// What came of a delivery.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Entries that got their receipt.
    pub receipted: usize,
    /// Entries that the server would not take.
    pub refused: usize,
    /// When to go on, in milliseconds; nothing: when something new happens.
    pub until_ms: Option<u64>,
}

/// Sends whatever may be sent now. Returns when there is nothing to do before some later moment.
pub async fn run(inner: &Inner) -> Result<Delivered, PhoneError> {
    let _courier = inner.courier.lock().await;
    let mut total = Delivered::default();
    loop {
        let queue = lock(&inner.outbox).queue()?;
        let step = {
            let traffic = lock(&inner.traffic);
            let view = View { queue: &queue, pace: &traffic.pace, most_bytes: MOST_BODY_BYTES };
            next_step(&view, traffic.link, inner.now().boot_ms)
        };
        match step {
            Step::Idle => return Ok(Delivered { until_ms: None, ..total }),
            Step::Wait { until_ms } => return Ok(Delivered { until_ms: Some(until_ms), ..total }),
            Step::Probe => {
                if let Heard::Nothing(hold) = feed::poll(inner, 0).await? {
                    tracing::debug!(?hold, "the server does not answer");
                }
            }
            Step::Send(seqs) => {
                let batch: Vec<Item> = queue.into_iter().filter(|item| seqs.contains(&item.seq)).collect();
                let sent = send(inner, &batch).await?;
                total.receipted += sent.receipted;
                total.refused += sent.refused;
            }
        }
    }
}

/// Sends one batch and stores what became of it.
async fn send(inner: &Inner, batch: &[Item]) -> Result<Delivered, PhoneError> {
    let Some(identity) = inner.identity() else { return Ok(Delivered::default()) };
    let seqs: Vec<u64> = batch.iter().map(|item| item.seq).collect();
    let shown = inner.shown()?;
    let body = pack(inner, &seqs)?;
    let _on_its_way = OnItsWay::new(inner, batch);
    let asked = inner.now();
    let action = match client::entries(inner.transport.as_ref(), &identity, body).await {
        Ok(reply) => {
            inner.heed(&reply.view(), &identity);
            classify(&reply.view(), &hashes(batch), &identity.server_key)
        }
        Err(no_reply) => return no_answer(inner, &seqs, no_reply),
    };
    if let Action::Settle { server_time, news, .. } = &action {
        inner.heard_time(*server_time, asked)?;
        inner.vouched(&identity, &shown, news)?;
    }
    act(inner, &identity, batch, action)
}

/// The request, and its try counted before it is made: an entry that kills the program must not look untried
/// for ever. One that reaches nothing is taken back.
fn pack(inner: &Inner, seqs: &[u64]) -> Result<Vec<u8>, PhoneError> {
    let health = inner.health()?;
    let mut outbox = lock(&inner.outbox);
    let (entries, again) = (outbox.sealed(seqs)?, outbox.void_receipts(seqs)?);
    outbox.count_attempt(seqs)?;
    let request = EntriesRequest { health, entries, again };
    Ok(serde_json::to_vec(&request).map_err(|_| crate::store::StoreError::Value("entry"))?)
}

fn no_answer(inner: &Inner, seqs: &[u64], no_reply: NoReply) -> Result<Delivered, PhoneError> {
    match no_reply {
        NoReply::NotConnected => lock(&inner.outbox).uncount_attempt(seqs)?,
        // A slow link that breaks under a large batch may carry a small one.
        NoReply::Broken => drop(lock(&inner.traffic).pace.shrink(seqs.len())),
    }
    inner.down(Hold::NoConnection, None);
    Ok(Delivered::default())
}

fn hashes(batch: &[Item]) -> Vec<Hash> {
    batch.iter().map(|item| item.hash).collect()
}

/// Does what the reply calls for. First the disk, then the pace: a failing disk means "not settled".
fn act(inner: &Inner, identity: &Identity, batch: &[Item], action: Action) -> Result<Delivered, PhoneError> {
    let (now_ms, jitter) = (inner.now().boot_ms, inner.jitter());
    match action {
        Action::Settle { server_time, outcomes, receipts, .. } => {
            settle(inner, batch, outcomes, (receipts, server_time))
        }
        Action::Fewer(wedge) => {
            if lock(&inner.traffic).pace.shrink(batch.len()) {
                return Ok(Delivered::default());
            }
            if let Some(wedge) = wedge {
                return settle(inner, batch, vec![Outcome::Wedged(wedge)], (Vec::new(), inner.now().wall));
            }
            let mut traffic = lock(&inner.traffic);
            batch.iter().for_each(|item| traffic.pace.lane_failed(item.referral, now_ms, jitter));
            drop(traffic);
            inner.down(Hold::NotTheServer, None);
            Ok(Delivered::default())
        }
        Action::Later { after_s } => {
            let mut traffic = lock(&inner.traffic);
            // If one entry is what breaks the server, ever smaller batches find it, and the others pass.
            traffic.pace.shrink(batch.len());
            batch.iter().for_each(|item| traffic.pace.lane_failed(item.referral, now_ms, jitter));
            drop(traffic);
            inner.down(Hold::ServerBusy, after_s);
            Ok(Delivered::default())
        }
        Action::NotTheServer => {
            inner.down(Hold::NotTheServer, None);
            Ok(Delivered::default())
        }
        Action::NotAllowed(rejection) => {
            tracing::warn!(device = %identity.public.device, ?rejection, "the server does not let this device in");
            inner.down(rejection.hold(), None);
            Ok(Delivered::default())
        }
    }
}

fn settle(
    inner: &Inner,
    batch: &[Item],
    outcomes: Vec<Outcome>,
    (receipts, server_time): (Vec<Signed>, DateTime<Utc>),
) -> Result<Delivered, PhoneError> {
    let (now_ms, jitter) = (inner.now().boot_ms, inner.jitter());
    let mut receipts = receipts.into_iter();
    let mut settled = Vec::new();
    let mut again = Vec::new();
    let mut delivered = Delivered::default();
    for (item, outcome) in batch.iter().zip(outcomes) {
        match outcome {
            Outcome::Cleared(body) => {
                let Some(signed) = receipts.next() else { continue };
                delivered.receipted += 1;
                settled.push((item.seq, Settled::Cleared(Box::new((signed, body)))));
            }
            Outcome::Wedged(wedge) => {
                delivered.refused += 1;
                tracing::warn!(referral = %item.referral, reason = wedge.code(), "an entry is wedged");
                settled.push((item.seq, Settled::Wedged(wedge)));
            }
            Outcome::Again(doubt) => {
                tracing::warn!(referral = %item.referral, ?doubt, "an entry is not settled");
                again.push(item.referral);
            }
        }
    }
    let erased = settled.iter().any(|(_, settled)| matches!(settled, Settled::Cleared(cleared) if cleared.1.erased));
    let void = lock(&inner.outbox).settle(&settled, server_time)?;
    if erased && let Err(error) = inner.forget_erased() {
        tracing::error!(%error, "a readable copy of what was erased stays until the next unlock");
    }
    delivered.receipted = delivered.receipted.saturating_sub(void.len());
    again.extend(batch.iter().filter(|item| void.contains(&item.seq)).map(|item| item.referral));
    inner.steer(|traffic| {
        traffic.up();
        traffic.pace.grow();
        for item in batch {
            match again.contains(&item.referral) {
                true => traffic.pace.lane_failed(item.referral, now_ms, jitter),
                false => traffic.pace.lane_settled(item.referral),
            }
        }
    });
    inner.changed();
    Ok(delivered)
}

/// Marks a batch as on its way for as long as it lives: also when the call is dropped half-way.
struct OnItsWay<'a>(&'a Inner);

impl<'a> OnItsWay<'a> {
    fn new(inner: &'a Inner, batch: &[Item]) -> Self {
        let mut traffic = lock(&inner.traffic);
        traffic.pace.sent(batch.iter().map(|item| item.referral));
        traffic.sending = batch.iter().map(|item| item.referral).collect();
        drop(traffic);
        inner.changed();
        Self(inner)
    }
}

impl Drop for OnItsWay<'_> {
    fn drop(&mut self) {
        let mut traffic = lock(&self.0.traffic);
        traffic.pace.landed();
        traffic.sending.clear();
        drop(traffic);
        self.0.changed();
    }
}
