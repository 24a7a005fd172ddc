//! Choices as large tiles: native radio buttons and check boxes underneath, so keyboard, screen
//! reader and plain forms work by themselves.

use super::icon::{Glyph, Icon};
use dioxus::prelude::*;

/// How many may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pick {
    /// One.
    #[default]
    One,
    /// Any number.
    Many,
}

/// How the tiles lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TileLayout {
    /// One under the other, or in columns where there is room.
    #[default]
    Grid,
    /// Side by side, for two or three short words.
    Row,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// What is sent or told to the callback.
    pub value: String,
    /// What it says.
    pub label: String,
    /// More, in a smaller line.
    pub hint: Option<String>,
    /// The whole word for a screen reader, where the tile has room for a short one only.
    pub spoken: Option<String>,
}

impl Tile {
    /// A tile without a hint.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None, spoken: None }
    }

    /// The same with a hint.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same, read out by another word.
    #[must_use]
    pub fn spoken(self, word: impl Into<String>) -> Self {
        Self { spoken: Some(word.into()), ..self }
    }
}

/// A group of tiles under one question.
#[component]
pub fn Tiles(
    /// The question.
    legend: String,
    /// Field name; unique on the page.
    name: String,
    /// The choices.
    tiles: Vec<Tile>,
    /// Values chosen now.
    #[props(default)]
    chosen: Vec<String>,
    /// How many may be chosen.
    #[props(default)]
    pick: Pick,
    /// How they lie.
    #[props(default)]
    layout: TileLayout,
    /// Help under the question.
    hint: Option<String>,
    /// What is wrong with the answer.
    error: Option<String>,
    /// The value of the tile that was pressed; with [`Pick::Many`] it toggles.
    #[props(default)]
    onpick: EventHandler<String>,
) -> Element {
    let layout = match layout {
        TileLayout::Grid => "grid",
        TileLayout::Row => "row",
    };
    let hint_id = format!("{name}-hint");
    let described = hint.as_ref().map(|_| hint_id.clone());
    rsx! {
        fieldset { class: "tiles", "data-layout": layout, "aria-describedby": described,
            legend { {legend} }
            if let Some(hint) = hint {
                p { class: "hint", id: hint_id, {hint} }
            }
            div { class: "tile-box",
                for tile in tiles {
                    TileInput {
                        key: "{tile.value}",
                        chosen: chosen.contains(&tile.value),
                        name: name.clone(),
                        pick,
                        onpick,
                        tile,
                    }
                }
            }
            if let Some(error) = error {
                p { class: "field-error", role: "alert",
                    Icon { glyph: Glyph::Alert }
                    span { {error} }
                }
            }
        }
    }
}

#[component]
fn TileInput(tile: Tile, chosen: bool, name: String, pick: Pick, onpick: EventHandler<String>) -> Element {
    let r#type = match pick {
        Pick::One => "radio",
        Pick::Many => "checkbox",
    };
    let value = tile.value.clone();
    rsx! {
        label { class: "tile",
            input {
                r#type,
                name,
                value: tile.value,
                checked: chosen,
                "aria-label": tile.spoken,
                onchange: move |_| onpick.call(value.clone()),
            }
            span { class: "tile-text",
                span { class: "tile-label", {tile.label} }
                if let Some(hint) = tile.hint {
                    span { class: "hint", {hint} }
                }
            }
        }
    }
}
