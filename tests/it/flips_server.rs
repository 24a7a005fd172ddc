//! Bits that flip on the medium, in every file that a server keeps and in its backup, one at a time. Whatever it
//! is, the server then serves what it stored, or refuses and names the file, which stays as it is.

use crate::flips::{Dice, Flip, Flipped, Image, SEED, each_flip, image, write};
use crate::power::scratch;
use crate::server::Station;
use handoff::domain::ids::DeviceId;
use handoff_server::ledger::command::{export_to, key_text, verify_export};
use handoff_server::restore::restore;
use handoff_server::store::Db;
use handoff_server::{App, Config};
use std::path::{Path, PathBuf};

/// What became of the flips.
#[derive(Debug, Default)]
struct Tally {
    refused: usize,
    failed_later: usize,
}

/// What a server stored, as texts.
fn told(db: &mut dyn Db) -> Result<Vec<String>, handoff_server::store::StoreError> {
    let mut lines = Vec::new();
    for sql in [
        "SELECT 'entry ' || hex(hash) || ' ' || epoch || ' ' || leaf || ' ' || hex(ciphertext) FROM entries",
        "SELECT 'case ' || hex(referral) || ' ' || stage FROM cases",
        "SELECT 'decision ' || hex(referral) || ' ' || verdict || choice FROM decisions",
        "SELECT 'device ' || hex(id) || ' ' || coalesce(revoked_ms, 'reads') FROM devices",
        "SELECT 'staff ' || login || role || name FROM staff",
        "SELECT 'erased ' || hex(referral) FROM erased",
    ] {
        for mut row in db.rows(sql, &[])? {
            lines.push(row.text()?);
        }
    }
    Ok(lines)
}

/// A server's life so far: what it stored, the files that it left, and a backup of it.
struct Life {
    stored: Vec<String>,
    running: Image,
    closed: Image,
    revoked: DeviceId,
    backup: Vec<u8>,
}

impl Life {
    async fn of(station: Station) -> Self {
        let (mut phone, lost) = (station.phone().await, station.phone().await);
        let mut referrals = Vec::new();
        for _ in 0..4 {
            let (referral, entry) = phone.record(&phone.accepted_offer());
            phone.deliver(&entry).await;
            referrals.push(referral);
        }
        let app = station.server.app();
        app.revoke(lost.enrolled.device).await.unwrap();
        app.erase(referrals[0]).await.unwrap();
        let folder = scratch();
        let file = folder.path().join("backup");
        app.backup(file.clone()).await.unwrap();
        handoff_server::ledger::sign_now(app).await.unwrap();
        let stored = app.store().read(told).await.unwrap();
        let running = image(station.dir.path());
        let mut closed = Image::new();
        let revoked = lost.enrolled.device;
        drop(
            station
                .restarted(|config| {
                    let log = PathBuf::from(format!("{}-wal", config.database().display()));
                    let since = std::time::Instant::now();
                    while log.exists() {
                        assert!(since.elapsed() < crate::browser::PATIENCE, "the store does not close");
                        std::thread::yield_now();
                    }
                    closed = image(&config.data);
                })
                .await,
        );
        Self { stored, running, closed, revoked, backup: std::fs::read(file).unwrap() }
    }

    /// Opens what is there, as the program does, and says what is wrong.
    async fn look(&self, folder: &Path, (flip, image): (&Flip<'_>, &Image), tally: &mut Tally) -> Result<(), String> {
        let name = flip.file.to_string_lossy().into_owned();
        let flipped = flip.bytes(&image[flip.file]);
        let app = match App::open(Config::local(folder).on_free_port()) {
            Ok(app) => app,
            Err(error) => return self.refused(&error.to_string(), (folder, &name, &flipped), tally),
        };
        if let Err(error) = app.begin_serving().await {
            return self.refused(&error.to_string(), (folder, &name, &flipped), tally);
        }
        if name == "checkpoint" && std::fs::read(folder.join("checkpoint.unreadable-1")).ok() != Some(flipped) {
            return Err("it is not kept".into());
        }
        if name == "keys/backup.key" {
            let words = app.backup(folder.join("other")).await.map_err(|error| error.to_string()).err();
            return match words {
                Some(words) if words.contains("backup.key") => Ok(()),
                other => Err(format!("a backup under a damaged key: {other:?}")),
            };
        }
        match app.store().read(told).await {
            Ok(found) if found == self.stored => {}
            Ok(found) => return Err(format!("{} rows of {}, or others", found.len(), self.stored.len())),
            // A page that cannot be read is refused, whoever asks.
            Err(_) => tally.failed_later += 1,
        }
        let export = folder.join("export");
        match (export_to(&app, &export).await, key_text(&app)) {
            (Ok(_), Ok(key)) => {
                let report = verify_export(&export, &key, None).map_err(|error| error.to_string())?;
                if report.is_good() { Ok(()) } else { Err(format!("an export that is not good: {report}")) }
            }
            (Err(_), _) => Ok(()),
            (_, Err(error)) => Err(error.to_string()),
        }
    }

    fn refused(
        &self,
        words: &str,
        (folder, name, flipped): (&Path, &str, &[u8]),
        tally: &mut Tally,
    ) -> Result<(), String> {
        tally.refused += 1;
        let kept = std::fs::read(folder.join(name)).is_ok_and(|bytes| bytes == flipped);
        // A key of the database that is damaged cannot be told from a damaged database, nor the server's from another's.
        let named = match name {
            "keys/database.key" => words.contains("database.key"),
            "keys/server.key" => words.contains("keys"),
            other => words.contains(other.trim_end_matches("-wal")),
        };
        if kept && named { Ok(()) } else { Err(format!("kept: {kept}; it says: {words}")) }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bit_that_flips_in_any_file_of_a_server_is_never_served_and_nothing_goes_in_silence() {
    let life = Life::of(Station::start().await).await;
    let mut tally = Tally::default();
    assert!(life.stored.iter().any(|line| line.starts_with("erased")) && !life.revoked.0.is_nil());
    let look = async |folder: &Path, flip: (&Flip<'_>, &Image)| life.look(folder, flip, &mut tally).await;
    let images = [("running", &life.running), ("closed", &life.closed)];
    let Flipped { files, flips, wrong } = each_flip(&images, look).await;
    println!("{flips} bits flipped in {files} files of a server: {tally:?}, violations: {}", wrong.len());
    assert!(wrong.is_empty(), "seed {SEED}: {wrong:#?}");
    assert!(flips > 200 && tally.refused > 0, "{flips} flips: {tally:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bit_that_flips_in_a_backup_is_found_before_anything_is_replaced() {
    let life = Life::of(Station::start().await).await;
    let folder = scratch();
    let (config, file) = (Config::local(folder.path().join("server")).on_free_port(), folder.path().join("backup"));
    write(&life.closed, &config.data);
    let (mut dice, mut flips, mut refused) = (Dice(SEED), 0, 0);
    for bit in dice.bits(Path::new("backup.db"), life.backup.len()) {
        let flip = Flip { file: Path::new("backup"), bit };
        let bytes = flip.bytes(&life.backup);
        std::fs::write(&file, &bytes).unwrap();
        flips += 1;
        if let Err(error) = restore(&config, &file) {
            refused += 1;
            let words = error.to_string();
            assert!(words.contains(&*file.to_string_lossy()), "{words}");
            assert_eq!(std::fs::read(config.database()).unwrap(), life.closed[Path::new("server.db")]);
        }
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
    }
    println!("bits flipped in a backup: {flips}, refused: {refused}, violations: 0");
    assert_eq!(refused, flips, "each page of it has its seal");
}

#[tokio::test]
async fn an_empty_database_beside_what_a_server_left_is_refused_and_is_no_new_programme() {
    let life = Life::of(Station::start().await).await;
    for gone in [false, true] {
        let folder = scratch();
        write(&life.closed, folder.path());
        let config = || Config::local(folder.path()).on_free_port();
        let database = config().database();
        std::fs::write(&database, b"").unwrap();
        if gone {
            std::fs::remove_file(&database).unwrap();
        }
        let words = App::open(config()).unwrap_err().to_string();
        assert!(words.contains("server.db is empty or gone") && words.contains("Restore a backup"), "{words}");
        assert!(std::fs::metadata(&database).map_or(gone, |file| file.len() == 0), "and it is as it was");
        // The way out that it names.
        let file = folder.path().join("backup");
        std::fs::write(&file, &life.backup).unwrap();
        restore(&config(), &file).unwrap();
        assert!(App::open(config()).unwrap().store().read(told).await.unwrap().len() > 5);
    }
}
