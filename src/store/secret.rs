//! From an officer's secret to the key of their vault.
//!
//! key = HKDF(platform-kept key ‖ PBKDF2-HMAC-SHA-512 ‖ Argon2id). HKDF and
//! PBKDF2 are what FIPS 140 knows, and would do without the third; Argon2id makes guessing on graphics
//! cards dear. The platform-kept key
//! makes a stolen copy of the file worth nothing without the device.
//!
//! # Decisions
//! A hash of the platform-kept key stands beside the salt: a phone that lost its keys then says so, instead of
//! calling the right PIN a wrong one for ever. The key is 32 random bytes, of which a hash tells nothing.

use crate::domain::ids::{Bytes, Hash};
use crate::lab::hurried;
use crate::seal::random;
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{hkdf, pbkdf2};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// The key of a vault.
pub type VaultKey = Zeroizing<[u8; 32]>;

/// Rounds of PBKDF2 with HMAC-SHA-512: the least that OWASP names.
const PBKDF2_ROUNDS: NonZeroU32 = NonZeroU32::new(210_000).unwrap();
/// Memory of Argon2id in KiB: the most that OWASP names, with one pass.
const ARGON2_KIB: u32 = 47_104;

/// What stands beside a vault: the salt, the cost, and a value that only the right secret gives.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lockbox {
    format: u8,
    salt: Bytes,
    pbkdf2_rounds: NonZeroU32,
    argon2_kib: u32,
    argon2_passes: u32,
    check: Bytes,
    /// The hash of the platform-kept key; files of old have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    platform: Option<Hash>,
}

/// Why a secret gives no key.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It is not the secret of this vault.
    #[error("this is not the PIN of this vault")]
    Wrong,
    /// The key could not be worked out: no memory, no randomness, or a damaged file.
    #[error("the vault's key could not be worked out: {0}")]
    Derive(&'static str),
}

impl Lockbox {
    /// A new lockbox for this secret, and the key.
    ///
    /// # Errors
    /// [`SecretError::Derive`].
    pub fn create(secret: &str, platform_key: &[u8; 32]) -> Result<(Self, VaultKey), SecretError> {
        let salt = random::bytes::<32>().map_err(|_| SecretError::Derive("no randomness"))?;
        let (pbkdf2_rounds, argon2_kib) = match hurried() {
            false => (PBKDF2_ROUNDS, ARGON2_KIB),
            true => (NonZeroU32::MIN, Params::MIN_M_COST),
        };
        let mut lockbox = Self {
            format: 1,
            salt: Bytes(salt.to_vec()),
            pbkdf2_rounds,
            argon2_kib,
            argon2_passes: 1,
            check: Bytes::default(),
            platform: Some(fingerprint(platform_key)),
        };
        let (key, check) = lockbox.derive(secret, platform_key)?;
        lockbox.check = Bytes(check.to_vec());
        Ok((lockbox, key))
    }

    /// The key, if the secret is the right one. Takes as long for a wrong one.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn open(&self, secret: &str, platform_key: &[u8; 32]) -> Result<VaultKey, SecretError> {
        let (key, check) = self.derive(secret, platform_key)?;
        verify_slices_are_equal(check.as_slice(), &self.check.0).map_err(|_| SecretError::Wrong)?;
        Ok(key)
    }

    /// Reads the file beside a vault.
    ///
    /// # Errors
    /// [`SecretError::Derive`] when it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        serde_json::from_slice(bytes).map_err(|_| SecretError::Derive("the file beside the vault is damaged"))
    }

    /// The file beside the vault: kept durably before the vault itself is made.
    ///
    /// # Errors
    /// None in practice: every field has a JSON form.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SecretError> {
        serde_json::to_vec(self).map_err(|_| SecretError::Derive("the salt has no text"))
    }

    /// Whether it was made with another platform-kept key than this one, as far as it says: no secret opens it then.
    pub fn is_of_another(&self, platform_key: &[u8; 32]) -> bool {
        self.platform.is_some_and(|made_with| made_with != fingerprint(platform_key))
    }

    /// The same with the hash of the key that has just opened it; nothing if it has one.
    pub fn marked(&self, platform_key: &[u8; 32]) -> Option<Self> {
        self.platform.is_none().then(|| Self { platform: Some(fingerprint(platform_key)), ..self.clone() })
    }

    fn derive(&self, secret: &str, platform_key: &[u8; 32]) -> Result<(VaultKey, VaultKey), SecretError> {
        let mut material = Zeroizing::new([0_u8; 128]);
        let (platform, rest) = material.split_at_mut(32);
        let (approved, hard) = rest.split_at_mut(64);
        platform.copy_from_slice(platform_key);
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA512, self.pbkdf2_rounds, &self.salt.0, secret.as_bytes(), approved);
        let params = Params::new(self.argon2_kib, self.argon2_passes, 1, Some(32));
        let params = params.map_err(|_| SecretError::Derive("the cost is out of range"))?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(secret.as_bytes(), &self.salt.0, hard)
            .map_err(|_| SecretError::Derive("not enough memory"))?;
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA512, &self.salt.0).extract(material.as_slice());
        Ok((expand(&extracted, b"handoff/vault-key/1")?, expand(&extracted, b"handoff/vault-check/1")?))
    }
}

fn fingerprint(platform_key: &[u8; 32]) -> Hash {
    Hash::of(&[b"handoff/platform-key/1", platform_key])
}

fn expand(extracted: &hkdf::Prk, info: &[u8]) -> Result<VaultKey, SecretError> {
    let mut out = Zeroizing::new([0; 32]);
    let failed = |_| SecretError::Derive("key derivation failed");
    // `HKDF_SHA256` only says how long the output is: 32 bytes.
    extracted.expand(&[info], hkdf::HKDF_SHA256).map_err(failed)?.fill(out.as_mut_slice()).map_err(failed)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_secret_on_the_same_device_gives_the_key() {
        let (lockbox, key) = Lockbox::create("482913", &[1; 32]).unwrap();
        let stored = lockbox.to_bytes().unwrap();
        let lockbox = Lockbox::from_bytes(&stored).unwrap();
        assert_eq!(*lockbox.open("482913", &[1; 32]).unwrap(), *key);
        assert!(matches!(lockbox.open("482914", &[1; 32]), Err(SecretError::Wrong)));
        assert!(matches!(lockbox.open("482913", &[2; 32]), Err(SecretError::Wrong)));
    }

    #[test]
    fn to_try_a_secret_costs_what_owasp_names() {
        let (lockbox, _) = Lockbox::create("482913", &[1; 32]).unwrap();
        let Lockbox { pbkdf2_rounds, argon2_kib, argon2_passes, .. } = lockbox;
        assert_eq!((pbkdf2_rounds.get(), argon2_kib, argon2_passes), (210_000, 47_104, 1));
    }

    #[test]
    fn a_lockbox_knows_another_devices_key_from_its_own_and_one_of_old_learns_it() {
        let (mut lockbox, key) = Lockbox::create("482913", &[1; 32]).unwrap();
        assert!(lockbox.is_of_another(&[2; 32]) && !lockbox.is_of_another(&[1; 32]));
        assert!(lockbox.marked(&[1; 32]).is_none());
        lockbox.platform = None;
        let old = Lockbox::from_bytes(&lockbox.to_bytes().unwrap()).unwrap();
        assert!(!old.is_of_another(&[2; 32]), "it does not say");
        let marked = old.marked(&[1; 32]).unwrap();
        assert!(marked.is_of_another(&[2; 32]));
        assert_eq!(*marked.open("482913", &[1; 32]).unwrap(), *key);
    }
}
