//! The codes of a case, each set closed.

use crate::domain::codes::codes;
use serde::{Deserialize, Serialize};

codes! {
    /// What a note is about, in the order in which a case usually needs them.
    NoteKind {
        /// Someone went to meet the person.
        Arrival = "arrival",
        /// What cannot wait.
        Urgent = "urgent",
        /// The intake.
        Intake = "intake",
        /// What the person needs, area by area.
        Needs = "needs",
        /// What the person wants, and how to get there.
        Plan = "plan",
        /// A contact, or a try at one.
        Contact = "contact",
        /// How the person is doing.
        Outcome = "outcome",
        /// The case goes inactive, or comes back.
        Spell = "spell",
    }
}
codes! {
    /// What came of going to meet the person.
    ArrivalResult {
        /// They met.
        Met = "met",
        /// The person was not found.
        NotFound = "not_found",
    }
}
codes! {
    /// What came of an intake.
    IntakeResult {
        /// It was done.
        Done = "done",
        /// It was missed: another is made.
        Missed = "missed",
    }
}
codes! {
    /// An area of a life in which a person may need something.
    Area {
        /// Money to live on.
        Income = "income",
        /// A place to live.
        Housing = "housing",
        /// Health of the body.
        Medical = "medical",
        /// Use of drugs and alcohol.
        SubstanceUse = "substance_use",
        /// Health of the mind.
        MentalHealth = "mental_health",
        /// Courts, warrants, fines.
        Legal = "legal",
        /// Identity papers.
        Identity = "identity",
        /// School and training.
        Education = "education",
        /// Work.
        Work = "work",
        /// Safety from others.
        Safety = "safety",
    }
}
codes! {
    /// How much help an area needs, as the person and the case manager see it.
    Level {
        /// None now.
        None = "none",
        /// Some.
        Some = "some",
        /// A lot.
        High = "high",
    }
}
codes! {
    /// How far a step of a plan is.
    StepState {
        /// Not begun.
        Open = "open",
        /// Under way.
        Doing = "doing",
        /// Done.
        Done = "done",
        /// The person set it aside.
        SetAside = "set_aside",
    }
}
codes! {
    /// A service that a step needs.
    Service {
        /// Meals.
        Meals = "meals",
        /// A bed for the night.
        Shelter = "shelter",
        /// A home.
        Housing = "housing",
        /// Medical care.
        Medical = "medical",
        /// Drug treatment, if the person wants it.
        Treatment = "treatment",
        /// Mental-health care.
        MentalHealth = "mental_health",
        /// Legal income: benefits, pension.
        Income = "income",
        /// Identity papers.
        Documents = "documents",
        /// Court dates and obligations.
        Court = "court",
        /// School.
        Education = "education",
        /// Job training.
        Training = "training",
        /// Job placement.
        Jobs = "jobs",
        /// A small loan to start a business.
        MicroLoan = "micro_loan",
        /// Another.
        Other = "other",
    }
}
codes! {
    /// How a contact was made or tried.
    Manner {
        /// Face to face.
        InPerson = "in_person",
        /// By telephone.
        Phone = "phone",
        /// By message.
        Message = "message",
        /// Through someone who knows them.
        ThroughSomeone = "through_someone",
    }
}
codes! {
    /// Whether a contact came about.
    Reached {
        /// They spoke.
        Yes = "yes",
        /// They did not.
        No = "no",
    }
}
codes! {
    /// Where someone lives.
    Housing {
        /// Outside, or in a vehicle.
        Outside = "outside",
        /// In a shelter.
        Shelter = "shelter",
        /// With friends or family.
        WithSomeone = "with_someone",
        /// In a place for a time: transitional, a motel, treatment.
        ForNow = "for_now",
        /// In a home of their own.
        Own = "own",
    }
}
codes! {
    /// Whether someone works.
    Work {
        /// Not now.
        None = "none",
        /// Looking for work.
        Looking = "looking",
        /// In school or training.
        Training = "training",
        /// Now and then.
        Sometimes = "sometimes",
        /// Regularly.
        Regular = "regular",
    }
}
codes! {
    /// What someone lives on.
    Income {
        /// Nothing legal.
        None = "none",
        /// Benefits.
        Benefits = "benefits",
        /// Wages.
        Wages = "wages",
        /// Both.
        Both = "both",
    }
}
codes! {
    /// How someone's health is, against the time before.
    Health {
        /// Worse.
        Worse = "worse",
        /// The same.
        Same = "same",
        /// Better.
        Better = "better",
    }
}
codes! {
    /// Why a case goes inactive.
    AwayReason {
        /// Nobody can find the person.
        LostTouch = "lost_touch",
        /// The person asked for it.
        OwnWish = "own_wish",
        /// In jail or prison.
        InCustody = "in_custody",
        /// In hospital or residential care.
        InCare = "in_care",
        /// Went to live elsewhere.
        MovedAway = "moved_away",
        /// The person died.
        Died = "died",
        /// None of these.
        Other = "other",
    }
}
codes! {
    /// How a case came back.
    BackReason {
        /// The person came by or called.
        CameBy = "came_by",
        /// We found them.
        Found = "found",
        /// They were released.
        Released = "released",
        /// None of these.
        Other = "other",
    }
}
