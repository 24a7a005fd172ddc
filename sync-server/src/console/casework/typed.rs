//! What a person typed into the form of a note: kept as it came, and read.

mod release;

use chrono::NaiveDate;
use handoff::domain::casework::{
    Area, Arrival, ArrivalResult, Assessed, AwayReason, BackReason, Charges, Contact, Days, Goal, Health, Housing,
    Income, Intake, IntakeResult, Level, MOST_GOALS, MOST_STEPS, Manner, NeedsAssessment, Note, NoteFault, NoteKind,
    OutcomeNote, Plan, PlanStep, Reached, Service, Spell, StepState, Turn, Urgent, Work, Wrong,
};
use handoff::domain::codes::Need;
use handoff::domain::ids::NoteId;
use handoff::domain::private::Private;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// In the field of what is urgent: nothing is.
pub const NOTHING: &str = "none";

/// The fields of a form with what stands in them. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Typed(BTreeMap<String, Vec<String>>);

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[private]")
    }
}

impl From<Vec<(String, String)>> for Typed {
    /// Browsers end the lines of a text in their own way.
    fn from(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (field, text) in pairs {
            typed.0.entry(field).or_default().push(text.replace("\r\n", "\n"));
        }
        typed
    }
}

impl Typed {
    /// What a form opens with: today, and of what replaces itself, the newest.
    pub fn opening(kind: NoteKind, newest: Option<&Note>, days: Days) -> Self {
        let mut typed = Self::default();
        match (kind, newest) {
            (NoteKind::Needs, Some(Note::Needs(needs))) => typed.put_needs(needs),
            (NoteKind::Plan, Some(Note::Plan(plan))) => typed.put_plan(plan),
            (NoteKind::Needs | NoteKind::Plan | NoteKind::Urgent, _) => {}
            (NoteKind::Arrival | NoteKind::Intake | NoteKind::Contact | NoteKind::Outcome | NoteKind::Spell, _) => {
                typed.put("on", days.today.to_string())
            }
        }
        typed
    }

    /// What stands in a field; empty if nothing does.
    pub fn one(&self, field: &str) -> &str {
        self.0.get(field).and_then(|texts| texts.first()).map_or("", String::as_str)
    }

    /// Everything that was chosen in a field.
    pub fn all(&self, field: &str) -> Vec<String> {
        self.0.get(field).cloned().unwrap_or_default()
    }

    /// The id that the form was given.
    pub fn id(&self) -> Option<NoteId> {
        self.one("id").parse().ok()
    }

    /// The number of the note that the writer saw.
    pub fn follows(&self) -> Option<u64> {
        self.one("follows").parse().ok()
    }

    /// How many goals hold something.
    pub fn goals(&self) -> usize {
        (1..=MOST_GOALS).rev().find(|g| self.has_goal(*g)).unwrap_or(0)
    }

    /// How many steps of a goal hold something.
    pub fn steps(&self, g: usize) -> usize {
        (1..=MOST_STEPS).rev().find(|s| !self.one(&format!("g{g}s{s}")).trim().is_empty()).unwrap_or(0)
    }

    /// The same without empty goals and steps between others, so that each stands where it is read.
    #[must_use]
    pub fn squeezed(self) -> Self {
        let is_plan =
            |field: &String| field.strip_prefix('g').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let kept = self.0.iter().filter(|(field, _)| !is_plan(field));
        let mut squeezed = Self(kept.map(|(field, texts)| (field.clone(), texts.clone())).collect());
        for (g, to) in (1..=MOST_GOALS).filter(|g| self.has_goal(*g)).zip(1..) {
            squeezed.put(format!("g{to}"), self.one(&format!("g{g}")));
            let filled = (1..=MOST_STEPS).filter(|s| !self.one(&format!("g{g}s{s}")).trim().is_empty());
            for (s, step) in filled.zip(1..) {
                for part in ["", "_state", "_service", "_due"] {
                    squeezed.put(format!("g{to}s{step}{part}"), self.one(&format!("g{g}s{s}{part}")));
                }
            }
        }
        squeezed
    }

    /// Reads and checks a note.
    ///
    /// # Errors
    /// The first field that cannot be taken.
    pub fn read(&self, kind: NoteKind, days: Days) -> Result<Note, NoteFault> {
        let note = match kind {
            NoteKind::Arrival => Note::Arrival(Arrival {
                on: self.day()?,
                result: self.code("result", ArrivalResult::from_code)?,
                words: self.words("words"),
            }),
            NoteKind::Urgent => Note::Urgent(Urgent { needs: self.urgent()?, words: self.words("words") }),
            NoteKind::Intake => Note::Intake(Intake {
                on: self.day()?,
                result: self.code("result", IntakeResult::from_code)?,
                words: self.words("words"),
            }),
            NoteKind::Needs => Note::Needs(self.needs()?),
            NoteKind::Plan => Note::Plan(self.plan()?),
            NoteKind::Contact => Note::Contact(Contact {
                on: self.day()?,
                manner: self.code("manner", Manner::from_code)?,
                reached: self.code("reached", Reached::from_code)?,
                relapse: !self.one("relapse").is_empty(),
                promised: self.maybe_day("promised")?,
                words: self.words("words"),
            }),
            NoteKind::Outcome => Note::Outcome(self.outcome()?),
            NoteKind::Spell => Note::Spell(Spell { on: self.day()?, turn: self.turn()?, words: self.words("words") }),
        };
        note.check(days)?;
        Ok(note)
    }

    fn urgent(&self) -> Result<BTreeSet<Need>, NoteFault> {
        let chosen = self.all("needs");
        match chosen.as_slice() {
            [] => Err(NoteFault::new("needs", Wrong::NothingUrgent)),
            [one] if one == NOTHING => Ok(BTreeSet::new()),
            many => {
                let need = |code: &String| Need::from_code(code);
                let needs = many.iter().map(need).collect::<Option<_>>();
                needs.ok_or_else(|| NoteFault::new("needs", Wrong::UrgentOrNot))
            }
        }
    }

    fn needs(&self) -> Result<NeedsAssessment, NoteFault> {
        let mut areas = BTreeMap::new();
        for area in Area::ALL {
            let words = self.words(&format!("{}_words", area.code()));
            match (self.maybe_code(area.code(), Level::from_code)?, words) {
                (Some(level), words) => drop(areas.insert(*area, Assessed { level, words })),
                (None, Some(_)) => {
                    return Err(NoteFault::new(area.code(), Wrong::NoLevel));
                }
                (None, None) => {}
            }
        }
        Ok(NeedsAssessment { areas })
    }

    fn plan(&self) -> Result<Plan, NoteFault> {
        let goals = (1..=self.goals()).map(|g| {
            let field = format!("g{g}");
            let words = self.words(&field);
            let words = words.ok_or_else(|| NoteFault::new(field, Wrong::StepsWithoutGoal))?;
            let steps = (1..=self.steps(g)).map(|s| self.step(&format!("g{g}s{s}")));
            Ok(Goal { words, steps: steps.collect::<Result<_, _>>()? })
        });
        Ok(Plan { goals: goals.collect::<Result<_, _>>()? })
    }

    fn step(&self, field: &str) -> Result<PlanStep, NoteFault> {
        Ok(PlanStep {
            words: self.words(field).unwrap_or_default(),
            state: self.code(&format!("{field}_state"), StepState::from_code)?,
            service: self.maybe_code(&format!("{field}_service"), Service::from_code)?,
            due: self.maybe_day(&format!("{field}_due"))?,
        })
    }

    fn outcome(&self) -> Result<OutcomeNote, NoteFault> {
        Ok(OutcomeNote {
            on: self.day()?,
            housing: self.maybe_code("housing", Housing::from_code)?,
            work: self.maybe_code("work", Work::from_code)?,
            income: self.maybe_code("income", Income::from_code)?,
            health: self.maybe_code("health", Health::from_code)?,
            charges: Charges {
                arrests: self.count("arrests")?,
                felonies: self.count("felonies")?,
                misdemeanours: self.count("misdemeanours")?,
            },
            relapse: !self.one("relapse").is_empty(),
            words: self.words("words"),
        })
    }

    fn turn(&self) -> Result<Turn, NoteFault> {
        match self.one("turn") {
            "back" => self.code("reason", BackReason::from_code).map(Turn::Back),
            _ => self.code("reason", AwayReason::from_code).map(Turn::Away),
        }
    }

    fn day(&self) -> Result<NaiveDate, NoteFault> {
        self.day_in("on")
    }

    fn maybe_day(&self, field: &str) -> Result<Option<NaiveDate>, NoteFault> {
        match self.one(field).trim() {
            "" => Ok(None),
            _ => self.day_in(field).map(Some),
        }
    }

    fn day_in(&self, field: &str) -> Result<NaiveDate, NoteFault> {
        let day = NaiveDate::parse_from_str(self.one(field).trim(), "%Y-%m-%d");
        day.map_err(|_| NoteFault::new(field, Wrong::NoDay))
    }

    fn words(&self, field: &str) -> Option<Private<String>> {
        let text = self.one(field).trim();
        (!text.is_empty()).then(|| Private::new(text.to_owned()))
    }

    fn count(&self, field: &str) -> Result<Option<u16>, NoteFault> {
        match self.one(field).trim() {
            "" => Ok(None),
            text => {
                let count = text.parse().map(Some);
                count.map_err(|_| NoteFault::new(field, Wrong::NoCount))
            }
        }
    }

    fn code<T>(&self, field: &str, read: fn(&str) -> Option<T>) -> Result<T, NoteFault> {
        read(self.one(field)).ok_or_else(|| NoteFault::new(field, Wrong::NotChosen))
    }

    fn maybe_code<T>(&self, field: &str, read: fn(&str) -> Option<T>) -> Result<Option<T>, NoteFault> {
        match self.one(field) {
            "" => Ok(None),
            _ => self.code(field, read).map(Some),
        }
    }

    fn has_goal(&self, g: usize) -> bool {
        !self.one(&format!("g{g}")).trim().is_empty() || self.steps(g) > 0
    }

    fn put(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.0.insert(field.into(), vec![text.into()]);
    }

    fn put_words(&mut self, field: String, words: Option<&Private<String>>) {
        if let Some(words) = words {
            self.put(field, words.reveal());
        }
    }

    fn put_needs(&mut self, needs: &NeedsAssessment) {
        for (area, found) in &needs.areas {
            self.put(area.code(), found.level.code());
            self.put_words(format!("{}_words", area.code()), found.words.as_ref());
        }
    }

    fn put_plan(&mut self, plan: &Plan) {
        for (goal, g) in plan.goals.iter().zip(1..) {
            self.put_words(format!("g{g}"), Some(&goal.words));
            for (step, s) in goal.steps.iter().zip(1..) {
                self.put_words(format!("g{g}s{s}"), Some(&step.words));
                self.put(format!("g{g}s{s}_state"), step.state.code());
                self.put(format!("g{g}s{s}_service"), step.service.map_or("", Service::code));
                if let Some(due) = step.due {
                    self.put(format!("g{g}s{s}_due"), due.to_string());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days() -> Days {
        Days { began: "2012-06-01".parse().unwrap(), today: "2012-06-13".parse().unwrap() }
    }

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed::from(pairs.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect::<Vec<_>>())
    }

    fn fault(kind: NoteKind, pairs: &[(&str, &str)]) -> String {
        typed(pairs).squeezed().read(kind, days()).map_err(|fault| fault.field).unwrap_err()
    }

    #[test]
    fn what_is_missing_or_wrong_names_its_field() {
        let on = ("on", "2012-06-13");
        for (kind, pairs, field) in [
            (NoteKind::Arrival, vec![], "on"),
            (NoteKind::Arrival, vec![("on", "tomorrow")], "on"),
            (NoteKind::Arrival, vec![("on", "2012-06-14"), ("result", "met")], "on"),
            (NoteKind::Arrival, vec![on], "result"),
            (NoteKind::Arrival, vec![on, ("result", "not_found"), ("words", " ")], "words"),
            (NoteKind::Urgent, vec![], "needs"),
            (NoteKind::Urgent, vec![("needs", "none"), ("needs", "food")], "needs"),
            (NoteKind::Intake, vec![on, ("result", "perhaps")], "result"),
            (NoteKind::Needs, vec![], "income"),
            (NoteKind::Needs, vec![("housing_words", "a tent")], "housing"),
            (NoteKind::Plan, vec![], "g1"),
            (NoteKind::Plan, vec![("g1s1", "call"), ("g1s1_state", "open")], "g1"),
            (NoteKind::Plan, vec![("g1", "x"), ("g1s1", "call")], "g1s1_state"),
            (NoteKind::Contact, vec![on, ("reached", "yes")], "manner"),
            (NoteKind::Contact, vec![on, ("manner", "phone")], "reached"),
            (NoteKind::Contact, vec![on, ("manner", "phone"), ("reached", "no"), ("promised", "soon")], "promised"),
            (
                NoteKind::Contact,
                vec![on, ("manner", "phone"), ("reached", "no"), ("promised", "2012-06-12")],
                "promised",
            ),
            (
                NoteKind::Plan,
                vec![("g1", "x"), ("g1s1", "a"), ("g1s1_state", "open"), ("g1s1_due", "2012")],
                "g1s1_due",
            ),
            (
                NoteKind::Plan,
                vec![("g3", "x"), ("g3s2", "a"), ("g3s2_state", "open"), ("g3s2_due", "2012-05-31")],
                "g1s1_due",
            ),
            (NoteKind::Outcome, vec![on, ("arrests", "-1")], "arrests"),
            (NoteKind::Outcome, vec![on], "housing"),
            (NoteKind::Spell, vec![on, ("turn", "away"), ("reason", "released")], "reason"),
        ] {
            assert_eq!(fault(kind, &pairs), field, "{} {pairs:?}", kind.code());
        }
    }

    #[test]
    fn that_nothing_is_urgent_is_an_answer() {
        let Note::Urgent(urgent) = typed(&[("needs", NOTHING)]).read(NoteKind::Urgent, days()).unwrap() else {
            panic!()
        };
        assert!(urgent.needs.is_empty());
    }

    #[test]
    fn a_plan_is_read_without_its_gaps_and_opens_as_it_was_written() {
        let plan = typed(&[
            ("g2", "my own\r\ndoor"),
            ("g2s3", "call"),
            ("g2s3_state", "doing"),
            ("g2s3_service", "housing"),
            ("g2s3_due", "2012-07-01"),
            ("g5", "work"),
            ("follows", "0"),
        ]);
        let plan = plan.squeezed();
        assert_eq!(
            (plan.one("g1"), plan.one("g1s1"), plan.one("g2"), plan.one("follows")),
            ("my own\ndoor", "call", "work", "0")
        );
        let note = plan.read(NoteKind::Plan, days()).unwrap();
        let again = Typed::opening(NoteKind::Plan, Some(&note), days());
        assert_eq!((again.goals(), again.steps(1), again.steps(2)), (2, 1, 0));
        assert_eq!(again.read(NoteKind::Plan, days()).unwrap(), note);
    }

    #[test]
    fn an_assessment_opens_with_the_newest_and_nothing_typed_is_printed() {
        let typed = typed(&[("housing", "high"), ("housing_words", "a tent"), ("work", "none")]);
        let note = typed.read(NoteKind::Needs, days()).unwrap();
        let again = Typed::opening(NoteKind::Needs, Some(&note), days());
        assert_eq!((again.one("housing"), again.one("housing_words"), again.one("income")), ("high", "a tent", ""));
        assert_eq!(format!("{again:?}"), "[private]");
    }
}
