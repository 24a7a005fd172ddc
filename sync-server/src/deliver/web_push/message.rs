//! A message that only one browser can open (RFC 8291), and the word by which its push service knows us (RFC 8292).
//!
//! # Decisions
//! Composed from the cryptography that is here already. The crates that do it bring a second implementation of it:
//! `web-push-native` has 160 crates below it, RSA and four more curves among them, by way of its token library. What
//! it would save are the two functions below, and these give the bytes of the standard's own example.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use chrono::{DateTime, TimeDelta, Utc};
use handoff::seal::{DeviceKey, SealError, random};
use serde::Serialize;

/// A public key of a browser: an uncompressed point.
pub const POINT: usize = 65;
/// A browser's secret.
pub const SECRET: usize = 16;
/// Length of a record; a message is one.
const RECORD: u32 = 4096;
/// Says that a record is the last.
const LAST: u8 = 2;
/// A push service takes a word for a day at most.
const WORD_LIFE: TimeDelta = TimeDelta::hours(12);

/// The keys of a browser.
#[derive(Clone, Copy)]
pub struct To<'a> {
    /// Its point, of [`POINT`] bytes.
    pub p256dh: &'a [u8],
    /// Its secret, of [`SECRET`] bytes.
    pub auth: &'a [u8],
}

/// Encrypts a short text for a browser, as a body of `aes128gcm` (RFC 8188).
///
/// # Errors
/// [`SealError::Key`] if the browser's key is no point of the curve; [`SealError::Random`].
pub fn encrypt(to: To<'_>, text: &[u8]) -> Result<Vec<u8>, SealError> {
    let once = PrivateKey::generate(&ECDH_P256).map_err(|Unspecified| SealError::Random)?;
    sealed(to, text, &once, random::bytes()?).map_err(|Unspecified| SealError::Key("a browser's key"))
}

fn sealed(to: To<'_>, text: &[u8], once: &PrivateKey, salt: [u8; 16]) -> Result<Vec<u8>, Unspecified> {
    let ours = once.compute_public_key()?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, to.p256dh);
    let shared = agree(once, theirs, Unspecified, |shared| Ok(Salt::new(HKDF_SHA256, to.auth).extract(shared)))?;
    let common: [u8; 32] = derived(&shared, &[b"WebPush: info\0", to.p256dh, ours.as_ref()])?;
    let keys = Salt::new(HKDF_SHA256, &salt).extract(&common);
    let key: [u8; 16] = derived(&keys, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = derived(&keys, &[b"Content-Encoding: nonce\0"])?;
    let mut record = [text, &[LAST]].concat();
    LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?).seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::empty(),
        &mut record,
    )?;
    let id = u8::try_from(ours.as_ref().len()).map_err(|_| Unspecified)?;
    Ok([&salt[..], &RECORD.to_be_bytes(), &[id], ours.as_ref(), &record].concat())
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derived<const N: usize>(from: &Prk, info: &[&[u8]]) -> Result<[u8; N], Unspecified> {
    let mut out = [0; N];
    from.expand(info, Length(N))?.fill(&mut out)?;
    Ok(out)
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
}

/// What stands in `Authorization`: signed, for the push service of this origin alone (its port included, where it is
/// not the usual one), with where to ask about us.
///
/// # Errors
/// [`SealError::Sign`] when the system has no randomness.
pub fn authorization(
    key: &DeviceKey,
    origin: &str,
    contact: Option<&str>,
    now: DateTime<Utc>,
) -> Result<String, SealError> {
    let claims = Claims { aud: origin, exp: (now + WORD_LIFE).timestamp(), sub: contact };
    let claims = serde_json::to_vec(&claims).map_err(|_| SealError::Sign)?;
    let word = format!("{}.{}", B64.encode(br#"{"typ":"JWT","alg":"ES256"}"#), B64.encode(claims));
    let signature = B64.encode(key.sign(word.as_bytes())?);
    Ok(format!("vapid t={word}.{signature}, k={}", B64.encode(key.public()?.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::agreement::PrivateKey;

    fn bytes(text: &str) -> Vec<u8> {
        B64.decode(text).unwrap()
    }

    #[test]
    fn a_message_has_the_bytes_of_the_standards_own_example() {
        // RFC 8291, section 5 and appendix A.
        let to = bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let auth = bytes("BTBZMqHH6r4Tts7J_aSIgg");
        let once =
            PrivateKey::from_private_key(&ECDH_P256, &bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let text = b"When I grow up, I want to be a watermelon";
        let body = sealed(To { p256dh: &to, auth: &auth }, text, &once, salt).unwrap();
        assert_eq!(
            B64.encode(body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_\
             yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn no_two_messages_are_alike_and_a_key_that_is_none_is_refused() {
        let to = bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let to = To { p256dh: &to, auth: &[1; SECRET] };
        assert_ne!(encrypt(to, b"New referral").unwrap(), encrypt(to, b"New referral").unwrap());
        for point in [&[][..], &[4; POINT], &[0; POINT], &[4; 64]] {
            assert!(encrypt(To { p256dh: point, ..to }, b"x").is_err());
        }
    }
}
