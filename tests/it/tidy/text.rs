//! Words that may not stand in the tree. The words themselves are put together here, so that this file
//! does not hold them.

use super::File;
use super::lex::{Keep, blank, without_tests};
use super::walls::found;

/// Paths that exist on one machine only.
pub fn machine_paths(file: &File) -> Vec<String> {
    let roots = ["work", "farm", "root", "home", "Users"].map(|name| format!("/{name}/"));
    lines_with(file, |line| {
        roots.iter().any(|root| {
            line.match_indices(root.as_str())
                .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._}-".contains(c)))
        })
    })
}

/// Hosts of package registries and mirrors: which one is used is the machine's business.
pub fn registry_hosts(file: &File) -> Vec<String> {
    let hosts = [["npmjs", "org"], ["pypi", "org"], ["pythonhosted", "org"], ["crates", "io"], ["deb.debian", "org"]]
        .map(|host| host.join("."));
    lines_with(file, |line| hosts.iter().any(|host| line.to_lowercase().contains(host.as_str())))
}

fn lines_with(file: &File, is_bad: impl Fn(&str) -> bool) -> Vec<String> {
    file.text
        .lines()
        .enumerate()
        .filter(|(_, line)| is_bad(line))
        .map(|(at, line)| format!("{}:{}: {}", file.path, at + 1, line.trim()))
        .collect()
}

/// The words that name a site: those of the zone and pack files' names, without years and common words.
pub fn site_names(files: &[File]) -> Vec<String> {
    let common = ["pilot", "city", "clerk", "county", "king", "default", "pad", "fe"];
    let mut names: Vec<String> = files
        .iter()
        .filter_map(|file| file.path.strip_prefix("assets/zones/").or(file.path.strip_prefix("assets/packs/")))
        .filter_map(|name| name.split('.').next())
        .flat_map(|stem| stem.split(['-', '_']))
        .filter(|word| !common.contains(word) && !word.chars().all(|c| c.is_ascii_digit()))
        .map(str::to_lowercase)
        .collect();
    names.sort();
    names.dedup();
    names
}

/// A site's name in code or in a text of the program: a new site would then need new code.
pub fn sites_in_code(file: &File, names: &[String]) -> Vec<String> {
    let code = blank(&without_tests(&file.text), Keep::Strings).to_lowercase();
    let lower = File { path: file.path.clone(), text: code };
    lines_with(&lower, |line| line.split(|c: char| !c.is_alphanumeric()).any(|word| names.iter().any(|n| n == word)))
}

/// Other features of the manifest that bring this one in.
pub fn features_with(manifest: &str, feature: &str) -> Vec<String> {
    let features = manifest.split("[features]").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
    let brings = |line: &&str| {
        let after = line.split_once('=').map_or("", |(_, list)| list);
        after.split(['"', '/', ',']).any(|word| word.trim() == feature)
    };
    features.lines().filter(brings).map(str::to_owned).collect()
}

/// A script that builds a program with the fault lab's switches.
pub fn builds_the_lab(file: &File) -> bool {
    let is_script = file.path.starts_with(".make/") || file.path == "Makefile";
    is_script && file.text.contains(&["handoff", "lab"].join("/"))
}

/// Marks of unfinished work, and tests that do not run.
pub fn unfinished(file: &File) -> Vec<String> {
    if !file.path.ends_with(".rs") {
        return Vec::new();
    }
    let code = blank(&file.text, Keep::Code);
    let macros = ["todo", "unimplemented"].map(|name| format!("{name}!("));
    let marks = ["FIX", "XX"].map(|start| format!("{start}{}", if start == "FIX" { "ME" } else { "X" }));
    let ignored = format!("#[{}", "ignore");
    lines_with(&File { path: file.path.clone(), text: code }, |line| {
        line.contains(&ignored) || macros.iter().any(|name| line.contains(name.as_str()))
    })
    .into_iter()
    .chain(lines_with(file, |line| marks.iter().any(|mark| line.contains(mark.as_str()))))
    .collect()
}

/// Calls that stop the program at a surprise. In a constant they stop the compiler instead, which is welcome.
pub fn panics(file: &File) -> Vec<String> {
    let is_constant = |line: &&str| {
        ["const ", "pub const "].iter().any(|start| line.trim().starts_with(start)) && !line.contains(" fn ")
    };
    let text: String =
        file.text.lines().map(|line| if is_constant(&line) { "\n".into() } else { format!("{line}\n") }).collect();
    let running = File { path: file.path.clone(), text };
    found(&running, Keep::Code, &[".unwrap()", ".expect(", "panic!(", "unreachable!("])
}

#[cfg(test)]
mod planted {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        for root in ["work", "home", "root", "Users"] {
            assert_eq!(machine_paths(&file("README.md", &format!("see /{root}/me/x"))).len(), 1, "{root}");
        }
        assert!(machine_paths(&file("a.rs", "src/work/x and https://h.example/home")).is_empty());
    }

    #[test]
    fn a_registry_host_is_found() {
        let host = ["crates", "io"].join(".");
        assert_eq!(registry_hosts(&file("a.md", &format!("from {host}"))).len(), 1);
    }

    #[test]
    fn a_site_named_in_code_is_found_and_in_a_test_or_comment_is_not() {
        let zones = [file("assets/zones/old-harbour.json", ""), file("assets/packs/harbour-pilot-2011.json", "")];
        let names = site_names(&zones);
        assert_eq!(names, ["harbour", "old"]);
        let names = vec!["harbour".to_owned()];
        assert_eq!(sites_in_code(&file("src/a.rs", "const D: &str = \"Harbour\";"), &names).len(), 1);
        assert_eq!(sites_in_code(&file("src/a.rs", "fn harbour() {}"), &names).len(), 1);
        assert!(
            sites_in_code(&file("src/a.rs", "// harbour\n#[cfg(test)]\nmod t { fn harbour() {} }"), &names).is_empty()
        );
    }

    #[test]
    fn unfinished_work_is_found() {
        for text in [format!("{}!()", "todo"), format!("#[{}]", "ignore"), format!("// {}ME", "FIX")] {
            assert_eq!(unfinished(&file("src/a.rs", &text)).len(), 1, "{text}");
        }
        assert!(unfinished(&file("src/a.rs", "let text = \"nothing to do\";")).is_empty());
    }

    #[test]
    fn a_call_that_can_panic_is_found_outside_tests() {
        assert_eq!(panics(&file("src/a.rs", "fn a() { b().unwrap(); }")).len(), 1);
        assert!(panics(&file("src/a.rs", "fn a() { b().unwrap_or(1); }")).is_empty());
        assert!(panics(&file("src/a.rs", "const A: N = N::new(1).unwrap();")).is_empty());
        assert!(panics(&file("src/a.rs", "#[cfg(test)]\nmod tests { fn a() { b().unwrap(); } }")).is_empty());
    }
}
