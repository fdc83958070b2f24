//! How long it takes to hold a day of payouts against WeChat's bill, and how much memory.

use std::{fs, path::Path, sync::Arc, time::Instant};

use anyhow::{Context, Result, ensure};
use entity::types::MerchantKey;
use futures_util::future::{FutureExt, LocalBoxFuture};
use huilian::{
    app::App,
    infra::{
        calendar::{Day, day_of, start_of},
        clock::Clock,
        config::Config,
        random::Random,
    },
    jobs::Job as _,
    rewards::reconcile::{
        Reconcile, ReconcileAll, ReconcileContext,
        bills::{Bills, Fetched, Take},
    },
    wechat::{
        folder::{Folder, Secrets},
        pay::bill::{Direction, Movement},
    },
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::task::LocalSet;

use crate::{
    brand::FOLDER,
    node::memory,
    report::{Bar, Measure, Report, rounded},
};

const MERCHANT: &str = "main";
/// One of so many payouts came back, which is another line.
const RETURNED: u32 = 20;
/// These payouts are wrong in the bill: one is missing, one has another amount, one is there twice.
const WRONG: [u32; 3] = [100, 201, 302];

fn failed(error: huilian::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

/// Measures on a PostgreSQL database of this server, which is made for it.
pub async fn measure(server: &url::Url, payouts: u32, report: &mut Report) -> Result<()> {
    let mut database = server.clone();
    database.set_path("reconcile");
    let administrator = sea_orm::Database::connect(server.as_str()).await?;
    administrator.execute_unprepared("CREATE DATABASE reconcile").await?;
    administrator.close().await?;
    let mut config = Config::load(None, [])?;
    config.database.url = database.as_str().to_owned().into();
    let brand = Folder::load(Path::new(FOLDER), Secrets::Development)?;
    let clock = Clock::system();
    let app = App::build(config, brand, clock.clone(), Random::system()).await.map_err(failed)?;
    let day = day_of(clock.now()).pred_opt().context("a day before")?;
    fill(&app, day, payouts).await?;
    let context = ReconcileContext { db: app.db.clone(), bills: Arc::new(Generated { day, payouts }) };
    ReconcileAll {}.run(context.clone()).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    // The most that was ever used is forgotten, so that it is of this alone.
    fs::write("/proc/self/clear_refs", "5")?;
    let (before, _) = memory(std::process::id())?;
    let began = Instant::now();
    let work = Reconcile { merchant: MERCHANT.parse()?, day: None };
    Box::pin(LocalSet::new().run_until(work.run(context))).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    let took = began.elapsed();
    let (_, most) = memory(std::process::id())?;
    let lines = is_right(&app, payouts).await?;
    let mebibytes = |kibibytes: u32| f64::from(kibibytes) / 1024.0;
    let name = format!("{payouts} payouts held against their bill, PostgreSQL");
    report.add(
        Measure::new(name, took.as_secs_f64(), "s")
            .against(Bar::Below(60.0))
            .with("lines", lines)
            .with("payouts_per_second", rounded(f64::from(payouts) / took.as_secs_f64())),
    )?;
    report.add(
        Measure::new("most memory meanwhile", mebibytes(most), "MiB")
            .over(mebibytes(before), "the same process before"),
    )
}

/// Payouts of a day as their table has them.
async fn fill(app: &App, day: Day, payouts: u32) -> Result<()> {
    let (noon, hour) = (start_of(day) + chrono::TimeDelta::hours(12), chrono::TimeDelta::hours(1));
    let id = |kind: u32| format!("('0190{kind:04}-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid");
    let payouts = format!(
        "INSERT INTO payout (id, grant_id, campaign_id, member_id, provider, merchant, account, open_id, out_no, amount, \
         request, state, attempts, asked, provider_no, refunded, sent_at, cancel, created_at, biz_day, settled_at) \
         SELECT {}, {}, {}, {}, 'transfer', '{MERCHANT}', 'brand', 'oPerson' || lpad(n::text, 21, '0'), \
         'HL' || lpad(n::text, 26, '0'), 100 + n % 900, '{{}}', CASE WHEN n % {RETURNED} = 0 THEN 'returned' ELSE 'paid' END, \
         1, 0, 'W' || n, CASE WHEN n % {RETURNED} = 0 THEN 100 + n % 900 ELSE 0 END, '{noon}', false, '{noon}', '{day}', '{}' \
         FROM generate_series(0, {}) n",
        id(1),
        id(2),
        id(3),
        id(4),
        noon + hour,
        payouts - 1
    );
    app.db.read().execute_unprepared(&payouts).await?;
    app.db.read().execute_unprepared("VACUUM ANALYZE").await?;
    Ok(())
}

/// The bill of that day, line by line. It is never in memory as a whole.
struct Generated {
    day: Day,
    payouts: u32,
}

impl Generated {
    fn movement(&self, number: u32, direction: Direction, amount: u32) -> Movement {
        Movement {
            at: start_of(self.day) + chrono::TimeDelta::hours(12),
            wechat_number: format!("133000{number:028}"),
            flow_number: format!("{}{number:020}", self.day.format("%Y%m%d")),
            business: "商家转账".to_owned(),
            kind: "商家转账".to_owned(),
            direction,
            amount: amount.into(),
            balance: 0.into(),
            own_number: format!("HL{number:026}"),
        }
    }

    fn lines(&self, number: u32) -> Vec<Movement> {
        let [missing, other, twice] = WRONG;
        let amount = 100 + number % 900;
        let mut lines = vec![self.movement(number, Direction::Out, amount + u32::from(number == other))];
        if number.is_multiple_of(RETURNED) {
            lines.push(self.movement(number, Direction::In, amount));
        }
        if number == twice {
            lines.extend(lines.clone());
        }
        if number == missing {
            lines.clear();
            lines.push(self.movement(number, Direction::In, amount));
        }
        lines
    }
}

impl Bills for Generated {
    fn merchants(&self) -> Vec<MerchantKey> {
        MERCHANT.parse().into_iter().collect()
    }

    fn fetch<'a>(
        &'a self,
        _: &'a MerchantKey,
        day: Day,
        take: &'a mut Take<'_>,
    ) -> LocalBoxFuture<'a, huilian::error::Result<Fetched>> {
        async move {
            if day != self.day {
                return Ok(Fetched::Nothing);
            }
            (0..self.payouts).flat_map(|number| self.lines(number)).try_for_each(take)?;
            Ok(Fetched::Whole)
        }
        .boxed_local()
    }
}

/// What was measured must be right, too: the differences that were made, and no other. Gives how many lines there were.
async fn is_right(app: &App, payouts: u32) -> Result<i64> {
    let sql = "SELECT there_count, here_count, \
         (SELECT string_agg(kind || ' ' || ltrim(right(number, 26), '0'), ', ' ORDER BY number) \
         FROM reconciliation_case) AS cases FROM reconciliation";
    let rows = app.db.read().query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    ensure!(rows.len() == 1, "{} days were held against bills", rows.len());
    let row = rows.first().context("a day")?;
    let (there, here): (i64, i64) = (row.try_get("", "there_count")?, row.try_get("", "here_count")?);
    let cases: String = row.try_get("", "cases")?;
    let [missing, other, twice] = WRONG;
    let expected = format!("missing_there {missing}, amount {other}, twice {twice}");
    ensure!(cases == expected, "the cases are {cases}");
    let lines = i64::from(payouts + payouts.div_ceil(RETURNED));
    // One line is missing, one is there twice.
    ensure!((there, here) == (lines, lines), "{there} lines, {here} movements");
    Ok(lines)
}
