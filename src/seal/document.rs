//! A document that the server itself seals to the agency: a note of a case.
//!
//! # Decisions
//! The key is the one to which phones seal. It stands outside the database and every backup already, retired
//! ones still open what they closed, and there is no second secret to keep. What stands in clear beside the
//! document is bound to it, so that a row that is moved or altered does not open. Nobody signs it: who wrote it
//! is the console's session, and the event in the ledger names the sealed bytes.

use super::{MOST_BODY_PLAIN, SealError, SealingKey, SealingPublic};
use zeroize::Zeroizing;

/// No header of an entry begins so.
const DOMAIN: &[u8] = b"handoff/document/1";

/// A sealed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedDocument {
    /// Id of the key that opens it.
    pub key: String,
    /// The encapsulated key.
    pub enc: Vec<u8>,
    /// The rest.
    pub ciphertext: Vec<u8>,
}

/// Seals a document, with what stands beside it in clear bound to it.
///
/// # Errors
/// [`SealError::TooLong`] over [`MOST_BODY_PLAIN`]; otherwise only when the system fails.
pub fn seal_document(agency: &SealingPublic, clear: &[u8], body: &[u8]) -> Result<SealedDocument, SealError> {
    if body.len() > MOST_BODY_PLAIN {
        return Err(SealError::TooLong);
    }
    let (enc, ciphertext) = agency.ready()?.seal(&[DOMAIN, clear].concat(), body)?;
    Ok(SealedDocument { key: agency.id().to_owned(), enc, ciphertext })
}

/// Opens a document. Nothing if it, or what stands beside it, is not what was sealed to this key.
pub fn open_document(key: &SealingKey, clear: &[u8], document: &SealedDocument) -> Option<Zeroizing<Vec<u8>>> {
    key.open(&document.enc, &[DOMAIN, clear].concat(), &document.ciphertext).map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_opens_with_its_key_and_beside_what_it_was_sealed_with_alone() {
        let (key, other) = (SealingKey::generate().unwrap(), SealingKey::generate().unwrap());
        let sealed = seal_document(key.public(), b"beside", b"words").unwrap();
        assert_eq!(sealed.key, key.public().id());
        assert_eq!(open_document(&key, b"beside", &sealed).unwrap().as_slice(), b"words");
        assert!(open_document(&key, b"besides", &sealed).is_none());
        assert!(open_document(&other, b"beside", &sealed).is_none());
        let mut bent = sealed.clone();
        bent.ciphertext[0] ^= 1;
        assert!(open_document(&key, b"beside", &bent).is_none());
        let again = seal_document(key.public(), b"beside", b"words").unwrap();
        assert_ne!(again.ciphertext, sealed.ciphertext, "two of the same words do not look the same");
    }

    #[test]
    fn a_document_without_end_is_refused() {
        let key = SealingKey::generate().unwrap();
        let long = vec![0; MOST_BODY_PLAIN + 1];
        assert_eq!(seal_document(key.public(), b"", &long), Err(SealError::TooLong));
    }
}
