//! The fixed codes of the field, as they stand in facts, packs and entries.
//!
//! A pack may add offences, questions and history groups of its own, so those stay text where a pack
//! owns them; what is fixed here is what every site shares.

use serde::{Deserialize, Serialize};

/// Declares a closed set of codes once: the enum, its text, and the list of all.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant),+ }

        impl $name {
            /// Every code, in the order in which it is shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it is stored and sent.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The value of a code, or nothing if it is not one of these.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// How a person comes to the program from police.
    Door {
        /// Probable cause exists; a case manager is offered instead of jail.
        Arrest = "arrest",
        /// No arrest; a person at high risk of one.
        SocialContact = "social_contact",
    }
}
codes! {
    /// What was found, for the grams that a pack allows.
    DrugClass {
        /// Heroin.
        Heroin = "heroin",
        /// Fentanyl.
        Fentanyl = "fentanyl",
        /// Cocaine, crack included.
        Cocaine = "cocaine",
        /// Methamphetamine.
        Methamphetamine = "methamphetamine",
        /// Prescription opiates, pills mostly.
        PrescriptionOpiate = "prescription_opiate",
        /// Cannabis.
        Cannabis = "cannabis",
        /// Anything else, or not known.
        Other = "other",
    }
}
codes! {
    /// The officer's answer to a question of the pack.
    YesNo {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// Asked and not known.
        Unknown = "unknown",
    }
}
codes! {
    /// What one rule says about one set of facts.
    Outcome {
        /// The rule is satisfied.
        Pass = "pass",
        /// The rule bars diversion, unless a supervisor overrides it with a reason.
        Bars = "bars",
        /// A supervisor decides.
        NeedsSupervisor = "needs_supervisor",
        /// The facts do not tell.
        Unknown = "unknown",
    }
}
codes! {
    /// What the rules say together.
    Verdict {
        /// Every rule passes.
        Eligible = "eligible",
        /// At least one rule bars.
        Barred = "barred",
        /// None bars, some are unknown or need a supervisor.
        NeedsSupervisor = "needs_supervisor",
    }
}
codes! {
    /// Where a fix lies against a zone, never rounded.
    Containment {
        /// The whole accuracy circle is inside.
        Inside = "inside",
        /// The whole accuracy circle is outside.
        Outside = "outside",
        /// The circle touches a boundary, or the fix is old or a mock.
        Unsure = "unsure",
    }
}
codes! {
    /// What the officer decided, at their discretion.
    Choice {
        /// Offered, and the person said yes: this makes a case.
        OfferedAccepted = "offered_accepted",
        /// Offered, and the person said no.
        OfferedDeclined = "offered_declined",
        /// Not offered.
        NotOffered = "not_offered",
    }
}
codes! {
    /// What became of the person at the scene.
    SceneOutcome {
        /// To the case manager.
        Diverted = "diverted",
        /// To jail.
        Booked = "booked",
        /// Free to go.
        Released = "released",
    }
}
codes! {
    /// Why an offer was not made or not taken: one tap, no free text, so that no name slips in.
    Reason {
        /// The rules bar it.
        RulesBar = "rules_bar",
        /// The person does not want it now.
        NotInterested = "not_interested",
        /// The person is too unwell or too intoxicated to be asked; medical aid was called.
        NotAbleNow = "not_able_now",
        /// No case manager could come.
        NoCaseManager = "no_case_manager",
        /// Someone would be in danger.
        SafetyConcern = "safety_concern",
        /// A warrant or another hold.
        WarrantOrHold = "warrant_or_hold",
        /// The officer was called away.
        CalledAway = "called_away",
        /// The person wants to speak with a lawyer first.
        WantsLawyer = "wants_lawyer",
        /// None of these.
        Other = "other",
    }
}
codes! {
    /// Race or ethnicity as the officer perceives it or the person says it.
    Race {
        /// American Indian or Alaska Native.
        Native = "native",
        /// Asian.
        Asian = "asian",
        /// Black or African American.
        Black = "black",
        /// Hispanic or Latino.
        Latino = "latino",
        /// Middle Eastern or North African.
        MiddleEastern = "middle_eastern",
        /// Native Hawaiian or Pacific Islander.
        PacificIslander = "pacific_islander",
        /// White.
        White = "white",
        /// More than one.
        Several = "several",
        /// Not known.
        Unknown = "unknown",
    }
}
codes! {
    /// Sex.
    Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
        /// Another.
        Other = "other",
        /// Not known.
        Unknown = "unknown",
    }
}
codes! {
    /// Age in bands: enough for the report on fairness, too little to name anyone.
    AgeBand {
        /// Under 18.
        Under18 = "under_18",
        /// 18 to 24.
        From18 = "18_24",
        /// 25 to 34.
        From25 = "25_34",
        /// 35 to 44.
        From35 = "35_44",
        /// 45 to 54.
        From45 = "45_54",
        /// 55 and over.
        From55 = "55_plus",
        /// Not known.
        Unknown = "unknown",
    }
}
codes! {
    /// What the person needs tonight.
    Need {
        /// Food.
        Food = "food",
        /// A place to sleep.
        Shelter = "shelter",
        /// Medical care.
        Medical = "medical",
        /// Withdrawal.
        Withdrawal = "withdrawal",
        /// Safety from someone.
        Safety = "safety",
        /// Dry clothes.
        Clothing = "clothing",
    }
}
codes! {
    /// How the person answered when asked to share their details with the program.
    ConsentManner {
        /// In words.
        Spoken = "spoken",
        /// In writing.
        Written = "written",
        /// Through an interpreter.
        Interpreter = "interpreter",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_its_own_json() {
        for need in Need::ALL {
            assert_eq!(serde_json::to_value(need).unwrap(), need.code());
            assert_eq!(Need::from_code(need.code()), Some(*need));
        }
        assert_eq!(AgeBand::from_code("18_24"), Some(AgeBand::From18));
        assert_eq!(Door::from_code("window"), None);
    }
}
