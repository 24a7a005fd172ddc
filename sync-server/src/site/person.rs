//! One of the people of a programme, as a file has them, checked.

use crate::deliver::receiver::{self, BadAddress};
use crate::store::Staff;
use crate::words::t;
use chrono::{DateTime, Utc};
use handoff::domain::ids::StaffId;
use handoff::domain::private::Private;
use handoff::domain::wire::Role;
use handoff::seal::{SealError, random};
use serde::Deserialize;

/// One of the people, as a file has them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) login: String,
    pub(crate) role: Role,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) serial: String,
    #[serde(default)]
    pub(crate) phone: String,
    /// A case manager who leads the others: hears of what nobody answers.
    #[serde(default)]
    pub(crate) lead: bool,
    /// The squad of an officer, and of the sergeant who hears of that squad's referrals.
    #[serde(default)]
    pub(crate) squad: String,
    /// Where mail goes that tells them.
    #[serde(default)]
    pub(crate) mail: String,
    /// The address of a program that tells them.
    #[serde(default)]
    pub(crate) webhook: String,
}

impl Person {
    /// The first field that is wrong, and why.
    pub(crate) fn fault(&self) -> Option<(&'static str, String)> {
        let manages = self.role == Role::CaseManager;
        let told = manages || self.role == Role::Sergeant;
        let bad_mail = !self.mail.is_empty() && self.mail.parse::<lettre::Address>().is_err();
        let bad_webhook = (!self.webhook.is_empty()).then(|| receiver::address(&self.webhook).err()).flatten();
        [
            (self.login.trim().is_empty(), ("login", t!("listed-empty"))),
            (self.name.trim().is_empty(), ("name", t!("listed-empty"))),
            (is_no_number(&self.phone), ("phone", t!("listed-no-digit"))),
            (
                self.role == Role::Officer && self.serial.trim().is_empty(),
                ("serial", t!("people-an-officer-needs-a-serial")),
            ),
            (self.lead && !manages, ("lead", t!("people-only-a-case-manager-leads"))),
            (manages && !self.squad.trim().is_empty(), ("squad", t!("people-is-for-officers-and-sergeants"))),
            (!told && !self.mail.is_empty(), ("mail", t!("people-is-for-case-managers-and"))),
            (!told && !self.webhook.is_empty(), ("webhook", t!("people-is-for-case-managers-and"))),
            (bad_mail, ("mail", t!("people-is-no-mail-address"))),
        ]
        .into_iter()
        .find_map(|(wrong, (field, why))| wrong.then(|| (field, why.to_owned())))
        .or_else(|| self.fault_of_text())
        .or_else(|| bad_webhook.map(|bad| ("webhook", String::from(address(&bad)))))
    }

    pub(crate) fn staff(self, now: DateTime<Utc>) -> Result<Staff, SealError> {
        Ok(Staff {
            id: StaffId(random::uuid_v7(now)?),
            login: self.login,
            role: self.role,
            name: self.name,
            serial: self.serial,
            phone: Private::new(self.phone),
            active: true,
            lead: self.lead,
            squad: self.squad.trim().to_owned(),
            mail: Private::new(self.mail),
            webhook: Private::new(self.webhook),
            language: None,
        })
    }

    /// A text that is none, or is longer than any.
    fn fault_of_text(&self) -> Option<(&'static str, String)> {
        [
            ("login", &self.login, 64),
            ("name", &self.name, 200),
            ("serial", &self.serial, 64),
            ("phone", &self.phone, 64),
            ("squad", &self.squad, 64),
            ("mail", &self.mail, 320),
            ("webhook", &self.webhook, 2000),
        ]
        .into_iter()
        .find_map(|(field, text, most)| Some((field, fault_of(text, most)?)))
    }
}

/// What is wrong with a text of at most so many letters: any script, any direction, no control characters.
pub(crate) fn fault_of(text: &str, most: usize) -> Option<String> {
    if text.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
        return Some(String::from(t!("people-no-text")));
    }
    (text.chars().count() > most).then(|| t!("people-too-long", n = most))
}

fn address(bad: &BadAddress) -> &'static str {
    match bad {
        BadAddress::NotAnAddress => t!("people-no-address"),
        BadAddress::NotEncrypted => t!("people-not-encrypted"),
        BadAddress::Credentials => t!("people-credentials"),
    }
}

fn is_no_number(phone: &str) -> bool {
    !phone.is_empty() && !phone.contains(|c: char| c.is_ascii_digit())
}

/// What is wrong with a field, as a sentence of its own.
pub(crate) fn sentence(why: &str) -> String {
    if ["is ", "holds ", "has "].iter().any(|verb| why.starts_with(verb)) {
        return format!("This {why}.");
    }
    let mut letters = why.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).chain(['.']).collect())
}
