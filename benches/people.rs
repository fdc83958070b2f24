//! How quickly people are found among a million members with three million identities, and joined.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::Command,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use entity::{
    identity::identity::Source,
    types::{AccountKey, MemberId, OpenId, Phone},
};
use huilian::{
    app::App,
    identity::{
        Claim, Claims,
        merge::{Order, merge},
        resolve,
    },
    infra::{clock::Clock, config::Config, db::Tx, random::Random},
    wechat::folder::{Folder, Secrets},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::task::LocalSet;
use uuid::Uuid;

use crate::{
    brand::FOLDER,
    floor, import,
    report::{Bar, Measure, Report, rounded},
};

/// Rows that each of two members owns before they are joined.
const OWNED: u64 = 10_000;

/// How many there are, and how long it is measured.
#[derive(Clone, Copy)]
pub struct Crowd {
    /// Members, each with an OpenID, a UnionID and a phone.
    pub members: u64,
    /// Look-ups in a second.
    pub rate: u32,
    /// How long.
    pub duration: Duration,
}

/// Measures on a PostgreSQL database of this address, which is made for it.
pub async fn measure(server: &url::Url, crowd: Crowd, folder: &Path, report: &mut Report) -> Result<()> {
    let mut database = server.clone();
    database.set_path("people");
    psql(server, "CREATE DATABASE people")?;
    let mut config = Config::load(None, [])?;
    config.database.url = database.as_str().to_owned().into();
    config.database.connections = 16;
    let brand = Folder::load(Path::new(FOLDER), Secrets::Development)?;
    let build = async || -> Result<App> {
        App::build(config.clone(), brand.clone(), Clock::system(), Random::system()).await.map_err(failed)
    };
    let app = build().await?;
    fill(&app, &database, crowd.members, folder)?;
    // A twin for the floor of the import; PostgreSQL copies a database only while nobody uses it.
    app.db.read().close_by_ref().await?;
    psql(server, "CREATE DATABASE twin TEMPLATE people")?;
    let app = Rc::new(build().await?);
    LocalSet::new().run_until(find(&app, server, crowd, report)).await?;
    join(&app, &database, report).await?;
    import::measure(&database, crowd.members, folder, report)
}

fn failed(error: huilian::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

/// Has a server or database do something.
pub fn psql(database: &url::Url, command: &str) -> Result<()> {
    let mut psql = Command::new("psql");
    let asked = psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command]).arg(database.as_str()).output()?;
    ensure!(asked.status.success(), "psql says: {}", String::from_utf8_lossy(&asked.stderr));
    Ok(())
}

/// A member of the crowd.
pub fn member(number: u64) -> MemberId {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | u128::from(number)).into()
}

fn open_id(number: u64) -> Result<OpenId> {
    Ok(format!("oMember{number:021}").parse()?)
}

fn phone(number: u64) -> Result<Phone> {
    Ok(format!("+86139{number:08}").parse()?)
}

/// Writes the members and what identifies them, by COPY.
pub fn fill(app: &App, database: &url::Url, members: u64, folder: &Path) -> Result<()> {
    let (mut people, mut identities) = (String::new(), String::new());
    for number in 0..members {
        let id = Uuid::from(member(number));
        writeln!(people, "{id}\tactive\t2026-01-01\t2026-01-01")?;
        let number_of = |kind: u64| Uuid::from_u128((3_u128 << 96) | (u128::from(kind) << 64) | u128::from(number));
        let blind = app.vault.blind("identity.phone", phone(number)?.as_str());
        for (kind, realm, key, current) in [
            (0, "brand", open_id(number)?.as_str().to_owned(), false),
            (1, "", format!("uMember{number:021}"), false),
            (2, "", blind, true),
        ] {
            let name = ["open_id", "union_id", "phone"].get(usize::try_from(kind)?).context("a kind")?;
            let row = number_of(kind);
            writeln!(
                identities,
                "{row}\t{name}\t{realm}\t{key}\t{id}\tmini_login\twechat\t2026-01-01\t2026-01-01\t{current}"
            )?;
        }
    }
    let copy = |table: &str, columns: &str, rows: &str| -> Result<()> {
        let path = folder.join(format!("{table}.tsv"));
        fs::write(&path, rows)?;
        psql(database, &format!("\\copy {table} ({columns}) FROM '{}'", path.display()))?;
        Ok(fs::remove_file(path)?)
    };
    copy("member", "id, state, created_at, updated_at", &people)?;
    copy("identity", "id, kind, realm, key, member_id, source, strength, since, verified_at, current", &identities)?;
    psql(database, "ANALYZE")
}

/// Durable inserts a second that the same server takes meanwhile.
const BESIDE: u32 = 200;

/// Measures how quickly people are found while the server does other things, too. Staff who look for a number prove
/// nothing new about it; somebody whose number WeChat verifies again does, so that is written down.
async fn find(app: &Rc<App>, server: &url::Url, crowd: Crowd, report: &mut Report) -> Result<()> {
    let account: AccountKey = "brand".parse()?;
    for (by, source, bar) in [
        ("OpenID", Source::MiniLogin, Some(Bar::Below(5.0))),
        ("phone", Source::Staff, Some(Bar::Below(5.0))),
        ("phone that is verified again", Source::WechatPhone, None),
    ] {
        let beside = floor::beside(server, BESIDE, crowd.duration)?;
        let step = Duration::from_secs(1) / crowd.rate;
        let count = crowd.rate * u32::try_from(crowd.duration.as_secs())?;
        let start = Instant::now();
        let mut asking = Vec::new();
        for number in 0..count {
            let due = start + step * number;
            tokio::time::sleep_until(due.into()).await;
            // Spread over all members, in no order that a cache would like.
            let whom = u64::from(number).wrapping_mul(2_654_435_761) % crowd.members;
            let claim = match by {
                "OpenID" => Claim::open_id(&account, &open_id(whom)?),
                _ => Claim::phone(&app.vault, &phone(whom)?).map_err(failed)?,
            };
            let app = Rc::clone(app);
            asking.push(tokio::task::spawn_local(async move {
                let claims = Claims { source, at: app.clock.now(), claims: vec![claim] };
                let found = app.db.tx(async |tx: &Tx| resolve(tx, &claims).await).await.map_err(failed)?;
                ensure!(found.member == member(whom), "somebody else was found");
                Ok(due.elapsed())
            }));
        }
        let mut latencies = Vec::with_capacity(asking.len());
        for one in asking {
            latencies.push(one.await??);
        }
        beside.end()?;
        latencies.sort_unstable();
        let at = |percent: usize| -> Result<f64> {
            let place = (latencies.len() * percent).div_ceil(100).saturating_sub(1);
            Ok(latencies.get(place).context("a latency")?.as_secs_f64() * 1000.0)
        };
        let name = format!("p99 of resolving by {by} at {}/s, {} members, PostgreSQL", crowd.rate, crowd.members);
        let measure = Measure::new(name, at(99)?, "ms");
        let measure = bar.into_iter().fold(measure, Measure::against).with("other_inserts_per_second", BESIDE);
        report.add(measure.with("p50_ms", rounded(at(50)?)).with("max_ms", rounded(at(100)?)))?;
    }
    Ok(())
}

async fn join(app: &App, database: &url::Url, report: &mut Report) -> Result<()> {
    let (winner, loser) = (member(0), member(1));
    for (owner, first) in [(winner, 0), (loser, OWNED)] {
        let rows = format!(
            "INSERT INTO identity (id, kind, realm, key, member_id, source, strength, since, current) \
             SELECT gen_random_uuid(), 'card', 'pos', lpad((n + {first})::text, 8, '0'), '{}', 'import', 'imported', now(), false \
             FROM generate_series(1, {OWNED}) n",
            Uuid::from(owner)
        );
        psql(database, &rows)?;
    }
    // The phones would speak against it; a person who decides does not ask them.
    let order = Order {
        winner,
        loser,
        survives: "chosen",
        cause: entity::identity::merge::Cause::Staff,
        reason: "measured".to_owned(),
        joined_by: None,
        conflict: None,
        staff: None,
    };
    let began = Instant::now();
    app.db.tx(async |tx: &Tx| merge(tx, &order).await.map(drop)).await.map_err(failed)?;
    let took = began.elapsed();
    let moved = "SELECT count(*) AS rows FROM identity WHERE member_id = $1";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, moved, [Uuid::from(winner).into()]);
    let row = app.db.read().query_one_raw(statement).await?.context("a count")?;
    ensure!(row.try_get::<i64>("", "rows")? >= i64::try_from(2 * OWNED)?, "not everything was moved");
    let name = format!("merge of two members with {OWNED} rows each, PostgreSQL");
    report.add(Measure::new(name, took.as_secs_f64() * 1000.0, "ms").against(Bar::Below(1000.0)))
}
