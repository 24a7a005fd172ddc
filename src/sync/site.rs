//! What the phone knows of its program, as the server last signed it: packs, zones, people, rota.

use crate::domain::assess::PackRef;
use crate::domain::fault::FileFault;
use crate::domain::ids::{Hash, StaffId};
use crate::domain::local::Zone;
use crate::domain::pack::Pack;
use crate::domain::wire::{Config, OnCall, Role, Signed, StaffCard};
use crate::domain::zone::Zones;
use crate::platform::twice;
use crate::seal::{ServerPublic, SignedError, Tag};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::Path;

/// The program's configuration, read and checked.
#[derive(Debug, Clone)]
pub struct Site {
    /// The pack in force.
    pub pack: Pack,
    /// Every pack that was ever in force on this device, by hash: a draft keeps the one it began with.
    pub packs: BTreeMap<Hash, Pack>,
    /// The zones.
    pub zones: Zones,
    /// People of the program.
    pub roster: Vec<StaffCard>,
    /// Who is on call, when.
    pub rota: Vec<OnCall>,
    /// Where the site's clocks are, if its server says it.
    pub zone: Option<Zone>,
    /// Hash of the document that this was read from.
    pub hash: Hash,
}

/// Why a configuration is not taken. The one before it stays in force.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// Not the server's.
    #[error("configuration: {0}")]
    Signed(#[from] SignedError),
    /// A pack or zone does not validate; the words name it.
    #[error("configuration: {0}")]
    Rules(#[from] FileFault),
    /// The pack in force is not among the packs.
    #[error("configuration: pack: there is no pack `{0}`")]
    NoPack(String),
    /// It could not be kept.
    #[error("configuration: {0}")]
    File(#[from] std::io::Error),
}

impl Site {
    /// Reads a signed configuration.
    pub(super) fn read(signed: &Signed, server: &ServerPublic) -> Result<Self, SiteError> {
        let config: Config = server.open(Tag::Config, signed)?;
        let named = |kind: &str, texts: &[String]| -> Vec<(String, String)> {
            texts.iter().enumerate().map(|(i, text)| (format!("{kind}[{i}]"), text.clone())).collect()
        };
        let zone_files = named("zones", &config.zones);
        let zones = Zones::parse(zone_files.iter().map(|(path, text)| (path.as_str(), text.as_str())))?;
        let mut packs = BTreeMap::new();
        for (path, text) in named("packs", &config.packs) {
            let pack = Pack::load(&path, &text, &zones)?;
            packs.insert(pack.sha256, pack);
        }
        let in_force = packs.values().filter(|pack| pack.id == config.pack).max_by_key(|pack| pack.version);
        let pack = in_force.cloned().ok_or_else(|| SiteError::NoPack(config.pack.clone()))?;
        let hash = Hash::of(&[&signed.body.0]);
        let zone = config.time_zone.as_deref().and_then(|rule| Zone::parse(rule).ok());
        Ok(Self { pack, packs, zones, roster: config.roster, rota: config.rota, zone, hash })
    }

    /// Keeps a configuration: its packs first, each under its hash for ever, then itself.
    pub(super) fn keep(folder: &Path, signed: &Signed, server: &ServerPublic) -> Result<Self, SiteError> {
        let mut site = Self::read(signed, server)?;
        let config: Config = server.open(Tag::Config, signed)?;
        let packs = folder.join("packs");
        std::fs::create_dir_all(&packs)?;
        for text in &config.packs {
            let path = packs.join(format!("{}.json", Hash::of(&[text.as_bytes()])));
            if twice::read(&path).ok().flatten().is_none_or(|kept| kept != text.as_bytes()) {
                twice::replace(&path, text.as_bytes())?;
            }
        }
        let json = serde_json::to_vec(signed).map_err(std::io::Error::other)?;
        twice::replace(&folder.join("site.json"), &json)?;
        site.add_kept_packs(folder);
        Ok(site)
    }

    /// The configuration that was kept. One that cannot be read, or is another server's, is fetched anew.
    pub(super) fn kept(folder: &Path, server: &ServerPublic) -> Option<Self> {
        let load = Self::load(folder, server);
        load.inspect_err(|error| tracing::warn!(%error, "the kept configuration is not used")).ok().flatten()
    }

    fn load(folder: &Path, server: &ServerPublic) -> Result<Option<Self>, SiteError> {
        let Some(bytes) = twice::read(&folder.join("site.json"))? else { return Ok(None) };
        let signed: Signed = serde_json::from_slice(&bytes).map_err(SignedError::from)?;
        let mut site = Self::read(&signed, server)?;
        site.add_kept_packs(folder);
        Ok(Some(site))
    }

    /// Packs of earlier configurations. One that this version cannot read only costs the drafts that
    /// began with it.
    fn add_kept_packs(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder.join("packs")).into_iter().flatten().flatten() {
            let path = entry.path();
            // Of a damaged one the copy may be left; the copy itself is no pack.
            let kept = path.extension().filter(|kind| *kind == "json").and_then(|_| twice::read(&path).ok().flatten());
            let Some(text) = kept.and_then(|bytes| String::from_utf8(bytes).ok()) else { continue };
            match Pack::parse(&path.to_string_lossy(), &text) {
                Ok(pack) => drop(self.packs.entry(pack.sha256).or_insert(pack)),
                Err(error) => tracing::warn!(%error, "an earlier pack cannot be read"),
            }
        }
    }

    /// The pack that a draft or an assessment names, to the byte.
    pub fn pack_by_ref(&self, reference: &PackRef) -> Option<&Pack> {
        self.packs.get(&reference.sha256)
    }

    /// Officers who may start a shift, in order of name.
    pub fn officers(&self) -> Vec<StaffCard> {
        let mut officers: Vec<_> = self.roster.iter().filter(|card| card.role == Role::Officer).cloned().collect();
        officers.sort_by(|a, b| a.name.cmp(&b.name));
        officers
    }

    /// The card of a member of staff.
    pub fn card(&self, id: StaffId) -> Option<&StaffCard> {
        self.roster.iter().find(|card| card.id == id)
    }

    /// Who is on call at that moment, in the order in which they are called.
    pub fn on_call(&self, now: DateTime<Utc>) -> Vec<StaffCard> {
        let mut turns: Vec<_> = self.rota.iter().filter(|turn| turn.from <= now && now < turn.until).collect();
        turns.sort_by_key(|turn| turn.order);
        turns.into_iter().filter_map(|turn| self.card(turn.staff)).cloned().collect()
    }
}
