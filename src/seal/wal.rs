//! The end of a database's write-ahead log. SQLite reads it up to the first frame whose checksum is wrong and
//! takes the rest for what a power cut left of a commit that nobody was told of. Mostly it is that. A single bit
//! that flipped on the medium looks the same to it, and every commit after it would be gone without a word.
//!
//! # Decisions
//! - The checksum is 64 bits long and linear, so the bit that explains a wrong one is computed from it, and no torn
//!   commit is taken for a flipped bit. Turned back, the log is whole. For the high bits of a word more than one
//!   place may explain it; then nothing is turned, and the log is only known to be broken.
//! - Where no single bit explains it, commits behind the break tell: each is flushed before the next begins, so two
//!   of them were not cut off by a loss of power.
//! - Only the form of the file matters (<https://www.sqlite.org/fileformat2.html#walformat>), not what is in it:
//!   encrypted pages have the same frames.

/// Length of the log's own header, in bytes.
const HEADER: usize = 32;
/// Length of a frame's header, in bytes.
const FRAME: usize = 24;
/// The magic number; its last bit says in which order bytes are summed.
const MAGIC: u32 = 0x377f_0682;
/// The only version of the form.
const VERSION: u32 = 3_007_000;

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// One bit flipped: this bit of the byte at this place, counted from 0.
    Bit {
        /// Place of the byte in the file.
        at: usize,
        /// The bit, as a mask.
        mask: u8,
    },
    /// It is damaged, and nobody knows where: what was committed from there on is not read.
    Broken,
}

/// The first flaw of a log; nothing if it is whole, or ends as a power cut may leave it.
pub fn flaw(log: &[u8]) -> Option<Flaw> {
    let header = match Header::read(log.get(..HEADER)?) {
        Ok(header) => header,
        Err(flipped) => return if log.len() > HEADER + FRAME { flipped } else { None },
    };
    let mut sum = header.sum;
    for (n, frame) in header.frames(log).enumerate() {
        let at = HEADER + n * header.frame();
        match header.check(sum, frame) {
            Ok(next) => sum = next,
            Err(Spoilt::Bit((place, mask))) => return Some(Flaw::Bit { at: at + place, mask }),
            Err(Spoilt::OneOfSome) => return Some(Flaw::Broken),
            Err(Spoilt::More) => return header.lost(log, n),
        }
    }
    None
}

type Sum = [u32; 2];
type Bit = (usize, u8);

/// What explains a wrong sum.
enum Spoilt {
    Bit(Bit),
    /// A single bit, in one of several places.
    OneOfSome,
    /// No single bit.
    More,
}

impl From<Option<Bit>> for Spoilt {
    fn from(bit: Option<Bit>) -> Self {
        bit.map_or(Self::More, Self::Bit)
    }
}

struct Header {
    big_endian: bool,
    page: usize,
    salts: [u8; 8],
    sum: Sum,
}

impl Header {
    /// The header, or the bit that spoils it.
    fn read(bytes: &[u8]) -> Result<Self, Option<Flaw>> {
        if let Some(header) = Self::whole(bytes) {
            return Ok(header);
        }
        let turned = |bit: usize| {
            let (at, mask) = (bit / 8, 1 << (bit % 8));
            let mut turned = bytes.to_vec();
            *turned.get_mut(at)? ^= mask;
            Self::whole(&turned).map(|_| Flaw::Bit { at, mask })
        };
        let mut flipped = (0..HEADER * 8).filter_map(turned);
        let first = flipped.next();
        Err(if flipped.next().is_some() { Some(Flaw::Broken) } else { first })
    }

    fn whole(bytes: &[u8]) -> Option<Self> {
        let magic = word(bytes, 0, true)?;
        let big_endian = magic & 1 == 1;
        let sum = summed([0, 0], bytes.get(..24)?, big_endian);
        let page = usize::try_from(word(bytes, 8, true)?).ok()?;
        let known = magic & !1 == MAGIC && word(bytes, 4, true)? == VERSION && page.is_power_of_two() && page >= 512;
        let good = known && sum == stored(bytes, 24)?;
        good.then_some(Self { big_endian, page, salts: bytes.get(16..24)?.try_into().ok()?, sum })
    }

    const fn frame(&self) -> usize {
        FRAME + self.page
    }

    fn frames<'a>(&self, log: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        log.get(HEADER..).unwrap_or_default().chunks_exact(self.frame())
    }

    /// The sum after a frame, or the bit that spoils it.
    fn check(&self, before: Sum, frame: &[u8]) -> Result<Sum, Spoilt> {
        let (Some(salts), Some(told)) = (frame.get(8..16), stored(frame, 16)) else { return Err(Spoilt::More) };
        let (Some(head), Some(page)) = (frame.get(..8), frame.get(FRAME..)) else { return Err(Spoilt::More) };
        let sum = summed(summed(before, head, self.big_endian), page, self.big_endian);
        match (salts == self.salts, sum == told) {
            (true, true) => Ok(sum),
            // Salts are not summed: a frame of an earlier round of the log differs in both.
            (false, true) => Err(one_bit(salts, &self.salts).map(|(at, mask)| (8 + at, mask)).into()),
            (true, false) => Err(self.spoilt(frame, (sum, told))),
            (false, false) => Err(Spoilt::More),
        }
    }

    /// The bit of a frame that makes one sum of the other: one that was summed, or one of the sum itself.
    fn spoilt(&self, frame: &[u8], (sum, told): (Sum, Sum)) -> Spoilt {
        let bytes = |sum: Sum| [sum[0].to_be_bytes(), sum[1].to_be_bytes()].concat();
        let mut found = one_bit(&bytes(told), &bytes(sum)).map(|(at, mask)| (16 + at, mask));
        let off = [told[0].wrapping_sub(sum[0]), told[1].wrapping_sub(sum[1])];
        // What one more in a word adds to the two sums, from the last word on: each runs through the other.
        let mut weight: Sum = [0, 1];
        for word in (0..(8 + self.page) / 4).rev() {
            // The frame's own salts and sums stand between the second word and the third.
            let place = if word < 2 { word * 4 } else { FRAME + word * 4 - 8 };
            let bit = frame.get(place..place + 4).and_then(|four| self.bit_of_word(four, weight, off));
            match (found, bit) {
                (Some(_), Some(_)) => return Spoilt::OneOfSome,
                (None, Some((at, mask))) => found = Some((place + at, mask)),
                (_, None) => {}
            }
            weight = [weight[1], weight[0].wrapping_add(weight[1])];
        }
        found.into()
    }

    /// The bit of four bytes whose turning adds `off` to the sums.
    fn bit_of_word(&self, bytes: &[u8], weight: Sum, off: Sum) -> Option<Bit> {
        let value = word(bytes, 0, self.big_endian)?;
        let bit = (0..32).find(|bit| {
            let one = 1_u32 << bit;
            let change = if value & one == 0 { one } else { one.wrapping_neg() };
            off == [weight[0].wrapping_mul(change), weight[1].wrapping_mul(change)]
        })?;
        let at = usize::try_from(bit / 8).ok()?;
        Some((if self.big_endian { 3 - at } else { at }, 1 << (bit % 8)))
    }

    /// Whether flushed commits stand behind the frame at which the log breaks off.
    fn lost(&self, log: &[u8], from: usize) -> Option<Flaw> {
        let commits = |frame: &&[u8]| frame.get(8..16) == Some(&self.salts) && word(frame, 4, true) > Some(0);
        (self.frames(log).skip(from).filter(commits).count() > 1).then_some(Flaw::Broken)
    }
}

/// The sums after these bytes, a multiple of eight.
fn summed(mut sum: Sum, bytes: &[u8], big_endian: bool) -> Sum {
    let read = |four: [u8; 4]| if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
    for [a, b, c, d, e, f, g, h] in bytes.as_chunks().0 {
        sum[0] = sum[0].wrapping_add(read([*a, *b, *c, *d])).wrapping_add(sum[1]);
        sum[1] = sum[1].wrapping_add(read([*e, *f, *g, *h])).wrapping_add(sum[0]);
    }
    sum
}

/// The sums that are written at this place.
fn stored(bytes: &[u8], at: usize) -> Option<Sum> {
    Some([word(bytes, at, true)?, word(bytes, at + 4, true)?])
}

fn word(bytes: &[u8], at: usize, big_endian: bool) -> Option<u32> {
    let four = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
}

/// The place and the mask of the only bit in which two texts of bytes differ.
fn one_bit(one: &[u8], other: &[u8]) -> Option<Bit> {
    let mut apart = one.iter().zip(other).enumerate().filter(|(_, (a, b))| a != b);
    let (at, (a, b)) = apart.next()?;
    let mask = a ^ b;
    (apart.next().is_none() && mask.is_power_of_two()).then_some((at, mask))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 512;

    /// A log of so many frames, each a commit of its own.
    fn log(frames: u8, big_endian: bool) -> Vec<u8> {
        let mut log =
            [MAGIC | u32::from(big_endian), VERSION, 512, 7, 0x1234_5678, 0x9abc_def0].map(u32::to_be_bytes).concat();
        let mut sum = summed([0, 0], &log, big_endian);
        log.extend(sum.map(u32::to_be_bytes).concat());
        for n in 1..=frames {
            let head = [u32::from(n), u32::from(n)].map(u32::to_be_bytes).concat();
            let page: Vec<u8> =
                (0..PAGE).map(|at| n.wrapping_mul(31).wrapping_add(u8::try_from(at % 251).unwrap())).collect();
            sum = summed(summed(sum, &head, big_endian), &page, big_endian);
            let salts = log[16..24].to_vec();
            log.extend([head, salts, sum.map(u32::to_be_bytes).concat(), page].concat());
        }
        log
    }

    #[test]
    fn every_single_bit_that_flipped_is_seen_and_none_is_taken_for_another() {
        for big_endian in [false, true] {
            let good = log(3, big_endian);
            assert_eq!(flaw(&good), None);
            let mut found = 0;
            for bit in 0..good.len() * 8 {
                let (at, mask) = (bit / 8, 1 << (bit % 8));
                let mut bad = good.clone();
                bad[at] ^= mask;
                match flaw(&bad) {
                    Some(Flaw::Bit { at: a, mask: m }) if (a, m) == (at, mask) => found += 1,
                    Some(Flaw::Broken) => {}
                    other => panic!("big endian {big_endian}, bit {bit}: {other:?}"),
                }
            }
            assert!(found > good.len() * 8 * 3 / 4, "{found} turned back");
        }
    }

    #[test]
    fn the_end_that_a_power_cut_leaves_is_no_flaw() {
        let good = log(3, false);
        for end in 0..good.len() {
            assert_eq!(flaw(&good[..end]), None, "cut at {end}");
        }
        // The last commit, of which one sector came through and another did not.
        let mut torn = good.clone();
        let last = HEADER + 2 * (FRAME + PAGE);
        torn[last + 100..last + 300].fill(0);
        assert_eq!(flaw(&torn), None);
        // A shorter log over a longer one of an earlier round.
        let mut again = log(5, false);
        again[HEADER + FRAME + PAGE..].iter_mut().skip(8).step_by(FRAME + PAGE).for_each(|salt| *salt ^= 0xff);
        again[HEADER + FRAME + PAGE..].iter_mut().skip(9).step_by(FRAME + PAGE).for_each(|salt| *salt ^= 0xff);
        assert_eq!(flaw(&again), None);
    }

    #[test]
    fn damage_before_flushed_commits_is_told() {
        let mut bad = log(4, false);
        let second = HEADER + FRAME + PAGE;
        bad[second + 100..second + 300].fill(0);
        assert_eq!(flaw(&bad), Some(Flaw::Broken));
    }
}
