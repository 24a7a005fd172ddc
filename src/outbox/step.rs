//! What to do next, from what is stored, the pace, the link and the time.

use super::{Pace, Wedge};
use crate::domain::ids::{Hash, ReferralId};
use crate::lab::{Bug, planted};
use std::collections::BTreeSet;

/// Room that a batch's JSON takes beside its entries.
const ENVELOPE_BYTES: usize = 1024;

/// An entry without a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Sequence in its chain: the order of sending.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// Its lane.
    pub referral: ReferralId,
    /// Bytes that it takes in a request.
    pub bytes: usize,
    /// Where it stands.
    pub state: State,
}

/// Where an entry without a receipt stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has been tried this many times.
    Waiting {
        /// Tries, over restarts too.
        attempts: u32,
    },
    /// The server will not take it.
    Wedged(Wedge),
}

/// Whether the server can be talked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// No server is known: the device is not enrolled.
    None,
    /// Not known to be reachable: ask it something small first.
    Unproven,
    /// It answered the last call.
    Up,
}

/// What [`next_step`] looks at.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Every entry without a receipt, in the order of `seq`.
    pub queue: &'a [Item],
    /// The pace.
    pub pace: &'a Pace,
    /// Most bytes of one request.
    pub most_bytes: usize,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send these, in this order.
    Send(Vec<u64>),
    /// Ask the server something small, to learn whether it is there.
    Probe,
    /// Nothing before this moment, in milliseconds, unless something new happens.
    Wait {
        /// The moment.
        until_ms: u64,
    },
    /// Nothing until something new happens.
    Idle,
}

/// What to do next. Total: every entry that is not wedged is sent in the end, order within a referral
/// holds, and never are two entries of one referral on their way.
pub fn next_step(view: &View<'_>, link: Link, now_ms: u64) -> Step {
    if view.pace.busy() || link == Link::None {
        return Step::Idle;
    }
    let heads = lane_heads(view.queue);
    let due = |item: &&Item| view.pace.lane_due_ms(item.referral).max(view.pace.link_due_ms());
    let Some(first_due) = heads.iter().map(due).min() else { return Step::Idle };
    if first_due > now_ms {
        return Step::Wait { until_ms: first_due };
    }
    match link {
        Link::None => Step::Idle,
        Link::Unproven => Step::Probe,
        Link::Up => Step::Send(batch(view, heads.into_iter().filter(|item| due(item) <= now_ms))),
    }
}

/// The first entry of each lane, unless it is wedged: then the lane waits for a person.
fn lane_heads(queue: &[Item]) -> Vec<&Item> {
    let mut seen = BTreeSet::new();
    let mut queue: Vec<&Item> = queue.iter().collect();
    if planted(Bug::LaterOvertakes) {
        queue.reverse();
    }
    queue
        .into_iter()
        .filter(|item| seen.insert(item.referral))
        .take_while(|item| !planted(Bug::PoisonBlocks) || matches!(item.state, State::Waiting { .. }))
        .filter(|item| matches!(item.state, State::Waiting { .. }))
        .collect()
}

/// As many as fit; at least one, since only the server can say that one is too large.
fn batch<'a>(view: &View<'_>, ready: impl Iterator<Item = &'a Item>) -> Vec<u64> {
    let mut bytes = ENVELOPE_BYTES;
    let mut batch = Vec::new();
    for item in ready.take(view.pace.most()) {
        bytes = bytes.saturating_add(item.bytes);
        if bytes > view.most_bytes && !batch.is_empty() {
            break;
        }
        batch.push(item.seq);
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn item(seq: u64, lane: u8) -> Item {
        Item {
            seq,
            hash: Hash([u8::try_from(seq % 251).unwrap(); 32]),
            referral: ReferralId(Uuid::from_u128(lane.into())),
            bytes: 2000,
            state: State::Waiting { attempts: 0 },
        }
    }

    fn step(queue: &[Item], pace: &Pace, link: Link, now_ms: u64) -> Step {
        next_step(&View { queue, pace, most_bytes: 1 << 20 }, link, now_ms)
    }

    #[test]
    fn a_wedged_entry_holds_its_own_lane_and_no_other() {
        let mut queue = vec![item(1, 1), item(2, 1), item(3, 2)];
        queue[0].state = State::Wedged(Wedge::TooLarge);
        assert_eq!(step(&queue, &Pace::default(), Link::Up, 0), Step::Send(vec![3]));
        queue.pop();
        assert_eq!(step(&queue, &Pace::default(), Link::Up, 0), Step::Idle);
    }

    #[test]
    fn a_lane_that_waits_holds_no_other_and_is_not_overtaken() {
        let queue = [item(1, 1), item(2, 1), item(3, 2)];
        let mut pace = Pace::default();
        pace.lane_failed(queue[0].referral, 0, 0);
        assert_eq!(step(&queue, &pace, Link::Up, 999), Step::Send(vec![3]));
        assert_eq!(step(&queue[..2], &pace, Link::Up, 999), Step::Wait { until_ms: 1000 });
        assert_eq!(step(&queue[..2], &pace, Link::Up, 1000), Step::Send(vec![1]));
    }

    #[test]
    fn an_unproven_link_is_probed_and_a_failed_one_waits() {
        let queue = [item(1, 1)];
        let mut pace = Pace::default();
        assert_eq!(step(&queue, &pace, Link::None, 0), Step::Idle);
        assert_eq!(step(&queue, &pace, Link::Unproven, 0), Step::Probe);
        pace.link_failed(0, None, 0);
        assert_eq!(step(&queue, &pace, Link::Unproven, 0), Step::Wait { until_ms: 1000 });
        assert_eq!(step(&[], &pace, Link::Up, 0), Step::Idle);
    }

    #[test]
    fn a_batch_respects_count_and_size_and_is_never_empty() {
        let queue: Vec<Item> = (1..=200).map(|n| item(n, u8::try_from(n).unwrap())).collect();
        let pace = Pace::default();
        let Step::Send(batch) = step(&queue, &pace, Link::Up, 0) else { panic!("nothing sent") };
        assert_eq!(batch, (1..=100).collect::<Vec<_>>());
        let small = View { queue: &queue, pace: &pace, most_bytes: ENVELOPE_BYTES + 4000 };
        assert_eq!(next_step(&small, Link::Up, 0), Step::Send(vec![1, 2]));
        let tiny = View { queue: &queue, pace: &pace, most_bytes: 10 };
        assert_eq!(next_step(&tiny, Link::Up, 0), Step::Send(vec![1]));
    }

    /// What the world does to one batch.
    #[derive(Debug, Clone, Copy)]
    enum Fate {
        Settle,
        SettleOdd,
        LinkDies,
        TooLarge,
        Kill,
    }

    fn fates() -> impl Strategy<Value = Vec<Fate>> {
        let one = prop_oneof![
            3 => Just(Fate::Settle),
            2 => Just(Fate::SettleOdd),
            2 => Just(Fate::LinkDies),
            1 => Just(Fate::TooLarge),
            1 => Just(Fate::Kill)
        ];
        proptest::collection::vec(one, 0..40)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn every_entry_is_sent_in_the_end_in_order_and_never_two_of_one_lane(
            lanes in proptest::collection::vec(0..6u8, 1..60), fates in fates()
        ) {
            let mut queue: Vec<Item> = (1..).zip(&lanes).map(|(seq, lane)| item(seq, *lane)).collect();
            let mut pace = Pace::default();
            let (mut now, mut fates, mut steps) = (0, fates.into_iter(), 0);
            let mut arrived: Vec<(ReferralId, u64)> = Vec::new();
            while !queue.is_empty() {
                steps += 1;
                prop_assert!(steps < 2000, "it must end");
                match step(&queue, &pace, Link::Up, now) {
                    Step::Wait { until_ms } => { prop_assert!(until_ms > now); now = until_ms; }
                    Step::Send(batch) => {
                        let sent: Vec<Item> = queue.iter().filter(|i| batch.contains(&i.seq)).cloned().collect();
                        let distinct: BTreeSet<_> = sent.iter().map(|i| i.referral).collect();
                        prop_assert_eq!(distinct.len(), sent.len());
                        pace.sent(distinct);
                        prop_assert_eq!(step(&queue, &pace, Link::Up, now), Step::Idle);
                        let fate = fates.next().unwrap_or(Fate::Settle);
                        for (n, one) in sent.iter().enumerate() {
                            match fate {
                                Fate::Settle => {}
                                Fate::SettleOdd if n % 2 == 1 => {}
                                Fate::SettleOdd => { pace.lane_failed(one.referral, now, 300); continue; }
                                Fate::LinkDies | Fate::TooLarge | Fate::Kill => continue,
                            }
                            pace.lane_settled(one.referral);
                            queue.retain(|i| i.seq != one.seq);
                            arrived.push((one.referral, one.seq));
                        }
                        pace.landed();
                        match fate {
                            Fate::LinkDies => pace.link_failed(now, None, 300),
                            Fate::TooLarge => { pace.shrink(sent.len()); }
                            Fate::Kill => pace = Pace::default(),
                            Fate::Settle | Fate::SettleOdd => { pace.link_up(); pace.grow(); }
                        }
                    }
                    other => prop_assert!(false, "stuck at {:?}", other),
                }
            }
            prop_assert_eq!(arrived.len(), lanes.len());
            for lane in arrived.iter().map(|a| a.0).collect::<BTreeSet<_>>() {
                let seqs: Vec<u64> = arrived.iter().filter(|a| a.0 == lane).map(|a| a.1).collect();
                prop_assert!(seqs.is_sorted());
            }
        }
    }
}
