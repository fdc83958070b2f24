//! The files of the repository as texts.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a build makes or a tool fetches.
const MADE: [&str; 5] = ["target", "node_modules", "dist", "data", ".git"];

/// One text file.
pub struct File {
    /// Path from the root of the repository, with slashes.
    pub path: String,
    pub text: String,
}

impl File {
    /// Top-level module of a file under `src`: `points` for `src/points/http.rs`.
    pub fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").expect("a file under src");
        inside.split('/').next().map_or(inside, |first| first.strip_suffix(".rs").unwrap_or(first))
    }

    /// Whether the file answers HTTP for its domain.
    pub fn is_http(&self) -> bool {
        self.path.ends_with("/http.rs") || self.path.contains("/http/")
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All text files below `folder`, which is empty for the whole repository.
pub fn files(folder: &str) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    assert!(!found.is_empty(), "nothing to check in {folder:?}");
    found
}

/// All Rust files of the parts that we write.
pub fn rust() -> Vec<File> {
    let parts = ["src", "entity", "migration", "tests"].into_iter().flat_map(files);
    parts.filter(|file| file.path.ends_with(".rs")).collect()
}

fn collect(folder: &Path, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a readable folder").path();
        if MADE.iter().any(|made| path.ends_with(made)) {
            continue;
        }
        if path.is_dir() {
            collect(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root()).expect("a path below the root");
            found.push(File { path: path.to_string_lossy().replace('\\', "/"), text });
        }
    }
}
