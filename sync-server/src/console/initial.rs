//! What a field starts with, as a browser reads it.
//!
//! # Decisions
//! The parts give a field an `initial_value`, which a running renderer understands and a document does not: as
//! it was, a refused form came back empty. It is put right here, on the text of the page, so that the part stays
//! the same for the phone, where a bound `value` would lose letters while someone types.

const MARK: &str = " initial_value=\"";

/// The page with every `initial_value` where a browser looks for it: the `value` of an input, the text of an area.
/// Whatever a person typed is escaped and holds no quote, so it is never taken for the mark.
pub(super) fn as_read(html: &str) -> String {
    let mut read = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(MARK) {
        read.push_str(before);
        let (value, tail) = after.split_once('"').unwrap_or((after, ""));
        let is_area = before.rsplit_once('<').is_some_and(|(_, tag)| tag.starts_with("textarea"));
        rest = match tail.split_once('>') {
            Some((attributes, tail)) if is_area => {
                // A browser drops the first line break of an area, so it gets one of ours.
                read.extend([attributes, ">\n", value]);
                tail
            }
            Some(_) | None => {
                read.extend([" value=\"", value, "\""]);
                tail
            }
        };
    }
    read.push_str(rest);
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use dioxus::prelude::*;
    use handoff::ui::parts::{Field, FieldKind};

    #[component]
    fn Page(text: String) -> Element {
        rsx! {
            Field { name: "day", label: "Day", kind: FieldKind::Date, initial: "2012-06-01" }
            Field { name: "note", label: "Note", kind: FieldKind::Long, initial: text.clone(), most: 500 }
            p { {text} }
        }
    }

    fn page(text: &str) -> String {
        let mut dom = VirtualDom::new_with_props(Page, PageProps { text: String::from(text) });
        dom.rebuild_in_place();
        as_read(&dioxus_ssr::render(&dom))
    }

    #[test]
    fn a_field_starts_with_its_text_where_a_browser_reads_it() {
        let html = page("first\nsecond");
        assert!(html.contains("value=\"2012-06-01\"") && html.contains(">\nfirst\nsecond</textarea>"), "{html}");
        assert!(!html.contains("initial_value"), "{html}");
    }

    #[test]
    fn no_text_is_taken_for_markup_or_for_the_mark() {
        let html = page("</textarea><script> initial_value=\"x\" '&amp;");
        assert!(!html.contains("<script") && html.matches("</textarea>").count() == 1, "{html}");
        let typed = "&#60;/textarea&#62;&#60;script&#62; initial_value=&#34;x&#34; &#39;&#38;amp;";
        assert_eq!(html.matches(typed).count(), 2, "in the area and in the line: {html}");
    }
}
