//! The front ends beside each other: each uses the design kit and the shared words, none of them another one.

use super::{none, tree};

/// What all front ends share: the kit, and words, dates and money. The words stand below the kit.
const SHARED: [&str; 2] = ["ui", "i18n"];

/// The top folder of `h5/src` in which an import from `path` ends; none for a package, and where it leaves `h5/src`, as
/// tests do for the mock.
fn reaches<'a>(path: &'a str, import: &'a str) -> Option<&'a str> {
    if let Some((folder, _)) = import.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        return SHARED.contains(&folder).then_some(folder);
    }
    if !import.starts_with('.') {
        return None;
    }
    let mut place: Vec<&str> = path.strip_prefix("h5/src/")?.split('/').collect();
    place.pop();
    for step in import.split('/') {
        match step {
            "." => {}
            ".." => {
                place.pop()?;
            }
            name => place.push(name),
        }
    }
    place.first().copied()
}

/// What a file imports, as it names it: the word in quotes behind `from` or `import`.
fn imports(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        let behind = ["from '", "import('", "import '"].into_iter().flat_map(|mark| line.split(mark).skip(1));
        behind.filter_map(move |rest| Some((index + 1, rest.split_once('\'')?.0)))
    })
}

#[test]
fn front_ends_stand_apart() {
    let mut broken = Vec::new();
    let mut seen = 0;
    for file in tree::files("h5/src") {
        let home = file.path.split('/').nth(2).unwrap_or_default();
        for (line, import) in imports(&file.text) {
            let Some(goes) = reaches(&file.path, import) else { continue };
            seen += 1;
            let upwards = home == "i18n" && goes == "ui";
            if goes != home && (upwards || !SHARED.contains(&goes)) {
                broken.push(format!("{}:{line}: {import}", file.path));
            }
        }
    }
    assert!(seen > 500, "only {seen} imports were found");
    none("No front end imports from another one", "move what both use to h5/src/ui or h5/src/i18n", broken);
}

#[test]
fn imports_are_followed() {
    assert_eq!(reaches("h5/src/mine/me/MeView.vue", "../../console/act"), Some("console"));
    assert_eq!(reaches("h5/src/mine/me/MeView.vue", "../api/client"), Some("mine"));
    assert_eq!(reaches("h5/src/mine/App.vue", "../../e2e/setup"), None);
    assert_eq!(reaches("h5/src/mine/App.vue", "@i18n/time"), Some("i18n"));
    assert_eq!(reaches("h5/src/mine/App.vue", "@vue/test-utils"), None);
    let text = "import { a } from './a'\nconst b = () => import('../b')\nimport 'c'";
    assert_eq!(imports(text).collect::<Vec<_>>(), [(1, "./a"), (2, "../b"), (3, "c")]);
}
