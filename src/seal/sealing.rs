//! The agency's sealing key: P-256 for HPKE. The private half lives in one file on the server,
//! outside database and backup.
//!
//! # Decisions
//! Both halves are `rustls`'s HPKE, though its opening reads and proves the private key anew at each call,
//! which costs more than the one multiplication that is needed. An opener of our own that kept the key
//! saved some 40 µs of an entry and was given up: cryptography is not what this project is for.

use super::SealError;
use crate::domain::ids::Hash;
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_P256_HKDF_SHA256_AES_256;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke as _, HpkePrivateKey, HpkePublicKey, HpkeSealer};
use zeroize::Zeroizing;

/// Domain of the seal: RFC 9180's `info`.
const INFO: &[u8] = b"handoff/seal/1";

/// The public half: what a phone seals to.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingPublic {
    id: String,
    key: [u8; 65],
}

impl std::fmt::Debug for SealingPublic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealingPublic({})", self.id)
    }
}

impl SealingPublic {
    /// Reads a public key: an uncompressed P-256 point, 65 bytes.
    ///
    /// # Errors
    /// [`SealError::Key`] when it is not one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        // The same curve and encoding as a device's key, so the same check.
        let key = *super::DevicePublic::from_bytes(bytes).map_err(|_| SealError::Key("sealing key"))?.as_bytes();
        let id = Hash::of(&[b"handoff/sealing-key/1", &key]).to_string().chars().take(16).collect();
        Ok(Self { id, key })
    }

    /// Its id, which every header sealed to it names: 16 hex digits of a hash of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its 65 bytes.
    pub const fn as_bytes(&self) -> &[u8; 65] {
        &self.key
    }

    /// Makes one seal to this key: everything about it that does not depend on what it will hold.
    ///
    /// # Errors
    /// [`SealError::Seal`] when the system has no randomness.
    pub fn ready(&self) -> Result<ReadySeal, SealError> {
        let key = HpkePublicKey(self.key.to_vec());
        let (enc, sealer) = DH_KEM_P256_HKDF_SHA256_AES_256.setup_sealer(INFO, &key).map_err(|_| SealError::Seal)?;
        Ok(ReadySeal { key: self.id.clone(), enc: enc.0, sealer })
    }
}

/// One seal, ready to close over one message, and gone with it.
#[derive(Debug)]
pub struct ReadySeal {
    key: String,
    enc: Vec<u8>,
    sealer: Box<dyn HpkeSealer>,
}

impl ReadySeal {
    /// Whether it is to this key: the agency may have changed keys since it was made.
    pub fn is_to(&self, key: &SealingPublic) -> bool {
        self.key == key.id
    }

    /// Seals `plain` with `aad` bound to it: the encapsulated key and the ciphertext.
    pub(super) fn seal(mut self, aad: &[u8], plain: &[u8]) -> Result<(Vec<u8>, Vec<u8>), SealError> {
        let ciphertext = self.sealer.seal(aad, plain).map_err(|_| SealError::Seal)?;
        Ok((self.enc, ciphertext))
    }
}

/// The agency's pair.
pub struct SealingKey {
    public: SealingPublic,
    secret: HpkePrivateKey,
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealingKey({})", self.public.id)
    }
}

impl SealingKey {
    /// A new pair.
    ///
    /// # Errors
    /// [`SealError::Key`] when the system has no randomness.
    pub fn generate() -> Result<Self, SealError> {
        let (public, secret) =
            DH_KEM_P256_HKDF_SHA256_AES_256.generate_key_pair().map_err(|_| SealError::Key("sealing key"))?;
        Self::of(&public.0, secret)
    }

    /// The pair as it stands in its file: 65 bytes of the public key, then the private scalar.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([self.public.key.as_slice(), self.secret.secret_bytes()].concat())
    }

    /// Reads the pair from its file's bytes, and proves that the halves belong together.
    ///
    /// # Errors
    /// [`SealError::Key`] when they do not.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let (public, secret) = bytes.split_at_checked(65).ok_or(SealError::Key("sealing key"))?;
        let pair = Self::of(public, HpkePrivateKey::from(secret.to_vec()))?;
        let (enc, sealed) = pair.public.ready()?.seal(b"", b"check")?;
        match pair.open(&enc, b"", &sealed) {
            Some(plain) if plain == b"check" => Ok(pair),
            Some(_) | None => Err(SealError::Key("sealing key")),
        }
    }

    fn of(public: &[u8], secret: HpkePrivateKey) -> Result<Self, SealError> {
        Ok(Self { public: SealingPublic::from_bytes(public)?, secret })
    }

    /// The public half.
    pub const fn public(&self) -> &SealingPublic {
        &self.public
    }

    pub(super) fn open(&self, enc: &[u8], aad: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
        let enc = EncapsulatedSecret(enc.to_vec());
        DH_KEM_P256_HKDF_SHA256_AES_256.open(&enc, INFO, aad, ciphertext, &self.secret).ok()
    }
}
