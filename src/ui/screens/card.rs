//! What every card of the encounter is given, and what it says back.

use crate::domain::facts::FixFact;
use crate::ui::flow::Step;
use crate::ui::form::{Edit, Field, Form, Gap};
use crate::ui::view::{Guide, Sheet};
use crate::ui::words;
use chrono::{DateTime, FixedOffset};
use dioxus::prelude::*;
use std::ops::Deref;
use std::sync::Arc;

/// A value that many components read. Two are the same when they are the very same.
#[derive(Debug)]
pub struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// Where the officer wants to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// The next card.
    Next,
    /// The card before; out of the encounter at the first.
    Back,
    /// A card out of turn, and then back here.
    To(Step),
    /// Commit the record.
    Save,
    /// Leave; the draft stays.
    Close,
}

/// Whether the officer is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// At the scene.
    Now,
    /// It was recorded before: the officer may be anywhere.
    Over,
}

/// The encounter as a card sees it.
#[derive(Props, Clone, PartialEq)]
pub struct Card {
    /// What was entered.
    pub form: Form,
    /// The rules and zones it goes by.
    pub guide: Shared<Guide>,
    /// What follows from it.
    pub sheet: Sheet,
    /// What is wrong on this card, once the officer tried to go on.
    pub faults: Vec<Gap>,
    /// The position that the device reports now.
    pub device: Option<FixFact>,
    /// Whether the officer is still there.
    pub scene: Scene,
    /// The scene's own clock.
    pub now: DateTime<FixedOffset>,
    /// A change.
    pub onedit: EventHandler<Edit>,
    /// A move.
    pub onmove: EventHandler<Move>,
}

impl Card {
    /// What is wrong with a field, in words.
    pub fn fault(&self, field: Field) -> Option<String> {
        self.faults.iter().find(|gap| gap.field == field).map(|gap| words::gap(gap.field, gap.why))
    }

    /// The first fault of the card, whichever field it is in.
    pub fn first_fault(&self) -> Option<String> {
        self.faults.first().map(|gap| words::gap(gap.field, gap.why))
    }
}
