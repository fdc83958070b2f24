//! The driver of every target.

use std::{
    fs,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
};

use futures_util::FutureExt;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sha2::{Digest, Sha256};

use super::{
    Verdict,
    mutate::{self, Seeds},
};
use crate::support::variable;

/// What the seed is without `FUZZ_SEED`: the same commit gives the same answer.
const SEED: u64 = 20_261_122;
/// How often an input that shows a fault is made smaller.
const SMALLER: usize = 400;

fn number(name: &str) -> Option<u64> {
    variable(name).map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// How many inputs are tried, when so many are enough for every day.
pub fn cases(everyday: u64) -> u64 {
    number("FUZZ_CASES").unwrap_or(everyday)
}

/// The seed of this run.
pub fn seed() -> u64 {
    number("FUZZ_SEED").unwrap_or(SEED)
}

/// The source of what is tried; each target has its own.
pub fn runner(target: &str) -> TestRunner {
    let bytes: [u8; 32] = Sha256::digest(format!("{target} {}", seed())).into();
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Where the inputs of a target are kept.
fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fuzz/corpus").join(target)
}

/// What is kept of a target, by name.
pub fn kept(target: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder(target)) else { return Vec::new() };
    let mut kept: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("a file").path();
            (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), fs::read(&path).expect("an input"))
        })
        .collect();
    kept.sort();
    kept
}

/// Keeps an input that shows a fault; gives where.
fn keep(target: &str, input: &[u8]) -> String {
    let name = format!("found-{}", hex::encode(&Sha256::digest(input)[..6]));
    fs::create_dir_all(folder(target)).expect("a folder");
    fs::write(folder(target).join(&name), input).expect("an input that is kept");
    format!("tests/it/fuzz/corpus/{target}/{name}")
}

async fn look(check: &impl AsyncFn(&[u8]) -> Verdict, input: &[u8]) -> Verdict {
    let looked = AssertUnwindSafe(check(input)).catch_unwind().await;
    looked.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()));
        Err(format!("it panicked: {}", words.unwrap_or_default()))
    })
}

/// Tries what is kept of a target, the seeds, and so many changes of both. Gives how many inputs it tried.
pub async fn fuzz(target: &str, mut seeds: Seeds, everyday: u64, check: impl AsyncFn(&[u8]) -> Verdict) -> u64 {
    let kept = kept(target);
    for (name, input) in &kept {
        if let Err(why) = look(&check, input).await {
            panic!("{target}: the kept input {name} shows a fault: {why}");
        }
    }
    seeds.inputs.extend(kept.into_iter().map(|(_, input)| input));
    for input in &seeds.inputs {
        if let Err(why) = look(&check, input).await {
            panic!("{target}: {} shows a fault: {why}", keep(target, input));
        }
    }
    let strategy = mutate::changed(seeds);
    let mut runner = runner(target);
    let cases = cases(everyday);
    for case in 0..cases {
        let mut tree = strategy.new_tree(&mut runner).expect("an input");
        let Err(why) = look(&check, &tree.current()).await else { continue };
        let mut smallest = (tree.current(), why);
        let mut going = tree.simplify();
        for _ in 0..SMALLER {
            if !going {
                break;
            }
            going = match look(&check, &tree.current()).await {
                Err(why) => {
                    smallest = (tree.current(), why);
                    tree.simplify()
                }
                Ok(()) => tree.complicate(),
            };
        }
        let (input, why) = smallest;
        let place = keep(target, &input);
        panic!("{target}: case {case} of {cases} with FUZZ_SEED={} shows a fault, kept as {place}: {why}", seed());
    }
    cases
}
