//! A case in words: where it stands, what is next, what was written.

mod lines;
pub mod words;

pub use lines::{GoalView, NoteView, StepView, goals, note_view};

use super::{Found, Opened, PersonView, Viewer};
use crate::casework::Casework;
use crate::console::when;
use crate::console::when::clock;
use crate::words::t;
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use handoff::domain::casework::{Days, Filed, IntakeClock, Lived, NoteKind, Standing, Turn};
use handoff::domain::ids::{NoteId, ReferralId, StaffId};
use handoff::domain::wire::Role;
use handoff::ui::parts::{Glyph, Tone};

/// A state in a word, with its look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// How it weighs.
    pub tone: Tone,
    /// Its drawing.
    pub glyph: Glyph,
    /// The word.
    pub text: String,
}

impl Mark {
    fn new(tone: Tone, glyph: Glyph, text: impl Into<String>) -> Self {
        Self { tone, glyph, text: text.into() }
    }
}

/// A label and what it says; the words may be of any script.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}

/// A case manager's caseload.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CaseloadView {
    /// Under way: what presses most first.
    pub active: Vec<CaseRow>,
    /// Inactive: whoever was heard of last first.
    pub away: Vec<CaseRow>,
}

/// One case of a caseload.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// Which.
    pub referral: ReferralId,
    /// Whose.
    pub name: String,
    /// Where it stands.
    pub standing: Mark,
    /// How long there is for the intake.
    pub intake: Mark,
    /// When somebody last spoke with them.
    pub spoke: String,
    /// What is next; nothing for an inactive case.
    pub next: Option<String>,
    /// How many referrals are of the person, where it is more than one.
    pub referrals: Option<String>,
}

/// The page of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// Which.
    pub referral: ReferralId,
    /// Who.
    pub person: PersonView,
    /// Where it began.
    pub place: String,
    /// Where it stands.
    pub standing: Mark,
    /// How long there is for the intake.
    pub intake: Mark,
    /// When somebody last spoke with them.
    pub spoke: String,
    /// Who has it.
    pub owner: String,
    /// Why nothing can be written; nothing if something can.
    pub closed: Option<&'static str>,
    /// What is next.
    pub next: Option<Door>,
    /// What else can be written now.
    pub doors: Vec<Door>,
    /// What is urgent, and what the newest outcome says.
    pub now: Vec<Said>,
    /// The needs that were found, those with a need first.
    pub needs: Vec<Said>,
    /// The plan.
    pub goals: Vec<GoalView>,
    /// Every note, the newest first.
    pub history: Vec<NoteView>,
}

/// A form that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// Where.
    pub href: String,
    /// What it says.
    pub label: String,
}

/// A form for a note, with what was written before.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteFormView {
    /// Of which case.
    pub referral: ReferralId,
    /// What it is about.
    pub kind: NoteKind,
    /// Title of the page.
    pub title: String,
    /// Whose case.
    pub name: String,
    /// How long there is for the intake.
    pub intake: Mark,
    /// For the turn of a spell: the case is inactive, and comes back.
    pub away: bool,
    /// Why it cannot be written now.
    pub closed: Option<&'static str>,
    /// Notes of this kind, the newest first.
    pub before: Vec<NoteView>,
    /// The note's id.
    pub id: NoteId,
    /// The number of the newest that the writer sees.
    pub follows: u64,
    /// Someone wrote a newer one while this was typed.
    pub stale: bool,
}

/// What the pages of a case are made from.
pub struct CaseFacts<'a> {
    work: &'a Casework,
    person: PersonView,
    place: String,
    names: &'a dyn Fn(StaffId) -> String,
    zone: FixedOffset,
    days: Days,
    now: DateTime<Utc>,
}

impl std::fmt::Debug for CaseFacts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CaseFacts({})", self.work.case.case.referral)
    }
}

impl<'a> CaseFacts<'a> {
    /// Of a case as it was found.
    pub fn new(
        work: &'a Casework,
        found: &Found<'_>,
        (names, now): (&'a dyn Fn(StaffId) -> String, DateTime<Utc>),
    ) -> Self {
        // Only the person and the place are taken from it: who looks changes neither.
        let nobody = Viewer { id: StaffId(uuid::Uuid::nil()), name: String::new(), role: Role::CaseManager };
        let told = super::referral(&nobody, found, None, now);
        let person = match found {
            Found::Opened(Opened { .. }) => told.record.map(|record| record.person).unwrap_or_default(),
            Found::Closed(_) => PersonView { name: told.place.clone(), ..PersonView::default() },
        };
        Self { work, person, place: told.place, names, zone: work.zone(), days: work.days(now), now }
    }

    /// Someone's name.
    pub(super) fn name(&self, id: StaffId) -> String {
        (self.names)(id)
    }

    /// A moment, in the time of the place.
    pub(super) fn moment(&self, at: DateTime<Utc>) -> String {
        clock(at, self.zone, self.now)
    }

    fn referral(&self) -> ReferralId {
        self.work.case.case.referral
    }

    /// What is next here: what is known of the person from another referral is not asked again, but each referral
    /// has an intake of its own.
    fn next(&self) -> Option<NoteKind> {
        Lived { intake: self.work.own().intake, ..self.work.lived() }.next(self.work.standing())
    }

    /// How many referrals are of the person.
    const fn referrals(&self) -> usize {
        self.work.also.len() + 1
    }

    /// Whose case it is, and what they answered the officer.
    pub fn person(&self) -> &PersonView {
        &self.person
    }

    fn intake(&self) -> Mark {
        intake_mark(self.work.clock(self.now))
    }

    fn history(&self, kind: Option<NoteKind>) -> Vec<NoteView> {
        let of_kind = self.work.all.iter().rev().filter(|note| kind.is_none_or(|kind| note.kind == kind));
        let at = |filed: &Filed| {
            let at = clock(filed.at, self.zone, self.now);
            if self.work.is_from_another(filed.id) { t!("case-under-another", at = at) } else { at }
        };
        of_kind.map(|filed| note_view(filed, (self.names)(filed.author), at(filed))).collect()
    }

    fn row(&self) -> CaseRow {
        let (standing, lived) = (self.work.standing(), self.work.lived());
        let away = matches!(standing, Standing::Away { .. });
        let next = self.next().filter(|_| !away).map(|kind| String::from(words::kind(kind)));
        CaseRow {
            referral: self.referral(),
            name: self.person.name.clone(),
            standing: standing_mark(standing, &self.work.own()),
            intake: self.intake(),
            spoke: spoke_words(lived.last_contact, self.days.today),
            next,
            referrals: (self.referrals() > 1).then(|| t!("case-referrals-one-person", n = self.referrals())),
        }
    }
}

/// The caseload, what presses most first.
pub fn caseload(cases: &[CaseFacts<'_>]) -> CaseloadView {
    let is_away = |facts: &&CaseFacts<'_>| matches!(facts.work.standing(), Standing::Away { .. });
    let (mut away, mut active): (Vec<_>, Vec<_>) = cases.iter().partition(is_away);
    active.sort_by_key(|facts| (facts.work.clock(facts.now).press(), facts.work.last_contact()));
    away.sort_by_key(|facts| std::cmp::Reverse(facts.work.last_contact()));
    let rows = |list: Vec<&CaseFacts<'_>>| list.into_iter().map(CaseFacts::row).collect();
    CaseloadView { active: rows(active), away: rows(away) }
}

/// The page of a case.
pub fn case(facts: &CaseFacts<'_>) -> CaseView {
    let (standing, lived) = (facts.work.standing(), facts.work.lived());
    let door = |kind: NoteKind| Door {
        href: format!("/cases/{}/{}", facts.referral(), kind.code()),
        label: String::from(title(kind, standing)),
    };
    let next = facts.next();
    let others = NoteKind::ALL.iter().filter(|kind| standing.takes(**kind) && Some(**kind) != next);
    let taken = facts.work.case.case.taken;
    CaseView {
        referral: facts.referral(),
        person: facts.person.clone(),
        place: facts.place.clone(),
        standing: standing_mark(standing, &facts.work.own()),
        intake: facts.intake(),
        spoke: spoke_words(lived.last_contact, facts.days.today),
        owner: taken.map_or_else(|| String::from(t!("case-nobody")), |taken| (facts.names)(taken.by)),
        closed: closed(standing),
        next: next.map(door),
        doors: others.map(|kind| door(*kind)).collect(),
        now: lines::now(&lived),
        needs: lived.needs.map(lines::needs).unwrap_or_default(),
        goals: lived.plan.map(goals).unwrap_or_default(),
        history: facts.history(None),
    }
}

/// The form for a note.
pub fn note_form(facts: &CaseFacts<'_>, kind: NoteKind) -> NoteFormView {
    let standing = facts.work.standing();
    let closed = match (closed(standing), standing.takes(kind)) {
        (Some(why), _) => Some(why),
        (None, true) => None,
        (None, false) => Some(not_now(standing)),
    };
    NoteFormView {
        referral: facts.referral(),
        kind,
        title: String::from(title(kind, standing)),
        name: facts.person.name.clone(),
        intake: facts.intake(),
        away: matches!(standing, Standing::Away { .. }),
        closed,
        before: facts.history(Some(kind)),
        id: NoteId(uuid::Uuid::nil()),
        follows: facts.work.newest(kind),
        stale: false,
    }
}

/// What the button to a form says, for a case that stands so.
fn title(kind: NoteKind, standing: Standing) -> &'static str {
    match (kind, standing) {
        (NoteKind::Spell, Standing::Away { .. }) => t!("case-they-are-back"),
        (NoteKind::Spell, _) => t!("case-make-inactive"),
        (other, _) => words::kind(other),
    }
}

fn closed(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Untaken => Some(t!("case-nobody-has-this-referral-yet")),
        Standing::Withdrawn => Some(t!("case-the-officer-took-this-referral")),
        Standing::Accepted | Standing::Met | Standing::Away { .. } => None,
    }
}

fn not_now(standing: Standing) -> &'static str {
    match standing {
        Standing::Accepted => t!("case-this-comes-after-you-have"),
        Standing::Met => t!("case-that-they-met-is-recorded"),
        Standing::Away { .. } => t!("case-the-case-is-inactive-record"),
        Standing::Untaken | Standing::Withdrawn => t!("case-nothing-can-be-written-here"),
    }
}

fn standing_mark(standing: Standing, lived: &Lived<'_>) -> Mark {
    match standing {
        Standing::Untaken => Mark::new(Tone::Warn, Glyph::Clock, t!("case-nobody-has-it")),
        Standing::Accepted if lived.tried > 0 => {
            Mark::new(Tone::Warn, Glyph::Person, t!("case-not-met-tried", n = lived.tried))
        }
        Standing::Accepted => Mark::new(Tone::Warn, Glyph::Person, t!("case-not-met-yet")),
        Standing::Met => {
            let met = lived.met.map(|on| t!("case-met-on", day = when::day(on)));
            Mark::new(Tone::Good, Glyph::Check, met.unwrap_or_else(|| String::from(t!("case-met"))))
        }
        Standing::Away { .. } => {
            let spell = lived.spell.and_then(|spell| match spell.turn {
                Turn::Away(reason) => Some((spell.on, words::away(reason))),
                Turn::Back(_) => None,
            });
            let since = spell.map(|(on, why)| t!("case-inactive-since", day = when::day(on), why = why.to_lowercase()));
            Mark::new(Tone::Plain, Glyph::Clock, since.unwrap_or_else(|| String::from(t!("cases-inactive"))))
        }
        Standing::Withdrawn => Mark::new(Tone::Warn, Glyph::Alert, t!("inbox-taken-back-by-the-officer")),
    }
}

/// The last days are told apart by a tone of their own: so many.
const SOON: i64 = 7;

pub(super) fn intake_mark(clock: IntakeClock) -> Mark {
    match clock {
        IntakeClock::NoLimit => Mark::new(Tone::Plain, Glyph::Clock, t!("case-intake-not-done-no-limit")),
        IntakeClock::Left { days: 0, .. } => Mark::new(Tone::Warn, Glyph::Clock, t!("case-intake-today-is-the-last")),
        IntakeClock::Left { days: left, until } => {
            let tone = if left <= SOON { Tone::Warn } else { Tone::Info };
            Mark::new(tone, Glyph::Clock, t!("case-intake-by", day = when::short_day(until), n = left))
        }
        IntakeClock::Lapsed { days: past, until } => {
            let text = t!("case-intake-lapsed", day = when::short_day(until), n = past);
            Mark::new(Tone::Bad, Glyph::Alert, text)
        }
        IntakeClock::Done { day, in_time: true } => {
            Mark::new(Tone::Good, Glyph::Check, t!("case-intake-done", n = day))
        }
        IntakeClock::Done { day, in_time: false } => {
            Mark::new(Tone::Plain, Glyph::Check, t!("case-intake-done-late", n = day))
        }
    }
}

fn spoke_words(last: Option<NaiveDate>, today: NaiveDate) -> String {
    match last.map(|on| (on, (today - on).num_days())) {
        None => String::from(t!("case-nobody-has-spoken-with-them")),
        Some((_, ..=0)) => String::from(t!("case-spoke-today")),
        Some((_, 1)) => String::from(t!("case-spoke-yesterday")),
        Some((on, days)) => t!("case-spoke-days-ago", n = days, day = when::short_day(on)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn the_clock_is_told_in_a_word_and_never_by_colour_alone() {
        let until = "2012-07-01".parse().unwrap();
        let told = |clock| {
            let mark = intake_mark(clock);
            (mark.tone, mark.text)
        };
        assert_eq!(told(IntakeClock::Left { days: 18, until }), (Tone::Info, "Intake by 1 Jul: 18 days left".into()));
        assert_eq!(told(IntakeClock::Left { days: 7, until }).0, Tone::Warn);
        assert_eq!(told(IntakeClock::Left { days: 0, until }).1, "Intake: today is the last day");
        assert_eq!(
            told(IntakeClock::Lapsed { days: 1, until }),
            (Tone::Bad, "Intake was due 1 Jul: 1 day late, still possible".into())
        );
        assert_eq!(told(IntakeClock::Done { day: 12, in_time: true }).1, "Intake done on day 12");
        assert_eq!(told(IntakeClock::Done { day: 31, in_time: false }).0, Tone::Plain);
    }

    #[test]
    fn when_they_last_spoke_is_told_by_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2012-06-13");
        assert_eq!(spoke_words(None, today), "Nobody has spoken with them yet");
        assert_eq!(spoke_words(Some(today), today), "Spoke today");
        assert_eq!(spoke_words(Some(day("2012-06-12")), today), "Spoke yesterday");
        assert_eq!(spoke_words(Some(day("2012-06-01")), today), "Spoke 12 days ago, 1 Jun");
    }

    #[test]
    fn no_word_of_the_console_asks_for_abstinence() {
        for language in Language::ALL {
            let all = language.within(|| {
                let kinds = NoteKind::ALL.iter().map(|kind| words::kind(*kind));
                kinds.chain([words::relapse()]).collect::<Vec<_>>().join(" ").to_lowercase()
            });
            let english = ["clean", "sober", "abstinen", "comply", "complian", "fail", "discharge", "terminat"];
            for word in english.into_iter().chain(["limpi", "sobri", "recaíd", "fracas", "incumpl", "expuls"]) {
                assert!(!all.contains(word), "{word}");
            }
        }
    }
}
