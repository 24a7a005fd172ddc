//! The pages. Each takes a view and lays it out.

mod case;
mod cases;
mod decision;
mod devices;
mod import;
mod inbox;
mod ladder;
mod log;
mod me;
mod note;
mod one_person;
mod outside;
mod referral;
mod released;
mod releases;
mod rota;
mod turn;

pub use case::{CasePage, CasePageProps};
pub use cases::{CaseloadPage, CaseloadPageProps};
pub use decision::{DecisionPage, DecisionPageProps};
pub use devices::{DevicesPage, DevicesPageProps};
pub use import::{ImportPage, ImportPageProps};
pub use inbox::{InboxPage, InboxPageProps};
pub use ladder::{AlertFragment, AlertFragmentProps, WaitingPage, WaitingPageProps};
pub use log::{LogPage, LogPageProps};
pub use me::{MePage, MePageProps};
pub use note::{NotePage, NotePageProps};
pub use outside::{Action, MessagePage, MessagePageProps, SignInPage, SignInPageProps};
pub use referral::{ReferralPage, ReferralPageProps};
pub use released::{OutsidePage, OutsidePageProps, ReleasedPage, ReleasedPageProps};
pub use releases::{ReleasesPage, ReleasesPageProps};
pub use rota::{RotaPage, RotaPageProps};
pub use turn::{TurnPage, TurnPageProps};
