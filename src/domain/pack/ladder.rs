//! Who is told of a referral that waits, and when: the ladder of a pack's terms.
//!
//! `terms.ladder` is an object with `repeat_min`, `seen_min` (optional) and `rungs`, a list of `who` and
//! `after_min`. A pack without one has [`Ladder::default`].

use crate::domain::codes::codes;
use crate::domain::fault::Fault;
use serde::{Deserialize, Serialize};

/// A rung comes at most so many minutes after the receipt.
const LATEST_MIN: u32 = 240;
/// Someone is told again after at most so many minutes.
const MOST_PAUSE_MIN: u32 = 60;

codes! {
    /// Who stands on a rung.
    RungWho {
        /// The first on call.
        OnCall = "on_call",
        /// Whoever is on call after the rung before.
        NextOnCall = "next_on_call",
        /// The lead case manager.
        Lead = "lead",
        /// The sergeant of the officer's squad.
        Sergeant = "sergeant",
    }
}

impl RungWho {
    /// Whether a referral that comes so far is escalated: beyond those who are on call.
    pub const fn escalates(self) -> bool {
        matches!(self, Self::Lead | Self::Sergeant)
    }
}

/// One rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Who is told.
    pub who: RungWho,
    /// Minutes after the durable receipt at which they are told, if nobody has taken the referral.
    pub after_min: u32,
}

/// The ladder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// Someone who was told and has not looked is told again after so many minutes.
    pub repeat_min: u32,
    /// Someone who has looked is told again after so many minutes, if still nobody has taken it.
    #[serde(default = "seen_min")]
    pub seen_min: u32,
    /// The rungs, in the order of their time.
    pub rungs: Vec<Rung>,
}

const fn seen_min() -> u32 {
    10
}

impl Default for Ladder {
    /// Every 3 minutes until seen, the next on call at 10 minutes, the lead at 20, the sergeant at 30. Figures of
    /// our own, around the half hour within which a case manager means to be at the scene.
    fn default() -> Self {
        let rung = |who, after_min| Rung { who, after_min };
        Self {
            repeat_min: 3,
            seen_min: seen_min(),
            rungs: vec![
                rung(RungWho::OnCall, 0),
                rung(RungWho::NextOnCall, 10),
                rung(RungWho::Lead, 20),
                rung(RungWho::Sergeant, 30),
            ],
        }
    }
}

impl Ladder {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// The first field that would leave somebody waiting, or nobody told.
    pub(super) fn check(&self) -> Result<(), Fault> {
        if !(1..=MOST_PAUSE_MIN).contains(&self.repeat_min) {
            return Err(Fault::new("repeat_min", format!("is not from 1 to {MOST_PAUSE_MIN}")));
        }
        if !(self.repeat_min..=MOST_PAUSE_MIN).contains(&self.seen_min) {
            return Err(Fault::new("seen_min", format!("is not from repeat_min to {MOST_PAUSE_MIN}")));
        }
        let mut before: Option<&Rung> = None;
        for (i, rung) in self.rungs.iter().enumerate() {
            let earlier = self.rungs.get(..i).unwrap_or_default();
            when(before, rung).map_err(|why| Fault::new(format!("rungs[{i}].after_min"), why))?;
            who(earlier, rung).map_err(|why| Fault::new(format!("rungs[{i}].who"), why))?;
            before = Some(rung);
        }
        match self.rungs.iter().any(|rung| rung.who.escalates()) {
            true => Ok(()),
            false => Err(Fault::new("rungs", "nobody would hear of what is not answered: add `lead` or `sergeant`")),
        }
    }
}

fn when(before: Option<&Rung>, rung: &Rung) -> Result<(), String> {
    if before.is_none() && rung.after_min > 0 {
        return Err("the first is told at once: at 0".into());
    }
    if before.is_some_and(|before| rung.after_min <= before.after_min) {
        return Err("is not after the rung before".into());
    }
    if rung.after_min > LATEST_MIN { Err(format!("is more than {LATEST_MIN}")) } else { Ok(()) }
}

fn who(earlier: &[Rung], rung: &Rung) -> Result<(), &'static str> {
    let there = |who| earlier.iter().any(|rung| rung.who == who);
    if rung.who == RungWho::NextOnCall {
        return if there(RungWho::OnCall) { Ok(()) } else { Err("comes after `on_call`") };
    }
    if there(rung.who) { Err("is there already") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn fault(ladder: Value) -> String {
        serde_json::from_value::<Ladder>(ladder)
            .unwrap()
            .check()
            .map_or_else(|fault| fault.to_string(), |()| "fine".into())
    }

    fn rungs(list: &[(&str, u32)]) -> Value {
        let rungs: Vec<_> = list.iter().map(|(who, after)| json!({"who": who, "after_min": after})).collect();
        json!({"repeat_min": 3, "rungs": rungs})
    }

    #[test]
    fn the_ladder_of_a_pack_that_has_none_is_a_good_one() {
        assert_eq!(Ladder::default().check(), Ok(()));
        let same = rungs(&[("on_call", 0), ("next_on_call", 10), ("lead", 20), ("sergeant", 30)]);
        assert_eq!(serde_json::from_value::<Ladder>(same).unwrap(), Ladder::default());
    }

    #[test]
    fn a_ladder_on_which_someone_would_wait_unheard_names_its_field() {
        let starts = |list: &[(&str, u32)], with: &str| {
            let said = fault(rungs(list));
            assert!(said.starts_with(with), "{list:?}: {said}");
        };
        starts(&[], "rungs: nobody");
        starts(&[("on_call", 0)], "rungs: nobody");
        starts(&[("on_call", 1), ("lead", 20)], "rungs[0].after_min: the first");
        starts(&[("on_call", 0), ("lead", 0)], "rungs[1].after_min: is not after");
        starts(&[("on_call", 0), ("lead", 241)], "rungs[1].after_min: is more than 240");
        starts(&[("next_on_call", 0), ("lead", 20)], "rungs[0].who: comes after");
        starts(&[("on_call", 0), ("on_call", 5), ("lead", 20)], "rungs[1].who: is there already");
        starts(&[("on_call", 0), ("next_on_call", 5), ("next_on_call", 8), ("lead", 20)], "fine");
        starts(&[("lead", 0)], "fine");
    }

    #[test]
    fn pauses_have_a_least_and_a_most() {
        let with = |repeat: u32, seen: u32| {
            let mut ladder = rungs(&[("lead", 0)]);
            (ladder["repeat_min"], ladder["seen_min"]) = (json!(repeat), json!(seen));
            fault(ladder)
        };
        assert_eq!(with(0, 10), "repeat_min: is not from 1 to 60");
        assert_eq!(with(5, 4), "seen_min: is not from repeat_min to 60");
        assert_eq!(with(5, 61), "seen_min: is not from repeat_min to 60");
        assert_eq!(with(5, 5), "fine");
    }
}
