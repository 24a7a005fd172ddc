//! Encrypted connections: the server's certificate is always verified, against its name.

use super::BadUrl;
use postgres::Error;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Makes encrypted connections.
pub(super) type Tls = MakeRustlsConnect;

/// Trusts the certificates of a file, or those of the system.
pub(super) fn trusting(file: Option<&str>) -> Result<Tls, BadUrl> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            let named = |error: &dyn std::fmt::Display| BadUrl::Roots(format!("{file}: {error}"));
            for root in CertificateDer::pem_file_iter(file).map_err(|error| named(&error))? {
                roots.add(root.map_err(|error| named(&error))?).map_err(|error| named(&error))?;
            }
        }
        // Some of a system's certificates may be too old to parse: the rest are good.
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    if roots.is_empty() {
        return Err(BadUrl::Roots(format!("{}: holds none", file.unwrap_or("the system's store"))));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| BadUrl::Roots(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// Why the other side is not trusted, if that is what went wrong. Codes decide, never words.
pub(super) fn distrust(error: &Error) -> Option<&'static str> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(error) = cause {
        // An error of TLS travels within one of the connection.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let found = error.downcast_ref::<rustls::Error>().or_else(|| inner?.downcast_ref());
        if let Some(found) = found {
            return Some(words(found));
        }
        cause = error.source();
    }
    None
}

fn words(error: &rustls::Error) -> &'static str {
    let rustls::Error::InvalidCertificate(why) = error else {
        return "it does not speak TLS as this program does";
    };
    // The library's list grows; what is not on ours is named in general.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the list is not ours, and may grow")]
    match why {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "its certificate is of no authority that is trusted here; sslrootcert=FILE names one"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name than the address has"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate is too old",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet; is the clock here right?"
        }
        _ => "its certificate cannot be used",
    }
}
