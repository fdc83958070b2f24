//! Everything at once: real nodes that share database and Redis are killed and cut off in a loop while people follow, chat,
//! register, invite and claim, and what WeChat says comes twice and in another order. Afterwards a checker computes anew
//! what should be, and compares.
//!
//! One round is bounded by what the crowd does, not by time, and is a brand of its own, so that its seed alone tells it
//! again (as far as a machine repeats itself): `SOAK_SEED=N`. `make soak` runs many: `SOAK_ROUNDS` or `SOAK_MINUTES`, with a
//! crowd of `SOAK_GUESTS`. On SQLite there is one node, and nothing between it and its database or cache that could break.
//! The clock of a process is the machine's and cannot be set here: `faults::clock` does that to nodes inside the test.

mod brand;
mod check;
mod crowd;
mod damage;
mod ending;
mod plan;
mod weather;

use std::{
    collections::BTreeMap,
    io::Write as _,
    time::{Duration, Instant},
};

use futures_util::future::join;
use huilian::{infra::random::Random, sandbox::RandomFaults};

use self::{
    brand::{Brand, Node},
    check::{Findings, check},
    crowd::{Phone, Size, live},
    plan::{Fault, draw, strike},
    weather::Weather,
};
use crate::support::{Column, column, variable};

/// The crowd of one round.
const SIZE: Size = Size { inviters: 4, guests: 12, words: 8 };
/// So many rounds on servers, when nobody asks for more.
const ROUNDS: usize = 3;
/// So many acts of the crowd to one fault.
const ACTS_PER_FAULT: usize = 12;
/// Of a thousand calls to WeChat Pay and its notifications so many go wrong by themselves.
const PER_MILLE: u16 = 100;

fn number(name: &str) -> Option<usize> {
    variable(name).map(|text| text.parse().expect("a number"))
}

fn say(words: &str) {
    writeln!(std::io::stderr(), "{words}").expect("a line");
}

/// What came of one round or of all.
#[derive(Default)]
struct Report {
    faults: BTreeMap<Fault, usize>,
    findings: Findings,
}

impl Report {
    fn add(&mut self, other: Self) {
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
        for (invariant, count) in other.findings.looked {
            *self.findings.looked.entry(invariant).or_default() += count;
        }
        self.findings.differences.extend(other.findings.differences);
    }

    fn print(&self, rounds: usize) {
        say(&format!("\n{rounds} rounds. Faults that struck:"));
        self.faults.iter().for_each(|(fault, count)| say(&format!("{count:8}  {fault:?}")));
        say("Invariants, and how often each was looked at:");
        self.findings.looked.iter().for_each(|(invariant, count)| say(&format!("{count:8}  {invariant}")));
        say(&format!("Differences: {}", self.findings.differences.len()));
    }
}

async fn round(seed: usize, size: Size) -> Report {
    let random = Random::seeded(seed.try_into().expect("a seed"));
    let brand = Brand::open().await;
    let count = if column() == Column::Production { 2 } else { 1 };
    let mut nodes: Vec<Node> = Vec::new();
    for _ in 0..count {
        nodes.push(brand.node().await);
    }
    brand.balancer.turn_to(&nodes.iter().map(|node| node.process.address).collect::<Vec<_>>());
    brand.sandbox().set_callback_base(&brand.address());
    let faults = RandomFaults { per_mille: PER_MILLE, seed: seed.try_into().expect("a seed") };
    brand.sandbox().set_random_faults(faults).expect("faults");
    let plan = draw(size.acts() / ACTS_PER_FAULT, size.acts(), &random);
    let weather = Weather::fair();
    let phone = Phone::new(&brand, &weather);
    let (people, ()) = join(live(&phone, size, &random), strike(&brand, &mut nodes, &weather, &plan, &random)).await;
    ending::repeat(&brand).await;
    ending::stop(nodes).await;
    let server = ending::serve(&brand);
    let left = ending::finish(&brand, &phone, &people).await;
    let members = ending::members(&phone, &people).await;
    let mut findings = check(&brand, &people, &members).await;
    findings.differences.extend(left.into_iter().map(|what| format!("not at its end: {what}")));
    server.stop().await;
    let mut faults = BTreeMap::new();
    plan.iter().for_each(|strike| *faults.entry(strike.fault).or_default() += 1);
    Report { faults, findings }
}

#[actix_web::test]
async fn whatever_breaks_meanwhile_everything_is_in_the_end_what_the_record_says() {
    let first = number("SOAK_SEED").unwrap_or_else(|| Random::system().below(1_000_000));
    let minutes =
        number("SOAK_MINUTES").map(|minutes| Duration::from_secs(60 * u64::try_from(minutes).expect("minutes")));
    let few = if column() == Column::Production { ROUNDS } else { 1 };
    let rounds = number("SOAK_ROUNDS").unwrap_or(if minutes.is_some() { usize::MAX } else { few });
    let size = Size { guests: number("SOAK_GUESTS").unwrap_or(SIZE.guests), ..SIZE };
    let (mut report, mut played, started) = (Report::default(), 0, Instant::now());
    while played < rounds && minutes.is_none_or(|minutes| started.elapsed() < minutes) {
        let seed = first + played;
        say(&format!("SOAK_SEED={seed} SOAK_GUESTS={}", size.guests));
        let one = round(seed, size).await;
        one.findings.differences.iter().for_each(|difference| say(&format!("seed {seed}: {difference}")));
        report.add(one);
        played += 1;
    }
    report.print(played);
    assert!(played > 0 && !report.faults.is_empty() && report.findings.looked.len() > 20, "it looked at nothing");
    assert!(report.findings.differences.is_empty(), "{:#?}", report.findings.differences);
}
