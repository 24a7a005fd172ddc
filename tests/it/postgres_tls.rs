//! PostgreSQL on another machine: in TLS, with its certificate and its name verified, or not at all.

use crate::cluster::{Cluster, hand_over, name_of};
use handoff_server::store::{DatabaseUrl, Engine as _, Postgres, StoreError};
use handoff_server::{Config, Server};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

const PASSWORD: &str = "s3cret-of-the-database";

/// An authority with a certificate for one name. The command comes with PostgreSQL.
struct Authority(tempfile::TempDir);

impl Authority {
    fn new(name: &str) -> Self {
        let authority = Self(tempfile::tempdir().unwrap());
        let made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
        let request = |output: [&str; 2], more: &[&str]| {
            let mut openssl = Command::new("openssl");
            openssl
                .current_dir(authority.0.path())
                .arg("req")
                .args(made)
                .args(["-keyout", output[0], "-out", output[1]]);
            let done = openssl.args(more).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        };
        request(["ca.key", "ca.pem"], &["-subj", "/CN=an authority"]);
        let (subject, names) = (format!("/CN={name}"), format!("subjectAltName=DNS:{name}"));
        let signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-subj", &subject, "-addext", &names];
        request(
            ["server.key", "server.pem"],
            &[&signed[..], &["-addext", "basicConstraints=critical,CA:FALSE"]].concat(),
        );
        authority
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// As an address names it.
    fn root(&self) -> String {
        self.file("ca.pem").display().to_string().replace('/', "%2F")
    }
}

fn cluster(authority: &Authority, port: u16) -> Cluster {
    Cluster::start_at(port, "listen_addresses = '127.0.0.1'\nssl = on", |data: &Path| {
        for name in ["server.key", "server.crt"] {
            std::fs::copy(authority.file(&name.replace("crt", "pem")), data.join(name)).unwrap();
            hand_over(&data.join(name));
        }
    })
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Whether a connection to this address is in cipher; or why there is none.
fn in_cipher(url: String) -> Result<bool, StoreError> {
    std::thread::spawn(move || {
        let mut session = Postgres::new(DatabaseUrl::parse(&url).unwrap()).reader()?;
        let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        session.db().first(sql, &[])?.unwrap().truth()
    })
    .join()
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_machines_database_is_spoken_to_only_by_its_name_and_under_its_authority() {
    let (authority, stranger) = (Authority::new("db.test"), Authority::new("db.test"));
    let port = free_port();
    let cluster = cluster(&authority, port);
    let name = name_of(&cluster.database()).to_owned();
    let url = |host: &str, query: &str| {
        format!("postgres://handoff:{PASSWORD}@{host}:{port}/{name}?hostaddr=127.0.0.1{query}")
    };
    let trusting = |authority: &Authority| format!("&sslrootcert={}", authority.root());
    let own = trusting(&authority);

    for (host, query, cipher) in [
        ("db.test", own.clone(), true),
        ("db.test", format!("&sslmode=prefer{own}"), true),
        ("db.test", format!("&sslmode=verify-full{own}"), true),
        ("db.test", String::from("&sslmode=disable"), false),
        ("localhost", String::new(), false),
    ] {
        assert_eq!(in_cipher(url(host, &query)).unwrap(), cipher, "{host} {query}");
    }

    for (host, query, why) in [
        ("db.test", trusting(&stranger), "of no authority that is trusted here"),
        ("elsewhere.test", own.clone(), "for another name"),
        ("localhost", format!("&sslmode=require{own}"), "for another name"),
    ] {
        let refused = in_cipher(url(host, &query)).unwrap_err();
        assert!(matches!(refused, StoreError::Untrusted(_)), "{refused}");
        let said = refused.to_string();
        assert!(said.contains(why) && !said.contains(PASSWORD), "{said}");
    }

    // The server as a whole says the same sentence, and starts once the authority is right.
    let dir = tempfile::tempdir().unwrap();
    let start = |query: String| {
        let database_url = Some(DatabaseUrl::parse(&url("db.test", &query)).unwrap());
        Server::start(Config { database_url, ..Config::local(dir.path()).on_free_port() })
    };
    let said = start(trusting(&stranger)).await.unwrap_err().to_string();
    assert!(said.contains("of no authority") && !said.contains(PASSWORD), "{said}");
    start(own.clone()).await.unwrap().stop().await;

    // One that speaks no TLS gets nothing, unless the address says so.
    cluster.sql(&name, "ALTER SYSTEM SET ssl = off");
    cluster.restart("fast");
    let said = in_cipher(url("db.test", &own)).unwrap_err().to_string();
    assert!(said.contains("TLS") && !said.contains(PASSWORD), "{said}");
    let said = in_cipher(url("db.test", &format!("&sslmode=prefer{own}"))).unwrap_err().to_string();
    assert!(said.contains("TLS") && !said.contains(PASSWORD), "{said}");
    assert!(!in_cipher(url("db.test", "&sslmode=disable")).unwrap());
}
