//! The report: one record for each measure, as a table for people and as JSON for programs.

use std::{
    fmt::Write as _,
    fs,
    io::{Write as _, stdout},
    path::Path,
    process::Command,
    thread::available_parallelism,
};

use anyhow::{Context, Result, ensure};
use huilian::infra::clock::Clock;
use serde::Serialize;

use crate::latency::Point;

/// What a measure is held against.
#[derive(Clone, Copy, Debug)]
pub enum Bar {
    /// The figure is at least so many times its floor.
    TimesFloor(f64),
    /// The figure is at most so many times its floor.
    AtMostFloor(f64),
    /// The figure is below this, in its own unit.
    Below(f64),
    /// The figure is at least this, in its own unit.
    AtLeast(f64),
}

/// One measure.
#[derive(Debug, Serialize)]
pub struct Measure {
    pub(crate) name: String,
    pub(crate) figure: f64,
    pub(crate) unit: &'static str,
    /// How many members there were beside it, where that was tried with few and with very many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) members: Option<u64>,
    /// The same unit's figure of the plainest thing that could do the work, measured in the same run.
    floor: Option<f64>,
    floor_is: Option<String>,
    /// Figure by floor. Of several rounds, the median of the rounds' ratios.
    pub(crate) ratio: Option<f64>,
    pub(crate) bar: Option<String>,
    pub(crate) holds: Option<bool>,
    /// The bar in the figure's own unit, where it is one that the figure must stay below.
    #[serde(skip)]
    pub(crate) below: Option<f64>,
    /// How long what share of all took, of what has latencies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) curve: Vec<Point>,
    /// The rounds, the spread, and whatever explains the figure.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    details: serde_json::Map<String, serde_json::Value>,
}

impl Measure {
    /// A figure alone.
    pub fn new(name: impl Into<String>, figure: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            figure: rounded(figure),
            unit,
            members: None,
            floor: None,
            floor_is: None,
            ratio: None,
            bar: None,
            holds: None,
            below: None,
            curve: Vec::new(),
            details: serde_json::Map::new(),
        }
    }

    /// The medians of rounds, in each of which the floor and the figure were measured one after the other.
    pub fn of_rounds(name: impl Into<String>, rounds: &[(f64, f64)], unit: &'static str, floor_is: &str) -> Self {
        let median = |values: &mut dyn Iterator<Item = f64>| {
            let mut values: Vec<f64> = values.collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or_default()
        };
        let figure = median(&mut rounds.iter().map(|(_, figure)| *figure));
        let floor = median(&mut rounds.iter().map(|(floor, _)| *floor));
        let mut measure = Self::new(name, figure, unit).over(floor, floor_is);
        measure.ratio = Some(rounded(median(&mut rounds.iter().map(|(floor, figure)| figure / floor))));
        let rounds: Vec<_> = rounds.iter().map(|(floor, figure)| [rounded(*floor), rounded(*figure)]).collect();
        measure.with("rounds_floor_figure", rounds)
    }

    /// Puts a floor under the figure.
    #[must_use]
    pub fn over(mut self, floor: f64, floor_is: &str) -> Self {
        self.floor = Some(rounded(floor));
        self.floor_is = Some(floor_is.to_owned());
        self.ratio = Some(rounded(self.figure / floor));
        self
    }

    /// Holds the measure against a bar.
    #[must_use]
    pub fn against(mut self, bar: Bar) -> Self {
        let (words, holds) = match bar {
            Bar::TimesFloor(least) => (format!("ratio ≥ {least}"), self.ratio.is_some_and(|ratio| ratio >= least)),
            Bar::AtMostFloor(most) => (format!("ratio ≤ {most}"), self.ratio.is_some_and(|ratio| ratio <= most)),
            Bar::Below(limit) => (format!("< {limit} {}", self.unit), self.figure < limit),
            Bar::AtLeast(least) => (format!("≥ {least} {}", self.unit), self.figure >= least),
        };
        if let Bar::Below(limit) = bar {
            self.below = Some(limit);
        }
        self.bar = Some(words);
        self.holds = Some(holds);
        self
    }

    /// Says beside how many members it was measured.
    #[must_use]
    pub fn beside(self, members: u64) -> Self {
        Self { members: Some(members), ..self }
    }

    /// Adds how long what share of all took.
    #[must_use]
    pub fn along(self, curve: Vec<Point>) -> Self {
        Self { curve, ..self }
    }

    /// What it is called in a list in which the same may stand twice.
    pub fn title(&self) -> String {
        self.members.map_or_else(|| self.name.clone(), |members| format!("{}, {members} members", self.name))
    }

    /// Adds what explains the figure.
    #[must_use]
    pub fn with(mut self, what: &str, value: impl Into<serde_json::Value>) -> Self {
        self.details.insert(what.to_owned(), value.into());
        self
    }
}

/// Three digits behind the point are more than any of this is exact to.
pub fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[derive(Debug, Serialize)]
struct Machine {
    processor: String,
    cores: usize,
    memory_mib: u64,
    kernel: String,
}

/// Everything that one run has measured.
#[derive(Debug, Serialize)]
pub struct Report {
    date: String,
    commit: String,
    quick: bool,
    machine: Machine,
    pub(crate) measures: Vec<Measure>,
    /// Parts that broke off: what they had measured until then stands, what they had not is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    broken: Vec<&'static str>,
}

impl Report {
    /// An empty report about this machine and this commit.
    pub fn new(quick: bool) -> Result<Self> {
        let line = |file: &str, field: &str| -> Result<String> {
            let text = fs::read_to_string(file)?;
            let found = text.lines().find_map(|line| line.strip_prefix(field)?.split_once(':'));
            Ok(found.with_context(|| format!("{file} has no {field}"))?.1.trim().to_owned())
        };
        let memory: u64 = line("/proc/meminfo", "MemTotal")?.trim_end_matches(" kB").parse()?;
        let commit = Command::new("git")
            .args(["describe", "--always", "--dirty", "--exclude=*"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()?;
        Ok(Self {
            date: Clock::system().now().to_rfc3339(),
            commit: String::from_utf8(commit.stdout)?.trim().to_owned(),
            quick,
            machine: Machine {
                processor: line("/proc/cpuinfo", "model name")?,
                cores: available_parallelism()?.get(),
                memory_mib: memory / 1024,
                kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            },
            measures: Vec::new(),
            broken: Vec::new(),
        })
    }

    /// Adds a measure and says so, with what explains it.
    pub fn add(&mut self, measure: Measure) -> Result<()> {
        let details = serde_json::to_string(&measure.details)?;
        writeln!(stdout(), "{}: {} {} {details}", measure.title(), measure.figure, measure.unit)?;
        self.measures.push(measure);
        Ok(())
    }

    /// Says how a part ended. One that broke off takes nothing of the others with it.
    pub fn ended(&mut self, part: &'static str, outcome: Result<()>) -> Result<()> {
        if let Err(error) = outcome {
            writeln!(stdout(), "{part} broke off: {error:?}")?;
            self.broken.push(part);
        }
        Ok(())
    }

    /// Writes the report as JSON, and prints it as a table. A run of which parts broke off is none.
    pub fn finish(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, serde_json::to_string_pretty(self)? + "\n")?;
        let Machine { processor, cores, memory_mib, kernel } = &self.machine;
        let mut text = format!(
            "\n{} · commit {} · {cores} × {processor}, {memory_mib} MiB, Linux {kernel}\n\n",
            self.date, self.commit
        );
        let mut row = |mark: &str, name: &str, figure: &str, floor: &str, ratio: &str, bar: &str| {
            writeln!(text, "{mark} {name:<52} {figure:>14} {floor:>14} {ratio:>7}  {bar}")
        };
        row(" ", "what", "figure", "floor", "ratio", "bar")?;
        for measure in &self.measures {
            let mark = measure.holds.map_or(" ", |holds| if holds { "✓" } else { "✗" });
            let number = |value: Option<f64>| value.map_or_else(String::new, digits);
            row(
                mark,
                &measure.title(),
                &format!("{} {}", digits(measure.figure), measure.unit),
                &number(measure.floor),
                &measure.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}")),
                measure.bar.as_deref().unwrap_or_default(),
            )?;
        }
        let floors: Vec<_> =
            self.measures.iter().filter_map(|measure| Some((measure.title(), measure.floor_is.as_ref()?))).collect();
        text.push_str("\nfloors:\n");
        for (name, floor_is) in floors {
            writeln!(text, "  {name}: {floor_is}")?;
        }
        writeln!(stdout(), "{text}\n{}", path.display())?;
        ensure!(self.broken.is_empty(), "broke off: {}", self.broken.join(", "));
        Ok(())
    }
}

/// Large figures whole, small ones with what is worth reading.
fn digits(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
