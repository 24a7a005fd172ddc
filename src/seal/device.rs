//! The device's own key: ECDSA on P-256 with SHA-256, signatures of fixed size.

use super::SealError;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, ParsedPublicKey,
};
use zeroize::Zeroizing;

/// The key with which a device signs its entries.
pub struct DeviceKey(EcdsaKeyPair);

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey")
    }
}

impl DeviceKey {
    /// A new key.
    ///
    /// # Errors
    /// [`SealError::Key`] when the system has no randomness.
    pub fn generate() -> Result<Self, SealError> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self).map_err(|_| SealError::Key("device key"))
    }

    /// The key from its PKCS#8 bytes.
    ///
    /// # Errors
    /// [`SealError::Key`] when they are not a P-256 key.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, SealError> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes)
            .map(Self)
            .map_err(|_| SealError::Key("device key"))
    }

    /// The PKCS#8 bytes, for a key store; wiped when dropped.
    ///
    /// # Errors
    /// [`SealError::Key`] when the key cannot be written.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let document = self.0.to_pkcs8v1().map_err(|_| SealError::Key("device key"))?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The public half.
    ///
    /// # Errors
    /// [`SealError::Key`]; not for a key that was made or read here.
    pub fn public(&self) -> Result<DevicePublic, SealError> {
        DevicePublic::from_bytes(self.0.public_key().as_ref())
    }

    /// Signs a message: 64 bytes, `r ‖ s`.
    ///
    /// # Errors
    /// [`SealError::Sign`] when the system has no randomness.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], SealError> {
        let signature = self.0.sign(&SystemRandom::new(), message).map_err(|_| SealError::Sign)?;
        signature.as_ref().try_into().map_err(|_| SealError::Sign)
    }
}

/// The public half of a [`DeviceKey`]: an uncompressed P-256 point, 65 bytes, read once for all that it checks.
#[derive(Clone)]
pub struct DevicePublic {
    bytes: [u8; 65],
    key: ParsedPublicKey,
}

impl PartialEq for DevicePublic {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for DevicePublic {}

impl std::fmt::Debug for DevicePublic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DevicePublic")
    }
}

impl DevicePublic {
    /// Reads a public key, and checks that it is a point of the curve.
    ///
    /// # Errors
    /// [`SealError::Key`] otherwise.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let bad = SealError::Key("device key");
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes).map_err(|_| bad)?;
        Ok(Self { bytes: bytes.try_into().map_err(|_| bad)?, key })
    }

    /// Its 65 bytes.
    pub const fn as_bytes(&self) -> &[u8; 65] {
        &self.bytes
    }

    /// Whether the signature is this device's over exactly this message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }
}
