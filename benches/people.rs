//! How quickly people are found among a million members with three million identities, and joined.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
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
    infra::db::Tx,
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::task::LocalSet;
use uuid::Uuid;

use crate::{
    floor, import,
    latency::Latencies,
    report::{Bar, Measure, Report},
    server::{Server, failed, psql},
};

/// Rows that each of two members owns before they are joined.
const OWNED: u64 = 10_000;

/// Measures beside so many members: so many look-ups a second for so long, and, where there are `most`, merges and imports.
pub async fn measure(
    server: &Server<'_>,
    members: u64,
    crowd: (u32, Duration),
    most: bool,
    report: &mut Report,
) -> Result<()> {
    let name = format!("people{members}");
    let database = server.create(&name)?;
    let app = server.app(&database).await?;
    fill(&app, &database, members, server.folder)?;
    if most {
        // A twin for the floor of the import; PostgreSQL copies a database only while nobody uses it.
        app.db.read().close_by_ref().await?;
        psql(server.url, &format!("CREATE DATABASE twin TEMPLATE {name}"))?;
    }
    let app = Rc::new(server.app(&database).await?);
    LocalSet::new().run_until(find(&app, server.url, members, crowd, report)).await?;
    if most {
        join(&app, &database, report).await?;
        import::measure(&database, members, server.folder, report)?;
        server.remove("twin")?;
    }
    drop(app);
    server.remove(&name)
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
    // Nothing of this is written down, and nobody tidies up, while it counts.
    psql(database, "VACUUM ANALYZE")?;
    psql(database, "CHECKPOINT")
}

/// Durable inserts a second that the same server takes meanwhile.
const BESIDE: u32 = 200;

/// Measures how quickly people are found while the server does other things, too. Staff who look for a number prove
/// nothing new about it; somebody whose number WeChat verifies again does, so that is written down.
async fn find(
    app: &Rc<App>,
    server: &url::Url,
    members: u64,
    (rate, duration): (u32, Duration),
    report: &mut Report,
) -> Result<()> {
    let account: AccountKey = "brand".parse()?;
    floor::prepare(server).await?;
    for (by, source, rate, bar) in [
        ("OpenID", Source::MiniLogin, rate, Some(Bar::Below(5.0))),
        ("phone", Source::Staff, rate, Some(Bar::Below(5.0))),
        // Each is a durable commit: as many as the others would be all that two cores can do.
        ("phone that is verified again", Source::WechatPhone, rate / 2, None),
    ] {
        let beside = floor::beside(server, BESIDE, duration)?;
        let step = Duration::from_secs(1) / rate;
        let count = rate * u32::try_from(duration.as_secs())?;
        let start = Instant::now();
        let mut asking = Vec::new();
        for number in 0..count {
            let due = start + step * number;
            tokio::time::sleep_until(due.into()).await;
            // Spread over all members, in no order that a cache would like.
            let whom = u64::from(number).wrapping_mul(2_654_435_761) % members;
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
        let name = format!("p99 of resolving by {by} at {rate}/s, PostgreSQL");
        let measure = Latencies::of(latencies)?.p99(name).beside(members);
        report.add(bar.into_iter().fold(measure, Measure::against).with("other_inserts_per_second", BESIDE))?;
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
