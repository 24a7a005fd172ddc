//! The opening half of HPKE (RFC 9180), base mode, for the one suite in use: DHKEM(P-256, HKDF-SHA256),
//! HKDF-SHA256, AES-256-GCM, one message for each encapsulated key.
//!
//! # Decisions
//! Sealing is `rustls`'s. Its opening takes the private key as bytes at each call, and reads and proves it
//! anew: two multiplications on the curve beside the one that is needed. A server opens every entry with
//! one key, so here the key is read once; primitives are the same library's. The tests hold the two halves
//! together.

use super::SealError;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// `"KEM" ‖ kem_id`: section 4.1.
const KEM: &[u8] = b"KEM\x00\x10";
/// `"HPKE" ‖ kem_id ‖ kdf_id ‖ aead_id`: section 5.1.
const SUITE: &[u8] = b"HPKE\x00\x10\x00\x01\x00\x02";
const VERSION: &[u8] = b"HPKE-v1";

/// A private key, ready to open what was sealed to its public half under one `info`.
pub(super) struct Opener {
    secret: PrivateKey,
    public: [u8; 65],
    /// `mode ‖ psk_id_hash ‖ info_hash`, the same for every message.
    context: [u8; 65],
}

impl Opener {
    /// Reads the private scalar.
    ///
    /// # Errors
    /// [`SealError::Key`] when it is none of this curve, or not the half of `public`.
    pub(super) fn new(secret: &[u8], public: &[u8; 65], info: &[u8]) -> Result<Self, SealError> {
        let bad = SealError::Key("sealing key");
        let secret = PrivateKey::from_private_key(&ECDH_P256, secret).map_err(|_| bad)?;
        if secret.compute_public_key().map_err(|_| bad)?.as_ref() != public {
            return Err(bad);
        }
        // Mode 0: neither a pre-shared key nor a sender's key.
        let mut context = [0; 65];
        let (_, hashes) = context.split_at_mut(1);
        let (psk_id, of_info) = hashes.split_at_mut(32);
        psk_id.copy_from_slice(extract(SUITE, b"", b"psk_id_hash", b"").as_slice());
        of_info.copy_from_slice(extract(SUITE, b"", b"info_hash", info).as_slice());
        Ok(Self { secret, public: *public, context })
    }

    /// The plain text; nothing if any bit of the three is not as it was sealed.
    pub(super) fn open(&self, enc: &[u8], aad: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
        let shared = self.decap(enc)?;
        let secret = extract(SUITE, shared.as_slice(), b"secret", b"");
        let key = expand(SUITE, &secret, (b"key", 32), &[&self.context]);
        let nonce = expand(SUITE, &secret, (b"base_nonce", 12), &[&self.context]);
        // The first message of its context: the nonce is the base nonce.
        let nonce = Nonce::try_assume_unique_for_key(nonce.get(..12)?).ok()?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_slice()).ok()?);
        let mut plain = ciphertext.to_vec();
        let length = key.open_in_place(nonce, Aad::from(aad), &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }

    /// Section 4.1, `Decap`.
    fn decap(&self, enc: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let peer = UnparsedPublicKey::new(&ECDH_P256, enc);
        agreement::agree(&self.secret, peer, (), |dh| {
            let prk = extract(KEM, b"", b"eae_prk", dh);
            Ok(expand(KEM, &prk, (b"shared_secret", 32), &[enc, &self.public]))
        })
        .ok()
    }
}

/// Section 4, `LabeledExtract`.
fn extract(suite: &[u8], salt: &[u8], label: &[u8], ikm: &[u8]) -> Zeroizing<[u8; 32]> {
    hmac_of(salt, &[VERSION, suite, label, ikm])
}

/// Section 4, `LabeledExpand`, for at most one block of the hash: the first `length` bytes count.
fn expand(suite: &[u8], prk: &[u8; 32], (label, length): (&[u8], u16), info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let length = length.to_be_bytes();
    let before = [length.as_slice(), VERSION, suite, label];
    hmac_of(prk, &[before.as_slice(), info, &[&[1]]].concat())
}

fn hmac_of(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        mac.update(part);
    }
    let mut out = Zeroizing::new([0; 32]);
    out.iter_mut().zip(mac.sign().as_ref()).for_each(|(out, byte)| *out = *byte);
    out
}
