//! Drives components without a window: finds elements by their accessible name, as a person does, and
//! sends them the events that a browser would.

use dioxus::dioxus_core::{
    Attribute, AttributeValue, DynamicNode, ElementId, NoOpMutations, TemplateAttribute, TemplateNode, VNode,
};
use dioxus::html::geometry::{ClientPoint, ElementPoint, PagePoint, ScreenPoint};
use dioxus::html::input_data::{MouseButton, MouseButtonSet};
use dioxus::html::point_interaction::{
    InteractionElementOffset, InteractionLocation, ModifiersInteraction, PointerInteraction,
};
use dioxus::html::{
    AnimationData, CancelData, ClipboardData, CompositionData, DragData, FocusData, FormData, FormValue, HasFileData,
    HasFormData, HasMouseData, HtmlEventConverter, ImageData, KeyboardData, MediaData, Modifiers, MountedData,
    MouseData, PlatformEventData, PointerData, ResizeData, ScrollData, SelectionData, ToggleData, TouchData,
    TransitionData, VisibleData, WheelData,
};
use dioxus::prelude::*;
use std::any::Any;
use std::rc::Rc;

/// A rendered page.
pub struct Page(VirtualDom, u32);

/// An element of it, and what it listens to.
#[derive(Debug, Default, Clone)]
struct Node {
    tag: String,
    text: String,
    attrs: Vec<(String, String)>,
    listens: Vec<(&'static str, ElementId)>,
    children: Vec<Node>,
}

impl Page {
    /// Renders a component.
    pub fn open<P: Clone + 'static>(root: fn(P) -> Element, props: P) -> Self {
        dioxus::html::set_event_converter(Box::new(Plain));
        let mut dom = VirtualDom::new_with_props(root, props);
        dom.rebuild_in_place();
        let mut page = Self(dom, 0);
        page.settle();
        page
    }

    /// The page as HTML.
    pub fn html(&self) -> String {
        dioxus_ssr::render(&self.0)
    }

    /// The heading.
    pub fn heading(&self) -> String {
        let tree = self.tree();
        tree.find(&|node| node.tag == "h1").map(Node::words).expect("a screen has a heading")
    }

    /// How often something was pressed.
    pub fn presses(&self) -> u32 {
        self.1
    }

    /// Presses the button, tile or summary of this name.
    pub fn press(&mut self, name: &str) {
        self.1 += 1;
        let tree = self.tree();
        let pressed = tree.find(&|node| node.tag == "button" && node.is_named(name)).cloned();
        let tile = tree.find(&|node| node.tag == "label" && node.is_named(name)).cloned();
        match (pressed, tile) {
            (Some(button), _) if button.attr("type") == Some("submit") => {
                let form = tree.find(&|node| node.tag == "form").expect("a submit button stands in a form");
                self.fire("submit", form.listener("submit"), Rc::new(PlatformEventData::new(Box::new(String::new()))));
            }
            (Some(button), _) => {
                self.fire("click", button.listener("click"), Rc::new(PlatformEventData::new(Box::new(()))));
            }
            (None, Some(tile)) => {
                let input = tile.find(&|node| node.tag == "input").expect("a tile holds an input");
                let value = input.attr("value").unwrap_or_default().to_owned();
                self.fire("change", input.listener("change"), Rc::new(PlatformEventData::new(Box::new(value))));
            }
            (None, None) => panic!("nothing to press is called `{name}` on\n{}", self.html()),
        }
    }

    /// Types into the field with this label.
    pub fn write(&mut self, label: &str, text: &str) {
        let tree = self.tree();
        let label = tree
            .find(&|node| node.tag == "label" && node.attr("for").is_some() && node.words().starts_with(label))
            .unwrap_or_else(|| panic!("no field is called `{label}` on\n{}", self.html()));
        let id = label.attr("for");
        let field = tree.find(&|node| node.attr("id") == id && node.tag != "label").expect("a label names a field");
        self.fire("input", field.listener("input"), Rc::new(PlatformEventData::new(Box::new(text.to_owned()))));
    }

    fn fire(&mut self, name: &str, element: ElementId, data: Rc<dyn Any>) {
        self.0.runtime().handle_event(name, Event::new(data, true), element);
        self.settle();
    }

    fn settle(&mut self) {
        for _ in 0..4 {
            self.0.process_events();
            self.0.render_immediate(&mut NoOpMutations);
        }
    }

    fn tree(&self) -> Node {
        let mut root = Node::default();
        walk(self.0.base_scope().root_node(), &self.0, &mut root);
        root
    }
}

impl Node {
    fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn listener(&self, name: &str) -> ElementId {
        let found = self.listens.iter().find(|(event, _)| *event == name);
        found.unwrap_or_else(|| panic!("<{}> does not listen to {name}", self.tag)).1
    }

    fn find(&self, wanted: &dyn Fn(&Self) -> bool) -> Option<&Self> {
        if wanted(self) {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(wanted))
    }

    fn words(&self) -> String {
        let parts = self.children.iter().map(Self::words);
        std::iter::once(self.text.clone()).chain(parts).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The accessible name, or the first line of an answer or a tile.
    fn is_named(&self, name: &str) -> bool {
        let line = self.find(&|node| matches!(node.attr("class"), Some("answer-label" | "tile-label")));
        self.attr("aria-label") == Some(name) || line.is_some_and(|line| line.words() == name) || self.words() == name
    }
}

fn walk(node: &VNode, dom: &VirtualDom, into: &mut Node) {
    for root in node.template.roots {
        template(root, node, dom, into);
    }
}

fn template(part: &TemplateNode, node: &VNode, dom: &VirtualDom, into: &mut Node) {
    match part {
        TemplateNode::Text { text } => into.children.push(Node { text: (*text).to_owned(), ..Node::default() }),
        TemplateNode::Element { tag, attrs, children, .. } => {
            let mut element = Node { tag: (*tag).to_owned(), ..Node::default() };
            for attr in *attrs {
                match attr {
                    TemplateAttribute::Static { name, value, .. } => {
                        element.attrs.push(((*name).to_owned(), (*value).to_owned()));
                    }
                    TemplateAttribute::Dynamic { id } => {
                        let at = node.mounted_dynamic_attribute(*id, dom);
                        node.dynamic_attrs[*id].iter().for_each(|attr| dynamic(attr, at, &mut element));
                    }
                }
            }
            children.iter().for_each(|child| template(child, node, dom, &mut element));
            into.children.push(element);
        }
        TemplateNode::Dynamic { id } => match &node.dynamic_nodes[*id] {
            DynamicNode::Text(text) => into.children.push(Node { text: text.value.clone(), ..Node::default() }),
            DynamicNode::Fragment(nodes) => nodes.iter().for_each(|node| walk(node, dom, into)),
            DynamicNode::Placeholder(_) => {}
            DynamicNode::Component(component) => {
                let scope = component.mounted_scope(*id, node, dom).expect("rendered");
                walk(scope.root_node(), dom, into);
            }
        },
    }
}

fn dynamic(attr: &Attribute, at: Option<ElementId>, element: &mut Node) {
    match &attr.value {
        AttributeValue::Text(text) => element.attrs.push((attr.name.to_owned(), text.clone())),
        AttributeValue::Bool(flag) => element.attrs.push((attr.name.to_owned(), flag.to_string())),
        AttributeValue::Listener(_) => {
            element.listens.extend(at.map(|at| (attr.name.trim_start_matches("on"), at)));
        }
        _ => {}
    }
}

/// The value of a form event.
struct Value(String);

impl HasFileData for Value {
    fn files(&self) -> Vec<dioxus::html::FileData> {
        Vec::new()
    }
}

impl HasFormData for Value {
    fn value(&self) -> String {
        self.0.clone()
    }
    fn valid(&self) -> bool {
        true
    }
    fn values(&self) -> Vec<(String, FormValue)> {
        Vec::new()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A press in the middle of nowhere.
struct Press;

impl InteractionLocation for Press {
    fn client_coordinates(&self) -> ClientPoint {
        ClientPoint::default()
    }
    fn screen_coordinates(&self) -> ScreenPoint {
        ScreenPoint::default()
    }
    fn page_coordinates(&self) -> PagePoint {
        PagePoint::default()
    }
}

impl InteractionElementOffset for Press {
    fn element_coordinates(&self) -> ElementPoint {
        ElementPoint::default()
    }
}

impl ModifiersInteraction for Press {
    fn modifiers(&self) -> Modifiers {
        Modifiers::empty()
    }
}

impl PointerInteraction for Press {
    fn trigger_button(&self) -> Option<MouseButton> {
        Some(MouseButton::Primary)
    }
    fn held_buttons(&self) -> MouseButtonSet {
        MouseButtonSet::empty()
    }
}

impl HasMouseData for Press {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Turns the events above into those of the components; these tests send no others.
struct Plain;

macro_rules! never {
    ($($name:ident -> $data:ty),+ $(,)?) => {
        $(fn $name(&self, _: &PlatformEventData) -> $data { unreachable!("these tests send no such event") })+
    };
}

impl HtmlEventConverter for Plain {
    fn convert_form_data(&self, event: &PlatformEventData) -> FormData {
        FormData::new(Value(event.downcast::<String>().cloned().unwrap_or_default()))
    }
    fn convert_mouse_data(&self, _: &PlatformEventData) -> MouseData {
        MouseData::new(Press)
    }
    never! {
        convert_animation_data -> AnimationData,
        convert_cancel_data -> CancelData,
        convert_clipboard_data -> ClipboardData,
        convert_composition_data -> CompositionData,
        convert_drag_data -> DragData,
        convert_focus_data -> FocusData,
        convert_image_data -> ImageData,
        convert_keyboard_data -> KeyboardData,
        convert_media_data -> MediaData,
        convert_mounted_data -> MountedData,
        convert_pointer_data -> PointerData,
        convert_resize_data -> ResizeData,
        convert_scroll_data -> ScrollData,
        convert_selection_data -> SelectionData,
        convert_toggle_data -> ToggleData,
        convert_touch_data -> TouchData,
        convert_transition_data -> TransitionData,
        convert_visible_data -> VisibleData,
        convert_wheel_data -> WheelData,
    }
}
