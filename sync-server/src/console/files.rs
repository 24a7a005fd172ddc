//! Styles, script and icon, served under names that carry their hash: a browser may keep them for ever,
//! and a new build is a new name.

use crate::words::{Language, for_scripts};
use handoff::domain::ids::Hash;
use handoff::ui::parts::BASE_CSS;
use std::sync::LazyLock;

/// A file of the console.
#[derive(Debug)]
pub struct File {
    /// Its path, hash included.
    pub path: String,
    /// Its type.
    pub kind: &'static str,
    /// Its text.
    pub text: String,
}

/// The files of the console.
#[derive(Debug)]
pub struct Files {
    /// The style sheet.
    pub styles: File,
    /// The scripts of every page, in each language.
    pub scripts: Vec<(Language, File)>,
    /// The icon.
    pub icon: File,
    /// What makes the console installable.
    pub manifest: File,
    /// The script of the page on which a browser asks to be told.
    pub push: File,
    /// The script of the pages on which a list comes from a file.
    pub import: File,
}

/// Where the files live.
pub const FOLDER: &str = "/static";

static FILES: LazyLock<Files> = LazyLock::new(|| {
    let asset = |path| String::from(handoff::assets::text(path).unwrap_or_default());
    let icon = File::new("handoff", "svg", asset("icons/handoff.svg"));
    let manifest = format!(
        r##"{{"name":"Handoff","short_name":"Handoff","id":"/","start_url":"/","scope":"/","display":"standalone","background_color":"#0a1116","theme_color":"#0a1116","icons":[{{"src":"{}","sizes":"any","type":"image/svg+xml"}}]}}"##,
        icon.path
    );
    Files {
        styles: File::new("console", "css", format!("{BASE_CSS}\n{}", asset("styles/console.css"))),
        scripts: Language::spoken().map(|language| (language, File::new("console", "js", script(language)))).collect(),
        manifest: File::new("console", "webmanifest", manifest),
        push: File::new("push", "js", asset("scripts/push.js")),
        import: File::new("import", "js", asset("scripts/import.js")),
        icon,
    }
});

impl File {
    fn new(name: &str, kind: &str, text: String) -> Self {
        let hash: String = Hash::of(&[text.as_bytes()]).to_string().chars().take(12).collect();
        let mime = match kind {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "webmanifest" => "application/manifest+json",
            _ => "image/svg+xml",
        };
        Self { path: format!("{FOLDER}/{name}-{hash}.{kind}"), kind: mime, text }
    }
}

/// The scripts of every page, with their words.
fn script(language: Language) -> String {
    let asset = |path| handoff::assets::text(path).unwrap_or_default();
    let words = for_scripts(language);
    format!("const words = {words};\n{}\n{}", asset("scripts/console.js"), asset("scripts/forms.js"))
}

impl Files {
    /// The scripts of every page in a language.
    pub fn script(&self, language: Language) -> &File {
        let own = self.scripts.iter().find(|(one, _)| *one == language);
        own.or(self.scripts.first()).map_or(&self.push, |(_, file)| file)
    }
}

/// All of them.
pub fn files() -> &'static Files {
    &FILES
}

/// The file at a path.
pub fn at(path: &str) -> Option<&'static File> {
    let Files { styles, scripts, icon, manifest, push, import } = files();
    let scripts = scripts.iter().map(|(_, file)| file);
    [styles, icon, manifest, push, import].into_iter().chain(scripts).find(|file| file.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_by_its_hashed_name_and_none_is_empty() {
        let Files { styles, scripts, icon, manifest, push, import } = files();
        for file in [styles, icon, manifest, push, import].into_iter().chain(scripts.iter().map(|(_, file)| file)) {
            assert!(file.text.len() > 100, "{}", file.path);
            assert_eq!(at(&file.path).map(|found| &found.text), Some(&file.text));
        }
        assert!(at("/static/console.css").is_none());
    }

    #[test]
    fn the_whole_of_a_page_stays_small() {
        for (_, script) in &files().scripts {
            assert!(files().styles.text.len() + script.text.len() < 60_000);
        }
    }
}
