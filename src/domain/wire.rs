//! The wire, version 1: JSON under `/v1`. Data flows to the server as entries, status flows back by the feed.
//! What vouches for the server's log is in [`ledger`].

mod ledger;

pub use ledger::{Certificate, Epochs, Kept, LedgerNews, Revocation, Watermark};

use super::codes::codes;
use super::ids::{Bytes, DeviceId, Hash, ReferralId, StaffId};
use super::private::Private;
use super::stage::{MeetPlace, Stage};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A batch holds at most this many entries.
pub const MOST_ENTRIES: usize = 100;
/// A request body holds at most this many bytes; a larger one gets 413.
pub const MOST_BODY_BYTES: usize = 1024 * 1024;

/// Header of a call without a body in which a device tells its [`Health`], as JSON.
pub const HEALTH_HEADER: &str = "handoff-health";
/// Header in which a device shows its enrolment [`Certificate`] to a server that does not know it: the
/// JSON of a [`Signed`], as base64url.
pub const CERTIFICATE_HEADER: &str = "handoff-certificate";

/// A document signed with the server's Ed25519 key: the signature is over `domain tag ‖ body`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The bytes that were signed.
    pub body: Bytes,
    /// 64 bytes.
    pub sig: Bytes,
}

/// `POST /v1/enrol`: a device asks to be let in, with a one-time code. `Debug` shows no code.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// The code, as an administrator gave it.
    pub code: String,
    /// The device's P-256 public key: 65 bytes, uncompressed point.
    pub device_key: Bytes,
    /// What kind of device, for the list of devices: `Pixel 9`, `car laptop`.
    pub model: String,
    /// Version of the app.
    pub app: String,
}

impl fmt::Debug for EnrolRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code: _, device_key: _, model, app } = self;
        f.debug_struct("EnrolRequest").field("model", model).field("app", app).finish_non_exhaustive()
    }
}

/// The answer to [`EnrolRequest`]. `Debug` shows no token.
#[derive(Clone, Serialize, Deserialize)]
pub struct EnrolReply {
    /// The device's id.
    pub device: DeviceId,
    /// 32 random bytes; sent as `Authorization: Bearer <base64url>` with every later call.
    pub token: Bytes,
    /// The server's Ed25519 public key, pinned from now on: 32 bytes.
    pub server_key: Bytes,
    /// Id of the agency's sealing key.
    pub sealing_key_id: String,
    /// The agency's sealing key: 32 bytes of X25519, or of P-256 an uncompressed point of 65 bytes.
    pub sealing_key: Bytes,
    /// Name of the agency, as shown on the phone.
    pub agency: String,
    /// The server's clock.
    pub server_time: DateTime<Utc>,
    /// A [`Certificate`] under the tag `handoff/certificate/1`: with it the device is known again to a
    /// server that was restored from a copy older than its enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Signed>,
}

impl fmt::Debug for EnrolReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolReply").field("device", &self.device).finish_non_exhaustive()
    }
}

/// How the device is; rides on every call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Entries without a receipt.
    pub unsent: u64,
    /// Entries that the server will not take.
    pub wedged: u64,
    /// Age of the oldest entry without a receipt, in seconds.
    pub oldest_unsent_s: Option<u64>,
    /// The device's wall clock when it sent this.
    pub wall: DateTime<Utc>,
    /// Version of the app.
    pub app: String,
    /// Outbox files that could not be read and were set aside on the device.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub set_aside: u64,
    /// The device's wall clock less the server's as it last heard it, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_ms: Option<i64>,
    /// The newest checkpoint of the server's log that the device has seen: a signed note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// `POST /v1/entries`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntriesRequest {
    /// How the device is.
    pub health: Health,
    /// At most [`MOST_ENTRIES`], in the order of the chain.
    pub entries: Vec<WireEntry>,
    /// Receipts that became void ([`Epochs::holds`]), of entries of this batch that are offered again: by them
    /// the server counts what of its lost range has come back. It takes the entries without them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<Signed>,
}

/// A sealed entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireEntry {
    /// The header's bytes.
    pub header: Bytes,
    /// HPKE encapsulated key.
    pub enc: Bytes,
    /// HPKE ciphertext of the compressed body and signature.
    pub ciphertext: Bytes,
}

/// The answer to [`EntriesRequest`]: one answer per entry, in the same order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EntriesReply {
    /// The server's clock.
    pub server_time: DateTime<Utc>,
    /// One per entry.
    pub answers: Vec<Answer>,
    /// The log's newest checkpoint, if there is a newer one than the device has seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerNews>,
    /// [`Epochs`] under the tag `handoff/epochs/1`, once the server was restored from a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epochs: Option<Signed>,
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Hash of the entry as the server received it.
    pub entry: Hash,
    /// Taken or refused.
    pub result: EntryResult,
}

/// Taken or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryResult {
    /// Durably stored: a [`ReceiptBody`] under the tag `handoff/receipt/1`.
    Receipt(Signed),
    /// Not taken.
    Refused {
        /// Why.
        reason: Refusal,
        /// The field at fault, in words without anything about a person.
        detail: String,
    },
}

/// The body of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptBody {
    /// The entry it is for.
    pub entry: Hash,
    /// Its position in the server's log, from 1.
    pub position: u64,
    /// The server's epoch, from 1.
    pub epoch: u64,
    /// Entries up to this position are in a backup; 0 when there is none yet.
    pub backed_up: u64,
    /// When the server stored it.
    pub at: DateTime<Utc>,
    /// The record was erased at the server: it is not kept again, and the device may forget its bytes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

codes! {
    /// Why an entry is not taken.
    Refusal {
        /// The header cannot be read.
        Malformed = "malformed",
        /// The entry names a device that is not the caller, or one that nobody enrolled.
        UnknownDevice = "unknown_device",
        /// The officer is not on the roster.
        UnknownOfficer = "unknown_officer",
        /// Sealed to a key that this server does not hold.
        UnknownSealingKey = "unknown_sealing_key",
        /// It does not open: changed on the way, or sealed for someone else.
        Unsealable = "unsealable",
        /// The device's signature does not fit.
        BadSignature = "bad_signature",
        /// The body is not a valid record; `detail` names the field.
        BadBody = "bad_body",
        /// It contradicts an entry of the same chain that is already stored.
        ContradictedChain = "contradicted_chain",
        /// The kind of entry is newer than this server.
        UnknownKind = "unknown_kind",
        /// A passing fault here: send it again.
        TryAgain = "try_again",
    }
}

/// Whether sending again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Yes, after a pause.
    After,
    /// Not without a change on one side: the entry is wedged, and shown.
    Never,
}

impl Refusal {
    /// Whether sending the same bytes again can help.
    pub const fn retry(self) -> Retry {
        match self {
            Self::TryAgain => Retry::After,
            Self::Malformed
            | Self::UnknownDevice
            | Self::UnknownOfficer
            | Self::UnknownSealingKey
            | Self::Unsealable
            | Self::BadSignature
            | Self::BadBody
            | Self::ContradictedChain
            | Self::UnknownKind => Retry::Never,
        }
    }
}

/// `GET /v1/feed?after=CURSOR&config=SHA256`: what happened since, and the configuration if it changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FeedReply {
    /// Ask again after this.
    pub cursor: u64,
    /// The server's epoch.
    pub epoch: u64,
    /// The server's clock.
    pub server_time: DateTime<Utc>,
    /// Status of this device's referrals, oldest first.
    pub statuses: Vec<Status>,
    /// A [`Config`] under the tag `handoff/config/1`, when it is not the one the device has.
    pub config: Option<Signed>,
    /// The log's newest checkpoint, if there is a newer one than the device has seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerNews>,
    /// [`Epochs`] under the tag `handoff/epochs/1`, once the server was restored from a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epochs: Option<Signed>,
    /// A [`Watermark`] under the tag `handoff/watermark/1`, once there is a backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watermark: Option<Signed>,
}

/// Where one referral stands. Names no participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Which.
    pub referral: ReferralId,
    /// Where it stands.
    pub stage: Stage,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Who has it, resolved through the roster.
    #[serde(default)]
    pub by: Option<StaffId>,
    /// When and where they will meet.
    #[serde(default)]
    pub meet: Option<Meet>,
    /// The person took part before, and a release lets officers know who their case manager is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<Participant>,
}

/// Who is the case manager of someone who takes part already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Who, resolved through the roster.
    pub by: StaffId,
    /// The release ends then: from there on it is not shown.
    pub until: DateTime<Utc>,
}

/// When and where the case manager will meet the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meet {
    /// When.
    pub at: DateTime<Utc>,
    /// Where, as a code.
    pub place: MeetPlace,
}

/// What a phone needs to work offline. Signed by the server; the phone keeps the newest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The pack in force, by id.
    pub pack: String,
    /// Pack files, as text, to the byte.
    pub packs: Vec<String>,
    /// Zone files, as text, to the byte.
    pub zones: Vec<String>,
    /// People of the program who act on referrals, and officers who may start a shift.
    pub roster: Vec<StaffCard>,
    /// Who is on call, when; in order of time, then of call. At least the next 72 hours.
    pub rota: Vec<OnCall>,
    /// The rule of the site's time zone ([`super::local::Zone`]); nothing from a server that does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// A member of staff, as others may see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffCard {
    /// Who.
    pub id: StaffId,
    /// Their role's code.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// An officer's serial number; empty for others.
    pub serial: String,
    /// A number to dial; empty if there is none.
    pub phone: Private<String>,
}

super::codes::codes! {
    /// What a member of staff does.
    Role {
        /// Decides at the scene.
        Officer = "officer",
        /// Answers referrals.
        CaseManager = "case_manager",
        /// Audits every decision.
        Sergeant = "sergeant",
        /// Holds the charges; sees how far a referral is, and what was released.
        Prosecutor = "prosecutor",
    }
}

/// One turn on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCall {
    /// Who.
    pub staff: StaffId,
    /// From.
    pub from: DateTime<Utc>,
    /// Until, not included.
    pub until: DateTime<Utc>,
    /// 1 is called first.
    pub order: u32,
}

/// The body of every refusal of a whole call: 4xx and 5xx under `/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A code that does not change: `bad_field`, `too_large`, `forbidden`, `revoked`, `awaiting_confirmation`,
    /// `full`, `busy` …
    pub error: String,
    /// The field at fault, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// A sentence for a person, with nothing about a participant.
    pub message: String,
    /// With `revoked`: a [`Revocation`] under the tag `handoff/revocation/1`. Only this makes a device
    /// destroy its read key; a 403 alone never does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<Signed>,
    /// With `awaiting_confirmation` and `revoked`: [`Epochs`] under the tag `handoff/epochs/1`. The feed is closed, and
    /// what is no longer held can be offered again at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epochs: Option<Signed>,
}
