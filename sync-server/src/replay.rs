//! The same rules once more: what the phone said of the facts is worked out again here.
//!
//! # Decisions
//! An assessment names the version of one zone, the deciding one. It is replayed with that version, and
//! with the other zones as they are in force now; a zone that is out of force stands as it was last.

use crate::store::StoredFile;
use handoff::domain::assess::{Assessment, assess};
use handoff::domain::facts::Facts;
use handoff::domain::fault::{Fault, FileFault};
use handoff::domain::ids::Hash;
use handoff::domain::pack::Pack;
use handoff::domain::zone::{Zone, Zones};
use std::collections::BTreeMap;

/// What the replay gave. None of these refuses an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// The same.
    Agrees,
    /// Another result.
    Disagrees,
    /// The phone's pack or zone file is none of ours.
    UnknownRules,
}

/// Every pack and zone file that ever was in force here.
#[derive(Debug, Default)]
pub struct Rules {
    packs: BTreeMap<Hash, Pack>,
    /// Those of them that are in force.
    active: Vec<Hash>,
    in_force: Zones,
    /// Those in force, and of every other the last that was: an old pack may need it.
    known: Zones,
    /// Zones by id and version, each with the other known ones.
    by_version: BTreeMap<(String, String), Zones>,
}

impl Rules {
    /// Reads packs and zones, and checks that every pack in force has its zones.
    pub(crate) fn parse(packs: &[StoredFile], zones: &[StoredFile]) -> Result<Self, FileFault> {
        let in_force =
            Zones::parse(zones.iter().filter(|file| file.active).map(|file| (file.path.as_str(), file.text.as_str())))?;
        let mut known = in_force.clone();
        for file in zones.iter().rev().filter(|file| !file.active) {
            known = known.or(Zones::parse([(file.path.as_str(), file.text.as_str())])?);
        }
        let mut rules = Self { in_force, known, ..Self::default() };
        for file in zones {
            let zone = Zone::parse(&file.path, &file.text)?;
            let with_others = Zones::parse([(file.path.as_str(), file.text.as_str())])?.or(rules.known.clone());
            rules.by_version.insert((zone.id, zone.version), with_others);
        }
        for file in packs {
            let pack = match file.active {
                true => Pack::load(&file.path, &file.text, &rules.in_force)?,
                false => Pack::parse(&file.path, &file.text)?,
            };
            if file.active {
                rules.active.push(pack.sha256);
            }
            rules.packs.insert(pack.sha256, pack);
        }
        Ok(rules)
    }

    /// Whether a pack of this id was read.
    pub fn has_pack(&self, id: &str) -> bool {
        self.packs.values().any(|pack| pack.id == id)
    }

    /// The pack of this id that is in force.
    pub fn in_force(&self, id: &str) -> Option<&Pack> {
        self.active.iter().filter_map(|sha256| self.packs.get(sha256)).find(|pack| pack.id == id)
    }

    /// The pack with this hash.
    pub fn pack(&self, sha256: Hash) -> Option<&Pack> {
        self.packs.get(&sha256)
    }

    /// The zones in force.
    pub const fn zones(&self) -> &Zones {
        &self.in_force
    }

    /// Works the assessment out again and compares.
    ///
    /// # Errors
    /// What is wrong with the facts, by field. Where the rules are not known here, that is what no rules would allow.
    pub fn replay(&self, facts: &Facts, said: &Assessment) -> Result<Replay, Fault> {
        let zones = match &said.zone {
            Some(zone) => self.by_version.get(&(zone.id.clone(), zone.version.clone())),
            None => Some(&self.known),
        };
        // An old pack may name a zone that is gone: that is our lack, not a fault of the facts.
        let known =
            self.packs.get(&said.pack.sha256).zip(zones).filter(|(pack, zones)| pack.check_zones(zones).is_ok());
        let Some((pack, zones)) = known else {
            facts.check_possible()?;
            return Ok(Replay::UnknownRules);
        };
        let again = assess(pack, zones, facts)?;
        Ok(if again == *said { Replay::Agrees } else { Replay::Disagrees })
    }
}
