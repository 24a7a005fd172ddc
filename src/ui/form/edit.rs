//! Every change that a tap or a key makes to the form: one message each, one total function.

use super::{Checked, ConsentForm, ConvictionRow, Entered, Field, Form, Known, Pin, PriorPlace};
use crate::domain::codes::{AgeBand, Choice, Door, DrugClass, Need, Race, Reason, SceneOutcome, Sex, YesNo};
use crate::domain::facts::FixFact;
use crate::domain::private::Private;
use crate::ui::flow::Step;

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// The door.
    Door(Door),
    /// An offence on or off.
    Offence(String),
    /// The kind of drug.
    Drug(DrugClass),
    /// Weighed, or estimated.
    Measured,
    /// A text field, with its whole text.
    Type(Field, Private<String>),
    /// A number is not known.
    NotKnown(Field),
    /// The place, set by hand.
    Pin(Pin),
    /// The place is where the device says that it is now.
    Here(FixFact),
    /// Earlier involvement, and how it is known.
    Prior(Known),
    /// Where the earlier involvement was.
    PriorPlace(PriorPlace),
    /// An answer to a question of the pack.
    Answer(String, YesNo),
    /// How the records check went.
    Checked(Checked),
    /// One more conviction, of this group.
    AddConviction(String),
    /// A conviction taken away.
    RemoveConviction(usize),
    /// The decision.
    Choice(Choice),
    /// Why not.
    Reason(Reason),
    /// What became of the person.
    Outcome(SceneOutcome),
    /// The answer to sharing details.
    Consent(ConsentForm),
    /// Race or ethnicity.
    Race(Race),
    /// Sex.
    Sex(Sex),
    /// Age band.
    AgeBand(AgeBand),
    /// A need on or off.
    Need(Need),
}

impl Edit {
    /// Whether the card is answered by this alone, so that the next one opens by itself.
    pub const fn goes_on(&self) -> bool {
        match self {
            Self::Door(_) | Self::Answer(..) | Self::Choice(_) | Self::Reason(_) | Self::Outcome(_) => true,
            Self::Checked(checked) => matches!(checked, Checked::Clear | Checked::NotChecked),
            Self::Consent(consent) => consent.yes.is_some(),
            Self::Prior(known) => matches!(known, Known::No),
            Self::NotKnown(field) => !matches!(field, Field::Grams),
            Self::Offence(_)
            | Self::Drug(_)
            | Self::Measured
            | Self::Type(..)
            | Self::Pin(_)
            | Self::Here(_)
            | Self::PriorPlace(_)
            | Self::AddConviction(_)
            | Self::RemoveConviction(_)
            | Self::Race(_)
            | Self::Sex(_)
            | Self::AgeBand(_)
            | Self::Need(_) => false,
        }
    }
}

impl Form {
    /// Makes one change.
    pub fn apply(&mut self, edit: Edit) {
        match edit {
            Edit::Door(door) => self.door = Some(door),
            Edit::Offence(code) => self.toggle_offence(&code),
            Edit::Drug(class) => self.drug.class = Some(class),
            Edit::Measured => self.drug.measured = !self.drug.measured,
            Edit::Type(field, text) => self.type_text(field, text),
            Edit::NotKnown(field) => self.enter(field, Entered::NotKnown),
            Edit::Pin(pin) => self.pin(pin),
            Edit::Here(fix) => self.place.fix = Some(fix),
            Edit::Prior(known) => self.prior.known = Some(known),
            Edit::PriorPlace(place) => self.prior.place = Some(place),
            Edit::Answer(code, answer) => drop(self.answers.insert(code, answer)),
            Edit::Checked(checked) => self.history.checked = Some(checked),
            Edit::AddConviction(group) => self.history.rows.push(ConvictionRow { group, on: String::new() }),
            Edit::RemoveConviction(index) if index < self.history.rows.len() => drop(self.history.rows.remove(index)),
            Edit::RemoveConviction(_) => {}
            Edit::Choice(choice) => self.choose(choice),
            Edit::Reason(reason) => self.reason = Some(reason),
            Edit::Outcome(outcome) => self.outcome = Some(outcome),
            Edit::Consent(consent) => self.consent = Some(consent),
            Edit::Race(race) => self.demographics.race = Some(race),
            Edit::Sex(sex) => self.demographics.sex = Some(sex),
            Edit::AgeBand(age) => self.demographics.age = Some(age),
            Edit::Need(need) => self.toggle_need(need),
        }
    }

    /// The decision can also change on the card of consent, and the cards it asks for lie before that.
    fn choose(&mut self, choice: Choice) {
        self.choice = Some(choice);
        self.step = Step::Verdict;
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other fields are never expressly unknown")]
    fn enter(&mut self, field: Field, entered: Entered) {
        match field {
            Field::Grams => self.drug.grams = entered,
            Field::Age => self.age = entered,
            Field::Residency => self.residency = entered,
            Field::PriorDiversions => self.prior_diversions = entered,
            Field::Street => {
                self.place.street_unknown = entered == Entered::NotKnown;
                self.place.street = entered.text().to_owned();
            }
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "fields without text take no text")]
    fn type_text(&mut self, field: Field, text: Private<String>) {
        let plain = || text.reveal().clone();
        match field {
            Field::Grams | Field::Age | Field::Residency | Field::PriorDiversions | Field::Street => {
                self.enter(field, Entered::typed(text.reveal()));
            }
            Field::Incident => self.incident = plain(),
            Field::ConvictedOn(index) => {
                if let Some(row) = self.history.rows.get_mut(index) {
                    row.on = plain();
                }
            }
            Field::PriorOn => self.prior.on = plain(),
            Field::Supervisor => self.divergence.supervisor = plain(),
            Field::WhyDiverge => self.divergence.reason = plain(),
            Field::Language => self.person.language = plain(),
            Field::Name => self.person.name = text,
            Field::Born => self.person.born = text,
            Field::Reach => self.person.reach = text,
            Field::Hazards => self.person.hazards = text,
            Field::CallBack => self.call_back = text,
            _ => {}
        }
    }
}
