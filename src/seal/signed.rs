//! Documents that the server signs with Ed25519 under a domain tag, and the phone checks against the
//! key that it pinned at enrolment.

use super::{SealError, random};
use crate::domain::ids::Bytes;
use crate::domain::wire::Signed;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// What a signed document is, so that one can never pass for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// A receipt for an entry.
    Receipt,
    /// The configuration of a phone.
    Config,
    /// The epochs of the server's log.
    Epochs,
    /// How far the log is in a backup.
    Watermark,
    /// A device is revoked.
    Revocation,
    /// A device is enrolled.
    Certificate,
    /// An export of the log.
    Export,
}

impl Tag {
    /// The bytes before the body in what is signed.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Receipt => b"handoff/receipt/1",
            Self::Config => b"handoff/config/1",
            Self::Epochs => b"handoff/epochs/1",
            Self::Watermark => b"handoff/watermark/1",
            Self::Revocation => b"handoff/revocation/1",
            Self::Certificate => b"handoff/certificate/1",
            Self::Export => b"handoff/export/1",
        }
    }
}

/// The server's signing key.
pub struct ServerKey {
    pair: Ed25519KeyPair,
    seed: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKey")
    }
}

impl ServerKey {
    /// A new key.
    ///
    /// # Errors
    /// [`SealError::Random`].
    pub fn generate() -> Result<Self, SealError> {
        Self::from_seed(&random::bytes::<32>()?)
    }

    /// The key of a 32-byte seed.
    ///
    /// # Errors
    /// [`SealError::Key`] for any other length.
    pub fn from_seed(seed: &[u8]) -> Result<Self, SealError> {
        let bad = SealError::Key("server key");
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| bad)?;
        Ok(Self { pair, seed: Zeroizing::new(seed.try_into().map_err(|_| bad)?) })
    }

    /// The seed, for the key's file.
    pub fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The public half, which phones pin.
    ///
    /// # Errors
    /// [`SealError::Key`]; not for a key that was made here.
    pub fn public(&self) -> Result<ServerPublic, SealError> {
        ServerPublic::from_bytes(self.pair.public_key().as_ref())
    }

    /// Signs a document: its JSON under the tag.
    ///
    /// # Errors
    /// [`SealError::Sign`] when the document has no JSON form.
    pub fn sign<T: Serialize>(&self, tag: Tag, document: &T) -> Result<Signed, SealError> {
        let body = serde_json::to_vec(document).map_err(|_| SealError::Sign)?;
        let sig = self.sign_bytes(&[tag.bytes(), &body].concat());
        Ok(Signed { body: Bytes(body), sig: Bytes(sig) })
    }

    /// Signs bytes that say by themselves what they are.
    pub(super) fn sign_bytes(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

/// The public half of a [`ServerKey`]: 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ServerPublic([u8; 32]);

impl std::fmt::Debug for ServerPublic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerPublic")
    }
}

/// Why a signed document is not believed.
#[derive(Debug, thiserror::Error)]
pub enum SignedError {
    /// The signature is not the pinned key's over this tag and body.
    #[error("the signature is not the server's")]
    Signature,
    /// It is the server's, but not a document of this kind that this version can read.
    #[error("signed by the server, but it cannot be read here: {0}")]
    Body(#[from] serde_json::Error),
}

impl ServerPublic {
    /// Reads a public key.
    ///
    /// # Errors
    /// [`SealError::Key`] when it has not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        bytes.try_into().map(Self).map_err(|_| SealError::Key("server key"))
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Checks the signature, then reads the document.
    ///
    /// # Errors
    /// [`SignedError`].
    pub fn open<T: DeserializeOwned>(&self, tag: Tag, signed: &Signed) -> Result<T, SignedError> {
        let message = [tag.bytes(), &signed.body.0].concat();
        if !self.verifies(&message, &signed.sig.0) {
            return Err(SignedError::Signature);
        }
        Ok(serde_json::from_slice(&signed.body.0)?)
    }

    /// Whether the signature is this server's over exactly this message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Hash;
    use crate::domain::wire::ReceiptBody;
    use chrono::DateTime;

    fn receipt() -> ReceiptBody {
        ReceiptBody {
            entry: Hash([9; 32]),
            position: 42,
            epoch: 1,
            backed_up: 40,
            at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
            erased: false,
        }
    }

    #[test]
    fn a_receipt_keeps_its_shape_and_its_signature_is_the_same_each_time() {
        let key = ServerKey::from_seed(&[1; 32]).unwrap();
        insta::assert_snapshot!(serde_json::to_string(&key.sign(Tag::Receipt, &receipt()).unwrap()).unwrap(), @r#"{"body":"eyJlbnRyeSI6IjA5MDkwOTA5MDkwOTA5MDkwOTA5MDkwOTA5MDkwOTA5MDkwOTA5MDkwOTA5MDkwOTA5MDkwOTA5MDkwOTA5MDkiLCJwb3NpdGlvbiI6NDIsImVwb2NoIjoxLCJiYWNrZWRfdXAiOjQwLCJhdCI6IjIwMjMtMTEtMTRUMjI6MTM6MjBaIn0","sig":"IONaRjNx6FphoAnvrwBjsTLfGYrJAyFXAs7P2ZFvf3UlkIX7-oO_iOEDwaN0FXC__mga6rqyLdExoTLlSKgQCA"}"#);
        insta::assert_snapshot!(serde_json::to_string(&receipt()).unwrap(), @r#"{"entry":"0909090909090909090909090909090909090909090909090909090909090909","position":42,"epoch":1,"backed_up":40,"at":"2023-11-14T22:13:20Z"}"#);
    }

    #[test]
    fn a_receipt_of_another_key_or_under_another_tag_is_not_believed() {
        let key = ServerKey::generate().unwrap();
        let signed = key.sign(Tag::Receipt, &receipt()).unwrap();
        let pinned = key.public().unwrap();
        assert_eq!(pinned.open::<ReceiptBody>(Tag::Receipt, &signed).unwrap(), receipt());
        let stranger = ServerKey::generate().unwrap().public().unwrap();
        assert!(matches!(stranger.open::<ReceiptBody>(Tag::Receipt, &signed), Err(SignedError::Signature)));
        assert!(matches!(pinned.open::<ReceiptBody>(Tag::Config, &signed), Err(SignedError::Signature)));
        for index in 0..signed.body.0.len() {
            let mut changed = signed.clone();
            changed.body.0[index] ^= 1;
            assert!(matches!(pinned.open::<ReceiptBody>(Tag::Receipt, &changed), Err(SignedError::Signature)));
        }
    }

    #[test]
    fn a_signed_document_of_another_shape_is_told_from_a_forgery() {
        let key = ServerKey::generate().unwrap();
        let signed = key.sign(Tag::Receipt, &"words").unwrap();
        assert!(matches!(key.public().unwrap().open::<ReceiptBody>(Tag::Receipt, &signed), Err(SignedError::Body(_))));
    }
}
