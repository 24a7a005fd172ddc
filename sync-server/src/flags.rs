//! What a sergeant should look at twice. A flag never stops an entry.

/// A mark on a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// The decision departs from the verdict, on a supervisor's word.
    Override,
    /// The fix touches a boundary, is old, or is simulated.
    UnsureFix,
    /// It came more than 15 minutes after it was written.
    LateSync,
    /// The device's clock is more than 60 seconds off.
    ClockOffset,
    /// The rules give another result here than on the phone.
    ReplayDisagrees,
    /// The pack or zone file of the phone is not one of this server's, so the rules could not be replayed.
    UnknownPack,
    /// Entries before it have not come yet.
    ChainGap,
    /// Another entry stands at the same place of the chain, as from a phone restored from a copy.
    ChainConflict,
    /// Recorded while the phone was locked.
    WhileLocked,
    /// Signed by another officer than the one for whom the device was enrolled. A crew may lend one: it is shown,
    /// not refused.
    OtherOfficer,
    /// Signed by nobody whom the roster knows: taken only since the database was restored from a copy, for the
    /// officer may have come to the program after it was made.
    UnknownOfficer,
    /// A late fix or a correction came to it.
    Amended,
    /// An amendment gives another verdict than the one on which the officer decided.
    VerdictChanged,
    /// The officer took it back.
    Withdrawn,
    /// The device's wall clock was moved before it.
    ClockMoved,
}

impl Flag {
    /// Every flag, in the order in which they are shown.
    pub const ALL: [Self; 15] = [
        Self::Override,
        Self::UnsureFix,
        Self::LateSync,
        Self::ClockOffset,
        Self::ReplayDisagrees,
        Self::UnknownPack,
        Self::ChainGap,
        Self::ChainConflict,
        Self::WhileLocked,
        Self::OtherOfficer,
        Self::UnknownOfficer,
        Self::Amended,
        Self::VerdictChanged,
        Self::Withdrawn,
        Self::ClockMoved,
    ];

    /// The code, as in a link that filters the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::UnsureFix => "unsure_fix",
            Self::LateSync => "late_sync",
            Self::ClockOffset => "clock_offset",
            Self::ReplayDisagrees => "replay_disagrees",
            Self::UnknownPack => "unknown_pack",
            Self::ChainGap => "chain_gap",
            Self::ChainConflict => "chain_conflict",
            Self::WhileLocked => "while_locked",
            Self::OtherOfficer => "other_officer",
            Self::UnknownOfficer => "unknown_officer",
            Self::Amended => "amended",
            Self::VerdictChanged => "verdict_changed",
            Self::Withdrawn => "withdrawn",
            Self::ClockMoved => "clock_moved",
        }
    }

    /// The flag of a code, or nothing.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.code() == code)
    }

    /// Its bit as stored: never changes its meaning.
    const fn bit(self) -> i64 {
        match self {
            Self::Override => 1,
            Self::UnsureFix => 1 << 1,
            Self::LateSync => 1 << 2,
            Self::ClockOffset => 1 << 3,
            Self::ReplayDisagrees => 1 << 4,
            Self::UnknownPack => 1 << 5,
            Self::ChainGap => 1 << 6,
            Self::ChainConflict => 1 << 7,
            Self::WhileLocked => 1 << 8,
            Self::OtherOfficer => 1 << 9,
            Self::UnknownOfficer => 1 << 20,
            Self::Amended => 1 << 10,
            Self::VerdictChanged => 1 << 11,
            Self::Withdrawn => 1 << 12,
            Self::ClockMoved => 1 << 13,
        }
    }
}

/// A set of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(i64);

impl Flags {
    /// With this flag, if it holds.
    #[must_use]
    pub const fn with_if(self, flag: Flag, holds: bool) -> Self {
        if holds { Self(self.0 | flag.bit()) } else { self }
    }

    /// Whether the flag is set.
    pub const fn has(self, flag: Flag) -> bool {
        self.0 & flag.bit() != 0
    }

    /// The flags that are set, in the order in which they are shown.
    pub fn list(self) -> Vec<Flag> {
        Flag::ALL.into_iter().filter(|flag| self.has(*flag)).collect()
    }

    /// The bits as stored.
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// The set of stored bits.
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_has_a_bit_and_a_code_of_its_own() {
        let all = Flag::ALL.into_iter().fold(Flags::default(), |set, flag| set.with_if(flag, true));
        assert_eq!(all.bits().count_ones(), 15);
        assert_eq!(all.list(), Flag::ALL);
        assert!(Flag::ALL.into_iter().all(|flag| Flag::from_code(flag.code()) == Some(flag)));
        assert_eq!(Flag::from_code("none"), None);
    }
}
