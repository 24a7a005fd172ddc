//! Who this device is: kept in the key store, outside every database.

use super::{EnrolError, PhoneError};
use crate::domain::ids::{Bytes, DeviceId};
use crate::domain::wire::{EnrolReply, Signed};
use crate::platform::keys::KeyStore;
use crate::seal::{DeviceKey, SealingPublic, ServerPublic};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Names in the key store.
const DEVICE_KEY: &str = "device-key";
const ENROLMENT: &str = "enrolment";

/// What others may know of the device's enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Name of the agency.
    pub agency: String,
    /// Address of the server.
    pub server: String,
    /// The device's id.
    pub device: DeviceId,
}

/// The enrolment as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    format: u8,
    agency: String,
    server: String,
    device: DeviceId,
    token: Bytes,
    server_key: Bytes,
    sealing_key: Bytes,
    /// What lets a server that lost this device take it in again; enrolments of old have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<Signed>,
}

/// Everything that sending and sealing need.
pub struct Identity {
    /// What others may know.
    pub public: Enrolment,
    /// The server's address.
    pub server: Url,
    /// The token of every call.
    pub token: Bytes,
    /// The server's pinned key.
    pub server_key: ServerPublic,
    /// The agency's key.
    pub sealing: SealingPublic,
    /// The device's own key.
    pub key: DeviceKey,
    /// The server's word that this device is enrolled.
    pub certificate: Option<Signed>,
}

impl Identity {
    /// The enrolment that was kept; nothing if the device was never enrolled.
    pub fn load(keys: &dyn KeyStore) -> Result<Option<Self>, PhoneError> {
        let (Some(kept), Some(key)) = (load(keys, ENROLMENT)?, load(keys, DEVICE_KEY)?) else { return Ok(None) };
        let damaged = || file(ENROLMENT, std::io::Error::other("the enrolment cannot be read"));
        let kept: Kept = serde_json::from_slice(&kept).map_err(|_| damaged())?;
        let server = address(&kept.server).map_err(|_| damaged())?;
        Ok(Some(Self::of(kept, server, DeviceKey::from_pkcs8(&key)?)?))
    }

    /// Keeps what the server answered.
    pub fn keep(keys: &dyn KeyStore, server: Url, reply: EnrolReply) -> Result<Self, EnrolError> {
        let kept = Kept {
            format: 1,
            agency: reply.agency,
            server: server.to_string(),
            device: reply.device,
            token: reply.token,
            server_key: reply.server_key,
            sealing_key: reply.sealing_key,
            certificate: reply.certificate,
        };
        let json = serde_json::to_vec(&kept).map_err(|error| file(ENROLMENT, std::io::Error::other(error)))?;
        let identity = Self::of(kept, server, device_key(keys)?).map_err(EnrolError::Keys)?;
        if identity.sealing.id() != reply.sealing_key_id {
            return Err(EnrolError::Keys(crate::seal::SealError::Key("sealing key")));
        }
        keys.keep(ENROLMENT, &json).map_err(|error| file(ENROLMENT, error))?;
        Ok(identity)
    }

    fn of(kept: Kept, server: Url, key: DeviceKey) -> Result<Self, crate::seal::SealError> {
        Ok(Self {
            server_key: ServerPublic::from_bytes(&kept.server_key.0)?,
            sealing: SealingPublic::from_bytes(&kept.sealing_key.0)?,
            public: Enrolment { agency: kept.agency, server: kept.server, device: kept.device },
            token: kept.token,
            server,
            key,
            certificate: kept.certificate,
        })
    }
}

/// The device's key; made, and kept before anyone hears of it, at the first call.
pub fn device_key(keys: &dyn KeyStore) -> Result<DeviceKey, PhoneError> {
    if let Some(bytes) = load(keys, DEVICE_KEY)? {
        return Ok(DeviceKey::from_pkcs8(&bytes)?);
    }
    let key = DeviceKey::generate()?;
    keys.keep(DEVICE_KEY, &key.to_pkcs8()?).map_err(|error| file(DEVICE_KEY, error))?;
    Ok(key)
}

/// The server's address: TLS, unless it is this very machine.
pub fn address(text: &str) -> Result<Url, EnrolError> {
    let mut url = Url::parse(text.trim()).map_err(|_| EnrolError::Address)?;
    let host = url.host_str().ok_or(EnrolError::Address)?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => return Err(EnrolError::NotSecure),
        _ => return Err(EnrolError::Address),
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// Whether the host is this machine.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn load(keys: &dyn KeyStore, name: &'static str) -> Result<Option<Zeroizing<Vec<u8>>>, PhoneError> {
    keys.load(name).map_err(|error| file(name, error))
}

fn file(name: &str, error: std::io::Error) -> PhoneError {
    PhoneError::File { path: PathBuf::from("keys").join(name), error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::keys::FileKeys;
    use uuid::Uuid;

    fn kept() -> Kept {
        Kept {
            format: 1,
            agency: String::from("Seattle LEAD"),
            server: String::from("https://a.example/"),
            device: DeviceId(Uuid::from_u128(7)),
            token: Bytes(vec![1, 2, 3]),
            server_key: Bytes(vec![4, 5]),
            sealing_key: Bytes(vec![6]),
            certificate: Some(Signed { body: Bytes(vec![7]), sig: Bytes(vec![8]) }),
        }
    }

    #[test]
    fn the_stored_form_of_an_enrolment_is_pinned() {
        insta::assert_json_snapshot!(kept());
    }

    #[test]
    fn an_enrolment_of_an_older_app_still_serves() {
        let folder = tempfile::tempdir().unwrap();
        let keys = FileKeys::new(folder.path().to_owned());
        let old = include_bytes!("../../tests/it/fixtures/stored/enrolment_1.json");
        assert!(Identity::load(&keys).unwrap().is_none());
        keys.keep(ENROLMENT, old).unwrap();
        assert!(Identity::load(&keys).unwrap().is_none(), "without the device's key there is nobody to be");
        device_key(&keys).unwrap();
        let identity = Identity::load(&keys).unwrap().unwrap();
        assert_eq!(
            (identity.public.agency.as_str(), identity.server.as_str()),
            ("Seattle LEAD (demo)", "http://127.0.0.1:7080/")
        );
        assert!(identity.certificate.is_none());
        keys.keep(ENROLMENT, b"{").unwrap();
        assert!(Identity::load(&keys).is_err(), "what cannot be read is no fresh start");
    }

    #[test]
    fn only_this_machine_may_be_without_tls() {
        for good in
            ["https://a.example", "http://127.0.0.1:7080", "http://localhost:1/", "http://[::1]:9", " https://b/x "]
        {
            assert!(address(good).unwrap().path().ends_with('/'), "{good}");
        }
        for bare in ["http://a.example", "http://10.0.0.1", "http://localhost.evil.example"] {
            assert!(matches!(address(bare), Err(EnrolError::NotSecure)), "{bare}");
        }
        for none in ["", "a.example", "ftp://a", "file:///etc/hostname"] {
            assert!(matches!(address(none), Err(EnrolError::Address)), "{none}");
        }
    }
}
