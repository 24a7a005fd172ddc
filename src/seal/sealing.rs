//! The agency's sealing key, for HPKE. The private half lives in one file on the server, outside database
//! and backup.
//!
//! # Decisions
//! New keys are of X25519, and keys of P-256, as they were made before, seal and open as they did. A device
//! signs with P-256, because phones' key stores hold that; the sealing key is a file of the agency's own, which
//! no such store has to hold. Of X25519 an entry opens in half the time that P-256 takes, since a library opens with
//! the bytes of the private key, and with those of P-256 it must first prove them. An opener of our own that kept a
//! proven key was as quick, and was given up: cryptography is not what this project is for.
//!
//! What is lost by it: X25519 is not among the key agreements that FIPS 140 approves. An agency that is held to
//! those has its server make the key with `--sealing-curve p256`, and nothing else changes: the curve is told by the
//! length of the key.

use super::{DevicePublic, SealError};
use crate::domain::ids::Hash;
use rustls::crypto::aws_lc_rs::hpke::{DH_KEM_P256_HKDF_SHA256_AES_256, DH_KEM_X25519_HKDF_SHA256_AES_256};
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey, HpkePublicKey, HpkeSealer};
use zeroize::Zeroizing;

/// Domain of the seal: RFC 9180's `info`.
const INFO: &[u8] = b"handoff/seal/1";

/// Length of a private key, of either curve.
const SECRET: usize = 32;

/// Of which curve a sealing key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Curve {
    /// The public key has 32 bytes.
    #[default]
    X25519,
    /// The public key is an uncompressed point of 65 bytes.
    P256,
}

/// A text that is the name of no curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealing key is of x25519 or of p256")]
pub struct NotACurve;

impl std::str::FromStr for Curve {
    type Err = NotACurve;
    fn from_str(name: &str) -> Result<Self, NotACurve> {
        match name {
            "x25519" => Ok(Self::X25519),
            "p256" => Ok(Self::P256),
            _ => Err(NotACurve),
        }
    }
}

impl Curve {
    const ALL: [Self; 2] = [Self::X25519, Self::P256];

    /// Bytes of a public key, and of what stands beside a ciphertext.
    const fn length(self) -> usize {
        match self {
            Self::X25519 => 32,
            Self::P256 => 65,
        }
    }

    fn hpke(self) -> &'static dyn Hpke {
        match self {
            Self::X25519 => DH_KEM_X25519_HKDF_SHA256_AES_256,
            Self::P256 => DH_KEM_P256_HKDF_SHA256_AES_256,
        }
    }
}

/// The public half: what a phone seals to.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingPublic {
    id: String,
    curve: Curve,
    key: Vec<u8>,
}

impl std::fmt::Debug for SealingPublic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealingPublic({})", self.id)
    }
}

impl SealingPublic {
    /// Reads a public key: 32 bytes of X25519, or an uncompressed P-256 point of 65 bytes.
    ///
    /// # Errors
    /// [`SealError::Key`] when it is neither. One of the few points of X25519 to which nothing can be sealed is
    /// told by [`SealingPublic::ready`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let bad = SealError::Key("sealing key");
        let curve = Curve::ALL.into_iter().find(|curve| curve.length() == bytes.len()).ok_or(bad)?;
        if curve == Curve::P256 {
            // The same curve and encoding as a device's key, so the same check.
            DevicePublic::from_bytes(bytes).map_err(|_| bad)?;
        }
        let id = Hash::of(&[b"handoff/sealing-key/1", bytes]).to_string().chars().take(16).collect();
        Ok(Self { id, curve, key: bytes.to_vec() })
    }

    /// Its id, which every header sealed to it names: 16 hex digits of a hash of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its bytes: 32 or 65.
    pub fn as_bytes(&self) -> &[u8] {
        &self.key
    }

    /// Makes one seal to this key: everything about it that does not depend on what it will hold.
    ///
    /// # Errors
    /// [`SealError::Seal`] when the system has no randomness, or nothing can be sealed to this key.
    pub fn ready(&self) -> Result<ReadySeal, SealError> {
        let key = HpkePublicKey(self.key.clone());
        let (enc, sealer) = self.curve.hpke().setup_sealer(INFO, &key).map_err(|_| SealError::Seal)?;
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
    /// A new pair, of X25519.
    ///
    /// # Errors
    /// [`SealError::Key`] when the system has no randomness.
    pub fn generate() -> Result<Self, SealError> {
        Self::generate_on(Curve::default())
    }

    /// A new pair of this curve.
    ///
    /// # Errors
    /// [`SealError::Key`] when the system has no randomness.
    pub fn generate_on(curve: Curve) -> Result<Self, SealError> {
        let (public, secret) = curve.hpke().generate_key_pair().map_err(|_| SealError::Key("sealing key"))?;
        Self::of(&public.0, secret)
    }

    /// The pair as it stands in its file: the 32 or 65 bytes of the public key, then the 32 of the private one.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([self.public.key.as_slice(), self.secret.secret_bytes()].concat())
    }

    /// Reads the pair from its file's bytes, and proves that the halves belong together.
    ///
    /// # Errors
    /// [`SealError::Key`] when they do not.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let bad = SealError::Key("sealing key");
        let (public, secret) = bytes.split_last_chunk::<SECRET>().ok_or(bad)?;
        let pair = Self::of(public, HpkePrivateKey::from(secret.to_vec()))?;
        let (enc, sealed) = pair.public.ready().and_then(|seal| seal.seal(b"", b"check")).map_err(|_| bad)?;
        match pair.open(&enc, b"", &sealed) {
            Some(plain) if plain == b"check" => Ok(pair),
            Some(_) | None => Err(bad),
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
        self.public.curve.hpke().open(&enc, INFO, aad, ciphertext, &self.secret).ok()
    }
}
