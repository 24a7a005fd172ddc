//! The agency's sealing key: P-256 for HPKE. The private half lives in one file on the server,
//! outside database and backup.

use super::SealError;
use crate::domain::ids::Hash;
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_P256_HKDF_SHA256_AES_256;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke as _, HpkePrivateKey, HpkePublicKey};
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

    /// Seals `plain` with `aad` bound to it: the encapsulated key and the ciphertext.
    pub(super) fn seal(&self, aad: &[u8], plain: &[u8]) -> Result<(Vec<u8>, Vec<u8>), SealError> {
        let key = HpkePublicKey(self.key.to_vec());
        let (enc, ciphertext) =
            DH_KEM_P256_HKDF_SHA256_AES_256.seal(INFO, aad, plain, &key).map_err(|_| SealError::Seal)?;
        Ok((enc.0, ciphertext))
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
        Ok(Self { public: SealingPublic::from_bytes(&public.0)?, secret })
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
        let bad = SealError::Key("sealing key");
        let (public, secret) = bytes.split_at_checked(65).ok_or(bad)?;
        let pair = Self { public: SealingPublic::from_bytes(public)?, secret: HpkePrivateKey::from(secret.to_vec()) };
        let (enc, sealed) = pair.public.seal(b"", b"check").map_err(|_| bad)?;
        match pair.open(&enc, b"", &sealed) {
            Some(plain) if plain == b"check" => Ok(pair),
            Some(_) | None => Err(bad),
        }
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
