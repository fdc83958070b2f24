//! How long a file of members takes, compared with COPY of the very rows that it became.

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{
    node::memory,
    report::{Bar, Measure, Report, rounded},
    server::psql,
};

/// Of a hundred rows, so many tell of somebody who is a member already.
const KNOWN: u64 = 30;

/// Imports as many rows as there are members, by the command that operators use. `twin` is the same database before.
pub fn measure(database: &url::Url, rows: u64, folder: &Path, report: &mut Report) -> Result<()> {
    let file = folder.join("members.csv");
    fs::write(&file, till(rows)?)?;
    let before = ask(database, "SELECT pg_current_xact_id()::text")?;
    psql(database, "CHECKPOINT")?;
    let (took, flat) = import(database, &file, folder)?;
    let members = ask(database, "SELECT count(*) FROM member WHERE state = 'active'")?.parse::<u64>()?;
    // The two that were joined before are one.
    ensure!(members == rows - 1 + rows / 100 * (100 - KNOWN), "there are {members} members");
    let mut twin = database.clone();
    twin.set_path("twin");
    let (copied, written) = copy(database, &twin, &before, folder)?;
    let name = format!("import of {rows} rows, {KNOWN} % of them known, PostgreSQL");
    let measure = Measure::new(name, took.as_secs_f64(), "s")
        .over(copied.as_secs_f64(), "COPY of the rows that it wrote into the same tables, as full as before")
        .against(Bar::AtMostFloor(4.0));
    report.add(measure.with("rows_written", written).with("rows_per_second", per_second(rows, took)?))?;
    let (half, most) = flat;
    let name = format!("most memory of that import of {rows} rows");
    report.add(Measure::new(name, mebibytes(most), "MiB").over(mebibytes(half), "the same process half-way"))
}

#[expect(clippy::float_arithmetic, reason = "a rate")]
fn per_second(rows: u64, took: Duration) -> Result<f64> {
    Ok(rounded(f64::from(u32::try_from(rows)?) / took.as_secs_f64()))
}

#[expect(clippy::float_arithmetic, reason = "a unit")]
fn mebibytes(kibibytes: u32) -> f64 {
    f64::from(kibibytes) / 1024.0
}

/// What a till knows: of those who are members it brings the card, the name and more.
fn till(rows: u64) -> Result<String> {
    let mut text = "会员卡号,手机号,姓名,生日,入会时间,门店,等级,积分\n".to_owned();
    for row in 0..rows {
        // Known numbers are 139…, spread over all members.
        let (network, number) = if row % 100 < KNOWN { (139, row) } else { (137, row) };
        let (month, day) = (row % 12 + 1, row % 28 + 1);
        writeln!(
            text,
            "C{row:08},{network}{number:08},会员{row},1990-{month:02}-{day:02},2020-05-01,静安店,银卡,{row}"
        )?;
    }
    Ok(text)
}

/// How long it takes, and the most memory it has used until half-way and altogether, in KiB.
fn import(database: &url::Url, file: &Path, folder: &Path) -> Result<(Duration, (u32, u32))> {
    let log = folder.join("import.log");
    let began = Instant::now();
    let mut process = Command::new(env!("CARGO_BIN_EXE_huilian"))
        .args(["member", "import", "--yes"])
        .arg(file)
        .env("HUILIAN_DATABASE__URL", database.as_str())
        .env("HUILIAN_LOG__LEVEL", "warn")
        .stdin(Stdio::null())
        .stdout(File::create(&log)?)
        .stderr(Stdio::null())
        .spawn()?;
    let mut seen = Vec::new();
    let status = loop {
        if let Ok((_, most)) = memory(process.id()) {
            seen.push(most);
        }
        if let Some(status) = process.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let took = began.elapsed();
    ensure!(status.success(), "the import ended with {status}: {}", fs::read_to_string(&log)?);
    let half = seen.get(seen.len() / 2).copied().context("a running process")?;
    Ok((took, (half, seen.last().copied().unwrap_or(half))))
}

fn ask(database: &url::Url, query: &str) -> Result<String> {
    let asked = Command::new("psql").args(["-X", "-A", "-t", "-c", query]).arg(database.as_str()).output()?;
    ensure!(asked.status.success(), "psql says: {}", String::from_utf8_lossy(&asked.stderr));
    Ok(String::from_utf8(asked.stdout)?.trim().to_owned())
}

/// Copies every row that is newer than a transaction into the twin; gives how long that took, and how many there are.
fn copy(database: &url::Url, twin: &url::Url, before: &str, folder: &Path) -> Result<(Duration, u64)> {
    let tables =
        ask(database, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")?;
    let (mut load, mut written) = (String::new(), 0);
    for table in tables.lines() {
        let newer = format!("FROM \"{table}\" WHERE xmin::text::bigint > {before}");
        let rows = ask(database, &format!("SELECT count(*) {newer}"))?.parse::<u64>()?;
        if rows > 0 {
            let path = folder.join(format!("{table}.copy"));
            psql(database, &format!("\\copy (SELECT * {newer}) TO '{}'", path.display()))?;
            writeln!(load, "\\copy \"{table}\" FROM '{}'", path.display())?;
            written += rows;
        }
    }
    let script = folder.join("load.sql");
    fs::write(&script, load)?;
    psql(twin, "CHECKPOINT")?;
    let began = Instant::now();
    let asked = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"])
        .arg(&script)
        .arg(twin.as_str())
        .output()?;
    let took = began.elapsed();
    ensure!(asked.status.success(), "psql says: {}", String::from_utf8_lossy(&asked.stderr));
    Ok((took, written))
}
