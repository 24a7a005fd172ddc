//! An entry sealed and opened again: `HPKE(deflate(signature ‖ body))`, the header as associated data.

use super::{DeviceKey, DevicePublic, ReadySeal, SealError, SealingKey, SealingPublic};
use crate::domain::entry::{Header, entry_hash, signed_message};
use crate::domain::ids::{Bytes, Hash};
use crate::domain::wire::WireEntry;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use std::cell::RefCell;
use zeroize::Zeroizing;

/// A body has at most this many bytes: a long report has some 10 KiB; a bomb of zeros has more.
pub const MOST_BODY_PLAIN: usize = 256 * 1024;

/// Length of a device's signature.
const SIGNATURE: usize = 64;

/// A sealed entry, ready to be stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEntry {
    /// What goes over the wire.
    pub wire: WireEntry,
    /// Its hash.
    pub hash: Hash,
}

/// Signs the header and the body, compresses, and seals to the agency.
///
/// # Errors
/// [`SealError::TooLong`] for a body over [`MOST_BODY_PLAIN`]; otherwise only when the system fails.
pub fn seal_entry(
    device: &DeviceKey,
    agency: &SealingPublic,
    header: &Header,
    body: &[u8],
) -> Result<SealedEntry, SealError> {
    seal_entry_with(device, agency.ready()?, header, body)
}

/// As [`seal_entry`], with a seal that was made before. The header must name the key that the seal is to.
///
/// # Errors
/// As [`seal_entry`].
pub fn seal_entry_with(
    device: &DeviceKey,
    seal: ReadySeal,
    header: &Header,
    body: &[u8],
) -> Result<SealedEntry, SealError> {
    if body.len() > MOST_BODY_PLAIN {
        return Err(SealError::TooLong);
    }
    let header = header.to_bytes().map_err(|_| SealError::Seal)?;
    let signature = device.sign(&signed_message(&header, body))?;
    let plain = deflate(&signature, body).ok_or(SealError::Seal)?;
    let (enc, ciphertext) = seal.seal(&header, &plain)?;
    let hash = entry_hash(&header, &enc, &ciphertext);
    Ok(SealedEntry { wire: WireEntry { header: Bytes(header), enc: Bytes(enc), ciphertext: Bytes(ciphertext) }, hash })
}

/// What was inside a seal; not yet known to be the device's.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The device's signature.
    pub signature: [u8; SIGNATURE],
    /// The body's bytes, as the phone wrote them.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({} bytes)", self.body.len())
    }
}

impl Opened {
    /// Whether this device signed exactly this header and body.
    pub fn verify(&self, header: &[u8], device: &DevicePublic) -> bool {
        device.verifies(&signed_message(header, &self.body), &self.signature)
    }
}

/// Why a seal does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// Changed on the way, or sealed to another key.
    #[error("it does not open with this key")]
    Seal,
    /// What is inside is not a signature and a compressed body, or is too long.
    #[error("what is inside is not an entry of this format")]
    Inside,
}

/// Opens a sealed entry. Check the signature next, with [`Opened::verify`].
///
/// # Errors
/// [`UnsealError`]; any changed bit of header, key or ciphertext gives one.
pub fn unseal(key: &SealingKey, entry: &WireEntry) -> Result<Opened, UnsealError> {
    let plain = key.open(&entry.enc.0, &entry.header.0, &entry.ciphertext.0).ok_or(UnsealError::Seal)?;
    let bytes = inflate(&plain).ok_or(UnsealError::Inside)?;
    let (signature, body) = bytes.split_first_chunk::<SIGNATURE>().ok_or(UnsealError::Inside)?;
    Ok(Opened { signature: *signature, body: body.to_vec() })
}

thread_local! {
    /// One of each a thread: their tables are larger than any record, and making them anew for each took
    /// longer than signing and sealing together.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false));
    static EXPANDER: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

fn deflate(signature: &[u8], body: &[u8]) -> Option<Vec<u8>> {
    let plain = Zeroizing::new([signature, body].concat());
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        // What cannot be compressed grows by a few bytes for each block.
        let mut out = Vec::with_capacity(plain.len() + plain.len() / 8 + SIGNATURE);
        match compressor.compress_vec(&plain, &mut out, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => Some(out),
            Ok(Status::Ok | Status::BufError) | Err(_) => None,
        }
    })
}

/// Inflates up to the cap; one byte more and it is refused.
fn inflate(plain: &[u8]) -> Option<Vec<u8>> {
    const MOST: usize = MOST_BODY_PLAIN + SIGNATURE;
    EXPANDER.with_borrow_mut(|expander| {
        // Straight into the result, which must then hold all of it: a record shrinks to about a third.
        let mut room = plain.len().saturating_mul(6).clamp(SIGNATURE, MOST + 1);
        loop {
            let mut out = Vec::with_capacity(room);
            expander.reset(false);
            match expander.decompress_vec(plain, &mut out, FlushDecompress::Finish).ok()? {
                Status::StreamEnd => return (out.len() <= MOST).then_some(out),
                Status::Ok | Status::BufError if out.len() == out.capacity() && room <= MOST => {
                    room = room.saturating_mul(4).min(MOST + 1);
                }
                Status::Ok | Status::BufError => return None,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::Curve;
    use super::*;
    use crate::domain::assess::PackRef;
    use crate::domain::entry::{EntryKind, FORMAT};
    use crate::domain::ids::{ChainId, DeviceId, ReferralId, StaffId};
    use crate::domain::time::Bounds;
    use chrono::DateTime;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn header(agency: &SealingPublic) -> Header {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        Header {
            format: FORMAT,
            device: DeviceId(Uuid::from_u128(1)),
            chain: ChainId(Uuid::from_u128(2)),
            seq: 1,
            prev: None,
            referral: ReferralId(Uuid::from_u128(3)),
            officer: StaffId(Uuid::from_u128(4)),
            kind: EntryKind::Decision,
            pack: PackRef { id: "pilot".into(), version: 1, sha256: Hash([7; 32]) },
            sealing_key: agency.id().into(),
            bounds: Bounds { earliest: at, latest: at },
            time_unproven: false,
            clock_moved_ms: None,
        }
    }

    #[test]
    fn the_header_and_its_shape_do_not_change() {
        let agency = SealingKey::generate().unwrap();
        let mut header = header(agency.public());
        header.sealing_key = "0123456789abcdef".into();
        insta::assert_snapshot!(String::from_utf8(header.to_bytes().unwrap()).unwrap(), @r#"{"format":1,"device":"00000000-0000-0000-0000-000000000001","chain":"00000000-0000-0000-0000-000000000002","seq":1,"prev":null,"referral":"00000000-0000-0000-0000-000000000003","officer":"00000000-0000-0000-0000-000000000004","kind":"decision","pack":{"id":"pilot","version":1,"sha256":"0707070707070707070707070707070707070707070707070707070707070707"},"sealing_key":"0123456789abcdef","bounds":{"earliest":"2023-11-14T22:13:20Z","latest":"2023-11-14T22:13:20Z"}}"#);
    }

    #[test]
    fn a_bomb_of_zeros_is_not_inflated() {
        let agency = SealingKey::generate().unwrap();
        let bomb = deflate(&[0; 64], &vec![0; MOST_BODY_PLAIN + 1]).unwrap();
        let (enc, ciphertext) = agency.public().ready().unwrap().seal(b"h", &bomb).unwrap();
        let entry = WireEntry { header: Bytes(b"h".to_vec()), enc: Bytes(enc), ciphertext: Bytes(ciphertext) };
        assert_eq!(unseal(&agency, &entry), Err(UnsealError::Inside));
        let device = DeviceKey::generate().unwrap();
        let long = vec![b' '; MOST_BODY_PLAIN + 1];
        let refused = seal_entry(&device, agency.public(), &header(agency.public()), &long);
        assert_eq!(refused, Err(SealError::TooLong));
    }

    #[test]
    fn another_agency_cannot_open_and_another_device_did_not_sign() {
        let (agency, other) = (SealingKey::generate().unwrap(), SealingKey::generate().unwrap());
        let (device, stranger) = (DeviceKey::generate().unwrap(), DeviceKey::generate().unwrap());
        let sealed = seal_entry(&device, agency.public(), &header(agency.public()), b"{}").unwrap();
        assert_eq!(unseal(&other, &sealed.wire), Err(UnsealError::Seal));
        let opened = unseal(&agency, &sealed.wire).unwrap();
        assert!(opened.verify(&sealed.wire.header.0, &device.public().unwrap()));
        assert!(!opened.verify(&sealed.wire.header.0, &stranger.public().unwrap()));
    }

    #[test]
    fn keys_survive_their_own_bytes() {
        let agency = SealingKey::generate().unwrap();
        let again = SealingKey::from_bytes(&agency.to_bytes()).unwrap();
        assert_eq!(again.public(), agency.public());
        let mut mixed = SealingKey::generate().unwrap().to_bytes();
        mixed[..32].copy_from_slice(agency.public().as_bytes());
        assert!(SealingKey::from_bytes(&mixed).is_err());
        for size in [0, 32, 33, 63, 65, 96, 98] {
            assert!(SealingKey::from_bytes(&vec![4; size]).is_err(), "{size}");
        }
        assert!(SealingKey::from_bytes(&[0; 64]).is_err(), "nothing can be sealed to this point");
        let device = DeviceKey::generate().unwrap();
        let same = DeviceKey::from_pkcs8(&device.to_pkcs8().unwrap()).unwrap();
        assert_eq!(same.public(), device.public());
        assert!(DevicePublic::from_bytes(&[4; 65]).is_err());
    }

    #[test]
    fn what_was_sealed_to_a_key_of_either_curve_opens_with_that_key_alone() {
        let keys = [Curve::X25519, Curve::P256].map(|curve| SealingKey::generate_on(curve).unwrap());
        let device = DeviceKey::generate().unwrap();
        for (key, other, length) in [(&keys[0], &keys[1], 32), (&keys[1], &keys[0], 65)] {
            let public = SealingPublic::from_bytes(key.public().as_bytes()).unwrap();
            assert_eq!((public.id(), public.as_bytes().len()), (key.public().id(), length));
            let sealed = seal_entry(&device, &public, &header(&public), b"{}").unwrap();
            assert_eq!(sealed.wire.enc.0.len(), length);
            let again = SealingKey::from_bytes(&key.to_bytes()).unwrap();
            assert_eq!(unseal(&again, &sealed.wire).unwrap().body, b"{}");
            assert_eq!(unseal(other, &sealed.wire), Err(UnsealError::Seal));
        }
        assert_eq!(SealingKey::generate().unwrap().public().as_bytes().len(), 32, "new keys are of X25519");
        let named = ["x25519", "p256", "P-256"].map(|name| name.parse::<Curve>().ok());
        assert_eq!(named, [Some(Curve::X25519), Some(Curve::P256), None]);
    }

    #[test]
    fn what_an_earlier_program_sealed_to_its_key_of_p256_opens() {
        #[derive(serde::Deserialize)]
        struct Kept {
            key: Bytes,
            entry: WireEntry,
        }
        let kept: Kept = serde_json::from_str(include_str!("../../tests/it/fixtures/sealed_p256.json")).unwrap();
        let key = SealingKey::from_bytes(&kept.key.0).unwrap();
        let header = Header::from_bytes(&kept.entry.header.0).unwrap();
        assert_eq!(header.sealing_key, key.public().id());
        let opened = unseal(&key, &kept.entry).unwrap();
        assert_eq!(crate::domain::entry::Body::from_bytes(&opened.body).unwrap().kind(), header.kind);
    }

    #[test]
    fn a_body_opens_up_to_its_longest_and_a_stream_that_was_cut_off_does_not() {
        for (size, byte) in [(0, 0), (1, 7), (60_000, 0), (MOST_BODY_PLAIN, 0)] {
            let body = vec![byte; size];
            let packed = deflate(&[1; SIGNATURE], &body).unwrap();
            let opened = inflate(&packed).unwrap();
            assert_eq!((opened.get(..SIGNATURE), opened.get(SIGNATURE..)), (Some(&[1; 64][..]), Some(&body[..])));
            assert_eq!(inflate(&packed[..packed.len() - 1]), None, "{size}");
        }
        assert_eq!(inflate(b""), None);
        assert_eq!(inflate(&[0xff; 40]), None);
    }

    #[test]
    fn a_seal_made_before_is_as_good_as_one_made_in_place() {
        let (agency, other) = (SealingKey::generate().unwrap(), SealingKey::generate().unwrap());
        let device = DeviceKey::generate().unwrap();
        let ready = agency.public().ready().unwrap();
        assert!(ready.is_to(agency.public()) && !ready.is_to(other.public()));
        let sealed = seal_entry_with(&device, ready, &header(agency.public()), b"{}").unwrap();
        let opened = unseal(&agency, &sealed.wire).unwrap();
        assert!(opened.body == b"{}" && opened.verify(&sealed.wire.header.0, &device.public().unwrap()));
        assert_eq!(unseal(&other, &sealed.wire), Err(UnsealError::Seal));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_to_the_same_bytes(body in proptest::collection::vec(any::<u8>(), 0..4000)) {
            let agency = SealingKey::generate().unwrap();
            let device = DeviceKey::generate().unwrap();
            let sealed = seal_entry(&device, agency.public(), &header(agency.public()), &body).unwrap();
            let opened = unseal(&agency, &sealed.wire).unwrap();
            prop_assert_eq!(&opened.body, &body);
            prop_assert!(opened.verify(&sealed.wire.header.0, &device.public().unwrap()));
        }

        #[test]
        fn any_flipped_bit_is_refused(part in 0..3usize, at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let agency = SealingKey::generate().unwrap();
            let device = DeviceKey::generate().unwrap();
            let mut wire = seal_entry(&device, agency.public(), &header(agency.public()), b"{\"a\":1}").unwrap().wire;
            let bytes = match part { 0 => &mut wire.header.0, 1 => &mut wire.enc.0, _ => &mut wire.ciphertext.0 };
            let index = at.index(bytes.len());
            bytes[index] ^= 1 << bit;
            prop_assert_eq!(unseal(&agency, &wire), Err(UnsealError::Seal));
        }
    }
}
