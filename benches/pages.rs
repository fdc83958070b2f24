//! How long the pages of the console take on a phone: `h5/load.mjs` opens each of them in a browser whose processor and
//! network are slowed down, beside an empty page that Vite built.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{
    node::Node,
    report::{Bar, Measure, Report, rounded},
};

/// One page, as the script tells of it.
#[derive(Deserialize)]
struct Loaded {
    page: String,
    /// Until it can be used.
    ms: f64,
    /// Until anything is seen.
    painted_ms: f64,
    script_bytes: u32,
}

/// Measures with this many loads of each page, of which the median counts.
pub async fn measure(rounds: u32, folder: &Path, report: &mut Report) -> Result<()> {
    let demo = Node::demo(folder).await?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("h5/load.mjs");
    let mut node = Command::new("node");
    node.arg(script).env("HUILIAN_URL", format!("http://{}", demo.address)).env("ROUNDS", rounds.to_string());
    let told = node.stderr(Stdio::inherit()).output()?;
    ensure!(told.status.success(), "the script ended with {}", told.status);
    demo.stop().await?;
    let pages: Vec<Loaded> =
        String::from_utf8(told.stdout)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let (empty, pages) = pages.split_first().context("an empty page")?;
    let slowest = pages.iter().max_by(|one, next| one.ms.total_cmp(&next.ms)).context("a page")?;
    let largest = pages.iter().map(|page| page.script_bytes).max().context("a page")?;
    let each: serde_json::Map<_, _> = pages.iter().map(|page| (page.page.clone(), rounded(page.ms).into())).collect();
    report.add(
        Measure::new("slowest page of the console until it can be used, slow phone", slowest.ms, "ms")
            .over(empty.ms, "an empty page that Vite built, in the same browser")
            .against(Bar::Below(2000.0))
            .with("page", slowest.page.clone())
            .with("painted_ms", rounded(slowest.painted_ms))
            .with("each_ms", each),
    )?;
    let kilobytes = f64::from(largest) / 1000.0;
    report.add(Measure::new("most script that a page loads, compressed", kilobytes, "kB").against(Bar::Below(250.0)))
}
