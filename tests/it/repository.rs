//! Rules about the code itself, so that nobody has to remember them: who may use whom, how long a file may be, what
//! it may be called. Each failure names the place and says what to do.

mod files;
mod levels;
mod names;
mod pages;
mod paths;
mod sentences;
mod stored;
mod tree;

/// Fails with every broken place at once, and with the way out.
fn none(rule: &str, way_out: &str, mut broken: Vec<String>) {
    broken.sort();
    assert!(broken.is_empty(), "\n{rule}, but:\n  {}\n→ {way_out}\n", broken.join("\n  "));
}
