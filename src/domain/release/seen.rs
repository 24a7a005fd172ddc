//! The one place where it is decided what someone outside the program sees of a case.

use super::given::{Audience, Given, Item, Release};
use crate::domain::casework::{IntakeClock, Lived, Service, Standing, StepState};
use crate::domain::codes::codes;
use crate::domain::ids::{ReleaseId, StaffId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who looks from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onlooker {
    /// An officer or a sergeant.
    Officer,
    /// The prosecutor who holds the charge.
    Prosecutor,
    /// Whom this release names.
    Named(ReleaseId),
}

codes! {
    /// How far a referral is, as far as it may be known outside.
    Progress {
        /// An officer referred them; nobody has it yet.
        Referred = "referred",
        /// A case manager has it.
        Accepted = "accepted",
        /// They met.
        Met = "met",
        /// The officer took it back.
        TakenBack = "taken_back",
    }
}

impl Progress {
    /// Of a case that stands so. That a case is inactive is no one's outside.
    pub const fn of(standing: Standing) -> Self {
        match standing {
            Standing::Untaken => Self::Referred,
            Standing::Accepted | Standing::Away { met: false } => Self::Accepted,
            Standing::Met | Standing::Away { met: true } => Self::Met,
            Standing::Withdrawn => Self::TakenBack,
        }
    }
}

/// Everything of a case that could ever be let out.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Where it stands.
    pub standing: Standing,
    /// What its notes say.
    pub lived: &'a Lived<'a>,
    /// The intake's clock.
    pub intake: IntakeClock,
    /// Who has it.
    pub manager: Option<StaffId>,
}

/// How a person came and stayed, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attendance {
    /// When they met.
    pub met: Option<NaiveDate>,
    /// The intake.
    pub intake: IntakeClock,
    /// When somebody last spoke with the person.
    pub last_contact: Option<NaiveDate>,
}

/// A goal of a plan, without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalSummary {
    /// How many steps it has; those that were set aside do not count.
    pub steps: usize,
    /// How many are done.
    pub done: usize,
    /// The services that they need.
    pub services: BTreeSet<Service>,
}

/// What someone outside sees of a case: nothing else of it reaches a page, a file or a feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// How far it is.
    pub progress: Option<Progress>,
    /// The intake's clock: whoever holds the charge sees it always.
    pub intake: Option<IntakeClock>,
    /// How they came and stayed.
    pub attendance: Option<Attendance>,
    /// The plan, goal by goal.
    pub plan: Option<Vec<GoalSummary>>,
    /// Who the case manager is.
    pub manager: Option<StaffId>,
    /// The releases that let this out, the oldest first.
    pub by: Vec<ReleaseId>,
}

impl Seen {
    /// Whether there is more than the status, so that the notice must stand beside it.
    pub const fn is_released(&self) -> bool {
        !self.by.is_empty()
    }
}

/// What this onlooker sees of a case on this day, by these releases: status only, but for what holds.
pub fn seen(onlooker: Onlooker, releases: &[Given], (case, today): (Known<'_>, NaiveDate)) -> Seen {
    let open = !matches!(case.standing, Standing::Withdrawn | Standing::Untaken);
    let holding = releases.iter().filter(|_| open).filter_map(|given| Some((given.id, given.holds(today)?)));
    let for_them: Vec<_> = holding.filter(|(id, release)| is_for(onlooker, *id, release)).collect();
    let lets_out = |item: Item| for_them.iter().any(|(_, release)| lets_out(release, item));
    let (status, charge) = match onlooker {
        Onlooker::Officer => (true, false),
        Onlooker::Prosecutor => (true, true),
        Onlooker::Named(_) => (lets_out(Item::Status), false),
    };
    let attendance = Attendance { met: case.lived.met, intake: case.intake, last_contact: case.lived.last_contact };
    Seen {
        progress: status.then(|| Progress::of(case.standing)),
        intake: (charge && open).then_some(case.intake),
        attendance: lets_out(Item::Attendance).then_some(attendance),
        plan: lets_out(Item::Plan).then(|| summary(case.lived)),
        manager: case.manager.filter(|_| lets_out(Item::Manager)),
        by: for_them.iter().map(|(id, _)| *id).collect(),
    }
}

fn is_for(onlooker: Onlooker, id: ReleaseId, release: &Release) -> bool {
    match onlooker {
        Onlooker::Officer => release.to == Audience::Officer,
        Onlooker::Prosecutor => release.to == Audience::Prosecutor,
        Onlooker::Named(named) => release.to == Audience::Other && named == id,
    }
}

/// A form refuses a spoken word for what tells of care; this does too.
fn lets_out(release: &Release, item: Item) -> bool {
    release.items.contains(&item) && (release.manner.is_signed() || !item.tells_of_care())
}

fn summary(lived: &Lived<'_>) -> Vec<GoalSummary> {
    let goals = lived.plan.map(|plan| plan.goals.as_slice()).unwrap_or_default();
    let goal = |goal: &crate::domain::casework::Goal| {
        let counted = || goal.steps.iter().filter(|step| step.state != StepState::SetAside);
        GoalSummary {
            steps: counted().count(),
            done: counted().filter(|step| step.state == StepState::Done).count(),
            services: counted().filter_map(|step| step.service).collect(),
        }
    };
    goals.iter().map(goal).collect()
}
