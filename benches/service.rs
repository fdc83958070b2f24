//! Measures the release binary from outside and writes the report; `benches/run` prepares what it needs and calls it.
#![expect(clippy::float_arithmetic, reason = "figures are rates and ratios")]

mod bare;
mod boards;
mod brand;
mod claims;
mod desk;
mod floor;
mod guard;
mod import;
mod latency;
mod listener;
mod load;
mod logins;
mod node;
mod pages;
mod people;
mod plots;
mod points;
mod posters;
mod pushes;
mod reconcile;
mod report;
mod sends;
mod server;
mod staff;
mod touches;
mod wechat;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use clap::Parser;

use brand::Brand;
use floor::Engine;
use load::{Outcome, Pace};

use node::{Batches, Node};
use report::{Bar, Measure, Report, rounded};
use server::Server;

/// The ledger is measured within this process: it has the allocator of the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Connections that deliver at the same time.
const CONNECTIONS: usize = 64;
/// More messages than these a second are not made beforehand.
const MOST_PER_SECOND: u64 = 12_000;

/// Measures `huilian all`.
#[derive(Debug, Parser)]
struct Options {
    /// Short rounds, to see that everything works: the figures mean little
    #[arg(long)]
    quick: bool,
    /// A folder on a real disk for everything that is made
    #[arg(long)]
    folder: PathBuf,
    /// An empty PostgreSQL that flushes every commit
    #[arg(long)]
    postgres: url::Url,
    /// The folder with criterion's estimates
    #[arg(long)]
    criterion: PathBuf,
    /// Where the report goes
    #[arg(long)]
    report: PathBuf,
    /// One part alone: service, people, logins, touches, boards, desk, sends, points, claims, reconcile, guard,
    /// pages or posters
    #[arg(long)]
    only: Option<String>,
    /// The seed of the crowd that the guard looks at; another one in every run without it
    #[arg(long)]
    seed: Option<u64>,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// How long each part takes.
struct Plan {
    rounds: u32,
    warm_up: Duration,
    floor: Duration,
    flat_out: Duration,
    half: Duration,
    /// How many members there are beside what is measured: first few, then very many.
    members: [u64; 2],
    /// People who are looked for in a second, and for how long.
    crowd: (u32, Duration),
    /// Logins in the mini program.
    logins: usize,
    /// Answers of staff that go out by the customer-service API, in a second and for how long.
    sends: (u32, Duration),
    /// Promises that are claimed, each ten times.
    promises: usize,
    /// Payouts that are held against a bill.
    payouts: u32,
    /// Posters of each kind.
    posters: usize,
    /// For how long touches are decided.
    touches: Duration,
    /// Pages of a leaderboard that are read.
    boards: usize,
    /// People whom the guard looks at.
    guard: usize,
    /// How often staff read, of each kind.
    desk: usize,
    /// How often each page of the console is opened.
    pages: u32,
}

impl Plan {
    fn new(quick: bool) -> Self {
        let seconds = Duration::from_secs;
        if quick {
            Self {
                rounds: 1,
                warm_up: seconds(1),
                floor: seconds(1),
                flat_out: seconds(2),
                half: seconds(2),
                members: [2_000, 20_000],
                crowd: (500, seconds(1)),
                logins: 200,
                sends: (50, seconds(1)),
                promises: 100,
                payouts: 20_000,
                posters: 10,
                touches: seconds(1),
                boards: 200,
                guard: 5_000,
                desk: 200,
                pages: 1,
            }
        } else {
            Self {
                rounds: 3,
                warm_up: seconds(2),
                floor: seconds(5),
                flat_out: seconds(6),
                half: seconds(10),
                members: [10_000, 1_000_000],
                crowd: (1_000, seconds(10)),
                logins: 5_000,
                sends: (100, seconds(10)),
                promises: 1_000,
                payouts: 1_000_000,
                posters: 200,
                touches: seconds(10),
                boards: 4_000,
                guard: 100_000,
                desk: 2_000,
                pages: 5,
            }
        }
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    actix_rt::System::new().block_on(measure(&options))
}

async fn measure(options: &Options) -> Result<()> {
    let plan = Plan::new(options.quick);
    let mut report = Report::new(options.quick)?;
    let wanted = |part: &str| options.only.as_deref().is_none_or(|only| only == part);
    if wanted("service") {
        report.add(answer(&options.criterion)?)?;
        let engines = [Engine::Postgres(options.postgres.clone()), Engine::Sqlite(options.folder.clone())];
        for engine in engines {
            let outcome = async { Trial::start(&engine, &plan, &options.folder).await?.run(&mut report).await }.await;
            report.ended("service", outcome)?;
        }
    }
    let server = Server { url: &options.postgres, folder: &options.folder };
    for members in plan.members {
        let most = plan.members.into_iter().max() == Some(members);
        if wanted("people") {
            let outcome = Box::pin(people::measure(&server, members, plan.crowd, most, &mut report)).await;
            report.ended("people", outcome)?;
        }
        if wanted("logins") {
            let outcome = logins::measure(&server, members, plan.logins, &mut report).await;
            report.ended("logins", outcome)?;
        }
        if wanted("touches") {
            let outcome = touches::measure(&server, members, plan.touches, &mut report).await;
            report.ended("touches", outcome)?;
        }
        if wanted("boards") {
            let outcome = boards::measure(&server, members, plan.boards, &mut report).await;
            report.ended("boards", outcome)?;
        }
        if wanted("desk") {
            let outcome = desk::measure(&server, members, plan.desk, &mut report).await;
            report.ended("desk", outcome)?;
        }
    }
    if wanted("sends") {
        let outcome = sends::measure(&server, plan.sends, &mut report).await;
        report.ended("sends", outcome)?;
    }
    if wanted("points") {
        let outcome = points::measure(&options.postgres, plan.rounds, plan.floor, &mut report).await;
        report.ended("points", outcome)?;
    }
    if wanted("claims") {
        let outcome = claims::measure(&server, plan.promises, &mut report).await;
        report.ended("claims", outcome)?;
    }
    if wanted("reconcile") {
        let outcome = Box::pin(reconcile::measure(&options.postgres, plan.payouts, &mut report)).await;
        report.ended("reconcile", outcome)?;
    }
    if wanted("pages") {
        let outcome = pages::measure(plan.pages, &options.folder, &mut report).await;
        report.ended("pages", outcome)?;
    }
    if wanted("posters") {
        let outcome = posters::measure(plan.posters, &mut report);
        report.ended("posters", outcome)?;
    }
    if wanted("guard") {
        let outcome = guard::measure(&options.postgres, plan.guard, options.seed, &options.folder, &mut report).await;
        report.ended("guard", outcome)?;
    }
    plots::draw(&report, options.report.parent().context("a folder for the report")?)?;
    report.finish(&options.report)
}

/// What criterion has found out about the answer without network and database.
fn answer(folder: &Path) -> Result<Measure> {
    let median = |name: &str| -> Result<f64> {
        let path = folder.join("callback").join(name).join("new/estimates.json");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let estimates: serde_json::Value = serde_json::from_str(&text)?;
        estimates.pointer("/median/point_estimate").and_then(serde_json::Value::as_f64).context("a median")
    };
    let microseconds = |nanoseconds: f64| nanoseconds / 1000.0;
    Ok(Measure::new("push opened and answered, without I/O, one thread", microseconds(median("answer")?), "µs")
        .over(microseconds(median("arithmetic")?), "SHA-1, AES and base64 over the same bytes alone"))
}

/// The service on one engine.
struct Trial<'a> {
    engine: &'a Engine,
    plan: &'a Plan,
    brand: Brand,
    node: Node,
    /// The number of the next message; each is sent once.
    next: u64,
    answered: u64,
    first_start: Duration,
}

impl<'a> Trial<'a> {
    async fn start(engine: &'a Engine, plan: &'a Plan, folder: &Path) -> Result<Self> {
        engine.prepare().await?;
        let brand = Brand::load()?;
        let log = folder.join("huilian.log");
        let database = engine.database("huilian");
        // The first start makes the schema; the second one is what a restart costs.
        let first = Node::start(&database, &log).await?;
        let first_start = first.ready_after;
        first.stop().await?;
        let node = Node::start(&database, &log).await?;
        Ok(Self { engine, plan, brand, node, next: 1, answered: 0, first_start })
    }

    async fn run(mut self, report: &mut Report) -> Result<()> {
        let on = self.engine.name();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        let mebibytes = |kibibytes: u32| f64::from(kibibytes) / 1024.0;

        tokio::time::sleep(Duration::from_secs(1)).await;
        let (idle, _) = self.node.memory()?;
        self.flat_out(self.plan.warm_up).await?;

        let mut rounds = Vec::new();
        let mut floor_is = "";
        let (mut pushes, mut processor) = (0.0, Duration::ZERO);
        let batches_before = self.node.batches().await?;
        for _ in 0..self.plan.rounds {
            let floor = self.engine.floor(CONNECTIONS, self.plan.floor).await?;
            let before = self.node.processor_time()?;
            let outcome = self.flat_out(self.plan.flat_out).await?;
            processor += self.node.processor_time()?.saturating_sub(before);
            pushes += f64::from(outcome.latencies.count()?);
            rounds.push((floor.rows, outcome.per_second()?));
            floor_is = floor.name;
        }
        let batches = self.node.batches().await?;
        let throughput =
            Measure::of_rounds(format!("durable callbacks, {CONNECTIONS} connections, {on}"), &rounds, "/s", floor_is)
                .against(Bar::TimesFloor(0.8))
                .with("processor_us_per_push", rounded(processor.as_secs_f64() * 1e6 / pushes));
        report.add(grouped(throughput, &batches_before, &batches))?;

        let one = self.engine.floor(1, self.plan.floor / 2).await?;
        let rate = rounds.iter().map(|(_, figure)| figure).sum::<f64>() / f64::from(self.plan.rounds) / 2.0;
        let outcome = self.at(rate, self.plan.half).await?;
        report.add(
            outcome
                .latencies
                .p99(format!("p99 at half of that load, {on}"))
                .over(1000.0 / one.rows, "mean of one insert after the other, one connection")
                .against(Bar::Below(50.0))
                .with("rate_per_second", rounded(rate)),
        )?;

        let (_, most) = self.node.memory()?;
        report.add(
            Measure::new(format!("most memory under load, {on}"), mebibytes(most), "MiB")
                .over(mebibytes(idle), "the same process before the first push"),
        )?;
        report.add(
            Measure::new(format!("start to ready, {on}"), milliseconds(self.node.ready_after), "ms")
                .with("with_empty_database_ms", rounded(milliseconds(self.first_start))),
        )?;
        self.node.stop().await?;
        let stored = self.engine.stored().await?;
        ensure!(stored == self.answered, "{} pushes were answered, but {stored} are stored", self.answered);
        Ok(())
    }

    async fn flat_out(&mut self, duration: Duration) -> Result<Outcome> {
        self.send(duration.as_secs() * MOST_PER_SECOND, Pace::FlatOut, duration).await
    }

    /// The load at so many pushes a second.
    async fn at(&mut self, rate: f64, duration: Duration) -> Result<Outcome> {
        let step = Duration::from_secs_f64(1.0 / rate);
        let count = u64::try_from(duration.as_nanos() / step.as_nanos())?;
        self.send(count, Pace::Every(step), duration).await
    }

    async fn send(&mut self, count: u64, pace: Pace, duration: Duration) -> Result<Outcome> {
        let requests = pushes::requests(&self.brand, self.next..self.next + count)?;
        self.next += count;
        let outcome = pushes::run(&self.brand, self.node.address, requests, CONNECTIONS, pace, duration).await?;
        self.answered += u64::from(outcome.latencies.count()?);
        Ok(outcome)
    }
}

/// Adds how pushes were grouped into commits between two moments.
fn grouped(measure: Measure, before: &Batches, after: &Batches) -> Measure {
    let up_to: serde_json::Map<_, _> = after
        .up_to
        .iter()
        .map(|(bound, commits)| (bound.clone(), (commits - before.up_to.get(bound).unwrap_or(&0.0)).into()))
        .collect();
    measure
        .with("pushes_per_commit", rounded((after.pushes - before.pushes) / (after.commits - before.commits)))
        .with("commits_of_at_most", up_to)
}
