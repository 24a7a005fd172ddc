//! The fault lab's switches: mistakes that others have shipped, each planted where it would be made, and
//! each off unless a test asks for it. A gate that no mistake can trip proves nothing.
//!
//! Without the feature `lab` (no default has it, and it does not build without debug assertions, so in no
//! release) [`planted`] is a constant `false` and the compiler leaves every site out. With it, a test
//! plants by [`plant`], and a program by its environment: `HANDOFF_PLANTED=synchronous_normal`.

#[cfg(all(feature = "lab", not(debug_assertions)))]
compile_error!("the feature `lab` plants mistakes for tests; it is for no program that anyone uses");

macro_rules! bugs {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// A mistake that can be planted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Bug { $($(#[doc = $doc])+ $name,)+ }

        impl Bug {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name in the environment and in tables.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }
        }
    };
}

bugs! {
    /// The server tells of success before the commit.
    AckBeforeCommit = "ack_before_commit",
    /// Both stores flush at checkpoints only.
    SynchronousNormal = "synchronous_normal",
    /// A save that is tried again gets another id.
    RetryUnderNewId = "retry_under_new_id",
    /// The phone drops an entry once it was sent.
    DeleteBeforeReceipt = "delete_before_receipt",
    /// A server hears of another's news only when it is told, and never looks.
    NotifyOnly = "notify_only",
    /// A checkpoint is signed over leaves that nobody recomputed.
    SignWithoutRecheck = "sign_without_recheck",
    /// One role's pages are open to the others.
    RoleCheckSkipped = "role_check_skipped",
    /// The server's log tells a participant's name.
    NameLogged = "name_logged",
    /// The phone takes the entry with the latest wall clock for the last of its chain.
    ClockForOrder = "clock_for_order",
    /// Any 200 clears what was sent.
    OkIsReceipt = "200_is_receipt",
    /// A wedged entry stops every other referral's.
    PoisonBlocks = "poison_blocks",
    /// After some failures the phone never tries again.
    NeverWakes = "never_wakes",
    /// The feed's cursor is kept, what came with it is not.
    CursorAhead = "cursor_ahead",
    /// The phone does not notice that the server began a new epoch.
    EpochIgnored = "epoch_ignored",
    /// A stranger's signature on a receipt passes.
    SignatureIgnored = "signature_ignored",
    /// A revoked device still reads the feed.
    RevokedReads = "revoked_reads",
    /// Whoever looks at a referral ends its ladder, as if they had taken it.
    SeenIsAccepted = "seen_is_accepted",
    /// A revoked phone keeps the keys that read.
    RevokedKeysStay = "revoked_keys_stay",
    /// A withdrawal is kept, and the case stays open.
    WithdrawalLeavesOpen = "withdrawal_leaves_open",
    /// An amendment's verdict takes the decision's place.
    AmendmentOverwrites = "amendment_overwrites",
    /// The phone sends the newest entry of a referral first.
    LaterOvertakes = "later_overtakes",
    /// What comes after a decision gets no leaf of its own in the ledger.
    LeafSkipped = "leaf_skipped",
    /// A checkpoint is signed over another tree than the log's.
    OtherTreeSigned = "other_tree_signed",
    /// What was typed while locked is thrown away at the unlock.
    NotesDropped = "notes_dropped",
    /// An officer's vault is written without its key.
    VaultInClear = "vault_in_clear",
}

/// Whether this process runs simulated worlds. Then what only costs time is left out: what [`hurried`] leaves out,
/// encrypted pages are smaller and have no MAC, logs are short, and the server reads and writes where it is asked,
/// without threads of its own.
#[cfg(not(feature = "lab"))]
pub const fn simulated() -> bool {
    false
}

/// Whether this process leaves out what is dear on purpose and shows in nothing that it writes: a vault's secret is as
/// cheap to try as can be, and memory that SQLCipher gives back is not swept.
#[cfg(not(feature = "lab"))]
pub const fn hurried() -> bool {
    false
}

/// Whether this mistake is planted.
#[cfg(not(feature = "lab"))]
pub const fn planted(_: Bug) -> bool {
    false
}

#[cfg(feature = "lab")]
pub use switch::{hurried, hurry, plant, planted, simulate, simulated};

#[cfg(feature = "lab")]
mod switch {
    use super::Bug;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    static PLANTED: AtomicU32 = AtomicU32::new(0);
    static SIMULATED: AtomicBool = AtomicBool::new(false);
    static HURRIED: AtomicBool = AtomicBool::new(false);

    /// Whether this process runs simulated worlds.
    pub fn simulated() -> bool {
        SIMULATED.load(Ordering::Relaxed)
    }

    /// From now on it does.
    pub fn simulate() {
        SIMULATED.store(true, Ordering::Relaxed);
        hurry();
    }

    /// Whether this process leaves out what is dear on purpose and shows in nothing that it writes: a vault's secret is
    /// as cheap to try as can be, and memory that SQLCipher gives back is not swept.
    pub fn hurried() -> bool {
        HURRIED.load(Ordering::Relaxed)
    }

    /// From now on it does.
    pub fn hurry() {
        HURRIED.store(true, Ordering::Relaxed);
    }

    /// Whether this mistake is planted.
    pub fn planted(bug: Bug) -> bool {
        (PLANTED.load(Ordering::Relaxed) | from_environment()) & bit(bug) != 0
    }

    /// Plants this mistake in the whole process, and no other.
    pub fn plant(bug: Option<Bug>) {
        PLANTED.store(bug.map_or(0, bit), Ordering::Relaxed);
    }

    const fn bit(bug: Bug) -> u32 {
        1 << bug as u32
    }

    fn from_environment() -> u32 {
        static NAMED: OnceLock<u32> = OnceLock::new();
        *NAMED.get_or_init(|| {
            let named = std::env::var("HANDOFF_PLANTED").unwrap_or_default();
            let bugs = Bug::ALL.iter().filter(|bug| named.split(',').any(|name| name == bug.code()));
            bugs.fold(0, |bits, bug| bits | bit(*bug))
        })
    }
}
