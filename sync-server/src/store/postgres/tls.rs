//! Encrypted connections: the server's certificate is always verified, against its name.

use super::BadUrl;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
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
